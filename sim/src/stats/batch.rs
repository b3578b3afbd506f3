use super::Interval;

/// Means of consecutive batches of one long run, for an interval of its long-run mean.
///
/// Values of one run depend on each other (a customer waits long when the one before did), so their
/// own scatter says too little about the mean. Means of long batches hardly depend on each other:
/// Student's t applies to them. Remove the warm-up first ([`mser5`](super::mser5)).
///
/// Memory is bounded: when `2 * batches` batches are full, neighbours are merged in pairs and the
/// batches are twice as long from then on. An interval rests on `batches` to `2 * batches - 1` of
/// them.
///
/// # How long must batches be?
/// Long against the time in which the system forgets. [`BatchMeans::is_correlated`] warns when they
/// are not; an interval of correlated batches is too narrow. Waits in an M/M/1 queue, 20 batches of
/// 1,000 customers, share of 2,000 studies whose 95 % interval covers the truth (customers the
/// system needs to forget, by its relaxation time: about `(1 - sqrt(load))^-2`):
///
/// | load | forgets in | covered | warned |
/// |---|---|---|---|
/// | 0.5 | 12 customers | 94.5 % | 4.5 % |
/// | 0.9 | 380 customers | 86.7 % | 11.0 % |
/// | 0.9, batches of 20,000 | 380 customers | 94.3 % (of 300) | 5.3 % |
///
/// The warning is a test with an error of 5 % of its own, and with 20 batches it is not sharp (it
/// misses most of the studies in the second row): make batches at least fifty times as long as
/// the system's memory, or replicate.
///
/// # Source
/// Law, Simulation Modeling and Analysis, 5th ed. (2015), section 9.5.3; merging: Fishman,
/// "Grouping Observations in Digital Simulation", Management Science 24 (1978).
///
/// # Example
/// ```
/// use keystorm_sim::stats::BatchMeans;
///
/// let mut batches = BatchMeans::new(20, 5);
/// for value in 0..100 {
///     batches.push(f64::from(value % 5)); // every batch of five has mean 2
/// }
/// assert_eq!(batches.means().len(), 20);
/// assert_eq!(batches.interval(0.95).unwrap().mean, 2.0);
/// ```
#[derive(Clone, Debug)]
pub struct BatchMeans {
    /// Batches to keep at least.
    batches: usize,
    /// Values in a batch.
    size: u64,
    means: Vec<f64>,
    /// Sum and number of the values of the batch that is not full.
    sum: f64,
    count: u64,
}

impl BatchMeans {
    /// No values yet; batches of `size` values (at least 1) until `2 * batches` are full.
    /// 20 to 40 batches are usual; `batches` below 2 counts as 2.
    #[must_use]
    pub fn new(batches: usize, size: u64) -> Self {
        let batches = batches.max(2);
        Self {
            batches,
            size: size.max(1),
            means: Vec::with_capacity(2 * batches),
            sum: 0.0,
            count: 0,
        }
    }

    /// Takes the next value of the run. Never allocates.
    #[inline]
    pub fn push(&mut self, value: f64) {
        self.sum += value;
        self.count += 1;
        if self.count == self.size {
            self.fill();
        }
    }

    /// Means of the full batches, in order.
    #[must_use]
    pub fn means(&self) -> &[f64] {
        &self.means
    }

    /// Batches kept at least.
    #[must_use]
    pub fn batches(&self) -> usize {
        self.batches
    }

    /// Values in a batch.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Interval that covers the long-run mean with probability `confidence` (0..1), if batches do
    /// not depend on each other. `None` before two of them are full; values of the batch that is
    /// not full are left out.
    #[must_use]
    pub fn interval(&self, confidence: f64) -> Option<Interval> {
        Interval::of(&self.means, confidence)
    }

