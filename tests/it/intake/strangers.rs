//! First messages: who writes for the first time becomes a lead, once.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::office::{FORM, Office, PAGE, phone};

const NUMBER: &str = "400300000000001";
const THEN: i64 = 1_795_402_800;

/// `WhatsApp` messages, as the platform sends them.
fn whatsapp(list: &str, contact: &Value, items: &Value) -> Value {
    let field = match list {
        "message_echoes" => "smb_message_echoes",
        other => other,
    };
    let mut value = json!({
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": "628700000001", "phone_number_id": NUMBER },
        "contacts": [contact],
    });
    value[list] = items.clone();
    json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": "300200000000001", "changes": [{ "field": field, "value": value }] }],
    })
}

fn text(from: &str, id: &str) -> Value {
    json!({ "from": from, "id": id, "timestamp": THEN.to_string(), "type": "text", "text": { "body": "halo" } })
}

/// A `WhatsApp` text of somebody with a phone.
fn from_phone(digits: &str, id: &str) -> Value {
    let contact = json!({ "wa_id": digits, "profile": { "name": "Siti Contohwati" } });
    whatsapp("messages", &contact, &json!([text(digits, id)]))
}

/// A text of somebody who is known by a username, and so by an id in the place of the phone.
fn from_user(user: &str, id: &str) -> Value {
    let contact = json!({ "user_id": user, "profile": { "name": "Siti", "username": "siti.c" } });
    let message = json!({
        "from_user_id": user, "id": id, "timestamp": THEN.to_string(), "type": "text", "text": { "body": "halo" },
    });
    whatsapp("messages", &contact, &json!([message]))
}

fn messenger(contact: &str, id: &str, is_echo: bool) -> Value {
    let (sender, recipient) = if is_echo {
        (PAGE, contact)
    } else {
        (contact, PAGE)
    };
    json!({ "object": "page", "entry": [{ "id": PAGE, "time": THEN * 1_000, "messaging": [{
        "sender": { "id": sender }, "recipient": { "id": recipient }, "timestamp": THEN * 1_000,
        "message": { "mid": id, "text": "halo", "is_echo": is_echo },
    }]}]})
}

