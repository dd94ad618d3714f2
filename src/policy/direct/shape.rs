//! What the documents that clients write look like: one table each, the twin of the checks in `firestore.rules`.

use super::value::{Fields, Value, changed};
use crate::ids::Uid;

/// A field that a client may write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What its value must be.
    pub form: Form,
    /// Whether a document must have it.
    pub required: bool,
    /// Whether it can change once the document is there.
    pub editable: bool,
}

/// What a value must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// A text of `least` to `most` characters, counted as Firestore's rules count: in UTF-16 units.
    Text {
        /// The shortest.
        least: usize,
        /// The longest.
        most: usize,
    },
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// An id as [`crate::ids`] takes it.
    Id,
    /// The document's own id.
    DocumentId,
    /// A phone number in E.164.
    Phone,
    /// An email address, plainly: one `@`, a dot after it, no blanks.
    Email,
    /// The sides of a picture, like `4:5`.
    Aspect,
    /// A moment.
    Timestamp,
    /// The moment of the write itself.
    RequestTime,
    /// Who makes the write, and when: `{by, at}`. Looked at when the write changes it.
    Signature,
    /// A map of these fields and no other.
    Map(&'static [Field]),
}

/// Who writes, which document, when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Write<'a> {
    pub(super) author: Option<&'a Uid>,
    pub(super) document_id: &'a str,
    pub(super) request_time: i64,
}

const fn required(name: &'static str, form: Form) -> Field {
    Field {
        name,
        form,
        required: true,
        editable: true,
    }
}

const fn optional(name: &'static str, form: Form) -> Field {
    Field {
        required: false,
        ..required(name, form)
    }
}

const fn once(field: Field) -> Field {
    Field {
        editable: false,
        ..field
    }
}

const fn up_to(most: usize) -> Form {
    Form::Text { least: 0, most }
}

const fn from_one_to(most: usize) -> Form {
    Form::Text { least: 1, most }
}

/// `leads/{id}`, without what the service alone writes (`attribution`, `firstResponseAt`).
pub const LEAD: &[Field] = &[
    optional("id", Form::DocumentId),
    required("name", from_one_to(200)),
    optional("phone", Form::Phone),
    optional("email", Form::Email),
    required(
        "source",
        Form::OneOf(&[
            "IG_ADS",
            "FB_ADS",
            "INSTAGRAM",
            "MESSENGER",
            "WHATSAPP",
            "REFERRAL",
            "MANUAL",
            "IMPORT",
        ]),
    ),
    required(
        "status",
        Form::OneOf(&["NEW", "FOLLOW_UP", "CLOSING", "LOST"]),
    ),
    optional("lostReason", up_to(500)),
    required("assignedTo", Form::Id),
    required("branchId", Form::Id),
    optional("note", up_to(5000)),
    once(required("createdAt", Form::RequestTime)),
    optional("updatedAt", Form::Timestamp),
    optional("submittedAt", Form::Timestamp),
    optional("consent", Form::Map(CONSENT)),
    optional("lastChange", Form::Signature),
];

const CONSENT: &[Field] = &[
    required("text", from_one_to(5000)),
    required("at", Form::Timestamp),
];

/// `content_requests/{id}` as a client orders it.
pub const CONTENT_REQUEST: &[Field] = &[
    once(optional("id", Form::DocumentId)),
    once(required("userId", Form::Id)),
    once(optional("branchId", Form::Id)),
    required("topic", from_one_to(2000)),
    required(
        "platform",
        Form::OneOf(&["INSTAGRAM", "FACEBOOK", "WHATSAPP"]),
    ),
    optional("options", Form::Map(OPTIONS)),
    once(required("status", Form::OneOf(&["PENDING"]))),
    once(required("createdAt", Form::RequestTime)),
    optional("updatedAt", Form::Timestamp),
];

const OPTIONS: &[Field] = &[
    optional("tone", up_to(100)),
    optional("language", up_to(35)),
    optional("media", Form::OneOf(&["NONE", "IMAGE", "VIDEO"])),
    optional("aspect", Form::Aspect),
];

/// What a client may write of `users/{uid}`.
pub const PROFILE: &[Field] = &[
    required("displayName", from_one_to(100)),
    optional("updatedAt", Form::Timestamp),
];

/// A new document has every required field, no unknown one, and each in its form.
pub(super) fn fits_new(shape: &[Field], write: &Write<'_>, after: &Fields) -> bool {
    after.keys().all(|name| find(shape, name).is_some())
        && shape.iter().all(|field| match after.get(field.name) {
            None => !field.required,
            Some(value) => fits(&field.form, write, value),
        })
}

/// A changed document differs in editable fields only, and each of these is as the shape says.
pub(super) fn fits_changed(
    shape: &[Field],
    write: &Write<'_>,
    before: &Fields,
    after: &Fields,
) -> bool {
    changed(before, after).all(|name| find(shape, name).is_some_and(|field| field.editable))
        && shape.iter().filter(|field| field.editable).all(|field| {
            match (after.get(field.name), &field.form) {
                (None, Form::Signature) => !before.contains_key(field.name),
                (None, _) => !field.required,
                (Some(value), Form::Signature) if before.get(field.name) == Some(value) => true,
                (Some(value), form) => fits(form, write, value),
            }
        })
}

fn find<'a>(shape: &'a [Field], name: &str) -> Option<&'a Field> {
    shape.iter().find(|field| field.name == name)
}

fn fits(form: &Form, write: &Write<'_>, value: &Value) -> bool {
    match (form, value) {
        (Form::Text { least, most }, Value::Text(text)) => {
            (*least..=*most).contains(&text.encode_utf16().count())
        }
        (Form::OneOf(choices), Value::Text(text)) => choices.contains(&text.as_str()),
        (Form::Id, Value::Text(text)) => Uid::parse(text.as_str()).is_ok(),
        (Form::DocumentId, Value::Text(text)) => text == write.document_id,
        (Form::Phone, Value::Text(text)) => is_phone(text),
        (Form::Email, Value::Text(text)) => is_email(text),
        (Form::Aspect, Value::Text(text)) => is_aspect(text),
        (Form::Timestamp, Value::Timestamp(_)) => true,
        (Form::RequestTime, Value::Timestamp(at)) => *at == write.request_time,
        (Form::Signature, Value::Map(fields)) => is_signed(write, fields),
        (Form::Map(shape), Value::Map(fields)) => fits_new(shape, write, fields),
        _ => false,
    }
}

fn is_phone(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0')
    })
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let mut inner = domain.chars();
    inner.next();
    inner.next_back();
    text.encode_utf16().count() <= 320
        && !local.is_empty()
        && !domain.contains('@')
        && !text.contains(['\t', '\n', '\u{c}', '\r', ' '])
        && inner.as_str().contains('.')
}

fn is_aspect(text: &str) -> bool {
    let side = |side: &str| {
        (1..=2).contains(&side.len())
            && side.bytes().all(|byte| byte.is_ascii_digit())
            && !side.starts_with('0')
    };
    text.split_once(':')
        .is_some_and(|(width, height)| side(width) && side(height))
}

fn is_signed(write: &Write<'_>, fields: &Fields) -> bool {
    let Some(author) = write.author else {
        return false;
    };
    fields.len() == 2
        && fields.get("by") == Some(&author.as_str().into())
        && fields.get("at") == Some(&Value::Timestamp(write.request_time))
}
