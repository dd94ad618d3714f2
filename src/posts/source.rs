//! Where a post's media come from: files that this service made, which the caller may see.
//!
//! A link is taken apart and made anew from our own bucket's address: no other address is ever read or handed to a platform.
//! Whose a file is stands in its path, `media/{branchId}/{userId}/{requestId}/…`, as in `storage.rules`.

use super::media::{self, File, HEAD_BYTES};
use super::{Form, Kind, Medium, Outlet};
use crate::clients::cloud_storage::StorageError;
use crate::error::{Error, Text, text};
use crate::ids::{BranchId, Uid};
use crate::policy::{Action, Actor, OwnedFacts, authorize};
use crate::state::AppState;

/// Why a medium cannot be posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unfit {
    /// Its link opens nothing.
    Unreachable,
    /// The platform does not take it.
    NotTaken(Text),
    /// Storage does not answer: nobody knows.
    Unknown(StorageError),
}

/// A file of our own bucket that the caller may see, by its link.
///
/// # Errors
/// `INVALID_ARGUMENT` at `field`: the same for what is not ours, not there and not theirs.
pub(super) fn locate(
    state: &AppState,
    actor: &Actor,
    url: &str,
    field: &str,
) -> Result<(String, String), Error> {
    let found = state.storage.parse_download_url(url);
    let visible = found.filter(|(path, _)| {
        facts_of(path)
            .is_some_and(|facts| authorize(actor, &Action::ReadContentRequest(&facts)).is_ok())
    });
    visible.ok_or_else(|| not_available(field))
}

/// Whose a file is.
fn facts_of(path: &str) -> Option<OwnedFacts> {
    let mut segments = path.split('/');
    if segments.next() != Some("media") {
        return None;
    }
    let branch = BranchId::parse(segments.next()?).ok()?;
    let owner = Uid::parse(segments.next()?).ok()?;
    let (request, file) = (segments.next()?, segments.next()?);
    let named = !request.is_empty() && !file.is_empty();
    named.then(|| OwnedFacts::new(owner, Some(branch)))
}

fn not_available(field: &str) -> Error {
    Error::field(
        field,
        text(
            "Media ini tidak tersedia. Pakai gambar atau video yang dibuat di aplikasi ini.",
            "This medium is not available. Use a picture or film that was made here.",
        ),
    )
}

/// The medium of a link, as it is stored. One request.
///
/// # Errors
/// `INVALID_ARGUMENT` at `field`, `UNAVAILABLE`.
pub(super) async fn medium(
    state: &AppState,
    actor: &Actor,
    url: &str,
    alt_text: Option<String>,
    field: &str,
) -> Result<Medium, Error> {
    let (path, token) = locate(state, actor, url, field)?;
    let stored = state.storage.find(&path).await.map_err(unavailable)?;
    let stored = stored
        .filter(|stored| stored.download_tokens.contains(&token))
        .ok_or_else(|| not_available(field))?;
    let form = match stored.content_type.as_str() {
        "image/jpeg" => Form::Image,
        "video/mp4" => Form::Video,
        _ => {
            return Err(Error::field(
                field,
                text(
                    "Media harus berupa JPEG atau MP4.",
                    "A medium must be a JPEG or an MP4.",
                ),
            ));
        }
    };
    Ok(Medium {
        url: state.storage.download_url(&path, &token),
        form,
        alt_text,
    })
}

/// Looks into a medium as the platform will: by its link, and whether it is what the platform takes. Two requests.
///
/// # Errors
/// [`Unfit`].
pub(super) async fn inspect(
    state: &AppState,
    outlet: Outlet,
    kind: Kind,
    medium: &Medium,
) -> Result<(), Unfit> {
    let (path, token) = state
        .storage
        .parse_download_url(&medium.url)
        .ok_or(Unfit::Unreachable)?;
    let (stored, head) = tokio::try_join!(
        state.storage.find(&path),
        state.storage.read_head(&path, &token, HEAD_BYTES)
    )
    .map_err(Unfit::Unknown)?;
    let (Some(stored), Some(head)) = (stored, head) else {
        return Err(Unfit::Unreachable);
    };
    let file = File {
        form: medium.form,
        head: &head,
        size_bytes: stored.size_bytes,
    };
    media::check(outlet, kind, file).map_err(Unfit::NotTaken)
}

/// Storage's failures on the wire.
pub(super) fn unavailable(error: StorageError) -> Error {
    match error {
        StorageError::Unavailable(source) => Error::unavailable(source),
        StorageError::Refused(source) => Error::internal(source),
    }
}
