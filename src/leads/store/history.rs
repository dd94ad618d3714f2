//! The history of a lead as documents: `leads/{id}/history/{id}`.

use std::collections::{BTreeMap, HashMap};

use firestore::{FirestoreGeoPoint, FirestoreLatLng, FirestoreReference};
use gcloud_sdk::google::firestore::v1::Value;
use gcloud_sdk::google::firestore::v1::value::ValueType;
use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::{AttributionDoc, ConsentDoc, LEADS, Leads, StoredLead};
use crate::ids::Uid;
use crate::policy::Permit;
use crate::seal::digest_hex;
use crate::store::{Doc, Guard, StoreError, Timestamp, Writes};

/// What happened to a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "UPPERCASE")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "LeadHistoryKind"))]
pub enum Kind {
    /// It came into being.
    Created,
    /// Fields changed.
    Updated,
    /// It was removed.
    Deleted,
    /// Somebody outside its scope wanted to create it.
    Claimed,
    /// A conversation was said to be with its person.
    Linked,
    /// A conversation is no longer said to be.
    Unlinked,
    /// The person came again, through a form or with a message.
    Inquired,
    /// The service gave it to somebody.
    Assigned,
    /// It turned out to be the person of another lead, which has the phone.
    Joined,
}

/// A value as Firestore holds it, stored again as it is: a timestamp stays one.
#[derive(Debug, Clone, Copy)]
pub struct Native<'a>(pub &'a Value);

/// A field before and after.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Change<'a> {
    /// Absent when there was no such field.
    pub before: Option<Native<'a>>,
    /// Absent when there is no such field.
    pub after: Option<Native<'a>>,
}

/// The fields that changed.
pub type Changes<'a> = BTreeMap<&'a str, Change<'a>>;

/// An entry of a lead's history.
///
/// # Shape
/// `at`; `kind`; `by`: uid, `service`, or null when the write did not say; `byStated`; `changes`: `{field: {before?,
/// after?}}`, the whole document where it was created or deleted; `branchId`, `assignedTo` of the lead after it;
/// `duplicateOf`: the lead that its phone belongs to, if that is another; `inquiry`: how the person came again;
/// `assignment`: how its holder was found.
#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "described above")]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(rename = "LeadHistoryEntry", optional_fields)
)]
pub struct Entry<'a> {
    pub at: Timestamp,
    pub kind: Kind,
    #[serde(with = "firestore::serialize_as_null")]
    #[cfg_attr(test, ts(optional = false, as = "Option<String>"))]
    pub by: Option<String>,
    pub by_stated: bool,
    #[cfg_attr(test, ts(type = "Record<string, LeadChange>"))]
    pub changes: Changes<'a>,
    pub branch_id: Option<&'a str>,
    pub assigned_to: Option<&'a str>,
    pub duplicate_of: Option<String>,
    pub inquiry: Option<InquiryDoc>,
    pub assignment: Option<AssignmentDoc>,
}

/// How a person came who is a lead already.
///
/// # Shape
/// source, submittedAt, channelId; name, email as given this time; attribution?, consent? as in a lead.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "described above")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "LeadInquiry", optional_fields))]
pub struct InquiryDoc {
    #[cfg_attr(test, ts(as = "crate::leads::LeadSource"))]
    pub source: &'static str,
    pub submitted_at: Timestamp,
    pub channel_id: String,
    pub name: String,
    pub email: Option<String>,
    pub attribution: Option<AttributionDoc>,
    pub consent: Option<ConsentDoc>,
}

/// How a lead's first holder was found.
///
/// # Shape
/// mode (OWNER | `ROUND_ROBIN` | MANUAL); skipped: whose turn it would have been, and why they did not get it (DISABLED |
/// LEFT).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[expect(missing_docs, reason = "described above")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "LeadAssignment"))]
pub struct AssignmentDoc {
    #[cfg_attr(test, ts(type = "'OWNER' | 'ROUND_ROBIN' | 'MANUAL'"))]
    pub mode: &'static str,
    pub skipped: Vec<SkippedDoc>,
}

