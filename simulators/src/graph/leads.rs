//! Lead forms and the leads that people leave in them.
//!
//! A lead can be told of before it can be read, is kept for 90 days, and shows its ad only to whoever may advertise.
//! `Page::leads_access_managed` shuts everybody out in the words that stand for a lead which is not there.

mod lead;

use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Json, Router};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::Graph;
use super::access::granted;
use super::call::Call;
use super::door::success;
use super::error::Refusal;
use super::fields::{asked, paged, select};
use super::happenings::Happening;
use super::usage::UseCase;
use super::world::World;

pub use lead::{Ad, Answer, Lead};

/// How long leads can be read.
///
/// # Source
/// <https://developers.facebook.com/docs/marketing-api/guides/lead-ads/retrieving>, read 2026-11.
pub const LEADS_KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Calls in a day for each lead of the last 90 days.
const CALLS_PER_LEAD: usize = 200 * 24;

/// What reading leads takes.
const READ: [&str; 1] = ["leads_retrieval"];

/// Fields of a lead that tell of its ad.
const AD_FIELDS: [&str; 6] = [
    "ad_id",
    "ad_name",
    "adset_id",
    "adset_name",
    "campaign_id",
    "campaign_name",
];

pub(super) fn routes() -> Router<Graph> {
    Router::new()
        .route("/{node}/leadgen_forms", get(forms))
        .route("/{node}/leads", get(leads))
        .route(
            "/{node}/test_leads",
            get(test_leads).post(make_test).delete(delete_tests),
        )
}

impl World {
    /// Keeps a lead and gives it an id and a time if it has none.
    pub(super) fn keep_lead(&mut self, mut lead: Lead, now: Timestamp) -> Lead {
        if lead.id.is_empty() {
            lead.id = self.new_id("910");
        }
        lead.created_time.get_or_insert(now);
        self.leads.insert(lead.id.clone(), lead.clone());
        lead
    }

    /// The page of a form, if its leads are open to the call.
    fn leads_of(&mut self, call: &Call, form: &str) -> Result<String, Refusal> {
        let page = self.form(call, form, &READ)?.page_id.clone();
        let managed = |page: &super::assets::Page| page.leads_access_managed;
        if self.pages.get(&page).is_some_and(managed) {
            return Err(call.no_object(form));
        }
        self.count_leadgen(call, &page)?;
        Ok(page)
    }

    fn count_leadgen(&mut self, call: &Call, page: &str) -> Result<(), Refusal> {
        let of_page = |lead: &&Lead| {
            let form = self.forms.get(&lead.form_id);
            form.is_some_and(|form| form.page_id == page) && lead.created() + LEADS_KEPT > call.at
        };
        let leads = self.leads.values().filter(of_page).count();
        let calls = CALLS_PER_LEAD * leads.max(1);
        self.usage.suggest(UseCase::Leadgen, page, calls);
        self.count(call, UseCase::Leadgen, page)
    }

    /// The leads of a form that can be read, newest first.
    fn readable(&self, form: &str, now: Timestamp, test: bool) -> Vec<&Lead> {
        let leads = self.leads.values();
        let mut leads: Vec<_> = leads
            .filter(|lead| lead.form_id == form && lead.is_readable(now) && (!test || lead.test))
            .collect();
        leads.sort_by(|a, b| (b.created(), &b.id).cmp(&(a.created(), &a.id)));
        leads
    }
}

/// A lead by id.
pub(super) fn lead(world: &mut World, call: &Call, id: &str) -> Option<Result<Value, Refusal>> {
    let lead = world.leads.get(id)?.clone();
    let answer = |world: &mut World| {
        // Whatever is wrong with the form is wrong with the lead, by the lead's own id.
        let form = world.leads_of(call, &lead.form_id);
        form.map_err(|refusal| match refusal.subcode {
            Some(33) => call.no_object(id),
            _ => refusal,
        })?;
        if !lead.is_readable(call.at) {
            return Err(call.no_object(id));
        }
        lead_fields(world, call, &lead)
    };
    Some(answer(world))
}

