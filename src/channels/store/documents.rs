//! A connected account as a document, both ways.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::channels::features::{Abilities, Feature, Missing};
use crate::channels::record::{Account, Care, Record, Subscribed, TokenLife, Trouble};
use crate::channels::{Channel, ChannelState, Platform};
use crate::clients::graph::Login;
use crate::error::{Text, text};
use crate::ids::{BranchId, Uid};
use crate::jobs::Lease;
use crate::store::Timestamp;

/// # Shape
/// `channels/{platform_externalId}`, as people read it; no token is in it. Everything but `platform`, `externalId`, `ownerId`
/// and `state` may be missing.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "Channel", optional_fields))]
pub(crate) struct ChannelDoc {
    #[cfg_attr(test, ts(as = "Platform"))]
    platform: String,
    external_id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    branch_id: Option<String>,
    #[cfg_attr(test, ts(as = "ChannelState"))]
    state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "'FACEBOOK' | 'INSTAGRAM'"))]
    login: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    page_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    whatsapp_account_id: Option<String>,
    /// Where its webhook subscription is kept: a page, a WhatsApp Business account, or itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    subscribed_at: Option<String>,
    /// `revoke` finds an account by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    granted_by: Option<String>,
    scopes: Vec<String>,
    /// Each feature that the platform has, and whether it works.
    #[cfg_attr(test, ts(type = "{ [name in Lowercase<Feature>]?: boolean }"))]
    features: BTreeMap<String, bool>,
    missing: Vec<MissingDoc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_issued_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_expires_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_access_expires_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reconnect: Option<TroubleDoc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<TroubleDoc>,
    subscribed_fields: Vec<String>,
    lacking_fields: Vec<String>,
    /// Written by the inbox, every ten minutes at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_event_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    connected_at: Option<Timestamp>,
    replay_due: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    checked_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_check_at: Option<Timestamp>,
    check_failures: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    doubted_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lease: Option<LeaseDoc>,
}

/// The fields that a record writes: all but `lastEventAt`, which is the inbox's.
pub(super) const WRITTEN: &[&str] = &[
    "platform",
    "externalId",
    "name",
    "username",
    "ownerId",
    "branchId",
    "state",
    "login",
    "pageId",
    "whatsappAccountId",
    "subscribedAt",
    "grantedBy",
    "scopes",
    "features",
    "missing",
    "tokenIssuedAt",
    "tokenExpiresAt",
    "dataAccessExpiresAt",
    "reconnect",
    "problem",
    "subscribedFields",
    "lackingFields",
    "connectedAt",
    "replayDue",
    "checkedAt",
    "nextCheckAt",
    "checkFailures",
    "doubtedAt",
    "lease",
];

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "MissingFeature"))]
struct MissingDoc {
    #[cfg_attr(test, ts(as = "Feature"))]
    feature: String,
    scopes: Vec<String>,
    message: TextDoc,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "ChannelTrouble"))]
struct TroubleDoc {
    reason: String,
    message: TextDoc,
    at: Timestamp,
}

/// A text for people in both languages: clients show the one they speak.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "LocalText"))]
pub struct TextDoc {
    /// Indonesian.
    pub id: String,
    /// English.
    pub en: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "ChannelLease"))]
struct LeaseDoc {
    attempt_id: String,
    until: Timestamp,
}

impl From<&Text> for TextDoc {
    fn from(text: &Text) -> Self {
        Self {
            id: text.id.clone().into_owned(),
            en: text.en.clone().into_owned(),
        }
    }
}

impl From<TextDoc> for Text {
    fn from(doc: TextDoc) -> Self {
        text(doc.id, doc.en)
    }
}

impl From<&Trouble> for TroubleDoc {
    fn from(trouble: &Trouble) -> Self {
        Self {
            reason: trouble.reason.clone(),
            message: (&trouble.text).into(),
            at: Timestamp(trouble.at),
        }
    }
}

impl From<TroubleDoc> for Trouble {
    fn from(doc: TroubleDoc) -> Self {
        Self {
            reason: doc.reason,
            text: doc.message.into(),
            at: doc.at.0,
        }
    }
}

fn time(at: Option<jiff::Timestamp>) -> Option<Timestamp> {
    at.map(Timestamp)
}

fn moment(at: Option<Timestamp>) -> Option<jiff::Timestamp> {
    at.map(|at| at.0)
}

/// Each feature that an account has, and whether it works.
pub fn features_of(
    login: Login,
    platform: Platform,
    abilities: &Abilities,
) -> BTreeMap<String, bool> {
    Feature::ALL
        .into_iter()
        .filter(|feature| feature.needs(login, platform).is_some())
        .map(|feature| (feature.as_str().to_lowercase(), abilities.has(feature)))
        .collect()
}

