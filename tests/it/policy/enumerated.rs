//! Cases by the table: everybody at every place, and every field with every value.

use leadgen_pro::policy::direct::{Fields, Value};
use serde_json::Value as Json;

use super::case::{Ask, Case, Filter};
use super::documents::{
    COLLECTIONS, Collection, EARLIER, KEPT_FIELDS, NOW, PLACES, Place, client_fields, fields,
    named, placed, sent,
};
use super::people::{PLACED_PEOPLE, UIDS, people};
use super::values::{any_type, candidates};

/// Writes the cases down and gives each document an id of its own.
struct Book {
    cases: Vec<Case>,
}

impl Book {
    fn id(&self) -> String {
        format!("e{}", self.cases.len())
    }

    fn add(&mut self, person: usize, collection: &str, stored: Option<Fields>, ask: Ask) {
        let path = format!("{collection}/{}", self.id());
        self.add_at(person, path, stored, ask);
    }

    fn add_at(&mut self, person: usize, path: String, stored: Option<Fields>, ask: Ask) {
        self.cases.push(Case {
            person,
            uid: None,
            path,
            stored,
            ask,
        });
    }
}

/// Every case of the table.
pub(super) fn cases() -> Vec<Case> {
    let mut book = Book { cases: Vec::new() };
    for person in 0..PLACED_PEOPLE {
        for collection in COLLECTIONS {
            reads(&mut book, person, collection);
            lists(&mut book, person, collection);
            touches(&mut book, person, collection, &[PLACES[0], PLACES[4]]);
        }
        moves_of_leads(&mut book, person);
        content_requests(&mut book, person);
        profiles(&mut book, person, &PLACES[..8]);
    }
    // Those whose claims open nothing are tried at what would be theirs.
    for person in PLACED_PEOPLE..people().len() {
        for collection in COLLECTIONS {
            reads_of_own(&mut book, person, collection);
            touches(&mut book, person, collection, &PLACES[..1]);
        }
        profiles(&mut book, person, &PLACES[..1]);
    }
    for name in ["leads", "content_requests", "users"] {
        shapes(&mut book, named(name));
    }
    book.cases
}

fn reads(book: &mut Book, person: usize, collection: &Collection) {
    for (number, place) in places(collection).iter().enumerate() {
        let stored = placed(collection, place);
        book.add(person, collection.name, Some(stored), Ask::Get);
        if let Some(child) = collection.child {
            let path = format!("{}/parent{number}/{child}", collection.name);
            book.add_at(person, path.clone(), None, Ask::List(vec![]));
            book.add_at(person, format!("{path}/{}", book.id()), None, Ask::Get);
        }
    }
    book.add(person, collection.name, None, Ask::Get);
    if let Some(child) = collection.child {
        let path = format!("{}/nowhere/{child}", collection.name);
        book.add_at(person, path.clone(), None, Ask::List(vec![]));
        book.add_at(person, format!("{path}/x"), None, Ask::Get);
    }
    if collection.name == "branches" {
        for branch in ["c1", "c2"] {
            let path = format!("branches/{branch}");
            book.add_at(person, path, Some(fields([])), Ask::Get);
        }
    }
}

/// Where no role but PUSAT reads anything, two places tell as much as all.
fn places(collection: &Collection) -> &'static [Place] {
    match collection.name {
        "settings" | "ledger" | "phone_index" | "lead_intake" | "webhook_deliveries"
        | "channel_secrets" | "unnamed" => &PLACES[..2],
        _ => PLACES,
    }
}

fn reads_of_own(book: &mut Book, person: usize, collection: &Collection) {
    let everybody = people();
    let uid = everybody[person].uid;
    let stored = placed(collection, &Place(Some("c1"), Some(uid)));
    book.add(person, collection.name, Some(stored.clone()), Ask::Get);
    // A document that carries the very branch that is claimed, odd as it is.
    let claimed = everybody[person]
        .claims
        .as_ref()
        .map(|claims| &claims["branchId"]);
    let claimed = match claimed {
        Some(Json::String(text)) => Value::Text(text.clone()),
        Some(Json::Number(number)) => Value::Integer(number.as_i64().unwrap()),
        _ => Value::Null,
    };
    let mut odd = stored;
    odd.insert("branchId".into(), claimed);
    book.add(person, collection.name, Some(odd), Ask::Get);
    let mut queries = vec![vec![], vec![Filter::Equal("branchId", "c1".into())]];
    queries.extend(
        collection
            .holder
            .map(|holder| vec![Filter::Equal(holder, uid.into())]),
    );
    for query in queries {
        book.add_at(person, collection.name.into(), None, Ask::List(query));
    }
    if let Some(child) = collection.child {
        let path = format!("{}/parent0/{child}", collection.name);
        book.add_at(person, path, None, Ask::List(vec![]));
    }
}

