//! `grant`, `list` and `sync-claims`.

use std::collections::HashSet;

use anyhow::{Context as _, bail};
use futures::{StreamExt as _, TryStreamExt as _};

use crate::clients::identity_toolkit::Account;
use crate::departure::hand_over;
use crate::error::Error;
use crate::ids::{BranchId, Uid};
use crate::policy::{Action, Actor, Role, authorize};
use crate::state::AppState;
use crate::store::{Timestamp, Writes};
use crate::users::claims::{self, Access};
use crate::users::invitations::{self, NewInvitation};
use crate::users::store::{self, RoleError, Standing, StoredUser};
use crate::users::{Place, branches, provision};

/// Documents read at once.
const PAGE: u32 = 300;

/// Users mended at once: enough to hide the way to Google, few enough for its quotas.
const AT_ONCE: usize = 8;

/// `grant`. The address need not be verified: whoever runs this vouches for it.
pub(super) async fn grant(
    state: &AppState,
    email: &str,
    role: Role,
    branch: Option<BranchId>,
) -> anyhow::Result<()> {
    let email = invitations::normalised(email);
    match (role, &branch) {
        (Role::Pusat, Some(_)) => bail!("PUSAT has no branch: leave --branch out"),
        (Role::Mitra, None) => bail!("a MITRA belongs to a branch: name it with --branch"),
        _ => {}
    }
    let account = state.identity.by_email(&email).await?;
    let Some(account) = account else {
        invite(state, &email, role, branch.as_ref())
            .await
            .map_err(explained)?;
        println!(
            "There is no account for {email} yet: an invitation as {role} waits for it. It takes effect when somebody \
             signs up with that address and verifies it."
        );
        return Ok(());
    };
    let uid = Uid::parse(account.uid)?;
    let place = Place::new(&uid, role, branch)?;
    provision::ensure(state, &uid).await.map_err(explained)?;
    state
        .store
        .retrying(|| put(state, &uid, &place))
        .await
        .map_err(explained)?;
    claims::follow(state, &uid, Access::Keep)
        .await
        .map_err(explained)?;
    hand_over(state, &uid, None).await.map_err(explained)?;
    println!("{email} ({uid}) is {} now.", described(&place));
    if account.disabled {
        println!("The account is disabled, and stays so.");
    }
    println!(
        "A person who is signed in gets the new role when the ID token is refreshed, within an hour."
    );
    Ok(())
}

async fn invite(
    state: &AppState,
    email: &str,
    role: Role,
    branch: Option<&BranchId>,
) -> Result<(), Error> {
    let action = Action::InviteUser { role, branch };
    let permit = authorize(&Actor::Service, &action)?;
    if let Some(branch) = branch
        && !branches::exists(&state.store, branch).await?
    {
        return Err(Error::not_found().because(format!("there is no branch {branch}")));
    }
    let invitation = NewInvitation {
        email,
        role,
        branch,
        display_name: None,
        invited_by: "service",
    };
    let known = invitations::get(&state.store, email).await?;
    let now = Timestamp(state.clock.now());
    let mut writes = Writes::new();
    invitations::put(&permit, &mut writes, &invitation, known.as_ref(), now)?;
    Ok(state.store.commit(writes).await?)
}

async fn put(state: &AppState, uid: &Uid, place: &Place) -> Result<(), Error> {
    let stored = store::get(&state.store, uid).await?;
    let stored = stored.ok_or_else(Error::not_found)?;
    let permit = authorize(&Actor::Service, &Action::ProvisionUser)?;
    let admission = branches::admit(&state.store, uid, place)
        .await?
        .map_err(|fault| Error::not_found().because(fault.to_string()))?;
    let now = Timestamp(state.clock.now());
    let mut writes = Writes::new();
    if stored.user.place == Ok(Place::Pusat) && *place != Place::Pusat {
        let other = store::another_pusat(&state.store, uid).await?;
        let other = other.ok_or_else(|| {
            Error::not_found()
                .because("this is the only PUSAT: grant the role to another one first")
        })?;
        store::hold(&mut writes, &other)?;
    }
    let standing = Standing {
        place,
        disabled: stored.user.disabled,
        role_error: RoleError::Clear,
        by: None,
    };
    store::put_standing(&permit, &mut writes, &stored, &standing, now)?;
    admission.write(&permit, &mut writes, None, now)?;
    Ok(state.store.commit(writes).await?)
}

