//! A page's edges: posts, photos, films, what is published and what is scheduled.

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::fetch::{self, Missing};
use super::inspection::{self, FilmUse};
use super::page_posts::{Film, PagePost, Photo, Showing, shown_from};
use super::params::{Parameters, flag, list, text};
use super::problem::{LINK_PROBLEM, PHOTO_UNREADABLE, POLICY_BLOCK, Problem};
use crate::graph::Graph;
use crate::graph::access::granted;
use crate::graph::call::Call;
use crate::graph::error::Refusal;
use crate::graph::fields::{paged, select};
use crate::graph::tokens::TokenKind;
use crate::graph::usage::UseCase;
use crate::graph::world::World;

type Answer = Result<Json<Value>, Refusal>;

pub(super) fn routes() -> Router<Graph> {
    Router::new()
        .route("/{page}/feed", get(published).post(feed))
        .route("/{page}/posts", get(published))
        .route("/{page}/published_posts", get(published))
        .route("/{page}/scheduled_posts", get(scheduled))
        .route("/{page}/photos", post(photos))
        .route("/{page}/videos", post(videos))
}

impl World {
    /// The page that a call may post to. Counts the call.
    fn posting_page(&mut self, call: &Call, id: &str) -> Result<String, Refusal> {
        let page = self.page(call, id, &[])?.id.clone();
        let token = call.token()?;
        // One's own token does not do for a page.
        if token.kind == TokenKind::User {
            return Err(Refusal::new(210)
                .saying("(#210) A page access token is required to request this resource."));
        }
        granted(token, &["pages_manage_posts", "pages_read_engagement"])?;
        let tasks = self.tasks(token, &page);
        if !["MANAGE", "CREATE_CONTENT"]
            .iter()
            .any(|task| tasks.contains(*task))
        {
            return Err(Refusal::new(200).saying(
                "(#200) The user hasn't authorized the application to perform this action",
            ));
        }
        self.count(call, UseCase::Pages, &page)?;
        match self.instagram_posts.restriction(&page) {
            Some(_) => Err(POLICY_BLOCK.into()),
            None => Ok(page),
        }
    }

    fn reading_page(&mut self, call: &Call, id: &str) -> Result<String, Refusal> {
        let page = self.page(call, id, &["pages_read_engagement"])?.id.clone();
        self.count(call, UseCase::Pages, &page)?;
        Ok(page)
    }

    fn new_post(&mut self, page: &str, call: &Call, from: Option<Timestamp>) -> PagePost {
        PagePost {
            id: format!("{page}_{}", self.new_id("122")),
            page: page.to_owned(),
            text: None,
            link: None,
            alt_text: None,
            photos: Vec::new(),
            film: None,
            created: call.at,
            shown_from: from,
            deleted: false,
        }
    }
}

/// `published` and `scheduled_publish_time`.
fn showing(call: &Call) -> Result<Showing, Problem> {
    let parameters = &call.parameters;
    let published = !parameters.contains_key("published") || flag(parameters, "published")?;
    let scheduled = text(parameters, "scheduled_publish_time").map(|time| {
        let seconds = time.parse::<i64>().ok();
        let moment = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
        moment.or_else(|| time.parse().ok()).ok_or_else(|| {
            Problem::parameter("Param scheduled_publish_time must be a valid timestamp")
        })
    });
    Showing::new(published, scheduled.transpose()?, call.at)
}

/// `attached_media` as a list, or one by one as `attached_media[0]`.
fn attached(parameters: &Parameters) -> Result<Vec<String>, Problem> {
    let mut items = list(parameters.get("attached_media"), "attached_media")?;
    for (name, value) in parameters {
        if name.starts_with("attached_media[") {
            items.extend(list(Some(&json!([value])), name)?);
        }
    }
    items
        .iter()
        .map(|item| {
            let item = super::params::unwrapped(item);
            let id = &item["media_fbid"];
            let id = id.as_str().map(str::to_owned);
            id.or_else(|| item["media_fbid"].as_u64().map(|id| id.to_string()))
                .ok_or_else(|| Problem::parameter("Param attached_media needs media_fbid"))
        })
        .collect()
}

