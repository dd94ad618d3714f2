//! Webhook subscriptions: made, read back, and compared with what is needed.
//!
//! Subscribing is replacing: the platform takes the list of fields as a whole, so what is there is always named along with what
//! is new. A subscription that somebody else's deployment of the same app owns is told, never overwritten.
//!
//! # Source
//! <https://developers.facebook.com/docs/graph-api/reference/page/subscribed_apps> and
//! <https://developers.facebook.com/docs/graph-api/reference/app/subscriptions>, read 2026-11.

use std::collections::BTreeMap;

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::Platform;
use super::record::{Account, Subscribed};
use super::subscriptions::{Fields, lacking, object, of_account, of_app};
use crate::channels::features::Abilities;
use crate::clients::graph::{Access, GraphError, Login};
use crate::config::Meta;
use crate::state::AppState;

/// What the app as a whole is subscribed to, or why that is not known.
#[derive(Debug, Clone)]
pub struct AppFields {
    of: BTreeMap<&'static str, Fields>,
}

impl AppFields {
    /// What the app lacks of the fields that an account is subscribed to. Nothing where the app's side is not known.
    fn lacking(&self, platform: Platform, wanted: &Fields) -> Vec<String> {
        match self.of.get(object(platform)) {
            Some(there) => lacking(wanted, there),
            None => Vec::new(),
        }
    }
}

/// Makes sure that the app is told of every kind of account. One call when all is well; two more for each object that
/// lacks something.
///
/// # Errors
/// [`GraphError`] when the subscriptions cannot be read. What cannot be mended is logged, and shows as lacking.
pub async fn app(state: &AppState) -> Result<AppFields, GraphError> {
    let graph = &state.graph;
    let access = graph.app_access()?;
    let path = format!("{}/subscriptions", app_id(state, Login::Facebook));
    let mut listed = graph.get(&access, &path, &[]).await?;
    let mut mended = false;
    for platform in [Platform::Facebook, Platform::Instagram, Platform::WhatsApp] {
        let wanted = of_app(platform);
        let there = app_subscription(&listed, platform);
        if let Some(body) = amended(&state.config.meta, platform, &wanted, &there) {
            match graph.post(&access, &path, &body).await {
                Ok(_) => mended = true,
                Err(error) => tracing::error!(
                    %error,
                    object = object(platform),
                    "the app's webhook subscription cannot be made"
                ),
            }
        }
    }
    if mended {
        listed = graph.get(&access, &path, &[]).await?;
    }
    let all = [Platform::Facebook, Platform::Instagram, Platform::WhatsApp];
    let of = all.into_iter().map(|platform| {
        let there = app_subscription(&listed, platform);
        (object(platform), there.fields)
    });
    Ok(AppFields { of: of.collect() })
}

#[derive(Debug, Default)]
struct AppSubscription {
    callback: Option<String>,
    fields: Fields,
}

/// What stands for an object. A subscription that is not active counts as none.
fn app_subscription(listed: &Value, platform: Platform) -> AppSubscription {
    let all = listed["data"].as_array().into_iter().flatten();
    let mut of_object = all.filter(|one| one["object"] == object(platform));
    let Some(found) = of_object.find(|one| one["active"] != false) else {
        return AppSubscription::default();
    };
    let fields = found["fields"].as_array().into_iter().flatten();
    AppSubscription {
        callback: found["callback_url"].as_str().map(ToOwned::to_owned),
        fields: fields.filter_map(field_name).collect(),
    }
}

/// A field, which stands as text or as an object with its version.
fn field_name(field: &Value) -> Option<String> {
    field
        .as_str()
        .or_else(|| field["name"].as_str())
        .map(ToOwned::to_owned)
}

/// What to post so that the app is told; `None` when it is, or when this is not ours to change.
fn amended(
    meta: &Meta,
    platform: Platform,
    wanted: &Fields,
    there: &AppSubscription,
) -> Option<Value> {
    let missing = lacking(wanted, &there.fields);
    let ours = there
        .callback
        .as_deref()
        .is_none_or(|url| url == meta.callback_url);
    if !ours {
        // Another deployment of the same app: taking its webhooks away would lose its customers.
        tracing::warn!(
            object = object(platform),
            "the app's webhooks go to another address than META_CALLBACK_URL"
        );
        return None;
    }
    if missing.is_empty() && there.callback.is_some() {
        return None;
    }
    let Some(verify) = &meta.verify_token else {
        tracing::warn!("META_VERIFY_TOKEN is not set: the app's webhooks cannot be subscribed");
        return None;
    };
    let all: Vec<&str> = wanted.union(&there.fields).map(String::as_str).collect();
    Some(json!({
        "object": object(platform),
        "callback_url": meta.callback_url,
        "verify_token": verify.expose_secret(),
        "fields": all.join(","),
        "include_values": true,
    }))
}

