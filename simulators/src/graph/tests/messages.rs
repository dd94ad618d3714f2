//! Sending: windows, limits, refusals, and what follows a message.

use super::webhooks::{Subscriber, told};
use super::*;

const PSID: &str = "7100000000000011";
const IGSID: &str = "8200000000000012";
const WA: &str = "6287000000011";
const NUMBER: &str = "400300000000001";

fn said(to: &str, text: &str) -> Value {
    json!({ "recipient": { "id": to }, "messaging_type": "RESPONSE", "message": { "text": text } })
}

fn whatsapp(to: &str, text: &str) -> Value {
    json!({
        "messaging_product": "whatsapp", "to": to, "type": "text", "text": { "body": text },
        "biz_opaque_callback_data": "outbox:77",
    })
}

async fn quiet(lab: &Lab, subscriber: &Subscriber) {
    lab.graph.deliver_due().await;
    subscriber.bodies();
}

#[tokio::test]
async fn a_reply_needs_the_customers_word_and_comes_back_as_an_echo() {
    let (lab, subscriber) = told().await;
    let token = lab.graph.page_token(PAGE);
    let path = format!("/{PAGE}/messages");
    let send = async |body: &Value| lab.post(Login::Facebook, &token, &path, body).await;
    let (status, body) = send(&said(PSID, "Halo")).await;
    assert_eq!((status, error(&body)), (400, (100, Some(2_018_001))));
    lab.graph.customer_writes(PAGE, PSID, "Ada paket?");
    quiet(&lab, &subscriber).await;
    let (status, body) = send(&said(PSID, "Ada")).await;
    assert_eq!((status, &body["recipient_id"]), (200, &json!(PSID)));
    lab.graph.deliver_due().await;
    let bodies = subscriber.bodies();
    let echo = &bodies[0]["entry"][0]["messaging"][0];
    assert_eq!(echo["message"]["mid"], body["message_id"]);
    assert_eq!(
        (&echo["message"]["is_echo"], &echo["message"]["app_id"]),
        (&json!(true), &json!(900_100_200_300_u64))
    );
    assert_eq!(
        bodies[1]["entry"][0]["messaging"][0]["delivery"]["mids"],
        json!([body["message_id"]])
    );

    lab.graph.clock().advance(SignedDuration::from_hours(24));
    let (status, body) = send(&said(PSID, "Masih?")).await;
    assert_eq!((status, error(&body)), (403, (10, Some(2_018_278))));
    let mut by_hand = said(PSID, "Masih?");
    by_hand["messaging_type"] = "MESSAGE_TAG".into();
    by_hand["tag"] = "ACCOUNT_UPDATE".into();
    assert_eq!(error(&send(&by_hand).await.1), (100, None));
    by_hand["tag"] = "HUMAN_AGENT".into();
    assert_eq!(send(&by_hand).await.0, 200);
    lab.graph
        .clock()
        .advance(SignedDuration::from_hours(6 * 24));
    assert_eq!(error(&send(&by_hand).await.1), (10, Some(2_018_278)));
    lab.graph
        .change_customer(PAGE, PSID, |customer| customer.unreachable = true);
    assert_eq!(error(&send(&by_hand).await.1), (551, Some(1_545_041)));
    assert_eq!(lab.graph.effects(&Method::POST, "/*/messages"), 2);
}

