//! The simulators as a program: the Graph API on `GRAPH_SIMULATOR_ADDR`, the AI providers on `AI_SIMULATOR_ADDR`.
//!
//! Tests start the same routers inside their own process; this program serves them for `make run`.

use std::io;
use std::net::SocketAddr;

use axum::Router;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> io::Result<()> {
    let graph = bind("GRAPH_SIMULATOR_ADDR").await?;
    let ai = bind("AI_SIMULATOR_ADDR").await?;
    tokio::try_join!(
        serve(graph, simulators::graph::router()),
        serve(ai, simulators::ai::router()),
    )?;
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "the two settings of this program are read here and nowhere else"
)]
async fn bind(variable: &str) -> io::Result<TcpListener> {
    let text = std::env::var(variable).map_err(|_| invalid(format!("{variable} is not set")))?;
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
