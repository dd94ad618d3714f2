//! Finding a post again among those that an account shows, by its text and time.
//!
//! *Invariant:* pure. The newest post is never taken for ours merely because it is the newest.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::journal::{Live, Recent};

/// How far the platform's clock may be from ours.
const CLOCKS_APART: SignedDuration = SignedDuration::from_secs(60);

/// A post that an account shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) id: String,
    pub(super) text: String,
    pub(super) permalink: Option<String>,
    pub(super) at: Option<Timestamp>,
}

impl Seen {
    /// Reads the posts of a list, in which a post's text, link and time have these names; `None` when it is none.
    pub(super) fn all(list: &Value, [words, permalink, at]: [&str; 3]) -> Option<Vec<Self>> {
        let posts = list["data"].as_array()?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let of = |post: &Value| Self {
            id: text(&post["id"]),
            text: text(&post[words]),
            permalink: post[permalink].as_str().map(ToOwned::to_owned),
            at: time_of(&post[at]),
        };
        Some(posts.iter().map(of).collect())
    }
}

/// Those that could be ours: our text, and made since we meant to publish.
pub(super) fn candidates(seen: &[Seen], caption: &str, intent_at: Timestamp) -> Vec<Seen> {
    let since = intent_at - CLOCKS_APART;
    seen.iter()
        .filter(|post| post.at.is_some_and(|at| at >= since))
        .filter(|post| same_text(&post.text, caption))
        .cloned()
        .collect()
}

/// What the account says of our post, when of all it shows (`seen`) these `candidates` belong to no other post of ours.
/// `whole` tells whether the list may have ended before our post.
pub(super) fn judge(
    seen: &[Seen],
    candidates: &[Seen],
    caption: &str,
    intent_at: Timestamp,
    longest: usize,
) -> Recent {
    // A text of nothing is told from no other.
    if caption.trim().is_empty() {
        return Recent::Unread;
    }
    match candidates {
        [one] => Recent::Shows(Live {
            external_id: Some(one.id.clone()),
            permalink: one.permalink.clone(),
            probable: true,
        }),
        [_, ..] => Recent::Shows(Live {
            probable: true,
            ..Live::default()
        }),
        [] => {
            let reaches_back = seen.len() < longest
                || seen
                    .iter()
                    .any(|post| post.at.is_some_and(|at| at < intent_at - CLOCKS_APART));
            if reaches_back {
                Recent::Silent
            } else {
                Recent::Unread
            }
        }
    }
}

/// Platforms trim lines and join line ends; nothing else of a text is changed.
fn same_text(one: &str, other: &str) -> bool {
    let words =
        |text: &str| -> Vec<String> { text.split_whitespace().map(ToOwned::to_owned).collect() };
    words(one) == words(other)
}

/// A time as the Graph API writes it: `2026-11-23T03:00:00+0000`, or in seconds.
fn time_of(value: &Value) -> Option<Timestamp> {
    if let Some(seconds) = value.as_i64() {
        return Timestamp::from_second(seconds).ok();
    }
    let text = value.as_str()?;
    text.parse()
        .or_else(|_| Timestamp::strptime("%Y-%m-%dT%H:%M:%S%z", text))
        .ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const LONGEST: usize = 3;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn seen(id: &str, text: &str, time: &str) -> Seen {
        Seen {
            id: id.to_owned(),
            text: text.to_owned(),
            permalink: None,
            at: Some(at(time)),
        }
    }

    fn said(list: &[Seen], caption: &str) -> Recent {
        let intent = at("2026-11-23T03:00:00Z");
        let found = candidates(list, caption, intent);
        judge(list, &found, caption, intent, LONGEST)
    }

    fn id(recent: &Recent) -> Option<&str> {
        match recent {
            Recent::Shows(live) => live.external_id.as_deref(),
            Recent::Silent | Recent::Unread => None,
        }
    }

    #[test]
    fn ours_is_told_by_text_and_time_together() {
        let list = [
            seen("3", "Promo lain", "2026-11-23T03:00:09Z"),
            seen("2", "Umrah  Ramadhan\n\n#umrah", "2026-11-23T03:00:05Z"),
            seen("1", "Umrah Ramadhan #umrah", "2026-11-22T03:00:00Z"),
        ];
        assert_eq!(id(&said(&list, "Umrah Ramadhan\n\n#umrah ")), Some("2"));
        assert_eq!(said(&list, "Haji plus"), Recent::Silent);
    }

    #[test]
    fn two_alike_are_live_without_a_number() {
        let list = [
            seen("2", "Umrah", "2026-11-23T03:00:09Z"),
            seen("1", "Umrah", "2026-11-23T03:00:05Z"),
        ];
        let recent = said(&list, "Umrah");
        assert!(matches!(recent, Recent::Shows(_)));
        assert_eq!(id(&recent), None);
    }

    #[test]
    fn without_a_text_or_an_end_of_the_list_nothing_is_said() {
        let newer: Vec<Seen> = (0..LONGEST)
            .map(|id| seen(&id.to_string(), "Lain", "2026-11-23T03:10:00Z"))
            .collect();
        assert_eq!(said(&newer, "Umrah"), Recent::Unread);
        assert_eq!(said(&newer[1..], "Umrah"), Recent::Silent);
        assert_eq!(said(&newer[1..], " "), Recent::Unread);
    }

    #[test]
    fn times_are_read_as_the_platform_writes_them() {
        let expected = Some(at("2026-11-23T03:00:00Z"));
        for text in [
            json!("2026-11-23T03:00:00+0000"),
            json!("2026-11-23T10:00:00+07:00"),
            json!("2026-11-23T03:00:00Z"),
            json!(1_795_402_800),
        ] {
            assert_eq!(time_of(&text), expected, "{text}");
        }
        assert_eq!(time_of(&json!("soon")), None);
    }
}