#[tokio::test]
async fn instagram_counts_bytes_and_has_its_own_echo_by_either_login() {
    let (lab, subscriber) = told().await;
    lab.graph.customer_writes(ACCOUNT, IGSID, "Kak?");
    let linked = "17841499000000001";
    lab.graph.customer_writes(linked, IGSID, "Kak?");
    quiet(&lab, &subscriber).await;
    let own = lab.graph.instagram_token(ACCOUNT);
    let page = lab.graph.page_token(PAGE);
    let path = "/me/messages";
    let long = "ش".repeat(501);
    let (_, body) = lab
        .post(Login::Instagram, &own, path, &said(IGSID, &long))
        .await;
    assert_eq!(error(&body), (100, None));
    let (status, _) = lab
        .post(Login::Instagram, &own, path, &said(IGSID, &long[2..]))
        .await;
    assert_eq!(status, 200);
    // Through the page of the linked account, too.
    let (status, _) = lab
        .post(Login::Facebook, &page, path, &said(IGSID, "Halo"))
        .await;
    assert_eq!(status, 200);
    lab.graph.deliver_due().await;
    let bodies = subscriber.bodies();
    let from: Vec<_> = bodies
        .iter()
        .map(|body| body["entry"][0]["messaging"][0]["sender"]["id"].clone())
        .collect();
    assert_eq!(from, [json!(ACCOUNT), json!(linked)]);
    lab.graph.clock().advance(SignedDuration::from_hours(24));
    let (_, body) = lab
        .post(Login::Instagram, &own, path, &said(IGSID, "Kak"))
        .await;
    assert_eq!(error(&body), (10, Some(2_534_022)));
    assert!(
        lab.graph
            .revoke_scope(&own, "instagram_business_manage_messages")
    );
    let (_, body) = lab
        .post(Login::Instagram, &own, path, &said(IGSID, "Kak"))
        .await;
    assert_eq!(error(&body), (10, None));
}

#[tokio::test]
async fn whatsapp_accepts_first_and_tells_by_statuses() {
    let (lab, subscriber) = told().await;
    let token = lab.graph.system_user_token(&["300200000000001"]);
    let path = format!("/{NUMBER}/messages");
    let send = async |body: &Value| lab.post(Login::Facebook, &token, &path, body).await;
    let statuses = async || -> Vec<(String, Value)> {
        lab.graph.deliver_due().await;
        let bodies = subscriber.bodies();
        let statuses = bodies
            .iter()
            .map(|body| &body["entry"][0]["changes"][0]["value"]["statuses"][0]);
        statuses
            .map(|it| {
                (
                    it["status"].as_str().unwrap_or_default().to_owned(),
                    it.clone(),
                )
            })
            .collect()
    };
    let names =
        |statuses: &[(String, Value)]| statuses.iter().map(|it| it.0.clone()).collect::<Vec<_>>();

    let (status, body) = send(&whatsapp(WA, "Halo")).await;
    assert_eq!((status, &body["contacts"][0]["wa_id"]), (200, &json!(WA)));
    let told = statuses().await;
    assert_eq!(
        (names(&told), &told[0].1["errors"][0]["code"]),
        (vec!["failed".to_owned()], &json!(131_047))
    );
    assert_eq!(told[0].1["biz_opaque_callback_data"], "outbox:77");

    let theirs = lab.graph.customer_writes(NUMBER, WA, "Halo");
    quiet(&lab, &subscriber).await;
    let (_, body) = send(&whatsapp("+62 870-0000-0011", "Waalaikumsalam")).await;
    let told = statuses().await;
    assert_eq!(names(&told), ["sent", "delivered"]);
    assert_eq!(told[0].1["id"], body["messages"][0]["id"]);
    lab.graph.happen(Happening::Read {
        asset: NUMBER.to_owned(),
        customer: WA.to_owned(),
    });
    let told = statuses().await;
    assert_eq!(
        (told.len(), &told[0].1["id"]),
        (1, &body["messages"][0]["id"])
    );
    assert_eq!(told[0].0, "read");

    let read = json!({ "messaging_product": "whatsapp", "status": "read", "message_id": theirs });
    assert_eq!(send(&read).await, (200, json!({ "success": true })));
    assert!(
        lab.graph
            .messages()
            .iter()
            .any(|message| message.id == theirs && message.fate == Fate::Read)
    );
    let unknown =
        json!({ "messaging_product": "whatsapp", "status": "read", "message_id": "wamid.none" });
    assert_eq!(error(&send(&unknown).await.1), (100, None));

    // A business-scoped id belongs into `recipient`; in `to` it is taken and lost.
    let user = "ID.9100000000000006";
    lab.graph
        .customer_writes(NUMBER, user, "Nomor saya disembunyikan");
    quiet(&lab, &subscriber).await;
    assert_eq!(send(&whatsapp(user, "Halo")).await.0, 200);
    assert!(statuses().await.is_empty());
    let mut right = whatsapp(user, "Halo");
    right["recipient"] = right["to"].take();
    let (_, body) = send(&right).await;
    assert_eq!(body["contacts"][0]["user_id"], user);
    let told = statuses().await;
    assert_eq!(
        (names(&told), &told[0].1["recipient_user_id"]),
        (
            vec!["sent".to_owned(), "delivered".to_owned()],
            &json!(user)
        )
    );
}

