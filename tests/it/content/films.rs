//! Requests with a film: begun once, asked for until it is there, kept, and paid once, whatever goes wrong on the way.

use serde_json::{Value, json};
use simulators::ai::{Fault, Provider, Target};

use super::pictures::opened;
use super::studio::{Studio, order};
use super::warehouse::Door;
use crate::support::Person;

/// Eight seconds at 0.10 USD.
const FILM_MICRO_USD: i64 = 800_000;

fn film() -> Value {
    let mut order = order();
    order["options"] = json!({ "media": "VIDEO" });
    order
}

impl Studio {
    /// Has a film begun, and returns its request as the caller gets it.
    async fn begun(&self, partner: &Person) -> Value {
        let begun = self
            .app
            .call(partner, "generateContent", film())
            .await
            .result();
        assert_eq!(begun["status"], "PROCESSING", "{begun}");
        begun
    }

    /// Delivers what is due until nothing is left in the queue.
    async fn play(&self) {
        for _ in 0..40 {
            if self.tasks.tasks().is_empty() {
                return;
            }
            self.pass(31);
            self.tasks.deliver_due().await;
        }
        panic!("it never ends");
    }

    fn count(&self, target: Target) -> usize {
        let calls = self.ai.calls();
        calls.iter().filter(|call| call.target == target).count()
    }

    /// Holds that the film ended with a reason, its caption kept, its money booked, after so many films begun.
    async fn ended(&self, id: &str, code: &str, begun: usize) -> Value {
        let doc = self.request(id).await;
        assert_eq!(
            (doc["status"].as_str(), doc["error"]["code"].as_str()),
            (Some("FAILED"), Some(code)),
            "{doc}"
        );
        assert!(doc["generatedContent"]["caption"].is_string());
        assert!(
            doc.get("film").is_none() && doc.get("lease").is_none(),
            "{doc}"
        );
        assert_eq!(self.count(Target::Film), begun);
        let books = self.audit().await;
        assert_eq!(
            (books.reserved, Some(books.spent)),
            (0, doc["usage"]["costMicroUsd"].as_i64())
        );
        doc
    }
}

async fn check_film(doc: &Value) {
    assert_eq!(doc["status"], "COMPLETED", "{doc}");
    assert!(
        doc.get("film").is_none() && doc.get("lease").is_none(),
        "{doc}"
    );
    let (kind, file) = opened(&doc["generatedContent"]["videoUrl"]).await;
    assert_eq!(kind, "video/mp4");
    assert_eq!(&file[4..8], b"ftyp");
    let place = |name: &[u8]| file.windows(4).position(|kind| kind == name).unwrap();
    assert!(place(b"moov") < place(b"mdat"), "the index comes first");
}

#[tokio::test]
async fn a_film_is_begun_by_the_call_and_finished_by_the_queue() {
    let studio = Studio::open().await;
    let partner = studio.partner().await;
    let mut events = studio.stream(&partner, film()).await.rest().await;
    let result = events.pop().unwrap()["result"].clone();
    let stages: Vec<&Value> = events
        .iter()
        .map(|event| &event["message"]["stage"])
        .filter(|stage| stage.is_string())
        .collect();
    assert_eq!(stages, ["WRITING", "FILMING"]);
    assert_eq!(result["status"], "PROCESSING");
    assert!(
        result["generatedContent"]["caption"]
            .as_str()
            .unwrap()
            .len()
            > 20
    );
    assert!(result.get("film").is_none() && result.get("lease").is_none());
    let id = result["id"].as_str().unwrap();

    // Begun, and written down before it is asked for.
    let doc = studio.request(id).await;
    assert!(
        doc["film"]["operation"]
            .as_str()
            .unwrap()
            .starts_with("int_"),
        "{doc}"
    );
    assert_eq!(
        (studio.count(Target::Film), studio.count(Target::FilmPoll)),
        (1, 0)
    );
    assert!(studio.audit().await.reserved >= FILM_MICRO_USD);
    // Neither duplicates nor sweeps ask before its time.
    assert_eq!(
        studio.push("/tasks/content", &json!({ "id": id })).await,
        204
    );
    studio.sweep().await;
    assert_eq!(studio.count(Target::FilmPoll), 0);
    studio.play().await;
    let doc = studio.request(id).await;
    check_film(&doc).await;
    assert_eq!(
        doc["generatedContent"]["caption"],
        result["generatedContent"]["caption"]
    );
    assert_eq!(
        (studio.count(Target::Film), studio.count(Target::FilmPoll)),
        (1, 3)
    );
    assert_eq!(
        (
            doc["attempts"].as_u64(),
            doc["usage"]["videoSeconds"].as_u64()
        ),
        (Some(2), Some(8))
    );
    assert_eq!(
        studio.ledger().await,
        ["RESERVED", "RESERVED", "SETTLED", "SETTLED"]
    );
    let books = studio.audit().await;
    assert!(
        (FILM_MICRO_USD..FILM_MICRO_USD + 10_000).contains(&books.spent),
        "{books:?}"
    );
    assert_eq!(
        (books.reserved, Some(books.spent)),
        (0, doc["usage"]["costMicroUsd"].as_i64())
    );
    studio.within_caps().await;
}

