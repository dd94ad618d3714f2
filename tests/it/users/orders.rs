//! The paths by which a user comes to be, each first, twice, and all at once: the outcome is one.

use futures::future::join_all;
use serde_json::{Value, json};

use super::{accounts, user};
use crate::support::{App, documents};

const EMAIL: &str = "siti@contoh.id";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Path {
    /// `google.firebase.auth.user.v2.created`.
    Event,
    /// The first callable.
    Callable,
    /// A sign-in, and with it `beforeSignIn`.
    SignIn,
    /// The event of the document, or of none.
    Document,
}

use Path::{Callable, Document, Event, SignIn};

impl Path {
    async fn go(self, app: &App, uid: &str) {
        match self {
            Event => {
                let event = app.http.post(format!("{}/events/userCreated", app.url));
                let response = event.json(&json!({ "uid": uid })).send().await.unwrap();
                assert_eq!(response.status(), 204);
            }
            Callable => {
                let person = app.stranger(uid, "", None);
                let answer = app.call(&person, "whoami", json!(null)).await.result();
                assert_eq!(answer["branchId"], "jkt", "{answer}");
            }
            SignIn => {
                accounts::sign_in_with_google(app, EMAIL).await.unwrap();
            }
            Document => {
                let recorded = app.events.recorded();
                for event in recorded
                    .iter()
                    .filter(|it| it.path.ends_with("userWritten"))
                {
                    assert_eq!(app.events.deliver(event).await, 204);
                }
            }
        }
    }
}

/// An account that no event has told of, and an invitation for it: by a sign-up with the blocking functions, or without.
async fn newcomer(app: &App, by_sign_up: bool) -> String {
    let cabang = app.staff("jkt", "CABANG", Some("jkt")).await;
    app.events.delivered().await;
    app.events.lose(true);
    let data = json!({ "email": EMAIL, "role": "MITRA" });
    app.call(&cabang, "inviteUser", data).await.result();
    if by_sign_up {
        return accounts::sign_in_with_google(app, EMAIL)
            .await
            .unwrap()
            .person
            .uid;
    }
    let made = json!({ "email": EMAIL, "emailVerified": true, "displayName": "Nama" });
    app.create_account(&made).await
}

async fn outcome(app: &App, uid: &str) -> Value {
    let invitations = documents::list(&app.project, "invitations").await;
    let branches = documents::list(&app.project, "branches").await;
    let [(_, invitation)] = &invitations[..] else {
        panic!("{invitations:?}");
    };
    json!({
        "document": user(app, uid).await,
        "claims": accounts::claims(app, uid).await,
        "acceptedBy": invitation["acceptedBy"],
        "branches": branches.len(),
    })
}

fn expected(uid: &str) -> Value {
    json!({
        "document": {
            "uid": uid,
            "email": EMAIL,
            "displayName": "Nama",
            "role": "MITRA",
            "branchId": "jkt",
            "parentId": "jkt",
            "connectedAccounts": { "facebook": false, "instagram": false, "whatsapp": false },
            "disabled": false,
        },
        "claims": { "role": "MITRA", "branchId": "jkt" },
        "acceptedBy": uid,
        "branches": 1,
    })
}

#[tokio::test]
async fn every_order_comes_to_the_same() {
    let paths = [Event, Callable, SignIn, Document];
    for (at, first) in paths.into_iter().enumerate() {
        for (then, second) in paths.into_iter().enumerate() {
            let by_sign_up = (at + then) % 2 == 0;
            let app = App::start().await;
            let uid = newcomer(&app, by_sign_up).await;
            for path in [first, second, Event, Callable] {
                path.go(&app, &uid).await;
            }
            let outcome = outcome(&app, &uid).await;
            assert_eq!(outcome, expected(&uid), "{first:?} {second:?} {by_sign_up}");
        }
    }
}

#[tokio::test]
async fn all_at_once_come_to_the_same() {
    for by_sign_up in [true, false] {
        let app = App::start().await;
        let uid = newcomer(&app, by_sign_up).await;
        let at_once = [
            Event, Callable, SignIn, Event, Callable, SignIn, Event, Callable,
        ];
        join_all(at_once.map(|path| path.go(&app, &uid))).await;
        assert_eq!(outcome(&app, &uid).await, expected(&uid), "{by_sign_up}");
        let stored = documents::get(&app.project, &format!("users/{uid}"))
            .await
            .unwrap();
        assert_eq!(stored["createdAt"], stored["updatedAt"], "written once");
    }
}

#[tokio::test]
async fn whatever_runs_beside_a_change_of_role_the_claims_end_as_the_document() {
    let app = App::start().await;
    app.staff("jkt", "CABANG", Some("jkt")).await;
    let uid = app.create_account(&json!({ "email": EMAIL })).await;
    for round in 0..5 {
        // Each round somebody else: one person is not let change so many people in a row.
        let pusat = app.staff(&format!("pusat{round}"), "PUSAT", None).await;
        app.events.delivered().await;
        let places = [
            json!({ "uid": uid, "role": "MITRA", "branchId": "jkt" }),
            json!({ "uid": uid, "role": "CABANG", "branchId": "jkt" }),
            json!({ "uid": uid, "role": "MITRA" }),
        ];
        let calls = places.map(|data| app.call(&pusat, "setUserRole", data));
        let answers = join_all(calls).await;
        assert!(
            answers.iter().any(|answer| answer.status == 200),
            "{answers:?}"
        );
        for answer in &answers {
            assert!(matches!(answer.status, 200 | 409), "{answer:?}");
        }
        app.events.delivered().await;
        let document = user(&app, &uid).await.unwrap();
        let mut claims = json!({ "role": document["role"] });
        if let Some(branch) = document.get("branchId") {
            claims["branchId"] = branch.clone();
        }
        assert_eq!(accounts::claims(&app, &uid).await, claims, "round {round}");
    }
}