#[tokio::test]
async fn whatsapp_refuses_what_is_wrong_and_what_is_too_much() {
    let lab = Lab::start().await;
    let mut more = seed();
    let account = &mut more.whatsapp_business_accounts[0];
    let template = |name: &str, status: &str| Template {
        name: name.to_owned(),
        language: "id".to_owned(),
        body: "Halo {{1}}, jadwal {{2}}".to_owned(),
        status: status.to_owned(),
    };
    account.templates = vec![template("jadwal", ""), template("lama", "PAUSED")];
    account.phone_numbers.push(PhoneNumber {
        phone_number_id: "400300000000002".to_owned(),
        unregistered: true,
        ..PhoneNumber::default()
    });
    lab.graph.seed(more);
    let token = lab.graph.system_user_token(&["300200000000001"]);
    let send = async |number: &str, body: &Value| {
        let path = format!("/{number}/messages");
        lab.post(Login::Facebook, &token, &path, body).await
    };
    let templated = |name: &str, parameters: usize| {
        let parameters = vec![json!({ "type": "text", "text": "Siti" }); parameters];
        json!({
            "messaging_product": "whatsapp", "to": WA, "type": "template",
            "template": { "name": name, "language": { "code": "id" }, "components": [{ "type": "body", "parameters": parameters }] },
        })
    };
    for (body, code) in [
        (templated("tidak_ada", 0), 132_001),
        (templated("lama", 2), 132_015),
        (templated("jadwal", 1), 132_000),
        (whatsapp(WA, ""), 131_008),
        (whatsapp(WA, &"a".repeat(4097)), 100),
        (whatsapp("628700000001", "Halo"), 131_021),
        (json!({ "to": WA }), 100),
        (
            json!({ "messaging_product": "whatsapp", "to": WA, "type": "poll" }),
            131_051,
        ),
    ] {
        let (_, refused) = send(NUMBER, &body).await;
        assert_eq!(error(&refused), (code, None), "{body}");
    }
    assert_eq!(send(NUMBER, &templated("jadwal", 2)).await.0, 200);
    assert_eq!(
        error(&send("400300000000002", &whatsapp(WA, "Halo")).await.1),
        (133_010, None)
    );
    let mut refused = None;
    for _ in 0..46 {
        let (status, body) = send(NUMBER, &whatsapp("6287000000099", "Halo")).await;
        refused = (status != 200).then(|| error(&body));
    }
    assert_eq!(refused, Some((131_056, None)));
}

