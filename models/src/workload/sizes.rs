//! How large objects are.
use super::request::split;
use keystorm_sim::draw::{Lognormal, unit_of_word, whole};

/// Distribution of object sizes.
#[derive(Clone, Debug)]
pub enum Sizes {
    /// Always the same \[bytes\].
    Fixed(u64),
    /// Lognormal, cut off at a largest size.
    Lognormal {
        /// Before it is cut off \[bytes\].
        bytes: Lognormal,
        /// Larger draws become this \[bytes\].
        max: u64,
    },
    /// Pareto within bounds.
    Pareto(Box<Pareto>),
    /// Given by quantiles.
    Table(SizeTable),
    /// Of several kinds.
    Mixture(Mixture),
}

impl Sizes {
    /// The size \[bytes\] that a number of a stream gives.
    #[inline]
    #[must_use]
    pub fn of_word(&self, word: u64) -> u64 {
        match self {
            Self::Fixed(size) => *size,
            Self::Lognormal { bytes, max } => whole(bytes.of_word(word)).min(*max),
            Self::Pareto(pareto) => pareto.of_word(word),
            Self::Table(table) => table.of_word(word),
            Self::Mixture(mixture) => mixture.of_word(word),
        }
    }
}

/// A Pareto distribution within bounds: above x lies a share in proportion to x^-alpha, less what
/// lies beyond the upper bound.
#[derive(Clone, Copy, Debug)]
pub struct Pareto {
    min: u64,
    max: u64,
    /// -1 / alpha.
    power: f64,
    /// 1 - (min / max)^alpha.
    within: f64,
}

impl Pareto {
    /// From `min`, at least 1, to `max`, above it \[bytes\], with an `alpha` above 0.
    #[must_use]
    pub fn new(min: u64, max: u64, alpha: f64) -> Self {
        assert!(0 < min && min < max, "bounds are in order");
        assert!(alpha > 0.0, "larger sizes are rarer");
        Self {
            min,
            max,
            power: -1.0 / alpha,
            within: 1.0 - libm::pow(min as f64 / max as f64, alpha),
        }
    }

    fn of_word(&self, word: u64) -> u64 {
        let above = 1.0 - unit_of_word(word) * self.within;
        let size = self.min as f64 * libm::pow(above, self.power);
        whole(size).clamp(self.min, self.max)
    }
}

/// A distribution given by quantiles; in between the logarithm of the size is linear, for sizes
/// that were measured span many powers of ten.
#[derive(Clone, Debug)]
pub struct SizeTable {
    knots: Vec<Knot>,
}

#[derive(Clone, Copy, Debug)]
struct Knot {
    quantile: f64,
    log: f64,
    /// Of the logarithm to the next knot, per unit of quantile.
    slope: f64,
}

impl SizeTable {
    /// From points (quantile, size of at least 1 \[bytes\]), from 0 to 1.
    ///
    /// # Panics
    /// If they are no quantiles.
    #[must_use]
    pub fn new(points: &[(f64, u64)]) -> Self {
        let ordered = points
            .windows(2)
            .all(|it| it[0].0 < it[1].0 && it[0].1 <= it[1].1);
        assert!(ordered, "quantiles increase and sizes do not fall");
        assert!(
            points[0].0 <= 0.0 && points[points.len() - 1].0 >= 1.0,
            "from 0 to 1"
        );
        assert!(points[0].1 > 0, "sizes have logarithms");
        let log = |size: u64| libm::log(size as f64);
        let knot = |pair: &[(f64, u64)]| Knot {
            quantile: pair[0].0,
            log: log(pair[0].1),
            slope: (log(pair[1].1) - log(pair[0].1)) / (pair[1].0 - pair[0].0),
        };
        Self {
            knots: points.windows(2).map(knot).collect(),
        }
    }

    fn of_word(&self, word: u64) -> u64 {
        let quantile = unit_of_word(word);
        let next = self.knots.partition_point(|it| it.quantile <= quantile);
        let knot = self.knots[next.saturating_sub(1)];
        whole(libm::exp(
            knot.log + knot.slope * (quantile - knot.quantile),
        ))
    }
}

/// Objects of several kinds, each with sizes of its own.
#[derive(Clone, Debug)]
pub struct Mixture {
    /// Kinds with a weight above 0, each with the sum of the weights up to it.
    kinds: Vec<(u64, Sizes)>,
}

impl Mixture {
    /// Kinds with their weights.
    ///
    /// # Panics
    /// If none has a weight.
    #[must_use]
    pub fn new(kinds: impl IntoIterator<Item = (u64, Sizes)>) -> Self {
        let mut sum = 0;
        let kinds: Vec<_> = kinds
            .into_iter()
            .filter(|kind| kind.0 > 0)
            .map(|(weight, sizes)| {
                sum += weight;
                (sum, sizes)
            })
            .collect();
        assert!(!kinds.is_empty(), "some kind has a weight");
        Self { kinds }
    }

