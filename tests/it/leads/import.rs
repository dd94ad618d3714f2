//! `importLeads`: lists as people keep them.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::world::{World, direct_lead, phone};
use crate::support::events::NOTHING;
use crate::support::meter::{Cost, Meter};

fn counts(result: &Value) -> [u64; 3] {
    ["created", "existing", "refused"].map(|field| result[field].as_u64().unwrap())
}

/// Row, field and reason of each refusal.
fn refusals(result: &Value) -> Vec<Value> {
    let rows = result["refusedRows"].as_array().unwrap().iter();
    rows.map(|row| {
        assert!(
            row["message"].as_str().is_some_and(|text| !text.is_empty()),
            "{row}"
        );
        json!([row["row"], row["field"], row["reason"]])
    })
    .collect()
}

#[tokio::test]
async fn takes_what_is_good_and_names_what_is_not() {
    let world = World::start().await;
    let (mine, hidden) = (phone(), phone());
    let known = world.lead(&world.m1, &mine).await;
    let others = world.lead(&world.m3, &hidden).await;
    let fresh = phone();
    let csv = format!(
        "\u{feff}Nama;No. HP;E-mail;Sumber;Catatan;Umur\r\n\
         Siti Aminah;{fresh};siti@contoh.id;IG Ads;\"dua\nbaris\";40\r\n\
         Budi;{};;;;\r\n\
         Budi lagi;0{};;;;\r\n\
         \r\n\
         Tanpa Telepon;;;;;\r\n\
         ;0812345678901;;;;\r\n\
         Salah;0812;;;;\r\n\
         Orang Lain;{hidden};;;;\r\n\
         Sudah Ada;{mine};;;;\r\n\
         Sumber;;;TIKTOK;;\r\n\
         Surel;;bukan;;;\r\n\
         Kebanyakan;;;;;1;2\r\n",
        "0812 3456 7890", "81234567890",
    );
    let result = world
        .app
        .call(&world.m1, "importLeads", json!({ "csv": csv }))
        .await
        .result();
    assert_eq!(counts(&result), [3, 2, 6], "{result}");
    assert_eq!(result["ignoredColumns"], json!(["Umur"]));
    assert_eq!(
        refusals(&result),
        [
            json!([7, "name", "INVALID_FIELD"]),
            json!([8, "phone", "INVALID_FIELD"]),
            json!([9, "phone", "LEAD_ALREADY_EXISTS"]),
            json!([11, "source", "INVALID_FIELD"]),
            json!([12, "email", "INVALID_FIELD"]),
            json!([13, null, "TOO_MANY_CELLS"]),
        ]
    );
    assert!(!result.to_string().contains(&others), "{result}");
    let leads = world.list("leads").await;
    assert_eq!(leads.len(), 5);
    let (id, siti) = leads
        .iter()
        .find(|(_, lead)| lead["phone"] == fresh)
        .unwrap();
    for (field, value) in [
        ("id", id.as_str()),
        ("name", "Siti Aminah"),
        ("email", "siti@contoh.id"),
        ("source", "IG_ADS"),
        ("note", "dua\nbaris"),
        ("assignedTo", "m1"),
        ("branchId", "c1"),
        ("status", "NEW"),
    ] {
        assert_eq!(siti[field], value, "{field}");
    }
    assert_eq!(siti["lastChange"]["by"], "m1");
    let budi = leads
        .iter()
        .find(|(_, lead)| lead["name"] == "Budi")
        .unwrap();
    assert_eq!(
        (&budi.1["phone"], &budi.1["source"]),
        (&json!("+6281234567890"), &json!("IMPORT"))
    );
    assert_eq!(world.index_of(&fresh).await.unwrap()["leadId"], *id);
    assert_eq!(world.index_of(&mine).await.unwrap()["leadId"], known);
    world.app.events.delivered().await;
    let claims = world.history(&others).await;
    let claims: Vec<_> = claims
        .iter()
        .filter(|entry| entry["kind"] == "CLAIMED")
        .collect();
    assert_eq!((claims.len(), &claims[0]["by"]), (1, &json!("m1")));

    let again = world
        .app
        .call(&world.m1, "importLeads", json!({ "csv": csv }))
        .await
        .result();
    assert_eq!(counts(&again), [0, 5, 6]);
    assert_eq!(refusals(&again), refusals(&result));
    assert_eq!(world.list("leads").await.len(), 5);
}

#[tokio::test]
async fn takes_rows_as_a_browser_reads_them() {
    let world = World::start().await;
    let rows = json!([
        { "name": "Siti", "phone": 6_281_234_567_890_i64, "email": null },
        { "name": "Budi", "source": "referral", "note": "kenalan" },
        { "phone": "081234567891" },
        { "name": "Siti lagi", "phone": "81234567890" },
    ]);
    let data = json!({ "rows": rows, "assignedTo": "m2" });
    let result = world
        .app
        .call(&world.c1, "importLeads", data)
        .await
        .result();
    assert_eq!(counts(&result), [2, 1, 1]);
    assert_eq!(refusals(&result), [json!([3, "name", "INVALID_FIELD"])]);
    for (_, lead) in world.list("leads").await {
        assert_eq!(
            (&lead["assignedTo"], &lead["branchId"]),
            (&json!("m2"), &json!("c1"))
        );
    }
}

