//! Webhooks: who is told, in which bytes, and how long Meta tries.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;

use super::*;

/// A subscriber that answers as it is told, and remembers what it took.
#[derive(Clone)]
pub(super) struct Subscriber {
    pub(super) url: String,
    answer: Arc<Mutex<StatusCode>>,
    seen: Arc<Mutex<Vec<(HeaderMap, String)>>>,
}

impl Subscriber {
    pub(super) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let this = Self {
            url: format!("http://{}/hook", listener.local_addr().expect("an address")),
            answer: Arc::new(Mutex::new(StatusCode::OK)),
            seen: Arc::default(),
        };
        let take = async |State(this): State<Self>, headers: HeaderMap, body: String| {
            this.seen.lock().expect("a lock").push((headers, body));
            *this.answer.lock().expect("a lock")
        };
        let router = Router::new()
            .route("/hook", post(take))
            .with_state(this.clone());
        let mut set = tokio::task::JoinSet::new();
        set.spawn(async move { axum::serve(listener, router).await });
        set.detach_all();
        this
    }

    fn answers(&self, status: StatusCode) {
        *self.answer.lock().expect("a lock") = status;
    }

    /// What came since the last look, as JSON.
    pub(super) fn bodies(&self) -> Vec<Value> {
        let seen = std::mem::take(&mut *self.seen.lock().expect("a lock"));
        let bodies = seen.iter().map(|(_, body)| serde_json::from_str(body));
        bodies.collect::<Result<_, _>>().expect("JSON")
    }
}

pub(super) async fn told() -> (Lab, Subscriber) {
    let lab = Lab::start().await;
    let subscriber = Subscriber::start().await;
    lab.graph.subscribe_everything(&subscriber.url);
    (lab, subscriber)
}

const NUMBER: &str = "400300000000001";
const IG_OF_PAGE: &str = "17841499000000001";

#[tokio::test]
async fn each_product_tells_in_its_own_shape_and_signs_with_its_own_secret() {
    let (lab, subscriber) = told().await;
    let graph = &lab.graph;
    let lead = graph.fills_in(Lead::new(FORM, &[("full_name", "Siti")]));
    let wamid = graph.customer_writes(NUMBER, "6287000000011", "Assalamualaikum 🌙");
    let mid = graph.customer_writes(PAGE, "7100000000000011", "Halo");
    graph.customer_writes(IG_OF_PAGE, "8200000000000011", "Kak?");
    graph.customer_writes(ACCOUNT, "8200000000000012", "Kak!");
    graph.deliver_due().await;
    let seen = subscriber.seen.lock().expect("a lock").clone();
    for (number, (headers, body)) in seen.iter().enumerate() {
        assert!(body.is_ascii(), "{body}");
        let secret = if number == 4 {
            INSTAGRAM_APP_SECRET
        } else {
            FACEBOOK_APP_SECRET
        };
        let expected = format!("sha256={}", hmac_hex(secret, body.as_bytes()));
        assert_eq!(headers["x-hub-signature-256"], expected);
    }
    let bodies = subscriber.bodies();
    let ms = graph.now().as_millisecond();
    assert_eq!(
        bodies[0],
        json!({ "object": "page", "entry": [{ "id": PAGE, "time": ms / 1000, "changes": [{
        "field": "leadgen", "value": { "leadgen_id": lead, "page_id": PAGE, "form_id": FORM, "created_time": ms / 1000 },
    }] }] })
    );
    assert_eq!(
        bodies[1],
        json!({ "object": "whatsapp_business_account", "entry": [{ "id": "300200000000001", "changes": [{
        "field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": "628700000001", "phone_number_id": NUMBER },
            "contacts": [{ "profile": { "name": "Pelanggan 0011" }, "wa_id": "6287000000011" }],
            "messages": [{
                "from": "6287000000011", "id": wamid, "timestamp": (ms / 1000).to_string(), "type": "text",
                "text": { "body": "Assalamualaikum 🌙" },
            }],
        },
    }] }] })
    );
    assert_eq!(
        bodies[2],
        json!({ "object": "page", "entry": [{ "id": PAGE, "time": ms, "messaging": [{
        "sender": { "id": "7100000000000011" }, "recipient": { "id": PAGE }, "timestamp": ms,
        "message": { "mid": mid, "text": "Halo" },
    }] }] })
    );
    assert_eq!(
        (&bodies[3]["object"], &bodies[4]["entry"][0]["id"]),
        (&json!("instagram"), &json!(ACCOUNT))
    );
}

#[tokio::test]
async fn a_break_in_any_layer_is_silence() {
    let (lab, _) = told().await;
    let graph = &lab.graph;
    let write = || graph.customer_writes(PAGE, "7100000000000011", "Halo");
    graph.change_app(Login::Facebook, |app| app.live = false);
    write();
    graph.change_app(Login::Facebook, |app| {
        app.live = true;
        let page = app.subscriptions.get_mut("page").expect("a subscription");
        page.fields.remove("messages");
    });
    write();
    graph.subscribe_everything("http://127.0.0.1:1/");
    let token = graph.page_token(PAGE);
    let body = json!({ "subscribed_fields": "leadgen" });
    lab.post(
        Login::Facebook,
        &token,
        &format!("/{PAGE}/subscribed_apps"),
        &body,
    )
    .await;
    write();
    assert!(graph.deliver_due().await.is_empty());
}

