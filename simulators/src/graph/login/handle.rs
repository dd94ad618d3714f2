//! What a test does in a person's place: log in, take back, forget.

use std::collections::BTreeSet;

use super::{Consent, Habits, signed_request::signed_request};
use crate::graph::Graph;
use crate::graph::assets::Login;
use crate::graph::tokens::Invalidation;

impl Graph {
    /// Answers a login dialog, and gives the code as it stands in the redirect: with `#_` at its end. It waits an hour.
    pub fn log_in(&self, consent: Consent) -> String {
        let now = self.now();
        self.world().log_in(consent, now)
    }

    /// The short-lived token of a login in the browser that takes no code.
    pub fn short_lived_token(&self, consent: &Consent) -> String {
        let now = self.now();
        self.world().short_lived_token(consent, now)
    }

    /// Ends every token of a person, page tokens that they granted included, or of an Instagram account's own login.
    pub fn invalidate_person(&self, subject: &str, why: Invalidation) {
        self.world().invalidate_subject(subject, why);
    }

    /// The person has passed the checkpoint or is confirmed: tokens that this had stopped work again.
    pub fn restore_person(&self, subject: &str) {
        self.world().restore_subject(subject);
    }

    /// The person, or the Instagram account, removes the app.
    pub fn remove_app(&self, login: Login, subject: &str) {
        self.world().remove_app(login, subject);
    }

    /// The person, or the Instagram account, takes one scope back.
    pub fn withdraw_scope(&self, login: Login, subject: &str, scope: &str) {
        self.world().withdraw_scope(login, subject, scope);
    }

    /// The person loses every task on a page.
    pub fn take_role(&self, person: &str, page: &str) {
        self.world().take_role(person, page);
    }

    /// The person has these tasks on a page from now on.
    pub fn give_role(&self, person: &str, page: &str, tasks: &[&str]) {
        let tasks: BTreeSet<String> = tasks.iter().map(ToString::to_string).collect();
        let mut world = self.world();
        let person = world.people.get_mut(person);
        if let Some(person) = person {
            person.pages.insert(page.to_owned(), tasks);
        }
    }

    /// How logins are answered from now on.
    pub fn answer_logins(&self, habits: Habits) {
        self.world().logins.habits = habits;
    }

    /// What Meta posts as `signed_request` about a person: signed by the app's face for this login.
    pub fn signed_request(&self, login: Login, subject: &str) -> String {
        let now = self.now();
        let world = self.world();
        // An Instagram account is told by its app-scoped id.
        let account = world.instagram.get(subject);
        let user_id = match (login, account) {
            (Login::Instagram, Some(account)) => account.app_scoped_id.as_str(),
            _ => subject,
        };
        signed_request(&world.app(login).secret, user_id, now)
    }
}
