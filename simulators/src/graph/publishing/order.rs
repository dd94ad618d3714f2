//! What may be asked of `POST /{ig-id}/media`: the kinds, their parameters, and their refusals.

use std::fmt::Display;

use serde_json::Value;

use super::inspection::FilmUse;
use super::params::{Parameters, flag, ids, list, offset, text, unwrapped};
use super::problem::{
    CAPTION_TOO_LONG, CAROUSEL_SIZE, Problem, TOO_MANY_TAGS, UNKNOWN_MEDIA_TYPE,
    VIDEO_NO_LONGER_A_TYPE,
};

/// What a container becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A picture in the feed.
    Image,
    /// A film in the feed and among the reels.
    Reel,
    /// A picture for a day.
    ImageStory,
    /// A film for a day.
    FilmStory,
    /// A picture in a carousel.
    ImageItem,
    /// A film in a carousel.
    FilmItem,
    /// Several of those two.
    Carousel,
}

impl Kind {
    /// `media_type` of what is published.
    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Image | Self::ImageStory | Self::ImageItem => "IMAGE",
            Self::Reel | Self::FilmStory | Self::FilmItem => "VIDEO",
            Self::Carousel => "CAROUSEL_ALBUM",
        }
    }

    /// `media_product_type` of what is published.
    pub(super) fn product(self) -> &'static str {
        match self {
            Self::Reel => "REELS",
            Self::ImageStory | Self::FilmStory => "STORY",
            Self::Image | Self::ImageItem | Self::FilmItem | Self::Carousel => "FEED",
        }
    }

    pub(super) fn is_item(self) -> bool {
        matches!(self, Self::ImageItem | Self::FilmItem)
    }

    pub(super) fn is_story(self) -> bool {
        matches!(self, Self::ImageStory | Self::FilmStory)
    }

    /// What its film is for, if it is one.
    pub(super) fn film(self) -> Option<FilmUse> {
        match self {
            Self::Reel | Self::FilmItem => Some(FilmUse::Feed),
            Self::FilmStory => Some(FilmUse::Story),
            Self::Image | Self::ImageStory | Self::ImageItem | Self::Carousel => None,
        }
    }
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) kind: Kind,
    /// Where the picture or film is fetched from; a carousel has none.
    pub(crate) media_url: Option<String>,
    pub(crate) caption: Option<String>,
    pub(crate) alt_text: Option<String>,
    /// The author says that a machine made it.
    pub(crate) is_ai_generated: bool,
    /// The containers of a carousel, in order.
    pub(crate) children: Vec<String>,
    /// Where a reel's cover is.
    pub(crate) thumb_offset_ms: Option<u64>,
    pub(crate) cover_url: Option<String>,
    pub(crate) share_to_feed: bool,
}

impl Order {
    /// Reads the parameters of `POST /{ig-id}/media`.
    ///
    /// # Source
    /// IG User Media reference, query string parameters, and the content publishing guide (2026).
    pub(super) fn parse(params: &Parameters) -> Result<Self, Problem> {
        let image_url = text(params, "image_url");
        let video_url = text(params, "video_url");
        let is_item = flag(params, "is_carousel_item")?;
        let kind = kind(
            text(params, "media_type").as_deref(),
            is_item,
            image_url.is_some(),
            video_url.is_some(),
        )?;
        let media_url = match kind {
            Kind::Image | Kind::ImageItem | Kind::ImageStory => {
                Some(image_url.ok_or_else(|| missing("image_url"))?)
            }
            Kind::Reel | Kind::FilmItem | Kind::FilmStory => {
                Some(video_url.ok_or_else(|| missing("video_url"))?)
            }
            Kind::Carousel => None,
        };
        let order = Self {
            kind,
            media_url,
            // The platform overlooks a caption that nothing would show.
            caption: text(params, "caption").filter(|_| !kind.is_item() && !kind.is_story()),
            alt_text: text(params, "alt_text"),
            is_ai_generated: flag(params, "is_ai_generated")?,
            children: ids(params.get("children")),
            thumb_offset_ms: offset(params.get("thumb_offset"))?,
            cover_url: text(params, "cover_url"),
            share_to_feed: !params.contains_key("share_to_feed") || flag(params, "share_to_feed")?,
        };
        order.check()?;
        check_people(kind, params)?;
        check_reel_only(kind, params)?;
        if let Some(place) = text(params, "location_id")
            && !place.bytes().all(|byte| byte.is_ascii_digit())
        {
            return Err(Problem::parameter("Param location_id must be a valid ID"));
        }
        Ok(order)
    }

