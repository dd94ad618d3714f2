//! One account of a consent: tried, subscribed, and taken into the books in one commit.

use std::collections::BTreeMap;

use serde::Serialize;

use super::consent::Consent;
use super::discover::Found;
use crate::channels::features::{Abilities, Feature};
use crate::channels::lead_access::{self, LeadAccess};
use crate::channels::record::{Care, Record, Subscribed, Trouble, lacking_trouble};
use crate::channels::secrets::{self, Grant, Kept, SecretDoc};
use crate::channels::store::{self, Stored, TextDoc, features_of};
use crate::channels::subscribe::{self, AppFields};
use crate::channels::{Channel, ChannelState, Platform, channel_id, schedule};
use crate::clients::graph::{Class, GraphError, Login};
use crate::error::{Error, Text, text};
use crate::extract::Caller;
use crate::jobs::queue::{Job, Turn, put};
use crate::policy::{Action, Denied, authorize};
use crate::state::AppState;
use crate::store::{Guard, Timestamp, Writes};
use crate::users::{accounts, store as users};

/// The path of the task that takes in what was parked for a channel; the inbox answers it.
pub const CONNECTED_PATH: &str = "/tasks/channelConnected";

/// Its queue.
pub const CONNECTED_QUEUE: &str = "intake";

/// How long instances may still take an account for disconnected, and park what arrives: as long as they remember a channel.
const FORGOTTEN: jiff::SignedDuration = jiff::SignedDuration::from_mins(6);

/// What became of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "ConnectOutcome"))]
pub enum Outcome {
    /// It is connected now.
    Connected,
    /// It was before; its token is new.
    Reconnected,
    /// It was before by the other login, with more rights than this one has: it stays as it is.
    Kept,
    /// Somebody outside the caller's scope holds it.
    Held,
    /// It could not be tried now; the others are not affected.
    Failed,
}

/// An account of a consent, and what became of it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(rename = "EnrolledChannel", optional_fields)
)]
pub struct Enrolled {
    /// `channels/{id}`.
    pub channel_id: String,
    #[cfg_attr(test, ts(as = "crate::channels::Platform"))]
    platform: &'static str,
    external_id: String,
    name: String,
    /// What became of it.
    pub outcome: Outcome,
    /// `CONNECTED` where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(as = "Option<crate::channels::ChannelState>"))]
    state: Option<&'static str>,
    /// Each feature, and whether it works.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(test, ts(optional = nullable, type = "{ [name in Lowercase<Feature>]?: boolean }"))]
    features: BTreeMap<String, bool>,
    /// Features that do not work, and what to do.
    missing: Vec<MissingView>,
    /// Whether a page's leads were read: PROVED, `NO_LEAD`, `NO_FORM`, REFUSED.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(as = "Option<LeadAccess>"))]
    lead_access: Option<&'static str>,
    /// What else the person should know.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional = nullable))]
    notes: Vec<TextDoc>,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "MissingFeature"))]
struct MissingView {
    #[cfg_attr(test, ts(as = "crate::channels::features::Feature"))]
    feature: &'static str,
    scopes: Vec<String>,
    message: TextDoc,
}

impl Enrolled {
    fn of(found: &Found, channel_id: &str, outcome: Outcome) -> Self {
        Self {
            channel_id: channel_id.to_owned(),
            platform: found.account.platform.as_str(),
            external_id: found.account.external_id.clone(),
            name: found.account.name.clone(),
            outcome,
            state: None,
            features: BTreeMap::new(),
            missing: Vec::new(),
            lead_access: None,
            notes: Vec::new(),
        }
    }

    fn telling(mut self, note: &Text) -> Self {
        self.notes.push(note.into());
        self
    }

    fn with(mut self, record: &Record) -> Self {
        let account = &record.account;
        self.state = Some(record.channel.state.as_str());
        self.features = features_of(account.login, account.platform, &record.abilities);
        self.missing = record
            .abilities
            .missing
            .iter()
            .map(|missing| MissingView {
                feature: missing.feature.as_str(),
                scopes: missing.scopes.clone(),
                message: (&missing.text).into(),
            })
            .collect();
        self
    }
}

/// What all accounts of one consent share.
pub(super) struct Enrolment<'a> {
    pub(super) state: &'a AppState,
    pub(super) caller: &'a Caller,
    pub(super) consent: &'a Consent,
    pub(super) app: Option<AppFields>,
}

/// What was tried with the platform.
struct Tried {
    abilities: Abilities,
    subscribed: Subscribed,
    lead_access: Option<LeadAccess>,
}

