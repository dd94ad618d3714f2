//! The AI providers, in the wire format that both of them speak (Gemini at its compatible endpoint).

use axum::http::{Method, StatusCode, Uri};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

/// The whole surface: `/livez` for the one who started it, and the provider's own answer to any path it does not know.
pub fn router() -> Router {
    Router::new()
        .route("/livez", get(|| async { "ok" }))
        .fallback(unknown_path)
}

async fn unknown_path(method: Method, uri: Uri) -> (StatusCode, Json<Value>) {
    let body = json!({
        "error": {
            "message": format!("Invalid URL ({method} {})", uri.path()),
            "type": "invalid_request_error",
            "param": null,
            "code": null,
        }
    });
    (StatusCode::NOT_FOUND, Json(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_unknown_path_gets_the_providers_error_shape() {
        let (status, Json(body)) =
            unknown_path(Method::POST, Uri::from_static("/v1/nowhere")).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert_eq!(body["error"]["message"], "Invalid URL (POST /v1/nowhere)");
        assert_eq!(body["error"]["type"], "invalid_request_error");
    }
}
