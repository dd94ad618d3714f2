//! What people, platforms and schedules do all day, each done once and its cost noted.

use std::fmt::Write as _;

use leadgen_pro::clock::Clock;
use serde_json::{Value, json};
use simulators::tasks::Dispatcher;

use super::crowd::{self, BRANCHES, Member, PARTNERS};
use crate::inbox::replies::office::{Line, NUMBER, Office};
use crate::support::events::NOTHING;
use crate::support::meter::{Cost, Meter};
use crate::support::{Person, documents, queues};

/// What a frontend shows of a list at a time.
const A_PAGE: usize = 25;

/// Rows of the list that is imported.
const ROWS: usize = 1_000;

/// The route of what the emulator delivers when a document was written.
const EVENT: &str = "/functions/projects/{project}/triggers/{trigger}";

/// Somebody of whom nothing is known.
const STRANGER: Line = Line {
    channel: "WHATSAPP",
    asset: NUMBER,
    customer: "6281499000001",
    sender: NUMBER,
};

/// What was done, and what it cost.
pub(super) type Costs = Vec<(&'static str, Cost)>;

/// An application with so many leads and conversations, and the operations on it.
pub(super) struct Day {
    office: Office,
    tasks: Dispatcher,
    meter: Meter,
    costs: Costs,
    pusat: Person,
    c1: Person,
    m1: Person,
}

impl Day {
    /// Opens an office, and gathers so many people in it.
    pub(super) async fn of(people: usize) -> Self {
        let meter = Meter::start();
        // Whatever is due is due: the office's clock stands still.
        let end = "2027-01-01T00:00:00Z".parse().unwrap();
        let (later, _) = Clock::manual(end);
        let (tasks, url) = queues::start(&["intake"], &later).await;
        let office = Office::open_with(&[
            ("TASKS_BASE_URL", &url),
            // The emulator takes seconds to look at a hundred thousand leads, and figures ask it for many counts at once.
            ("FIRESTORE_TIMEOUT_SECONDS", "300"),
            ("CALLABLE_TIMEOUT_SECONDS", "600"),
        ])
        .await;
        let app = &office.app;
        for branch in 0..BRANCHES {
            let name = format!("c{}", branch + 1);
            app.staff(&name, "CABANG", Some(&name)).await;
            // The office has its first partner already.
            for turn in usize::from(branch == 0)..PARTNERS {
                let uid = crowd::partner(branch, turn);
                app.staff(&uid, "MITRA", Some(&name)).await;
            }
        }
        app.events.delivered().await;
        for trigger in ["userWritten", "leadWritten", "contentRequestWritten"] {
            app.events.watch(trigger, NOTHING).await;
        }
        crowd::gather(app, people).await;
        Self {
            pusat: app.staff("p1", "PUSAT", None).await,
            c1: app.stranger("c1", "CABANG", Some("c1")),
            m1: office.m1(),
            office,
            tasks,
            meter,
            costs: Vec::new(),
        }
    }

    /// Does everything once.
    pub(super) async fn pass(mut self) -> Costs {
        self.leads().await;
        self.figures().await;
        self.messages().await;
        self.lists().await;
        self.sweep("the sweep, nothing to do").await;
        self.import().await;
        self.history().await;
        self.costs
    }

    async fn call(&mut self, what: &'static str, who: &Person, name: &str, data: Value) -> Value {
        let call = self.office.app.call(who, name, data);
        let (cost, answer) = self.meter.cost(&format!("/{name}"), call).await;
        self.costs.push((what, cost));
        assert!([200, 409].contains(&answer.status), "{what}: {answer:?}");
        answer.body["result"].clone()
    }

    async fn leads(&mut self) {
        let (m1, c1) = (self.m1.clone(), self.c1.clone());
        let lead = |phone: &str| json!({ "name": "Siti", "phone": phone, "source": "MANUAL" });
        let new = lead("+6281499000002");
        let made = self.call("createLead, a new phone", &m1, "createLead", new);
        assert_eq!(made.await["created"], true);
        let mine = Member::held_by_m1(3);
        let known = lead(&mine.phone());
        let found = self.call("createLead, a known phone", &m1, "createLead", known);
        assert_eq!(found.await["leadId"], mine.lead());
        let hidden = lead(&Member::of_another_branch().phone());
        let what = "createLead, a phone of somebody else's lead";
        let refused = self.call(what, &m1, "createLead", hidden).await;
        assert_eq!(refused, Value::Null);
        let moved = json!({ "leadId": mine.lead(), "assignedTo": "m2" });
        let what = "assignLead, with a conversation";
        self.call(what, &c1, "assignLead", moved).await;
        let path = format!("conversations/{}", mine.conversation());
        assert_eq!(self.office.get(&path).await.unwrap()["assignedTo"], "m2");
    }

    async fn figures(&mut self) {
        let people = [self.m1.clone(), self.c1.clone(), self.pusat.clone()];
        let whose = [
            "leadStats of a partner",
            "leadStats of a branch",
            "leadStats of head office",
        ];
        for (person, what) in people.iter().zip(whose) {
            let counts = self.call(what, person, "leadStats", json!({})).await;
            let (_, cost) = self.costs.last().unwrap();
            assert_eq!(cost.reads, billed(&counts, cost.requests), "{what}");
        }
        let week = json!({ "from": "2026-11-16", "to": "2026-11-23" });
        let what = "leadStats of head office, a week";
        self.call(what, &people[2], "leadStats", week).await;
    }

    async fn messages(&mut self) {
        let m1 = self.m1.clone();
        self.written("a message of somebody unknown", STRANGER.customer)
            .await;
        let (cost, delivered) = self
            .meter
            .cost("/tasks/intake", self.tasks.deliver_at_once())
            .await;
        assert_eq!(delivered.len(), 1, "{delivered:?}");
        let what = "the task that makes a lead of them";
        self.costs.push((what, cost));
        let known = Member::held_by_m1(5);
        self.written(
            "a message of somebody known, new to the instance",
            &known.contact(),
        )
        .await;
        self.written("a message of somebody the instance knows", &known.contact())
            .await;
        let id = known.conversation();
        let reply = json!({ "conversationId": id, "text": "Ada, Kak.", "requestId": "r1" });
        let sent = self.call("sendMessage", &m1, "sendMessage", reply).await;
        assert_eq!(sent["status"], "SENT");
        let what = "markConversationRead";
        let seen = json!({ "conversationId": id });
        self.call(what, &m1, "markConversationRead", seen).await;
        let what = "linkConversationToLead";
        let link = json!({ "conversationId": id, "leadId": Member::held_by_m1(6).lead() });
        self.call(what, &m1, "linkConversationToLead", link).await;
    }

    async fn written(&mut self, what: &'static str, contact: &str) {
        let Office { meta, .. } = &self.office;
        meta.customer_writes(NUMBER, contact, "Ada paket Ramadan?");
        let told = self.meter.cost("/webhookHandler", self.office.told());
        let (cost, ()) = told.await;
        self.costs.push((what, cost));
    }

    /// The first page of each list, as the rules let its reader ask for it.
    async fn lists(&mut self) {
        let (m1, c1) = (&self.m1, &self.c1);
        for (what, reader, collection, equal, by) in [
            (
                "a partner's newest leads",
                m1,
                "leads",
                vec![("assignedTo", "m1")],
                "createdAt",
            ),
            (
                "a branch's newest leads of a status",
                c1,
                "leads",
                vec![("branchId", "c1"), ("status", "NEW")],
                "createdAt",
            ),
            (
                "a branch's open conversations",
                c1,
                "conversations",
                vec![("branchId", "c1"), ("state", "OPEN")],
                "lastMessageAt",
            ),
        ] {
            let query = documents::newest(collection, &equal, by, A_PAGE);
            let project = &self.office.app.project;
            let found = documents::query_as(&reader.token, project, &query).await;
            assert_eq!(found.len(), A_PAGE, "{what}");
            let cost = Cost {
                requests: 1,
                reads: A_PAGE as u64,
                writes: 0,
            };
            self.costs.push((what, cost));
        }
    }

    async fn sweep(&mut self, what: &'static str) {
        let sweep = self.meter.cost("/tasks/sweep", self.office.sweep());
        let (cost, ()) = sweep.await;
        self.costs.push((what, cost));
    }

    async fn import(&mut self) {
        let mut csv = String::from("nama,hp\n");
        for row in 0..ROWS {
            writeln!(csv, "Calon {row},+62815{row:08}").unwrap();
        }
        let m1 = self.m1.clone();
        for (what, created) in [
            ("importLeads, 1,000 new rows", ROWS),
            ("importLeads, the same 1,000 again", 0),
        ] {
            let list = json!({ "csv": csv });
            let result = self.call(what, &m1, "importLeads", list).await;
            assert_eq!(result["created"], created);
        }
    }

    /// Last, since from here on each write of a lead sends an event.
    async fn history(&mut self) {
        let events = self.office.app.events.clone();
        events.watch("leadWritten", "leads/{id}").await;
        let m1 = self.m1.clone();
        let data = json!({ "name": "Siti", "phone": "+6281499000003", "source": "MANUAL" });
        let create = async {
            self.office.app.call(&m1, "createLead", data).await.result();
        };
        let (cost, ()) = self.meter.cost(EVENT, create).await;
        self.costs.push(("the history of a lead's write", cost));
    }
}

/// What these figures are billed: each count a read for each 1,000 leads that it found, at least one; and besides the
/// counts the list of partners, in which each is one.
fn billed(counts: &Value, requests: u64) -> u64 {
    let of = |count: &Value| count.as_u64().unwrap().div_ceil(1_000).max(1);
    let mut all = of(&counts["total"]);
    for group in ["byStatus", "bySource"] {
        all += counts[group]
            .as_object()
            .unwrap()
            .values()
            .map(of)
            .sum::<u64>();
    }
    let partners = counts["byPartner"].as_array().unwrap();
    if requests == 13 {
        return all;
    }
    let counted: u64 = partners.iter().map(|partner| of(&partner["count"])).sum();
    all + counted + partners.len() as u64
}
