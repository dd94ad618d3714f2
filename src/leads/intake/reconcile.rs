//! The reconciliation: each form's recent leads are read, and what no webhook brought gets its row in `lead_intake`.
//!
//! `POST /tasks/reconcileLeads`, each hour by Cloud Scheduler, finds the pages that are due and puts a task for each;
//! `POST /tasks/reconcileChannelLeads` works through one page's forms, a few calls a turn, and goes on in the next turn
//! where it stopped. A form is read from an hour before the newest lead that is stored, on first connection from 90 days
//! back; the cursor moves only when all between has been read and stored. Only ids are read here: whatever is missing
//! comes in by the same row and task as a lead that was announced.
//! *Invariant:* rows are created if absent, in the commit that notes how far the reading got.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::fetch::{leads_of, next_page, number};
use super::runs::{self, Run, Stop, Walk};
use super::store::{self, Announced};
use super::{Obstacle, READABLE, fetch, tasks};
use crate::channels::store::{CHANNELS, channels};
use crate::channels::{ChannelState, Platform, secrets};
use crate::clients::graph::Access;
use crate::error::Error;
use crate::extract::pushed::{Pushed, settle};
use crate::jobs::queue::{Job, Nudge, Turn, put};
use crate::jobs::{self, Lease, TaskError, lease_length};
use crate::policy::{Action, Actor, Permit, authorize};
use crate::state::AppState;
use crate::store::{Query, StoreError, UpdateTime, Writes};

/// The path of one page's task.
pub const PATH: &str = "/tasks/reconcileChannelLeads";

/// How long after its last run a page is due again.
const DUE_AFTER: SignedDuration = SignedDuration::from_hours(20);

/// How far behind the newest stored lead reading begins: a lead may be listed later than its own time says.
const OVERLAP: SignedDuration = SignedDuration::from_hours(1);

/// Calls of one turn, and the pause before the next: the budget of a page is 200 × 24 × its leads of 90 days in a day, and
/// next to nothing for a page without leads.
///
/// # Source
/// <https://developers.facebook.com/docs/graph-api/overview/rate-limiting>, read 2026-11.
const CALLS_A_TURN: u32 = 10;
const PAUSE: SignedDuration = SignedDuration::from_secs(10);

/// Leads and forms read by one call.
const PAGE: &str = "100";

/// Pages of forms read: 500 forms.
const FORM_PAGES: u32 = 5;

/// Channels looked at at a time.
const CHANNELS_AT_ONCE: u32 = 300;

fn job(channel_id: &str) -> Job<'_> {
    Job {
        queue: tasks::QUEUE,
        path: PATH,
        id: channel_id,
    }
}

/// Answers the schedule.
pub async fn schedule(State(state): State<AppState>, _: Pushed) -> Response {
    settle(put_due(&state).await)
}

/// Answers a page's task.
pub async fn run(State(state): State<AppState>, _: Pushed, Json(nudge): Json<Nudge>) -> Response {
    let outcome = turn(&state, &nudge.id).await;
    jobs::settle(&state, &job(&nudge.id), outcome).await
}

/// Puts a task for each connected page whose leads were not compared for 20 hours, or never. Two round trips for each 300
/// channels, and a call to Cloud Tasks for each page that is due.
///
/// # Idempotency
/// Two schedules within a minute put the same tasks once; a page under way goes on.
///
/// # Errors
/// `UNAVAILABLE`; what was put by then is in the queue.
async fn put_due(state: &AppState) -> Result<(), Error> {
    let now = state.clock.now();
    let mut after: Option<String> = None;
    loop {
        let query = Query::first(CHANNELS_AT_ONCE, CHANNELS)
            .eq("platform", Platform::Facebook.as_str())
            .eq("state", "CONNECTED")
            .after_id(after.as_deref());
        let found = state.store.query::<Value>(query).await?;
        let ids: Vec<&str> = found.iter().map(|doc| doc.id.as_str()).collect();
        let Some(last) = ids.last() else {
            return Ok(());
        };
        let known = runs::get_many(&state.store, &ids).await?;
        for id in &ids {
            if known
                .get(*id)
                .is_none_or(|(run, _)| run.is_due(now, DUE_AFTER))
            {
                put(state, &job(id), &Turn::Swept(now)).await?;
            }
        }
        after = Some((*last).to_owned());
    }
}