impl Enrolment<'_> {
    /// Takes in accounts that share a subscription, one after the other.
    pub(super) async fn take_each(&self, found: &[Found]) -> Result<Vec<Enrolled>, Error> {
        let mut enrolled = Vec::with_capacity(found.len());
        for found in found {
            enrolled.push(self.take(found).await?);
        }
        Ok(enrolled)
    }

    /// Takes an account in. Up to seven calls to the platform; three round trips.
    ///
    /// # Idempotency
    /// An account that is known is found by the platform's own id, whoever connected it and by whatever login.
    async fn take(&self, found: &Found) -> Result<Enrolled, Error> {
        let account = &found.account;
        let Some(id) = channel_id(account.platform, &account.external_id) else {
            return Err(Error::internal("the platform's id cannot name a document"));
        };
        let known = store::record(&self.state.store, &id).await?;
        if let Err(denied) = self.permit(known.as_ref()) {
            return Ok(held(found, &id, denied));
        }
        let tried = match self.try_out(found).await {
            Ok(tried) => tried,
            Err(error) => {
                tracing::warn!(%error, channel = id, "an account of a consent was not taken in");
                return Ok(failed(found, &id));
            }
        };
        let attempt = || self.commit(found, &id, &tried);
        let (enrolled, connected) = self.state.store.retrying(attempt).await?;
        if let Some(since) = connected {
            replay(self.state, &id, since).await;
        }
        Ok(enrolled)
    }

    fn permit(&self, known: Option<&Stored>) -> Result<crate::policy::Permit, Denied> {
        let record = known.and_then(|known| known.record.as_ref());
        let facts = record.map(Record::facts);
        let known = facts.as_ref();
        authorize(&self.caller.actor(), &Action::ConnectChannel { known })
    }

    async fn try_out(&self, found: &Found) -> Result<Tried, GraphError> {
        let Found {
            account, access, ..
        } = found;
        let mut abilities = Abilities::weigh(
            account.login,
            account.platform,
            &self.consent.granted,
            &found.ids(),
            found.tasks.as_deref(),
        );
        let lead_access = if abilities.has(Feature::Leads) {
            let page = &account.external_id;
            let access = lead_access::check(&self.state.graph, access, page).await?;
            if let (LeadAccess::Refused, Some(text)) = (access, access.text()) {
                abilities.lack(Feature::Leads, Vec::new(), text);
            }
            Some(access)
        } else {
            None
        };
        let app = self.app.as_ref();
        let made = subscribe::account(self.state, access, account, &abilities, app).await;
        let subscribed = match made {
            Ok(subscribed) => subscribed,
            // The rest works without: what is lacking is told, and the refresh job goes on trying.
            Err(error)
                if matches!(
                    error.class(),
                    Class::Permission | Class::Fix | Class::Unknown
                ) =>
            {
                tracing::warn!(%error, "an account's webhooks cannot be subscribed");
                Subscribed {
                    lacking: vec!["subscribed_apps".to_owned()],
                    ..Subscribed::default()
                }
            }
            Err(error) => return Err(error),
        };
        Ok(Tried {
            abilities,
            subscribed,
            lead_access,
        })
    }

    async fn commit(
        &self,
        found: &Found,
        id: &str,
        tried: &Tried,
    ) -> Result<(Enrolled, Option<jiff::Timestamp>), Error> {
        let state = self.state;
        let now = state.clock.now();
        let known = store::record(&state.store, id).await?;
        let permit = match self.permit(known.as_ref()) {
            Ok(permit) => permit,
            Err(denied) => return Ok((held(found, id, denied), None)),
        };
        let before = known.as_ref().and_then(|known| known.record.as_ref());
        if let Some(kept) = before.filter(|before| richer(before, found, &tried.abilities)) {
            return Ok((kept_as_it_is(found, kept), None));
        }
        let record = self.record(found, id, tried, before, now);
        let owner = &record.channel.owner;
        let mut writes = Writes::new();
        let read = known.as_ref().map(|known| known.update_time);
        store::put(&permit, &mut writes, &record, read)?;
        let sealed = SecretDoc::seal_kept(&state.channel_keys, id, &self.kept(found))
            .map_err(|error| Error::internal(error.to_string()))?;
        secrets::put(&permit, &mut writes, id, &sealed, Guard::None)?;
        if let Some(user) = users::get(&state.store, owner).await? {
            let has = [(found.account.platform.as_str(), true)];
            accounts::put(&permit, &mut writes, &user, &has, false, Timestamp(now))?;
        }
        state.store.commit(writes).await?;
        let outcome = if before.is_some() {
            Outcome::Reconnected
        } else {
            Outcome::Connected
        };
        let mut enrolled = Enrolled::of(found, id, outcome).with(&record);
        enrolled.lead_access = tried.lead_access.map(LeadAccess::as_str);
        let unproved = tried
            .lead_access
            .filter(|access| *access != LeadAccess::Refused);
        if let Some(note) = unproved.and_then(LeadAccess::text) {
            enrolled = enrolled.telling(&note);
        }
        if let Some(problem) = &record.problem {
            enrolled = enrolled.telling(&problem.text);
        }
        Ok((enrolled, Some(now)))
    }

    fn kept(&self, found: &Found) -> Kept {
        let account = &found.account;
        // A page's token is made from the person's; the others' token is the person's own.
        let derived = account.login == Login::Facebook && account.platform != Platform::WhatsApp;
        Kept {
            grant: Grant {
                access: found.access.clone(),
                page_id: account.page_id.clone(),
            },
            user: derived.then(|| self.consent.user.token.clone()),
        }
    }

    fn record(
        &self,
        found: &Found,
        id: &str,
        tried: &Tried,
        before: Option<&Record>,
        now: jiff::Timestamp,
    ) -> Record {
        // Whoever holds it goes on holding it, also when a superior connects it again; one that was given up is the caller's.
        let holder = before.filter(|before| before.channel.state != ChannelState::Disconnected);
        let (owner, branch) = match holder {
            Some(before) => (before.channel.owner.clone(), before.channel.branch.clone()),
            None => (
                self.caller.uid().clone(),
                self.caller.scope().branch().cloned(),
            ),
        };
        let lacking = &tried.subscribed.lacking;
        let problem: Option<Trouble> = (!lacking.is_empty()).then(|| lacking_trouble(lacking, now));
        Record {
            channel: Channel {
                id: id.to_owned(),
                owner,
                branch,
                state: ChannelState::Connected,
            },
            account: found.account.clone(),
            granted_by: self.consent.person.clone(),
            scopes: self.consent.granted.covering(&found.ids()),
            abilities: tried.abilities.clone(),
            token: self.consent.life,
            reconnect: None,
            problem,
            subscribed: tried.subscribed.clone(),
            last_event: before.and_then(|before| before.last_event),
            connected: now,
            replay_due: true,
            care: Care {
                proved: Some(now),
                next: Some(schedule::first_look(id, now)),
                ..Care::default()
            },
        }
    }
}

