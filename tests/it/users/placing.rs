//! `setUserRole` and `setUserDisabled`, by those who may.

use futures::future::join_all;
use serde_json::{Value, json};

use super::{accounts, edit, field, user};
use crate::support::{App, Person, documents};

struct Tree {
    pusat: Person,
    jkt: Person,
    siti: Person,
}

async fn tree(app: &App) -> Tree {
    let pusat = app.staff("pusat", "PUSAT", None).await;
    let jkt = app.staff("jkt", "CABANG", Some("jkt")).await;
    app.staff("sby", "CABANG", Some("sby")).await;
    app.events.delivered().await;
    let siti = app.staff("siti", "MITRA", Some("jkt")).await;
    app.staff("rizal", "MITRA", Some("sby")).await;
    app.events.delivered().await;
    Tree { pusat, jkt, siti }
}

#[tokio::test]
async fn pusat_sets_any_role_and_claims_are_there_with_the_answer() {
    let app = App::start().await;
    let tree = tree(&app).await;
    for (data, claims) in [
        (
            json!({ "uid": "siti", "role": "MITRA", "branchId": "sby" }),
            json!({ "role": "MITRA", "branchId": "sby" }),
        ),
        (
            json!({ "uid": "siti", "role": "CABANG", "branchId": "sby" }),
            json!({ "role": "CABANG", "branchId": "sby" }),
        ),
        (
            json!({ "uid": "siti", "role": "CABANG" }),
            json!({ "role": "CABANG", "branchId": "siti" }),
        ),
        (
            json!({ "uid": "siti", "role": "PUSAT" }),
            json!({ "role": "PUSAT" }),
        ),
        (
            json!({ "uid": "siti", "role": "MITRA" }),
            json!({ "role": "MITRA" }),
        ),
        (
            json!({ "uid": "siti", "role": "MITRA", "branchId": "jkt" }),
            json!({ "role": "MITRA", "branchId": "jkt" }),
        ),
    ] {
        let answer = app.call(&tree.pusat, "setUserRole", data.clone()).await;
        let mut expected = claims.clone();
        expected["uid"] = json!("siti");
        expected["branchId"] = claims["branchId"].clone();
        assert_eq!(answer.result(), expected, "{data}");
        assert_eq!(accounts::claims(&app, "siti").await, claims, "{data}");
        let document = user(&app, "siti").await.unwrap();
        assert_eq!(document["role"], claims["role"], "{data}");
        assert_eq!(document["branchId"], claims["branchId"], "{data}");
        assert_eq!(document["changedBy"]["uid"], "pusat", "{data}");
    }
    let branch = documents::get(&app.project, "branches/siti").await;
    assert_eq!(branch, None, "an empty branch goes with its founder");
}

#[tokio::test]
async fn setting_what_is_set_mends_the_claims_and_writes_nothing() {
    let app = App::start().await;
    let tree = tree(&app).await;
    let data = json!({ "uid": "siti", "role": "MITRA", "branchId": "jkt" });
    let before = documents::get(&app.project, "users/siti").await;
    accounts::set_claims(&app, "siti", json!({})).await;
    app.call(&tree.pusat, "setUserRole", data.clone())
        .await
        .result();
    assert_eq!(documents::get(&app.project, "users/siti").await, before);
    let claims = json!({ "role": "MITRA", "branchId": "jkt" });
    assert_eq!(accounts::claims(&app, "siti").await, claims);
}

#[tokio::test]
async fn a_user_whose_event_was_lost_can_be_placed() {
    let app = App::start().await;
    let tree = tree(&app).await;
    app.events.lose(true);
    let uid = app
        .create_account(&json!({ "email": "telat@contoh.id" }))
        .await;
    let data = json!({ "uid": uid, "role": "MITRA", "branchId": "jkt" });
    app.call(&tree.pusat, "setUserRole", data).await.result();
    let claims = json!({ "role": "MITRA", "branchId": "jkt" });
    assert_eq!(accounts::claims(&app, &uid).await, claims);
    assert_eq!(field(&app, &uid, "email").await, "telat@contoh.id");
}

#[tokio::test]
async fn the_last_pusat_stays() {
    let app = App::start().await;
    let tree = tree(&app).await;
    let down = json!({ "uid": "pusat", "role": "MITRA" });
    let refused = app.call(&tree.pusat, "setUserRole", down.clone()).await;
    let refusal = (
        "FAILED_PRECONDITION".into(),
        "LAST_PUSAT".into(),
        String::new(),
    );
    assert_eq!(refused.refusal(), refusal);
    // One whose account is closed does not count.
    app.staff("pusat2", "PUSAT", None).await;
    edit(&app, "pusat2", json!({ "disabled": true }), &["disabled"]).await;
    let refused = app.call(&tree.pusat, "setUserRole", down.clone()).await;
    assert_eq!(refused.refusal(), refusal);
    edit(&app, "pusat2", json!({ "disabled": false }), &["disabled"]).await;
    app.call(&tree.pusat, "setUserRole", down).await.result();
    assert_eq!(
        accounts::claims(&app, "pusat").await,
        json!({ "role": "MITRA" })
    );
}

