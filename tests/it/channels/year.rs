//! A year of two hundred channels, with a refresh job that is often late, sometimes killed, and a platform that has bad days.

use std::collections::BTreeSet;

use axum::http::Method;
use futures::StreamExt as _;
use jiff::SignedDuration;
use leadgen_pro::channels::secrets::{Grant, SecretDoc};
use leadgen_pro::clients::graph::{Access, Login};
use serde_json::{Value, json};
use simulators::graph::{Fault, Invalidation, Plan, Refusal};

use super::lab::*;
use crate::support::{dice::Dice, documents};

const CHANNELS: usize = 200;

/// Accounts whose people change their password in the middle of the year: nobody could keep these.
const GONE: usize = 5;

fn account(number: usize) -> String {
    format!("1784150000000{number:04}")
}

/// An account that was connected, as `connectChannel` leaves it.
async fn connected(lab: &Lab, number: usize) {
    let account = account(number);
    let id = format!("INSTAGRAM_{account}");
    let now = lab.now();
    let token = lab.meta.instagram_token(&account);
    let grant = Grant {
        access: Access {
            login: Login::Instagram,
            token: token.into(),
        },
        page_id: None,
    };
    let sealed = SecretDoc::seal(&lab.app.state.channel_keys, &id, &grant).unwrap();
    let sealed = serde_json::to_value(sealed).unwrap();
    documents::put(&lab.app.project, &format!("channel_secrets/{id}"), sealed).await;
    let at = |moment: jiff::Timestamp| json!({ "$time": moment.to_string() });
    let channel = json!({
        "platform": "INSTAGRAM", "externalId": account, "name": account, "ownerId": "m1", "branchId": "c1",
        "state": "CONNECTED", "login": "INSTAGRAM", "features": { "posting": true }, "scopes": [], "missing": [],
        "tokenIssuedAt": at(now), "tokenExpiresAt": at(now + SignedDuration::from_hours(60 * 24)),
        "connectedAt": at(now), "nextCheckAt": at(now), "subscribedFields": [], "lackingFields": [],
        "replayDue": false, "checkFailures": 0,
    });
    documents::put(&lab.app.project, &format!("channels/{id}"), channel).await;
}

/// One run of the job on a bad day.
async fn bad_run(lab: &Lab, dice: &mut Dice) {
    let away = |path: &str, times: usize, fault: Fault| {
        let plan = Plan::next(&Method::GET, path, fault).times(u32::try_from(times).unwrap());
        lab.meta.fail(plan);
    };
    let some = dice.below(CHANNELS) + 1;
    match dice.below(7) {
        // Nothing is answered.
        0 => {
            away("/me", 10 * CHANNELS, Fault::Gateway { status: 503 });
            away(
                "/refresh_access_token",
                10 * CHANNELS,
                Fault::Gateway { status: 503 },
            );
        }
        // Renewals happen, and their answers are lost.
        1 => away("/refresh_access_token", some, Fault::CutAfter),
        2 => away(
            "/refresh_access_token",
            some,
            Fault::Refuse {
                refusal: Refusal::new(2),
            },
        ),
        // The new tokens prove nothing, or the old ones cannot be proved.
        3 => away(
            "/me",
            some,
            Fault::Refuse {
                refusal: Refusal::new(4),
            },
        ),
        4 => away(
            "/me",
            some,
            Fault::Refuse {
                refusal: Refusal::new(100).subcode(33),
            },
        ),
        5 => away(
            "/me",
            some.min(3),
            Fault::Refuse {
                refusal: Refusal::new(190),
            },
        ),
        _ => {}
    }
    let url = format!("{}/tasks/refreshChannels", lab.app.url);
    let request = lab.app.http.post(url).send();
    if dice.percent(30) {
        // Killed after some calls, or right away.
        let killed = tokio::time::timeout(
            std::time::Duration::from_millis(u64::try_from(dice.below(150)).unwrap()),
            request,
        );
        let _ = killed.await;
    } else {
        assert_eq!(request.await.unwrap().status(), 204);
    }
    lab.meta.mend();
}

#[tokio::test]
async fn no_account_is_lost_that_the_platform_would_have_renewed() {
    let lab = Lab::open().await;
    let seed: Vec<Value> = (0..CHANNELS)
        .map(|number| json!({ "id": account(number), "username": format!("akun.{number}") }))
        .collect();
    let seed = json!({ "instagramAccounts": seed });
    lab.meta.seed(serde_json::from_value(seed).unwrap());
    futures::stream::iter(0..CHANNELS)
        .for_each_concurrent(16, |number| connected(&lab, number))
        .await;
    let start = lab.now();
    let year = SignedDuration::from_hours(365 * 24);
    let mut dice = Dice::of(0x1DA7E, 0);
    let mut gone = BTreeSet::new();
    let (mut runs, mut good) = (0, start);
    while lab.now().duration_since(start) < year {
        // An hourly job that does not run for days on end: from two days to twenty. Two runs in three go wrong; in any
        // forty days one goes well, which is all that a token of sixty days needs.
        let hours = i64::try_from(37 + dice.below(18 * 24)).unwrap();
        lab.pass(SignedDuration::from_hours(hours));
        let overdue = lab.now().duration_since(good) > SignedDuration::from_hours(18 * 24);
        if overdue || dice.percent(33) {
            lab.refresh().await;
            good = lab.now();
        } else {
            bad_run(&lab, &mut dice).await;
        }
        runs += 1;
        if gone.is_empty() && lab.now().duration_since(start) > year / 2 {
            for _ in 0..GONE {
                let account = account(dice.below(CHANNELS));
                lab.meta
                    .invalidate_person(&account, Invalidation::PasswordChanged);
                gone.insert(format!("INSTAGRAM_{account}"));
            }
        }
    }
    assert!(runs > 25, "{runs}");
    // The last bad day is over.
    lab.next_day().await;
    lab.next_day().await;
    let mut lost = BTreeSet::new();
    for (id, channel) in documents::list(&lab.app.project, "channels").await {
        if channel["state"] != "CONNECTED" {
            assert_eq!(
                channel["reconnect"]["reason"], "PASSWORD_CHANGED",
                "{id}: {channel}"
            );
            lost.insert(id);
            continue;
        }
        let token = lab.meta.token(&lab.token(&id).await).unwrap();
        assert_eq!(token.trouble(lab.now()), None, "{id}");
        let ends: jiff::Timestamp = channel["tokenExpiresAt"]["$time"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        assert!(
            ends > lab.now() + SignedDuration::from_hours(24),
            "{id}: {ends}"
        );
    }
    assert_eq!(lost, gone);
}
