//! Invitations: applied once, to the verified address alone, before or after the sign-up.

use serde_json::{Value, json};

use super::accounts::{self, place_in};
use super::{edit, user};
use crate::support::{App, Person, documents, eventually};

/// A branch with an account of its own, and head office.
async fn office(app: &App) -> (Person, Person) {
    let pusat = app.staff("pusat", "PUSAT", None).await;
    let cabang = app.staff("jkt", "CABANG", Some("jkt")).await;
    app.events.delivered().await;
    (pusat, cabang)
}

async fn invitation(app: &App, answer: &Value) -> Value {
    let id = answer["invitationId"].as_str().unwrap();
    documents::get(&app.project, &format!("invitations/{id}"))
        .await
        .unwrap()
}

fn place(role: &str, branch: &str) -> (Option<String>, Option<String>) {
    (Some(role.to_owned()), Some(branch.to_owned()))
}

#[tokio::test]
async fn an_invitation_waits_for_the_verified_sign_up() {
    let app = App::start().await;
    let (_, cabang) = office(&app).await;
    let data = json!({ "email": " Siti@Contoh.ID ", "role": "MITRA", "displayName": " Siti " });
    let invited = app.call(&cabang, "inviteUser", data).await.result();
    let expected = json!({
        "invitationId": invited["invitationId"],
        "email": "siti@contoh.id",
        "role": "MITRA",
        "branchId": "jkt",
        "replaced": false,
    });
    assert_eq!(invited, expected);
    let waiting = invitation(&app, &invited).await;
    assert_eq!(
        (
            &waiting["invitedBy"],
            &waiting["displayName"],
            &waiting["acceptedBy"]
        ),
        (&json!("jkt"), &json!("Siti"), &json!(null))
    );

    let signed_up = accounts::sign_in_with_google(&app, "siti@contoh.id")
        .await
        .unwrap();
    let uid = &signed_up.person.uid;
    assert_eq!(place_in(&signed_up.person.token), place("MITRA", "jkt"));
    let document = eventually("the document", || user(&app, uid)).await;
    assert_eq!(
        (
            &document["role"],
            &document["branchId"],
            &document["parentId"]
        ),
        (&json!("MITRA"), &json!("jkt"), &json!("jkt"))
    );
    let accepted = invitation(&app, &invited).await;
    assert_eq!(accepted["acceptedBy"], json!(uid));
    assert!(accepted["acceptedAt"]["$time"].is_string());
    assert_eq!(
        accounts::claims(&app, uid).await,
        json!({ "role": "MITRA", "branchId": "jkt" })
    );
}

#[tokio::test]
async fn a_cabang_without_a_branch_founds_its_own() {
    let app = App::start().await;
    let (pusat, _) = office(&app).await;
    let data = json!({ "email": "bdg@contoh.id", "role": "CABANG" });
    app.call(&pusat, "inviteUser", data).await.result();
    let signed_up = accounts::sign_in_with_google(&app, "bdg@contoh.id")
        .await
        .unwrap();
    let uid = &signed_up.person.uid;
    assert_eq!(place_in(&signed_up.person.token), place("CABANG", uid));
    let path = format!("branches/{uid}");
    let branch = eventually("the branch", || documents::get(&app.project, &path)).await;
    assert_eq!(branch["name"], "Nama");
    // A second account of that branch.
    let data = json!({ "email": "bdg2@contoh.id", "role": "CABANG", "branchId": uid });
    app.call(&pusat, "inviteUser", data).await.result();
    let second = accounts::sign_in_with_google(&app, "bdg2@contoh.id")
        .await
        .unwrap();
    assert_eq!(place_in(&second.person.token), place("CABANG", uid));
}

