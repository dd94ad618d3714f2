//! What people may ask about users.

use serde::Serialize;

use crate::error::Error;
use crate::extract::{Caller, NoData};
use crate::policy::Role;
use crate::state::AppState;

/// Who the caller is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WhoAmI {
    uid: String,
    email: Option<String>,
    role: Option<&'static str>,
    branch_id: Option<String>,
}

/// `whoami`. No round trip.
///
/// # Errors
/// None of its own.
pub async fn whoami(_: AppState, caller: Caller, _: NoData) -> Result<WhoAmI, Error> {
    Ok(WhoAmI {
        uid: caller.uid().to_string(),
        email: caller.token().email.clone(),
        role: caller.scope().role().map(Role::as_str),
        branch_id: caller.scope().branch().map(ToString::to_string),
    })
}
