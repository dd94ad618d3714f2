//! Why a message did not go out, in words that a person can act on. Pure.
//!
//! # Source
//! <https://developers.facebook.com/docs/messenger-platform/error-codes> and
//! <https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes>, read 2026-11.

use crate::clients::graph::{Class, GraphError};
use crate::error::{Code, Error, Language, Text, text};

/// Nobody knows whether a message went out.
pub const UNCLEAR: &str = "UNCONFIRMED";

/// Why a message certainly did not go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// `error.code` of the message: the platform's code, or a word of ours.
    pub code: String,
    /// `details.reason` of the callable.
    pub reason: &'static str,
    /// The canonical code of the callable.
    pub status: Code,
    /// What the person reads.
    pub text: Text,
}

/// What became of an attempt that brought no id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It certainly came to nothing.
    Failed(Failure),
    /// It may have gone out.
    Unclear,
}

/// What people read of a message that may have gone out.
pub fn unclear() -> Text {
    text(
        "Belum pasti apakah pesan ini terkirim. Periksa dulu percakapannya sebelum mengirim ulang.",
        "It is not clear whether this message was sent. Check the conversation before repeating it.",
    )
}

/// WhatsApp's codes for a passing fault of its own: it may have taken the message all the same.
const WHATSAPP_IN_DOUBT: [i64; 2] = [131_000, 131_016];

impl Outcome {
    /// What a call that ended badly means for the message.
    pub fn of(error: &GraphError) -> Self {
        let doubtful = error
            .refusal()
            .is_some_and(|refusal| WHATSAPP_IN_DOUBT.contains(&refusal.code));
        if doubtful || error.in_doubt() {
            return Self::Unclear;
        }
        let Some(refusal) = error.refusal() else {
            return Self::Failed(Failure::not_sent());
        };
        let code = match refusal.subcode {
            0 => refusal.code.to_string(),
            subcode => format!("{}/{subcode}", refusal.code),
        };
        let words = words(refusal.code, refusal.subcode).unwrap_or_else(|| by_class(error.class()));
        Self::Failed(Failure::new(code, words))
    }
}

/// Reason, canonical code, Indonesian, English.
type Words = (&'static str, Code, &'static str, &'static str);

impl Failure {
    fn new(code: String, (reason, status, id, en): Words) -> Self {
        Self {
            code,
            reason,
            status,
            text: text(id, en),
        }
    }

    /// The platform was not reached.
    pub fn not_sent() -> Self {
        Self::new(
            "NOT_SENT".to_owned(),
            (
                "NOT_SENT",
                Code::Unavailable,
                "Meta tidak dapat dihubungi. Pesan belum terkirim; silakan kirim lagi.",
                "Meta could not be reached. The message was not sent; please send it again.",
            ),
        )
    }

    /// What was written of a failure: in the words for its code, as far as there are any.
    pub fn stored(code: &str) -> Self {
        if code == "NOT_SENT" {
            return Self::not_sent();
        }
        let (first, second) = code.split_once('/').unwrap_or((code, "0"));
        let number = |text: &str| text.parse::<i64>().unwrap_or_default();
        let words =
            words(number(first), number(second)).unwrap_or_else(|| by_class(Class::Unknown));
        Self::new(code.to_owned(), words)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self::new(failure.status, failure.reason, failure.text).with("platformCode", failure.code)
    }
}

/// What a platform's code of a failed message means to people, in both languages; `None` for codes without words of ours.
pub fn sentence(code: &str, language: Language) -> Option<&'static str> {
    let (first, second) = code.split_once('/').unwrap_or((code, "0"));
    let (_, _, id, en) = words(first.parse().ok()?, second.parse().ok()?)?;
    Some(match language {
        Language::Indonesian => id,
        Language::English => en,
    })
}

fn words(code: i64, subcode: i64) -> Option<Words> {
    let precondition = Code::FailedPrecondition;
    Some(match (code, subcode) {
        (10, 2_018_278 | 2_534_022) | (10_903 | 131_047, _) => (
            "REPLY_WINDOW_CLOSED",
            precondition,
            "Batas waktu membalas sudah berakhir. Tunggu sampai kontak menulis lagi, atau kirim templat di WhatsApp.",
            "The time to answer has ended. Wait until the contact writes again, or send a template on WhatsApp.",
        ),
        (10_900, _) => (
            "PRIVATE_REPLY_USED",
            precondition,
            "Komentar ini sudah dibalas secara pribadi; Meta hanya mengizinkan satu kali.",
            "This comment was answered in private already; Meta allows it once.",
        ),
        (100, 2_018_001) | (551 | 131_026, _) => (
            "CONTACT_UNREACHABLE",
            precondition,
            "Kontak ini tidak dapat menerima pesan: akunnya tidak aktif, tidak tersedia, atau memblokir kita.",
            "This contact cannot get messages: the account is inactive, unavailable, or has blocked us.",
        ),
        (131_049 | 130_472, _) => (
            "HELD_BACK",
            precondition,
            "Meta menahan pesan ini agar kontak tidak terlalu sering dihubungi. Coba lagi paling cepat besok.",
            "Meta held this message back so that the contact is not written to too often. Try again tomorrow at the earliest.",
        ),
        (131_050, _) => (
            "CONTACT_OPTED_OUT",
            precondition,
            "Kontak ini tidak mau menerima pesan promosi.",
            "This contact does not want marketing messages.",
        ),
        (4 | 17 | 32 | 613 | 80_007 | 130_429 | 131_056, _) => (
            "TOO_FAST",
            Code::ResourceExhausted,
            "Terlalu banyak pesan dalam waktu singkat. Tunggu sebentar, lalu kirim lagi.",
            "Too many messages in a short time. Wait a moment, then send it again.",
        ),
        (368 | 131_031 | 131_048, _) => (
            "ACCOUNT_RESTRICTED",
            precondition,
            "Meta membatasi akun ini. Hentikan pengiriman dan periksa kualitas akun di Meta Business Suite.",
            "Meta restricts this account. Stop sending and look at the account's quality in Meta Business Suite.",
        ),
        (131_042, _) => (
            "PAYMENT_NEEDED",
            precondition,
            "Pembayaran akun WhatsApp bermasalah. Hubungi pemilik akun.",
            "There is a problem with the WhatsApp account's payment. Tell the account's owner.",
        ),
        (131_045 | 133_010, _) => (
            "NUMBER_NOT_REGISTERED",
            precondition,
            "Nomor WhatsApp ini belum terdaftar di Meta. Hubungkan ulang nomornya.",
            "This WhatsApp number is not registered with Meta. Connect the number again.",
        ),
        (131_030, _) => (
            "TEST_NUMBER",
            precondition,
            "Nomor uji coba hanya dapat mengirim ke penerima yang didaftarkan.",
            "A test number sends only to recipients that were listed.",
        ),
        (131_062, _) => (
            "PHONE_NEEDED",
            precondition,
            "Templat ini butuh nomor telepon. Minta kontak membagikan nomornya.",
            "This template needs a phone number. Ask the contact to share theirs.",
        ),
        (132_000..=132_069, _) => (
            "TEMPLATE_REFUSED",
            precondition,
            "Templat ini tidak dapat dipakai: nama, bahasa, atau isian tidak cocok, atau templatnya dijeda. Pilih templat lain.",
            "This template cannot be used: its name, language or parameters do not fit, or it is paused. Choose another.",
        ),
        (131_005, _) => by_class(Class::Permission),
        _ => return None,
    })
}

