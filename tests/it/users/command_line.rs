//! `leadgen-pro admin`, as a process of its own.

use std::process::Output;

use serde_json::json;

use super::{accounts, edit, field, user};
use crate::support::{App, documents, eventually, setting};

async fn admin(app: &App, arguments: &[&str]) -> Output {
    tokio::process::Command::new(env!("CARGO_BIN_EXE_leadgen-pro"))
        .arg("admin")
        .args(arguments)
        .env("GOOGLE_CLOUD_PROJECT", &app.project)
        .env(
            "FIRESTORE_EMULATOR_HOST",
            setting("FIRESTORE_EMULATOR_HOST"),
        )
        .env(
            "FIREBASE_AUTH_EMULATOR_HOST",
            setting("FIREBASE_AUTH_EMULATOR_HOST"),
        )
        .env(
            "FIREBASE_STORAGE_EMULATOR_HOST",
            setting("FIREBASE_STORAGE_EMULATOR_HOST"),
        )
        .env(
            "PHONE_INDEX_KEY",
            "dGVzdC1rZXktdGVzdC1rZXktdGVzdC1rZXktdGVzdC1rZXk=",
        )
        .output()
        .await
        .unwrap()
}

/// What a command that succeeded printed; nothing of it may be in the log.
async fn said(app: &App, arguments: &[&str]) -> String {
    let output = admin(app, arguments).await;
    let (out, err) = (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    );
    assert!(output.status.success(), "{arguments:?}: {out}{err}");
    assert!(!err.contains('@'), "{err}");
    out
}

#[tokio::test]
async fn the_first_pusat_is_granted() {
    let app = App::start().await;
    let signed_up = accounts::sign_up(&app, "pusat@contoh.id").await;
    let uid = &signed_up.person.uid;
    eventually("the document", || user(&app, uid)).await;
    let out = said(
        &app,
        &["grant", "--email", "Pusat@Contoh.id", "--role", "PUSAT"],
    )
    .await;
    assert!(out.contains(uid) && out.contains("PUSAT"), "{out}");
    assert_eq!(
        accounts::claims(&app, uid).await,
        json!({ "role": "PUSAT" })
    );
    assert_eq!(field(&app, uid, "role").await, "PUSAT");
    let pusat = accounts::refresh(&app, &signed_up).await.unwrap();
    let invite = json!({ "email": "jkt@contoh.id", "role": "CABANG" });
    app.call(&pusat, "inviteUser", invite).await.result();
    // The only one is not lowered.
    let output = admin(
        &app,
        &["grant", "--email", "pusat@contoh.id", "--role", "CABANG"],
    )
    .await;
    assert!(!output.status.success());
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains("only PUSAT"), "{err}");
    assert_eq!(field(&app, uid, "role").await, "PUSAT");
}

#[tokio::test]
async fn a_grant_without_an_account_waits_as_an_invitation() {
    let app = App::start().await;
    let arguments = ["grant", "--email", "baru@contoh.id", "--role", "CABANG"];
    let out = said(&app, &arguments).await;
    assert!(out.contains("invitation"), "{out}");
    said(&app, &arguments).await;
    let signed_up = accounts::sign_in_with_google(&app, "baru@contoh.id")
        .await
        .unwrap();
    let uid = &signed_up.person.uid;
    let place = accounts::place_in(&signed_up.person.token);
    assert_eq!(place, (Some("CABANG".to_owned()), Some(uid.clone())));
    for place in [
        &["--role", "MITRA", "--branch", "antah"][..],
        &["--role", "MITRA"],
        &["--role", "PUSAT", "--branch", uid],
    ] {
        let arguments = [&["grant", "--email", "m@contoh.id"], place].concat();
        let output = admin(&app, &arguments).await;
        assert_eq!(output.status.code(), Some(1), "{place:?}");
    }
    assert_eq!(documents::list(&app.project, "invitations").await.len(), 1);
}

