//! How the platform gets a file: by HTTP, from loopback alone, which is the simulator's internet.

use std::net::IpAddr;
use std::time::Duration;

use axum::http::header::{CONTENT_TYPE, USER_AGENT};
use reqwest::Url;

use super::inspection::{self, Asset};
use super::order::{Kind, Order};
use super::problem::{
    CANNOT_FETCH, DOWNLOAD_TIMED_OUT, IMAGE_TOO_LARGE, Problem, VIDEO_DOWNLOAD, VIDEO_FORMAT,
};
use crate::graph::Graph;

/// How long a server may take over a file, on the machine's clock. Meta does not say how long it waits.
const PATIENCE: Duration = Duration::from_secs(10);

/// A file and what its server said it is.
pub(super) struct File {
    pub(super) bytes: Vec<u8>,
    pub(super) content_type: String,
}

/// Why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// No address of the simulator's internet.
    BadAddress,
    /// Nobody, or somebody with another answer than 200.
    Unreachable,
    /// The server took too long.
    TimedOut,
    /// More than is wanted.
    TooLarge,
}

/// Gets a file of at most this many bytes. Redirects are not followed.
pub(super) async fn get(graph: &Graph, address: &str, most_bytes: usize) -> Result<File, Missing> {
    let url = reachable(address).ok_or(Missing::BadAddress)?;
    let failed = |error: reqwest::Error| {
        if error.is_timeout() {
            Missing::TimedOut
        } else {
            Missing::Unreachable
        }
    };
    let agent = "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)";
    let request = graph.http().get(url).timeout(PATIENCE);
    let request = request.header(USER_AGENT, agent);
    let mut answer = request.send().await.map_err(failed)?;
    if answer.status().as_u16() != 200 {
        return Err(Missing::Unreachable);
    }
    let content_type = answer.headers().get(CONTENT_TYPE);
    let content_type = content_type.and_then(|kind| kind.to_str().ok());
    let content_type = content_type.unwrap_or_default().to_lowercase();
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(failed)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > most_bytes {
            return Err(Missing::TooLarge);
        }
    }
    Ok(File {
        bytes,
        content_type,
    })
}

/// Meta takes addresses of the public internet, in ASCII.
fn reachable(address: &str) -> Option<Url> {
    if !address.is_ascii() {
        return None;
    }
    let url = Url::parse(address).ok()?;
    let host = url.host_str()?.trim_matches(['[', ']']);
    let is_loopback = host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    (is_loopback && matches!(url.scheme(), "http" | "https")).then_some(url)
}

/// Fetches and opens what an order names. `Err` on the outside refuses the call; inside it, the container fails later.
pub(super) async fn look(
    graph: &Graph,
    order: &Order,
) -> Result<Result<Option<Asset>, Problem>, Problem> {
    if let Some(cover) = &order.cover_url {
        let file = get(graph, cover, inspection::IMAGE_BYTES).await;
        let file = file.map_err(|missing| image_problem(missing, cover))?;
        inspection::image(&file.bytes, &file.content_type, false)?;
    }
    let Some(address) = &order.media_url else {
        return Ok(Ok(None));
    };
    let Some(intended) = order.kind.film() else {
        let file = get(graph, address, inspection::IMAGE_BYTES).await;
        let file = file.map_err(|missing| image_problem(missing, address))?;
        let for_feed = order.kind != Kind::ImageStory;
        let asset = inspection::image(&file.bytes, &file.content_type, for_feed)?;
        return Ok(Ok(Some(asset)));
    };
    match get(graph, address, intended.most_bytes()).await {
        Ok(file) => Ok(inspection::film(
            &file.bytes,
            &file.content_type,
            intended,
            order.thumb_offset_ms,
        )
        .map(Some)),
        Err(Missing::BadAddress) => Err(image_problem(Missing::BadAddress, address)),
        Err(Missing::TooLarge) => Ok(Err(VIDEO_FORMAT)),
        Err(Missing::TimedOut | Missing::Unreachable) => Ok(Err(VIDEO_DOWNLOAD)),
    }
}

fn image_problem(missing: Missing, address: &str) -> Problem {
    match missing {
        Missing::TimedOut => DOWNLOAD_TIMED_OUT,
        Missing::TooLarge => IMAGE_TOO_LARGE,
        Missing::BadAddress | Missing::Unreachable => CANNOT_FETCH.saying(format!(
            "The media could not be fetched from this URI: {address}. Please check the limits for this media type."
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_the_internet() {
        for good in [
            "http://127.0.0.1:9199/v0/b/x/o/a.jpg?alt=media",
            "http://localhost/a",
            "http://[::1]:1/a",
        ] {
            assert!(reachable(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "a.jpg",
            "ftp://127.0.0.1/a",
            "http://10.0.0.1/a",
            "https://example.com/a.jpg",
            "http://127.0.0.1/é.jpg",
        ] {
            assert!(reachable(bad).is_none(), "{bad}");
        }
    }
}
