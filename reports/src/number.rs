//! Numbers as a reader sees them: three significant digits, four for money and rates.
//!
//! A narrow no-break space stands before `%` and units, commas part thousands, the minus is a
//! true minus. [`plain`] turns all that into ASCII for terminals that may lack the characters.

/// Narrow no-break space: a number and its unit stay on one line.
pub(crate) const THIN: char = '\u{202f}';
const MINUS: char = '\u{2212}';

/// The text with ordinary spaces and hyphens, for terminals and plain text.
pub(crate) fn plain(text: &str) -> String {
    text.replace(THIN, " ").replace(MINUS, "-")
}

/// A number with that many decimals, thousands parted by commas, true minus.
pub(crate) fn grouped(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, rest) = text
        .split_once('.')
        .map_or((text.as_str(), ""), |(w, r)| (w, r));
    let mut out = String::new();
    if value < 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
        out.push(MINUS);
    }
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if !rest.is_empty() {
        out.push('.');
        out.push_str(rest);
    }
    out
}

/// Rounds to that many significant digits; 0 stays 0.
fn rounded(value: f64, digits: i32) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let mut scale = 1.0;
    let mut size = value.abs();
    while size >= 10.0 {
        size /= 10.0;
        scale *= 10.0;
    }
    let mut step = scale;
    for _ in 1..digits {
        step /= 10.0;
    }
    // Below 1 no caller needs it: decimals cut those.
    (value / step).round() * step
}

/// A number with that many significant digits and no trailing exponent.
pub(crate) fn significant(value: f64, digits: i32) -> String {
    let size = value.abs();
    let mut decimals = digits - 1;
    let mut bound = 10.0;
    // The bound is where rounding would give a digit more: 9.996 is 10.0, not 10.00.
    while decimals > 0 && size >= bound - bound / (2.0 * pow10(digits)) {
        decimals -= 1;
        bound *= 10.0;
    }
    if size >= 1.0 - 0.5 / pow10(digits) || size == 0.0 {
        return grouped(
            rounded(value, digits),
            usize::try_from(decimals).unwrap_or(0),
        );
    }
    let mut shown = size;
    while shown < 1.0 && decimals < 9 {
        shown *= 10.0;
        decimals += 1;
    }
    grouped(value, usize::try_from(decimals).unwrap_or(0))
}

fn pow10(exponent: i32) -> f64 {
    (0..exponent).fold(1.0, |power, _| power * 10.0)
}

/// A rate without its unit, four significant digits: `11,150`, `538`, `4.25`, `0`.
pub(crate) fn rate(per_second: f64) -> String {
    let size = per_second.abs();
    if size >= 99.95 {
        grouped(rounded(per_second, 4), 0)
    } else if size < 0.000_5 {
        "0".into()
    } else {
        significant(per_second, 3)
    }
}

/// A rate: `11,150/s`.
pub(crate) fn per_second(value: f64) -> String {
    format!("{}/s", rate(value))
}

/// A share in words, two significant digits: `33 %`, `5.4 %`, `0 %`. Never rounded up to 100 %.
pub(crate) fn share(value: f64) -> String {
    format!("{}{THIN}%", percent(value, 2))
}

/// A share in tables, three significant digits: `66.6 %`, `99.99 %`, `0 %`.
pub(crate) fn share_fine(value: f64) -> String {
    format!("{}{THIN}%", percent(value, 3))
}

/// Percent without the sign: nothing that is not all reads 100, nothing that is some reads 0.
pub(crate) fn percent(value: f64, digits: i32) -> String {
    let percent = value * 100.0;
    if percent > 0.0 && percent < 0.005 {
        return "<0.01".into();
    }
    if percent < 100.0 && percent > 99.99 {
        return ">99.99".into();
    }
    if (99.0..100.0).contains(&percent) {
        return grouped(percent, 2);
    }
    if percent.abs() >= 100.0 {
        return grouped(percent, 0);
    }
    let decimals = match (digits, percent.abs()) {
        (_, 0.0) => 0,
        (2, size) if size >= 9.95 => 0,
        (2, size) if size >= 0.995 => 1,
        (_, size) if size >= 9.995 => 1,
        _ => 2,
    };
    grouped(percent, decimals)
}

