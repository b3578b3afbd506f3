use super::profile::Piece;
use super::{Ask, RateProfile, RequestId, Workload};
use keystorm_sim::draw::exponential_unit;
use keystorm_sim::{NANOS_PER_S, Rng, StreamKey, Time};

/// One request that arrives.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Arrival {
    /// Its intended start.
    pub at: Time,
    /// Its name.
    pub id: RequestId,
    /// What it asks for.
    pub ask: Ask,
}

/// Poisson arrivals whose mean rate follows a profile.
///
/// Both streams (gaps and attributes) begin anew each simulated second, which changes no
/// distribution since the process has no memory; so any second can be drawn alone.
#[derive(Clone, Debug)]
pub struct OpenArrivals {
    profile: RateProfile,
    workload: Workload,
    gap_key: StreamKey,
    ask_key: StreamKey,
    gaps: Rng,
    asks: Rng,
    /// From `start` to the profile's next corner or the end of the second.
    piece: Piece,
    start: Time,
    /// The last arrival, or `start`.
    at: Time,
    second: u64,
    /// Number of the next arrival in this second.
    number: u32,
}

impl OpenArrivals {
    /// Arrivals from t = 0 on. `key` names the fleet's arrivals.
    #[must_use]
    pub fn new(profile: RateProfile, workload: Workload, key: StreamKey) -> Self {
        let (gap_key, ask_key) = (key.child(0), key.child(1));
        let mut arrivals = Self {
            piece: profile.piece_at(Time::ZERO),
            profile,
            workload,
            gap_key,
            ask_key,
            gaps: gap_key.rng(),
            asks: ask_key.rng(),
            start: Time::ZERO,
            at: Time::ZERO,
            second: 0,
            number: 0,
        };
        arrivals.enter(Time::ZERO);
        arrivals
    }

    /// The next arrival before `horizon`, if there is one; after `None` do not ask again.
    #[inline]
    pub fn next_before(&mut self, horizon: Time) -> Option<Arrival> {
        loop {
            let exposure = exponential_unit(&mut self.gaps);
            if let Some(at) = self.piece.advance(self.start, self.at, exposure) {
                if at >= horizon {
                    return None;
                }
                self.at = at;
                let id = RequestId::new(self.second, self.number);
                self.number += 1;
                return Some(Arrival {
                    at,
                    id,
                    ask: self.workload.draw(&mut self.asks),
                });
            }
            if self.piece.end >= horizon {
                return None;
            }
            self.enter(self.piece.end);
        }
    }

    /// Begins the piece at `start`.
    fn enter(&mut self, start: Time) {
        self.start = start;
        self.at = start;
        self.piece = self.profile.piece_at(start);
        self.piece.end = self.piece.end.min(Time::from_secs(start.second() + 1));
        if start.nanos().is_multiple_of(NANOS_PER_S) {
            self.second = start.second();
            self.number = 0;
            self.gaps = self.gap_key.child(self.second).rng();
            self.asks = self.ask_key.child(self.second).rng();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::Sizes;
    use keystorm_sim::Streams;

    fn arrivals(profile: RateProfile, seed: u64) -> OpenArrivals {
        let sizes = Sizes::Lognormal {
            median: 1e5,
            sigma: 1.0,
            max: 1 << 30,
        };
        let workload = Workload {
            get_weight: 7,
            weights: 10,
            sizes,
            instances: 9,
            prefixes: 4,
        };
        OpenArrivals::new(profile, workload, Streams::new(seed, 0).key("arrivals", 0))
    }

    fn all(mut arrivals: OpenArrivals, seconds: u64) -> Vec<Arrival> {
        std::iter::from_fn(|| arrivals.next_before(Time::from_secs(seconds))).collect()
    }

    // Goal: the number of arrivals in each second is Poisson with the profile's mean, on ramps too.
    // Method: a ramp from 0 to 2,000/s over 400 s, then a step to 500/s for 400 s; the sum of
    // (n - mean)²/mean over 800 seconds is χ² with 800 degrees: 800 ± 4.4·√1600 (chance 1e-5).
    #[test]
    fn seconds_are_poisson_with_the_profiles_mean() {
        let corner = Time::from_secs(400);
        let ramp = vec![(Time::ZERO, 0.0), (corner, 2_000.0), (corner, 500.0)];
        let mut counts = [0.0; 800];
        for arrival in all(arrivals(RateProfile::through(ramp), 11), 800) {
            counts[usize::try_from(arrival.at.second()).unwrap()] += 1.0;
        }
        let mean = |second: usize| {
            if second < 400 {
                5.0 * second as f64 + 2.5
            } else {
                500.0
            }
        };
        let chi2: f64 = (0..800)
            .map(|s| (counts[s] - mean(s)).powi(2) / mean(s))
            .sum();
        assert!((chi2 - 800.0).abs() < 4.4 * 40.0, "χ² = {chi2}");
    }

    // Goal: within a second, arrivals on a ramp follow the rate, they are not merely as many.
    // Method: 0 to 20,000/s within one second: the mean instant is 2/3 s, with a standard error of
    // √(1/18)/√10,000 s; 4.4 of it are allowed (chance 1e-5).
    #[test]
    fn a_ramp_is_followed_within_a_second() {
        let ramp = vec![(Time::ZERO, 0.0), (Time::from_secs(1), 20_000.0)];
        let arrivals = all(arrivals(RateProfile::through(ramp), 3), 1);
        let sum: f64 = arrivals
            .iter()
            .map(|a| a.at.since(Time::ZERO).as_secs_f64())
            .sum();
        let mean = sum / arrivals.len() as f64;
        assert!((mean - 2.0 / 3.0).abs() < 4.4 * 0.002_36, "{mean}");
    }

    // Goal: arrivals are in order, named by their second, and any second can be drawn alone.
    // Method: second 3 of a run from t = 0 against the same second of a profile silent before it.
    #[test]
    fn any_second_can_be_drawn_alone() {
        let whole = all(arrivals(RateProfile::constant(100.0), 5), 4);
        assert!(whole.is_sorted_by_key(|arrival| arrival.at));
        let start = Time::from_secs(3);
        let silent = vec![(Time::ZERO, 0.0), (start, 0.0), (start, 100.0)];
        let alone = all(arrivals(RateProfile::through(silent), 5), 4);
        let third: Vec<_> = whole
            .into_iter()
            .filter(|arrival| arrival.at >= start)
            .collect();
        assert!(third.len() > 50);
        assert_eq!(alone, third);
    }

    // Goal: a silent fleet never arrives, and does not hang.
    // Method: ask for the first arrival of a rate of zero within a day.
    #[test]
    fn a_rate_of_zero_never_arrives() {
        assert_eq!(all(arrivals(RateProfile::constant(0.0), 1), 86_400), []);
    }
}
