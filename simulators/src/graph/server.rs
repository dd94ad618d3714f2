//! The simulator on a port of its own, for a test.

use std::io;
use std::ops::Deref;

use super::Graph;
use super::call::Host;
use super::clock::Clock;
use crate::serving::Serving;

/// A simulated Meta on a port of its own. Dropped, it takes no more calls.
pub struct Server {
    graph: Graph,
    serving: Serving,
}

impl Server {
    /// Starts one that lives by a clock.
    ///
    /// # Errors
    /// When loopback has no port left.
    pub async fn start(clock: Clock) -> io::Result<Self> {
        let graph = Graph::new(clock);
        let serving = Serving::start(|url| {
            graph.set_url(url);
            graph.router()
        });
        Ok(Self {
            serving: serving.await?,
            graph,
        })
    }

    /// `http://127.0.0.1:PORT`, where `/_control` is.
    pub fn url(&self) -> &str {
        self.serving.url()
    }

    /// One of Meta's hosts: what `GRAPH_URL`, `INSTAGRAM_GRAPH_URL` and `INSTAGRAM_API_URL` have to be.
    pub fn host(&self, host: Host) -> String {
        format!("{}/{}", self.url(), host.name())
    }
}

impl Deref for Server {
    type Target = Graph;

    fn deref(&self) -> &Graph {
        &self.graph
    }
}
