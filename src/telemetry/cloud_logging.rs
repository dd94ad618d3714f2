//! An event as an entry of Cloud Logging, written field by field into one line: a request's line must not cost what the request does.
//!
//! # Source
//! <https://cloud.google.com/logging/docs/structured-logging#special-payload-fields>, read 2026-11.

use std::cell::RefCell;
use std::fmt::{self, Write as _};
use std::io::Write as _;

use jiff::Timestamp;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

/// Writes one JSON object a line to the standard error, each in one piece.
pub(super) struct CloudLogging;

thread_local! {
    /// Where a line is put together: one allocation a thread, not one a line.
    static LINE: RefCell<String> = const { RefCell::new(String::new()) };
}

impl<S: Subscriber> Layer<S> for CloudLogging {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        LINE.with(|line| {
            // Taken already when what is being logged logs something itself while it is written out.
            let Ok(mut line) = line.try_borrow_mut() else {
                return write(&entry(event, String::new()));
            };
            let empty = std::mem::take(&mut *line);
            *line = entry(event, empty);
            write(&line);
            line.clear();
        });
    }
}

/// Who cannot log cannot tell anybody either.
fn write(line: &str) {
    let _ = std::io::stderr().lock().write_all(line.as_bytes());
}

/// The line of an event, in `line`, which is empty.
fn entry(event: &Event<'_>, mut line: String) -> String {
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
    put(
        &mut line,
        format_args!(r#"{{"severity":"{severity}","time":"{now}","target":"#),
    );
    text(&mut line, event.metadata().target());
    event.record(&mut Entry(&mut line));
    line.push_str("}\n");
    line
}

/// The fields of an event, each behind a comma.
struct Entry<'a>(&'a mut String);

impl Entry<'_> {
    fn put(&mut self, field: &Field, value: impl FnOnce(&mut String)) {
        let name = match field.name() {
            // Said already, of the entry itself.
            "severity" | "time" | "target" => return,
            "trace" => "logging.googleapis.com/trace",
            "span_id" => "logging.googleapis.com/spanId",
            name => name,
        };
        self.0.push(',');
        text(self.0, name);
        self.0.push(':');
        value(self.0);
    }
}

impl Visit for Entry<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, |line| {
            if value.is_finite() {
                put(line, format_args!("{value:?}"));
            } else {
                line.push_str("null");
            }
        });
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, |line| put(line, format_args!("{value}")));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, |line| put(line, format_args!("{value}")));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, |line| put(line, format_args!("{value}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, |line| text(line, value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, |line| {
            line.push('"');
            let _ = write!(Escaping(line), "{value:?}");
            line.push('"');
        });
    }
}

fn put(line: &mut String, value: fmt::Arguments<'_>) {
    // A string takes any text.
    let _ = line.write_fmt(value);
}

/// Adds a string of JSON.
fn text(line: &mut String, value: &str) {
    line.push('"');
    let _ = Escaping(line).write_str(value);
    line.push('"');
}

/// Adds what may stand between the quotes of a JSON string.
///
/// # Source
/// RFC 8259, section 7: the quotation mark, the reverse solidus and the control characters have to be escaped, and nothing else.
struct Escaping<'a>(&'a mut String);

impl fmt::Write for Escaping<'_> {
    fn write_str(&mut self, mut rest: &str) -> fmt::Result {
        let special = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
        while let Some(at) = rest.bytes().position(special) {
            self.0.push_str(&rest[..at]);
            match rest.as_bytes()[at] {
                b'"' => self.0.push_str(r#"\""#),
                b'\\' => self.0.push_str(r"\\"),
                b'\n' => self.0.push_str(r"\n"),
                control => write!(self.0, "\\u{control:04x}")?,
            }
            rest = &rest[at + 1..];
        }
        self.0.push_str(rest);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn written(value: &str) -> String {
        let mut line = String::new();
        text(&mut line, value);
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
