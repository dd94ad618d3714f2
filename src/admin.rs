//! An administrator's work, from the command line.

use crate::state::AppState;

/// What an administrator can do.
#[derive(Debug, clap::Subcommand)]
pub enum AdminCommand {
    /// Lists the users.
    List,
}

/// Does it.
///
/// # Errors
/// Whatever stopped it, in words for a person.
pub async fn run(_state: &AppState, _command: AdminCommand) -> anyhow::Result<()> {
    anyhow::bail!("not here yet")
}
