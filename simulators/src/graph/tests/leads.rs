//! Leads: who may read them, when, and page by page.

use super::*;

fn siti() -> Lead {
    Lead::new(
        FORM,
        &[
            ("full_name", "Siti Contohwati"),
            ("kapan_berangkat?", "Ramadan"),
        ],
    )
}

#[tokio::test]
async fn a_lead_is_read_by_id_once_it_can_be() {
    let lab = Lab::start().await;
    let token = lab.graph.page_token(PAGE);
    let mut lead = siti();
    lead.readable_at = Some(lab.graph.now() + SignedDuration::from_secs(5));
    lead.platform = "ig".to_owned();
    let id = lab.graph.keep_lead(lead).id;
    let path = format!("/{id}?fields=id,created_time,form_id,field_data,platform,is_organic");
    let (status, body) = lab.get(&token, &path).await;
    assert_eq!((status, error(&body)), (400, (100, Some(33))));
    lab.graph.clock().advance(SignedDuration::from_secs(5));
    let (status, body) = lab.get(&token, &path).await;
    let expected = json!({
        "id": id, "created_time": "2026-11-23T03:00:00+0000", "form_id": FORM, "platform": "ig", "is_organic": true,
        "field_data": [
            { "name": "full_name", "values": ["Siti Contohwati"] },
            { "name": "kapan_berangkat?", "values": ["Ramadan"] },
        ],
    });
    assert_eq!((status, body), (200, expected));
    lab.graph.clock().advance(LEADS_KEPT);
    assert_eq!(error(&lab.get(&token, &path).await.1), (100, Some(33)));
}

#[tokio::test]
async fn ad_fields_need_a_right_of_their_own_and_cost_the_whole_lead_without_it() {
    let lab = Lab::start().await;
    let mut lead = siti();
    lead.ad = Some(Ad {
        id: "120900000000000006".to_owned(),
        name: "Ramadan".to_owned(),
        ..Ad::default()
    });
    let id = lab.graph.keep_lead(lead).id;
    let path = format!("/{id}?fields=field_data,ad_id,ad_name,adset_name");
    let able = lab.graph.page_token(PAGE);
    let (_, body) = lab.get(&able, &path).await;
    assert_eq!(
        (&body["ad_name"], &body["adset_name"]),
        (&json!("Ramadan"), &Value::Null)
    );
    assert!(lab.graph.revoke_scope(&able, "ads_management"));
    let (status, body) = lab.get(&able, &path).await;
    assert_eq!((status, error(&body)), (403, (200, None)));
    assert_eq!(
        lab.get(&able, &format!("/{id}?fields=field_data")).await.0,
        200
    );
}

#[tokio::test]
async fn managed_access_and_a_missing_right_shut_the_leads() {
    let lab = Lab::start().await;
    let id = lab.graph.keep_lead(siti()).id;
    let token = lab.graph.page_token(PAGE);
    let without = lab
        .graph
        .issue(Token::new(TokenKind::Page, PAGE).scopes(&["pages_show_list"]));
    assert_eq!(
        error(&lab.get(&without, &format!("/{id}")).await.1),
        (200, None)
    );
    let mut managed = seed();
    managed.pages[0].leads_access_managed = true;
    lab.graph.seed(managed);
    for path in [format!("/{id}"), format!("/{FORM}/leads")] {
        assert_eq!(
            error(&lab.get(&token, &path).await.1),
            (100, Some(33)),
            "{path}"
        );
    }
}

