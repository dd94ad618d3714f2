//! Google's public keys, fetched over HTTP and kept.
//!
//! A [`KeySet`] is one published set: the ID token keys, the App Check keys, Google's OIDC keys.
//! It knows keys and nothing of tokens: what a key is asked to prove is the verifier's affair.
//!
//! *Invariant:* nothing runs in the background. A fetch happens inside the request that needs it,
//! because Cloud Run may take the CPU away between requests; all others that need the same answer
//! wait for that one fetch, or go on with stale keys where there are some.

mod document;
mod verifying_key;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::Url;
use tokio::sync::{Mutex, MutexGuard};

use self::document::{Keys, NotKeys, lifetime};
pub use self::verifying_key::VerifyingKey;
use crate::clock::Clock;

/// How long a fetch may take, answer included. Callers wait for it, and a callable has about a
/// minute in all.
const FETCH_TIMEOUT: Duration = Duration::from_secs(5);

/// Largest answer that is read. Google's sets are two to eight kilobytes.
const LARGEST_ANSWER_BYTES: usize = 64 * 1024;

/// How long keys past their `max-age` are still used while they cannot be renewed: an outage of
/// the key server must not sign everybody out, but a key that was withdrawn because it leaked must
/// not be honoured into the next day.
const STALE_GRACE: SignedDuration = SignedDuration::from_hours(6);

/// Pause after a failed fetch. A key server in trouble gets one request in this time from each
/// instance, and a hiccup at start costs no more than this.
const PAUSE_AFTER_FAILURE: SignedDuration = SignedDuration::from_secs(2);

/// Pause between two fetches made only because a key id is unknown. Anybody can send invented key
/// ids; they must not turn this service into a hammer on Google's key server.
const PAUSE_BETWEEN_UNKNOWN: SignedDuration = SignedDuration::from_secs(60);

/// Why there is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// The set as last fetched has no such key.
    #[error("no published key has this id")]
    UnknownKid,
    /// The keys could not be fetched and none are left to go on with, or the last fetch failed and
    /// so it cannot be said whether the key exists.
    #[error("the keys cannot be fetched")]
    Unavailable,
}

/// A published set of public keys. Clones share what was fetched.
#[derive(Clone)]
pub struct KeySet(Arc<Shared>);

struct Shared {
    http: reqwest::Client,
    url: Url,
    clock: Clock,
    timeout: Duration,
    known: RwLock<Known>,
    /// Held for the length of a fetch: whoever waits for it shares the outcome.
    pacing: Mutex<Pacing>,
}

/// What the last fetch left behind.
#[derive(Clone, Default)]
struct Known {
    keys: Option<Arc<Dated>>,
    /// How many fetches have ended, well or badly.
    fetches: u64,
    last_failed: bool,
}

struct Dated {
    keys: Keys,
    fresh_until: Timestamp,
    stale_until: Timestamp,
}

/// Before these moments the next fetch of each kind is not made.
#[derive(Default)]
struct Pacing {
    after_failure: Option<Timestamp>,
    after_unknown: Option<Timestamp>,
}

#[derive(Clone, Copy)]
enum Reason {
    Expired,
    UnknownKid,
}

#[derive(Debug, thiserror::Error)]
enum FetchError {
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    #[error("the answer is larger than {LARGEST_ANSWER_BYTES} bytes")]
    TooLarge,
    #[error(transparent)]
    NotKeys(#[from] NotKeys),
}

impl KeySet {
    /// The set published at `url`, as a map of x509 certificates or as a JWKS. Nothing is fetched
    /// yet.
    pub fn new(http: reqwest::Client, url: Url, clock: Clock) -> Self {
        Self::with_timeout(http, url, clock, FETCH_TIMEOUT)
    }

    /// As [`new`](Self::new), with another limit than five seconds on a fetch.
    pub fn with_timeout(http: reqwest::Client, url: Url, clock: Clock, timeout: Duration) -> Self {
        Self(Arc::new(Shared {
            http,
            url,
            clock,
            timeout,
            known: RwLock::default(),
            pacing: Mutex::default(),
        }))
    }

    /// The key called `kid`, fetched if need be.
    ///
    /// The same `Arc` is returned for as long as the set publishes the same key under that id.
    ///
    /// # Errors
    ///
    /// [`KeysError::UnknownKid`] when a set that was fetched successfully does not hold it: the
    /// keys are fetched once more for an unknown id, at most once a minute.
    /// [`KeysError::Unavailable`] when there are no keys to look in, or the look was in stale ones.
    pub async fn key(&self, kid: &str) -> Result<Arc<VerifyingKey>, KeysError> {
        let at_start = self.0.known();
        let dated = self.0.usable().await?;
        if let Some(key) = dated.keys.get(kid) {
            return Ok(key);
        }
        let pacing = self.0.pacing.lock().await;
        let known = self
            .0
            .fetch_unless_done(pacing, at_start.fetches, Reason::UnknownKid)
            .await;
        match self
            .0
            .still_good(&known)
            .and_then(|dated| dated.keys.get(kid))
        {
            Some(key) => Ok(key),
            None if known.last_failed => Err(KeysError::Unavailable),
            None => Err(KeysError::UnknownKid),
        }
    }