/// Somebody whose turn it would have been.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[expect(missing_docs, reason = "described above")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "SkippedPartner"))]
pub struct SkippedDoc {
    pub uid: String,
    #[cfg_attr(test, ts(as = "crate::leads::turn::Passed"))]
    pub reason: &'static str,
}

impl Leads {
    /// Appends an entry to a lead's history, once. One round trip.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    pub async fn record(
        &self,
        _: &Permit,
        lead_id: &str,
        entry_id: &str,
        entry: &Entry<'_>,
    ) -> Result<(), StoreError> {
        let mut writes = Writes::new();
        writes.create(&format!("{LEADS}/{lead_id}/history/{entry_id}"), entry)?;
        match self.store.commit(writes).await {
            Err(StoreError::AlreadyExists) => Ok(()),
            other => other,
        }
    }

    /// Adds an entry to a commit. One of the same name is replaced: it tells the same.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it cannot be stored.
    pub fn note(
        &self,
        writes: &mut Writes,
        _: &Permit,
        lead_id: &str,
        entry_id: &str,
        entry: &Entry<'_>,
    ) -> Result<(), StoreError> {
        let path = format!("{LEADS}/{lead_id}/history/{entry_id}");
        writes.put(&path, entry, Guard::None)?;
        Ok(())
    }

    /// Adds to a commit that somebody wanted a lead which is out of their scope. One entry for each person, lead and
    /// day: repeats only renew it.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it cannot be stored.
    pub fn claim(
        &self,
        writes: &mut Writes,
        _: &Permit,
        lead: &Doc<StoredLead>,
        claimant: &Uid,
        now: jiff::Timestamp,
    ) -> Result<(), StoreError> {
        let (branch_id, assigned_to) = lead.value.place();
        let entry = Entry {
            at: Timestamp(now),
            kind: Kind::Claimed,
            by: Some(claimant.to_string()),
            by_stated: true,
            changes: Changes::new(),
            branch_id,
            assigned_to,
            duplicate_of: None,
            inquiry: None,
            assignment: None,
        };
        let id = claim_id(claimant, &lead.id, now);
        let path = format!("{LEADS}/{}/history/{id}", lead.id);
        writes.put(&path, &entry, Guard::None)?;
        Ok(())
    }
}

/// Names a claim by person, lead and day in Jakarta.
pub fn claim_id(claimant: &Uid, lead_id: &str, now: jiff::Timestamp) -> String {
    let day = crate::leads::calendar::day(now);
    let digest = digest_hex(format!("{claimant}\n{lead_id}\n{day}").as_bytes());
    format!("claim-{}", &digest[..32])
}

impl Serialize for Native<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0.value_type {
            Some(ValueType::BooleanValue(value)) => serializer.serialize_bool(*value),
            Some(ValueType::IntegerValue(value)) => serializer.serialize_i64(*value),
            Some(ValueType::DoubleValue(value)) => serializer.serialize_f64(*value),
            Some(ValueType::StringValue(value)) => serializer.serialize_str(value),
            Some(ValueType::BytesValue(value)) => serializer.serialize_bytes(value),
            Some(ValueType::ReferenceValue(value)) => {
                FirestoreReference(value.clone()).serialize(serializer)
            }
            Some(ValueType::TimestampValue(value)) => {
                let at = jiff::Timestamp::new(value.seconds, value.nanos)
                    .map_err(serde::ser::Error::custom)?;
                Timestamp(at).serialize(serializer)
            }
            Some(ValueType::GeoPointValue(value)) => FirestoreLatLng(FirestoreGeoPoint {
                latitude: value.latitude,
                longitude: value.longitude,
            })
            .serialize(serializer),
            Some(ValueType::ArrayValue(value)) => {
                serializer.collect_seq(value.values.iter().map(Native))
            }
            Some(ValueType::MapValue(value)) => map(&value.fields, serializer),
            // Null, and what only pipelines hold.
            _ => serializer.serialize_none(),
        }
    }
}

fn map<S: Serializer>(fields: &HashMap<String, Value>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(fields.len()))?;
    for (key, value) in fields {
        map.serialize_entry(key, &Native(value))?;
    }
    map.end()
}