#[tokio::test]
async fn an_address_that_is_not_verified_gets_nothing_until_it_is() {
    let app = App::start().await;
    let (pusat, _) = office(&app).await;
    let data = json!({ "email": "budi@contoh.id", "role": "PUSAT" });
    let invited = app.call(&pusat, "inviteUser", data).await.result();
    let signed_up = accounts::sign_up(&app, "budi@contoh.id").await;
    let nothing = (Some("MITRA".to_owned()), None);
    assert_eq!(place_in(&signed_up.person.token), nothing);
    let answer = app.call(&signed_up.person, "whoami", json!(null)).await;
    assert_eq!(answer.result()["role"], "MITRA");
    let waiting = invitation(&app, &invited).await;
    assert_eq!(waiting["acceptedBy"], json!(null));
    assert_eq!(
        user(&app, &signed_up.person.uid).await.unwrap()["role"],
        "MITRA"
    );

    accounts::verify_email(&app, &signed_up, "budi@contoh.id").await;
    let answer = app.call(&signed_up.person, "whoami", json!(null)).await;
    assert_eq!(answer.result()["role"], "PUSAT");
    let refreshed = accounts::refresh(&app, &signed_up).await.unwrap();
    assert_eq!(place_in(&refreshed.token), (Some("PUSAT".to_owned()), None));
    assert_eq!(
        invitation(&app, &invited).await["acceptedBy"],
        json!(signed_up.person.uid)
    );
}

#[tokio::test]
async fn an_invitation_after_the_sign_up_raises_at_the_next_whoami() {
    let app = App::start().await;
    let (_, cabang) = office(&app).await;
    let signed_up = accounts::sign_in_with_google(&app, "dewi@contoh.id")
        .await
        .unwrap();
    eventually("the document", || user(&app, &signed_up.person.uid)).await;
    let data = json!({ "email": "dewi@contoh.id", "role": "MITRA" });
    app.call(&cabang, "inviteUser", data).await.result();
    let answer = app
        .call(&signed_up.person, "whoami", json!(null))
        .await
        .result();
    assert_eq!(
        (&answer["role"], &answer["branchId"]),
        (&json!("MITRA"), &json!("jkt"))
    );
    let refreshed = accounts::refresh(&app, &signed_up).await.unwrap();
    assert_eq!(place_in(&refreshed.token), place("MITRA", "jkt"));
}

#[tokio::test]
async fn an_accepted_invitation_is_of_no_use_to_another_account() {
    let app = App::start().await;
    let (_, cabang) = office(&app).await;
    let data = json!({ "email": "ani@contoh.id", "role": "MITRA" });
    app.call(&cabang, "inviteUser", data.clone()).await.result();
    let first = accounts::sign_in_with_google(&app, "ani@contoh.id")
        .await
        .unwrap();
    eventually("the document", || user(&app, &first.person.uid)).await;
    // While she belongs to the branch, there is nothing to invite her to.
    let again = app.call(&cabang, "inviteUser", data.clone()).await;
    let refusal = (
        "ALREADY_EXISTS".into(),
        "ALREADY_INVITED".into(),
        "email".into(),
    );
    assert_eq!(again.refusal(), refusal);

    accounts::delete(&app, &first.person.uid).await;
    eventually("the closed document", || async {
        let document = user(&app, &first.person.uid).await.unwrap();
        (document["disabled"] == json!(true)).then_some(())
    })
    .await;
    let second = accounts::sign_in_with_google(&app, "ani@contoh.id")
        .await
        .unwrap();
    assert_ne!(first.person.uid, second.person.uid);
    assert_eq!(
        place_in(&second.person.token),
        (Some("MITRA".to_owned()), None)
    );
    // Once she is gone, she can be invited anew.
    let anew = app.call(&cabang, "inviteUser", data).await.result();
    assert_eq!(anew["replaced"], true);
    let answer = app
        .call(&second.person, "whoami", json!(null))
        .await
        .result();
    assert_eq!(answer["branchId"], "jkt");
}

