//! Where every call comes in: written down, made to go wrong if that was planned, admitted, and performed by its host's surface.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse as _, Response};
use axum::{Json, Router};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::Graph;
use super::call::{Call, Host, Record};
use super::error::Refusal;
use super::fault::Fault;

/// The largest body that is read: a video in one piece.
const BODY_LIMIT: usize = 128 * 1024 * 1024;

/// Paths on the Graph's own hosts that check for themselves who calls: there a secret stands for the token.
const OPEN: [&str; 3] = [
    "/oauth/access_token",
    "/access_token",
    "/refresh_access_token",
];

pub(super) struct Door {
    pub(super) graph: Graph,
    pub(super) surfaces: BTreeMap<Host, Router>,
}

/// Takes a call to any of Meta's hosts.
pub(super) async fn enter(State(door): State<Arc<Door>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let graph = &door.graph;
    let Some(mut call) = Call::read(&parts, body, graph.now()) else {
        return unknown_path(parts.method.as_str(), parts.uri.path()).into_response();
    };
    let fault = graph.note(&mut call);
    if let Some(Fault::HappensLater { ms }) = fault {
        door.perform_later(call, SignedDuration::from_millis(ms));
        return cut();
    }
    let response = door.answer(&call, fault).await;
    let Some(mut response) = response else {
        return cut();
    };
    graph.amend(call.id, |record| record.status = response.status().as_u16());
    door.tell_usage(&call, &mut response);
    response
}

impl Door {
    /// What the client is answered; `None` when the connection breaks.
    async fn answer(&self, call: &Call, fault: Option<Fault>) -> Option<Response> {
        Some(match fault {
            None => self.perform(call).await,
            Some(Fault::Late { ms }) => {
                let response = self.perform(call).await;
                let at = call.at + SignedDuration::from_millis(ms);
                self.graph.clock().reached(at).await;
                response
            }
            Some(Fault::Refuse { refusal }) => refused(call, refusal),
            Some(Fault::RefuseAfter { refusal }) => {
                self.perform(call).await;
                refused(call, refusal)
            }
            Some(Fault::Gateway { status }) => gateway(status),
            Some(Fault::CutBefore | Fault::HappensLater { .. }) => return None,
            Some(Fault::CutAfter) => {
                self.perform(call).await;
                return None;
            }
            Some(Fault::Twice) => {
                let first = self.perform(call).await;
                self.perform(call).await;
                first
            }
            Some(Fault::OkWithError { refusal }) => Json(refusal.body()).into_response(),
            Some(Fault::Never) => std::future::pending().await,
        })
    }

