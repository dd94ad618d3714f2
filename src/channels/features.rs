//! What a person's consent opens: which feature needs which permission, and what is missing, in plain words.
//!
//! *Invariant:* pure. A feature that lacks something is named; it never keeps the others from working.
//!
//! # Source
//! <https://developers.facebook.com/docs/permissions> and
//! <https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/business-login>, read 2026-11.

use std::collections::{BTreeMap, BTreeSet};

use super::Platform;
use crate::clients::graph::Login;
use crate::error::{Text, text};

/// Something that a connected account is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "SCREAMING_SNAKE_CASE"))]
pub enum Feature {
    /// Posts go out.
    Posting,
    /// Messages come in and are answered.
    Messages,
    /// Comments come in and are answered.
    Comments,
    /// Leads of forms come in.
    Leads,
}

impl Feature {
    /// Every feature.
    pub const ALL: [Self; 4] = [Self::Posting, Self::Messages, Self::Comments, Self::Leads];

    /// The feature as documents name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Posting => "POSTING",
            Self::Messages => "MESSAGES",
            Self::Comments => "COMMENTS",
            Self::Leads => "LEADS",
        }
    }

    /// Reads the feature as documents name it.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|feature| feature.as_str() == text)
    }

    /// The permissions that it needs; `None` where the platform has nothing of the kind.
    pub const fn needs(self, login: Login, platform: Platform) -> Option<&'static [&'static str]> {
        match (login, platform, self) {
            (Login::Facebook, Platform::Facebook, Self::Posting) => {
                Some(&["pages_manage_posts", "pages_read_engagement"])
            }
            (Login::Facebook, Platform::Facebook, Self::Messages) => {
                Some(&["pages_messaging", "pages_manage_metadata"])
            }
            (Login::Facebook, Platform::Facebook, Self::Comments) => Some(&[
                "pages_manage_engagement",
                "pages_read_user_content",
                "pages_manage_metadata",
            ]),
            (Login::Facebook, Platform::Facebook, Self::Leads) => Some(&[
                "leads_retrieval",
                "pages_manage_ads",
                "pages_manage_metadata",
            ]),
            (Login::Facebook, Platform::Instagram, Self::Posting) => Some(&[
                "instagram_basic",
                "instagram_content_publish",
                "pages_read_engagement",
            ]),
            (Login::Facebook, Platform::Instagram, Self::Messages) => Some(&[
                "instagram_basic",
                "instagram_manage_messages",
                "pages_manage_metadata",
            ]),
            (Login::Facebook, Platform::Instagram, Self::Comments) => {
                Some(&["instagram_basic", "instagram_manage_comments"])
            }
            (Login::Facebook, Platform::WhatsApp, Self::Messages) => Some(&[
                "whatsapp_business_messaging",
                "whatsapp_business_management",
            ]),
            (Login::Instagram, Platform::Instagram, Self::Posting) => Some(&[
                "instagram_business_basic",
                "instagram_business_content_publish",
            ]),
            (Login::Instagram, Platform::Instagram, Self::Messages) => Some(&[
                "instagram_business_basic",
                "instagram_business_manage_messages",
            ]),
            (Login::Instagram, Platform::Instagram, Self::Comments) => Some(&[
                "instagram_business_basic",
                "instagram_business_manage_comments",
            ]),
            (_, Platform::Instagram, Self::Leads)
            | (_, Platform::WhatsApp, Self::Posting | Self::Comments | Self::Leads)
            | (Login::Instagram, Platform::Facebook | Platform::WhatsApp, _) => None,
        }
    }

    /// The roles on a page of which one is needed beside the permissions.
    ///
    /// # Source
    /// <https://developers.facebook.com/docs/pages-api/overview#tasks>, read 2026-11.
    const fn tasks(self) -> &'static [&'static str] {
        match self {
            Self::Posting => &["MANAGE", "CREATE_CONTENT"],
            Self::Messages => &["MANAGE", "MESSAGING"],
            Self::Comments => &["MANAGE", "MODERATE"],
            Self::Leads => &["MANAGE", "ADVERTISE"],
        }
    }
}

