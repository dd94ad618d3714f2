//! What Instagram's and the pages' publishing says no with: one value for each refusal that Meta documents.

use std::borrow::Cow;

use crate::graph::error::{ForPerson, Refusal};

/// A refusal: Meta's numbers, its words for the developer, and its words for the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// `error.code`.
    pub(crate) code: i64,
    /// `error.error_subcode`.
    pub(crate) subcode: Option<i64>,
    /// `error.message`.
    pub(crate) message: Cow<'static, str>,
    /// `error.error_user_title`.
    pub(crate) title: &'static str,
    /// `error.error_user_msg`.
    pub(crate) advice: Cow<'static, str>,
}

impl Problem {
    const fn documented(
        code: i64,
        subcode: i64,
        message: &'static str,
        title: &'static str,
        advice: &'static str,
    ) -> Self {
        Self {
            code,
            subcode: Some(subcode),
            message: Cow::Borrowed(message),
            title,
            advice: Cow::Borrowed(advice),
        }
    }

    /// Code 100 without a subcode: a parameter that is missing, misplaced or none.
    pub(super) fn parameter(message: impl std::fmt::Display) -> Self {
        Self {
            code: 100,
            subcode: None,
            message: Cow::Owned(format!("(#100) {message}")),
            title: "",
            advice: Cow::Borrowed(""),
        }
    }

    /// The same refusal, with this in its words for the person.
    pub(super) fn saying(mut self, advice: impl Into<Cow<'static, str>>) -> Self {
        self.advice = advice.into();
        self
    }

    /// What `status` says of a container that this befell.
    pub(super) fn status_text(&self) -> String {
        let number = self
            .subcode
            .map_or(self.code.to_string(), |subcode| subcode.to_string());
        format!("Error: Media upload has failed with error code {number}")
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        let mut refusal = Self::new(problem.code).saying(problem.message);
        if let Some(subcode) = problem.subcode {
            refusal = refusal.subcode(subcode).status(400);
        }
        if !problem.title.is_empty() {
            refusal.for_person = Some(Box::new(ForPerson {
                title: problem.title.to_owned(),
                message: problem.advice.into_owned(),
            }));
        }
        "OAuthException".clone_into(&mut refusal.kind);
        refusal
    }
}

// # Source
// https://developers.facebook.com/documentation/instagram-platform/instagram-graph-api/reference/error-codes (2 June 2026)

