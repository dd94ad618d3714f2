//! SIGTERM: what is under way is finished, what is new is refused, and the end comes in time.

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::process::{Service, settings};

#[tokio::test]
async fn a_request_under_way_is_answered_and_a_new_one_is_not_taken() {
    let mut service = Service::start(&settings("demo-drain")).await;
    let body = json!({ "data": null }).to_string();
    let head = format!(
        "POST /whoami HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let mut under_way = TcpStream::connect(&service.address).await.unwrap();
    under_way.write_all(head.as_bytes()).await.unwrap();
    under_way.write_all(&body.as_bytes()[..5]).await.unwrap();
    // Another request is answered in between, so the half one has surely been taken by then.
    let livez = reqwest::get(format!("http://{}/livez", service.address)).await;
    assert_eq!(livez.unwrap().status(), 200);

    service.signal("TERM").await;
    service.line_with("draining").await;
    crate::support::eventually("the listener's end", || async {
        TcpStream::connect(&service.address)
            .await
            .is_err()
            .then_some(())
    })
    .await;

    under_way.write_all(&body.as_bytes()[5..]).await.unwrap();
    let mut answer = String::new();
    under_way.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    assert!(answer.contains("SIGN_IN_REQUIRED"), "{answer}");
    let status = service.child.wait().await.unwrap();
    assert_eq!(status.code(), Some(0));
}
