//! Collection by collection: which action a direct request is, and what else must hold.

use super::{
    Action, Actor, Enforcer, Fields, OwnedFacts, Request,
    shape::{Write, fits_changed, fits_new},
    value::{Value, text},
};
use crate::{
    ids::{BranchId, Uid},
    policy::{AssignedFacts, Assignee, BudgetFacts, Role, UserFacts},
};

impl Enforcer {
    /// A list is judged like a document of which nothing is known but what the query pins.
    pub(super) fn reads(
        &self,
        actor: &Actor,
        request: &Request<'_>,
        path: &[&str],
        stored: Option<&Fields>,
    ) -> bool {
        let parent = || (request.documents)(&path[..2].join("/"));
        match *path {
            ["leads"] | ["leads", _] => self.says_yes(actor, &Action::ReadLead(&assigned(stored))),
            ["leads", _, "history"] | ["leads", _, "history", _] => {
                let lead = parent().map(|lead| assigned(Some(lead)));
                self.says_yes(actor, &Action::ReadLeadHistory(lead.as_ref()))
            }
            ["content_requests"] | ["content_requests", _] => {
                self.says_yes(actor, &Action::ReadContentRequest(&owned(stored, "userId")))
            }
            ["posts"] | ["posts", _] => {
                self.says_yes(actor, &Action::ReadPost(&owned(stored, "userId")))
            }
            ["channels"] | ["channels", _] => {
                self.says_yes(actor, &Action::ReadChannel(&owned(stored, "ownerId")))
            }
            ["conversations"] | ["conversations", _] => {
                self.says_yes(actor, &Action::ReadConversation(&assigned(stored)))
            }
            ["conversations", _, "messages"] | ["conversations", _, "messages", _] => {
                self.says_yes(actor, &Action::ReadConversation(&assigned(parent())))
            }
            ["users"] => {
                let user = user(&somebody_else(actor), stored);
                self.says_yes(actor, &Action::ReadUser(&user))
            }
            ["users", id] => {
                let uid = Uid::parse(id).unwrap_or_else(|_| somebody_else(actor));
                self.says_yes(actor, &Action::ReadUser(&user(&uid, stored)))
            }
            ["invitations"] | ["invitations", _] => self.says_yes(
                actor,
                &Action::ReadInvitation {
                    branch: branch_id(stored).as_ref(),
                },
            ),
            ["branches"] => self.says_yes(actor, &Action::ReadBranch(&some_other_branch(actor))),
            ["branches", id] => {
                let branch = BranchId::parse(id).unwrap_or_else(|_| some_other_branch(actor));
                self.says_yes(actor, &Action::ReadBranch(&branch))
            }
            ["budgets"] | ["budgets", _] => {
                let facts = owned(stored, "userId");
                self.says_yes(
                    actor,
                    &Action::ReadBudget(&BudgetFacts {
                        branch_id: facts.branch_id().cloned(),
                        user_id: facts.owner().cloned(),
                    }),
                )
            }
            ["settings"] | ["settings", _] => self.says_yes(actor, &Action::ReadSettings),
            ["ledger"] | ["ledger", _] => self.says_yes(actor, &Action::ReadLedger),
            _ => false,
        }
    }

    pub(super) fn creates(
        &self,
        actor: &Actor,
        request: &Request<'_>,
        path: &[&str],
        after: &Fields,
    ) -> bool {
        match *path {
            ["leads", id] => {
                let facts = assigned(Some(after));
                fits_new(&self.lead, &write(actor, id, request), after)
                    && says_why_lost(after)
                    && self.says_yes(
                        actor,
                        &Action::CreateLead {
                            after: &facts,
                            assignee: assignee(request, &facts).as_ref(),
                        },
                    )
            }
            ["content_requests", id] => {
                fits_new(&self.content_request, &write(actor, id, request), after)
                    && self.says_yes(
                        actor,
                        &Action::CreateContentRequest(&owned(Some(after), "userId")),
                    )
            }
            _ => false,
        }
    }

