//! `postToInstagram`, `postToFacebook`, `cancelPost` and `resolvePost`.

mod ask;

use serde::Deserialize;

pub use self::ask::Ask;
use super::journal::{Live, Stage};
use super::store::PostDoc;
use super::{Outlet, Post, store, tasks};
use crate::error::{Code, Error, Text, text};
use crate::extract::{Caller, request_id};
use crate::ids::ParseError;
use crate::policy::{Action, Permit, authorize};
use crate::state::AppState;
use crate::store::{StoreError, Writes};
use crate::users::standing;

/// Longest link to a post that a person may give, in characters.
const PERMALINK_CHARS: usize = 500;

/// `postToInstagram`: a picture, carousel, reel or story, now or at a time; the post as SCHEDULED. The frontend listens
/// to the document.
///
/// Six round trips, one request to Storage for each medium and two more to look into it, and a call to Cloud Tasks; one
/// round trip when the post is known already.
///
/// # Idempotency
/// By `requestId`, for each person: the same order under the same id is the same post, which goes out once.
///
/// # Errors
/// `INVALID_ARGUMENT` with the field; `NOT_FOUND` for a channel or content request that the caller may not see;
/// `FAILED_PRECONDITION` with `CONTENT_NOT_READY`, `CHANNEL_DISCONNECTED`; `PERMISSION_DENIED` with `STALE_TOKEN`;
/// `ALREADY_EXISTS` with `REQUEST_ID_REUSED`.
pub async fn post_to_instagram(
    state: AppState,
    caller: Caller,
    data: Ask,
) -> Result<PostDoc, Error> {
    ask::post(&state, &caller, &data, Outlet::Instagram).await
}

/// `postToFacebook`: a text, picture or film on a page, now or at a time; the post as SCHEDULED.
///
/// Round trips, idempotency and errors as [`post_to_instagram`].
pub async fn post_to_facebook(
    state: AppState,
    caller: Caller,
    data: Ask,
) -> Result<PostDoc, Error> {
    ask::post(&state, &caller, &data, Outlet::Page).await
}

/// Which post.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "CancelPost"))]
pub struct Cancel {
    post_id: String,
}

/// `cancelPost`: calls off a post that is SCHEDULED, one that waits for a reconnection or a quota included. Three round
/// trips.
///
/// # Idempotency
/// A post that is called off already is returned as it stands.
///
/// # Errors
/// `NOT_FOUND`; `FAILED_PRECONDITION` with `NOT_SCHEDULED` once its media are on their way, with `state`.
pub async fn cancel_post(state: AppState, caller: Caller, data: Cancel) -> Result<PostDoc, Error> {
    change(&state, &caller, &data.post_id, |post, permit| {
        let facts = post.facts();
        *permit = Some(authorize(&caller.actor(), &Action::CancelPost(&facts))?);
        if post.journal.stage == Stage::Cancelled {
            return Ok(Change::Stands);
        }
        let Some(journal) = post.journal.cancelled() else {
            return Err(wrong_state(
                "NOT_SCHEDULED",
                post.journal.stage.word(),
                text(
                    "Postingan ini sudah diproses dan tidak dapat dibatalkan lagi.",
                    "This post is under way or over and cannot be called off any more.",
                ),
            ));
        };
        post.journal = journal;
        Ok(Change::Write)
    })
    .await
}

/// What a person found on the account.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "ResolvePost", optional_fields))]
pub struct Resolve {
    post_id: String,
    live: bool,
    permalink: Option<String>,
}

/// `resolvePost`: a person has looked at the account and says whether a post that is UNCONFIRMED is live. It becomes
/// PUBLISHED, or FAILED with `NOT_PUBLISHED`; nothing is posted by this. Three round trips.
///
/// # Idempotency
/// The same answer again returns the post as it stands.
///
/// # Errors
/// `NOT_FOUND`; `INVALID_ARGUMENT` at `permalink`; `FAILED_PRECONDITION` with `NOT_UNCONFIRMED` and `state`.
pub async fn resolve_post(
    state: AppState,
    caller: Caller,
    data: Resolve,
) -> Result<PostDoc, Error> {
    let permalink = data.permalink.as_deref().map(permalink).transpose()?;
    let now = state.clock.now();
    change(&state, &caller, &data.post_id, |post, permit| {
        let facts = post.facts();
        *permit = Some(authorize(&caller.actor(), &Action::ResolvePost(&facts))?);
        let live = data.live.then(|| Live {
            permalink: permalink.clone(),
            ..Live::default()
        });
        if let Some(journal) = post.journal.resolved(live) {
            post.journal = journal;
            post.published_at = data.live.then_some(now);
            return Ok(Change::Write);
        }
        let said_before = match &post.journal.stage {
            Stage::Published(_) => data.live,
            Stage::Failed(failure) => !data.live && failure.code == "NOT_PUBLISHED",
            Stage::Scheduled
            | Stage::Preparing
            | Stage::Publishing
            | Stage::Unconfirmed(_)
            | Stage::Cancelled => false,
        };
        if said_before {
            return Ok(Change::Stands);
        }
        Err(wrong_state(
            "NOT_UNCONFIRMED",
            post.journal.stage.word(),
            text(
                "Postingan ini tidak menunggu konfirmasi.",
                "Nobody is asked whether this post is live.",
            ),
        ))
    })
    .await
}

