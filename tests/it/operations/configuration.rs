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
    let mut none = production;
    none.push(("PUSH_AUTH".into(), "none".into()));
    let output = run(&["serve"], &none).await;
    assert!(String::from_utf8_lossy(&output.stderr).contains("only with the emulators"));
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