pub(super) const DOWNLOAD_TIMED_OUT: Problem = Problem::documented(
    -2,
    2_207_003,
    "Timeout",
    "Timeout",
    "It takes too long to download the media.",
);
pub(super) const CONTAINER_EXPIRED: Problem = Problem::documented(
    -2,
    2_207_020,
    "Media expired",
    "Media Expired",
    "The media you are trying to access has expired. Please try to upload again.",
);
pub(super) const UNKNOWN_UPLOAD_ERROR: Problem = Problem::documented(
    -1,
    2_207_053,
    "Unknown upload error",
    "Upload Error",
    "unknown upload error",
);
pub(super) const THUMBNAIL_OUT_OF_RANGE: Problem = Problem::documented(
    1,
    2_207_057,
    "Thumbnail offset out of range",
    "Invalid Thumbnail Offset",
    "Thumbnail offset must be greater than or equal to 0 and less than video duration.",
);
pub(super) const SPAM: Problem = Problem::documented(
    4,
    2_207_051,
    "Application request limit reached",
    "Action Blocked",
    "We restrict certain activity to protect our community. Tell us if you think we made a mistake.",
);
pub(super) const QUOTA_REACHED: Problem = Problem::documented(
    9,
    2_207_042,
    "Application request limit reached",
    "Publishing limit reached",
    "You reached maximum number of posts that is allowed to be published by Content Publishing API.",
);
pub(super) const MEDIA_NOT_FOUND: Problem = Problem::documented(
    24,
    2_207_006,
    "The requested resource does not exist",
    "Media Not Found",
    "The media with the given ID could not be found.",
);
pub(super) const CONTAINER_MISSING: Problem = Problem::documented(
    24,
    2_207_008,
    "The requested resource does not exist",
    "Media Builder Not Found",
    "The media builder with the given creation id does not exist.",
);
pub(super) const ACCOUNT_RESTRICTED: Problem = Problem::documented(
    25,
    2_207_050,
    "The account is restricted",
    "Account Restricted",
    "The Instagram account is restricted.",
);
pub(super) const UNKNOWN_MEDIA_TYPE: Problem = Problem::documented(
    100,
    2_207_023,
    "Invalid parameter",
    "Unknown Media Type",
    "The media type is unknown.",
);
pub(super) const CAROUSEL_SIZE: Problem = Problem::documented(
    100,
    2_207_028,
    "Invalid parameter",
    "Carousel Validation Failed",
    "Your post won't work as a carousel. Carousels need at least 2 photos or videos, and no more than 10.",
);
pub(super) const TOO_MANY_TAGS: Problem = Problem::documented(
    100,
    2_207_040,
    "Invalid parameter",
    "Too Many Tags",
    "Cannot use more than 20 tags per created media.",
);
pub(super) const VIDEO_NO_LONGER_A_TYPE: Problem = Problem::documented(
    100,
    2_207_067,
    "Invalid parameter",
    "Unsupported Media Type",
    "The VIDEO value for media_type is no longer supported. Use the REELS media type to publish a video to your Instagram feed.",
);
pub(super) const VIDEO_FORMAT: Problem = Problem::documented(
    352,
    2_207_026,
    "The video file you selected is in a format that we don't support.",
    "Unsupported Video Format",
    "The video format is not supported. Please check spec for supported format.",
);
/// Of a container's status alone.
pub(super) const VIDEO_DOWNLOAD: Problem = Problem::documented(
    -1,
    2_207_077,
    "Video download failed",
    "Video Download Failed",
    "The video could not be downloaded.",
);
pub(super) const CANNOT_FETCH: Problem = Problem::documented(
    9004,
    2_207_052,
    "Only photo or video can be accepted as media type.",
    "Media download has failed. The media URI doesn't meet our requirements.",
    "The media could not be fetched from this URI.",
);
pub(super) const NOT_READY: Problem = Problem::documented(
    9007,
    2_207_027,
    "Media ID is not available",
    "The media is not ready",
    "The media is not ready for publishing, please wait for a moment.",
);
pub(super) const IMAGE_TOO_LARGE: Problem = Problem::documented(
    36_000,
    2_207_004,
    "The image size is too large.",
    "Image size too large",
    "The image is too large to download. It should be less than 8 MiB.",
);
pub(super) const IMAGE_FORMAT: Problem = Problem::documented(
    36_001,
    2_207_005,
    "The image format is not supported.",
    "Unsupported Image Format",
    "The image format is not supported. Please check spec for supported format.",
);
pub(super) const IMAGE_RATIO: Problem = Problem::documented(
    36_003,
    2_207_009,
    "The submitted image has an invalid aspect ratio.",
    "Invalid Aspect Ratio",
    "The aspect ratio is not supported. Please submit an image with an aspect ratio between 4:5 and 1.91:1.",
);
pub(super) const CAPTION_TOO_LONG: Problem = Problem::documented(
    36_004,
    2_207_010,
    "The submitted caption is too long.",
    "Caption Too Long",
    "The caption was too long: at most 2,200 characters, 30 hashtags and 20 @ tags.",
);
/// Of no one call: the person or the page is blocked for a while.
pub(super) const POLICY_BLOCK: Problem = Problem {
    code: 368,
    subcode: None,
    message: Cow::Borrowed(
        "The action attempted has been deemed abusive or is otherwise disallowed",
    ),
    title: "You're Temporarily Blocked",
    advice: Cow::Borrowed("You can't use this feature right now."),
};

// Of pages, seen by those who post there.

/// Of pages.
pub(super) const PHOTO_UNREADABLE: Problem = Problem::documented(
    100,
    1_366_046,
    "Invalid parameter",
    "Can't Read Files",
    "Your photos couldn't be uploaded. Photos should be smaller than 4 MB and saved as JPG, PNG, GIF, TIFF, HEIF or WebP files.",
);
/// Of pages.
pub(super) const PHOTO_ALREADY_POSTED: Problem = Problem::documented(
    100,
    1_366_051,
    "Invalid parameter",
    "Already Posted",
    "These photos were already posted.",
);
/// Of pages.
pub(super) const LINK_PROBLEM: Problem = Problem::documented(
    100,
    1_609_008,
    "Invalid parameter",
    "Can't Use This Link",
    "The url you supplied is invalid.",
);