/// Puts the task of a page that was just connected; for an account that is no page, and for a page that was compared within
/// the last hours, it does nothing. One call to Cloud Tasks.
///
/// # Errors
/// `UNAVAILABLE`; the schedule finds the page too.
pub async fn begin(state: &AppState, channel_id: &str) -> Result<(), Error> {
    if channel_id.starts_with("FACEBOOK_") {
        put(state, &job(channel_id), &Turn::Swept(state.clock.now())).await?;
    }
    Ok(())
}

/// A turn's worker.
struct Worker<'a> {
    state: &'a AppState,
    permit: Permit,
    channel_id: &'a str,
    page_id: &'a str,
    access: Access,
    run: Run,
    time: Option<UpdateTime>,
    calls: u32,
}

/// Takes a turn of a page. Round trips: the run, channel and token side by side; its claim; then for each page of leads the
/// rows that there are and one commit.
async fn turn(state: &AppState, channel_id: &str) -> Result<(), TaskError> {
    let permit = authorize(&Actor::Service, &Action::KeepServiceData).map_err(Error::from)?;
    let ids = [channel_id];
    let db = &state.store;
    let (found, channel, grant) = futures::try_join!(
        async { runs::get(db, channel_id).await.map_err(Error::from) },
        async { channels(db, &ids).await.map_err(Error::from) },
        secrets::grant(state, channel_id),
    )?;
    let connected = channel.first().map(|channel| channel.state) == Some(ChannelState::Connected);
    let page_id = channel_id.strip_prefix("FACEBOOK_");
    let (Some(grant), Some(page_id), true) = (grant, page_id, connected) else {
        // Once it is connected again, it is due.
        return Ok(());
    };
    let now = state.clock.now();
    let (mut run, time) = match found {
        Some((run, time)) => (run, Some(time)),
        None => (Run::default(), None),
    };
    if run.is_held(now) {
        return Ok(());
    }
    if run.is_over() {
        if !run.is_due(now, DUE_AFTER) {
            return Ok(());
        }
        run.begin(now);
    } else if run.is_stale(now) {
        run.begin(now);
    }
    run.hold(Lease::new(now, lease_length(&state.config)));
    let mut worker = Worker {
        state,
        permit,
        channel_id,
        page_id,
        access: grant.access,
        run,
        time,
        calls: 0,
    };
    match worker.save(Writes::new()).await {
        Ok(()) => {}
        // Another turn was faster.
        Err(StoreError::Conflict | StoreError::AlreadyExists) => return Ok(()),
        Err(error) => return Err(Error::from(error).into()),
    }
    let stop = match worker.work().await {
        Ok(()) => {
            worker.run.end(state.clock.now(), None);
            None
        }
        Err(Stop::Pause(wait)) => {
            worker.run.pause(state.clock.now() + wait);
            Some(wait)
        }
        Err(Stop::Over(obstacle)) => {
            tracing::warn!(
                channel = channel_id,
                why = obstacle.code(),
                "the reconciliation of a page broke off"
            );
            worker.run.end(state.clock.now(), Some(&obstacle));
            None
        }
        Err(Stop::Failed(error)) => return Err(error.into()),
    };
    worker.save(Writes::new()).await.map_err(Error::from)?;
    match stop {
        None => Ok(()),
        Some(after) => Err(TaskError::Retry {
            after: Some(after),
            cause: Error::unavailable("the reconciliation goes on"),
        }),
    }
}

