use crate::{Span, draw};
use rand::Rng;

/// Arrivals in bursts: a Poisson process whose rate switches at random (Markov-modulated Poisson
/// process).
///
/// It starts in its first phase; how long it stays in a phase is exponential.
///
/// # Example: calm, and a burst of about 2 s every 10 s
/// ```
/// use keystorm_sim::blocks::{Mmpp, Phase};
/// use keystorm_sim::{Span, Streams};
///
/// let calm = Phase { per_s: 10.0, switches_per_s: vec![0.0, 0.125] };
/// let burst = Phase { per_s: 100.0, switches_per_s: vec![0.5, 0.0] };
/// let mut source = Mmpp::new(vec![calm, burst]);
///
/// let mut rng = Streams::new(1, 0).key("arrivals", 0).rng();
/// let mut took = Span::ZERO;
/// for _ in 0..100_000 {
///     took += source.gap(&mut rng);
/// }
/// let per_s = 100_000.0 / took.as_secs_f64(); // 0.8 * 10 + 0.2 * 100
/// assert!((27.0..29.0).contains(&per_s));
/// ```
#[derive(Clone, Debug)]
pub struct Mmpp {
    phases: Vec<Phase>,
    phase: usize,
}

/// One phase of an [`Mmpp`].
#[derive(Clone, Debug, PartialEq)]
pub struct Phase {
    /// Arrivals per second while in it, 0 or more.
    pub per_s: f64,
    /// Switches per second to each phase, 0 or more; that to itself means nothing.
    pub switches_per_s: Vec<f64>,
}

impl Mmpp {
    /// A source in the first of `phases`.
    ///
    /// # Panics
    /// If there is no phase, a rate is negative or not finite, or a phase has not as many rates of
    /// switching as there are phases.
    #[must_use]
    pub fn new(mut phases: Vec<Phase>) -> Self {
        assert!(!phases.is_empty(), "a source has at least one phase");
        let count = phases.len();
        for (index, phase) in phases.iter_mut().enumerate() {
            assert_eq!(phase.switches_per_s.len(), count, "a rate for every phase");
            phase.switches_per_s[index] = 0.0;
            for rate in phase.switches_per_s.iter().chain([&phase.per_s]) {
                assert!(rate.is_finite() && *rate >= 0.0, "a rate is 0 or more");
            }
        }
        Self { phases, phase: 0 }
    }

    /// Time from one arrival to the next, rounded down to nanoseconds; the longest [`Span`] if the
    /// source has come to rest in a phase without arrivals.
    ///
    /// Draws one exponential and one uniform number for each arrival and each switch.
    pub fn gap(&mut self, rng: &mut impl Rng) -> Span {
        let mut gap_s = 0.0;
        loop {
            let phase = &self.phases[self.phase];
            let total = phase.per_s + phase.switches_per_s.iter().sum::<f64>();
            if total <= 0.0 {
                return Span::from_nanos(u64::MAX);
            }
            gap_s += draw::exponential_unit(rng) / total;
            // What comes first: an arrival or a switch, each as likely as its rate.
            let mut rest = draw::unit(rng) * total - phase.per_s;
            if rest < 0.0 {
                return Span::from_nanos(draw::whole(gap_s * 1e9));
            }
            let next = phase.switches_per_s.iter().position(|rate| {
                rest -= rate;
                rest < 0.0
            });
            // Rounding may leave nothing of the last one: stay.
            self.phase = next.unwrap_or(self.phase);
        }
    }

    /// Index of the phase it is in, right after the last arrival.
    #[must_use]
    pub fn phase(&self) -> usize {
        self.phase
    }
}

#[cfg(test)]
mod tests {
    use super::{Mmpp, Phase};
    use crate::{Span, Streams};

    // Goal: switches go where their rates say, and a source at rest says so.
    // Method: three phases in a ring, arrivals in the third only, where a third of the time is
    // spent, at one arrival a second: one every 3 s; then phases that nothing leaves.
    #[test]
    fn phases_follow_their_rates() {
        let phase = |per_s, to: [f64; 3]| Phase {
            per_s,
            switches_per_s: to.to_vec(),
        };
        let phases = vec![
            phase(0.0, [9.0, 1.0, 0.0]),
            phase(0.0, [0.0, 0.0, 1.0]),
            phase(1.0, [1.0, 0.0, 0.0]),
        ];
        let mut source = Mmpp::new(phases);
        let mut rng = Streams::new(4, 0).key("mmpp", 0).rng();
        let mut took = Span::ZERO;
        for _ in 0..100_000 {
            took += source.gap(&mut rng);
            assert_eq!(source.phase(), 2);
        }
        let mean_s = took.as_secs_f64() / 100_000.0;
        assert!((2.94..3.06).contains(&mean_s), "{mean_s}");

        let mut silent = Mmpp::new(vec![
            phase(0.0, [0.0; 3]),
            phase(0.0, [0.0; 3]),
            phase(0.0, [0.0; 3]),
        ]);
        assert_eq!(silent.gap(&mut rng), Span::from_nanos(u64::MAX));
    }
}
