//! Why a post is not live, or may not be, in words that a person can act on.

use crate::error::{Code, Error, Text, text};

/// What has to be done before the same post can go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "SCREAMING_SNAKE_CASE"))]
pub enum Remedy {
    /// Nothing: try again later.
    RetryLater,
    /// Connect the account again, or with more rights.
    Reconnect,
    /// Change the text or the media.
    FixContent,
    /// Do not post again before the matter with the platform is settled.
    Stop,
    /// Look at the account and say whether the post is there.
    Look,
}

impl Remedy {
    /// The word for it in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RetryLater => "RETRY_LATER",
            Self::Reconnect => "RECONNECT",
            Self::FixContent => "FIX_CONTENT",
            Self::Stop => "STOP",
            Self::Look => "LOOK",
        }
    }

    /// The remedy of a word.
    pub fn parse(word: &str) -> Option<Self> {
        [
            Self::RetryLater,
            Self::Reconnect,
            Self::FixContent,
            Self::Stop,
            Self::Look,
        ]
        .into_iter()
        .find(|remedy| remedy.as_str() == word)
    }
}

/// Why a post is not live, or may not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The machine code: `error.code` in the document.
    pub code: String,
    /// What has to be done.
    pub remedy: Remedy,
    /// What the person reads.
    pub text: Text,
    /// The platform's own code and subcode, for those who look it up.
    pub platform: Option<(i64, Option<i64>)>,
}

impl Failure {
    fn new(code: &str, remedy: Remedy, id: &'static str, en: &'static str) -> Self {
        Self {
            code: code.to_owned(),
            remedy,
            text: text(id, en),
            platform: None,
        }
    }

    /// Notes what the platform said.
    #[must_use]
    pub fn from_platform(mut self, code: i64, subcode: Option<i64>) -> Self {
        self.platform = Some((code, subcode));
        self
    }

    /// Neither the container nor the account says whether it is live.
    pub fn unconfirmed() -> Self {
        Self::new(
            "UNCONFIRMED",
            Remedy::Look,
            "Instagram tidak memberi kepastian apakah postingan ini tayang. Periksa akunnya, lalu tandai di sini: sudah tayang atau belum.",
            "Instagram does not say whether this post is live. Look at the account, then mark it here as live or not.",
        )
    }

    /// The page's lists do not show it, and the call may have been carried out.
    pub fn unconfirmed_page() -> Self {
        Self::new(
            "UNCONFIRMED",
            Remedy::Look,
            "Facebook tidak memberi kepastian apakah postingan ini tayang. Periksa halamannya, lalu tandai di sini: sudah tayang atau belum.",
            "Facebook does not say whether this post is live. Look at the page, then mark it here as live or not.",
        )
    }

    /// It is known not to be live, and its time is over.
    pub fn not_published() -> Self {
        Self::new(
            "NOT_PUBLISHED",
            Remedy::RetryLater,
            "Postingan ini tidak tayang. Silakan buat lagi.",
            "This post did not go out. Please post it again.",
        )
    }

    /// The platform did not do its part for a day.
    pub fn unavailable() -> Self {
        Self::new(
            "PLATFORM_UNAVAILABLE",
            Remedy::RetryLater,
            "Platform tidak berhasil memproses postingan ini. Postingan tidak tayang; silakan coba lagi nanti.",
            "The platform could not process this post. It is not live; please try again later.",
        )
    }

    /// Nobody connected the account again.
    pub fn not_reconnected() -> Self {
        Self::new(
            "RECONNECT",
            Remedy::Reconnect,
            "Akun perlu dihubungkan ulang, dan itu belum dilakukan selama tujuh hari. Hubungkan ulang akun, lalu buat postingan lagi.",
            "The account has to be connected again, and that was not done for seven days. Connect it, then post again.",
        )
    }

    /// The account's quota stays full.
    pub fn quota() -> Self {
        Self::new(
            "QUOTA",
            Remedy::RetryLater,
            "Batas jumlah postingan harian akun ini sudah tercapai selama dua hari. Coba lagi besok.",
            "The account's daily number of posts has been used up for two days. Try again tomorrow.",
        )
    }

    /// The account stays stopped.
    pub fn stopped() -> Self {
        Self::new(
            "ACCOUNT_STOPPED",
            Remedy::Stop,
            "Platform menghentikan sementara posting dari akun ini. Tunggu sampai pembatasan berakhir.",
            "The platform has stopped posts from this account for a while. Wait until the restriction ends.",
        )
    }

