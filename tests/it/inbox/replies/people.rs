//! Who may: each callable by role and place, and a conversation and its lead in the same hands.

use serde_json::{Value, json};

use super::office::{Office, WHATSAPP};
use crate::support::{Person, documents};

#[tokio::test]
async fn only_who_holds_a_conversation_may_do_anything_with_it() {
    let office = Office::open().await;
    let app = &office.app;
    let conversation = office.written(WHATSAPP, "Halo").await;
    let m2 = app.staff("m2", "MITRA", Some("c1")).await;
    let n1 = app.staff("n1", "MITRA", Some("c2")).await;
    let c2 = app.staff("c2", "CABANG", Some("c2")).await;
    let loose = app.staff("x1", "MITRA", None).await;
    let before = office.conversation(WHATSAPP).await;
    let calls = [
        (
            "sendMessage",
            json!({ "conversationId": conversation, "text": "Halo", "requestId": "r" }),
        ),
        (
            "markConversationRead",
            json!({ "conversationId": conversation, "state": "RESOLVED" }),
        ),
        (
            "assignConversation",
            json!({ "conversationId": conversation, "assignedTo": "m2" }),
        ),
        (
            "linkConversationToLead",
            json!({ "conversationId": conversation, "leadId": "l1" }),
        ),
    ];
    for person in [&m2, &n1, &c2, &loose] {
        for (name, data) in &calls {
            let denied = app.call(person, name, data.clone()).await;
            let code = denied.code();
            // Who has no branch is refused before anything is looked up.
            let hidden = code == "NOT_FOUND" || person.uid == "x1" && code == "PERMISSION_DENIED";
            assert!(hidden, "{} {name}: {}", person.uid, denied.body);
        }
    }
    assert_eq!(office.conversation(WHATSAPP).await, before);
    assert_eq!(office.asked(WHATSAPP), 0);
    assert!(documents::list(&app.project, "outbox").await.is_empty());

    let c1 = app.staff("c1", "CABANG", Some("c1")).await;
    let p1 = app.staff("p1", "PUSAT", None).await;
    for person in [&office.m1(), &c1, &p1] {
        let (_, message) = &calls[0];
        let answered = app.call(person, "sendMessage", message.clone()).await;
        assert_eq!(answered.result()["status"], "SENT", "{}", person.uid);
    }
    // A partner answers, and gives nothing away.
    let (_, assign) = &calls[2];
    let denied = app
        .call(&office.m1(), "assignConversation", assign.clone())
        .await;
    assert_eq!(denied.code(), "PERMISSION_DENIED");
    app.call(&c1, "assignConversation", assign.clone())
        .await
        .result();
    let (_, moved) = office.conversation(WHATSAPP).await;
    assert_eq!(moved["assignedTo"], "m2");
    let gone = office.send(&conversation, "Halo", "r9").await;
    assert_eq!(gone.code(), "NOT_FOUND");
    let elsewhere = json!({ "conversationId": conversation, "assignedTo": "n1" });
    let denied = app.call(&c1, "assignConversation", elsewhere.clone()).await;
    assert_eq!(
        denied.code(),
        "NOT_FOUND",
        "a branch does not learn of another's people"
    );
    app.call(&p1, "assignConversation", elsewhere)
        .await
        .result();
    let (_, moved) = office.conversation(WHATSAPP).await;
    assert_eq!(
        (&moved["assignedTo"], &moved["branchId"]),
        (&json!("n1"), &json!("c2"))
    );
}

async fn lead(office: &Office, person: &Person, to: &str, phone: &str) -> String {
    let data = json!({ "name": "Siti", "phone": phone, "source": "MANUAL", "assignedTo": to });
    let lead = office.app.call(person, "createLead", data).await.result();
    lead["leadId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_conversation_is_linked_to_a_lead_and_moves_with_it() {
    let office = Office::open().await;
    let app = &office.app;
    let conversation = office.written(WHATSAPP, "Halo").await;
    let c1 = app.staff("c1", "CABANG", Some("c1")).await;
    let c2 = app.staff("c2", "CABANG", Some("c2")).await;
    app.staff("m2", "MITRA", Some("c1")).await;
    let theirs = lead(&office, &c2, "c2", "081200000001").await;
    let link = async |person, lead: Value| {
        let data = json!({ "conversationId": conversation, "leadId": lead });
        app.call(person, "linkConversationToLead", data).await
    };
    let hidden = link(&c1, json!(theirs)).await;
    assert_eq!(hidden.code(), "NOT_FOUND");
    assert_eq!(link(&c1, json!("nobody")).await.code(), "NOT_FOUND");

    // The lead lies with another partner of the branch: the conversation goes there.
    let first = lead(&office, &c1, "m2", "081200000002").await;
    link(&c1, json!(first)).await.result();
    let (_, linked) = office.conversation(WHATSAPP).await;
    assert_eq!(
        (&linked["leadId"], &linked["assignedTo"]),
        (&json!(first), &json!("m2"))
    );
    link(&c1, json!(first)).await.result();
    let history = |lead: &str| {
        let path = format!("leads/{lead}/history");
        let project = app.project.clone();
        async move {
            let all = documents::list(&project, &path).await;
            let mut kinds: Vec<String> = all
                .iter()
                .filter(|(id, _)| id.starts_with("link-"))
                .map(|(_, entry)| {
                    format!(
                        "{} {}",
                        entry["kind"].as_str().unwrap(),
                        entry["by"].as_str().unwrap()
                    )
                })
                .collect();
            kinds.sort();
            kinds
        }
    };
    assert_eq!(history(&first).await, ["LINKED c1"]);

    // Moving either moves both.
    let back = json!({ "conversationId": conversation, "assignedTo": "m1" });
    let moved = app.call(&c1, "assignConversation", back).await.result();
    assert_eq!(moved["leadId"], first.as_str());
    let at = office.get(&format!("leads/{first}")).await.unwrap();
    assert_eq!(at["assignedTo"], "m1");
    let over = json!({ "leadId": first, "assignedTo": "m2" });
    app.call(&c1, "assignLead", over).await.result();
    let (_, moved) = office.conversation(WHATSAPP).await;
    assert_eq!(moved["assignedTo"], "m2");

    // Another lead, and none.
    let second = lead(&office, &c1, "c1", "081200000003").await;
    link(&c1, json!(second)).await.result();
    assert_eq!(history(&first).await, ["LINKED c1", "UNLINKED c1"]);
    let (_, linked) = office.conversation(WHATSAPP).await;
    assert_eq!(
        (&linked["leadId"], &linked["assignedTo"]),
        (&json!(second), &json!("c1"))
    );
    let cut = link(&c1, Value::Null).await.result();
    assert_eq!(cut["leadId"], Value::Null);
    let (_, linked) = office.conversation(WHATSAPP).await;
    assert_eq!(linked["leadId"], Value::Null);
    assert_eq!(history(&second).await, ["LINKED c1", "UNLINKED c1"]);
}
