//! What the platform's refusals mean for a post: the table of codes.
//!
//! *Invariant:* pure. For the publish call, whatever is not a plain no leaves a doubt.
//!
//! # Source
//! <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/error-codes> and
//! <https://developers.facebook.com/docs/graph-api/guides/error-handling>, read 2026-11.

use jiff::SignedDuration;

use super::Failure;
use super::journal::{Reason, Verdict};

/// How long a limit on calls is waited for when the platform does not say.
const RATE_WAIT: SignedDuration = SignedDuration::from_mins(15);

/// How long an account rests after the platform took it for a spammer.
pub const SPAM_REST: SignedDuration = SignedDuration::from_hours(24);

/// An error of the Graph API, as far as it decides something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// The HTTP status; errors come with 200 too.
    pub status: u16,
    /// `error.code`.
    pub code: i64,
    /// `error.error_subcode`.
    pub subcode: Option<i64>,
    /// `error.is_transient`.
    pub transient: bool,
    /// The wait that the headers ask for.
    pub retry_after: Option<SignedDuration>,
}

/// Which call was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// One that nobody sees: a reading, or a container.
    Unseen,
    /// The one that puts the post before people.
    Publish,
}

impl Said {
    /// What it means.
    pub fn verdict(&self, call: Call) -> Verdict {
        if call == Call::Publish && self.may_have_happened() {
            return Verdict::Doubt;
        }
        let failure =
            |failure: Failure| Verdict::Fail(failure.from_platform(self.code, self.subcode));
        if let Some(verdict) = self.subcode.and_then(of_subcode) {
            return match verdict {
                Verdict::Fail(known) => failure(known),
                other => other,
            };
        }
        match (self.code, self.subcode) {
            (102 | 190, _) => Verdict::Wait(Reason::Reconnect, None),
            (4 | 17 | 32 | 613 | 80_001 | 80_002 | 80_004..=80_008, _) => {
                Verdict::Later(Some(self.retry_after.unwrap_or(RATE_WAIT)))
            }
            (9, _) => Verdict::Wait(Reason::Quota, self.retry_after),
            (9004, _) => Verdict::Later(None),
            (9007, _) => Verdict::NotReady,
            (-2..=2, _) | (100, Some(33)) => Verdict::Later(self.retry_after),
            (3 | 10 | 200..=299, _) => failure(Failure::permission()),
            (368, _) => failure(Failure::spam()),
            (25 | 31, _) | (_, Some(1_404_078)) => failure(Failure::restricted()),
            (352 | 1_363_000..=1_363_999, _) => failure(Failure::film()),
            (324 | 36_000 | 36_001 | 36_003, _) | (_, Some(1_366_046)) => {
                failure(Failure::picture())
            }
            (36_004, _) => failure(Failure::caption()),
            (506 | 1_609_008, _) | (_, Some(1_366_051 | 1_346_003 | 1_404_102 | 1_609_008)) => {
                failure(Failure::content_rules())
            }
            (_, Some(1_390_008)) => Verdict::Later(Some(RATE_WAIT)),
            _ if self.transient || self.status >= 500 || self.status == 429 => {
                Verdict::Later(self.retry_after)
            }
            _ => failure(Failure::refused()),
        }
    }

    /// Whether the account must rest, whatever becomes of this post.
    pub fn stops_account(&self) -> bool {
        self.subcode == Some(2_207_051) || self.code == 368
    }

    /// Whether this answer to the publish call leaves open what happened. An error with 200 does: the call went through
    /// to where posts are made.
    fn may_have_happened(&self) -> bool {
        let limit_on_calls = matches!(self.code, 4 | 17 | 32 | 613 | 80_001..=80_008);
        self.status < 300
            || self.status >= 500
            || matches!(self.code, -2..=2)
            || (self.code, self.subcode) == (100, Some(33))
            || self.transient && !limit_on_calls
    }
}

/// What a subcode of Instagram's publishing means; it also stands in the `status` text of a spoilt container.
pub fn of_subcode(subcode: i64) -> Option<Verdict> {
    Some(match subcode {
        2_207_001 | 2_207_003 | 2_207_032 | 2_207_052 | 2_207_077 | 2_207_082 => {
            Verdict::Later(None)
        }
        2_207_008 | 2_207_020 | 2_207_053 => Verdict::Renew,
        2_207_027 => Verdict::NotReady,
        2_207_042 => Verdict::Wait(Reason::Quota, None),
        2_207_051 => Verdict::Fail(Failure::spam()),
        2_207_050 => Verdict::Fail(Failure::restricted()),
        2_207_006 => Verdict::Fail(Failure::permission()),
        2_207_004 | 2_207_005 | 2_207_009 => Verdict::Fail(Failure::picture()),
        2_207_026 | 2_207_057 => Verdict::Fail(Failure::film()),
        2_207_010 => Verdict::Fail(Failure::caption()),
        2_207_023 | 2_207_028 | 2_207_035 | 2_207_036 | 2_207_037 | 2_207_040 | 2_207_081 => {
            Verdict::Fail(Failure::content_rules())
        }
        _ => return None,
    })
}

