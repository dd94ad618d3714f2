//! What tests share: the application on a port, people who call it, and the emulators beside it.

pub(crate) mod app;
pub(crate) mod dice;
pub(crate) mod documents;
pub(crate) mod events;
pub(crate) mod key_server;
pub(crate) mod lines;
pub(crate) mod meter;
pub(crate) mod people;
pub(crate) mod queues;
pub(crate) mod signing_key;

pub(crate) use app::{Answer, App};
pub(crate) use people::Person;

/// A setting that `make test` makes.
///
/// # Panics
/// When it is not set: a test without its emulators fails, it does not skip.
pub(crate) fn setting(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| {
        panic!("{name} is not set: run `make test`, or start the emulators with `make emulators` and export what it prints")
    })
}

/// Asks again until the answer is there, for at most 20 s: for what the emulators do in their own time.
pub(crate) async fn eventually<T, F, Fut>(what: &str, mut ask: F) -> T
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Option<T>>,
{
    let limit = std::time::Instant::now() + std::time::Duration::from_secs(20);
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(std::time::Instant::now() < limit, "never happened: {what}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}
