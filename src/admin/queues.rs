//! `queues`: what waits, and for whom.

use crate::channels::store::CHANNELS;
use crate::content::store::CONTENT_REQUESTS;
use crate::erasure::store::DELETION_REQUESTS;
use crate::inbox::ledger::DELIVERIES;
use crate::inbox::media::store::MEDIA_FETCHES;
use crate::leads::intake::store::LEAD_INTAKE;
use crate::posts::store::POSTS;
use crate::state::AppState;
use crate::store::Query;

/// One line of the list.
struct Line {
    what: &'static str,
    collection: &'static str,
    field: &'static str,
    state: &'static str,
    /// Whether it waits for a person, and not for its turn.
    person: bool,
}

const fn waits(
    what: &'static str,
    collection: &'static str,
    field: &'static str,
    state: &'static str,
) -> Line {
    Line {
        what,
        collection,
        field,
        state,
        person: false,
    }
}

const fn needs_a_person(
    what: &'static str,
    collection: &'static str,
    field: &'static str,
    state: &'static str,
) -> Line {
    Line {
        person: true,
        ..waits(what, collection, field, state)
    }
}

const LINES: &[Line] = &[
    needs_a_person("deliveries of Meta's", DELIVERIES, "state", "PARKED"),
    waits("leads to be fetched", LEAD_INTAKE, "state", "PENDING"),
    needs_a_person("leads to be fetched", LEAD_INTAKE, "state", "PARKED"),
    waits("files of messages", MEDIA_FETCHES, "state", "FETCH"),
    waits("files of messages", MEDIA_FETCHES, "state", "ERASE"),
    waits("content requests", CONTENT_REQUESTS, "status", "PENDING"),
    waits("content requests", CONTENT_REQUESTS, "status", "PROCESSING"),
    waits("posts", POSTS, "state", "SCHEDULED"),
    waits("posts", POSTS, "state", "PREPARING"),
    waits("posts", POSTS, "state", "PUBLISHING"),
    needs_a_person("posts", POSTS, "state", "UNCONFIRMED"),
    waits("erasures", DELETION_REQUESTS, "state", "PENDING"),
    needs_a_person("channels", CHANNELS, "state", "NEEDS_RECONNECT"),
];

/// `queues`. Reads counts alone: one aggregation for each line, whatever the number.
pub(super) async fn queues(state: &AppState) -> anyhow::Result<()> {
    for line in LINES {
        let query = Query::all(line.collection).eq(line.field, line.state);
        let count = state.store.count(query).await?;
        let note = if line.person && count > 0 {
            "   <- needs a person: docs/runbook.md"
        } else {
            ""
        };
        println!("{:<22} {:<16} {count:>8}{note}", line.what, line.state);
    }
    Ok(())
}
