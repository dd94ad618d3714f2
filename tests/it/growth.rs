//! What an operation costs does not depend on how much there is. Counted in Firestore's operations and never timed: the
//! emulator itself looks at every document of a collection for each query, the real database at those that it returns.
//!
//! The short form is a test like any other; `make growth` goes to a hundred thousand leads and conversations.

mod acts;
mod crowd;
mod lists;
mod streams;

use self::acts::{Costs, Day};
use crate::support::meter::Cost;

/// What counts leads is billed by how many it counts; everything else costs the same whatever there is.
fn counts(what: &str) -> bool {
    what.starts_with("leadStats")
}

#[tokio::test]
async fn no_operation_costs_more_when_there_are_ten_times_as_many_leads() {
    let small = Day::of(700).await.pass().await;
    let large = Day::of(7_000).await.pass().await;
    assert_flat(&small, &large);
}

#[tokio::test]
#[ignore = "takes minutes: make growth"]
async fn a_hundred_thousand_leads_and_conversations() {
    let mut all = Vec::new();
    for people in [1_000, 10_000, 100_000] {
        all.push(Day::of(people).await.pass().await);
    }
    println!("| Operation | 1,000 | 10,000 | 100,000 |\n| --- | --- | --- | --- |");
    for (number, (what, _)) in all[0].iter().enumerate() {
        let costs = all.iter().map(|costs| {
            let Cost {
                requests,
                reads,
                writes,
            } = costs[number].1;
            format!("{requests} / {reads} / {writes}")
        });
        println!("| {what} | {} |", costs.collect::<Vec<_>>().join(" | "));
    }
    assert_flat(&all[0], &all[1]);
    assert_flat(&all[0], &all[2]);
}

#[track_caller]
fn assert_flat(small: &Costs, large: &Costs) {
    assert_eq!(small.len(), large.len());
    for ((what, before), (_, after)) in small.iter().zip(large) {
        let mut after = *after;
        if counts(what) {
            assert!(after.reads >= before.reads, "{what}");
            after.reads = before.reads;
        }
        assert_eq!(*before, after, "{what}");
    }
}
