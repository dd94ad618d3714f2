//! The AI providers: OpenAI under `/openai/v1`, the Gemini API under `/gemini/v1beta`.
//!
//! They check keys and models, hold to the schema that they are asked for, count what they would bill, obey whatever reaches the
//! system role, keep films until they are fetched, and go wrong on demand ([`Fault`]). `/control` is for whoever runs them;
//! a test holds the [`Simulator`] itself.

mod chat;
mod clock;
mod control;
mod errors;
mod fault;
mod films;
mod images;
pub(crate) mod media;
mod state;
mod writer;

use std::io;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{Method, Uri};
use axum::response::Response;
use axum::routing::{get, post};

use self::errors::Dialect;
use self::state::State;
use crate::serving::Serving;

pub use clock::Clock;
pub use fault::{Fault, Provider, Target};
pub use state::{Call, GEMINI_KEY, OPENAI_KEY};
pub use writer::Reply;

/// The whole surface, for people: its clock runs, and a model takes `writing_pace` over a token.
pub fn router(writing_pace: Duration) -> Router {
    Simulator::new(Clock::running(writing_pace)).router()
}

/// The simulated providers. A clone is the same providers.
#[derive(Clone)]
pub struct Simulator {
    state: Arc<State>,
}

impl Simulator {
    /// Providers that live by a clock.
    pub fn new(clock: Clock) -> Self {
        Self {
            state: Arc::new(State::new(clock)),
        }
    }

    /// Their surface.
    pub fn router(&self) -> Router {
        let openai = Router::new()
            .route("/chat/completions", post(chat::openai))
            .route("/images/generations", post(images::openai));
        let gemini = Router::new()
            .route("/openai/chat/completions", post(chat::gemini))
            .route("/models/{verb}", post(images::gemini))
            .route("/interactions", post(films::begin))
            .route("/interactions/{name}", get(films::ask))
            .route("/files/{verb}", get(films::download));
        Router::new()
            .route("/livez", get(|| async { "ok" }))
            .nest("/openai/v1", openai)
            .nest("/gemini/v1beta", gemini)
            .nest("/control", control::routes())
            .fallback(unknown_path)
            .layer(DefaultBodyLimit::max(20 * 1024 * 1024))
            .with_state(Arc::clone(&self.state))
    }

    /// Their time of day.
    pub fn clock(&self) -> &Clock {
        &self.state.clock
    }

    /// Makes the next call of a kind at a provider go wrong. Faults of one kind are used up in the order they were planned.
    pub fn fail(&self, provider: Provider, target: Target, fault: Fault) {
        self.state.world().plan(provider, target, fault);
    }

    /// Faults that no call has met yet.
    pub fn planned_faults(&self) -> usize {
        self.state.world().planned()
    }

    /// Makes the next text say this.
    pub fn reply(&self, reply: Reply) {
        self.state.world().replies.push_back(reply);
    }

    /// Takes a key back.
    pub fn revoke(&self, key: &str) {
        self.state.world().revoke(key);
    }

    /// Every call so far, in order.
    pub fn calls(&self) -> Vec<Call> {
        self.state.world().calls.clone()
    }

    /// Calls on a provider's bill.
    pub fn paid_calls(&self, provider: Provider) -> usize {
        let world = self.state.world();
        let paid = world.calls.iter().filter(|call| call.paid);
        paid.filter(|call| call.provider == provider).count()
    }

    /// Waits for a call of which this is true, also if it is so already.
    pub async fn call(&self, is_it: impl Fn(&Call) -> bool) -> Call {
        loop {
            let changed = self.state.changed.notified();
            let found = self
                .state
                .world()
                .calls
                .iter()
                .find(|call| is_it(call))
                .cloned();
            if let Some(call) = found {
                return call;
            }
            changed.await;
        }
    }
}

/// Simulated providers on a port of their own. Dropped, they take no more calls.
pub struct Server {
    simulator: Simulator,
    serving: Serving,
}

impl Server {
    /// Starts providers whose clock stands still.
    ///
    /// # Errors
    /// When loopback has no port left.
    pub async fn start() -> io::Result<Self> {
        let simulator = Simulator::new(Clock::manual());
        let serving = Serving::start(|_| simulator.router()).await?;
        Ok(Self { simulator, serving })
    }

    /// What `OPENAI_BASE_URL` has to be.
    pub fn openai_url(&self) -> String {
        format!("{}/openai/v1", self.url())
    }

    /// What `GEMINI_BASE_URL` has to be.
    pub fn gemini_url(&self) -> String {
        format!("{}/gemini/v1beta", self.url())
    }

    /// `http://127.0.0.1:PORT`, where `/control` is.
    pub fn url(&self) -> &str {
        self.serving.url()
    }
}

impl Deref for Server {
    type Target = Simulator;

    fn deref(&self) -> &Simulator {
        &self.simulator
    }
}

async fn unknown_path(method: Method, uri: Uri) -> Response {
    let dialect = if uri.path().starts_with("/gemini") {
        Dialect::Gemini
    } else {
        Dialect::OpenAi
    };
    let message = format!("Invalid URL ({method} {})", uri.path());
    dialect.refuse(404, "unknown_url", &message)
}
