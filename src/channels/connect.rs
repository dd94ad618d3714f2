//! `beginConnect` and `connectChannel`: a person's consent at Meta becomes connected accounts.
//!
//! The code or token is made long-lived at once, what it opens is looked up, and each account is tried, subscribed and committed
//! by itself: one that is refused or fails does not keep the others.

pub mod enrol;

mod consent;
mod discover;
mod failure;
mod states;

use futures::StreamExt as _;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use self::consent::Proof;
use self::enrol::{Enrolled, Enrolment, Outcome};
use self::failure::{Step, meta_error, not_set_up};
use self::states::Purpose;
use crate::channels::features::asked_for;
use crate::channels::subscribe::{self, subscribed_together};
use crate::clients::graph::Login;
use crate::error::{Code, Error, text};
use crate::extract::Caller;
use crate::policy::{Action, authorize};
use crate::state::AppState;
use crate::store::Timestamp;
use crate::users::standing;

/// Accounts of one consent that are tried at the same time.
const AT_ONCE: usize = 6;

/// Accounts that can be chosen in one call.
const MOST_WANTED: usize = 200;

/// Longest code or token that is taken: the platform names no limit, and its own stay far below.
const LONGEST: usize = 4_096;

/// By which login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "LoginProvider"))]
pub enum Provider {
    /// Facebook Login: pages, their Instagram accounts, WhatsApp numbers.
    Facebook,
    /// Instagram Login: one Instagram account.
    Instagram,
}

impl Provider {
    const fn login(self) -> Login {
        match self {
            Self::Facebook => Login::Facebook,
            Self::Instagram => Login::Instagram,
        }
    }
}

/// Where the person wants to go, and to come back to.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "BeginConnect"))]
pub struct Begin {
    provider: Provider,
    redirect_uri: String,
}

/// Where to send the person.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "ConnectBegun"))]
pub struct Begun {
    /// The platform's dialog.
    pub authorization_url: String,
    /// Comes back with the code, and goes to `connectChannel` with it.
    pub state: String,
    /// When the state ends: ten minutes from now.
    pub expires_at: Timestamp,
}

/// What the person came back with: a code with its state and address, or a short-lived token of the JavaScript SDK. With
/// `accounts`, the platform's ids, nothing else that the consent opens is touched.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(rename = "ConnectChannel", optional_fields)
)]
pub struct Connect {
    provider: Provider,
    #[cfg_attr(test, ts(as = "Option<String>"))]
    code: Option<SecretString>,
    #[cfg_attr(test, ts(as = "Option<String>"))]
    short_lived_token: Option<SecretString>,
    redirect_uri: Option<String>,
    state: Option<String>,
    accounts: Option<Vec<String>>,
}

/// What became of each account.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "ChannelsConnected"))]
pub struct ConnectResult {
    /// Every account that the consent opened.
    pub channels: Vec<Enrolled>,
}

/// `beginConnect`: the address of the platform's dialog, and a state bound to the caller, good once, for ten minutes. Two
/// round trips.
///
/// # Errors
/// `INVALID_ARGUMENT` for an address that is not on the list; `PERMISSION_DENIED`, `STALE_TOKEN` among its reasons;
/// `FAILED_PRECONDITION` with `META_NOT_SET_UP`.
pub async fn begin_connect(state: AppState, caller: Caller, data: Begin) -> Result<Begun, Error> {
    let login = data.provider.login();
    let action = Action::ConnectChannel { known: None };
    let _ = authorize(&caller.actor(), &action)?;
    set_up(&state, login)?;
    listed(&state, &data.redirect_uri)?;
    let standing = standing::check(&state, &caller).await?;
    let permit = authorize(standing.actor(), &action)?;
    let purpose = Purpose {
        uid: caller.uid(),
        login,
        redirect_uri: &data.redirect_uri,
    };
    let new = states::issue(&state, &permit, &purpose).await?;
    let dialog = state
        .graph
        .dialog(login, &data.redirect_uri, &new.state, asked_for(login));
    Ok(Begun {
        authorization_url: dialog.map_err(|error| Error::internal(error.to_string()))?,
        state: new.state,
        expires_at: Timestamp(new.expires),
    })
}

