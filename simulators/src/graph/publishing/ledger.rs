//! What Instagram keeps of publishing: containers, media, quotas and restrictions, over simulated time. No HTTP.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::container::{Container, MOST_IN_A_DAY, Status, within_a_day};
use super::inspection::Asset;
use super::order::{Kind, Order};
use super::problem::{
    ACCOUNT_RESTRICTED, CONTAINER_EXPIRED, CONTAINER_MISSING, MEDIA_NOT_FOUND, NOT_READY,
    POLICY_BLOCK, Problem, QUOTA_REACHED, SPAM, UNKNOWN_UPLOAD_ERROR,
};
use crate::graph::world::World;

/// Posts in 24 hours.
///
/// # Source
/// The content publishing guide says 100, the reference 50, older texts 25: `content_publishing_limit` tells what holds.
const QUOTA: usize = 100;

/// Why an account may not publish for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Restriction {
    /// Publishing looks like spam: 4/2207051.
    Spam,
    /// The account is restricted or inactive: 25/2207050.
    Inactive,
    /// A policy block: 368.
    Policy,
}

impl Restriction {
    /// How a call that publishes is refused.
    pub(super) fn problem(self) -> Problem {
        match self {
            Self::Spam => SPAM,
            Self::Inactive => ACCOUNT_RESTRICTED,
            Self::Policy => POLICY_BLOCK,
        }
    }
}

/// How long the platform looks at a file, in simulated time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// At a picture, and at a carousel once its items are ready.
    pub image: SignedDuration,
    /// At a film.
    pub film: SignedDuration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            image: SignedDuration::from_secs(3),
            film: SignedDuration::from_secs(40),
        }
    }
}

/// What was published on Instagram.
#[derive(Clone, Debug)]
pub(crate) struct Media {
    pub(crate) id: String,
    pub(crate) account: String,
    /// The container that it was.
    pub(crate) container: String,
    pub(crate) order: Order,
    pub(crate) asset: Option<Asset>,
    pub(crate) published: Timestamp,
    pub(crate) deleted: bool,
    /// Media of a carousel's items, in order.
    pub(crate) children: Vec<String>,
}

impl Media {
    /// Where a person sees it.
    pub(super) fn permalink(&self) -> String {
        let place = match self.order.kind {
            Kind::Reel => "reel",
            Kind::ImageStory | Kind::FilmStory => "stories",
            Kind::Image | Kind::ImageItem | Kind::FilmItem | Kind::Carousel => "p",
        };
        format!("https://www.instagram.com/{place}/{}/", self.shortcode())
    }

    /// Its id in the address.
    pub(super) fn shortcode(&self) -> String {
        shortcode(&self.id)
    }

    /// Whether a person sees it. A story is seen for a day.
    pub(crate) fn is_live(&self, now: Timestamp) -> bool {
        let over =
            self.order.kind.is_story() && now >= self.published + SignedDuration::from_hours(24);
        !self.deleted && !over && !self.order.kind.is_item()
    }
}

/// Instagram's own way of writing an id into an address: base 64, the highest digit first.
fn shortcode(id: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut number: u64 = id.parse().unwrap_or_default();
    let mut code = Vec::new();
    while number > 0 {
        code.push(DIGITS[usize::try_from(number % 64).unwrap_or_default()]);
        number /= 64;
    }
    code.iter().rev().map(|digit| char::from(*digit)).collect()
}

/// Containers and media of all accounts.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    containers: BTreeMap<String, Container>,
    media: BTreeMap<String, Media>,
    restrictions: BTreeMap<String, Restriction>,
    quotas: BTreeMap<String, usize>,
    pub(super) pace: Pace,
}

impl Ledger {
    pub(crate) fn restrict(&mut self, account: &str, restriction: Option<Restriction>) {
        match restriction {
            Some(restriction) => self.restrictions.insert(account.to_owned(), restriction),
            None => self.restrictions.remove(account),
        };
    }

    pub(super) fn restriction(&self, account: &str) -> Option<Restriction> {
        self.restrictions.get(account).copied()
    }

    pub(crate) fn set_quota(&mut self, account: &str, posts: usize) {
        self.quotas.insert(account.to_owned(), posts);
    }

    pub(super) fn quota(&self, account: &str) -> usize {
        self.quotas.get(account).copied().unwrap_or(QUOTA)
    }

    /// Posts of the last 24 hours, or since a later moment. A carousel is one; what was deleted still counts.
    pub(super) fn quota_usage(
        &self,
        account: &str,
        since: Option<Timestamp>,
        now: Timestamp,
    ) -> usize {
        let of_account = self.media.values().filter(|media| media.account == account);
        let posts = of_account.filter(|media| !media.order.kind.is_item());
        let moments = posts.map(|media| media.published);
        within_a_day(
            moments.filter(|at| since.is_none_or(|since| *at >= since)),
            now,
        )
    }

    /// Whether an account may have another container. Asked before its file is fetched.
    pub(super) fn may_create(&self, account: &str, now: Timestamp) -> Result<(), Problem> {
        if let Some(restriction @ (Restriction::Inactive | Restriction::Policy)) =
            self.restriction(account)
        {
            return Err(restriction.problem());
        }
        let own = self
            .containers
            .values()
            .filter(|container| container.account == account);
        if within_a_day(own.map(|container| container.created), now) >= MOST_IN_A_DAY {
            // No page names the refusal for the 401st container; this is the nearest that is documented.
            return Err(QUOTA_REACHED);
        }
        Ok(())
    }

