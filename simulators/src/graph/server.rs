//! The simulator on a port of its own, for a test.

use std::io;
use std::ops::Deref;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::Graph;
use super::call::Host;
use super::clock::Clock;

/// A simulated Meta on a port of its own. Dropped, it takes no more calls.
pub struct Server {
    graph: Graph,
    url: String,
    serving: JoinHandle<()>,
}

impl Server {
    /// Starts one that lives by a clock.
    ///
    /// # Errors
    /// When loopback has no port left.
    pub async fn start(clock: Clock) -> io::Result<Self> {
        let graph = Graph::new(clock);
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        graph.set_url(&url);
        let router = graph.router();
        #[expect(
            clippy::disallowed_methods,
            reason = "a test's server lives beside the test, on no Cloud Run"
        )]
        let serving = tokio::spawn(async move {
            // It ends only by being dropped.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self {
            graph,
            url,
            serving,
        })
    }

    /// `http://127.0.0.1:PORT`, where `/_control` is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// One of Meta's hosts: what `GRAPH_URL`, `INSTAGRAM_GRAPH_URL` and `INSTAGRAM_API_URL` have to be.
    pub fn host(&self, host: Host) -> String {
        format!("{}/{}", self.url, host.name())
    }
}

impl Deref for Server {
    type Target = Graph;

    fn deref(&self) -> &Graph {
        &self.graph
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
