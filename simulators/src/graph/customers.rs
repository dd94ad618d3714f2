//! The people on the other side: customers who write, and what a business may know of them.

use axum::http::Method;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::access::INSTAGRAM_MESSAGES;
use super::call::{Call, Host};
use super::error::Refusal;
use super::fields::select;
use super::usage::UseCase;
use super::world::World;

/// A person who writes to one page, Instagram account or number, under the id that they have there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Customer {
    /// The page, the Instagram account or the phone number id.
    pub asset: String,
    /// PSID, IGSID, digits of a phone number, or a WhatsApp user's business-scoped id alone.
    pub id: String,
    /// Name; made up when empty.
    pub name: String,
    /// Handle, in Instagram and WhatsApp.
    pub username: Option<String>,
    /// WhatsApp's business-scoped id beside the phone number.
    pub user_id: Option<String>,
    /// The profile is closed to the business: 230 in Instagram.
    pub profile_hidden: bool,
    /// The account is gone: 9010 in Instagram.
    pub gone: bool,
    /// Takes no messages: 551 in Messenger and Instagram, status `failed` with 131026 in WhatsApp.
    pub unreachable: bool,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Fate {
    /// It has been sent.
    Sent,
    /// It never arrived.
    Failed,
    /// The other side has read it.
    Read,
}

/// A message, in either direction.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// `mid` or `wamid`.
    pub id: String,
    /// The page, the Instagram account or the phone number id.
    pub asset: String,
    /// The customer's id there.
    pub customer: String,
    /// Sent by the business.
    pub outgoing: bool,
    /// Sent through the API by this app, not by a person elsewhere.
    pub by_app: bool,
    /// When.
    pub at: Timestamp,
    /// Its content in the product's own shape: `text`, `attachments`, or a WhatsApp type with its block.
    pub content: Value,
    /// What became of it.
    pub fate: Fate,
}

/// How long a business may answer after the customer's last doing.
pub(super) const WINDOW: SignedDuration = SignedDuration::from_hours(24);
/// How long a person may answer by hand: tag `HUMAN_AGENT`.
pub(super) const HUMAN_WINDOW: SignedDuration = SignedDuration::from_hours(7 * 24);

impl World {
    /// A customer of an asset, made on the spot if nobody knows them.
    pub(super) fn customer(&mut self, asset: &str, id: &str) -> &mut Customer {
        let key = (asset.to_owned(), id.to_owned());
        let customer = self.customers.entry(key).or_default();
        if customer.id.is_empty() {
            asset.clone_into(&mut customer.asset);
            id.clone_into(&mut customer.id);
        }
        if customer.name.is_empty() {
            let end = id.len().saturating_sub(4);
            customer.name = format!("Pelanggan {}", id.get(end..).unwrap_or(id));
        }
        customer
    }

    /// Notes that a customer did something that opens the window.
    pub(super) fn acted(&mut self, asset: &str, customer: &str, at: Timestamp) {
        self.customer(asset, customer);
        let key = (asset.to_owned(), customer.to_owned());
        self.last_action.insert(key, at);
    }

    /// How long ago the customer last did something, if ever.
    pub(super) fn since_action(
        &self,
        asset: &str,
        customer: &str,
        now: Timestamp,
    ) -> Option<SignedDuration> {
        let key = (asset.to_owned(), customer.to_owned());
        let at = self.last_action.get(&key)?;
        Some(now.duration_since(*at))
    }
}

/// A customer's profile by id. One id may stand for somebody at several assets: the one that the token reaches counts.
pub(super) fn profile(world: &mut World, call: &Call, id: &str) -> Option<Result<Value, Refusal>> {
    let known = world.customers.values();
    let known: Vec<Customer> = known.filter(|it| it.id == id).cloned().collect();
    if known.is_empty() || call.method != Method::GET {
        return None;
    }
    let reached = known.into_iter().find_map(|customer| {
        if world.pages.contains_key(&customer.asset) {
            let page = world.page(call, &customer.asset, &["pages_messaging"]);
            return page.is_ok().then_some((customer, UseCase::Messenger));
        }
        let account = world.instagram(call, &customer.asset, INSTAGRAM_MESSAGES);
        account.is_ok().then_some((customer, UseCase::Instagram))
    });
    let Some((customer, case)) = reached else {
        return Some(Err(call.no_object(id)));
    };
    Some(
        world
            .count(call, case, &customer.asset)
            .and_then(|()| shown(call, &customer, case)),
    )
}

fn shown(call: &Call, customer: &Customer, case: UseCase) -> Result<Value, Refusal> {
    let instagram = case == UseCase::Instagram;
    if customer.gone {
        return Err(if instagram {
            Refusal::new(9010)
        } else {
            call.no_object(&customer.id)
        });
    }
    if customer.profile_hidden {
        return Err(if instagram {
            Refusal::new(230)
        } else {
            call.no_object(&customer.id)
        });
    }
    let (first, last) = customer
        .name
        .split_once(' ')
        .unwrap_or((&customer.name, ""));
    let picture =
        |host: Host| format!("{}/{}/profiles/{}.jpg", call.base, host.name(), customer.id);
    let (full, usual) = if instagram {
        let full = json!({
            "id": customer.id, "name": customer.name, "username": customer.username,
            "profile_pic": picture(Host::InstagramCdn), "follower_count": 120,
            "is_user_follow_business": false, "is_business_follow_user": false, "is_verified_user": false,
        });
        (full, ["name", "id"])
    } else {
        let full = json!({
            "id": customer.id, "name": customer.name, "first_name": first, "last_name": last,
            "profile_pic": picture(Host::FacebookCdn), "locale": null, "timezone": null, "gender": null,
        });
        (full, ["first_name", "last_name"])
    };
    select(call, "User", &full, &usual)
}
