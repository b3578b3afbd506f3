use keystorm_sim::{NANOS_PER_S, Span, Time};
use std::sync::Arc;

/// Calls of everything else in the account, counted without an event for each.
///
/// They come evenly spaced within each second. Of a rate that changes, a second has the calls that
/// the rate adds up to, in whole calls of which none is lost: what one second rounds down, a later
/// one has more.
#[derive(Clone, Debug)]
pub struct OtherLoad {
    steady_per_s: u64,
    /// Calls of the profile before each whole second; none without a profile.
    before: Arc<[u64]>,
}

impl OtherLoad {
    /// Highest rate of a profile \[1/s\]: its sums over 31 days fit 128 bits.
    pub const PROFILE_MAX: u64 = 10_000_000;

    /// Always `rate_per_s`.
    #[must_use]
    pub fn steady(rate_per_s: u64) -> Self {
        Self {
            steady_per_s: rate_per_s,
            before: Arc::from([]),
        }
    }

    /// `steady_per_s`, and beside it a rate that runs straight from point to point (time,
    /// rate \[1/s\]) and is constant outside, to the end of second `seconds`.
    ///
    /// # Panics
    /// If there is no point, one lies before the one before it, or a rate is above
    /// [`Self::PROFILE_MAX`].
    #[must_use]
    pub fn through(steady_per_s: u64, points: &[(Time, u64)], seconds: u64) -> Self {
        assert!(!points.is_empty(), "a profile has a point");
        assert!(
            points.is_sorted_by_key(|point| point.0),
            "points are in order"
        );
        assert!(
            points.iter().all(|point| point.1 <= Self::PROFILE_MAX),
            "the rate's sums must fit"
        );
        Self {
            steady_per_s,
            before: (0..=seconds).map(|second| sum(points, second)).collect(),
        }
    }

    /// Calls in `[from, to)`.
    #[must_use]
    pub fn between(&self, from: Time, to: Time) -> u64 {
        let steady = scaled(self.steady_per_s, to.since(from));
        if self.before.is_empty() {
            return steady;
        }
        steady.saturating_add(self.profile_until(to) - self.profile_until(from))
    }

    /// Calls so far in a window that began `since` ago, at `now`.
    #[inline]
    pub(super) fn in_window(&self, now: Time, since: Span) -> u64 {
        let steady = scaled(self.steady_per_s, since);
        if self.before.is_empty() {
            return steady;
        }
        let began = Time::from_nanos(now.nanos().saturating_sub(since.nanos()));
        steady.saturating_add(self.profile_until(now) - self.profile_until(began))
    }

    /// Calls in a whole second.
    #[must_use]
    pub fn in_second(&self, second: u64) -> u64 {
        let profile = self.calls_before(second + 1) - self.calls_before(second);
        self.steady_per_s.saturating_add(profile)
    }

    /// Most calls in one of the whole seconds `[from, to)`.
    #[must_use]
    pub fn peak(&self, from: u64, to: u64) -> u64 {
        if self.before.is_empty() {
            return self.steady_per_s;
        }
        (from..to)
            .map(|second| self.in_second(second))
            .max()
            .unwrap_or(0)
    }

    /// Whether its rate never changes.
    #[must_use]
    pub fn is_steady(&self) -> bool {
        self.before.is_empty()
    }

    fn profile_until(&self, at: Time) -> u64 {
        let second = at.second();
        let whole = self.calls_before(second);
        let calls = self.calls_before(second + 1) - whole;
        whole + scaled(calls, at.since(Time::from_secs(second)))
    }

    fn calls_before(&self, second: u64) -> u64 {
        let last = self.before.len().saturating_sub(1);
        let place = usize::try_from(second).unwrap_or(last).min(last);
        self.before.get(place).copied().unwrap_or(0)
    }
}

/// Whole calls of a rate in a time.
#[inline]
fn scaled(per_s: u64, time: Span) -> u64 {
    // Nearly always 64 bits do, at a fraction of the cost of dividing 128.
    if let Some(scaled) = per_s.checked_mul(time.nanos()) {
        return scaled / NANOS_PER_S;
    }
    let calls = u128::from(per_s) * u128::from(time.nanos()) / u128::from(NANOS_PER_S);
    u64::try_from(calls).unwrap_or(u64::MAX)
}

