//! How tokens prove themselves: whether Firebase Auth's are signed, and where the keys of all issuers are read.

use std::net::IpAddr;

use reqwest::Url;

use super::Reader;

/// # Source
/// <https://firebase.google.com/docs/auth/admin/verify-id-tokens> and
/// <https://firebase.google.com/docs/app-check/custom-resource-backend>, read 2026-11.
const FIREBASE_KEYS_URL: &str =
    "https://www.googleapis.com/robot/v1/metadata/x509/securetoken@system.gserviceaccount.com";
const APP_CHECK_KEYS_URL: &str = "https://firebaseappcheck.googleapis.com/v1/jwks";
const GOOGLE_KEYS_URL: &str = "https://www.googleapis.com/oauth2/v3/certs";

/// Where the public keys of the token issuers are read.
#[derive(Debug, Clone)]
pub struct KeyUrls {
    /// Keys of ID tokens and of blocking functions' tokens.
    pub firebase: String,
    /// Keys of App Check tokens.
    pub app_check: String,
    /// Keys of Google's OIDC tokens.
    pub google: String,
}

/// How the tokens that Firebase Auth issues prove themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdTokenAuth {
    /// By a signature (RS256) of one of the published keys.
    Signed,
    /// Not at all: as the Auth emulator makes them, and only with the emulators.
    Unsigned,
}

impl Reader<'_> {
    pub(super) fn id_tokens(&mut self, emulated: bool) -> IdTokenAuth {
        let auth = self.choice(
            "ID_TOKENS",
            if emulated { "unsigned" } else { "signed" },
            &[
                ("signed", IdTokenAuth::Signed),
                ("unsigned", IdTokenAuth::Unsigned),
            ],
        );
        if auth == IdTokenAuth::Unsigned && !emulated {
            self.faults
                .push("ID_TOKENS=unsigned goes only with the emulators".into());
            return IdTokenAuth::Signed;
        }
        auth
    }

    pub(super) fn key_urls(&mut self) -> KeyUrls {
        KeyUrls {
            firebase: self.key_url("FIREBASE_KEYS_URL", FIREBASE_KEYS_URL),
            app_check: self.key_url("APP_CHECK_KEYS_URL", APP_CHECK_KEYS_URL),
            google: self.key_url("GOOGLE_KEYS_URL", GOOGLE_KEYS_URL),
        }
    }

    /// Whoever can change what is read there can be anybody: encrypted, or this machine, which Cloud Run is not.
    fn key_url(&mut self, name: &str, default: &str) -> String {
        let text = self.url(name, default);
        let here = !self.on_cloud_run();
        if let Ok(url) = Url::parse(&text)
            && url.scheme() != "https"
            && !(here && is_loopback(&url))
        {
            self.faults.push(format!(
                "{name}: {text:?} could be forged on the way: use https (http only for 127.0.0.1, and not on Cloud Run)"
            ));
        }
        text
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    url.scheme() == "http" && address.is_ok_and(|address| address.is_loopback())
}
