//! One look at one channel: is its token due, does it work, does the platform send what it should, has it been silent.
//!
//! Nothing is written here.

use jiff::Timestamp;
use serde_json::Value;

use crate::channels::Platform;
use crate::channels::features::Feature;
use crate::channels::reconnect::Reason;
use crate::channels::record::{Account, Record, Subscribed, TokenLife};
use crate::channels::schedule::renewal_due;
use crate::channels::secrets::{Grant, Kept};
use crate::channels::subscribe::{self, AppFields};
use crate::clients::graph::{Access, Class, Graph, GraphError, Issued, Login};
use crate::state::AppState;

/// How much later than the last event the platform's newest conversation must be before events count as lost.
const LATE: jiff::SignedDuration = jiff::SignedDuration::from_hours(1);

/// What was found.
#[derive(Debug)]
pub(super) struct Look {
    pub(super) token: Token,
    /// What the platform sends; `None` when that was not asked, or not answered.
    pub(super) subscribed: Option<Subscribed>,
    /// The platform has conversations that are newer than anything that arrived.
    pub(super) events_lost: bool,
    /// The token works, but something of the look has to be done again soon.
    pub(super) unfinished: bool,
}

/// How the token is.
#[derive(Debug)]
pub(super) enum Token {
    /// It made a call; with a new one, the new one did.
    Works { renewed: Option<Renewed> },
    /// The platform refuses the token itself, and there is no way to another.
    Refused(Reason),
    /// The token lives but may not do this.
    MayNot,
    /// Nobody knows: the platform did not say anything about the token.
    Unclear { after: Option<jiff::SignedDuration> },
}

/// A new token that has made a call.
#[derive(Debug)]
pub(super) struct Renewed {
    pub(super) kept: Kept,
    pub(super) life: TokenLife,
}

impl Look {
    /// A look that found out about the token, and nothing else.
    pub(super) fn at(token: Token) -> Self {
        Self {
            token,
            subscribed: None,
            events_lost: false,
            unfinished: false,
        }
    }

    /// The new token, if there is one.
    pub(super) fn renewed(&self) -> Option<&Kept> {
        match &self.token {
            Token::Works { renewed } => renewed.as_ref().map(|renewed| &renewed.kept),
            Token::Refused(_) | Token::MayNot | Token::Unclear { .. } => None,
        }
    }
}

/// Looks at a channel. Two calls when nothing is due; up to eight.
pub(super) async fn look(
    state: &AppState,
    record: &Record,
    kept: &Kept,
    app: Option<&AppFields>,
) -> Look {
    let graph = &state.graph;
    let now = state.clock.now();
    let account = &record.account;
    let id = &record.channel.id;
    let due = renewal_due(id, record.token.issued, record.token.expires, now);
    let mut renewal_failed = false;
    let mut renewed = None;
    if due {
        match renew(graph, account, kept, now).await {
            Ok(new) => renewed = Some(new),
            Err(error) => {
                tracing::warn!(%error, channel = id, "a token was not renewed and is kept");
                renewal_failed = true;
            }
        }
    }
    let token = match renewed {
        Some(new) => Token::Works { renewed: Some(new) },
        None => how_it_is(graph, account, kept, now).await,
    };
    let mut look = Look::at(token);
    let Token::Works { renewed } = &look.token else {
        return look;
    };
    let access = match renewed {
        Some(renewed) => &renewed.kept.grant.access,
        None => &kept.grant.access,
    };
    let subscribed = subscribe::account(state, access, account, &record.abilities, app).await;
    let lost = match record.silent_since(now) {
        Some(since) => newer_conversations(graph, access, record, since).await,
        None => false,
    };
    look.unfinished = renewal_failed || subscribed.is_err();
    look.events_lost = lost;
    look.subscribed = subscribed
        .inspect_err(|error| {
            tracing::warn!(%error, channel = id, "a channel's webhooks were not compared");
        })
        .ok();
    look
}

/// Proves the token that there is; when it is refused, tries to make another from the person's.
async fn how_it_is(graph: &Graph, account: &Account, kept: &Kept, now: Timestamp) -> Token {
    let error = match prove(graph, &kept.grant.access, account).await {
        Ok(()) => return Token::Works { renewed: None },
        Err(error) => error,
    };
    let Some(reason) = error.refusal().and_then(Reason::of) else {
        return match error.class() {
            Class::Permission => Token::MayNot,
            Class::Retry { after } => Token::Unclear { after },
            Class::Reconnect | Class::Fix | Class::Stop | Class::Unknown => {
                Token::Unclear { after: None }
            }
        };
    };
    let (Some(user), Some(page)) = (kept.user_access(), &account.page_id) else {
        return Token::Refused(reason);
    };
    match derived(graph, &user, page, account).await {
        Ok(access) => Token::Works {
            renewed: Some(Renewed {
                kept: with(kept, access, Some(user)),
                life: TokenLife {
                    issued: Some(now),
                    ..TokenLife::default()
                },
            }),
        },
        Err(error) => match error.class() {
            // The way to another token is only blocked for now.
            Class::Retry { after } => Token::Unclear { after },
            Class::Reconnect | Class::Permission | Class::Fix | Class::Stop | Class::Unknown => {
                Token::Refused(reason)
            }
        },
    }
}

