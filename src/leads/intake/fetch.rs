//! A form's lead from the Graph API. The lead itself decides; ads, questions and boxes are asked for in calls of their own,
//! because a right that is missing for one of them refuses the whole call, and a lead must not be lost for want of an ad's
//! name.
//!
//! # Source
//! <https://developers.facebook.com/docs/marketing-api/guides/lead-ads/retrieving>, read 2026-11.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::Obstacle;
use super::form::{self, AdIds, Form};
use super::store::Announced;
use crate::clients::graph::{Access, Class, Graph, GraphError};

/// What every token that may read leads may read of one.
const LEAD_FIELDS: &str =
    "id,created_time,form_id,field_data,is_organic,platform,custom_disclaimer_responses";

/// What only those may read who may advertise on the ad account.
const AD_FIELDS: &str = "ad_id,adset_id,campaign_id";

/// A form's questions.
const FORM_FIELDS: &str = "id,questions{key,label,type}";

/// The texts beside a form's boxes.
const BOX_FIELDS: &str = "legal_content{custom_disclaimer{checkboxes{key,text}}}";

/// Forms remembered, some 10 KiB each. A form that is published cannot be changed, only copied.
const FORMS: u64 = 500;

/// How long a form is remembered.
const FORM_LIFE: Duration = Duration::from_hours(6);

/// A lead and what goes with it.
#[derive(Debug)]
pub struct Fetched {
    /// The lead as the platform tells it.
    pub lead: Value,
    /// The form's questions and boxes, as far as they could be read.
    pub form: Arc<Form>,
    /// The ads, as far as they could be read.
    pub ads: AdIds,
}

/// Forms that this instance remembers.
pub type Forms = moka::sync::Cache<(String, bool), Arc<Form>>;

/// A memory of forms.
pub fn forms() -> Forms {
    moka::sync::Cache::builder()
        .max_capacity(FORMS)
        .time_to_live(FORM_LIFE)
        .build()
}

/// Reads a lead. One call for the lead, one for its ads unless it is organic, one for a form that is not remembered and one
/// more when boxes were ticked.
///
/// # Errors
/// The [`Obstacle`] that keeps the lead itself from being read.
pub async fn fetch(
    graph: &Graph,
    access: &Access,
    forms: &Forms,
    announced: &Announced,
) -> Result<Fetched, Obstacle> {
    let id = &announced.leadgen_id;
    let lead = graph.get(access, id, &[("fields", LEAD_FIELDS)]).await;
    let lead = lead.map_err(|error| obstacle(&error))?;
    let form_id = lead["form_id"].as_str().map(ToOwned::to_owned);
    let form_id = form_id.or_else(|| announced.form_id.clone());
    let (ads, form) = futures::join!(
        ads(graph, access, announced, &lead),
        questions(graph, access, forms, form_id, form::has_ticked(&lead)),
    );
    Ok(Fetched { lead, form, ads })
}

async fn ads(graph: &Graph, access: &Access, announced: &Announced, lead: &Value) -> AdIds {
    let pinged = AdIds {
        ad: announced.ad_id.clone().filter(|id| id != "0"),
        ..AdIds::default()
    };
    if lead["is_organic"] == true {
        return AdIds::default();
    }
    let asked = graph.get(access, &announced.leadgen_id, &[("fields", AD_FIELDS)]);
    match asked.await {
        Ok(told) => {
            let told = AdIds::read(&told);
            AdIds {
                ad: told.ad.or(pinged.ad),
                ..told
            }
        }
        Err(error) => {
            tracing::warn!(%error, "a lead is taken in without its ad set and campaign");
            pinged
        }
    }
}

async fn questions(
    graph: &Graph,
    access: &Access,
    forms: &Forms,
    form_id: Option<String>,
    boxes: bool,
) -> Arc<Form> {
    // It goes into a path.
    let Some(id) = form_id.filter(|id| id.bytes().all(|byte| byte.is_ascii_digit())) else {
        return Arc::default();
    };
    let known = forms.get(&(id.clone(), true));
    let known = known.or_else(|| forms.get(&(id.clone(), false)).filter(|_| !boxes));
    if let Some(form) = known {
        return form;
    }
    let mut form = match graph.get(access, &id, &[("fields", FORM_FIELDS)]).await {
        Ok(told) => Form::questions(&told),
        Err(error) => {
            tracing::warn!(%error, "the answers of a form keep their keys");
            return Arc::default();
        }
    };
    if boxes {
        match graph.get(access, &id, &[("fields", BOX_FIELDS)]).await {
            Ok(told) => form.with_boxes(&told),
            Err(error) => {
                tracing::warn!(%error, "what was agreed to is told by the boxes' keys");
                return Arc::new(form);
            }
        }
    }
    let form = Arc::new(form);
    forms.insert((id, boxes), Arc::clone(&form));
    form
}

/// What a failure of the call means for the lead.
pub fn obstacle(error: &GraphError) -> Obstacle {
    match error.class() {
        Class::Retry { after } => Obstacle::Away(after),
        Class::Reconnect => Obstacle::NeedsReconnect,
        Class::Permission | Class::Unknown | Class::Fix | Class::Stop => match error {
            GraphError::Malformed => Obstacle::Away(None),
            GraphError::Refused(refusal)
                if matches!(error.class(), Class::Permission | Class::Unknown) =>
            {
                tracing::warn!(%refusal, "a lead cannot be read");
                Obstacle::Unreadable
            }
            GraphError::Refused(refusal) => Obstacle::Refused(format!(
                "{} (code {}, subcode {}).",
                refusal.message, refusal.code, refusal.subcode
            )),
            GraphError::NoApp(_) | GraphError::NotSent | GraphError::NoAnswer => {
                Obstacle::Refused(format!("{error}."))
            }
        },
    }
}

/// The leads of a page of a list, and when their forms were sent.
pub(super) fn leads_of(page: &Value) -> BTreeMap<String, Option<Timestamp>> {
    let list = page["data"].as_array().into_iter().flatten();
    list.filter_map(|lead| Some((number(&lead["id"])?, form::time(&lead["created_time"]))))
        .collect()
}

/// An id that can stand in a path and name a document.
pub(super) fn number(id: &Value) -> Option<String> {
    let id = id.as_str()?;
    let fits = (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| id.to_owned())
}

/// Where the next page begins, if there is one.
pub(super) fn next_page(page: &Value) -> Option<String> {
    let paging = &page["paging"];
    paging["next"].as_str()?;
    paging["cursors"]["after"].as_str().map(ToOwned::to_owned)
}
