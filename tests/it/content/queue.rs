//! The ways through the queue: enqueued, created by a client, delivered twice, delayed, lost and found.

use serde_json::{Value, json};
use simulators::ai::{Fault, Provider, Target};
use simulators::tasks::Delivery;

use super::studio::{Studio, order, order_as};
use crate::support::documents;

fn statuses(made: &[Delivery]) -> Vec<Option<u16>> {
    made.iter().map(|delivery| delivery.status).collect()
}

async fn client_creates(studio: &Studio, id: &str) {
    let document = json!({
        "userId": "m1", "branchId": "c1", "topic": "Umrah Ramadhan", "platform": "INSTAGRAM",
        "status": "PENDING", "createdAt": { "$time": studio.now().to_string() },
    });
    documents::put(
        &studio.app.project,
        &format!("content_requests/{id}"),
        document,
    )
    .await;
}

#[tokio::test]
async fn what_is_enqueued_is_made_by_its_task() {
    let studio = Studio::open().await;
    let partner = studio.partner().await;
    let queued = studio
        .app
        .call(&partner, "enqueueContent", order())
        .await
        .result();
    assert_eq!(queued["status"], "PENDING");
    let id = queued["id"].as_str().unwrap();
    // The document's own event names the same task.
    studio.app.events.delivered().await;
    assert_eq!(studio.tasks.tasks().len(), 1);
    assert_eq!(studio.calls(), 0);
    assert_eq!(statuses(&studio.tasks.deliver_due().await), [Some(204)]);
    let doc = studio.request(id).await;
    assert_eq!(
        (doc["status"].as_str(), doc["attempts"].as_u64()),
        (Some("COMPLETED"), Some(1))
    );
    studio.app.events.delivered().await;
    assert!(
        studio.tasks.tasks().is_empty(),
        "the service's own progress puts no task"
    );
    studio.audit().await;
}

#[tokio::test]
async fn a_document_that_a_client_creates_is_made_too() {
    let studio = Studio::open().await;
    studio.partner().await;
    client_creates(&studio, "r1").await;
    studio.app.events.delivered().await;
    assert_eq!(statuses(&studio.tasks.deliver_due().await), [Some(204)]);
    let doc = studio.request("r1").await;
    assert_eq!(doc["status"], "COMPLETED");
    assert_eq!(doc["topic"], "Umrah Ramadhan");
    assert!(doc["generatedContent"]["caption"].as_str().unwrap().len() > 20);
    studio.audit().await;
}

#[tokio::test]
async fn whatever_comes_twice_is_paid_once() {
    let studio = Studio::open().await;
    studio.partner().await;
    studio.tasks.deliver_twice(true);
    client_creates(&studio, "r1").await;
    studio.app.events.delivered().await;
    for event in studio.app.events.recorded() {
        assert!(studio.app.events.deliver(&event).await < 300);
    }
    assert_eq!(
        statuses(&studio.tasks.deliver_due().await),
        [Some(204), Some(204)]
    );
    let tasks = (0..5).map(|_| studio.push_task("r1"));
    assert_eq!(futures::future::join_all(tasks).await, [204; 5]);
    assert_eq!((studio.calls(), studio.paid_calls()), (1, 1));
    assert_eq!(studio.request("r1").await["attempts"], 1);
    studio.audit().await;
}

impl Studio {
    async fn push_task(&self, id: &str) -> u16 {
        self.push("/tasks/content", &json!({ "id": id })).await
    }
}

#[tokio::test]
async fn tasks_at_the_same_moment_make_one_attempt() {
    let studio = Studio::open().await;
    studio.partner().await;
    client_creates(&studio, "r1").await;
    let tasks = (0..8).map(|_| studio.push_task("r1"));
    let answers = futures::future::join_all(tasks).await;
    assert!(answers.iter().all(|status| *status == 204), "{answers:?}");
    assert_eq!(
        (
            studio.calls(),
            studio.request("r1").await["attempts"].as_u64()
        ),
        (1, Some(1))
    );
    studio.audit().await;
}

