//! What a model wrote, held to what the platform takes and the organisation allows.
//!
//! *Invariant:* pure, and total: [`Draft::cut`] makes any text fit.

use super::Platform;

/// What a platform takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Caption and hashtags together, in UTF-16 units: the longest that any of a platform's counters counts.
    pub units: usize,
    /// Hashtags, those in the caption included.
    pub hashtags: usize,
    /// `@` mentions.
    pub mentions: usize,
}

impl Platform {
    /// # Source
    /// Instagram: <https://developers.facebook.com/docs/instagram-platform/content-publishing>. Facebook: 63,206
    /// characters for a post. WhatsApp: 1,024 for the text below a picture, so that the text can go with or without one.
    /// Read 2026-11.
    pub fn limits(self) -> Limits {
        let units = match self {
            Self::Instagram => 2_200,
            Self::Facebook => 63_206,
            Self::Whatsapp => 1_024,
        };
        Limits {
            units,
            hashtags: 30,
            mentions: 20,
        }
    }
}

/// What PUSAT demands of every text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Demands {
    /// The licence number that advertising for Umrah and Hajj must show, as `PPIU No. 123`.
    pub licence: Option<String>,
    /// What must not be said.
    pub forbidden_claims: Vec<String>,
}

/// A text as the model wrote it, made tidy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The caption.
    pub caption: String,
    /// Each without its `#`.
    pub hashtags: Vec<String>,
    /// For those who do not see the picture.
    pub alt_text: Option<String>,
}

/// What is wrong with a draft, in words for the model that repairs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Caption and hashtags are longer than the limit.
    TooLong {
        /// As long as it is.
        units: usize,
        /// As long as it may be.
        limit: usize,
    },
    /// There are more hashtags.
    TooManyHashtags(usize),
    /// There are more mentions.
    TooManyMentions(usize),
    /// The licence is not shown.
    NoLicence(String),
    /// A claim is made that is forbidden.
    Forbidden(String),
}

impl Fault {
    /// What the model is told.
    pub fn for_model(&self) -> String {
        match self {
            Self::TooLong { units, limit } => {
                format!(
                    "caption and hashtags together have {units} characters; at most {limit} fit"
                )
            }
            Self::TooManyHashtags(limit) => format!("at most {limit} hashtags"),
            Self::TooManyMentions(limit) => format!("at most {limit} mentions"),
            Self::NoLicence(licence) => format!("the caption must show: {licence}"),
            Self::Forbidden(claim) => format!("the text must not claim: {claim}"),
        }
    }
}