    fn check(&self) -> Result<(), Problem> {
        if let Some(caption) = &self.caption {
            let marked = |mark: char| {
                let words = caption.split(|c: char| c.is_whitespace());
                words
                    .filter(|word| word.len() > 1 && word.starts_with(mark))
                    .count()
            };
            if caption.chars().count() > 2200 || marked('#') > 30 || marked('@') > 20 {
                return Err(CAPTION_TOO_LONG);
            }
        }
        if let Some(words) = &self.alt_text {
            if !matches!(self.kind, Kind::Image | Kind::ImageItem) {
                return Err(Problem::parameter(
                    "Param alt_text is supported for images alone",
                ));
            }
            if words.chars().count() > 1000 {
                return Err(Problem::parameter(
                    "Param alt_text must be at most 1000 characters long",
                ));
            }
        }
        if self.is_ai_generated && self.kind.is_item() {
            return Err(Problem::parameter(
                "Param is_ai_generated belongs on the carousel, not on its items",
            ));
        }
        match (self.kind, self.children.len()) {
            (Kind::Carousel, 2..=10) => Ok(()),
            (Kind::Carousel, _) => Err(CAROUSEL_SIZE),
            (_, 0) => Ok(()),
            _ => Err(Problem::parameter(
                "Param children is for media_type CAROUSEL alone",
            )),
        }
    }
}

fn kind(
    media_type: Option<&str>,
    is_item: bool,
    has_image: bool,
    has_film: bool,
) -> Result<Kind, Problem> {
    if has_image && has_film {
        return Err(Problem::parameter(
            "Only one of image_url and video_url may be given",
        ));
    }
    match (media_type.unwrap_or("IMAGE"), is_item, has_film) {
        ("IMAGE", false, _) => Ok(Kind::Image),
        ("IMAGE", true, _) => Ok(Kind::ImageItem),
        ("VIDEO", true, _) => Ok(Kind::FilmItem),
        ("VIDEO", false, _) => Err(VIDEO_NO_LONGER_A_TYPE),
        ("REELS", false, _) => Ok(Kind::Reel),
        ("REELS" | "STORIES" | "CAROUSEL", true, _) => Err(Problem::parameter(
            "Only images and videos can be carousel items",
        )),
        ("STORIES", false, true) => Ok(Kind::FilmStory),
        ("STORIES", false, false) => Ok(Kind::ImageStory),
        ("CAROUSEL", false, _) => Ok(Kind::Carousel),
        (other, _, _) => {
            let words = format!("The media type {other} is unknown.");
            Err(UNKNOWN_MEDIA_TYPE.saying(words))
        }
    }
}

/// `user_tags` and `collaborators`.
fn check_people(kind: Kind, params: &Parameters) -> Result<(), Problem> {
    let tags = list(params.get("user_tags"), "user_tags")?;
    if tags.len() > 20 {
        return Err(TOO_MANY_TAGS);
    }
    let has_place = |tag: &Value| {
        let within = |name: &str| {
            tag[name]
                .as_f64()
                .is_some_and(|at| (0.0..=1.0).contains(&at))
        };
        within("x") && within("y")
    };
    for tag in &tags {
        if tag["username"].as_str().is_none_or(str::is_empty) {
            return Err(Problem::parameter("Param user_tags: username is required"));
        }
        if matches!(kind, Kind::Image | Kind::ImageItem) && !has_place(tag) {
            return Err(Problem::parameter(
                "Param user_tags: x and y between 0 and 1 are required on images",
            ));
        }
    }
    if !tags.is_empty() && matches!(kind, Kind::Carousel | Kind::FilmItem) {
        return Err(Problem::parameter(
            "Param user_tags is for images and reels alone",
        ));
    }
    let collaborators = list(params.get("collaborators"), "collaborators")?;
    if collaborators.len() > 3 {
        return Err(Problem::parameter(
            "Param collaborators: at most 3 collaborators",
        ));
    }
    if !collaborators.is_empty() && (kind.is_item() || kind.is_story()) {
        return Err(Problem::parameter(
            "Param collaborators is for posts, reels and carousels alone",
        ));
    }
    Ok(())
}

/// What only a reel has.
fn check_reel_only(kind: Kind, params: &Parameters) -> Result<(), Problem> {
    const REEL_ONLY: [&str; 5] = [
        "cover_url",
        "thumb_offset",
        "share_to_feed",
        "audio_name",
        "trial_params",
    ];
    if kind != Kind::Reel {
        return match REEL_ONLY.iter().find(|name| params.contains_key(**name)) {
            None => Ok(()),
            Some(name) => Err(Problem::parameter(format_args!(
                "Param {name} is for media_type REELS alone"
            ))),
        };
    }
    let Some(trial) = params.get("trial_params") else {
        return Ok(());
    };
    let trial = unwrapped(trial);
    match trial["graduation_strategy"].as_str() {
        Some("MANUAL" | "SS_PERFORMANCE") => Ok(()),
        _ => Err(Problem::parameter(
            "Param trial_params: graduation_strategy must be MANUAL or SS_PERFORMANCE",
        )),
    }
}

