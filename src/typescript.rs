//! The frontend's types, made from the service's own: `clients/web/src/generated.ts`.
//!
//! Compiled for tests alone. The types are those that the callables take and answer, as their handlers' signatures have them
//! (`callables`), and the documents that `firestore.rules` lets a client read, as their `store` modules write them. The
//! committed file is compared with what the code says now; see `docs/decisions/0012-types-from-rust.md`.

mod callables;
mod layout;

use std::any::TypeId;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use ts_rs::{Config, TS, TypeVisitor};

use self::callables::Callable;
use self::layout::laid_out;
use crate::channels;
use crate::content::{allowances::AiSettings, ledger, store::RequestDoc};
use crate::error::{Code, REASONS};
use crate::inbox;
use crate::leads::store::{Entry, LeadDoc};
use crate::posts::store::PostDoc;
use crate::store::Timestamp;
use crate::users::{branches::BranchDoc, invitations::InvitationDoc, store::UserDoc};

/// From the root of the project.
const FILE: &str = "clients/web/src/generated.ts";

const HEAD: &str = "\
// Made from the Rust types of the service: do not edit. A change over there shows as a failing test, and is taken over by
//   UPDATE_TYPES=1 cargo test --lib typescript

import type { Timestamp } from 'firebase/firestore';

/**
 * A type as a callable answers it: what is a timestamp in Firestore is a text there (RFC 3339).
 */
export type OnWire<T> = T extends Timestamp
  ? string
  : T extends readonly (infer Item)[]
    ? OnWire<Item>[]
    : T extends object
      ? { [Key in keyof T]: OnWire<T[Key]> }
      : T;

/** A field of a lead, before and after; absent where there was no such field, or is none. */
export interface LeadChange {
  before?: unknown;
  after?: unknown;
}
";

/// Closed lists of words that no enum of the service has in this form: name, what it is, its words.
const WORDS: &[(&str, &str, &[&str])] = &[
    (
        "ContentStatus",
        "Where a content request stands.",
        &["PENDING", "PROCESSING", "COMPLETED", "FAILED"],
    ),
    (
        "ContentStage",
        "What begins in a stream of `generateContent`.",
        &["WRITING", "REPAIRING", "DRAWING", "FILMING", "STORING"],
    ),
    (
        "PostState",
        "Where a post stands.",
        &[
            "SCHEDULED",
            "PREPARING",
            "PUBLISHING",
            "PUBLISHED",
            "FAILED",
            "UNCONFIRMED",
            "CANCELLED",
        ],
    ),
    (
        "MessageStatus",
        "How far a message came.",
        &["PENDING", "SENT", "DELIVERED", "READ", "PLAYED", "FAILED"],
    ),
    (
        "ConversationState",
        "Whether a conversation is put away.",
        &["OPEN", "RESOLVED"],
    ),
    (
        "BudgetLevel",
        "Whose money a budget counts.",
        &["ORGANISATION", "BRANCH", "USER"],
    ),
];

/// The declarations of types and of all that they are made of.
struct Declarations {
    config: Config,
    by_name: BTreeMap<String, String>,
    seen: BTreeSet<TypeId>,
}

impl Declarations {
    fn new() -> Self {
        Self {
            // What the service counts stays far below 2^53.
            config: Config::new().with_large_int("number"),
            by_name: BTreeMap::new(),
            seen: BTreeSet::new(),
        }
    }

    fn add<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) || TypeId::of::<T>() == TypeId::of::<Timestamp>() {
            return;
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
        if T::output_path().is_some() {
            let docs = T::docs().unwrap_or_default();
            let decl = laid_out(&docs, &T::decl(&self.config));
            let name = T::ident(&self.config);
            if let Some(other) = self.by_name.insert(name.clone(), decl.clone()) {
                assert_eq!(other, decl, "two types want to be {name}");
            }
        }
    }
}

impl TypeVisitor for Declarations {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        self.add::<T>();
    }
}

/// Whether a type holds a timestamp anywhere.
fn holds_timestamp<T: TS + 'static + ?Sized>() -> bool {
    let mut declarations = Declarations::new();
    declarations.add::<T>();
    declarations.seen.contains(&TypeId::of::<Timestamp>())
}

fn union(words: &[&str]) -> String {
    let words: Vec<_> = words.iter().map(|word| format!("\n  | '{word}'")).collect();
    words.concat()
}

fn documents(declarations: &mut Declarations) {
    declarations.add::<LeadDoc>();
    declarations.add::<Entry<'static>>();
    declarations.add::<RequestDoc>();
    declarations.add::<PostDoc>();
    declarations.add::<channels::store::ChannelDoc>();
    declarations.add::<inbox::store::ConversationDoc>();
    declarations.add::<inbox::store::MessageDoc>();
    declarations.add::<inbox::store::PendingDoc<'static>>();
    declarations.add::<UserDoc<'static>>();
    declarations.add::<InvitationDoc>();
    declarations.add::<BranchDoc<'static>>();
    declarations.add::<ledger::BudgetDoc>();
    declarations.add::<ledger::EntryDoc<'static>>();
    declarations.add::<AiSettings>();
}