    /// Every key of the set, in no order: for tokens that do not name theirs.
    ///
    /// # Errors
    ///
    /// [`KeysError::Unavailable`] when there are none to go on with.
    pub async fn all(&self) -> Result<Vec<Arc<VerifyingKey>>, KeysError> {
        Ok(self.0.usable().await?.keys.all())
    }

    /// Whether tokens can be verified: there are keys, or they can be fetched now.
    pub async fn ready(&self) -> bool {
        self.0.usable().await.is_ok()
    }
}

impl Shared {
    fn known(&self) -> Known {
        self.known
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The keys to look in: fresh ones, else fetched ones, else stale ones within their grace.
    async fn usable(&self) -> Result<Arc<Dated>, KeysError> {
        let known = self.known();
        if let Some(dated) = &known.keys
            && self.clock.now() < dated.fresh_until
        {
            return Ok(Arc::clone(dated));
        }
        let known = match (self.pacing.try_lock(), self.still_good(&known)) {
            (Ok(pacing), _) => {
                self.fetch_unless_done(pacing, known.fetches, Reason::Expired)
                    .await
            }
            // Somebody is renewing them already: one request waits, the rest go on.
            (Err(_), Some(stale)) => return Ok(stale),
            (Err(_), None) => {
                let pacing = self.pacing.lock().await;
                self.fetch_unless_done(pacing, known.fetches, Reason::Expired)
                    .await
            }
        };
        self.still_good(&known).ok_or(KeysError::Unavailable)
    }

    fn still_good(&self, known: &Known) -> Option<Arc<Dated>> {
        known
            .keys
            .as_ref()
            .filter(|dated| self.clock.now() < dated.stale_until)
            .cloned()
    }

    /// Fetches, unless a fetch has ended since the caller counted `fetches_seen`, or it is too
    /// early for one; says what is known then.
    ///
    /// A caller that goes away in mid-fetch drops the fetch with it, and the next in line makes its
    /// own.
    async fn fetch_unless_done(
        &self,
        mut pacing: MutexGuard<'_, Pacing>,
        fetches_seen: u64,
        reason: Reason,
    ) -> Known {
        let before = self.known();
        let now = self.clock.now();
        let not_before = match reason {
            Reason::Expired => pacing.after_failure,
            Reason::UnknownKid => pacing.after_unknown,
        };
        if before.fetches != fetches_seen || not_before.is_some_and(|moment| now < moment) {
            return before;
        }
        if matches!(reason, Reason::UnknownKid) {
            // Noted before the fetch: who sends invented ids and hangs up is paced as well.
            pacing.after_unknown = Some(later(now, PAUSE_BETWEEN_UNKNOWN));
        }
        let outcome = self.fetch(before.keys.as_deref()).await;
        let after = match outcome {
            Ok(dated) => Known {
                keys: Some(Arc::new(dated)),
                fetches: before.fetches + 1,
                last_failed: false,
            },
            Err(error) => {
                tracing::warn!(url = %self.url, %error, "cannot fetch public keys");
                pacing.after_failure = Some(later(self.clock.now(), PAUSE_AFTER_FAILURE));
                Known {
                    keys: before.keys,
                    fetches: before.fetches + 1,
                    last_failed: true,
                }
            }
        };
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = after.clone();
        after
    }

    async fn fetch(&self, previous: Option<&Dated>) -> Result<Dated, FetchError> {
        let mut response = self
            .http
            .get(self.url.clone())
            .timeout(self.timeout)
            .send()
            .await?
            .error_for_status()?;
        let lifetime = lifetime(response.headers());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > LARGEST_ANSWER_BYTES {
                return Err(FetchError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        let keys = Keys::parse(&body, previous.map(|dated| &dated.keys))?;
        let fresh_until = later(self.clock.now(), lifetime);
        Ok(Dated {
            keys,
            fresh_until,
            stale_until: later(fresh_until, STALE_GRACE),
        })
    }
}

/// `moment + by`, or the end of time.
fn later(moment: Timestamp, by: SignedDuration) -> Timestamp {
    moment.checked_add(by).unwrap_or(Timestamp::MAX)
}
