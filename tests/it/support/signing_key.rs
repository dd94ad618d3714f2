//! Real RSA keys made at run time, published and used as Google does: nothing secret is committed.

use std::sync::LazyLock;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// Two keys for the whole test run, since making one takes a noticeable moment.
pub(crate) static FIRST: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate("first"));
pub(crate) static SECOND: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate("second"));

/// An RSA key of 2048 bits with its id and a self-signed certificate.
pub(crate) struct SigningKey {
    pub(crate) kid: String,
    pair: RsaKeyPair,
    certificate: String,
}

impl SigningKey {
    pub(crate) fn generate(kid: &str) -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("RSA keys can be made");
        let pkcs8 = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).expect("RSA keys have a PKCS#8 form");
        let certified = rcgen::KeyPair::from_pkcs8_der_and_sign_algo(
            &pkcs8.as_ref().into(),
            &rcgen::PKCS_RSA_SHA256,
        )
        .expect("the key just made is readable");
        let certificate = rcgen::CertificateParams::new(vec!["securetoken.test".to_owned()])
            .and_then(|params| params.self_signed(&certified))
            .expect("a certificate can be signed")
            .pem();
        Self {
            kid: kid.to_owned(),
            pair,
            certificate,
        }
    }

    /// The certificate in PEM, as in `{kid: PEM}`.
    pub(crate) fn certificate_pem(&self) -> &str {
        &self.certificate
    }

    /// The public key as an entry of a JWKS.
    pub(crate) fn jwk(&self) -> Value {
        // RSAPublicKey in DER; with 2048 bits and e = 65537 the modulus lies at a fixed place.
        let der = self.pair.public_key().as_ref();
        assert_eq!((der.len(), &der[265..]), (270, &[2, 3, 1, 0, 1][..]));
        json!({
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid,
            "n": URL_SAFE_NO_PAD.encode(&der[9..265]), "e": "AQAB",
        })
    }

    /// A token with `claims`, as Google would sign it.
    pub(crate) fn token(&self, claims: &Value) -> String {
        self.token_with_header(
            &json!({"alg": "RS256", "kid": self.kid, "typ": "JWT"}),
            claims,
        )
    }

    /// A token with this very header, signed by RS256 whatever it says.
    pub(crate) fn token_with_header(&self, header: &Value, claims: &Value) -> String {
        self.sign(&unsigned(&header.to_string(), &claims.to_string()))
    }

    /// `signing_input`, a dot, and its signature.
    pub(crate) fn sign(&self, signing_input: &str) -> String {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                signing_input.as_bytes(),
                &mut signature,
            )
            .expect("RSA keys sign");
        format!("{signing_input}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// The first two parts of a token, from the text of its header and of its claims.
pub(crate) fn unsigned(header: &str, claims: &str) -> String {
    format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims)
    )
}
