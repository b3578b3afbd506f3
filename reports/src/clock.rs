use jiff::{SignedDuration, Timestamp};
use keystorm_record::Record;

/// Clock times of a run: t = 0 is the scenario's start, in UTC.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    start: Timestamp,
    /// The run is an hour or longer: seconds say nothing then.
    hours: bool,
}

impl Clock {
    /// The clock of a record. A start that is no instant (only a record edited by hand has one)
    /// counts as midnight.
    pub(crate) fn of(record: &Record) -> Self {
        let seconds = (record.window.warm_up_ns.0 + record.window.measure_ns.0) / 1_000_000_000;
        let start = record
            .scenario
            .start
            .parse()
            .unwrap_or(Timestamp::UNIX_EPOCH);
        Self {
            start,
            hours: seconds >= 3_600,
        }
    }

    /// `HH:MM:SS` of that second of the run; `HH:MM` if the run is an hour or longer.
    pub(crate) fn at(self, second: u64) -> String {
        let of_day = self.second_of_day(second);
        let (h, m, s) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
        if self.hours {
            format!("{h:02}:{m:02}")
        } else {
            format!("{h:02}:{m:02}:{s:02}")
        }
    }

    /// `HH:MM:SS–HH:MM:SS` of the seconds from `from` (inclusive) to `to` (exclusive).
    pub(crate) fn range(self, from: u64, to: u64) -> String {
        format!("{}–{}", self.at(from), self.at(to))
    }

    /// Second of the day, 0..86400, of that second of the run.
    pub(crate) fn second_of_day(self, second: u64) -> u64 {
        let start = self.start.as_second().rem_euclid(86_400);
        (u64::try_from(start).unwrap_or(0) + second) % 86_400
    }

    /// Seconds from 1970 to t = 0; 0 if that is earlier.
    pub(crate) fn unix_second(self) -> u64 {
        u64::try_from(self.start.as_second()).unwrap_or(0)
    }

    /// RFC 3339 in UTC.
    pub(crate) fn rfc3339(self, second: u64) -> String {
        let span = SignedDuration::from_secs(i64::try_from(second).unwrap_or(0));
        self.start
            .checked_add(span)
            .unwrap_or(self.start)
            .to_string()
    }
}
