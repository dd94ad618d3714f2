use proptest::prelude::*;
use serde_json::json;

use super::*;

fn uid(id: &str) -> Uid {
    Uid::parse(id).expect("an id")
}

fn branch(id: &str) -> BranchId {
    BranchId::parse(id).expect("an id")
}

#[test]
fn what_an_administrator_types_makes_a_place_or_names_its_fault() {
    let me = uid("u1");
    let mitra = |id: &str| Ok(Place::Mitra(Some(branch(id))));
    for (role, place, expected) in [
        (json!("PUSAT"), json!(null), Ok(Place::Pusat)),
        (json!("PUSAT"), json!(""), Ok(Place::Pusat)),
        (
            json!("PUSAT"),
            json!("b1"),
            Err(Fault::PusatHasBranch(branch("b1"))),
        ),
        (
            json!("CABANG"),
            json!(null),
            Ok(Place::Cabang(branch("u1"))),
        ),
        (
            json!("CABANG"),
            json!("b1"),
            Ok(Place::Cabang(branch("b1"))),
        ),
        (json!("MITRA"), json!(null), Ok(Place::NOWHERE)),
        (json!("MITRA"), json!("b1"), mitra("b1")),
        (json!("MITRA"), json!("u1"), Err(Fault::OwnBranch)),
        (json!("MITRA"), json!(7), Err(Fault::UnknownBranch)),
        (json!("MITRA"), json!("a/b"), Err(Fault::UnknownBranch)),
        (json!("mitra"), json!(null), Err(Fault::UnknownRole)),
        (json!(null), json!(null), Err(Fault::UnknownRole)),
        (json!(["MITRA"]), json!(null), Err(Fault::UnknownRole)),
    ] {
        assert_eq!(
            Place::asked_for(&me, &role, &place),
            expected,
            "{role} {place}"
        );
    }
}

#[test]
fn other_claims_stay() {
    let others = json!({ "role": "PUSAT", "branchId": "old", "plan": "gold" });
    let others = others.as_object().expect("an object");
    let claims = Place::NOWHERE.claims(others);
    assert_eq!(
        Value::from(claims),
        json!({ "role": "MITRA", "plan": "gold" })
    );
    assert_eq!(
        Value::from(without_place(others)),
        json!({ "plan": "gold" })
    );
}

#[test]
fn claims_that_are_no_text_give_no_place() {
    for claims in [
        json!({}),
        json!({ "role": "ADMIN" }),
        json!({ "role": 1 }),
        json!({ "role": "MITRA", "branchId": 5 }),
        json!({ "role": "CABANG", "branchId": false }),
    ] {
        let claims = claims.as_object().expect("an object");
        assert_eq!(Place::from_claims(&uid("u1"), claims), None, "{claims:?}");
    }
}

fn places() -> impl Strategy<Value = Place> {
    let id = || prop_oneof![Just("b1"), Just("b2"), Just("b3")].prop_map(branch);
    prop_oneof![
        Just(Place::Pusat),
        id().prop_map(Place::Cabang),
        proptest::option::of(id()).prop_map(Place::Mitra),
    ]
}

proptest! {
    #[test]
    fn claims_say_the_place_that_made_them(place in places()) {
        prop_assert_eq!(Place::from_claims(&uid("u1"), &place.claims(&Map::new())), Some(place));
    }

    #[test]
    fn keeping_is_an_order(a in places(), b in places(), c in places()) {
        prop_assert!(a.keeps(&a));
        prop_assert!(!(a.keeps(&b) && b.keeps(&c)) || a.keeps(&c));
        prop_assert!(!(a.keeps(&b) && b.keeps(&a)) || a == b);
        prop_assert!(a.keeps(&Place::NOWHERE) && Place::Pusat.keeps(&a));
    }
}