/// A time in words: `65 ms`, `2.36 s`, `6.4 ms`.
pub(crate) fn seconds(value: f64) -> String {
    let ms = value * 1e3;
    if (9.95..999.5).contains(&ms) {
        return format!("{}{THIN}ms", grouped(ms, 0));
    }
    if (0.995..9.95).contains(&ms) {
        return format!("{}{THIN}ms", grouped(ms, 1));
    }
    seconds_fine(value)
}

/// A time in tables, three significant digits: `65.2 ms`, `2.36 s`, `812 µs`.
pub(crate) fn seconds_fine(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 {
        format!("0{THIN}s")
    } else if size < 0.000_999_5 {
        format!("{}{THIN}µs", significant(value * 1e6, 3))
    } else if size < 0.999_5 {
        format!("{}{THIN}ms", significant(value * 1e3, 3))
    } else {
        format!("{}{THIN}s", significant(value, 3))
    }
}

/// A length of simulated time: `38 s`, `2 min`, `2 min 30 s`, `3 h`.
pub(crate) fn duration(seconds: f64) -> String {
    let whole = seconds.round();
    let unit = |value: f64, name: &str| format!("{}{THIN}{name}", grouped(value, 0));
    if seconds > 0.0 && seconds < 10.0 && (seconds - whole).abs() > 0.05 {
        return format!("{}{THIN}s", grouped(seconds, 1));
    }
    let (big, small, names) = match whole {
        w if w < 120.0 => return unit(w, "s"),
        w if w < 7_200.0 => (
            (w / 60.0).floor(),
            w - (w / 60.0).floor() * 60.0,
            ("min", "s"),
        ),
        w => {
            let minutes = (w / 60.0).round();
            let hours = (minutes / 60.0).floor();
            (hours, minutes - hours * 60.0, ("h", "min"))
        }
    };
    if small < 0.5 || (names.0 == "min" && big >= 10.0) {
        let rest = if names.0 == "min" && small >= 30.0 {
            1.0
        } else {
            0.0
        };
        return unit(big + rest, names.0);
    }
    format!("{} {}", unit(big, names.0), unit(small, names.1))
}

/// US dollars: `$2,532`, `$13.20`, `$0`; four significant digits from $10,000 on.
pub(crate) fn usd(value: f64) -> String {
    let size = value.abs();
    let text = match size {
        s if s < 0.000_000_5 => return "$0".into(),
        s if s < 0.995 => significant(size, 2),
        s if s < 99.5 => grouped(size, 2),
        _ => grouped(rounded(size, 4), 0),
    };
    format!("{}${text}", if value < 0.0 { "\u{2212}" } else { "" })
}

/// A rate of bytes: `512 KiB/s`, `1.25 GiB/s`.
pub(crate) fn bytes_per_second(value: f64) -> String {
    format!("{}/s", bytes(value))
}

/// A number of bytes in binary units, three significant digits.
pub(crate) fn bytes(value: f64) -> String {
    let mut scaled = value;
    let mut units = ["B", "KiB", "MiB", "GiB", "TiB"].into_iter();
    let mut unit = units.next().unwrap_or("B");
    while scaled.abs() >= 1_023.5 {
        let Some(next) = units.next() else { break };
        scaled /= 1_024.0;
        unit = next;
    }
    let text = if unit == "B" || scaled >= 999.5 {
        grouped(scaled, 0)
    } else {
        significant(scaled, 3)
    };
    format!("{text}{THIN}{unit}")
}

