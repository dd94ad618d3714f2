//! The Firestore emulator as a judge: rules in, documents in, questions in, yes or no out.

use std::collections::BTreeMap;

use base64::Engine as _;
use futures::{StreamExt as _, stream};
use leadgen_pro::policy::direct::{Fields, Value};
use serde_json::{Map, Value as Json, json};

use super::case::{Ask, Case, Filter};
use super::documents::NOW;
use super::people::{Person, people, population};
use crate::support::documents::unsigned_token;
use crate::support::setting;

/// Questions under way at a time.
const PARALLEL: usize = 24;
/// Documents of one commit.
const BATCH: usize = 400;
/// Cases of one project, so that none grows without end.
const CASES_PER_PROJECT: usize = 4_000;

/// The rules as committed.
pub(super) const RULES: &str = include_str!("../../../firestore.rules");

const NO_RULES: &str = "rules_version = '2';
service cloud.firestore { match /{document=**} { allow read, write: if false; } }";

/// A project of its own under some rules.
pub(super) struct Project {
    http: reqwest::Client,
    host: String,
    id: String,
    people: Vec<Person>,
}

impl Project {
    /// A new project that holds the population.
    pub(super) async fn under(rules: &str) -> Self {
        let project = Self {
            http: reqwest::Client::new(),
            host: setting("FIRESTORE_EMULATOR_HOST"),
            id: format!("demo-policy-{}", uuid::Uuid::new_v4().simple()),
            people: people(),
        };
        project.put_rules(rules).await;
        project.store(population().iter().collect()).await;
        project
    }

    async fn put_rules(&self, rules: &str) {
        let answer = self
            .http
            .put(self.emulator("securityRules"))
            .json(&json!({"rules": {"files": [{"name": "firestore.rules", "content": rules}]}}))
            .send()
            .await
            .unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{status} {text}");
    }

    fn emulator(&self, what: &str) -> String {
        format!(
            "http://{}/emulator/v1/projects/{}:{what}",
            self.host, self.id
        )
    }

    fn documents(&self) -> String {
        format!(
            "http://{}/v1/projects/{}/databases/(default)/documents",
            self.host, self.id
        )
    }

    fn name(&self, path: &str) -> String {
        format!("projects/{}/databases/(default)/documents/{path}", self.id)
    }

    /// Puts documents, as the owner, whom no rule binds.
    pub(super) async fn store(&self, documents: Vec<(&String, &Fields)>) {
        for batch in documents.chunks(BATCH) {
            let writes: Vec<_> = batch
                .iter()
                .map(|(path, fields)| {
                    json!({"update": {"name": self.name(path), "fields": fields_json(fields)}})
                })
                .collect();
            let answer = self
                .http
                .post(format!("{}:commit", self.documents()))
                .bearer_auth("owner")
                .json(&json!({ "writes": writes }))
                .send()
                .await
                .unwrap();
            let status = answer.status();
            assert!(
                status.is_success(),
                "{status} {}",
                answer.text().await.unwrap()
            );
        }
    }

    /// Asks every case, and says of each whether the rules let it.
    pub(super) async fn ask(&self, cases: &[Case]) -> Vec<bool> {
        let stored = cases
            .iter()
            .filter_map(|case| Some((&case.path, case.stored.as_ref()?)));
        self.store(stored.collect()).await;
        stream::iter(cases)
            .map(|case| self.ask_one(case))
            .buffered(PARALLEL)
            .collect()
            .await
    }

