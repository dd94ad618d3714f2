//! The house rules that a compiler does not know: everything runs downhill.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The modules of the crate from the top down. A module imports only from a lower floor, or within itself.
const FLOORS: &[&[&str]] = &[
    &["main"],
    &["lib"],
    &["typescript"],
    &["admin", "serve"],
    &["router"],
    &["emulator_events", "health"],
    &["sweep"],
    &["erasure"],
    &["inbox"],
    &["departure"],
    &["posts"],
    &["content"],
    &["leads"],
    &["channels"],
    &["users"],
    &["jobs"],
    &["extract"],
    &["layers"],
    &["state"],
    &["error"],
    &["policy", "tokens"],
    &["providers", "store"],
    &["clients"],
    &["telemetry"],
    &["config", "pace", "seal"],
    &["clock", "ids", "json_text"],
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Every source file of the crate, by the module that it belongs to.
fn modules() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&root, &mut found);
    found.sort();
    found
        .into_iter()
        .map(|path| {
            let inside = path.strip_prefix(&root).unwrap().to_owned();
            let first = inside.iter().next().unwrap().to_str().unwrap();
            let module = first.trim_end_matches(".rs").to_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            (module, inside, text)
        })
        .collect()
}

/// The modules that a text names behind `crate::`.
fn imports(text: &str) -> impl Iterator<Item = (usize, String)> {
    text.lines().enumerate().flat_map(|(number, line)| {
        let code = line.split("//").next().unwrap_or_default();
        code.match_indices("crate::")
            .filter(|(at, _)| {
                !code[..*at].ends_with(|before: char| before == '_' || before.is_alphanumeric())
            })
            .flat_map(|(at, _)| names(&code[at + "crate::".len()..]))
            .map(move |name| (number + 1, name))
            .collect::<Vec<_>>()
    })
}

/// `a::b` names a; `{a, b::c}` names a and b.
fn names(path: &str) -> Vec<String> {
    let word = |text: &str| {
        text.trim()
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect::<String>()
    };
    match path.strip_prefix('{') {
        Some(list) => list
            .split(',')
            .map(word)
            .filter(|name| !name.is_empty())
            .collect(),
        None => vec![word(path)],
    }
}

#[test]
fn every_import_runs_downhill() {
    let floors: BTreeMap<&str, usize> = FLOORS
        .iter()
        .enumerate()
        .flat_map(|(floor, modules)| modules.iter().map(move |module| (*module, floor)))
        .collect();
    let mut uphill = Vec::new();
    for (module, path, text) in modules() {
        let from = *floors
            .get(module.as_str())
            .unwrap_or_else(|| panic!("{module} has no floor: give it one in FLOORS"));
        for (line, name) in imports(&text) {
            let Some(&to) = floors.get(name.as_str()) else {
                continue;
            };
            if name != module && to <= from {
                uphill.push(format!(
                    "src/{}:{line}: {module} imports {name}",
                    path.display()
                ));
            }
        }
    }
    assert!(uphill.is_empty(), "{}", uphill.join("\n"));
}

#[test]
fn the_pure_parts_stay_pure() {
    let mut found = Vec::new();
    for (_, path, text) in modules() {
        let name = path.to_str().unwrap();
        let pure = matches!(name, "leads.rs" | "users.rs" | "leads/phone.rs" | "ids.rs")
            || name.starts_with("policy")
            || name.starts_with("inbox/payload")
            || matches!(
                name,
                "channels.rs"
                    | "erasure.rs"
                    | "inbox/redact.rs"
                    | "inbox/media.rs"
                    | "inbox.rs"
                    | "content.rs"
                    | "content/budget.rs"
                    | "content/caption.rs"
                    | "content/failure.rs"
                    | "content/film.rs"
                    | "content/order.rs"
                    | "content/picture.rs"
                    | "content/prices.rs"
                    | "content/prompt.rs"
                    | "posts.rs"
                    | "posts/failure.rs"
                    | "posts/journal.rs"
                    | "posts/journal/doubt.rs"
                    | "posts/journal/moves.rs"
                    | "posts/media.rs"
                    | "posts/media/jpeg.rs"
                    | "posts/media/mp4.rs"
                    | "posts/recent.rs"
                    | "posts/refusal.rs"
                    | "inbox/event.rs"
                    | "inbox/intake.rs"
                    | "inbox/entry.rs"
                    | "inbox/conversation.rs"
                    | "inbox/merge.rs"
                    | "inbox/merge/ours.rs"
                    | "inbox/outgoing.rs"
                    | "inbox/reply.rs"
                    | "inbox/reply/refusal.rs"
                    | "leads/intake.rs"
                    | "leads/intake/form.rs"
                    | "leads/turn.rs"
            );
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if pure
                && (code.contains("async ")
                    || code.contains("crate::store")
                    || code.contains("crate::clients"))
            {
                found.push(format!("src/{name}:{}: {line}", number + 1));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_reader_of_imports_reads_them() {
    let text = "use crate::store::Store;\nuse crate::{error, policy::Actor};\n// crate::router\nlet x = my_crate::leads::y(crate::ids::z);";
    let read: Vec<_> = imports(text)
        .map(|(line, name)| format!("{line} {name}"))
        .collect();
    assert_eq!(read, ["1 store", "2 error", "2 policy", "4 ids"]);
}

#[test]
fn long_files_say_why() {
    let mut silent = Vec::new();
    for (_, path, text) in modules() {
        let lines = text.lines().count();
        let head: String = text.lines().take(20).collect();
        if lines > 400 && !head.contains("long because") {
            silent.push(format!(
                "src/{}: {lines} lines, and its head does not say \"long because …\"",
                path.display()
            ));
        }
    }
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}
