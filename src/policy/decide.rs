//! The decision: one match over every action, none of it left to a wildcard.

use super::{
    Action, Actor, AssignedFacts, Assignee, BudgetFacts, OwnedFacts, Role, Scope, UserFacts,
};
use crate::ids::{BranchId, Uid};

/// What the policy answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decision {
    /// Yes.
    Allow,
    /// No; the actor may know of the thing.
    Forbid,
    /// No, and the actor may not learn that there is such a thing.
    Hide,
}

/// Whether `actor` may do `action`.
pub fn decide(actor: &Actor, action: &Action<'_>) -> Decision {
    match *action {
        Action::ReadLead(lead) | Action::DeleteLead(lead) => or_hide(holds(actor, lead)),
        Action::ReadLeadHistory(lead) => {
            or_hide(reaches_all(actor) || lead.is_some_and(|lead| holds(actor, lead)))
        }
        Action::CreateLead { after, assignee } => or_forbid(may_place(actor, after, assignee)),
        Action::UpdateLead {
            before,
            after,
            assignee,
        }
        | Action::AssignConversation {
            before,
            after,
            assignee,
        } => seen_and(
            holds(actor, before),
            may_move(actor, before, after, assignee),
        ),
        Action::ImportLeads => or_forbid(has_place(actor)),
        Action::ReadStats { branch } => match branch {
            None => or_forbid(has_place(actor)),
            Some(branch) => seen_and(
                is_member(actor, branch),
                reaches_branch(actor, Some(branch)),
            ),
        },

        Action::ReadContentRequest(request) | Action::DeleteContentRequest(request) => {
            or_hide(owns(actor, request))
        }
        Action::CreateContentRequest(request) => or_forbid(may_own(actor, request)),
        Action::UpdateContentRequest(request) => seen_and(
            owns(actor, request),
            is_service(actor) || names(actor, request.owner()),
        ),

        Action::ReadChannel(channel) | Action::DisconnectChannel(channel) => {
            or_hide(owns(actor, channel))
        }
        // What belongs to whom across branches is head office's to say.
        Action::ReleaseChannel(channel) => seen_and(owns(actor, channel), is_pusat(actor)),
        Action::ConnectChannel { known } => {
            or_forbid(has_place(actor) && known.is_none_or(|channel| owns(actor, channel)))
        }

        Action::ReadPost(post) | Action::CancelPost(post) | Action::ResolvePost(post) => {
            or_hide(owns(actor, post))
        }
        Action::CreatePost { post, channel } => {
            seen_and(owns(actor, channel), may_own(actor, post))
        }

        Action::ReadConversation(conversation)
        | Action::SendMessage(conversation)
        | Action::MarkConversationRead(conversation) => or_hide(holds(actor, conversation)),
        Action::LinkConversation { conversation, lead } => {
            or_hide(holds(actor, conversation) && holds(actor, lead))
        }

        Action::ReadUser(user) | Action::EditProfile(user) => or_hide(knows(actor, user)),
        Action::InviteUser { role, branch } => {
            or_forbid(reaches_all(actor) || role == Role::Mitra && reaches_branch(actor, branch))
        }
        Action::ReadInvitation { branch } => or_hide(reaches_branch(actor, branch)),
        Action::SetUserRole { target } => seen_and(knows(actor, target), reaches_all(actor)),
        Action::SetUserDisabled { target } => seen_and(
            knows(actor, target),
            reaches_all(actor)
                || target.role == Some(Role::Mitra)
                    && reaches_branch(actor, target.branch_id.as_ref()),
        ),

        Action::ReadBranch(branch) => or_hide(is_member(actor, branch)),
        Action::ReadBudget(budget) => or_hide(sees_budget(actor, budget)),
        // A branch shares out among its people what PUSAT gave it, and gives itself nothing.
        Action::SetAllowance(budget) => seen_and(
            sees_budget(actor, budget),
            is_pusat(actor)
                || budget.user_id.is_some()
                    && !is_service(actor)
                    && reaches_branch(actor, budget.branch_id.as_ref()),
        ),
        Action::ReadLedger | Action::ReadSettings => or_hide(reaches_all(actor)),
        // The budget alert switches off; only a person of PUSAT decides that money flows again.
        Action::SwitchAi { on } => or_forbid(is_pusat(actor) || !on && is_service(actor)),

        Action::RecordLeadHistory
        | Action::RunContentRequest
        | Action::MaintainChannel
        | Action::PublishPost
        | Action::ReceiveMessages
        | Action::ProvisionUser
        | Action::KeepLedger
        | Action::KeepServiceData => or_forbid(is_service(actor)),
    }
}

fn or_hide(allowed: bool) -> Decision {
    if allowed {
        Decision::Allow
    } else {
        Decision::Hide
    }
}

fn or_forbid(allowed: bool) -> Decision {
    if allowed {
        Decision::Allow
    } else {
        Decision::Forbid
    }
}

