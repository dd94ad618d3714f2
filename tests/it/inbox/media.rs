//! Files of messages on their way into Storage, from the simulated platform.

use leadgen_pro::channels::secrets::{Grant, SecretDoc};
use leadgen_pro::clients::graph::{Access, Login};
use leadgen_pro::clock::{Clock, ManualClock};
use serde_json::{Value, json};
use simulators::graph::{
    Clock as GraphClock, Content, FACEBOOK_APP_ID, FACEBOOK_APP_SECRET, Happening, Host,
    INSTAGRAM_APP_ID, INSTAGRAM_APP_SECRET, MediaFile, Server,
};
use simulators::tasks::Dispatcher;

use super::bodies::{NUMBER, PAGE};
use super::harness::connect_all;
use crate::support::{App, documents, queues};

const WA: &str = "6287000000011";
const PSID: &str = "7100000000000011";
const ACCOUNT: &str = "17841499000000002";
const IGSID: &str = "8200000000000012";
const START: &str = "2026-11-23T03:00:00Z";

struct Post {
    app: App,
    graph: Server,
    tasks: Dispatcher,
    clock: ManualClock,
}

impl Post {
    async fn open() -> Self {
        let (clock, hands) = Clock::manual(START.parse().unwrap());
        let (tasks, tasks_url) = queues::start(&["intake"], &clock).await;
        let graph = Server::start(GraphClock::manual(START.parse().unwrap()))
            .await
            .unwrap();
        let seed = json!({
            "pages": [{ "id": PAGE, "name": "Amanah Wisata" }],
            "instagramAccounts": [{ "id": ACCOUNT, "username": "amanah.wisata" }],
            "whatsappBusinessAccounts": [{ "id": "300200000000001", "phoneNumbers": [
                { "phoneNumberId": NUMBER, "displayPhoneNumber": "628700000001" },
            ] }],
        });
        graph.seed(serde_json::from_value(seed).unwrap());
        let (facebook, instagram) = (graph.host(Host::Graph), graph.host(Host::InstagramGraph));
        let app = App::start_at(
            &clock,
            &[
                ("TASKS_BASE_URL", &tasks_url),
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
            ],
        )
        .await;
        connect_all(&app).await;
        graph.subscribe_everything(&format!("{}/webhookHandler", app.url));
        let token = graph.system_user_token(&["300200000000001"]);
        let grant = Grant {
            access: Access {
                login: Login::Facebook,
                token: token.into(),
            },
            page_id: None,
        };
        let id = format!("WHATSAPP_{NUMBER}");
        let sealed = SecretDoc::seal(&app.state.channel_keys, &id, &grant).unwrap();
        let sealed = serde_json::to_value(sealed).unwrap();
        documents::put(&app.project, &format!("channel_secrets/{id}"), sealed).await;
        Self {
            app,
            graph,
            tasks,
            clock: hands,
        }
    }

    /// Somebody sends a file, and the platform tells of it.
    async fn sends(&self, asset: &str, customer: &str, content: Content) -> String {
        let message = self.graph.happen(Happening::Message {
            asset: asset.to_owned(),
            customer: customer.to_owned(),
            content,
            reply_to: None,
            referral: None,
        });
        self.graph.deliver_due().await;
        message
    }

    async fn work(&self) {
        self.tasks.deliver_due().await;
    }

    /// Lets time pass, for everybody.
    fn pass(&self, seconds: i64) {
        let time = jiff::SignedDuration::from_secs(seconds);
        self.clock.advance(time);
        self.graph.clock().advance(time);
    }

    /// The message by the platform's id.
    async fn message(&self, id: &str) -> Value {
        let project = &self.app.project;
        for (conversation, _) in documents::list(project, "conversations").await {
            let path = format!("conversations/{conversation}/messages");
            for (_, message) in documents::list(project, &path).await {
                if message["platformId"] == id {
                    return message;
                }
            }
        }
        panic!("there is no message {id}");
    }

    /// What its only attachment says.
    async fn file(&self, id: &str) -> Value {
        self.message(id).await["attachments"][0].clone()
    }

    async fn stored(&self, path: &str) -> bool {
        self.app.state.storage.find(path).await.unwrap().is_some()
    }