fn missing(name: impl Display) -> Problem {
    Problem::parameter(format_args!("The parameter {name} is required"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(params: Value) -> Result<Order, Problem> {
        let Value::Object(params) = params else {
            panic!("an object")
        };
        Order::parse(&params.into_iter().collect())
    }

    fn kind_of(params: Value) -> Kind {
        parse(params).unwrap().kind
    }

    fn subcode(params: Value) -> Option<i64> {
        let problem = parse(params).unwrap_err();
        if problem.subcode.is_none() {
            assert_eq!(problem.code, 100, "{problem:?}");
        }
        problem.subcode
    }

    #[test]
    fn every_kind_is_known_by_its_parameters() {
        let image = "https://media/a.jpg";
        let film = "https://media/a.mp4";
        assert_eq!(kind_of(json!({ "image_url": image })), Kind::Image);
        assert_eq!(
            kind_of(json!({ "image_url": image, "is_carousel_item": true })),
            Kind::ImageItem
        );
        assert_eq!(
            kind_of(
                json!({ "media_type": "VIDEO", "video_url": film, "is_carousel_item": "true" })
            ),
            Kind::FilmItem
        );
        assert_eq!(
            kind_of(json!({ "media_type": "REELS", "video_url": film })),
            Kind::Reel
        );
        assert_eq!(
            kind_of(json!({ "media_type": "STORIES", "video_url": film })),
            Kind::FilmStory
        );
        assert_eq!(
            kind_of(json!({ "media_type": "STORIES", "image_url": image })),
            Kind::ImageStory
        );
        for children in [json!(["1", "2"]), json!("[\"1\",\"2\"]"), json!("1,2")] {
            let order = parse(json!({ "media_type": "CAROUSEL", "children": children })).unwrap();
            assert_eq!((order.kind, order.children.len()), (Kind::Carousel, 2));
        }
    }

    #[test]
    fn what_does_not_belong_together_is_refused() {
        let refused = [
            json!({}),
            json!({ "media_type": "REELS", "image_url": "u" }),
            json!({ "media_type": "STORIES" }),
            json!({ "image_url": "u", "video_url": "v" }),
            json!({ "media_type": "REELS", "video_url": "v", "is_carousel_item": true }),
            json!({ "media_type": "REELS", "video_url": "v", "alt_text": "a" }),
            json!({ "image_url": "u", "children": "1,2" }),
            json!({ "image_url": "u", "thumb_offset": 3 }),
            json!({ "image_url": "u", "is_carousel_item": true, "is_ai_generated": true }),
            json!({ "image_url": "u", "is_ai_generated": "perhaps" }),
            json!({ "image_url": "u", "alt_text": "a".repeat(1001) }),
            json!({ "image_url": "u", "collaborators": ["a", "b", "c", "d"] }),
            json!({ "image_url": "u", "user_tags": [{ "username": "a" }] }),
            json!({ "image_url": "u", "location_id": "Surabaya" }),
            json!({ "media_type": "REELS", "video_url": "v", "trial_params": { "graduation_strategy": "NEVER" } }),
        ];
        for params in refused {
            assert_eq!(subcode(params.clone()), None, "{params}");
        }
    }

    #[test]
    fn documented_refusals_have_their_numbers() {
        assert_eq!(subcode(json!({ "media_type": "GIF" })), Some(2_207_023));
        assert_eq!(
            subcode(json!({ "media_type": "VIDEO", "video_url": "v" })),
            Some(2_207_067)
        );
        let children: Vec<String> = (0..11).map(|n| n.to_string()).collect();
        for children in [json!(["1"]), json!([]), json!(children)] {
            assert_eq!(
                subcode(json!({ "media_type": "CAROUSEL", "children": children })),
                Some(2_207_028)
            );
        }
        for caption in ["a".repeat(2201), "#a ".repeat(31), "@a ".repeat(21)] {
            assert_eq!(
                subcode(json!({ "image_url": "u", "caption": caption })),
                Some(2_207_010)
            );
        }
    }

    #[test]
    fn a_caption_is_counted_in_characters_and_shown_where_it_can_be() {
        let full = "\u{645}".repeat(2200);
        let order = parse(json!({ "image_url": "u", "caption": full })).unwrap();
        assert_eq!(order.caption, Some(full.clone()));
        let story = parse(json!({ "media_type": "STORIES", "image_url": "u", "caption": full }));
        assert_eq!(story.unwrap().caption, None);
    }
}
