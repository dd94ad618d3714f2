//! Caps hold whatever runs at the same moment, and without limits that can be read nothing is spent.

use futures::StreamExt as _;
use jiff::SignedDuration;
use leadgen_pro::content::budget::{Closing, Payer, Reservation};
use leadgen_pro::content::ledger::{self, Books, BudgetError, Call};
use leadgen_pro::ids::{BranchId, Uid};
use leadgen_pro::policy::{Action, Actor, Permit, authorize};
use leadgen_pro::store::{StoreError, Writes};
use serde_json::json;
use simulators::ai::{Fault, Provider, Target};

use super::studio::{Money, Studio, order};
use crate::support::documents;

fn payer(uid: &str, branch: &str) -> Payer {
    Payer {
        uid: Uid::parse(uid).unwrap(),
        branch: Some(BranchId::parse(branch).unwrap()),
    }
}

fn keeping() -> Permit {
    authorize(&Actor::Service, &Action::KeepLedger).unwrap()
}

impl Studio {
    /// One reservation, as another instance of the service makes it: without standing in line with the others.
    async fn reserve(&self, payer: &Payer, amount: i64) -> Result<Reservation, BudgetError> {
        let store = &self.app.state.store;
        let attempt = leadgen_pro::ids::random_id();
        let step = || async {
            let mut books = Books::open(store, payer, self.now()).await?;
            let reservation = books.reserve(&Call {
                attempt_id: &attempt,
                request_id: "r",
                model: "m",
                worst_case_micro_usd: amount,
                expires_in: SignedDuration::from_mins(10),
            })?;
            let mut writes = Writes::new();
            books.write(&keeping(), &mut writes)?;
            store.commit(writes).await?;
            Ok(reservation)
        };
        store.retrying(step).await
    }

    async fn close(&self, reservation: &Reservation, closing: Closing) -> Result<(), StoreError> {
        let mut writes = Writes::new();
        ledger::close(&keeping(), &mut writes, reservation, closing, self.now())?;
        self.app.state.store.commit(writes).await
    }
}

#[tokio::test]
async fn no_cap_is_passed_whatever_runs_at_once() {
    let studio = Studio::open().await;
    // A person has room for three, a branch for five, all together for seven.
    studio.allow(300, 500, 700).await;
    let people = [
        payer("m1", "c1"),
        payer("m2", "c1"),
        payer("m3", "c2"),
        payer("m4", "c2"),
    ];
    let attempts = (0..40).map(|number| {
        let (studio, payer) = (&studio, &people[number % people.len()]);
        async move {
            let reserved = studio.reserve(payer, 100).await;
            let Ok(reservation) = reserved else {
                return reserved.map(drop);
            };
            // Half of them end at once, in the three ways.
            let closing = match number % 6 {
                0 => Closing::Settled { cost_micro_usd: 40 },
                1 => Closing::Released,
                2 => Closing::Unmetered,
                _ => return Ok(()),
            };
            studio
                .close(&reservation, closing)
                .await
                .map_err(BudgetError::from)
        }
    });
    let outcomes: Vec<_> = futures::stream::iter(attempts)
        .buffer_unordered(12)
        .collect()
        .await;
    let mut granted = 0;
    for outcome in &outcomes {
        match outcome {
            Ok(()) => granted += 1,
            // Those who lost every race spend nothing either; whoever asked is told to try again.
            Err(
                BudgetError::CapReached(_)
                | BudgetError::Store(StoreError::Conflict | StoreError::AlreadyExists),
            ) => {}
            Err(error) => panic!("{error}"),
        }
    }
    assert!(granted >= 5, "{outcomes:?}");
    let books = studio.audit().await;
    assert!(books.spent + books.reserved <= 700, "{books:?}");
    studio.within_caps().await;
    let branch = documents::get(&studio.app.project, "budgets/branch-c1_2026-11-23")
        .await
        .unwrap();
    assert_eq!(branch["allowanceMicroUsd"], 500);
    assert_eq!(branch["level"], "BRANCH");
}

