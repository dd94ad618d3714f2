//! What a lead form holds, as the Graph API tells it → a person, their answers, what they agreed to. Pure and total: a
//! lead with an odd field is still a lead, and nothing that somebody typed is lost.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::leads::person::{Email, NAME_MAX_CHARS, Name};
use crate::leads::phone::Phone;
use crate::leads::{LeadSource, NewLead};

/// How the platform's dummy answers begin.
///
/// # Source
/// The Lead Ads Testing Tool fills fields with `<test lead: dummy data for full_name>`; Meta's "Testing and
/// Troubleshooting", read 2026-11.
const DUMMY: &str = "<test lead: dummy data";

/// Most answers kept of one form. Meta's forms have far fewer questions.
const MOST_ANSWERS: usize = 60;

/// Longest question and answer kept, in characters.
const QUESTION_CHARS: usize = 300;
const ANSWER_CHARS: usize = 1_000;

/// Longest text of a consent, in characters: what `firestore.rules` allow.
const CONSENT_CHARS: usize = 5_000;

/// What a form says of its questions and its boxes to tick, by their keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    questions: BTreeMap<String, Question>,
    boxes: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Question {
    label: Option<String>,
    kind: Option<String>,
}

impl Form {
    /// Reads `questions{key,label,type}` of a form.
    pub fn questions(form: &Value) -> Self {
        let list = form["questions"].as_array().into_iter().flatten();
        let questions = list.take(MOST_ANSWERS * 2).filter_map(|question| {
            let key = words(&question["key"], QUESTION_CHARS)?;
            let label = words(&question["label"], QUESTION_CHARS);
            let kind = words(&question["type"], QUESTION_CHARS);
            Some((key, Question { label, kind }))
        });
        Self {
            questions: questions.collect(),
            boxes: BTreeMap::new(),
        }
    }

    /// Adds the texts beside the boxes, `legal_content{custom_disclaimer{checkboxes{key,text}}}`.
    pub fn with_boxes(&mut self, form: &Value) {
        let boxes = &form["legal_content"]["custom_disclaimer"]["checkboxes"];
        let list = boxes.as_array().into_iter().flatten();
        self.boxes = list
            .take(MOST_ANSWERS)
            .filter_map(|one| {
                Some((
                    words(&one["key"], QUESTION_CHARS)?,
                    words(&one["text"], ANSWER_CHARS)?,
                ))
            })
            .collect();
    }
}

/// The ads that a lead came through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AdIds {
    /// The ad.
    pub ad: Option<String>,
    /// Its set.
    pub adset: Option<String>,
    /// Its campaign.
    pub campaign: Option<String>,
}

impl AdIds {
    /// Reads `ad_id,adset_id,campaign_id`.
    pub fn read(lead: &Value) -> Self {
        Self {
            ad: id(&lead["ad_id"]),
            adset: id(&lead["adset_id"]),
            campaign: id(&lead["campaign_id"]),
        }
    }
}

/// A lead as its form tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormLead {
    /// The person.
    pub person: NewLead,
    /// The form.
    pub form_id: Option<String>,
    /// Answers to everything that is not who they are, by the question as people read it.
    pub answers: BTreeMap<String, String>,
    /// The texts beside the boxes that were ticked.
    pub consent: Option<String>,
    /// Filled in by the platform's testing tool, not by a person.
    pub is_test: bool,
}

/// What a field is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    FullName,
    FirstName,
    LastName,
    Phone,
    Email,
    Answer,
}

impl Purpose {
    /// By the question's type, which is sure, else by the key, which the form's author may have chosen.
    fn of(key: &str, form: &Form) -> Self {
        let kind = form.questions.get(key).and_then(|q| q.kind.as_deref());
        let by_kind = kind.map(|kind| Self::named(&kind.to_ascii_lowercase()));
        match by_kind {
            Some(purpose) if purpose != Self::Answer => purpose,
            _ => Self::named(key),
        }
    }

    fn named(word: &str) -> Self {
        match word {
            "full_name" => Self::FullName,
            "first_name" => Self::FirstName,
            "last_name" => Self::LastName,
            "phone" | "phone_number" | "whatsapp_number" | "work_phone_number" => Self::Phone,
            "email" | "work_email" => Self::Email,
            _ => Self::Answer,
        }
    }
}

/// Whether a lead holds boxes that were ticked, so that their texts are worth asking for.
pub fn has_ticked(lead: &Value) -> bool {
    ticked(lead).next().is_some()
}

/// Reads `id,created_time,form_id,field_data,platform,custom_disclaimer_responses` of a lead. `pinged` is when the
/// platform's ping says that the form was sent, `now` stands in where nobody says.
pub fn read(lead: &Value, form: &Form, pinged: Option<Timestamp>, now: Timestamp) -> FormLead {
    let mut fields = Fields::default();
    let list = lead["field_data"].as_array().into_iter().flatten();
    for field in list.take(MOST_ANSWERS * 2) {
        if let Some(key) = words(&field["name"], QUESTION_CHARS)
            && let Some(text) = values(&field["values"])
        {
            fields.take(form, key, text);
        }
    }
    let at = time(&lead["created_time"]).or(pinged).unwrap_or(now);
    FormLead {
        form_id: id(&lead["form_id"]),
        consent: consent(lead, form),
        is_test: fields.is_test,
        person: NewLead {
            name: fields.name(),
            phone: fields.phone,
            email: fields.email,
            source: match lead["platform"].as_str() {
                Some("ig" | "instagram") => LeadSource::IgAds,
                _ => LeadSource::FbAds,
            },
            note: None,
            // A lead from the future would stand on top of every list.
            submitted_at: at.min(now),
        },
        answers: fields.answers,
    }
}

