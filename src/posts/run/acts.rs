//! What a step asks of the platform, and what its answer means.

use crate::clients::graph::{Access, GraphError};
use crate::posts::instagram::Account;
use crate::posts::journal::{Heard, Reason, Recent, Status, Step, Verdict};
use crate::posts::page::Page;
use crate::posts::recent::{self, Seen};
use crate::posts::refusal::{Call, Said};
use crate::posts::{Failure, Outlet, store};

use super::{Stop, Turn};

/// How many posts a list may hold before it need not reach back to ours.
const LONGEST_LIST: usize = 50;

/// Posts with our own text that are looked up among ours: as many as one query takes.
const MOST_ASKED: usize = 30;

impl Turn<'_> {
    pub(super) async fn act(&mut self, step: Step) -> Result<Heard, Stop> {
        Ok(match step {
            Step::Check => Heard::Checked(self.check().await),
            Step::MakePart(part) => Heard::Made(self.make(Some(part)).await),
            Step::Make => Heard::Made(self.make(None).await),
            Step::ReadPart(part) => {
                let id = self
                    .post
                    .journal
                    .parts
                    .get(part)
                    .map(|made| made.id.clone());
                Heard::Read(self.status(id).await)
            }
            Step::Read => {
                let id = self.post.journal.container.as_ref();
                let id = id.map(|made| made.id.clone());
                Heard::Read(self.status(id).await)
            }
            Step::Publish => Heard::Published(self.publish().await),
            Step::Settle => self.settle().await?,
            Step::Intend | Step::Rest => Heard::Published(Err(Verdict::Doubt)),
        })
    }

    /// The account's id, and what it may be asked with.
    fn access(&self) -> Result<(Outlet, String, Access), Verdict> {
        let grant = self.situation.grant()?;
        let invalid = || Verdict::Fail(Failure::invalid());
        let (outlet, id) = self.post.outlet().ok_or_else(invalid)?;
        Ok((outlet, id.to_owned(), grant.access.clone()))
    }

    async fn make(&mut self, part: Option<usize>) -> Result<String, Verdict> {
        let (_, id, access) = self.access()?;
        let account = Account {
            graph: &self.state.graph,
            access: &access,
            id: &id,
        };
        let draft = &self.post.draft;
        let made = match part.map(|part| draft.media.get(part)) {
            Some(Some(medium)) => account.make_part(medium).await,
            Some(None) => return Err(Verdict::Fail(Failure::invalid())),
            None => {
                let parts = self.post.journal.parts.iter();
                let parts: Vec<String> = parts.map(|part| part.id.clone()).collect();
                account.make_whole(draft, &parts).await
            }
        };
        made.map_err(|error| self.verdict(&error, Call::Unseen))
    }

    async fn status(&mut self, container: Option<String>) -> Result<Status, Verdict> {
        let (_, id, access) = self.access()?;
        let container = container.ok_or(Verdict::Renew)?;
        let account = Account {
            graph: &self.state.graph,
            access: &access,
            id: &id,
        };
        let status = account.status(&container).await;
        status.map_err(|error| self.verdict(&error, Call::Unseen))
    }

    async fn publish(&mut self) -> Result<String, Verdict> {
        let (outlet, id, access) = self.access()?;
        let graph = &self.state.graph;
        let (id, access) = (id.as_str(), &access);
        let published = match (outlet, &self.post.journal.container) {
            (Outlet::Page, _) => Page { graph, access, id }.publish(&self.post.draft).await,
            (Outlet::Instagram, Some(container)) => {
                Account { graph, access, id }.publish(&container.id).await
            }
            (Outlet::Instagram, None) => return Err(Verdict::Renew),
        };
        published.map_err(|error| self.verdict(&error, Call::Publish))
    }

    /// Asks the container and the account what became of a publish call.
    async fn settle(&mut self) -> Result<Heard, Stop> {
        let silent = |locked_out| Heard::Settled {
            container: None,
            recent: Recent::Unread,
            locked_out,
        };
        let container = match (self.access(), &self.post.journal.container) {
            (Err(_), _) => return Ok(silent(true)),
            (Ok(_), None) => None,
            (Ok(_), Some(made)) => match self.status(Some(made.id.clone())).await {
                Err(Verdict::Wait(..)) => return Ok(silent(true)),
                Err(_) => None,
                Ok(status) => Some(status),
            },
        };
        let (recent, locked_out) = self.recent().await?;
        Ok(Heard::Settled {
            container,
            recent,
            locked_out,
        })
    }

    async fn recent(&mut self) -> Result<(Recent, bool), Stop> {
        let Ok((outlet, id, access)) = self.access() else {
            return Ok((Recent::Unread, true));
        };
        let graph = &self.state.graph;
        let (id, access) = (id.as_str(), &access);
        let seen = match outlet {
            Outlet::Page => Page { graph, access, id }.recent().await,
            Outlet::Instagram => Account { graph, access, id }.recent().await,
        };
        let seen = match seen {
            Ok(seen) => seen,
            Err(error) => {
                let verdict = self.verdict(&error, Call::Unseen);
                return Ok((Recent::Unread, matches!(verdict, Verdict::Wait(..))));
            }
        };
        let Some(intent_at) = self.post.journal.intent_at else {
            return Ok((Recent::Unread, false));
        };
        let caption = &self.post.draft.caption;
        let found = recent::candidates(&seen, caption, intent_at);
        let ids = found.iter().take(MOST_ASKED).map(|seen| seen.id.clone());
        let ids: Vec<String> = ids.collect();
        let known = store::known(&self.state.store, &ids).await?;
        let unknown = |seen: &Seen| !known.contains(&seen.id);
        let ours: Vec<Seen> = found.into_iter().filter(unknown).collect();
        let recent = recent::judge(&seen, &ours, caption, intent_at, LONGEST_LIST);
        Ok((recent, false))
    }

    /// What a failure means; also notes that the account must rest.
    pub(in crate::posts) fn verdict(&mut self, error: &GraphError, call: Call) -> Verdict {
        tracing::warn!(%error, post = self.post.id, "the platform did not do what a post needs");
        match error {
            GraphError::NotSent | GraphError::NoApp(_) => Verdict::Later(None),
            GraphError::NoAnswer | GraphError::Malformed => Verdict::Doubt,
            GraphError::Refused(refusal) => {
                let said = Said {
                    status: refusal.status,
                    code: refusal.code,
                    subcode: Some(refusal.subcode).filter(|subcode| *subcode != 0),
                    transient: refusal.transient,
                    retry_after: refusal.regain,
                };
                if said.stops_account() {
                    self.rests = Some(Failure::spam());
                }
                let verdict = said.verdict(call);
                self.token_refused |= matches!(verdict, Verdict::Wait(Reason::Reconnect, _));
                verdict
            }
        }
    }

    /// Where people see a post; `None` when that cannot be found out.
    pub(super) async fn permalink(&self, post: &str) -> Option<String> {
        let (outlet, id, access) = self.access().ok()?;
        let graph = &self.state.graph;
        let (id, access) = (id.as_str(), &access);
        let found = match outlet {
            Outlet::Page => Page { graph, access, id }.permalink(post).await,
            Outlet::Instagram => Account { graph, access, id }.permalink(post).await,
        };
        found.ok().flatten()
    }
}
