//! The journal against a model of the platform: every call may fail, be lost or be late, and the worker may die anywhere.

use proptest::prelude::*;

use super::*;

const ORDINARY: u8 = 0;

/// What goes wrong, choice after choice; nothing does when the list is over.
struct Fate {
    choices: Vec<u8>,
    next: usize,
    /// How many choices there were.
    asked: usize,
}

impl Fate {
    fn choose(&mut self, options: u8) -> u8 {
        self.asked += 1;
        let choice = self.choices.get(self.next).copied().unwrap_or(ORDINARY);
        self.next += 1;
        choice % options
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Held {
    Processing,
    Finished,
    Spoilt,
    Published,
}

struct Platform {
    now: Timestamp,
    containers: Vec<(Held, Timestamp)>,
    posts: u32,
    /// A publish call under way that takes effect at a later time.
    late: Option<(Timestamp, usize)>,
    made_in_doubt: bool,
    /// Since when nothing could be read at all.
    deaf_since: Option<Timestamp>,
}

impl Platform {
    fn new() -> Self {
        Self {
            now: Timestamp::UNIX_EPOCH,
            containers: Vec::new(),
            posts: 0,
            late: None,
            made_in_doubt: false,
            deaf_since: None,
        }
    }

    fn pass(&mut self, by: SignedDuration) {
        self.now += by;
        if let Some((at, container)) = self.late
            && at <= self.now
        {
            self.late = None;
            self.publish(container);
        }
    }

    /// Takes effect once for a container; a page's call (`usize::MAX`) each time.
    fn publish(&mut self, container: usize) -> bool {
        if container == usize::MAX {
            self.posts += 1;
            return true;
        }
        let expired = self.expired(container);
        match self.containers.get_mut(container) {
            Some((held @ Held::Finished, _)) if !expired => {
                *held = Held::Published;
                self.posts += 1;
                true
            }
            _ => false,
        }
    }

    fn expired(&self, container: usize) -> bool {
        let made_at = self.containers[container].1;
        self.now.duration_since(made_at) >= SignedDuration::from_hours(24)
            && self.containers[container].0 != Held::Published
    }

    fn make(&mut self, fate: &mut Fate) -> Result<String, Verdict> {
        let held = match fate.choose(8) {
            1 => return Err(Verdict::Doubt),
            2 => return Err(Verdict::Later(None)),
            3 => return Err(Verdict::Wait(Reason::Reconnect, None)),
            4 => return Err(Verdict::Renew),
            5 => return Err(Verdict::Fail(Failure::picture())),
            6 => Held::Spoilt,
            7 => Held::Processing,
            _ => Held::Finished,
        };
        self.containers.push((held, self.now));
        Ok((self.containers.len() - 1).to_string())
    }

    fn status(&mut self, id: &str, fate: &mut Fate) -> Result<Status, Verdict> {
        let container: usize = id.parse().unwrap();
        match fate.choose(4) {
            1 => return Err(Verdict::Later(None)),
            2 => return Err(Verdict::Wait(Reason::Reconnect, None)),
            3 => return Ok(Status::InProgress),
            _ => {}
        }
        if self.expired(container) {
            return Ok(Status::Expired);
        }
        Ok(match &mut self.containers[container].0 {
            held @ Held::Processing => {
                *held = Held::Finished;
                Status::InProgress
            }
            Held::Finished => Status::Finished,
            Held::Spoilt => Status::Spoilt(Verdict::Renew),
            Held::Published => Status::Published,
        })
    }

    fn recent(&mut self, fate: &mut Fate) -> Recent {
        match (fate.choose(2), self.posts) {
            (1, _) => Recent::Unread,
            (_, 0) => Recent::Silent,
            _ => Recent::Shows(Live::default()),
        }
    }

    fn call(&mut self, container: usize, fate: &mut Fate) -> Result<String, Verdict> {
        match fate.choose(11) {
            // Lost on the way there.
            1 => Err(Verdict::Doubt),
            // Lost on the way back.
            2 => {
                self.publish(container);
                Err(Verdict::Doubt)
            }
            // Taken, and done after the caller has given up.
            choice @ 3..=5 => {
                let seconds = [1, 45, 4_000][usize::from(choice) - 3];
                self.late = Some((self.now + SignedDuration::from_secs(seconds), container));
                Err(Verdict::Doubt)
            }
            6 => Err(Verdict::Later(None)),
            7 => Err(Verdict::Wait(Reason::Quota, None)),
            8 => Err(Verdict::NotReady),
            9 => Err(Verdict::Renew),
            10 => Err(Verdict::Fail(Failure::spam())),
            _ if self.publish(container) => Ok("post".to_owned()),
            _ => Err(Verdict::Doubt),
        }
    }

    fn act(&mut self, journal: &Journal, step: Step, fate: &mut Fate) -> Heard {
        let id = |container: &Option<Container>| container.as_ref().unwrap().id.clone();
        match step {
            Step::Check => Heard::Checked(match fate.choose(4) {
                1 => Err(Verdict::Wait(Reason::Reconnect, None)),
                2 => Err(Verdict::Wait(Reason::Quota, None)),
                3 => Err(Verdict::Later(None)),
                _ => Ok(()),
            }),
            Step::MakePart(_) | Step::Make => {
                self.made_in_doubt |= journal.doubt.is_some();
                Heard::Made(self.make(fate))
            }
            Step::ReadPart(part) => Heard::Read(self.status(&journal.parts[part].id.clone(), fate)),
            Step::Read => Heard::Read(self.status(&id(&journal.container), fate)),
            Step::Publish => {
                let container = journal
                    .container
                    .as_ref()
                    .map_or(usize::MAX, |container| container.id.parse().unwrap());
                Heard::Published(self.call(container, fate))
            }
            Step::Settle => {
                let read = journal
                    .container
                    .as_ref()
                    .map(|container| self.status(&container.id.clone(), fate));
                let locked_out = matches!(read, Some(Err(Verdict::Wait(..))));
                let container = read.and_then(Result::ok);
                let recent = self.recent(fate);
                if container.is_some() {
                    self.deaf_since = None;
                } else {
                    self.deaf_since.get_or_insert(self.now);
                }
                Heard::Settled {
                    container,
                    recent,
                    locked_out,
                }
            }
            Step::Intend | Step::Rest => unreachable!("{step:?} asks the platform nothing"),
        }
    }
}

/// Takes a post from its schedule to its end.
fn live_through(plan: Plan, choices: Vec<u8>) -> (Journal, Platform, usize) {
    let mut fate = Fate {
        choices,
        next: 0,
        asked: 0,
    };
    let mut platform = Platform::new();
    let mut stored = Journal::default();
    for _ in 0..5_000 {
        let mut journal = stored.clone().resumed(platform.now);
        let pause = turn(plan, &mut journal, &mut stored, &mut platform, &mut fate);
        if stored.stage.is_over() {
            // Whatever was still under way arrives.
            platform.pass(SignedDuration::from_hours(2));
            return (stored, platform, fate.asked);
        }
        platform.pass(pause);
    }
    panic!("no end: {stored:?}");
}

/// One turn; how long until the next. What is not stored is forgotten.
fn turn(
    plan: Plan,
    journal: &mut Journal,
    stored: &mut Journal,
    platform: &mut Platform,
    fate: &mut Fate,
) -> SignedDuration {
    let lease = SignedDuration::from_secs(90);
    loop {
        if fate.choose(2) == 1 {
            return lease; // killed before the step
        }
        platform.pass(SignedDuration::from_millis(200));
        let flow = match journal.step(plan) {
            Step::Rest => return lease,
            Step::Intend => {
                *journal = journal.clone().intend(platform.now);
                Flow::Go
            }
            step => {
                let heard = platform.act(journal, step, fate);
                if fate.choose(2) == 1 {
                    return lease; // killed with the answer in hand
                }
                let (next, flow) = journal.clone().hear(plan, heard, platform.now);
                *journal = next;
                flow
            }
        };
        *stored = Journal {
            armed: false,
            ..journal.clone()
        };
        match flow {
            Flow::Go => {}
            Flow::Pause(pause) => return pause,
            Flow::Over => return SignedDuration::ZERO,
        }
    }
}

fn judge(plan: Plan, choices: &[u8]) -> usize {
    let (journal, platform, asked) = live_through(plan, choices.to_vec());
    let about = format!("{plan:?} {choices:?}: {journal:?}");
    assert!(platform.posts <= 1, "twice: {about}");
    assert!(!platform.made_in_doubt, "a container in doubt: {about}");
    match &journal.stage {
        Stage::Published(_) => assert_eq!(platform.posts, 1, "not live: {about}"),
        Stage::Failed(_) => assert_eq!(platform.posts, 0, "live: {about}"),
        Stage::Unconfirmed(_) => {
            let waited = platform.deaf_since.map(|since| platform.now - since);
            let waited = waited.and_then(|span| SignedDuration::try_from(span).ok());
            assert!(
                waited.is_some_and(|waited| waited >= PATIENCE_IN_DOUBT),
                "too soon: {about}"
            );
        }
        stage => panic!("{stage:?} is no end: {about}"),
    }
    asked
}

const PLANS: [Plan; 3] = [
    Plan::Containers { parts: 0 },
    Plan::Containers { parts: 2 },
    Plan::Direct,
];

#[test]
fn when_all_goes_well_it_goes_out_at_once() {
    for plan in PLANS {
        let (journal, platform, _) = live_through(plan, Vec::new());
        assert!(matches!(journal.stage, Stage::Published(_)));
        assert_eq!((platform.posts, journal.publishes), (1, 1));
    }
}

#[test]
fn whatever_two_things_go_wrong_at_whatever_step_it_is_never_live_twice() {
    // More options than any choice has: higher numbers fold onto lower ones, so all are covered.
    const OPTIONS: u8 = 11;
    for plan in PLANS {
        let points = judge(plan, &[]) + 12;
        for first in 0..points {
            for one in 1..OPTIONS {
                let mut choices = vec![ORDINARY; points + 8];
                choices[first] = one;
                judge(plan, &choices);
                for second in first + 1..points + 8 {
                    for other in 1..OPTIONS {
                        choices[second] = other;
                        judge(plan, &choices);
                    }
                    choices[second] = ORDINARY;
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

    #[test]
    fn nor_whatever_goes_wrong_for_hours(
        plan in 0_usize..3,
        choices in proptest::collection::vec(prop_oneof![2 => Just(ORDINARY), 1 => 1_u8..11], 0..400),
    ) {
        judge(PLANS[plan], &choices);
    }
}

#[test]
fn only_what_is_scheduled_can_be_called_off() {
    let scheduled = Journal::default();
    let cancelled = scheduled.cancelled().unwrap();
    assert_eq!(cancelled.stage, Stage::Cancelled);
    let under_way = scheduled.intend(Timestamp::UNIX_EPOCH);
    assert_eq!(under_way.cancelled(), None);
    assert_eq!(cancelled.cancelled(), None);
}

#[test]
fn a_person_answers_only_when_asked() {
    let asked = Journal {
        stage: Stage::Unconfirmed(Failure::unconfirmed()),
        ..Journal::default()
    };
    let live = asked.resolved(Some(Live::default())).unwrap();
    assert_eq!(live.stage, Stage::Published(Live::default()));
    let gone = asked.resolved(None).unwrap();
    assert_eq!(gone.stage, Stage::Failed(Failure::not_published()));
    assert!(live.resolved(None).is_none());
    assert!(gone.resolved(Some(Live::default())).is_none());
}

#[test]
fn a_stored_intent_is_never_carried_out_unread() {
    let now = Timestamp::UNIX_EPOCH;
    for plan in PLANS {
        let intended = Journal {
            stage: Stage::Preparing,
            container: Some(Container {
                id: "1".to_owned(),
                made_at: now,
                ready: true,
            }),
            ..Journal::default()
        }
        .intend(now);
        assert_eq!(intended.step(plan), Step::Publish);
        assert_eq!(intended.resumed(now).step(plan), Step::Settle);
    }
}
