//! One published key, ready to hold signatures against.

use aws_lc_rs::signature::{
    ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaParameters, RsaPublicKeyComponents,
};
use jsonwebtoken::{DecodingKey, DecodingKeyKind};

/// The only algorithm that Google signs tokens with. Keys of less than 2048 bits vouch for nothing.
const RS256: &RsaParameters = &RSA_PKCS1_2048_8192_SHA256;

/// An RSA public key, taken apart once: `jsonwebtoken` would do so for each signature, a tenth of what a signature costs.
pub struct VerifyingKey(ParsedPublicKey);

impl VerifyingKey {
    /// The key as `jsonwebtoken` read it. `None` when it is no RSA key.
    pub(super) fn of(key: &DecodingKey) -> Option<Self> {
        let parsed = match key.kind() {
            DecodingKeyKind::SecretOrDer(der) => ParsedPublicKey::new(RS256, der),
            DecodingKeyKind::RsaModulusExponent { n, e } => {
                RsaPublicKeyComponents { n, e }.to_parsed_public_key(RS256)
            }
        };
        parsed.ok().map(Self)
    }

    /// Whether this key made the RS256 `signature` of `message`.
    pub fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.verify_sig(message, signature).is_ok()
    }
}