#[tokio::test]
async fn the_same_request_id_shows_the_film_in_the_making() {
    let studio = Studio::open().await;
    let partner = studio.partner().await;
    let mut data = film();
    data["requestId"] = "f1".into();
    let first = studio
        .app
        .call(&partner, "generateContent", data.clone())
        .await
        .result();
    let again = studio
        .app
        .call(&partner, "generateContent", data.clone())
        .await
        .result();
    assert_eq!(
        (&first["id"], &first["generatedContent"]),
        (&again["id"], &again["generatedContent"])
    );
    assert_eq!(again["status"], "PROCESSING");
    studio.play().await;
    let made = studio
        .app
        .call(&partner, "generateContent", data)
        .await
        .result();
    check_film(&made).await;
    assert_eq!((studio.count(Target::Film), studio.paid_calls()), (1, 2));
}

#[tokio::test]
async fn questions_that_are_not_answered_are_asked_again_and_cost_nothing() {
    let studio = Studio::open().await;
    let partner = studio.partner().await;
    let retry_after_seconds = Some(90);
    studio.ai.fail(
        Provider::Gemini,
        Target::FilmPoll,
        Fault::RateLimited {
            retry_after_seconds,
        },
    );
    studio.ai.fail(
        Provider::Gemini,
        Target::FilmPoll,
        Fault::ServerError { status: 500 },
    );
    studio
        .ai
        .fail(Provider::Gemini, Target::FilmPoll, Fault::Gateway);
    studio.ai.fail(
        Provider::Gemini,
        Target::Download,
        Fault::ServerError { status: 503 },
    );
    studio
        .ai
        .fail(Provider::Gemini, Target::Download, Fault::IndexLast);
    let begun = studio.begun(&partner).await;
    studio.pass(20);
    studio.tasks.deliver_due().await;
    let waiting = studio.tasks.tasks();
    assert_eq!(
        waiting[0].due.duration_since(studio.now()).as_secs(),
        90,
        "as long as the provider asks for"
    );
    studio.pass(60);
    studio.play().await;
    check_film(&studio.request(begun["id"].as_str().unwrap()).await).await;
    assert_eq!(
        (studio.count(Target::Film), studio.ai.planned_faults()),
        (1, 0)
    );
    studio.audit().await;
}

#[tokio::test]
async fn a_film_that_never_comes_ends_with_a_reason() {
    let studio = Studio::open().await;
    let partner = studio.partner().await;
    for _ in 0..40 {
        studio.ai.fail(
            Provider::Gemini,
            Target::FilmPoll,
            Fault::ServerError { status: 500 },
        );
    }
    let begun = studio.begun(&partner).await;
    studio.play().await;
    let doc = studio
        .ended(begun["id"].as_str().unwrap(), "MEDIA_LATE", 1)
        .await;
    assert!(
        doc["usage"]["costMicroUsd"].as_i64().unwrap() >= FILM_MICRO_USD,
        "it may have been billed"
    );
    assert!(studio.ledger().await.contains(&"UNMETERED".to_owned()));
}

#[tokio::test]
async fn a_film_of_which_nobody_asked_for_too_long_ends_too() {
    let studio = Studio::open().await;
    let partner = studio.partner().await;
    let begun = studio.begun(&partner).await;
    studio.tasks.refuse(Some(503));
    studio.pass(7_200);
    // The sweep books the money; the queue takes the turn only later.
    assert_eq!(studio.push("/tasks/sweep", &json!({})).await, 503);
    studio.tasks.refuse(None);
    studio.pass(60);
    studio.sweep().await;
    studio.tasks.deliver_due().await;
    let id = begun["id"].as_str().unwrap();
    let doc = studio.request(id).await;
    assert_eq!(doc["error"]["code"], "MEDIA_LATE", "{doc}");
    assert_eq!(studio.audit().await.reserved, 0);
    assert_eq!(studio.count(Target::Film), 1);
}