/// A count: `9,420`, `125,000`, `1.25 million`.
pub(crate) fn count(value: f64) -> String {
    match value.abs() {
        s if s < 9_999.5 => grouped(value, 0),
        s if s < 999_500.0 => grouped(rounded(value, 3), 0),
        s if s < 999.5e6 => format!("{} million", significant(value / 1e6, 3)),
        _ => format!("{} billion", significant(value / 1e9, 3)),
    }
}

/// A small whole number in words, from ten on in digits.
pub(crate) fn in_words(value: usize) -> String {
    const WORDS: [&str; 10] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    ];
    WORDS
        .get(value)
        .map_or_else(|| grouped(value as f64, 0), |word| (*word).to_string())
}

/// Rounds up to a round number: two significant digits, so that a quota can be asked for.
pub(crate) fn round_up(value: f64) -> f64 {
    let mut step = 1.0;
    while value / step > 100.0 {
        step *= 10.0;
    }
    (value / step).ceil() * step
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: numbers read as the house style says, at the edges of every rule.
    // Method: one pair of value and text per rule and edge; `_` stands for the narrow space.
    #[test]
    fn numbers_follow_the_house_style() {
        let check = |got: String, want: &str| assert_eq!(got, want.replace('_', "\u{202f}"));
        check(rate(11_154.0), "11,150");
        check(rate(99_996.0), "100,000");
        check(rate(538.4), "538");
        check(rate(4.254), "4.25");
        check(rate(0.0), "0");
        check(per_second(10_000.0), "10,000/s");
        check(share(0.3333), "33_%");
        check(share(0.0541), "5.4_%");
        check(share(0.0), "0_%");
        check(share(1.0), "100_%");
        check(share(0.999_999), ">99.99_%");
        check(share(0.000_001), "<0.01_%");
        check(share(1.123), "112_%");
        check(share_fine(0.6664), "66.6_%");
        check(share_fine(0.0541), "5.41_%");
        check(share_fine(0.9999), "99.99_%");
        check(seconds(2.3649), "2.36_s");
        check(seconds(0.0652), "65_ms");
        check(seconds(0.0064), "6.4_ms");
        check(seconds(13.74), "13.7_s");
        check(seconds_fine(0.0652), "65.2_ms");
        check(seconds_fine(0.000_812), "812_µs");
        check(seconds_fine(0.9999), "1.00_s");
        check(duration(38.0), "38_s");
        check(duration(1.5), "1.5_s");
        check(duration(150.0), "2_min 30_s");
        check(duration(2_280.0), "38_min");
        check(duration(10_800.0), "3_h");
        check(usd(2_531.7), "$2,532");
        check(usd(59_134.0), "$59,130");
        check(usd(-1_949.0), "\u{2212}$1,949");
        check(usd(13.2), "$13.20");
        check(usd(0.042), "$0.042");
        check(usd(0.000_37), "$0.00037");
        check(usd(0.000_000_4), "$0");
        check(
            bytes_per_second(1.25 * 1024.0 * 1024.0 * 1024.0),
            "1.25_GiB/s",
        );
        check(bytes(512.0), "512_B");
        check(count(1_250_000.0), "1.25 million");
        check(count(125_432.0), "125,000");
        check(count(9_420.0), "9,420");
        check(grouped(-0.04, 1), "0.0");
        check(significant(-1.943, 3), "\u{2212}1.94");
        check(significant(9.996, 3), "10.0");
        check(significant(0.0123, 3), "0.0123");
        check(significant(0.999_6, 3), "1.00");
    }

    // Goal: a quota to ask for is round and never below the demand.
    // Method: values at, just above and far from a step.
    #[test]
    fn quotas_round_up() {
        for (value, want) in [
            (11_150.0, 12_000.0),
            (12_000.0, 12_000.0),
            (12_001.0, 13_000.0),
            (87.2, 88.0),
        ] {
            assert!((round_up(value) - want).abs() < 1e-6, "{value}");
        }
    }
}
