//! `aiBudget`, `setAiAllowance`, `switchAi` and the budget alert: who sees, who sets, who switches.

use base64::Engine as _;
use serde_json::{Value, json};

use super::studio::{Studio, order};
use crate::support::{Person, documents};

fn levels(budget: &Value) -> Vec<String> {
    budget["levels"]
        .as_array()
        .unwrap()
        .iter()
        .map(|level| level["level"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn each_sees_the_levels_of_their_own() {
    let studio = Studio::open().await;
    let partner = studio.partner().await;
    let branch = studio.app.staff("c1", "CABANG", Some("c1")).await;
    let pusat = studio.app.staff("p1", "PUSAT", None).await;
    let made = studio
        .app
        .call(&partner, "generateContent", order())
        .await
        .result();
    let cost = made["usage"]["costMicroUsd"].clone();

    let own = studio
        .app
        .call(&partner, "aiBudget", json!({}))
        .await
        .result();
    assert_eq!(
        (own["enabled"].as_bool(), levels(&own)),
        (Some(true), vec!["USER".into()])
    );
    assert_eq!(
        own["levels"][0]["day"],
        json!({ "period": "2026-11-23", "allowanceMicroUsd": 1_000_000, "spentMicroUsd": cost, "reservedMicroUsd": 0 })
    );
    assert_eq!(own["levels"][0]["month"]["period"], "2026-11");
    let theirs = studio
        .app
        .call(&branch, "aiBudget", json!({}))
        .await
        .result();
    assert_eq!(levels(&theirs), ["USER", "BRANCH"]);
    assert_eq!(theirs["levels"][1]["day"]["spentMicroUsd"], cost);
    let all = studio
        .app
        .call(&pusat, "aiBudget", json!({}))
        .await
        .result();
    assert_eq!(levels(&all), ["USER", "ORGANISATION"]);
    assert_eq!(all["levels"][1]["month"]["spentMicroUsd"], cost);

    let of = async |person: &Person, data: Value| studio.app.call(person, "aiBudget", data).await;
    assert_eq!(
        levels(&of(&branch, json!({ "userId": "m1" })).await.result()),
        ["USER"]
    );
    assert_eq!(
        levels(&of(&pusat, json!({ "branchId": "c1" })).await.result()),
        ["BRANCH"]
    );
    let other = studio.app.staff("c2", "CABANG", Some("c2")).await;
    for (person, data) in [
        (&partner, json!({ "branchId": "c1" })),
        (&partner, json!({ "userId": "c1" })),
        (&other, json!({ "userId": "m1" })),
        (&other, json!({ "branchId": "c1" })),
        (&branch, json!({ "userId": "nobody" })),
    ] {
        assert_eq!(of(person, data.clone()).await.code(), "NOT_FOUND", "{data}");
    }
}

#[tokio::test]
async fn pusat_sets_for_branches_and_a_branch_for_its_partners() {
    let studio = Studio::open().await;
    let partner = studio.partner().await;
    let branch = studio.app.staff("c1", "CABANG", Some("c1")).await;
    let other = studio.app.staff("c2", "CABANG", Some("c2")).await;
    let pusat = studio.app.staff("p1", "PUSAT", None).await;
    let set =
        async |person: &Person, data: Value| studio.app.call(person, "setAiAllowance", data).await;
    let user = |day: i64| json!({ "level": "USER", "userId": "m1", "dayMicroUsd": day });

    for (person, data, code) in [
        (&partner, user(9), "PERMISSION_DENIED"),
        (&other, user(9), "NOT_FOUND"),
        (
            &branch,
            json!({ "level": "BRANCH", "branchId": "c1", "dayMicroUsd": 9 }),
            "PERMISSION_DENIED",
        ),
        (
            &branch,
            json!({ "level": "BRANCH", "branchId": "c2", "dayMicroUsd": 9 }),
            "NOT_FOUND",
        ),
        (
            &branch,
            json!({ "level": "ORGANISATION", "dayMicroUsd": 9, "monthMicroUsd": 9 }),
            "NOT_FOUND",
        ),
        (
            &pusat,
            json!({ "level": "ORGANISATION", "dayMicroUsd": 9 }),
            "INVALID_ARGUMENT",
        ),
        (
            &pusat,
            json!({ "level": "BRANCH", "userId": "m1" }),
            "INVALID_ARGUMENT",
        ),
        (&pusat, json!({ "level": "HOUSE" }), "INVALID_ARGUMENT"),
        (&pusat, user(-1), "INVALID_ARGUMENT"),
    ] {
        assert_eq!(set(person, data.clone()).await.code(), code, "{data}");
    }
    assert_eq!(documents::list(&studio.app.project, "allowances").await, []);

    set(&branch, user(1)).await.result();
    let refused = studio.app.call(&partner, "generateContent", order()).await;
    assert_eq!(refused.refusal().1, "BUDGET_REACHED");
    let seen = studio
        .app
        .call(&partner, "aiBudget", json!({}))
        .await
        .result();
    assert_eq!(seen["levels"][0]["day"]["allowanceMicroUsd"], 1);
    assert_eq!(seen["levels"][0]["month"]["allowanceMicroUsd"], 30_000_000);
    // Back to the default.
    set(&branch, json!({ "level": "USER", "userId": "m1" }))
        .await
        .result();
    studio
        .app
        .call(&partner, "generateContent", order())
        .await
        .result();

    set(
        &pusat,
        json!({ "level": "BRANCH", "branchId": "c1", "dayMicroUsd": 1 }),
    )
    .await
    .result();
    let refused = studio.app.call(&partner, "generateContent", order()).await;
    assert_eq!(refused.refusal().1, "BUDGET_REACHED");
    let everyone = json!({ "level": "USER", "dayMicroUsd": 5, "monthMicroUsd": 6 });
    set(&pusat, everyone).await.result();
    let settings = documents::get(&studio.app.project, "settings/ai")
        .await
        .unwrap();
    assert_eq!(
        settings["allowances"]["user"],
        json!({ "dayMicroUsd": 5, "monthMicroUsd": 6 })
    );
    assert_eq!(settings["enabled"], true);
    assert_eq!(studio.paid_calls(), 1);
    studio.audit().await;
}

#[tokio::test]
async fn what_a_branch_gave_does_not_follow_a_partner_to_the_next() {
    let studio = Studio::open().await;
    studio.partner().await;
    let branch = studio.app.staff("c1", "CABANG", Some("c1")).await;
    let set = json!({ "level": "USER", "userId": "m1", "dayMicroUsd": 1 });
    studio
        .app
        .call(&branch, "setAiAllowance", set)
        .await
        .result();
    let moved = studio.app.stranger("m1", "MITRA", Some("c2"));
    let mut user = documents::get(&studio.app.project, "users/m1")
        .await
        .unwrap();
    user["branchId"] = "c2".into();
    user["parentId"] = "c2".into();
    documents::put(&studio.app.project, "users/m1", user).await;
    let seen = studio
        .app
        .call(&moved, "aiBudget", json!({}))
        .await
        .result();
    assert_eq!(seen["levels"][0]["day"]["allowanceMicroUsd"], 1_000_000);
}

#[tokio::test]
async fn pusat_alone_switches() {
    let studio = Studio::open().await;
    let partner = studio.partner().await;
    let branch = studio.app.staff("c1", "CABANG", Some("c1")).await;
    let pusat = studio.app.staff("p1", "PUSAT", None).await;
    for person in [&partner, &branch] {
        for on in [true, false] {
            let refused = studio
                .app
                .call(person, "switchAi", json!({ "on": on }))
                .await;
            assert_eq!(refused.code(), "PERMISSION_DENIED");
        }
    }
    let off = json!({ "on": false, "reason": "Audit bulanan" });
    assert_eq!(
        studio.app.call(&pusat, "switchAi", off).await.result(),
        json!({ "enabled": false })
    );
    // Whoever reads the month's budget finds it whole, though nothing was spent from it yet.
    let budget = documents::get(&studio.app.project, "budgets/organisation_2026-11").await;
    let mut budget = budget.unwrap();
    budget.as_object_mut().unwrap().remove("updatedAt");
    assert_eq!(
        budget,
        json!({
            "level": "ORGANISATION", "period": "2026-11", "allowanceMicroUsd": 30_000_000,
            "spentMicroUsd": 0, "reservedMicroUsd": 0,
        })
    );
    let refused = studio.app.call(&partner, "generateContent", order()).await;
    assert_eq!(
        refused.refusal(),
        ("FAILED_PRECONDITION".into(), "AI_OFF".into(), String::new())
    );
    let settings = documents::get(&studio.app.project, "settings/ai")
        .await
        .unwrap();
    assert_eq!(
        (settings["changedBy"].as_str(), settings["reason"].as_str()),
        (Some("p1"), Some("Audit bulanan"))
    );
    studio
        .app
        .call(&pusat, "switchAi", json!({ "on": true }))
        .await
        .result();
    studio
        .app
        .call(&partner, "generateContent", order())
        .await
        .result();
    assert_eq!(studio.calls(), 1);
    // On without limits would be on without a cap.
    documents::delete(&studio.app.project, "settings/ai").await;
    let refused = studio
        .app
        .call(&pusat, "switchAi", json!({ "on": true }))
        .await;
    assert_eq!(refused.refusal().1, "SETTINGS_UNREADABLE");
    // Off is always possible.
    documents::put(
        &studio.app.project,
        "settings/ai",
        json!({ "enabled": "yes" }),
    )
    .await;
    studio
        .app
        .call(&pusat, "switchAi", json!({ "on": false }))
        .await
        .result();
    assert_eq!(
        documents::get(&studio.app.project, "settings/ai")
            .await
            .unwrap()["enabled"],
        false
    );
}

fn alert(threshold: Option<f64>) -> Value {
    let mut notification = json!({
        "budgetDisplayName": "LeadGen", "costAmount": 12.5, "costIntervalStart": "2026-11-01T07:00:00Z",
        "budgetAmount": 10.0, "budgetAmountType": "SPECIFIED_AMOUNT", "currencyCode": "USD",
    });
    if let Some(threshold) = threshold {
        notification["alertThresholdExceeded"] = threshold.into();
    }
    let data = base64::engine::general_purpose::STANDARD.encode(notification.to_string());
    json!({ "message": { "data": data, "messageId": "1", "attributes": {} }, "subscription": "s" })
}

#[tokio::test]
async fn a_budget_alert_switches_off_once_and_pusat_on_again() {
    let studio = Studio::open().await;
    let partner = studio.partner().await;
    let pusat = studio.app.staff("p1", "PUSAT", None).await;
    let enabled = || async {
        documents::get(&studio.app.project, "settings/ai")
            .await
            .unwrap()["enabled"]
            .as_bool()
            .unwrap()
    };
    for threshold in [None, Some(0.5), Some(0.9)] {
        assert_eq!(
            studio.push("/events/budgetAlert", &alert(threshold)).await,
            204
        );
        assert!(enabled().await, "{threshold:?}");
    }
    assert_eq!(
        studio.push("/events/budgetAlert", &alert(Some(1.0))).await,
        204
    );
    assert!(!enabled().await);
    assert_eq!(
        studio
            .app
            .call(&partner, "generateContent", order())
            .await
            .refusal()
            .1,
        "AI_OFF"
    );
    studio
        .app
        .call(&pusat, "switchAi", json!({ "on": true }))
        .await
        .result();
    // The same state of affairs is told again, several times a day.
    assert_eq!(
        studio.push("/events/budgetAlert", &alert(Some(1.0))).await,
        204
    );
    assert!(enabled().await);
    assert_eq!(
        studio.push("/events/budgetAlert", &alert(Some(1.2))).await,
        204
    );
    assert!(!enabled().await, "a higher threshold is another alert");
    assert_eq!(studio.calls(), 0);
    // What is no alert is not repeated for ever.
    let broken = json!({ "message": { "data": "%%%" } });
    assert_eq!(studio.push("/events/budgetAlert", &broken).await, 204);
}

#[tokio::test]
async fn an_alert_switches_off_also_where_the_settings_cannot_be_read() {
    let studio = Studio::open_bare(&[]).await;
    assert_eq!(
        studio.push("/events/budgetAlert", &alert(Some(1.0))).await,
        204
    );
    let settings = documents::get(&studio.app.project, "settings/ai")
        .await
        .unwrap();
    assert_eq!(settings["enabled"], false);
}
