//! The fields of the callables, checked one by one: each refusal names its field.

use super::invitations;
use crate::error::{Error, Text, text};
use crate::ids::{BranchId, ParseError, Uid};
use crate::policy::Role;

/// Longest address, in characters.
///
/// # Source
/// RFC 5321, 4.5.3.1: 64 for the local part, "@", 255 for the domain.
const EMAIL_CHARS: usize = 320;
const LOCAL_PART_CHARS: usize = 64;
const DOMAIN_CHARS: usize = 255;

/// Longest name, in characters.
const NAME_CHARS: usize = 100;

/// An e-mail address, as Firebase Authentication keeps it.
///
/// # Errors
/// `INVALID_ARGUMENT` at `email`.
pub(crate) fn email(text_: &str) -> Result<String, Error> {
    let email = invitations::normalised(text_);
    if email.chars().count() > EMAIL_CHARS {
        return Err(Error::field(
            "email",
            text(
                format!("Alamat email paling panjang {EMAIL_CHARS} karakter."),
                format!("An e-mail address has at most {EMAIL_CHARS} characters."),
            ),
        ));
    }
    if !is_email(&email) {
        return Err(Error::field(
            "email",
            text(
                "Alamat email tidak sah, contoh yang benar: nama@contoh.id.",
                "This is no e-mail address, such as name@example.com.",
            ),
        ));
    }
    Ok(email)
}

fn is_email(email: &str) -> bool {
    let Some((local, domain)) = email.rsplit_once('@') else {
        return false;
    };
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && c != '@' && c != '"';
    let local_fits = (1..=LOCAL_PART_CHARS).contains(&local.chars().count())
        && local.chars().all(plain)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    let label = |label: &str| {
        !label.is_empty()
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    local_fits
        && domain.chars().count() <= DOMAIN_CHARS
        && domain.contains('.')
        && domain.split('.').all(label)
}

/// A role.
///
/// # Errors
/// `INVALID_ARGUMENT` at `role`.
pub(crate) fn role(role: &str) -> Result<Role, Error> {
    Role::parse(role).map_err(|_| Error::field("role", super::Fault::UnknownRole.text()))
}

/// A uid.
///
/// # Errors
/// `INVALID_ARGUMENT` at `uid`.
pub(crate) fn uid(uid: &str) -> Result<Uid, Error> {
    Uid::parse(uid).map_err(|error| Error::field("uid", id_text("uid", error)))
}

/// A branch.
///
/// # Errors
/// `INVALID_ARGUMENT` at `branchId`.
pub(crate) fn branch(branch: &str) -> Result<BranchId, Error> {
    BranchId::parse(branch).map_err(|error| Error::field("branchId", id_text("branchId", error)))
}

fn id_text(field: &str, error: ParseError) -> Text {
    let id = match error {
        ParseError::Empty => format!("\"{field}\" tidak boleh kosong."),
        ParseError::TooLong => format!("\"{field}\" terlalu panjang."),
        ParseError::Forbidden => format!("\"{field}\" bukan pengenal yang sah."),
    };
    text(id, format!("\"{field}\" {error}."))
}

/// A person's name.
///
/// # Errors
/// `INVALID_ARGUMENT` at `displayName`.
pub(crate) fn name(name: &str) -> Result<String, Error> {
    let name = name.trim();
    let fits = (1..=NAME_CHARS).contains(&name.chars().count());
    if fits && !name.chars().any(char::is_control) {
        return Ok(name.to_owned());
    }
    Err(Error::field(
        "displayName",
        text(
            format!("Nama harus terdiri dari 1 sampai {NAME_CHARS} karakter dalam satu baris."),
            format!("A name has 1 to {NAME_CHARS} characters on one line."),
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_what_is_none() {
        for good in [
            "a@b.id",
            " Siti.Aminah+umrah@Contoh.Co.ID ",
            "o'neil@x-y.com",
            &format!("{}@{}.id", "a".repeat(64), "b".repeat(63)),
        ] {
            assert!(email(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            " ",
            "a",
            "@b.id",
            "a@",
            "a@b",
            "a b@c.id",
            "a@b@c.id",
            ".a@b.id",
            "a..b@c.id",
            "a@-b.id",
            "a@b-.id",
            "a@b..id",
            "a@b.id.",
            "a@b .id",
            "\"a\"@b.id",
            &format!("{}@b.id", "a".repeat(65)),
            &format!("a@{}.id", "b".repeat(320)),
        ] {
            let refused = email(bad).expect_err(bad);
            assert_eq!(refused.at_field(), Some("email"), "{bad}");
        }
        assert_eq!(
            email(" Siti@Contoh.ID ").ok().as_deref(),
            Some("siti@contoh.id")
        );
    }

    #[test]
    fn names_have_one_to_a_hundred_characters() {
        assert_eq!(name("  Siti  ").ok().as_deref(), Some("Siti"));
        assert!(name(&"é".repeat(100)).is_ok());
        for bad in ["", "   ", "a\nb", &"é".repeat(101)] {
            assert!(name(bad).is_err(), "{bad:?}");
        }
    }
}
