//! Blocking-function tokens: Firebase Auth asking whether to create a user or let one in.
//!
//! The endpoints are open to the world and carry no other credential, so the token is all the proof
//! there is. OAuth credentials of the identity provider, which the payload may hold, are not read.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::TokenError;
use super::emulator::EmulatorMode;
use super::verifier::{Audience, Issuer, KeyId, Rules, Verifier};
use crate::clients::google_keys::KeySet;
use crate::clock::Clock;

/// Longest blocking token. It holds the user's record with all providers and what the identity
/// provider said, so it grows well beyond an ID token.
const LONGEST_BYTES: usize = 128 * 1024;

/// What Firebase Auth asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockingEvent {
    /// A user is about to be stored.
    BeforeCreate,
    /// A user is about to get tokens.
    BeforeSignIn,
}

impl BlockingEvent {
    /// The name in the token's `event_type`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BeforeCreate => "beforeCreate",
            Self::BeforeSignIn => "beforeSignIn",
        }
    }
}

/// What a verified blocking token says.
#[derive(Clone, Debug, PartialEq)]
pub struct BlockingToken {
    /// The user's id, the same in `sub` and in the record.
    pub uid: String,
    /// What is about to happen.
    pub event: BlockingEvent,
    /// Names the question; a repetition may carry another.
    pub event_id: Option<String>,
    /// `password`, `emailLink`, `phone`, `google.com`, …
    pub sign_in_method: Option<String>,
    /// The user as far as Firebase Auth knows.
    pub user: UserRecord,
}

/// A user as Firebase Auth describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct UserRecord {
    /// The user's id.
    pub uid: String,
    /// The address, if there is one.
    pub email: Option<String>,
    /// Whether the address was proved; false when absent.
    pub email_verified: bool,
    /// The display name.
    pub display_name: Option<String>,
    /// The phone number in E.164.
    pub phone_number: Option<String>,
    /// Whether the account is disabled; false when absent.
    pub disabled: bool,
    /// The custom claims as they stand.
    pub custom_claims: Map<String, Value>,
    /// When the account was made.
    pub created_at: Option<Timestamp>,
    /// When its user last signed in.
    pub last_sign_in_at: Option<Timestamp>,
    /// The identity providers linked so far.
    pub providers: Vec<ProviderUser>,
}

/// The same user as an identity provider knows it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ProviderUser {
    /// `password`, `google.com`, `phone`, …
    pub provider_id: String,
    /// The id there.
    pub uid: Option<String>,
    /// The address there.
    pub email: Option<String>,
}

/// Verifies blocking tokens of one project. Clones share the keys.
///
/// # Source
///
/// firebase-functions 7.4 and firebase-admin for Node 14.3 (`verifyAuthBlockingToken`), but for the
/// audience: they ask whether it *contains* a host, we compare it whole with our registered URLs.
#[derive(Clone)]
pub struct BlockingTokens {
    verifier: Verifier,
    issuer: String,
}

impl BlockingTokens {
    /// Tokens of `project_id`, signed by one of `keys` (those of the ID tokens).
    pub fn new(project_id: &str, keys: KeySet, clock: Clock) -> Self {
        Self::by(Verifier::with_keys(keys, clock), project_id)
    }

    /// The Auth emulator's unsigned tokens.
    pub fn emulator(mode: EmulatorMode, clock: Clock) -> Self {
        let project_id = mode.project_id().to_owned();
        Self::by(Verifier::with_emulator(mode, clock), &project_id)
    }

    fn by(verifier: Verifier, project_id: &str) -> Self {
        Self {
            verifier,
            issuer: super::issuer(project_id),
        }
    }

    /// What `token` says, if it asks about `event` at one of `audiences`: the URLs under which this
    /// one endpoint is registered.
    ///
    /// # Errors
    ///
    /// The first rule it breaks; [`TokenError::WrongEvent`] when it asks about another event;
    /// [`TokenError::BadSubject`] when the record is another user's;
    /// [`TokenError::Malformed`] when the record has another form.
    pub async fn verify(
        &self,
        token: &str,
        event: BlockingEvent,
        audiences: &[String],
    ) -> Result<BlockingToken, TokenError> {
        let rules = Rules {
            longest_bytes: LONGEST_BYTES,
            key_id: KeyId::Required,
            audience: Audience::OneOf(audiences),
            issuer: Issuer::OneOf(&[&self.issuer]),
        };
        let verified = self.verifier.verify(token, &rules).await?;
        if verified.claims.string("event_type") != Some(event.as_str()) {
            return Err(TokenError::WrongEvent);
        }
        let payload: Payload = verified.claims.into_typed()?;
        if payload.user_record.uid != verified.subject {
            return Err(TokenError::BadSubject);
        }
        Ok(BlockingToken {
            uid: verified.subject,
            event,
            event_id: payload.event_id,
            sign_in_method: payload.sign_in_method,
            user: payload.user_record.into(),
        })
    }
}

/// The claims as they come; whatever is not named is not read.
#[derive(Deserialize)]
struct Payload {
    event_id: Option<String>,
    sign_in_method: Option<String>,
    user_record: WireUser,
}

#[derive(Deserialize)]
struct WireUser {
    uid: String,
    email: Option<String>,
    email_verified: Option<bool>,
    display_name: Option<String>,
    phone_number: Option<String>,
    disabled: Option<bool>,
    custom_claims: Option<Map<String, Value>>,
    metadata: Option<WireMetadata>,
    provider_data: Option<Vec<ProviderUser>>,
}

#[derive(Default, Deserialize)]
struct WireMetadata {
    #[serde(default, deserialize_with = "milliseconds")]
    creation_time: Option<Timestamp>,
    #[serde(default, deserialize_with = "milliseconds")]
    last_sign_in_time: Option<Timestamp>,
}

impl From<WireUser> for UserRecord {
    fn from(wire: WireUser) -> Self {
        let metadata = wire.metadata.unwrap_or_default();
        Self {
            uid: wire.uid,
            email: wire.email,
            email_verified: wire.email_verified.unwrap_or(false),
            display_name: wire.display_name,
            phone_number: wire.phone_number,
            disabled: wire.disabled.unwrap_or(false),
            custom_claims: wire.custom_claims.unwrap_or_default(),
            created_at: metadata.creation_time,
            last_sign_in_at: metadata.last_sign_in_time,
            providers: wire.provider_data.unwrap_or_default(),
        }
    }
}

/// Milliseconds since 1970, as a number in production and as a string from the Auth emulator up to
/// version 14.
fn milliseconds<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Wire {
        Number(i64),
        Text(String),
    }
    let count = match Option::<Wire>::deserialize(from)? {
        None => return Ok(None),
        Some(Wire::Number(count)) => count,
        Some(Wire::Text(text)) => text.parse().map_err(serde::de::Error::custom)?,
    };
    Timestamp::from_millisecond(count)
        .map(Some)
        .map_err(serde::de::Error::custom)
}
