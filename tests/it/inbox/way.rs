//! A way to Firestore that a test can break.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::support::setting;

/// All is well.
pub(crate) const UP: u8 = 0;
/// Nobody gets through, and whoever is through is cut off.
pub(crate) const DOWN: u8 = 1;
/// What is asked gets through, and the connection breaks before the answer does.
pub(crate) const DEAF: u8 = 2;

/// What is asked gets through, and no answer comes.
pub(crate) const MUTE: u8 = 3;

/// A way to Firestore that a test can break.
pub(crate) struct Way {
    pub(crate) address: String,
    state: Arc<AtomicU8>,
}

impl Way {
    pub(crate) async fn open() -> Self {
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

    pub(crate) fn be(&self, state: u8) {
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
                Ok(bytes) if bytes > 0 && state.load(Ordering::SeqCst) == MUTE => {}
                // A commit has been answered: it is in. Headers of its answer are more than an acknowledgement.
                Ok(bytes) if bytes > 64 => return,
                Ok(bytes) if bytes > 0 => {}
                _ => return,
            },
        }
    }
}
