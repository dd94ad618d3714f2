//! An event as an entry of Cloud Logging, written field by field into one line: a request's line must not cost what the request does.
//!
//! # Source
//! <https://cloud.google.com/logging/docs/structured-logging#special-payload-fields>, read 2026-11.

use std::cell::RefCell;
use std::fmt;
use std::io::Write as _;

use jiff::Timestamp;
use serde::Serialize;
use serde::Serializer as _;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

/// Writes one JSON object a line to the standard error.
///
/// A thread that tells when it is about to wait ([`write_what_waits`]) gathers the lines of what it does until then and writes them in
/// one piece, since a call to the kernel for each would be a tenth of what a cheap request costs. A warning or an error is
/// written at once, with what was said before it; so is each line of any other thread. What a kill can take along are lines
/// of the moment in which it comes.
pub(super) struct CloudLogging;

/// How much may wait, in bytes: some forty lines of requests.
const MOST_WAITING: usize = 16 << 10;

thread_local! {
    static LINES: RefCell<Lines> = const { RefCell::new(Lines { text: Vec::new(), whole: 0, may_wait: false }) };
}

/// What a thread has to write.
struct Lines {
    text: Vec<u8>,
    /// Up to where the lines are whole: a value that panics while it is written out leaves half of one.
    whole: usize,
    may_wait: bool,
}

impl Lines {
    fn write(&mut self) {
        if self.whole > 0 {
            write(&self.text[..self.whole]);
        }
        self.text.clear();
        self.whole = 0;
    }
}

impl<S: Subscriber> Layer<S> for CloudLogging {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        LINES.with(|lines| {
            // Taken already when what is being logged logs something itself while it is written out.
            let Ok(mut lines) = lines.try_borrow_mut() else {
                let mut line = Vec::new();
                put_entry(&mut line, event);
                return write(&line);
            };
            let whole = lines.whole;
            lines.text.truncate(whole);
            put_entry(&mut lines.text, event);
            lines.whole = lines.text.len();
            let urgent = *event.metadata().level() <= Level::WARN;
            if urgent || !lines.may_wait || lines.text.len() > MOST_WAITING {
                lines.write();
            }
        });
    }
}

/// Writes what this thread has gathered, and lets it gather from now on: whoever calls this calls it again before the
/// thread waits or ends.
pub fn write_what_waits() {
    LINES.with(|lines| {
        if let Ok(mut lines) = lines.try_borrow_mut() {
            lines.may_wait = true;
            lines.write();
        }
    });
}

/// Who cannot log cannot tell anybody either.
fn write(lines: &[u8]) {
    let _ = std::io::stderr().lock().write_all(lines);
}

/// Adds the line of an event.
fn put_entry(line: &mut Vec<u8>, event: &Event<'_>) {
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
    line.extend_from_slice(br#"{"severity":"#);
    put(line, severity);
    line.extend_from_slice(br#","time":"#);
    put(line, &now);
    line.extend_from_slice(br#","target":"#);
    put(line, event.metadata().target());
    event.record(&mut Entry(line));
    line.extend_from_slice(b"}\n");
}

/// Adds a value as JSON; a number that JSON does not know becomes null.
fn put<T: Serialize + ?Sized>(line: &mut Vec<u8>, value: &T) {
    // Memory takes whatever is written, and nothing that is put here refuses to be JSON.
    let _ = serde_json::to_writer(line, value);
}

/// The fields of an event, each behind a comma.
struct Entry<'a>(&'a mut Vec<u8>);

impl Entry<'_> {
    /// The line, up to where the field's value belongs. `None` for what is said already, of the entry itself.
    fn at(&mut self, field: &Field) -> Option<&mut Vec<u8>> {
        let name = match field.name() {
            "severity" | "time" | "target" => return None,
            "trace" => "logging.googleapis.com/trace",
            "span_id" => "logging.googleapis.com/spanId",
            name => name,
        };
        self.0.push(b',');
        put(self.0, name);
        self.0.push(b':');
        Some(self.0)
    }

    fn put<T: Serialize + ?Sized>(&mut self, field: &Field, value: &T) {
        if let Some(line) = self.at(field) {
            put(line, value);
        }
    }
}

impl Visit for Entry<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, &value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, &value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, &value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, &value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if let Some(line) = self.at(field) {
            let _ = serde_json::Serializer::new(line).collect_str(&format_args!("{value:?}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    /// Keeps lines instead of writing them.
    struct Kept(std::sync::mpsc::Sender<Vec<u8>>);

    impl<S: Subscriber> Layer<S> for Kept {
        fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
            let mut line = Vec::new();
            put_entry(&mut line, event);
            self.0.send(line).unwrap();
        }
    }

    /// The line that a piece of work logs, read back.
    fn logged(work: impl FnOnce()) -> Value {
        let (kept, lines) = std::sync::mpsc::channel();
        let log = tracing_subscriber::registry().with(Kept(kept));
        tracing::subscriber::with_default(log, work);
        let line = lines.recv().unwrap();
        let (end, line) = line.split_last().unwrap();
        assert_eq!(*end, b'\n');
        assert!(line.iter().all(|byte| *byte >= 0x20), "one line: {line:?}");
        serde_json::from_slice(line).unwrap()
    }

    proptest! {
        #[test]
        fn every_text_reads_back_as_it_was(value in any::<String>()) {
            let read = logged(|| tracing::info!(value, debug = %value, "{value}"));
            for field in ["value", "debug", "message"] {
                prop_assert_eq!(&read[field], &Value::String(value.clone()));
            }
        }
    }

    #[test]
    fn a_line_stays_one_line() {
        let nasty: String = (0..=0x7f_u8).map(char::from).collect();
        let read = logged(|| tracing::error!("{nasty}"));
        assert_eq!(read["message"], Value::String(nasty));
        assert_eq!(read["severity"], "ERROR");
    }

    #[test]
    fn every_kind_of_value_stands_under_the_name_that_cloud_logging_knows() {
        let read = logged(|| {
            tracing::info!(
                trace = "t",
                span_id = "s",
                time = "said already",
                count = 3_u64,
                change = -3_i64,
                latency = 0.25,
                none = f64::NAN,
                flag = true,
                absent = None::<&str>,
            );
        });
        assert_eq!(read["logging.googleapis.com/trace"], "t");
        assert_eq!(read["logging.googleapis.com/spanId"], "s");
        assert!(read["time"].as_str().unwrap().parse::<Timestamp>().is_ok());
        assert_eq!(read["count"], 3);
        assert_eq!(read["change"], -3);
        assert_eq!(read["latency"], 0.25);
        assert_eq!(read["none"], Value::Null);
        assert_eq!(read["flag"], true);
        assert_eq!(read.get("absent"), None);
    }
}