impl Worker<'_> {
    /// Commits the run as it stands, with whatever else. The guard is the run as it was written last.
    async fn save(&mut self, mut writes: Writes) -> Result<(), StoreError> {
        runs::write(
            &mut writes,
            &self.permit,
            self.channel_id,
            &self.run,
            self.time,
        )?;
        let times = self.state.store.commit_timed(writes).await?;
        self.time = times.into_iter().last().flatten();
        Ok(())
    }

    async fn work(&mut self) -> Result<(), Stop> {
        if self.run.todo.is_none() {
            let forms = self.forms().await?;
            self.run.todo = Some(forms);
            self.save(Writes::new()).await?;
        }
        loop {
            let walk = match self.run.walk.take() {
                Some(walk) => walk,
                None => match self.run.todo.as_mut().and_then(Vec::pop) {
                    Some(form) => self.set_out(form),
                    None => return Ok(()),
                },
            };
            self.step(walk).await?;
        }
    }

    /// Where reading a form begins.
    fn set_out(&self, form_id: String) -> Walk {
        let now = self.state.clock.now();
        let oldest = now - READABLE;
        let newest = self.run.newest.get(&form_id).copied();
        Walk {
            from: newest.map_or(oldest, |newest| (newest - OVERLAP).max(oldest)),
            form_id,
            newest,
            after: None,
        }
    }

    /// Reads one page of a form's leads and stores what is missing.
    async fn step(&mut self, mut walk: Walk) -> Result<(), Stop> {
        let filter = serde_json::json!([{
            "field": "time_created", "operator": "GREATER_THAN", "value": walk.from.as_second(),
        }])
        .to_string();
        let mut query = vec![
            ("fields", "id,created_time"),
            ("filtering", filter.as_str()),
            ("limit", PAGE),
        ];
        if let Some(after) = &walk.after {
            query.push(("after", after));
        }
        let path = format!("{}/leads", walk.form_id);
        let page = match self.call(&path, &query).await {
            Ok(page) => page,
            Err(Stop::Over(obstacle @ (Obstacle::Unreadable | Obstacle::Refused(_)))) => {
                // This form alone: the others may be readable.
                self.run
                    .refused
                    .insert(walk.form_id.clone(), obstacle.message());
                return Ok(self.save(Writes::new()).await?);
            }
            Err(stop) => {
                self.run.walk = Some(walk);
                return Err(stop);
            }
        };
        let listed = leads_of(&page);
        let (writes, fresh) = self.missing(&walk, &listed).await?;
        let newest = listed.values().flatten().max().copied();
        walk.newest = walk.newest.max(newest);
        walk.after = next_page(&page);
        let form_id = walk.form_id.clone();
        if walk.after.is_some() {
            self.run.walk = Some(walk);
        } else {
            self.run.refused.remove(&form_id);
            if let Some(newest) = walk.newest {
                self.run.newest.insert(form_id, newest);
            }
        }
        self.run.found += u32::try_from(fresh.len()).unwrap_or(u32::MAX);
        self.save(writes).await?;
        tasks::announce(self.state, &fresh, self.state.clock.now()).await;
        Ok(())
    }

    /// Rows for those leads that have none; those that were parked as unreadable are tried again, since they can be listed.
    async fn missing(
        &self,
        walk: &Walk,
        listed: &BTreeMap<String, Option<Timestamp>>,
    ) -> Result<(Writes, Vec<String>), StoreError> {
        let ids: Vec<&str> = listed.keys().map(String::as_str).collect();
        let mut writes = Writes::new();
        let mut fresh = Vec::new();
        if ids.is_empty() {
            return Ok((writes, fresh));
        }
        let known = store::get_many(&self.state.store, &ids).await?;
        let now = self.state.clock.now();
        for (id, created_at) in listed {
            match known.get(id) {
                None => {
                    let announced = Announced {
                        leadgen_id: id.clone(),
                        channel_id: self.channel_id.to_owned(),
                        page_id: self.page_id.to_owned(),
                        form_id: Some(walk.form_id.clone()),
                        ad_id: None,
                        adgroup_id: None,
                        created_at: *created_at,
                    };
                    store::announce(&mut writes, &self.permit, &announced, None, now)?;
                }
                Some(row) if row.is_parked_as(&Obstacle::Unreadable) => {
                    store::reopen(&mut writes, &self.permit, row, now)?;
                }
                Some(_) => continue,
            }
            fresh.push(id.clone());
        }
        Ok((writes, fresh))
    }

    /// The forms of the page that may have leads.
    async fn forms(&mut self) -> Result<Vec<String>, Stop> {
        let path = format!("{}/leadgen_forms", self.page_id);
        let mut forms = BTreeSet::new();
        let mut after: Option<String> = None;
        for _ in 0..FORM_PAGES {
            let mut query = vec![("fields", "id,status"), ("limit", PAGE)];
            if let Some(after) = &after {
                query.push(("after", after));
            }
            let page = self.call(&path, &query).await?;
            for form in page["data"].as_array().into_iter().flatten() {
                if form["status"] != "DRAFT" {
                    forms.extend(number(&form["id"]));
                }
            }
            after = next_page(&page);
            if after.is_none() {
                return Ok(forms.into_iter().collect());
            }
        }
        tracing::warn!(
            channel = self.channel_id,
            "a page has more forms than are compared"
        );
        Ok(forms.into_iter().collect())
    }

    async fn call(&mut self, path: &str, query: &[(&str, &str)]) -> Result<Value, Stop> {
        if self.calls >= CALLS_A_TURN {
            return Err(Stop::Pause(PAUSE));
        }
        self.calls += 1;
        let answer = self.state.graph.get(&self.access, path, query).await;
        answer.map_err(|error| match fetch::obstacle(&error) {
            Obstacle::Away(wait) => Stop::Pause(wait.unwrap_or_default().max(self.run.backoff())),
            obstacle => Stop::Over(obstacle),
        })
    }
}