    pub(super) fn updates(
        &self,
        actor: &Actor,
        request: &Request<'_>,
        path: &[&str],
        before: &Fields,
        after: &Fields,
    ) -> bool {
        match *path {
            ["leads", id] => {
                let facts = assigned(Some(after));
                fits_changed(&self.lead, &write(actor, id, request), before, after)
                    && says_why_lost(after)
                    && self.says_yes(
                        actor,
                        &Action::UpdateLead {
                            before: &assigned(Some(before)),
                            after: &facts,
                            assignee: assignee(request, &facts).as_ref(),
                        },
                    )
            }
            ["content_requests", id] => {
                text(before, "status") == Some("PENDING")
                    && fits_changed(
                        &self.content_request,
                        &write(actor, id, request),
                        before,
                        after,
                    )
                    && self.says_yes(
                        actor,
                        &Action::UpdateContentRequest(&owned(Some(before), "userId")),
                    )
            }
            ["users", id] => {
                let uid = Uid::parse(id).unwrap_or_else(|_| somebody_else(actor));
                fits_changed(&self.profile, &write(actor, id, request), before, after)
                    && self.says_yes(actor, &Action::EditProfile(&user(&uid, Some(before))))
            }
            _ => false,
        }
    }

    pub(super) fn deletes(&self, actor: &Actor, path: &[&str], stored: Option<&Fields>) -> bool {
        match *path {
            ["leads", _] => self.says_yes(actor, &Action::DeleteLead(&assigned(stored))),
            ["content_requests", _] => {
                let status = stored.and_then(|fields| fields.get("status"));
                status.is_some_and(|status| *status != Value::from("PROCESSING"))
                    && self.says_yes(
                        actor,
                        &Action::DeleteContentRequest(&owned(stored, "userId")),
                    )
            }
            _ => false,
        }
    }
}

fn write<'a>(actor: &'a Actor, document_id: &'a str, request: &Request<'_>) -> Write<'a> {
    Write {
        author: actor.uid(),
        document_id,
        request_time: request.time,
    }
}

fn says_why_lost(lead: &Fields) -> bool {
    text(lead, "status") != Some("LOST")
        || text(lead, "lostReason").is_some_and(|reason| !reason.is_empty())
}

/// An id that cannot be read is no id: nobody is placed by it.
fn person(stored: Option<&Fields>, name: &str) -> Option<Uid> {
    Uid::parse(text(stored?, name)?).ok()
}

fn branch_id(stored: Option<&Fields>) -> Option<BranchId> {
    BranchId::parse(text(stored?, "branchId")?).ok()
}

fn assigned(stored: Option<&Fields>) -> AssignedFacts {
    AssignedFacts::stored(branch_id(stored), person(stored, "assignedTo"))
}

fn owned(stored: Option<&Fields>, owner: &str) -> OwnedFacts {
    OwnedFacts::stored(person(stored, owner), branch_id(stored))
}

fn role(stored: Option<&Fields>) -> Option<Role> {
    Role::parse(text(stored?, "role")?).ok()
}

fn user(uid: &Uid, stored: Option<&Fields>) -> UserFacts {
    UserFacts {
        uid: uid.clone(),
        role: role(stored),
        branch_id: branch_id(stored),
    }
}

fn assignee(request: &Request<'_>, lead: &AssignedFacts) -> Option<Assignee> {
    let uid = lead.assigned_to()?.clone();
    let user = (request.documents)(&format!("users/{uid}"))?;
    Some(Assignee {
        uid,
        role: role(Some(user))?,
        branch_id: branch_id(Some(user)),
        disabled: user
            .get("disabled")
            .is_some_and(|disabled| *disabled != Value::Bool(false)),
    })
}

/// A list may bring anybody, so it is judged as if it brought a person who is not the actor.
fn somebody_else(actor: &Actor) -> Uid {
    let name = if actor.uid().map(Uid::as_str) == Some("a") {
        "b"
    } else {
        "a"
    };
    Uid::parse(name).expect("one letter is an id")
}

fn some_other_branch(actor: &Actor) -> BranchId {
    let own = actor.scope().and_then(super::super::Scope::branch);
    let name = if own.map(BranchId::as_str) == Some("a") {
        "b"
    } else {
        "a"
    };
    BranchId::parse(name).expect("one letter is an id")
}