fn rendered() -> String {
    let mut declarations = Declarations::new();
    documents(&mut declarations);
    let callables = callables::all(&mut declarations);
    let mut text = HEAD.to_owned();
    let codes: Vec<String> = Code::ALL
        .iter()
        .map(|code| code.wire().0.to_lowercase().replace('_', "-"))
        .collect();
    let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    let mut words = |name: &str, about: &str, words: &[&str]| {
        let union = union(words);
        let _ = write!(text, "\n/** {about} */\nexport type {name} ={union};\n");
    };
    words(
        "ErrorCode",
        "The canonical codes, as the Firebase SDK spells them.",
        &codes,
    );
    words(
        "ErrorReason",
        "Why the service refuses: `details.reason`.",
        REASONS,
    );
    for (name, about, list) in WORDS {
        words(name, about, list);
    }
    for declaration in declarations.by_name.values() {
        text += "\n";
        text += declaration;
    }
    text +=
        "\n/** What each callable takes, streams and answers. */\nexport interface Callables {\n";
    for callable in &callables {
        text += &callable.entry();
    }
    text += "}\n\n/** How each callable answers: once, or in pieces before the answer. */\nexport const callables = {\n";
    for Callable { name, kind, .. } in &callables {
        let _ = writeln!(text, "  {name}: '{kind}',");
    }
    text += "} as const;\n";
    text
}

#[test]
fn the_types_of_the_web_client_are_those_of_the_service() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    let now = rendered();
    if std::env::var_os("UPDATE_TYPES").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &now).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    let is_new = |line: &&str| !committed.lines().any(|other| other == *line);
    let different: Vec<_> = now.lines().filter(is_new).take(20).collect();
    assert!(
        now == committed,
        "{FILE} is not what the service's types say. Is now:\n{}\n\
         If the change is wanted: UPDATE_TYPES=1 cargo test --lib typescript, and see to it that clients/web still compiles.",
        different.join("\n")
    );
}

/// The words of an enum's declaration must be the ones that documents and answers hold.
#[test]
fn enums_are_declared_by_the_words_that_are_written() {
    use crate::channels::features::Feature;
    use crate::channels::{ChannelState, Platform as ChannelPlatform, lead_access::LeadAccess};
    use crate::content::{Media, Platform};
    use crate::inbox::event::{ChannelKind, Direction};
    use crate::leads::{LeadSource, LeadStatus, turn::Passed};
    use crate::policy::Role;
    use crate::posts::{Form, Kind, Remedy, journal::Reason};
    use crate::providers::Aspect;
    use crate::users::branches::Mode;

    fn declared<T: TS>() -> BTreeSet<String> {
        let decl = T::decl(&Config::new());
        let quoted = decl.split('"').skip(1).step_by(2);
        quoted.map(ToOwned::to_owned).collect()
    }
    macro_rules! same {
        ($type:ty, $all:expr) => {
            let written = $all.iter().map(|one| one.as_str().to_owned()).collect();
            assert_eq!(declared::<$type>(), written, stringify!($type));
        };
    }
    same!(Role, Role::ALL);
    same!(LeadSource, LeadSource::ALL);
    same!(LeadStatus, LeadStatus::ALL);
    same!(Platform, Platform::ALL);
    same!(Media, [Media::None, Media::Image, Media::Video]);
    same!(Aspect, Aspect::ALL);
    same!(Kind, Kind::ALL);
    same!(Form, [Form::Image, Form::Video]);
    same!(Reason, Reason::ALL);
    same!(Feature, Feature::ALL);
    same!(Passed, [Passed::Closed, Passed::Left]);
    same!(Mode, [Mode::RoundRobin, Mode::Manual]);
    same!(Direction, [Direction::In, Direction::Out]);
    let remedies = [
        Remedy::RetryLater,
        Remedy::Reconnect,
        Remedy::FixContent,
        Remedy::Stop,
        Remedy::Look,
    ];
    same!(Remedy, remedies);
    let platforms = [
        ChannelPlatform::Facebook,
        ChannelPlatform::Instagram,
        ChannelPlatform::WhatsApp,
    ];
    same!(ChannelPlatform, platforms);
    let states = [
        ChannelState::Connected,
        ChannelState::NeedsReconnect,
        ChannelState::Disconnected,
    ];
    same!(ChannelState, states);
    let accesses = [
        LeadAccess::Proved,
        LeadAccess::NoLead,
        LeadAccess::NoForm,
        LeadAccess::Refused,
    ];
    same!(LeadAccess, accesses);
    let kinds = [
        ChannelKind::WhatsApp,
        ChannelKind::Instagram,
        ChannelKind::Messenger,
        ChannelKind::InstagramComment,
        ChannelKind::FacebookComment,
    ];
    same!(ChannelKind, kinds);
}

/// Every Rust source file below a folder.
fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path.display().to_string(), text));
        }
    }
    found
}

/// Every reason is given somewhere; that no other is given, `Error` itself sees to while tests run.
#[test]
fn every_reason_is_one_that_the_service_gives() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let sources: Vec<_> = sources(&src)
        .into_iter()
        .filter(|(path, _)| !path.ends_with("error/reason.rs"))
        .collect();
    for reason in REASONS {
        let quoted = format!("\"{reason}\"");
        assert!(
            sources.iter().any(|(_, text)| text.contains(&quoted)),
            "nothing says {reason} any more: take it off src/error/reason.rs"
        );
    }
    assert!(REASONS.is_sorted(), "keep src/error/reason.rs in order");
}
