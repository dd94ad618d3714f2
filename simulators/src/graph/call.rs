//! A call as the Graph sees it: host, version, path, and parameters from wherever they came; and what is written down of it.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::error::Refusal;
use super::fault::Fault;
use super::tokens::Token;

/// Meta's hosts, which are the first segment of a path here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Host {
    /// The Graph API with Facebook Login.
    #[serde(rename = "graph.facebook.com")]
    Graph,
    /// The Graph API with Instagram Login.
    #[serde(rename = "graph.instagram.com")]
    InstagramGraph,
    /// Where the code of an Instagram Login becomes a token.
    #[serde(rename = "api.instagram.com")]
    InstagramApi,
    /// Facebook's login dialog.
    #[serde(rename = "www.facebook.com")]
    Facebook,
    /// Instagram's login dialog.
    #[serde(rename = "www.instagram.com")]
    Instagram,
    /// Resumable uploads.
    #[serde(rename = "rupload.facebook.com")]
    Upload,
    /// Media of WhatsApp and of Instagram messages.
    #[serde(rename = "lookaside.fbsbx.com")]
    Lookaside,
    /// Media of pages and of Messenger.
    #[serde(rename = "scontent.xx.fbcdn.net")]
    FacebookCdn,
    /// Media of Instagram.
    #[serde(rename = "scontent.cdninstagram.com")]
    InstagramCdn,
}

impl Host {
    /// All of them.
    pub(super) const ALL: [Self; 9] = [
        Self::Graph,
        Self::InstagramGraph,
        Self::InstagramApi,
        Self::Facebook,
        Self::Instagram,
        Self::Upload,
        Self::Lookaside,
        Self::FacebookCdn,
        Self::InstagramCdn,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Graph => "graph.facebook.com",
            Self::InstagramGraph => "graph.instagram.com",
            Self::InstagramApi => "api.instagram.com",
            Self::Facebook => "www.facebook.com",
            Self::Instagram => "www.instagram.com",
            Self::Upload => "rupload.facebook.com",
            Self::Lookaside => "lookaside.fbsbx.com",
            Self::FacebookCdn => "scontent.xx.fbcdn.net",
            Self::InstagramCdn => "scontent.cdninstagram.com",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|host| host.name() == name)
    }
}

/// A call. A handler takes it as an argument.
#[derive(Clone, Debug)]
pub(super) struct Call {
    /// Its number in the journal.
    pub(super) id: usize,
    pub(super) at: Timestamp,
    pub(super) method: Method,
    pub(super) host: Host,
    /// `v26.0`, if the path named one.
    pub(super) version: Option<String>,
    /// Without host and version: `/123/messages`.
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// From the query and from the body, JSON or form.
    pub(super) parameters: BTreeMap<String, Value>,
    /// The token that it came with. On the Graph's own hosts it has been checked, unless the path is open to all.
    pub(super) token: Option<Token>,
    /// Where the simulator was reached: `http://127.0.0.1:5010`.
    pub(super) base: String,
}

/// Parameters that are secret: the journal leaves them out.
const SECRET: [&str; 7] = [
    "access_token",
    "appsecret_proof",
    "client_secret",
    "code",
    "fb_exchange_token",
    "input_token",
    "verify_token",
];

impl Call {
    /// Reads a request; `None` when it names none of Meta's hosts.
    pub(super) fn read(parts: &Parts, body: Bytes, at: Timestamp) -> Option<Self> {
        let path = parts.uri.path().trim_start_matches('/');
        let (host, path) = path.split_once('/').unwrap_or((path, ""));
        let host = Host::parse(host)?;
        let (first, rest) = path.split_once('/').unwrap_or((path, ""));
        let (version, path) = if is_version(first) {
            (Some(first.to_owned()), rest)
        } else {
            (None, path)
        };
        let mut parameters = BTreeMap::new();
        form(parts.uri.query().unwrap_or_default(), &mut parameters);
        let kind = parts.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
        match kind {
            Some(kind) if kind.starts_with(b"application/json") => {
                if let Ok(Value::Object(fields)) = serde_json::from_slice(&body) {
                    parameters.extend(fields);
                }
            }
            Some(kind) if kind.starts_with(b"application/x-www-form-urlencoded") => {
                form(&String::from_utf8_lossy(&body), &mut parameters);
            }
            _ => {}
        }
        let authority = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
        Some(Self {
            id: 0,
            at,
            method: parts.method.clone(),
            host,
            version,
            path: format!("/{path}"),
            headers: parts.headers.clone(),
            body,
            parameters,
            token: None,
            base: format!("http://{}", authority.unwrap_or("127.0.0.1")),
        })
    }