/// `list`: accounts page by page, then the documents that no account has any more.
pub(super) async fn list(state: &AppState) -> anyhow::Result<()> {
    row(["UID", "EMAIL", "ROLE", "BRANCH", "DISABLED", "CLAIMS"]);
    let mut seen = HashSet::new();
    let mut next = None;
    loop {
        let (accounts, token) = state.identity.list(next.as_deref()).await?;
        let uids: Vec<&str> = accounts.iter().map(|it| it.uid.as_str()).collect();
        let users = store::get_many(&state.store, &uids).await?;
        for account in &accounts {
            print(Some(account), users.get(&account.uid));
        }
        seen.extend(accounts.into_iter().map(|account| account.uid));
        next = token;
        if next.is_none() {
            break;
        }
    }
    let mut after: Option<String> = None;
    loop {
        let users = store::page(&state.store, PAGE, after.as_deref()).await?;
        let Some(last) = users.last() else {
            return Ok(());
        };
        after = Some(last.user.uid.to_string());
        for stored in &users {
            if !seen.contains(stored.user.uid.as_str()) {
                print(None, Some(stored));
            }
        }
    }
}

fn print(account: Option<&Account>, stored: Option<&StoredUser>) {
    let user = stored.map(|stored| &stored.user);
    let place = user.and_then(|user| user.place.as_ref().ok());
    let uid = account
        .map(|account| account.uid.as_str())
        .or_else(|| user.map(|user| user.uid.as_str()))
        .unwrap_or_default();
    let email = account.map_or_else(
        || user.and_then(|user| user.email.as_deref()),
        |account| account.email.as_deref(),
    );
    let disabled = user.is_some_and(|user| user.disabled);
    let claims = match (account, place) {
        (None, _) => "no account",
        (_, None) if user.is_some() => "invalid document",
        (_, None) => "no document",
        (Some(account), Some(place)) if place.claims(&account.claims) != account.claims => {
            "out of step"
        }
        (Some(account), Some(_)) if account.disabled != disabled => "access out of step",
        (Some(_), Some(_)) => "in step",
    };
    let yes = |flag| if flag { "yes" } else { "no" };
    row([
        uid,
        email.unwrap_or("-"),
        place.map_or("-", |place| place.role().as_str()),
        place
            .and_then(Place::branch)
            .map_or("-", |branch| branch.as_str()),
        yes(disabled || account.is_some_and(|account| account.disabled)),
        claims,
    ]);
}

fn row([uid, email, role, branch, disabled, claims]: [&str; 6]) {
    println!("{uid:<28}  {email:<36}  {role:<6}  {branch:<28}  {disabled:<8}  {claims}");
}

/// `sync-claims`. Safe to repeat, and to run while the service works.
pub(super) async fn sync_claims(state: &AppState) -> anyhow::Result<()> {
    let (mut users, mut mended, mut moved) = (0_usize, 0_usize, 0_usize);
    let mut next = None;
    loop {
        let (accounts, token) = state.identity.list(next.as_deref()).await?;
        let mut done = futures::stream::iter(accounts)
            .map(|account| sync(state, account))
            .buffer_unordered(AT_ONCE);
        while let Some(synced) = done.try_next().await? {
            users += 1;
            moved += synced.handed_over;
            if synced.mended || synced.handed_over > 0 {
                mended += 1;
                println!("{}", synced.line);
            }
        }
        next = token;
        if next.is_none() {
            println!(
                "{users} users, {mended} mended, {moved} leads and conversations handed over."
            );
            return Ok(());
        }
    }
}

struct Synced {
    mended: bool,
    handed_over: usize,
    line: String,
}

async fn sync(state: &AppState, account: Account) -> anyhow::Result<Synced> {
    let uid = Uid::parse(account.uid)?;
    let ensured = provision::ensure(state, &uid)
        .await
        .map_err(explained)
        .with_context(|| format!("at {uid}"))?;
    let handed_over = hand_over(state, &uid, None).await.map_err(explained)?;
    let place = ensured.user.and_then(|user| user.place.ok());
    let place = place
        .as_ref()
        .map_or("without a document".to_owned(), described);
    Ok(Synced {
        line: format!("{uid}: {place}, {handed_over} handed over"),
        mended: ensured.mended,
        handed_over,
    })
}

fn described(place: &Place) -> String {
    match place {
        Place::Pusat => "PUSAT".to_owned(),
        Place::Cabang(branch) => format!("CABANG of {branch}"),
        Place::Mitra(Some(branch)) => format!("MITRA of {branch}"),
        Place::Mitra(None) => "MITRA without a branch".to_owned(),
    }
}

/// An error with what only the log would say otherwise: here the administrator is the one who reads it.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that map_err asks for"
)]
fn explained(error: Error) -> anyhow::Error {
    match error.source_text() {
        Some(source) => anyhow::anyhow!("{source}"),
        None => anyhow::anyhow!("{error}"),
    }
}