fn lists(book: &mut Book, person: usize, collection: &Collection) {
    let mut queries = vec![
        vec![],
        vec![Filter::Equal("status", "NEW".into())],
        vec![Filter::AtLeast("branchId", "c1".into())],
        vec![Filter::In("branchId", vec!["c1".into()])],
        vec![Filter::In("branchId", vec!["c1".into(), "c2".into()])],
        vec![Filter::Equal("branchId", Value::Null)],
    ];
    for branch in ["c1", "c2"] {
        queries.push(vec![Filter::Equal("branchId", branch.into())]);
    }
    if let Some(holder) = collection.holder {
        for uid in ["m1", "n1", "c1", "p1"] {
            queries.push(vec![Filter::Equal(holder, uid.into())]);
        }
        queries.push(vec![
            Filter::Equal(holder, "m1".into()),
            Filter::Equal("branchId", "c1".into()),
            Filter::AtLeast("createdAt", EARLIER),
        ]);
        queries.push(vec![Filter::In(holder, vec!["m1".into(), "m2".into()])]);
    }
    if places(collection).len() < PLACES.len() {
        queries.truncate(3);
    }
    for query in queries {
        book.add_at(person, collection.name.into(), None, Ask::List(query));
    }
}

/// The three writes, and a deletion of nothing.
fn touches(book: &mut Book, person: usize, collection: &Collection, places: &[Place]) {
    for place in places {
        let stored = placed(collection, place);
        let mut after = stored.clone();
        after.insert("updatedAt".into(), NOW);
        let name = collection.name;
        book.add(person, name, None, Ask::Set(sent(stored.clone())));
        book.add(person, name, Some(stored.clone()), Ask::Set(after.clone()));
        book.add(person, name, Some(stored.clone()), Ask::Delete);
        if let Some(child) = collection.child {
            let path = |book: &Book| format!("{name}/parent0/{child}/{}", book.id());
            book.add_at(person, path(book), None, Ask::Set(sent(stored.clone())));
            book.add_at(person, path(book), Some(stored.clone()), Ask::Set(after));
            book.add_at(person, path(book), Some(stored), Ask::Delete);
        }
    }
    book.add(person, collection.name, None, Ask::Delete);
}

fn moves_of_leads(book: &mut Book, person: usize) {
    let leads = named("leads");
    for branch in [Some("c1"), Some("c2"), None] {
        for holder in UIDS.iter().copied().map(Some).chain([None]) {
            let lead = sent(placed(leads, &Place(branch, holder)));
            book.add(person, "leads", None, Ask::Set(lead));
        }
    }
    for from in &PLACES[..9] {
        let before = placed(leads, from);
        book.add(person, "leads", Some(before.clone()), Ask::Delete);
        for to in PLACES[..7].iter().copied().chain([
            Place(Some("c1"), Some("disabled")),
            Place(Some("c1"), Some("enabled")),
            Place(Some("c1"), Some("half-disabled")),
            Place(Some("c1"), Some("odd-role")),
            Place(Some("c1"), Some("n1")),
            Place(Some("c1"), Some("ghost")),
            Place(Some("c2"), Some("c1")),
        ]) {
            let after = placed(leads, &to);
            book.add(person, "leads", Some(before.clone()), Ask::Set(after));
        }
    }
}

fn content_requests(book: &mut Book, person: usize) {
    let requests = named("content_requests");
    for branch in [Some("c1"), Some("c2"), None] {
        for holder in ["p1", "p2", "c1", "c1b", "c2", "m1", "n1"].map(Some) {
            let request = sent(placed(requests, &Place(branch, holder)));
            book.add(person, requests.name, None, Ask::Set(request));
        }
    }
    for place in PLACES {
        for status in ["PENDING", "PROCESSING", "COMPLETED", "FAILED"] {
            let mut before = placed(requests, place);
            before.insert("status".into(), status.into());
            let mut after = before.clone();
            after.insert("topic".into(), "Hajj".into());
            book.add(person, requests.name, Some(before.clone()), Ask::Set(after));
            book.add(person, requests.name, Some(before), Ask::Delete);
        }
    }
}

