//! No token anywhere: not in a log, an answer, an error, a document that a client can read, or a `Debug`.

use std::fmt::Write as _;

use axum::http::Method;
use jiff::SignedDuration;
use leadgen_pro::channels::rotate::rotate;
use leadgen_pro::channels::secrets::{self, SecretDoc};
use leadgen_pro::telemetry;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use simulators::graph::{
    Consent, FACEBOOK_APP_SECRET, Fault, INSTAGRAM_APP_SECRET, Invalidation, Plan, Refusal,
};

use super::lab::*;
use crate::support::documents;
use crate::support::lines::Lines;

/// Everything that must not be found anywhere.
#[derive(Default)]
struct Hidden(Vec<String>);

impl Hidden {
    /// The tokens that stand in the database now, opened.
    async fn collect(&mut self, lab: &Lab, shown: &mut String) {
        for (id, _) in documents::list(&lab.app.project, "channel_secrets").await {
            let store = &lab.app.state.store;
            let doc = store
                .get::<SecretDoc>(&secrets::path(&id))
                .await
                .unwrap()
                .unwrap();
            let kept = doc
                .value
                .clone()
                .open_kept(&lab.app.state.channel_keys, &id)
                .unwrap();
            write!(shown, "{doc:?} {kept:?} {:?}", kept.user_access()).unwrap();
            self.0
                .push(kept.grant.access.token.expose_secret().to_owned());
            self.0
                .extend(kept.user.map(|user| user.expose_secret().to_owned()));
        }
    }

    fn text(&mut self, value: &Value) {
        self.0.push(value.as_str().unwrap().to_owned());
    }
}

/// Connections that work, one account of them by a short-lived token, and all kinds that do not.
async fn connect_in_every_way(lab: &Lab, hidden: &mut Hidden, shown: &mut String) {
    let siti = lab.partner().await;
    let neighbour = lab.neighbour().await;
    for consent in [Consent::facebook(SITI), Consent::instagram(ALONE)] {
        let data = lab.back(&siti, consent).await;
        hidden.text(&data["code"]);
        let answer = lab.app.call(&siti, "connectChannel", data.clone()).await;
        assert_eq!(answer.status, 200);
        let again = lab.app.call(&siti, "connectChannel", data).await;
        write!(shown, "{answer:?} {again:?}").unwrap();
    }
    let short = lab.meta.short_lived_token(&Consent::facebook(SITI));
    hidden.0.push(short.clone());
    let quoting = Refusal::new(190).saying(format!("Bad token {short}"));
    let by_token = json!({ "provider": "FACEBOOK", "shortLivedToken": short });
    for (person, fault) in [
        (&siti, None),
        (&neighbour, None),
        (&siti, Some(("/oauth/access_token", Fault::CutAfter))),
        (
            &siti,
            Some(("/debug_token", Fault::Refuse { refusal: quoting })),
        ),
        (
            &siti,
            Some(("/me/accounts", Fault::Gateway { status: 502 })),
        ),
    ] {
        if let Some((path, fault)) = fault {
            lab.meta.fail(Plan::next(&Method::GET, path, fault));
        }
        let answer = lab.app.call(person, "connectChannel", by_token.clone());
        write!(shown, "{:?}", answer.await).unwrap();
    }
    let nonsense = json!({ "provider": "FACEBOOK", "shortLivedToken": 7, "code": short });
    let answer = lab.app.call(&siti, "connectChannel", nonsense).await;
    write!(shown, "{answer:?}").unwrap();
    hidden.collect(lab, shown).await;
}

/// Renewed, refused, lost; sealed anew; one given up.
async fn live_for_weeks(lab: &Lab, hidden: &mut Hidden, shown: &mut String) {
    for day in 0..20 {
        lab.pass(SignedDuration::from_hours(24));
        if day % 4 == 1 {
            let quoted = hidden.0[0].clone();
            let refusal = Refusal::new(190)
                .subcode(463)
                .saying(format!("Error validating access token {quoted}"));
            let refused = Fault::Refuse { refusal };
            for (path, fault) in [
                ("/refresh_access_token", refused),
                ("/oauth/access_token", Fault::CutAfter),
            ] {
                lab.meta.fail(Plan::next(&Method::GET, path, fault));
            }
        }
        lab.refresh().await;
        hidden.collect(lab, shown).await;
    }
    lab.meta.mend();
    lab.meta
        .invalidate_person(ALONE, Invalidation::PasswordChanged);
    lab.next_day().await;
    assert_eq!(
        lab.channel(&alone_channel()).await["state"],
        "NEEDS_RECONNECT"
    );
    write!(shown, "{:?}", rotate(&lab.app.state).await).unwrap();
    let siti = lab.app.stranger("m1", "MITRA", Some("c1"));
    let gone = json!({ "channelId": page_channel() });
    let answer = lab.app.call(&siti, "disconnectChannel", gone).await;
    write!(shown, "{answer:?}").unwrap();
}

/// Documents of every kind, and the application's own `Debug`.
async fn look_at_everything(lab: &Lab, shown: &mut String) {
    for collection in [
        "channels",
        "users",
        "connect_states",
        "channel_secrets",
        "webhook_deliveries",
    ] {
        let documents = documents::list(&lab.app.project, collection).await;
        write!(shown, "{documents:?}").unwrap();
    }
    let state = &lab.app.state;
    write!(
        shown,
        "{:?} {:?} {:?}",
        state.config, state.graph, state.channel_keys
    )
    .unwrap();
}

#[tokio::test]
async fn no_token_is_shown_anywhere() {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(telemetry::filter(Some("trace")))
        .with_writer(lines.clone())
        .finish();
    // With a single subscriber in the process, tracing asks the thread that meets an event first whether anybody listens.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    // For this thread, on which the application runs too.
    let _listening = tracing::subscriber::set_default(subscriber);
    tracing::trace!("the log is on");

    let lab = Lab::open_with(&[("CHANNEL_KEYS", &format!("{NEXT_KEY},{KEY}"))]).await;
    let mut hidden = Hidden::default();
    let mut shown = String::new();
    connect_in_every_way(&lab, &mut hidden, &mut shown).await;
    live_for_weeks(&lab, &mut hidden, &mut shown).await;
    look_at_everything(&lab, &mut shown).await;
    let log = lines.text();
    assert!(
        log.contains("the log is on") && log.contains("has to be connected again"),
        "the log was heard"
    );
    shown.push_str(&log);

    let secrets = [FACEBOOK_APP_SECRET, INSTAGRAM_APP_SECRET, "a-verify-token"];
    hidden.0.extend(secrets.map(ToOwned::to_owned));
    for key in [KEY, NEXT_KEY] {
        hidden.text(&json!(key.split_once(':').unwrap().1));
    }
    hidden.0.sort_unstable();
    hidden.0.dedup();
    assert!(hidden.0.len() > 12, "{}", hidden.0.len());
    for secret in &hidden.0 {
        let at = shown.find(secret.as_str());
        let around = at.map(|at| shown[at.saturating_sub(300)..at].to_owned());
        assert_eq!(around, None, "a secret stands behind this");
        // As part of a URL it may be escaped.
        let escaped: String = secret.replace('|', "%7C").replace('#', "%23");
        assert!(!shown.contains(&escaped));
    }
}
