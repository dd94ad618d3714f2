//! `replay`: what waits, tried again.

use crate::inbox::replay;
use crate::leads::intake::tasks::{Which, reopen};
use crate::state::AppState;

/// `replay --all` and `--channel`. Safe to repeat.
pub(super) async fn replay(state: &AppState, channel: Option<&str>) -> anyhow::Result<()> {
    let replayed = replay::all(state, channel).await?;
    println!(
        "{} deliveries had something parked; {} are settled now, {} units still wait.",
        replayed.deliveries, replayed.settled, replayed.parked
    );
    let which = channel.map_or(Which::Parked, Which::Channel);
    let leads = reopen(state, which).await?;
    println!(
        "{leads} leads that waited are tried again within a minute; lead_intake says what became of them."
    );
    Ok(())
}

/// `replay --delivery`. Safe to repeat.
pub(super) async fn replay_delivery(state: &AppState, id: &str) -> anyhow::Result<()> {
    match replay::delivery(state, id).await? {
        Some(counts) => println!(
            "Of {} units {} still wait; webhook_deliveries/{id} says why.",
            counts.units, counts.parked
        ),
        None => println!("There is no delivery {id} with anything parked."),
    }
    Ok(())
}

/// `replay --lead`. Safe to repeat.
pub(super) async fn replay_lead(state: &AppState, id: &str) -> anyhow::Result<()> {
    match reopen(state, Which::One(id)).await? {
        0 => println!("There is no lead {id} that is parked."),
        _ => {
            println!("It is tried again within a minute; lead_intake/{id} says what became of it.");
        }
    }
    Ok(())
}
