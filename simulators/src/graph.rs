//! Meta's Graph API: pages, Instagram accounts, lead forms and messages.

use axum::http::{Method, StatusCode, Uri};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

/// The whole surface: `/livez` for the one who started it, and Meta's own answer to any path it does not know.
pub fn router() -> Router {
    Router::new()
        .route("/livez", get(|| async { "ok" }))
        .fallback(unknown_path)
}

async fn unknown_path(method: Method, uri: Uri) -> (StatusCode, Json<Value>) {
    let message = if method == Method::GET {
        format!("Unknown path components: {}", uri.path())
    } else {
        format!("Unsupported {} request.", method.as_str().to_lowercase())
    };
    let body = json!({
        "error": {
            "message": message,
            "type": "OAuthException",
            "code": 2500,
            "fbtrace_id": uuid::Uuid::new_v4().simple().to_string(),
        }
    });
    (StatusCode::BAD_REQUEST, Json(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_unknown_path_gets_metas_error_shape() {
        let (status, Json(body)) =
            unknown_path(Method::GET, Uri::from_static("/v26.0/nowhere?fields=id")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert_eq!(
            body["error"]["message"],
            "Unknown path components: /v26.0/nowhere"
        );
        assert_eq!(body["error"]["code"], 2500);
        assert_eq!(body["error"]["type"], "OAuthException");
    }
}
