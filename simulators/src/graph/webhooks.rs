//! What Meta tells whom: which subscriptions an event has to pass, and the queue of what is still to be told.
//!
//! What lives elsewhere: the bytes on the wire (`wire`), and sending them with Meta's patience (`sender`).

mod sender;
mod wire;

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::assets::Login;
use super::world::World;

pub use sender::Delivery;

/// How webhooks go out.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeliveryRules {
    /// Units in one body at most. Meta goes up to 1000.
    pub batch: usize,
    /// Each delivery that succeeds is made once more, with another `entry.time`.
    pub twice: bool,
    /// What is due goes out in an order drawn from this number, within a body as well.
    pub shuffle: Option<u64>,
    /// Messages of Instagram Login come as `changes` with a time in seconds, as some deliveries do.
    pub as_changes: bool,
}

impl Default for DeliveryRules {
    fn default() -> Self {
        Self {
            batch: 1,
            twice: false,
            shuffle: None,
            as_changes: false,
        }
    }
}

/// One thing that happened, as it stands in a body.
#[derive(Clone, Debug)]
pub(super) enum Unit {
    /// An element of `changes`.
    Change { field: &'static str, value: Value },
    /// An element of `messaging`. Instagram Login may know the field by another name.
    Messaging {
        field: &'static str,
        instagram_field: &'static str,
        item: Value,
    },
}

impl Unit {
    pub(super) fn change(field: &'static str, value: Value) -> Self {
        Self::Change { field, value }
    }

    pub(super) fn messaging(field: &'static str, item: Value) -> Self {
        Self::Messaging {
            field,
            instagram_field: field,
            item,
        }
    }

    fn field(&self, login: Login) -> &'static str {
        match (self, login) {
            (Self::Change { field, .. } | Self::Messaging { field, .. }, Login::Facebook)
            | (Self::Change { field, .. }, Login::Instagram) => field,
            (
                Self::Messaging {
                    instagram_field, ..
                },
                Login::Instagram,
            ) => instagram_field,
        }
    }

    fn is_messaging(&self) -> bool {
        matches!(self, Self::Messaging { .. })
    }
}

/// A unit on its way to one callback address.
#[derive(Clone, Debug)]
struct Notice {
    login: Login,
    object: &'static str,
    /// `entry.id`.
    asset: String,
    url: String,
    include_values: bool,
    unit: Unit,
}

/// A body's worth of notices, with its history.
#[derive(Clone, Debug)]
struct Parcel {
    id: u64,
    notices: Vec<Notice>,
    attempts: u32,
    first: Timestamp,
    due: Timestamp,
    under_way: bool,
}

/// Everything that is still to be told, and what has been.
#[derive(Default)]
pub(super) struct Webhooks {
    pub(super) rules: DeliveryRules,
    pending: VecDeque<Notice>,
    parcels: Vec<Parcel>,
    pub(super) deliveries: Vec<Delivery>,
    /// Since when an app has not taken the messages of an asset.
    failing: BTreeMap<(Login, String), Timestamp>,
    drawn: u64,
}

impl World {
    /// Tells of a page.
    pub(super) fn tell_page(&mut self, page: &str, unit: Unit) {
        let app = self.app(Login::Facebook);
        let field = unit.field(Login::Facebook);
        let subscribed = self.pages.get(page);
        let fields = subscribed.and_then(|page| page.subscribed_apps.get(&app.id));
        // The page's own choice and the app's must both hold the field.
        if fields.is_some_and(|fields| fields.contains(field)) {
            self.tell(Login::Facebook, "page", page, None, unit);
        }
    }

    /// Tells of an Instagram account, by each login that is subscribed to it.
    pub(super) fn tell_instagram(&mut self, id: &str, unit: &Unit) {
        let Some(account) = self.instagram.get(id) else {
            return;
        };
        let app = |login| self.app(login).id.clone();
        // Any field subscribed for the page, or the account, opens all that the app is told of.
        let page = account.page_id.as_ref();
        let page = page.and_then(|page| self.pages.get(page));
        let facebook =
            page.is_some_and(|page| page.subscribed_apps.contains_key(&app(Login::Facebook)));
        let closed = account.messages_closed && unit.is_messaging();
        let instagram = account.subscribed_apps.contains_key(&app(Login::Instagram));
        let comment = matches!(unit, Unit::Change { .. }) && account.private;
        if facebook && !closed && !comment {
            self.tell(Login::Facebook, "instagram", id, None, unit.clone());
        }
        if instagram && !comment {
            self.tell(Login::Instagram, "instagram", id, None, unit.clone());
        }
    }

    /// Tells of a WhatsApp Business account.
    pub(super) fn tell_whatsapp(&mut self, id: &str, field: &'static str, value: Value) {
        let app = &self.app(Login::Facebook).id;
        let account = self.whatsapp.get(id);
        let subscribed = account.and_then(|account| account.subscribed_apps.get(app));
        if let Some(url) = subscribed.cloned() {
            let unit = Unit::change(field, value);
            let object = "whatsapp_business_account";
            self.tell(Login::Facebook, object, id, url, unit);
        }
    }

    fn tell(
        &mut self,
        login: Login,
        object: &'static str,
        asset: &str,
        url: Option<String>,
        unit: Unit,
    ) {
        let app = self.app(login);
        let Some(subscription) = app.subscriptions.get(object) else {
            return;
        };
        if !app.live || !subscription.fields.contains(unit.field(login)) {
            return;
        }
        let notice = Notice {
            login,
            object,
            asset: asset.to_owned(),
            url: url.unwrap_or_else(|| subscription.callback_url.clone()),
            include_values: subscription.include_values,
            unit,
        };
        self.webhooks.pending.push_back(notice);
    }
}
