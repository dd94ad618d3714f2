//! A message of our own on its way: written down before the platform is asked, and settled by whatever tells first how it
//! went: the answer, the echo, or a status. Pure.
//!
//! *Invariant:* it is given to the platform at most once for each time that a person asks, and again only after an attempt
//! that certainly came to nothing. Once the platform has named it, it stays sent.

use jiff::{SignedDuration, Timestamp};

use super::event::{Account, Arrival, TimeSource};
use crate::ids::Uid;
use crate::seal::digest_hex;

/// How far the platform's clock may differ from ours.
const SKEW: SignedDuration = SignedDuration::from_mins(2);

/// How long after an attempt began the platform may still date the message.
const LATEST: SignedDuration = SignedDuration::from_mins(10);

/// A message that somebody of ours asked to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// Its name, also that of its document.
    pub id: String,
    /// The conversation that its document lies in.
    pub conversation: String,
    /// The account that the platform will name it under.
    pub account: Account,
    /// The conversation that its echo would be told of, were it not known.
    pub echoes_in: String,
    /// Who asked.
    pub author: Uid,
    /// What was asked for, as a digest: the same request means the same message.
    pub asked: String,
    /// What it says, as a digest: how an echo is known that names nothing of ours.
    pub said: String,
    /// The lead whose first answer it may be.
    pub lead: Option<String>,
    /// How it stands.
    pub state: State,
    /// Times that the platform was asked to send it.
    pub attempts: i64,
    /// The attempt that counts.
    pub attempt_id: String,
    /// When that attempt began; the message stands there among the others.
    pub called: Timestamp,
}

/// How a message of ours stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Somebody may be asking the platform right now.
    Calling {
        /// When that somebody must be dead.
        until: Timestamp,
    },
    /// The platform was asked, or was about to be, and what came of it is not known.
    Unclear,
    /// The platform has it.
    Sent {
        /// The platform's id of it.
        platform_id: String,
        /// The lead was told of its first answer, or there is none to tell.
        noted: bool,
    },
    /// The platform certainly does not have it.
    Failed {
        /// Why, as a machine reads it.
        code: String,
    },
}

impl Outgoing {
    /// What a text is compared by.
    pub fn digest(text: &str) -> String {
        digest_hex(text.trim().as_bytes())[..32].to_owned()
    }

    /// Whether it is not known yet what became of it.
    pub fn is_open(&self) -> bool {
        match self.state {
            State::Calling { .. } | State::Unclear => true,
            State::Sent { .. } | State::Failed { .. } => false,
        }
    }

    /// Whether it can be the platform's message of that id: it has no other id yet.
    pub fn may_be(&self, account: &Account, platform_id: &str) -> bool {
        *account == self.account
            && match &self.state {
                State::Sent {
                    platform_id: known, ..
                } => known == platform_id,
                State::Calling { .. } | State::Unclear | State::Failed { .. } => true,
            }
    }

    /// Whether a message that came to us as ours, without a name of ours, says the same at a time when it can be this one.
    pub fn sounds_like(&self, home: &str, account: &Account, arrival: &Arrival) -> bool {
        let in_time = arrival.at.is_none_or(|moment| {
            let late = moment.at.duration_since(self.called);
            // A notification's own time is later at each repetition.
            late >= -SKEW && (late <= LATEST || moment.source != TimeSource::Event)
        });
        let text = arrival.content.text.as_deref().unwrap_or_default();
        self.is_open()
            && self.account == *account
            && self.echoes_in == home
            && in_time
            && self.said == Self::digest(text)
    }

    /// The platform has it, under that id.
    pub fn settle(&mut self, platform_id: &str) {
        if !matches!(self.state, State::Sent { .. }) {
            self.state = State::Sent {
                platform_id: platform_id.to_owned(),
                noted: self.lead.is_none(),
            };
        }
    }

    /// An attempt certainly came to nothing. Says whether that is news: by then its echo may have shown otherwise.
    pub fn fail(&mut self, attempt_id: &str, code: &str) -> bool {
        let counts = self.is_open() && self.attempt_id == attempt_id;
        if counts {
            self.state = State::Failed {
                code: code.to_owned(),
            };
        }
        counts
    }

    /// Nobody can say what became of an attempt. Says whether that is news.
    pub fn lose(&mut self, attempt_id: &str) -> bool {
        let counts = matches!(self.state, State::Calling { .. }) && self.attempt_id == attempt_id;
        if counts {
            self.state = State::Unclear;
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::super::event::{ChannelKind, Content, Direction, Moment, Profile};
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_793_588_645 + second).expect("a moment")
    }

    fn account() -> Account {
        Account {
            kind: ChannelKind::Instagram,
            id: "1".into(),
        }
    }

    fn outgoing() -> Outgoing {
        Outgoing {
            id: "o1".into(),
            conversation: "c1".into(),
            account: account(),
            echoes_in: "c1".into(),
            author: Uid::parse("m1").expect("a uid"),
            asked: String::new(),
            said: Outgoing::digest("Halo"),
            lead: Some("l1".into()),
            state: State::Calling { until: at(90) },
            attempts: 1,
            attempt_id: "a1".into(),
            called: at(0),
        }
    }

    fn echo(second: i64, source: TimeSource, text: &str) -> Arrival {
        Arrival {
            id: "m1".into(),
            contact: "7".into(),
            profile: Profile::default(),
            direction: Direction::Out,
            anonymous: false,
            app: Some("9".into()),
            outgoing: None,
            at: Some(Moment {
                at: at(second),
                source,
            }),
            history: false,
            content: Content {
                kind: "text",
                text: Some(text.into()),
                ..Content::default()
            },
        }
    }

    #[test]
    fn an_echo_is_known_by_its_words_and_its_time() {
        let sounds = |second, source, text| {
            outgoing().sounds_like("c1", &account(), &echo(second, source, text))
        };
        let event = TimeSource::Event;
        assert!(sounds(1, event, "Halo"));
        assert!(sounds(-60, event, " Halo "));
        assert!(!sounds(1, event, "Halo!"));
        assert!(!sounds(-121, event, "Halo"));
        assert!(!sounds(601, event, "Halo"));
        assert!(sounds(9_000, TimeSource::Delivery, "Halo"));
        let elsewhere = echo(1, event, "Halo");
        assert!(!outgoing().sounds_like("c2", &account(), &elsewhere));
        let mut sent = outgoing();
        sent.settle("m0");
        assert!(!sent.sounds_like("c1", &account(), &elsewhere));
    }

    #[test]
    fn what_was_sent_stays_sent() {
        let mut message = outgoing();
        assert!(message.lose("a1"));
        assert!(!message.lose("a1"));
        message.settle("m1");
        let sent = State::Sent {
            platform_id: "m1".into(),
            noted: false,
        };
        assert!(!message.fail("a1", "X"));
        message.settle("m2");
        assert_eq!(message.state, sent);
        assert!(message.may_be(&account(), "m1") && !message.may_be(&account(), "m2"));
    }

    #[test]
    fn only_the_attempt_that_counts_can_fail() {
        let mut message = outgoing();
        assert!(!message.fail("a0", "X"));
        assert!(message.fail("a1", "X"));
        // The platform named it all the same: then it was sent.
        message.settle("m1");
        assert!(matches!(message.state, State::Sent { .. }));
    }
}