/// Deletes a lead of the testing tool's.
pub(super) fn delete_lead(
    world: &mut World,
    call: &Call,
    id: &str,
) -> Option<Result<Value, Refusal>> {
    let lead = world.leads.get(id)?;
    let (form, test) = (lead.form_id.clone(), lead.test);
    Some(world.leads_of(call, &form).and_then(|_| {
        if !test {
            return Err(call.no_object(id));
        }
        world.leads.remove(id);
        Ok(json!({ "success": true }))
    }))
}

fn lead_fields(world: &World, call: &Call, lead: &Lead) -> Result<Value, Refusal> {
    let about_ad = |field: &String| AD_FIELDS.contains(&field.as_str());
    if asked(call).iter().any(about_ad) {
        let token = call.token()?;
        let person = token.person.as_ref().and_then(|id| world.people.get(id));
        let page = world.forms.get(&lead.form_id).map(|form| &form.page_id);
        let tasks = person.and_then(|person| person.pages.get(page?));
        let may = tasks.is_none_or(|tasks| tasks.contains("ADVERTISE"));
        if !may || granted(token, &["ads_management"]).is_err() {
            return Err(Refusal::new(200).saying(
                "(#200) Ad account owner has NOT grant ads_management or ads_read permission",
            ));
        }
    }
    let usual = ["id", "created_time", "field_data"];
    select(call, "UserLeadGenInfo", &lead.full(), &usual)
}

/// A form by id.
pub(super) fn form(world: &mut World, call: &Call, id: &str) -> Option<Result<Value, Refusal>> {
    let form = world.forms.get(id)?.clone();
    let answer = |world: &mut World| {
        world.form(call, id, &["pages_manage_ads"])?;
        world.count_leadgen(call, &form.page_id)?;
        form_fields(world, call, id)
    };
    Some(answer(world))
}

fn form_fields(world: &World, call: &Call, id: &str) -> Result<Value, Refusal> {
    let form = world.forms.get(id).ok_or_else(|| call.no_object(id))?;
    let leads = world.leads.values().filter(|lead| lead.form_id == id);
    let organic = leads.clone().filter(|lead| lead.ad.is_none()).count();
    let question = |(number, question): (usize, &super::assets::Question)| {
        let id = format!("{id}{number:03}");
        let kind = if question.kind.is_empty() {
            "CUSTOM"
        } else {
            &question.kind
        };
        json!({ "id": id, "key": question.key, "label": question.label, "type": kind, "options": null })
    };
    let or = |text: &String, usual: &str| {
        if text.is_empty() {
            usual.to_owned()
        } else {
            text.clone()
        }
    };
    let full = json!({
        "id": id,
        "name": form.name,
        "status": or(&form.status, "ACTIVE"),
        "locale": or(&form.locale, "id_ID"),
        "questions": form.questions.iter().enumerate().map(question).collect::<Vec<_>>(),
        "leads_count": leads.count(),
        "organic_leads_count": organic,
        "tracking_parameters": null,
        "page": { "id": form.page_id },
        "page_id": form.page_id,
    });
    select(
        call,
        "LeadGenData",
        &full,
        &["id", "locale", "name", "status"],
    )
}

async fn forms(
    State(graph): State<Graph>,
    call: Call,
    Path(page): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let mut world = graph.world();
    let page = world.page(&call, &page, &["pages_manage_ads"])?.id.clone();
    world.count_leadgen(&call, &page)?;
    let ids = world.forms.values().filter(|form| form.page_id == page);
    let forms = ids.rev().map(|form| {
        let fields = form_fields(&world, &call, &form.id)?;
        Ok((form.id.clone(), fields))
    });
    let forms = forms.collect::<Result<Vec<_>, Refusal>>()?;
    paged(&call, &forms).map(Json)
}