#[tokio::test]
async fn a_provider_that_names_a_wait_is_asked_again_when_it_is_over() {
    let studio = Studio::open().await;
    let partner = studio.partner().await;
    for provider in [Provider::OpenAi, Provider::Gemini] {
        let fault = Fault::RateLimited {
            retry_after_seconds: Some(120),
        };
        studio.ai.fail(provider, Target::Text, fault);
    }
    let queued = studio
        .app
        .call(&partner, "enqueueContent", order())
        .await
        .result();
    let id = queued["id"].as_str().unwrap();
    // Done as far as this task goes: its next turn has a task of its own.
    assert_eq!(statuses(&studio.tasks.deliver_due().await), [Some(204)]);
    let doc = studio.request(id).await;
    assert_eq!(
        (doc["status"].as_str(), doc["attempts"].as_u64()),
        (Some("PROCESSING"), Some(2))
    );
    let books = studio.audit().await;
    assert_eq!((books.spent, books.reserved), (0, 0));
    let waiting = studio.tasks.tasks();
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].due.duration_since(studio.now()).as_secs(), 120);
    // Neither a duplicate nor the sweep comes before its time.
    assert_eq!(studio.push_task(id).await, 204);
    studio.pass(100);
    studio.sweep().await;
    assert_eq!(studio.calls(), 2);
    studio.pass(20);
    studio.tasks.deliver_due().await;
    let doc = studio.request(id).await;
    assert_eq!(
        (doc["status"].as_str(), doc["attempts"].as_u64()),
        (Some("COMPLETED"), Some(3))
    );
    assert_eq!((studio.calls(), studio.paid_calls()), (3, 1));
    studio.audit().await;
}

#[tokio::test]
async fn whoever_never_gets_an_answer_is_told_after_a_while() {
    let studio = Studio::open().await;
    let partner = studio.partner().await;
    for _ in 0..8 {
        for provider in [Provider::OpenAi, Provider::Gemini] {
            studio
                .ai
                .fail(provider, Target::Text, Fault::ServerError { status: 500 });
        }
    }
    let queued = studio
        .app
        .call(&partner, "enqueueContent", order())
        .await
        .result();
    let id = queued["id"].as_str().unwrap();
    for _ in 0..20 {
        studio.tasks.deliver_due().await;
        studio.pass(900);
    }
    let doc = studio.request(id).await;
    assert_eq!(doc["status"], "FAILED", "{doc}");
    assert_eq!(doc["error"]["code"], "AI_UNAVAILABLE");
    assert_eq!((doc["attempts"].as_u64(), studio.calls()), (Some(8), 8));
    assert!(studio.tasks.tasks().is_empty());
    assert_eq!(studio.audit().await.spent, 0);
}

#[tokio::test]
async fn what_was_lost_between_document_and_queue_is_found() {
    let studio = Studio::open().await;
    let partner = studio.partner().await;
    studio.app.events.lose(true);
    studio.tasks.refuse(Some(503));
    let queued = studio
        .app
        .call(&partner, "enqueueContent", order())
        .await
        .result();
    assert_eq!(
        queued["status"], "PENDING",
        "the document is there; that it has no task is ours to mend"
    );
    studio.app.events.delivered().await;
    assert!(studio.tasks.tasks().is_empty());
    // Too early: its first task may still be on its way.
    studio.tasks.refuse(None);
    studio.sweep().await;
    assert_eq!(studio.calls(), 0);
    studio.pass(61);
    studio.sweep().await;
    let doc = studio.request(queued["id"].as_str().unwrap()).await;
    assert_eq!(doc["status"], "COMPLETED");
    // While the queue takes nothing, the sweep says so and is repeated.
    client_creates(&studio, "r2").await;
    studio.pass(61);
    studio.tasks.refuse(Some(503));
    assert_eq!(studio.push("/tasks/sweep", &json!({})).await, 503);
    studio.audit().await;
}

