//! Each field of each callable wrong in turn: the refusal names it.

use serde_json::{Value, json};

use crate::support::App;

/// A callable, data that it takes, a field, and values that are wrong there.
fn wrong_values() -> Vec<(&'static str, Value, &'static str, Vec<Value>)> {
    let long = "x".repeat(129);
    let invite =
        json!({ "email": "a@b.id", "role": "MITRA", "branchId": "jkt", "displayName": "A" });
    let role = json!({ "uid": "jkt", "role": "CABANG", "branchId": "jkt" });
    let disabled = json!({ "uid": "jkt", "disabled": false });
    let many = |values: &[Value]| values.to_vec();
    let ids = many(&[
        json!(""),
        json!("a/b"),
        json!(".."),
        json!(long),
        json!(1),
        json!([]),
    ]);
    let roles = many(&[
        json!(""),
        json!("mitra"),
        json!("ADMIN"),
        json!(1),
        json!(null),
    ]);
    vec![
        (
            "inviteUser",
            invite.clone(),
            "email",
            many(&[
                json!(""),
                json!("a"),
                json!("a@b"),
                json!("a b@c.id"),
                json!(format!("{}@b.id", "a".repeat(320))),
                json!(5),
                json!(null),
            ]),
        ),
        ("inviteUser", invite.clone(), "role", roles.clone()),
        (
            "inviteUser",
            invite.clone(),
            "branchId",
            [ids.clone(), many(&[json!("antah")])].concat(),
        ),
        (
            "inviteUser",
            invite.clone(),
            "displayName",
            many(&[
                json!(""),
                json!("  "),
                json!("a\nb"),
                json!("é".repeat(101)),
                json!(true),
            ]),
        ),
        ("inviteUser", invite.clone(), "lainnya", many(&[json!(1)])),
        (
            "setUserRole",
            role.clone(),
            "uid",
            [ids.clone(), many(&[json!(null)])].concat(),
        ),
        ("setUserRole", role.clone(), "role", roles),
        (
            "setUserRole",
            role.clone(),
            "branchId",
            [ids.clone(), many(&[json!("antah")])].concat(),
        ),
        ("setUserRole", role.clone(), "lainnya", many(&[json!(null)])),
        (
            "setUserDisabled",
            disabled.clone(),
            "uid",
            [ids, many(&[json!(null)])].concat(),
        ),
        (
            "setUserDisabled",
            disabled.clone(),
            "disabled",
            many(&[json!("true"), json!(1), json!(null)]),
        ),
        (
            "setUserDisabled",
            disabled.clone(),
            "lainnya",
            many(&[json!({})]),
        ),
        ("whoami", json!({}), "lainnya", many(&[json!(1)])),
    ]
}

#[tokio::test]
async fn a_wrong_field_is_named() {
    let app = App::start().await;
    app.staff("jkt", "CABANG", Some("jkt")).await;
    for (number, (name, good, field, values)) in wrong_values().into_iter().enumerate() {
        // For each field somebody else: one person's calls are counted.
        let uid = format!("pusat{number}");
        let pusat = app.staff(&uid, "PUSAT", None).await;
        app.events.delivered().await;
        for value in values {
            let mut data = good.clone();
            data[field] = value.clone();
            let answer = app.call(&pusat, name, data).await;
            let (code, reason, at) = answer.refusal();
            assert_eq!(
                (answer.status, code.as_str(), reason.as_str(), at.as_str()),
                (400, "INVALID_ARGUMENT", "INVALID_FIELD", field),
                "{name} {field} {value}: {}",
                answer.body
            );
            assert!(answer.body["error"]["details"]["message"].is_string());
        }
    }
}

#[tokio::test]
async fn a_required_field_that_is_missing_is_named() {
    let app = App::start().await;
    let pusat = app.staff("pusat", "PUSAT", None).await;
    for (name, data, field) in [
        ("inviteUser", json!({ "role": "PUSAT" }), "email"),
        ("inviteUser", json!({ "email": "a@b.id" }), "role"),
        (
            "inviteUser",
            json!({ "email": "a@b.id", "role": "MITRA" }),
            "branchId",
        ),
        (
            "inviteUser",
            json!({ "email": "a@b.id", "role": "PUSAT", "branchId": "jkt" }),
            "branchId",
        ),
        ("setUserRole", json!({ "role": "PUSAT" }), "uid"),
        ("setUserRole", json!({ "uid": "pusat" }), "role"),
        (
            "setUserRole",
            json!({ "uid": "pusat", "role": "PUSAT", "branchId": "jkt" }),
            "branchId",
        ),
        ("setUserDisabled", json!({ "disabled": true }), "uid"),
        ("setUserDisabled", json!({ "uid": "pusat" }), "disabled"),
    ] {
        let answer = app.call(&pusat, name, data.clone()).await;
        let (code, _, at) = answer.refusal();
        assert_eq!(
            (code.as_str(), at.as_str()),
            ("INVALID_ARGUMENT", field),
            "{name} {data}: {}",
            answer.body
        );
    }
}
