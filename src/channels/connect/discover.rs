//! The accounts that a consent opens: pages, the Instagram accounts behind them, WhatsApp numbers; or the one Instagram account.

use std::collections::BTreeMap;

use serde_json::Value;

use super::consent::{Consent, id_text};
use crate::channels::Platform;
use crate::channels::record::Account;
use crate::clients::graph::{Access, Class, Graph, GraphError, Login};

/// Pages of one list that are read: 100 entries each.
const MOST_PAGES: usize = 20;

/// What is asked of a page.
const PAGE_FIELDS: &str = "id,name,access_token,tasks,instagram_business_account{id,username,name}";

/// An account, and how this service gets at it.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) account: Account,
    pub(super) access: Access,
    /// The person's roles on its page, where the platform tells them.
    pub(super) tasks: Option<Vec<String>>,
}

impl Found {
    /// Everything that the platform may call it in a consent.
    pub(super) fn ids(&self) -> Vec<&str> {
        let account = &self.account;
        let others = [&account.page_id, &account.whatsapp_account_id];
        std::iter::once(account.external_id.as_str())
            .chain(others.into_iter().flatten().map(String::as_str))
            .collect()
    }
}

/// Everything that a consent opens, each account once.
///
/// # Errors
/// [`GraphError`] when the person's own list cannot be read. What only some consents can read is left out when it is refused.
pub(super) async fn accounts(graph: &Graph, consent: &Consent) -> Result<Vec<Found>, GraphError> {
    if let Some(account) = &consent.account {
        return Ok(instagram_itself(account, consent).into_iter().collect());
    }
    let user = &consent.user;
    let mut pages: BTreeMap<String, Value> = BTreeMap::new();
    let mut whatsapp = Vec::new();
    let fields = [("fields", PAGE_FIELDS)];
    add(&mut pages, list(graph, user, "me/accounts", &fields).await?);
    if consent.granted.has("business_management") {
        let named = [("fields", "id")];
        for business in tolerant(list(graph, user, "me/businesses", &named).await)? {
            let Some(id) = id_text(&business["id"]) else {
                continue;
            };
            // What a business manages may not be in the person's own list.
            for edge in ["owned_pages", "client_pages"] {
                let more = list(graph, user, &format!("{id}/{edge}"), &fields).await;
                add(&mut pages, tolerant(more)?);
            }
            for edge in [
                "owned_whatsapp_business_accounts",
                "client_whatsapp_business_accounts",
            ] {
                let more = list(graph, user, &format!("{id}/{edge}"), &named).await;
                whatsapp.extend(tolerant(more)?.iter().filter_map(|one| id_text(&one["id"])));
            }
        }
    }
    let ticked = consent.granted.targets("whatsapp_business_management");
    whatsapp.extend(ticked.into_iter().flatten().cloned());
    whatsapp.sort_unstable();
    whatsapp.dedup();
    let mut found: Vec<Found> = pages.values().flat_map(of_page).collect();
    if consent.granted.has("whatsapp_business_management") {
        for account in whatsapp {
            found.extend(numbers(graph, user, &account).await?);
        }
    }
    Ok(found)
}

fn add(pages: &mut BTreeMap<String, Value>, more: Vec<Value>) {
    for page in more {
        // Without a token of its own a page cannot be used.
        if let (Some(id), true) = (id_text(&page["id"]), page["access_token"].is_string()) {
            pages.entry(id).or_insert(page);
        }
    }
}

/// A list that this person or this app may not read counts as empty; one that could not be read now fails.
fn tolerant(listed: Result<Vec<Value>, GraphError>) -> Result<Vec<Value>, GraphError> {
    match listed {
        Err(error)
            if matches!(
                error.class(),
                Class::Permission | Class::Fix | Class::Unknown
            ) =>
        {
            tracing::info!(%error, "a list of a consent cannot be read and counts as empty");
            Ok(Vec::new())
        }
        other => other,
    }
}