    /// The platform takes the account's posts for spam.
    pub fn spam() -> Self {
        Self::new(
            "BLOCKED_AS_SPAM",
            Remedy::Stop,
            "Platform menganggap postingan ini spam. Posting dari akun ini dihentikan 24 jam; ubah isinya sebelum mencoba lagi.",
            "The platform took this post for spam. Posts from this account stop for 24 hours; change it before trying again.",
        )
    }

    /// The account is restricted, inactive or not allowed to post.
    pub fn restricted() -> Self {
        Self::new(
            "ACCOUNT_RESTRICTED",
            Remedy::Stop,
            "Akun ini dibatasi atau tidak aktif di platform. Buka aplikasinya dan selesaikan dahulu permintaan platform.",
            "The platform restricts this account or takes it for inactive. Open its app and settle what it asks for first.",
        )
    }

    /// A right is missing.
    pub fn permission() -> Self {
        Self::new(
            "PERMISSION_MISSING",
            Remedy::Reconnect,
            "Izin untuk memposting belum diberikan. Hubungkan ulang akun dan setujui semua izin.",
            "The permission to post is missing. Connect the account again and agree to every permission.",
        )
    }

    /// Whoever asked for it may not post there any more.
    pub fn not_allowed() -> Self {
        Self::new(
            "NOT_ALLOWED",
            Remedy::Stop,
            "Pembuat postingan ini tidak lagi berwenang memakai akun tersebut.",
            "Whoever made this post may no longer use that account.",
        )
    }

    /// The account was taken away.
    pub fn disconnected() -> Self {
        Self::new(
            "CHANNEL_DISCONNECTED",
            Remedy::Reconnect,
            "Akun tujuan sudah diputus. Hubungkan lagi, lalu buat postingan lagi.",
            "The account is no longer connected. Connect it, then post again.",
        )
    }

    /// A medium cannot be fetched.
    pub fn media_unreachable() -> Self {
        Self::new(
            "MEDIA_UNREACHABLE",
            Remedy::FixContent,
            "Gambar atau video tidak dapat diambil. Pilih media lain atau buat ulang.",
            "A picture or film cannot be fetched. Choose another or make it anew.",
        )
    }

    /// A medium is not what the platform takes.
    pub fn media(why: Text) -> Self {
        Self {
            code: "MEDIA_NOT_TAKEN".to_owned(),
            remedy: Remedy::FixContent,
            text: why,
            platform: None,
        }
    }

    /// A picture is not what the platform takes.
    pub fn picture() -> Self {
        Self::new(
            "MEDIA_NOT_TAKEN",
            Remedy::FixContent,
            "Platform tidak menerima gambar ini: harus JPEG, paling besar 8 MB, dengan rasio 4:5 sampai 1,91:1.",
            "The platform does not take this picture: it must be a JPEG of at most 8 MB, between 4:5 and 1.91:1.",
        )
    }

    /// A film is not what the platform takes.
    pub fn film() -> Self {
        Self::new(
            "MEDIA_NOT_TAKEN",
            Remedy::FixContent,
            "Platform tidak menerima video ini. Pakai MP4 dengan H.264 dan AAC, 3 detik sampai 15 menit.",
            "The platform does not take this film. Use an MP4 with H.264 and AAC of 3 seconds to 15 minutes.",
        )
    }

    /// The text is not what the platform takes.
    pub fn caption() -> Self {
        Self::new(
            "CAPTION_NOT_TAKEN",
            Remedy::FixContent,
            "Platform tidak menerima teksnya. Persingkat, kurangi tagar atau sebutan, lalu coba lagi.",
            "The platform does not take the text. Shorten it or use fewer hashtags or mentions, then try again.",
        )
    }

    /// The platform refuses what the post says or shows.
    pub fn content_rules() -> Self {
        Self::new(
            "CONTENT_REFUSED",
            Remedy::FixContent,
            "Platform menolak isi postingan ini. Ubah isinya lalu coba lagi.",
            "The platform refuses what this post says or shows. Change it and try again.",
        )
    }

    /// A refusal that nobody foresaw.
    pub fn refused() -> Self {
        Self::new(
            "REFUSED",
            Remedy::Stop,
            "Platform menolak postingan ini. Sampaikan kodenya kepada PUSAT.",
            "The platform refused this post. Please tell PUSAT its code.",
        )
    }

    /// The document is no post.
    pub fn invalid() -> Self {
        Self::new(
            "INVALID_POST",
            Remedy::Stop,
            "Data postingan ini tidak dapat dibaca. Silakan buat lagi.",
            "This post's data cannot be read. Please post it again.",
        )
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self::new(Code::FailedPrecondition, "POST_FAILED", failure.text)
            .with("postError", failure.code)
    }
}
