mod even;

use super::bursts::BurstList;
use super::profile::Piece;
use super::states::Path;
use super::{Ask, Pattern, RateProfile, RequestId, Workload};
use even::Even;
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

/// Arrivals of an open fleet.
///
/// Both streams (gaps and attributes) begin anew each simulated second, which changes no
/// distribution since a Poisson process has no memory; so any second can be drawn alone. What has a
/// memory keeps it: even spacing counts by the profile's integral, the states of a modulated rate
/// and each burst have a stream of their own. Arrivals are drawn some at a time, which changes no
/// draw.
#[derive(Clone, Debug)]
pub struct OpenArrivals {
    source: Source,
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

/// Where instants come from.
#[derive(Clone, Debug)]
enum Source {
    /// From gaps, at the profile's rates.
    Poisson(RateProfile),
    /// From gaps, at the path's rates.
    Modulated(Path),
    Even(Even),
    Bursts(BurstList),
}

impl Source {
    fn new(pattern: Pattern, key: StreamKey) -> Self {
        match pattern {
            Pattern::Poisson(profile) => Self::Poisson(profile),
            Pattern::Even(profile) => Self::Even(Even::new(profile)),
            Pattern::Modulated(states) => Self::Modulated(Path::new(states, key)),
            Pattern::Bursts(bursts) => Self::Bursts(BurstList::new(bursts, key)),
        }
    }

    /// Begins a stretch at `start` that ends at `end` at the latest.
    fn enter(&mut self, start: Time, end: Time) -> Piece {
        let mut piece = match self {
            Self::Poisson(profile) => profile.piece_at(start),
            Self::Modulated(path) => path.piece_at(start),
            Self::Even(even) => return even.enter(start, end),
            Self::Bursts(bursts) => return Piece::new(0.0, 0.0, bursts.enter(start, end)),
        };
        piece.end = piece.end.min(end);
        piece
    }
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
    pub fn new(pattern: Pattern, workload: Workload, key: StreamKey, start: Time) -> Self {
        let (gap_key, ask_key) = (key.child(0), key.child(1));
        let mut arrivals = Self {
            piece: Piece::new(0.0, 0.0, start),
            source: Source::new(pattern, key.child(2)),
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
            let (count, ended) = match &mut self.source {
                Source::Poisson(_) | Source::Modulated(_) => self.draw_times(horizon, &mut times),
                Source::Even(even) => even.draw(horizon, &mut times),
                Source::Bursts(bursts) => bursts.draw(horizon, &mut times),
            };
            self.draw_asks(&times[..count]);
            if let Source::Bursts(bursts) = &self.source {
                bursts.assign(&mut self.block);
            }
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
        let second_end = Time::from_secs(start.second() + 1);
        self.piece = self.source.enter(start, second_end);
        if start.nanos().is_multiple_of(NANOS_PER_S) {
            self.second = start.second();
            self.number = 0;
            self.gaps = Gaps::new(self.gap_key.child(self.second).rng());
            self.asks = self.ask_key.child(self.second).rng();
        }
    }
}

#[cfg(test)]
mod tests;