async fn leads(
    State(graph): State<Graph>,
    call: Call,
    Path(form): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let mut world = graph.world();
    world.leads_of(&call, &form)?;
    let filters = filters(&call)?;
    let leads = world.readable(&form, call.at, false);
    let leads = leads
        .into_iter()
        .filter(|lead| filters.iter().all(|filter| filter.fits(lead)));
    let leads = leads.map(|lead| Ok((lead.id.clone(), lead_fields(&world, &call, lead)?)));
    let leads = leads.collect::<Result<Vec<_>, Refusal>>()?;
    paged(&call, &leads).map(Json)
}

/// A condition of `filtering`.
struct Filter {
    operator: String,
    seconds: i64,
}

impl Filter {
    fn fits(&self, lead: &Lead) -> bool {
        let created = lead.created().as_second();
        match self.operator.as_str() {
            "GREATER_THAN" => created > self.seconds,
            "GREATER_THAN_OR_EQUAL" => created >= self.seconds,
            "LESS_THAN" => created < self.seconds,
            "LESS_THAN_OR_EQUAL" => created <= self.seconds,
            _ => false,
        }
    }
}

fn filters(call: &Call) -> Result<Vec<Filter>, Refusal> {
    let wrong = || Refusal::parameter("param filtering must be an array of known conditions");
    let Some(value) = call.json("filtering") else {
        return Ok(Vec::new());
    };
    let conditions = value.as_array().ok_or_else(wrong)?;
    let read = |condition: &Value| {
        let operators = [
            "GREATER_THAN",
            "GREATER_THAN_OR_EQUAL",
            "LESS_THAN",
            "LESS_THAN_OR_EQUAL",
        ];
        let operator = condition["operator"].as_str()?;
        let seconds = match &condition["value"] {
            Value::String(text) => text.parse().ok()?,
            value => value.as_i64()?,
        };
        let known = condition["field"] == "time_created" && operators.contains(&operator);
        known.then(|| Filter {
            operator: operator.to_owned(),
            seconds,
        })
    };
    let filters = conditions.iter().map(read);
    filters.collect::<Option<_>>().ok_or_else(wrong)
}

async fn test_leads(
    State(graph): State<Graph>,
    call: Call,
    Path(form): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let mut world = graph.world();
    world.leads_of(&call, &form)?;
    let leads = world.readable(&form, call.at, true).into_iter();
    let leads = leads.map(|lead| Ok((lead.id.clone(), lead_fields(&world, &call, lead)?)));
    let leads = leads.collect::<Result<Vec<_>, Refusal>>()?;
    paged(&call, &leads).map(Json)
}

async fn make_test(
    State(graph): State<Graph>,
    call: Call,
    Path(form): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let mut world = graph.world();
    world.leads_of(&call, &form)?;
    if world.leads.values().any(|it| it.test && it.form_id == form) {
        // The testing tool makes one lead per form.
        return Err(Refusal::parameter(
            "A test lead already exists for this form. Delete it before creating another.",
        ));
    }
    let given = call.json("field_data").map(serde_json::from_value);
    let field_data = match given {
        Some(Ok(answers)) => answers,
        Some(Err(_)) => return Err(Refusal::parameter("param field_data must be an array")),
        None => dummies(&world, &form),
    };
    let lead = Lead {
        form_id: form,
        field_data,
        test: true,
        ..Lead::default()
    };
    let made = world.happen(Happening::Lead { lead }, call.at);
    drop(world);
    graph.told().notify_waiters();
    Ok(Json(json!({ "id": made })))
}

/// What the testing tool answers when nobody tells it what.
fn dummies(world: &World, form: &str) -> Vec<Answer> {
    let questions = world.forms.get(form).map(|form| form.questions.iter());
    let dummy = |question: &super::assets::Question| Answer {
        name: question.key.clone(),
        values: vec![format!("<test lead: dummy data for {}>", question.key)],
    };
    questions.into_iter().flatten().map(dummy).collect()
}

async fn delete_tests(
    State(graph): State<Graph>,
    call: Call,
    Path(form): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let mut world = graph.world();
    world.leads_of(&call, &form)?;
    world
        .leads
        .retain(|_, lead| !(lead.test && lead.form_id == form));
    Ok(success())
}