#[tokio::test]
async fn a_comment_is_answered_in_public_and_once_in_private() {
    let (lab, subscriber) = told().await;
    let comment = |asset: &str| {
        lab.graph.happen(Happening::Comment {
            asset: asset.to_owned(),
            post: "17900000000000010".to_owned(),
            from: IGSID.to_owned(),
            name: "orang.contoh".to_owned(),
            text: "Mau tahu".to_owned(),
            parent: None,
        })
    };
    let token = lab.graph.instagram_token(ACCOUNT);
    let post =
        async |path: &str, body: Value| lab.post(Login::Instagram, &token, path, &body).await;
    let id = comment(ACCOUNT);
    quiet(&lab, &subscriber).await;
    let (_, made) = post(
        &format!("/{id}/replies"),
        json!({ "message": "Sudah kami DM" }),
    )
    .await;
    lab.graph.deliver_due().await;
    let own = &subscriber.bodies()[0]["entry"][0]["changes"][0]["value"];
    assert_eq!(
        (&own["id"], &own["from"]["id"], &own["parent_id"]),
        (&made["id"], &json!(ACCOUNT), &json!(id))
    );
    let private = json!({ "recipient": { "comment_id": id }, "message": { "text": "Halo" } });
    let (status, body) = post("/me/messages", private.clone()).await;
    assert_eq!((status, &body["recipient_id"]), (200, &json!(IGSID)));
    assert_eq!(
        error(&post("/me/messages", private).await.1),
        (10_900, None)
    );
    // Nothing more until the person answers.
    assert_eq!(
        error(&post("/me/messages", said(IGSID, "Halo?")).await.1),
        (10, Some(2_534_022))
    );
    let late = comment(ACCOUNT);
    lab.graph
        .clock()
        .advance(SignedDuration::from_hours(7 * 24));
    let private = json!({ "recipient": { "comment_id": late }, "message": { "text": "Halo" } });
    assert_eq!(
        error(&post("/me/messages", private).await.1),
        (10_903, None)
    );
    assert_eq!(
        post(&format!("/{late}"), json!({ "hide": true })).await.0,
        200
    );
    let (_, shown) = lab
        .send(
            Method::GET,
            Login::Instagram,
            &token,
            &format!("/{late}?fields=hidden,text"),
        )
        .await;
    assert_eq!(
        shown,
        json!({ "id": late, "hidden": true, "text": "Mau tahu" })
    );
    let (status, _) = lab
        .send(
            Method::DELETE,
            Login::Instagram,
            &token,
            &format!("/{late}"),
        )
        .await;
    assert_eq!((status, lab.graph.comments().len()), (200, 2));
}

#[tokio::test]
async fn an_answer_that_is_lost_still_has_its_echo() {
    let (lab, subscriber) = told().await;
    lab.graph.customer_writes(PAGE, PSID, "Halo");
    quiet(&lab, &subscriber).await;
    let token = lab.graph.page_token(PAGE);
    lab.graph
        .fail(Plan::next(&Method::POST, "/*/messages", Fault::CutAfter));
    let path = format!("/{PAGE}/messages");
    let request = lab.request(Method::POST, Login::Facebook, &token, &path);
    request
        .json(&said(PSID, "Ada"))
        .send()
        .await
        .expect_err("no answer");
    lab.graph.deliver_due().await;
    assert_eq!(
        subscriber.bodies()[0]["entry"][0]["messaging"][0]["message"]["text"],
        "Ada"
    );
}

#[tokio::test]
async fn a_profile_is_shown_hidden_or_gone() {
    let lab = Lab::start().await;
    lab.graph.change_customer(ACCOUNT, IGSID, |customer| {
        customer.name = "Siti Contohwati".to_owned();
        customer.username = Some("siti.contoh".to_owned());
    });
    let token = lab.graph.instagram_token(ACCOUNT);
    let path = format!("/{IGSID}?fields=name,username");
    let get = async || lab.send(Method::GET, Login::Instagram, &token, &path).await;
    assert_eq!(
        get().await.1,
        json!({ "id": IGSID, "name": "Siti Contohwati", "username": "siti.contoh" })
    );
    lab.graph
        .change_customer(ACCOUNT, IGSID, |customer| customer.profile_hidden = true);
    assert_eq!(error(&get().await.1), (230, None));
    lab.graph
        .change_customer(ACCOUNT, IGSID, |customer| customer.gone = true);
    assert_eq!(error(&get().await.1), (9010, None));
    lab.graph.change_customer(PAGE, PSID, |customer| {
        customer.name = "Budi Karangan".to_owned();
    });
    let page = lab.graph.page_token(PAGE);
    let (_, profile) = lab
        .get(&page, &format!("/{PSID}?fields=first_name,last_name"))
        .await;
    assert_eq!(
        (&profile["first_name"], &profile["last_name"]),
        (&json!("Budi"), &json!("Karangan"))
    );
}
