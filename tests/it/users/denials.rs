//! Who may not, and that a refusal leaves no trace: each callable with no token, with foreign ones, and by everybody
//! below the rank that it takes.

use serde_json::{Value, json};

use super::accounts;
use crate::support::documents::unsigned_token;
use crate::support::{App, Person, documents};

fn calls() -> [(&'static str, Value); 4] {
    [
        ("whoami", json!(null)),
        (
            "inviteUser",
            json!({ "email": "a@b.id", "role": "MITRA", "branchId": "sby" }),
        ),
        ("setUserRole", json!({ "uid": "rizal", "role": "PUSAT" })),
        (
            "setUserDisabled",
            json!({ "uid": "rizal", "disabled": true }),
        ),
    ]
}

async fn tree(app: &App) -> Vec<Person> {
    let mut people = vec![app.staff("pusat", "PUSAT", None).await];
    people.push(app.staff("jkt", "CABANG", Some("jkt")).await);
    people.push(app.staff("sby", "CABANG", Some("sby")).await);
    app.events.delivered().await;
    people.push(app.staff("siti", "MITRA", Some("jkt")).await);
    people.push(app.staff("rizal", "MITRA", Some("sby")).await);
    people.push(app.staff("baru", "MITRA", None).await);
    app.events.delivered().await;
    people
}

/// Everything that a refusal must not touch.
async fn everything(app: &App) -> Vec<Vec<(String, Value)>> {
    let mut all = Vec::new();
    for collection in ["users", "invitations", "branches"] {
        all.push(documents::list(&app.project, collection).await);
    }
    let mut accounts = Vec::new();
    for uid in ["pusat", "jkt", "sby", "siti", "rizal", "baru"] {
        accounts.push((uid.to_owned(), accounts::account(app, uid).await));
    }
    all.push(accounts);
    all
}

#[tokio::test]
async fn without_a_token_of_this_project_nobody_calls() {
    let app = App::start().await;
    tree(&app).await;
    let before = everything(&app).await;
    let claims = json!({ "role": "PUSAT" });
    let mut tokens: Vec<Option<String>> = [
        json!({ "aud": "demo-other" }),
        json!({ "iss": "https://securetoken.google.com/demo-other" }),
        json!({ "exp": 1_000 }),
        json!({ "sub": "" }),
    ]
    .iter()
    .map(|other| {
        let mut all = claims.clone();
        let fields = other.as_object().unwrap().clone();
        all.as_object_mut().unwrap().extend(fields);
        Some(app.token("pusat", &all))
    })
    .collect();
    tokens.push(None);
    tokens.push(Some("gibberish".to_owned()));
    tokens.push(Some(unsigned_token(&claims)));
    for (name, data) in calls() {
        for token in &tokens {
            let body = json!({ "data": data });
            let answer = app.call_with(token.as_deref(), name, body).await;
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (401, "UNAUTHENTICATED"),
                "{name} {token:?}"
            );
        }
    }
    assert_eq!(everything(&app).await, before);
}

#[tokio::test]
async fn what_one_may_not_know_is_not_found_and_what_one_may_not_do_is_denied() {
    let app = App::start().await;
    let people = tree(&app).await;
    let [pusat, jkt, sby, siti, rizal, baru] = &people[..] else {
        panic!("six people");
    };
    let before = everything(&app).await;
    let role = |uid: &str| json!({ "uid": uid, "role": "MITRA", "branchId": "jkt" });
    let disabled = |uid: &str| json!({ "uid": uid, "disabled": true });
    let invite =
        |role: &str, branch: Value| json!({ "email": "a@b.id", "role": role, "branchId": branch });
    let (denied, hidden) = ("PERMISSION_DENIED", "NOT_FOUND");
    for (person, name, data, code) in [
        (jkt, "inviteUser", invite("MITRA", json!("sby")), denied),
        (jkt, "inviteUser", invite("CABANG", json!("jkt")), denied),
        (jkt, "inviteUser", invite("PUSAT", json!(null)), denied),
        (siti, "inviteUser", invite("MITRA", json!("jkt")), denied),
        (baru, "inviteUser", invite("MITRA", json!("jkt")), denied),
        (pusat, "setUserRole", role("nobody"), hidden),
        (jkt, "setUserRole", role("nobody"), hidden),
        (jkt, "setUserRole", role("siti"), denied),
        (jkt, "setUserRole", role("rizal"), hidden),
        (jkt, "setUserRole", role("baru"), hidden),
        (jkt, "setUserRole", role("pusat"), hidden),
        (siti, "setUserRole", role("siti"), denied),
        (siti, "setUserRole", role("baru"), hidden),
        (baru, "setUserRole", role("siti"), hidden),
        (pusat, "setUserDisabled", disabled("nobody"), hidden),
        (sby, "setUserDisabled", disabled("siti"), hidden),
        (sby, "setUserDisabled", disabled("jkt"), hidden),
        (sby, "setUserDisabled", disabled("baru"), hidden),
        (sby, "setUserDisabled", disabled("pusat"), hidden),
        (rizal, "setUserDisabled", disabled("sby"), hidden),
        (rizal, "setUserDisabled", disabled("rizal"), denied),
    ] {
        let answer = app.call(person, name, data.clone()).await;
        assert_eq!(answer.code(), code, "{} {name} {data}", person.uid);
    }
    assert_eq!(everything(&app).await, before);
}

#[tokio::test]
async fn a_callable_does_not_tell_whether_there_is_an_account() {
    let app = App::start().await;
    let people = tree(&app).await;
    app.events.lose(true);
    let uid = app
        .create_account(&json!({ "email": "sepi@contoh.id" }))
        .await;
    for (name, data) in [
        (
            "setUserRole",
            json!({ "uid": uid, "role": "MITRA", "branchId": "jkt" }),
        ),
        ("setUserDisabled", json!({ "uid": uid, "disabled": true })),
    ] {
        for person in [&people[1], &people[3], &people[5]] {
            assert_eq!(
                app.call(person, name, data.clone()).await.code(),
                "NOT_FOUND"
            );
        }
    }
    let document = documents::get(&app.project, &format!("users/{uid}")).await;
    assert_eq!(document, None);
}
