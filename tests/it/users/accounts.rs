//! Accounts at the Auth emulator: as their people use them, with the API key alone, and as an administrator sees them.

use base64::Engine as _;
use serde_json::{Value, json};

use crate::support::{App, Person, setting};

/// The password of everybody here.
pub(super) const PASSWORD: &str = "rahasia-123";

/// Somebody who signed in.
#[derive(Debug, Clone)]
pub(super) struct SignedIn {
    /// Uid and ID token.
    pub(super) person: Person,
    /// The refresh token.
    pub(super) refresh_token: String,
}

impl SignedIn {
    fn of(body: &Value) -> Self {
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        Self {
            person: Person {
                uid: text("localId"),
                token: text("idToken"),
            },
            refresh_token: text("refreshToken"),
        }
    }
}

/// A call with the API key, as the SDK makes it; the message of a refusal.
async fn client(app: &App, service: &str, verb: &str, body: &Value) -> Result<Value, String> {
    let response = app
        .http
        .post(format!(
            "http://{}/{service}/v1/{verb}?key={}",
            setting("FIREBASE_AUTH_EMULATOR_HOST"),
            app.project
        ))
        .json(body)
        .send()
        .await
        .unwrap();
    let success = response.status().is_success();
    let body: Value = response.json().await.unwrap();
    if success {
        Ok(body)
    } else {
        Err(body["error"]["message"].as_str().unwrap().to_owned())
    }
}

const TOOLKIT: &str = "identitytoolkit.googleapis.com";

/// Signs up with an address that is not verified.
pub(super) async fn sign_up(app: &App, email: &str) -> SignedIn {
    let body = json!({ "email": email, "password": PASSWORD, "returnSecureToken": true });
    SignedIn::of(
        &client(app, TOOLKIT, "accounts:signUp", &body)
            .await
            .unwrap(),
    )
}

/// Signs in with the password.
pub(super) async fn sign_in(app: &App, email: &str) -> Result<SignedIn, String> {
    let body = json!({ "email": email, "password": PASSWORD, "returnSecureToken": true });
    let answer = client(app, TOOLKIT, "accounts:signInWithPassword", &body).await?;
    Ok(SignedIn::of(&answer))
}

/// Signs up or in with Google, which vouches for the address.
pub(super) async fn sign_in_with_google(app: &App, email: &str) -> Result<SignedIn, String> {
    let identity = json!({ "sub": email, "email": email, "email_verified": true, "name": "Nama" });
    let body = json!({
        "postBody": format!("id_token={identity}&providerId=google.com"),
        "requestUri": "http://localhost",
        "returnIdpCredential": true,
        "returnSecureToken": true,
    });
    let answer = client(app, TOOLKIT, "accounts:signInWithIdp", &body).await?;
    Ok(SignedIn::of(&answer))
}

/// Exchanges a refresh token for a new ID token.
pub(super) async fn refresh(app: &App, signed_in: &SignedIn) -> Result<Person, String> {
    let body = json!({ "grant_type": "refresh_token", "refresh_token": signed_in.refresh_token });
    let answer = client(app, "securetoken.googleapis.com", "token", &body).await?;
    Ok(Person {
        uid: signed_in.person.uid.clone(),
        token: answer["id_token"].as_str().unwrap().to_owned(),
    })
}

/// Verifies the address through the link that the person gets by mail.
pub(super) async fn verify_email(app: &App, signed_in: &SignedIn, email: &str) {
    let body = json!({ "requestType": "VERIFY_EMAIL", "idToken": signed_in.person.token });
    client(app, TOOLKIT, "accounts:sendOobCode", &body)
        .await
        .unwrap();
    let mails: Value = app
        .http
        .get(format!(
            "http://{}/emulator/v1/projects/{}/oobCodes",
            setting("FIREBASE_AUTH_EMULATOR_HOST"),
            app.project
        ))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let mail = mails["oobCodes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|mail| mail["email"] == email)
        .unwrap();
    let body = json!({ "oobCode": mail["oobCode"] });
    client(app, TOOLKIT, "accounts:update", &body)
        .await
        .unwrap();
}

/// Asks for one's own account with an ID token, which the emulator refuses once it is revoked.
pub(super) async fn look_oneself_up(app: &App, person: &Person) -> Result<Value, String> {
    let body = json!({ "idToken": person.token });
    client(app, TOOLKIT, "accounts:lookup", &body).await
}

/// A call as an administrator.
pub(super) async fn admin(app: &App, verb: &str, body: &Value) -> Value {
    let response = app
        .http
        .post(format!(
            "http://{}/{TOOLKIT}/v1/projects/{}/{verb}",
            setting("FIREBASE_AUTH_EMULATOR_HOST"),
            app.project
        ))
        .bearer_auth("owner")
        .json(body)
        .send()
        .await
        .unwrap();
    assert!(response.status().is_success(), "{verb}: {response:?}");
    response.json().await.unwrap()
}

/// An account as the administrator sees it.
pub(super) async fn account(app: &App, uid: &str) -> Value {
    let found = admin(app, "accounts:lookup", &json!({ "localId": [uid] })).await;
    found["users"][0].clone()
}

/// The custom claims of an account.
pub(super) async fn claims(app: &App, uid: &str) -> Value {
    let account = account(app, uid).await;
    match account["customAttributes"].as_str() {
        Some(json) => serde_json::from_str(json).unwrap(),
        None => json!({}),
    }
}

/// Sets the custom claims, the whole set.
pub(super) async fn set_claims(app: &App, uid: &str, claims: Value) {
    let body = json!({ "localId": uid, "customAttributes": claims.to_string() });
    admin(app, "accounts:update", &body).await;
}

/// Deletes an account.
pub(super) async fn delete(app: &App, uid: &str) {
    admin(app, "accounts:delete", &json!({ "localId": uid })).await;
}

/// Role and branch in an ID token.
pub(super) fn place_in(token: &str) -> (Option<String>, Option<String>) {
    let payload = token.split('.').nth(1).unwrap();
    let json = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(payload)
        .unwrap();
    let claims: Value = serde_json::from_slice(&json).unwrap();
    let text = |name: &str| claims[name].as_str().map(ToOwned::to_owned);
    (text("role"), text("branchId"))
}
