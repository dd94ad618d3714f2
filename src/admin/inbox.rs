//! `replay`.

use crate::inbox::replay;
use crate::state::AppState;

/// `replay`. Safe to repeat.
pub(super) async fn replay(
    state: &AppState,
    delivery: Option<&str>,
    channel: Option<&str>,
) -> anyhow::Result<()> {
    let Some(id) = delivery else {
        let replayed = replay::all(state, channel).await?;
        println!(
            "{} deliveries had something parked; {} are settled now, {} units still wait.",
            replayed.deliveries, replayed.settled, replayed.parked
        );
        return Ok(());
    };
    match replay::delivery(state, id).await? {
        Some(counts) => println!(
            "Of {} units {} still wait; webhook_deliveries/{id} says why.",
            counts.units, counts.parked
        ),
        None => println!("There is no delivery {id} with anything parked."),
    }
    Ok(())
}
