//! Who asks in these tests, and the documents that stand in every project of theirs.
//!
//! Branches `c1` and `c2`, neighbours. `m1` and `m2` are partners of `c1`, `n1` of `c2`. Beside them stand all the
//! tokens that should open nothing.

use std::collections::BTreeMap;

use leadgen_pro::ids::Uid;
use leadgen_pro::policy::direct::{Fields, Value};
use leadgen_pro::policy::{Actor, Scope};
use serde_json::{Value as Json, json};

use super::documents::{COLLECTIONS, PLACES, fields, placed};

/// Somebody with an ID token, or nobody.
pub(super) struct Person {
    /// The uid, unless a case gives it another one.
    pub(super) uid: &'static str,
    /// The custom claims; `None` for nobody signed in.
    pub(super) claims: Option<Json>,
}

impl Person {
    /// Who this is to the policy, under this uid.
    pub(super) fn actor(&self, uid: &str) -> Actor {
        let Some(claims) = &self.claims else {
            return Actor::Anonymous;
        };
        // A claim that is there but is not text must not count as absent.
        let claim = |name: &str| match claims.get(name) {
            None | Some(Json::Null) => None,
            Some(value) => Some(value.as_str().unwrap_or_default()),
        };
        let uid = Uid::parse(uid).unwrap();
        let scope = Scope::from_claims(&uid, claim("role"), claim("branchId"));
        Actor::User { uid, scope }
    }
}

fn person(uid: &'static str, claims: Json) -> Person {
    Person {
        uid,
        claims: Some(claims),
    }
}

/// Everybody. Those who can do something come first.
pub(super) fn people() -> Vec<Person> {
    vec![
        person("p1", json!({"role": "PUSAT"})),
        person("p2", json!({"role": "PUSAT", "branchId": "c2"})),
        person("c1", json!({"role": "CABANG"})),
        person("c1", json!({"role": "CABANG", "branchId": null})),
        person("c1b", json!({"role": "CABANG", "branchId": "c1"})),
        person("c2", json!({"role": "CABANG", "branchId": "c2"})),
        person("m1", json!({"role": "MITRA", "branchId": "c1"})),
        person("m2", json!({"role": "MITRA", "branchId": "c1"})),
        person("n1", json!({"role": "MITRA", "branchId": "c2"})),
        // Has moved: its documents of before still carry the old branch.
        person("m1", json!({"role": "MITRA", "branchId": "c2"})),
        person("m1", json!({"role": "MITRA", "branchId": "🕋".repeat(128)})),
        person("m1", json!({"role": "MITRA"})),
        person("m1", json!({"role": "MITRA", "branchId": ""})),
        person("m1", json!({"role": "MITRA", "branchId": "c1/x"})),
        person("m1", json!({"role": "MITRA", "branchId": ".."})),
        person("m1", json!({"role": "MITRA", "branchId": "___"})),
        person("m1", json!({"role": "MITRA", "branchId": "__c1__"})),
        person("m1", json!({"role": "MITRA", "branchId": "c1\u{85}"})),
        person("m1", json!({"role": "MITRA", "branchId": "c".repeat(129)})),
        person("m1", json!({"role": "mitra", "branchId": "c1"})),
        person("m1", json!({"branchId": "c1"})),
        person("m1", json!({})),
        person("c1", json!({"role": "CABANG", "branchId": ""})),
        person("c1", json!({"role": "CABANG", "branchId": 7})),
        person("c1", json!({"role": "CABANG ", "branchId": "c1"})),
        person("p1", json!({"role": ["PUSAT"]})),
        person("p1", json!({"role": 1})),
        Person {
            uid: "nobody",
            claims: None,
        },
    ]
}

/// How many of [`people`] come with a claim that can be read.
pub(super) const PLACED_PEOPLE: usize = 11;

fn user(role: &str, branch: Option<&str>) -> Fields {
    let mut user = fields([("role", role.into()), ("displayName", "A name".into())]);
    if let Some(branch) = branch {
        user.insert("branchId".into(), branch.into());
    }
    user
}

fn disabled(value: Value) -> Fields {
    let mut user = user("MITRA", Some("c1"));
    user.insert("disabled".into(), value);
    user
}

/// Uids that have a document in `users`, and one that has none.
pub(super) const UIDS: &[&str] = &[
    "p1",
    "c1",
    "c1b",
    "c2",
    "m1",
    "m2",
    "n1",
    "disabled",
    "enabled",
    "half-disabled",
    "null-disabled",
    "no-branch",
    "no-role",
    "odd-role",
    "odd-branch",
    "ghost",
];

/// The documents that rules look up: `users`, and parents of sub-collections.
pub(super) fn population() -> BTreeMap<String, Fields> {
    let users = [
        ("p1", user("PUSAT", None)),
        ("c1", user("CABANG", Some("c1"))),
        ("c1b", user("CABANG", Some("c1"))),
        ("c2", user("CABANG", Some("c2"))),
        ("m1", user("MITRA", Some("c1"))),
        ("m2", user("MITRA", Some("c1"))),
        ("n1", user("MITRA", Some("c2"))),
        ("disabled", disabled(Value::Bool(true))),
        ("enabled", disabled(Value::Bool(false))),
        ("half-disabled", disabled("yes".into())),
        ("null-disabled", disabled(Value::Null)),
        ("no-branch", user("MITRA", None)),
        ("no-role", fields([("branchId", "c1".into())])),
        ("odd-role", user("mitra", Some("c1"))),
        ("odd-branch", user("MITRA", Some("c1/x"))),
    ];
    let mut all: BTreeMap<_, _> = users
        .into_iter()
        .map(|(uid, fields)| (format!("users/{uid}"), fields))
        .collect();
    for collection in COLLECTIONS
        .iter()
        .filter(|collection| collection.child.is_some())
    {
        for (number, place) in PLACES.iter().enumerate() {
            let path = format!("{}/parent{number}", collection.name);
            all.insert(path, placed(collection, place));
        }
    }
    all
}
