//! Whether a post may go out now: its owner, its account, the account's quota, its media. Asked at the post's time, since
//! weeks may lie between the order and it.

use jiff::Timestamp;

use super::instagram::Account;
use super::journal::{Reason, Verdict};
use super::run::Turn;
use super::source::{self, Unfit};
use super::{Failure, Outlet, Post, store};
use crate::channels::secrets::{self, Grant};
use crate::channels::{self, Channel, ChannelState};
use crate::error::Error;
use crate::policy::{Action, Actor, OwnedFacts, authorize};
use crate::posts::refusal::Call;
use crate::state::AppState;
use crate::users;
use crate::users::store::StoredUser;

/// How the people and the account of a post stand.
pub(super) struct Situation {
    owner: Option<StoredUser>,
    channel: Option<Channel>,
    grant: Option<Grant>,
    stopped_until: Option<Timestamp>,
}

impl Situation {
    /// Reads how they stand. Four reads at once.
    pub(super) async fn read(state: &AppState, post: &Post) -> Result<Self, Error> {
        let channel_ids = [post.channel_id.as_str()];
        let db = &state.store;
        let (owner, channels, stopped_until) = tokio::try_join!(
            users::store::get(db, &post.owner),
            channels::store::channels(db, &channel_ids),
            store::stopped_until(db, &post.channel_id)
        )?;
        let grant = secrets::grant(state, &post.channel_id).await?;
        Ok(Self {
            owner,
            channel: channels.into_iter().next(),
            grant,
            stopped_until,
        })
    }

    /// What the account may be asked with.
    pub(super) fn grant(&self) -> Result<&Grant, Verdict> {
        let Some(channel) = &self.channel else {
            return Err(Verdict::Fail(Failure::disconnected()));
        };
        match channel.state {
            ChannelState::Disconnected => Err(Verdict::Fail(Failure::disconnected())),
            ChannelState::NeedsReconnect => Err(Verdict::Wait(Reason::Reconnect, None)),
            ChannelState::Connected => {
                let none = Verdict::Wait(Reason::Reconnect, None);
                self.grant.as_ref().ok_or(none)
            }
        }
    }

    /// Whether the owner may still post there: a post may wait for longer than a right lasts.
    fn allows(&self, post: &Post) -> bool {
        let (Some(owner), Some(channel)) = (&self.owner, &self.channel) else {
            return false;
        };
        let Ok(place) = &owner.user.place else {
            return false;
        };
        let actor = Actor::User {
            uid: post.owner.clone(),
            scope: place.scope(),
        };
        let action = Action::CreatePost {
            post: &post.facts(),
            channel: &facts(channel),
        };
        !owner.user.disabled && authorize(&actor, &action).is_ok()
    }
}

/// Whose a channel is.
pub(super) fn facts(channel: &Channel) -> OwnedFacts {
    OwnedFacts::new(channel.owner.clone(), channel.branch.clone())
}

impl Turn<'_> {
    /// Whether the post may go out now. Two requests for each medium, at once, and one for the quota.
    pub(super) async fn check(&mut self) -> Result<(), Verdict> {
        let grant = self.situation.grant()?.clone();
        if !self.situation.allows(&self.post) {
            return Err(Verdict::Fail(Failure::not_allowed()));
        }
        let now = self.state.clock.now();
        if let Some(until) = self.situation.stopped_until
            && now < until
        {
            let left = until.duration_since(now);
            return Err(Verdict::Wait(Reason::Stopped, Some(left)));
        }
        let Some((outlet, account)) = self.post.outlet() else {
            return Err(Verdict::Fail(Failure::invalid()));
        };
        let kind = self.post.draft.kind;
        let media = self.post.draft.media.iter();
        let looks = media.map(|medium| source::inspect(self.state, outlet, kind, medium));
        for look in futures::future::join_all(looks).await {
            match look {
                Ok(()) => {}
                Err(Unfit::Unreachable) => {
                    return Err(Verdict::Fail(Failure::media_unreachable()));
                }
                Err(Unfit::NotTaken(why)) => return Err(Verdict::Fail(Failure::media(why))),
                Err(Unfit::Unknown(error)) => {
                    tracing::warn!(%error, "the media of a post cannot be looked at");
                    return Err(Verdict::Later(None));
                }
            }
        }
        match outlet {
            Outlet::Page => Ok(()),
            Outlet::Instagram => {
                let account = Account {
                    graph: &self.state.graph,
                    access: &grant.access,
                    id: account,
                };
                let quota = account.quota().await;
                quota.unwrap_or_else(|error| Err(self.verdict(&error, Call::Unseen)))
            }
        }
    }
}
