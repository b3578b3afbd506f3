use super::{BatchMeans, Interval};
use std::ops::RangeInclusive;

/// How narrow an interval must be before a study may stop.
///
/// Stopping when the interval happens to be narrow favours intervals that are too narrow: the real
/// coverage lies some points below `confidence`, the more so the fewer values it rests on. Ask for
/// at least ten replications.
///
/// # Source
/// Law, Simulation Modeling and Analysis, 5th ed. (2015), sections 9.4.1 and 9.5.3; Chow and
/// Robbins, Annals of Mathematical Statistics 36 (1965).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Precision {
    /// Probability with which the interval covers the true mean, 0..1.
    pub confidence: f64,
    /// Largest half-width, as a share of the mean's size.
    pub relative: f64,
}

/// The interval of a study that ran until it was precise, or until its limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Precise {
    /// Mean and half-width.
    pub interval: Interval,
    /// Replications or values used.
    pub used: u64,
    /// Whether the precision was reached; `false` at the limit.
    pub reached: bool,
}

impl Precision {
    /// Whether `interval` is narrow enough. Never for a mean of zero, unless the interval has no
    /// width: no share of zero is reached.
    #[must_use]
    pub fn reached(&self, interval: Interval) -> bool {
        interval.half_width <= self.relative * interval.mean.abs()
    }

    /// Runs replications 0, 1, 2, ... until their mean is precise. `replication` gives the result
    /// of one; independent ones use the number in [`Streams::new`](crate::Streams::new).
    ///
    /// `count` says how many to run at least (2 or more) and at most.
    ///
    /// # Example
    /// ```
    /// use keystorm_sim::{Streams, draw, stats::Precision};
    ///
    /// let precision = Precision { confidence: 0.95, relative: 0.02 };
    /// let study = precision.of_replications(10..=10_000, |replication| {
    ///     let mut rng = Streams::new(1, replication).key("dice", 0).rng();
    ///     (1 + draw::below(&mut rng, 6)) as f64
    /// });
    /// assert!(study.reached && (study.interval.mean - 3.5).abs() < 0.1);
    /// ```
    pub fn of_replications(
        &self,
        count: RangeInclusive<u64>,
        mut replication: impl FnMut(u64) -> f64,
    ) -> Precise {
        let least = (*count.start()).max(2);
        let most = (*count.end()).max(least);
        let mut values = Vec::new();
        loop {
            values.push(replication(values.len() as u64));
            let used = values.len() as u64;
            if used < least {
                continue;
            }
            let interval = Interval::of(&values, self.confidence).expect("at least two values");
            let reached = self.reached(interval);
            if reached || used >= most {
                return Precise {
                    interval,
                    used,
                    reached,
                };
            }
        }
    }

    /// Continues one run until the mean of its values is precise and its batches do not look
    /// correlated. `batches` is empty and gives number and first length of the batches, `value` the
    /// run's next value after warm-up.
    ///
    /// The interval is looked at only when the run has grown by a third or more, so that it cannot
    /// stop at a chance minimum. At most about `limit` values are used, but always the first full
    /// set of batches.
    pub fn of_batches(
        &self,
        mut batches: BatchMeans,
        limit: u64,
        mut value: impl FnMut() -> f64,
    ) -> Precise {
        let first = batches.batches() as u64;
        let mut used = 0;
        loop {
            // At 20, 30, 40 (merged to 20), ... of 20 batches.
            let grow = first.div_ceil(if used == 0 { 1 } else { 2 }) * batches.size();
            for _ in 0..grow {
                batches.push(value());
            }
            used += grow;
            let interval = batches
                .interval(self.confidence)
                .expect("two or more batches are full");
            let reached = self.reached(interval) && !batches.is_correlated();
            if reached || used >= limit {
                return Precise {
                    interval,
                    used,
                    reached,
                };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Precision;
    use crate::Streams;
    use crate::draw::{exponential_unit, unit};
    use crate::stats::BatchMeans;

    // Goal: a study stops when it is precise, not before its least and not after its most.
    // Method: replications without scatter, with scatter, and with a scatter that never narrows.
    #[test]
    fn replications_stop_when_precise_or_at_the_limit() {
        let precision = Precision {
            confidence: 0.95,
            relative: 0.05,
        };
        let same = precision.of_replications(10..=100, |_| 3.0);
        assert_eq!((same.used, same.reached), (10, true));
        let mut rng = Streams::new(2, 0).key("precision", 0).rng();
        let noisy = precision.of_replications(10..=10_000, |_| exponential_unit(&mut rng));
        // (1.96 / 0.05)^2 = 1,537 are needed for a deviation as large as the mean.
        assert!(
            noisy.reached && (1_200..1_900).contains(&noisy.used),
            "{noisy:?}"
        );
        let zero = precision.of_replications(2..=50, |_| unit(&mut rng) - 0.5);
        assert_eq!((zero.used, zero.reached), (50, false));
    }

    // Goal: one run stops when it is precise; correlation alone keeps it going.
    // Method: independent values; then a slow wave whose first batches look precise but hang
    // together; a limit that is too low.
    #[test]
    fn one_run_stops_when_precise_and_uncorrelated() {
        let precision = Precision {
            confidence: 0.95,
            relative: 0.02,
        };
        let mut rng = Streams::new(3, 0).key("precision", 0).rng();
        let study = precision.of_batches(BatchMeans::new(20, 50), 1_000_000, || {
            exponential_unit(&mut rng)
        });
        assert!(
            study.reached && (5_000..20_000).contains(&study.used),
            "{study:?}"
        );
        assert!((study.interval.mean - 1.0).abs() < 0.04);

        let mut step = 0_u32;
        let wave = || {
            step += 1;
            1.0 + 0.01 * f64::from((step % 8_000).abs_diff(4_000)) / 4_000.0
        };
        let study = precision.of_batches(BatchMeans::new(20, 100), 1_000_000, wave);
        assert!(study.used >= 8_000, "{study:?}");

        let study =
            precision.of_batches(BatchMeans::new(20, 10), 300, || exponential_unit(&mut rng));
        assert_eq!((study.used, study.reached), (300, false));
    }
}
