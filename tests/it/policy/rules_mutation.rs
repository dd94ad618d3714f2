//! Would a mistake in the rules be noticed? Each mutation makes them wrong in one place, and the cases of the table must
//! then find where the rules and the policy no longer agree.
//!
//! Beside the named mistakes some conditions of the rules, taken by chance, are left out: `LEADGEN_POLICY_MUTATIONS` says
//! how many (4 unless set; any number beyond that of the lines means all of them).

use std::time::Instant;

use leadgen_pro::policy::direct::Enforcer;

use super::case::{Ask, Case};
use super::differential::{number, seed};
use super::emulator::{Project, RULES};
use super::enumerated;
use super::mistakes::MISTAKES;
use super::people::{people, population};
use crate::support::dice::Dice;

/// Cases asked before looking whether one has told already.
const CHUNK: usize = 80;

/// The number of cases it took to tell these rules from the policy.
async fn told_apart(rules: &str, collection: &str, field: &str) -> Option<usize> {
    let (people, population, enforcer) = (people(), population(), Enforcer::standing());
    let mut cases: Vec<Case> = enumerated::cases()
        .into_iter()
        .filter(|case| collection.is_empty() || case.collection() == collection)
        .filter(|case| field.is_empty() || case.unusual_fields().iter().any(|name| name == field))
        .collect();
    Dice::of(2, 2).shuffle(&mut cases);
    // Lists first and by themselves: the emulator reads the whole collection for each.
    cases.sort_by_key(|case| !matches!(case.ask, Ask::List(_)));
    let project = Project::under(rules).await;
    let mut asked = 0;
    for chunk in cases.chunks(CHUNK) {
        asked += chunk.len();
        let answers = project.ask(chunk).await;
        let differs =
            |(case, rules): (&Case, bool)| case.allowed(&enforcer, &people, &population) != rules;
        if chunk.iter().zip(answers).any(differs) {
            project.clear().await;
            return Some(asked);
        }
    }
    project.clear().await;
    None
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_in_the_rules_does_not_stay_hidden() {
    let mut unnoticed = Vec::new();
    for mistake in MISTAKES {
        assert!(
            RULES.contains(mistake.from),
            "{}: {:?} is not in the rules",
            mistake.name,
            mistake.from
        );
        let rules = RULES.replacen(mistake.from, mistake.to, 1);
        let started = Instant::now();
        match told_apart(&rules, mistake.collection, mistake.field).await {
            Some(asked) => println!("{}: {asked} cases, {:?}", mistake.name, started.elapsed()),
            None => unnoticed.push(mistake.name),
        }
    }
    assert!(unnoticed.is_empty(), "nobody would notice: {unnoticed:#?}");
}

/// The lines of the rules that add a condition to the line before, and stand for themselves.
fn conditions() -> Vec<usize> {
    let stands_alone = |line: &str| {
        let line = line.trim_start();
        (line.starts_with("&& ") || line.starts_with("|| "))
            && line.matches('(').count() == line.matches(')').count()
            && line.matches('[').count() == line.matches(']').count()
    };
    let lines = RULES.lines().enumerate();
    lines
        .filter(|(_, line)| stands_alone(line))
        .map(|(number, _)| number)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_condition_of_the_rules_is_idle() {
    let count = usize::try_from(number("LEADGEN_POLICY_MUTATIONS").unwrap_or(4)).unwrap();
    let mut conditions = conditions();
    Dice::of(seed(), 3).shuffle(&mut conditions);
    let mut unnoticed = Vec::new();
    for &condition in conditions.iter().take(count) {
        let mut lines: Vec<&str> = RULES.lines().collect();
        let taken = lines[condition].trim();
        lines[condition] = if taken.ends_with(';') { ";" } else { "" };
        let collection = lines[..condition]
            .iter()
            .rev()
            .find_map(|line| line.strip_prefix("    match /")?.split('/').next())
            .unwrap_or_default();
        match told_apart(&lines.join("\n"), collection, "").await {
            Some(asked) => println!("line {}: {asked} cases: {taken}", condition + 1),
            None => unnoticed.push(format!("line {}: {taken}", condition + 1)),
        }
    }
    assert!(unnoticed.is_empty(), "nobody would notice: {unnoticed:#?}");
}
