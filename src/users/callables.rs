//! What people may ask about users.
//!
//! `setUserRole` and `setUserDisabled` are completed by `departure`, which hands over what the person leaves behind.

mod invite_user;
mod set_user;

use serde::Serialize;

use super::{Place, provision};
use crate::error::Error;
use crate::extract::{Caller, NoData};
use crate::policy::Scope;
use crate::state::AppState;

pub use self::invite_user::{InviteUser, Invited, invite_user};
pub use self::set_user::{
    SetUserDisabled, SetUserRole, UserDisabledSet, UserRoleSet, set_user_disabled, set_user_role,
};

/// Who the caller is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct WhoAmI {
    uid: String,
    email: Option<String>,
    #[cfg_attr(test, ts(as = "Option<crate::policy::Role>"))]
    role: Option<&'static str>,
    branch_id: Option<String>,
}

/// `whoami`. No round trip for whoever has a place.
///
/// A token that gives none may be older than its person's place, or the event that makes the document was lost: then the
/// document is made sure of, an invitation that waits for the verified address is applied, and the answer is as in the
/// document. Where it differs from the token, the frontend should refresh the token. That way takes three round trips,
/// up to eight when something has to be made.
///
/// # Errors
/// `UNAVAILABLE`, for a token without a place alone.
pub async fn whoami(state: AppState, caller: Caller, _: NoData) -> Result<WhoAmI, Error> {
    let scope = match caller.scope() {
        Scope::Branchless => {
            // Boxed: it is rare, and forty times as large as the rest, which each call would otherwise be made room for.
            let ensured = Box::pin(provision::ensure(&state, caller.uid())).await?;
            ensured.user.and_then(|user| user.place.ok())
        }
        Scope::Pusat => Some(Place::Pusat),
        Scope::Cabang(branch) => Some(Place::Cabang(branch.clone())),
        Scope::Mitra(branch) => Some(Place::Mitra(Some(branch.clone()))),
    };
    Ok(WhoAmI {
        uid: caller.uid().to_string(),
        email: caller.token().email.clone(),
        role: scope.as_ref().map(|place| place.role().as_str()),
        branch_id: scope
            .as_ref()
            .and_then(Place::branch)
            .map(ToString::to_string),
    })
}
