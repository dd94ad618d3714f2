//! An event as an entry of Cloud Logging, written field by field into one line: a request's line must not cost what the request does.
//!
//! # Source
//! <https://cloud.google.com/logging/docs/structured-logging#special-payload-fields>, read 2026-11.

use std::fmt::{self, Write as _};

use jiff::Timestamp;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// Writes one JSON object a line.
pub(super) struct CloudLogging;

impl<S, N> FormatEvent<S, N> for CloudLogging
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let severity = match *event.metadata().level() {
            Level::ERROR => "ERROR",
            Level::WARN => "WARNING",
            Level::INFO => "INFO",
            Level::DEBUG | Level::TRACE => "DEBUG",
        };
        #[expect(
            clippy::disallowed_methods,
            reason = "the log tells the machine's time, whatever a test's clock says"
        )]
        let now = Timestamp::now();
        write!(
            writer,
            r#"{{"severity":"{severity}","time":"{now}","target":"#
        )?;
        text(&mut writer, event.metadata().target())?;
        let mut entry = Entry {
            writer: &mut writer,
            outcome: Ok(()),
        };
        event.record(&mut entry);
        entry.outcome?;
        writer.write_str("}\n")
    }
}

/// The fields of an event, each behind a comma.
struct Entry<'a, 'w> {
    writer: &'a mut Writer<'w>,
    outcome: fmt::Result,
}

impl<'w> Entry<'_, 'w> {
    fn put(&mut self, field: &Field, value: impl FnOnce(&mut Writer<'w>) -> fmt::Result) {
        let name = match field.name() {
            // Said already, of the entry itself.
            "severity" | "time" | "target" => return,
            "trace" => "logging.googleapis.com/trace",
            "span_id" => "logging.googleapis.com/spanId",
            name => name,
        };
        let written = (|| {
            self.writer.write_char(',')?;
            text(self.writer, name)?;
            self.writer.write_char(':')?;
            value(self.writer)
        })();
        self.outcome = self.outcome.and(written);
    }
}

impl Visit for Entry<'_, '_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, |writer| {
            if value.is_finite() {
                write!(writer, "{value:?}")
            } else {
                writer.write_str("null")
            }
        });
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, |writer| write!(writer, "{value}"));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, |writer| write!(writer, "{value}"));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, |writer| write!(writer, "{value}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, |writer| text(writer, value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, |writer| {
            writer.write_char('"')?;
            write!(Escaping(writer), "{value:?}")?;
            writer.write_char('"')
        });
    }
}

/// Writes a string of JSON.
fn text(writer: &mut Writer<'_>, value: &str) -> fmt::Result {
    writer.write_char('"')?;
    Escaping(writer).write_str(value)?;
    writer.write_char('"')
}

/// Writes what may stand between the quotes of a JSON string.
///
/// # Source
/// RFC 8259, section 7: the quotation mark, the reverse solidus and the control characters have to be escaped, and nothing else.
struct Escaping<'a, 'w>(&'a mut Writer<'w>);

impl fmt::Write for Escaping<'_, '_> {
    fn write_str(&mut self, mut rest: &str) -> fmt::Result {
        let special = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
        while let Some(at) = rest.bytes().position(special) {
            self.0.write_str(&rest[..at])?;
            match rest.as_bytes()[at] {
                b'"' => self.0.write_str(r#"\""#)?,
                b'\\' => self.0.write_str(r"\\")?,
                b'\n' => self.0.write_str(r"\n")?,
                control => write!(self.0, "\\u{control:04x}")?,
            }
            rest = &rest[at + 1..];
        }
        self.0.write_str(rest)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn written(value: &str) -> String {
        let mut line = String::new();
        text(&mut Writer::new(&mut line), value).unwrap();
        line
    }

    proptest! {
        #[test]
        fn every_text_reads_back_as_it_was(value in any::<String>()) {
            let read: Value = serde_json::from_str(&written(&value)).unwrap();
            prop_assert_eq!(read, Value::String(value));
        }
    }

    #[test]
    fn a_line_stays_one_line() {
        let nasty: String = (0..=0x7f_u8).map(char::from).collect();
        let line = written(&nasty);
        assert!(line.bytes().all(|byte| byte >= 0x20), "{line:?}");
        let read: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(read, Value::String(nasty));
    }
}
