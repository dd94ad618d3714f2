//! Rows judged: which of them are people that could become leads.

use std::collections::HashSet;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use super::MAX_ROWS;
use super::table::{self, Row, TableError};
use crate::error::{Code, Error, Text, text};
use crate::ids::LeadId;
use crate::leads::store::Leads;
use crate::leads::{LeadSource, NewLead, Placement, request};
use crate::seal::digest_hex;

/// A row of a request. Cells may be numbers, as spreadsheets in the browser read phones.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "LeadRow", optional_fields))]
pub struct RowIn {
    #[cfg_attr(test, ts(optional, as = "Option<Cell>"))]
    name: Cell,
    #[cfg_attr(test, ts(optional, as = "Option<Cell>"))]
    phone: Cell,
    #[cfg_attr(test, ts(optional, as = "Option<Cell>"))]
    email: Cell,
    #[cfg_attr(test, ts(optional, as = "Option<Cell>"))]
    source: Cell,
    #[cfg_attr(test, ts(optional, as = "Option<Cell>"))]
    note: Cell,
}

#[derive(Debug, Default)]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(rename = "LeadCell", type = "string | number | null")
)]
struct Cell(String);

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::Null => Ok(Self::default()),
            serde_json::Value::String(text) => Ok(Self(text)),
            serde_json::Value::Number(number) if number.is_i64() || number.is_u64() => {
                Ok(Self(number.to_string()))
            }
            _ => Err(D::Error::custom("expected a text")),
        }
    }
}

/// The rows of a list that hold anything.
#[derive(Debug)]
pub struct Rows {
    list: Vec<Row>,
    ignored_columns: Vec<String>,
}

/// A person of the list.
#[derive(Debug)]
pub struct Candidate {
    /// The row's number.
    pub row: u32,
    /// The id of the lead, should it be made.
    pub id: LeadId,
    /// What the row says.
    pub lead: NewLead,
    /// The name of the phone's entry in the index.
    pub index_id: Option<String>,
}

/// What the rows come to, before Firestore is asked.
#[derive(Debug, Default)]
pub struct Judged {
    /// How many rows there are.
    pub total: usize,
    /// Each person once.
    pub candidates: Vec<Candidate>,
    /// Rows that say the same person once more.
    pub repeats: usize,
    /// Rows that cannot be taken.
    pub refused: Vec<(u32, Error)>,
    /// Headers of columns that mean nothing here.
    pub ignored_columns: Vec<String>,
}

impl Rows {
    /// Rows from CSV text.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` about `csv`.
    pub fn from_csv(csv: &str) -> Result<Self, Error> {
        let table =
            table::read(csv, MAX_ROWS).map_err(|error| Error::field("csv", of_table(&error)))?;
        Ok(Self {
            list: table.rows,
            ignored_columns: table.ignored,
        })
    }

    /// Rows from a request, counted from 1.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` about `rows`.
    pub fn from_rows(rows: Vec<RowIn>) -> Result<Self, Error> {
        if rows.is_empty() {
            return Err(Error::field("rows", of_table(&TableError::Empty)));
        }
        if rows.len() > MAX_ROWS {
            return Err(Error::field(
                "rows",
                of_table(&TableError::TooManyRows(MAX_ROWS)),
            ));
        }
        let list = (1..)
            .zip(rows)
            .map(|(number, row)| Row {
                number,
                name: row.name.0,
                phone: row.phone.0,
                email: row.email.0,
                source: row.source.0,
                note: row.note.0,
                overflows: false,
            })
            .collect();
        Ok(Self {
            list,
            ignored_columns: Vec::new(),
        })
    }

    /// Tells people from what is none, and each person once.
    pub fn judge(self, leads: &Leads, placement: &Placement, now: Timestamp) -> Judged {
        let mut judged = Judged {
            total: self.list.len(),
            ignored_columns: self.ignored_columns,
            ..Judged::default()
        };
        let mut seen = HashSet::new();
        for row in self.list {
            let lead = match person(&row, now) {
                Ok(lead) => lead,
                Err(refusal) => {
                    judged.refused.push((row.number, refusal));
                    continue;
                }
            };
            let index_id = lead
                .phone
                .as_ref()
                .map(|phone| leads.index_id(phone.as_e164()));
            let key = index_id
                .clone()
                .unwrap_or_else(|| content_id(&lead, placement));
            let id = match &index_id {
                Some(_) => Ok(LeadId::random()),
                None => LeadId::parse(key.clone()),
            };
            match id {
                _ if !seen.insert(key) => judged.repeats += 1,
                Ok(id) => judged.candidates.push(Candidate {
                    row: row.number,
                    id,
                    lead,
                    index_id,
                }),
                Err(error) => {
                    let refusal = Error::internal(error.to_string());
                    judged.refused.push((row.number, refusal));
                }
            }
        }
        judged
    }
}

fn person(row: &Row, now: Timestamp) -> Result<NewLead, Error> {
    if row.overflows {
        return Err(Error::new(
            Code::InvalidArgument,
            "TOO_MANY_CELLS",
            text(
                "Baris ini berisi lebih banyak kolom daripada judulnya.",
                "This row has more cells than the header has columns.",
            ),
        ));
    }
    Ok(NewLead {
        name: request::name("name", &row.name)?,
        phone: match row.phone.trim() {
            "" => None,
            phone => Some(request::phone("phone", phone)?),
        },
        email: request::email("email", Some(&row.email))?,
        source: match row.source.trim() {
            "" => LeadSource::Import,
            source => request::source("source", &spelled(source))?,
        },
        note: request::note("note", Some(&row.note))?,
        submitted_at: now,
    })
}

/// "IG Ads" and "ig-ads" are ways to write `IG_ADS`.
fn spelled(source: &str) -> String {
    let letter = |c: char| if c.is_alphanumeric() { c } else { '_' };
    source
        .chars()
        .map(letter)
        .flat_map(char::to_uppercase)
        .collect()
}

/// Names a person without a phone by where the lead is to lie and what the row says, so that the same list makes nobody
/// twice.
fn content_id(lead: &NewLead, placement: &Placement) -> String {
    let parts = [
        placement.branch_id().as_str(),
        placement.assigned_to().as_str(),
        lead.name.as_str(),
        lead.email.as_ref().map_or("", |email| email.as_str()),
        lead.source.as_str(),
        lead.note.as_ref().map_or("", |note| note.as_str()),
    ];
    let mut content = String::new();
    for part in parts {
        // The length, so that no two lists of parts read the same.
        content.push_str(&part.len().to_string());
        content.push(':');
        content.push_str(part);
    }
    digest_hex(content.as_bytes())[..32].to_owned()
}

fn of_table(error: &TableError) -> Text {
    let id = match error {
        TableError::Empty => "Daftar kosong.".to_owned(),
        TableError::NoNames => "Tidak ada kolom \"nama\" di baris judul.".to_owned(),
        TableError::Twice(column) => {
            format!("Lebih dari satu kolom berisi {column}.")
        }
        TableError::TooManyRows(most) => format!("Paling banyak {most} baris sekali impor."),
        TableError::Quotes(row) => {
            format!("Tanda kutip di baris {row} tidak ditutup dengan benar.")
        }
    };
    text(id, format!("This is not a list: {error}."))
}
