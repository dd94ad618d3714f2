//! How a container lives, from its creation to its publication or its end.

use jiff::{SignedDuration, Timestamp};

use super::inspection::Asset;
use super::order::Order;
use super::problem::Problem;

/// # Source
/// IG User Media reference, general limitations: "Containers expire after 24 hours".
pub(super) const LIFE: SignedDuration = SignedDuration::from_hours(24);
/// # Source
/// IG User Media reference: "An Instagram account can only create 400 containers within a rolling 24 hour period".
pub(super) const MOST_IN_A_DAY: usize = 400;

/// How far a container is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// The file is being worked on.
    InProgress,
    /// It can be published.
    Finished,
    /// It never can.
    Error(Problem),
    /// It was not published within its day.
    Expired,
    /// It is live, or was.
    Published,
}

impl Status {
    /// `status_code`.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::InProgress => "IN_PROGRESS",
            Self::Finished => "FINISHED",
            Self::Error(_) => "ERROR",
            Self::Expired => "EXPIRED",
            Self::Published => "PUBLISHED",
        }
    }

    /// `status`: the same in words.
    pub(super) fn words(&self) -> String {
        match self {
            Self::InProgress => "In Progress: Media is still being processed.".to_owned(),
            Self::Finished => {
                "Finished: Media has been uploaded and it is ready to be published.".to_owned()
            }
            Self::Error(problem) => problem.status_text(),
            Self::Expired => {
                "Expired: Media was not published within 24 hours and has expired.".to_owned()
            }
            Self::Published => "Published: Media has been successfully published.".to_owned(),
        }
    }
}

/// A container.
#[derive(Clone, Debug)]
pub(crate) struct Container {
    /// The Instagram account (1784…).
    pub(crate) account: String,
    pub(crate) order: Order,
    pub(crate) created: Timestamp,
    /// When the platform has looked at the file.
    pub(crate) ready: Timestamp,
    /// What it found.
    pub(crate) outcome: Result<Option<Asset>, Problem>,
    /// What it was published as, and when.
    pub(crate) published: Option<(String, Timestamp)>,
}

impl Container {
    /// How far it is.
    pub(crate) fn status(&self, now: Timestamp) -> Status {
        if self.published.is_some() {
            Status::Published
        } else if now >= self.created + LIFE {
            Status::Expired
        } else if now < self.ready {
            Status::InProgress
        } else {
            match &self.outcome {
                Ok(_) => Status::Finished,
                Err(problem) => Status::Error(problem.clone()),
            }
        }
    }
}

/// How many of these moments the last 24 hours hold.
pub(super) fn within_a_day(moments: impl Iterator<Item = Timestamp>, now: Timestamp) -> usize {
    let day = SignedDuration::from_hours(24);
    moments
        .filter(|at| *at <= now && now.duration_since(*at) < day)
        .count()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::params::parameters;
    use super::super::problem::VIDEO_FORMAT;
    use super::*;

    fn container(outcome: Result<Option<Asset>, Problem>) -> Container {
        let params = json!({ "media_type": "REELS", "video_url": "https://media/a.mp4" });
        let created: Timestamp = "2026-11-23T07:00:00Z".parse().unwrap();
        Container {
            account: "17841400000000001".to_owned(),
            order: Order::parse(&parameters(&params)).unwrap(),
            created,
            ready: created + SignedDuration::from_secs(20),
            outcome,
            published: None,
        }
    }

    #[test]
    fn it_is_worked_on_then_ready_then_gone_after_its_day() {
        let container = container(Ok(None));
        let after =
            |seconds| container.status(container.created + SignedDuration::from_secs(seconds));
        assert_eq!(after(19), Status::InProgress);
        assert_eq!(after(20), Status::Finished);
        assert_eq!(after(86_399), Status::Finished);
        assert_eq!(after(86_400), Status::Expired);
    }

    #[test]
    fn a_bad_file_shows_only_once_it_was_looked_at() {
        let container = container(Err(VIDEO_FORMAT));
        let after =
            |seconds| container.status(container.created + SignedDuration::from_secs(seconds));
        assert_eq!(after(0), Status::InProgress);
        assert_eq!(after(20).code(), "ERROR");
        assert_eq!(
            after(20).words(),
            "Error: Media upload has failed with error code 2207026"
        );
    }

    #[test]
    fn what_was_published_stays_so() {
        let mut container = container(Ok(None));
        let at = container.created + SignedDuration::from_mins(1);
        container.published = Some(("18000000000000001".to_owned(), at));
        let late = container.created + SignedDuration::from_hours(48);
        assert_eq!(container.status(late), Status::Published);
    }

    #[test]
    fn the_day_rolls() {
        let start: Timestamp = "2026-11-23T07:00:00Z".parse().unwrap();
        let hours = |n| start + SignedDuration::from_hours(n);
        let moments = [hours(0), hours(10), hours(20)];
        let used = |now| within_a_day(moments.into_iter(), now);
        assert_eq!(used(hours(20)), 3);
        assert_eq!(used(hours(24)), 2);
        assert_eq!(used(hours(43)), 1);
        assert_eq!(used(hours(15)), 2, "what is still to come does not count");
    }
}