/// A page, and the Instagram account behind it.
fn of_page(page: &Value) -> Vec<Found> {
    let (Some(id), Some(token)) = (id_text(&page["id"]), page["access_token"].as_str()) else {
        return Vec::new();
    };
    let access = Access {
        login: Login::Facebook,
        token: token.into(),
    };
    let tasks = page["tasks"].as_array().map(|tasks| {
        let names = tasks.iter().filter_map(Value::as_str);
        names.map(ToOwned::to_owned).collect::<Vec<_>>()
    });
    let behind = &page["instagram_business_account"];
    let itself = Found {
        account: Account {
            platform: Platform::Facebook,
            name: name(page, &id),
            external_id: id.clone(),
            username: None,
            login: Login::Facebook,
            page_id: Some(id.clone()),
            whatsapp_account_id: None,
        },
        access,
        tasks,
    };
    let instagram = id_text(&behind["id"]).map(|external_id| Found {
        account: Account {
            platform: Platform::Instagram,
            name: name(behind, &external_id),
            external_id,
            username: text(&behind["username"]),
            login: Login::Facebook,
            page_id: Some(id),
            whatsapp_account_id: None,
        },
        ..itself.clone()
    });
    std::iter::once(itself).chain(instagram).collect()
}

/// The numbers of a WhatsApp Business account. They have no token of their own: the person's is theirs.
async fn numbers(graph: &Graph, user: &Access, id: &str) -> Result<Vec<Found>, GraphError> {
    let fields = [("fields", "id,display_phone_number,verified_name")];
    let listed = list(graph, user, &format!("{id}/phone_numbers"), &fields).await;
    Ok(tolerant(listed)?
        .iter()
        .filter_map(|number| {
            let external_id = id_text(&number["id"])?;
            let shown = text(&number["display_phone_number"]);
            Some(Found {
                account: Account {
                    platform: Platform::WhatsApp,
                    name: text(&number["verified_name"])
                        .or_else(|| shown.clone())
                        .unwrap_or_else(|| external_id.clone()),
                    external_id,
                    username: shown,
                    login: Login::Facebook,
                    page_id: None,
                    whatsapp_account_id: Some(id.to_owned()),
                },
                access: user.clone(),
                tasks: None,
            })
        })
        .collect())
}

fn instagram_itself(account: &Value, consent: &Consent) -> Option<Found> {
    let external_id = id_text(&account["user_id"])?;
    Some(Found {
        account: Account {
            platform: Platform::Instagram,
            name: name(account, &external_id),
            external_id,
            username: text(&account["username"]),
            login: Login::Instagram,
            page_id: None,
            whatsapp_account_id: None,
        },
        access: consent.user.clone(),
        tasks: None,
    })
}

/// What people call it: its name, its handle, or at worst its id.
fn name(of: &Value, id: &str) -> String {
    text(&of["name"])
        .or_else(|| text(&of["username"]))
        .unwrap_or_else(|| id.to_owned())
}

fn text(value: &Value) -> Option<String> {
    value
        .as_str()
        .filter(|text| !text.is_empty())
        .map(ToOwned::to_owned)
}

/// Reads a list to its end, page by page.
pub(super) async fn list(
    graph: &Graph,
    access: &Access,
    path: &str,
    query: &[(&str, &str)],
) -> Result<Vec<Value>, GraphError> {
    let mut all = Vec::new();
    let mut after: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let mut query = query.to_vec();
        query.push(("limit", "100"));
        if let Some(after) = &after {
            query.push(("after", after));
        }
        let mut page = graph.get(access, path, &query).await?;
        if let Value::Array(entries) = page["data"].take() {
            all.extend(entries);
        }
        // A page may be empty and yet not the last; only the missing `next` says that.
        let cursor = &page["paging"]["cursors"]["after"];
        after = cursor.as_str().map(ToOwned::to_owned);
        if page["paging"]["next"].is_null() || after.is_none() {
            return Ok(all);
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_page_brings_the_instagram_account_behind_it() {
        let page = json!({
            "id": "200", "name": "Amanah", "access_token": "t", "tasks": ["MANAGE"],
            "instagram_business_account": { "id": 17_841_400_000_000_001_i64, "username": "amanah" },
        });
        let found = of_page(&page);
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].account.external_id, "17841400000000001");
        assert_eq!(found[1].account.name, "amanah");
        assert_eq!(found[1].ids(), ["17841400000000001", "200"]);
        assert_eq!(found[1].account.subscribed_at(), "200");
        assert!(of_page(&json!({ "id": "200", "name": "no token" })).is_empty());
    }
}
