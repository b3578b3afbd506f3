use super::arn::fits_arn;
use super::operator::{Operator, Test};
use super::pattern::fits;
use super::template::{Glyph, Template};
use super::{RequestContext, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ipnet::IpNet;
use jiff::Timestamp;
use jiff::civil::Date;
use std::net::IpAddr;

/// One value of a condition, read for its operator.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Text(Template),
    Number(f64),
    Date(Timestamp),
    Bool(bool),
    Bytes(Vec<u8>),
    Network(IpNet),
}

impl Value {
    /// Reads a value of the policy.
    ///
    /// # Errors
    /// What was expected.
    pub(super) fn parse(operator: Operator, text: &str, version: Version) -> Result<Self, String> {
        Ok(match operator.test {
            Test::StringEquals
            | Test::StringEqualsIgnoreCase
            | Test::StringLike
            | Test::Arn { .. } => Self::Text(Template::parse(text, version)?),
            Test::Numeric(_) => Self::Number(number(text).ok_or("a number such as `1.2`")?),
            Test::Date(_) => Self::Date(
                date(text).ok_or("a date such as `2026-04-01T00:00:00Z` or seconds since 1970")?,
            ),
            Test::Bool | Test::Null => Self::Bool(bool(text).ok_or("`true` or `false`")?),
            Test::BinaryEquals => Self::Bytes(STANDARD.decode(text).map_err(|_| "base64")?),
            Test::IpAddress => Self::Network(
                network(text).ok_or("an address or a range such as `203.0.113.0/24`")?,
            ),
        })
    }

    /// Whether a value of the request passes the test, before negation.
    pub(super) fn passes(&self, test: Test, value: &str, context: &RequestContext) -> bool {
        match (self, test) {
            (Self::Text(template), Test::StringEquals) => {
                template.text(context).is_some_and(|it| it == value)
            }
            (Self::Text(template), Test::StringEqualsIgnoreCase) => {
                let wanted = template.text(context);
                wanted.is_some_and(|it| it.to_lowercase() == value.to_lowercase())
            }
            (Self::Text(template), Test::StringLike) => {
                let value: Vec<char> = value.chars().collect();
                let pattern = template.pattern(context);
                pattern.is_some_and(|pattern| fits(&pattern, &value))
            }
            (Self::Text(template), Test::Arn { .. }) => {
                let pattern = template.pattern(context);
                pattern.is_some_and(|pattern| fits_arn(&pattern, value))
            }
            (Self::Number(limit), Test::Numeric(order)) => {
                number(value).is_some_and(|value| order.holds(&value, limit))
            }
            (Self::Date(limit), Test::Date(order)) => {
                date(value).is_some_and(|value| order.holds(&value, limit))
            }
            (Self::Bool(wanted), Test::Bool) => bool(value) == Some(*wanted),
            (Self::Bytes(wanted), Test::BinaryEquals) => {
                STANDARD.decode(value).is_ok_and(|bytes| bytes == *wanted)
            }
            (Self::Network(network), Test::IpAddress) => {
                let address = value.parse::<IpAddr>();
                address.is_ok_and(|address| network.contains(&address))
            }
            _ => false,
        }
    }

    /// Whether it can be a pattern of ARNs; what cannot is one that matches nothing.
    pub(super) fn is_arn_pattern(&self) -> bool {
        let Self::Text(template) = self else {
            return false;
        };
        // A variable may hold any part of an ARN.
        template.variables().next().is_some()
            || template
                .pattern(&RequestContext::nothing())
                .is_some_and(|glyphs| {
                    let colons = glyphs.iter().filter(|glyph| **glyph == Glyph::Char(':'));
                    colons.count() >= 5
                })
    }
}

/// A decimal number; `inf` and `nan` are none.
fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let plain = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E');
    let number = text
        .chars()
        .all(plain)
        .then(|| text.parse::<f64>().ok())??;
    number.is_finite().then_some(number)
}

