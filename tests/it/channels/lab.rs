//! An application beside a simulated Meta and a dispatcher of tasks, all by one clock that stands still.

use jiff::{SignedDuration, Timestamp};
use leadgen_pro::clock::{Clock, ManualClock};
use serde_json::{Value, json};
use simulators::graph::{
    self, Consent, FACEBOOK_APP_ID, FACEBOOK_APP_SECRET, Host, INSTAGRAM_APP_ID,
    INSTAGRAM_APP_SECRET, Login, Server,
};
use simulators::tasks::Dispatcher;

use crate::support::{App, Person, documents, queues};

pub(super) const KEY: &str = "k1:MTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTE=";
pub(super) const NEXT_KEY: &str = "k2:MjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjI=";

pub(super) const BACK: &str = "https://app.example/terhubung";

/// Siti, who manages two pages, one of them with an Instagram account behind it, and a WhatsApp number.
pub(super) const SITI: &str = "7001";
pub(super) const PAGE: &str = "200100000000001";
pub(super) const OTHER_PAGE: &str = "200100000000002";
pub(super) const BEHIND_PAGE: &str = "17841400000000001";
pub(super) const NUMBER: &str = "100500000000001";
pub(super) const WHATSAPP_ACCOUNT: &str = "300200000000001";
/// An Instagram account without a page.
pub(super) const ALONE: &str = "17841400000000009";
pub(super) const FORM: &str = "510000000000001";

pub(super) struct Lab {
    pub(super) app: App,
    pub(super) meta: Server,
    pub(super) tasks: Dispatcher,
    clock: ManualClock,
}

impl Lab {
    pub(super) async fn open() -> Self {
        Self::open_with(&[]).await
    }

    pub(super) async fn open_with(settings: &[(&str, &str)]) -> Self {
        let start: Timestamp = "2026-11-23T03:00:00Z".parse().unwrap();
        let (clock, hands) = Clock::manual(start);
        let meta = Server::start(graph::Clock::manual(start)).await.unwrap();
        let (tasks, tasks_url) = queues::start(&["intake", "publishing", "content"], &clock).await;
        let hosts = [
            ("GRAPH_URL", Host::Graph),
            ("INSTAGRAM_GRAPH_URL", Host::InstagramGraph),
            ("INSTAGRAM_API_URL", Host::InstagramApi),
            ("FACEBOOK_DIALOG_URL", Host::Facebook),
            ("INSTAGRAM_DIALOG_URL", Host::Instagram),
        ]
        .map(|(name, host)| (name, meta.host(host)));
        let mut all = vec![
            ("TASKS_BASE_URL", tasks_url.as_str()),
            ("META_APP_ID", FACEBOOK_APP_ID),
            ("META_APP_SECRET", FACEBOOK_APP_SECRET),
            ("INSTAGRAM_APP_ID", INSTAGRAM_APP_ID),
            ("INSTAGRAM_APP_SECRET", INSTAGRAM_APP_SECRET),
            ("META_VERIFY_TOKEN", "a-verify-token"),
            ("META_REDIRECT_URIS", BACK),
            ("CHANNEL_KEYS", KEY),
        ];
        all.extend(hosts.iter().map(|(name, url)| (*name, url.as_str())));
        all.extend(settings);
        let app = App::start_at(&clock, &all).await;
        let lab = Self {
            app,
            meta,
            tasks,
            clock: hands,
        };
        lab.populate();
        lab
    }

    fn populate(&self) {
        let seed = json!({
            "people": [{
                "id": SITI, "name": "Siti Aminah",
                "pages": { PAGE: graph::ALL_TASKS, OTHER_PAGE: graph::ALL_TASKS },
                "whatsappBusinessAccounts": [WHATSAPP_ACCOUNT],
            }],
            "businesses": [{
                "id": "500", "name": "Amanah", "people": [SITI],
                "whatsappBusinessAccounts": [WHATSAPP_ACCOUNT],
            }],
            "pages": [
                { "id": PAGE, "name": "Amanah Jakarta", "instagramAccountId": BEHIND_PAGE },
                { "id": OTHER_PAGE, "name": "Amanah Bekasi" },
            ],
            "instagramAccounts": [
                { "id": BEHIND_PAGE, "username": "amanah.jakarta", "name": "Amanah Jakarta", "pageId": PAGE },
                { "id": ALONE, "username": "siti.umrah", "name": "Siti Umrah" },
            ],
            "whatsappBusinessAccounts": [{
                "id": WHATSAPP_ACCOUNT, "name": "Amanah",
                "phoneNumbers": [{ "phoneNumberId": NUMBER, "displayPhoneNumber": "628110000001", "verifiedName": "Amanah Wisata" }],
            }],
            "leadForms": [{ "id": FORM, "pageId": PAGE, "name": "Umrah Ramadhan" }],
        });
        self.meta.seed(serde_json::from_value(seed).unwrap());
        self.meta.keep_lead(graph::Lead {
            form_id: FORM.to_owned(),
            ..graph::Lead::default()
        });
    }

