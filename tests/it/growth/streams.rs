//! Five hundred people watch a caption being written, all at the same time, in one process of the service.
//!
//! The service and the simulated provider hold a connection for each, and so does the test: `make test` raises the number of
//! open files to what the machine allows.

use std::time::{Duration, Instant};

use futures::future::join_all;
use serde_json::{Value, json};
use simulators::ai::{Fault, OPENAI_KEY, Provider, Reply, Server, Target};
use tokio::process::Child;

use crate::content::studio::{Stream, order};
use crate::operations::process::{self, Service};
use crate::support::documents::{self, unsigned_token};
use crate::support::eventually;

const PEOPLE: usize = 500;

/// Of whom so many leave before the end.
const LEAVING: usize = 50;

/// Who come at a time.
const COMING: usize = 50;

/// How long the provider says nothing at most while people come: one that is silent for 25 s counts as gone. A caption has so
/// many words that none is over before the last has come, were the machine ever so busy.
const SILENCE: Duration = Duration::from_secs(15);
const WORDS: usize = 200;

/// Tokens after which people have read the first words: the caption's own come behind those that open the answer.
const FIRST_WORDS: usize = 12;

/// How long the provider takes over a token, on its own clock.
const A_TOKEN: Duration = Duration::from_millis(20);

/// What an open stream may take of the service's memory, in KiB: its request, two connections, and what waits in them.
const A_STREAM_KIB: u64 = 256;

/// The service, the provider and the people.
struct Hall {
    child: Child,
    address: String,
    ai: Server,
    project: String,
    http: reqwest::Client,
}