    fn of_word(&self, word: u64) -> u64 {
        let (number, rest) = split(word, self.kinds[self.kinds.len() - 1].0);
        let kind = self.kinds.partition_point(|kind| kind.0 <= number);
        self.kinds[kind].1.of_word(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keystorm_sim::Streams;
    use keystorm_sim::draw::word;
    use libm::pow;

    /// Mean of a million draws, in standard errors from `mean`, those of `sd`.
    fn errors(sizes: &Sizes, mean: f64, sd: f64) -> f64 {
        let mut rng = Streams::new(8, 0).key("sizes", 0).rng();
        let sum: f64 = (0..1_000_000)
            .map(|_| sizes.of_word(word(&mut rng)) as f64)
            .sum();
        (sum / 1e6 - mean) / (sd / 1e3)
    }

    /// The word whose part of all words is `quantile`.
    fn at(quantile: f64) -> u64 {
        whole(quantile * (1_u64 << 52) as f64) << 12
    }

    /// The moment of a Pareto distribution within bounds, in its closed form.
    fn moment(min: f64, max: f64, alpha: f64, k: f64) -> f64 {
        let within = 1.0 - pow(min / max, alpha);
        pow(min, alpha) / within * alpha / (alpha - k) * (pow(min, k - alpha) - pow(max, k - alpha))
    }

    // Goal: Pareto sizes have the law's quantiles, mean and bounds.
    // Method: the quantile function's inverse, 1 - F, by hand at nine quantiles; the mean of a
    // million draws against the closed form within 4.4 standard errors (chance 1e-5); both ends.
    #[test]
    fn pareto_sizes_follow_the_law() {
        for alpha in [0.5, 1.1, 2.5] {
            let (min, max) = (1_000.0_f64, 1e9_f64);
            let pareto = Sizes::Pareto(Box::new(Pareto::new(1_000, 1_000_000_000, alpha)));
            for tenth in 1..10 {
                let quantile = f64::from(tenth) / 10.0;
                let size = pareto.of_word(at(quantile)) as f64;
                let beyond = pow(min / max, alpha);
                let above = (pow(min / size, alpha) - beyond) / (1.0 - beyond);
                // A size is rounded to a byte.
                assert!(
                    (1.0 - above - quantile).abs() < 2e-3 / alpha.min(1.0),
                    "{alpha}: {tenth}"
                );
            }
            let mean = moment(min, max, alpha, 1.0);
            let sd = (moment(min, max, alpha, 2.0) - mean * mean).sqrt();
            let errors = errors(&pareto, mean, sd);
            assert!(
                errors.abs() < 4.4,
                "alpha {alpha}: {errors} standard errors"
            );
            assert_eq!(pareto.of_word(0), 1_000);
            assert!(pareto.of_word(u64::MAX) <= 1_000_000_000);
        }
    }

    // Goal: a table gives its own points, and the mean that lines in the logarithm have.
    // Method: each point's quantile; between two sizes a and b the mean is (b - a) / ln(b / a), the
    // mean square (b² - a²) / (2·ln(b / a)); a million draws within 4.4 standard errors.
    #[test]
    fn a_table_gives_its_points_and_their_mean() {
        let points = [
            (0.0, 100),
            (0.32, 128_000),
            (0.74, 1_000_000),
            (1.0, 500_000_000),
        ];
        let table = Sizes::Table(SizeTable::new(&points));
        for (quantile, size) in &points[..3] {
            assert_eq!(table.of_word(at(*quantile)), *size);
        }
        assert!(table.of_word(u64::MAX) <= 500_000_000);
        let moment = |k: i32| -> f64 {
            let part = |pair: &[(f64, u64)]| {
                let (a, b) = (pair[0].1 as f64, pair[1].1 as f64);
                let mean = (b.powi(k) - a.powi(k)) / (f64::from(k) * libm::log(b / a));
                mean * (pair[1].0 - pair[0].0)
            };
            points.windows(2).map(part).sum()
        };
        let (mean, sd) = (moment(1), (moment(2) - moment(1).powi(2)).sqrt());
        assert!(errors(&table, mean, sd).abs() < 4.4);
    }

    // Goal: each kind of a mixture has its share, none without a weight is drawn, and within a
    // kind sizes are spread as they are alone.
    // Method: a million draws of 17 : 0 : 3; the share of the second kind within 4.4 standard
    // errors of 0.15, and its mean, uniform in the logarithm, as well.
    #[test]
    fn kinds_of_a_mixture_have_their_shares() {
        let large = SizeTable::new(&[(0.0, 1_000), (1.0, 100_000)]);
        let mixture = Sizes::Mixture(Mixture::new([
            (17, Sizes::Fixed(5)),
            (0, Sizes::Fixed(6)),
            (3, Sizes::Table(large)),
        ]));
        let mut rng = Streams::new(9, 0).key("sizes", 0).rng();
        let drawn: Vec<u64> = (0..1_000_000)
            .map(|_| mixture.of_word(word(&mut rng)))
            .collect();
        let (small, large): (Vec<u64>, Vec<u64>) = drawn.iter().partition(|it| **it < 1_000);
        assert!(small.iter().all(|&it| it == 5));
        let share = large.len() as f64 / 1e6;
        let error = (0.15_f64 * 0.85 / 1e6).sqrt();
        assert!((share - 0.15).abs() < 4.4 * error, "{share}");
        let log = libm::log(100.0);
        let mean = 99_000.0 / log;
        let sd = ((1e10 - 1e6) / (2.0 * log) - mean * mean).sqrt();
        let found = large.iter().sum::<u64>() as f64 / large.len() as f64;
        let error = sd / (large.len() as f64).sqrt();
        assert!((found - mean).abs() < 4.4 * error, "{found} for {mean}");
    }
}
