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
    let address = listener.local_addr()?;
    tracing::info!(%address, "listening");
    tracing::info!("{}", state.config.ai.summary());
    let (draining, drain) = tokio::sync::watch::channel(false);
    let told = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("draining");
        // Nobody listens any more only when the server has ended by itself.
        let _ = draining.send(true);
    };
    // As a maker of services of its own the router would copy all of its routes for each connection, some 1.3 MB.
    let router = router::build(&state).into_make_service();
    let server = axum::serve(listener, router).with_graceful_shutdown(told);
    tokio::select! {
        ended = server => ended?,
        () = time_to_drain_over(drain) => {
            tracing::warn!("requests were still under way when the time to drain was over");
        }
    }
    Ok(())
}

async fn time_to_drain_over(mut drain: tokio::sync::watch::Receiver<bool>) {
    let begun = drain.wait_for(|draining| *draining).await.is_ok();
    if begun {
        tokio::time::sleep(DRAIN).await;
    } else {
        std::future::pending::<()>().await;
    }
}
