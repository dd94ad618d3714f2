//! `queues`: what waits, and for whom.

use crate::channels::store::CHANNELS;
use crate::content::store::CONTENT_REQUESTS;
use crate::erasure::store::DELETION_REQUESTS;
use crate::inbox::ledger::DELIVERIES;
use crate::inbox::media::store::MEDIA_FETCHES;
use crate::inbox::store::LEAD_INTAKE;
use crate::posts::store::POSTS;
use crate::state::AppState;
use crate::store::Query;

/// What is counted: in words, where, and in which states, each with whether it waits for a person.
const WAITING: &[(&str, &str, &str, &[(&str, bool)])] = &[
    (
        "deliveries of Meta's",
        DELIVERIES,
        "state",
        &[("PARKED", true)],
    ),
    (
        "leads to be fetched",
        LEAD_INTAKE,
        "state",
        &[("PENDING", false), ("PARKED", true)],
    ),
    (
        "files of messages",
        MEDIA_FETCHES,
        "state",
        &[("FETCH", false), ("ERASE", false)],
    ),
    (
        "content requests",
        CONTENT_REQUESTS,
        "status",
        &[("PENDING", false), ("PROCESSING", false)],
    ),
    (
        "posts",
        POSTS,
        "state",
        &[
            ("SCHEDULED", false),
            ("PREPARING", false),
            ("PUBLISHING", false),
            ("UNCONFIRMED", true),
        ],
    ),
    (
        "erasures",
        DELETION_REQUESTS,
        "state",
        &[("PENDING", false)],
    ),
    ("channels", CHANNELS, "state", &[("NEEDS_RECONNECT", true)]),
];

/// `queues`. Reads counts alone: one aggregation for each line, whatever the number.
pub(super) async fn queues(state: &AppState) -> anyhow::Result<()> {
    for (what, collection, field, states) in WAITING {
        for (wanted, person) in *states {
            let query = Query::all(*collection).eq(field, *wanted);
            let count = state.store.count(query).await?;
            let note = if *person && count > 0 {
                "   <- needs a person: docs/runbook.md"
            } else {
                ""
            };
            println!("{what:<22} {wanted:<16} {count:>8}{note}");
        }
    }
    Ok(())
}