#[derive(Default)]
struct Fields {
    full_name: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    phone: Option<Phone>,
    email: Option<Email>,
    answers: BTreeMap<String, String>,
    is_test: bool,
}

impl Fields {
    fn take(&mut self, form: &Form, key: String, text: String) {
        self.is_test |= text.starts_with(DUMMY);
        let slot = match Purpose::of(&key, form) {
            Purpose::FullName => &mut self.full_name,
            Purpose::FirstName => &mut self.first_name,
            Purpose::LastName => &mut self.last_name,
            Purpose::Phone => match Phone::parse(&text) {
                Ok(phone) if self.phone.as_ref().is_none_or(|known| *known == phone) => {
                    self.phone = Some(phone);
                    return;
                }
                // A second number, or one that is none: a person may still make sense of it.
                _ => return self.answer(form, key, &text),
            },
            Purpose::Email => match Email::parse(&text) {
                Ok(email) if self.email.is_none() => {
                    self.email = Some(email);
                    return;
                }
                _ => return self.answer(form, key, &text),
            },
            Purpose::Answer => return self.answer(form, key, &text),
        };
        match slot {
            None => *slot = Some(text),
            Some(_) => self.answer(form, key, &text),
        }
    }

    fn answer(&mut self, form: &Form, key: String, text: &str) {
        if self.answers.len() >= MOST_ANSWERS {
            return;
        }
        let known = form.questions.get(&key);
        let mut question = known.and_then(|q| q.label.clone()).unwrap_or(key);
        // Firestore keeps such names to itself.
        if question.starts_with("__") {
            question.insert(0, ' ');
        }
        let answer = self.answers.entry(question).or_default();
        if !answer.is_empty() {
            answer.push_str("; ");
        }
        answer.extend(text.chars().take(ANSWER_CHARS));
    }

    /// The name as far as it was given; else one that says that there is none.
    fn name(&self) -> Name {
        let both = [&self.first_name, &self.last_name];
        let both: Vec<&str> = both.into_iter().flatten().map(String::as_str).collect();
        let told = self.full_name.clone().unwrap_or_else(|| both.join(" "));
        name_of(&told).unwrap_or_else(|| {
            let phone = self.phone.as_ref().map(Phone::as_e164);
            nameless("Tanpa nama", phone.unwrap_or_default())
        })
    }
}

/// A name out of whatever somebody typed: one line, cut where it is too long.
pub fn name_of(text: &str) -> Option<Name> {
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = line.chars().take(NAME_MAX_CHARS).collect();
    Name::parse(&cut).ok()
}

/// How somebody is called who gave no name: a word, and the end of what they are known by, to tell them apart.
pub fn nameless(word: &'static str, known_by: &str) -> Name {
    let tail: Vec<char> = known_by.chars().rev().take(4).collect();
    let tail: String = tail.into_iter().rev().collect();
    let text = format!("{word} {tail}");
    name_of(&text).unwrap_or_else(Name::unknown)
}

fn consent(lead: &Value, form: &Form) -> Option<String> {
    let texts: Vec<String> = ticked(lead)
        .map(|key| form.boxes.get(&key).cloned().unwrap_or(key))
        .collect();
    let text = texts.join("\n");
    (!text.is_empty()).then(|| text.chars().take(CONSENT_CHARS).collect())
}

fn ticked(lead: &Value) -> impl Iterator<Item = String> {
    let responses = lead["custom_disclaimer_responses"].as_array();
    responses
        .into_iter()
        .flatten()
        .take(MOST_ANSWERS)
        .filter(|one| match &one["is_checked"] {
            Value::Bool(ticked) => *ticked,
            Value::String(text) => matches!(text.as_str(), "1" | "true"),
            Value::Number(number) => number.as_i64() == Some(1),
            _ => false,
        })
        .filter_map(|one| words(&one["checkbox_key"], QUESTION_CHARS))
}

/// The values of a field in one text; several answers to one question stand side by side.
fn values(values: &Value) -> Option<String> {
    let texts: Vec<String> = match values {
        Value::Array(list) => list
            .iter()
            .take(MOST_ANSWERS)
            .filter_map(|value| words(value, ANSWER_CHARS))
            .collect(),
        one => words(one, ANSWER_CHARS).into_iter().collect(),
    };
    (!texts.is_empty()).then(|| texts.join(", "))
}

fn words(value: &Value, most_chars: usize) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then(|| text.chars().take(most_chars).collect())
}

/// An id as text; `0` stands for none.
fn id(value: &Value) -> Option<String> {
    words(value, 64).filter(|id| id != "0")
}

/// ISO 8601 with `+0000`, or seconds since 1970.
pub fn time(value: &Value) -> Option<Timestamp> {
    match value {
        Value::Number(number) => Timestamp::from_second(number.as_i64()?).ok(),
        Value::String(text) => Timestamp::strptime("%Y-%m-%dT%H:%M:%S%z", text)
            .or_else(|_| text.parse())
            .ok(),
        _ => None,
    }
}

/// The answers as the document holds them.
pub fn answers_doc(answers: &BTreeMap<String, String>) -> Option<Map<String, Value>> {
    let map: Map<String, Value> = answers
        .iter()
        .map(|(question, answer)| (question.clone(), answer.as_str().into()))
        .collect();
    (!map.is_empty()).then_some(map)
}

#[cfg(test)]
mod tests;
