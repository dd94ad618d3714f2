//! `rotate-channel-keys`.

use crate::channels::rotate;
use crate::state::AppState;

/// `rotate-channel-keys`. Safe to repeat, to break off, and to run twice at once.
pub(super) async fn rotate_keys(state: &AppState) -> anyhow::Result<()> {
    let rotated = rotate::rotate(state).await?;
    println!(
        "{} channels were sealed anew, {} were under the current key already.",
        rotated.resealed, rotated.current
    );
    if rotated.overtaken > 0 {
        println!(
            "{} were written by the service meanwhile: run this once more.",
            rotated.overtaken
        );
    }
    for (id, error) in &rotated.broken {
        println!("{id}: {error}");
    }
    if rotated.broken.is_empty() {
        return Ok(());
    }
    anyhow::bail!(
        "{} channels do not open. Put their keys back into CHANNEL_KEYS and run this again, or have those accounts connected anew.",
        rotated.broken.len()
    )
}
