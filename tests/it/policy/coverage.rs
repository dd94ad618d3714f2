//! No line of `firestore.rules` is there untried: the emulator's own report names every expression that was reached.

use std::collections::BTreeMap;

use leadgen_pro::policy::direct::Enforcer;
use serde::Deserialize;
use serde_json::Value as Json;

use super::case::Case;
use super::emulator::{Project, RULES};
use super::enumerated;
use super::people::{people, population};
use crate::support::dice::Dice;

/// Cases of one report: it repeats the whole request for each expression.
const CASES_PER_REPORT: usize = 300;

#[derive(Deserialize)]
struct Coverage {
    report: Vec<Expression>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Expression {
    source_position: Position,
    #[serde(default)]
    values: Vec<Seen>,
    #[serde(default)]
    children: Vec<Expression>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "camelCase")]
struct Position {
    line: usize,
    column: usize,
    /// Tells expressions apart that begin at the same place.
    end_offset: usize,
}

#[derive(Deserialize)]
struct Seen {
    value: Json,
}

/// What an expression turned out to be.
#[derive(Default)]
struct Outcomes {
    reached: bool,
    truths: [bool; 2],
    others: bool,
}

type Reached = BTreeMap<Position, Outcomes>;

fn add(expression: &Expression, reached: &mut Reached) {
    let outcomes = reached.entry(expression.source_position).or_default();
    for seen in &expression.values {
        let Json::Object(value) = &seen.value else {
            continue;
        };
        // Nothing in it: the emulator came by, but an error or the other operand had already decided.
        if value.is_empty() || value.contains_key("undefined") {
            continue;
        }
        outcomes.reached = true;
        match value.get("boolValue").and_then(Json::as_bool) {
            Some(truth) => outcomes.truths[usize::from(truth)] = true,
            None => outcomes.others = true,
        }
    }
    for child in &expression.children {
        add(child, reached);
    }
}

/// What was never seen, one line each.
fn missing(reached: &Reached) -> Vec<String> {
    reached
        .iter()
        .filter_map(|(position, outcomes)| {
            let what = match outcomes {
                Outcomes { reached: false, .. } => "never reached",
                Outcomes { others: true, .. } => return None,
                Outcomes {
                    truths: [true, false],
                    ..
                } => "never true",
                Outcomes {
                    truths: [false, true],
                    ..
                } => "never false",
                Outcomes { .. } => return None,
            };
            let line = RULES.lines().nth(position.line - 1).unwrap_or_default();
            let text = line.get(position.column - 1..).unwrap_or(line);
            Some(format!("line {}, {what}: {text}", position.line))
        })
        .collect()
}

/// One case of each kind, then another of each, and so on.
fn in_turn(mut cases: Vec<Case>) -> Vec<Case> {
    let (people, population, enforcer) = (people(), population(), Enforcer::standing());
    Dice::of(1, 1).shuffle(&mut cases);
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    cases.sort_by_cached_key(|case| {
        let kind = format!(
            "{} {:?} {} {:?} {:?}",
            case.collection(),
            std::mem::discriminant(&case.ask),
            case.allowed(&enforcer, &people, &population),
            case.unusual_fields(),
            case.assigned_to(),
        );
        let turn = kinds.entry(kind).or_default();
        *turn += 1;
        *turn
    });
    cases
}

#[tokio::test(flavor = "multi_thread")]
async fn every_expression_of_the_rules_is_reached_and_each_condition_goes_both_ways() {
    let cases = in_turn(enumerated::cases());
    let mut reached = Reached::new();
    let mut asked = 0;
    for chunk in cases.chunks(CASES_PER_REPORT) {
        let project = Project::under(RULES).await;
        project.ask(chunk).await;
        asked += chunk.len();
        let coverage: Coverage = project.coverage().await;
        project.clear().await;
        for expression in &coverage.report {
            add(expression, &mut reached);
        }
        if missing(&reached).is_empty() {
            break;
        }
    }
    assert!(
        reached.len() > 100,
        "the report names {} expressions",
        reached.len()
    );
    println!("{} expressions after {asked} cases", reached.len());
    let missing = missing(&reached);
    assert!(
        missing.is_empty(),
        "firestore.rules:\n{}",
        missing.join("\n")
    );
}
