//! What people ask to be posted, made into a post.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{create, same_order};
use crate::channels::{self, Channel, ChannelState};
use crate::content;
use crate::content::caption;
use crate::error::{Code, Error, text};
use crate::extract::{Caller, request_id};
use crate::ids::Uid;
use crate::jobs::Lease;
use crate::policy::{Action, Actor, OwnedFacts, authorize};
use crate::posts::check::facts;
use crate::posts::journal::Journal;
use crate::posts::source::{self, Unfit};
use crate::posts::store::PostDoc;
use crate::posts::{CAROUSEL_ITEMS, Draft, Kind, Medium, Outlet, Post, store};
use crate::seal::digest_hex;
use crate::state::AppState;
use crate::users::standing;

/// How far ahead a post may be planned.
const FURTHEST: SignedDuration = SignedDuration::from_hours(366 * 24);

/// How far a person's clock may be behind ours when they choose "now".
const CLOCKS_APART: SignedDuration = SignedDuration::from_secs(60);

/// A post to be.
///
/// # Shape
/// `{channelId?, contentRequestId? | media? [url | {url, altText?}], caption?, kind?, altText?, scheduledAt?, requestId}`.
/// Without `channelId` the caller's only connected account of the platform. `caption` is taken in place of the content
/// request's own. Without `kind`: what the media are. `scheduledAt` in RFC 3339, with its zone.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "NewPost", optional_fields))]
pub struct Ask {
    channel_id: Option<String>,
    content_request_id: Option<String>,
    #[serde(default)]
    #[cfg_attr(test, ts(optional = nullable))]
    media: Vec<AskedMedium>,
    caption: Option<String>,
    #[cfg_attr(test, ts(as = "Option<Kind>"))]
    kind: Option<String>,
    alt_text: Option<String>,
    #[cfg_attr(test, ts(as = "Option<String>"))]
    scheduled_at: Option<Timestamp>,
    request_id: String,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "NewPostMedium"))]
enum AskedMedium {
    Link(String),
    #[serde(rename_all = "camelCase")]
    Described {
        url: String,
        #[cfg_attr(test, ts(optional))]
        alt_text: Option<String>,
    },
}

impl AskedMedium {
    fn parts(&self) -> (&str, Option<&str>) {
        match self {
            Self::Link(url) => (url, None),
            Self::Described { url, alt_text } => (url, alt_text.as_deref()),
        }
    }
}

/// Makes the post that is asked for, or returns the one that was.
pub(super) async fn post(
    state: &AppState,
    caller: &Caller,
    ask: &Ask,
    outlet: Outlet,
) -> Result<PostDoc, Error> {
    let id = named(caller, &ask.request_id, outlet)?;
    let order = serde_json::to_vec(ask).map_err(|error| Error::internal(error.to_string()))?;
    let order_digest = digest_hex(&order);
    if let Some(stored) = store::get(&state.store, &id).await? {
        let stored = stored.post?;
        same_order(&stored, &order_digest)?;
        return Ok(store::view(&stored, state.clock.now()));
    }
    let standing = standing::check(state, caller).await?;
    let actor = standing.actor();
    let channel = channel(state, caller, actor, ask.channel_id.as_deref(), outlet).await?;
    let post_facts = OwnedFacts::new(caller.uid().clone(), caller.scope().branch().cloned());
    let action = Action::CreatePost {
        post: &post_facts,
        channel: &facts(&channel),
    };
    let permit = authorize(actor, &action)?;
    if channel.state == ChannelState::Disconnected {
        return Err(Error::new(
            Code::FailedPrecondition,
            "CHANNEL_DISCONNECTED",
            text(
                "Akun ini sudah diputus. Hubungkan lagi terlebih dahulu.",
                "This account is not connected any more. Connect it first.",
            ),
        )
        .at("channelId"));
    }
    let now = micros(state.clock.now());
    let scheduled_at = ask.scheduled_at.map(micros);
    time_fits(scheduled_at, now)?;
    let draft = draft(state, actor, ask, outlet).await?.checked(outlet)?;
    look_into(state, outlet, &draft).await?;
    let post = Post {
        id,
        owner: caller.uid().clone(),
        branch: caller.scope().branch().cloned(),
        channel_id: channel.id,
        content_request_id: ask.content_request_id.clone(),
        draft,
        scheduled_at,
        journal: Journal::default(),
        lease: Some(Lease::waiting(scheduled_at.unwrap_or(now))),
        order_digest,
        created_at: now,
        published_at: None,
    };
    create(state, &post, &permit).await
}

