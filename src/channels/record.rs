//! Everything that is kept of a connected account, and how it changes.
//!
//! *Invariant:* pure. What a record says of its token comes from the platform's own words about it; what it says of the
//! person's rights from their consent.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::features::Abilities;
use super::reconnect::Reason;
use super::{Channel, ChannelState, Platform};
use crate::clients::graph::Login;
use crate::error::{Text, text};
use crate::jobs::Lease;
use crate::policy::OwnedFacts;

/// How long nothing may arrive before somebody looks: a weekend is no reason, a week is.
pub const SILENCE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long nobody may have proved the token before its person is told.
pub const UNPROVED: SignedDuration = SignedDuration::from_hours(3 * 24);

/// How long a bare refusal of a token has to stand before it counts.
pub const DOUBT: SignedDuration = SignedDuration::from_mins(10);

/// An account as the platform tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Where it lives.
    pub platform: Platform,
    /// What webhooks and calls name it by.
    pub external_id: String,
    /// Its name, for people.
    pub name: String,
    /// Its handle, where the platform has handles.
    pub username: Option<String>,
    /// By which login it was connected.
    pub login: Login,
    /// The page: itself, or the one behind an Instagram account with Facebook Login.
    pub page_id: Option<String>,
    /// The WhatsApp Business account of a number.
    pub whatsapp_account_id: Option<String>,
}

impl Account {
    /// Where its own webhook subscription is kept, and shared with others that name the same place.
    pub fn subscribed_at(&self) -> &str {
        match (&self.page_id, &self.whatsapp_account_id) {
            (Some(page), _) => page,
            (None, Some(account)) => account,
            (None, None) => &self.external_id,
        }
    }
}

/// The life of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TokenLife {
    /// When it was issued.
    pub issued: Option<Timestamp>,
    /// When it ends; `None` when it does not, or nobody said so.
    pub expires: Option<Timestamp>,
    /// When the person's consent to read their data ends.
    pub data_access_ends: Option<Timestamp>,
}

/// Something that a person has to know about, since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// A machine's word for it.
    pub reason: String,
    /// What the person reads.
    pub text: Text,
    /// Since when.
    pub at: Timestamp,
}

/// What the platform sends for an account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Subscribed {
    /// Fields that it sends.
    pub fields: BTreeSet<String>,
    /// Fields that it should send and does not, with those of the app's own subscription.
    pub lacking: Vec<String>,
}

/// A connected account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Who holds it, and whether it works.
    pub channel: Channel,
    /// What it is.
    pub account: Account,
    /// The app-scoped id of the person whose consent it lives by: Meta names them so when they remove the app or want their
    /// data deleted.
    pub granted_by: Option<String>,
    /// The permissions that cover it.
    pub scopes: Vec<String>,
    /// What it can be used for.
    pub abilities: Abilities,
    /// Its token's life.
    pub token: TokenLife,
    /// Why it has to be connected again, while it has.
    pub reconnect: Option<Trouble>,
    /// What is wrong although the token lives.
    pub problem: Option<Trouble>,
    /// What the platform sends for it.
    pub subscribed: Subscribed,
    /// When something last arrived, to some minutes.
    pub last_event: Option<Timestamp>,
    /// When it was connected, or connected again.
    pub connected: Timestamp,
    /// What was parked for it is still to be taken in.
    pub replay_due: bool,
    /// The care that the refresh job takes of it.
    pub care: Care,
}

/// How the refresh job stands with a channel.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Care {
    /// When its token was last proved.
    pub proved: Option<Timestamp>,
    /// When to look again; `None` for one that was disconnected.
    pub next: Option<Timestamp>,
    /// Looks in a row that failed for reasons that may pass.
    pub failures: u32,
    /// Since when its token is refused without a cause that the platform names.
    pub doubted: Option<Timestamp>,
    /// Who looks at it now.
    pub lease: Option<Lease>,
}

impl Record {
    /// The facts that place it in the hierarchy.
    pub fn facts(&self) -> OwnedFacts {
        OwnedFacts::new(self.channel.owner.clone(), self.channel.branch.clone())
    }

    /// The token is dead. True when that is news; the first reason stays.
    pub fn lose(&mut self, reason: Reason, now: Timestamp) -> bool {
        if self.channel.state != ChannelState::Connected {
            return false;
        }
        self.channel.state = ChannelState::NeedsReconnect;
        self.reconnect = Some(Trouble {
            reason: reason.as_str().to_owned(),
            text: reason.text(),
            at: now,
        });
        true
    }

    /// A refusal of the token: at once when the platform names the cause, else once it has stood for [`DOUBT`].
    /// True when the account is lost now and was not before.
    pub fn refused(&mut self, reason: Reason, now: Timestamp) -> bool {
        let stood = self.care.doubted.is_some_and(|since| now >= since + DOUBT);
        self.care.doubted.get_or_insert(now);
        (reason.is_certain() || stood) && self.lose(reason, now)
    }

    /// The token works, which settles whatever was said against it. True when the account was lost and is back.
    pub fn proved(&mut self, now: Timestamp) -> bool {
        self.care.proved = Some(now);
        self.care.doubted = None;
        self.care.failures = 0;
        self.reconnect = None;
        let back = self.channel.state == ChannelState::NeedsReconnect;
        if back {
            self.channel.state = ChannelState::Connected;
        }
        back
    }

    /// Since when nobody has proved the token, when that is long.
    pub fn unproved_since(&self, now: Timestamp) -> Option<Timestamp> {
        let since = self.care.proved.unwrap_or(self.connected);
        (now.duration_since(since) > UNPROVED).then_some(since)
    }