    async fn ask_one(&self, case: &Case) -> bool {
        let documents = self.documents();
        let request = match &case.ask {
            Ask::Get => self.http.get(format!("{documents}/{}", case.path)),
            Ask::List(filters) => {
                let (parent, collection) = match case.path.rsplit_once('/') {
                    Some((parent, collection)) => (format!("/{parent}"), collection),
                    None => (String::new(), case.path.as_str()),
                };
                self.http
                    .post(format!("{documents}{parent}:runQuery"))
                    .json(&json!({ "structuredQuery": query_json(collection, filters) }))
            }
            Ask::Set(after) => {
                let mut transforms = Vec::new();
                let fields = without_now(after, "", &mut transforms);
                let update = json!({"name": self.name(&case.path), "fields": fields_json(&fields)});
                let transforms: Vec<_> = transforms
                    .iter()
                    .map(|path| json!({"fieldPath": path, "setToServerValue": "REQUEST_TIME"}))
                    .collect();
                let mut write = json!({"update": update, "updateTransforms": transforms});
                // As updateDoc() and a created document say it; some writes go blindly, as setDoc() does.
                if !case.path.len().is_multiple_of(4) {
                    write["currentDocument"] = json!({"exists": case.stored.is_some()});
                }
                self.commit(&write)
            }
            Ask::Delete => self.commit(&json!({"delete": self.name(&case.path)})),
        };
        let person = &self.people[case.person];
        let request = match &person.claims {
            None => request,
            Some(claims) => request.bearer_auth(self.token(case.uid(&self.people), claims)),
        };
        let answer = request.send().await.unwrap();
        match answer.status().as_u16() {
            200 | 404 => true,
            403 => false,
            status => panic!(
                "{status} {}\n{}",
                answer.text().await.unwrap(),
                case.describe(&self.people)
            ),
        }
    }

    /// Runs a query as somebody: the documents found, or `None` when the rules refuse it.
    pub(super) async fn query(&self, token: Option<&str>, query: &Json) -> Option<Vec<String>> {
        self.query_at(&self.documents(), token, query).await
    }

    /// The same in a collection below a document.
    pub(super) async fn query_below(
        &self,
        path: &str,
        token: Option<&str>,
        query: &Json,
    ) -> Option<Vec<String>> {
        let parent = format!("{}/{path}", self.documents());
        self.query_at(&parent, token, query).await
    }

    async fn query_at(
        &self,
        parent: &str,
        token: Option<&str>,
        query: &Json,
    ) -> Option<Vec<String>> {
        let request = self
            .http
            .post(format!("{parent}:runQuery"))
            .json(&json!({ "structuredQuery": query }));
        let request = match token {
            None => request,
            Some(token) => request.bearer_auth(token),
        };
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let body: Json = answer.json().await.unwrap();
        match status {
            200 => {
                let names = body.as_array().unwrap().iter();
                let names = names.filter_map(|row| row["document"]["name"].as_str());
                let id = |name: &str| name.rsplit('/').next().unwrap().to_owned();
                Some(names.map(id).collect())
            }
            403 => None,
            _ => panic!("{status} {body}"),
        }
    }

    fn commit(&self, write: &Json) -> reqwest::RequestBuilder {
        self.http
            .post(format!("{}:commit", self.documents()))
            .json(&json!({ "writes": [write] }))
    }

    /// An ID token of this project.
    pub(super) fn token(&self, uid: &str, custom: &Json) -> String {
        let mut claims = json!({
            "iss": format!("https://securetoken.google.com/{}", self.id),
            "aud": self.id,
            "sub": uid,
            "user_id": uid,
            "iat": 1_790_000_000,
            "exp": 4_000_000_000_u32,
            "firebase": {"identities": {}, "sign_in_provider": "password"},
        });
        claims
            .as_object_mut()
            .unwrap()
            .extend(custom.as_object().unwrap().clone());
        unsigned_token(&claims)
    }

    /// The emulator's report on which expressions of the rules were reached.
    pub(super) async fn coverage<T: serde::de::DeserializeOwned>(&self) -> T {
        let answer = self
            .http
            .get(self.emulator("ruleCoverage"))
            .send()
            .await
            .unwrap();
        answer.json().await.unwrap()
    }

    /// Gives the emulator its memory back: the documents, and its record of every evaluation, which new rules drop.
    pub(super) async fn clear(&self) {
        self.put_rules(NO_RULES).await;
        self.clear_documents().await;
    }

