//! What differs between two pictures of a lead.
//!
//! The pictures are compared, never the event's update mask, which the emulator leaves empty. `lastChange` is left out:
//! it is told as who and when.

use std::collections::HashMap;

use gcloud_sdk::google::firestore::v1::Value;

use crate::leads::store::{Change, Changes, Native};

/// The fields of a document.
type Fields = HashMap<String, Value>;

/// The field that says who made a change.
const MARK: &str = "lastChange";

/// Every field that is not the same before and after.
pub(super) fn between<'a>(before: Option<&'a Fields>, after: Option<&'a Fields>) -> Changes<'a> {
    let of = |fields: Option<&'a Fields>, key: &str| fields.and_then(|fields| fields.get(key));
    let keys = [before, after]
        .into_iter()
        .flatten()
        .flat_map(HashMap::keys);
    keys.filter(|key| *key != MARK)
        .filter_map(|key| {
            let (before, after) = (of(before, key), of(after, key));
            (before != after).then(|| {
                let change = Change {
                    before: before.map(Native),
                    after: after.map(Native),
                };
                (key.as_str(), change)
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use gcloud_sdk::google::firestore::v1::value::ValueType;
    use proptest::prelude::*;

    fn fields() -> impl Strategy<Value = Option<Fields>> {
        let value = any::<Option<u8>>().prop_map(|number| Value {
            value_type: number.map(|number| ValueType::IntegerValue(number.into())),
        });
        proptest::option::of(prop::collection::hash_map("[abc]|lastChange", value, 0..4))
    }

    proptest! {
        #[test]
        fn what_changed_leads_from_before_to_after(before in fields(), after in fields()) {
            let changes = between(before.as_ref(), after.as_ref());
            let mut walked = before.clone().unwrap_or_default();
            for (key, change) in &changes {
                prop_assert_eq!(walked.get(*key), change.before.map(|native| native.0));
                match change.after {
                    Some(native) => walked.insert((*key).to_owned(), native.0.clone()),
                    None => walked.remove(*key),
                };
            }
            let mut after = after.unwrap_or_default();
            walked.remove(MARK);
            after.remove(MARK);
            prop_assert_eq!(walked, after);
        }

        #[test]
        fn nothing_changed_between_a_picture_and_itself(picture in fields()) {
            prop_assert!(between(picture.as_ref(), picture.as_ref()).is_empty());
        }
    }
}
