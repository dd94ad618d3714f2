//! A person as a document, as the service writes it.

use serde::{Deserialize, Serialize};

use crate::ids::Uid;
use crate::store::Timestamp;
use crate::users::Place;

/// Who changed a place or an access last, and to what. Where the document says otherwise by now, it was edited by hand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "PlaceChange", optional_fields))]
pub struct ChangedBy {
    pub(super) uid: Uid,
    pub(super) at: Timestamp,
    #[cfg_attr(test, ts(as = "crate::policy::Role"))]
    pub(super) role: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) branch_id: Option<String>,
    pub(super) disabled: bool,
}

/// A person as a document.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "TeamMember", optional_fields))]
pub(crate) struct UserDoc<'a> {
    pub(super) uid: &'a Uid,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) display_name: Option<&'a str>,
    pub(super) connected_accounts: ConnectedAccounts,
    pub(super) created_at: Timestamp,
    #[serde(flatten)]
    pub(super) standing: StandingFields<'a>,
    /// Why an administrator's edit was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) role_error: Option<&'a str>,
    /// Who changed place or access last through a callable, and to what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) changed_by: Option<ChangedBy>,
}

/// Which platforms a person has connected.
#[derive(Default, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct ConnectedAccounts {
    facebook: bool,
    instagram: bool,
    whatsapp: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub(super) struct StandingFields<'a> {
    #[cfg_attr(test, ts(as = "crate::policy::Role"))]
    role: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    branch_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_id: Option<&'a str>,
    disabled: bool,
    updated_at: Timestamp,
}

impl<'a> StandingFields<'a> {
    pub(super) fn of(place: &'a Place, disabled: bool, now: Timestamp) -> Self {
        Self {
            role: place.role().as_str(),
            branch_id: place.branch().map(AsRef::as_ref),
            parent_id: place.parent().map(AsRef::as_ref),
            disabled,
            updated_at: now,
        }
    }
}
