//! What the simulated Meta remembers, and how it is found.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::assets::{
    App, Business, InstagramAccount, LeadForm, Login, Page, Person, PhoneNumber, Seed,
    Subscription, WhatsappAccount,
};
use super::call::Record;
use super::comments::Comment;
use super::customers::{Customer, Message};
use super::fault::Plans;
use super::leads::Lead;
use super::media::KeptFile;
use super::login;
use super::publishing;
use super::tokens::Token;
use super::usage::{Usage, UseCase};
use super::webhooks::Webhooks;

/// The Facebook app that is there from the start.
pub const FACEBOOK_APP_ID: &str = "900300400500001";
/// Its secret.
pub const FACEBOOK_APP_SECRET: &str = "demo-app-secret";
/// The Instagram product of the same app.
pub const INSTAGRAM_APP_ID: &str = "900300400500002";
/// Its secret.
pub const INSTAGRAM_APP_SECRET: &str = "demo-instagram-app-secret";

pub(super) struct World {
    pub(super) apps: BTreeMap<String, App>,
    pub(super) people: BTreeMap<String, Person>,
    pub(super) pages: BTreeMap<String, Page>,
    pub(super) instagram: BTreeMap<String, InstagramAccount>,
    pub(super) whatsapp: BTreeMap<String, WhatsappAccount>,
    pub(super) forms: BTreeMap<String, LeadForm>,
    pub(super) leads: BTreeMap<String, Lead>,
    pub(super) customers: BTreeMap<(String, String), Customer>,
    /// When each customer of an asset last did something that opens the window.
    pub(super) last_action: BTreeMap<(String, String), Timestamp>,
    pub(super) messages: Vec<Message>,
    /// `biz_opaque_callback_data` of WhatsApp messages.
    pub(super) opaque: BTreeMap<String, String>,
    pub(super) comments: BTreeMap<String, Comment>,
    pub(super) files: BTreeMap<String, KeptFile>,
    pub(super) webhooks: Webhooks,
    /// Where the simulator is reached.
    pub(super) public_url: String,
    pub(super) businesses: BTreeMap<String, Business>,
    pub(super) logins: login::Ledger,
    pub(super) instagram_posts: publishing::Ledger,
    pub(super) page_posts: publishing::PageLedger,
    pub(super) tokens: BTreeMap<String, Token>,
    pub(super) faults: Plans,
    pub(super) usage: Usage,
    pub(super) journal: Vec<Record>,
    /// Budgets that each call in the journal has counted on.
    pub(super) counted: BTreeMap<usize, Vec<(UseCase, String)>>,
    last_id: u64,
}

impl Default for World {
    fn default() -> Self {
        let app = |id: &str, secret: &str, login| App {
            id: id.to_owned(),
            secret: secret.to_owned(),
            login,
            name: "LeadGen Pro (simulated)".to_owned(),
            require_proof: true,
            live: true,
            redirect_uris: Vec::new(),
            subscriptions: BTreeMap::new(),
        };
        let apps = [
            app(FACEBOOK_APP_ID, FACEBOOK_APP_SECRET, Login::Facebook),
            app(INSTAGRAM_APP_ID, INSTAGRAM_APP_SECRET, Login::Instagram),
        ];
        Self {
            apps: apps.map(|app| (app.id.clone(), app)).into(),
            people: BTreeMap::new(),
            pages: BTreeMap::new(),
            instagram: BTreeMap::new(),
            whatsapp: BTreeMap::new(),
            forms: BTreeMap::new(),
            leads: BTreeMap::new(),
            customers: BTreeMap::new(),
            last_action: BTreeMap::new(),
            messages: Vec::new(),
            opaque: BTreeMap::new(),
            comments: BTreeMap::new(),
            files: BTreeMap::new(),
            webhooks: Webhooks::default(),
            public_url: "http://127.0.0.1:5010".to_owned(),
            businesses: BTreeMap::new(),
            logins: login::Ledger::default(),
            instagram_posts: publishing::Ledger::default(),
            page_posts: publishing::PageLedger::default(),
            tokens: BTreeMap::new(),
            faults: Plans::default(),
            usage: Usage::default(),
            journal: Vec::new(),
            counted: BTreeMap::new(),
            last_id: 0,
        }
    }
}

