//! An organisation with pages connected, a simulated platform, queues, and one clock for all of them.

use jiff::{SignedDuration, Timestamp};
use leadgen_pro::channels::secrets::{Grant, SecretDoc};
use leadgen_pro::clients::graph::{Access, Login};
use leadgen_pro::clock::{Clock, ManualClock};
use leadgen_pro::leads::intake::{fetch, tasks};
use leadgen_pro::state::AppState;
use serde_json::{Value, json};
use simulators::graph::{
    Clock as PlatformClock, FACEBOOK_APP_ID, FACEBOOK_APP_SECRET, Host, Lead, LeadForm, Page,
    Question, Seed, Server,
};
use simulators::tasks::{Delivery, Dispatcher};

use crate::inbox::signature;
use crate::support::app::config;
use crate::support::{App, documents, queues};

/// The moment at which everything begins.
pub(super) const BEGIN: &str = "2026-11-23T03:00:00Z";

/// A page, and a form of it.
pub(super) const PAGE: &str = "200100000000001";
pub(super) const FORM: &str = "510000000000001";

/// Another page, and a form of it.
pub(super) const PAGE2: &str = "200100000000002";
pub(super) const FORM2: &str = "510000000000002";

const KEY: &str = "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

pub(super) struct Office {
    pub(super) app: App,
    pub(super) graph: Server,
    pub(super) tasks: Dispatcher,
    pub(super) clock: Clock,
    hands: ManualClock,
    settings: Vec<(String, String)>,
}

impl Office {
    /// Head office, the branches c1 and c2, the partners m1 and m2 of c1 and m3 of c2; no page is connected.
    pub(super) async fn open() -> Self {
        Self::open_with(&[]).await
    }

