//! Places in a day or a week, as a clock on the wall shows them.
use super::{Quantity, QuantityError, TimeOfDay, TimeOfWeek, UtcOffset};
use std::fmt;
use std::str::FromStr;

const DAY_S: u32 = 86_400;
const DAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];
/// No place on earth is farther from UTC.
const OFFSET_MAX_S: i32 = 14 * 3_600;

impl Quantity for TimeOfDay {
    const NAME: &'static str = "TimeOfDay";
    const FORMAT: &'static str = "keystorm-time-of-day";
    const PATTERN: Option<&'static str> =
        Some(r"^\s*([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?\s*$");
    const EXAMPLES: &'static [&'static str] = &["08:00", "17:30"];
    const DESCRIPTION: &'static str = "A time of day from 00:00 to 23:59, seconds if wanted.";
}

impl Quantity for TimeOfWeek {
    const NAME: &'static str = "TimeOfWeek";
    const FORMAT: &'static str = "keystorm-time-of-week";
    const PATTERN: Option<&'static str> = None;
    const EXAMPLES: &'static [&'static str] = &["mon 08:00", "fri 17:30"];
    const DESCRIPTION: &'static str =
        "A day of the week, mon to sun, and a time of day from 00:00 to 23:59.";
}

impl Quantity for UtcOffset {
    const NAME: &'static str = "UtcOffset";
    const FORMAT: &'static str = "keystorm-utc-offset";
    const PATTERN: Option<&'static str> = Some(r"^\s*(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])\s*$");
    const EXAMPLES: &'static [&'static str] = &["+01:00", "-05:00", "Z"];
    const DESCRIPTION: &'static str = "How far a clock is ahead of UTC: +HH:MM, -HH:MM or Z.";
}

/// Two digits, or one, below `limit`.
fn number(text: &str, limit: u32) -> Option<u32> {
    let digits = (1..=2).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_digit());
    let number = text.parse().ok().filter(|&it| it < limit);
    if digits { number } else { None }
}

/// Seconds since midnight.
fn of_day(text: &str) -> Option<u32> {
    let mut parts = text.split(':');
    let hours = number(parts.next()?, 24)?;
    let minutes = number(parts.next()?, 60)?;
    let seconds = parts.next().map_or(Some(0), |it| number(it, 60))?;
    let whole = parts.next().is_none();
    whole.then_some((hours * 60 + minutes) * 60 + seconds)
}

impl FromStr for TimeOfDay {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let error = |help| QuantityError::new(text, "a time of day such as \"08:00\"", help);
        of_day(text.trim()).map(Self).ok_or_else(|| {
            error(if text.trim().starts_with("24:") {
                "the day ends where the next one begins, at \"00:00\""
            } else {
                "write hours, a colon and minutes, from \"00:00\" to \"23:59\""
            })
        })
    }
}

impl FromStr for TimeOfWeek {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let error =
            |help: &str| QuantityError::new(text, "a time of the week such as \"mon 08:00\"", help);
        let Some((day, time)) = text.trim().split_once(' ') else {
            return Err(error("write a day, mon to sun, a space and a time of day"));
        };
        let name = day.to_lowercase();
        let mut days = (0..).zip(DAYS);
        let found = days.find(|(_, it)| *it == name || it[..3] == name);
        let Some((day, _)) = found else {
            return Err(error("days are mon, tue, wed, thu, fri, sat and sun"));
        };
        let time = of_day(time.trim());
        let time = time.ok_or_else(|| error("times are \"00:00\" to \"23:59\""))?;
        Ok(Self(day * DAY_S + time))
    }
}

