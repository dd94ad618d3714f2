//! What the doc comments say that a call costs in Firestore.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue};
use leadgen_pro::error::Error;
use leadgen_pro::extract::{Caller, NoData};
use leadgen_pro::store::{Ops, counting};
use leadgen_pro::users::callables;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::support::{App, Person};

async fn caller(app: &App, person: &Person) -> Caller {
    let mut headers = HeaderMap::new();
    let value = format!("Bearer {}", person.token);
    headers.insert("authorization", HeaderValue::from_str(&value).unwrap());
    Caller::from_headers(&app.state, &headers).await.unwrap()
}

fn data<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

async fn cost<T>(call: impl Future<Output = Result<T, Error>>) -> u32 {
    let ops = Arc::new(Ops::default());
    let outcome = counting(Arc::clone(&ops), call).await;
    assert!(outcome.is_ok(), "{:?}", outcome.err());
    ops.requests()
}

#[tokio::test]
async fn calls_cost_what_they_say() {
    let app = App::start().await;
    let pusat = app.staff("pusat", "PUSAT", None).await;
    let jkt = app.staff("jkt", "CABANG", Some("jkt")).await;
    app.events.delivered().await;
    let siti = app.staff("siti", "MITRA", Some("jkt")).await;
    app.events.delivered().await;
    app.events.lose(true);
    let (pusat, jkt, siti) = (
        caller(&app, &pusat).await,
        caller(&app, &jkt).await,
        caller(&app, &siti).await,
    );
    for placed in [&pusat, &jkt, &siti] {
        let call = callables::whoami(app.state.clone(), placed.clone(), NoData);
        assert_eq!(cost(Box::pin(call)).await, 0);
    }
    let invite = json!({ "email": "a@b.id", "role": "MITRA" });
    let call = callables::invite_user(app.state.clone(), jkt.clone(), data(invite));
    assert_eq!(cost(Box::pin(call)).await, 3);
    let invite = json!({ "email": "b@b.id", "role": "MITRA", "branchId": "jkt" });
    let call = callables::invite_user(app.state.clone(), pusat.clone(), data(invite));
    assert_eq!(cost(Box::pin(call)).await, 4);
    let closed = json!({ "uid": "siti", "disabled": true });
    let call = callables::set_user_disabled(app.state.clone(), jkt, data(closed));
    assert_eq!(cost(Box::pin(call)).await, 4);
    let role = json!({ "uid": "siti", "role": "CABANG", "branchId": "jkt" });
    let call = callables::set_user_role(app.state.clone(), pusat, data(role));
    assert_eq!(cost(Box::pin(call)).await, 6);
    // A newcomer whose event was lost: document and invitation are looked for and the document is made; then it is read
    // beside the account, and once more after the claims.
    let account = json!({ "email": "c@b.id", "emailVerified": true });
    let newcomer = app.create_account(&account).await;
    let newcomer = caller(&app, &app.stranger(&newcomer, "", None)).await;
    for round_trips in [5, 3] {
        let call = callables::whoami(app.state.clone(), newcomer.clone(), NoData);
        assert_eq!(cost(Box::pin(call)).await, round_trips);
    }
}