    /// Whether a carousel can be made of these.
    pub(super) fn check_children(
        &self,
        account: &str,
        children: &[String],
        now: Timestamp,
    ) -> Result<(), Problem> {
        for id in children {
            let child = self.own(account, id)?;
            if !child.order.kind.is_item() {
                return Err(Problem::parameter(format_args!(
                    "Container {id} was not created as a carousel item"
                )));
            }
            if child.status(now) == Status::Expired {
                return Err(CONTAINER_EXPIRED);
            }
        }
        Ok(())
    }

    /// Takes an order whose file was looked at. A picture that cannot be used is refused here and leaves no container; a film is
    /// taken, and its container fails later.
    pub(super) fn create(
        &mut self,
        id: &str,
        account: &str,
        order: Order,
        outcome: Result<Option<Asset>, Problem>,
        now: Timestamp,
    ) {
        let ready = if order.kind.film().is_some() {
            now + self.pace.film
        } else {
            let items = order
                .children
                .iter()
                .filter_map(|id| self.containers.get(id));
            items.map(|item| item.ready).fold(now, Timestamp::max) + self.pace.image
        };
        let broken_item = order.children.iter().find_map(|id| {
            let item = self.containers.get(id)?;
            item.outcome.as_ref().err().cloned()
        });
        let container = Container {
            account: account.to_owned(),
            order,
            created: now,
            ready,
            outcome: broken_item.map_or(outcome, Err),
            published: None,
        };
        self.containers.insert(id.to_owned(), container);
    }

    pub(crate) fn container(&self, id: &str) -> Option<&Container> {
        self.containers.get(id)
    }

    /// All containers of an account, with their ids, in the order of their creation.
    pub(crate) fn containers(&self, account: &str) -> impl Iterator<Item = (&String, &Container)> {
        let all = self.containers.iter();
        all.filter(move |(_, container)| container.account == account)
    }

    fn own(&self, account: &str, id: &str) -> Result<&Container, Problem> {
        let container = self.containers.get(id).ok_or(CONTAINER_MISSING)?;
        if container.account == account {
            Ok(container)
        } else {
            Err(MEDIA_NOT_FOUND)
        }
    }

    /// Whether a container can be published, and which containers its items are. A second time it cannot: it is refused like one
    /// that is not there.
    pub(super) fn may_publish(
        &self,
        account: &str,
        id: &str,
        now: Timestamp,
    ) -> Result<Vec<String>, Problem> {
        if let Some(restriction) = self.restriction(account) {
            return Err(restriction.problem());
        }
        let container = self.own(account, id)?;
        if container.order.kind.is_item() {
            return Err(Problem::parameter(format_args!(
                "Container {id} is a carousel item"
            )));
        }
        match container.status(now) {
            Status::InProgress => return Err(NOT_READY),
            Status::Error(_) => return Err(UNKNOWN_UPLOAD_ERROR),
            Status::Expired => return Err(CONTAINER_EXPIRED),
            Status::Published => return Err(MEDIA_NOT_FOUND),
            Status::Finished => {}
        }
        if self.quota_usage(account, None, now) >= self.quota(account) {
            return Err(QUOTA_REACHED);
        }
        Ok(container.order.children.clone())
    }

    /// Makes a container a post, or an item of one.
    pub(super) fn publish(
        &mut self,
        id: &str,
        media_id: &str,
        children: Vec<String>,
        now: Timestamp,
    ) {
        let Some(container) = self.containers.get_mut(id) else {
            return;
        };
        container.published = Some((media_id.to_owned(), now));
        let media = Media {
            id: media_id.to_owned(),
            account: container.account.clone(),
            container: id.to_owned(),
            order: container.order.clone(),
            asset: container.outcome.clone().ok().flatten(),
            published: now,
            deleted: false,
            children,
        };
        self.media.insert(media_id.to_owned(), media);
    }

    pub(crate) fn media(&self, id: &str) -> Option<&Media> {
        self.media.get(id).filter(|media| !media.deleted)
    }

    /// Takes a post down, as its owner does in the app.
    pub(crate) fn delete_media(&mut self, id: &str) -> bool {
        let found = self.media.get_mut(id).filter(|media| !media.deleted);
        found.map(|media| media.deleted = true).is_some()
    }

    /// What people see of an account, the newest first.
    pub(crate) fn live(&self, account: &str, now: Timestamp) -> Vec<&Media> {
        let own = self.media.values().filter(|media| media.account == account);
        let mut live: Vec<&Media> = own.filter(|media| media.is_live(now)).collect();
        live.sort_by(|a, b| (b.published, &b.id).cmp(&(a.published, &a.id)));
        live
    }
}

impl World {
    /// Publishes a container, once.
    pub(super) fn publish(
        &mut self,
        account: &str,
        container: &str,
        now: Timestamp,
    ) -> Result<String, Problem> {
        let items = self.instagram_posts.may_publish(account, container, now)?;
        let mut children = Vec::new();
        for item in items {
            let id = self.new_id("180");
            self.instagram_posts.publish(&item, &id, Vec::new(), now);
            children.push(id);
        }
        let id = self.new_id("180");
        self.instagram_posts.publish(container, &id, children, now);
        Ok(id)
    }
}

#[cfg(test)]
mod tests;
