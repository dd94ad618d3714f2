//! The inbox: what Meta's webhooks deliver, in one form for WhatsApp, Instagram, Messenger and comments.
//!
//! *Guarantee:* a delivery is answered 200 only when each unit of it is in the inbox or parked with a reason; whatever
//! comes twice, late, out of order or batched otherwise, the inbox ends the same. `docs/inbox.md` says how.
//!
//! Pure: `event` (the vocabulary), `payload` (Meta's shapes → units), `named` (names of documents, each worked out once),
//! `entry`, `conversation`, `intake` (the state), `merge` (events → state). On top: `store` and `ledger` (documents), `reception`
//! (commits), `webhook` (HTTP), `replay`, `erase`, `connected` (a channel was connected), `media` (files).

pub mod assign;
pub mod connected;
pub mod conversation;
pub mod entry;
pub mod erase;
pub mod event;
pub mod intake;
pub mod ledger;
pub mod link;
pub mod media;
pub mod merge;
pub mod named;
pub mod outgoing;
pub mod payload;
pub mod read;
pub mod reception;
pub mod redact;
pub mod replay;
pub mod reply;
pub mod send;
pub mod store;
pub mod webhook;