impl FromStr for UtcOffset {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let error = |help| QuantityError::new(text, "an offset such as \"+01:00\"", help);
        let trimmed = text.trim();
        if trimmed == "Z" {
            return Ok(Self(0));
        }
        let (sign, rest) = if let Some(rest) = trimmed.strip_prefix('+') {
            (1, rest)
        } else if let Some(rest) = trimmed.strip_prefix('-') {
            (-1, rest)
        } else {
            return Err(error("write + or - and hours and minutes, or Z for UTC"));
        };
        let seconds = of_day(rest).and_then(|it| i32::try_from(it).ok());
        match seconds {
            Some(seconds) if seconds <= OFFSET_MAX_S && seconds % 60 == 0 => {
                Ok(Self(sign * seconds))
            }
            Some(_) => Err(error(
                "clocks are at most 14:00 ahead or behind, in minutes",
            )),
            None => Err(error(
                "write hours, a colon and minutes, such as \"+05:30\"",
            )),
        }
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(seconds) = self;
        write!(f, "{:02}:{:02}", seconds / 3_600, seconds / 60 % 60)?;
        match seconds % 60 {
            0 => Ok(()),
            rest => write!(f, ":{rest:02}"),
        }
    }
}

impl fmt::Display for TimeOfWeek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(seconds) = self;
        let day = DAYS[(seconds / DAY_S) as usize % DAYS.len()];
        write!(f, "{} {}", &day[..3], TimeOfDay(seconds % DAY_S))
    }
}

impl fmt::Display for UtcOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { '-' } else { '+' };
        write!(f, "{sign}{}", TimeOfDay(self.0.unsigned_abs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: places in a day and a week are the seconds that they say, and read back as printed.
    // Method: spellings by hand, the first and the last second of each.
    #[test]
    fn places_on_the_clock_are_seconds() {
        let day = |text: &str| text.parse::<TimeOfDay>().unwrap();
        assert_eq!(
            ["00:00", "8:05", "23:59:59"].map(day).map(|it| it.0),
            [0, 29_100, 86_399]
        );
        let week = |text: &str| text.parse::<TimeOfWeek>().unwrap();
        let seconds = ["mon 00:00", "Tue 08:00", " sunday  23:59:59 "]
            .map(week)
            .map(|it| it.0);
        assert_eq!(seconds, [0, 115_200, 604_799]);
        let offset = |text: &str| text.parse::<UtcOffset>().unwrap();
        let seconds = ["Z", "+01:00", "-05:30", "+14:00"]
            .map(offset)
            .map(|it| it.0);
        assert_eq!(seconds, [0, 3_600, -19_800, 50_400]);
        for second in (0..604_800).step_by(61) {
            let place = TimeOfWeek(second);
            assert_eq!(week(&place.to_string()), place);
            let place = TimeOfDay(second % DAY_S);
            assert_eq!(day(&place.to_string()), place);
        }
        assert_eq!(week("saturday 8:00").to_string(), "sat 08:00");
        assert_eq!(offset("-05:30").to_string(), "-05:30");
        assert_eq!(offset("Z").to_string(), "+00:00");
    }

    // Goal: what is no place on a clock is refused, with what to write.
    // Method: a table of mistakes and the words that the help must contain.
    #[test]
    fn other_texts_are_refused() {
        let help = |format: &str, text: &str| {
            let mistake = crate::units::mistake(format, text);
            mistake
                .unwrap_or_else(|| panic!("{text}"))
                .help()
                .to_owned()
        };
        let cases = [
            ("keystorm-time-of-day", "24:00", "\"00:00\""),
            ("keystorm-time-of-day", "8", "hours, a colon"),
            ("keystorm-time-of-day", "08:60", "\"23:59\""),
            ("keystorm-time-of-day", "08:00:00:00", "hours, a colon"),
            ("keystorm-time-of-day", "+8:00", "hours, a colon"),
            ("keystorm-time-of-week", "08:00", "a day, mon to sun"),
            ("keystorm-time-of-week", "moo 08:00", "days are mon"),
            ("keystorm-time-of-week", "mon 8 am", "times are"),
            ("keystorm-utc-offset", "01:00", "+ or -"),
            ("keystorm-utc-offset", "+15:00", "at most 14:00"),
            ("keystorm-utc-offset", "+1", "\"+05:30\""),
            ("keystorm-utc-offset", "CET", "+ or -"),
        ];
        for (format, text, words) in cases {
            let help = help(format, text);
            assert!(help.contains(words), "{text}: {help}");
        }
    }
}