fn by_class(class: Class) -> Words {
    match class {
        Class::Retry { .. } => (
            "PLATFORM_UNAVAILABLE",
            Code::Unavailable,
            "Meta sedang sibuk. Pesan belum terkirim; silakan kirim lagi nanti.",
            "Meta is busy. The message was not sent; please send it again later.",
        ),
        Class::Reconnect => (
            "CHANNEL_NEEDS_RECONNECT",
            Code::FailedPrecondition,
            "Sambungan akun ini ke Meta sudah tidak berlaku. Hubungkan ulang akunnya, lalu kirim lagi.",
            "This account's connection to Meta is no longer valid. Connect the account again, then send it again.",
        ),
        Class::Permission => (
            "PLATFORM_PERMISSION",
            Code::FailedPrecondition,
            "Akun ini belum diberi izin mengirim pesan di Meta. Periksa izinnya saat menghubungkan akun.",
            "This account was not given the right to send messages at Meta. Check its rights when connecting it.",
        ),
        Class::Stop => (
            "ACCOUNT_RESTRICTED",
            Code::FailedPrecondition,
            "Meta membatasi akun ini. Hentikan pengiriman dan periksa kualitas akun di Meta Business Suite.",
            "Meta restricts this account. Stop sending and look at the account's quality in Meta Business Suite.",
        ),
        Class::Fix | Class::Unknown => (
            "PLATFORM_REFUSED",
            Code::FailedPrecondition,
            "Meta menolak pesan ini. Ubah pesannya, atau tanyakan kepada PUSAT dengan menyebut kodenya.",
            "Meta refused this message. Change it, or ask PUSAT, naming the code.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::graph::{Login, Refusal};

    fn refused(status: u16, code: i64, subcode: i64) -> Outcome {
        Outcome::of(&GraphError::Refused(Box::new(Refusal {
            status,
            code,
            subcode,
            ..Refusal::default()
        })))
    }

    #[test]
    fn only_what_is_certain_counts_as_failed() {
        let unclear = [
            (500, 1, 0),
            (503, 0, 0),
            (400, 2, 0),
            (400, 131_000, 0),
            (400, 131_016, 0),
        ];
        for (status, code, subcode) in unclear {
            assert_eq!(
                refused(status, code, subcode),
                Outcome::Unclear,
                "{status} {code}"
            );
        }
        for error in [GraphError::NoAnswer, GraphError::Malformed] {
            assert_eq!(Outcome::of(&error), Outcome::Unclear);
        }
        for error in [GraphError::NotSent, GraphError::NoApp(Login::Facebook)] {
            assert_eq!(Outcome::of(&error), Outcome::Failed(Failure::not_sent()));
        }
    }

    #[test]
    fn each_code_has_its_reason_and_the_same_words_again() {
        for (code, subcode, reason) in [
            (10, 2_018_278, "REPLY_WINDOW_CLOSED"),
            (131_047, 0, "REPLY_WINDOW_CLOSED"),
            (551, 1_545_041, "CONTACT_UNREACHABLE"),
            (613, 0, "TOO_FAST"),
            (190, 463, "CHANNEL_NEEDS_RECONNECT"),
            (10, 0, "PLATFORM_PERMISSION"),
            (200, 0, "PLATFORM_PERMISSION"),
            (368, 0, "ACCOUNT_RESTRICTED"),
            (132_001, 0, "TEMPLATE_REFUSED"),
            (100, 0, "PLATFORM_REFUSED"),
        ] {
            let Outcome::Failed(failure) = refused(400, code, subcode) else {
                panic!("{code}/{subcode} is certain");
            };
            assert_eq!(failure.reason, reason, "{code}/{subcode}");
            if words(code, subcode).is_some() {
                assert_eq!(Failure::stored(&failure.code), failure);
            }
        }
    }
}
