//! `storage.rules` on the Storage emulator, beside what the policy says of the same files.

use leadgen_pro::policy::direct::Enforcer;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value as Json, json};

use super::people::{Person, people};
use crate::support::documents::unsigned_token;
use crate::support::setting;

/// Files that are there, and whose place says who may read them.
const FILES: &[&str] = &[
    "media/c1/m1/r1/image.jpg",
    "media/c1/m1/r1/parts/video.mp4",
    "media/c1/m2/r2/image.jpg",
    "media/c1/c1/r3/image.jpg",
    "media/c2/n1/r4/image.jpg",
    "media/c2/m1/r5/image.jpg",
    "media/p1/p1/r6/image.jpg",
    "media/__pusat__/p1/r8/image.jpg",
    "media/c1/m1/r7",
    "media/c1/m1",
    "media/m1",
    "other/c1/m1/r1/image.jpg",
    "image.jpg",
];

struct Bucket {
    http: Client,
    url: String,
    name: String,
}

impl Bucket {
    /// A bucket of its own, with the files in it.
    async fn with_files() -> Self {
        let bucket = Self {
            http: Client::new(),
            url: format!("http://{}", setting("FIREBASE_STORAGE_EMULATOR_HOST")),
            name: format!("demo-policy-{}.appspot.com", uuid::Uuid::new_v4().simple()),
        };
        for file in FILES {
            let url = format!("{}/upload/storage/v1/b/{}/o", bucket.url, bucket.name);
            let answer = bucket
                .http
                .post(url)
                .query(&[("uploadType", "media"), ("name", file)])
                .bearer_auth("owner")
                .header("content-type", "text/plain")
                .body(*file)
                .send()
                .await
                .unwrap();
            assert_eq!(answer.status(), 200, "{file}");
        }
        bucket
    }

    fn request(&self, person: &Person, method: Method, file: &str) -> RequestBuilder {
        let mut url = reqwest::Url::parse(&format!("{}/v0/b/{}/o", self.url, self.name)).unwrap();
        if !file.is_empty() {
            // As one segment: the slashes of a name are escaped.
            url.path_segments_mut().unwrap().push(file);
        }
        let request = self.http.request(method, url);
        match &person.claims {
            None => request,
            Some(claims) => {
                let token = token(person.uid, claims);
                request.header("authorization", format!("Firebase {token}"))
            }
        }
    }

    async fn status(&self, request: RequestBuilder) -> u16 {
        request.send().await.unwrap().status().as_u16()
    }
}

fn token(uid: &str, custom: &Json) -> String {
    let mut claims = json!({
        "iss": "https://securetoken.google.com/demo-policy",
        "aud": "demo-policy",
        "sub": uid,
        "user_id": uid,
        "iat": 1_790_000_000,
        "exp": 4_000_000_000_u32,
        "firebase": {"identities": {}, "sign_in_provider": "password"},
    });
    let all = claims.as_object_mut().unwrap();
    all.extend(custom.as_object().unwrap().clone());
    unsigned_token(&claims)
}

/// Everybody at every file; the owner, the superiors and the neighbours are among them.
#[tokio::test]
async fn media_are_read_by_their_owner_and_its_superiors_alone() {
    let bucket = Bucket::with_files().await;
    let enforcer = Enforcer::standing();
    let mut read = 0;
    for person in people() {
        for file in FILES {
            let request = bucket.request(&person, Method::GET, file);
            let answer = request.query(&[("alt", "media")]).send().await.unwrap();
            let allowed = enforcer.allows_file(&person.actor(person.uid), file);
            let status = if allowed { 200 } else { 403 };
            let who = format!("{} {:?} {file}", person.uid, person.claims);
            assert_eq!(answer.status(), status, "{who}");
            if allowed {
                assert_eq!(answer.text().await.unwrap(), *file, "{who}");
                read += 1;
            }
        }
    }
    // Not only refusals: PUSAT's eight files twice over are the least.
    assert!(read > 16, "{read}");
}

#[tokio::test]
async fn nobody_writes_media() {
    let bucket = Bucket::with_files().await;
    for person in people() {
        for file in [
            "media/c1/m1/r1/image.jpg",
            "media/c1/m1/r1/new.jpg",
            "new.jpg",
        ] {
            let upload = bucket
                .request(&person, Method::POST, "")
                .query(&[("name", file), ("uploadType", "media")])
                .header("content-type", "text/plain")
                .body("mine");
            assert_eq!(
                bucket.status(upload).await,
                403,
                "{} {:?} uploads {file}",
                person.uid,
                person.claims
            );
        }
        let file = FILES[0];
        let deletion = bucket.request(&person, Method::DELETE, file);
        assert_eq!(
            bucket.status(deletion).await,
            403,
            "{} {:?} deletes",
            person.uid,
            person.claims
        );
        let change = bucket
            .request(&person, Method::PATCH, file)
            .json(&json!({"metadata": {"a": "b"}}));
        assert_eq!(
            bucket.status(change).await,
            403,
            "{} {:?} changes",
            person.uid,
            person.claims
        );
    }
    let pusat = &people()[0];
    let request = bucket
        .request(pusat, Method::GET, FILES[0])
        .query(&[("alt", "media")]);
    let text = request.send().await.unwrap().text().await.unwrap();
    assert_eq!(text, FILES[0], "the file is as it was");
}