#[tokio::test]
async fn of_two_who_step_down_at_once_or_push_each_other_one_stays() {
    let app = App::start().await;
    for push in [false, true] {
        let mut people = Vec::new();
        for name in ["a", "b"] {
            let uid = format!("{name}-{push}");
            people.push(app.staff(&uid, "PUSAT", None).await);
        }
        app.events.delivered().await;
        // Nobody else is left of the round before.
        for (uid, document) in documents::list(&app.project, "users").await {
            if document["role"] == "PUSAT" && !people.iter().any(|person| person.uid == uid) {
                edit(&app, &uid, json!({ "role": "MITRA" }), &["role"]).await;
            }
        }
        let calls = [(0, 1), (1, 0)].map(|(who, other)| {
            let target = &people[if push { other } else { who }].uid;
            let data = json!({ "uid": target, "role": "MITRA" });
            app.call(&people[who], "setUserRole", data)
        });
        let answers = join_all(calls).await;
        let done = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(done, 1, "{answers:?}");
        let left = documents::list(&app.project, "users")
            .await
            .into_iter()
            .filter(|(_, document)| document["role"] == "PUSAT")
            .count();
        assert_eq!(left, 1);
    }
}

#[tokio::test]
async fn the_founder_of_a_branch_in_use_stays_its_cabang() {
    let app = App::start().await;
    let tree = tree(&app).await;
    for branch in ["jkt", "sby"] {
        let data = json!({ "uid": "jkt", "role": "MITRA", "branchId": branch });
        let refused = app.call(&tree.pusat, "setUserRole", data).await;
        let refusal = (
            "FAILED_PRECONDITION".into(),
            "FOUNDER".into(),
            String::new(),
        );
        assert_eq!(refused.refusal(), refusal, "{branch}");
    }
    assert_eq!(field(&app, "jkt", "role").await, "CABANG");
}

#[tokio::test]
async fn a_branch_closes_its_partners_accounts_and_nobody_their_own() {
    let app = App::start().await;
    let tree = tree(&app).await;
    for disabled in [true, false] {
        let data = json!({ "uid": "siti", "disabled": disabled });
        let answer = app.call(&tree.jkt, "setUserDisabled", data.clone()).await;
        assert_eq!(answer.result(), data);
        let account = accounts::account(&app, "siti").await;
        assert_eq!(account["disabled"] == json!(true), disabled);
        assert_eq!(field(&app, "siti", "disabled").await, disabled);
        assert_eq!(field(&app, "siti", "branchId").await, "jkt");
    }
    for (person, reason) in [
        (&tree.pusat, "OWN_ACCOUNT"),
        (&tree.jkt, "NOT_ALLOWED"),
        (&tree.siti, "NOT_ALLOWED"),
    ] {
        let data = json!({ "uid": person.uid, "disabled": true });
        let refused = app.call(person, "setUserDisabled", data).await;
        let refusal = ("PERMISSION_DENIED".into(), reason.to_owned(), String::new());
        assert_eq!(refused.refusal(), refusal);
        assert_eq!(field(&app, &person.uid, "disabled").await, false);
    }
}

#[tokio::test]
async fn a_token_older_than_its_persons_place_gives_no_rights() {
    let app = App::start().await;
    let tree = tree(&app).await;
    app.staff("pusat2", "PUSAT", None).await;
    let calls = [
        (
            "inviteUser",
            json!({ "email": "x@contoh.id", "role": "PUSAT" }),
        ),
        ("setUserRole", json!({ "uid": "siti", "role": "PUSAT" })),
        (
            "setUserDisabled",
            json!({ "uid": "siti", "disabled": true }),
        ),
    ];
    for (values, fields) in [
        (json!({ "role": "CABANG" }), &["role"][..]),
        (
            json!({ "role": "PUSAT", "disabled": true }),
            &["role", "branchId", "disabled"],
        ),
    ] {
        edit(&app, "pusat", values, fields).await;
        let before = user(&app, "siti").await;
        for (name, data) in &calls {
            let refused = app.call(&tree.pusat, name, data.clone()).await;
            let refusal = (
                "PERMISSION_DENIED".into(),
                "STALE_TOKEN".into(),
                String::new(),
            );
            assert_eq!(refused.refusal(), refusal, "{name}");
        }
        assert_eq!(user(&app, "siti").await, before);
    }
    assert_eq!(
        documents::list(&app.project, "invitations").await,
        Vec::<(String, Value)>::new()
    );
}
