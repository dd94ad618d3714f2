//! Files in Cloud Storage: kept, found, opened by their link alone, deleted one by one and by the folder.

use axum::Router;
use axum::http::StatusCode;
use futures::StreamExt as _;
use leadgen_pro::clients::cloud_storage::{CloudStorage, StorageError};
use leadgen_pro::clients::google_auth::GoogleAuth;
use tokio::net::TcpListener;

use crate::support::setting;

/// The files of a bucket that nobody else has.
fn bucket() -> CloudStorage {
    let name = format!("demo-{}.firebasestorage.app", uuid::Uuid::new_v4().simple());
    bucket_at(&setting("FIREBASE_STORAGE_EMULATOR_HOST"), &name)
}

fn bucket_at(host: &str, name: &str) -> CloudStorage {
    let url = format!("http://{host}");
    CloudStorage::new(
        reqwest::Client::new(),
        &url,
        &url,
        name,
        GoogleAuth::emulator(),
    )
}

async fn read(url: &str) -> (u16, Option<String>, Vec<u8>) {
    let answer = reqwest::get(url).await.unwrap();
    let status = answer.status().as_u16();
    let kind = answer
        .headers()
        .get("content-type")
        .map(|kind| kind.to_str().unwrap().to_owned());
    (status, kind, answer.bytes().await.unwrap().to_vec())
}

#[tokio::test]
async fn a_file_is_read_by_its_link_and_by_no_other() {
    let files = bucket();
    // Bytes of every kind, line ends and dashes among them: the upload is cut at dashes and line ends.
    let mut bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    bytes.extend(b"\r\n--boundary--\r\n\r\n");
    // No `%`: the emulator reads the names in links twice.
    for path in ["media/b/u/r/image.jpg", "media/b/a b+c?d#é&/r/a..b.jpg"] {
        files
            .put(path, "image/jpeg", bytes.clone(), "token-1")
            .await
            .unwrap();
        let found = files.find(path).await.unwrap().unwrap();
        assert_eq!(found.content_type, "image/jpeg");
        assert_eq!(found.size_bytes, bytes.len() as u64);
        assert_eq!(found.download_tokens, ["token-1"]);
        let link = files.download_url(path, "token-1");
        let (status, kind, served) = read(&link).await;
        assert_eq!((status, kind.as_deref()), (200, Some("image/jpeg")));
        assert!(served == bytes, "{path} came back changed");
        assert_eq!(read(&files.download_url(path, "token-2")).await.0, 403);
        assert_eq!(read(link.split("&token").next().unwrap()).await.0, 403);
    }
}

#[tokio::test]
async fn a_second_upload_replaces_the_first_and_a_second_deletion_is_as_good() {
    let files = bucket();
    let path = "media/b/u/r/image.jpg";
    assert_eq!(files.find(path).await.unwrap(), None);
    files.put(path, "image/jpeg", "first", "t1").await.unwrap();
    files.put(path, "image/png", "second", "t2").await.unwrap();
    let (status, kind, served) = read(&files.download_url(path, "t2")).await;
    assert_eq!((status, kind.as_deref()), (200, Some("image/png")));
    assert_eq!(served, b"second");
    files.delete(path).await.unwrap();
    assert_eq!(files.find(path).await.unwrap(), None);
    assert_ne!(read(&files.download_url(path, "t2")).await.0, 200);
    files.delete(path).await.unwrap();
}

#[tokio::test]
async fn a_folder_is_emptied_page_by_page_and_its_neighbours_stay() {
    let files = bucket();
    // One more than a page holds.
    let uploads = futures::stream::iter(0..1_001).map(|n| {
        let files = files.clone();
        async move {
            let path = format!("media/b/u/{n}/image.jpg");
            files.put(&path, "image/jpeg", "x", "t").await.unwrap();
        }
    });
    uploads.buffer_unordered(16).collect::<()>().await;
    let neighbour = "media/b/u2/1/image.jpg";
    files.put(neighbour, "image/jpeg", "x", "t").await.unwrap();
    for no_folder in ["", "/", "media/b/u"] {
        let refused = files.delete_prefix(no_folder).await;
        assert!(matches!(refused, Err(StorageError::Refused(_))));
    }
    assert_eq!(files.delete_prefix("media/b/u/").await.unwrap(), 1_001);
    assert_eq!(files.delete_prefix("media/b/u/").await.unwrap(), 0);
    assert!(files.find(neighbour).await.unwrap().is_some());
}

/// Answers everything alike.
async fn answering(status: u16, body: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let answer = (StatusCode::from_u16(status).unwrap(), body);
    let router = Router::new().fallback(async move || answer);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    host
}

#[tokio::test]
async fn what_may_pass_is_told_from_what_never_will_and_no_name_is_told() {
    let denied = r#"{"error":{"code":403,"message":"a@b does not have access to media/b/u","errors":[{"reason":"forbidden"}]}}"#;
    let no_bucket = r#"{"error":{"code":404,"message":"The specified bucket does not exist.","errors":[{"reason":"notFound"}]}}"#;
    for (status, body, passing) in [
        (403, denied, false),
        (401, "", false),
        (404, no_bucket, false),
        (408, "", true),
        (
            429,
            r#"{"error":{"errors":[{"reason":"rateLimitExceeded"}]}}"#,
            true,
        ),
        (500, "no JSON", true),
        (503, "", true),
        // A success whose body was lost says nothing of what there is.
        (200, r#"{"items": "#, true),
    ] {
        let files = bucket_at(&answering(status, body).await, "demo-bucket");
        let mut failures = vec![files.delete_prefix("media/b/u/").await.unwrap_err()];
        failures.extend(files.find("media/b/u").await.err());
        if status != 200 {
            failures.extend(files.put("media/b/u", "image/jpeg", "x", "t").await.err());
            failures.extend(files.delete("media/b/u").await.err());
            assert_eq!(failures.len(), 4, "{status} {body}");
        }
        for failure in failures {
            let unavailable = matches!(failure, StorageError::Unavailable(_));
            assert_eq!(unavailable, passing, "{status} {body}: {failure}");
            assert!(!failure.to_string().contains("media/b/u"), "{failure}");
        }
    }
    let away = bucket_at("127.0.0.1:1", "demo-bucket");
    let failure = away.put("media/b/u", "image/jpeg", "x", "t").await;
    let said = "no connection".to_owned();
    assert_eq!(failure, Err(StorageError::Unavailable(said)));
    for name in ["", ".", ".."] {
        assert!(matches!(
            away.find(name).await,
            Err(StorageError::Refused(_))
        ));
    }
}
