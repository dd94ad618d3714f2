//! A router on a port of its own, for a test.

use std::io;

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A router that is served on loopback. Dropped, it takes no more calls.
pub(crate) struct Serving {
    url: String,
    task: JoinHandle<()>,
}

impl Serving {
    /// Serves the router that `build` makes of the address it will have, `http://127.0.0.1:PORT`.
    ///
    /// # Errors
    /// When loopback has no port left.
    pub(crate) async fn start(build: impl FnOnce(&str) -> Router) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let router = build(&url).into_make_service();
        #[expect(
            clippy::disallowed_methods,
            reason = "a test's server lives beside the test, on no Cloud Run"
        )]
        let task = tokio::spawn(async move {
            // It ends only by being dropped.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { url, task })
    }

    /// `http://127.0.0.1:PORT`.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.task.abort();
    }
}