/// Whole calls of a profile before a whole second: the area under its lines, without rounding.
fn sum(points: &[(Time, u64)], second: u64) -> u64 {
    let end = i128::from(second) * i128::from(NANOS_PER_S);
    let nanos = |at: Time| i128::from(at.nanos());
    // Twice the area [calls·ns/s]: of a whole piece it is a whole number.
    let (first, last) = (points[0], points[points.len() - 1]);
    let mut area = 2 * i128::from(first.1) * nanos(first.0).min(end);
    for pair in points.windows(2) {
        let (from, to) = (nanos(pair[0].0), nanos(pair[1].0));
        let (low, high) = (i128::from(pair[0].1), i128::from(pair[1].1));
        let (length, within) = (to - from, end.min(to) - from);
        if within > 0 {
            area += 2 * low * within + ((high - low) * within * within).div_euclid(length);
        }
    }
    area += 2 * i128::from(last.1) * (end - nanos(last.0)).max(0);
    u64::try_from(area / (2 * i128::from(NANOS_PER_S))).expect("a bounded rate over 31 days fits")
}

/// Other load that asks call by call.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Caller {
    second: u64,
    asked: u64,
}

impl Caller {
    /// The next call up to `now`, if there is one.
    #[inline]
    pub(super) fn next(&mut self, now: Time, load: &OtherLoad) -> Option<Time> {
        loop {
            let calls = load.in_second(self.second);
            if self.asked < calls {
                let since = u128::from(self.asked + 1) * u128::from(NANOS_PER_S);
                let since = since.div_ceil(u128::from(calls));
                let since = Span::from_nanos(u64::try_from(since).expect("within a second"));
                let at = Time::from_secs(self.second) + since;
                self.asked += u64::from(at <= now);
                return (at <= now).then_some(at);
            }
            if self.second >= now.second() {
                return None;
            }
            *self = Self {
                second: self.second + 1,
                asked: 0,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // Goal: ramps, steps and what lies outside the points are counted as areas.
    // Method: by hand: 10/s to 2 s, a ramp to 30/s at 6 s, a step to 5/s.
    #[test]
    fn a_profile_is_counted_by_its_area() {
        let at = Time::from_secs;
        let points = [(at(2), 10), (at(6), 30), (at(6), 5)];
        let load = OtherLoad::through(1, &points, 9);
        let seconds: Vec<_> = (0..9).map(|second| load.in_second(second)).collect();
        // The ramp has 12.5, 17.5, 22.5 and 27.5 calls; halves are made up for in the next second.
        assert_eq!(seconds, [11, 11, 13, 19, 23, 29, 6, 6, 6]);
        assert_eq!(load.between(at(2), at(6)), 4 + 80);
        assert_eq!(load.peak(0, 9), 29);
        assert_eq!(load.between(Time::from_millis(7_500), at(8)), 3);
    }

    proptest! {
        // Goal: windows, seconds and single calls count the same load.
        // Method: random profiles; the calls one by one against sums up to random instants.
        #[test]
        fn all_ways_of_counting_agree(
            steady in 0_u64..40,
            mut points in prop::collection::vec((0_u64..6_000, 0_u64..300), 1..6),
            nanos in 0_u64..8 * NANOS_PER_S,
        ) {
            points.sort_unstable_by_key(|point| point.0);
            let points: Vec<_> =
                points.iter().map(|&(ms, rate)| (Time::from_millis(ms), rate)).collect();
            let load = OtherLoad::through(steady, &points, 8);
            let now = Time::from_nanos(nanos);
            let second = Time::from_secs(now.second());
            let in_window = load.in_window(now, now.since(second));
            let whole: u64 = (0..now.second()).map(|it| load.in_second(it)).sum();
            prop_assert_eq!(load.between(Time::ZERO, second), whole);
            let mut caller = Caller::default();
            let mut calls = 0;
            while let Some(at) = caller.next(now, &load) {
                prop_assert!(at <= now);
                calls += 1;
            }
            // Of two rates that are each rounded down, one call may be missing for a moment.
            prop_assert!(calls - (whole + in_window) <= 1, "{} {}", calls, whole + in_window);
            let exact = (whole + load.between(second, now)).abs_diff(calls);
            prop_assert!(exact <= 1);
        }
    }
}
