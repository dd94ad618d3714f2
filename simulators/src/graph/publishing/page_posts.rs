//! What a page keeps: posts now and to come, photos that wait for a post, films in the works. No HTTP.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::inspection::Asset;
use super::problem::{PHOTO_ALREADY_POSTED, Problem};

/// How long a temporary photo waits for its post.
///
/// # Source
/// Pages API, photos: "Unpublished photos that are temporary are deleted after approximately 24 hours".
const TEMPORARY: SignedDuration = SignedDuration::from_hours(24);

/// When people see a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Showing {
    /// From the moment that it is made.
    Now,
    /// From a later moment.
    At(Timestamp),
    /// Never: it waits to be used.
    Hidden,
}

impl Showing {
    /// Reads `published` and `scheduled_publish_time`.
    ///
    /// # Source
    /// Page posts, scheduling: "between 10 minutes and 30 days from the time of the API request".
    pub(super) fn new(
        published: bool,
        scheduled: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Self, Problem> {
        match (published, scheduled) {
            (true, None) => Ok(Self::Now),
            (false, None) => Ok(Self::Hidden),
            (true, Some(_)) => Err(Problem::parameter(
                "You cannot specify a scheduled publish time on a published post",
            )),
            (false, Some(at)) => {
                let ahead = at.duration_since(now);
                let near = SignedDuration::from_mins(10);
                let far = SignedDuration::from_hours(30 * 24);
                if (near..=far).contains(&ahead) {
                    Ok(Self::At(at))
                } else {
                    Err(Problem::parameter(
                        "The specified scheduled publish time is invalid.",
                    ))
                }
            }
        }
    }

    fn since(self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Now => Some(now),
            Self::At(at) => Some(at),
            Self::Hidden => None,
        }
    }
}

/// A post.
#[derive(Clone, Debug)]
pub(crate) struct PagePost {
    /// `{page}_{number}`.
    pub(crate) id: String,
    pub(crate) page: String,
    pub(crate) text: Option<String>,
    pub(crate) link: Option<String>,
    pub(crate) alt_text: Option<String>,
    pub(crate) photos: Vec<String>,
    pub(crate) film: Option<String>,
    pub(crate) created: Timestamp,
    /// From when people see it; `None`: they do not.
    pub(crate) shown_from: Option<Timestamp>,
    pub(crate) deleted: bool,
}

impl PagePost {
    pub(crate) fn is_live(&self, now: Timestamp) -> bool {
        !self.deleted && self.shown_from.is_some_and(|from| from <= now)
    }

    pub(super) fn is_scheduled(&self, now: Timestamp) -> bool {
        !self.deleted && self.shown_from.is_some_and(|from| from > now) && self.film.is_none()
    }

    /// `status_type` of the post.
    pub(super) fn status_type(&self) -> &'static str {
        match (&self.film, self.photos.is_empty(), &self.link) {
            (Some(_), _, _) => "added_video",
            (None, false, _) => "added_photos",
            (None, true, Some(_)) => "shared_story",
            (None, true, None) => "mobile_status_update",
        }
    }

    /// What kind of post it is, in one word.
    pub(super) fn kind(&self) -> &'static str {
        match self.status_type() {
            "added_video" => "VIDEO",
            "added_photos" => "PHOTO",
            "shared_story" => "LINK",
            _ => "STATUS",
        }
    }

    pub(super) fn permalink(&self) -> String {
        let number = self.id.rsplit('_').next().unwrap_or_default();
        format!("https://www.facebook.com/{}/posts/{number}", self.page)
    }
}

/// A photo of a page.
#[derive(Clone, Debug)]
pub(crate) struct Photo {
    pub(crate) page: String,
    pub(crate) caption: Option<String>,
    pub(crate) alt_text: Option<String>,
    pub(crate) created: Timestamp,
    pub(crate) temporary: bool,
    /// The post that shows it.
    pub(crate) post: Option<String>,
}

impl Photo {
    fn is_there(&self, now: Timestamp) -> bool {
        self.post.is_some() || !self.temporary || now < self.created + TEMPORARY
    }
}

/// A film of a page.
#[derive(Clone, Debug)]
pub(crate) struct Film {
    pub(crate) page: String,
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    /// When the platform has looked at it.
    pub(crate) ready: Timestamp,
    pub(crate) outcome: Result<Asset, Problem>,
    /// The post that shows it once it is ready, unless it is bad or hidden.
    pub(crate) post: Option<String>,
    pub(crate) scheduled: Option<Timestamp>,
    pub(crate) deleted: bool,
}

/// All pages' posts.
#[derive(Debug, Default)]
pub(crate) struct PageLedger {
    posts: BTreeMap<String, PagePost>,
    photos: BTreeMap<String, Photo>,
    films: BTreeMap<String, Film>,
}

