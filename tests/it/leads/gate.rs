//! A door between the application and the Firestore emulator that a test can shut.

use std::sync::Arc;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::support::setting;

/// An open door, until it is shut: then every connection is gone and none comes up.
pub(super) struct Gate {
    pub(super) address: String,
    open: Arc<watch::Sender<bool>>,
}

impl Gate {
    pub(super) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (open, mut watching) = watch::channel(true);
        tokio::spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let accepted = tokio::select! {
                    accepted = listener.accept() => Some(accepted.unwrap().0),
                    changed = watching.changed() => match changed {
                        Ok(()) => None,
                        Err(_) => return,
                    },
                };
                if !*watching.borrow() {
                    connections.shutdown().await;
                } else if let Some(mut inside) = accepted {
                    connections.spawn(async move {
                        let firestore = setting("FIRESTORE_EMULATOR_HOST");
                        let mut outside = TcpStream::connect(firestore).await.unwrap();
                        let _ = copy_bidirectional(&mut inside, &mut outside).await;
                    });
                }
            }
        });
        Self {
            address,
            open: Arc::new(open),
        }
    }

    pub(super) fn set(&self, open: bool) {
        self.open.send_replace(open);
    }
}
