//! The whole surface on one page, grouped by who calls it.

use axum::http::StatusCode;
use axum::routing::{any, get, post};
use axum::{Extension, Router};

use crate::error::Error;
use crate::extract::{streaming, unary};
use crate::layers;
use crate::pace::Pace;
use crate::state::AppState;
use crate::users::{self, onboarding};
use crate::{
    channels, content, departure, emulator_events, erasure, health, inbox, leads, posts, sweep,
};

/// Everything the service answers.
pub fn build(state: &AppState) -> Router {
    let mut doors = Router::new()
        .merge(callables())
        // Where a page of Firebase Hosting finds them under its own origin: firebase.json.
        .nest("/api", callables())
        // Where `connectFunctionsEmulator` looks for them.
        .nest("/{project}/{region}", callables())
        .merge(blocking_functions())
        .merge(events())
        .merge(webhooks(state))
        .merge(tasks())
        .route("/livez", get(StatusCode::OK))
        .route("/readyz", get(health::ready));
    if state.config.emulators.is_some() {
        doors = doors.merge(emulator_events::routes());
    }
    let doors = doors
        .fallback(|| async { Error::not_found() })
        .with_state(state.clone());
    layers::around(doors, state)
}

/// The frontend, through the Firebase SDK's `httpsCallable` and `.stream()`.
fn callables() -> Router<AppState> {
    Router::new()
        .route("/whoami", unary(users::callables::whoami))
        .route(
            "/inviteUser",
            unary(users::callables::invite_user).layer(Extension(Pace::People)),
        )
        .route(
            "/setUserRole",
            unary(departure::set_user_role).layer(Extension(Pace::People)),
        )
        .route(
            "/setUserDisabled",
            unary(departure::set_user_disabled).layer(Extension(Pace::People)),
        )
        .route("/createLead", unary(leads::create::create_lead))
        .route("/assignLead", unary(leads::assign::assign_lead))
        .route(
            "/importLeads",
            streaming(leads::import::import_leads).layer(Extension(Pace::Import)),
        )
        .route("/leadStats", unary(leads::stats::lead_stats))
        .route(
            "/sendMessage",
            unary(inbox::send::send_message).layer(Extension(Pace::Message)),
        )
        .route(
            "/markConversationRead",
            unary(inbox::read::mark_conversation_read),
        )
        .route(
            "/assignConversation",
            unary(inbox::assign::assign_conversation),
        )
        .route(
            "/linkConversationToLead",
            unary(inbox::link::link_conversation_to_lead),
        )
        .route(
            "/generateContent",
            streaming(content::callables::generate_content).layer(Extension(Pace::Content)),
        )
        .route(
            "/aiService",
            streaming(content::callables::generate_content).layer(Extension(Pace::Content)),
        )
        .route(
            "/enqueueContent",
            unary(content::callables::enqueue_content).layer(Extension(Pace::Content)),
        )
        .route(
            "/beginConnect",
            unary(channels::connect::begin_connect).layer(Extension(Pace::Platform)),
        )
        .route(
            "/connectChannel",
            unary(channels::connect::connect_channel).layer(Extension(Pace::Platform)),
        )
        .route(
            "/disconnectChannel",
            unary(channels::disconnect::disconnect_channel).layer(Extension(Pace::Platform)),
        )
        .route("/aiBudget", unary(content::spending::ai_budget))
        .route(
            "/setAiAllowance",
            unary(content::spending::set_ai_allowance),
        )
        .route("/switchAi", unary(content::spending::switch_ai))
        .route(
            "/postToInstagram",
            unary(posts::callables::post_to_instagram).layer(Extension(Pace::Platform)),
        )
        .route(
            "/postToFacebook",
            unary(posts::callables::post_to_facebook).layer(Extension(Pace::Platform)),
        )
        .route("/cancelPost", unary(posts::callables::cancel_post))
        .route("/resolvePost", unary(posts::callables::resolve_post))
}

/// Identity Platform, while somebody signs up or in.
fn blocking_functions() -> Router<AppState> {
    // Any method: firebase-functions answers a wrong one like any other malformed request.
    Router::new()
        .route("/auth/beforeCreate", any(onboarding::before_create))
        .route("/auth/beforeSignIn", any(onboarding::before_sign_in))
}

/// Eventarc, after something was written, and Pub/Sub.
fn events() -> Router<AppState> {
    Router::new()
        .route("/events/userCreated", post(onboarding::user_created))
        .route("/events/userDeleted", post(departure::user_deleted))
        .route("/events/userWritten", post(departure::user_written))
        .route("/events/leadWritten", post(leads::history::lead_written))
        .route(
            "/events/contentRequestWritten",
            post(content::events::content_request_written),
        )
        .route(
            "/events/budgetAlert",
            post(content::budget_alert::budget_alert),
        )
}

/// Cloud Tasks and Cloud Scheduler.
fn tasks() -> Router<AppState> {
    Router::new()
        .route("/tasks/content", post(content::tasks::run))
        .route("/tasks/erasure", post(erasure::tasks::run))
        .route("/tasks/publishing", post(posts::tasks::run))
        .route("/tasks/refreshChannels", post(channels::refresh::run))
        .route("/tasks/channelConnected", post(inbox::connected::run))
        .route("/tasks/media", post(inbox::media::tasks::run))
        .route("/tasks/intake", leads::intake::tasks::door())
        .route(
            "/tasks/reconcileLeads",
            post(leads::intake::reconcile::schedule),
        )
        .route(
            "/tasks/reconcileChannelLeads",
            post(leads::intake::reconcile::run),
        )
        .route("/tasks/sweep", post(sweep::run))
}

/// Meta, when somebody writes to us, comments, or fills in a form; and when somebody removes the app or wants data deleted.
fn webhooks(state: &AppState) -> Router<AppState> {
    Router::new()
        .route("/webhookHandler", inbox::webhook::door(state))
        .route("/meta/deauthorize", post(erasure::callbacks::deauthorize))
        .route(
            "/meta/dataDeletion",
            post(erasure::callbacks::data_deletion),
        )
        .route("/meta/dataDeletion/{code}", get(erasure::callbacks::status))
}
