//! Firestore goes away, or takes a commit and its answer gets lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::bodies::{NUMBER, THEN, text, whatsapp};
use super::harness::{connect_all, deliver, look, settings};
use crate::support::{App, documents, setting};

const UP: u8 = 0;
/// Nobody gets through, and whoever is through is cut off.
const DOWN: u8 = 1;
/// What is asked gets through, and the connection breaks before the answer does.
const DEAF: u8 = 2;

/// A way to Firestore that a test can break.
struct Way {
    address: String,
    state: Arc<AtomicU8>,
}

impl Way {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let state = Arc::new(AtomicU8::new(UP));
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if shared.load(Ordering::SeqCst) == DOWN {
                    continue;
                }
                let firestore = TcpStream::connect(setting("FIRESTORE_EMULATOR_HOST")).await;
                tokio::spawn(pump(client, firestore.unwrap(), Arc::clone(&shared)));
            }
        });
        Self { address, state }
    }

    fn be(&self, state: u8) {
        self.state.store(state, Ordering::SeqCst);
    }
}

async fn pump(mut client: TcpStream, mut firestore: TcpStream, state: Arc<AtomicU8>) {
    let (mut asked, mut answered) = ([0; 16_384], [0; 16_384]);
    loop {
        tokio::select! {
            read = client.read(&mut asked) => match read {
                Ok(bytes) if bytes > 0 && state.load(Ordering::SeqCst) != DOWN => {
                    if firestore.write_all(&asked[..bytes]).await.is_err() { return }
                }
                _ => return,
            },
            read = firestore.read(&mut answered) => match read {
                Ok(bytes) if bytes > 0 && state.load(Ordering::SeqCst) == UP => {
                    if client.write_all(&answered[..bytes]).await.is_err() { return }
                }
                // A commit has been answered: it is in. Headers of its answer are more than an acknowledgement.
                Ok(bytes) if bytes > 64 => return,
                Ok(bytes) if bytes > 0 => {}
                _ => return,
            },
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_firestore_did_not_take_is_answered_503_and_is_there_once_in_the_end() {
    let way = Way::open().await;
    let mut settings = settings().to_vec();
    settings.push(("FIRESTORE_EMULATOR_HOST", &way.address));
    let app = App::start_with(&settings).await;
    connect_all(&app).await;
    let message = |number: i64| {
        let id = format!("wamid.{number}");
        whatsapp(
            NUMBER,
            "messages",
            json!([text("6287000000011", &id, THEN + number, &id)]),
        )
    };
    assert_eq!(deliver(&app, &message(1)).await, 200);

    way.be(DOWN);
    assert_eq!(deliver(&app, &message(2)).await, 503);
    assert_eq!(deliver(&app, &message(3)).await, 503);
    way.be(UP);
    assert_eq!(look(&app).await.messages.len(), 1, "nothing came through");
    for number in [3, 2, 2] {
        let status = crate::support::eventually("Firestore is back", || async {
            let status = deliver(&app, &message(number)).await;
            (status != 503).then_some(status)
        });
        assert_eq!(status.await, 200);
    }

    way.be(DEAF);
    assert_eq!(deliver(&app, &message(4)).await, 503);
    way.be(UP);
    let status = crate::support::eventually("Firestore is back", || async {
        let status = deliver(&app, &message(4)).await;
        (status != 503).then_some(status)
    });
    assert_eq!(status.await, 200);

    let seen = look(&app).await;
    assert_eq!(seen.messages.len(), 4);
    assert_eq!((seen.ignored, seen.dead_letters), (0, 0));
    for conversation in seen.conversations.values() {
        assert_eq!(conversation["unreadCount"], 4);
        assert_eq!(conversation["lastMessageText"], "wamid.4");
    }
    // The delivery whose answer got lost was in before it came again.
    let id = leadgen_pro::seal::digest_hex(&message(4));
    let record = documents::get(&app.project, &format!("webhook_deliveries/{id}")).await;
    assert_eq!(record.unwrap()["repeated"], 1);
}
