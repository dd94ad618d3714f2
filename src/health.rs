//! Whether the service can work. That it lives at all, `/livez` says without asking anybody.

use axum::extract::State;
use axum::http::StatusCode;

use crate::error::Error;
use crate::state::AppState;

/// `GET /readyz`: 200 when there are keys to verify tokens with and Firestore answers, else 503. One round trip.
pub(crate) async fn ready(State(state): State<AppState>) -> Result<StatusCode, Error> {
    let (store, keys) = tokio::join!(state.store.ping(), async {
        match &state.id_token_keys {
            Some(keys) => keys.ready().await,
            None => true,
        }
    });
    store?;
    if keys {
        Ok(StatusCode::OK)
    } else {
        Err(Error::unavailable("no keys to verify ID tokens with"))
    }
}
