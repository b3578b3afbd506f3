use super::decimal::{Decimal, grouped};
use super::{Quantity, QuantityError, Rate};
use std::fmt;
use std::str::FromStr;

const EXPECTED: &str = "a rate such as \"2_000/s\" or \"2.5k/s\"";
/// Far above anything that a simulation can follow, far below what loses whole numbers.
const MAX: f64 = 1e12;

impl Quantity for Rate {
    const NAME: &'static str = "Rate";
    const FORMAT: &'static str = "keystorm-rate";
    const PATTERN: Option<&'static str> =
        Some(r"^\s*[0-9][0-9_]*(\.[0-9][0-9_]*)?\s*[kM]?\s*/\s*(s|min|h)\s*$");
    const EXAMPLES: &'static [&'static str] = &["2_000/s", "2.5k/s", "0.2/s", "600/min"];
    const DESCRIPTION: &'static str = "Things per second: a number, k (thousand) or M (million) \
        if wanted, and /s, /min or /h.";
}

impl FromStr for Rate {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let error = |help: String| QuantityError::new(text, EXPECTED, help);
        let Some((number, unit)) = Decimal::split(text) else {
            return Err(error(
                "write a number that is not negative, and /s behind it".to_owned(),
            ));
        };
        let Some((prefix, per)) = unit.split_once('/') else {
            return Err(error(per_second_help(text, unit)));
        };
        let exponent = match prefix.trim() {
            "" => 0,
            "k" => 3,
            "M" => 6,
            "K" => {
                return Err(error(format!(
                    "write \"{}\"",
                    text.trim().replace('K', "k")
                )));
            }
            other => {
                return Err(error(format!(
                    "leave out `{other}`: a rate is a number, k or M if wanted, and /s"
                )));
            }
        };
        let seconds = match per.trim() {
            "s" => 1.0,
            "min" => 60.0,
            "h" => 3_600.0,
            other => {
                let meant = match other.to_lowercase().as_str() {
                    "sec" | "second" | "seconds" | "s" => "/s",
                    "m" | "minute" | "minutes" | "min" => "/min",
                    "hour" | "hours" | "hr" | "h" => "/h",
                    _ => "/s, /min or /h",
                };
                return Err(error(format!("write {meant} instead of /{other}")));
            }
        };
        let rate = number.to_f64(exponent) / seconds;
        if rate > MAX {
            return Err(error("the highest rate is 1_000_000_000_000/s".to_owned()));
        }
        Ok(Self(rate))
    }
}

/// What to do about a rate without `/s`.
fn per_second_help(text: &str, unit: &str) -> String {
    let number = text.trim().trim_end_matches(unit).trim_end();
    match unit {
        "" | "k" | "M" => format!(
            "write \"{number}{unit}/s\"; rates are per second: divide a per-minute figure by 60"
        ),
        "rps" | "tps" | "qps" | "iops" | "RPS" | "TPS" | "QPS" | "IOPS" => {
            format!("write \"{number}/s\"")
        }
        "rpm" | "RPM" => format!("write \"{number}/min\""),
        _ => "write a number and /s, /min or /h".to_owned(),
    }
}

impl fmt::Display for Rate {
    /// Per second, whole thousands grouped: `2_000/s`, `0.2/s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.fract() == 0.0 && (0.0..=MAX).contains(&self.0) {
            // A whole number in this range.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let whole = self.0 as u64;
            write!(f, "{}/s", grouped(whole))
        } else {
            write!(f, "{}/s", self.0)
        }
    }
}
