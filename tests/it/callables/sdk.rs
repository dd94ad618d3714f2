//! The protocol as the official Firebase JS SDK speaks it, in Node.

use std::sync::atomic::Ordering;

use super::lab::Lab;
use crate::support::{eventually, setting};

/// Runs a file of `tests/sdk` under Node's test runner, with addresses in its environment.
pub(crate) async fn node(file: &str, settings: &[(&str, &str)]) {
    let root = env!("CARGO_MANIFEST_DIR");
    let output = tokio::process::Command::new("node")
        .args(["--test", "--test-reporter=spec"])
        .arg(format!("{root}/tests/sdk/{file}"))
        .envs(settings.iter().copied())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    let faults = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{printed}\n{faults}");
    // The runner calls a file without tests a success.
    assert!(!printed.contains("tests 0"), "{printed}");
}

#[tokio::test]
async fn the_sdk_reads_every_answer() {
    let lab = Lab::start(&[]).await;
    node(
        "protocol.test.mjs",
        &[
            ("LAB_URL", &lab.url),
            ("PROJECT_ID", &lab.app.project),
            ("AUTH_EMULATOR", &setting("FIREBASE_AUTH_EMULATOR_HOST")),
        ],
    )
    .await;
    // The stream that was cancelled, and the call that the SDK had given up and Node's end cut off.
    eventually("the end of both handlers", || async {
        (lab.abandoned.load(Ordering::SeqCst) == 2).then_some(())
    })
    .await;
}