/// Everything that a login asks for, in the order of the dialog.
pub const fn asked_for(login: Login) -> &'static [&'static str] {
    match login {
        Login::Facebook => &[
            "pages_show_list",
            "business_management",
            "pages_read_engagement",
            "pages_manage_metadata",
            "pages_manage_posts",
            "pages_messaging",
            "pages_manage_engagement",
            "pages_read_user_content",
            "instagram_basic",
            "instagram_content_publish",
            "instagram_manage_messages",
            "instagram_manage_comments",
            "leads_retrieval",
            "pages_manage_ads",
            "ads_management",
            "whatsapp_business_management",
            "whatsapp_business_messaging",
        ],
        Login::Instagram => &[
            "instagram_business_basic",
            "instagram_business_content_publish",
            "instagram_business_manage_messages",
            "instagram_business_manage_comments",
        ],
    }
}

/// The permissions that a person gave, each for all accounts or for those that they ticked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Granted(BTreeMap<String, Option<BTreeSet<String>>>);

impl Granted {
    /// These permissions, for every account.
    pub fn of<T: Into<String>>(scopes: impl IntoIterator<Item = T>) -> Self {
        Self(
            scopes
                .into_iter()
                .map(|scope| (scope.into(), None))
                .collect(),
        )
    }

    /// Narrows a permission to the accounts that the person ticked. One that was not given stays not given.
    pub fn only_for(&mut self, scope: &str, targets: impl IntoIterator<Item = String>) {
        if let Some(entry) = self.0.get_mut(scope) {
            *entry = Some(targets.into_iter().collect());
        }
    }

    /// Whether a permission was given, for whatever account.
    pub fn has(&self, scope: &str) -> bool {
        self.0.contains_key(scope)
    }

    /// Whether a permission was given for an account, which the platform may know by several ids.
    pub fn covers(&self, scope: &str, ids: &[&str]) -> bool {
        match self.0.get(scope) {
            None => false,
            Some(None) => true,
            Some(Some(targets)) => ids.iter().any(|id| targets.contains(*id)),
        }
    }

    /// The accounts for which a permission was given, when they were ticked one by one.
    pub fn targets(&self, scope: &str) -> Option<&BTreeSet<String>> {
        self.0.get(scope)?.as_ref()
    }

    /// The permissions that cover an account.
    pub fn covering(&self, ids: &[&str]) -> Vec<String> {
        let covering = self.0.keys().filter(|scope| self.covers(scope, ids));
        covering.cloned().collect()
    }
}

/// What an account can be used for, and what is missing for the rest.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Abilities {
    /// What works.
    pub works: BTreeSet<Feature>,
    /// What does not.
    pub missing: Vec<Missing>,
}

/// Why a feature does not work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The feature.
    pub feature: Feature,
    /// The permissions that were not given.
    pub scopes: Vec<String>,
    /// What to do, for the person.
    pub text: Text,
}

impl Abilities {
    /// Weighs what was given against what each feature needs. `ids` are all the account is known by; `tasks` the person's
    /// roles on its page, where the platform told them.
    pub fn weigh(
        login: Login,
        platform: Platform,
        granted: &Granted,
        ids: &[&str],
        tasks: Option<&[String]>,
    ) -> Self {
        let mut abilities = Self::default();
        for feature in Feature::ALL {
            let Some(needed) = feature.needs(login, platform) else {
                continue;
            };
            let scopes: Vec<String> = needed
                .iter()
                .filter(|scope| !granted.covers(scope, ids))
                .map(|&scope| scope.to_owned())
                .collect();
            let has_role = tasks.is_none_or(|tasks| {
                let needed = feature.tasks();
                tasks.iter().any(|task| needed.contains(&task.as_str()))
            });
            if scopes.is_empty() && has_role {
                abilities.works.insert(feature);
            } else if scopes.is_empty() {
                abilities.lack(feature, scopes, role_text(feature));
            } else {
                let text = scope_text(feature, &scopes);
                abilities.lack(feature, scopes, text);
            }
        }
        abilities
    }