    pub(super) async fn open_with(more: &[(&str, &str)]) -> Self {
        let begin: Timestamp = BEGIN.parse().unwrap();
        let (clock, hands) = Clock::manual(begin);
        let graph = Server::start(PlatformClock::manual(begin)).await.unwrap();
        graph.seed(Seed {
            pages: [PAGE, PAGE2].map(page).into(),
            lead_forms: vec![form(FORM, PAGE), form(FORM2, PAGE2)],
            ..Seed::default()
        });
        let (tasks, tasks_url) = queues::start(&["intake"], &clock).await;
        let mut settings = vec![
            ("TASKS_BASE_URL".to_owned(), tasks_url),
            ("META_APP_ID".to_owned(), FACEBOOK_APP_ID.to_owned()),
            ("META_APP_SECRET".to_owned(), FACEBOOK_APP_SECRET.to_owned()),
            ("GRAPH_URL".to_owned(), graph.host(Host::Graph)),
            ("CHANNEL_KEYS".to_owned(), KEY.to_owned()),
        ];
        let more = more.iter().map(|(name, value)| (*name, *value));
        settings.extend(more.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let app = App::start_at(&clock, &pairs(&settings)).await;
        let office = Self {
            app,
            graph,
            tasks,
            clock,
            hands,
            settings,
        };
        let plain = json!({});
        futures::join!(
            office.app.staff("p1", "PUSAT", None),
            office.app.staff("c1", "CABANG", Some("c1")),
            office.app.staff("m1", "MITRA", Some("c1")),
            office.app.staff("m2", "MITRA", Some("c1")),
            office.app.staff("c2", "CABANG", Some("c2")),
            office.app.staff("m3", "MITRA", Some("c2")),
            office.branch("c1", &plain),
            office.branch("c2", &plain),
        );
        office
    }

    /// A branch's document, with these fields beside its name.
    pub(super) async fn branch(&self, id: &str, more: &Value) {
        let mut document = json!({ "name": id, "assignmentMode": "ROUND_ROBIN", "order": [] });
        let fields = document.as_object_mut().unwrap();
        fields.extend(more.as_object().unwrap().clone());
        self.put(&format!("branches/{id}"), document).await;
    }

    /// Another instance of the application, beside the one that answers HTTP.
    pub(super) fn instance(&self) -> AppState {
        let config = config(&self.app.project, &self.app.url, &pairs(&self.settings));
        AppState::new(config, self.clock.clone()).unwrap()
    }

    /// Connects an account in somebody's name, with a token of a page that serves.
    pub(super) async fn connect(
        &self,
        platform: &str,
        id: &str,
        owner: &str,
        branch: Option<&str>,
    ) -> String {
        let token = self.graph.page_token(id);
        self.connect_with(platform, id, owner, branch, &token).await;
        token
    }

    pub(super) async fn connect_with(
        &self,
        platform: &str,
        id: &str,
        owner: &str,
        branch: Option<&str>,
        token: &str,
    ) {
        let channel_id = format!("{platform}_{id}");
        let mut channel = json!({
            "platform": platform, "externalId": id, "name": id, "ownerId": owner, "state": "CONNECTED",
        });
        if let Some(branch) = branch {
            channel["branchId"] = branch.into();
        }
        let grant = Grant {
            access: Access {
                login: Login::Facebook,
                token: token.to_owned().into(),
            },
            page_id: None,
        };
        let keys = &self.app.state.channel_keys;
        let sealed = SecretDoc::seal(keys, &channel_id, &grant).unwrap();
        let sealed = serde_json::to_value(sealed).unwrap();
        self.put(&format!("channel_secrets/{channel_id}"), sealed)
            .await;
        self.put(&format!("channels/{channel_id}"), channel).await;
    }

    /// A person fills in a form; nobody has been told yet.
    pub(super) fn filled(&self, form: &str, name: &str, phone: &str) -> Lead {
        let answers = [("full_name", name), ("phone_number", phone)];
        self.graph.keep_lead(Lead::new(form, &answers))
    }

    /// The platform tells of a lead, and the answer's status.
    pub(super) async fn ping(&self, page: &str, lead: &Lead) -> u16 {
        self.deliver(&self.told_of(page, lead)).await
    }

    /// What the platform tells of a lead.
    pub(super) fn told_of(&self, page: &str, lead: &Lead) -> Value {
        let created = lead.created_time.unwrap().as_second();
        let mut value = json!({
            "leadgen_id": lead.id, "page_id": page, "form_id": lead.form_id, "created_time": created,
        });
        if let Some(ad) = &lead.ad {
            value["ad_id"] = ad.id.as_str().into();
            value["adgroup_id"] = ad.id.as_str().into();
        }
        let now = self.clock.now().as_second();
        json!({ "object": "page", "entry": [
            { "id": page, "time": now, "changes": [{ "field": "leadgen", "value": value }] },
        ]})
    }

    pub(super) async fn deliver(&self, body: &Value) -> u16 {
        let body = body.to_string().into_bytes();
        let request = self
            .app
            .http
            .post(format!("{}/webhookHandler", self.app.url))
            .header("content-type", "application/json")
            .header("x-hub-signature-256", signature(FACEBOOK_APP_SECRET, &body))
            .body(body);
        request.send().await.unwrap().status().as_u16()
    }

    /// Delivers the tasks that are due, and what becomes due by them.
    pub(super) async fn work(&self) -> Vec<Delivery> {
        self.tasks.deliver_due().await
    }

    /// A turn of a row on an instance.
    pub(super) async fn turn(&self, instance: &AppState, id: &str) -> bool {
        tasks::turn(instance, &fetch::forms(), id).await.is_ok()
    }

    /// The schedule's minute, and whatever it puts into the queue.
    pub(super) async fn sweep(&self) {
        assert_eq!(self.push("/tasks/sweep").await, 204);
        self.work().await;
    }

    pub(super) async fn push(&self, path: &str) -> u16 {
        let request = self.app.http.post(format!("{}{path}", self.app.url));
        request
            .json(&json!({}))
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    }

    pub(super) fn pass(&self, by: SignedDuration) {
        self.hands.advance(by);
        self.graph.clock().advance(by);
    }

    pub(super) async fn put(&self, path: &str, document: Value) {
        documents::put(&self.app.project, path, document).await;
    }

    pub(super) async fn get(&self, path: &str) -> Option<Value> {
        documents::get(&self.app.project, path).await
    }

    pub(super) async fn list(&self, collection: &str) -> Vec<(String, Value)> {
        documents::list(&self.app.project, collection).await
    }

    /// A row of `lead_intake`.
    pub(super) async fn row(&self, id: &str) -> Value {
        self.get(&format!("lead_intake/{id}")).await.unwrap()
    }

    /// The only lead that there is.
    pub(super) async fn only_lead(&self) -> (String, Value) {
        let mut leads = self.list("leads").await;
        assert_eq!(leads.len(), 1, "{leads:?}");
        leads.remove(0)
    }

    /// The entries of a lead's history of a kind.
    pub(super) async fn history(&self, lead: &str, kind: &str) -> Vec<Value> {
        self.app.events.delivered().await;
        let all = self.list(&format!("leads/{lead}/history")).await;
        let of_kind = all.into_iter().map(|(_, entry)| entry);
        of_kind.filter(|entry| entry["kind"] == kind).collect()
    }
}

fn pairs(settings: &[(String, String)]) -> Vec<(&str, &str)> {
    let pairs = settings.iter();
    pairs
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

pub(super) fn page(id: &str) -> Page {
    Page {
        id: id.to_owned(),
        name: id.to_owned(),
        ..Page::default()
    }
}

fn form(id: &str, page: &str) -> LeadForm {
    let question = |key: &str, label: &str, kind: &str| Question {
        key: key.to_owned(),
        label: label.to_owned(),
        kind: kind.to_owned(),
    };
    LeadForm {
        id: id.to_owned(),
        page_id: page.to_owned(),
        name: "Umrah Ramadan".to_owned(),
        questions: vec![
            question("full_name", "Nama lengkap", "FULL_NAME"),
            question("phone_number", "Nomor telepon", "PHONE"),
            question("kapan", "Kapan rencana berangkat?", "CUSTOM"),
        ],
        ..LeadForm::default()
    }
}

/// The deliveries' statuses.
pub(super) fn statuses(made: &[Delivery]) -> Vec<Option<u16>> {
    made.iter().map(|delivery| delivery.status).collect()
}

/// A phone as people type it, and in E.164 form.
pub(super) fn phone(number: u32) -> (String, String) {
    (
        format!("0812-3456-{number:04}"),
        format!("+62812345{:05}", 60_000 + number),
    )
}
