//! Meta's Graph API with both logins: pages, Instagram accounts, WhatsApp numbers, lead forms, messages and webhooks.
//!
//! All of Meta's hosts on one listener, by the first segment of the path: `/graph.facebook.com/v26.0/{page}/messages`,
//! `/graph.instagram.com/…`, `/api.instagram.com/…`, … ([`Host`]). It knows who exists and what a token may, wants each call
//! proved with the app's secret, holds to Meta's limits and windows, writes every call down ([`Record`]) and goes wrong on
//! demand ([`Plan`], [`Fault`]). `/_control` is for whoever runs it; a test holds the [`Graph`] itself.
//!
//! Each area of the API is a module with a `routes(Host)` that is merged in [`Graph::router`], and names in `nodes` what it
//! knows by id. All of them share one world, and nothing in it happens without the clock of [`Graph::new`].

mod access;
mod assets;
mod call;
mod clock;
mod comments;
mod control;
mod customers;
mod door;
mod error;
mod fault;
mod fields;
mod happenings;
mod leads;
mod media;
mod messages;
mod login;
mod nodes;
mod publishing;
mod server;
mod subscriptions;
mod tokens;
mod usage;
mod webhooks;
mod world;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::routing::get;
use jiff::Timestamp;
use tokio::sync::Notify;

use self::door::Door;
use self::world::World;

pub use assets::{
    ALL_TASKS, App, Business, InstagramAccount, LeadForm, Login, Page, Person, PhoneNumber,
    Question, Seed, Subscription, Template, WhatsappAccount,
};
pub use call::{Host, Record};
pub use clock::Clock;
pub use comments::Comment;
pub use customers::{Customer, Message};
pub use error::{ForPerson, Refusal};
pub use fault::{Fault, Plan};
pub use happenings::{Content, Happening};
pub use leads::{Ad, Answer, LEADS_KEPT, Lead};
pub use media::{CDN_ADDRESS, MediaFile, WHATSAPP_ADDRESS, WHATSAPP_KEPT};
pub use login::{CodeAnswer, Consent, Habits};
pub use publishing::{Asset, LivePost, Pace, Restriction};
pub use server::Server;
pub use tokens::{
    DATA_ACCESS, FACEBOOK_SCOPES, INSTAGRAM_SCOPES, Invalidation, LONG_LIVED, Token, TokenKind,
};
pub use usage::UseCase;
pub use webhooks::{Delivery, DeliveryRules};
pub use world::{FACEBOOK_APP_ID, FACEBOOK_APP_SECRET, INSTAGRAM_APP_ID, INSTAGRAM_APP_SECRET};

/// The whole surface, for people: its clock runs.
pub fn router() -> Router {
    Graph::new(Clock::running()).router()
}

/// The simulated Meta. A clone is the same one.
#[derive(Clone)]
pub struct Graph(Arc<Inner>);

struct Inner {
    clock: Clock,
    /// Told of every call, and of every change to one.
    changed: Notify,
    /// Told when there may be something to send.
    told: Notify,
    /// Tells apps what happened, and fetches what is published.
    http: reqwest::Client,
    world: Mutex<World>,
}

impl Graph {
    /// A Meta that lives by a clock, with the two faces of one app and nothing else.
    pub fn new(clock: Clock) -> Self {
        Self(Arc::new(Inner {
            clock,
            changed: Notify::new(),
            told: Notify::new(),
            http: client(),
            world: Mutex::new(World::default()),
        }))
    }

    /// Its surface.
    pub fn router(&self) -> Router {
        let surface = |host| {
            let areas = match host {
                Host::Graph => nodes::routes()
                    .merge(leads::routes())
                    .merge(messages::routes())
                    .merge(comments::routes())
                    .merge(subscriptions::routes()),
                Host::InstagramGraph => nodes::routes()
                    .merge(messages::routes())
                    .merge(comments::routes())
                    .merge(subscriptions::routes()),
                host => media::routes(host),
            };
            let areas = areas
                .merge(login::routes(host))
                .merge(publishing::routes(host));
            areas.fallback(door::not_there).with_state(self.clone())
        };
        let door = Door {
            graph: self.clone(),
            surfaces: Host::ALL.map(|host| (host, surface(host))).into(),
        };
        let by_hand = control::routes()
            .merge(login::control_routes())
            .merge(publishing::control_routes());
        Router::new()
            .route("/livez", get(|| async { "ok" }))
            .nest("/_control", by_hand.with_state(self.clone()))
            .fallback(door::enter)
            .with_state(Arc::new(door))
    }

    /// Its time of day.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The present moment there.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.0.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What webhooks are sent and files are fetched with.
    fn http(&self) -> &reqwest::Client {
        &self.0.http
    }

    fn changed(&self) -> &Notify {
        &self.0.changed
    }

    fn told(&self) -> &Notify {
        &self.0.told
    }

    /// Says where the simulator is reached, for the addresses of media in webhooks: `http://127.0.0.1:5010`.
    pub fn set_url(&self, url: &str) {
        url.clone_into(&mut self.world().public_url);
    }

    /// Adds people, pages, accounts, numbers and forms, or replaces those with the same ids.
    pub fn seed(&self, seed: Seed) {
        self.world().seed(seed);
    }