    pub(super) fn now(&self) -> Timestamp {
        self.app.state.clock.now()
    }

    /// Lets time pass everywhere.
    pub(super) fn pass(&self, time: SignedDuration) {
        self.clock.advance(time);
        self.meta.clock().advance(time);
    }

    /// A partner of branch c1.
    pub(super) async fn partner(&self) -> Person {
        self.app.staff("m1", "MITRA", Some("c1")).await
    }

    /// A partner of another branch.
    pub(super) async fn neighbour(&self) -> Person {
        self.app.staff("n1", "MITRA", Some("c2")).await
    }

    pub(super) async fn begin(&self, person: &Person, provider: &str) -> Value {
        let ask = json!({ "provider": provider, "redirectUri": BACK });
        self.app.call(person, "beginConnect", ask).await.result()
    }

    /// The data of a `connectChannel` after a person has answered the dialog.
    pub(super) async fn back(&self, person: &Person, consent: Consent) -> Value {
        let provider = match consent.login {
            Login::Facebook => "FACEBOOK",
            Login::Instagram => "INSTAGRAM",
        };
        let begun = self.begin(person, provider).await;
        let code = self.meta.log_in(consent.redirect_uri(BACK));
        json!({ "provider": provider, "code": code, "redirectUri": BACK, "state": begun["state"] })
    }

    /// Connects what a consent opens, and gives what became of each account by its channel.
    pub(super) async fn connect(&self, person: &Person, consent: Consent) -> Value {
        let data = self.back(person, consent).await;
        let result = self.app.call(person, "connectChannel", data).await.result();
        by_channel(&result)
    }

    pub(super) async fn channel(&self, id: &str) -> Value {
        documents::get(&self.app.project, &format!("channels/{id}"))
            .await
            .unwrap_or_default()
    }

    pub(super) async fn secret(&self, id: &str) -> Option<Value> {
        documents::get(&self.app.project, &format!("channel_secrets/{id}")).await
    }

    pub(super) async fn connected_accounts(&self, uid: &str) -> Value {
        let user = documents::get(&self.app.project, &format!("users/{uid}")).await;
        user.unwrap()["connectedAccounts"].clone()
    }

    /// The hourly job.
    pub(super) async fn refresh(&self) {
        let url = format!("{}/tasks/refreshChannels", self.app.url);
        let status = self.app.http.post(url).send().await.unwrap().status();
        assert_eq!(status, 204);
    }

    /// Lets a day pass, and the job look at everything.
    pub(super) async fn next_day(&self) {
        self.pass(SignedDuration::from_hours(37));
        self.refresh().await;
    }

    /// Calls so far, as `GET /path`.
    pub(super) fn calls(&self) -> Vec<String> {
        let calls = self.meta.calls();
        let name = |call: &graph::Record| format!("{} {}", call.method, call.path);
        calls.iter().map(name).collect()
    }

    /// The token that a channel uses, opened.
    pub(super) async fn token(&self, id: &str) -> String {
        use secrecy::ExposeSecret as _;
        let grant = leadgen_pro::channels::secrets::grant(&self.app.state, id).await;
        grant
            .unwrap()
            .unwrap()
            .access
            .token
            .expose_secret()
            .to_owned()
    }
}

/// The accounts of a result by their channels.
pub(super) fn by_channel(result: &Value) -> Value {
    let channels = result["channels"].as_array().unwrap().iter();
    channels
        .map(|one| (one["channelId"].as_str().unwrap().to_owned(), one.clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

pub(super) fn page_channel() -> String {
    format!("FACEBOOK_{PAGE}")
}

pub(super) fn instagram_channel() -> String {
    format!("INSTAGRAM_{BEHIND_PAGE}")
}

pub(super) fn alone_channel() -> String {
    format!("INSTAGRAM_{ALONE}")
}
