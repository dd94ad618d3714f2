//! One policy, two enforcers: the same questions to `policy::direct` and to the emulator under the committed rules.
//!
//! `LEADGEN_POLICY_CASES` sets how many random cases run beside the table (2,000 unless set), `LEADGEN_POLICY_SEED`
//! repeats a run.

use std::time::Instant;

use leadgen_pro::policy::direct::Enforcer;

use tokio::sync::OnceCell;

use super::case::{Ask, Case};
use super::emulator::{RULES, ask_all};
use super::people::{people, population};
use super::{enumerated, random};

/// Random cases, asked and compared so many at a time.
const ROUND: usize = 20_000;

/// The table, and what the committed rules answer to each of its cases; asked once for all tests.
pub(super) async fn table() -> &'static (Vec<Case>, Vec<bool>) {
    static TABLE: OnceCell<(Vec<Case>, Vec<bool>)> = OnceCell::const_new();
    let ask = || async {
        let cases = enumerated::cases();
        let answers = ask_all(RULES, &cases).await;
        (cases, answers)
    };
    TABLE.get_or_init(ask).await
}

/// A number from the environment.
pub(super) fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{name} must be a number, not {text:?}")),
    )
}

/// What the choices of this run start from.
pub(super) fn seed() -> u64 {
    number("LEADGEN_POLICY_SEED").unwrap_or_else(|| uuid::Uuid::new_v4().as_u64_pair().0)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rules_and_the_policy_agree_case_by_case() {
    let count = usize::try_from(number("LEADGEN_POLICY_CASES").unwrap_or(2_000)).unwrap();
    let seed = seed();
    let started = Instant::now();
    println!("{count} random cases, LEADGEN_POLICY_SEED={seed}");
    let (cases, answers) = table().await;
    let mut tally = Tally::default();
    tally.compare(cases, answers);
    println!("{} cases of the table: {tally:?}", cases.len());
    for start in (0..count).step_by(ROUND) {
        let round: Vec<Case> = (start..count.min(start + ROUND))
            .map(|number| random::case(seed, number))
            .collect();
        tally.compare(&round, &ask_all(RULES, &round).await);
    }
    let seconds = started.elapsed().as_secs_f64();
    println!("{tally:?} in {seconds:.1} s");
    // A run in which one side of the question hardly occurs proves little.
    for (what, [refused, allowed]) in [("reads", tally.reads), ("writes", tally.writes)] {
        let rare = allowed.min(refused) * 10 < allowed + refused;
        assert!(
            !rare,
            "{what}: {allowed} allowed and {refused} refused are too uneven"
        );
    }
}

/// How often each answer came: refused, allowed.
#[derive(Debug, Default)]
struct Tally {
    reads: [usize; 2],
    writes: [usize; 2],
}

impl Tally {
    fn compare(&mut self, cases: &[Case], answers: &[bool]) {
        let (people, population) = (people(), population());
        let enforcer = Enforcer::standing();
        let mut failures = Vec::new();
        for (case, &rules) in cases.iter().zip(answers) {
            let policy = case.allowed(&enforcer, &people, &population);
            match case.ask {
                Ask::Get | Ask::List(_) => self.reads[usize::from(rules)] += 1,
                Ask::Set(_) | Ask::Delete => self.writes[usize::from(rules)] += 1,
            }
            if policy != rules {
                let says = |yes| if yes { "allows" } else { "refuses" };
                failures.push(format!(
                    "the policy {}, the rules {}:\n    {}",
                    says(policy),
                    says(rules),
                    case.describe(&people)
                ));
            }
        }
        assert!(
            failures.is_empty(),
            "{} disagreements, the first of them:\n{}",
            failures.len(),
            failures[..failures.len().min(8)].join("\n")
        );
    }
}
