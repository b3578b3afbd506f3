use super::{Duration, Instant, Moment, Quantity, QuantityError};
use std::fmt;
use std::str::FromStr;

const EXPECTED: &str = "a time such as \"30 s\" or \"2026-11-24T02:00:00Z\"";

impl Quantity for Moment {
    const NAME: &'static str = "Moment";
    const FORMAT: &'static str = "keystorm-moment";
    const PATTERN: Option<&'static str> = None;
    const EXAMPLES: &'static [&'static str] = &["30 s", "2026-11-24T02:00:00Z"];
    const DESCRIPTION: &'static str =
        "A time since t = 0, or an instant in RFC 3339, with its offset from UTC.";
}

impl FromStr for Moment {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        // A date has dashes, a length of time has none.
        if text.contains('-') {
            let instant = text.parse::<Instant>().map(Self::At);
            return instant.map_err(|error| error.instead(EXPECTED));
        }
        let after = text.parse::<Duration>().map(Self::After);
        after.map_err(|error| error.instead(EXPECTED))
    }
}

impl fmt::Display for Moment {
    /// As the part that it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::After(duration) => duration.fmt(f),
            Self::At(instant) => instant.fmt(f),
        }
    }
}
