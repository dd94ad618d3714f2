//! Every fixture, held to its expectation.

use std::collections::BTreeMap;

use futures::StreamExt as _;

use super::harness::{assert_holds, deliver, expectation, fixture, look, names, start};

/// Fixtures tried at a time: each has an application and a project of its own.
const AT_ONCE: usize = 4;

/// `seq_NAME_1`, `seq_NAME_2` … are one run; every other fixture is a run of its own.
fn runs() -> Vec<Vec<String>> {
    let mut runs: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for name in names() {
        let run = match name.rsplit_once('_') {
            Some((run, _)) if name.starts_with("seq_") => run.to_owned(),
            _ => name.clone(),
        };
        runs.entry(run).or_default().push(name);
    }
    runs.into_values().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_fixture_ends_as_it_says() {
    let runs = runs();
    assert!(runs.len() > 60, "the fixtures are there");
    futures::stream::iter(runs)
        .for_each_concurrent(AT_ONCE, |run| async move {
            let app = start().await;
            for name in run {
                assert_eq!(deliver(&app, &fixture(&name)).await, 200, "{name}");
                assert_holds(&name, &expectation(&name), &look(&app).await);
            }
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_fixture_told_again_changes_nothing() {
    let app = start().await;
    let mut bodies = Vec::new();
    for name in names() {
        let body = fixture(&name);
        assert_eq!(deliver(&app, &body).await, 200, "{name}");
        bodies.push(body);
    }
    let calm = look(&app).await;
    for body in bodies.iter().rev() {
        assert_eq!(deliver(&app, body).await, 200);
    }
    assert_eq!(look(&app).await, calm);
    for (_, record) in crate::support::documents::list(&app.project, "webhook_deliveries").await {
        assert_eq!(record["repeated"], 1, "{record}");
    }
}
