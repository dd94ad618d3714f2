//! Each callable with the types of its handler, as the compiler sees them.

use std::future::Future;
use std::path::Path;

use ts_rs::TS;

use super::layout::cleaned;
use super::{Declarations, holds_timestamp, sources};
use crate::error::Error;
use crate::extract::{Caller, Chunks};
use crate::state::AppState;
use crate::{channels, content, departure, inbox, leads, posts, users};

/// A callable, as clients see it.
pub(super) struct Callable {
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    handler: &'static str,
    data: String,
    chunk: Option<String>,
    result: String,
    docs: String,
}

impl Callable {
    /// Its line in `Callables`.
    pub(super) fn entry(&self) -> String {
        let Self {
            name, data, result, ..
        } = self;
        let chunk = self.chunk.as_ref();
        let chunk = chunk.map_or_else(String::new, |chunk| format!("; chunk: {chunk}"));
        let docs: Vec<String> = self
            .docs
            .lines()
            .map(|line| format!("   * {}", line.trim()).trim_end().to_owned())
            .collect();
        format!(
            "  /**\n{}\n   */\n  {name}: {{ data: {data}{chunk}; result: {result} }};\n",
            docs.join("\n")
        )
    }
}

struct Catalogue<'a> {
    declarations: &'a mut Declarations,
    sources: Vec<(String, String)>,
    found: Vec<Callable>,
}

impl Catalogue<'_> {
    fn unary<H, T, R, Fut>(&mut self, name: &'static str, handler: &'static str, _: H)
    where
        H: Fn(AppState, Caller, T) -> Fut,
        Fut: Future<Output = Result<R, Error>>,
        T: TS + 'static,
        R: TS + 'static,
    {
        self.note::<T, R>(name, handler, "unary", None);
    }

    fn streaming<H, T, C, R, Fut>(&mut self, name: &'static str, handler: &'static str, _: H)
    where
        H: Fn(AppState, Caller, T, Chunks<C>) -> Fut,
        Fut: Future<Output = Result<R, Error>>,
        T: TS + 'static,
        C: TS + 'static,
        R: TS + 'static,
    {
        self.declarations.add::<C>();
        let chunk = C::name(&self.declarations.config);
        self.note::<T, R>(name, handler, "streaming", Some(chunk));
    }

    fn note<T: TS + 'static, R: TS + 'static>(
        &mut self,
        name: &'static str,
        handler: &'static str,
        kind: &'static str,
        chunk: Option<String>,
    ) {
        self.declarations.add::<T>();
        self.declarations.add::<R>();
        let config = &self.declarations.config;
        let result = R::name(config);
        let docs = self.docs(handler);
        self.found.push(Callable {
            name,
            kind,
            handler,
            data: T::name(config),
            chunk,
            result: if holds_timestamp::<R>() {
                format!("OnWire<{result}>")
            } else {
                result
            },
            docs,
        });
    }

    /// The doc comment of a handler: its module's file is found by the path that the router has.
    fn docs(&self, handler: &str) -> String {
        let handler: String = handler.split_whitespace().collect();
        let function = handler.rsplit("::").next().unwrap_or_default();
        let domain = handler.split("::").next().unwrap_or_default();
        let start = format!("pub async fn {function}(");
        let inside = |path: &str| {
            path.contains(&format!("/src/{domain}/"))
                || path.ends_with(&format!("/src/{domain}.rs"))
        };
        let text = self
            .sources
            .iter()
            .find(|(path, text)| inside(path) && text.contains(&start))
            .map(|(_, text)| text.as_str());
        let before = text
            .and_then(|text| text.split(&start).next())
            .unwrap_or_else(|| panic!("{handler} is not found"));
        let docs: Vec<&str> = before
            .lines()
            .rev()
            .take_while(|line| line.starts_with("///"))
            .map(|line| &line[3..])
            .collect();
        assert!(!docs.is_empty(), "{handler} has no doc comment");
        let docs: Vec<&str> = docs.into_iter().rev().collect();
        cleaned(&docs.join("\n"))
    }
}

macro_rules! catalogue {
    ($catalogue:ident: $($kind:ident $name:literal $handler:path;)+) => {
        $($catalogue.$kind($name, stringify!($handler), $handler);)+
    };
}

/// Every callable, in the order of the router.
pub(super) fn all(declarations: &mut Declarations) -> Vec<Callable> {
    let mut catalogue = Catalogue {
        declarations,
        sources: sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")),
        found: Vec::new(),
    };
    catalogue! { catalogue:
        unary "whoami" users::callables::whoami;
        unary "inviteUser" users::callables::invite_user;
        unary "setUserRole" departure::set_user_role;
        unary "setUserDisabled" departure::set_user_disabled;
        unary "createLead" leads::create::create_lead;
        unary "assignLead" leads::assign::assign_lead;
        streaming "importLeads" leads::import::import_leads;
        unary "leadStats" leads::stats::lead_stats;
        unary "sendMessage" inbox::send::send_message;
        unary "markConversationRead" inbox::read::mark_conversation_read;
        unary "assignConversation" inbox::assign::assign_conversation;
        unary "linkConversationToLead" inbox::link::link_conversation_to_lead;
        streaming "generateContent" content::callables::generate_content;
        streaming "aiService" content::callables::generate_content;
        unary "enqueueContent" content::callables::enqueue_content;
        unary "beginConnect" channels::connect::begin_connect;
        unary "connectChannel" channels::connect::connect_channel;
        unary "disconnectChannel" channels::disconnect::disconnect_channel;
        unary "aiBudget" content::spending::ai_budget;
        unary "setAiAllowance" content::spending::set_ai_allowance;
        unary "switchAi" content::spending::switch_ai;
        unary "postToInstagram" posts::callables::post_to_instagram;
        unary "postToFacebook" posts::callables::post_to_facebook;
        unary "cancelPost" posts::callables::cancel_post;
        unary "resolvePost" posts::callables::resolve_post;
    }
    catalogue.found
}

/// No callable of the router is forgotten here, and each is there with the same handler.
#[test]
fn the_callables_are_those_of_the_router() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/router.rs");
    let surface: String = std::fs::read_to_string(file)
        .unwrap()
        .split_whitespace()
        .collect();
    let (_, surface) = surface.split_once("fncallables()").unwrap();
    let (surface, _) = surface.split_once("fnblocking_functions()").unwrap();
    let routes: Vec<String> = surface
        .split(".route(\"/")
        .skip(1)
        .map(|route| {
            let (name, rest) = route.split_once("\",").unwrap();
            let (kind, rest) = rest.split_once('(').unwrap();
            let (handler, _) = rest.split_once(')').unwrap();
            format!("{kind} {name} {handler}")
        })
        .collect();
    let listed: Vec<String> = all(&mut Declarations::new())
        .iter()
        .map(|callable| {
            let handler: String = callable.handler.split_whitespace().collect();
            format!("{} {} {handler}", callable.kind, callable.name)
        })
        .collect();
    assert_eq!(
        routes, listed,
        "src/typescript/callables.rs is not the router's list"
    );
}
