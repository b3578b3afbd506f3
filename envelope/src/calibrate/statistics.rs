//! Medians, and how far they can be trusted.

/// A median with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The median.
    pub median: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

/// Resamplings of one bootstrap.
const RESAMPLES: usize = 600;
const SEED: u64 = 0x6b65_7973_746f_726d;

impl Estimate {
    /// Half of the interval's width as a share of the median; 0 for a median of 0.
    #[must_use]
    pub fn spread(&self) -> f64 {
        if self.median == 0.0 {
            0.0
        } else {
            (self.high - self.low) / 2.0 / self.median
        }
    }

    /// What is left of this after `other` is taken away, at least 0; the intervals add up.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        Self {
            median: (self.median - other.median).max(0.0),
            low: (self.low - other.high).max(0.0),
            high: (self.high - other.low).max(0.0),
        }
    }

    /// The median of values in the order in which they were measured, with a percentile interval of
    /// a moving-block bootstrap, seeded: the same values give the same interval.
    ///
    /// Neighbours resemble each other (the clock of the processor drifts), so that blocks of the
    /// cube root of their number are drawn, not single values, which would promise too much.
    ///
    /// `None` for no values.
    #[must_use]
    pub(super) fn of(values: &[f64]) -> Option<Self> {
        let mut scratch = values.to_vec();
        let median = median(&mut scratch)?;
        let block = (1..=values.len()).find(|b| b * b * b >= values.len())?;
        let starts = (values.len() - block + 1) as u64;
        let mut random = SplitMix64(SEED);
        let mut medians = Vec::with_capacity(RESAMPLES);
        for _ in 0..RESAMPLES {
            scratch.clear();
            while scratch.len() < values.len() {
                let start = usize::try_from(random.below(starts)).expect("below a length");
                let room = block.min(values.len() - scratch.len());
                scratch.extend_from_slice(&values[start..start + room]);
            }
            medians.extend(self::median(&mut scratch));
        }
        medians.sort_by(f64::total_cmp);
        let tail = RESAMPLES / 40;
        Some(Self {
            median,
            low: medians[tail].min(median),
            high: medians[RESAMPLES - 1 - tail].max(median),
        })
    }
}

/// The middle value, or the mean of the two middle ones; reorders. `None` for no values.
pub(super) fn median(values: &mut [f64]) -> Option<f64> {
    let middle = values.len() / 2;
    if values.is_empty() {
        return None;
    }
    let odd = values.len() % 2 == 1;
    let (below, &mut upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    if odd {
        return Some(upper);
    }
    let lower = below.iter().copied().fold(f64::MIN, f64::max);
    Some(f64::midpoint(lower, upper))
}

/// `SplitMix64`: small, portable, good enough to draw blocks.
///
/// # Source
/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`; its bias is below `bound` / 2^64.
    fn below(&mut self, bound: u64) -> u64 {
        let wide = u128::from(self.next()) * u128::from(bound);
        u64::try_from(wide >> 64).expect("the upper half of a product")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: the generator is the published one.
    // Method: the first values for seed 1234567, from Vigna's reference implementation.
    #[test]
    fn splitmix_gives_its_published_values() {
        let mut random = SplitMix64(1_234_567);
        let expected = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
        ];
        assert_eq!([random.next(), random.next(), random.next()], expected);
    }

    // Goal: medians of even and odd numbers of values, and of none.
    // Method: by hand.
    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median(&mut []), None);
        assert_eq!(median(&mut [3.0]), Some(3.0));
        assert_eq!(median(&mut [9.0, 1.0, 5.0]), Some(5.0));
        assert_eq!(median(&mut [9.0, 1.0, 5.0, 6.0]), Some(5.5));
    }

    // Goal: the interval covers the truth about as often as it says.
    // Method: 400 samples of 60 values, uniform in 0..1, whose median is 0.5; 95 % would be 380.
    #[test]
    fn ninety_five_of_a_hundred_intervals_hold_the_true_median() {
        let mut random = SplitMix64(7);
        let mut covered = 0;
        for _ in 0..400 {
            let values: Vec<f64> = (0..60)
                .map(|_| random.below(1 << 53) as f64 / (1_u64 << 53) as f64)
                .collect();
            let estimate = Estimate::of(&values).unwrap();
            covered += u32::from(estimate.low <= 0.5 && 0.5 <= estimate.high);
        }
        assert!((360..=396).contains(&covered), "{covered} of 400");
    }

    // Goal: a drift widens the interval.
    // Method: the same values in random order and in ascending order.
    #[test]
    fn values_that_drift_have_a_wider_interval() {
        let sorted: Vec<f64> = (0..200).map(f64::from).collect();
        let mixed: Vec<f64> = (0..200).map(|i| f64::from(i * 77 % 200)).collect();
        let (drift, still) = (
            Estimate::of(&sorted).unwrap(),
            Estimate::of(&mixed).unwrap(),
        );
        assert_eq!(drift.median.to_bits(), still.median.to_bits());
        assert!(drift.spread() > 1.5 * still.spread(), "{drift:?} {still:?}");
    }

    // Goal: equal values have no interval, and one value is enough.
    // Method: one and five of them.
    #[test]
    fn equal_values_leave_no_doubt() {
        for values in [&[4.0][..], &[4.0; 5]] {
            let estimate = Estimate::of(values).unwrap();
            assert_eq!((estimate.low, estimate.high), (4.0, 4.0));
            assert!(estimate.spread() < 1e-9);
        }
        assert_eq!(Estimate::of(&[]), None);
    }
}
