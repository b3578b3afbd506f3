use crate::{Span, Time};

/// How many are in the system, summed over time in two independent ways: Little's law.
///
/// Both sums are clipped to a window and exact: the time integral of the number present, counted at
/// every entry and exit, must equal the sum of everyone's time in the system.
#[derive(Clone, Copy, Debug)]
pub struct Occupancy {
    from: Time,
    present: u64,
    changed: Time,
    /// \[ns of one present\].
    integral: u128,
    /// \[ns\].
    sojourn: u128,
}

impl Occupancy {
    /// Nobody is present; sums begin at `from`.
    #[must_use]
    pub fn new(from: Time) -> Self {
        Self {
            from,
            present: 0,
            changed: Time::ZERO,
            integral: 0,
            sojourn: 0,
        }
    }

    /// One enters.
    #[inline]
    pub fn enter(&mut self, now: Time) {
        self.advance(now);
        self.present += 1;
    }

    /// One that entered at `entered` leaves.
    ///
    /// # Panics
    /// In debug builds, if nobody is present.
    #[inline]
    pub fn leave(&mut self, now: Time, entered: Time) {
        self.advance(now);
        self.present -= 1;
        self.stayed(now, entered);
    }

    /// The window ends at `now`.
    pub fn close(&mut self, now: Time) {
        self.advance(now);
    }

    /// One that entered at `entered` is still present when the window ends at `now`; call it once
    /// for each that is.
    #[inline]
    pub fn stayed(&mut self, now: Time, entered: Time) {
        let entered = entered.max(self.from);
        self.sojourn += u128::from(now.since(entered).nanos());
    }

    /// Number present.
    #[must_use]
    pub fn present(&self) -> u64 {
        self.present
    }

    /// Time integral of the number present \[ns\].
    #[must_use]
    pub fn integral(&self) -> u128 {
        self.integral
    }

    /// Sum of the times in the system \[ns\].
    #[must_use]
    pub fn sojourn(&self) -> u128 {
        self.sojourn
    }

    #[inline]
    fn advance(&mut self, now: Time) {
        let since: Span = now.since(self.changed.max(self.from));
        self.integral += u128::from(since.nanos()) * u128::from(self.present);
        self.changed = now;
    }
}

#[cfg(test)]
mod tests {
    use super::Occupancy;
    use crate::Time;

    // Goal: both sums are clipped to the window alike.
    // Method: one stay across the beginning, one inside, one across the end, counted by hand.
    #[test]
    fn stays_are_clipped_to_the_window() {
        let at = Time::from_secs;
        let mut occupancy = Occupancy::new(at(10));
        occupancy.enter(at(5));
        occupancy.leave(at(12), at(5)); // 2 s inside
        occupancy.enter(at(13));
        occupancy.leave(at(14), at(13)); // 1 s
        occupancy.enter(at(18));
        occupancy.close(at(20));
        occupancy.stayed(at(20), at(18)); // 2 s
        assert_eq!(occupancy.integral(), 5_000_000_000);
        assert_eq!(occupancy.sojourn(), 5_000_000_000);
        assert_eq!(occupancy.present(), 1);
    }
}
