//! An application with a simulated Meta, a dispatcher of tasks, files in Storage, and one clock for all of them.

use jiff::{SignedDuration, Timestamp};
use leadgen_pro::channels::secrets::{Grant, SecretDoc};
use leadgen_pro::clients::graph::{Access, Login};
use leadgen_pro::clock::{Clock, ManualClock};
use serde_json::{Value, json};
use simulators::graph::{
    FACEBOOK_APP_ID, FACEBOOK_APP_SECRET, Host, INSTAGRAM_APP_ID, INSTAGRAM_APP_SECRET, Pace,
    Server,
};
use simulators::tasks::Dispatcher;

use super::files::{film, jpeg};
use crate::support::{App, Person, documents, queues};

pub(super) const ACCOUNT: &str = "17841499000000002";
pub(super) const INSTAGRAM: &str = "INSTAGRAM_17841499000000002";
pub(super) const PAGE: &str = "200100000000001";
pub(super) const FACEBOOK: &str = "FACEBOOK_200100000000001";

const START: &str = "2026-11-23T03:00:00Z";

pub(super) struct Press {
    pub(super) app: App,
    pub(super) graph: Server,
    pub(super) tasks: Dispatcher,
    clock: ManualClock,
    swept: std::cell::Cell<Timestamp>,
}

impl Press {
    /// With an Instagram account and a page of the partner m1's, both connected. Files are looked at in no time.
    pub(super) async fn open() -> Self {
        let start: Timestamp = START.parse().unwrap();
        let (clock, hands) = Clock::manual(start);
        let graph = Server::start(simulators::graph::Clock::manual(start))
            .await
            .unwrap();
        let seed = json!({
            "pages": [{ "id": PAGE, "name": "Amanah Wisata" }],
            "instagramAccounts": [{ "id": ACCOUNT, "username": "amanah.wisata" }],
        });
        graph.seed(serde_json::from_value(seed).unwrap());
        graph.set_pace(Pace {
            image: SignedDuration::ZERO,
            film: SignedDuration::ZERO,
        });
        graph.set_publishing_quota(ACCOUNT, 1_000);
        let (tasks, tasks_url) = queues::start(&["publishing", "content"], &clock).await;
        let facebook = graph.host(Host::Graph);
        let instagram = graph.host(Host::InstagramGraph);
        let settings = [
            ("TASKS_BASE_URL", tasks_url.as_str()),
            ("META_APP_ID", FACEBOOK_APP_ID),
            ("META_APP_SECRET", FACEBOOK_APP_SECRET),
            ("INSTAGRAM_APP_ID", INSTAGRAM_APP_ID),
            ("INSTAGRAM_APP_SECRET", INSTAGRAM_APP_SECRET),
            ("GRAPH_URL", &facebook),
            ("INSTAGRAM_GRAPH_URL", &instagram),
            (
                "CHANNEL_KEYS",
                "k1:dGVzdC1rZXktdGVzdC1rZXktdGVzdC1rZXktdGVzdC0=",
            ),
        ];
        let app = App::start_at(&clock, &settings).await;
        let press = Self {
            app,
            graph,
            tasks,
            clock: hands,
            swept: std::cell::Cell::new(start),
        };
        press.connect_all().await;
        press
    }

    async fn connect_all(&self) {
        let token = self.graph.instagram_token(ACCOUNT);
        self.connect(INSTAGRAM, Login::Instagram, token).await;
        let token = self.graph.page_token(PAGE);
        self.connect(FACEBOOK, Login::Facebook, token).await;
    }

    /// What connecting an account leaves behind.
    pub(super) async fn connect(&self, channel_id: &str, login: Login, token: String) {
        self.set_channel(channel_id, "CONNECTED").await;
        let grant = Grant {
            access: Access {
                login,
                token: token.into(),
            },
            page_id: None,
        };
        let keys = &self.app.state.channel_keys;
        let sealed = SecretDoc::seal(keys, channel_id, &grant).unwrap();
        let path = format!("channel_secrets/{channel_id}");
        let sealed = serde_json::to_value(sealed).unwrap();
        documents::put(&self.app.project, &path, sealed).await;
    }

    pub(super) async fn set_channel(&self, channel_id: &str, state: &str) {
        let (platform, external_id) = channel_id.split_once('_').unwrap();
        let channel = json!({
            "platform": platform, "externalId": external_id, "name": "Amanah Wisata",
            "ownerId": "m1", "branchId": "c1", "state": state, "login": platform,
        });
        let path = format!("channels/{channel_id}");
        documents::put(&self.app.project, &path, channel).await;
    }

