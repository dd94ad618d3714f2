//! Any interleaving of calls, crashes and duplicates: the ledger adds up, and no cap is passed.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Step {
    /// Somebody begins a paid call, and holds its money for as long as it can take: a text or picture for one turn, a film
    /// over many.
    Reserve {
        who: usize,
        amount: i64,
        minutes: i64,
    },
    /// A call under way ends; its real cost is this share of the worst case, in percent.
    Settle {
        which: usize,
        percent: i64,
    },
    Release {
        which: usize,
    },
    Unmetered {
        which: usize,
    },
    /// Time passes; what is overdue expires, whoever notices it first.
    Pass {
        minutes: i64,
    },
    Sweep,
    /// A closing that comes a second time, from a duplicate or a late answer.
    CloseAgain {
        which: usize,
    },
    /// PUSAT changes the allowance of a level.
    Allow {
        level: usize,
        amount: i64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (0..4_usize, 1..400_i64, prop::sample::select(vec![12, 27]))
            .prop_map(|(who, amount, minutes)| Step::Reserve { who, amount, minutes }),
        3 => (any::<usize>(), 0..=100_i64).prop_map(|(which, percent)| Step::Settle { which, percent }),
        1 => any::<usize>().prop_map(|which| Step::Release { which }),
        1 => any::<usize>().prop_map(|which| Step::Unmetered { which }),
        2 => (1..900_i64).prop_map(|minutes| Step::Pass { minutes }),
        1 => Just(Step::Sweep),
        1 => any::<usize>().prop_map(|which| Step::CloseAgain { which }),
        1 => (0..3_usize, 0..2_000_i64).prop_map(|(level, amount)| Step::Allow { level, amount }),
    ]
}

/// The documents, as a commit leaves them.
struct World {
    now: Timestamp,
    balances: BTreeMap<Account, Balance>,
    allowances: [i64; 3],
    open: Vec<Reservation>,
    closed: Vec<Reservation>,
    ledger: Vec<(Reservation, Change)>,
    /// What the providers really billed, per account.
    billed: BTreeMap<Account, i64>,
    /// The highest allowance that an account had at a reservation.
    highest: BTreeMap<Account, i64>,
}

fn people() -> [Payer; 4] {
    let branch = |id: &str| BranchId::parse(id).ok();
    let uid = |id: &str| Uid::parse(id).expect("an id");
    [
        Payer {
            uid: uid("m1"),
            branch: branch("c1"),
        },
        Payer {
            uid: uid("m2"),
            branch: branch("c1"),
        },
        Payer {
            uid: uid("m3"),
            branch: branch("c2"),
        },
        Payer {
            uid: uid("p1"),
            branch: None,
        },
    ]
}

impl World {
    fn new() -> Self {
        Self {
            now: "2026-11-30T10:00:00Z".parse().expect("a time"),
            balances: BTreeMap::new(),
            allowances: [600, 900, 1_500],
            open: Vec::new(),
            closed: Vec::new(),
            ledger: Vec::new(),
            billed: BTreeMap::new(),
            highest: BTreeMap::new(),
        }
    }

    fn allowance(&self, account: &Account) -> i64 {
        let level = match account.level {
            Level::User(..) => self.allowances[0],
            Level::Branch(_) => self.allowances[1],
            Level::Organisation => self.allowances[2],
        };
        match account.span {
            Span::Day => level,
            Span::Month => level * 3,
        }
    }

    fn reserve(&mut self, payer: &Payer, amount_micro_usd: i64, minutes: i64) {
        let periods = Periods::at(self.now);
        let standings: Vec<Standing> = payer
            .accounts(&periods)
            .into_iter()
            .map(|account| Standing {
                allowance_micro_usd: self.allowance(&account),
                balance: self.balances.get(&account).copied().unwrap_or_default(),
                account,
            })
            .collect();
        if check(&standings, amount_micro_usd).is_err() {
            return;
        }
        for standing in standings {
            let highest = self.highest.entry(standing.account).or_default();
            *highest = (*highest).max(standing.allowance_micro_usd);
        }
        let reservation = Reservation {
            attempt_id: format!("a{}", self.ledger.len()),
            request_id: "r".into(),
            payer: payer.clone(),
            periods,
            model: "m".into(),
            amount_micro_usd,
            expires_at: self.now + minutes.minutes(),
        };
        self.enter(&reservation, reservation.opening());
        self.open.push(reservation);
    }

    /// Closes what is still open; a second closing finds nothing, as its commit would.
    fn close(&mut self, attempt_id: &str, closing: Closing, billed: i64) {
        let Some(at) = self
            .open
            .iter()
            .position(|open| open.attempt_id == attempt_id)
        else {
            return;
        };
        let reservation = self.open.swap_remove(at);
        self.enter(&reservation, reservation.closing(closing));
        for account in reservation.accounts() {
            *self.billed.entry(account).or_default() += billed;
        }
        self.closed.push(reservation);
    }

    fn enter(&mut self, reservation: &Reservation, change: Change) {
        for account in reservation.accounts() {
            let balance = self.balances.entry(account).or_default();
            *balance = balance.after(change);
        }
        self.ledger.push((reservation.clone(), change));
    }