    /// Does what a call asked once the clock has moved on, by the rules of that moment. Nobody is answered.
    fn perform_later(self: &Arc<Self>, mut call: Call, by: SignedDuration) {
        let door = Arc::clone(self);
        let due = async move {
            door.graph.clock().reached(call.at + by).await;
            call.at = door.graph.now();
            let status = door.perform(&call).await.status().as_u16();
            door.graph.amend(call.id, |record| record.status = status);
        };
        #[expect(
            clippy::disallowed_methods,
            reason = "what happens later outlives the call that asked for it: that is the fault"
        )]
        tokio::spawn(due);
    }

    async fn perform(&self, call: &Call) -> Response {
        let mut call = call.clone();
        if let Err(refusal) = self.admit(&mut call) {
            return refusal.into_response();
        }
        let Some(surface) = self.surfaces.get(&call.host) else {
            return unknown_path(call.method.as_str(), &call.path).into_response();
        };
        let mut request = Request::new(Body::from(call.body.clone()));
        *request.method_mut() = call.method.clone();
        *request.headers_mut() = call.headers.clone();
        let Ok(uri) = call.path.parse() else {
            return StatusCode::BAD_REQUEST.into_response();
        };
        *request.uri_mut() = uri;
        let id = call.id;
        request.extensions_mut().insert(call);
        let response = match surface.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        if response.status().is_success() || response.status().is_redirection() {
            self.graph.amend(id, |record| record.effects += 1);
        }
        response
    }

    /// Checks the token where the Graph does, and counts the call.
    fn admit(&self, call: &mut Call) -> Result<(), Refusal> {
        let graphs = matches!(call.host, Host::Graph | Host::InstagramGraph);
        if !graphs || OPEN.contains(&call.path.as_str()) {
            return Ok(());
        }
        let mut world = self.graph.world();
        let token = world.authenticate(call)?;
        if let Some(record) = world.journal.get_mut(call.id) {
            record.owner = Some(token.owner.clone());
        }
        call.token = Some(token);
        world.usage.count_app(call.at)
    }

    /// Adds the headers that tell how near the limits are.
    fn tell_usage(&self, call: &Call, response: &mut Response) {
        if !matches!(call.host, Host::Graph | Host::InstagramGraph) {
            return;
        }
        let mut world = self.graph.world();
        let headers = response.headers_mut();
        let app = world.usage.app_header();
        let counted = world.counted.remove(&call.id).unwrap_or_default();
        let assets = world.usage.asset_header(&counted, call.at);
        for (name, value) in [
            ("x-app-usage", Some(app)),
            ("x-business-use-case-usage", assets),
        ] {
            let value = value.map(|value| HeaderValue::from_str(&value.to_string()));
            if let Some(Ok(value)) = value
                && !headers.contains_key(name)
            {
                headers.insert(name, value);
            }
        }
    }
}

impl Graph {
    /// Writes a call down as it comes in, and takes what was planned for it.
    fn note(&self, call: &mut Call) -> Option<Fault> {
        let mut world = self.world();
        let fault = world.faults.take(&call.method, &call.path);
        call.id = world.journal.len();
        world.journal.push(Record::of(call, fault.as_ref()));
        drop(world);
        self.changed().notify_waiters();
        fault
    }

    fn amend(&self, id: usize, change: impl FnOnce(&mut Record)) {
        if let Some(record) = self.world().journal.get_mut(id) {
            change(record);
        }
        self.changed().notify_waiters();
    }
}

fn refused(call: &Call, refusal: Refusal) -> Response {
    let minutes = refusal.regain_minutes;
    let mut response = refusal.into_response();
    let owner = call.path.split('/').nth(1).unwrap_or_default();
    let usage = minutes.map(|minutes| {
        json!({ owner: [{
            "type": "pages", "call_count": 100, "total_cputime": 50, "total_time": 50,
            "estimated_time_to_regain_access": minutes,
        }] })
    });
    if let Some(Ok(usage)) = usage.map(|usage| HeaderValue::from_str(&usage.to_string())) {
        let headers = response.headers_mut();
        headers.insert("x-business-use-case-usage", usage);
    }
    response
}

/// What something in front of the Graph answers.
fn gateway(status: u16) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    (
        status,
        Html("<html><body>Sorry, something went wrong.</body></html>"),
    )
        .into_response()
}

/// Breaks the connection. A body that fails before its first byte ends it before anything has left, the status line included.
fn cut() -> Response {
    let broken = futures::stream::once(async { Err::<&[u8], _>(std::io::Error::other("cut")) });
    let json = HeaderValue::from_static("application/json");
    ([(CONTENT_TYPE, json)], Body::from_stream(broken)).into_response()
}

/// Meta's answer to a path that it does not know.
pub(super) fn unknown_path(method: &str, path: &str) -> Refusal {
    Refusal::new(2500).saying(if method == "GET" {
        format!("Unknown path components: {path}")
    } else {
        format!("Unsupported {} request.", method.to_lowercase())
    })
}

/// For the surfaces: nothing there.
pub(super) async fn not_there(call: Call) -> Refusal {
    unknown_path(call.method.as_str(), &call.path)
}

/// What Meta answers when there is nothing else to say.
pub(super) fn success() -> Json<Value> {
    Json(json!({ "success": true }))
}