    pub(super) async fn partner(&self) -> Person {
        self.app.staff("m1", "MITRA", Some("c1")).await
    }

    /// The partner with a token of this hour.
    pub(super) fn partner_again(&self) -> Person {
        self.app.stranger("m1", "MITRA", Some("c1"))
    }

    /// Stores a file of the partner's and gives its link.
    pub(super) async fn store(&self, name: &str, content_type: &str, bytes: Vec<u8>) -> String {
        let path = format!("media/c1/m1/r1/{name}");
        self.store_at(&path, content_type, bytes).await
    }

    pub(super) async fn store_at(&self, path: &str, content_type: &str, bytes: Vec<u8>) -> String {
        let storage = &self.app.state.storage;
        let token = "2b7f6d1e-7d1f-4f0e-9f58-6b0f5c9d0f01";
        storage.put(path, content_type, bytes, token).await.unwrap();
        storage.download_url(path, token)
    }

    pub(super) async fn picture(&self) -> String {
        self.store("image.jpg", "image/jpeg", jpeg(1080, 1080))
            .await
    }

    pub(super) async fn film(&self) -> String {
        self.store("video.mp4", "video/mp4", film(8)).await
    }

    pub(super) fn now(&self) -> Timestamp {
        self.app.state.clock.now()
    }

    /// Time passes, here and at the platform.
    pub(super) fn pass(&self, by: SignedDuration) {
        self.clock.advance(by);
        self.graph.clock().advance(by);
    }

    pub(super) fn pass_seconds(&self, seconds: i64) {
        self.pass(SignedDuration::from_secs(seconds));
    }

    pub(super) async fn post_doc(&self, id: &str) -> Value {
        documents::get(&self.app.project, &format!("posts/{id}"))
            .await
            .unwrap()
    }

    pub(super) async fn push(&self, path: &str, body: &Value) -> u16 {
        let request = self.app.http.post(format!("{}{path}", self.app.url));
        let answer = request.json(body).send().await.unwrap();
        answer.status().as_u16()
    }

    /// The schedule's sweep.
    pub(super) async fn sweep(&self) {
        self.swept.set(self.now());
        assert_eq!(self.push("/tasks/sweep", &json!({})).await, 204);
    }

    /// Lets time pass until something is due, with a sweep each minute and every task delivered at its time, until the
    /// post is over; for at most a number of hours.
    pub(super) async fn until_over(&self, id: &str, hours: i64) -> Value {
        let limit = self.now() + SignedDuration::from_hours(hours);
        loop {
            self.tasks.deliver_due().await;
            let doc = self.post_doc(id).await;
            if is_over(&doc) || self.now() > limit {
                return doc;
            }
            self.wait().await;
        }
    }

    /// Lets time pass to the next task; where there is none, to the next sweep, and makes it.
    pub(super) async fn wait(&self) {
        let next_task = self.tasks.tasks().into_iter().map(|task| task.due).min();
        let next_sweep = self.swept.get() + SignedDuration::from_secs(60);
        let next = next_task.unwrap_or(next_sweep);
        let moment = SignedDuration::from_millis(100);
        self.pass(next.duration_since(self.now()).max(moment));
        if next_task.is_none() && self.now() >= next_sweep {
            self.sweep().await;
        }
    }

    /// What people see on the Instagram account that has this caption.
    pub(super) fn live(&self, caption: &str) -> usize {
        let live = self.graph.live_posts(ACCOUNT).into_iter();
        live.filter(|post| post.text.as_deref() == Some(caption))
            .count()
    }

    /// What people see on the page that has this text.
    pub(super) fn live_on_page(&self, text: &str) -> usize {
        let live = self.graph.live_posts(PAGE).into_iter();
        live.filter(|post| post.text.as_deref() == Some(text))
            .count()
    }

    /// Orders a post and gives its id.
    pub(super) async fn order(&self, person: &Person, name: &str, data: Value) -> String {
        let post = self.app.call(person, name, data).await.result();
        assert_eq!(post["state"], "SCHEDULED", "{post}");
        post["id"].as_str().unwrap().to_owned()
    }
}

pub(super) fn is_over(doc: &Value) -> bool {
    matches!(
        doc["state"].as_str(),
        Some("PUBLISHED" | "FAILED" | "UNCONFIRMED" | "CANCELLED")
    )
}

/// A time as a document holds it.
pub(super) fn time(doc: &Value, field: &str) -> Timestamp {
    doc[field]["$time"].as_str().unwrap().parse().unwrap()
}
