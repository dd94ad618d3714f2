//! The queries that the frontend makes: allowed where they stay in scope, refused where they do not, and each with the
//! index that production wants. The emulator needs no index and never says that one is missing.

use leadgen_pro::policy::direct::{Fields, Value};
use serde_json::{Value as Json, json};

use super::documents::{Place, named, placed};
use super::emulator::{Project, RULES};

const INDEXES: &str = include_str!("../../../firestore.indexes.json");

/// A query: equality filters, then an order, newest first with a `-`.
struct Query {
    collection: &'static str,
    equal: &'static [(&'static str, &'static str)],
    order: &'static str,
}

const fn query(
    collection: &'static str,
    equal: &'static [(&'static str, &'static str)],
    order: &'static str,
) -> Query {
    Query {
        collection,
        equal,
        order,
    }
}

impl Query {
    fn order(&self) -> (&'static str, &'static str) {
        match self.order.strip_prefix('-') {
            Some(field) => (field, "DESCENDING"),
            None => (self.order, "ASCENDING"),
        }
    }

    fn json(&self) -> Json {
        let filters: Vec<_> = self
            .equal
            .iter()
            .map(|(field, value)| {
                json!({"fieldFilter": {"field": {"fieldPath": field}, "op": "EQUAL", "value": {"stringValue": value}}})
            })
            .collect();
        let (field, direction) = self.order();
        let mut query = json!({
            "from": [{"collectionId": self.collection}],
            "orderBy": [{"field": {"fieldPath": field}, "direction": direction}],
        });
        if !filters.is_empty() {
            query["where"] = json!({"compositeFilter": {"op": "AND", "filters": filters}});
        }
        query
    }

    /// Whether an index serves it; a single field always has one of its own.
    fn is_indexed(&self, indexes: &Json) -> bool {
        let (field, direction) = self.order();
        self.equal.is_empty()
            || indexes["indexes"].as_array().unwrap().iter().any(|index| {
                let mut fields: Vec<_> = index["fields"].as_array().unwrap().iter().collect();
                let last = fields.pop().unwrap();
                index["collectionGroup"] == self.collection
                    && last["fieldPath"] == field
                    && last["order"] == direction
                    && fields.len() == self.equal.len()
                    && self
                        .equal
                        .iter()
                        .all(|(name, _)| fields.iter().any(|field| field["fieldPath"] == *name))
            })
    }
}

/// Claims of those who ask.
fn claims(who: &str) -> Json {
    match who {
        "p1" => json!({"role": "PUSAT"}),
        "c1" => json!({"role": "CABANG"}),
        "c1b" => json!({"role": "CABANG", "branchId": "c1"}),
        "m1" | "m2" => json!({"role": "MITRA", "branchId": "c1"}),
        "new" => json!({"role": "MITRA"}),
        _ => json!({}),
    }
}

/// Leads, newest last: id, branch, holder, status.
const LEADS: &[(&str, &str, &str, &str)] = &[
    ("l1", "c1", "m1", "NEW"),
    ("l2", "c1", "m2", "NEW"),
    ("l3", "c1", "c1", "LOST"),
    ("l4", "c2", "n1", "NEW"),
    ("l5", "c1", "m1", "CLOSING"),
];

const BY_BRANCH: Query = query("leads", &[("branchId", "c1")], "-createdAt");
const BY_HOLDER: Query = query("leads", &[("assignedTo", "m1")], "-createdAt");

/// Who asks what, and what comes back.
const ALLOWED: &[(&str, Query, &[&str])] = &[
    (
        "p1",
        query("leads", &[], "-createdAt"),
        &["l5", "l4", "l3", "l2", "l1"],
    ),
    (
        "p1",
        query("leads", &[("status", "NEW")], "-createdAt"),
        &["l4", "l2", "l1"],
    ),
    (
        "p1",
        query("leads", &[("source", "IG_ADS")], "-createdAt"),
        &["l5", "l4", "l3", "l2", "l1"],
    ),
    ("p1", BY_BRANCH, &["l5", "l3", "l2", "l1"]),
    ("p1", BY_HOLDER, &["l5", "l1"]),
    ("c1", BY_BRANCH, &["l5", "l3", "l2", "l1"]),
    ("c1b", BY_BRANCH, &["l5", "l3", "l2", "l1"]),
    (
        "c1b",
        query(
            "leads",
            &[("branchId", "c1"), ("status", "NEW")],
            "-createdAt",
        ),
        &["l2", "l1"],
    ),
    (
        "c1b",
        query(
            "leads",
            &[("branchId", "c1"), ("source", "IMPORT")],
            "-createdAt",
        ),
        &[],
    ),
    (
        "c1b",
        query(
            "leads",
            &[("branchId", "c1"), ("assignedTo", "m1")],
            "-createdAt",
        ),
        &["l5", "l1"],
    ),
    ("m1", BY_HOLDER, &["l5", "l1"]),
    (
        "m1",
        query(
            "leads",
            &[("assignedTo", "m1"), ("status", "NEW")],
            "-createdAt",
        ),
        &["l1"],
    ),
    (
        "m1",
        query(
            "leads",
            &[("assignedTo", "m1"), ("source", "IMPORT")],
            "-createdAt",
        ),
        &[],
    ),
    (
        "m2",
        query("content_requests", &[("userId", "m2")], "-createdAt"),
        &[],
    ),
    (
        "c1",
        query("content_requests", &[("branchId", "c1")], "-createdAt"),
        &[],
    ),
    (
        "p1",
        query("content_requests", &[("status", "FAILED")], "-createdAt"),
        &[],
    ),
    ("m1", query("posts", &[("userId", "m1")], "-createdAt"), &[]),
    (
        "m1",
        query(
            "posts",
            &[("userId", "m1"), ("state", "SCHEDULED")],
            "-createdAt",
        ),
        &[],
    ),
    (
        "c1",
        query("posts", &[("branchId", "c1")], "-createdAt"),
        &[],
    ),
    (
        "m1",
        query(
            "conversations",
            &[("assignedTo", "m1"), ("state", "OPEN")],
            "-lastMessageAt",
        ),
        &[],
    ),
    (
        "c1",
        query(
            "conversations",
            &[("branchId", "c1"), ("state", "OPEN")],
            "-lastMessageAt",
        ),
        &[],
    ),
    (
        "c1",
        query("conversations", &[("branchId", "c1")], "-lastMessageAt"),
        &[],
    ),
    (
        "c1",
        query("users", &[("branchId", "c1")], "displayName"),
        &["m1", "m2"],
    ),
    ("p1", query("ledger", &[], "-createdAt"), &[]),
];

