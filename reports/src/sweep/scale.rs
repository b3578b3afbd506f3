//! Axes of values in their units.
use crate::draw::{log_range, ticks};
use crate::number::{THIN, grouped, significant, usd};
use keystorm_record::Unit;

/// From this ratio of the most to the least on, an axis of latencies is logarithmic.
const LOG_FROM: f64 = 10.0;

/// Where values lie between the ends of an axis.
#[derive(Clone, Debug)]
pub(super) struct Scale {
    /// Whether it is logarithmic.
    pub(super) is_log: bool,
    low: f64,
    high: f64,
    /// Labelled values.
    pub(super) ticks: Vec<(f64, String)>,
}

impl Scale {
    /// An axis for values from `least` to `most`: logarithmic for times that differ tenfold, else
    /// from zero.
    pub(super) fn of((least, most): (f64, f64), unit: Unit) -> Self {
        let is_log = unit == Unit::Seconds && least > 0.0 && most / least >= LOG_FROM;
        if is_log {
            return Self::log((least, most), |it| tick(it, unit));
        }
        let below = (-least).max(0.0);
        let mut marks = ticks(most.max(below));
        let high = marks.last().copied().unwrap_or(1.0);
        let low = if below > 0.0 {
            let down = ticks(below);
            marks.extend(down.iter().skip(1).map(|it| -it));
            -down.last().copied().unwrap_or(1.0)
        } else {
            0.0
        };
        let ticks = marks.iter().map(|&it| (it, tick(it, unit))).collect();
        Self {
            is_log,
            low,
            high,
            ticks,
        }
    }

    /// An axis for dots, which need not begin at zero: as long as the values ask for.
    pub(super) fn tight((least, most): (f64, f64), unit: Unit) -> Self {
        let from_zero = Self::of((least, most), unit);
        let span = most - least;
        if from_zero.is_log || least <= 0.0 || span <= 0.0 || span > most / 2.0 {
            return from_zero;
        }
        // The step of an axis that is as long.
        let step = ticks(span).get(1).copied().unwrap_or(span);
        let (begin, end) = ((least / step).floor(), (most / step).ceil());
        let mut ticks = Vec::new();
        let mut at = begin;
        while at <= end {
            ticks.push((at * step, tick(at * step, unit)));
            at += 1.0;
        }
        Self {
            is_log: false,
            low: begin * step,
            high: end * step,
            ticks,
        }
    }

    /// A logarithmic axis, labelled at 1, 2 and 5 times powers of ten, or at these alone.
    fn log((least, most): (f64, f64), label: impl Fn(f64) -> String) -> Self {
        let (low, high) = log_range(least, most);
        let factors: &[f64] = match high - low {
            it if it > 4.0 => &[1.0],
            it if it > 2.2 => &[1.0, 5.0],
            _ => &[1.0, 2.0, 5.0],
        };
        let mut ticks = Vec::new();
        let mut decade = low.floor();
        while decade <= high {
            for &factor in factors {
                let log = decade + libm::log10(factor);
                if log > low - 1e-9 && log < high + 1e-9 {
                    let value = libm::pow(10.0, decade) * factor;
                    ticks.push((value, label(value)));
                }
            }
            decade += 1.0;
        }
        Self {
            is_log: true,
            low,
            high,
            ticks,
        }
    }

    /// Where a value lies, 0 at the low end to 1 at the high one.
    pub(super) fn at(&self, value: f64) -> f64 {
        let place = if self.is_log {
            libm::log10(value.max(1e-12))
        } else {
            value
        };
        ((place - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }
}

/// A round value at an axis.
fn tick(value: f64, unit: Unit) -> String {
    let short = |it: f64| {
        let text = significant(it, 3);
        if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text
        }
    };
    if value == 0.0 {
        return "0".into();
    }
    match unit {
        Unit::Share => format!("{}{THIN}%", short(value * 100.0)),
        Unit::Seconds => match value.abs() {
            it if it < 0.000_999 => format!("{}{THIN}µs", short(value * 1e6)),
            it if it < 0.999 => format!("{}{THIN}ms", short(value * 1e3)),
            it if it < 9_999.0 => format!("{}{THIN}s", short(value)),
            _ => format!("{}{THIN}s", grouped(value, 0)),
        },
        Unit::Usd if value.abs() < 99.5 => format!("${}", short(value)),
        Unit::Usd => usd(value),
        Unit::PerSecond => format!("{}/s", short(value)),
        _ => short_count(value, &short),
    }
}

/// A large number with its thousands or millions in a letter.
fn short_count(value: f64, short: &dyn Fn(f64) -> String) -> String {
    match value.abs() {
        it if it >= 999.5e6 => format!("{}{THIN}G", short(value / 1e9)),
        it if it >= 999.5e3 => format!("{}{THIN}M", short(value / 1e6)),
        _ => short(value),
    }
}

#[cfg(test)]
mod tests {
    use super::Scale;
    use keystorm_record::Unit;

    // Goal: axes hold their values, are logarithmic where times differ much, and labels are round.
    // Method: times that differ tenfold and that do not; shares; money; values below zero.
    #[test]
    fn axes_hold_their_values() {
        let labels = |range, unit| {
            let scale = Scale::of(range, unit);
            let (least, most): (f64, f64) = range;
            assert!(scale.at(least) >= 0.0 && scale.at(most) <= 1.0);
            assert!(scale.at(least) < scale.at(most));
            let labels = scale.ticks.iter().map(|it| it.1.replace('\u{202f}', " "));
            (scale.is_log, labels.collect::<Vec<_>>().join(", "))
        };
        let (log, text) = labels((0.02, 2.0), Unit::Seconds);
        assert!(log);
        assert_eq!(text, "20 ms, 50 ms, 100 ms, 200 ms, 500 ms, 1 s, 2 s");
        let (log, text) = labels((0.03, 0.08), Unit::Seconds);
        assert!(!log);
        assert_eq!(text, "0, 20 ms, 40 ms, 60 ms, 80 ms");
        assert_eq!(labels((0.0, 0.5), Unit::Share).1, "0, 20 %, 40 %, 60 %");
        assert!(labels((10.0, 2_500.0), Unit::Usd).1.ends_with("$3,000"));
        let tight = Scale::tight((1_012.0, 1_070.0), Unit::Usd);
        let (first, last) = (&tight.ticks[0].1, &tight.ticks[tight.ticks.len() - 1].1);
        assert_eq!((first.as_str(), last.as_str()), ("$1,000", "$1,080"));
        let tight = Scale::tight((5.0, 5.0), Unit::Usd);
        assert!(tight.at(5.0) > 0.0);
        let (_, text) = labels((-0.5, 1.0), Unit::Share);
        assert!(
            text.contains("\u{2212}") && text.contains("100 %"),
            "{text}"
        );
    }
}
