//! The simulators as a program: the Graph API on `GRAPH_SIMULATOR_ADDR`, the AI providers on `AI_SIMULATOR_ADDR`, Cloud
//! Tasks on `TASKS_SIMULATOR_ADDR`; and Cloud Scheduler, which calls `SWEEP_URL` each minute
//! and `REFRESH_URL` and `RECONCILE_URL` each hour.
//!
//! Webhooks of the demonstration's channels go to `WEBHOOK_URL`. The app's ids and secrets are the service's own settings
//! (`META_APP_ID`, `META_APP_SECRET`, `INSTAGRAM_APP_ID`, `INSTAGRAM_APP_SECRET`), where they are set.
//!
//! Tests start the same routers inside their own process; this program serves them for `make run`.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use jiff::Timestamp;
use simulators::graph::{Clock, Graph, Login};
use simulators::tasks::{Dispatcher, QueueRules};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// The queues that the service puts tasks into.
const QUEUES: [&str; 3] = ["content", "publishing", "intake"];

#[tokio::main]
async fn main() -> io::Result<()> {
    let graph = bind("GRAPH_SIMULATOR_ADDR").await?;
    let ai = bind("AI_SIMULATOR_ADDR").await?;
    let tasks = bind("TASKS_SIMULATOR_ADDR").await?;
    let http = client()?;
    let queues = QUEUES.map(|name| (name.to_owned(), QueueRules::default()));
    let dispatcher = Dispatcher::new(queues, http.clone(), now);
    let meta = meta(&setting("GRAPH_SIMULATOR_ADDR")?, &setting("WEBHOOK_URL")?);
    let pace = writing_pace()?;
    let serving = async {
        tokio::try_join!(
            serve(graph, meta.router()),
            serve(ai, simulators::ai::router(pace)),
            serve(tasks, dispatcher.router()),
        )
    };
    // Tasks and schedules go on until the servers end.
    tokio::select! {
        served = serving => served.map(drop),
        () = dispatcher.clone().run() => Ok(()),
        () = meta.clone().run() => Ok(()),
        () = schedule(&http, Duration::from_mins(1), setting("SWEEP_URL")?) => Ok(()),
        () = schedule(&http, Duration::from_hours(1), setting("REFRESH_URL")?) => Ok(()),
        () = schedule(&http, Duration::from_hours(1), setting("RECONCILE_URL")?) => Ok(()),
    }
}

/// Meta, with the demonstration's channels.
fn meta(address: &str, webhook_url: &str) -> Graph {
    let graph = Graph::new(Clock::running());
    graph.set_url(&format!("http://{address}"));
    let apps = [
        (Login::Facebook, "META_APP_ID", "META_APP_SECRET"),
        (Login::Instagram, "INSTAGRAM_APP_ID", "INSTAGRAM_APP_SECRET"),
    ];
    let set = |variable| setting(variable).ok().filter(|text| !text.is_empty());
    for (login, id, secret) in apps {
        graph.change_app(login, |app| {
            app.id = set(id).unwrap_or_else(|| app.id.clone());
            app.secret = set(secret).unwrap_or_else(|| app.secret.clone());
        });
    }
    graph.seed_demo(webhook_url);
    graph
}

/// Calls the service again and again, as Cloud Scheduler does; what fails is tried again the next time.
async fn schedule(http: &reqwest::Client, every: Duration, url: String) {
    let mut times = tokio::time::interval(every);
    loop {
        times.tick().await;
        if let Err(error) = http.post(&url).send().await {
            tracing::debug!(%error, url, "a schedule was not answered");
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this program's queues run by the machine's own clock"
)]
fn now() -> Timestamp {
    Timestamp::now()
}

#[expect(clippy::disallowed_methods, reason = "this program's one client")]
fn client() -> io::Result<reqwest::Client> {
    reqwest::Client::builder().build().map_err(io::Error::other)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the settings of this program are read here and nowhere else"
)]
fn setting(variable: &str) -> io::Result<String> {
    std::env::var(variable).map_err(|_| invalid(format!("{variable} is not set")))
}

/// How long a model takes over a token, unless `AI_WRITING_PACE_MS` says: people like to watch it write.
fn writing_pace() -> io::Result<Duration> {
    let Ok(text) = setting("AI_WRITING_PACE_MS") else {
        return Ok(Duration::from_millis(15));
    };
    let milliseconds = text.parse().map_err(|_| {
        invalid(format!(
            "AI_WRITING_PACE_MS={text} is no number of milliseconds"
        ))
    })?;
    Ok(Duration::from_millis(milliseconds))
}

async fn bind(variable: &str) -> io::Result<TcpListener> {
    let text = setting(variable)?;
    let address: SocketAddr = text.parse().map_err(|_| {
        invalid(format!(
            "{variable}={text} is not an address like 127.0.0.1:5010"
        ))
    })?;
    TcpListener::bind(address)
        .await
        .map_err(|e| io::Error::new(e.kind(), format!("{variable}={address}: {e}")))
}

async fn serve(listener: TcpListener, router: Router) -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    axum::serve(listener, router)
        .with_graceful_shutdown(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        })
        .await
}

fn invalid(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, message)
}
