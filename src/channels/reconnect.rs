//! Why an account has to be connected again, and what its person reads about it.
//!
//! *Invariant:* pure. Only what the platform says of a token itself is a reason: silence, a limit or a fault of the platform
//! never is.
//!
//! # Source
//! <https://developers.facebook.com/docs/facebook-login/guides/access-tokens/debugging> and
//! <https://developers.facebook.com/docs/graph-api/guides/error-handling>, read 2026-11.

use crate::clients::graph::Refusal;
use crate::error::{Text, text};

/// Why a token no longer serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(rename = "ReconnectReason", rename_all = "SCREAMING_SNAKE_CASE")
)]
pub enum Reason {
    /// The person removed the app at Meta.
    AppRemoved,
    /// Meta wants the person to log in and pass a check.
    Checkpoint,
    /// The person changed the password.
    PasswordChanged,
    /// It ran out.
    Expired,
    /// Meta wants the person to confirm the account.
    Unconfirmed,
    /// Meta ended it, for instance after a security event.
    Invalidated,
    /// The person lost the role on the page.
    RoleLost,
    /// Meta refuses it and does not say why.
    Refused,
}

/// Every reason with its name in documents.
const NAMES: [(Reason, &str); 8] = [
    (Reason::AppRemoved, "APP_REMOVED"),
    (Reason::Checkpoint, "CHECKPOINT"),
    (Reason::PasswordChanged, "PASSWORD_CHANGED"),
    (Reason::Expired, "EXPIRED"),
    (Reason::Unconfirmed, "UNCONFIRMED"),
    (Reason::Invalidated, "INVALIDATED"),
    (Reason::RoleLost, "ROLE_LOST"),
    (Reason::Refused, "REFUSED"),
];

impl Reason {
    /// What a refusal of codes 190 and 102 says of the token; `None` for every other refusal.
    pub fn of(refusal: &Refusal) -> Option<Self> {
        match (refusal.code, refusal.subcode) {
            (102 | 190, 458) => Some(Self::AppRemoved),
            (102 | 190, 459) => Some(Self::Checkpoint),
            (102 | 190, 460) => Some(Self::PasswordChanged),
            (102 | 190, 463) => Some(Self::Expired),
            (102 | 190, 464) => Some(Self::Unconfirmed),
            (102 | 190, 467) => Some(Self::Invalidated),
            (102 | 190, 492) => Some(Self::RoleLost),
            (102 | 190, _) => Some(Self::Refused),
            _ => None,
        }
    }

    /// Whether the platform named the cause. A bare 190 has to be heard twice before it counts: Instagram sends it for
    /// expired tokens, and sometimes for nothing.
    pub fn is_certain(self) -> bool {
        self != Self::Refused
    }

    /// The reason as documents name it.
    pub fn as_str(self) -> &'static str {
        let found = NAMES.iter().find(|(reason, _)| *reason == self);
        found.map_or("REFUSED", |(_, name)| name)
    }

    /// What its person reads.
    pub fn text(self) -> Text {
        let (id, en) = match self {
            Self::AppRemoved => (
                "Aplikasi ini telah dihapus dari akun Meta Anda. Hubungkan kembali akun ini.",
                "The app was removed from your Meta account. Connect this account again.",
            ),
            Self::Checkpoint => (
                "Meta meminta Anda masuk ke akun dan menyelesaikan pemeriksaan keamanan. Sesudah itu, hubungkan kembali jika belum pulih sendiri.",
                "Meta wants you to log in and pass a security check. After that, connect again if it has not recovered by itself.",
            ),
            Self::PasswordChanged => (
                "Kata sandi akun Meta telah diganti. Hubungkan kembali akun ini.",
                "The password of the Meta account was changed. Connect this account again.",
            ),
            Self::Expired => (
                "Izin untuk akun ini telah kedaluwarsa. Hubungkan kembali akun ini.",
                "The permission for this account has expired. Connect this account again.",
            ),
            Self::Unconfirmed => (
                "Meta meminta Anda mengonfirmasi akun Anda. Sesudah itu, hubungkan kembali jika belum pulih sendiri.",
                "Meta wants you to confirm your account. After that, connect again if it has not recovered by itself.",
            ),
            Self::Invalidated => (
                "Meta mengakhiri izin akun ini demi keamanan. Hubungkan kembali akun ini.",
                "Meta ended the permission of this account for security. Connect this account again.",
            ),
            Self::RoleLost => (
                "Peran Anda di Halaman ini sudah tidak ada. Minta admin Halaman memberi Anda peran, lalu hubungkan kembali.",
                "You no longer have a role on this Page. Ask an admin of the Page for one, then connect again.",
            ),
            Self::Refused => (
                "Meta tidak lagi menerima izin akun ini. Hubungkan kembali akun ini.",
                "Meta no longer accepts the permission of this account. Connect this account again.",
            ),
        };
        text(id, en)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_said_of_the_token_is_a_reason() {
        let refusal = |code, subcode| Refusal {
            status: 400,
            code,
            subcode,
            ..Refusal::default()
        };
        for (subcode, name) in [
            (458, "APP_REMOVED"),
            (459, "CHECKPOINT"),
            (460, "PASSWORD_CHANGED"),
            (463, "EXPIRED"),
            (464, "UNCONFIRMED"),
            (467, "INVALIDATED"),
            (492, "ROLE_LOST"),
            (0, "REFUSED"),
        ] {
            let reason = Reason::of(&refusal(190, subcode)).unwrap();
            assert_eq!(reason.as_str(), name);
            assert_eq!(reason.is_certain(), subcode != 0);
        }
        for (code, subcode) in [
            (1, 0),
            (2, 0),
            (4, 0),
            (10, 0),
            (17, 0),
            (100, 33),
            (200, 0),
            (368, 0),
        ] {
            assert_eq!(
                Reason::of(&refusal(code, subcode)),
                None,
                "{code}/{subcode}"
            );
        }
    }
}
