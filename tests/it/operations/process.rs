//! The binary itself, started as Cloud Run starts it.

use std::process::{Output, Stdio};

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStderr, Command};

use crate::support::setting;

/// The environment that `make run` gives the service, for a project of its own.
pub(crate) fn settings(project: &str) -> Vec<(String, String)> {
    [
        ("GOOGLE_CLOUD_PROJECT", project.to_owned()),
        ("PORT", "0".to_owned()),
        (
            "FIRESTORE_EMULATOR_HOST",
            setting("FIRESTORE_EMULATOR_HOST"),
        ),
        (
            "FIREBASE_AUTH_EMULATOR_HOST",
            setting("FIREBASE_AUTH_EMULATOR_HOST"),
        ),
        (
            "FIREBASE_STORAGE_EMULATOR_HOST",
            setting("FIREBASE_STORAGE_EMULATOR_HOST"),
        ),
        (
            "PHONE_INDEX_KEY",
            "dGVzdC1rZXktdGVzdC1rZXktdGVzdC1rZXktdGVzdC1rZXk=".to_owned(),
        ),
        // Nobody listens there. By default tasks would go to a `make run` beside the tests, which would deliver them.
        ("TASKS_BASE_URL", "http://127.0.0.1:1".to_owned()),
        // A busy machine is no reason to refuse a delivery.
        ("WEBHOOK_TIMEOUT_SECONDS", "60".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

pub(crate) fn command(arguments: &[&str], settings: &[(String, String)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leadgen-pro"));
    command
        .args(arguments)
        .env_clear()
        .envs(settings.iter().cloned())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// Runs the binary to its end.
pub(crate) async fn run(arguments: &[&str], settings: &[(String, String)]) -> Output {
    command(arguments, settings).output().await.unwrap()
}

/// A service that listens.
pub(crate) struct Service {
    pub(crate) child: Child,
    pub(crate) address: String,
    pub(crate) log: BufReader<ChildStderr>,
    /// The lines of the log that were read so far.
    pub(crate) lines: Vec<String>,
}

impl Service {
    pub(crate) async fn start(settings: &[(String, String)]) -> Self {
        let mut child = command(&["serve"], settings).spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let mut service = Self {
            child,
            address: String::new(),
            log,
            lines: Vec::new(),
        };
        let listening = service.line_with("listening").await;
        let entry: Result<serde_json::Value, _> = serde_json::from_str(&listening);
        let address = match &entry {
            Ok(entry) => entry["address"].as_str(),
            // The log for people.
            Err(_) => listening.trim().split("address=").nth(1),
        };
        address.unwrap().clone_into(&mut service.address);
        service
    }

    /// Reads the log up to a line that holds a text.
    pub(crate) async fn line_with(&mut self, text: &str) -> String {
        loop {
            let mut line = String::new();
            let read = self.log.read_line(&mut line).await.unwrap();
            assert!(read > 0, "the log ended without {text:?}: {:?}", self.lines);
            self.lines.push(line.clone());
            if line.contains(text) {
                return line;
            }
        }
    }

    pub(crate) async fn signal(&self, name: &str) {
        let pid = self.child.id().unwrap().to_string();
        let status = Command::new("kill").args(["-s", name, &pid]).status().await;
        assert!(status.unwrap().success());
    }
}

/// How much memory a process has, in KiB, and how many files and connections it holds open.
pub(crate) fn holds(child: &Child) -> (u64, usize) {
    let process = format!("/proc/{}", child.id().unwrap());
    let status = std::fs::read_to_string(format!("{process}/status")).unwrap();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = resident.unwrap().trim().trim_end_matches(" kB");
    let open = std::fs::read_dir(format!("{process}/fd")).unwrap().count();
    (kib.parse().unwrap(), open)
}
