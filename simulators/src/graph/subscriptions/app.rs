//! What an app is told of, by object; and the question that every callback address is asked first.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::super::Graph;
use super::super::assets::{Login, Subscription};
use super::super::call::Call;
use super::super::door::success;
use super::super::error::Refusal;
use super::super::tokens::TokenKind;
use super::{INSTAGRAM_FIELDS, PAGE_FIELDS, fields, list};

/// The app that a call about its own subscriptions comes from.
fn own_app(call: &Call, id: &str) -> Result<Login, Refusal> {
    let token = call.token()?;
    if token.kind != TokenKind::App {
        return Err(
            Refusal::new(15).saying("(#15) This method must be called with an app access_token.")
        );
    }
    if token.owner != id {
        return Err(call.no_object(id));
    }
    Ok(token.login)
}

pub(super) async fn read(
    State(graph): State<Graph>,
    call: Call,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let login = own_app(&call, &id)?;
    let world = graph.world();
    let describe = |(object, it): (&String, &Subscription)| {
        let fields = it.fields.iter();
        let fields = fields.map(|name| json!({ "name": name, "version": "v26.0" }));
        json!({
            "object": object,
            "callback_url": it.callback_url,
            "active": true,
            "fields": fields.collect::<Vec<_>>(),
        })
    };
    let data = world.app(login).subscriptions.iter().map(describe);
    Ok(Json(json!({ "data": data.collect::<Vec<_>>() })))
}

pub(super) async fn subscribe(
    State(graph): State<Graph>,
    call: Call,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let login = own_app(&call, &id)?;
    let object = call.need("object")?;
    let known: Option<&[&str]> = match object.as_str() {
        "page" => Some(&PAGE_FIELDS),
        "instagram" => Some(&INSTAGRAM_FIELDS),
        // Its fields are many, and new ones come.
        "whatsapp_business_account" => None,
        _ => return Err(Refusal::parameter(format!("Invalid object {object}"))),
    };
    let fields = match known {
        Some(known) => fields(&call, "fields", known)?,
        None => list(&call.need("fields")?),
    };
    let callback_url = call.need("callback_url")?;
    graph
        .verify_callback(&callback_url, &call.need("verify_token")?)
        .await?;
    let subscription = Subscription {
        callback_url,
        fields,
        include_values: call.flag("include_values"),
    };
    graph.subscribe_app(login, &object, subscription);
    Ok(success())
}

pub(super) async fn unsubscribe(
    State(graph): State<Graph>,
    call: Call,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let login = own_app(&call, &id)?;
    let mut world = graph.world();
    let subscriptions = &mut world.app_mut(login).subscriptions;
    match call.text("object") {
        Some(object) => drop(subscriptions.remove(&object)),
        None => subscriptions.clear(),
    }
    Ok(success())
}

impl Graph {
    /// Asks a callback address for the challenge back, as before every subscription.
    ///
    /// # Source
    /// <https://developers.facebook.com/docs/graph-api/webhooks/getting-started>, read 2026-11.
    pub(super) async fn verify_callback(
        &self,
        url: &str,
        verify_token: &str,
    ) -> Result<(), Refusal> {
        let refused = |why: String| {
            Refusal::new(2200).saying(format!(
                "(#2200) Callback verification failed with the following errors: {why}"
            ))
        };
        let challenge = self.world().next().to_string();
        let query = [
            ("hub.mode", "subscribe"),
            ("hub.verify_token", verify_token),
            ("hub.challenge", &challenge),
        ];
        let response = self.http().get(url).query(&query).send().await;
        let response = response.map_err(|_| refused("curl_errno = 7".to_owned()))?;
        let status = response.status();
        let text = response.text().await.unwrap_or_default();
        if status.is_success() && text == challenge {
            Ok(())
        } else {
            let status = status.as_u16();
            Err(refused(format!(
                "HTTP Status Code = {status}; challenge not echoed"
            )))
        }
    }
}
