//! What the platform has to send: the webhook fields that each account and the app itself need.
//!
//! A field is delivered only when it is subscribed at the app and at the account; a gap at either shows as silence, never as an
//! error. *Invariant:* pure.
//!
//! # Source
//! <https://developers.facebook.com/docs/graph-api/webhooks/reference/page>,
//! <https://developers.facebook.com/docs/instagram-platform/webhooks> and
//! <https://developers.facebook.com/docs/whatsapp/cloud-api/guides/set-up-webhooks>, read 2026-11.

use std::collections::BTreeSet;

use super::Platform;
use super::features::Feature;
use crate::clients::graph::Login;

const PAGE_MESSAGES: &[&str] = &[
    "messages",
    "messaging_postbacks",
    "message_echoes",
    "message_deliveries",
    "message_reads",
    "message_reactions",
    "message_edits",
    "messaging_referrals",
    "messaging_handovers",
    "standby",
    "messaging_optins",
];
const PAGE_COMMENTS: &[&str] = &["feed", "mention"];
const PAGE_LEADS: &[&str] = &["leadgen"];
const INSTAGRAM_MESSAGES: &[&str] = &[
    "messages",
    "message_echoes",
    "message_reactions",
    "messaging_postbacks",
    "messaging_referral",
    "messaging_seen",
    "message_edit",
];
const INSTAGRAM_COMMENTS: &[&str] = &["comments", "live_comments", "mentions"];

/// What WhatsApp's app-level subscription has to hold; a business account's own has no fields.
const WHATSAPP: &[&str] = &[
    "messages",
    "smb_message_echoes",
    "account_update",
    "message_template_status_update",
];

/// A set of webhook fields.
pub type Fields = BTreeSet<String>;

/// The object of the app-level subscription that an account's deliveries come under.
pub const fn object(platform: Platform) -> &'static str {
    match platform {
        Platform::Facebook => "page",
        Platform::Instagram => "instagram",
        Platform::WhatsApp => "whatsapp_business_account",
    }
}

/// The fields that an account's own subscription needs for what it can be used for.
///
/// An Instagram account behind a page has none of its own: subscribing the page switches it on. Its messages need the page to be
/// subscribed to `messages`, and its comments to something at all, which is what `feed` stands for here.
pub fn of_account(login: Login, platform: Platform, works: &BTreeSet<Feature>) -> Fields {
    let fields = |feature: Feature| -> &[&str] {
        match (login, platform, feature) {
            (Login::Facebook, Platform::Facebook, Feature::Messages) => PAGE_MESSAGES,
            (Login::Facebook, Platform::Facebook, Feature::Comments) => PAGE_COMMENTS,
            (Login::Facebook, Platform::Facebook, Feature::Leads) => PAGE_LEADS,
            (Login::Facebook, Platform::Instagram, Feature::Messages) => &["messages"],
            (Login::Facebook, Platform::Instagram, Feature::Comments) => &["feed"],
            (Login::Instagram, Platform::Instagram, Feature::Messages) => INSTAGRAM_MESSAGES,
            (Login::Instagram, Platform::Instagram, Feature::Comments) => INSTAGRAM_COMMENTS,
            (_, _, Feature::Posting)
            | (_, Platform::WhatsApp, _)
            | (_, Platform::Instagram, Feature::Leads)
            | (Login::Instagram, Platform::Facebook, _) => &[],
        }
    };
    works
        .iter()
        .flat_map(|feature| fields(*feature))
        .map(|&field| field.to_owned())
        .collect()
}

/// The fields that the app's subscription to an object needs, whatever accounts there are.
pub fn of_app(platform: Platform) -> Fields {
    let lists: &[&[&str]] = match platform {
        Platform::Facebook => &[PAGE_MESSAGES, PAGE_COMMENTS, PAGE_LEADS],
        Platform::Instagram => &[INSTAGRAM_MESSAGES, INSTAGRAM_COMMENTS],
        Platform::WhatsApp => &[WHATSAPP],
    };
    lists.concat().into_iter().map(ToOwned::to_owned).collect()
}

/// What is wanted and not there.
pub fn lacking(wanted: &Fields, there: &Fields) -> Vec<String> {
    wanted.difference(there).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_asks_for_no_field_that_the_app_does_not_get() {
        let all = BTreeSet::from(Feature::ALL);
        for (login, platform, at_app) in [
            (Login::Facebook, Platform::Facebook, Platform::Facebook),
            // The subscription is the page's.
            (Login::Facebook, Platform::Instagram, Platform::Facebook),
            (Login::Facebook, Platform::WhatsApp, Platform::WhatsApp),
            (Login::Instagram, Platform::Instagram, Platform::Instagram),
        ] {
            let lacking = lacking(&of_account(login, platform, &all), &of_app(at_app));
            assert!(lacking.is_empty(), "{login:?} {platform:?}: {lacking:?}");
        }
    }

    #[test]
    fn a_feature_that_does_not_work_asks_for_nothing() {
        let leads = BTreeSet::from([Feature::Leads]);
        let fields = of_account(Login::Facebook, Platform::Facebook, &leads);
        assert_eq!(fields, BTreeSet::from(["leadgen".to_owned()]));
        let none = of_account(Login::Facebook, Platform::Facebook, &BTreeSet::new());
        assert!(none.is_empty());
    }
}
