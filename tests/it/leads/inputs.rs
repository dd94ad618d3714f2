//! Each field of each callable wrong in turn: refused with its name, and nothing written.

use serde_json::{Value, json};

use super::world::World;

/// A callable, data that it takes, and what is wrong when a field holds what.
struct Case {
    name: &'static str,
    good: Value,
    wrong: Vec<(&'static str, Value)>,
    required: &'static [&'static str],
}

fn cases() -> Vec<Case> {
    let long = |characters| Value::from("é".repeat(characters));
    let no_text = |field| [json!(5), json!({}), json!([]), json!(true)].map(|value| (field, value));
    let mut create = vec![
        ("name", json!("")),
        ("name", json!("  ")),
        ("name", long(201)),
        ("name", json!("a\u{0}b")),
        ("phone", json!("")),
        ("phone", json!("0812")),
        ("phone", json!("nomor")),
        ("phone", long(1000)),
        ("source", json!("")),
        ("source", json!("manual")),
        ("email", json!("siti")),
        ("email", json!(format!("{}@b.id", "a".repeat(400)))),
        ("note", long(5001)),
        ("assignedTo", json!("")),
        ("assignedTo", json!("a/b")),
        ("assignedTo", json!("..")),
        ("assignedTo", long(129)),
        ("submittedAt", json!("kemarin")),
        ("submittedAt", json!("2026-11-23")),
        ("submittedAt", json!("9000-01-01T00:00:00Z")),
        ("status", json!("LOST")),
    ];
    for field in [
        "name",
        "phone",
        "source",
        "email",
        "note",
        "assignedTo",
        "submittedAt",
    ] {
        create.extend(no_text(field));
    }
    let mut assign = vec![
        ("leadId", json!("")),
        ("leadId", json!("a/b")),
        ("leadId", long(129)),
        ("assignedTo", json!("")),
        ("assignedTo", json!("__x__")),
        ("branchId", json!("c1")),
    ];
    assign.extend(no_text("leadId"));
    assign.extend(no_text("assignedTo"));
    let mut import = vec![
        ("csv", json!("")),
        ("csv", json!("hp\n0812\n")),
        ("csv", json!("nama,nama\na,b\n")),
        ("csv", json!("nama,hp\n\"a,0812\n")),
        ("csv", json!(format!("nama\n{}", "a\n".repeat(5_001)))),
        ("csv", Value::Null),
        ("rows", json!([{ "name": "a" }])),
        ("assignedTo", json!("a/b")),
        ("file", json!("x")),
    ];
    import.extend(no_text("csv"));
    import.extend(no_text("assignedTo"));
    let stats = vec![
        ("from", json!("kemarin")),
        ("from", json!("2026-13-01")),
        ("to", json!("2026-11-23T00:00:00")),
        ("to", json!("2026-10-31")),
        ("branchId", json!("")),
        ("branchId", json!("a/b")),
        ("branchId", json!(1)),
        ("from", json!(20_261_123)),
        ("status", json!("NEW")),
    ];
    vec![
        Case {
            name: "createLead",
            good: json!({ "name": "Siti", "phone": "081234567890", "source": "MANUAL" }),
            wrong: create,
            required: &["name", "phone", "source"],
        },
        Case {
            name: "assignLead",
            good: json!({ "leadId": "l1", "assignedTo": "m1" }),
            wrong: assign,
            required: &["leadId", "assignedTo"],
        },
        Case {
            name: "importLeads",
            good: json!({ "csv": "nama,hp\nSiti,081234567890\n" }),
            wrong: import,
            required: &["csv"],
        },
        Case {
            name: "leadStats",
            good: json!({ "from": "2026-11-01" }),
            wrong: stats,
            required: &[],
        },
    ]
}

#[tokio::test]
async fn each_wrong_field_is_named_and_nothing_is_written() {
    let world = World::start().await;
    let before = world.all_leads().await;
    let calls = std::cell::Cell::new(0);
    let refused = async |name: &str, data: Value, field: &str| {
        let shown: String = format!("{name} {data}").chars().take(200).collect();
        // Each time somebody else: one person's imports are counted.
        calls.set(calls.get() + 1);
        let uid = format!("branch{}", calls.get());
        let person = world.app.stranger(&uid, "CABANG", Some("c1"));
        let answer = world.app.call(&person, name, data).await;
        let (code, reason, at) = answer.refusal();
        assert_eq!(
            (code.as_str(), reason.as_str(), at.as_str()),
            ("INVALID_ARGUMENT", "INVALID_FIELD", field),
            "{shown}: {}",
            answer.body
        );
        let message = answer.body["error"]["details"]["message"].as_str();
        assert!(message.is_some_and(|text| !text.is_empty()), "{shown}");
    };
    for case in cases() {
        for (field, wrong) in case.wrong {
            let mut data = case.good.clone();
            data[field] = wrong;
            refused(case.name, data, field).await;
        }
        for field in case.required {
            let mut data = case.good.clone();
            data.as_object_mut().unwrap().remove(*field);
            refused(case.name, data, field).await;
        }
        for data in [json!("x"), json!([1]), json!(5)] {
            let answer = world.app.call(&world.c1, case.name, data).await;
            assert_eq!(answer.code(), "INVALID_ARGUMENT", "{}", case.name);
        }
    }
    let row = json!({ "rows": [{ "name": "a" }, { "name": {} }] });
    refused("importLeads", row, "rows[1].name").await;
    let row = json!({ "rows": [{ "name": "a", "umur": 5 }] });
    refused("importLeads", row, "rows[0].umur").await;
    refused("importLeads", json!({ "rows": [] }), "rows").await;
    let many: Vec<Value> = vec![json!({ "name": "a" }); 5_001];
    refused("importLeads", json!({ "rows": many }), "rows").await;
    assert_eq!(world.all_leads().await, before);
}

#[tokio::test]
async fn without_a_token_nothing_is_answered() {
    let world = World::start().await;
    for case in cases() {
        let answer = world
            .app
            .call_with(None, case.name, json!({ "data": case.good }))
            .await;
        assert_eq!(answer.code(), "UNAUTHENTICATED", "{}", case.name);
    }
    assert_eq!(world.all_leads().await, []);
}
