//! What is asked for: every action of the product, with the facts that decide it.
//!
//! Facts are the few fields that place a document in the hierarchy, taken from the stored document. State (a request
//! that already runs, a post that is out) is not decided here: the domains refuse a wrong step themselves.

use super::Role;
use crate::ids::{BranchId, Uid};

/// Where a lead or a conversation lies: its branch and the one who holds it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AssignedFacts {
    branch_id: Option<BranchId>,
    assigned_to: Option<Uid>,
}

/// Where a lead lies.
pub type LeadFacts = AssignedFacts;
/// Where a conversation lies.
pub type ConversationFacts = AssignedFacts;

impl AssignedFacts {
    /// The facts of a document that carries `branch_id` and is held by `assigned_to`.
    pub fn new(branch_id: BranchId, assigned_to: Uid) -> Self {
        Self {
            branch_id: Some(branch_id),
            assigned_to: Some(assigned_to),
        }
    }

    /// The facts of a document as stored, which somebody else may have written and which then may lack them.
    pub fn stored(branch_id: Option<BranchId>, assigned_to: Option<Uid>) -> Self {
        Self {
            branch_id,
            assigned_to,
        }
    }

    /// The branch, unless the stored document names none.
    pub fn branch_id(&self) -> Option<&BranchId> {
        self.branch_id.as_ref()
    }

    /// The holder, unless the stored document names none.
    pub fn assigned_to(&self) -> Option<&Uid> {
        self.assigned_to.as_ref()
    }
}

/// Whose a content request, a post or a channel is, and in which branch. PUSAT's own carry no branch.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OwnedFacts {
    owner: Option<Uid>,
    branch_id: Option<BranchId>,
}

impl OwnedFacts {
    /// The facts of a document of `owner` (`userId` or `ownerId`) in `branch_id`.
    pub fn new(owner: Uid, branch_id: Option<BranchId>) -> Self {
        Self {
            owner: Some(owner),
            branch_id,
        }
    }

    /// The facts of a document as stored, which may lack its owner too.
    pub fn stored(owner: Option<Uid>, branch_id: Option<BranchId>) -> Self {
        Self { owner, branch_id }
    }

    /// The owner, unless the stored document names none.
    pub fn owner(&self) -> Option<&Uid> {
        self.owner.as_ref()
    }

    /// The branch, unless the document carries none.
    pub fn branch_id(&self) -> Option<&BranchId> {
        self.branch_id.as_ref()
    }
}

/// The one a lead or conversation is to be given to, read from `users/{uid}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Assignee {
    /// The person.
    pub uid: Uid,
    /// `users/{uid}.role`.
    pub role: Role,
    /// `users/{uid}.branchId`.
    pub branch_id: Option<BranchId>,
    /// `users/{uid}.disabled`.
    pub disabled: bool,
}

/// Where a user stands, read from `users/{uid}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UserFacts {
    /// The person.
    pub uid: Uid,
    /// `users/{uid}.role`; `None` while the person has none.
    pub role: Option<Role>,
    /// `users/{uid}.branchId`.
    pub branch_id: Option<BranchId>,
}

/// Whose money a budget counts: nobody's in particular (the organisation), a branch's, or one person's.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct BudgetFacts {
    /// The branch of a branch's or a person's budget.
    pub branch_id: Option<BranchId>,
    /// The person of a person's budget.
    pub user_id: Option<Uid>,
}

