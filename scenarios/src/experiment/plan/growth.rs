//! When a growing load crosses what it comes to.
use jiff::civil::Date;
use keystorm_record::plan::{Crossing, Estimate, Growth, HighestLoad, Limit, Reached};
use std::fmt;
use std::str::FromStr;

/// Months of a year.
const YEAR: f64 = 12.0;
/// Mean days of a month, in the Gregorian calendar.
const MONTH_DAYS: f64 = 365.242_5 / YEAR;
/// Weeks of a month.
const MONTH_WEEKS: f64 = MONTH_DAYS / 7.0;
/// Longest horizon \[months\].
const HORIZON_MAX: f64 = 1_200.0;

/// Growth by the same share in the same time: `5%/month`.
#[derive(Clone, Debug, PartialEq)]
pub struct GrowthRate {
    text: String,
    per_month: f64,
}

/// A length of time in months: `12 months`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Horizon {
    months: f64,
}

/// Why a text is no growth, or no horizon: what was expected.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct GrowthError(&'static str);

impl fmt::Display for GrowthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for GrowthError {}

/// A positive decimal number, with `_` between digits if wanted.
fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let plain = |c: char| c.is_ascii_digit() || c == '.' || c == '_';
    let begins = text.starts_with(|c: char| c.is_ascii_digit());
    if !begins || !text.chars().all(plain) {
        return None;
    }
    let value: f64 = text.replace('_', "").parse().ok()?;
    (value.is_finite() && value > 0.0).then_some(value)
}

impl FromStr for GrowthRate {
    type Err = GrowthError;

    fn from_str(text: &str) -> Result<Self, GrowthError> {
        const EXPECTED: GrowthError =
            GrowthError("expected a share and a time, such as 5%/month, 1%/week or 60%/year");
        let (share, per) = text.split_once('/').ok_or(EXPECTED)?;
        let share = match share.trim().strip_suffix('%') {
            Some(percent) => number(percent).map(|it| it / 100.0),
            None => number(share),
        };
        let share = share.filter(|it| *it <= 100.0).ok_or(EXPECTED)?;
        let periods = match per.trim() {
            "month" => 1.0,
            "week" => MONTH_WEEKS,
            "year" => 1.0 / YEAR,
            _ => return Err(EXPECTED),
        };
        Ok(Self {
            text: text.trim().to_owned(),
            per_month: libm::expm1(periods * libm::log1p(share)),
        })
    }
}

impl fmt::Display for GrowthRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Horizon {
    type Err = GrowthError;

    fn from_str(text: &str) -> Result<Self, GrowthError> {
        const EXPECTED: GrowthError =
            GrowthError("expected a time up to 100 years, such as \"12 months\" or \"2 years\"");
        let text = text.trim();
        let at = text.find(|c: char| c.is_ascii_alphabetic());
        let (count, unit) = text.split_at(at.ok_or(EXPECTED)?);
        let of_unit = match unit {
            "month" | "months" => 1.0,
            "week" | "weeks" => 1.0 / MONTH_WEEKS,
            "year" | "years" => YEAR,
            _ => return Err(EXPECTED),
        };
        let months = number(count).ok_or(EXPECTED)? * of_unit;
        if months > HORIZON_MAX {
            return Err(EXPECTED);
        }
        Ok(Self { months })
    }
}

impl fmt::Display for Horizon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} months", self.months)
    }
}

/// When limits and conditions are crossed, from the day of the scenario's start on.
pub(super) fn growth(
    rate: &GrowthRate,
    horizon: Horizon,
    start: Date,
    limits: &[Limit],
    highest: Option<&HighestLoad>,
) -> Growth {
    let of_month = libm::log1p(rate.per_month);
    let months = |load: f64| libm::log(load) / of_month;
    let crossing = |limit, of: &str, load: Estimate| {
        let at = Estimate {
            value: months(load.value),
            low: load.low.filter(|it| *it > 0.0).map(months),
            high: load.high.map(months),
            ..load
        };
        Crossing {
            limit,
            of: of.to_owned(),
            months: at,
            date: date(start, at.value),
            date_low: at.low.and_then(|it| date(start, it)),
            date_high: at.high.and_then(|it| date(start, it)),
            within_horizon: at.value <= horizon.months,
        }
    };
    let of_limit = |limit: &Limit| {
        let Reached::At(load) = limit.reached else {
            return None;
        };
        Some(crossing(Some(limit.kind), &limit.of, load))
    };
    let mut crossings: Vec<_> = limits.iter().filter_map(of_limit).collect();
    if let Some(HighestLoad::At { load, binding }) = highest {
        crossings.push(crossing(None, &binding.condition, *load));
    }
    crossings.sort_by(|a, b| a.months.value.total_cmp(&b.months.value));
    Growth {
        rate: rate.text.clone(),
        per_month: rate.per_month,
        horizon_months: horizon.months,
        load_at_horizon: libm::exp(of_month * horizon.months),
        crossings,
    }
}