#[tokio::test]
async fn leads_come_newest_first_filtered_and_page_by_page() {
    let lab = Lab::start().await;
    let token = lab.graph.page_token(PAGE);
    let mut ids = Vec::new();
    for _ in 0..5 {
        lab.graph.clock().advance(SignedDuration::from_mins(1));
        ids.push(lab.graph.keep_lead(siti()).id);
    }
    let since = lab.graph.now().as_second() - 200;
    let filtering =
        json!([{ "field": "time_created", "operator": "GREATER_THAN", "value": since }]);
    let mut url = format!("{}/v26.0/{FORM}/leads", lab.graph.host(Host::Graph));
    let mut query = vec![
        ("filtering".to_owned(), filtering.to_string()),
        ("limit".to_owned(), "3".to_owned()),
        ("access_token".to_owned(), token.clone()),
        (
            "appsecret_proof".to_owned(),
            hmac_hex(FACEBOOK_APP_SECRET, token.as_bytes()),
        ),
    ];
    let mut seen = Vec::new();
    loop {
        let response = lab
            .http
            .get(&url)
            .query(&query)
            .send()
            .await
            .expect("an answer");
        let body: Value = response.json().await.expect("JSON");
        let page = body["data"].as_array().expect("a page");
        seen.push(
            page.iter()
                .map(|lead| lead["id"].clone())
                .collect::<Vec<_>>(),
        );
        let Some(next) = body["paging"]["next"].as_str() else {
            break;
        };
        next.clone_into(&mut url);
        query.clear();
    }
    ids.reverse();
    assert_eq!(
        seen,
        [
            json!(ids[..3]).as_array().expect("ids").clone(),
            vec![json!(ids[3])]
        ]
    );
    let wrong = format!("/{FORM}/leads?filtering=[{{\"field\":\"colour\"}}]");
    assert_eq!(error(&lab.get(&token, &wrong).await.1), (100, None));
}

#[tokio::test]
async fn a_form_tells_its_questions_and_a_page_its_forms() {
    let lab = Lab::start().await;
    let token = lab.graph.page_token(PAGE);
    lab.graph.keep_lead(siti());
    let (_, form) = lab
        .get(
            &token,
            &format!("/{FORM}?fields=name,status,leads_count,questions{{key,label}}"),
        )
        .await;
    assert_eq!(
        (&form["name"], &form["status"], &form["leads_count"]),
        (&json!("Umrah Ramadan"), &json!("ACTIVE"), &json!(1))
    );
    assert_eq!(form["questions"][1]["label"], "Kapan berangkat?");
    let (_, forms) = lab
        .get(&token, &format!("/{PAGE}/leadgen_forms?fields=id,name"))
        .await;
    assert_eq!(
        forms["data"],
        json!([{ "id": FORM, "name": "Umrah Ramadan" }])
    );
}

#[tokio::test]
async fn the_testing_tool_has_one_lead_a_form() {
    let lab = Lab::start().await;
    let token = lab.graph.page_token(PAGE);
    let path = format!("/{FORM}/test_leads");
    let (status, made) = lab.post(Login::Facebook, &token, &path, &json!({})).await;
    assert_eq!(status, 200);
    let id = made["id"].as_str().expect("an id");
    let (_, lead) = lab.get(&token, &format!("/{id}")).await;
    assert_eq!(
        lead["field_data"][0]["values"],
        json!(["<test lead: dummy data for full_name>"])
    );
    assert_eq!(
        lab.post(Login::Facebook, &token, &path, &json!({})).await.0,
        400
    );
    let (status, _) = lab
        .send(Method::DELETE, Login::Facebook, &token, &format!("/{id}"))
        .await;
    assert_eq!(status, 200);
    assert_eq!(lab.get(&token, &path).await.1["data"], json!([]));
    assert_eq!(
        lab.post(Login::Facebook, &token, &path, &json!({})).await.0,
        200
    );
}

#[tokio::test]
async fn a_page_without_leads_has_a_small_budget() {
    let lab = Lab::start().await;
    let token = lab.graph.page_token(PAGE);
    let path = format!("/{FORM}/leads");
    let request = || {
        lab.request(Method::GET, Login::Facebook, &token, &path)
            .send()
    };
    for _ in 0..48 {
        request().await.expect("an answer");
    }
    let usage = request().await.expect("an answer");
    let usage: Value =
        serde_json::from_slice(usage.headers()["x-business-use-case-usage"].as_bytes())
            .expect("JSON");
    assert_eq!(usage[PAGE][0]["call_count"], 1);
    assert_eq!(usage[PAGE][0]["type"], "leadgen");
}