#[tokio::test]
async fn two_sweeps_put_one_task() {
    let studio = Studio::open().await;
    studio.partner().await;
    studio.app.events.lose(true);
    client_creates(&studio, "r1").await;
    studio.pass(61);
    for _ in 0..2 {
        assert_eq!(studio.push("/tasks/sweep", &json!({})).await, 204);
    }
    assert_eq!(studio.tasks.tasks().len(), 1);
}

#[tokio::test]
async fn who_lost_the_right_meanwhile_gets_nothing_made() {
    let studio = Studio::open().await;
    studio.partner().await;
    // What the account's own events would mend or take back is not looked at here.
    studio.app.events.lose(true);
    for (id, field, value) in [
        ("r1", "disabled", json!(true)),
        ("r2", "branchId", json!("c2")),
    ] {
        let path = "users/m1";
        let before = documents::get(&studio.app.project, path).await.unwrap();
        let mut after = before.clone();
        after[field] = value;
        documents::put(&studio.app.project, path, after).await;
        client_creates(&studio, id).await;
        assert_eq!(studio.push_task(id).await, 204);
        let doc = studio.request(id).await;
        assert_eq!(
            (doc["status"].as_str(), doc["error"]["code"].as_str()),
            (Some("FAILED"), Some("NOT_ALLOWED"))
        );
        documents::put(&studio.app.project, path, before).await;
    }
    assert_eq!(studio.calls(), 0);
}

#[tokio::test]
async fn a_document_that_is_no_order_fails_and_says_why() {
    let studio = Studio::open().await;
    studio.partner().await;
    client_creates(&studio, "r1").await;
    let path = "content_requests/r1";
    let mut wrong = documents::get(&studio.app.project, path).await.unwrap();
    wrong["platform"] = "TIKTOK".into();
    documents::put(&studio.app.project, path, wrong).await;
    assert_eq!(studio.push_task("r1").await, 204);
    let doc: Value = studio.request("r1").await;
    assert_eq!(
        (doc["status"].as_str(), doc["error"]["code"].as_str()),
        (Some("FAILED"), Some("INVALID_REQUEST"))
    );
    assert!(
        doc["error"]["message"]
            .as_str()
            .unwrap()
            .contains("INSTAGRAM")
    );
    assert_eq!(studio.push_task("nowhere").await, 204);
    assert_eq!(studio.calls(), 0);
}

#[tokio::test]
async fn a_document_deleted_before_its_task_is_let_go_and_made_anew_is_another() {
    let studio = Studio::open().await;
    studio.partner().await;
    client_creates(&studio, "r1").await;
    studio.app.events.delivered().await;
    documents::delete(&studio.app.project, "content_requests/r1").await;
    assert_eq!(statuses(&studio.tasks.deliver_due().await), [Some(204)]);
    assert_eq!(studio.calls(), 0);
    studio.pass(1);
    client_creates(&studio, "r1").await;
    studio.app.events.delivered().await;
    studio.tasks.deliver_due().await;
    assert_eq!(studio.request("r1").await["status"], "COMPLETED");
}

#[tokio::test]
async fn pushes_prove_themselves() {
    let studio = Studio::open_with(&[
        ("PUSH_AUTH", "oidc"),
        ("PUSH_AUDIENCE", "https://leadgen.example"),
        (
            "PUSH_SERVICE_ACCOUNTS",
            "tasks@leadgen.iam.gserviceaccount.com",
        ),
    ])
    .await;
    let partner = studio.partner().await;
    let queued = studio
        .app
        .call(&partner, "enqueueContent", order_as("r1"))
        .await
        .result();
    let id = queued["id"].as_str().unwrap();
    for path in [
        "/tasks/content",
        "/tasks/sweep",
        "/events/budgetAlert",
        "/events/contentRequestWritten",
    ] {
        assert_eq!(studio.push(path, &json!({ "id": id })).await, 401, "{path}");
    }
    assert_eq!(studio.calls(), 0);
    assert_eq!(studio.request(id).await["status"], "PENDING");
}
