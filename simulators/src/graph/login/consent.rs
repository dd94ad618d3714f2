//! The person's side: a login dialog that was answered, and everything that a person can take back afterwards.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{CODE_LIFE, Grant, short_life};
use crate::graph::assets::Login;
use crate::graph::tokens::{
    DATA_ACCESS, FACEBOOK_SCOPES, INSTAGRAM_SCOPES, Invalidation, Token, TokenKind,
};
use crate::graph::world::World;

/// How a login dialog was answered.
///
/// # Shape
/// `{"login": "facebook", "subject": "<person | Instagram account>", "scopes": […], "declined": […], "targets": […],
/// "redirectUri": "https://…", "state": "…"}`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Consent {
    /// Which dialog.
    #[serde(default)]
    pub login: Login,
    /// Who answered: a person, or with Instagram Login an Instagram account (1784…).
    pub subject: String,
    /// What was asked for and stayed ticked; `None`: everything there is.
    #[serde(default)]
    pub scopes: Option<BTreeSet<String>>,
    /// What was asked for and was unticked.
    #[serde(default)]
    pub declined: BTreeSet<String>,
    /// Pages and accounts that were ticked; `None`: all, also those to come.
    #[serde(default)]
    pub targets: Option<BTreeSet<String>>,
    /// Where the dialog returns to.
    #[serde(default)]
    pub redirect_uri: String,
    /// What comes back unchanged.
    #[serde(default)]
    pub state: Option<String>,
}

fn set(words: &[&str]) -> BTreeSet<String> {
    words.iter().map(ToString::to_string).collect()
}

impl Consent {
    fn new(login: Login, subject: &str) -> Self {
        Self {
            login,
            subject: subject.to_owned(),
            scopes: None,
            declined: BTreeSet::new(),
            targets: None,
            redirect_uri: String::new(),
            state: None,
        }
    }

    /// A person agrees to everything, for all their pages.
    pub fn facebook(person: &str) -> Self {
        Self::new(Login::Facebook, person)
    }

    /// An Instagram account agrees to everything by Instagram Login.
    pub fn instagram(account: &str) -> Self {
        Self::new(Login::Instagram, account)
    }

    /// To these scopes alone.
    #[must_use]
    pub fn scopes(mut self, scopes: &[&str]) -> Self {
        self.scopes = Some(set(scopes));
        self
    }

    /// Without these, which were asked for.
    #[must_use]
    pub fn declined(mut self, scopes: &[&str]) -> Self {
        self.declined = set(scopes);
        self
    }

    /// For these pages and accounts alone.
    #[must_use]
    pub fn targets(mut self, targets: &[&str]) -> Self {
        self.targets = Some(set(targets));
        self
    }

    /// Coming back to this address.
    #[must_use]
    pub fn redirect_uri(mut self, address: &str) -> Self {
        address.clone_into(&mut self.redirect_uri);
        self
    }

    fn granted(&self) -> BTreeSet<String> {
        let all: &[&str] = match self.login {
            Login::Facebook => &FACEBOOK_SCOPES,
            Login::Instagram => &INSTAGRAM_SCOPES,
        };
        let mut granted = self.scopes.clone().unwrap_or_else(|| set(all));
        granted.retain(|scope| all.contains(&scope.as_str()) && !self.declined.contains(scope));
        if self.login == Login::Facebook {
            granted.insert("public_profile".to_owned());
        }
        granted
    }
}

/// A code that waits to become a token.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub(super) consent: Consent,
    pub(super) issued: Timestamp,
    pub(super) used: bool,
}

impl Code {
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        now >= self.issued + CODE_LIFE
    }
}

impl World {
    /// Writes down what was granted. All of the subject's living tokens have these scopes from now on, as Meta keeps permissions
    /// by person and app.
    fn agree(&mut self, consent: &Consent, now: Timestamp) {
        let granted = consent.granted();
        for token in self.tokens_of(consent.login, &consent.subject) {
            token.scopes.clone_from(&granted);
            token.data_access_expires_at = Some(now + DATA_ACCESS);
        }
        let grant = Grant {
            granted,
            declined: consent.declined.clone(),
            targets: consent.targets.clone(),
            logged_in: now,
        };
        let key = (consent.login, consent.subject.clone());
        self.logins.grants.insert(key, grant);
    }

