//! What Meta's world consists of: apps, people, pages, Instagram accounts, WhatsApp numbers, lead forms.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::customers::Customer;

/// Which login an account or a token came by, and so which secret and which host belong to it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Login {
    /// Facebook Login: graph.facebook.com, the Facebook app's secret.
    #[default]
    Facebook,
    /// Instagram Login: graph.instagram.com, the secret of the app's Instagram product.
    Instagram,
}

/// One of the two faces of a Meta app: the Facebook app, or its Instagram product with an id and a secret of its own.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct App {
    /// `client_id`.
    pub id: String,
    /// What calls are proved and webhooks are signed with.
    pub secret: String,
    /// Which face.
    pub login: Login,
    /// Its name.
    pub name: String,
    /// "Require app secret": calls without `appsecret_proof` are refused.
    pub require_proof: bool,
    /// In development mode only the doings of people with a role in the app make webhooks; the simulated customers have none.
    pub live: bool,
    /// Addresses that a login may come back to; empty for any.
    pub redirect_uris: Vec<String>,
    /// What it is told of, by object: `page`, `instagram`, `whatsapp_business_account`.
    pub subscriptions: BTreeMap<String, Subscription>,
}

/// What an app is told of one kind of object.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Subscription {
    /// Where it is told.
    pub callback_url: String,
    /// Fields.
    pub fields: BTreeSet<String>,
    /// Whether the values are told or only that something changed.
    pub include_values: bool,
}

/// A person with a Facebook account who can grant things to an app.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Person {
    /// App-scoped id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Tasks on pages: `MANAGE`, `CREATE_CONTENT`, `MODERATE`, `MESSAGING`, `ADVERTISE`, `ANALYZE`.
    pub pages: BTreeMap<String, BTreeSet<String>>,
    /// WhatsApp Business accounts that they manage.
    pub whatsapp_business_accounts: BTreeSet<String>,
}

/// Every task on a page.
pub const ALL_TASKS: [&str; 6] = [
    "MANAGE",
    "CREATE_CONTENT",
    "MODERATE",
    "MESSAGING",
    "ADVERTISE",
    "ANALYZE",
];

/// A Facebook page.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Page {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// The Instagram professional account that is linked to it.
    pub instagram_account_id: Option<String>,
    /// Leads access is customised and the app has not been let in: leads are refused as if they were not there.
    pub leads_access_managed: bool,
    /// Subscribed apps, with the fields that each chose.
    pub subscribed_apps: BTreeMap<String, BTreeSet<String>>,
}

/// An Instagram professional account.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct InstagramAccount {
    /// `user_id`, 1784…: what webhooks name in `entry.id`.
    pub id: String,
    /// `id` as the Instagram product's users have it.
    pub app_scoped_id: String,
    /// Handle.
    pub username: String,
    /// Name.
    pub name: String,
    /// The page that it is linked to. Without one it can be reached by Instagram Login alone.
    pub page_id: Option<String>,
    /// Comments make webhooks for public accounts only.
    pub private: bool,
    /// "Allow access to messages" is switched off in the Instagram app.
    pub messages_closed: bool,
    /// Apps that subscribed to it by Instagram Login, with the fields that each named.
    pub subscribed_apps: BTreeMap<String, BTreeSet<String>>,
}

/// A WhatsApp Business account.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WhatsappAccount {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Its numbers.
    pub phone_numbers: Vec<PhoneNumber>,
    /// Its message templates.
    pub templates: Vec<Template>,
    /// Subscribed apps, each with the callback address that overrides the app's, if one does.
    pub subscribed_apps: BTreeMap<String, Option<String>>,
}

/// A number of a WhatsApp Business account.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PhoneNumber {
    /// What calls and webhooks name.
    pub phone_number_id: String,
    /// Digits.
    pub display_phone_number: String,
    /// Name that customers see.
    pub verified_name: String,
    /// Not registered with the Cloud API: sending is refused with 133010.
    pub unregistered: bool,
}

/// A message template.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Template {
    /// Name.
    pub name: String,
    /// Language code.
    pub language: String,
    /// Body with `{{1}}`, `{{2}}`, ….
    pub body: String,
    /// `APPROVED` (also when empty), `PAUSED`, `DISABLED`, `REJECTED`, `PENDING`.
    pub status: String,
}

/// A business that owns pages and accounts.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Business {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// People who belong to it.
    pub people: BTreeSet<String>,
    /// Its pages.
    pub owned_pages: BTreeSet<String>,
    /// Pages of others that it works on.
    pub client_pages: BTreeSet<String>,
    /// Its WhatsApp Business accounts.
    pub whatsapp_business_accounts: BTreeSet<String>,
    /// Its pages are not in `/me/accounts`, as happens to pages that are managed through a business.
    pub hides_pages: bool,
}

/// A lead form of a page.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LeadForm {
    /// Id.
    pub id: String,
    /// Its page.
    pub page_id: String,
    /// Name.
    pub name: String,
    /// `ACTIVE` (also when empty), `ARCHIVED`, `DELETED`, `DRAFT`.
    pub status: String,
    /// Locale.
    pub locale: String,
    /// Questions.
    pub questions: Vec<Question>,
}

/// A question of a lead form.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Question {
    /// What names the answer.
    pub key: String,
    /// What the person reads.
    pub label: String,
    /// `FULL_NAME`, `PHONE`, `EMAIL`, `CUSTOM`, ….
    #[serde(rename = "type")]
    pub kind: String,
}

/// A piece of world to add: what stands in it replaces what has the same id.
///
/// # Shape
/// `{"pages": [{"id", "name", "instagramAccountId"}], "instagramAccounts": [{"id", "pageId"}], "whatsappBusinessAccounts":
/// [{"id", "phoneNumbers": [{"phoneNumberId", "displayPhoneNumber"}]}], "leadForms": […], "people": […]}`; all of it optional.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Seed {
    /// People.
    pub people: Vec<Person>,
    /// Pages.
    pub pages: Vec<Page>,
    /// Instagram accounts.
    pub instagram_accounts: Vec<InstagramAccount>,
    /// WhatsApp Business accounts.
    pub whatsapp_business_accounts: Vec<WhatsappAccount>,
    /// Lead forms.
    pub lead_forms: Vec<LeadForm>,
    /// Customers, for those of whom more than an id matters.
    pub customers: Vec<Customer>,
    /// Businesses.
    pub businesses: Vec<Business>,
}