/// Makes sure that the platform sends what an account can be used for. One call when all is well, else three.
///
/// # Errors
/// [`GraphError`], also when the account's subscription may not be touched.
///
/// # Idempotency
/// Safe to repeat; fields that others subscribed to are kept.
pub async fn account(
    state: &AppState,
    access: &Access,
    account: &Account,
    abilities: &Abilities,
    app: Option<&AppFields>,
) -> Result<Subscribed, GraphError> {
    let wanted = of_account(account.login, account.platform, &abilities.works);
    let whatsapp = account.platform == Platform::WhatsApp;
    if wanted.is_empty() && !whatsapp {
        return Ok(Subscribed::default());
    }
    let graph = &state.graph;
    let path = format!("{}/subscribed_apps", account.subscribed_at());
    let our_id = app_id(state, account.login);
    let mut there = own_entry(&graph.get(access, &path, &[]).await?, &our_id);
    let complete = |there: &Option<Fields>| {
        there
            .as_ref()
            .is_some_and(|fields| wanted.is_subset(fields))
    };
    if !complete(&there) {
        let known = there.unwrap_or_default();
        let all: Vec<&str> = wanted.union(&known).map(String::as_str).collect();
        let body = if whatsapp {
            json!({})
        } else {
            json!({ "subscribed_fields": all.join(",") })
        };
        graph.post(access, &path, &body).await?;
        there = own_entry(&graph.get(access, &path, &[]).await?, &our_id);
    }
    // A WhatsApp Business account is subscribed or not; which fields come is the app's alone.
    let mut lacks = match &there {
        Some(fields) => lacking(&wanted, fields),
        None if whatsapp => vec!["subscribed_apps".to_owned()],
        None => wanted.iter().cloned().collect(),
    };
    if let Some(app) = app {
        let (at, wanted) = match (account.login, account.platform) {
            // Deliveries of an Instagram account come as its own object, whatever subscribed it.
            (Login::Facebook, Platform::Instagram) => {
                let as_own = of_account(Login::Instagram, Platform::Instagram, &abilities.works);
                (Platform::Instagram, as_own)
            }
            (_, Platform::WhatsApp) => (Platform::WhatsApp, of_app(Platform::WhatsApp)),
            (_, platform) => (platform, wanted),
        };
        lacks.extend(app.lacking(at, &wanted));
        lacks.sort_unstable();
        lacks.dedup();
    }
    Ok(Subscribed {
        fields: there.unwrap_or_default(),
        lacking: lacks,
    })
}

/// Sorts accounts by the place where they are subscribed. Since subscribing is replacing, two of one place that were at it at
/// the same moment would take each other's fields away: whoever goes through many goes through each place in turn.
pub fn subscribed_together<T>(all: Vec<T>, place: impl Fn(&T) -> &str) -> Vec<Vec<T>> {
    let mut by_place: BTreeMap<String, Vec<T>> = BTreeMap::new();
    for one in all {
        by_place
            .entry(place(&one).to_owned())
            .or_default()
            .push(one);
    }
    by_place.into_values().collect()
}

/// Ends the subscription of the place that an account is subscribed at.
///
/// # Errors
/// [`GraphError`].
pub async fn end(state: &AppState, access: &Access, account: &Account) -> Result<(), GraphError> {
    let path = format!("{}/subscribed_apps", account.subscribed_at());
    state.graph.delete(access, &path, &[]).await.map(drop)
}

/// The fields of this app's entry in a list of subscribed apps; `None` when it is not in it.
fn own_entry(listed: &Value, app_id: &str) -> Option<Fields> {
    let entries = listed["data"].as_array()?;
    let id_of = |entry: &Value| {
        let entry = match &entry["whatsapp_business_api_data"] {
            Value::Null => entry,
            inner => inner,
        };
        entry["id"].as_str().map(ToOwned::to_owned)
    };
    let ours = entries
        .iter()
        .find(|entry| id_of(entry).as_deref() == Some(app_id))
        // With Instagram Login an app sees its own entry alone, which need not name it.
        .or_else(|| entries.iter().find(|entry| id_of(entry).is_none()))?;
    let fields = ours["subscribed_fields"].as_array().into_iter().flatten();
    Some(fields.filter_map(field_name).collect())
}

fn app_id(state: &AppState, login: Login) -> String {
    state.graph.app_id(login).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(names: &[&str]) -> Fields {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn only_this_apps_own_entry_counts() {
        let listed = json!({ "data": [
            { "id": "7", "subscribed_fields": ["feed", "messages"] },
            { "id": "8", "subscribed_fields": [{ "name": "leadgen", "version": "v26.0" }] },
        ]});
        assert_eq!(own_entry(&listed, "8"), Some(fields(&["leadgen"])));
        assert_eq!(own_entry(&listed, "9"), None);
        let nameless = json!({ "data": [{ "subscribed_fields": ["comments"] }] });
        assert_eq!(own_entry(&nameless, "9"), Some(fields(&["comments"])));
        let whatsapp = json!({ "data": [{ "whatsapp_business_api_data": { "id": "8" } }] });
        assert_eq!(own_entry(&whatsapp, "8"), Some(Fields::new()));
        assert_eq!(own_entry(&whatsapp, "9"), None);
    }

    #[test]
    fn an_inactive_subscription_of_the_app_is_none() {
        let listed = json!({ "data": [
            { "object": "page", "callback_url": "https://x", "active": false, "fields": ["feed"] },
        ]});
        let found = app_subscription(&listed, Platform::Facebook);
        assert_eq!((found.callback, found.fields), (None, Fields::new()));
    }
}
