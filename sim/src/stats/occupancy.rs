use crate::Time;

/// How many are in the system, summed over time in two independent ways: Little's law.
///
/// Both sums are clipped to a window and exact: the time integral of the number present, from the
/// instants of all entries and exits, must equal the sum of everyone's time in the system. Entries
/// and exits can be told in any order.
#[derive(Clone, Copy, Debug)]
pub struct Occupancy {
    from: Time,
    present: u64,
    /// Sums of the instants of entries and of exits \[ns\].
    entries: u128,
    exits: u128,
    /// Sum of the times in the system \[ns\].
    sojourn: u128,
}

impl Occupancy {
    /// Nobody is present; sums begin at `from`.
    #[must_use]
    pub fn new(from: Time) -> Self {
        Self {
            from,
            present: 0,
            entries: 0,
            exits: 0,
            sojourn: 0,
        }
    }

    /// One enters at `at`.
    #[inline]
    pub fn enter(&mut self, at: Time) {
        self.present = self.present.wrapping_add(1);
        self.entries += self.clipped(at);
    }

    /// One that entered at `entered` leaves at `at`.
    #[inline]
    pub fn leave(&mut self, at: Time, entered: Time) {
        self.present = self.present.wrapping_sub(1);
        let at_ns = self.clipped(at);
        self.exits += at_ns;
        self.sojourn += at_ns - self.clipped(entered);
    }

    /// One that entered at `entered` is still present when the window ends at `end`; call it once
    /// for each that is.
    #[inline]
    pub fn stayed(&mut self, end: Time, entered: Time) {
        self.sojourn += self.clipped(end) - self.clipped(entered);
    }

    /// Number present, of all entries and exits told.
    #[must_use]
    pub fn present(&self) -> u64 {
        self.present
    }

    /// Time integral of the number present until the window ends at `end` \[ns\].
    #[must_use]
    pub fn integral(&self, end: Time) -> u128 {
        (u128::from(self.present) * self.clipped(end) + self.exits).wrapping_sub(self.entries)
    }

    /// Sum of the times in the system \[ns\].
    #[must_use]
    pub fn sojourn(&self) -> u128 {
        self.sojourn
    }

    /// Adds what another has been told: of the same window, another part of the entries and exits.
    pub fn add(&mut self, other: &Self) {
        self.present = self.present.wrapping_add(other.present);
        self.entries += other.entries;
        self.exits += other.exits;
        self.sojourn += other.sojourn;
    }

    #[inline]
    fn clipped(&self, at: Time) -> u128 {
        at.max(self.from).nanos().into()
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
        occupancy.stayed(at(20), at(18)); // 2 s
        assert_eq!(occupancy.integral(at(20)), 5_000_000_000);
        assert_eq!(occupancy.sojourn(), 5_000_000_000);
        assert_eq!(occupancy.present(), 1);
    }
}
