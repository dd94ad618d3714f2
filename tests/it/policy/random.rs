//! Cases by chance: a proper document, and then what people and programs do to it.

use leadgen_pro::policy::direct::Fields;

use super::case::{Ask, Case, Filter};
use super::documents::{
    COLLECTIONS, Collection, EARLIER, KEPT_FIELDS, NOW, PLACES, Place, client_fields, named,
    placed, sent,
};
use super::enumerated::contains_now;
use super::people::{PLACED_PEOPLE, UIDS, people};
use super::values::{any_type, candidates};
use crate::support::dice::Dice;

/// The case of this number, the same for the same seed.
pub(super) fn case(seed: u64, number: usize) -> Case {
    let mut dice = Dice::of(seed, number);
    let id = format!("r{number}");
    let everybody = people();
    let person = if dice.percent(85) {
        dice.below(PLACED_PEOPLE)
    } else {
        dice.below(everybody.len())
    };
    let collection = match dice.below(100) {
        0..45 => named("leads"),
        45..70 => named("content_requests"),
        70..80 => named("users"),
        _ => dice.one(COLLECTIONS),
    };
    let place = place(&mut dice, collection, everybody[person].uid);
    let mut stored = placed(collection, &place);
    if dice.percent(25) {
        spoil(&mut dice, collection, &id, &mut stored);
    }
    stored.retain(|_, value| !contains_now(value));
    let mut path = format!("{}/{id}", collection.name);
    let mut uid = None;
    if collection.name == "users" && dice.percent(40) {
        uid = Some(id.clone());
    }
    let (stored, ask) = match dice.below(100) {
        0..8 => (Some(stored), Ask::Get),
        8..16 => {
            collection.name.clone_into(&mut path);
            (None, Ask::List(query(&mut dice, collection)))
        }
        16..20 => match collection.child {
            None => (None, Ask::Get),
            Some(child) => {
                let parent = dice.below(PLACES.len() + 1);
                path = format!("{}/parent{parent}/{child}", collection.name);
                if dice.percent(50) {
                    (None, Ask::List(vec![]))
                } else {
                    path = format!("{path}/{id}");
                    (None, Ask::Get)
                }
            }
        },
        20..55 => (None, Ask::Set(created(&mut dice, collection, &id, stored))),
        55..92 => {
            let after = updated(&mut dice, collection, &id, &stored);
            (Some(stored), Ask::Set(after))
        }
        _ => (Some(stored), Ask::Delete),
    };
    Case {
        person,
        uid,
        path,
        stored,
        ask,
    }
}

/// Often a place of the one who asks, else any.
fn place(dice: &mut Dice, collection: &Collection, uid: &'static str) -> Place {
    if dice.percent(40) {
        return *dice.one(PLACES);
    }
    let branch = match uid {
        "p1" | "p2" => *dice.one(&[None, Some("c1"), Some("c2")]),
        "c2" | "n1" => Some("c2"),
        _ => Some("c1"),
    };
    let in_branch = collection.name == "leads" && uid.starts_with(['c', 'p']);
    let holder = if in_branch { *dice.one(UIDS) } else { uid };
    Place(branch, Some(holder))
}

fn created(dice: &mut Dice, collection: &Collection, id: &str, stored: Fields) -> Fields {
    let mut after = sent(stored);
    // So many flaws: half of the documents have none.
    for _ in 0..dice.below(6).saturating_sub(2) {
        spoil(dice, collection, id, &mut after);
    }
    after
}

fn updated(dice: &mut Dice, collection: &Collection, id: &str, stored: &Fields) -> Fields {
    let mut after = stored.clone();
    match collection.name {
        "leads" => {
            let status = dice.one(&["NEW", "FOLLOW_UP", "CLOSING"]);
            after.insert("status".into(), (*status).into());
        }
        "content_requests" => {
            after.insert("topic".into(), "Hajj".into());
        }
        _ => {
            after.insert("displayName".into(), "Another name".into());
        }
    }
    if dice.percent(50) {
        after.insert("updatedAt".into(), NOW);
    }
    if collection.name == "leads" && dice.percent(25) {
        after.insert("assignedTo".into(), (*dice.one(UIDS)).into());
    }
    for _ in 0..dice.below(5).saturating_sub(2) {
        spoil(dice, collection, id, &mut after);
    }
    after
}

/// Sets a field to a value that fits, nearly fits or does not fit at all, or takes it away.
fn spoil(dice: &mut Dice, collection: &Collection, id: &str, document: &mut Fields) {
    let field = if dice.percent(85) {
        *dice.one(client_fields(collection.name))
    } else {
        *dice.one(KEPT_FIELDS)
    };
    match dice.below(100) {
        0..15 => {
            document.remove(field);
        }
        15..80 => {
            let values = candidates(collection.name, field, id);
            document.insert(field.into(), dice.one(&values).clone());
        }
        _ => {
            let values = any_type();
            document.insert(field.into(), dice.one(&values).clone());
        }
    }
}

fn query(dice: &mut Dice, collection: &Collection) -> Vec<Filter> {
    let mut filters = Vec::new();
    if dice.percent(60) {
        filters.push(Filter::Equal(
            "branchId",
            (*dice.one(&["c1", "c2", "c9"])).into(),
        ));
    }
    if let Some(holder) = collection.holder
        && dice.percent(60)
    {
        filters.push(Filter::Equal(holder, (*dice.one(UIDS)).into()));
    }
    if dice.percent(30) {
        filters.push(Filter::Equal("status", "NEW".into()));
    }
    if dice.percent(30) {
        filters.push(Filter::AtLeast("createdAt", EARLIER));
    }
    filters
}