#[tokio::test]
async fn the_tree_decides_who_imports_for_whom() {
    let world = World::start().await;
    let nowhere = world.app.staff("m9", "MITRA", None).await;
    for (person, to, code, field) in [
        (&world.pusat, None, "INVALID_ARGUMENT", "assignedTo"),
        (&world.pusat, Some("nobody"), "NOT_FOUND", "assignedTo"),
        (&world.c1, Some("m3"), "NOT_FOUND", "assignedTo"),
        (&world.m1, Some("m2"), "PERMISSION_DENIED", ""),
        (&nowhere, None, "PERMISSION_DENIED", ""),
    ] {
        let mut data = json!({ "csv": "nama,hp\nSiti,081234567890\n" });
        if let Some(to) = to {
            data["assignedTo"] = to.into();
        }
        let answer = world.app.call(person, "importLeads", data).await;
        let (found, _, at) = answer.refusal();
        assert_eq!(
            (found.as_str(), at.as_str()),
            (code, field),
            "{} to {to:?}",
            person.uid
        );
    }
    assert_eq!(world.all_leads().await, []);
    let data = json!({ "csv": "nama,hp\nSiti,081234567890\n", "assignedTo": "m3" });
    let result = world
        .app
        .call(&world.pusat, "importLeads", data)
        .await
        .result();
    assert_eq!(counts(&result), [1, 0, 0]);
    assert_eq!(world.list("leads").await[0].1["branchId"], "c2");
}

#[tokio::test]
async fn the_reasons_are_in_the_callers_language() {
    let world = World::start().await;
    let mut said = Vec::new();
    for language in ["id", "en"] {
        let response = world
            .app
            .http
            .post(format!("{}/importLeads", world.app.url))
            .bearer_auth(&world.m1.token)
            .header("accept-language", language)
            .json(&json!({ "data": { "csv": "nama,hp\n,0812\n" } }))
            .send()
            .await
            .unwrap();
        let body: Value = response.json().await.unwrap();
        said.push(
            body["result"]["refusedRows"][0]["message"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
    }
    assert_eq!(said, ["Isian ini wajib diisi.", "This must be filled in."]);
}

#[tokio::test]
async fn heals_entries_of_leads_that_are_gone() {
    let world = World::start().await;
    let (gone, changed, odd) = (phone(), phone(), phone());
    world.app.events.lose(true);
    for (e164, lead) in [(&gone, "gone"), (&changed, "changed"), (&odd, "odd")] {
        let digest = world.app.state.phone_digest.hex(e164);
        let entry = json!({ "leadId": lead, "branchId": "c2", "assignedTo": "m3", "updatedAt": { "$time": "2026-11-23T02:00:00Z" } });
        world.put(&format!("phone_index/{digest}"), entry).await;
    }
    world
        .put("leads/changed", direct_lead(&phone(), "c2", "m3"))
        .await;
    world
        .put("leads/odd", json!({ "phone": 5, "branchId": 7 }))
        .await;
    let csv = format!("nama,hp\nA,{gone}\nB,{changed}\nC,{odd}\n");
    let result = world
        .app
        .call(&world.m1, "importLeads", json!({ "csv": csv }))
        .await
        .result();
    assert_eq!(counts(&result), [3, 0, 0], "{result}");
    for e164 in [&gone, &changed, &odd] {
        assert_eq!(world.index_of(e164).await.unwrap()["assignedTo"], "m1");
    }
}

/// A list of people, every tenth without a phone.
pub(super) fn long_list(rows: usize) -> String {
    let mut csv = String::from("nama,hp,catatan\n");
    for at in 0..rows {
        let phone = if at % 10 == 0 {
            String::new()
        } else {
            format!("08120{at:07}")
        };
        writeln!(csv, "Calon {at},{phone},baris {at}").unwrap();
    }
    csv
}

#[tokio::test]
async fn five_thousand_rows_take_three_round_trips_for_each_two_hundred_and_again_no_effect() {
    let meter = Meter::start();
    let world = World::start().await;
    world.app.events.watch("leadWritten", NOTHING).await;
    let csv = json!({ "csv": long_list(5_000) });
    // A tenth has no phone, and is asked for by its id. Every lead of the others is written with its entry in the index.
    let (first, again) = (
        Cost {
            requests: 25 * 3,
            reads: 5_000,
            writes: 5_000 + 4_500,
        },
        Cost {
            requests: 25 * 2,
            reads: 5_000 + 4_500,
            writes: 0,
        },
    );
    for (counted, expected) in [([5_000, 0, 0], first), ([0, 5_000, 0], again)] {
        let call = world.app.call(&world.m1, "importLeads", csv.clone());
        let (cost, answer) = meter.cost("/importLeads", call).await;
        assert_eq!(counts(&answer.result()), counted);
        assert_eq!(cost, expected);
    }
    assert_eq!(world.count("leads").await, 5_000);
    assert_eq!(world.count("phone_index").await, 4_500);
}
