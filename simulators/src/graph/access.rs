//! Who may: the token's life, the proof, the scopes, and what the token reaches.

use aws_lc_rs::hmac;
use jiff::Timestamp;

use super::assets::{InstagramAccount, LeadForm, Login, Page, PhoneNumber, WhatsappAccount};
use super::call::{Call, Host, no_token};
use super::error::Refusal;
use super::tokens::{Token, TokenKind};
use super::usage::UseCase;
use super::world::World;

/// Hex of HMAC-SHA256.
pub(super) fn hmac_hex(secret: &str, message: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, message);
    tag.as_ref().iter().fold(String::new(), |mut hex, byte| {
        for nibble in [byte >> 4, byte & 15] {
            hex.push(char::from(b"0123456789abcdef"[usize::from(nibble)]));
        }
        hex
    })
}

/// The scope that a call needs, which each login calls by a name of its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope {
    pub(super) facebook: &'static str,
    pub(super) instagram: &'static str,
}

/// The right to see an Instagram account.
pub(super) const INSTAGRAM_BASIC: Scope = Scope {
    facebook: "instagram_basic",
    instagram: "instagram_business_basic",
};

/// The right to see an Instagram account's conversations and to answer in them.
pub(super) const INSTAGRAM_MESSAGES: Scope = Scope {
    facebook: "instagram_manage_messages",
    instagram: "instagram_business_manage_messages",
};

impl World {
    /// The token of a call to one of the Graph's own hosts: known, alive, of this host's login, and proved.
    pub(super) fn authenticate(&self, call: &Call) -> Result<Token, Refusal> {
        let text = call.token_text().ok_or_else(no_token)?;
        let login = match call.host {
            Host::InstagramGraph => Login::Instagram,
            _ => Login::Facebook,
        };
        if let Some((id, secret)) = text.split_once('|') {
            return self.app_token(id, secret);
        }
        let token = self
            .tokens
            .get(&text)
            .filter(|token| token.login == login)
            .ok_or_else(|| Refusal::new(190))?;
        self.alive(token, call.at)?;
        self.proved(token, call)?;
        Ok(token.clone())
    }

    fn app_token(&self, id: &str, secret: &str) -> Result<Token, Refusal> {
        let app = self.apps.get(id).filter(|app| app.secret == secret);
        let app =
            app.ok_or_else(|| Refusal::new(190).saying("Invalid OAuth access token signature."))?;
        let mut token = Token::new(TokenKind::App, id);
        token.login = app.login;
        token.value = format!("{id}|{secret}");
        Ok(token)
    }

    pub(super) fn alive(&self, token: &Token, now: Timestamp) -> Result<(), Refusal> {
        if let Some(trouble) = token.trouble(now) {
            return Err(Refusal::new(190).subcode(trouble.subcode()));
        }
        // A page token dies with the role of the person who granted it.
        if let (TokenKind::Page, Some(person)) = (token.kind, &token.person) {
            let person = self.people.get(person);
            if !person.is_some_and(|person| person.pages.contains_key(&token.owner)) {
                return Err(Refusal::new(190).subcode(492));
            }
        }
        Ok(())
    }

    fn proved(&self, token: &Token, call: &Call) -> Result<(), Refusal> {
        let app = self.app(token.login);
        match call.text("appsecret_proof") {
            Some(proof) if proof == hmac_hex(&app.secret, token.value.as_bytes()) => Ok(()),
            None if !app.require_proof => Ok(()),
            Some(_) => Err(proof_refused(
                "Invalid appsecret_proof provided in the API argument",
            )),
            None => Err(proof_refused(
                "API calls from the server require an appsecret_proof argument",
            )),
        }
    }

    /// Whether a token reaches a page.
    pub(super) fn reaches_page(&self, token: &Token, page: &str) -> bool {
        let ticked = |id: &str| {
            let targets = token.targets.as_ref();
            targets.is_none_or(|targets| targets.contains(id))
        };
        match token.kind {
            TokenKind::Page => token.owner == page,
            TokenKind::User => {
                let person = self.people.get(&token.owner);
                person.is_some_and(|person| person.pages.contains_key(page)) && ticked(page)
            }
            TokenKind::SystemUser => ticked(page),
            TokenKind::App | TokenKind::Instagram => false,
        }
    }