/// Whether what stands works, came by the other login, and can do something that the new consent cannot.
fn richer(before: &Record, found: &Found, new: &Abilities) -> bool {
    before.channel.state == ChannelState::Connected
        && before.account.login != found.account.login
        && !before.abilities.works.is_subset(&new.works)
}

/// Has what was parked for a channel taken in: at once, and once more when no instance takes it for disconnected any longer.
pub(in crate::channels) async fn replay(state: &AppState, id: &str, since: jiff::Timestamp) {
    let job = Job {
        queue: CONNECTED_QUEUE,
        path: CONNECTED_PATH,
        id,
    };
    for turn in [Turn::First(&since.to_string()), Turn::At(since + FORGOTTEN)] {
        if let Err(error) = put(state, &job, &turn).await {
            // `replayDue` stays; the refresh job puts the task.
            tracing::warn!(%error, channel = id, "the replay of a channel waits for the refresh job");
        }
    }
}

fn held(found: &Found, id: &str, _: Denied) -> Enrolled {
    Enrolled::of(found, id, Outcome::Held).telling(&held_text())
}

/// Says nothing about by whom.
pub(super) fn held_text() -> Text {
    text(
        "Akun ini sudah terhubung di luar lingkup Anda. Hubungi PUSAT bila akun ini seharusnya milik Anda.",
        "This account is already connected outside your scope. Contact head office if it should be yours.",
    )
}

fn failed(found: &Found, id: &str) -> Enrolled {
    Enrolled::of(found, id, Outcome::Failed).telling(&text(
        "Akun ini belum dapat disambungkan karena Meta tidak menjawab dengan semestinya. Coba lagi.",
        "This account could not be connected since Meta did not answer properly. Try again.",
    ))
}

fn kept_as_it_is(found: &Found, kept: &Record) -> Enrolled {
    let enrolled = Enrolled::of(found, &kept.channel.id, Outcome::Kept).with(kept);
    enrolled.telling(&text(
        "Akun ini sudah terhubung lewat cara masuk yang lain dengan izin lebih lengkap, jadi tidak diubah.",
        "This account is connected by the other login with more permissions, so it was left as it is.",
    ))
}
