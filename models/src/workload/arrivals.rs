use super::profile::Piece;
use super::{Ask, RateProfile, RequestId, Workload};
use keystorm_sim::draw::{self, exponential_of_word, word};
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
/// distribution since the process has no memory; so any second can be drawn alone. Arrivals are
/// drawn some at a time, which changes no draw.
#[derive(Clone, Debug)]
pub struct OpenArrivals {
    profile: RateProfile,
    workload: Workload,
    gap_key: StreamKey,
    ask_key: StreamKey,
    gaps: Gaps,
    asks: Rng,
    /// From `start` to the profile's next corner or the end of the second.
    piece: Piece,
    start: Time,
    /// Arrivals expected from `start` to the last one.
    exposure: f64,
    second: u64,
    /// Number of the next arrival in this second.
    number: u32,
    block: Vec<Arrival>,
}

/// Gaps between arrivals, in expected arrivals: drawn from a stream some at a time.
#[derive(Clone, Debug)]
struct Gaps {
    rng: Rng,
    drawn: [f64; OpenArrivals::BLOCK],
    /// Those of `drawn` that are there, and the next of them.
    len: usize,
    next: usize,
}

impl Gaps {
    /// Drawn first: a quiet second needs few.
    const FEW: usize = 8;

    fn new(rng: Rng) -> Self {
        Self {
            rng,
            drawn: [0.0; OpenArrivals::BLOCK],
            len: 0,
            next: 0,
        }
    }

    #[inline]
    fn pop(&mut self) -> f64 {
        if self.next == self.len {
            self.draw();
        }
        self.next += 1;
        self.drawn[self.next - 1]
    }

    fn draw(&mut self) {
        self.len = if self.len == 0 {
            Self::FEW
        } else {
            OpenArrivals::BLOCK
        };
        self.next = 0;
        let drawn = &mut self.drawn[..self.len];
        for gap in &mut *drawn {
            *gap = f64::from_bits(word(&mut self.rng));
        }
        for gap in drawn {
            *gap = exponential_of_word(gap.to_bits());
        }
    }
}

impl OpenArrivals {
    /// Most arrivals drawn at a time: as many as stay in the first-level cache.
    pub const BLOCK: usize = 64;

    /// Arrivals from `start` on, which is a whole second. `key` names the fleet's arrivals.
    #[must_use]
    pub fn new(profile: RateProfile, workload: Workload, key: StreamKey, start: Time) -> Self {
        let (gap_key, ask_key) = (key.child(0), key.child(1));
        let mut arrivals = Self {
            piece: profile.piece_at(start),
            profile,
            workload,
            gap_key,
            ask_key,
            gaps: Gaps::new(gap_key.rng()),
            asks: ask_key.rng(),
            start,
            exposure: 0.0,
            second: 0,
            number: 0,
            block: Vec::with_capacity(Self::BLOCK),
        };
        arrivals.enter(start);
        arrivals
    }

    /// The next arrivals before `horizon`, at most [`BLOCK`](Self::BLOCK); none if there is none.
    pub fn draw(&mut self, horizon: Time) -> &[Arrival] {
        self.block.clear();
        let mut times = [Time::ZERO; Self::BLOCK];
        while self.start < horizon && self.block.is_empty() {
            let (count, ended) = self.draw_times(horizon, &mut times);
            self.draw_asks(&times[..count]);
            if ended {
                self.enter(self.piece.end.min(horizon));
            }
        }
        &self.block
    }

    /// The arrivals drawn last.
    #[inline]
    #[must_use]
    pub fn drawn(&self) -> &[Arrival] {
        &self.block
    }

    /// Draws instants of the current piece; whether the piece has ended with them.
    #[inline]
    fn draw_times(&mut self, horizon: Time, times: &mut [Time; Self::BLOCK]) -> (usize, bool) {
        for (count, time) in times.iter_mut().enumerate() {
            self.exposure += self.gaps.pop();
            match self.piece.instant(self.start, self.exposure) {
                Some(at) if at < horizon => *time = at,
                _ => return (count, true),
            }
        }
        (Self::BLOCK, false)
    }

