//! Sends webhooks, signed, and tries again with Meta's patience: 36 hours, WhatsApp's 7 days, an hour for conversations.
//!
//! # Source
//! <https://developers.facebook.com/docs/graph-api/webhooks/getting-started>,
//! <https://developers.facebook.com/docs/messenger-platform/webhooks> and
//! <https://developers.facebook.com/docs/whatsapp/cloud-api/guides/set-up-webhooks>, read 2026-11.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use tokio::task::JoinSet;

use super::super::Graph;
use super::super::access::hmac_hex;
use super::super::assets::Login;
use super::super::world::World;
use super::{Notice, Parcel, wire};

/// How long a subscriber has for its answer.
const ANSWER: Duration = Duration::from_secs(20);
/// How long things other than WhatsApp's and conversations are tried.
const PATIENCE: SignedDuration = SignedDuration::from_hours(36);
/// How long WhatsApp tries.
const WHATSAPP_PATIENCE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// After how long a failing app is unsubscribed from a page's or an account's conversations.
const MESSAGING_PATIENCE: SignedDuration = SignedDuration::from_hours(1);
/// The second wait; the first is none, each further one is twice the one before.
const FIRST_GAP: SignedDuration = SignedDuration::from_secs(15);
/// The longest wait.
const LONGEST_GAP: SignedDuration = SignedDuration::from_hours(6);
/// Deliveries under way at a time when they are made by themselves.
const AT_ONCE: usize = 8;

/// A webhook that was sent, and what became of it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// Which body's; the same for each attempt at it.
    pub parcel: u64,
    /// Where to.
    pub url: String,
    /// `object`.
    pub object: &'static str,
    /// When.
    pub at: Timestamp,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// Units in it.
    pub units: usize,
    /// The body, as signed.
    pub body: String,
    /// The answer's status; none when there was no answer.
    pub status: Option<u16>,
}

impl Delivery {
    /// Whether the subscriber has taken it.
    pub fn is_taken(&self) -> bool {
        self.status
            .is_some_and(|status| (200..300).contains(&status))
    }
}

impl Graph {
    /// Sends, one after the other, what is due now and what becomes due by it.
    pub async fn deliver_due(&self) -> Vec<Delivery> {
        let mut made = Vec::new();
        while let Some(parcel) = self.take_due() {
            made.extend(self.deliver(parcel).await);
        }
        made
    }

    /// Sends at the same moment everything that is due now.
    pub async fn deliver_at_once(&self) -> Vec<Delivery> {
        let mut set = JoinSet::new();
        while let Some(parcel) = self.take_due() {
            let this = self.clone();
            set.spawn(async move { this.deliver(parcel).await });
        }
        set.join_all().await.into_iter().flatten().collect()
    }

    /// Sends what becomes due, for ever.
    pub async fn run(self) {
        let mut set = JoinSet::new();
        loop {
            let told = self.told().notified();
            while set.len() < AT_ONCE
                && let Some(parcel) = self.take_due()
            {
                let this = self.clone();
                set.spawn(async move { this.deliver(parcel).await });
            }
            let next = self.world().next_due();
            let next = next.unwrap_or_else(|| self.now() + LONGEST_GAP);
            tokio::select! {
                () = told => {}
                () = self.clock().reached(next), if set.len() < AT_ONCE => {}
                Some(_) = set.join_next() => {}
            }
        }
    }

    /// By itself, so that the world is let go of before anything is sent.
    fn take_due(&self) -> Option<Parcel> {
        let now = self.now();
        self.world().take_due(now)
    }

    async fn deliver(&self, parcel: Parcel) -> Vec<Delivery> {
        let first = self.send(&parcel, self.now()).await;
        let mut made = vec![first.clone()];
        let twice = self.world().webhooks.rules.twice;
        if first.is_taken() && twice {
            let later = self.now() + SignedDuration::from_secs(1);
            made.push(self.send(&parcel, later).await);
        }
        let now = self.now();
        let mut world = self.world();
        world.webhooks.deliveries.extend(made.iter().cloned());
        world.settle(&parcel, first.is_taken(), now);
        made
    }

    /// One attempt. `entry.time` says when it was made.
    async fn send(&self, parcel: &Parcel, at: Timestamp) -> Delivery {
        let first = parcel.notices.first();
        let login = first.map_or(Login::Facebook, |notice| notice.login);
        let url = first.map_or_else(String::new, |notice| notice.url.clone());
        let (body, secret) = {
            let world = self.world();
            let body = wire::body(&parcel.notices, &world.webhooks.rules, at);
            (body, world.app(login).secret.clone())
        };
        let signature = format!("sha256={}", hmac_hex(&secret, body.as_bytes()));
        let request = self
            .http()
            .post(&url)
            .timeout(ANSWER)
            .header("content-type", "application/json")
            .header("user-agent", "facebookexternalua")
            .header("x-hub-signature-256", signature)
            .body(body.clone());
        let response = request.send().await.ok();
        Delivery {
            parcel: parcel.id,
            url,
            object: first.map_or("page", |notice| notice.object),
            at,
            attempt: parcel.attempts + 1,
            units: parcel.notices.len(),
            body,
            status: response.map(|response| response.status().as_u16()),
        }
    }
}

impl World {
    /// Packs what is pending and takes a parcel that is due.
    fn take_due(&mut self, now: Timestamp) -> Option<Parcel> {
        self.pack(now);
        let drawn = self.draw();
        let parcels = self.webhooks.parcels.iter_mut();
        let mut due: Vec<_> = parcels
            .filter(|parcel| !parcel.under_way && parcel.due <= now)
            .collect();
        due.sort_by_key(|parcel| (parcel.due, parcel.id));
        let at = drawn.map_or(0, |drawn| drawn % due.len().max(1));
        let parcel = due.into_iter().nth(at)?;
        parcel.under_way = true;
        Some(parcel.clone())
    }