/// `connectChannel`: connects every account that the consent opens. Three round trips, five for each account; up to eight calls to
/// the platform, seven more for each account.
///
/// # Errors
/// `INVALID_ARGUMENT` with the field: `STATE_INVALID`, `CONSENT_REFUSED`, `TOKEN_OF_ANOTHER_APP`; `PERMISSION_DENIED` with
/// `ACCOUNT_HELD` when every account is held outside the caller's scope (each is told in `details.channels`), `STALE_TOKEN`;
/// `FAILED_PRECONDITION` with `META_NOT_SET_UP`, `NO_ACCOUNTS`; `UNAVAILABLE` with `META_UNAVAILABLE`. A code and its state are
/// used up by the first try, whatever comes of it.
///
/// # Idempotency
/// Connecting what is connected finds the same channels, and gives them the new token.
pub async fn connect_channel(
    state: AppState,
    caller: Caller,
    data: Connect,
) -> Result<ConnectResult, Error> {
    let login = data.provider.login();
    let proof = proof_of(&data)?;
    let wanted = wanted(&data)?;
    let action = Action::ConnectChannel { known: None };
    let _ = authorize(&caller.actor(), &action)?;
    set_up(&state, login)?;
    let standing = standing::check(&state, &caller).await?;
    let permit = authorize(standing.actor(), &action)?;
    if let Proof::Code { redirect_uri, .. } = proof {
        listed(&state, redirect_uri)?;
        let purpose = Purpose {
            uid: caller.uid(),
            login,
            redirect_uri,
        };
        let given = data.state.as_deref().unwrap_or_default();
        states::redeem(&state, &permit, given, &purpose).await?;
    }
    let consent = consent::of(&state, login, proof).await?;
    let found = discover::accounts(&state.graph, &consent).await;
    let mut found = found.map_err(|error| meta_error(Step::Account, &error))?;
    if let Some(wanted) = wanted {
        found.retain(|found| wanted.contains(&found.account.external_id));
    }
    if found.is_empty() {
        return Err(no_accounts(login));
    }
    // Instagram's own login alone knows nothing of the app's subscriptions; without them nothing is compared.
    let app = subscribe::app(&state).await;
    let app = app
        .inspect_err(|error| tracing::warn!(%error, "the app's subscriptions cannot be read"))
        .ok();
    let enrolment = Enrolment {
        state: &state,
        caller: &caller,
        consent: &consent,
        app,
    };
    let together = subscribed_together(found, |found| found.account.subscribed_at());
    let tries: Vec<_> = together
        .iter()
        .map(|found| enrolment.take_each(found))
        .collect();
    let channels: Vec<Result<Vec<Enrolled>, Error>> = futures::stream::iter(tries)
        .buffered(AT_ONCE)
        .collect()
        .await;
    let channels = channels
        .into_iter()
        .collect::<Result<Vec<_>, _>>()?
        .concat();
    if channels.iter().all(|one| one.outcome == Outcome::Held) {
        return Err(all_held(&channels));
    }
    Ok(ConnectResult { channels })
}

/// Exactly one of code and token; a code with its state and its address.
fn proof_of(data: &Connect) -> Result<Proof<'_>, Error> {
    match (&data.code, &data.short_lived_token) {
        (Some(code), None) => {
            fits("code", code)?;
            let Some(redirect_uri) = &data.redirect_uri else {
                return Err(required("redirectUri"));
            };
            if data.state.is_none() {
                return Err(required("state"));
            }
            Ok(Proof::Code { code, redirect_uri })
        }
        (None, Some(token)) => {
            fits("shortLivedToken", token)?;
            Ok(Proof::ShortLived(token))
        }
        (None, None) => Err(required("code")),
        (Some(_), Some(_)) => Err(Error::field(
            "shortLivedToken",
            text(
                "Kirim kode atau token, bukan keduanya.",
                "Send a code or a token, not both.",
            ),
        )),
    }
}

/// The accounts to connect, where the person chose some of them.
fn wanted(data: &Connect) -> Result<Option<&[String]>, Error> {
    let Some(accounts) = &data.accounts else {
        return Ok(None);
    };
    let id = |id: &String| !id.is_empty() && id.len() <= 128;
    if !accounts.is_empty() && accounts.len() <= MOST_WANTED && accounts.iter().all(id) {
        return Ok(Some(accounts));
    }
    Err(Error::field(
        "accounts",
        text(
            format!("Pilih 1 sampai {MOST_WANTED} akun."),
            format!("Choose 1 to {MOST_WANTED} accounts."),
        ),
    ))
}

fn fits(field: &'static str, secret: &SecretString) -> Result<(), Error> {
    let secret = secret.expose_secret();
    let visible = secret.bytes().all(|byte| byte.is_ascii_graphic());
    if !secret.is_empty() && secret.len() <= LONGEST && visible {
        return Ok(());
    }
    Err(Error::field(
        field,
        text(
            format!("Isian \"{field}\" tidak sesuai."),
            format!("\"{field}\" is not valid."),
        ),
    ))
}

fn required(field: &'static str) -> Error {
    Error::field(
        field,
        text(
            format!("Isian \"{field}\" wajib ada."),
            format!("\"{field}\" is required."),
        ),
    )
}

/// Letter for letter: a prefix or a pattern is how codes end up at somebody else's.
fn listed(state: &AppState, redirect_uri: &str) -> Result<(), Error> {
    let uris = &state.config.meta.redirect_uris;
    if uris.iter().any(|uri| uri == redirect_uri) {
        return Ok(());
    }
    Err(Error::field(
        "redirectUri",
        text(
            "Alamat kembali ini tidak terdaftar.",
            "This return address is not on the list.",
        ),
    ))
}

/// An app to ask with, and a key to keep the answer under.
fn set_up(state: &AppState, login: Login) -> Result<(), Error> {
    if state.graph.app_id(login).is_some() && state.channel_keys.current().is_some() {
        return Ok(());
    }
    Err(not_set_up().because("the app of this login, or CHANNEL_KEYS, is not set"))
}

fn no_accounts(login: Login) -> Error {
    let (id, en) = match login {
        Login::Facebook => (
            "Izin ini tidak membuka Halaman Facebook, akun Instagram, maupun nomor WhatsApp mana pun. Mulai lagi dan centang Halaman yang ingin dihubungkan; Anda harus memiliki peran di Halaman itu.",
            "This consent opens no Facebook Page, Instagram account or WhatsApp number. Start again and tick the Pages to connect; you need a role on them.",
        ),
        Login::Instagram => (
            "Akun Instagram ini bukan akun profesional. Ubah menjadi akun bisnis atau kreator, lalu mulai lagi.",
            "This Instagram account is not a professional account. Make it a business or creator account, then start again.",
        ),
    };
    Error::new(Code::FailedPrecondition, "NO_ACCOUNTS", text(id, en))
}

fn all_held(channels: &[Enrolled]) -> Error {
    let told = serde_json::to_value(channels).unwrap_or_default();
    let error = Error::new(Code::PermissionDenied, "ACCOUNT_HELD", enrol::held_text());
    error.with("channels", told)
}
