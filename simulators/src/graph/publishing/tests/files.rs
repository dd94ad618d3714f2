//! Files to publish, on a server of their own.

use std::io::Cursor;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use image::{ExtendedColorType, ImageEncoder as _};

/// A server with files, which counts what is fetched from it.
pub(super) struct Files {
    url: String,
    pub(super) fetched: Arc<AtomicUsize>,
}

impl Files {
    pub(super) async fn start() -> Self {
        let fetched = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&fetched);
        let router = Router::new().route(
            "/{name}",
            get(move |Path(name): Path<String>| {
                count.fetch_add(1, Ordering::SeqCst);
                async move { file(&name) }
            }),
        );
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let mut serving = tokio::task::JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await });
        serving.detach_all();
        Self { url, fetched }
    }

    pub(super) fn at(&self, name: &str) -> String {
        format!("{}/{name}", self.url)
    }
}

fn file(name: &str) -> Response {
    match name {
        "square.jpg" => ([(CONTENT_TYPE, "image/jpeg")], jpeg(600, 600)).into_response(),
        "tall.jpg" => ([(CONTENT_TYPE, "image/jpeg")], jpeg(300, 600)).into_response(),
        "page.jpg" => ([(CONTENT_TYPE, "text/html")], jpeg(600, 600)).into_response(),
        "film.mp4" => {
            let film = crate::ai::media::film(8);
            ([(CONTENT_TYPE, "video/mp4")], film).into_response()
        }
        "text.mp4" => ([(CONTENT_TYPE, "video/mp4")], "no film").into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let pixels = vec![90; (width * height * 3) as usize];
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 40)
        .write_image(&pixels, width, height, ExtendedColorType::Rgb8)
        .expect("memory takes everything");
    bytes.into_inner()
}
