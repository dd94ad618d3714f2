//! Documents over Firestore's REST interface: as the emulator's owner, whom no rule binds, or as a person.

use std::sync::LazyLock;

use base64::Engine as _;
use serde_json::{Map, Value, json};

use super::setting;

/// One client for all tests: making one reads the machine's certificates, which takes longer than most requests. It keeps
/// no connection, since each belongs to the runtime of one test.
fn http() -> &'static reqwest::Client {
    static HTTP: LazyLock<reqwest::Client> = LazyLock::new(|| {
        let client = reqwest::Client::builder().pool_max_idle_per_host(0);
        client.build().unwrap()
    });
    &HTTP
}

fn url(project: &str, path: &str) -> String {
    format!(
        "http://{}/v1/projects/{project}/databases/(default)/documents/{path}",
        setting("FIRESTORE_EMULATOR_HOST")
    )
}

/// Puts a document in the place of whatever stands there, as the owner.
pub(crate) async fn put(project: &str, path: &str, document: Value) {
    let status = put_as("owner", project, path, document).await;
    assert_eq!(status, 200, "{path}");
}

/// Puts a document as whoever a token names; the HTTP status says whether the rules let it.
pub(crate) async fn put_as(token: &str, project: &str, path: &str, document: Value) -> u16 {
    patch_as(token, project, path, document, &[]).await
}

/// Writes the named fields alone, as whoever a token names.
pub(crate) async fn patch_as(
    token: &str,
    project: &str,
    path: &str,
    document: Value,
    fields: &[&str],
) -> u16 {
    let mask: Vec<_> = fields
        .iter()
        .map(|&field| ("updateMask.fieldPaths", field))
        .collect();
    let response = http()
        .patch(url(project, path))
        .query(&mask)
        .bearer_auth(token)
        .json(&json!({ "fields": fields_of(&document) }))
        .send()
        .await
        .unwrap();
    response.status().as_u16()
}

/// Reads a document as the owner.
pub(crate) async fn get(project: &str, path: &str) -> Option<Value> {
    let response = http()
        .get(url(project, path))
        .bearer_auth("owner")
        .send()
        .await
        .unwrap();
    if response.status() == 404 {
        return None;
    }
    let document: Value = response.json().await.unwrap();
    Some(plain_fields(&document["fields"]))
}

/// Deletes a document as the owner.
pub(crate) async fn delete(project: &str, path: &str) {
    let response = http()
        .delete(url(project, path))
        .bearer_auth("owner")
        .send()
        .await
        .unwrap();
    assert!(response.status().is_success(), "{response:?}");
}

/// Every document of a collection with its id, as the owner, up to 10,000.
pub(crate) async fn list(project: &str, collection: &str) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    let mut page = String::new();
    loop {
        let response: Value = http()
            .get(url(project, collection))
            .query(&[("pageSize", "1000"), ("pageToken", &page)])
            .bearer_auth("owner")
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        for document in response["documents"].as_array().into_iter().flatten() {
            let name = document["name"].as_str().unwrap();
            let id = name.rsplit('/').next().unwrap().to_owned();
            found.push((id, plain_fields(&document["fields"])));
        }
        match response["nextPageToken"].as_str() {
            Some(next) if found.len() < 10_000 => next.clone_into(&mut page),
            _ => return found,
        }
    }
}

/// A query as a frontend makes it: the newest so many of a collection whose fields equal these texts.
pub(crate) fn newest(collection: &str, equal: &[(&str, &str)], by: &str, limit: usize) -> Value {
    let filters: Vec<Value> = equal
        .iter()
        .map(|(field, value)| {
            json!({ "fieldFilter": { "field": { "fieldPath": field }, "op": "EQUAL", "value": { "stringValue": value } } })
        })
        .collect();
    json!({
        "from": [{ "collectionId": collection }],
        "where": { "compositeFilter": { "op": "AND", "filters": filters } },
        "orderBy": [{ "field": { "fieldPath": by }, "direction": "DESCENDING" }],
        "limit": limit,
    })
}

/// What a query finds for whoever a token names.
pub(crate) async fn query_as(token: &str, project: &str, query: &Value) -> Vec<Value> {
    let answer = http()
        .post(format!(
            "{}:runQuery",
            url(project, "").trim_end_matches('/')
        ))
        .bearer_auth(token)
        .json(&json!({ "structuredQuery": query }))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    let rows: Vec<Value> = answer.json().await.unwrap();
    let found = rows.iter().filter(|row| row["document"].is_object());
    found
        .map(|row| plain_fields(&row["document"]["fields"]))
        .collect()
}

/// Every document of a project, those of sub-collections too, by its path.
pub(crate) async fn everything(project: &str) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    let mut parents = vec![String::new()];
    while let Some(parent) = parents.pop() {
        let response: Value = http()
            .post(format!(
                "{}:listCollectionIds",
                url(project, &parent).trim_end_matches('/')
            ))
            .bearer_auth("owner")
            .json(&json!({ "pageSize": 1_000 }))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        for collection in response["collectionIds"].as_array().into_iter().flatten() {
            let collection = format!("{parent}{}", collection.as_str().unwrap());
            for (id, document) in list(project, &collection).await {
                parents.push(format!("{collection}/{id}/"));
                found.push((format!("{collection}/{id}"), document));
            }
        }
    }
    found
}

/// An ID token as the Auth emulator makes them: unsigned.
pub(crate) fn unsigned_token(claims: &Value) -> String {
    let part =
        |value: &Value| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value.to_string());
    format!(
        "{}.{}.",
        part(&json!({ "alg": "none", "typ": "JWT" })),
        part(claims)
    )
}

/// A string that stands for a timestamp: `{"$time": "2026-…"}` in a document of a test.
fn value_of(value: &Value) -> Value {
    match value {
        Value::Null => json!({ "nullValue": null }),
        Value::Bool(flag) => json!({ "booleanValue": flag }),
        Value::Number(number) => match number.as_i64() {
            Some(integer) => json!({ "integerValue": integer.to_string() }),
            None => json!({ "doubleValue": number }),
        },
        Value::String(text) => json!({ "stringValue": text }),
        Value::Array(items) => {
            json!({ "arrayValue": { "values": items.iter().map(value_of).collect::<Vec<_>>() } })
        }
        Value::Object(map) => match map.get("$time") {
            Some(time) => json!({ "timestampValue": time }),
            None => json!({ "mapValue": { "fields": fields_of(value) } }),
        },
    }
}

fn fields_of(document: &Value) -> Map<String, Value> {
    document
        .as_object()
        .unwrap()
        .iter()
        .map(|(key, value)| (key.clone(), value_of(value)))
        .collect()
}

fn plain_fields(fields: &Value) -> Value {
    fields
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.clone(), plain(value)))
        .collect::<Map<_, _>>()
        .into()
}

/// Timestamps become `{"$time": …}`, so that what was read can be put back.
fn plain(value: &Value) -> Value {
    let (kind, inner) = value.as_object().unwrap().iter().next().unwrap();
    match kind.as_str() {
        "nullValue" => Value::Null,
        "integerValue" => json!(inner.as_str().unwrap().parse::<i64>().unwrap()),
        "timestampValue" => json!({ "$time": inner }),
        "mapValue" => plain_fields(&inner["fields"]),
        "arrayValue" => inner["values"]
            .as_array()
            .into_iter()
            .flatten()
            .map(plain)
            .collect(),
        _ => inner.clone(),
    }
}
