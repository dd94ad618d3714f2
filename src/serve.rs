//! Listening, and leaving in good order.

use std::time::Duration;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::router;
use crate::state::AppState;

/// How long requests that are under way may still take after SIGTERM.
///
/// # Source
/// Cloud Run sends SIGKILL 10 s after SIGTERM: <https://cloud.google.com/run/docs/container-contract>, read 2026-11.
const DRAIN: Duration = Duration::from_secs(9);

/// Answers requests until SIGTERM or Ctrl-C, then finishes what is under way and ends.
///
/// # Errors
/// When the address cannot be listened at.
pub async fn until_terminated(state: AppState) -> anyhow::Result<()> {
    let listen = state.config.listen;
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!("cannot listen at {listen}; HOST and PORT say where, and the port must be free")
    })?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let (stop, stopping) = tokio::sync::oneshot::channel::<()>();
    let address = listener.local_addr()?;
    tracing::info!(%address, "listening");
    let server = axum::serve(listener, router::build(&state)).with_graceful_shutdown(async {
        // An error means that the sender is gone, which is the same news.
        let _ = stopping.await;
    });
    let server = tokio::spawn(server.into_future());
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("draining");
    drop(stop);
    match tokio::time::timeout(DRAIN, server).await {
        Ok(ended) => ended??,
        Err(_) => tracing::warn!("requests were still under way when the time to drain was over"),
    }
    Ok(())
}
