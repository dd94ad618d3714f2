//! Why a request ended without content, in words that a person can act on.

use super::budget::{CapReached, Level, Span};
use crate::error::{Code, Error, Language, Text, text};

/// Why a request failed for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The machine code: `error.code` in the document, `details.reason` of a callable.
    pub code: &'static str,
    /// The canonical code of a callable.
    pub status: Code,
    /// What the person reads.
    pub text: Text,
}

impl Failure {
    fn new(
        code: &'static str,
        status: Code,
        id: impl Into<std::borrow::Cow<'static, str>>,
        en: impl Into<std::borrow::Cow<'static, str>>,
    ) -> Self {
        Self {
            code,
            status,
            text: text(id, en),
        }
    }

    /// A budget has no room left.
    pub fn budget(cap: &CapReached) -> Self {
        let (span_id, span_en, when_id, when_en) = match cap.account.span {
            Span::Day => ("hari ini", "today", "besok", "tomorrow"),
            Span::Month => ("bulan ini", "this month", "bulan depan", "next month"),
        };
        let (whose_id, whose_en, ask_id, ask_en) = match cap.account.level {
            Level::User(..) => ("Anda", "Your", "cabang Anda", "your branch"),
            Level::Branch(_) => ("cabang Anda", "Your branch's", "PUSAT", "PUSAT"),
            Level::Organisation => ("organisasi", "The organisation's", "PUSAT", "PUSAT"),
        };
        Self::new(
            "BUDGET_REACHED",
            Code::ResourceExhausted,
            format!(
                "Anggaran AI {whose_id} untuk {span_id} sudah terpakai. Coba lagi {when_id}, atau minta {ask_id} menambahnya."
            ),
            format!(
                "{whose_en} AI budget for {span_en} is used up. Try again {when_en}, or ask {ask_en} for more."
            ),
        )
    }

    /// AI is switched off.
    pub fn switched_off() -> Self {
        Self::new(
            "AI_OFF",
            Code::FailedPrecondition,
            "AI sedang dimatikan oleh PUSAT.",
            "AI is switched off by PUSAT.",
        )
    }

    /// Limits or brand settings are missing, or not what they must look like.
    pub fn settings() -> Self {
        Self::new(
            "SETTINGS_UNREADABLE",
            Code::FailedPrecondition,
            "Pengaturan AI belum lengkap, jadi tidak ada yang boleh dibelanjakan. Hubungi PUSAT.",
            "The AI settings are incomplete, so nothing may be spent. Please tell PUSAT.",
        )
    }

    /// No provider is set up for what is asked for, or none takes our key.
    pub fn not_set_up() -> Self {
        Self::new(
            "AI_NOT_SET_UP",
            Code::FailedPrecondition,
            "Layanan AI untuk permintaan ini belum disiapkan. Hubungi PUSAT.",
            "The AI service for this request is not set up. Please tell PUSAT.",
        )
    }

    /// A provider refused the content.
    pub fn refused() -> Self {
        Self::new(
            "CONTENT_REFUSED",
            Code::FailedPrecondition,
            "Penyedia AI menolak topik ini. Ubah topiknya lalu coba lagi.",
            "The AI provider refused this topic. Please change the topic and try again.",
        )
    }

    /// The text keeps making a claim that PUSAT forbids.
    pub fn forbidden_claim() -> Self {
        Self::new(
            "FORBIDDEN_CLAIM",
            Code::FailedPrecondition,
            "Teksnya memuat klaim yang dilarang PUSAT. Ubah topiknya lalu coba lagi.",
            "The text makes a claim that PUSAT forbids. Please change the topic and try again.",
        )
    }

    /// No provider answered as it should.
    pub fn unavailable() -> Self {
        Self::new(
            "AI_UNAVAILABLE",
            Code::Unavailable,
            "Layanan AI sedang tidak menjawab. Coba lagi beberapa menit lagi.",
            "The AI service does not answer right now. Please try again in a few minutes.",
        )
    }

    /// There is no place for a picture or film, for longer than anybody should wait.
    pub fn not_stored() -> Self {
        Self::new(
            "MEDIA_NOT_STORED",
            Code::Unavailable,
            "Gambar atau video tidak dapat disimpan. Coba lagi beberapa menit lagi.",
            "The picture or film could not be stored. Please try again in a few minutes.",
        )
    }

    /// The film was not there in time.
    pub fn film_late() -> Self {
        Self::new(
            "MEDIA_LATE",
            Code::DeadlineExceeded,
            "Video tidak selesai pada waktunya. Teksnya sudah jadi; minta videonya sekali lagi bila perlu.",
            "The film was not ready in time. The text is there; ask for the film once more if you need it.",
        )
    }

    /// Nobody knows whether the film was begun, and another would be paid again.
    pub fn film_interrupted() -> Self {
        Self::new(
            "MEDIA_INTERRUPTED",
            Code::Unavailable,
            "Pembuatan video terputus saat dimulai. Teksnya sudah jadi; minta videonya sekali lagi bila perlu.",
            "Making the film was cut off as it began. The text is there; ask for the film once more if you need it.",
        )
    }

    /// The person may not ask for this any more.
    pub fn not_allowed() -> Self {
        Self::new(
            "NOT_ALLOWED",
            Code::PermissionDenied,
            "Anda tidak berwenang meminta konten ini.",
            "You are not allowed to ask for this content.",
        )
    }

    /// The document is no order.
    pub fn invalid(error: &Error) -> Self {
        Self::new(
            "INVALID_REQUEST",
            Code::InvalidArgument,
            error.message(Language::Indonesian).to_owned(),
            error.message(Language::English).to_owned(),
        )
    }

    /// The failure that a document tells of.
    pub fn stored(code: &str, message: &str) -> Self {
        let cap_text = || text(message.to_owned(), message.to_owned());
        [
            Self::switched_off(),
            Self::settings(),
            Self::not_set_up(),
            Self::refused(),
            Self::forbidden_claim(),
            Self::unavailable(),
            Self::not_stored(),
            Self::film_late(),
            Self::film_interrupted(),
            Self::not_allowed(),
        ]
        .into_iter()
        .find(|known| known.code == code)
        .unwrap_or_else(|| match code {
            "BUDGET_REACHED" => Self {
                code: "BUDGET_REACHED",
                status: Code::ResourceExhausted,
                text: cap_text(),
            },
            _ => Self {
                code: "INVALID_REQUEST",
                status: Code::InvalidArgument,
                text: cap_text(),
            },
        })
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self::new(failure.status, failure.code, failure.text)
    }
}