    fn take(&mut self, step: &Step) {
        let open = |which: usize| {
            (!self.open.is_empty()).then(|| self.open[which % self.open.len()].clone())
        };
        match *step {
            Step::Reserve {
                who,
                amount,
                minutes,
            } => self.reserve(&people()[who], amount, minutes),
            Step::Settle { which, percent } => {
                if let Some(reservation) = open(which) {
                    let cost_micro_usd = reservation.amount_micro_usd * percent / 100;
                    let closing = Closing::Settled { cost_micro_usd };
                    self.close(&reservation.attempt_id, closing, cost_micro_usd);
                }
            }
            Step::Release { which } => {
                if let Some(reservation) = open(which) {
                    self.close(&reservation.attempt_id, Closing::Released, 0);
                }
            }
            Step::Unmetered { which } => {
                if let Some(reservation) = open(which) {
                    let billed = reservation.amount_micro_usd;
                    self.close(&reservation.attempt_id, Closing::Unmetered, billed);
                }
            }
            Step::Pass { minutes } => self.now += minutes.minutes(),
            Step::Sweep => {
                let overdue: Vec<_> = self
                    .open
                    .iter()
                    .filter(|open| open.expires_at < self.now)
                    .cloned()
                    .collect();
                for reservation in overdue {
                    // The caller died after the call was made: the worst that can have happened.
                    let billed = reservation.amount_micro_usd;
                    self.close(&reservation.attempt_id, Closing::Expired, billed);
                }
            }
            Step::CloseAgain { which } => {
                if !self.closed.is_empty() {
                    let closed = self.closed[which % self.closed.len()].clone();
                    self.close(
                        &closed.attempt_id,
                        Closing::Unmetered,
                        closed.amount_micro_usd,
                    );
                }
            }
            Step::Allow { level, amount } => self.allowances[level] = amount,
        }
    }

    /// After each step: no cap was passed, and no more was billed than is booked.
    fn holds(&self) -> Result<(), TestCaseError> {
        for (account, balance) in &self.balances {
            let highest = self.highest.get(account).copied().unwrap_or_default();
            prop_assert!(balance.spent_micro_usd + balance.reserved_micro_usd <= highest);
            let billed = self.billed.get(account).copied().unwrap_or_default();
            prop_assert!(billed <= balance.spent_micro_usd, "{:?}", account);
        }
        Ok(())
    }

    /// In the end: the ledger's sum is each balance, and what is open is what is reserved.
    fn adds_up(&self) -> Result<(), TestCaseError> {
        let mut sums: BTreeMap<Account, Balance> = BTreeMap::new();
        for (reservation, change) in &self.ledger {
            for account in reservation.accounts() {
                let sum = sums.entry(account).or_default();
                *sum = sum.after(*change);
            }
        }
        prop_assert_eq!(&sums, &self.balances);
        let mut open: BTreeMap<Account, i64> = BTreeMap::new();
        for reservation in &self.open {
            for account in reservation.accounts() {
                *open.entry(account).or_default() += reservation.amount_micro_usd;
            }
        }
        for (account, balance) in &self.balances {
            let open = open.get(account).copied().unwrap_or_default();
            prop_assert_eq!(balance.reserved_micro_usd, open);
        }
        Ok(())
    }
}

proptest! {
    #[test]
    fn the_ledger_adds_up_and_no_cap_is_passed(steps in prop::collection::vec(step(), 0..120)) {
        let mut world = World::new();
        for step in steps {
            world.take(&step);
            world.holds()?;
        }
        world.adds_up()?;
    }

    #[test]
    fn amounts_near_the_end_of_the_range_do_not_wrap(spent in any::<i64>(), amount in 0..i64::MAX) {
        let balance = Balance { spent_micro_usd: spent.saturating_abs(), reserved_micro_usd: i64::MAX };
        prop_assert!(!balance.has_room(i64::MAX - 1, amount));
    }
}

#[test]
fn days_and_months_begin_in_jakarta() {
    let at = |text: &str| Periods::at(text.parse().expect("a time"));
    let last = at("2026-11-30T16:59:59Z");
    assert_eq!(
        (last.day.as_str(), last.month.as_str()),
        ("2026-11-30", "2026-11")
    );
    let first = at("2026-11-30T17:00:00Z");
    assert_eq!(
        (first.day.as_str(), first.month.as_str()),
        ("2026-12-01", "2026-12")
    );
}

#[test]
fn six_budgets_pay_for_a_partner_and_four_for_head_office() {
    let periods = Periods::at("2026-11-23T00:00:00Z".parse().expect("a time"));
    let ids = |payer: &Payer| -> Vec<String> {
        payer.accounts(&periods).iter().map(Account::id).collect()
    };
    let [partner, _, _, pusat] = people();
    assert_eq!(
        ids(&partner),
        [
            "user-m1_2026-11-23",
            "user-m1_2026-11",
            "branch-c1_2026-11-23",
            "branch-c1_2026-11",
            "organisation_2026-11-23",
            "organisation_2026-11",
        ]
    );
    assert_eq!(ids(&pusat).len(), 4);
}

#[test]
fn the_nearest_cap_is_named() {
    let periods = Periods::at("2026-11-23T00:00:00Z".parse().expect("a time"));
    let standings: Vec<_> = people()[0]
        .accounts(&periods)
        .into_iter()
        .map(|account| Standing {
            allowance_micro_usd: if account.span == Span::Month { 10 } else { 100 },
            balance: Balance::default(),
            account,
        })
        .collect();
    let reached = check(&standings, 11).expect_err("no room");
    assert_eq!(reached.account.id(), "user-m1_2026-11");
    assert_eq!(check(&standings, 10), Ok(()));
}
