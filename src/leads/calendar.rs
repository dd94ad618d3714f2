//! Days as the organisation counts them: in Jakarta.

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan as _};

/// Western Indonesian Time, without summer time.
pub const JAKARTA: Offset = jiff::tz::offset(7);

/// The day in Jakarta.
pub fn day(at: Timestamp) -> Date {
    JAKARTA.to_datetime(at).date()
}

/// The moment that a text names: itself when it is a time (RFC 3339), the beginning of the day in Jakarta when it is a
/// date.
pub fn beginning(text: &str) -> Option<Timestamp> {
    match text.parse::<Timestamp>() {
        Ok(at) => Some(at),
        Err(_) => midnight(date(text)?),
    }
}

/// The moment before which everything lies that a text includes: itself when it is a time, the end of the day in
/// Jakarta when it is a date.
pub fn end(text: &str) -> Option<Timestamp> {
    match text.parse::<Timestamp>() {
        Ok(at) => Some(at),
        Err(_) => midnight(date(text)?.checked_add(1.day()).ok()?),
    }
}

/// A date and nothing else: jiff alone would also take a time behind it and drop that.
fn date(text: &str) -> Option<Date> {
    (text.len() == "2026-01-31".len())
        .then(|| text.parse().ok())
        .flatten()
}

fn midnight(date: Date) -> Option<Timestamp> {
    JAKARTA
        .to_timestamp(date.to_datetime(jiff::civil::Time::midnight()))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_a_day_in_jakarta() {
        let shown = |at: Option<Timestamp>| at.map(|at| at.to_string());
        assert_eq!(
            shown(beginning("2026-11-23")),
            Some("2026-11-22T17:00:00Z".into())
        );
        assert_eq!(
            shown(end("2026-11-23")),
            Some("2026-11-23T17:00:00Z".into())
        );
        for text in ["2026-11-23T00:00:00+07:00", "2026-11-22T17:00:00Z"] {
            assert_eq!(shown(beginning(text)), Some("2026-11-22T17:00:00Z".into()));
            assert_eq!(beginning(text), end(text));
        }
        for text in [
            "",
            "kemarin",
            "2026-13-01",
            "2026-02-30",
            "23-11-2026",
            "2026-11-23T10:00:00",
            "9999-12-31",
        ] {
            assert_eq!(end(text), None, "{text:?}");
        }
    }

    #[test]
    fn the_day_changes_at_17_hours_utc() {
        let day_of = |text: &str| text.parse().ok().map(|at| day(at).to_string());
        assert_eq!(
            day_of("2026-11-22T16:59:59Z"),
            Some("2026-11-22".to_owned())
        );
        assert_eq!(
            day_of("2026-11-22T17:00:00Z"),
            Some("2026-11-23".to_owned())
        );
    }
}
