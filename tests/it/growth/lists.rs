//! A list of five thousand people, with its progress, in a process of the service whose memory is looked at.

use serde_json::{Value, json};

use crate::operations::process::{self, Service};
use crate::support::documents::unsigned_token;

const ROWS: usize = 5_000;

/// How much larger than by the list before a list may make the process, in KiB: each is over half a megabyte as text, and more
/// as rows and as what is written, so that a service that kept them would show it.
const A_LIST_KIB: u64 = 16 << 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_thousand_rows_are_told_of_as_they_go_and_leave_nothing_behind() {
    let project = format!("demo-t{}", uuid::Uuid::new_v4().simple());
    let service = Service::start(&process::settings(&project)).await;
    let http = reqwest::Client::new();
    let mut before = 0;
    for list in 0..3 {
        let mut chunks = 0;
        let mut last = Value::Null;
        let mut most = 0;
        let mut response = http
            .post(format!("http://{}/importLeads", service.address))
            .bearer_auth(token(&project))
            .header("accept", "text/event-stream")
            .json(&json!({ "data": { "csv": csv(list) } }))
            .send()
            .await
            .unwrap();
        let mut rest = String::new();
        while let Some(bytes) = response.chunk().await.unwrap() {
            rest.push_str(std::str::from_utf8(&bytes).unwrap());
            while let Some((event, after)) = rest.split_once("\n\n") {
                if let Some(event) = event.strip_prefix("data: ") {
                    last = serde_json::from_str(event).unwrap();
                    if let Some(progress) = last.get("message") {
                        chunks += 1;
                        assert_eq!(progress["processed"], chunks * 200);
                        assert_eq!(progress["total"], ROWS);
                    }
                }
                rest = after.to_owned();
            }
            most = most.max(process::holds(&service.child).0);
        }
        assert_eq!(last["result"]["created"], ROWS, "{last}");
        assert_eq!(chunks, ROWS / 200);
        println!("{most} KiB at most, list {list}");
        // The first one finds an idle process that has connected nowhere yet.
        if list > 0 {
            assert!(most < before + A_LIST_KIB, "{before} KiB, then {most}");
        }
        before = most;
    }
}

fn csv(list: usize) -> String {
    use std::fmt::Write as _;
    let mut csv = String::from("nama,hp,catatan\n");
    for row in 0..ROWS {
        writeln!(csv, "Calon {row},+6281{list}{row:07},baris {row}").unwrap();
    }
    csv
}

fn token(project: &str) -> String {
    let now = jiff::Timestamp::now().as_second();
    unsigned_token(&json!({
        "iss": format!("https://securetoken.google.com/{project}"), "aud": project,
        "sub": "m1", "user_id": "m1", "iat": now - 10, "auth_time": now - 10, "exp": now + 3_590,
        "email": "m1@example.id", "email_verified": true,
        "firebase": { "identities": {}, "sign_in_provider": "password" },
        "role": "MITRA", "branchId": "c1",
    }))
}