#[tokio::test]
async fn a_refusal_an_unusable_and_a_lost_film_end_it_and_none_is_begun_again() {
    for (target, fault, code, closing) in [
        (
            Target::FilmPoll,
            Fault::Refusal,
            "CONTENT_REFUSED",
            "UNMETERED",
        ),
        (
            Target::FilmPoll,
            Fault::NoOutput,
            "CONTENT_REFUSED",
            "SETTLED",
        ),
        (Target::FilmPoll, Fault::Lost, "AI_UNAVAILABLE", "UNMETERED"),
        (
            Target::FilmPoll,
            Fault::Finish {
                reason: "cancelled".into(),
            },
            "AI_UNAVAILABLE",
            "UNMETERED",
        ),
        (
            Target::Download,
            Fault::WrongBytes,
            "AI_UNAVAILABLE",
            "SETTLED",
        ),
        (
            Target::Download,
            Fault::HalfFile,
            "AI_UNAVAILABLE",
            "SETTLED",
        ),
        (Target::Download, Fault::Lost, "AI_UNAVAILABLE", "SETTLED"),
    ] {
        let studio = Studio::open().await;
        let partner = studio.partner().await;
        let name = format!("{fault:?}");
        studio.ai.fail(Provider::Gemini, target, fault);
        let begun = studio.begun(&partner).await;
        studio.play().await;
        studio.ended(begun["id"].as_str().unwrap(), code, 1).await;
        let mut ledger = studio.ledger().await;
        ledger.retain(|kind| kind != "RESERVED");
        assert_eq!(ledger, ["SETTLED", closing], "{name}");
    }
}

#[tokio::test]
async fn a_film_that_was_surely_not_begun_is_begun_later() {
    let studio = Studio::open().await;
    let partner = studio.partner().await;
    let retry_after_seconds = Some(120);
    studio.ai.fail(
        Provider::Gemini,
        Target::Film,
        Fault::RateLimited {
            retry_after_seconds,
        },
    );
    let begun = studio.begun(&partner).await;
    assert_eq!(studio.audit().await.reserved, 0);
    studio.play().await;
    check_film(&studio.request(begun["id"].as_str().unwrap()).await).await;
    assert_eq!(
        (studio.count(Target::Film), studio.count(Target::Text)),
        (2, 1)
    );
    studio.audit().await;

    studio.allow(10_000_000, 10_000_000, 10_000_000).await;
    studio
        .ai
        .fail(Provider::Gemini, Target::Film, Fault::BlockedPrompt);
    let refused = studio.app.call(&partner, "generateContent", film()).await;
    assert_eq!(refused.refusal().1, "CONTENT_REFUSED");
    assert_eq!(studio.audit().await.reserved, 0);
}

#[tokio::test]
async fn a_film_that_may_have_been_begun_is_not_begun_again() {
    // Its start is answered with nonsense.
    let studio = Studio::open().await;
    let partner = studio.partner().await;
    studio
        .ai
        .fail(Provider::Gemini, Target::Film, Fault::BrokenJson);
    let refused = studio.app.call(&partner, "generateContent", film()).await;
    assert_eq!(refused.refusal().1, "MEDIA_INTERRUPTED");
    let (id, _) = studio.only_request().await;
    studio.ended(&id, "MEDIA_INTERRUPTED", 1).await;

    // Its worker dies before it has the film's name.
    let studio = Studio::open().await;
    let partner = studio.partner().await;
    studio
        .ai
        .fail(Provider::Gemini, Target::Film, Fault::Stall { tokens: 0 });
    let stream = studio.stream(&partner, film()).await;
    studio
        .ai
        .call(|call| call.target == Target::Film && call.paid)
        .await;
    drop(stream);
    studio
        .ai
        .call(|call| call.target == Target::Film && call.client_left)
        .await;
    studio.pass(91);
    studio.sweep().await;
    let (id, _) = studio.only_request().await;
    studio.ended(&id, "MEDIA_INTERRUPTED", 1).await;
    assert_eq!(
        studio.ledger().await,
        ["EXPIRED", "RESERVED", "RESERVED", "SETTLED"]
    );
}

