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
        let piece = |rate: f64, slope, end| Piece {
            rate,
            gap_ns: NANOS_PER_S as f64 / rate,
            slope,
            end,
        };
        let Some(&(from, low)) = next.checked_sub(1).map(|before| &self.points[before]) else {
            return piece(self.points[0].1, 0.0, self.points[0].0);
        };
        let Some(&(end, high)) = self.points.get(next) else {
            return piece(low, 0.0, Time::NEVER);
        };
        let slope = (high - low) / (end - from).as_secs_f64();
        let rate = low + slope * (at - from).as_secs_f64();
        piece(rate, slope, end)
    }
}

impl Piece {
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