/// The day so many months after another, or that day if it is past.
fn date(start: Date, months: f64) -> Option<String> {
    let days = (months.max(0.0) * MONTH_DAYS).floor();
    // Beyond that there is no calendar.
    if days > 3e6 {
        return None;
    }
    let days = i64::try_from(keystorm_sim::draw::whole(days)).ok()?;
    let date = start.checked_add(jiff::Span::new().try_days(days).ok()?);
    Some(date.ok()?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: a growth is read in every spelling and means the same per month; nonsense is refused.
    // Method: one of each kind; twelve months of the monthly rate make the yearly one.
    #[test]
    fn growth_is_read() {
        let per_month = |text: &str| text.parse::<GrowthRate>().map(|it| it.per_month);
        assert!((per_month("5%/month").unwrap() - 0.05).abs() < 1e-12);
        assert!((per_month("0.05/month").unwrap() - 0.05).abs() < 1e-12);
        let yearly = per_month(" 60 % / year ").unwrap();
        assert!(((1.0 + yearly).powi(12) - 1.6).abs() < 1e-9);
        let weekly = per_month("1%/week").unwrap();
        assert!((weekly - (libm::pow(1.01, 365.2425 / 84.0) - 1.0)).abs() < 1e-9);
        for wrong in [
            "5%",
            "5%/day",
            "-5%/month",
            "0%/month",
            "x/month",
            "inf/year",
            "1e9%/week",
        ] {
            assert!(per_month(wrong).is_err(), "{wrong}");
        }
    }

    // Goal: a horizon is read, and is no longer than a century.
    // Method: one of each unit, and nonsense.
    #[test]
    fn horizons_are_read() {
        let months = |text: &str| text.parse::<Horizon>().map(|it| it.months);
        assert_eq!(months("12 months"), Ok(12.0));
        assert_eq!(months("12months"), Ok(12.0));
        assert_eq!(months("2 years"), Ok(24.0));
        for wrong in ["12", "months", "101 years", "0 months", "3 days"] {
            assert!(months(wrong).is_err(), "{wrong}");
        }
    }

    // Goal: a load that doubles is reached when the growth has doubled it, on that day; what is
    // reached today has the start's day.
    // Method: doubling each year, from a leap day on.
    #[test]
    fn days_follow_from_the_growth() {
        let start = jiff::civil::date(2024, 2, 29);
        let rate: GrowthRate = "100%/year".parse().unwrap();
        let load = Estimate {
            value: 2.0,
            low: Some(1.0),
            high: Some(4.0),
            replications: 5,
        };
        let highest = HighestLoad::At {
            load,
            binding: keystorm_record::plan::Binding {
                condition: "all.attempts < 2".to_owned(),
                metric: "all.attempts".to_owned(),
                unit: keystorm_record::Unit::Count,
                value: None,
            },
        };
        let horizon = Horizon { months: 12.5 };
        let growth = growth(&rate, horizon, start, &[], Some(&highest));
        let crossing = &growth.crossings[0];
        assert!((crossing.months.value - 12.0).abs() < 1e-9);
        assert!(crossing.within_horizon);
        assert_eq!(crossing.date_low.as_deref(), Some("2024-02-29"));
        // A mean year has 365.2425 days.
        assert_eq!(crossing.date.as_deref(), Some("2025-02-28"));
        assert_eq!(crossing.date_high.as_deref(), Some("2026-02-28"));
    }
}