/// `true` or `false`, in any case.
fn bool(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// A date as ISO 8601 has it, of which the time of day may be missing, or seconds since 1970.
fn date(text: &str) -> Option<Timestamp> {
    if let Ok(seconds) = text.parse::<i64>()
        && text.len() > 4
    {
        return Timestamp::from_second(seconds).ok();
    }
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant);
    }
    if text.contains('T') {
        return None;
    }
    let day = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        _ => text.to_owned(),
    };
    let day = day.parse::<Date>().ok()?;
    format!("{day}T00:00:00Z").parse().ok()
}

/// A range of addresses; an address alone is a range of one.
fn network(text: &str) -> Option<IpNet> {
    match text.parse::<IpNet>() {
        Ok(network) => Some(network),
        Err(_) => text.parse::<IpAddr>().ok().map(IpNet::from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(operator: &str, wanted: &str, value: &str) -> bool {
        let operator: Operator = operator.parse().unwrap();
        let parsed = Value::parse(operator, wanted, Version::V2012).unwrap();
        parsed.passes(operator.test, value, &RequestContext::nothing())
    }

    // Goal: every test compares what its name says.
    // Method: pairs that pass and pairs that do not, by hand.
    #[test]
    fn values_are_compared() {
        for (operator, wanted, value, answer) in [
            ("StringEquals", "a*", "a*", true),
            ("StringEquals", "a*", "ab", false),
            ("StringEquals", "AES256", "aes256", false),
            ("StringEqualsIgnoreCase", "AES256", "aes256", true),
            ("StringLike", "aws:kms*", "aws:kms:dsse", true),
            ("StringLike", "${*}", "ab", false),
            ("NumericLessThan", "1.2", "1.1", true),
            ("NumericLessThan", "1.2", "1.2", false),
            ("NumericEquals", "1.20", "1.2", true),
            ("NumericGreaterThan", "-1e2", "0", true),
            ("NumericLessThan", "10", "nan", false),
            ("DateLessThan", "2026-04-01", "2026-03-31T23:59:59Z", true),
            (
                "DateEquals",
                "2026-04-01T02:00:00+02:00",
                "2026-04-01T00:00:00Z",
                true,
            ),
            ("DateEquals", "1775001600", "2026-04-01", true),
            (
                "DateGreaterThanEquals",
                "2026",
                "2026-01-01T00:00:00Z",
                true,
            ),
            ("DateEquals", "2026-04", "2026-04-01", true),
            ("Bool", "TRUE", "true", true),
            ("Bool", "false", "", false),
            ("BinaryEquals", "AQI=", "AQI=", true),
            ("BinaryEquals", "AQI=", "AQM=", false),
            ("IpAddress", "203.0.113.0/24", "203.0.113.7", true),
            ("IpAddress", "203.0.113.0/24", "203.0.114.7", false),
            ("IpAddress", "203.0.113.7", "203.0.113.7", true),
            ("IpAddress", "2001:db8::/32", "2001:DB8:0::1", true),
            ("IpAddress", "0.0.0.0/0", "2001:db8::1", false),
            (
                "ArnEquals",
                "arn:aws:kms:*:1:key/*",
                "arn:aws:kms:x:1:key/y",
                true,
            ),
            ("ArnLike", "*", "arn:aws:kms:x:1:key/y", false),
        ] {
            assert_eq!(
                passes(operator, wanted, value),
                answer,
                "{operator} {wanted} {value}"
            );
        }
    }

    // Goal: what cannot be a value of its operator is refused.
    // Method: one for each kind.
    #[test]
    fn values_that_mean_nothing_are_refused() {
        for (operator, text) in [
            ("NumericEquals", "1.2.3"),
            ("NumericEquals", "inf"),
            ("NumericEquals", "${aws:x}"),
            ("DateEquals", "tomorrow"),
            ("Bool", "yes"),
            ("Null", "null"),
            ("BinaryEquals", "%"),
            ("IpAddress", "203.0.113.0/33"),
            ("StringEquals", "${"),
        ] {
            let operator = operator.parse().unwrap();
            assert!(
                Value::parse(operator, text, Version::V2012).is_err(),
                "{operator} {text}"
            );
        }
    }
}