impl ChannelDoc {
    pub(super) fn of(record: &Record) -> Self {
        let Record {
            channel,
            account,
            abilities,
            token,
            subscribed,
            care,
            ..
        } = record;
        let missing = abilities.missing.iter().map(|missing| MissingDoc {
            feature: missing.feature.as_str().to_owned(),
            scopes: missing.scopes.clone(),
            message: (&missing.text).into(),
        });
        Self {
            platform: account.platform.as_str().to_owned(),
            external_id: account.external_id.clone(),
            name: account.name.clone(),
            username: account.username.clone(),
            owner_id: Some(channel.owner.to_string()),
            branch_id: channel.branch.as_ref().map(ToString::to_string),
            state: channel.state.as_str().to_owned(),
            login: Some(account.login.as_str().to_owned()),
            page_id: account.page_id.clone(),
            whatsapp_account_id: account.whatsapp_account_id.clone(),
            subscribed_at: Some(account.subscribed_at().to_owned()),
            granted_by: record.granted_by.clone(),
            scopes: record.scopes.clone(),
            features: features_of(account.login, account.platform, abilities),
            missing: missing.collect(),
            token_issued_at: time(token.issued),
            token_expires_at: time(token.expires),
            data_access_expires_at: time(token.data_access_ends),
            reconnect: record.reconnect.as_ref().map(Into::into),
            problem: record.problem.as_ref().map(Into::into),
            subscribed_fields: subscribed.fields.iter().cloned().collect(),
            lacking_fields: subscribed.lacking.clone(),
            last_event_at: time(record.last_event),
            connected_at: Some(Timestamp(record.connected)),
            replay_due: record.replay_due,
            checked_at: time(care.proved),
            next_check_at: time(care.next),
            check_failures: care.failures,
            doubted_at: time(care.doubted),
            lease: care.lease.as_ref().map(|lease| LeaseDoc {
                attempt_id: lease.attempt_id.clone(),
                until: Timestamp(lease.until),
            }),
        }
    }

    pub(super) fn of_nobody(self) -> Self {
        Self {
            owner_id: None,
            branch_id: None,
            ..self
        }
    }

    /// The record of a document; `None` when it names no owner, no known platform or no known state.
    pub(super) fn read(self, id: String) -> Option<Record> {
        let platform = Platform::parse(&self.platform)?;
        let login = match &self.login {
            Some(login) => Login::parse(login)?,
            None => Login::Facebook,
        };
        let works: BTreeSet<Feature> = Feature::ALL
            .into_iter()
            .filter(|feature| self.features.get(&feature.as_str().to_lowercase()) == Some(&true))
            .collect();
        let missing = self.missing.into_iter().filter_map(|missing| {
            Some(Missing {
                feature: Feature::parse(&missing.feature)?,
                scopes: missing.scopes,
                text: missing.message.into(),
            })
        });
        Some(Record {
            channel: Channel {
                id,
                owner: Uid::parse(self.owner_id?).ok()?,
                branch: match self.branch_id {
                    Some(branch) => Some(BranchId::parse(branch).ok()?),
                    None => None,
                },
                state: ChannelState::parse(&self.state)?,
            },
            account: Account {
                platform,
                external_id: self.external_id,
                name: self.name,
                username: self.username,
                login,
                page_id: self.page_id,
                whatsapp_account_id: self.whatsapp_account_id,
            },
            granted_by: self.granted_by,
            scopes: self.scopes,
            abilities: Abilities {
                works,
                missing: missing.collect(),
            },
            token: TokenLife {
                issued: moment(self.token_issued_at),
                expires: moment(self.token_expires_at),
                data_access_ends: moment(self.data_access_expires_at),
            },
            reconnect: self.reconnect.map(Into::into),
            problem: self.problem.map(Into::into),
            subscribed: Subscribed {
                fields: self.subscribed_fields.into_iter().collect(),
                lacking: self.lacking_fields,
            },
            last_event: moment(self.last_event_at),
            connected: moment(self.connected_at).unwrap_or(jiff::Timestamp::UNIX_EPOCH),
            replay_due: self.replay_due,
            care: Care {
                proved: moment(self.checked_at),
                next: moment(self.next_check_at),
                failures: self.check_failures,
                doubted: moment(self.doubted_at),
                lease: self.lease.map(|lease| Lease {
                    attempt_id: lease.attempt_id,
                    until: lease.until.0,
                }),
            },
        })
    }
}
