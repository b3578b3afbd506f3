use std::fmt;

/// Values in a batch of MSER-5.
const BATCH: usize = 5;
/// Batches that are never cut off: the rule's statistic means nothing for fewer.
const KEPT_MIN: usize = 5;

/// How much of the beginning of a run to leave out, by [`mser5`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WarmUp {
    /// Values to leave out at the beginning: a multiple of 5.
    pub values: usize,
    /// Values of the run that were looked at: a multiple of 5.
    pub of: usize,
}

/// Why the choice of a warm-up is not to be trusted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum WarmUpWarning {
    /// The cut falls in the second half of the run: it may never have settled. Run longer; a load
    /// at or above capacity never settles.
    SecondHalf,
}

impl fmt::Display for WarmUpWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SecondHalf => f.write_str(
                "the warm-up takes more than half of the run, which may never have settled; \
                 run longer",
            ),
        }
    }
}

impl WarmUp {
    /// What to warn of; `None` if the cut lies in the first half.
    #[must_use]
    pub fn warning(&self) -> Option<WarmUpWarning> {
        (2 * self.values > self.of).then_some(WarmUpWarning::SecondHalf)
    }
}

/// Where a run has settled, by the rule MSER-5: leave out so many of the first batches of five
/// values that the standard error of the mean of the rest is smallest.
///
/// The cut balances bias (leaving out too little) against scatter (leaving out too much). Values
/// after the last full batch are not looked at. At least five batches are kept; of equally good
/// cuts the earliest is taken. `None` for fewer than 50 values: no choice could be made.
///
/// One pass, no allocation.
///
/// # Limits
/// Equal values look settled beyond doubt: if the run ends with many, such as waits of zero, the
/// cut moves to them, and the warning speaks up without a cause. Give the rule a series that
/// varies, such as the number that each customer meets, rather than its wait.
///
/// # Source
/// White, "An Effective Truncation Heuristic for Bias Reduction in Simulation Output", Simulation
/// 69 (1997); White, Cobb, Spratt, "A Comparison of Five Steady-State Truncation Heuristics for
/// Simulation", Winter Simulation Conference 2000 (batches of five, cut in the first half);
/// Hoad, Robinson, Davies, Journal of the Operational Research Society 61 (2010) (the last five
/// batches are never candidates).
///
/// # Example
/// ```
/// use keystorm_sim::stats::mser5;
///
/// // Settles after 100 values, then goes up and down around 1.
/// let settles = |i: i32| if i < 100 { f64::from(100 - i) } else { f64::from(i % 3) };
/// let run: Vec<f64> = (0..2_000).map(settles).collect();
/// let warm_up = mser5(&run).unwrap();
/// assert_eq!((warm_up.values, warm_up.warning()), (100, None));
///
/// // Never settles: the cut moves to the end, and the rule says so.
/// let grows: Vec<f64> = (0..2_000).map(f64::from).collect();
/// assert!(mser5(&grows).unwrap().warning().is_some());
/// ```
#[must_use]
pub fn mser5(values: &[f64]) -> Option<WarmUp> {
    let of = values.len() / BATCH * BATCH;
    if of < 2 * KEPT_MIN * BATCH {
        return None;
    }
    let (mut mean, mut squares, mut kept) = (0.0, 0.0, 0_usize);
    let (mut best, mut cut) = (f64::INFINITY, 0);
    // Backwards, with Welford's update: all cuts in one pass.
    for (index, batch) in values[..of].chunks_exact(BATCH).enumerate().rev() {
        let value = batch.iter().sum::<f64>() / BATCH as f64;
        kept += 1;
        let step = value - mean;
        mean += step / kept as f64;
        squares += step * (value - mean);
        let statistic = squares / (kept * kept) as f64;
        if kept >= KEPT_MIN && statistic <= best {
            (best, cut) = (statistic, index * BATCH);
        }
    }
    Some(WarmUp { values: cut, of })
}

#[cfg(test)]
mod tests {
    use super::{WarmUp, mser5};
    use proptest::prelude::*;

    // Goal: too short a run gets no answer instead of a wrong one.
    // Method: one value short of ten batches, and ten equal ones, which need no cut.
    #[test]
    fn short_runs_get_no_answer() {
        assert_eq!(mser5(&[1.0; 49]), None);
        assert_eq!(mser5(&[1.0; 52]), Some(WarmUp { values: 0, of: 50 }));
    }

    proptest! {
        // Goal: the pass backwards finds the cut of the rule as it is written.
        // Method: the definition, quadratic in time, over random runs with a slope at the front.
        #[test]
        fn cut_is_that_of_the_definition(
            values in prop::collection::vec(0.0_f64..1.0, 50..400),
            slope in 0_usize..200,
        ) {
            let run: Vec<f64> = values
                .iter()
                .enumerate()
                .map(|(i, value)| value + 0.1 * slope.saturating_sub(i) as f64)
                .collect();
            let means: Vec<f64> =
                run.chunks_exact(5).map(|batch| batch.iter().sum::<f64>() / 5.0).collect();
            let statistic = |cut: usize| {
                let rest = &means[cut..];
                let n = rest.len() as f64;
                let mean = rest.iter().sum::<f64>() / n;
                rest.iter().map(|y| (y - mean) * (y - mean)).sum::<f64>() / (n * n)
            };
            let least = (0..=means.len() - 5).map(statistic).fold(f64::INFINITY, f64::min);
            let found = mser5(&run).unwrap();
            prop_assert!(statistic(found.values / 5) <= least * (1.0 + 1e-9));
            prop_assert_eq!(found.of, means.len() * 5);
        }
    }
}
