//! What each callable costs in Firestore, as its doc comment states.

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use leadgen_pro::error::Error;
use leadgen_pro::extract::Caller;
use leadgen_pro::leads::{assign, create, stats};
use leadgen_pro::store::{Ops, counting};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::world::{World, phone};
use crate::support::{Person, documents};

/// Runs a callable as its route does, and tells the round trips.
async fn cost<T, R, F>(
    world: &World,
    person: &Person,
    callable: impl FnOnce(leadgen_pro::state::AppState, Caller, T) -> F,
    data: Value,
) -> (u32, Result<R, Error>)
where
    T: DeserializeOwned,
    F: Future<Output = Result<R, Error>>,
{
    let state = world.app.state.clone();
    let mut headers = HeaderMap::new();
    let token = format!("Bearer {}", person.token).parse().unwrap();
    headers.insert(header::AUTHORIZATION, token);
    let caller = Caller::from_headers(&state, &headers).await.unwrap();
    let ops = Arc::<Ops>::default();
    let data = serde_json::from_value(data).unwrap();
    let outcome = counting(ops.clone(), callable(state, caller, data)).await;
    (ops.requests(), outcome)
}

#[tokio::test]
async fn create_lead() {
    let world = World::start().await;
    let e164 = phone();
    let data = |phone: &str| json!({ "name": "Siti", "phone": phone, "source": "MANUAL" });
    let with = |phone: &str, to: &str| {
        let mut data = data(phone);
        data["assignedTo"] = to.into();
        data
    };
    let (m1, c1, m3) = (&world.m1, &world.c1, &world.m3);
    for (case, person, data, trips, succeeds) in [
        ("new", m1, data(&e164), 1, true),
        ("known", m1, data(&e164), 2, true),
        ("known to the branch", c1, data(&e164), 2, true),
        (
            "out of scope: the claim is recorded",
            m3,
            data(&e164),
            3,
            false,
        ),
        (
            "new, for oneself by name",
            m1,
            with(&phone(), "m1"),
            1,
            true,
        ),
        (
            "new, for the pool by name",
            c1,
            with(&phone(), "c1"),
            1,
            true,
        ),
        ("new, for a partner", c1, with(&phone(), "m2"), 2, true),
        (
            "for somebody else, as a partner",
            m1,
            with(&phone(), "m2"),
            0,
            false,
        ),
    ] {
        let (cost, outcome) = Box::pin(cost(&world, person, create::create_lead, data)).await;
        assert_eq!((cost, outcome.is_ok()), (trips, succeeds), "{case}");
    }
    world.app.events.delivered().await;
    world.app.events.lose(true);
    let lead = world
        .list("leads")
        .await
        .into_iter()
        .find(|(_, lead)| lead["phone"] == e164);
    documents::delete(&world.app.project, &format!("leads/{}", lead.unwrap().0)).await;
    let (cost, outcome) = Box::pin(cost(&world, m3, create::create_lead, data(&e164))).await;
    assert_eq!((cost, outcome.is_ok()), (4, true), "healing");
}

#[tokio::test]
async fn assign_lead() {
    let world = World::start().await;
    let id = world.lead(&world.m1, &phone()).await;
    for (person, to, trips, succeeds) in [
        (&world.c1, "m2", 5, true),
        (&world.c1, "m2", 4, true),
        (&world.c1, "c1", 4, true),
        (&world.m3, "m3", 2, false),
    ] {
        let data = json!({ "leadId": id, "assignedTo": to });
        let (cost, outcome) = cost(&world, person, assign::assign_lead, data).await;
        assert_eq!(
            (cost, outcome.is_ok()),
            (trips, succeeds),
            "{} to {to}",
            person.uid
        );
    }
}

#[tokio::test]
async fn lead_stats() {
    let world = World::start().await;
    // c1's pool, m1 and m2; all of them and c2's pool and m3.
    for (person, trips) in [
        (&world.m1, 13),
        (&world.c1, 13 + 1 + 3),
        (&world.pusat, 13 + 1 + 5),
    ] {
        let (cost, outcome) = cost(&world, person, stats::lead_stats, json!({})).await;
        assert_eq!((cost, outcome.is_ok()), (trips, true), "{}", person.uid);
    }
}
