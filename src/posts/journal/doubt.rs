//! Getting out of a doubt: what the container and the account say of a publish call whose outcome nobody heard.

use jiff::Timestamp;

use super::moves::doubling;
use super::{
    BETWEEN_READINGS, Doubt, Flow, Journal, LOOK_AGAIN, Live, PATIENCE_IN_DOUBT, Plan,
    READINGS_FOR_ID, Reason, Recent, Stage, Status, Step, Verdict,
};
use crate::posts::Failure;

impl Journal {
    pub(super) fn not_heard_published(mut self, verdict: Verdict, now: Timestamp) -> (Self, Flow) {
        self.armed = false;
        if self.doubt.is_some() {
            // What the platform says of this call does not say what became of the one before.
            self.doubt = self.doubt.map(|doubt| Doubt {
                finished_at: None,
                readings: 0,
                ..doubt
            });
            self.wait_for(Reason::Confirmation, now);
            let pause = doubling(BETWEEN_READINGS, self.publishes);
            return (self, Flow::Pause(pause));
        }
        match verdict {
            Verdict::Doubt => {
                self.doubt = Some(new_doubt(now));
                self.wait_for(Reason::Confirmation, now);
                // The first reading is made at once: an answer that was lost is found by it.
                (self, Flow::Go)
            }
            Verdict::Wait(..)
            | Verdict::Later(_)
            | Verdict::NotReady
            | Verdict::Renew
            | Verdict::Fail(_) => {
                self.stage = Stage::Preparing;
                self.set_back(Step::Publish, verdict, now)
            }
        }
    }

    pub(super) fn settled(
        mut self,
        plan: Plan,
        container: Option<Status>,
        recent: Recent,
        locked_out: bool,
        now: Timestamp,
    ) -> (Self, Flow) {
        let mut doubt = self.doubt.unwrap_or(new_doubt(now));
        doubt.readings = doubt.readings.saturating_add(1);
        let speaks = matches!(container, Some(Status::InProgress | Status::Finished));
        doubt.silent_since = match doubt.silent_since {
            _ if speaks || locked_out => None,
            Some(since) => Some(since),
            None => Some(now),
        };
        self.doubt = Some(doubt);
        let why = if locked_out {
            Reason::Reconnect
        } else {
            Reason::Confirmation
        };
        self.wait_for(why, now);
        match (container, recent) {
            (_, Recent::Shows(live)) => self.live(live),
            (Some(Status::Published), Recent::Silent | Recent::Unread) => {
                if doubt.readings < READINGS_FOR_ID {
                    return (self, Flow::Pause(BETWEEN_READINGS));
                }
                self.live(Live::default())
            }
            (Some(Status::Finished), Recent::Silent | Recent::Unread) => {
                self.still_unpublished(doubt, now)
            }
            (Some(Status::InProgress), Recent::Silent | Recent::Unread) => {
                self.doubt = Some(Doubt {
                    finished_at: None,
                    ..doubt
                });
                (self, Flow::Pause(BETWEEN_READINGS))
            }
            (Some(Status::Spoilt(verdict)), Recent::Silent) => {
                self.doubt = None;
                self.stage = Stage::Preparing;
                match verdict {
                    Verdict::Fail(failure) => self.failed(failure),
                    _ => self.renew(now),
                }
            }
            // A day has passed: whoever planned the post decides anew.
            (Some(Status::Expired), Recent::Silent) => self.failed(Failure::not_published()),
            (Some(Status::Spoilt(_) | Status::Expired) | None, Recent::Silent | Recent::Unread) => {
                self.still_silent(plan, doubt, locked_out, now)
            }
        }
    }

    /// The container waits to be published. Said twice, long enough apart, it means that the call did not happen.
    fn still_unpublished(mut self, doubt: Doubt, now: Timestamp) -> (Self, Flow) {
        let between = doubling(BETWEEN_READINGS, self.publishes);
        match doubt.finished_at {
            Some(first) if now.duration_since(first) >= between => {
                self.doubt = Some(Doubt {
                    finished_at: None,
                    readings: 0,
                    ..doubt
                });
                (self.intend(now), Flow::Go)
            }
            Some(first) => {
                let left = between - now.duration_since(first);
                (self, Flow::Pause(left))
            }
            None => {
                self.doubt = Some(Doubt {
                    finished_at: Some(now),
                    ..doubt
                });
                (self, Flow::Pause(between))
            }
        }
    }

    fn still_silent(
        mut self,
        plan: Plan,
        doubt: Doubt,
        locked_out: bool,
        now: Timestamp,
    ) -> (Self, Flow) {
        let (since, patience) = match (locked_out, self.wait) {
            (true, Some(wait)) => (wait.since, Reason::Reconnect.patience()),
            (true, None) | (false, _) => (doubt.silent_since.unwrap_or(now), PATIENCE_IN_DOUBT),
        };
        if now.duration_since(since) >= patience {
            self.armed = false;
            self.wait = None;
            self.stage = Stage::Unconfirmed(match plan {
                Plan::Containers { .. } => Failure::unconfirmed(),
                Plan::Direct => Failure::unconfirmed_page(),
            });
            return (self, Flow::Over);
        }
        let pause = if locked_out {
            LOOK_AGAIN
        } else {
            doubling(BETWEEN_READINGS, doubt.readings)
        };
        (self, Flow::Pause(pause))
    }
}

pub(super) fn new_doubt(now: Timestamp) -> Doubt {
    Doubt {
        since: now,
        finished_at: None,
        readings: 0,
        silent_since: None,
    }
}