/// Makes a new token, and proves it.
async fn renew(
    graph: &Graph,
    account: &Account,
    kept: &Kept,
    now: Timestamp,
) -> Result<Renewed, GraphError> {
    if let (Some(user), Some(page)) = (kept.user_access(), &account.page_id) {
        let issued = graph.renewed(&user).await?;
        let access = derived(graph, &issued.access, page, account).await?;
        return Ok(Renewed {
            life: life_of(&issued, now),
            kept: with(kept, access, Some(issued.access)),
        });
    }
    let issued = graph.renewed(&kept.grant.access).await?;
    prove(graph, &issued.access, account).await?;
    Ok(Renewed {
        life: life_of(&issued, now),
        kept: with(kept, issued.access, kept.user_access()),
    })
}

fn life_of(issued: &Issued, now: Timestamp) -> TokenLife {
    TokenLife {
        issued: Some(now),
        expires: issued.lives.map(|lives| now + lives),
        data_access_ends: None,
    }
}

fn with(kept: &Kept, access: Access, user: Option<Access>) -> Kept {
    Kept {
        grant: Grant {
            access,
            page_id: kept.grant.page_id.clone(),
        },
        user: user.map(|user| user.token),
    }
}

/// A page's token, made from the person's, and proved.
async fn derived(
    graph: &Graph,
    user: &Access,
    page: &str,
    account: &Account,
) -> Result<Access, GraphError> {
    let answer = graph.get(user, page, &[("fields", "access_token")]).await?;
    let token = answer["access_token"].as_str();
    let access = Access {
        login: Login::Facebook,
        token: token.ok_or(GraphError::Malformed)?.into(),
    };
    prove(graph, &access, account).await?;
    Ok(access)
}

/// The harmless call: the account, asked for its own id.
async fn prove(graph: &Graph, access: &Access, account: &Account) -> Result<(), GraphError> {
    let (path, field) = match account.login {
        // The token's own account; its webhook id is `user_id`.
        Login::Instagram => ("me", "user_id"),
        Login::Facebook => (account.external_id.as_str(), "id"),
    };
    let answer = graph.get(access, path, &[("fields", field)]).await?;
    let same = match &answer[field] {
        Value::String(id) => *id == account.external_id,
        Value::Number(id) => id.to_string() == account.external_id,
        _ => false,
    };
    if same {
        Ok(())
    } else {
        Err(GraphError::Malformed)
    }
}

/// Whether the platform knows of a conversation after the last event. What it does not tell is no reason for alarm.
async fn newer_conversations(
    graph: &Graph,
    access: &Access,
    record: &Record,
    since: Timestamp,
) -> bool {
    let account = &record.account;
    let (place, platform) = match account.platform {
        Platform::Facebook => (account.external_id.as_str(), "messenger"),
        Platform::Instagram => (account.subscribed_at(), "instagram"),
        Platform::WhatsApp => return false,
    };
    if !record.abilities.has(Feature::Messages) {
        return false;
    }
    let query = [
        ("platform", platform),
        ("fields", "updated_time"),
        ("limit", "1"),
    ];
    let path = format!("{place}/conversations");
    let Ok(listed) = graph.get(access, &path, &query).await else {
        return false;
    };
    let newest = listed["data"][0]["updated_time"].as_str();
    newest
        .and_then(platform_time)
        .is_some_and(|newest| newest > since + LATE)
}

/// The platform writes `2026-11-23T01:02:03+0000`, without the colon that standards ask for.
fn platform_time(text: &str) -> Option<Timestamp> {
    let text = match text.strip_suffix("+0000") {
        Some(text) => format!("{text}Z"),
        None => text.to_owned(),
    };
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_platforms_times_are_read() {
        let at: Timestamp = "2026-11-23T01:02:03Z".parse().unwrap();
        for text in ["2026-11-23T01:02:03+0000", "2026-11-23T01:02:03Z"] {
            assert_eq!(platform_time(text), Some(at), "{text}");
        }
        assert_eq!(platform_time("yesterday"), None);
    }
}
