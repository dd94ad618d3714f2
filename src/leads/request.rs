//! Fields of a request as domain values; what is wrong with one is said in the language of people.

use jiff::{SignedDuration, Timestamp};

use super::LeadSource;
use super::person::{Email, Name, Note, TextError};
use super::phone::{Phone, PhoneError};
use crate::error::{Code, Error, Text, text};
use crate::ids::Uid;

/// How far a client's clock may be ahead.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(10);

pub(super) fn name(field: &str, name: &str) -> Result<Name, Error> {
    Name::parse(name).map_err(|error| Error::field(field, of_text(error)))
}

pub(super) fn phone(field: &str, phone: &str) -> Result<Phone, Error> {
    Phone::parse(phone).map_err(|error| Error::field(field, of_phone(error)))
}

/// An empty text is no email address, as forms send it.
pub(super) fn email(field: &str, email: Option<&str>) -> Result<Option<Email>, Error> {
    filled(email)
        .map(Email::parse)
        .transpose()
        .map_err(|error| Error::field(field, of_text(error)))
}

/// An empty text is no note, as forms send it.
pub(super) fn note(field: &str, note: Option<&str>) -> Result<Option<Note>, Error> {
    filled(note)
        .map(Note::parse)
        .transpose()
        .map_err(|error| Error::field(field, of_text(error)))
}

pub(super) fn source(field: &str, source: &str) -> Result<LeadSource, Error> {
    LeadSource::parse(source).ok_or_else(|| {
        let known: Vec<_> = LeadSource::ALL
            .iter()
            .map(|source| source.as_str())
            .collect();
        let known = known.join(", ");
        Error::field(
            field,
            text(
                format!("Sumber harus salah satu dari {known}."),
                format!("The source must be one of {known}."),
            ),
        )
    })
}

/// When a person acted: a time that has come.
pub(super) fn submitted_at(
    field: &str,
    at: Option<&str>,
    now: Timestamp,
) -> Result<Timestamp, Error> {
    let Some(at) = at else {
        return Ok(now);
    };
    let at: Timestamp = at.parse().map_err(|_| {
        Error::field(
            field,
            text(
                "Waktu harus lengkap dengan zona, misalnya 2026-11-23T09:30:00+07:00.",
                "The time must be complete with its zone, such as 2026-11-23T09:30:00+07:00.",
            ),
        )
    })?;
    if at.duration_since(now) > CLOCK_TOLERANCE {
        return Err(Error::field(
            field,
            text(
                "Waktu tidak boleh di masa depan.",
                "The time must not lie in the future.",
            ),
        ));
    }
    // A lead that came up to date cannot be older than its document says.
    Ok(at.min(now))
}

pub(super) fn uid(field: &str, uid: &str) -> Result<Uid, Error> {
    Uid::parse(uid).map_err(|error| {
        Error::field(
            field,
            text("ID pengguna tidak sah.", format!("The user id {error}.")),
        )
    })
}

fn filled(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.trim().is_empty())
}

fn of_text(error: TextError) -> Text {
    match error {
        TextError::Empty => text("Isian ini wajib diisi.", "This must be filled in."),
        TextError::TooLong(most) => text(
            format!("Isian ini paling panjang {most} karakter."),
            format!("This must have at most {most} characters."),
        ),
        TextError::NotOneLine => text(
            "Isian ini harus satu baris teks.",
            "This must be one line of text.",
        ),
        TextError::NotAnEmail => text("Alamat email tidak sah.", "This is not an email address."),
    }
}

fn of_phone(error: PhoneError) -> Text {
    match error {
        PhoneError::Empty => text(
            "Nomor telepon wajib diisi.",
            "The phone number must be filled in.",
        ),
        PhoneError::NotANumber => text(
            "Isi dengan satu nomor telepon saja, tanpa huruf.",
            "Fill in one phone number, without letters.",
        ),
        PhoneError::NoCountry => text(
            "Awali nomor dengan 0, dengan 62, atau dengan + dan kode negara.",
            "Begin the number with 0, with 62, or with + and the country code.",
        ),
        PhoneError::Impossible => text(
            "Nomor telepon ini tidak mungkin ada; periksa jumlah angkanya.",
            "There is no such phone number; check how many digits it has.",
        ),
    }
}

/// The refusal of a phone whose lead the caller may not know. It says nothing of that lead.
pub(super) fn taken() -> Error {
    Error::new(
        Code::AlreadyExists,
        "LEAD_ALREADY_EXISTS",
        text(
            "Calon jemaah dengan nomor telepon ini sudah terdaftar di pihak lain.",
            "A lead with this phone number is already registered elsewhere.",
        ),
    )
    .at("phone")
}