#[tokio::test]
async fn one_instance_stands_in_line_and_nobody_is_turned_away_by_a_race() {
    let studio = Studio::open().await;
    // Two people, because one who orders sixteen at once is told to slow down.
    let people = [
        studio.partner().await,
        studio.app.staff("m2", "MITRA", Some("c1")).await,
    ];
    let calls = (0..16).map(|number| {
        let person = &people[number % people.len()];
        studio.app.call(person, "generateContent", order())
    });
    let answers = futures::future::join_all(calls).await;
    for answer in answers {
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    assert_eq!((studio.calls(), studio.audit().await.reserved), (16, 0));
    studio.within_caps().await;
}

#[tokio::test]
async fn a_reservation_is_closed_once() {
    let studio = Studio::open().await;
    let reservation = studio.reserve(&payer("m1", "c1"), 100).await.unwrap();
    let closings =
        (0..6).map(|_| studio.close(&reservation, Closing::Settled { cost_micro_usd: 30 }));
    let outcomes = futures::future::join_all(closings).await;
    assert_eq!(
        outcomes.iter().filter(|outcome| outcome.is_ok()).count(),
        1,
        "{outcomes:?}"
    );
    assert_eq!(
        studio.audit().await,
        Money {
            spent: 30,
            reserved: 0
        }
    );
}

#[tokio::test]
async fn a_dead_reservation_expires_at_its_worst_case_and_a_late_closing_finds_it_closed() {
    let studio = Studio::open().await;
    let reservation = studio.reserve(&payer("m1", "c1"), 100).await.unwrap();
    assert_eq!(
        studio.audit().await,
        Money {
            spent: 0,
            reserved: 100
        }
    );
    studio.pass(599);
    studio.sweep().await;
    assert_eq!(
        studio.audit().await,
        Money {
            spent: 0,
            reserved: 100
        }
    );
    studio.pass(2);
    studio.sweep().await;
    studio.sweep().await;
    assert_eq!(
        studio.audit().await,
        Money {
            spent: 100,
            reserved: 0
        }
    );
    assert!(studio.close(&reservation, Closing::Released).await.is_err());
    assert_eq!(studio.ledger().await, ["EXPIRED", "RESERVED"]);
    assert_eq!(
        studio.audit().await,
        Money {
            spent: 100,
            reserved: 0
        }
    );
}

#[tokio::test]
async fn what_was_reserved_before_midnight_is_settled_in_the_day_before() {
    let studio = Studio::open().await;
    studio.clock.set("2026-11-30T16:59:50Z".parse().unwrap());
    let reservation = studio.reserve(&payer("m1", "c1"), 100).await.unwrap();
    studio.pass(20);
    studio
        .close(&reservation, Closing::Settled { cost_micro_usd: 60 })
        .await
        .unwrap();
    studio.audit().await;
    let day = documents::get(&studio.app.project, "budgets/user-m1_2026-11-30")
        .await
        .unwrap();
    assert_eq!(
        (
            day["spentMicroUsd"].as_i64(),
            day["reservedMicroUsd"].as_i64()
        ),
        (Some(60), Some(0))
    );
    assert_eq!(
        documents::get(&studio.app.project, "budgets/user-m1_2026-12-01").await,
        None
    );
}

#[tokio::test]
async fn a_budget_that_is_used_up_says_whose_and_what_to_do() {
    let studio = Studio::open().await;
    let partner = studio.partner().await;
    for (user, branch, organisation, says) in [
        (1, 1_000_000, 1_000_000, "minta cabang Anda"),
        (1_000_000, 1, 1_000_000, "AI cabang Anda"),
        (1_000_000, 1_000_000, 1, "AI organisasi"),
    ] {
        studio.allow(user, branch, organisation).await;
        let refused = studio.app.call(&partner, "generateContent", order()).await;
        assert_eq!(
            (refused.code(), refused.refusal().1.as_str()),
            ("RESOURCE_EXHAUSTED".into(), "BUDGET_REACHED")
        );
        let message = refused.body["error"]["details"]["message"]
            .as_str()
            .unwrap();
        assert!(message.contains(says), "{message}");
    }
    assert_eq!(studio.calls(), 0);
    assert_eq!(
        documents::list(&studio.app.project, "content_requests").await,
        []
    );
    // Through the queue the document says it.
    let queued = studio
        .app
        .call(&partner, "enqueueContent", order())
        .await
        .result();
    studio.tasks.deliver_due().await;
    let doc = studio.request(queued["id"].as_str().unwrap()).await;
    assert_eq!(
        (doc["status"].as_str(), doc["error"]["code"].as_str()),
        (Some("FAILED"), Some("BUDGET_REACHED"))
    );
    assert_eq!(doc["attempts"], 0);
    assert_eq!(studio.ledger().await, [""; 0]);
}

#[tokio::test]
async fn a_budget_that_ends_between_two_calls_ends_the_request() {
    let studio = Studio::open().await;
    let partner = studio.partner().await;
    studio
        .app
        .call(&partner, "generateContent", order())
        .await
        .result();
    let entries = documents::list(&studio.app.project, "ledger").await;
    let worst = entries
        .iter()
        .filter_map(|(_, entry)| entry["reservedMicroUsd"].as_i64())
        .max()
        .unwrap();
    let spent = studio.audit().await.spent;
    // Room for one call, of which the cut stream takes all.
    studio.allow(spent + worst, 1_000_000, 1_000_000).await;
    studio
        .ai
        .fail(Provider::OpenAi, Target::Text, Fault::Cut { tokens: 12 });
    let refused = studio.app.call(&partner, "generateContent", order()).await;
    assert_eq!(refused.refusal().1, "BUDGET_REACHED");
    assert_eq!(studio.calls(), 2);
    let books = studio.audit().await;
    assert_eq!(
        books,
        Money {
            spent: spent + worst,
            reserved: 0
        }
    );
}

#[tokio::test]
async fn without_readable_limits_nothing_is_spent() {
    let studio = Studio::open_bare(&[]).await;
    let partner = studio.partner().await;
    let project = &studio.app.project;
    let day = json!({ "dayMicroUsd": 1_000_000, "monthMicroUsd": 1_000_000 });
    for settings in [
        None,
        Some(json!({ "enabled": true })),
        Some(json!({ "enabled": true, "allowances": { "organisation": day, "branch": day } })),
        Some(
            json!({ "enabled": "yes", "allowances": { "organisation": day, "branch": day, "user": day } }),
        ),
        Some(
            json!({ "enabled": true, "allowances": { "organisation": day, "branch": day, "user": { "dayMicroUsd": 1.5, "monthMicroUsd": 1 } } }),
        ),
    ] {
        let name = format!("{settings:?}");
        if let Some(settings) = settings {
            documents::put(project, "settings/ai", settings).await;
        }
        let refused = studio.app.call(&partner, "generateContent", order()).await;
        assert_eq!(refused.refusal().1, "SETTINGS_UNREADABLE", "{name}");
    }
    studio.allow(1_000_000, 1_000_000, 1_000_000).await;
    let wrong = json!({ "level": "USER", "dayMicroUsd": "much" });
    documents::put(project, "allowances/user-m1", wrong).await;
    let refused = studio.app.call(&partner, "generateContent", order()).await;
    assert_eq!(refused.refusal().1, "SETTINGS_UNREADABLE");
    documents::delete(project, "allowances/user-m1").await;
    documents::put(
        project,
        "budgets/user-m1_2026-11-23",
        json!({ "spentMicroUsd": "?" }),
    )
    .await;
    let refused = studio.app.call(&partner, "generateContent", order()).await;
    assert_eq!(refused.refusal().1, "SETTINGS_UNREADABLE");
    assert_eq!(studio.calls(), 0);
    assert_eq!(studio.ledger().await, [""; 0]);
}
