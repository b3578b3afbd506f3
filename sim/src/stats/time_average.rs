use crate::Time;

/// Average over time of a value that changes in steps: a queue's length, busy servers, tokens held.
///
/// Exact: the integral is a whole number. [`Occupancy`](super::Occupancy) is its sibling for
/// Little's law.
///
/// # Example
/// ```
/// use keystorm_sim::{Time, stats::TimeAverage};
///
/// let mut busy = TimeAverage::new(Time::ZERO, 0);
/// busy.set(Time::from_secs(6), 3);
/// assert_eq!(busy.restart(Time::from_secs(8)), 0.75); // 3 for a quarter of the time
/// busy.set(Time::from_secs(9), 5);
/// assert_eq!(busy.restart(Time::from_secs(10)), 4.0); // only since the last restart
/// ```
#[derive(Clone, Copy, Debug)]
pub struct TimeAverage {
    from: Time,
    changed: Time,
    value: u64,
    /// \[ns of one\].
    integral: u128,
}

impl TimeAverage {
    /// `value` from `now` on; the average begins at `now`.
    #[must_use]
    pub fn new(now: Time, value: u64) -> Self {
        Self {
            from: now,
            changed: now,
            value,
            integral: 0,
        }
    }

    /// The value is `value` from `now` on. Time must not run backwards.
    #[inline]
    pub fn set(&mut self, now: Time, value: u64) {
        let lasted = now.since(self.changed).nanos();
        self.integral += u128::from(lasted) * u128::from(self.value);
        self.changed = now;
        self.value = value;
    }

    /// The value.
    #[must_use]
    pub fn value(&self) -> u64 {
        self.value
    }

    /// Average from the last restart to `now`, then restarts there: the end of a warm-up or of a
    /// batch. The value itself if no time has passed.
    pub fn restart(&mut self, now: Time) -> f64 {
        self.set(now, self.value);
        let average = match now.since(self.from).nanos() {
            0 => self.value as f64,
            lasted => self.integral as f64 / lasted as f64,
        };
        (self.from, self.integral) = (now, 0);
        average
    }
}

#[cfg(test)]
mod tests {
    use super::TimeAverage;
    use crate::Time;

    // Goal: averages of consecutive intervals, weighted by their lengths, are that of the whole.
    // Method: the same steps once in one piece, once cut in the middle of a step.
    #[test]
    fn pieces_add_up_to_the_whole() {
        let at = Time::from_millis;
        let mut whole = TimeAverage::new(at(0), 2);
        let mut pieces = whole;
        whole.set(at(400), 7);
        pieces.set(at(400), 7);
        let first = pieces.restart(at(500));
        whole.set(at(900), 0);
        pieces.set(at(900), 0);
        let second = pieces.restart(at(2_000));
        assert!((whole.restart(at(2_000)) - (0.25 * first + 0.75 * second)).abs() < 1e-12);
        assert!((first - 3.0).abs() < 1e-12);
    }

    // Goal: an interval of no length has an average.
    // Method: restart twice at one instant.
    #[test]
    fn no_time_averages_to_the_value() {
        let mut average = TimeAverage::new(Time::ZERO, 4);
        assert!((average.restart(Time::ZERO) - 4.0).abs() < 1e-12);
    }
}
