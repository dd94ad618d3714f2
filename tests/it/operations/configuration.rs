//! Settings that do not fit stop the service at once, and all of them are told.

use super::process::{run, settings};

fn with(changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut all = settings("demo-configuration");
    for (name, value) in changes {
        all.retain(|(known, _)| known != name);
        all.push(((*name).to_owned(), (*value).to_owned()));
    }
    all
}

#[tokio::test]
async fn every_fault_is_told_at_once_and_ends_with_64() {
    let output = run(
        &["serve"],
        &with(&[
            ("GOOGLE_CLOUD_PROJECT", ""),
            ("PORT", "many"),
            ("PHONE_INDEX_KEY", "c2hvcnQ="),
            ("LOG_FORMAT", "xml"),
            ("APP_CHECK", "enforce"),
            ("FIREBASE_KEYS_URL", "not a url"),
            ("STORAGE_BUCKET", "gs://media"),
        ]),
    )
    .await;
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(64), "{told}");
    for name in [
        "GOOGLE_CLOUD_PROJECT is not set",
        "PORT",
        "PHONE_INDEX_KEY",
        "LOG_FORMAT",
        "GOOGLE_CLOUD_PROJECT_NUMBER",
        "FIREBASE_KEYS_URL",
        "STORAGE_BUCKET",
    ] {
        assert!(told.contains(name), "{name} is missing in: {told}");
    }
    assert!(!told.contains("c2hvcnQ="), "a secret was told: {told}");
}

#[tokio::test]
async fn emulators_are_refused_on_cloud_run_and_for_real_projects() {
    for (changes, told) in [
        (
            &[("K_SERVICE", "leadgen")][..],
            "must not be set on Cloud Run",
        ),
        (
            &[("GOOGLE_CLOUD_PROJECT", "leadgen-prod")],
            "begins with demo-",
        ),
        (
            &[("FIREBASE_AUTH_EMULATOR_HOST", "")],
            "FIREBASE_AUTH_EMULATOR_HOST is not set",
        ),
        (
            &[("FIRESTORE_EMULATOR_HOST", "")],
            "FIRESTORE_EMULATOR_HOST is not set",
        ),
        (
            &[("FIREBASE_STORAGE_EMULATOR_HOST", "")],
            "FIREBASE_STORAGE_EMULATOR_HOST is not set",
        ),
    ] {
        let output = run(&["serve"], &with(changes)).await;
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(64), "{stderr}");
        assert!(stderr.contains(told), "{told:?} is missing in: {stderr}");
    }
}

#[tokio::test]
async fn without_emulators_pushes_must_prove_themselves() {
    let production = with(&[
        ("GOOGLE_CLOUD_PROJECT", "leadgen-prod"),
        ("FIRESTORE_EMULATOR_HOST", ""),
        ("FIREBASE_AUTH_EMULATOR_HOST", ""),
        ("FIREBASE_STORAGE_EMULATOR_HOST", ""),
    ]);
    let output = run(&["serve"], &production).await;
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(64), "{stderr}");
    for name in ["PUSH_AUDIENCE", "PUSH_SERVICE_ACCOUNTS"] {
        assert!(stderr.contains(name), "{name} is missing in: {stderr}");
    }
    for (name, value) in [("PUSH_AUTH", "none"), ("ID_TOKENS", "unsigned")] {
        let mut unproved = production.clone();
        unproved.push((name.into(), value.into()));
        let output = run(&["serve"], &unproved).await;
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(64), "{stderr}");
        let told = format!("{name}={value} goes only with the emulators");
        assert!(stderr.contains(&told), "{told:?} is missing in: {stderr}");
    }
}

#[tokio::test]
async fn keys_are_read_encrypted_or_from_this_machine_alone() {
    for (name, url, on_cloud_run) in [
        ("FIREBASE_KEYS_URL", "http://keys.example/certs", false),
        ("APP_CHECK_KEYS_URL", "http://192.168.1.9/certs", false),
        ("GOOGLE_KEYS_URL", "file:///tmp/certs", false),
        ("FIREBASE_KEYS_URL", "http://127.0.0.1.example/certs", false),
        ("FIREBASE_KEYS_URL", "http://127.0.0.1:9/certs", true),
    ] {
        let mut settings = with(&[(name, url)]);
        if on_cloud_run {
            settings.push(("K_SERVICE".into(), "leadgen".into()));
        }
        let output = run(&["serve"], &settings).await;
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(64), "{url}: {stderr}");
        let told = format!("{name}: {url:?} could be forged on the way");
        assert!(stderr.contains(&told), "{told:?} is missing in: {stderr}");
    }
}

#[tokio::test]
async fn wrong_arguments_end_with_64_and_a_busy_port_says_so() {
    let output = run(&["server"], &settings("demo-configuration")).await;
    assert_eq!(output.status.code(), Some(64));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = run(&["serve"], &with(&[("PORT", &port)])).await;
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(
        stderr.contains(&port) && stderr.contains("PORT"),
        "{stderr}"
    );
}