    /// The app's face for a login.
    pub fn app(&self, login: Login) -> App {
        self.world().app(login).clone()
    }

    /// Changes the app's face for a login: another secret, development mode, calls without proof.
    pub fn change_app(&self, login: Login, change: impl FnOnce(&mut App)) {
        change(self.world().app_mut(login));
    }

    /// Has the app told of an object's fields, without the verification that `POST /{app}/subscriptions` begins with.
    pub fn subscribe_app(&self, login: Login, object: &str, subscription: Subscription) {
        self.world().subscribe_app(login, object, subscription);
    }

    /// Subscribes both faces of the app to every field of everything that is there now, with one callback address.
    pub fn subscribe_everything(&self, callback_url: &str) {
        subscriptions::subscribe_everything(&mut self.world(), callback_url);
    }

    /// How webhooks go out from now on.
    pub fn delivery_rules(&self, rules: DeliveryRules) {
        self.world().webhooks.rules = rules;
    }

    /// Every webhook that was sent, in order, each attempt by itself.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.world().webhooks.deliveries.clone()
    }

    /// Every message, in order, of both directions.
    pub fn messages(&self) -> Vec<Message> {
        self.world().messages.clone()
    }

    /// Every comment that is still there.
    pub fn comments(&self) -> Vec<Comment> {
        self.world().comments.values().cloned().collect()
    }

    /// Takes a file away before its time; false if there is none.
    pub fn lose_file(&self, id: &str) -> bool {
        self.world().lose_file(id)
    }

    /// Changes a customer, who is made on the spot if nobody knows them.
    pub fn change_customer(&self, asset: &str, id: &str, change: impl FnOnce(&mut Customer)) {
        change(self.world().customer(asset, id));
    }

    /// Issues a token and gives its text.
    pub fn issue(&self, token: Token) -> String {
        let now = self.now();
        self.world().issue(token, now)
    }

    /// A page's token with every right, without end.
    pub fn page_token(&self, page: &str) -> String {
        self.issue(Token::new(TokenKind::Page, page))
    }

    /// An Instagram account's token by Instagram Login with every right, for 60 days.
    pub fn instagram_token(&self, account: &str) -> String {
        let mut token = Token::new(TokenKind::Instagram, account);
        token.expires_at = Some(self.now() + LONG_LIVED);
        self.issue(token)
    }

    /// A business's token for some pages and WhatsApp accounts, with every right, without end.
    pub fn system_user_token(&self, assets: &[&str]) -> String {
        self.issue(Token::new(TokenKind::SystemUser, "122000000000001").targets(assets))
    }

    /// What is known of a token.
    pub fn token(&self, token: &str) -> Option<Token> {
        self.world().tokens.get(token).cloned()
    }

    /// Kills a token; false if there is none.
    pub fn invalidate(&self, token: &str, why: Invalidation) -> bool {
        let mut world = self.world();
        let token = world.tokens.get_mut(token);
        token.is_some_and(|token| {
            token.invalid = Some(why);
            true
        })
    }

    /// Takes a right from a token; false if there is no such token.
    pub fn revoke_scope(&self, token: &str, scope: &str) -> bool {
        let mut world = self.world();
        let token = world.tokens.get_mut(token);
        token.is_some_and(|token| {
            token.scopes.remove(scope);
            true
        })
    }

    /// Has a person leave a lead, without telling anybody; gives it with its id.
    pub fn keep_lead(&self, lead: Lead) -> Lead {
        let now = self.now();
        self.world().keep_lead(lead, now)
    }

    /// Plans that calls go wrong.
    pub fn fail(&self, plan: Plan) {
        self.world().faults.add(plan);
    }

    /// Takes back everything that is planned to go wrong.
    pub fn mend(&self) {
        self.world().faults.clear();
    }

    /// Faults that no call has met yet, without those that are for ever.
    pub fn planned_faults(&self) -> usize {
        self.world().faults.unmet()
    }

    /// How many calls the app has in an hour.
    pub fn limit_app(&self, calls: usize) {
        self.world().usage.limit_app(calls);
    }

    /// How many calls an asset has in a day for a use case.
    pub fn limit(&self, case: UseCase, asset: &str, calls: usize) {
        self.world().usage.limit(case, asset, calls);
    }

    /// Every call so far, in order.
    pub fn calls(&self) -> Vec<Record> {
        self.world().journal.clone()
    }

    /// How often calls of a method to a path did what they were asked, `*` standing for any one segment of the path.
    pub fn effects(&self, method: &axum::http::Method, path: &str) -> u32 {
        let about = Plan::next(method, path, Fault::Never);
        let world = self.world();
        let calls = world.journal.iter();
        let calls = calls.filter(|call| about.is_about(&call.method, &call.path));
        calls.map(|call| call.effects).sum()
    }

    /// Waits for a call of which this is true, also if it is so already.
    pub async fn call(&self, is_it: impl Fn(&Record) -> bool) -> Record {
        loop {
            let changed = self.changed().notified();
            let found = self
                .world()
                .journal
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

#[expect(clippy::disallowed_methods, reason = "the simulator's one client")]
fn client() -> reqwest::Client {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    client.build().unwrap_or_default()
}

#[cfg(test)]
mod tests;