/// Kills whoever asks for the film at a step, and lets the next one finish.
async fn dies_at(target: Target) {
    let studio = Studio::open().await;
    let partner = studio.partner().await;
    let begun = studio.begun(&partner).await;
    let id = begun["id"].as_str().unwrap();
    if target == Target::Download {
        // Until it is ready.
        for _ in 0..2 {
            studio.pass(31);
            studio.tasks.deliver_due().await;
        }
    }
    studio
        .ai
        .fail(Provider::Gemini, target, Fault::Stall { tokens: 0 });
    studio.pass(31);
    let task = studio.push_content(id);
    tokio::select! {
        status = task => panic!("answered {status}"),
        _ = studio.ai.call(|call| call.target == target && call.status == 0 && call.finished_ms.is_none()) => {}
    }
    studio
        .ai
        .call(|call| call.target == target && call.client_left)
        .await;
    assert_eq!(studio.request(id).await["status"], "PROCESSING");
    studio.pass(91);
    studio.sweep().await;
    studio.play().await;
    check_film(&studio.request(id).await).await;
    assert_eq!(
        (studio.count(Target::Film), studio.paid_calls()),
        (1, 2),
        "{target:?}"
    );
    assert_eq!(studio.audit().await.reserved, 0);
}

impl Studio {
    async fn push_content(&self, id: &str) -> u16 {
        self.push("/tasks/content", &json!({ "id": id })).await
    }
}

#[tokio::test]
async fn whoever_dies_while_asking_is_followed_by_one_who_asks() {
    dies_at(Target::FilmPoll).await;
}

#[tokio::test]
async fn whoever_dies_while_fetching_is_followed_by_one_who_fetches() {
    dies_at(Target::Download).await;
}

#[tokio::test]
async fn a_film_that_was_kept_before_its_worker_died_is_found() {
    let (studio, warehouse) = Studio::with_warehouse(&[]).await;
    let partner = studio.partner().await;
    let begun = studio.begun(&partner).await;
    let id = begun["id"].as_str().unwrap();
    for _ in 0..2 {
        studio.pass(31);
        studio.tasks.deliver_due().await;
    }
    warehouse.set(Door::Silent);
    studio.pass(31);
    tokio::select! {
        status = studio.push_content(id) => panic!("answered {status}"),
        () = warehouse.keeps(1) => {}
    }
    warehouse.set(Door::Open);
    let questions = studio.count(Target::FilmPoll);
    studio.pass(91);
    studio.sweep().await;
    let doc = studio.request(id).await;
    check_film(&doc).await;
    assert_eq!(
        (studio.count(Target::FilmPoll), warehouse.kept()),
        (questions, 1)
    );
    assert_eq!(doc["usage"]["videoSeconds"], 8);
    assert_eq!(
        studio.ledger().await,
        ["RESERVED", "RESERVED", "SETTLED", "SETTLED"]
    );
    studio.audit().await;
}

#[tokio::test]
async fn a_film_waits_for_the_place_where_it_is_kept() {
    let (studio, warehouse) = Studio::with_warehouse(&[]).await;
    let partner = studio.partner().await;
    let begun = studio.begun(&partner).await;
    warehouse.set(Door::TakesNothing);
    for _ in 0..4 {
        studio.pass(61);
        studio.tasks.deliver_due().await;
    }
    assert_eq!((studio.count(Target::Film), warehouse.kept()), (1, 0));
    assert!(warehouse.tried() >= 3);
    warehouse.set(Door::Open);
    studio.play().await;
    check_film(&studio.request(begun["id"].as_str().unwrap()).await).await;
    assert_eq!(studio.count(Target::Film), 1);
    studio.audit().await;
}

#[tokio::test]
async fn a_budget_without_room_for_a_film_begins_none() {
    let studio = Studio::open().await;
    studio.allow(700_000, 1_000_000, 1_000_000).await;
    let partner = studio.partner().await;
    let refused = studio.app.call(&partner, "generateContent", film()).await;
    assert_eq!(refused.refusal().1, "BUDGET_REACHED");
    let (id, _) = studio.only_request().await;
    studio.ended(&id, "BUDGET_REACHED", 0).await;
}
