//! An administrator's work, from the command line: `leadgen-pro admin …`.
//!
//! Runs as the service itself, with the credentials of whoever starts it, and is where the first PUSAT comes from. What
//! it prints is for a terminal; the log gets none of it.

mod channels;
mod erasure;
mod inbox;
mod queues;
mod users;

use crate::ids::BranchId;
use crate::policy::Role;
use crate::state::AppState;

/// What an administrator can do.
#[derive(Debug, clap::Subcommand)]
pub enum AdminCommand {
    /// Erases all that is stored of a person, everywhere: a customer who asked for it, or somebody who connected accounts.
    #[command(group(clap::ArgGroup::new("who").required(true)))]
    Erase {
        /// A customer's phone, as people type it.
        #[arg(long, group = "who")]
        phone: Option<String>,
        /// A contact: the `contactId` of a conversation.
        #[arg(long, group = "who")]
        contact: Option<String>,
        /// Somebody who connected accounts, by the id that Meta's dashboard lists (the id within the app).
        #[arg(long, group = "who")]
        connected: Option<String>,
    },
    /// Gives a role: at once when there is an account with the address, else by an invitation that waits for it.
    Grant {
        /// The address of the account.
        #[arg(long)]
        email: String,
        /// PUSAT, CABANG or MITRA.
        #[arg(long)]
        role: Role,
        /// The branch; a CABANG without one founds its own.
        #[arg(long, value_parser = |text: &str| BranchId::parse(text))]
        branch: Option<BranchId>,
    },
    /// Lists all users: accounts, what their documents say, and whether the claims agree.
    List,
    /// Takes in once more what deliveries of Meta's webhooks have parked, and tries leads again that are parked, for instance after
    /// a channel was connected or rights were given.
    #[command(group(clap::ArgGroup::new("which").required(true)))]
    Replay {
        /// One delivery: the id of its document in `webhook_deliveries`.
        #[arg(long, group = "which")]
        delivery: Option<String>,
        /// One lead: the id of its document in `lead_intake`.
        #[arg(long, group = "which")]
        lead: Option<String>,
        /// What waits for one channel: the id of its document in `channels`.
        #[arg(long, group = "which")]
        channel: Option<String>,
        /// Everything.
        #[arg(long, group = "which")]
        all: bool,
    },
    /// Says what waits, and what of it waits for a person: deliveries, leads, files, content, posts, erasures, channels.
    Queues,
    /// Seals the tokens of all channels under the first of `CHANNEL_KEYS`, while the service runs: before an older key is taken
    /// away.
    RotateChannelKeys,
    /// Makes documents that are missing and claims that disagree, and hands over what people no longer may hold.
    SyncClaims,
}

/// Does it.
///
/// # Errors
/// Whatever stopped it, in words for a person.
pub async fn run(state: &AppState, command: AdminCommand) -> anyhow::Result<()> {
    match command {
        AdminCommand::Erase {
            phone,
            contact,
            connected,
        } => {
            erasure::erase(
                state,
                phone.as_deref(),
                contact.as_deref(),
                connected.as_deref(),
            )
            .await
        }
        AdminCommand::Grant {
            email,
            role,
            branch,
        } => users::grant(state, &email, role, branch).await,
        AdminCommand::List => users::list(state).await,
        AdminCommand::Queues => queues::queues(state).await,
        AdminCommand::Replay {
            delivery: Some(id), ..
        } => inbox::replay_delivery(state, &id).await,
        AdminCommand::Replay { lead: Some(id), .. } => inbox::replay_lead(state, &id).await,
        AdminCommand::Replay { channel, .. } => inbox::replay(state, channel.as_deref()).await,
        AdminCommand::RotateChannelKeys => channels::rotate_keys(state).await,
        AdminCommand::SyncClaims => users::sync_claims(state).await,
    }
}