/// A microsecond is what Firestore keeps, and a repeated call must name the same task.
fn micros(time: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(time.as_microsecond()).unwrap_or(time)
}

/// The document of a person's own name for a post on an outlet.
fn named(caller: &Caller, request_id: &str, outlet: Outlet) -> Result<String, Error> {
    let outlet = match outlet {
        Outlet::Instagram => "instagram",
        Outlet::Page => "page",
    };
    request_id::document_of(caller, Some(outlet), request_id)
}

fn time_fits(scheduled_at: Option<Timestamp>, now: Timestamp) -> Result<(), Error> {
    let Some(at) = scheduled_at else {
        return Ok(());
    };
    if at < now - CLOCKS_APART {
        return Err(Error::field(
            "scheduledAt",
            text("Waktunya sudah lewat.", "The time has passed already."),
        ));
    }
    if at.duration_since(now) > FURTHEST {
        return Err(Error::field(
            "scheduledAt",
            text(
                "Paling jauh satu tahun ke depan.",
                "At most one year ahead.",
            ),
        ));
    }
    Ok(())
}

/// The account that the post goes out on.
async fn channel(
    state: &AppState,
    caller: &Caller,
    actor: &Actor,
    channel_id: Option<&str>,
    outlet: Outlet,
) -> Result<Channel, Error> {
    let not_found = || Error::not_found().at("channelId");
    if let Some(id) = channel_id {
        let of_outlet =
            Uid::parse(id).is_ok() && Outlet::of_channel(id).is_some_and(|(of, _)| of == outlet);
        if !of_outlet {
            return Err(not_found());
        }
        let found = channels::store::channels(&state.store, &[id]).await?;
        let visible = found
            .into_iter()
            .find(|channel| authorize(actor, &Action::ReadChannel(&facts(channel))).is_ok());
        return visible.ok_or_else(not_found);
    }
    let own = store::channels_of(&state.store, caller.uid()).await?;
    let of_outlet = |id: &&String| Outlet::of_channel(id).is_some_and(|(of, _)| of == outlet);
    let ids: Vec<&str> = own.iter().filter(of_outlet).map(String::as_str).collect();
    let found = channels::store::channels(&state.store, &ids).await?;
    let mut fitting = found
        .into_iter()
        .filter(|channel| channel.state != ChannelState::Disconnected);
    match (fitting.next(), fitting.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => Err(Error::field(
            "channelId",
            text(
                "Anda belum menghubungkan akun untuk ini.",
                "You have not connected an account for this.",
            ),
        )),
        (Some(_), Some(_)) => Err(Error::field(
            "channelId",
            text(
                "Anda punya beberapa akun. Pilih salah satu.",
                "You have several accounts. Choose one.",
            ),
        )),
    }
}

async fn draft(state: &AppState, actor: &Actor, ask: &Ask, outlet: Outlet) -> Result<Draft, Error> {
    let kind = match &ask.kind {
        None => None,
        Some(word) => Some(Kind::parse(word).ok_or_else(|| {
            let known = Kind::ALL.map(Kind::as_str).join(", ");
            Error::field(
                "kind",
                text(
                    format!("Jenis postingan harus salah satu dari {known}."),
                    format!("The kind must be one of {known}."),
                ),
            )
        })?),
    };
    let (own_caption, media) = match &ask.content_request_id {
        Some(id) => of_request(state, actor, ask, id).await?,
        None => (String::new(), of_links(state, actor, ask).await?),
    };
    let kind = kind.unwrap_or_else(|| Kind::of_media(&media));
    let media = match (outlet, kind) {
        // A text from a request that also made a picture.
        (Outlet::Page, Kind::Text) if ask.content_request_id.is_some() => Vec::new(),
        _ => media,
    };
    let caption = match (&ask.caption, kind) {
        (Some(caption), _) => caption.trim().to_owned(),
        (None, Kind::Story) => String::new(),
        (None, _) => own_caption,
    };
    Ok(Draft {
        kind,
        caption,
        media,
    })
}