    /// Correlation of neighbouring batches by von Neumann's ratio; 0 is expected of independent
    /// ones. `None` with fewer than eight batches (the test below is not valid then) or if all
    /// means are equal.
    ///
    /// It is the usual lag-1 autocorrelation, freed of the bias of its ends.
    #[must_use]
    pub fn lag1(&self) -> Option<f64> {
        let n = self.means.len();
        if n < 8 {
            return None;
        }
        let mean = self.means.iter().sum::<f64>() / n as f64;
        let squares: f64 = self.means.iter().map(|y| (y - mean) * (y - mean)).sum();
        let steps: f64 = self
            .means
            .windows(2)
            .map(|pair| (pair[1] - pair[0]) * (pair[1] - pair[0]))
            .sum();
        (squares > 0.0).then(|| 1.0 - steps / (2.0 * squares))
    }

    /// Whether batches are too short: independent ones look this correlated in at most 5 % of the
    /// studies. The interval is too narrow then; run longer.
    ///
    /// # Source
    /// One-sided test of [`BatchMeans::lag1`], whose variance is (n - 2) / (n^2 - 1) under
    /// independence: von Neumann, Annals of Mathematical Statistics 12 (1941); Fishman (1978).
    #[must_use]
    pub fn is_correlated(&self) -> bool {
        const Z: f64 = 1.645; // normal quantile of 0.95
        let n = self.means.len() as f64;
        self.lag1()
            .is_some_and(|lag1| lag1 > Z * ((n - 2.0) / (n * n - 1.0)).sqrt())
    }

    fn fill(&mut self) {
        self.means.push(self.sum / self.size as f64);
        (self.sum, self.count) = (0.0, 0);
        if self.means.len() == 2 * self.batches {
            for pair in 0..self.batches {
                self.means[pair] = 0.5 * (self.means[2 * pair] + self.means[2 * pair + 1]);
            }
            self.means.truncate(self.batches);
            self.size *= 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::BatchMeans;
    use crate::Streams;
    use crate::draw::unit;

    // Goal: merging keeps the mean and bounds memory, whatever the length of the run.
    // Method: the values 0, 1, 2, ... with few batches; count and grand mean after each merge.
    #[test]
    fn merging_keeps_the_mean_of_everything() {
        let mut batches = BatchMeans::new(3, 2);
        for value in 0_u32..96 {
            batches.push(f64::from(value));
            assert!(batches.means().len() < 6);
        }
        assert_eq!(batches.size(), 32);
        assert_eq!(batches.means(), [15.5, 47.5, 79.5]);
    }

    // Goal: the lag-1 check is silent about independent batches as often as it promises, and speaks
    // when neighbours hang together.
    // Method: 2,000 studies of 20 independent uniform batches, expected 5 % alarms within 4.4
    // standard errors; then batches that are averages of overlapping pairs (true lag-1 0.5).
    #[test]
    fn correlated_batches_are_found() {
        let alarms = |overlap: f64| {
            let mut rng = Streams::new(8, 0).key("batches", 0).rng();
            let alarms = (0..2_000).filter(|_| {
                let mut batches = BatchMeans::new(20, 1);
                let mut last = unit(&mut rng);
                for _ in 0..20 {
                    let next = unit(&mut rng);
                    batches.push(next + overlap * last);
                    last = next;
                }
                batches.is_correlated()
            });
            alarms.count()
        };
        let independent = alarms(0.0);
        assert!((57..=143).contains(&independent), "{independent} of 2,000");
        let overlapping = alarms(1.0);
        assert!(overlapping > 1_000, "{overlapping} of 2,000");
    }

    // Goal: no check is claimed where none is possible.
    // Method: seven batches, and twenty equal ones.
    #[test]
    fn few_or_equal_batches_have_no_correlation() {
        let mut batches = BatchMeans::new(20, 1);
        (0..7).for_each(|value| batches.push(f64::from(value)));
        assert_eq!(batches.lag1(), None);
        let mut batches = BatchMeans::new(20, 1);
        (0..20).for_each(|_| batches.push(1.0));
        assert_eq!(batches.lag1(), None);
        assert!(!batches.is_correlated());
    }
}
