use super::*;
use proptest::prelude::*;
use serde_json::json;

fn now() -> Timestamp {
    "2026-11-23T03:00:00Z".parse().expect("a time")
}

fn lead(fields: &Value) -> Value {
    json!({ "id": "91", "created_time": "2026-11-02T03:04:05+0000", "form_id": "51", "field_data": fields })
}

fn read_it(fields: &Value, form: &Form) -> FormLead {
    read(&lead(fields), form, None, now())
}

fn form() -> Form {
    Form::questions(&json!({ "questions": [
        { "key": "q_1", "label": "Nomor WhatsApp", "type": "PHONE" },
        { "key": "kapan", "label": "Kapan rencana berangkat?", "type": "CUSTOM" },
        { "key": "full_name", "label": "Nama lengkap", "type": "FULL_NAME" },
    ]}))
}

#[test]
fn a_form_becomes_a_person_and_answers() {
    let mut form = form();
    form.with_boxes(
        &json!({ "legal_content": { "custom_disclaimer": { "checkboxes": [
            { "key": "wa_ok", "text": "Boleh dihubungi lewat WhatsApp" },
        ]}}}),
    );
    let mut lead = lead(&json!([
        { "name": "full_name", "values": [" Siti\nContohwati "] },
        { "name": "q_1", "values": ["0870-0000-0011"] },
        { "name": "email", "values": ["siti@contoh.id"] },
        { "name": "kapan", "values": ["Ramadan", "Syawal"] },
        { "name": "kota?", "values": ["Surabaya"] },
    ]));
    lead["platform"] = "ig".into();
    lead["custom_disclaimer_responses"] = json!([
        { "checkbox_key": "wa_ok", "is_checked": "1" },
        { "checkbox_key": "surat", "is_checked": "" },
    ]);
    let read = read(&lead, &form, None, now());
    assert_eq!(read.person.name.as_str(), "Siti Contohwati");
    assert_eq!(
        read.person.phone.as_ref().map(Phone::as_e164),
        Some("+6287000000011")
    );
    assert_eq!(read.person.source, LeadSource::IgAds);
    assert_eq!(read.person.submitted_at.to_string(), "2026-11-02T03:04:05Z");
    assert_eq!(
        answers_doc(&read.answers).map(Value::from),
        Some(json!({ "Kapan rencana berangkat?": "Ramadan, Syawal", "kota?": "Surabaya" }))
    );
    assert_eq!(
        read.consent.as_deref(),
        Some("Boleh dihubungi lewat WhatsApp")
    );
    assert!(!read.is_test);
}

#[test]
fn what_is_no_phone_and_no_address_stays_as_an_answer() {
    let read = read_it(
        &json!([
            { "name": "first_name", "values": ["Budi"] },
            { "name": "last_name", "values": ["Santoso"] },
            { "name": "phone_number", "values": ["besok saja"] },
            { "name": "work_phone_number", "values": ["+62 870 0000 0012"] },
            { "name": "whatsapp_number", "values": ["087000000013"] },
            { "name": "email", "values": ["budi(at)contoh"] },
        ]),
        &Form::default(),
    );
    assert_eq!(read.person.name.as_str(), "Budi Santoso");
    assert_eq!(
        read.person.phone.as_ref().map(Phone::as_e164),
        Some("+6287000000012")
    );
    assert_eq!(read.person.email, None);
    assert_eq!(
        answers_doc(&read.answers).map(Value::from),
        Some(json!({
            "phone_number": "besok saja",
            "whatsapp_number": "087000000013",
            "email": "budi(at)contoh",
        }))
    );
}

#[test]
fn whoever_gave_no_name_is_called_by_the_end_of_the_number() {
    let read = read_it(
        &json!([{ "name": "phone_number", "values": ["087000000014"] }]),
        &Form::default(),
    );
    assert_eq!(read.person.name.as_str(), "Tanpa nama 0014");
    assert_eq!(
        read_it(&json!([]), &Form::default()).person.name.as_str(),
        "Tanpa nama"
    );
    assert_eq!(
        read_it(
            &json!([{ "name": "full_name", "values": ["x".repeat(500)] }]),
            &form()
        )
        .person
        .name
        .as_str()
        .chars()
        .count(),
        NAME_MAX_CHARS
    );
}

#[test]
fn the_testing_tools_dummies_are_known() {
    let read = read_it(
        &json!([{ "name": "full_name", "values": ["<test lead: dummy data for full_name>"] }]),
        &Form::default(),
    );
    assert!(read.is_test);
}

#[test]
fn a_lead_from_the_future_acted_now() {
    let mut lead = lead(&json!([]));
    lead["created_time"] = "2100-01-01T00:00:00+0000".into();
    assert_eq!(
        read(&lead, &Form::default(), None, now())
            .person
            .submitted_at,
        now()
    );
    let told = Timestamp::from_second(1_793_588_645).ok();
    lead["created_time"] = Value::Null;
    assert_eq!(
        Some(
            read(&lead, &Form::default(), told, now())
                .person
                .submitted_at
        ),
        told
    );
}

#[test]
fn ids_of_organic_leads_are_none() {
    let ads = AdIds::read(&json!({ "ad_id": "0", "adset_id": 0, "campaign_id": 120_900 }));
    assert_eq!(ads.campaign.as_deref(), Some("120900"));
    assert_eq!((ads.ad, ads.adset), (None, None));
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC*".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec(
                (
                    "(field_data|name|values|created_time|platform|is_checked|custom_disclaimer_responses|email|phone_number|full_name|__x)",
                    inner
                ),
                0..6
            )
            .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn anything_is_read_within_the_bounds_of_the_rules(lead in any_json(), questions in any_json()) {
        let read = read(&lead, &Form::questions(&questions), None, now());
        let name = read.person.name.as_str().chars().count();
        prop_assert!((1..=NAME_MAX_CHARS).contains(&name));
        prop_assert!(read.person.submitted_at <= now());
        prop_assert!(read.answers.len() <= MOST_ANSWERS);
        prop_assert!(read.answers.keys().all(|key| !key.is_empty() && !key.starts_with("__")));
        prop_assert!(read.consent.is_none_or(|text| (1..=CONSENT_CHARS).contains(&text.chars().count())));
    }
}
