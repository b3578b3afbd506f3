//! Values of conditions in the spellings of their unit.
use crate::catalogue::MetricInfo;
use crate::units::{ByteRate, Duration, Rate};
use keystorm_record::Unit;
use keystorm_sim::Span;

/// What a value of this unit looks like, in words.
pub(super) fn expected(unit: Unit) -> &'static str {
    match unit {
        Unit::Share => "a share such as \"0.1 %\" or \"0.001\"",
        Unit::Seconds => "a length of time such as \"200 ms\"",
        Unit::PerSecond => "a rate such as \"9_000/s\"",
        Unit::BytesPerSecond => "bytes per second such as \"12 MB/s\"",
        Unit::Count => "a number such as \"1_000\"",
        Unit::Usd => "an amount such as \"$500\"",
        Unit::CoreHours => "core-hours such as \"0.05\"",
    }
}

/// One value of this unit.
pub(super) fn example(unit: Unit) -> &'static str {
    match unit {
        Unit::Share => "0.1 %",
        Unit::Seconds => "200 ms",
        Unit::PerSecond => "9_000/s",
        Unit::BytesPerSecond => "12 MB/s",
        Unit::Count => "1_000",
        Unit::Usd => "$500",
        Unit::CoreHours => "0.05",
    }
}

/// Reads a value of the metric, with its unit or as a plain number in the metric's unit; the
/// error is what to do.
pub(super) fn read(info: &MetricInfo, text: &str) -> Result<f64, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(format!(
            "write a value after the operator, such as {}",
            example(info.unit)
        ));
    }
    if let Some(plain) = number(text, 0) {
        // Utilisation exceeds 1 when too much is asked for, a share of requests cannot.
        if info.unit == Unit::Share && info.name.ends_with("-share") && plain > 1.0 {
            return Err(format!(
                "a share is at most 1: write \"{text} %\" for percent"
            ));
        }
        return Ok(plain);
    }
    let value = match info.unit {
        Unit::Share => text
            .strip_suffix('%')
            .and_then(|percent| number(percent.trim(), -2)),
        Unit::Seconds => {
            return match text.parse::<Duration>() {
                Ok(Duration(span)) => Ok(span.as_secs_f64()),
                Err(error) => Err(error.help().to_owned()),
            };
        }
        Unit::PerSecond => {
            return match text.parse::<Rate>() {
                Ok(Rate(rate)) => Ok(rate),
                Err(error) => Err(error.help().to_owned()),
            };
        }
        Unit::BytesPerSecond => {
            return match text.parse::<ByteRate>() {
                Ok(ByteRate(bytes)) => Ok(bytes as f64),
                Err(error) => Err(error.help().to_owned()),
            };
        }
        Unit::Count | Unit::CoreHours => None,
        Unit::Usd => text
            .strip_prefix('$')
            .and_then(|amount| number(amount.trim(), 0)),
    };
    value.ok_or_else(|| format!("write a value such as {}", example(info.unit)))
}

/// A decimal number such as `-1_000.5` times `10^exponent`; nothing else that floats can be.
fn number(text: &str, exponent: i32) -> Option<f64> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let plain = unsigned.starts_with(|c: char| c.is_ascii_digit())
        && unsigned.ends_with(|c: char| c.is_ascii_digit())
        && unsigned
            .chars()
            .all(|c| c.is_ascii_digit() || c == '_' || c == '.');
    if !plain {
        return None;
    }
    let value: f64 = format!("{}e{exponent}", text.replace('_', ""))
        .parse()
        .ok()?;
    value.is_finite().then_some(value)
}

/// Writes a value so that [`read`] gives the same float: with its unit where that loses nothing.
pub(super) fn show(unit: Unit, value: f64) -> String {
    let percent = |of: f64| Some(format!("{of} %"));
    let spelled = match unit {
        // 0.55 * 100.0 is 55.00000000000001.
        Unit::Share => percent((value * 1e12).round() / 1e10),
        Unit::Seconds => whole(value * 1e9).map(|n| Duration(Span::from_nanos(n)).to_string()),
        Unit::PerSecond => Some(Rate(value).to_string()),
        Unit::BytesPerSecond => whole(value).map(|n| ByteRate(n).to_string()),
        Unit::Count | Unit::CoreHours => None,
        Unit::Usd => Some(format!("${value}")),
    };
    let exact = |text: &String| {
        let info = MetricInfo {
            name: String::new(),
            unit,
            better: None,
            meaning: String::new(),
        };
        text.len() <= 24 && read(&info, text).is_ok_and(|back| back.to_bits() == value.to_bits())
    };
    let unrounded = || percent(value * 100.0).filter(|_| unit == Unit::Share);
    let shown = spelled.filter(exact).or_else(|| unrounded().filter(exact));
    shown.unwrap_or_else(|| value.to_string())
}

/// The nearest whole number, if it is one that a float keeps exactly.
fn whole(value: f64) -> Option<u64> {
    let rounded = value.round();
    // In the range where the cast is exact.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    (0.0..9e15).contains(&rounded).then_some(rounded as u64)
}