/// Text and media of a finished content request.
async fn of_request(
    state: &AppState,
    actor: &Actor,
    ask: &Ask,
    id: &str,
) -> Result<(String, Vec<Medium>), Error> {
    if !ask.media.is_empty() {
        return Err(Error::field(
            "media",
            text(
                "Pilih salah satu: contentRequestId atau media.",
                "Give either contentRequestId or media.",
            ),
        ));
    }
    let not_found = || Error::not_found().at("contentRequestId");
    Uid::parse(id).map_err(|_| not_found())?;
    let stored = content::store::get(&state.store, id).await?;
    let request = stored
        .ok_or_else(not_found)?
        .request
        .map_err(|_| not_found())?;
    let facts = request.facts();
    let _ = authorize(actor, &Action::ReadContentRequest(&facts)).map_err(|_| not_found())?;
    let content::Stage::Completed(content) = request.stage else {
        return Err(Error::new(
            Code::FailedPrecondition,
            "CONTENT_NOT_READY",
            text(
                "Konten ini belum selesai dibuat.",
                "This content is not finished.",
            ),
        )
        .at("contentRequestId"));
    };
    let alt_text = ask.alt_text.clone().or(content.alt_text);
    let text_ = caption::Draft {
        caption: content.caption,
        hashtags: content.hashtags,
        alt_text: None,
    }
    .text();
    let mut media = Vec::new();
    // A film and its picture are two forms of one thing: the film goes out.
    if let Some(url) = content.video_url.or(content.image_url) {
        media.push(source::medium(state, actor, &url, alt_text, "contentRequestId").await?);
    }
    Ok((text_, media))
}

async fn of_links(state: &AppState, actor: &Actor, ask: &Ask) -> Result<Vec<Medium>, Error> {
    if ask.media.len() > *CAROUSEL_ITEMS.end() {
        let most = CAROUSEL_ITEMS.end();
        return Err(Error::field(
            "media",
            text(
                format!("Paling banyak {most} media."),
                format!("At most {most} media."),
            ),
        ));
    }
    if ask.alt_text.is_some() && ask.media.len() != 1 {
        return Err(Error::field(
            "altText",
            text(
                "altText hanya untuk satu media; untuk beberapa, tulis pada masing-masing.",
                "altText is for a single medium; of several, each has its own.",
            ),
        ));
    }
    let looks = ask.media.iter().enumerate().map(async |(number, medium)| {
        let (url, alt_text) = medium.parts();
        let alt_text = alt_text.or(ask.alt_text.as_deref()).map(ToOwned::to_owned);
        let field = format!("media[{number}]");
        source::medium(state, actor, url, alt_text, &field).await
    });
    futures::future::try_join_all(looks).await
}

/// Looks into the media, so that what a platform would refuse is refused while the person is there.
async fn look_into(state: &AppState, outlet: Outlet, draft: &Draft) -> Result<(), Error> {
    let looks = draft
        .media
        .iter()
        .enumerate()
        .map(async |(number, medium)| {
            let field = || format!("media[{number}]");
            match source::inspect(state, outlet, draft.kind, medium).await {
                Ok(()) => Ok(()),
                Err(Unfit::NotTaken(why)) => Err(Error::field(field(), why)),
                Err(Unfit::Unreachable) => Err(Error::field(
                    field(),
                    text(
                        "Gambar atau video ini tidak dapat diambil.",
                        "This picture or film cannot be fetched.",
                    ),
                )),
                Err(Unfit::Unknown(error)) => Err(source::unavailable(error)),
            }
        });
    futures::future::try_join_all(looks).await.map(drop)
}