/// What a container's `status` text says of why it is spoilt.
pub fn of_status_text(status: &str) -> Verdict {
    let digits: Vec<i64> = status
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|number| number.parse().ok())
        .collect();
    digits
        .into_iter()
        .find_map(of_subcode)
        .map_or(Verdict::Renew, |verdict| match verdict {
            // A spoilt container does not heal.
            Verdict::Later(_) | Verdict::NotReady | Verdict::Doubt => Verdict::Renew,
            other => other,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(status: u16, code: i64, subcode: i64) -> Said {
        Said {
            status,
            code,
            subcode: (subcode != 0).then_some(subcode),
            transient: false,
            retry_after: None,
        }
    }

    fn word(verdict: &Verdict) -> String {
        match verdict {
            Verdict::Later(_) => "later".to_owned(),
            Verdict::Doubt => "doubt".to_owned(),
            Verdict::Wait(why, _) => format!("wait {}", why.as_str()),
            Verdict::NotReady => "not ready".to_owned(),
            Verdict::Renew => "renew".to_owned(),
            Verdict::Fail(failure) => format!("{} {}", failure.remedy.as_str(), failure.code),
        }
    }

    #[test]
    fn each_code_has_one_meaning() {
        let table = [
            (400, -2, 2_207_003, "later", "doubt"),
            (400, -2, 2_207_020, "renew", "doubt"),
            (400, -1, 2_207_001, "later", "doubt"),
            (400, -1, 2_207_032, "later", "doubt"),
            (400, -1, 2_207_053, "renew", "doubt"),
            (400, 1, 0, "later", "doubt"),
            (500, 2, 0, "later", "doubt"),
            (503, 0, 0, "later", "doubt"),
            (200, 190, 0, "wait RECONNECT", "doubt"),
            (400, 100, 33, "later", "doubt"),
            (400, 190, 463, "wait RECONNECT", "wait RECONNECT"),
            (400, 102, 0, "wait RECONNECT", "wait RECONNECT"),
            (
                403,
                4,
                2_207_051,
                "STOP BLOCKED_AS_SPAM",
                "STOP BLOCKED_AS_SPAM",
            ),
            (400, 368, 0, "STOP BLOCKED_AS_SPAM", "STOP BLOCKED_AS_SPAM"),
            (403, 9, 2_207_042, "wait QUOTA", "wait QUOTA"),
            (
                400,
                25,
                2_207_050,
                "STOP ACCOUNT_RESTRICTED",
                "STOP ACCOUNT_RESTRICTED",
            ),
            (
                400,
                24,
                2_207_006,
                "RECONNECT PERMISSION_MISSING",
                "RECONNECT PERMISSION_MISSING",
            ),
            (400, 24, 2_207_008, "renew", "renew"),
            (
                400,
                10,
                0,
                "RECONNECT PERMISSION_MISSING",
                "RECONNECT PERMISSION_MISSING",
            ),
            (
                403,
                200,
                0,
                "RECONNECT PERMISSION_MISSING",
                "RECONNECT PERMISSION_MISSING",
            ),
            (
                400,
                352,
                2_207_026,
                "FIX_CONTENT MEDIA_NOT_TAKEN",
                "FIX_CONTENT MEDIA_NOT_TAKEN",
            ),
            (400, 9004, 2_207_052, "later", "later"),
            (400, 9007, 2_207_027, "not ready", "not ready"),
            (
                400,
                36_000,
                2_207_004,
                "FIX_CONTENT MEDIA_NOT_TAKEN",
                "FIX_CONTENT MEDIA_NOT_TAKEN",
            ),
            (
                400,
                36_004,
                2_207_010,
                "FIX_CONTENT CAPTION_NOT_TAKEN",
                "FIX_CONTENT CAPTION_NOT_TAKEN",
            ),
            (
                400,
                100,
                2_207_028,
                "FIX_CONTENT CONTENT_REFUSED",
                "FIX_CONTENT CONTENT_REFUSED",
            ),
            (400, 4, 0, "later", "later"),
            (400, 32, 0, "later", "later"),
            (400, 80_002, 0, "later", "later"),
            (400, 100, 0, "STOP REFUSED", "STOP REFUSED"),
            (400, 4711, 0, "STOP REFUSED", "STOP REFUSED"),
        ];
        for (status, code, subcode, unseen, publish) in table {
            let said = said(status, code, subcode);
            assert_eq!(word(&said.verdict(Call::Unseen)), unseen, "{said:?}");
            assert_eq!(word(&said.verdict(Call::Publish)), publish, "{said:?}");
        }
    }

    #[test]
    fn only_codes_of_the_token_ask_for_a_reconnection() {
        for code in -10..1_000 {
            for subcode in [0, 33, 463, 2_207_001] {
                let verdict = said(400, code, subcode).verdict(Call::Unseen);
                let reconnects = matches!(verdict, Verdict::Wait(Reason::Reconnect, _));
                assert!(!reconnects || matches!(code, 102 | 190), "{code}/{subcode}");
            }
        }
    }

    #[test]
    fn a_refused_call_that_is_a_limit_on_calls_did_not_happen_even_if_it_passes() {
        let mut limit = said(400, 4, 0);
        limit.transient = true;
        assert_eq!(word(&limit.verdict(Call::Publish)), "later");
        let mut other = said(400, 100, 0);
        other.transient = true;
        assert_eq!(word(&other.verdict(Call::Publish)), "doubt");
    }

    #[test]
    fn a_spoilt_container_tells_why() {
        let of = |text: &str| word(&of_status_text(text));
        assert_eq!(
            of("Error: Media upload has failed with error code 2207026"),
            "FIX_CONTENT MEDIA_NOT_TAKEN"
        );
        assert_eq!(
            of("Error: Media upload has failed with error code 2207053"),
            "renew"
        );
        assert_eq!(
            of("Error: Media upload has failed with error code 2207077"),
            "renew"
        );
        assert_eq!(of("who knows"), "renew");
        assert_eq!(of("99999999999999999999999"), "renew");
    }

    #[test]
    fn a_stop_is_the_accounts_and_not_the_posts_alone() {
        assert!(said(403, 4, 2_207_051).stops_account());
        assert!(said(400, 368, 0).stops_account());
        assert!(!said(400, 4, 0).stops_account());
    }
}