/// Everybody at its own profile and at others'.
fn profiles(book: &mut Book, person: usize, places: &[Place]) {
    for place in places {
        let before = placed(named("users"), place);
        for (field, value) in [
            ("displayName", Value::from("Another name")),
            ("updatedAt", NOW),
            ("role", "PUSAT".into()),
            ("branchId", "c9".into()),
            ("disabled", Value::Bool(false)),
        ] {
            let mut after = before.clone();
            after.insert(field.into(), value);
            for own in [true, false] {
                book.add(
                    person,
                    "users",
                    Some(before.clone()),
                    Ask::Set(after.clone()),
                );
                let case = book.cases.last_mut().unwrap();
                case.uid = own.then(|| case.path["users/".len()..].to_owned());
            }
        }
        book.add(person, "users", Some(before), Ask::Get);
        let case = book.cases.last_mut().unwrap();
        case.uid = Some(case.path["users/".len()..].to_owned());
    }
}

/// Every field with every value, created and updated: by a partner, and where the hierarchy looks, by each rank.
fn shapes(book: &mut Book, collection: &Collection) {
    let name = collection.name;
    let writers = [
        (0, Place(Some("c1"), Some("p1"))),
        (6, PLACES[0]),
        (2, PLACES[2]),
    ];
    for (person, place) in writers {
        let good = placed(collection, &place);
        let ranked = [
            "assignedTo",
            "branchId",
            "userId",
            "lastChange",
            "createdAt",
            "status",
        ];
        for field in client_fields(name).iter().chain(KEPT_FIELDS) {
            let writes_it = person == if name == "users" { 0 } else { 6 };
            if !writes_it && !ranked.contains(field) {
                continue;
            }
            let mut without = good.clone();
            without.remove(*field);
            book.add(person, name, None, Ask::Set(sent(without.clone())));
            let mut unsent = sent(good.clone());
            unsent.remove(*field);
            book.add(person, name, None, Ask::Set(unsent));
            book.add(person, name, Some(good.clone()), Ask::Set(without));
            // What nobody may write may not be written whatever it is.
            let types = if KEPT_FIELDS.contains(field) {
                3
            } else {
                any_type().len()
            };
            for number in 0..candidates(name, field, "").len() + types {
                let value = |id: &str| {
                    let mut values = candidates(name, field, id);
                    values.extend(any_type());
                    values.swap_remove(number)
                };
                let id = book.id();
                let mut new = sent(good.clone());
                new.insert((*field).into(), value(&id));
                book.add(person, name, None, Ask::Set(new));
                let id = book.id();
                let mut after = good.clone();
                after.insert((*field).into(), value(&id));
                book.add(person, name, Some(good.clone()), Ask::Set(after.clone()));
                // What stands already and stays as it is.
                if number % 5 == 0 && !contains_now(&after[*field]) {
                    let mut touched = after.clone();
                    touched.insert("updatedAt".into(), NOW);
                    book.add(person, name, Some(after), Ask::Set(touched));
                }
            }
        }
        lost(book, person, &good, name);
    }
}

/// A lost lead needs its reason, whichever of the two was there first.
fn lost(book: &mut Book, person: usize, good: &Fields, name: &str) {
    let variants = [None, Some(""), Some("x")].map(|reason| {
        let mut lead = good.clone();
        lead.insert("status".into(), "LOST".into());
        if let Some(reason) = reason {
            lead.insert("lostReason".into(), reason.into());
        }
        lead
    });
    for before in &variants {
        book.add(person, name, None, Ask::Set(sent(before.clone())));
        for after in &variants {
            book.add(person, name, Some(before.clone()), Ask::Set(after.clone()));
        }
        book.add(person, name, Some(good.clone()), Ask::Set(before.clone()));
    }
}

/// Whether the server's time is in it, which no stored document can hold.
pub(super) fn contains_now(value: &Value) -> bool {
    match value {
        Value::Map(fields) => fields.values().any(contains_now),
        other => *other == NOW,
    }
}
