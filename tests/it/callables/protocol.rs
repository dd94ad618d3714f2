//! Requests that are no callable requests, and those that easily get lost.

use std::io::Write as _;

use leadgen_pro::error::Code;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::lab::Lab;
use crate::support::{App, documents::unsigned_token};

fn bad_request() -> Value {
    json!({ "error": { "message": "Bad Request", "status": "INVALID_ARGUMENT" } })
}

async fn answer(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (status, response.json().await.unwrap())
}

#[tokio::test]
async fn what_is_no_callable_request_is_refused_as_such() {
    let lab = Lab::start(&[]).await;
    let json_type = "application/json";
    for (content_type, body) in [
        (Some(json_type), ""),
        (Some(json_type), "{}"),
        (Some(json_type), "[]"),
        (Some(json_type), r#"[{"data":1}]"#),
        (Some(json_type), "1"),
        (Some(json_type), "null"),
        (Some(json_type), r#""data""#),
        (Some(json_type), r#"{"data":1,"x":2}"#),
        (Some(json_type), r#"{"data":1,"__proto__":2}"#),
        (Some(json_type), r#"{"data":1,"":2}"#),
        (Some(json_type), r#"{"data":1"#),
        (None, r#"{"data":1}"#),
        (Some("text/json"), r#"{"data":1}"#),
        (Some("application/cloudevents+json"), r#"{"data":1}"#),
        (Some("application/x-www-form-urlencoded"), "data=1"),
    ] {
        let mut request = lab.post("echo").body(body);
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        assert_eq!(
            answer(request).await,
            (400, bad_request()),
            "{content_type:?} {body}"
        );
    }
}

#[tokio::test]
async fn every_method_but_post_is_a_bad_request() {
    let lab = Lab::start(&[]).await;
    for method in [Method::GET, Method::PUT, Method::PATCH, Method::DELETE] {
        let request = lab
            .app
            .http
            .request(method.clone(), format!("{}/echo", lab.url))
            .json(&json!({ "data": 1 }));
        assert_eq!(answer(request).await, (400, bad_request()), "{method}");
    }
    let head = lab.app.http.head(format!("{}/echo", lab.url));
    assert_eq!(head.send().await.unwrap().status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn parameters_of_the_content_type_do_not_count() {
    let lab = Lab::start(&[]).await;
    for content_type in [
        "application/json",
        "Application/JSON ; charset=latin1",
        " application/json;x",
    ] {
        let request = lab
            .post("echo")
            .header("content-type", content_type)
            .body(r#"{"data":null}"#);
        assert_eq!(
            answer(request).await,
            (200, json!({ "result": null })),
            "{content_type}"
        );
    }
}

#[tokio::test]
async fn a_malformed_request_is_400_even_with_a_bad_token() {
    let lab = Lab::start(&[]).await;
    let url = format!("{}/echo", lab.url);
    let bad = lab.app.http.post(&url).bearer_auth("x.y.z");
    let malformed = bad.try_clone().unwrap().json(&json!({}));
    assert_eq!(answer(malformed).await, (400, bad_request()));
    let unauthenticated =
        json!({ "error": { "message": "Unauthenticated", "status": "UNAUTHENTICATED" } });
    assert_eq!(
        answer(bad.json(&json!({ "data": 1 }))).await,
        (401, unauthenticated)
    );
}

#[tokio::test]
async fn compressed_bodies_are_read() {
    let lab = Lab::start(&[]).await;
    let body = br#"{"data":{"a":[1,2,3]}}"#;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(body).unwrap();
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    zlib.write_all(body).unwrap();
    let json = |encoding: &str, bytes: Vec<u8>| {
        lab.post("echo")
            .header("content-type", "application/json")
            .header("content-encoding", encoding)
            .body(bytes)
    };
    let good = (200, json!({ "result": { "a": [1, 2, 3] } }));
    let gzip = gzip.finish().unwrap();
    assert_eq!(answer(json("gzip", gzip.clone())).await, good);
    assert_eq!(answer(json("deflate", zlib.finish().unwrap())).await, good);
    assert_eq!(answer(json("identity", body.to_vec())).await, good);
    let bad = (400, bad_request());
    assert_eq!(answer(json("br", gzip.clone())).await, bad);
    assert_eq!(answer(json("gzip", body.to_vec())).await, bad);
    assert_eq!(
        answer(json("gzip", gzip[..gzip.len() / 2].to_vec())).await,
        bad
    );
}

#[tokio::test]
async fn bodies_go_to_ten_mebibytes_and_are_cleanly_refused_beyond() {
    let lab = Lab::start(&[]).await;
    let limit = 10 << 20;
    let body = |bytes: usize| {
        let frame = r#"{"data":""}"#.len();
        lab.post("echo")
            .header("content-type", "application/json")
            .body(format!(r#"{{"data":"{}"}}"#, "a".repeat(bytes - frame)))
    };
    assert_eq!(body(limit).send().await.unwrap().status(), 200);
    for bytes in [limit + 1, 3 * limit] {
        let (status, refusal) = answer(body(bytes)).await;
        assert_eq!(status, 413, "{refusal}");
        assert_eq!(refusal["error"]["status"], "INVALID_ARGUMENT");
        assert_eq!(refusal["error"]["details"]["reason"], "BODY_TOO_LARGE");
    }
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    bomb.write_all(&vec![b' '; 10 * limit]).unwrap();
    let request = lab
        .post("echo")
        .header("content-type", "application/json")
        .header("content-encoding", "gzip")
        .body(bomb.finish().unwrap());
    assert_eq!(answer(request).await.0, 413);
}

#[tokio::test]
async fn text_that_javascript_would_take_is_taken() {
    let lab = Lab::start(&[]).await;
    let send = |body: Vec<u8>| {
        lab.post("echo")
            .header("content-type", "application/json")
            .body(body)
    };
    let half_an_emoji = br#"{"data":"\ud83d!"}"#.to_vec();
    let invalid_utf8 = b"{\"data\":\"\xff!\"}".to_vec();
    for body in [half_an_emoji, invalid_utf8] {
        assert_eq!(
            answer(send(body)).await,
            (200, json!({ "result": "\u{fffd}!" }))
        );
    }
    let wrapped = br#"{"data":{"@type":"type.googleapis.com/google.protobuf.Int64Value","value":"9007199254740993"}}"#;
    assert_eq!(
        answer(send(wrapped.to_vec())).await,
        (200, json!({ "result": 9_007_199_254_740_993_u64 }))
    );
    let foreign = br#"{"data":{"@type":"type.googleapis.com/google.protobuf.Any","value":"1"}}"#;
    let (status, refusal) = answer(send(foreign.to_vec())).await;
    assert_eq!(
        (status, &refusal["error"]["details"]["field"]),
        (400, &json!("@type"))
    );
    let deep = format!(r#"{{"data":{}{}}}"#, "[".repeat(20_000), "]".repeat(20_000));
    assert_eq!(answer(send(deep.into_bytes())).await, (400, bad_request()));
}

#[tokio::test]
async fn a_field_that_does_not_fit_is_named() {
    let lab = Lab::start(&[]).await;
    for (data, field) in [
        (json!({}), "name"),
        (json!({ "name": 5 }), "name"),
        (json!({ "name": "x", "nmae": 1 }), "nmae"),
        (json!({ "name": "x", "inner": {} }), "inner.count"),
        (
            json!({ "name": "x", "inner": { "count": 300 } }),
            "inner.count",
        ),
        (
            json!({ "name": "x", "inner": { "count": 3, "lead": "a/b" } }),
            "inner.lead",
        ),
        (
            json!({ "name": "x", "inner": { "count": 3, "lad": 1 } }),
            "inner.lad",
        ),
        (json!({ "name": "x", "inner": 1 }), "inner"),
        (json!(null), "data"),
        (json!("text"), "data"),
    ] {
        let (status, refusal) = answer(lab.post("shape").json(&json!({ "data": data }))).await;
        assert_eq!(status, 400, "{refusal}");
        let error = &refusal["error"];
        assert_eq!(error["status"], "INVALID_ARGUMENT", "{refusal}");
        assert_eq!(error["details"]["field"], field, "{refusal}");
        assert_eq!(error["details"]["reason"], "INVALID_FIELD", "{refusal}");
    }
}

#[tokio::test]
async fn a_refusal_is_worded_in_the_callers_language() {
    let lab = Lab::start(&[]).await;
    for (language, message) in [
        ("id-ID,id;q=0.9,en;q=0.8", "Disengaja."),
        ("en-US,en;q=0.9", "On purpose."),
        ("fr", "Disengaja."),
    ] {
        let request = lab
            .post("fail")
            .header("accept-language", language)
            .json(&json!({ "data": { "code": "ABORTED" } }));
        let response = request.send().await.unwrap();
        let id = response.headers()["x-request-id"]
            .to_str()
            .unwrap()
            .to_owned();
        let refusal: Value = response.json().await.unwrap();
        let details =
            json!({ "extra": 7, "message": message, "reason": "TOO_FAST", "requestId": id });
        let error = json!({ "details": details, "message": "On purpose.", "status": "ABORTED" });
        assert_eq!(refusal, json!({ "error": error }), "{language}");
    }
}

#[tokio::test]
async fn every_code_has_its_http_status() {
    let lab = Lab::start(&[]).await;
    for code in Code::ALL {
        let (name, status) = code.wire();
        let request = lab.post("fail").json(&json!({ "data": { "code": name } }));
        let (answered, refusal) = answer(request).await;
        assert_eq!(
            (answered, &refusal["error"]["status"]),
            (status, &json!(name))
        );
    }
    let internal = json!({ "error": { "message": "INTERNAL", "status": "INTERNAL" } });
    let panicked = answer(lab.post("panic").json(&json!({ "data": 1 }))).await;
    assert_eq!(panicked, (500, internal));
}

#[tokio::test]
async fn a_page_may_read_every_answer() {
    let lab = Lab::start(&[]).await;
    let origin = "https://app.example.id";
    let preflight = lab
        .app
        .http
        .request(Method::OPTIONS, format!("{}/echo", lab.url))
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header(
            "access-control-request-headers",
            "authorization,content-type",
        )
        .send()
        .await
        .unwrap();
    assert_eq!(preflight.status(), 204);
    let header = |response: &reqwest::Response, name: &str| {
        response
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap().to_owned())
    };
    for (name, value) in [
        ("access-control-allow-origin", origin),
        ("access-control-allow-methods", "POST"),
        ("access-control-allow-headers", "authorization,content-type"),
        ("vary", "Origin, Access-Control-Request-Headers"),
    ] {
        assert_eq!(header(&preflight, name).as_deref(), Some(value), "{name}");
    }
    assert_eq!(header(&preflight, "access-control-max-age"), None);
    assert_eq!(header(&preflight, "access-control-allow-credentials"), None);
    for (name, data) in [
        ("echo", json!({ "data": 1 })),
        ("echo", json!({})),
        ("fail", json!({ "data": { "code": "NOT_FOUND" } })),
        ("panic", json!({ "data": 1 })),
        ("nowhere", json!({ "data": 1 })),
    ] {
        let request = lab.post(name).header("origin", origin).json(&data);
        let response = request.send().await.unwrap();
        assert_eq!(
            header(&response, "access-control-allow-origin").as_deref(),
            Some(origin),
            "{name}"
        );
        assert_eq!(
            header(&response, "vary").as_deref(),
            Some("Origin"),
            "{name}"
        );
    }
}

#[tokio::test]
async fn only_listed_origins_may_read_where_there_is_a_list() {
    let lab = Lab::start(&[("CORS_ORIGINS", "https://a.id, https://b.id")]).await;
    for (origin, allowed) in [
        ("https://b.id", Some("https://b.id")),
        ("https://c.id", None),
    ] {
        let request = lab.post("echo").header("origin", origin);
        let response = request.json(&json!({ "data": 1 })).send().await.unwrap();
        let header = response.headers().get("access-control-allow-origin");
        assert_eq!(header.map(|value| value.to_str().unwrap()), allowed);
    }
}

#[tokio::test]
async fn callables_answer_where_the_emulator_suite_looks_for_them() {
    let app = App::start().await;
    let person = app.stranger("p1", "PUSAT", None);
    let name = format!("{}/asia-southeast2/whoami", app.project);
    let who = app.call(&person, &name, Value::Null).await.result();
    assert_eq!((&who["uid"], &who["role"]), (&json!("p1"), &json!("PUSAT")));
    let nowhere = app
        .call(&person, "demo/us-central1/nowhere", json!(1))
        .await;
    assert_eq!(
        (nowhere.status, nowhere.code().as_str()),
        (404, "NOT_FOUND")
    );
}

#[tokio::test]
async fn tokens_that_are_not_for_us_sign_nobody_in() {
    let app = App::start().await;
    let now = app.state.clock.now().as_second();
    let issuer = format!("https://securetoken.google.com/{}", app.project);
    let good = json!({ "iss": issuer, "aud": app.project, "sub": "u", "iat": now - 9, "auth_time": now - 9, "exp": now + 60, "role": "PUSAT" });
    let with = |claim: &str, value: Value| {
        let mut claims = good.clone();
        claims[claim] = value;
        unsigned_token(&claims)
    };
    let body = || json!({ "data": null });
    let good = unsigned_token(&good);
    assert_eq!(
        app.call_with(Some(&good), "whoami", body()).await.status,
        200
    );
    for token in [
        with("aud", json!("demo-other")),
        with("aud", json!([app.project])),
        with("iss", json!("https://securetoken.google.com/demo-other")),
        with("exp", json!(now - 1)),
        with("sub", json!("")),
        with("sub", json!("a/b")),
        format!("{good}c2ln"),
        "none".to_owned(),
    ] {
        let answer = app.call_with(Some(&token), "whoami", body()).await;
        let bare =
            json!({ "error": { "message": "Unauthenticated", "status": "UNAUTHENTICATED" } });
        assert_eq!((answer.status, answer.body), (401, bare), "{token}");
    }
    let missing = app.call_with(None, "whoami", body()).await;
    assert_eq!(missing.refusal().1, "SIGN_IN_REQUIRED");
    let basic = app.http.post(format!("{}/whoami", app.url));
    let basic = basic.header("authorization", format!("Basic {good}"));
    assert_eq!(answer(basic.json(&body())).await.0, 401);
}