    /// Draws what the requests that arrive at `times` ask for.
    #[inline]
    fn draw_asks(&mut self, times: &[Time]) {
        let mut words = [[0; Workload::WORDS]; Self::BLOCK];
        let words = &mut words[..times.len()];
        for word in words.iter_mut().flatten() {
            *word = draw::word(&mut self.asks);
        }
        for (&at, words) in times.iter().zip(words) {
            self.block.push(Arrival {
                at,
                id: RequestId::new(self.second, self.number),
                ask: self.workload.of_words(*words, at),
            });
            self.number += 1;
        }
    }

    /// Begins the piece at `start`.
    fn enter(&mut self, start: Time) {
        self.start = start;
        self.exposure = 0.0;
        self.piece = self.profile.piece_at(start);
        self.piece.end = self.piece.end.min(Time::from_secs(start.second() + 1));
        if start.nanos().is_multiple_of(NANOS_PER_S) {
            self.second = start.second();
            self.number = 0;
            self.gaps = Gaps::new(self.gap_key.child(self.second).rng());
            self.asks = self.ask_key.child(self.second).rng();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::{Keys, Mix, Operation, Sizes};
    use keystorm_sim::Streams;
    use keystorm_sim::draw::Lognormal;

    fn arrivals(profile: RateProfile, seed: u64) -> OpenArrivals {
        let sizes = Sizes::Lognormal {
            bytes: Lognormal::new(1e5, 1.0),
            max: 1 << 30,
        };
        let workload = Workload {
            mix: Mix::new([(Operation::Get, 7), (Operation::Put, 3)]),
            sizes,
            range: 8 << 20,
            part: 8 << 20,
            instances: 9,
            prefixes: 4,
            keys: Keys::Uniform,
        };
        let key = Streams::new(seed, 0).key("arrivals", 0);
        OpenArrivals::new(profile, workload, key, Time::ZERO)
    }

    fn all(mut arrivals: OpenArrivals, seconds: u64) -> Vec<Arrival> {
        let mut all = Vec::new();
        loop {
            let block = arrivals.draw(Time::from_secs(seconds));
            if block.is_empty() {
                return all;
            }
            all.extend_from_slice(block);
        }
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
    // Method: second 3 of a run from t = 0 against the arrivals of one that begins there.
    #[test]
    fn any_second_can_be_drawn_alone() {
        let whole = all(arrivals(RateProfile::constant(100.0), 5), 4);
        assert!(whole.is_sorted_by_key(|arrival| arrival.at));
        let start = Time::from_secs(3);
        let mut there = arrivals(RateProfile::constant(100.0), 5);
        there.enter(start);
        let third: Vec<_> = whole
            .into_iter()
            .filter(|arrival| arrival.at >= start)
            .collect();
        assert!(third.len() > 50);
        assert_eq!(all(there, 4), third);
    }

    // Goal: drawing some at a time changes no draw.
    // Method: gaps and attributes of one busy second, drawn one by one from its streams.
    #[test]
    fn blocks_change_no_draw() {
        let arrivals = arrivals(RateProfile::constant(5_000.0), 7);
        let mut gaps = arrivals.gap_key.child(0).rng();
        let mut asks = arrivals.ask_key.child(0).rng();
        let workload = arrivals.workload.clone();
        let mut exposure = 0.0;
        for (number, arrival) in (0..).zip(all(arrivals, 1)) {
            exposure += draw::exponential_unit(&mut gaps);
            let at = Time::from_nanos(draw::whole(exposure * 1e9 / 5_000.0));
            let ask = workload.draw(&mut asks, at);
            let id = RequestId::new(0, number);
            assert_eq!(arrival, Arrival { at, id, ask });
        }
    }

    // Goal: a silent fleet never arrives, and does not hang.
    // Method: ask for the first arrival of a rate of zero within a day.
    #[test]
    fn a_rate_of_zero_never_arrives() {
        assert_eq!(all(arrivals(RateProfile::constant(0.0), 1), 86_400), []);
    }
}
