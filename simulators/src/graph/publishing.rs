//! Publishing: Instagram's containers and media, and the posts of pages.
//!
//! What lives here: rules without HTTP ([`order`], [`container`], [`inspection`], [`ledger`], [`page_posts`]) and the edges over
//! them ([`instagram`], [`pages`]). The platform fetches the files that it is given, from loopback alone.

mod container;
mod control;
mod fetch;
mod handle;
mod inspection;
mod instagram;
mod ledger;
mod order;
mod page_posts;
mod pages;
mod params;
mod problem;

use axum::Router;

use super::Graph;
use super::call::Host;

pub(super) use control::routes as control_routes;
pub use handle::LivePost;
pub use inspection::Asset;
pub(super) use instagram::{container, media};
pub(super) use ledger::Ledger;
pub use ledger::{Pace, Restriction};
pub(super) use page_posts::PageLedger;
pub(super) use pages::{take_down, thing};

/// What the hosts answer for publishing.
pub(super) fn routes(host: Host) -> Router<Graph> {
    match host {
        Host::Graph => instagram::routes().merge(pages::routes()),
        Host::InstagramGraph => instagram::routes(),
        _ => Router::new(),
    }
}

#[cfg(test)]
mod tests;