    /// Takes a feature away, and says why.
    pub fn lack(&mut self, feature: Feature, scopes: Vec<String>, text: Text) {
        self.works.remove(&feature);
        self.missing.retain(|missing| missing.feature != feature);
        self.missing.push(Missing {
            feature,
            scopes,
            text,
        });
    }

    /// Whether a feature works.
    pub fn has(&self, feature: Feature) -> bool {
        self.works.contains(&feature)
    }
}

/// A feature as a person calls it.
fn named(feature: Feature) -> (&'static str, &'static str) {
    match feature {
        Feature::Posting => ("menerbitkan konten", "publishing posts"),
        Feature::Messages => (
            "menerima dan membalas pesan",
            "receiving and answering messages",
        ),
        Feature::Comments => (
            "menerima dan membalas komentar",
            "receiving and answering comments",
        ),
        Feature::Leads => ("mengambil calon jamaah dari formulir", "reading form leads"),
    }
}

fn scope_text(feature: Feature, scopes: &[String]) -> Text {
    let (id, en) = named(feature);
    let list = scopes.join(", ");
    text(
        format!(
            "Izin untuk {id} belum diberikan ({list}). Hubungkan kembali akun ini dan centang izin tersebut."
        ),
        format!(
            "The permission for {en} was not given ({list}). Connect this account again and tick it."
        ),
    )
}

fn role_text(feature: Feature) -> Text {
    let (id, en) = named(feature);
    text(
        format!(
            "Peran Anda di Halaman ini tidak mencakup {id}. Minta admin Halaman memberi Anda akses penuh, lalu hubungkan kembali."
        ),
        format!(
            "Your role on this Page does not include {en}. Ask an admin of the Page for full access, then connect again."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "200100000000001";

    #[test]
    fn a_permission_not_given_takes_its_feature_alone() {
        let scopes = asked_for(Login::Facebook).iter().copied();
        let granted = Granted::of(scopes.filter(|scope| *scope != "leads_retrieval"));
        let of = Abilities::weigh(
            Login::Facebook,
            Platform::Facebook,
            &granted,
            &[PAGE],
            Some(&["MANAGE".to_owned()]),
        );
        assert_eq!(
            of.works,
            BTreeSet::from([Feature::Posting, Feature::Messages, Feature::Comments])
        );
        assert_eq!(of.missing.len(), 1);
        assert_eq!(of.missing[0].feature, Feature::Leads);
        assert_eq!(of.missing[0].scopes, ["leads_retrieval"]);
        assert!(of.missing[0].text.en.contains("reading form leads"));
        assert!(of.missing[0].text.id.contains("leads_retrieval"));
    }

    #[test]
    fn a_permission_ticked_for_one_page_does_not_cover_another() {
        let mut granted = Granted::of(asked_for(Login::Facebook).iter().copied());
        granted.only_for("pages_manage_posts", ["1".to_owned()]);
        granted.only_for("never_given", ["1".to_owned()]);
        assert!(!granted.has("never_given"));
        let of =
            |page| Abilities::weigh(Login::Facebook, Platform::Facebook, &granted, &[page], None);
        assert!(of("1").has(Feature::Posting));
        assert!(!of("2").has(Feature::Posting));
        assert!(of("2").has(Feature::Messages));
    }

    #[test]
    fn a_role_without_a_task_takes_its_feature() {
        let granted = Granted::of(asked_for(Login::Facebook).iter().copied());
        let tasks = ["MESSAGING".to_owned()];
        let of = Abilities::weigh(
            Login::Facebook,
            Platform::Facebook,
            &granted,
            &[PAGE],
            Some(&tasks),
        );
        assert_eq!(of.works, BTreeSet::from([Feature::Messages]));
        assert!(of.missing.iter().all(|missing| missing.scopes.is_empty()));
    }

    #[test]
    fn everything_that_is_needed_is_asked_for() {
        for login in [Login::Facebook, Login::Instagram] {
            for platform in [Platform::Facebook, Platform::Instagram, Platform::WhatsApp] {
                for feature in Feature::ALL {
                    for scope in feature.needs(login, platform).unwrap_or_default() {
                        assert!(asked_for(login).contains(scope), "{scope}");
                    }
                }
            }
        }
    }
}
