use keystorm_sim::draw::whole;
use keystorm_sim::{NANOS_PER_S, Span, Time};

/// A mean rate over time: straight lines between points; constant outside, or again and again.
#[derive(Clone, Debug, PartialEq)]
pub struct RateProfile {
    /// By time; two at the same time are a step. One that repeats has points at both ends.
    points: Vec<(Time, f64)>,
    /// Arrivals expected from the first point to each.
    sums: Vec<f64>,
    cycle: Option<Cycle>,
}

/// How a profile repeats \[ns\].
#[derive(Clone, Copy, Debug, PartialEq)]
struct Cycle {
    period: u64,
    /// Place in the cycle at t = 0, below `period`.
    phase: u64,
}

/// The stretch of a profile from an instant to its next corner.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    /// Rate at the beginning \[1/s\].
    pub(super) rate: f64,
    /// Mean time between arrivals at that rate; infinite at a rate of zero \[ns\].
    gap_ns: f64,
    /// Change of the rate \[1/s²\].
    pub(super) slope: f64,
    /// The next corner.
    pub(super) end: Time,
}

impl RateProfile {
    /// Always `rate` \[1/s\].
    #[must_use]
    pub fn constant(rate: f64) -> Self {
        Self::new(vec![(Time::ZERO, rate)], None)
    }

    /// A line through points (time, rate \[1/s\]).
    ///
    /// # Panics
    /// If there is no point, one lies before the one before it, or a rate is negative.
    #[must_use]
    pub fn through(points: Vec<(Time, f64)>) -> Self {
        Self::new(points, None)
    }

    /// A line through points that repeats every `period`; at t = 0 it is at `phase` within it. The
    /// times of the points are those since a period's beginning. From the last point a line leads
    /// to the first one of the next period.
    ///
    /// # Panics
    /// If there is no point, one lies before the one before it or beyond the period, a rate is
    /// negative, or the period is zero.
    #[must_use]
    pub fn repeating(mut points: Vec<(Time, f64)>, period: Span, phase: Span) -> Self {
        let end = Time::ZERO + period;
        assert!(!points.is_empty(), "a profile has a point");
        let ((first, low), (last, high)) = (points[0], points[points.len() - 1]);
        assert!(last <= end, "points lie within the period");
        if last < end {
            let to_first = (first + period) - last;
            let part = (end - last).as_secs_f64() / to_first.as_secs_f64();
            points.push((end, high + (low - high) * part));
        }
        if first > Time::ZERO {
            points.insert(0, (Time::ZERO, points[points.len() - 1].1));
        }
        let period = period.nanos();
        let phase = phase.nanos() % period;
        Self::new(points, Some(Cycle { period, phase }))
    }

    fn new(points: Vec<(Time, f64)>, cycle: Option<Cycle>) -> Self {
        assert!(!points.is_empty(), "a profile has a point");
        assert!(
            points.is_sorted_by_key(|point| point.0),
            "points are in the order of time"
        );
        assert!(
            points.iter().all(|point| point.1 >= 0.0),
            "rates are not negative"
        );
        let mut sum = 0.0;
        let mut sums = vec![sum];
        for pair in points.windows(2) {
            let ((from, low), (to, high)) = (pair[0], pair[1]);
            sum += low.midpoint(high) * (to - from).as_secs_f64();
            sums.push(sum);
        }
        Self {
            points,
            sums,
            cycle,
        }
    }

    /// Mean rate at `at`; at a step, the rate after it \[1/s\].
    #[must_use]
    pub fn rate_at(&self, at: Time) -> f64 {
        self.piece_at(at).rate
    }

    /// Highest mean rate from `from` to `to` \[1/s\].
    #[must_use]
    pub fn rate_max(&self, from: Time, to: Time) -> f64 {
        let mut most = self.rate_at(from);
        let mut at = from;
        while at < to {
            let piece = self.piece_at(at);
            let end = piece.end.min(to);
            most = most.max(piece.rate + piece.slope.max(0.0) * (end - at).as_secs_f64());
            at = end;
        }
        most
    }

    /// Mean rate at t = 0 of one that has been going on: of one that repeats, over the five minutes
    /// before \[1/s\].
    #[must_use]
    pub fn rate_before(&self) -> f64 {
        const STRETCH: u64 = 300 * NANOS_PER_S;
        let Some(Cycle { period, phase }) = self.cycle else {
            return self.rate_at(Time::ZERO);
        };
        let whole = (STRETCH / period) as f64;
        let rest = STRETCH % period;
        let total = self.sums[self.sums.len() - 1];
        let sum = |at| self.sum_at(Time::from_nanos(at));
        let part = if rest <= phase {
            sum(phase) - sum(phase - rest)
        } else {
            sum(phase) + total - sum(phase + period - rest)
        };
        (whole * total + part) * NANOS_PER_S as f64 / STRETCH as f64
    }

    /// Arrivals expected from t = 0 to `at`.
    pub(super) fn expected(&self, at: Time) -> f64 {
        let Some(Cycle { period, phase }) = self.cycle else {
            return self.sum_at(at) - self.sum_at(Time::ZERO);
        };
        let (cycles, place) = ((at.nanos() + phase) / period, (at.nanos() + phase) % period);
        let total = self.sums[self.sums.len() - 1];
        let begun = self.sum_at(Time::from_nanos(phase));
        cycles as f64 * total + self.sum_at(Time::from_nanos(place)) - begun
    }