const REFUSED: &[(&str, Query)] = &[
    ("c1", query("leads", &[], "-createdAt")),
    ("m1", query("leads", &[], "-createdAt")),
    ("m1", BY_BRANCH),
    ("m2", BY_HOLDER),
    ("c1", BY_HOLDER),
    ("c1", query("leads", &[("branchId", "c2")], "-createdAt")),
    ("m1", query("leads", &[("status", "NEW")], "-createdAt")),
    ("new", query("leads", &[], "-createdAt")),
    (
        "new",
        query("leads", &[("assignedTo", "new")], "-createdAt"),
    ),
    (
        "nobody",
        query("leads", &[("assignedTo", "nobody")], "-createdAt"),
    ),
    ("m1", query("content_requests", &[], "-createdAt")),
    (
        "c1",
        query("content_requests", &[("userId", "m1")], "-createdAt"),
    ),
    ("m1", query("posts", &[("branchId", "c1")], "-createdAt")),
    (
        "m1",
        query("conversations", &[("branchId", "c1")], "-lastMessageAt"),
    ),
    ("m1", query("users", &[("branchId", "c1")], "displayName")),
    ("c1", query("ledger", &[("branchId", "c1")], "-createdAt")),
    ("p1", query("phone_index", &[], "createdAt")),
    ("p1", query("channel_secrets", &[], "createdAt")),
];

async fn project() -> Project {
    let project = Project::under(RULES).await;
    let leads = (0..)
        .zip(LEADS)
        .map(|(number, (id, branch, holder, status))| {
            let mut lead: Fields = placed(named("leads"), &Place(Some(branch), Some(holder)));
            lead.insert("status".into(), (*status).into());
            lead.insert(
                "createdAt".into(),
                Value::Timestamp(1_780_000_000_000_000 + number),
            );
            (format!("leads/{id}"), lead)
        });
    let documents: Vec<_> = leads.collect();
    // The parents of other tests would be found too.
    project.clear_documents().await;
    project
        .store(documents.iter().map(|(path, lead)| (path, lead)).collect())
        .await;
    project
}

#[tokio::test]
async fn what_the_frontend_asks_for_comes_back_and_the_rest_is_refused() {
    let project = project().await;
    let user = |branch| placed(named("users"), &Place(Some(branch), None));
    let users = [
        ("users/m1", user("c1")),
        ("users/m2", user("c1")),
        ("users/n1", user("c2")),
    ]
    .map(|(path, user)| (path.to_owned(), user));
    project
        .store(users.iter().map(|(path, user)| (path, user)).collect())
        .await;
    for (who, query, found) in ALLOWED {
        let token = project.token(who, &claims(who));
        let answer = project.query(Some(&token), &query.json()).await;
        let found: Vec<_> = found.iter().map(|id| (*id).to_owned()).collect();
        assert_eq!(answer, Some(found), "{who} {}", query.json());
    }
    for (who, query) in REFUSED {
        let token = (*who != "nobody").then(|| project.token(who, &claims(who)));
        let answer = project.query(token.as_deref(), &query.json()).await;
        assert_eq!(answer, None, "{who} {}", query.json());
    }
    project.clear().await;
}

#[tokio::test]
async fn messages_and_history_are_queried_below_their_own_parent_only() {
    let project = Project::under(RULES).await;
    for (collection, parent) in [("messages", "conversations"), ("history", "leads")] {
        let across = json!({"from": [{"collectionId": collection, "allDescendants": true}]});
        for who in ["p1", "c1", "m1"] {
            let token = project.token(who, &claims(who));
            assert_eq!(
                project.query(Some(&token), &across).await,
                None,
                "{who} all {collection}"
            );
            let below = json!({"from": [{"collectionId": collection}]});
            // A parent of branch c1 held by m1: see `PLACES`.
            let path = format!("{parent}/parent0");
            let answer = project.query_below(&path, Some(&token), &below).await;
            assert_eq!(answer, Some(vec![]), "{who} {path}/{collection}");
        }
    }
    project.clear().await;
}

#[test]
fn every_query_of_the_frontend_has_its_index() {
    let indexes: Json = serde_json::from_str(INDEXES).unwrap();
    for (_, query, _) in ALLOWED {
        assert!(
            query.is_indexed(&indexes),
            "firestore.indexes.json: {}",
            query.json()
        );
    }
}
