//! Fair turn: who of those who share takes the next one. Pure.
//!
//! The line holds those who share, whoever was served longest ago first. Whoever is served goes to its end; whoever joins
//! comes behind all who wait; whoever is closed keeps the place and is passed over. So any two who are open take turns
//! strictly: over any stretch of time in which both were open, one got at most one more than the other. That holds
//! without a count, so nobody who comes back gets a heap of what was missed.
//! *Invariant:* the line is written in the commit that gives something away, guarded by the line that was read; so
//! several instances that give at once form one order.

use crate::ids::Uid;

/// Somebody who shares now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sharer {
    /// Who.
    pub uid: Uid,
    /// Whether the account is closed, so that the turn passes over them.
    pub closed: bool,
}

/// Why somebody whose turn it was did not get it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(rename = "PassedOver", rename_all = "SCREAMING_SNAKE_CASE")
)]
pub enum Passed {
    /// The account is closed.
    #[cfg_attr(test, ts(rename = "DISABLED"))]
    Closed,
    /// Does not share any more.
    Left,
}

impl Passed {
    /// The reason as documents name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "DISABLED",
            Self::Left => "LEFT",
        }
    }
}

/// Whose turn it was, and how the line stands then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// Who takes it; nobody when all are closed or there is nobody.
    pub taker: Option<Uid>,
    /// Who stood before the taker.
    pub skipped: Vec<(Uid, Passed)>,
    /// The line afterwards.
    pub line: Vec<Uid>,
}

/// Draws the next of `line` among those who share now. Those who are not in the line yet join it in the order of
/// `sharers`.
pub fn draw(line: &[Uid], sharers: &[Sharer]) -> Drawn {
    let found = |uid: &Uid| sharers.iter().find(|sharer| sharer.uid == *uid);
    let mut waiting: Vec<&Uid> = Vec::with_capacity(sharers.len());
    for uid in line.iter().chain(sharers.iter().map(|sharer| &sharer.uid)) {
        if !waiting.contains(&uid) {
            waiting.push(uid);
        }
    }
    let mut drawn = Drawn {
        taker: None,
        skipped: Vec::new(),
        line: Vec::with_capacity(waiting.len()),
    };
    for uid in waiting {
        let passed = match found(uid) {
            Some(sharer) if !sharer.closed => {
                match drawn.taker {
                    None => drawn.taker = Some(uid.clone()),
                    Some(_) => drawn.line.push(uid.clone()),
                }
                continue;
            }
            Some(_) => {
                drawn.line.push(uid.clone());
                Passed::Closed
            }
            None => Passed::Left,
        };
        if drawn.taker.is_none() {
            drawn.skipped.push((uid.clone(), passed));
        }
    }
    drawn.line.extend(drawn.taker.clone());
    drawn
}

/// Puts those named in `order` first, in that order, and the others behind them by name: how people line up who join at
/// the same time.
pub fn lined_up(mut sharers: Vec<Sharer>, order: &[String]) -> Vec<Sharer> {
    let place = |sharer: &Sharer| {
        let at = order.iter().position(|uid| uid == sharer.uid.as_str());
        (at.unwrap_or(usize::MAX), sharer.uid.as_str().to_owned())
    };
    sharers.sort_by_key(place);
    sharers
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use proptest::prelude::*;

    fn uid(name: &str) -> Uid {
        Uid::parse(name).expect("a uid")
    }

    fn open(name: &str) -> Sharer {
        Sharer {
            uid: uid(name),
            closed: false,
        }
    }

    fn closed(name: &str) -> Sharer {
        Sharer {
            closed: true,
            ..open(name)
        }
    }

    fn names(line: &[Uid]) -> Vec<&str> {
        line.iter().map(Uid::as_str).collect()
    }

    #[test]
    fn each_is_served_once_a_round_in_the_order_in_which_they_joined() {
        let sharers = lined_up(
            vec![open("a"), open("b"), open("c")],
            &["c".to_owned(), "gone".to_owned(), "a".to_owned()],
        );
        let mut line = Vec::new();
        let mut served = String::new();
        for _ in 0..7 {
            let drawn = draw(&line, &sharers);
            served.push_str(drawn.taker.expect("somebody").as_str());
            line = drawn.line;
        }
        assert_eq!(served, "cabcabc");
    }

    #[test]
    fn whoever_is_closed_keeps_the_place_and_whoever_left_loses_it() {
        let line = [uid("gone"), uid("shut"), uid("a"), uid("late"), uid("b")];
        let sharers = [
            open("a"),
            open("b"),
            closed("shut"),
            closed("late"),
            open("new"),
        ];
        let drawn = draw(&line, &sharers);
        assert_eq!(drawn.taker, Some(uid("a")));
        assert_eq!(
            drawn.skipped,
            [(uid("gone"), Passed::Left), (uid("shut"), Passed::Closed)]
        );
        assert_eq!(names(&drawn.line), ["shut", "late", "b", "new", "a"]);
    }

    #[test]
    fn where_nobody_is_open_nobody_takes_it() {
        let drawn = draw(&[uid("a")], &[closed("a")]);
        assert_eq!((drawn.taker, drawn.line), (None, vec![uid("a")]));
        assert_eq!(drawn.skipped, [(uid("a"), Passed::Closed)]);
        assert_eq!(draw(&[], &[]).taker, None);
    }

    /// What happens to one of six people: they join or leave, are closed or opened, or something is given away.
    fn happenings() -> impl Strategy<Value = Vec<(u8, u8)>> {
        prop::collection::vec((0_u8..6, 0_u8..8), 1..200)
    }

    proptest! {
        #[test]
        fn between_any_two_who_stay_open_the_counts_differ_by_at_most_one(happenings in happenings()) {
            let mut sharers: BTreeMap<u8, bool> = BTreeMap::new();
            let mut line: Vec<Uid> = Vec::new();
            // For each pair: what the second got more than the first, at its lowest and highest, since both are open.
            let mut ahead: BTreeMap<(u8, u8), (i32, i32, i32)> = BTreeMap::new();
            for (who, what) in happenings {
                match what {
                    0 => { sharers.remove(&who); }
                    1 => { sharers.insert(who, true); }
                    2 => { sharers.insert(who, false); }
                    _ => {
                        let now: Vec<Sharer> = sharers
                            .iter()
                            .map(|(who, closed)| Sharer { uid: uid(&who.to_string()), closed: *closed })
                            .collect();
                        let drawn = draw(&line, &now);
                        let anybody = sharers.values().any(|closed| !closed);
                        prop_assert_eq!(drawn.taker.is_some(), anybody);
                        prop_assert_eq!(drawn.line.len(), sharers.len());
                        line = drawn.line;
                        if let Some(taker) = drawn.taker {
                            let taker: u8 = taker.as_str().parse().expect("a number");
                            prop_assert_eq!(sharers.get(&taker), Some(&false));
                            for ((one, other), (low, high, now)) in &mut ahead {
                                *now += i32::from(taker == *other) - i32::from(taker == *one);
                                (*low, *high) = ((*low).min(*now), (*high).max(*now));
                                prop_assert!(*high - *low <= 1, "{one} and {other}");
                            }
                        }
                    }
                }
                let is_open = |who: u8| sharers.get(&who) == Some(&false);
                for one in 0..6 {
                    for other in one + 1..6 {
                        if is_open(one) && is_open(other) {
                            ahead.entry((one, other)).or_insert((0, 0, 0));
                        } else {
                            ahead.remove(&(one, other));
                        }
                    }
                }
            }
        }
    }
}
