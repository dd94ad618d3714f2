//! Many people: leads, their phones, their conversations, and what handling them left behind. Written straight into the
//! database, in the shapes that the service gives these documents.

use futures::{StreamExt as _, TryStreamExt as _};
use jiff::{SignedDuration, Timestamp as Moment};
use leadgen_pro::inbox::entry::conversation_name;
use leadgen_pro::inbox::event::{Account, ChannelKind};
use leadgen_pro::leads::store::{LeadDoc, PhoneIndexDoc};
use leadgen_pro::leads::{LeadSource, LeadStatus};
use leadgen_pro::store::{StoreError, Timestamp, Writes};
use serde::Serialize;

use crate::inbox::replies::office::NUMBER;
use crate::support::App;

/// Branches, and partners of each.
pub(super) const BRANCHES: usize = 4;
pub(super) const PARTNERS: usize = 5;

/// Leads whose documents go into one commit.
const A_COMMIT: usize = 100;

/// Commits under way at once.
const AT_ONCE: usize = 8;

/// One of the crowd.
pub(super) struct Member {
    number: usize,
}

impl Member {
    pub(super) fn of(number: usize) -> Self {
        Self { number }
    }

    /// The first of the crowd whom a partner holds: `m1` is the first partner of `c1`.
    pub(super) fn held_by_m1(nth: usize) -> Self {
        Self::of(nth * BRANCHES * (PARTNERS + 1))
    }

    /// The first of the crowd whom a partner of another branch holds.
    pub(super) fn of_another_branch() -> Self {
        Self::of(1)
    }

    pub(super) fn lead(&self) -> String {
        format!("lead-{:07}", self.number)
    }

    pub(super) fn phone(&self) -> String {
        format!("+62813{:08}", self.number)
    }

    pub(super) fn contact(&self) -> String {
        self.phone()[1..].to_owned()
    }

    pub(super) fn conversation(&self) -> String {
        let account = Account {
            kind: ChannelKind::WhatsApp,
            id: NUMBER.to_owned(),
        };
        conversation_name(&account, &self.contact())
    }

    /// How often everybody has had one before this one.
    fn round(&self) -> usize {
        self.number / (BRANCHES * (PARTNERS + 1))
    }

    /// The branch in turn, and within it the partners in turn, the pool being one of them.
    fn place(&self) -> (String, String) {
        let branch = self.number % BRANCHES;
        let turn = self.number / BRANCHES % (PARTNERS + 1);
        let name = format!("c{}", branch + 1);
        let holder = match turn {
            PARTNERS => name.clone(),
            turn => partner(branch, turn),
        };
        (name, holder)
    }

    /// The crowd came a minute after the other, the newest first.
    fn came(&self, now: Moment) -> Moment {
        let minutes = i64::try_from(self.number).unwrap() + 60;
        now - SignedDuration::from_mins(minutes)
    }

    fn write(&self, app: &App, writes: &mut Writes) -> Result<(), StoreError> {
        let at = Timestamp(self.came(app.state.clock.now()));
        let (branch_id, assigned_to) = self.place();
        let lead = LeadDoc {
            id: self.lead(),
            name: format!("Calon Jamaah {}", self.number),
            phone: Some(self.phone()),
            email: None,
            source: LeadSource::ALL[self.round() % LeadSource::ALL.len()]
                .as_str()
                .to_owned(),
            status: LeadStatus::ALL[self.round() % LeadStatus::ALL.len()]
                .as_str()
                .to_owned(),
            lost_reason: None,
            assigned_to: assigned_to.clone(),
            branch_id: branch_id.clone(),
            note: None,
            created_at: at,
            updated_at: Some(at),
            submitted_at: Some(at),
            first_response_at: None,
            attribution: None,
            consent: None,
            last_change: None,
        };
        writes.create(&format!("leads/{}", lead.id), &lead)?;
        let entry = PhoneIndexDoc {
            lead_id: self.lead(),
            branch_id: Some(branch_id.clone()),
            assigned_to: Some(assigned_to.clone()),
            updated_at: at,
        };
        let digest = app.state.phone_digest.hex(&self.phone());
        writes.create(&format!("phone_index/{digest}"), &entry)?;
        let conversation = Conversation {
            channel: "WHATSAPP",
            account_id: NUMBER,
            channel_id: format!("WHATSAPP_{NUMBER}"),
            contact_id: self.contact(),
            contact_name: lead.name,
            contact_phone: self.phone(),
            assigned_to: assigned_to.clone(),
            branch_id: branch_id.clone(),
            lead_id: self.lead(),
            state: if self.round().is_multiple_of(3) {
                "OPEN"
            } else {
                "RESOLVED"
            },
            last_message_at: at,
            last_message_text: "Berapa harga paketnya?",
            last_message_direction: "IN",
            unread_count: 0,
            reply_window_ends_at: at,
            lead_wanted: true,
            created_at: at,
            updated_at: at,
        };
        let name = self.conversation();
        writes.create(&format!("conversations/{name}"), &conversation)?;
        self.write_what_was_left(writes, &conversation, &name, at)
    }

    /// Work that is over, in the collections in which each sweep looks for work that is not.
    fn write_what_was_left(
        &self,
        writes: &mut Writes,
        conversation: &Conversation<'_>,
        name: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let over = Over {
            state: "DONE",
            status: "COMPLETED",
            way: "CONVERSATION",
            channel_id: &conversation.channel_id,
            conversation_id: name,
            user_id: &conversation.assigned_to,
            branch_id: &conversation.branch_id,
            open: false,
            created_at: at,
            done_at: at,
        };
        let mut collections = vec!["lead_intake", "outbox"];
        if self.round().is_multiple_of(10) {
            collections.extend(["content_requests", "posts", "webhook_deliveries"]);
        }
        for collection in collections {
            writes.create(&format!("{collection}/{name}"), &over)?;
        }
        Ok(())
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Conversation<'a> {
    channel: &'a str,
    account_id: &'a str,
    channel_id: String,
    contact_id: String,
    contact_name: String,
    contact_phone: String,
    assigned_to: String,
    branch_id: String,
    lead_id: String,
    state: &'a str,
    last_message_at: Timestamp,
    last_message_text: &'a str,
    last_message_direction: &'a str,
    unread_count: i64,
    reply_window_ends_at: Timestamp,
    lead_wanted: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Over<'a> {
    state: &'a str,
    status: &'a str,
    way: &'a str,
    channel_id: &'a str,
    conversation_id: &'a str,
    user_id: &'a str,
    branch_id: &'a str,
    open: bool,
    created_at: Timestamp,
    done_at: Timestamp,
}

/// The uid of a partner: those of the first branch are the first.
pub(super) fn partner(branch: usize, turn: usize) -> String {
    format!("m{}", branch * PARTNERS + turn + 1)
}

/// Writes so many people into an application's database.
pub(super) async fn gather(app: &App, people: usize) {
    let numbers: Vec<usize> = (0..people).collect();
    let commits = numbers.chunks(A_COMMIT).map(async |numbers| {
        let mut writes = Writes::new();
        for &number in numbers {
            Member::of(number).write(app, &mut writes)?;
        }
        app.state.store.commit(writes).await
    });
    futures::stream::iter(commits)
        .buffer_unordered(AT_ONCE)
        .try_collect::<()>()
        .await
        .unwrap();
}
