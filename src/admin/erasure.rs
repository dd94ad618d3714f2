//! `erase`.

use anyhow::bail;

use crate::erasure::Subject;
use crate::erasure::run::{Turn, turn};
use crate::erasure::store::{self, Source};
use crate::leads::phone::Phone;
use crate::policy::{Action, Actor, authorize};
use crate::state::AppState;

/// `erase`. Works until all is erased; safe to repeat, and to break off: the sweep goes on with it.
pub(super) async fn erase(
    state: &AppState,
    phone: Option<&str>,
    contact: Option<&str>,
    connected: Option<&str>,
) -> anyhow::Result<()> {
    let (kind, identifier, subject) = match (phone, contact, connected) {
        (Some(phone), _, _) => {
            let phone = Phone::parse(phone)?;
            ("phone", phone.as_e164().to_owned(), Subject::phone(&phone))
        }
        (_, Some(id), _) => ("contact", id.trim().to_owned(), Subject::contact(id.trim())),
        (_, _, Some(id)) => (
            "connected",
            id.trim().to_owned(),
            Subject::connected(id.trim()),
        ),
        (None, None, None) => bail!("name somebody"),
    };
    let code = store::code(state, kind, &identifier);
    let permit = authorize(&Actor::Service, &Action::KeepServiceData)?;
    let now = state.clock.now();
    let source = Source::Organisation;
    let open = || store::open(&state.store, &code, source, &subject, now, &permit);
    state.store.retrying(open).await?;
    while turn(state, &code).await? == Turn::More {}
    let erased = store::get(&state.store, &code)
        .await?
        .map(|request| request.erased)
        .unwrap_or_default();
    println!(
        "Erased: {} conversations with {} messages, {} leads, {} channels, and what {} raw deliveries held of them.\n\
         Confirmation code {code}; deletion_requests/{code} is looked at once more in a day, for what came late.",
        erased.conversations, erased.messages, erased.leads, erased.channels, erased.deliveries
    );
    Ok(())
}
