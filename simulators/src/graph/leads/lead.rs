//! A lead, and how the Graph shows it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::LEADS_KEPT;

/// What a person has left in a form.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Lead {
    /// Id; empty for one that is still to be given.
    pub id: String,
    /// The form.
    pub form_id: String,
    /// When it was left; filled in by the simulator if it is none.
    pub created_time: Option<Timestamp>,
    /// From when on it can be read; none: at once.
    pub readable_at: Option<Timestamp>,
    /// Answers by the keys of the questions.
    pub field_data: Vec<Answer>,
    /// The ad that led there; none for an organic lead.
    pub ad: Option<Ad>,
    /// `fb` (also when empty) or `ig`.
    pub platform: String,
    /// Boxes under the form's own terms, and whether they are ticked.
    pub disclaimers: Vec<(String, bool)>,
    /// Made by the testing tool.
    pub test: bool,
}

/// An answer.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Answer {
    /// The question's key.
    pub name: String,
    /// What was answered; several for multiple choice.
    pub values: Vec<String>,
}

/// An ad with what it belongs to.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Ad {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Its set's id; `adgroup_id` in webhooks is the ad's own.
    pub adset_id: String,
    /// Its set's name.
    pub adset_name: String,
    /// Its campaign's id.
    pub campaign_id: String,
    /// Its campaign's name.
    pub campaign_name: String,
}

impl Lead {
    /// A lead with these answers.
    pub fn new(form: &str, answers: &[(&str, &str)]) -> Self {
        let answer = |(name, value): &(&str, &str)| Answer {
            name: (*name).to_owned(),
            values: vec![(*value).to_owned()],
        };
        Self {
            form_id: form.to_owned(),
            field_data: answers.iter().map(answer).collect(),
            ..Self::default()
        }
    }

    pub(super) fn created(&self) -> Timestamp {
        self.created_time.unwrap_or_default()
    }

    pub(super) fn is_readable(&self, now: Timestamp) -> bool {
        self.readable_at.is_none_or(|at| at <= now) && self.created() + LEADS_KEPT > now
    }

    pub(super) fn full(&self) -> Value {
        let ad = self.ad.as_ref();
        let text = |of: fn(&Ad) -> &String| ad.map(of).filter(|text| !text.is_empty());
        let ticks = |(key, ticked): &(String, bool)| json!({ "checkbox_key": key, "is_checked": if *ticked { "1" } else { "" } });
        let disclaimers: Vec<Value> = self.disclaimers.iter().map(ticks).collect();
        json!({
            "id": self.id,
            "created_time": self.created().strftime("%Y-%m-%dT%H:%M:%S+0000").to_string(),
            "form_id": self.form_id,
            "field_data": self.field_data,
            "platform": if self.platform.is_empty() { "fb" } else { &self.platform },
            "is_organic": ad.is_none(),
            "ad_id": text(|ad| &ad.id),
            "ad_name": text(|ad| &ad.name),
            "adset_id": text(|ad| &ad.adset_id),
            "adset_name": text(|ad| &ad.adset_name),
            "campaign_id": text(|ad| &ad.campaign_id),
            "campaign_name": text(|ad| &ad.campaign_name),
            "custom_disclaimer_responses": (!disclaimers.is_empty()).then_some(disclaimers),
            "partner_name": null, "home_listing": null, "retailer_item_id": null, "vehicle": null,
        })
    }
}