async fn feed(State(graph): State<Graph>, call: Call, Path(id): Path<String>) -> Answer {
    let mut world = graph.world();
    let page = world.posting_page(&call, &id)?;
    let showing = showing(&call)?;
    let message = text(&call.parameters, "message");
    let link = text(&call.parameters, "link");
    let photos = attached(&call.parameters)?;
    if message.is_none() && link.is_none() && photos.is_empty() {
        return Err(Refusal::parameter(
            "The parameter message or link is required",
        ));
    }
    let is_address = |link: &String| link.starts_with("http://") || link.starts_with("https://");
    if link.as_ref().is_some_and(|link| !is_address(link)) {
        return Err(LINK_PROBLEM.into());
    }
    world.page_posts.check_photos(&page, &photos, call.at)?;
    let from = shown_from(showing, call.at, call.at);
    let post = world.new_post(&page, &call, from);
    let id = post.id.clone();
    world.page_posts.add_post(PagePost {
        text: message,
        link,
        photos,
        ..post
    });
    Ok(Json(json!({ "id": id })))
}

async fn photos(State(graph): State<Graph>, call: Call, Path(id): Path<String>) -> Answer {
    let (page, showing, address) = {
        let mut world = graph.world();
        let page = world.posting_page(&call, &id)?;
        (page, showing(&call)?, call.need("url")?)
    };
    let file = fetch::get(&graph, &address, inspection::PHOTO_BYTES).await;
    let file = file.map_err(|_| PHOTO_UNREADABLE)?;
    inspection::photo(&file.bytes, &file.content_type)?;
    let parameters = &call.parameters;
    let caption = text(parameters, "caption").or_else(|| text(parameters, "message"));
    let photo = Photo {
        page: page.clone(),
        caption: caption.clone(),
        alt_text: text(parameters, "alt_text_custom"),
        created: call.at,
        temporary: flag(parameters, "temporary")?,
        post: None,
    };
    let mut world = graph.world();
    let id = world.new_id("123");
    let alt_text = photo.alt_text.clone();
    world.page_posts.add_photo(&id, photo);
    let mut answer = json!({ "id": id });
    if let Some(from) = shown_from(showing, call.at, call.at) {
        let post = world.new_post(&page, &call, Some(from));
        answer["post_id"] = post.id.clone().into();
        world.page_posts.add_post(PagePost {
            text: caption,
            alt_text,
            photos: vec![id],
            ..post
        });
    }
    Ok(Json(answer))
}

async fn videos(State(graph): State<Graph>, call: Call, Path(id): Path<String>) -> Answer {
    let (page, showing, address) = {
        let mut world = graph.world();
        let page = world.posting_page(&call, &id)?;
        (page, showing(&call)?, call.need("file_url")?)
    };
    let fetched = fetch::get(&graph, &address, FilmUse::Page.most_bytes()).await;
    let outcome = match fetched {
        Ok(file) => inspection::film(&file.bytes, &file.content_type, FilmUse::Page, None),
        Err(Missing::TooLarge) => Err(super::problem::VIDEO_FORMAT),
        Err(_) => {
            let words = "(#389) Unable to fetch video file from URL.";
            return Err(Refusal::new(389).saying(words));
        }
    };
    let mut world = graph.world();
    let id = world.new_id("124");
    let ready = call.at + world.instagram_posts.pace.film;
    let from = shown_from(showing, call.at, ready).filter(|_| outcome.is_ok());
    let title = text(&call.parameters, "title");
    let description = text(&call.parameters, "description");
    let mut post_id = None;
    if from.is_some() {
        let post = world.new_post(&page, &call, from);
        post_id = Some(post.id.clone());
        world.page_posts.add_post(PagePost {
            text: description.clone(),
            film: Some(id.clone()),
            ..post
        });
    }
    let kept = Film {
        page,
        title,
        description,
        ready,
        outcome,
        post: post_id,
        scheduled: match showing {
            Showing::At(at) => Some(at),
            Showing::Now | Showing::Hidden => None,
        },
        deleted: false,
    };
    world.page_posts.add_film(&id, kept);
    Ok(Json(json!({ "id": id })))
}

async fn published(State(graph): State<Graph>, call: Call, Path(id): Path<String>) -> Answer {
    let mut world = graph.world();
    let page = world.reading_page(&call, &id)?;
    let bound = |name: &str| {
        let seconds = call.text(name)?.parse().ok()?;
        Timestamp::from_second(seconds).ok()
    };
    let (since, until) = (bound("since"), bound("until"));
    let within = |post: &&&PagePost| {
        let after = since.is_none_or(|since| post.shown_from.is_some_and(|from| from >= since));
        after && until.is_none_or(|until| post.shown_from.is_some_and(|from| from <= until))
    };
    let live = world.page_posts.live(&page, call.at);
    rows(&call, live.iter().filter(within).copied())
}