    /// Answers a dialog. The code comes as it stands in the redirect, with `#_` at its end.
    pub(crate) fn log_in(&mut self, consent: Consent, now: Timestamp) -> String {
        self.agree(&consent, now);
        let value = format!("AQ{}", uuid::Uuid::new_v4().simple());
        let code = Code {
            consent,
            issued: now,
            used: false,
        };
        self.logins.codes.insert(value.clone(), code);
        format!("{value}#_")
    }

    /// The short-lived token that a dialog in the browser gives without a code.
    pub(crate) fn short_lived_token(&mut self, consent: &Consent, now: Timestamp) -> String {
        self.agree(consent, now);
        let life = short_life(consent.login);
        self.issue_for(consent.login, &consent.subject, life, now)
    }

    /// A token of a person's or an Instagram account's, with what they have granted.
    pub(super) fn issue_for(
        &mut self,
        login: Login,
        subject: &str,
        life: SignedDuration,
        now: Timestamp,
    ) -> String {
        let kind = match login {
            Login::Facebook => TokenKind::User,
            Login::Instagram => TokenKind::Instagram,
        };
        let mut token = Token::new(kind, subject);
        if let Some(grant) = self.logins.grants.get(&(login, subject.to_owned())) {
            token.scopes.clone_from(&grant.granted);
            token.targets.clone_from(&grant.targets);
            token.data_access_expires_at = Some(grant.logged_in + DATA_ACCESS);
        }
        if login == Login::Facebook {
            token.person = Some(subject.to_owned());
        }
        token.expires_at = Some(now + life);
        self.issue(token, now)
    }

    /// The tokens that hang on a person, or on an Instagram account's own login.
    fn tokens_of(&mut self, login: Login, subject: &str) -> impl Iterator<Item = &mut Token> {
        self.tokens.values_mut().filter(move |token| {
            token.login == login
                && token.invalid.is_none()
                && (token.owner == subject || token.person.as_deref() == Some(subject))
        })
    }

    /// Ends all tokens of a person or an Instagram account.
    pub(crate) fn invalidate_subject(&mut self, subject: &str, why: Invalidation) {
        for login in [Login::Facebook, Login::Instagram] {
            for token in self.tokens_of(login, subject) {
                token.invalid = Some(why);
            }
        }
    }

    /// Makes tokens work again that a checkpoint or a missing confirmation had stopped.
    pub(crate) fn restore_subject(&mut self, subject: &str) {
        let passing = [Invalidation::Checkpoint, Invalidation::Unconfirmed];
        for token in self.tokens.values_mut() {
            let own = token.owner == subject || token.person.as_deref() == Some(subject);
            if own && token.invalid.is_some_and(|why| passing.contains(&why)) {
                token.invalid = None;
            }
        }
    }

    /// A person removes the app: nothing is granted any more.
    pub(crate) fn remove_app(&mut self, login: Login, subject: &str) {
        self.logins.grants.remove(&(login, subject.to_owned()));
        for token in self.tokens_of(login, subject) {
            token.invalid = Some(Invalidation::AppRemoved);
        }
    }

    /// A person takes back one scope.
    pub(crate) fn withdraw_scope(&mut self, login: Login, subject: &str, scope: &str) {
        for token in self.tokens_of(login, subject) {
            token.scopes.remove(scope);
        }
        if let Some(grant) = self.logins.grants.get_mut(&(login, subject.to_owned()))
            && grant.granted.remove(scope)
        {
            grant.declined.insert(scope.to_owned());
        }
    }

    /// A person loses every task on a page; page tokens that they granted die with it.
    pub(crate) fn take_role(&mut self, person: &str, page: &str) {
        if let Some(person) = self.people.get_mut(person) {
            person.pages.remove(page);
        }
        for token in self.tokens_of(Login::Facebook, person) {
            if token.kind == TokenKind::Page && token.owner == page {
                token.invalid = Some(Invalidation::RoleLost);
            }
        }
    }
}