#[tokio::test]
async fn an_invitation_of_another_branch_stays_and_is_not_told_of() {
    let app = App::start().await;
    let (pusat, jkt) = office(&app).await;
    let sby = app.staff("sby", "CABANG", Some("sby")).await;
    app.events.delivered().await;
    let data = json!({ "email": "rina@contoh.id", "role": "MITRA" });
    let first = app.call(&jkt, "inviteUser", data.clone()).await.result();
    let before = invitation(&app, &first).await;
    let refused = app.call(&sby, "inviteUser", data.clone()).await;
    assert_eq!(refused.code(), "ALREADY_EXISTS");
    assert!(
        !refused.body.to_string().contains("jkt"),
        "{}",
        refused.body
    );
    assert_eq!(invitation(&app, &first).await, before);
    // Its own branch and head office may replace it.
    let own = app.call(&jkt, "inviteUser", data).await.result();
    assert_eq!(own["replaced"], true);
    let data = json!({ "email": "rina@contoh.id", "role": "MITRA", "branchId": "sby" });
    let moved = app.call(&pusat, "inviteUser", data).await.result();
    assert_eq!(
        (&moved["branchId"], &moved["replaced"]),
        (&json!("sby"), &json!(true))
    );
    // What head office offers, a branch does not take back.
    let data = json!({ "email": "rina@contoh.id", "role": "MITRA", "branchId": "jkt" });
    assert_eq!(
        app.call(&jkt, "inviteUser", data).await.code(),
        "ALREADY_EXISTS"
    );
}

#[tokio::test]
async fn a_later_decision_overrules_an_invitation_that_still_waits() {
    let app = App::start().await;
    let (pusat, cabang) = office(&app).await;
    let signed_up = accounts::sign_up(&app, "eko@contoh.id").await;
    let uid = &signed_up.person.uid;
    eventually("the document", || user(&app, uid)).await;
    let data = json!({ "email": "eko@contoh.id", "role": "MITRA" });
    app.call(&cabang, "inviteUser", data).await.result();
    for data in [
        json!({ "uid": uid, "role": "MITRA", "branchId": "jkt" }),
        json!({ "uid": uid, "role": "MITRA" }),
    ] {
        app.call(&pusat, "setUserRole", data).await.result();
    }
    // The lowered right has revoked what the person signed in with: head office verifies the address.
    let verified = json!({ "localId": uid, "emailVerified": true });
    accounts::admin(&app, "accounts:update", &verified).await;
    let answer = app
        .call(&signed_up.person, "whoami", json!(null))
        .await
        .result();
    assert_eq!(answer["branchId"], json!(null));
}

#[tokio::test]
async fn an_invitation_to_a_branch_that_is_gone_leads_nowhere() {
    let app = App::start().await;
    let (_, cabang) = office(&app).await;
    let data = json!({ "email": "tuti@contoh.id", "role": "MITRA" });
    app.call(&cabang, "inviteUser", data).await.result();
    documents::delete(&app.project, "branches/jkt").await;
    edit(
        &app,
        "jkt",
        json!({ "role": "PUSAT" }),
        &["role", "branchId"],
    )
    .await;
    let signed_up = accounts::sign_in_with_google(&app, "tuti@contoh.id")
        .await
        .unwrap();
    eventually("claims as in the document", || async {
        let claims = accounts::claims(&app, &signed_up.person.uid).await;
        (claims == json!({ "role": "MITRA" })).then_some(())
    })
    .await;
    assert_eq!(
        user(&app, &signed_up.person.uid).await.unwrap()["branchId"],
        json!(null)
    );
}

#[tokio::test]
async fn an_accepted_invitation_brings_back_nothing_that_was_taken() {
    let app = App::start().await;
    let (_, cabang) = office(&app).await;
    let data = json!({ "email": "lina@contoh.id", "role": "MITRA" });
    app.call(&cabang, "inviteUser", data).await.result();
    let signed_up = accounts::sign_in_with_google(&app, "lina@contoh.id")
        .await
        .unwrap();
    let uid = &signed_up.person.uid;
    eventually("the document", || user(&app, uid)).await;
    app.events.delivered().await;
    documents::delete(&app.project, &format!("users/{uid}")).await;
    app.events.delivered().await;
    let again = accounts::sign_in_with_google(&app, "lina@contoh.id")
        .await
        .unwrap();
    assert_eq!(
        place_in(&again.person.token),
        (Some("MITRA".to_owned()), None)
    );
    let answer = app
        .call(&again.person, "whoami", json!(null))
        .await
        .result();
    assert_eq!(
        (&answer["role"], &answer["branchId"]),
        (&json!("MITRA"), &json!(null))
    );
}