impl Hall {
    async fn open() -> Self {
        let project = format!("demo-t{}", uuid::Uuid::new_v4().simple());
        let ai = Server::start().await.unwrap();
        let mut settings = process::settings(&project);
        settings.extend(
            [
                ("OPENAI_API_KEY", OPENAI_KEY.to_owned()),
                ("OPENAI_BASE_URL", ai.openai_url()),
                ("CALLABLE_TIMEOUT_SECONDS", "600".to_owned()),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        let of = |day: i64| json!({ "dayMicroUsd": day, "monthMicroUsd": day * 30 });
        let settled = json!({
            "enabled": true,
            "allowances": { "user": of(1_000_000), "branch": of(100_000_000), "organisation": of(1_000_000_000) },
        });
        documents::put(&project, "settings/ai", settled).await;
        for people in (0..=PEOPLE).collect::<Vec<_>>().chunks(COMING) {
            let documents = people.iter().map(|&number| {
                let path = format!("users/{}", uid(number));
                let project = &project;
                async move { documents::put(project, &path, profile(number)).await }
            });
            join_all(documents).await;
        }
        let Service {
            child,
            address,
            mut log,
            ..
        } = Service::start(&settings).await;
        // Read to the end: the process would wait for a reader of its log.
        tokio::spawn(async move { tokio::io::copy(&mut log, &mut tokio::io::sink()).await });
        Self {
            child,
            address,
            ai,
            project,
            http: reqwest::Client::new(),
        }
    }

    fn holds(&self) -> (u64, usize) {
        process::holds(&self.child)
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn token(&self, number: usize) -> String {
        let now = jiff::Timestamp::now().as_second();
        unsigned_token(&json!({
            "iss": format!("https://securetoken.google.com/{}", self.project),
            "aud": self.project, "sub": uid(number), "user_id": uid(number),
            "iat": now - 10, "auth_time": now - 10, "exp": now + 3_590,
            "email": "a@example.id", "email_verified": true,
            "firebase": { "identities": {}, "sign_in_provider": "password" },
            "role": "MITRA", "branchId": branch(number),
        }))
    }

    /// Somebody asks, and has read the first words.
    async fn begun(&self, number: usize) -> (Stream, String) {
        let mut stream = Stream::open(&self.http, &self.url(), &self.token(number), order()).await;
        let stage = stream.next().await.unwrap();
        assert_eq!(stage["message"]["stage"], "WRITING", "{stage}");
        let words = stream.next().await.unwrap();
        (stream, caption(&words).to_owned())
    }

    async fn call(&self, number: usize, name: &str, data: Value) -> Value {
        let call = self.http.post(format!("{}/{name}", self.url()));
        let call = call.bearer_auth(self.token(number));
        let answer = call.json(&json!({ "data": data })).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{name}");
        let body: Value = answer.json().await.unwrap();
        body["result"].clone()
    }

    /// Calls that write, and calls that are left.
    fn at_the_provider(&self) -> (usize, usize) {
        let calls = self.ai.calls();
        let writes = |call: &&simulators::ai::Call| {
            call.first_token_ms.is_some() && call.finished_ms.is_none() && !call.client_left
        };
        let left = calls.iter().filter(|call| call.client_left).count();
        (calls.iter().filter(writes).count(), left)
    }
}

fn uid(number: usize) -> String {
    format!("m{number}")
}

/// Twenty-five partners a branch.
fn branch(number: usize) -> String {
    format!("c{}", number % 20)
}

fn profile(number: usize) -> Value {
    json!({
        "uid": uid(number), "email": format!("{}@example.id", uid(number)), "displayName": uid(number),
        "role": "MITRA", "branchId": branch(number), "parentId": branch(number), "disabled": false,
        "connectedAccounts": { "facebook": false, "instagram": false, "whatsapp": false },
        "createdAt": { "$time": "2026-11-23T02:00:00Z" }, "updatedAt": { "$time": "2026-11-23T02:00:00Z" },
    })
}

fn caption(event: &Value) -> &str {
    event["message"]["caption"].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_streams_at_once_all_come_to_their_end() {
    let hall = Hall::open().await;
    let ms = u64::try_from(A_TOKEN.as_millis()).unwrap();
    for _ in 0..PEOPLE {
        let slow = Fault::Slow { ms };
        hall.ai.fail(Provider::OpenAi, Target::Text, slow);
        hall.ai.reply(Reply {
            caption: vec!["umrah"; WORDS].join(" "),
            hashtags: Vec::new(),
            alt_text: String::new(),
        });
    }
    hall.call(PEOPLE, "whoami", Value::Null).await;
    let (idle, few) = hall.holds();
    let mut streams = Vec::new();
    for people in (0..PEOPLE).collect::<Vec<_>>().chunks(COMING) {
        let coming = join_all(people.iter().map(|&number| hall.begun(number)));
        streams
            .extend(while_it_writes(&hall, (people[0] + people.len(), FIRST_WORDS), coming).await);
    }
    assert_eq!(hall.at_the_provider(), (PEOPLE, 0), "all are open at once");
    let (open, many) = hall.holds();
    println!("{idle} KiB idle, {open} KiB with {PEOPLE} open streams");
    assert!(many >= few + 2 * PEOPLE, "{few} files, then {many}");
    assert!(
        open.saturating_sub(idle) < A_STREAM_KIB * PEOPLE as u64,
        "{idle} KiB, then {open}"
    );

    // Nobody is kept waiting by them.
    let whoami = hall.call(PEOPLE, "whoami", Value::Null).await;
    assert_eq!(whoami["uid"], uid(PEOPLE));
    let lead = json!({ "name": "Siti", "phone": "081234567890", "source": "MANUAL" });
    assert_eq!(hall.call(PEOPLE, "createLead", lead).await["created"], true);
    let written = hall.call(PEOPLE, "generateContent", order()).await;
    assert_eq!(written["status"], "COMPLETED");
    assert_eq!(hall.at_the_provider(), (PEOPLE, 0));

    // Who leaves gives back everything: the provider is hung up on, and both connections are closed.
    let (_, many) = hall.holds();
    streams.truncate(PEOPLE - LEAVING);
    eventually("those who left are gone", || async {
        let gone = hall.at_the_provider() == (PEOPLE - LEAVING, LEAVING);
        let (_, files) = hall.holds();
        (gone && files <= many - 2 * LEAVING).then_some(())
    })
    .await;

    let reading = streams.into_iter().map(|(stream, first)| async move {
        let mut events = stream.rest().await;
        let result = events.pop().unwrap()["result"].clone();
        let rest: String = events.iter().map(caption).collect();
        assert_eq!(result["status"], "COMPLETED", "{result}");
        let whole = format!("{first}{rest}");
        assert_eq!(result["generatedContent"]["caption"], whole.trim());
    });
    while_it_writes(&hall, (0, usize::MAX), join_all(reading)).await;
    eventually("all connections are given back", || async {
        (hall.at_the_provider().0 == 0).then_some(())
    })
    .await;
    let requests = documents::list(&hall.project, "content_requests").await;
    let completed = requests
        .iter()
        .filter(|(_, request)| request["status"] == "COMPLETED");
    assert_eq!(completed.count(), PEOPLE - LEAVING + 1);
    let (after, _) = hall.holds();
    println!("{after} KiB when all are over");
}

/// Has the provider write for as long as something goes on: so many tokens one after the other once so many have asked it,
/// and else one whenever it has been silent for long enough.
async fn while_it_writes<T>(
    hall: &Hall,
    (asked, mut tokens): (usize, usize),
    something: impl Future<Output = T>,
) -> T {
    let writing = async {
        let mut last = Instant::now();
        loop {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let next = tokens > 0 && hall.ai.calls().len() >= asked;
            if next || last.elapsed() > SILENCE {
                tokens = tokens.saturating_sub(usize::from(next));
                hall.ai.clock().advance(A_TOKEN);
                last = Instant::now();
            }
        }
    };
    tokio::select! {
        done = something => done,
        () = writing => unreachable!("it writes for ever"),
    }
}