    fn next_due(&mut self) -> Option<Timestamp> {
        let parcels = self.webhooks.parcels.iter();
        let waiting = parcels.filter(|parcel| !parcel.under_way);
        waiting.map(|parcel| parcel.due).min()
    }

    /// Puts pending notices to one address, of one object and app, into parcels.
    fn pack(&mut self, now: Timestamp) {
        let batch = self.webhooks.rules.batch.max(1);
        while let Some(first) = self.webhooks.pending.pop_front() {
            let mut notices = vec![first];
            let mut others = std::collections::VecDeque::new();
            for notice in std::mem::take(&mut self.webhooks.pending) {
                if notices.len() < batch && goes_with(&notices, &notice) {
                    notices.push(notice);
                } else {
                    others.push_back(notice);
                }
            }
            self.webhooks.pending = others;
            // From the end, each unit changes places with one drawn from those before it.
            for last in (1..notices.len()).rev() {
                if let Some(drawn) = self.draw() {
                    notices.swap(last, drawn % (last + 1));
                }
            }
            let id = self.next();
            self.webhooks.parcels.push(Parcel {
                id,
                notices,
                attempts: 0,
                first: now,
                due: now,
                under_way: false,
            });
        }
    }

    /// A number for shuffling, if there is to be shuffling: xorshift from the rules' seed.
    fn draw(&mut self) -> Option<usize> {
        let seed = self.webhooks.rules.shuffle?;
        let webhooks = &mut self.webhooks;
        if webhooks.drawn == 0 {
            webhooks.drawn = seed | 1;
        }
        webhooks.drawn ^= webhooks.drawn << 13;
        webhooks.drawn ^= webhooks.drawn >> 7;
        webhooks.drawn ^= webhooks.drawn << 17;
        Some(usize::try_from(webhooks.drawn >> 33).unwrap_or_default())
    }

    fn settle(&mut self, parcel: &Parcel, taken: bool, now: Timestamp) {
        let about = |notice: &Notice| (notice.login, notice.asset.clone());
        let conversations = parcel.notices.iter().filter(|it| it.unit.is_messaging());
        let conversations: Vec<_> = conversations.map(about).collect();
        if taken {
            for asset in &conversations {
                self.webhooks.failing.remove(asset);
            }
            self.webhooks.parcels.retain(|other| other.id != parcel.id);
            return;
        }
        let attempts = parcel.attempts + 1;
        let mut due = now + gap(attempts);
        for asset in conversations {
            let since = *self.webhooks.failing.entry(asset.clone()).or_insert(now);
            if now.duration_since(since) >= MESSAGING_PATIENCE {
                self.give_up_conversations(&asset);
            }
            due = due.min((since + MESSAGING_PATIENCE).max(now));
        }
        let object = parcel.notices.first().map(|notice| notice.object);
        let patience = match object {
            Some("whatsapp_business_account") => WHATSAPP_PATIENCE,
            _ => PATIENCE,
        };
        let mut parcels = self.webhooks.parcels.iter_mut();
        if let Some(parcel) = parcels.find(|other| other.id == parcel.id) {
            parcel.attempts = attempts;
            parcel.due = due;
            parcel.under_way = false;
        }
        let over = due.duration_since(parcel.first) > patience;
        let parcels = &mut self.webhooks.parcels;
        parcels.retain(|other| other.id != parcel.id || !(over || other.notices.is_empty()));
    }

    /// "Webhooks disabled": the app is no longer subscribed to the page or account, and nothing of its conversations is
    /// tried any more.
    fn give_up_conversations(&mut self, about: &(Login, String)) {
        let (login, asset) = about;
        let app = self.app(*login).id.clone();
        let account = self.instagram.get_mut(asset);
        let page = match (account, login) {
            (Some(account), Login::Instagram) => {
                account.subscribed_apps.remove(&app);
                None
            }
            (Some(account), Login::Facebook) => account.page_id.clone(),
            (None, _) => Some(asset.clone()),
        };
        if let Some(page) = page.and_then(|page| self.pages.get_mut(&page)) {
            page.subscribed_apps.remove(&app);
        }
        self.webhooks.failing.remove(about);
        let dead = |notice: &Notice| {
            notice.unit.is_messaging() && (notice.login, &notice.asset) == (*login, asset)
        };
        for parcel in &mut self.webhooks.parcels {
            parcel.notices.retain(|notice| !dead(notice));
        }
        self.webhooks.pending.retain(|notice| !dead(notice));
        let parcels = &mut self.webhooks.parcels;
        parcels.retain(|parcel| !parcel.notices.is_empty());
    }
}

fn goes_with(notices: &[Notice], other: &Notice) -> bool {
    notices.first().is_some_and(|first| {
        (first.login, first.object, &first.url) == (other.login, other.object, &other.url)
    })
}

/// The wait after a number of failed attempts.
fn gap(attempts: u32) -> SignedDuration {
    let Some(doublings) = attempts.checked_sub(2) else {
        return SignedDuration::ZERO;
    };
    let factor = 1_i32.checked_shl(doublings.min(20)).unwrap_or(i32::MAX);
    FIRST_GAP
        .checked_mul(factor)
        .map_or(LONGEST_GAP, |gap| gap.min(LONGEST_GAP))
}