async fn only_conversation(office: &Office) -> (String, Value) {
    let mut all = office.list("conversations").await;
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_on_whatsapp_is_one_lead_however_often_they_write() {
    let office = Office::open().await;
    office.connect("WHATSAPP", NUMBER, "c1", Some("c1")).await;
    office.tasks.deliver_twice(true);
    let bodies: Vec<Value> = (0..6)
        .map(|number| from_phone("6281234560011", &format!("wamid.{}", number % 4)))
        .collect();
    let deliveries = bodies.iter().map(|body| office.deliver(body));
    for status in futures::future::join_all(deliveries).await {
        assert_eq!(status, 200);
    }
    let (conversation, _) = only_conversation(&office).await;
    let (one, other) = (office.instance(), office.instance());
    let turns = [&one, &other, &one].map(|instance| office.turn(instance, &conversation));
    futures::future::join_all(turns).await;
    office.pass(SignedDuration::from_mins(5));
    office.sweep().await;

    let (id, lead) = office.only_lead().await;
    assert_eq!(lead["name"], "Siti Contohwati");
    assert_eq!(lead["phone"], "+6281234560011");
    assert_eq!(lead["source"], "WHATSAPP");
    // A branch's number: the first in turn, and the conversation goes along.
    assert_eq!(
        (&lead["assignedTo"], &lead["branchId"]),
        (&json!("m1"), &json!("c1"))
    );
    let (_, conversation) = only_conversation(&office).await;
    assert_eq!(conversation["leadId"], id);
    assert_eq!(conversation["assignedTo"], "m1");
    assert_eq!(conversation["unreadCount"], 4);

    // What they write later finds the conversation where it lies now.
    assert_eq!(
        office
            .deliver(&from_phone("6281234560011", "wamid.9"))
            .await,
        200
    );
    office.work().await;
    let (_, conversation) = only_conversation(&office).await;
    assert_eq!(conversation["leadId"], id);
    assert_eq!(conversation["assignedTo"], "m1");
    assert_eq!(conversation["unreadCount"], 5);
    assert_eq!(office.list("leads").await.len(), 1);
}

#[tokio::test]
async fn a_stranger_on_messenger_has_no_phone_and_the_page_as_attribution() {
    let office = Office::open().await;
    office.connect("FACEBOOK", PAGE, "m1", Some("c1")).await;
    office
        .deliver(&messenger("7100000000000011", "m_1", false))
        .await;
    office.work().await;
    let (id, lead) = office.only_lead().await;
    assert_eq!(
        (&lead["source"], &lead["assignedTo"]),
        (&json!("MESSENGER"), &json!("m1"))
    );
    assert_eq!(lead["name"], "Kontak Messenger 0011");
    assert_eq!(lead["attribution"], json!({ "pageId": PAGE }));
    assert!(lead["phone"].is_null());
    assert_eq!(only_conversation(&office).await.1["leadId"], id);
}

#[tokio::test]
async fn our_own_words_imported_history_and_comments_make_no_lead() {
    let office = Office::open().await;
    office.connect("WHATSAPP", NUMBER, "c1", Some("c1")).await;
    office.connect("FACEBOOK", PAGE, "m1", Some("c1")).await;
    office
        .deliver(&messenger("7100000000000012", "m_2", true))
        .await;
    let history = json!([{
        "metadata": { "phase": 0, "chunk_order": 1, "progress": 55 },
        "threads": [{ "id": "6281234560012", "messages": [text("6281234560012", "wamid.h1")] }],
    }]);
    let contact = json!({ "wa_id": "6281234560012" });
    office
        .deliver(&whatsapp("history", &contact, &history))
        .await;
    let comment = json!({ "object": "page", "entry": [{ "id": PAGE, "time": THEN, "changes": [{ "field": "feed", "value": {
        "item": "comment", "verb": "add", "comment_id": format!("{PAGE}_1_2"), "post_id": format!("{PAGE}_1"),
        "from": { "id": "7100000000000013", "name": "Budi" }, "message": "berapa?", "created_time": THEN,
    }}]}]});
    office.deliver(&comment).await;
    assert_eq!(office.list("conversations").await.len(), 3);
    assert!(office.list("lead_intake").await.is_empty());
    office.work().await;
    assert!(office.list("leads").await.is_empty());
}

#[tokio::test]
async fn a_user_without_a_phone_is_a_lead_that_gets_it_once_they_share_it() {
    let office = Office::open().await;
    office.connect("WHATSAPP", NUMBER, "m1", Some("c1")).await;
    office.deliver(&from_user("ID.1234567890", "wamid.1")).await;
    office.work().await;
    let (id, lead) = office.only_lead().await;
    assert!(lead["phone"].is_null());
    assert_eq!(lead["name"], "Siti");

    // The same user, with the phone told beside the id: another conversation to the inbox, the same person.
    let mut told = from_phone("6281234560014", "wamid.2");
    let change = &mut told["entry"][0]["changes"][0]["value"];
    change["contacts"][0]["user_id"] = "ID.1234567890".into();
    change["messages"][0]["from_user_id"] = "ID.1234567890".into();
    office.deliver(&told).await;
    office.work().await;
    let (same, lead) = office.only_lead().await;
    assert_eq!(
        (same, &lead["phone"]),
        (id.clone(), &json!("+6281234560014"))
    );
    for (_, conversation) in office.list("conversations").await {
        assert_eq!(conversation["leadId"], id);
    }
    // The phone is theirs in the index too: a form of the same person finds them.
    office.connect("FACEBOOK", PAGE, "m1", Some("c1")).await;
    let form = office.filled(FORM, "Siti", "0812-3456-0014");
    office.ping(PAGE, &form).await;
    office.work().await;
    office.only_lead().await;
    assert_eq!(office.list("phone_index").await.len(), 1);
}

#[tokio::test]
async fn a_known_persons_first_message_is_linked_to_their_lead() {
    let office = Office::open().await;
    office.connect("FACEBOOK", PAGE, "m2", Some("c1")).await;
    office.connect("WHATSAPP", NUMBER, "c1", Some("c1")).await;
    let form = office.filled(FORM, "Siti", &phone(15).0);
    office.ping(PAGE, &form).await;
    office.work().await;
    let (id, _) = office.only_lead().await;
    let digits = phone(15).1[1..].to_owned();
    office.deliver(&from_phone(&digits, "wamid.1")).await;
    office.work().await;
    office.only_lead().await;
    let (_, conversation) = only_conversation(&office).await;
    // The branch's number, its partner's lead: the partner answers.
    assert_eq!(
        (&conversation["leadId"], &conversation["assignedTo"]),
        (&json!(id), &json!("m2"))
    );
    assert_eq!(office.history(&id, "INQUIRED").await.len(), 1);
}

#[tokio::test]
async fn nobody_is_shown_the_prospects_of_another() {
    let office = Office::open().await;
    office.connect("FACEBOOK", PAGE, "m3", Some("c2")).await;
    let form = office.filled(FORM, "Siti", &phone(16).0);
    office.ping(PAGE, &form).await;
    office.work().await;
    let (id, lead) = office.only_lead().await;
    assert_eq!(lead["assignedTo"], "m3");
    // The same person writes to a partner's number in another branch: no second lead, nothing moves, and the holder of
    // the lead reads of it.
    office.connect("WHATSAPP", NUMBER, "m1", Some("c1")).await;
    let digits = phone(16).1[1..].to_owned();
    office.deliver(&from_phone(&digits, "wamid.1")).await;
    office.work().await;
    let (_, lead) = office.only_lead().await;
    assert_eq!(
        (&lead["assignedTo"], &lead["branchId"]),
        (&json!("m3"), &json!("c2"))
    );
    let (_, conversation) = only_conversation(&office).await;
    assert!(conversation["leadId"].is_null());
    assert_eq!(
        (&conversation["assignedTo"], &conversation["branchId"]),
        (&json!("m1"), &json!("c1"))
    );
    let inquired = office.history(&id, "INQUIRED").await;
    assert_eq!(
        inquired[0]["inquiry"]["channelId"],
        format!("WHATSAPP_{NUMBER}")
    );
}

#[tokio::test]
async fn a_conversation_that_was_given_away_by_hand_takes_its_lead_there() {
    let office = Office::open().await;
    office.connect("WHATSAPP", NUMBER, "c1", Some("c1")).await;
    office
        .deliver(&from_phone("6281234560017", "wamid.1"))
        .await;
    let (id, mut conversation) = only_conversation(&office).await;
    conversation["assignedTo"] = "m2".into();
    office
        .put(&format!("conversations/{id}"), conversation)
        .await;
    office.work().await;
    assert_eq!(office.only_lead().await.1["assignedTo"], "m2");
}

#[tokio::test]
async fn a_form_of_somebody_whose_conversation_has_no_lead_is_linked_to_it() {
    let office = Office::open().await;
    office.connect("WHATSAPP", NUMBER, "c1", Some("c1")).await;
    office.connect("FACEBOOK", PAGE, "m1", Some("c1")).await;
    let history = json!([{
        "metadata": { "phase": 0, "chunk_order": 1, "progress": 55 },
        "threads": [{ "id": "6281234560018", "messages": [text("6281234560018", "wamid.h1")] }],
    }]);
    let contact = json!({ "wa_id": "6281234560018" });
    office
        .deliver(&whatsapp("history", &contact, &history))
        .await;
    let (conversation, before) = only_conversation(&office).await;
    // Imported history names the phone only in its thread; people know it.
    let mut known = before;
    known["contactPhone"] = "+6281234560018".into();
    office
        .put(&format!("conversations/{conversation}"), known)
        .await;
    let form = office.filled(FORM, "Siti", "0812-3456-0018");
    office.ping(PAGE, &form).await;
    office.work().await;
    let (id, _) = office.only_lead().await;
    let (_, after) = only_conversation(&office).await;
    assert_eq!(
        (&after["leadId"], &after["assignedTo"]),
        (&json!(id), &json!("m1"))
    );
}