impl PageLedger {
    pub(crate) fn post(&self, id: &str) -> Option<&PagePost> {
        self.posts.get(id).filter(|post| !post.deleted)
    }

    pub(crate) fn photo(&self, id: &str, now: Timestamp) -> Option<&Photo> {
        self.photos.get(id).filter(|photo| photo.is_there(now))
    }

    pub(crate) fn film(&self, id: &str) -> Option<&Film> {
        self.films.get(id).filter(|film| !film.deleted)
    }

    /// Whether a post may show these photos: the page's own, waiting, and in no post yet.
    pub(super) fn check_photos(
        &self,
        page: &str,
        photos: &[String],
        now: Timestamp,
    ) -> Result<(), Problem> {
        for id in photos {
            let photo = self.photo(id, now).filter(|photo| photo.page == page);
            let photo = photo.ok_or_else(|| {
                Problem::parameter(format_args!("Invalid media_fbid {id} in attached_media"))
            })?;
            if photo.post.is_some() {
                return Err(PHOTO_ALREADY_POSTED);
            }
        }
        Ok(())
    }

    pub(super) fn add_post(&mut self, post: PagePost) {
        for photo in &post.photos {
            if let Some(photo) = self.photos.get_mut(photo) {
                photo.post = Some(post.id.clone());
            }
        }
        self.posts.insert(post.id.clone(), post);
    }

    pub(super) fn add_photo(&mut self, id: &str, photo: Photo) {
        self.photos.insert(id.to_owned(), photo);
    }

    pub(super) fn add_film(&mut self, id: &str, film: Film) {
        self.films.insert(id.to_owned(), film);
    }

    /// Takes down a post, a photo with its post, or a film with its post. Returns whether it was there.
    pub(crate) fn delete(&mut self, id: &str) -> bool {
        if let Some(photo) = self.photos.remove(id) {
            if let Some(post) = photo.post.and_then(|post| self.posts.get_mut(&post)) {
                post.photos.retain(|photo| photo != id);
                post.deleted = post.photos.is_empty();
            }
            return true;
        }
        if let Some(film) = self.films.get_mut(id).filter(|film| !film.deleted) {
            film.deleted = true;
            if let Some(post) = film.post.as_ref().and_then(|post| self.posts.get_mut(post)) {
                post.deleted = true;
            }
            return true;
        }
        let post = self.posts.get_mut(id).filter(|post| !post.deleted);
        post.map(|post| post.deleted = true).is_some()
    }

    /// The page that something of a page's belongs to.
    pub(super) fn page_of(&self, id: &str, now: Timestamp) -> Option<String> {
        let post = self.post(id).map(|post| &post.page);
        let photo = || self.photo(id, now).map(|photo| &photo.page);
        let film = || self.film(id).map(|film| &film.page);
        post.or_else(photo).or_else(film).cloned()
    }

    /// What people see of a page, the newest first.
    pub(crate) fn live(&self, page: &str, now: Timestamp) -> Vec<&PagePost> {
        let own = self.posts.values().filter(|post| post.page == page);
        let mut live: Vec<&PagePost> = own.filter(|post| post.is_live(now)).collect();
        live.sort_by(|a, b| (b.shown_from, &b.id).cmp(&(a.shown_from, &a.id)));
        live
    }

    /// What people are going to see, the next first.
    pub(super) fn scheduled(&self, page: &str, now: Timestamp) -> Vec<&PagePost> {
        let own = self.posts.values().filter(|post| post.page == page);
        let mut coming: Vec<&PagePost> = own.filter(|post| post.is_scheduled(now)).collect();
        coming.sort_by_key(|post| (post.shown_from, post.id.clone()));
        coming
    }
}

/// Of [`Showing`] and the moment that something is ready: from when people see it.
pub(super) fn shown_from(showing: Showing, now: Timestamp, ready: Timestamp) -> Option<Timestamp> {
    showing.since(now).map(|from| from.max(ready))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_is_between_ten_minutes_and_thirty_days_ahead() {
        let now: Timestamp = "2026-11-23T07:00:00Z".parse().unwrap();
        let at = |minutes| Some(now + SignedDuration::from_mins(minutes));
        let thirty_days = 30 * 24 * 60;
        for minutes in [10, thirty_days] {
            Showing::new(false, at(minutes), now).unwrap();
        }
        for minutes in [-5, 9, thirty_days + 1] {
            assert_eq!(Showing::new(false, at(minutes), now).unwrap_err().code, 100);
        }
        assert_eq!(Showing::new(true, at(60), now).unwrap_err().code, 100);
        assert_eq!(Showing::new(false, None, now), Ok(Showing::Hidden));
    }
}