fn permalink(link: &str) -> Result<String, Error> {
    let url = reqwest::Url::parse(link.trim()).ok();
    let of_platform = url.filter(|url| {
        let host = url.host_str().unwrap_or_default();
        url.scheme() == "https"
            && ["instagram.com", "facebook.com"]
                .iter()
                .any(|platform| host == *platform || host.ends_with(&format!(".{platform}")))
    });
    match of_platform {
        Some(url) if link.chars().count() <= PERMALINK_CHARS => Ok(url.into()),
        _ => Err(Error::field(
            "permalink",
            text(
                "Tautan harus mengarah ke instagram.com atau facebook.com.",
                "The link must lead to instagram.com or facebook.com.",
            ),
        )),
    }
}

fn wrong_state(reason: &'static str, state: &'static str, words: Text) -> Error {
    Error::new(Code::FailedPrecondition, reason, words).with("state", state)
}

enum Change {
    Write,
    Stands,
}

/// Reads a post, has it changed, and commits; begins anew when a worker was faster.
async fn change(
    state: &AppState,
    caller: &Caller,
    post_id: &str,
    decide: impl Fn(&mut Post, &mut Option<Permit>) -> Result<Change, Error>,
) -> Result<PostDoc, Error> {
    let post_id = post_id_of(post_id)?;
    standing::check(state, caller).await?;
    state
        .store
        .retrying(|| async {
            let now = state.clock.now();
            let stored = store::get(&state.store, post_id).await?;
            let stored = stored.ok_or_else(Error::not_found)?;
            let mut post = stored.post?;
            let mut permit = None;
            match (decide(&mut post, &mut permit)?, permit) {
                (Change::Write, Some(permit)) => {
                    post.lease = None;
                    let mut writes = Writes::new();
                    store::advance(&permit, &mut writes, &post, stored.update_time, now)?;
                    match state.store.commit(writes).await {
                        // The post was deleted in between: read again, which says so.
                        Err(StoreError::NotFound) => return Err(StoreError::Conflict.into()),
                        other => other?,
                    }
                }
                (Change::Write | Change::Stands, _) => {}
            }
            Ok(store::view(&post, now))
        })
        .await
}

/// An id that can name a document; nothing else names a post.
fn post_id_of(text_: &str) -> Result<&str, Error> {
    let named = crate::ids::Uid::parse(text_).map(drop);
    named.map_err(|error: ParseError| {
        Error::field(
            "postId",
            text(
                format!("postId tidak sah: {error}."),
                format!("The postId is not valid: {error}."),
            ),
        )
    })?;
    Ok(text_)
}

/// Creates a post, or finds the one that its `requestId` made.
async fn create(state: &AppState, post: &Post, permit: &Permit) -> Result<PostDoc, Error> {
    let now = state.clock.now();
    let mut writes = Writes::new();
    store::create(permit, &mut writes, post, now)?;
    match state.store.commit(writes).await {
        Ok(()) => {
            tasks::first(state, post).await;
            Ok(store::view(post, now))
        }
        Err(StoreError::AlreadyExists) => {
            let stored = store::get(&state.store, &post.id).await?;
            let stored = stored.ok_or(StoreError::Conflict)?.post?;
            same_order(&stored, &post.order_digest)?;
            Ok(store::view(&stored, now))
        }
        Err(error) => Err(error.into()),
    }
}

fn same_order(stored: &Post, order_digest: &str) -> Result<(), Error> {
    if stored.order_digest == order_digest {
        return Ok(());
    }
    Err(request_id::reused("postingan", "post"))
}
