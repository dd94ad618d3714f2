//! People in a test: each has a uid and an ID token, and those made by [`App::staff`] also an account and a document.

use serde_json::{Map, Value, json};

use super::documents::{self, unsigned_token};
use super::{App, setting};

/// Somebody who calls.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// The uid.
    pub uid: String,
    /// An ID token with the claims of the role.
    pub token: String,
}

impl App {
    /// An ID token with these claims beside those that every token has.
    pub(crate) fn token(&self, uid: &str, claims: &Value) -> String {
        let now = self.state.clock.now().as_second();
        let mut all = json!({
            "iss": format!("https://securetoken.google.com/{}", self.project),
            "aud": self.project,
            "sub": uid,
            "user_id": uid,
            "iat": now - 10,
            "auth_time": now - 10,
            "exp": now + 3_590,
            "email": format!("{uid}@example.id"),
            "email_verified": true,
            "firebase": { "identities": {}, "sign_in_provider": "password" },
        });
        let all_claims = all.as_object_mut().unwrap();
        all_claims.extend(claims.as_object().unwrap().clone());
        unsigned_token(&all)
    }

    /// Somebody with a token alone: no account, no document.
    pub(crate) fn stranger(&self, uid: &str, role: &str, branch: Option<&str>) -> Person {
        let mut claims = Map::new();
        claims.insert("role".into(), role.into());
        if let Some(branch) = branch {
            claims.insert("branchId".into(), branch.into());
        }
        Person {
            uid: uid.to_owned(),
            token: self.token(uid, &claims.into()),
        }
    }

    /// Somebody of the organisation: account with claims, document, token, all in step.
    pub(crate) async fn staff(&self, uid: &str, role: &str, branch: Option<&str>) -> Person {
        let person = self.stranger(uid, role, branch);
        let now = self.state.clock.now().to_string();
        let mut document = json!({
            "uid": uid,
            "email": format!("{uid}@example.id"),
            "displayName": uid,
            "role": role,
            "connectedAccounts": { "facebook": false, "instagram": false, "whatsapp": false },
            "disabled": false,
            "createdAt": { "$time": now },
            "updatedAt": { "$time": now },
        });
        let mut claims = json!({ "role": role });
        if let Some(branch) = branch {
            document["branchId"] = branch.into();
            claims["branchId"] = branch.into();
            if role == "MITRA" {
                document["parentId"] = branch.into();
            }
        }
        self.events.making(uid, true);
        self.create_account(&json!({
            "localId": uid,
            "email": format!("{uid}@example.id"),
            "emailVerified": true,
            "password": "rahasia-123",
        }))
        .await;
        self.state
            .identity
            .set_claims(uid, claims.as_object().unwrap())
            .await
            .unwrap();
        documents::put(&self.project, &format!("users/{uid}"), document).await;
        self.events.making(uid, false);
        person
    }

    /// Makes an account as an administrator does: no blocking function is called.
    pub(crate) async fn create_account(&self, account: &Value) -> String {
        let response = self
            .http
            .post(format!(
                "http://{}/identitytoolkit.googleapis.com/v1/projects/{}/accounts",
                setting("FIREBASE_AUTH_EMULATOR_HOST"),
                self.project
            ))
            .bearer_auth("owner")
            .json(account)
            .send()
            .await
            .unwrap();
        let body: Value = response.json().await.unwrap();
        body["localId"]
            .as_str()
            .unwrap_or_else(|| panic!("{body}"))
            .to_owned()
    }
}