    /// Takes away every document, the population included.
    pub(super) async fn clear_documents(&self) {
        let path = format!(
            "http://{}/emulator/v1/projects/{}/databases/(default)/documents",
            self.host, self.id
        );
        let answer = self
            .http
            .delete(path)
            .bearer_auth("owner")
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
    }
}

/// Asks every case under these rules. Lists go to a project of their own: the emulator reads a whole collection for
/// each, whatever the rules say then, so their collections stay small.
pub(super) async fn ask_all(rules: &str, cases: &[Case]) -> Vec<bool> {
    let is_list = |case: &Case| matches!(case.ask, Ask::List(_));
    let mut answers = BTreeMap::new();
    for lists in [true, false] {
        let numbers: Vec<usize> = (0..cases.len())
            .filter(|&number| is_list(&cases[number]) == lists)
            .collect();
        for chunk in numbers.chunks(CASES_PER_PROJECT) {
            let asked: Vec<Case> = chunk.iter().map(|&number| cases[number].clone()).collect();
            let project = Project::under(rules).await;
            answers.extend(chunk.iter().copied().zip(project.ask(&asked).await));
            project.clear().await;
        }
    }
    answers.into_values().collect()
}

fn query_json(collection: &str, filters: &[Filter]) -> Json {
    let filters: Vec<_> = filters
        .iter()
        .map(|filter| {
            let (field, operator, value) = match filter {
                Filter::Equal(field, value) => (field, "EQUAL", value_json(value)),
                Filter::In(field, values) => {
                    (field, "IN", value_json(&Value::List(values.clone())))
                }
                Filter::AtLeast(field, value) => {
                    (field, "GREATER_THAN_OR_EQUAL", value_json(value))
                }
            };
            json!({"fieldFilter": {"field": {"fieldPath": field}, "op": operator, "value": value}})
        })
        .collect();
    let mut query = json!({"from": [{"collectionId": collection}], "limit": 1});
    if !filters.is_empty() {
        query["where"] = json!({"compositeFilter": {"op": "AND", "filters": filters}});
    }
    query
}

/// The fields that are sent as such; the paths of the others, which the server fills with its time.
fn without_now(fields: &Fields, prefix: &str, transforms: &mut Vec<String>) -> Fields {
    let mut rest = Fields::new();
    for (name, value) in fields {
        let path = format!("{prefix}{name}");
        if *value == NOW {
            transforms.push(path);
        } else if let Value::Map(inner) = value {
            let inner = without_now(inner, &format!("{path}."), transforms);
            rest.insert(name.clone(), Value::Map(inner));
        } else {
            rest.insert(name.clone(), value.clone());
        }
    }
    rest
}

fn fields_json(fields: &Fields) -> Json {
    let map: Map<String, Json> = fields
        .iter()
        .map(|(name, value)| (name.clone(), value_json(value)))
        .collect();
    map.into()
}

fn value_json(value: &Value) -> Json {
    match value {
        Value::Null => json!({"nullValue": null}),
        Value::Bool(value) => json!({"booleanValue": value}),
        Value::Integer(value) => json!({"integerValue": value.to_string()}),
        Value::Double(value) => json!({"doubleValue": value}),
        Value::Text(value) => json!({"stringValue": value}),
        Value::Timestamp(micros) => {
            let moment = jiff::Timestamp::from_microsecond(*micros).unwrap();
            json!({"timestampValue": moment.to_string()})
        }
        Value::Bytes(bytes) => {
            let text = base64::engine::general_purpose::STANDARD.encode(bytes);
            json!({"bytesValue": text})
        }
        Value::Reference(path) => {
            json!({"referenceValue": format!("projects/p/databases/(default)/documents/{path}")})
        }
        Value::GeoPoint(latitude, longitude) => {
            json!({"geoPointValue": {"latitude": latitude, "longitude": longitude}})
        }
        Value::List(values) => {
            let values: Vec<_> = values.iter().map(value_json).collect();
            json!({"arrayValue": {"values": values}})
        }
        Value::Map(fields) => json!({"mapValue": {"fields": fields_json(fields)}}),
    }
}