    /// Arrivals expected from the first point to `at`, below zero before it; without repetition.
    fn sum_at(&self, at: Time) -> f64 {
        let next = self.points.partition_point(|point| point.0 <= at);
        let Some(before) = next.checked_sub(1) else {
            let (first, rate) = self.points[0];
            return -rate * (first - at).as_secs_f64();
        };
        let (from, low) = self.points[before];
        let rate = self.piece_once(at).rate;
        self.sums[before] + low.midpoint(rate) * (at - from).as_secs_f64()
    }

    pub(super) fn piece_at(&self, at: Time) -> Piece {
        let Some(Cycle { period, phase }) = self.cycle else {
            return self.piece_once(at);
        };
        let place = Time::from_nanos((at.nanos() + phase) % period);
        let mut piece = self.piece_once(place);
        piece.end = at + (piece.end.min(Time::from_nanos(period)) - place);
        piece
    }

    /// As if it did not repeat.
    fn piece_once(&self, at: Time) -> Piece {
        let next = self.points.partition_point(|point| point.0 <= at);
        let Some(&(from, low)) = next.checked_sub(1).map(|before| &self.points[before]) else {
            return Piece::new(self.points[0].1, 0.0, self.points[0].0);
        };
        let Some(&(end, high)) = self.points.get(next) else {
            return Piece::new(low, 0.0, Time::NEVER);
        };
        let slope = (high - low) / (end - from).as_secs_f64();
        let rate = low + slope * (at - from).as_secs_f64();
        Piece::new(rate, slope, end)
    }
}

impl Piece {
    pub(super) fn new(rate: f64, slope: f64, end: Time) -> Self {
        Self {
            rate,
            gap_ns: NANOS_PER_S as f64 / rate,
            slope,
            end,
        }
    }

    /// The instant in this piece by which a process of these rates has had `exposure` expected
    /// arrivals since the piece's beginning, `start`; `None` if that lies at or beyond its end.
    #[inline]
    pub(super) fn instant(&self, start: Time, exposure: f64) -> Option<Time> {
        let nanos = if self.slope == 0.0 {
            exposure * self.gap_ns
        } else {
            // rate·x + slope·x²/2 = exposure, solved in the form that loses no digits.
            let square = self.rate * self.rate + 2.0 * self.slope * exposure;
            if square < 0.0 {
                return None;
            }
            2.0 * NANOS_PER_S as f64 * exposure / (self.rate + square.sqrt())
        };
        let at = start + Span::from_nanos(whole(nanos));
        (at < self.end).then_some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9 * b.abs().max(1.0)
    }

    // Goal: a profile that repeats is the same in every period, wherever it starts.
    // Method: a triangle over 10 s that begins at 2 s: rates by hand for 40 s, from phase 7 s on.
    #[test]
    fn a_repeating_profile_is_the_same_in_every_period() {
        let at = Time::from_secs;
        let points = vec![(at(2), 10.0), (at(6), 50.0)];
        let profile = RateProfile::repeating(points, Span::from_secs(10), Span::from_secs(7));
        for second in 0..40 {
            let place = (second + 7) % 10;
            // Up from 2 to 6 s; down from 6 to 12 s, which is 2 s of the next period.
            let up = 10.0 + 10.0 * (place as f64 - 2.0);
            let down = |since: u64| 50.0 - 40.0 / 6.0 * since as f64;
            let by_hand = match place {
                0..2 => down(place + 4),
                2..6 => up,
                _ => down(place - 6),
            };
            assert!(close(profile.rate_at(at(second)), by_hand), "{second}");
        }
        assert!(close(profile.rate_max(at(0), at(40)), 50.0));
        assert!(close(
            profile.rate_max(at(0), at(8)),
            10.0 + 40.0 / 6.0 * 5.0
        ));
    }

    // Goal: the number expected is the rates' integral, with and without repetition.
    // Method: sums of the rate in the middle of each millisecond, exact on straight lines.
    #[test]
    fn the_number_expected_is_the_integral_of_the_rate() {
        let at = Time::from_secs;
        let points = vec![(at(2), 10.0), (at(6), 50.0), (at(6), 0.0), (at(9), 7.0)];
        let repeats =
            RateProfile::repeating(points.clone(), Span::from_secs(10), Span::from_secs(7));
        for profile in [RateProfile::through(points), repeats] {
            let mut sum = 0.0;
            for half_ms in (1..60_000).step_by(2) {
                let middle = Time::from_nanos(half_ms * 500_000);
                sum += profile.rate_at(middle) / 1e3;
            }
            assert!(close(profile.expected(at(30)), sum), "{sum}");
            assert!(close(profile.expected(Time::ZERO), 0.0));
        }
    }

    // Goal: at t = 0 a fleet has been at work as its profile says: one that repeats, in the five
    // minutes before.
    // Method: 60/s in every tenth second: 6/s; by the day, 24/s at midnight that rise by 24/s an
    // hour: 1/s less on average, at noon as well, and a day's step right at t = 0 counts no more.
    #[test]
    fn rates_before_the_beginning_are_those_of_five_minutes() {
        let at = Time::from_secs;
        assert!(close(RateProfile::constant(3.0).rate_before(), 3.0));
        let pulse = vec![(at(0), 60.0), (at(1), 60.0), (at(1), 0.0), (at(10), 0.0)];
        let pulse = RateProfile::repeating(pulse, Span::from_secs(10), Span::from_millis(300));
        assert!(close(pulse.rate_before(), 6.0));
        let day = Span::from_secs(86_400);
        let points = vec![(at(0), 24.0), (at(86_400), 600.0)];
        let rising = |phase| RateProfile::repeating(points.clone(), day, Span::from_secs(phase));
        assert!(close(rising(43_200).rate_before(), 312.0 - 1.0));
        assert!(close(rising(0).rate_before(), 600.0 - 1.0));
    }
}
