//! `users/{uid}.connectedAccounts`: which platforms a person has an account of. Follows `channels`, in the same commits.

use serde::Serialize;

use crate::policy::Permit;
use crate::store::{Guard, StoreError, Timestamp, Writes};
use crate::users::store::StoredUser;

/// Says of platforms whether a person has an account there: `facebook`, `instagram` or `whatsapp`.
///
/// With `concluded` the answer comes from what was read of all their accounts: the commit then fails when somebody has written
/// the user's document since, as each connection and disconnection does. Without, it is a yes that holds whatever else changes.
///
/// # Errors
/// As [`Writes::update`].
pub fn put(
    _: &Permit,
    writes: &mut Writes,
    user: &StoredUser,
    platforms: &[(&str, bool)],
    concluded: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Update {
        connected_accounts: serde_json::Map<String, serde_json::Value>,
        updated_at: Timestamp,
    }
    let name = |platform: &str| platform.to_ascii_lowercase();
    let mut fields: Vec<String> = platforms
        .iter()
        .map(|(platform, _)| format!("connectedAccounts.{}", name(platform)))
        .collect();
    fields.push("updatedAt".to_owned());
    let guard = if concluded {
        Guard::Unchanged(user.update_time)
    } else {
        Guard::Exists
    };
    writes.update(
        &format!("users/{}", user.user.uid),
        &Update {
            connected_accounts: platforms
                .iter()
                .map(|&(platform, has)| (name(platform), has.into()))
                .collect(),
            updated_at: now,
        },
        &fields.iter().map(String::as_str).collect::<Vec<_>>(),
        guard,
    )?;
    Ok(())
}
