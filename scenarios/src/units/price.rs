use super::decimal::{Decimal, NotWhole, grouped};
use super::{HourlyPrice, Quantity, QuantityError};
use std::fmt;
use std::str::FromStr;

const EXPECTED: &str = "dollars per hour such as \"$0.05/h\"";
/// Billionths of a dollar in one.
const NANO: u64 = 1_000_000_000;

impl Quantity for HourlyPrice {
    const NAME: &'static str = "HourlyPrice";
    const FORMAT: &'static str = "keystorm-dollars-per-hour";
    const PATTERN: Option<&'static str> =
        Some(r"^\s*\$\s*[0-9][0-9_]*(\.[0-9][0-9_]*)?\s*/\s*h\s*$");
    const EXAMPLES: &'static [&'static str] = &["$0.05/h", "$1.20/h"];
    const DESCRIPTION: &'static str = "US dollars per hour: $, a number, and /h.";
}

impl FromStr for HourlyPrice {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let error = |help: &str| QuantityError::new(text, EXPECTED, help);
        let Some((amount, per)) = text.split_once('/') else {
            return Err(error("prices of time are per hour; write /h at the end"));
        };
        if per.trim() != "h" {
            return Err(error(&format!("write /h instead of /{}", per.trim())));
        }
        let Some(amount) = amount.trim().strip_prefix('$') else {
            return Err(error("prices are in US dollars; write $ at the beginning"));
        };
        let Some((number, "")) = Decimal::split(amount) else {
            return Err(error("write a number between $ and /h"));
        };
        number.times(NANO).map(Self).map_err(|why| match why {
            NotWhole::TooFine => error("the finest price is a billionth of a dollar"),
            NotWhole::TooLarge => error("the highest price is $18446744073.709551615/h"),
        })
    }
}

impl fmt::Display for HourlyPrice {
    /// All digits that are not zero, cents at least: `$0.05/h`, `$1.20/h`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:09}", self.0 % NANO);
        let kept = digits.trim_end_matches('0').len().max(2);
        write!(f, "${}.{}/h", grouped(self.0 / NANO), &digits[..kept])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: prices of an hour are read exactly, shown as they are written, and mistakes are told.
    // Method: prices both ways; one mistake of each kind.
    #[test]
    fn prices_are_per_hour_and_in_dollars() {
        for (text, nanos, shown) in [
            ("$0.05/h", 50_000_000, "$0.05/h"),
            (" $ 1_200.5 / h ", 1_200_500_000_000, "$1_200.50/h"),
            ("$0.000000001/h", 1, "$0.000000001/h"),
        ] {
            let price: HourlyPrice = text.parse().unwrap_or_else(|error| panic!("{error}"));
            assert_eq!((price.0, price.to_string().as_str()), (nanos, shown));
        }
        for text in [
            "0.05/h",
            "$0.05",
            "$0.05/s",
            "$/h",
            "$0.0000000001/h",
            "$99999999999/h",
        ] {
            assert!(text.parse::<HourlyPrice>().is_err(), "{text}");
        }
    }
}