async fn scheduled(State(graph): State<Graph>, call: Call, Path(id): Path<String>) -> Answer {
    let mut world = graph.world();
    let page = world.reading_page(&call, &id)?;
    rows(
        &call,
        world.page_posts.scheduled(&page, call.at).into_iter(),
    )
}

fn rows<'a>(call: &Call, posts: impl Iterator<Item = &'a PagePost>) -> Answer {
    let rows = posts.map(|post| {
        let row = select(call, "Post", &shown(call, post), &USUAL)?;
        Ok((post.id.clone(), row))
    });
    paged(call, &rows.collect::<Result<Vec<_>, Refusal>>()?).map(Json)
}

const USUAL: [&str; 3] = ["id", "created_time", "message"];

/// Every field of a post; null where it has none.
fn shown(call: &Call, post: &PagePost) -> Value {
    let time = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string();
    let live = post.is_live(call.at);
    let seen_since = post.shown_from.filter(|_| live);
    json!({
        "id": post.id,
        "message": post.text,
        "created_time": time(seen_since.unwrap_or(post.created)),
        "is_published": live,
        "scheduled_publish_time": post.shown_from.filter(|_| !live).map(Timestamp::as_second),
        "permalink_url": post.permalink(),
        "status_type": post.status_type(),
        "from": { "id": post.page },
        "link": post.link,
    })
}

/// `/{post}`, `/{photo}`, `/{video}`.
pub(crate) fn thing(world: &mut World, call: &Call, id: &str) -> Option<Result<Value, Refusal>> {
    let page = world.page_posts.page_of(id, call.at)?;
    let mut answer = || {
        world
            .page(call, &page, &[])
            .map_err(|_| call.no_object(id))?;
        world.reading_page(call, &page)?;
        let ledger = &world.page_posts;
        if let Some(post) = ledger.post(id) {
            return select(call, "Post", &shown(call, post), &USUAL);
        }
        if let Some(photo) = ledger.photo(id, call.at) {
            let full = json!({
                "id": id, "name": photo.caption, "alt_text_custom": photo.alt_text,
                "page_story_id": photo.post, "link": format!("https://www.facebook.com/photo.php?fbid={id}"),
            });
            return select(call, "Photo", &full, &["id", "name"]);
        }
        let film = ledger.film(id).ok_or_else(|| call.no_object(id))?;
        select(
            call,
            "Video",
            &film_shown(call, id, film),
            &["id", "description"],
        )
    };
    Some(answer())
}

fn film_shown(call: &Call, id: &str, film: &Film) -> Value {
    let is_looked_at = call.at >= film.ready;
    let (status, phase) = match (&film.outcome, is_looked_at) {
        (_, false) => ("processing", "in_progress"),
        (Ok(_), true) => ("ready", "complete"),
        (Err(_), true) => ("error", "error"),
    };
    let problem = film.outcome.as_ref().err().filter(|_| is_looked_at);
    let errors: Vec<Value> = problem
        .iter()
        .map(|problem| json!({ "code": problem.subcode, "message": problem.message }))
        .collect();
    let is_out =
        film.post.is_some() && film.scheduled.unwrap_or(film.ready) <= call.at && is_looked_at;
    json!({
        "id": id,
        "title": film.title,
        "description": film.description,
        "post_id": film.post.as_ref().filter(|_| is_looked_at),
        "published": is_out,
        "permalink_url": format!("/{}/videos/{id}/", film.page),
        "length": match film.outcome {
            Ok(inspection::Asset::Film { duration_ms }) => json!(duration_ms / 1000),
            _ => Value::Null,
        },
        "status": {
            "video_status": status,
            "uploading_phase": { "status": "complete" },
            "processing_phase": { "status": phase, "errors": errors },
            "publishing_phase": { "status": if is_out { "complete" } else { "not_started" } },
        },
    })
}

/// Takes down what a page has.
pub(crate) fn take_down(
    world: &mut World,
    call: &Call,
    id: &str,
) -> Option<Result<Value, Refusal>> {
    let page = world.page_posts.page_of(id, call.at)?;
    let mut answer = || {
        world
            .page(call, &page, &[])
            .map_err(|_| call.no_object(id))?;
        granted(call.token()?, &["pages_manage_posts"])?;
        world.count(call, UseCase::Pages, &page)?;
        world.page_posts.delete(id);
        Ok(json!({ "success": true }))
    };
    Some(answer())
}
