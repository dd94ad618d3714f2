//! Cloud Tasks beside an application: queues by its clock, delivering when a test says so.

use leadgen_pro::clock::Clock;
use simulators::tasks::{Dispatcher, QueueRules};

/// Starts a dispatcher with these queues, and gives it with what `TASKS_BASE_URL` has to be.
pub(crate) async fn start(names: &[&str], clock: &Clock) -> (Dispatcher, String) {
    let now = clock.clone();
    let queues = names
        .iter()
        .map(|&name| (name.to_owned(), QueueRules::default()));
    let dispatcher = Dispatcher::new(queues, reqwest::Client::new(), move || now.now());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = dispatcher.router();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (dispatcher, url)
}
