//! A list of people as text: what spreadsheets save as CSV, read as people meant it.
//!
//! Pure. The separator is found out from the header, the columns by their names, in Indonesian or English. A cell is
//! only a text here; what it says is judged row by row later.

use csv::{ReaderBuilder, StringRecord};

use super::columns::{Column, columns};

/// A row as it stands in the list, still unjudged.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// The number that a spreadsheet shows beside it; the header is row 1.
    pub number: u32,
    /// The person's name.
    pub name: String,
    /// The phone, as typed.
    pub phone: String,
    /// The email address.
    pub email: String,
    /// Where the lead came from.
    pub source: String,
    /// A remark.
    pub note: String,
    /// Whether there are more cells than columns: a separator stands where it should not.
    pub overflows: bool,
}

/// A list.
#[derive(Debug, PartialEq, Eq, Default)]
pub struct Table {
    /// The rows that hold anything.
    pub rows: Vec<Row>,
    /// Headers of columns that mean nothing here.
    pub ignored: Vec<String>,
}

/// Why a text is no list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// Nothing in it.
    #[error("the list is empty")]
    Empty,
    /// No column has names.
    #[error("no column is called nama or name")]
    NoNames,
    /// Two columns mean the same.
    #[error("more than one column holds the {0}")]
    Twice(Column),
    /// More rows than taken at a time.
    #[error("there are more than {0} rows")]
    TooManyRows(usize),
    /// A quotation mark opens in this row and closes nowhere, or in the middle of a cell: what follows it would vanish
    /// into the cell.
    #[error("a quotation mark in row {0} is not closed properly")]
    Quotes(u32),
}

/// Separators, the likeliest first: Indonesian spreadsheets write decimals with a comma and therefore lists with `;`.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// Reads a list.
///
/// # Errors
/// [`TableError`]; then no row is to be taken from it.
pub fn read(text: &str, most_rows: usize) -> Result<Table, TableError> {
    let text = text.trim_start_matches('\u{feff}');
    let header = text.lines().find(|line| !line.trim().is_empty());
    let separator = separator(header.ok_or(TableError::Empty)?);
    let numbers = numbers(text, separator)?;
    let mut reader = ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut table = Table::default();
    let mut titles: Option<Vec<Option<Column>>> = None;
    // Only bytes that are no UTF-8 could make a record an error.
    for (number, record) in numbers.into_iter().zip(reader.records().flatten()) {
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let Some(titles) = &titles else {
            titles = Some(columns(&record, &mut table.ignored)?);
            continue;
        };
        if table.rows.len() == most_rows {
            return Err(TableError::TooManyRows(most_rows));
        }
        table.rows.push(row(number, &record, titles));
    }
    Ok(table)
}

fn row(number: u32, record: &StringRecord, columns: &[Option<Column>]) -> Row {
    let mut row = Row {
        number,
        ..Row::default()
    };
    for (at, cell) in record.iter().enumerate() {
        let place = match columns.get(at) {
            Some(Some(Column::Name)) => &mut row.name,
            Some(Some(Column::Phone)) => &mut row.phone,
            Some(Some(Column::Email)) => &mut row.email,
            Some(Some(Column::Source)) => &mut row.source,
            Some(Some(Column::Note)) => &mut row.note,
            Some(None) => continue,
            None => {
                row.overflows |= !cell.trim().is_empty();
                continue;
            }
        };
        cell.trim().clone_into(place);
    }
    row
}

fn separator(header: &str) -> u8 {
    let mut quoted = false;
    let mut counts = [0_usize; SEPARATORS.len()];
    for byte in header.bytes() {
        if byte == b'"' {
            quoted = !quoted;
        } else if !quoted && let Some(at) = SEPARATORS.iter().position(|&one| one == byte) {
            counts[at] += 1;
        }
    }
    let most = counts.iter().max().copied().unwrap_or_default();
    let first = counts.iter().position(|&count| count == most);
    SEPARATORS[first.unwrap_or_default()]
}

