use keystorm_sim::draw::whole;
use keystorm_sim::{NANOS_PER_S, Span, Time};

/// A mean rate over time: straight lines between points, constant outside.
#[derive(Clone, Debug, PartialEq)]
pub struct RateProfile {
    /// By time; two at the same time are a step.
    points: Vec<(Time, f64)>,
}

/// The stretch of a profile from an instant to its next corner.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    /// Rate at the beginning \[1/s\].
    pub(super) rate: f64,
    /// Change of the rate \[1/s²\].
    pub(super) slope: f64,
    /// The next corner.
    pub(super) end: Time,
}

impl RateProfile {
    /// Always `rate` \[1/s\].
    #[must_use]
    pub fn constant(rate: f64) -> Self {
        Self {
            points: vec![(Time::ZERO, rate)],
        }
    }

    /// A line through points (time, rate \[1/s\]).
    ///
    /// # Panics
    /// If there is no point, one lies before the one before it, or a rate is negative.
    #[must_use]
    pub fn through(points: Vec<(Time, f64)>) -> Self {
        assert!(!points.is_empty(), "a profile has a point");
        assert!(
            points.is_sorted_by_key(|point| point.0),
            "points are in the order of time"
        );
        assert!(
            points.iter().all(|point| point.1 >= 0.0),
            "rates are not negative"
        );
        Self { points }
    }

    /// Mean rate at `at`; at a step, the rate after it \[1/s\].
    #[must_use]
    pub fn rate_at(&self, at: Time) -> f64 {
        self.piece_at(at).rate
    }

    pub(super) fn piece_at(&self, at: Time) -> Piece {
        let next = self.points.partition_point(|point| point.0 <= at);
        let flat = |rate, end| Piece {
            rate,
            slope: 0.0,
            end,
        };
        let Some(&(from, low)) = next.checked_sub(1).map(|before| &self.points[before]) else {
            return flat(self.points[0].1, self.points[0].0);
        };
        let Some(&(end, high)) = self.points.get(next) else {
            return flat(low, Time::NEVER);
        };
        let slope = (high - low) / (end - from).as_secs_f64();
        Piece {
            rate: low + slope * (at - from).as_secs_f64(),
            slope,
            end,
        }
    }
}

impl Piece {
    /// The instant after `at`, in this piece, by which a process of these rates has had `exposure`
    /// expected arrivals; `None` if that lies at or beyond the piece's end.
    ///
    /// `start` is where the piece's rate applies.
    #[inline]
    pub(super) fn advance(&self, start: Time, at: Time, exposure: f64) -> Option<Time> {
        let seconds = if self.slope == 0.0 {
            exposure / self.rate
        } else {
            let rate = (self.rate + self.slope * (at - start).as_secs_f64()).max(0.0);
            // rate·x + slope·x²/2 = exposure, solved in the form that loses no digits.
            let square = rate * rate + 2.0 * self.slope * exposure;
            if square < 0.0 {
                return None;
            }
            2.0 * exposure / (rate + square.sqrt())
        };
        let nanos = seconds * NANOS_PER_S as f64;
        // False as well for the infinity of a rate of zero.
        (nanos < self.end.since(at).nanos() as f64).then(|| at + Span::from_nanos(whole(nanos)))
    }
}