fn seen_and(seen: bool, allowed: bool) -> Decision {
    if seen {
        or_forbid(allowed)
    } else {
        Decision::Hide
    }
}

fn is_service(actor: &Actor) -> bool {
    match actor {
        Actor::Service => true,
        Actor::User { .. } | Actor::Anonymous => false,
    }
}

fn is_pusat(actor: &Actor) -> bool {
    actor.scope() == Some(&Scope::Pusat)
}

fn is_mitra(actor: &Actor) -> bool {
    matches!(actor.scope(), Some(Scope::Mitra(_)))
}

/// The whole organisation lies in the actor's scope.
fn reaches_all(actor: &Actor) -> bool {
    is_service(actor) || is_pusat(actor)
}

/// The actor stands somewhere in the tree.
fn has_place(actor: &Actor) -> bool {
    match actor {
        Actor::Service => true,
        Actor::User { scope, .. } => scope.role().is_some(),
        Actor::Anonymous => false,
    }
}

/// The actor is the person named.
fn names(actor: &Actor, person: Option<&Uid>) -> bool {
    person.is_some() && actor.uid() == person
}

/// Everything of the branch lies in the actor's scope.
fn reaches_branch(actor: &Actor, branch: Option<&BranchId>) -> bool {
    match actor {
        Actor::Service => true,
        Actor::Anonymous => false,
        Actor::User { scope, .. } => match scope {
            Scope::Pusat => true,
            Scope::Cabang(own) => branch == Some(own),
            Scope::Mitra(_) | Scope::Branchless => false,
        },
    }
}

/// The actor belongs to the branch, or stands over it.
fn is_member(actor: &Actor, branch: &BranchId) -> bool {
    reaches_all(actor) || actor.scope().and_then(Scope::branch) == Some(branch)
}

/// What carries this branch and this person's name lies in the actor's scope.
fn carries(actor: &Actor, branch: Option<&BranchId>, person: Option<&Uid>) -> bool {
    reaches_branch(actor, branch) || is_mitra(actor) && names(actor, person)
}

fn holds(actor: &Actor, facts: &AssignedFacts) -> bool {
    carries(actor, facts.branch_id(), facts.assigned_to())
}

fn owns(actor: &Actor, facts: &OwnedFacts) -> bool {
    carries(actor, facts.branch_id(), facts.owner())
}

fn sees_budget(actor: &Actor, budget: &BudgetFacts) -> bool {
    reaches_branch(actor, budget.branch_id.as_ref())
        || is_mitra(actor) && names(actor, budget.user_id.as_ref())
}

fn knows(actor: &Actor, user: &UserFacts) -> bool {
    names(actor, Some(&user.uid)) || reaches_branch(actor, user.branch_id.as_ref())
}

/// A new document of the actor's own: in its name and of its branch.
fn may_own(actor: &Actor, facts: &OwnedFacts) -> bool {
    match actor {
        Actor::Service => true,
        Actor::Anonymous => false,
        Actor::User { uid, scope } => {
            facts.owner() == Some(uid)
                && match scope {
                    Scope::Pusat => true,
                    Scope::Cabang(own) | Scope::Mitra(own) => facts.branch_id() == Some(own),
                    Scope::Branchless => false,
                }
        }
    }
}

fn may_place(actor: &Actor, after: &AssignedFacts, assignee: Option<&Assignee>) -> bool {
    match actor {
        Actor::Service => true,
        Actor::Anonymous => false,
        Actor::User { uid, scope } => match scope {
            Scope::Pusat => true,
            Scope::Cabang(own) => {
                after.branch_id() == Some(own) && assignable(own, after.assigned_to(), assignee)
            }
            Scope::Mitra(own) => after.branch_id() == Some(own) && after.assigned_to() == Some(uid),
            Scope::Branchless => false,
        },
    }
}

fn may_move(
    actor: &Actor,
    before: &AssignedFacts,
    after: &AssignedFacts,
    assignee: Option<&Assignee>,
) -> bool {
    match actor {
        Actor::Service => true,
        Actor::Anonymous => false,
        Actor::User { scope, .. } => match scope {
            Scope::Pusat => true,
            Scope::Cabang(own) => {
                after.branch_id() == Some(own)
                    && (after.assigned_to() == before.assigned_to()
                        || assignable(own, after.assigned_to(), assignee))
            }
            // Also keeps a partner from working on in a branch it has left.
            Scope::Mitra(own) => after == before && after.branch_id() == Some(own),
            Scope::Branchless => false,
        },
    }
}

/// Whom a branch may give its leads to: its own pool, or a partner of its own whose account is open.
fn assignable(own: &BranchId, to: Option<&Uid>, assignee: Option<&Assignee>) -> bool {
    to.is_some_and(|to| to.as_str() == own.as_str())
        || assignee.is_some_and(|assignee| {
            Some(&assignee.uid) == to
                && assignee.role == Role::Mitra
                && assignee.branch_id.as_ref() == Some(own)
                && !assignee.disabled
        })
}