impl Draft {
    /// Makes what a model wrote tidy: trimmed, and hashtags as words without `#`, each once.
    pub fn new(caption: &str, hashtags: &[String], alt_text: Option<&str>) -> Self {
        let mut tags: Vec<String> = Vec::new();
        for tag in hashtags {
            let tag: String = tag
                .chars()
                .filter(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            let known = tags
                .iter()
                .any(|known| known.to_lowercase() == tag.to_lowercase());
            if !tag.is_empty() && !known {
                tags.push(tag);
            }
        }
        Self {
            caption: caption.trim().to_owned(),
            hashtags: tags,
            alt_text: alt_text
                .map(str::trim)
                .filter(|text| !text.is_empty())
                .map(ToOwned::to_owned),
        }
    }

    /// The text as it is posted: the caption, and below it the hashtags.
    pub fn text(&self) -> String {
        if self.hashtags.is_empty() {
            return self.caption.clone();
        }
        let tags: Vec<String> = self.hashtags.iter().map(|tag| format!("#{tag}")).collect();
        format!("{}\n\n{}", self.caption, tags.join(" "))
    }

    /// Everything that is wrong with it.
    pub fn faults(&self, limits: Limits, demands: &Demands) -> Vec<Fault> {
        let text = self.text();
        let mut faults = Vec::new();
        let units = units(&text);
        if units > limits.units {
            faults.push(Fault::TooLong {
                units,
                limit: limits.units,
            });
        }
        if marks(&text, '#') > limits.hashtags {
            faults.push(Fault::TooManyHashtags(limits.hashtags));
        }
        if marks(&text, '@') > limits.mentions {
            faults.push(Fault::TooManyMentions(limits.mentions));
        }
        if let Some(licence) = &demands.licence
            && !text.contains(licence)
        {
            faults.push(Fault::NoLicence(licence.clone()));
        }
        let said = plain(&text);
        faults.extend(
            demands
                .forbidden_claims
                .iter()
                .filter(|claim| !plain(claim).is_empty() && said.contains(&plain(claim)))
                .map(|claim| Fault::Forbidden(claim.clone())),
        );
        faults
    }

    /// Makes it fit without a model: superfluous marks go, hashtags go before words do, the caption ends at a word, the
    /// licence is shown. What is forbidden cannot be cut away.
    #[must_use]
    pub fn cut(mut self, limits: Limits, demands: &Demands) -> Self {
        self.caption = without_marks_beyond(&self.caption, '@', limits.mentions);
        self.caption = without_marks_beyond(&self.caption, '#', limits.hashtags);
        let room_for_tags = limits.hashtags.saturating_sub(marks(&self.caption, '#'));
        self.hashtags.truncate(room_for_tags);
        let licence = demands
            .licence
            .as_deref()
            .filter(|licence| !self.caption.contains(licence));
        let ending = licence.map_or_else(String::new, |licence| format!("\n\n{licence}"));
        // A third of the room is the most that hashtags may take from the words.
        while units(&self.tags()) > limits.units / 3 {
            self.hashtags.pop();
        }
        let room = limits
            .units
            .saturating_sub(units(&self.tags()) + units(&ending));
        // Also when cutting takes away the licence that the caption had.
        let mut caption = ending_at_a_word(&self.caption, room);
        match demands.licence.as_deref() {
            Some(licence) if ending.is_empty() && !caption.contains(licence) => {
                let ending = format!("\n\n{licence}");
                caption = ending_at_a_word(&self.caption, room.saturating_sub(units(&ending)));
                caption.push_str(&ending);
            }
            _ => caption.push_str(&ending),
        }
        caption.trim_start().clone_into(&mut self.caption);
        self
    }

    fn tags(&self) -> String {
        Self {
            caption: String::new(),
            hashtags: self.hashtags.clone(),
            alt_text: None,
        }
        .text()
    }
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Marks that begin a hashtag or a mention: followed by a letter, a digit or `_`.
fn marks(text: &str, mark: char) -> usize {
    let follows = text.chars().skip(1);
    text.chars()
        .zip(follows)
        .filter(|&(c, next)| c == mark && (next.is_alphanumeric() || next == '_'))
        .count()
}

fn without_marks_beyond(text: &str, mark: char, most: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut seen = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let begins = c == mark
            && chars
                .peek()
                .is_some_and(|next| next.is_alphanumeric() || *next == '_');
        seen += usize::from(begins);
        if begins && seen > most {
            // Or a mark right before this one would now begin what this one did.
            out.truncate(out.trim_end_matches(['@', '#']).len());
        } else {
            out.push(c);
        }
    }
    out
}

/// Lower case, and each run of anything else than letters and digits a single space: so that a claim is found however
/// it is written.
fn plain(text: &str) -> String {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.join(" ")
}

/// At most `room` UTF-16 units, ending with a whole word and `…` when something was cut.
fn ending_at_a_word(text: &str, room: usize) -> String {
    if units(text) <= room {
        return text.to_owned();
    }
    let mut used = 1; // The ellipsis.
    let mut fits = 0;
    for (at, c) in text.char_indices() {
        used += c.len_utf16();
        if used > room {
            break;
        }
        fits = at + c.len_utf8();
    }
    let head = &text[..fits];
    // A word of such length that nothing would be left is cut in the middle.
    let whole_word = text[fits..].starts_with(char::is_whitespace);
    let end = if whole_word {
        fits
    } else {
        head.rfind(char::is_whitespace).unwrap_or(fits)
    };
    let head = head[..end].trim_end();
    if room == 0 {
        String::new()
    } else {
        format!("{head}…")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn draft(caption: &str, hashtags: &[&str]) -> Draft {
        let hashtags: Vec<String> = hashtags.iter().map(|tag| (*tag).to_owned()).collect();
        Draft::new(caption, &hashtags, None)
    }

    fn demands(licence: Option<&str>, forbidden: &[&str]) -> Demands {
        Demands {
            licence: licence.map(ToOwned::to_owned),
            forbidden_claims: forbidden.iter().map(|claim| (*claim).to_owned()).collect(),
        }
    }

    proptest! {
        #[test]
        fn whatever_is_cut_fits(
            caption in "(\\PC| |@|#|😀|a){0,400}",
            repeat in 1..12_usize,
            hashtags in prop::collection::vec("[#a-zA-Z0-9 ]{0,40}", 0..60),
            units in 60..2_200_usize,
            licence in prop::option::of(Just("PPIU No. 123")),
        ) {
            let limits = Limits { units, ..Platform::Instagram.limits() };
            let hashtags: Vec<String> = hashtags;
            let demands = demands(licence, &[]);
            let cut = Draft::new(&caption.repeat(repeat), &hashtags, None).cut(limits, &demands);
            prop_assert_eq!(cut.faults(limits, &demands), vec![], "{:?}", cut);
        }

        #[test]
        fn what_fits_is_left_alone(caption in "[a-z]{1,20}( [a-z]{1,20}){0,20}", tags in prop::collection::vec("[a-z]{1,10}", 0..5)) {
            let draft = Draft::new(&caption, &tags, None);
            prop_assert_eq!(draft.clone().cut(Platform::Instagram.limits(), &Demands::default()), draft);
        }
    }

    #[test]
    fn a_caption_ends_at_a_word() {
        let limits = Limits {
            units: 20,
            ..Platform::Instagram.limits()
        };
        let cut = |caption: &str| draft(caption, &[]).cut(limits, &Demands::default()).caption;
        assert_eq!(cut("Berangkat umrah bulan Ramadhan"), "Berangkat umrah…");
        assert_eq!(cut("Berangkat umrah ya! Ayo"), "Berangkat umrah ya!…");
        assert_eq!(cut("Assalamualaikumwarahmatullah"), "Assalamualaikumwara…");
    }

    #[test]
    fn hashtags_are_words_and_each_stands_once() {
        let draft = draft(" Ayo! ", &["#Umrah", "umrah", "# Haji Plus", "", "#!"]);
        assert_eq!(draft.text(), "Ayo!\n\n#Umrah #HajiPlus");
    }

    #[test]
    fn every_fault_is_named() {
        let many: Vec<String> = (0..31).map(|number| format!("t{number}")).collect();
        let mentions = "@a ".repeat(21);
        let draft = Draft::new(
            &format!("{mentions} PASTI  berangkat! {}", "x".repeat(2_200)),
            &many,
            None,
        );
        let demands = demands(Some("PPIU No. 123"), &["pasti berangkat", "gratis"]);
        let faults = draft.faults(Platform::Instagram.limits(), &demands);
        let kinds: Vec<&str> = faults
            .iter()
            .map(|fault| match fault {
                Fault::TooLong { .. } => "long",
                Fault::TooManyHashtags(_) => "hashtags",
                Fault::TooManyMentions(_) => "mentions",
                Fault::NoLicence(_) => "licence",
                Fault::Forbidden(claim) => claim,
            })
            .collect();
        assert_eq!(
            kinds,
            ["long", "hashtags", "mentions", "licence", "pasti berangkat"]
        );
        assert!(faults.iter().all(|fault| !fault.for_model().is_empty()));
    }

    #[test]
    fn an_address_is_no_mention_and_a_bare_mark_no_hashtag() {
        assert_eq!(marks("# 1 @ rumah #1 @rumah", '#'), 1);
        assert_eq!(marks("# 1 @ rumah #1 @rumah", '@'), 1);
    }
}