    /// Files that wait for somebody.
    async fn waiting(&self) -> usize {
        documents::list(&self.app.project, "media_fetches")
            .await
            .len()
    }
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

#[tokio::test]
async fn files_of_all_channels_are_in_storage_and_read_by_their_link() {
    let post = Post::open().await;
    for (asset, customer) in [(NUMBER, WA), (PAGE, PSID), (ACCOUNT, IGSID)] {
        let id = post
            .sends(asset, customer, Content::file(MediaFile::dot()))
            .await;
        let before = post.file(&id).await;
        assert_eq!(before["state"], "PENDING", "{before}");
        post.work().await;
        let file = post.file(&id).await;
        assert_eq!(file["state"], "STORED", "{file}");
        assert_eq!(file["sizeBytes"], MediaFile::dot().bytes.len());
        assert_eq!(file["mimeType"], "image/png");
        let read = post.app.http.get(text(&file, "url")).send().await.unwrap();
        assert_eq!(read.headers()["content-type"], "image/png");
        assert_eq!(read.bytes().await.unwrap(), MediaFile::dot().bytes);
        let bare = text(&file, "url").split("&token").next().unwrap();
        assert!(
            !post
                .app
                .http
                .get(bare)
                .send()
                .await
                .unwrap()
                .status()
                .is_success()
        );
        assert_eq!(post.waiting().await, 0);
    }
}

#[tokio::test]
async fn a_file_that_fails_for_a_while_is_tried_again_and_one_that_is_gone_says_so() {
    let post = Post::open().await;
    // The queue takes nothing: the sweep finds it.
    post.tasks.refuse(Some(503));
    let late = post
        .sends(NUMBER, WA, Content::file(MediaFile::dot()))
        .await;
    post.tasks.refuse(None);
    post.work().await;
    assert_eq!(post.file(&late).await["state"], "PENDING");
    post.pass(61);
    let sweep = post.app.http.post(format!("{}/tasks/sweep", post.app.url));
    assert_eq!(sweep.send().await.unwrap().status(), 204);
    post.work().await;
    assert_eq!(post.file(&late).await["state"], "STORED");

    // Taken away by the platform: three times it does not say whether that is for good.
    post.tasks.refuse(Some(503));
    let lost = post
        .sends(NUMBER, WA, Content::file(MediaFile::dot()))
        .await;
    post.tasks.refuse(None);
    let media = text(&post.file(&lost).await, "mediaId").to_owned();
    assert!(post.graph.lose_file(&media));
    for _ in 0..3 {
        post.pass(300);
        let sweep = post.app.http.post(format!("{}/tasks/sweep", post.app.url));
        assert_eq!(sweep.send().await.unwrap().status(), 204);
        post.work().await;
    }
    let file = post.file(&lost).await;
    assert_eq!(
        (&file["state"], &file["reason"]),
        (&json!("FAILED"), &json!("GONE"))
    );

    // A link of the edge is good for an hour.
    post.tasks.refuse(Some(503));
    let old = post
        .sends(PAGE, PSID, Content::file(MediaFile::dot()))
        .await;
    post.tasks.refuse(None);
    post.pass(3_700);
    let sweep = post.app.http.post(format!("{}/tasks/sweep", post.app.url));
    assert_eq!(sweep.send().await.unwrap().status(), 204);
    post.work().await;
    let file = post.file(&old).await;
    assert_eq!(
        (&file["state"], &file["reason"]),
        (&json!("FAILED"), &json!("GONE"))
    );
    assert_eq!(post.waiting().await, 0);
}

#[tokio::test]
async fn a_message_that_is_taken_back_loses_its_file_also_before_it_was_fetched() {
    let post = Post::open().await;
    let unsend = async |message: &str| {
        post.graph.happen(Happening::Unsend {
            asset: NUMBER.to_owned(),
            customer: WA.to_owned(),
            message: message.to_owned(),
        });
        post.graph.deliver_due().await;
    };
    let kept = post
        .sends(NUMBER, WA, Content::file(MediaFile::dot()))
        .await;
    post.work().await;
    let path = text(&post.file(&kept).await, "storagePath").to_owned();
    assert!(post.stored(&path).await);
    unsend(&kept).await;
    post.work().await;
    assert!(!post.stored(&path).await);
    assert_eq!(post.message(&kept).await["attachments"], json!([]));

    // Taken back while its task still waits.
    let early = post
        .sends(NUMBER, WA, Content::file(MediaFile::dot()))
        .await;
    unsend(&early).await;
    post.work().await;
    let message = post.message(&early).await;
    assert_eq!(
        (&message["deleted"], &message["attachments"]),
        (&json!(true), &json!([]))
    );
    post.pass(300);
    post.work().await;
    assert_eq!(post.waiting().await, 0);
    let folder = path.split('/').take(2).collect::<Vec<_>>().join("/");
    let left = post
        .app
        .state
        .storage
        .delete_prefix(&format!("{folder}/"))
        .await;
    assert_eq!(left, Ok(0));
}

#[tokio::test]
async fn nothing_is_fetched_from_elsewhere_and_a_story_is_not_kept() {
    let post = Post::open().await;
    let raw = |kind: &str, url: &str| Content::Raw {
        block: json!({ "attachments": [{ "type": kind, "payload": { "url": url } }] }),
    };
    let inside = format!("{}/tasks/sweep", post.app.url);
    let foreign = post.sends(PAGE, PSID, raw("image", &inside)).await;
    let metadata = "http://169.254.169.254/computeMetadata/v1/";
    let internal = post.sends(PAGE, PSID, raw("image", metadata)).await;
    post.work().await;
    for id in [foreign, internal] {
        let file = post.file(&id).await;
        assert_eq!(
            (&file["state"], &file["reason"]),
            (&json!("FAILED"), &json!("FOREIGN_ADDRESS"))
        );
    }
    let story = format!("{}/scontent.cdninstagram.com/v/1", post.graph.url());
    let mention = post
        .sends(ACCOUNT, IGSID, raw("story_mention", &story))
        .await;
    let once = post.sends(ACCOUNT, IGSID, raw("ephemeral", &story)).await;
    post.work().await;
    let file = post.file(&mention).await;
    assert_eq!(
        (file["state"].is_null(), text(&file, "url")),
        (true, story.as_str())
    );
    assert!(post.file(&once).await["url"].is_null());
    assert_eq!(post.waiting().await, 0);
}
