//! What the columns of a list are called.

use csv::StringRecord;

use super::table::TableError;

/// A column that means something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "named like the fields of a row")]
pub enum Column {
    Name,
    Phone,
    Email,
    Source,
    Note,
}

impl std::fmt::Display for Column {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Name => "name",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Source => "source",
            Self::Note => "note",
        })
    }
}

/// Their names, in small letters and without anything between them.
const COLUMNS: [(Column, &[&str]); 5] = [
    (
        Column::Name,
        &[
            "nama",
            "name",
            "namalengkap",
            "fullname",
            "namajamaah",
            "namajemaah",
            "namacalon",
            "namacalonjamaah",
            "namacalonjemaah",
            "namaprospek",
            "namalead",
            "leadname",
        ],
    ),
    (
        Column::Phone,
        &[
            "telepon",
            "notelepon",
            "nomortelepon",
            "telp",
            "notelp",
            "nomortelp",
            "tlp",
            "notlp",
            "phone",
            "phoneno",
            "phonenumber",
            "hp",
            "nohp",
            "nomorhp",
            "handphone",
            "nohandphone",
            "nomorhandphone",
            "ponsel",
            "noponsel",
            "nomorponsel",
            "whatsapp",
            "nowhatsapp",
            "nomorwhatsapp",
            "whatsappnumber",
            "wa",
            "nowa",
            "nomorwa",
            "hpwa",
            "nohpwa",
            "mobile",
            "mobilephone",
            "mobilenumber",
        ],
    ),
    (
        Column::Email,
        &["email", "emailaddress", "alamatemail", "surel"],
    ),
    (
        Column::Source,
        &["sumber", "source", "sumberlead", "leadsource", "asal"],
    ),
    (
        Column::Note,
        &[
            "catatan",
            "note",
            "notes",
            "keterangan",
            "ket",
            "remark",
            "remarks",
            "komentar",
            "comment",
            "comments",
        ],
    ),
];

/// What each column of a list holds; those that mean nothing here are added to `ignored`.
///
/// # Errors
/// [`TableError::Twice`], [`TableError::NoNames`].
pub(super) fn columns(
    header: &StringRecord,
    ignored: &mut Vec<String>,
) -> Result<Vec<Option<Column>>, TableError> {
    let mut columns: Vec<Option<Column>> = Vec::with_capacity(header.len());
    for title in header {
        let plain: String = title
            .chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect();
        let column = COLUMNS
            .iter()
            .find(|(_, names)| names.contains(&plain.as_str()))
            .map(|&(column, _)| column);
        match column {
            Some(column) if columns.contains(&Some(column)) => {
                return Err(TableError::Twice(column));
            }
            None if !plain.is_empty() => ignored.push(title.trim().to_owned()),
            _ => {}
        }
        columns.push(column);
    }
    if columns.contains(&Some(Column::Name)) {
        Ok(columns)
    } else {
        Err(TableError::NoNames)
    }
}
