use super::{Instant, Quantity, QuantityError};
use jiff::Timestamp;
use std::fmt;
use std::str::FromStr;

const EXPECTED: &str = "an instant such as \"2026-11-24T01:58:00Z\"";

impl Quantity for Instant {
    const NAME: &'static str = "Instant";
    const FORMAT: &'static str = "date-time";
    const PATTERN: Option<&'static str> = None;
    const EXAMPLES: &'static [&'static str] = &["2026-11-24T01:58:00Z"];
    const DESCRIPTION: &'static str = "An instant in RFC 3339, with its offset from UTC.";
}

impl FromStr for Instant {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let trimmed = text.trim();
        trimmed.parse::<Timestamp>().map(Self).map_err(|_| {
            let with = |tail: &str| format!("{trimmed}{tail}");
            let help = if with("Z").parse::<Timestamp>().is_ok() {
                format!("say the time zone: \"{}\" is UTC", with("Z"))
            } else if with("T00:00:00Z").parse::<Timestamp>().is_ok() {
                format!(
                    "say the time of day: \"{}\" is its midnight",
                    with("T00:00:00Z")
                )
            } else {
                "write date, T, time of day and Z for UTC, or an offset such as +01:00".to_owned()
            };
            QuantityError::new(text, EXPECTED, help)
        })
    }
}

impl fmt::Display for Instant {
    /// In UTC: `2026-11-24T01:58:00Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