#[tokio::test]
async fn what_is_not_taken_comes_again_later_each_time_until_meta_loses_patience() {
    let (lab, subscriber) = told().await;
    let graph = &lab.graph;
    subscriber.answers(StatusCode::SERVICE_UNAVAILABLE);
    graph.fills_in(Lead::new(FORM, &[]));
    graph.customer_writes(NUMBER, "6287000000011", "Halo");
    assert_eq!(graph.deliver_due().await.len(), 4, "each again at once");
    assert!(graph.deliver_due().await.is_empty());
    graph.clock().advance(SignedDuration::from_secs(15));
    let again = graph.deliver_due().await;
    assert_eq!(
        again.iter().map(|it| it.attempt).collect::<Vec<_>>(),
        [3, 3]
    );
    let times = |bodies: Vec<Value>| -> Vec<i64> {
        bodies
            .iter()
            .filter_map(|body| body["entry"][0]["time"].as_i64())
            .collect()
    };
    let times = times(subscriber.bodies());
    assert_eq!(
        times[2] - times[0],
        15,
        "the time of an entry is when it was sent"
    );
    for (hours, object) in [(36, "whatsapp_business_account"), (7 * 24, "")] {
        for _ in 0..hours {
            graph.clock().advance(SignedDuration::from_hours(1));
            graph.deliver_due().await;
        }
        let last = graph.deliveries().pop().expect("a delivery");
        graph.clock().advance(SignedDuration::from_hours(6));
        let still = graph.deliver_due().await;
        assert!(
            still.iter().all(|it| it.object == object),
            "after {hours} h: {last:?}"
        );
        assert_eq!(still.is_empty(), object.is_empty());
    }
}

#[tokio::test]
async fn an_hour_of_failure_costs_the_subscription_of_a_page() {
    let (lab, subscriber) = told().await;
    let graph = &lab.graph;
    subscriber.answers(StatusCode::INTERNAL_SERVER_ERROR);
    graph.customer_writes(PAGE, "7100000000000011", "Halo");
    for _ in 0..=60 {
        graph.deliver_due().await;
        graph.clock().advance(SignedDuration::from_mins(1));
    }
    let token = graph.page_token(PAGE);
    let (_, apps) = lab.get(&token, &format!("/{PAGE}/subscribed_apps")).await;
    assert_eq!(apps["data"], json!([]));
    subscriber.answers(StatusCode::OK);
    subscriber.bodies();
    graph.customer_writes(PAGE, "7100000000000011", "Masih di situ?");
    graph.clock().advance(SignedDuration::from_hours(6));
    assert!(
        graph.deliver_due().await.is_empty(),
        "neither the old nor the new"
    );
}

#[tokio::test]
async fn bodies_are_filled_shuffled_and_sent_twice_on_demand() {
    let (lab, subscriber) = told().await;
    let graph = &lab.graph;
    graph.delivery_rules(DeliveryRules {
        batch: 1000,
        shuffle: Some(7),
        twice: true,
        as_changes: false,
    });
    for number in 0..20 {
        graph.customer_writes(NUMBER, "6287000000011", &number.to_string());
    }
    let made = graph.deliver_due().await;
    assert_eq!(made.iter().map(|it| it.units).collect::<Vec<_>>(), [20, 20]);
    let bodies = subscriber.bodies();
    let value = &bodies[0]["entry"][0]["changes"][0]["value"];
    assert_eq!(value["contacts"].as_array().map(Vec::len), Some(1));
    let texts = value["messages"].as_array().expect("messages").iter();
    let texts: Vec<_> = texts
        .filter_map(|it| it["text"]["body"].as_str()?.parse::<u8>().ok())
        .collect();
    let mut sorted = texts.clone();
    sorted.sort_unstable();
    assert_ne!(texts, sorted);
    assert_eq!(sorted, (0..20).collect::<Vec<_>>());

    graph.delivery_rules(DeliveryRules {
        twice: true,
        as_changes: true,
        ..DeliveryRules::default()
    });
    graph.customer_writes(ACCOUNT, "8200000000000012", "Kak!");
    graph.deliver_due().await;
    let bodies = subscriber.bodies();
    let change = &bodies[0]["entry"][0]["changes"][0];
    assert_eq!(
        (&change["field"], &change["value"]["timestamp"]),
        (&json!("messages"), &json!("1795402800"))
    );
    let times = [&bodies[0], &bodies[1]].map(|body| body["entry"][0]["time"].as_i64());
    assert_eq!(times[1], times[0].map(|time| time + 1));
}

#[tokio::test]
async fn for_people_webhooks_go_out_by_themselves() {
    let subscriber = Subscriber::start().await;
    let graph = Graph::new(Clock::running());
    graph.seed(seed());
    graph.subscribe_everything(&subscriber.url);
    let mut set = tokio::task::JoinSet::new();
    set.spawn(graph.clone().run());
    graph.customer_writes(NUMBER, "6287000000011", "Halo");
    while graph.deliveries().is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(subscriber.bodies().len(), 1);
}