#[tokio::test]
async fn wrong_arguments_are_told_apart_from_failures() {
    let app = App::start().await;
    for arguments in [
        &["grant", "--email", "a@b.id", "--role", "BOS"][..],
        &["grant", "--role", "PUSAT"],
        &[
            "grant", "--email", "a@b.id", "--role", "CABANG", "--branch", "a/b",
        ],
        &["conjure"],
    ] {
        let output = admin(&app, arguments).await;
        assert_eq!(output.status.code(), Some(64), "{arguments:?}");
    }
}

#[tokio::test]
async fn the_list_shows_everybody_and_who_is_out_of_step() {
    let app = App::start().await;
    app.staff("jkt", "CABANG", Some("jkt")).await;
    app.events.delivered().await;
    app.staff("siti", "MITRA", Some("jkt")).await;
    app.staff("budi", "MITRA", Some("jkt")).await;
    app.events.delivered().await;
    app.events.lose(true);
    accounts::set_claims(&app, "siti", json!({})).await;
    edit(&app, "budi", json!({ "disabled": true }), &["disabled"]).await;
    let bare = app
        .create_account(&json!({ "email": "bare@example.id" }))
        .await;
    documents::put(&app.project, "users/gone", json!({ "role": "MITRA" })).await;
    let out = said(&app, &["list"]).await;
    let row = |uid: &str| {
        let line = out.lines().find(|line| line.starts_with(uid));
        let words: Vec<_> = line
            .unwrap_or_else(|| panic!("{uid}: {out}"))
            .split_whitespace()
            .collect();
        words.join(" ")
    };
    assert_eq!(row("UID"), "UID EMAIL ROLE BRANCH DISABLED CLAIMS");
    assert_eq!(row("jkt"), "jkt jkt@example.id CABANG jkt no in step");
    assert_eq!(row("siti"), "siti siti@example.id MITRA jkt no out of step");
    assert_eq!(
        row("budi"),
        "budi budi@example.id MITRA jkt yes access out of step"
    );
    assert_eq!(
        row(&bare),
        format!("{bare} bare@example.id - - no no document")
    );
    assert_eq!(row("gone"), "gone - MITRA - no no account");
}

#[tokio::test]
async fn sync_claims_mends_whatever_was_lost() {
    let app = App::start().await;
    app.staff("jkt", "CABANG", Some("jkt")).await;
    app.events.delivered().await;
    app.staff("siti", "MITRA", Some("jkt")).await;
    app.staff("budi", "MITRA", Some("jkt")).await;
    app.events.delivered().await;
    app.events.lose(true);
    accounts::set_claims(&app, "siti", json!({ "role": "PUSAT" })).await;
    edit(&app, "budi", json!({ "disabled": true }), &["disabled"]).await;
    let at = json!({ "$time": "2026-01-01T00:00:00Z" });
    let lead = json!({ "status": "NEW", "assignedTo": "budi", "branchId": "jkt", "updatedAt": at });
    documents::put(&app.project, "leads/l1", lead).await;
    let bare = app
        .create_account(&json!({ "email": "bare@example.id" }))
        .await;

    let out = said(&app, &["sync-claims"]).await;
    assert!(out.contains("siti: MITRA of jkt"), "{out}");
    assert!(out.contains("budi: MITRA of jkt, 1 handed over"), "{out}");
    assert!(
        out.contains(&format!("{bare}: MITRA without a branch")),
        "{out}"
    );
    assert!(!out.contains("jkt: CABANG"), "nothing to mend there: {out}");
    let claims = json!({ "role": "MITRA", "branchId": "jkt" });
    assert_eq!(accounts::claims(&app, "siti").await, claims);
    assert_eq!(accounts::account(&app, "budi").await["disabled"], true);
    assert_eq!(
        accounts::claims(&app, &bare).await,
        json!({ "role": "MITRA" })
    );
    let lead = documents::get(&app.project, "leads/l1").await.unwrap();
    assert_eq!(lead["assignedTo"], "jkt");

    let again = said(&app, &["sync-claims"]).await;
    assert_eq!(
        again.trim(),
        "4 users, 0 mended, 0 leads and conversations handed over."
    );
}