impl World {
    /// A number that nothing had before, for the end of an id.
    pub(super) fn next(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// An id with a prefix that tells the kind: `new_id("179")` gives `17900000000000001`.
    pub(super) fn new_id(&mut self, prefix: &str) -> String {
        let number = self.next();
        let digits = 17_usize.saturating_sub(prefix.len());
        format!("{prefix}{number:0digits$}")
    }

    pub(super) fn app(&self, login: Login) -> &App {
        // There is one app of each login from the start, and none is ever taken away.
        self.apps
            .values()
            .find(|app| app.login == login)
            .unwrap_or_else(|| unreachable!("an app of each login is always there"))
    }

    pub(super) fn app_mut(&mut self, login: Login) -> &mut App {
        self.apps
            .values_mut()
            .find(|app| app.login == login)
            .unwrap_or_else(|| unreachable!("an app of each login is always there"))
    }

    pub(super) fn subscribe_app(&mut self, login: Login, object: &str, subscription: Subscription) {
        let app = self.app_mut(login);
        app.subscriptions.insert(object.to_owned(), subscription);
    }

    pub(super) fn issue(&mut self, mut token: Token, now: Timestamp) -> String {
        if token.value.is_empty() {
            let prefix = match token.login {
                Login::Facebook => "EAA",
                Login::Instagram => "IGAA",
            };
            let one = uuid::Uuid::new_v4().simple();
            let two = uuid::Uuid::new_v4().simple();
            token.value = format!("{prefix}{one}{two}");
        }
        token.issued_at = now;
        let value = token.value.clone();
        self.tokens.insert(value.clone(), token);
        value
    }

    pub(super) fn seed(&mut self, seed: Seed) {
        self.people
            .extend(seed.people.into_iter().map(|it| (it.id.clone(), it)));
        for page in seed.pages {
            if let Some(account) = &page.instagram_account_id {
                let account = self.instagram.entry(account.clone()).or_default();
                account.page_id = Some(page.id.clone());
            }
            self.pages.insert(page.id.clone(), page);
        }
        for mut account in seed.instagram_accounts {
            if account.app_scoped_id.is_empty() {
                account.app_scoped_id = self.new_id("246");
            }
            let page = account.page_id.as_ref();
            if let Some(page) = page.and_then(|page| self.pages.get_mut(page)) {
                page.instagram_account_id = Some(account.id.clone());
            }
            self.instagram.insert(account.id.clone(), account);
        }
        // Accounts that only a page has named.
        let nameless: Vec<_> = self.instagram.keys().cloned().collect();
        for id in nameless {
            let app_scoped_id = self.new_id("246");
            if let Some(account) = self.instagram.get_mut(&id)
                && account.id.is_empty()
            {
                account.app_scoped_id = app_scoped_id;
                account.username = format!("akun.{id}");
                account.id = id;
            }
        }
        for account in seed.whatsapp_business_accounts {
            self.whatsapp.insert(account.id.clone(), account);
        }
        for customer in seed.customers {
            let key = (customer.asset.clone(), customer.id.clone());
            self.customers.insert(key, customer);
        for business in seed.businesses {
            self.businesses.insert(business.id.clone(), business);
        }
        for form in seed.lead_forms {
            self.forms.insert(form.id.clone(), form);
        }
    }

    /// An Instagram account by either of its ids.
    pub(super) fn instagram_account(&self, id: &str) -> Option<&InstagramAccount> {
        self.instagram.get(id).or_else(|| {
            let mut accounts = self.instagram.values();
            accounts.find(|account| account.app_scoped_id == id)
        })
    }

    /// A number and the account that it belongs to.
    pub(super) fn phone_number(&self, id: &str) -> Option<(&WhatsappAccount, &PhoneNumber)> {
        self.whatsapp.values().find_map(|account| {
            let mut numbers = account.phone_numbers.iter();
            let number = numbers.find(|number| number.phone_number_id == id)?;
            Some((account, number))
        })
    }
}
