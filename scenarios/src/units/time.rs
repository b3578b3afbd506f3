use super::decimal::{Decimal, NotWhole};
use super::{Duration, Quantity, QuantityError};
use keystorm_sim::Span;
use std::fmt;
use std::str::FromStr;

const EXPECTED: &str = "a length of time such as \"250 ms\"";
const UNITS: &str = "units are ns, us, ms, s, min, h";

impl Quantity for Duration {
    const NAME: &'static str = "Duration";
    const FORMAT: &'static str = "keystorm-duration";
    const PATTERN: Option<&'static str> =
        Some(r"^\s*[0-9][0-9_]*(\.[0-9][0-9_]*)?\s*(ns|us|µs|μs|ms|s|min|h)\s*$");
    const EXAMPLES: &'static [&'static str] = &["250 ms", "1.5 s", "2 min", "1 h"];
    const DESCRIPTION: &'static str =
        "A length of time: a number and one of ns, us, ms, s, min, h; whole nanoseconds.";
}

impl FromStr for Duration {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let error = |help: String| QuantityError::new(text, EXPECTED, help);
        let Some((number, unit)) = Decimal::split(text) else {
            return Err(error(format!("write a number and its unit; {UNITS}")));
        };
        let nanos = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "min" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            other => return Err(error(unit_help(text, other))),
        };
        number
            .times(nanos)
            .map(|n| Self(Span::from_nanos(n)))
            .map_err(|why| {
                error(
                    match why {
                        NotWhole::TooFine => {
                            "time is counted in whole nanoseconds; leave out what is finer"
                        }
                        NotWhole::TooLarge => "the longest time is 584 years",
                    }
                    .to_owned(),
                )
            })
    }
}

/// What to do about a unit that is missing or unknown.
fn unit_help(text: &str, unit: &str) -> String {
    let number = text.trim().trim_end_matches(unit).trim_end();
    let lower = unit.to_lowercase();
    let meant = match lower.as_str() {
        "" => return format!("say the unit: \"{number} ms\" or \"{number} s\"; {UNITS}"),
        "m" => {
            return format!("write \"{number} min\" for minutes, \"{number} ms\" for milliseconds");
        }
        "d" | "day" | "days" => return "write days in hours: 1 day is \"24 h\"".to_owned(),
        "sec" | "secs" | "second" | "seconds" => "s",
        "mins" | "minute" | "minutes" => "min",
        "hr" | "hrs" | "hour" | "hours" => "h",
        "msec" | "msecs" | "millis" | "millisecond" | "milliseconds" => "ms",
        "usec" | "micros" | "microsecond" | "microseconds" => "us",
        "nsec" | "nanos" | "nanosecond" | "nanoseconds" => "ns",
        known @ ("ns" | "us" | "ms" | "s" | "min" | "h") => known,
        _ => return UNITS.to_owned(),
    };
    format!("write \"{number} {meant}\"; {UNITS}")
}

impl fmt::Display for Duration {
    /// In the largest unit up to seconds that keeps it whole: `1500 ms`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