    /// Since when nothing has arrived, when that is long.
    pub fn silent_since(&self, now: Timestamp) -> Option<Timestamp> {
        let since = self
            .last_event
            .unwrap_or(self.connected)
            .max(self.connected);
        (now.duration_since(since) > SILENCE).then_some(since)
    }
}

/// What the person reads while the platform does not send what it should.
pub fn lacking_trouble(lacking: &[String], now: Timestamp) -> Trouble {
    let list = lacking.join(", ");
    Trouble {
        reason: "NOT_SUBSCRIBED".to_owned(),
        text: text(
            format!(
                "Meta belum mengirim semua pemberitahuan untuk akun ini ({list}). Sistem mencoba memperbaikinya sendiri."
            ),
            format!(
                "Meta does not send every notification for this account yet ({list}). The system keeps trying to mend that."
            ),
        ),
        at: now,
    }
}

/// What the person reads while the token lives but may not do what it should.
pub fn permission_trouble(now: Timestamp) -> Trouble {
    Trouble {
        reason: "PERMISSION_LOST".to_owned(),
        text: text(
            "Meta menolak akses ke akun ini walaupun izinnya masih berlaku. Periksa peran Anda di akun ini, lalu hubungkan kembali.",
            "Meta refuses access to this account although its permission is still valid. Check your role on the account, then connect it again.",
        ),
        at: now,
    }
}

/// What the person reads when Meta has not answered for the account for days, one way or the other.
pub fn unproved_trouble(since: Timestamp, now: Timestamp) -> Trouble {
    let days = now.duration_since(since).as_hours() / 24;
    Trouble {
        reason: "NOT_PROVED".to_owned(),
        text: text(
            format!(
                "Sudah {days} hari Meta tidak memastikan akses ke akun ini. Periksa akun ini di Meta; bila ada yang berubah, hubungkan kembali."
            ),
            format!(
                "For {days} days Meta has not confirmed the access to this account. Look at the account at Meta; if something has changed there, connect it again."
            ),
        ),
        at: since,
    }
}

/// What the person reads when nothing has arrived for long.
pub fn silence_trouble(since: Timestamp, lost: bool, now: Timestamp) -> Trouble {
    let days = now.duration_since(since).as_hours() / 24;
    if lost {
        return Trouble {
            reason: "EVENTS_MISSING".to_owned(),
            text: text(
                format!(
                    "Ada percakapan baru di Meta yang tidak sampai ke sini; sudah {days} hari tidak ada kabar. Hubungi PUSAT."
                ),
                format!(
                    "Meta has newer conversations that did not arrive here; nothing has come for {days} days. Tell head office."
                ),
            ),
            at: since,
        };
    }
    Trouble {
        reason: "SILENT".to_owned(),
        text: text(
            format!("Sudah {days} hari tidak ada pesan, komentar, atau formulir dari akun ini."),
            format!("No message, comment or form has come from this account for {days} days."),
        ),
        at: since,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Uid;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn record() -> Record {
        let connected = at("2026-11-01T00:00:00Z");
        Record {
            channel: Channel {
                id: "INSTAGRAM_1".to_owned(),
                owner: Uid::parse("m1").unwrap(),
                branch: None,
                state: ChannelState::Connected,
            },
            account: Account {
                platform: Platform::Instagram,
                external_id: "1".to_owned(),
                name: "Amanah".to_owned(),
                username: None,
                login: Login::Instagram,
                page_id: None,
                whatsapp_account_id: None,
            },
            granted_by: None,
            scopes: Vec::new(),
            abilities: Abilities::default(),
            token: TokenLife::default(),
            reconnect: None,
            problem: None,
            subscribed: Subscribed::default(),
            last_event: None,
            connected,
            replay_due: false,
            care: Care::default(),
        }
    }

    #[test]
    fn an_account_is_lost_once_and_keeps_its_first_reason() {
        let mut record = record();
        let now = at("2026-11-23T00:00:00Z");
        assert!(record.refused(Reason::PasswordChanged, now));
        assert!(!record.refused(Reason::Expired, now + DOUBT));
        let told = record.reconnect.clone().unwrap();
        assert_eq!((told.reason.as_str(), told.at), ("PASSWORD_CHANGED", now));
        assert!(
            record.proved(now),
            "a checkpoint that was passed brings it back"
        );
        assert_eq!(record.reconnect, None);
    }

    #[test]
    fn a_bare_refusal_has_to_stand() {
        let mut record = record();
        let now = at("2026-11-23T00:00:00Z");
        assert!(!record.refused(Reason::Refused, now));
        assert!(!record.refused(Reason::Refused, now + DOUBT / 2));
        assert!(record.refused(Reason::Refused, now + DOUBT));
        record.proved(now + DOUBT);
        assert!(
            !record.refused(Reason::Refused, now + DOUBT * 3),
            "a new doubt"
        );
    }

    #[test]
    fn what_was_disconnected_is_not_lost() {
        let mut record = record();
        record.channel.state = ChannelState::Disconnected;
        assert!(!record.lose(Reason::Expired, at("2026-11-23T00:00:00Z")));
        assert_eq!(record.channel.state, ChannelState::Disconnected);
    }

    #[test]
    fn silence_counts_from_the_last_event_or_the_connection() {
        let mut record = record();
        assert_eq!(record.silent_since(at("2026-11-07T00:00:00Z")), None);
        assert_eq!(
            record.silent_since(at("2026-11-09T00:00:00Z")),
            Some(record.connected)
        );
        record.last_event = Some(at("2026-11-08T12:00:00Z"));
        assert_eq!(record.silent_since(at("2026-11-09T00:00:00Z")), None);
    }
}