    /// The token's text: a parameter, or a header of Bearer or OAuth.
    pub(super) fn token_text(&self) -> Option<String> {
        self.text("access_token").or_else(|| {
            let header = self.headers.get(AUTHORIZATION)?.to_str().ok()?;
            let (scheme, token) = header.split_once(' ')?;
            let known = ["bearer", "oauth"].contains(&scheme.to_lowercase().as_str());
            known.then(|| token.trim().to_owned())
        })
    }

    /// The checked token.
    pub(super) fn token(&self) -> Result<&Token, Refusal> {
        self.token.as_ref().ok_or_else(no_token)
    }

    /// A parameter as text; numbers and truth values are written out.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.parameters.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Null => None,
            other => Some(other.to_string()),
        }
    }

    /// A parameter that has to be there.
    pub(super) fn need(&self, name: &str) -> Result<String, Refusal> {
        self.text(name)
            .filter(|text| !text.is_empty())
            .ok_or_else(|| Refusal::parameter(format!("The parameter {name} is required")))
    }

    /// A parameter as JSON; in a query or a form it is JSON in text.
    pub(super) fn json(&self, name: &str) -> Option<Value> {
        match self.parameters.get(name)? {
            Value::String(text) => serde_json::from_str(text)
                .ok()
                .or_else(|| Some(Value::String(text.clone()))),
            Value::Null => None,
            other => Some(other.clone()),
        }
    }

    /// A parameter that is true or false; absent is false.
    pub(super) fn flag(&self, name: &str) -> bool {
        matches!(self.text(name).as_deref(), Some("true" | "1"))
    }

    /// Meta's answer to an object that is not there or not for this token.
    pub(super) fn no_object(&self, id: &str) -> Refusal {
        Refusal::no_object(self.method.as_str(), id)
    }

    pub(super) fn public_parameters(&self) -> BTreeMap<String, Value> {
        let mut parameters = self.parameters.clone();
        parameters.retain(|name, _| !SECRET.contains(&name.as_str()));
        parameters
    }
}

/// Meta's answer to a call without a token.
pub(super) fn no_token() -> Refusal {
    Refusal::new(2500)
        .saying("An active access token must be used to query information about the current user.")
}

fn is_version(segment: &str) -> bool {
    segment
        .strip_prefix('v')
        .and_then(|number| number.split_once('.'))
        .is_some_and(|(major, minor)| {
            let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            digits(major) && digits(minor)
        })
}

/// Adds the fields of a query or a form.
fn form(text: &str, parameters: &mut BTreeMap<String, Value>) {
    for (name, value) in reqwest::Url::parse(&format!("form:?{text}"))
        .iter()
        .flat_map(reqwest::Url::query_pairs)
    {
        parameters.insert(name.into_owned(), Value::String(value.into_owned()));
    }
}

impl<S: Sync> FromRequestParts<S> for Call {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        // The door has put it there.
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| StatusCode::INTERNAL_SERVER_ERROR.into_response())
    }
}

/// What is written down of a call.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// Its number, from 0.
    pub id: usize,
    /// When it came.
    pub at: Timestamp,
    /// Which of Meta's hosts.
    pub host: Host,
    /// Method.
    #[serde(serialize_with = "method_name")]
    pub method: Method,
    /// The version that it named.
    pub version: Option<String>,
    /// Path without host and version.
    pub path: String,
    /// Parameters, without the secret ones.
    pub parameters: BTreeMap<String, Value>,
    /// Whose token it came with: the owner.
    pub owner: Option<String>,
    /// The token itself.
    pub token: Option<String>,
    /// The status of the answer; 0 while there is none, and when there never is.
    pub status: u16,
    /// How often the Graph did what was asked, whatever it answered.
    pub effects: u32,
    /// What went wrong by plan.
    pub fault: Option<Fault>,
}

impl Record {
    pub(super) fn of(call: &Call, fault: Option<&Fault>) -> Self {
        Self {
            id: call.id,
            at: call.at,
            host: call.host,
            method: call.method.clone(),
            version: call.version.clone(),
            path: call.path.clone(),
            parameters: call.public_parameters(),
            owner: None,
            token: call.token_text(),
            status: 0,
            effects: 0,
            fault: fault.cloned(),
        }
    }
}

fn method_name<S: serde::Serializer>(method: &Method, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(method.as_str())
}
