//! Why something may not be sent, in words for a person.

use jiff::Timestamp;

use crate::error::{Code, Error, Text, text};
use crate::leads::calendar::JAKARTA;

/// Why a draft may not go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It says nothing.
    Empty,
    /// It is longer than the platform takes.
    TooLong {
        /// The limit.
        most: usize,
        /// How long it is.
        long: usize,
        /// Both in bytes of UTF-8 instead of characters.
        bytes: bool,
    },
    /// The platform no longer lets us answer.
    WindowClosed {
        /// When that ended; `None` when the contact never wrote.
        ended: Option<Timestamp>,
        /// Until when an answer by hand may still go out.
        human_agent_until: Option<Timestamp>,
        /// A template may go out all the same.
        template: bool,
    },
    /// A part of the template cannot be right: the field.
    Template(&'static str),
    /// Templates are `WhatsApp`'s.
    TemplatesAreForWhatsApp,
    /// Nothing but a comment can be answered in private.
    PrivateIsForComments,
    /// An answer to comments has to name one.
    WhichComment,
    /// A private answer goes to somebody else's comment.
    PrivateToOurselves,
}

fn clock_time(at: Timestamp) -> String {
    let local = JAKARTA.to_datetime(at);
    format!("{} WIB", local.strftime("%d-%m-%Y %H:%M"))
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let field = |field: &str, text: Text| Self::field(field, text);
        match refusal {
            Refusal::Empty => field("text", text("Tulis pesannya.", "Write the message.")),
            Refusal::TooLong { most, long, bytes } => {
                let (unit_id, unit_en) = if bytes {
                    (
                        "bita (emoji dan huruf Arab dihitung 2–4)",
                        "bytes (emoji and Arabic letters count 2–4)",
                    )
                } else {
                    ("karakter", "characters")
                };
                Self::new(
                    Code::InvalidArgument,
                    "TEXT_TOO_LONG",
                    text(
                        format!("Pesan ini {long} {unit_id}; paling banyak {most}."),
                        format!("This message has {long} {unit_en}; at most {most}."),
                    ),
                )
                .at("text")
                .with("limit", most)
                .with("length", long)
                .with("unit", if bytes { "BYTES" } else { "CHARACTERS" })
            }
            Refusal::WindowClosed {
                ended,
                human_agent_until,
                template,
            } => closed(ended, human_agent_until, template),
            Refusal::Template(at) => field(
                at,
                text(
                    "Bagian templat ini tidak sah.",
                    "This part of the template is not valid.",
                ),
            ),
            Refusal::TemplatesAreForWhatsApp => field(
                "template",
                text(
                    "Templat hanya untuk WhatsApp.",
                    "Templates are for WhatsApp alone.",
                ),
            ),
            Refusal::PrivateIsForComments => field(
                "private",
                text(
                    "Balasan pribadi hanya untuk komentar.",
                    "Only comments are answered in private.",
                ),
            ),
            Refusal::WhichComment => field(
                "replyTo",
                text(
                    "Pilih komentar yang dibalas.",
                    "Choose the comment to answer.",
                ),
            ),
            Refusal::PrivateToOurselves => field(
                "replyTo",
                text(
                    "Komentar ini milik kita sendiri.",
                    "This comment is our own.",
                ),
            ),
        }
    }
}

fn closed(ended: Option<Timestamp>, human_agent_until: Option<Timestamp>, template: bool) -> Error {
    let (id, en) = match ended {
        Some(ended) => (
            format!("Batas waktu membalas berakhir pada {}.", clock_time(ended)),
            format!("The time to answer ended at {}.", clock_time(ended)),
        ),
        None => (
            "Kontak ini belum pernah menulis, jadi belum boleh dibalas.".to_owned(),
            "This contact has never written, so there is nothing to answer yet.".to_owned(),
        ),
    };
    let (then_id, then_en) = match human_agent_until {
        Some(until) => {
            let until = clock_time(until);
            (
                format!("Balasan yang ditulis sendiri oleh petugas masih boleh sampai {until}."),
                format!("An answer written by hand may still go out until {until}."),
            )
        }
        None if template => (
            "Kirim templat, atau tunggu sampai kontak menulis lagi.".to_owned(),
            "Send a template, or wait until the contact writes again.".to_owned(),
        ),
        None => (
            "Tunggu sampai kontak menulis.".to_owned(),
            "Wait until the contact writes.".to_owned(),
        ),
    };
    let text = text(format!("{id} {then_id}"), format!("{en} {then_en}"));
    let mut error = Error::new(Code::FailedPrecondition, "REPLY_WINDOW_CLOSED", text);
    if let Some(ended) = ended {
        error = error.with("replyWindowEndedAt", ended.to_string());
    }
    if let Some(until) = human_agent_until {
        error = error.with("humanAgentUntil", until.to_string());
    }
    error
}