/// Something an actor wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action<'a> {
    /// See a lead.
    ReadLead(&'a LeadFacts),
    /// See the history of a lead; `None` when the lead itself is gone.
    ReadLeadHistory(Option<&'a LeadFacts>),
    /// Bring a lead into being.
    CreateLead {
        /// The lead to be.
        after: &'a LeadFacts,
        /// `users/{assignedTo}`, if there is such a user. Looked at for a CABANG only.
        assignee: Option<&'a Assignee>,
    },
    /// Change a lead, move it to another holder or branch included.
    UpdateLead {
        /// The lead as stored.
        before: &'a LeadFacts,
        /// The lead to be.
        after: &'a LeadFacts,
        /// `users/{assignedTo}` of the lead to be, if there is such a user. Looked at when a CABANG moves the lead.
        assignee: Option<&'a Assignee>,
    },
    /// Remove a lead.
    DeleteLead(&'a LeadFacts),
    /// Append to a lead's history.
    RecordLeadHistory,
    /// Take in a list of leads. Each lead of it is a [`Action::CreateLead`] as well.
    ImportLeads,
    /// Count leads: of one branch, or with `None` of whatever the actor's scope holds.
    ReadStats {
        /// The branch counted.
        branch: Option<&'a BranchId>,
    },

    /// See a content request.
    ReadContentRequest(&'a OwnedFacts),
    /// Ask for content.
    CreateContentRequest(&'a OwnedFacts),
    /// Change what is asked for.
    UpdateContentRequest(&'a OwnedFacts),
    /// Remove a content request.
    DeleteContentRequest(&'a OwnedFacts),
    /// Claim, run, finish or fail a content request.
    RunContentRequest,

    /// See a connected account.
    ReadChannel(&'a OwnedFacts),
    /// Connect an account; `known` when it is connected already.
    ConnectChannel {
        /// The channel as stored.
        known: Option<&'a OwnedFacts>,
    },
    /// Disconnect an account.
    DisconnectChannel(&'a OwnedFacts),
    /// Make an account nobody's, so that anybody may connect it.
    ReleaseChannel(&'a OwnedFacts),
    /// Renew a channel's tokens and record its state.
    MaintainChannel,

    /// See a post.
    ReadPost(&'a OwnedFacts),
    /// Post, now or later, in the actor's own name.
    CreatePost {
        /// The post to be.
        post: &'a OwnedFacts,
        /// The channel it goes out on.
        channel: &'a OwnedFacts,
    },
    /// Call off a post.
    CancelPost(&'a OwnedFacts),
    /// Say of a post in doubt whether it is live.
    ResolvePost(&'a OwnedFacts),
    /// Take a post through its steps.
    PublishPost,

    /// See a conversation and its messages.
    ReadConversation(&'a ConversationFacts),
    /// Answer in a conversation.
    SendMessage(&'a ConversationFacts),
    /// Reset the unread count.
    MarkConversationRead(&'a ConversationFacts),
    /// Give a conversation to another holder.
    AssignConversation {
        /// The conversation as stored.
        before: &'a ConversationFacts,
        /// The conversation to be.
        after: &'a ConversationFacts,
        /// `users/{assignedTo}` of the conversation to be, if there is such a user.
        assignee: Option<&'a Assignee>,
    },
    /// Say that a conversation is with the person of a lead.
    LinkConversation {
        /// The conversation.
        conversation: &'a ConversationFacts,
        /// The lead.
        lead: &'a LeadFacts,
    },
    /// Apply what a platform delivered: messages, marks, new contacts.
    ReceiveMessages,

    /// See a user's document.
    ReadUser(&'a UserFacts),
    /// Change a user's display name.
    EditProfile(&'a UserFacts),
    /// Give an email address a role before its user exists.
    InviteUser {
        /// The role to be.
        role: Role,
        /// The branch to be; `None` for PUSAT and for a new branch.
        branch: Option<&'a BranchId>,
    },
    /// See an invitation to a branch, or one without a branch.
    ReadInvitation {
        /// The branch invited to.
        branch: Option<&'a BranchId>,
    },
    /// Change a user's role or branch.
    SetUserRole {
        /// The user as stored.
        target: &'a UserFacts,
    },
    /// Close or reopen a user's account.
    SetUserDisabled {
        /// The user as stored.
        target: &'a UserFacts,
    },
    /// Make a user's document and claims agree: on sign-up, from an invitation, after an edit in the console.
    ProvisionUser,

    /// See a branch's name and how it shares out leads.
    ReadBranch(&'a BranchId),
    /// See what an allowance is and what is spent of it.
    ReadBudget(&'a BudgetFacts),
    /// Say what may be spent: of everybody's money, a branch's or one person's.
    SetAllowance(&'a BudgetFacts),
    /// See the ledger of all AI spending.
    ReadLedger,
    /// Reserve, settle and expire money.
    KeepLedger,
    /// See the organisation's settings.
    ReadSettings,
    /// Switch AI for the whole organisation.
    SwitchAi {
        /// On again, or off.
        on: bool,
    },
    /// Keep data no person ever sees: phone index, lead intake, webhook deliveries, sealed tokens.
    KeepServiceData,
}

impl Action<'_> {
    /// The action's name, for logs and for the policy table.
    pub fn name(&self) -> &'static str {
        match self {
            Self::ReadLead(_) => "ReadLead",
            Self::ReadLeadHistory(_) => "ReadLeadHistory",
            Self::CreateLead { .. } => "CreateLead",
            Self::UpdateLead { .. } => "UpdateLead",
            Self::DeleteLead(_) => "DeleteLead",
            Self::RecordLeadHistory => "RecordLeadHistory",
            Self::ImportLeads => "ImportLeads",
            Self::ReadStats { .. } => "ReadStats",
            Self::ReadContentRequest(_) => "ReadContentRequest",
            Self::CreateContentRequest(_) => "CreateContentRequest",
            Self::UpdateContentRequest(_) => "UpdateContentRequest",
            Self::DeleteContentRequest(_) => "DeleteContentRequest",
            Self::RunContentRequest => "RunContentRequest",
            Self::ReadChannel(_) => "ReadChannel",
            Self::ConnectChannel { .. } => "ConnectChannel",
            Self::DisconnectChannel(_) => "DisconnectChannel",
            Self::ReleaseChannel(_) => "ReleaseChannel",
            Self::MaintainChannel => "MaintainChannel",
            Self::ReadPost(_) => "ReadPost",
            Self::CreatePost { .. } => "CreatePost",
            Self::CancelPost(_) => "CancelPost",
            Self::ResolvePost(_) => "ResolvePost",
            Self::PublishPost => "PublishPost",
            Self::ReadConversation(_) => "ReadConversation",
            Self::SendMessage(_) => "SendMessage",
            Self::MarkConversationRead(_) => "MarkConversationRead",
            Self::AssignConversation { .. } => "AssignConversation",
            Self::LinkConversation { .. } => "LinkConversation",
            Self::ReceiveMessages => "ReceiveMessages",
            Self::ReadUser(_) => "ReadUser",
            Self::EditProfile(_) => "EditProfile",
            Self::InviteUser { .. } => "InviteUser",
            Self::ReadInvitation { .. } => "ReadInvitation",
            Self::SetUserRole { .. } => "SetUserRole",
            Self::SetUserDisabled { .. } => "SetUserDisabled",
            Self::ProvisionUser => "ProvisionUser",
            Self::ReadBranch(_) => "ReadBranch",
            Self::ReadBudget(_) => "ReadBudget",
            Self::SetAllowance(_) => "SetAllowance",
            Self::ReadLedger => "ReadLedger",
            Self::KeepLedger => "KeepLedger",
            Self::ReadSettings => "ReadSettings",
            Self::SwitchAi { .. } => "SwitchAi",
            Self::KeepServiceData => "KeepServiceData",
        }
    }
}
