//! What the simulated providers remember: keys, calls, films, and what is to go wrong.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tokio::sync::Notify;

use super::clock::Clock;
use super::fault::{Fault, Provider, Target};
use super::writer::Reply;

/// The key that the simulated OpenAI knows.
pub const OPENAI_KEY: &str = "sk-simulated-openai-key";
/// The key that the simulated Gemini API knows.
pub const GEMINI_KEY: &str = "AIza-simulated-gemini-key";

/// Questions that a film answers with "not yet".
const QUESTIONS_BEFORE_DONE: u32 = 2;

/// A request that a provider was sent, and what became of it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    /// Its number, from 0.
    pub id: usize,
    /// Whose API.
    pub provider: Provider,
    /// Which kind.
    pub target: Target,
    /// The key that it came with.
    pub key: String,
    /// The model that it asked for.
    pub model: String,
    /// When it came.
    pub at_ms: u64,
    /// The status of the answer.
    pub status: u16,
    /// Whether it is on the bill.
    pub paid: bool,
    /// Tokens read.
    pub input_tokens: u64,
    /// Tokens written, thinking included.
    pub output_tokens: u64,
    /// Pictures made.
    pub images: u64,
    /// Seconds of film made.
    pub video_seconds: u64,
    /// What reached the role that a model obeys.
    pub system: String,
    /// What reached the role that it works on.
    pub user: String,
    /// Which order of the system role the model obeyed to the letter.
    pub obeyed: Option<String>,
    /// When the first token left.
    pub first_token_ms: Option<u64>,
    /// When the last byte left.
    pub finished_ms: Option<u64>,
    /// Whether the client left before that.
    pub client_left: bool,
}

/// A film being made.
#[derive(Clone, Debug)]
pub(super) struct FilmJob {
    pub(super) key: String,
    pub(super) seconds: u64,
    pub(super) questions: u32,
    /// The call that began it, which is on the bill.
    pub(super) call: usize,
}

impl FilmJob {
    pub(super) fn is_done(&self) -> bool {
        self.questions > QUESTIONS_BEFORE_DONE
    }
}

pub(super) struct State {
    pub(super) clock: Clock,
    /// Told of every change to a call.
    pub(super) changed: Notify,
    world: Mutex<World>,
}

pub(super) struct World {
    keys: HashMap<String, Provider>,
    faults: VecDeque<(Provider, Target, Fault)>,
    pub(super) replies: VecDeque<Reply>,
    pub(super) calls: Vec<Call>,
    pub(super) films: HashMap<String, FilmJob>,
}

impl Default for World {
    fn default() -> Self {
        Self {
            keys: HashMap::from([
                (OPENAI_KEY.to_owned(), Provider::OpenAi),
                (GEMINI_KEY.to_owned(), Provider::Gemini),
            ]),
            faults: VecDeque::new(),
            replies: VecDeque::new(),
            calls: Vec::new(),
            films: HashMap::new(),
        }
    }
}

impl State {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            clock,
            changed: Notify::new(),
            world: Mutex::new(World::default()),
        }
    }

    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now_ms(&self) -> u64 {
        millis(self.clock.now())
    }

    /// Writes a call down as it comes in, unpaid.
    pub(super) fn note(&self, provider: Provider, target: Target, key: &str) -> usize {
        let at_ms = self.now_ms();
        let calls = &mut self.world().calls;
        let id = calls.len();
        calls.push(Call {
            id,
            provider,
            target,
            key: key.to_owned(),
            model: String::new(),
            at_ms,
            status: 0,
            paid: false,
            input_tokens: 0,
            output_tokens: 0,
            images: 0,
            video_seconds: 0,
            system: String::new(),
            user: String::new(),
            obeyed: None,
            first_token_ms: None,
            finished_ms: None,
            client_left: false,
        });
        id
    }

    /// Changes what is written about a call.
    pub(super) fn amend(&self, id: usize, change: impl FnOnce(&mut Call)) {
        if let Some(call) = self.world().calls.get_mut(id) {
            change(call);
        }
        self.changed.notify_waiters();
    }
}

/// A client that waits for its answer. Dropped before [`Presence::finish`], it has left.
pub(super) struct Presence {
    pub(super) state: Arc<State>,
    pub(super) call: usize,
    finished: bool,
}

impl Presence {
    pub(super) fn new(state: &Arc<State>, call: usize) -> Self {
        Self {
            state: Arc::clone(state),
            call,
            finished: false,
        }
    }

    /// The last byte has left.
    pub(super) fn finish(&mut self) {
        self.finished = true;
        let now = self.state.now_ms();
        self.amend(|call| call.finished_ms = Some(now));
    }

    pub(super) fn amend(&self, change: impl FnOnce(&mut Call)) {
        self.state.amend(self.call, change);
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        if !self.finished {
            self.amend(|call| call.client_left = true);
        }
    }
}

impl World {
    pub(super) fn plan(&mut self, provider: Provider, target: Target, fault: Fault) {
        self.faults.push_back((provider, target, fault));
    }

    /// Takes what was planned for this call, in the order of planning.
    pub(super) fn next_fault(&mut self, provider: Provider, target: Target) -> Option<Fault> {
        let at = self
            .faults
            .iter()
            .position(|(who, what, _)| (*who, *what) == (provider, target))?;
        self.faults.remove(at).map(|(_, _, fault)| fault)
    }

    pub(super) fn planned(&self) -> usize {
        self.faults.len()
    }

    pub(super) fn knows(&self, key: &str, provider: Provider) -> bool {
        self.keys.get(key) == Some(&provider)
    }

    pub(super) fn revoke(&mut self, key: &str) {
        self.keys.remove(key);
    }

    pub(super) fn issue(&mut self, key: &str, provider: Provider) {
        self.keys.insert(key.to_owned(), provider);
    }
}

pub(super) fn millis(time: Duration) -> u64 {
    time.as_millis().try_into().unwrap_or(u64::MAX)
}
