//! What every HTTP client of ours has in common: whom it believes servers to be, and how long a connection may take.
//!
//! The certificate authorities are Mozilla's, compiled in, as those of the connection to Firestore are
//! (`tls-webpki-roots`): reading the system's, some 150 files for each client, took half of the time that a start takes.
//! They are renewed with the other dependencies.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use rustls::{ClientConfig, RootCertStore};

/// How long a connection may take to come up. Each client states its own time limits beside.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// Mozilla's certificate authorities.
static AUTHORITIES: LazyLock<Arc<RootCertStore>> = LazyLock::new(|| {
    let authorities: RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
    Arc::new(authorities)
});

/// Begins a client. Each has a pool of connections of its own: share the client of `AppState`, unless redirects must not
/// be followed.
pub(crate) fn client() -> reqwest::ClientBuilder {
    let mut tls = ClientConfig::builder()
        .with_root_certificates(Arc::clone(&AUTHORITIES))
        .with_no_client_auth();
    // What reqwest offers when it makes the settings itself.
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where clients begin"
    )]
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .connect_timeout(CONNECT_TIMEOUT)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use rustls::pki_types::PrivatePkcs8KeyDer;
    use rustls::{ServerConfig, ServerConnection};

    use super::*;

    #[tokio::test]
    async fn a_server_that_nobody_vouches_for_is_not_believed() {
        let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivatePkcs8KeyDer::from(own.signing_key.serialize_der());
        let settings = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![own.cert.der().clone()], key.into())
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!(
            "https://localhost:{}",
            listener.local_addr().unwrap().port()
        );
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut connection = ServerConnection::new(Arc::new(settings)).unwrap();
            connection.complete_io(&mut stream).map(drop)
        });
        let refused = client().build().unwrap().get(url).send().await.unwrap_err();
        let whole = format!("{refused:?}");
        assert!(whole.contains("UnknownIssuer"), "{whole}");
        assert!(
            server.join().unwrap().is_err(),
            "it was told so, and no request"
        );
    }
}
