use super::Piece;
use crate::workload::RateProfile;
use keystorm_sim::Time;

/// Evenly spaced arrivals: the n-th one, from 0, comes when n are expected from t = 0 on.
///
/// What has arrived before an instant follows from the profile alone, so no arrival is lost or
/// doubled at the seam of two stretches, and any stretch can be drawn alone.
#[derive(Clone, Debug)]
pub(super) struct Even {
    profile: RateProfile,
    piece: Piece,
    start: Time,
    /// Arrivals expected from t = 0 to `start`.
    expected: f64,
    /// Number of the next arrival, and of the first one after the piece.
    next: u64,
    end: u64,
}

impl Even {
    pub(super) fn new(profile: RateProfile) -> Self {
        Self {
            profile,
            piece: Piece::new(0.0, 0.0, Time::ZERO),
            start: Time::ZERO,
            expected: 0.0,
            next: 0,
            end: 0,
        }
    }

    /// Begins the stretch from `start` to a corner of the profile or `end`.
    pub(super) fn enter(&mut self, start: Time, end: Time) -> Piece {
        self.piece = self.profile.piece_at(start);
        self.piece.end = self.piece.end.min(end);
        self.start = start;
        self.expected = self.profile.expected(start);
        self.next = count(self.expected);
        self.end = count(self.profile.expected(self.piece.end));
        self.piece
    }

    /// The next instants before `horizon`, as many as there is room for; whether none is left.
    pub(super) fn draw(&mut self, horizon: Time, times: &mut [Time]) -> (usize, bool) {
        for (count, time) in times.iter_mut().enumerate() {
            if self.next >= self.end {
                return (count, true);
            }
            let at = self.instant();
            if at >= horizon {
                return (count, true);
            }
            *time = at;
            self.next += 1;
        }
        (times.len(), self.next >= self.end)
    }

    /// When the next arrival comes: in this piece, wherever rounding would put it.
    fn instant(&self) -> Time {
        let exposure = self.next as f64 - self.expected;
        if exposure <= 0.0 {
            return self.start;
        }
        let last = Time::from_nanos(self.piece.end.nanos() - 1);
        let at = self.piece.instant(self.start, exposure);
        at.unwrap_or(last).max(self.start)
    }
}

/// Arrivals before an instant up to which `expected` are expected. What rounding may have added
/// does not count as one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a run has fewer than 2^53 arrivals; none is below zero"
)]
fn count(expected: f64) -> u64 {
    const ROUNDING: f64 = 1e-6;
    (expected - ROUNDING).ceil().max(0.0) as u64
}