    fn reaches_instagram(&self, token: &Token, account: &InstagramAccount) -> bool {
        match token.kind {
            TokenKind::Instagram => token.owner == account.id,
            _ => account
                .page_id
                .as_ref()
                .is_some_and(|page| self.reaches_page(token, page)),
        }
    }

    fn reaches_whatsapp(&self, token: &Token, account: &str) -> bool {
        let targets = token.targets.as_ref();
        let ticked = targets.is_none_or(|targets| targets.contains(account));
        match token.kind {
            TokenKind::SystemUser => ticked,
            TokenKind::User => {
                let person = self.people.get(&token.owner);
                person.is_some_and(|it| it.whatsapp_business_accounts.contains(account)) && ticked
            }
            TokenKind::App | TokenKind::Instagram | TokenKind::Page => false,
        }
    }

    /// A page that the call may touch with these scopes. `me` is the page of a page token.
    pub(super) fn page(&self, call: &Call, id: &str, scopes: &[&str]) -> Result<&Page, Refusal> {
        let token = call.token()?;
        let id = if id == "me" { &token.owner } else { id };
        let page = self.pages.get(id).ok_or_else(|| call.no_object(id))?;
        if !self.reaches_page(token, id) {
            return Err(call.no_object(id));
        }
        granted(token, scopes)?;
        Ok(page)
    }

    /// An Instagram account, by either id, that the call may touch with this scope.
    pub(super) fn instagram(
        &self,
        call: &Call,
        id: &str,
        scope: Scope,
    ) -> Result<&InstagramAccount, Refusal> {
        let token = call.token()?;
        let id = if id == "me" { &token.owner } else { id };
        let account = self.instagram_account(id);
        let account = account.ok_or_else(|| call.no_object(id))?;
        if !self.reaches_instagram(token, account) {
            return Err(call.no_object(id));
        }
        match token.login {
            Login::Facebook => granted(token, &[scope.facebook])?,
            Login::Instagram if token.may(scope.instagram) => {}
            Login::Instagram => return Err(Refusal::new(10)),
        }
        Ok(account)
    }

    /// A number that the call may touch with these scopes.
    pub(super) fn number(
        &self,
        call: &Call,
        id: &str,
        scopes: &[&str],
    ) -> Result<(&WhatsappAccount, &PhoneNumber), Refusal> {
        let token = call.token()?;
        let found = self.phone_number(id).ok_or_else(|| call.no_object(id))?;
        if !self.reaches_whatsapp(token, &found.0.id) {
            return Err(call.no_object(id));
        }
        granted(token, scopes)?;
        Ok(found)
    }

    /// A WhatsApp Business account that the call may touch with these scopes.
    pub(super) fn whatsapp_account(
        &self,
        call: &Call,
        id: &str,
        scopes: &[&str],
    ) -> Result<&WhatsappAccount, Refusal> {
        let token = call.token()?;
        let account = self.whatsapp.get(id).ok_or_else(|| call.no_object(id))?;
        if !self.reaches_whatsapp(token, id) {
            return Err(call.no_object(id));
        }
        granted(token, scopes)?;
        Ok(account)
    }

    /// A form of a page that the call may touch with these scopes.
    pub(super) fn form(
        &self,
        call: &Call,
        id: &str,
        scopes: &[&str],
    ) -> Result<&LeadForm, Refusal> {
        let token = call.token()?;
        let form = self.forms.get(id).ok_or_else(|| call.no_object(id))?;
        if !self.reaches_page(token, &form.page_id) {
            return Err(call.no_object(id));
        }
        granted(token, scopes)?;
        Ok(form)
    }

    /// Counts the call on an asset's budget, or refuses it.
    pub(super) fn count(&mut self, call: &Call, case: UseCase, asset: &str) -> Result<(), Refusal> {
        let counted = self.counted.entry(call.id).or_default();
        counted.push((case, asset.to_owned()));
        self.usage.count(case, asset, call.at)
    }
}

/// Whether a token has all of these scopes.
pub(super) fn granted(token: &Token, scopes: &[&str]) -> Result<(), Refusal> {
    match scopes.iter().find(|scope| !token.may(scope)) {
        Some(scope) => Err(Refusal::no_permission(scope)),
        None => Ok(()),
    }
}

fn proof_refused(message: &str) -> Refusal {
    Refusal {
        kind: "GraphMethodException".to_owned(),
        ..Refusal::new(100).saying(message)
    }
}
