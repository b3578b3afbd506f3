use super::profile::Piece;
use keystorm_sim::draw::{below, exponential, unit};
use keystorm_sim::{Rng, Span, StreamKey, Time};

/// Mean rates among which a fleet switches at random: arrivals are a Markov-modulated Poisson
/// process (MMPP).
///
/// It stays in a state for an exponentially distributed time, then goes to one of the others, each
/// as likely. At t = 0 it has been going on for long.
#[derive(Clone, Debug, PartialEq)]
pub struct States {
    states: Vec<State>,
}

/// One state of [`States`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct State {
    /// Mean rate while in it \[1/s\].
    pub rate: f64,
    /// Mean time in it.
    pub mean_time: Span,
}

impl States {
    /// # Panics
    /// If there are fewer than two states, a rate is negative, or a mean time is zero.
    #[must_use]
    pub fn new(states: Vec<State>) -> Self {
        assert!(states.len() > 1, "there is a state to go to");
        for state in &states {
            assert!(state.rate >= 0.0, "rates are not negative");
            assert!(state.mean_time > Span::ZERO, "a state lasts");
        }
        Self { states }
    }

    /// Mean rate in the long run \[1/s\].
    #[must_use]
    pub fn mean_rate(&self) -> f64 {
        // Each state is entered equally often.
        let time = |state: &State| state.mean_time.as_secs_f64();
        let total: f64 = self.states.iter().map(time).sum();
        let arrivals: f64 = self.states.iter().map(|it| it.rate * time(it)).sum();
        arrivals / total
    }

    /// Rate of the busiest state \[1/s\].
    #[must_use]
    pub fn rate_max(&self) -> f64 {
        self.states.iter().map(|it| it.rate).fold(0.0, f64::max)
    }
}

/// The states of one replication, one after the other.
///
/// It has a stream of its own and is walked along from t = 0, one draw for each state: so it is the
/// same for every second, wherever arrivals begin to be drawn.
#[derive(Clone, Debug)]
pub(super) struct Path {
    states: States,
    rng: Rng,
    state: usize,
    until: Time,
}

impl Path {
    pub(super) fn new(states: States, key: StreamKey) -> Self {
        let mut rng = key.rng();
        let time = |state: &State| state.mean_time.as_secs_f64();
        let total: f64 = states.states.iter().map(time).sum();
        let mut rest = unit(&mut rng) * total;
        let found = states.states.iter().position(|it| {
            rest -= time(it);
            rest < 0.0
        });
        let mut path = Self {
            // Rounding may leave nothing of the last one.
            state: found.unwrap_or(states.states.len() - 1),
            states,
            rng,
            until: Time::ZERO,
        };
        path.until = Time::ZERO + path.stay();
        path
    }

    fn stay(&mut self) -> Span {
        exponential(&mut self.rng, self.states.states[self.state].mean_time)
    }

    /// The stretch of constant rate that holds `at`, which is never before the one asked for last.
    pub(super) fn piece_at(&mut self, at: Time) -> Piece {
        while self.until <= at {
            let others = self.states.states.len() - 1;
            let other = below(&mut self.rng, others as u64);
            let other = usize::try_from(other).expect("below a length");
            self.state = if other < self.state { other } else { other + 1 };
            let stay = self.stay();
            self.until += stay;
        }
        Piece::new(self.states.states[self.state].rate, 0.0, self.until)
    }
}