/// The number of each row that is not empty, as a spreadsheet shows it: breaks inside quoted cells do not count.
///
/// Refuses a quoted cell that does not end with its quotation mark. `csv` itself takes everything up to the next mark,
/// or to the end of the text, for one cell, and people would vanish into it unseen.
fn numbers(text: &str, separator: u8) -> Result<Vec<u32>, TableError> {
    enum At {
        RowStart,
        CellStart,
        Plain,
        Quoted { since: u32 },
        Closed { since: u32 },
    }
    let mut at = At::RowStart;
    let mut row = 1;
    let mut numbers = Vec::new();
    let mut last = 0;
    for byte in text.bytes() {
        let breaks = byte == b'\n' || byte == b'\r';
        if matches!(at, At::RowStart) && !breaks {
            numbers.push(row);
        }
        at = match (at, byte) {
            (At::RowStart | At::CellStart, b'"') => At::Quoted { since: row },
            // Two marks stand for one.
            (At::Quoted { since }, b'"') => At::Closed { since },
            (At::Quoted { since }, _) | (At::Closed { since }, b'"') => At::Quoted { since },
            (_, byte) if byte == separator => At::CellStart,
            _ if breaks => {
                if (last, byte) != (b'\r', b'\n') {
                    row += 1;
                }
                At::RowStart
            }
            (At::Closed { since }, _) => return Err(TableError::Quotes(since)),
            (At::RowStart | At::CellStart | At::Plain, _) => At::Plain,
        };
        last = byte;
    }
    match at {
        At::Quoted { since } => Err(TableError::Quotes(since)),
        At::RowStart | At::CellStart | At::Plain | At::Closed { .. } => Ok(numbers),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn numbered(text: &str) -> Vec<(u32, String, String)> {
        let table = read(text, 100).expect("a list");
        let rows = table.rows.into_iter();
        rows.map(|row| (row.number, row.name, row.phone)).collect()
    }

    #[test]
    fn finds_out_the_separator_and_the_columns() {
        let expected = vec![(2, "Siti, ibu".to_owned(), "0812".to_owned())];
        for text in [
            "nama,no hp\n\"Siti, ibu\",0812\n",
            "\u{feff}Nama;No. HP\r\nSiti, ibu;0812\r\n",
            "NAME\tWhatsApp\nSiti, ibu\t0812",
            "phone_number;Full Name;created_time\n0812;Siti, ibu;2026",
        ] {
            assert_eq!(numbered(text), expected, "{text:?}");
        }
    }

    #[test]
    fn names_what_it_does_not_understand() {
        let table = read("nama,umur,hp,\nSiti,40,0812,\n", 10).expect("a list");
        assert_eq!(table.ignored, ["umur"]);
    }

    #[test]
    fn counts_rows_as_a_spreadsheet_shows_them() {
        let text = "nama,catatan,hp\nA,\"dua\nbaris\",1\n\nB,,2\n,,\nC,\"\",3\n";
        let expected: Vec<_> = [(2, "A", "1"), (4, "B", "2"), (6, "C", "3")]
            .map(|(number, name, phone)| (number, name.to_owned(), phone.to_owned()))
            .into();
        assert_eq!(numbered(text), expected);
    }

    #[test]
    fn sees_a_cell_too_many() {
        let table = read("nama,hp\nSiti,0812,dan lagi\nBudi,0813,\n", 10).expect("a list");
        assert_eq!(
            table
                .rows
                .iter()
                .map(|row| row.overflows)
                .collect::<Vec<_>>(),
            [true, false]
        );
    }

    #[test]
    fn refuses_what_is_no_list() {
        for (text, error) in [
            ("", TableError::Empty),
            ("\u{feff}\n \n", TableError::Empty),
            ("hp,email\n0812,a@b.id\n", TableError::NoNames),
            ("nama,hp,telepon\nA,1,2\n", TableError::Twice(Column::Phone)),
            ("nama,hp\nA,1\nB,2\nC,3\n", TableError::TooManyRows(2)),
            ("nama,hp\nA,1\n\"B,2\nC,3\n", TableError::Quotes(3)),
            ("nama,hp\n\"A,1\nB,2\n\"C\",3\n", TableError::Quotes(2)),
            ("nama,hp\r\rA,1\r\"B\"b,2", TableError::Quotes(4)),
        ] {
            assert_eq!(read(text, 2), Err(error), "{text:?}");
        }
    }

    #[test]
    fn a_quotation_mark_inside_a_cell_is_a_character() {
        let table = read(
            "nama,catatan\nSiti,layar 5\" baru\nBudi,\"kata \"\"ya\"\"\"\n",
            9,
        );
        let notes: Vec<_> = table
            .expect("a list")
            .rows
            .into_iter()
            .map(|row| row.note)
            .collect();
        assert_eq!(notes, ["layar 5\" baru", "kata \"ya\""]);
    }

    proptest! {
        #[test]
        fn never_panics(text in "(nama,hp\n)?([a-z0-9,;\t\"\n\r]|.){0,60}") {
            let _ = read(&text, 5);
        }

        #[test]
        fn no_row_is_lost(names in prop::collection::vec("[a-zA-Z][a-zA-Z ,;\"\n]{0,12}", 1..20), separator in prop::sample::select(vec![b',', b';', b'\t'])) {
            let mut writer = csv::WriterBuilder::new().delimiter(separator).from_writer(Vec::new());
            writer.write_record(["nama", "hp"]).expect("in memory");
            for name in &names {
                writer.write_record([name.as_str(), "0812"]).expect("in memory");
            }
            let bytes = writer.into_inner().expect("in memory");
            let table = read(&String::from_utf8(bytes).expect("UTF-8"), 100).expect("a list");
            let read: Vec<_> = table.rows.iter().map(|row| row.name.clone()).collect();
            let written: Vec<_> = names.iter().map(|name| name.trim().to_owned()).collect();
            prop_assert_eq!(read, written);
            let numbers: Vec<_> = table.rows.iter().map(|row| row.number as usize).collect();
            prop_assert_eq!(numbers, (2..names.len() + 2).collect::<Vec<_>>());
        }

        #[test]
        fn every_row_has_its_number(text in "([ab,\"\n\r]){0,40}") {
            if let Ok(numbers) = numbers(&text, b',') {
                let mut reader = ReaderBuilder::new()
                    .has_headers(false)
                    .flexible(true)
                    .from_reader(text.as_bytes());
                prop_assert_eq!(numbers.len(), reader.records().count(), "{:?}", text);
            }
        }
    }
}
