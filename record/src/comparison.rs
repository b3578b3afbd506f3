//! Two variants set against one another, metric by metric.
//!
//! Replication i of two variants sees the same arrivals, sizes and service (common random
//! numbers), so that values are subtracted replication by replication: what both have in common
//! does not widen the interval of the difference. Pairs of two runs with the same seed are treated
//! alike; the interval holds whether the values of a pair depend on one another or not, as long as
//! the pairs do not. Values of runs that cannot be paired are compared by Welch's interval.
//!
//! All intervals are two-sided, of 95 % confidence, and each holds for itself: of twenty that are
//! looked at, one may miss the truth.
mod quantile;
mod settings;
#[cfg(test)]
mod tests;

pub use settings::{Change, changes};

use crate::{Better, Metric, Record, Variant};
use quantile::{Z_POWER, student_t};

/// Confidence of the intervals.
const CONFIDENCE: f64 = 0.95;

/// How the values of two variants are set against one another.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Method {
    /// Replication by replication.
    Paired,
    /// As two independent samples of unequal variance.
    Welch,
}

/// Mean difference of a metric between two variants, with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// Mean of the values that are compared, of the first variant.
    pub base: f64,
    /// Mean of those of the other.
    pub new: f64,
    /// The other less the first, in the metric's unit.
    pub mean: f64,
    /// The 95 % interval of that difference; absent with fewer than two pairs, or two values.
    pub interval: Option<(f64, f64)>,
    /// How the values were compared.
    pub method: Method,
    /// Pairs that have both values; by Welch, values of the side that has fewer.
    pub count: usize,
    /// Whether all values that are compared are the same.
    pub same: bool,
    /// Standard deviation of one pair's difference.
    spread: f64,
}

/// What a difference shows, whichever direction is better.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Shown {
    /// The values are the same: a tie.
    Same,
    /// The other variant has less: the interval lies below zero.
    Less,
    /// The other variant has more: the interval lies above zero.
    More,
    /// No difference can be shown: the interval includes zero.
    Unclear,
    /// Nothing can be said: fewer than two pairs.
    TooFew,
}

/// What a difference means where up to some worsening is tolerated.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Judgement {
    /// The values are the same.
    Same,
    /// The interval lies on the better side of zero.
    Better,
    /// Neither direction is better, and the interval lies on one side of zero.
    Differs,
    /// The interval includes zero and what is worse in it is tolerated.
    NoDifference,
    /// Worse, but the whole interval is tolerated.
    Tolerated,
    /// The whole interval is worse than tolerated: a regression.
    Worse,
    /// The interval includes both what is tolerated and what is not, or there is none.
    Inconclusive,
}

impl Method {
    /// How two records can be compared: by pairs if their streams and windows are the same.
    #[must_use]
    pub fn of(base: &Record, new: &Record) -> Self {
        if base.seed == new.seed && base.window == new.window {
            Self::Paired
        } else {
            Self::Welch
        }
    }
}

impl Difference {
    /// The difference of a metric between two variants; `None` if either has no value of it, or no
    /// replication has both.
    #[must_use]
    pub fn of(base: &Variant, new: &Variant, metric: &str, method: Method) -> Option<Self> {
        let (of_base, of_new) = (base.metrics.get(metric)?, new.metrics.get(metric)?);
        match method {
            Method::Paired => {
                let numbered = |variant: &Variant, metric: &Metric| -> Vec<(u32, f64)> {
                    let values = variant.replications.iter().zip(&metric.values);
                    let defined = values.filter_map(|(it, value)| Some((it.index, (*value)?)));
                    defined.collect()
                };
                let theirs = numbered(new, of_new);
                let pair = |(index, value): (u32, f64)| {
                    let other = theirs.iter().find(|it| it.0 == index)?;
                    Some((value, other.1))
                };
                let pairs = numbered(base, of_base).into_iter().filter_map(pair);
                Self::paired(&pairs.collect::<Vec<_>>())
            }
            Method::Welch => {
                let defined = |it: &Metric| it.values.iter().copied().flatten().collect::<Vec<_>>();
                Self::welch(&defined(of_base), &defined(of_new))
            }
        }
    }

    /// The paired-t interval of pairs `(base, new)`; `None` of none.
    ///
    /// # Source
    /// Law, Simulation Modeling and Analysis, 5th ed. (2015), section 10.2.1.
    #[must_use]
    pub fn paired(pairs: &[(f64, f64)]) -> Option<Self> {
        let differences: Vec<f64> = pairs.iter().map(|&(a, b)| less(b, a)).collect();
        let (mean, variance) = moments(&differences)?;
        let (base, _) = moments(&pairs.iter().map(|it| it.0).collect::<Vec<_>>())?;
        let (new, _) = moments(&pairs.iter().map(|it| it.1).collect::<Vec<_>>())?;
        let n = pairs.len() as f64;
        Some(Self {
            base,
            new,
            mean,
            interval: (pairs.len() > 1).then(|| around(mean, variance / n, n - 1.0)),
            method: Method::Paired,
            count: pairs.len(),
            same: differences.iter().all(|&it| it == 0.0),
            spread: variance.sqrt(),
        })
    }

    /// Welch's interval of two independent samples; `None` if either is empty.
    ///
    /// # Source
    /// Welch, Biometrika 34 (1947); degrees of freedom by Satterthwaite, Biometrics 2 (1946).
    #[must_use]
    pub fn welch(base: &[f64], new: &[f64]) -> Option<Self> {
        let ((mean_a, var_a), (mean_b, var_b)) = (moments(base)?, moments(new)?);
        let (n_a, n_b) = (base.len() as f64, new.len() as f64);
        let (square_a, square_b) = (var_a / n_a, var_b / n_b);
        let square = square_a + square_b;
        let degrees = if square > 0.0 {
            let part = |it: f64, n: f64| it * it / (n - 1.0);
            square * square / (part(square_a, n_a) + part(square_b, n_b))
        } else {
            n_a + n_b - 2.0
        };
        let mean = less(mean_b, mean_a);
        let both = base.len() > 1 && new.len() > 1;
        Some(Self {
            base: mean_a,
            new: mean_b,
            mean,
            interval: both.then(|| around(mean, square, degrees)),
            method: Method::Welch,
            count: base.len().min(new.len()),
            same: base.iter().chain(new).all(|&it| less(it, base[0]) == 0.0),
            spread: (var_a + var_b).sqrt(),
        })
    }

    /// The difference as a share of the first variant's mean; `None` if that is zero.
    #[must_use]
    pub fn relative(&self) -> Option<f64> {
        (self.base != 0.0).then(|| self.mean / self.base.abs())
    }

    /// What it shows.
    #[must_use]
    pub fn shown(&self) -> Shown {
        match self.interval {
            _ if self.same => Shown::Same,
            None => Shown::TooFew,
            Some((_, high)) if high < 0.0 => Shown::Less,
            Some((low, _)) if low > 0.0 => Shown::More,
            Some(_) => Shown::Unclear,
        }
    }

    /// What it means where a worsening of up to `tolerance`, a share of the first variant's mean,
    /// is tolerated.
    #[must_use]
    pub fn judge(&self, better: Option<Better>, tolerance: f64) -> Judgement {
        if self.same {
            return Judgement::Same;
        }
        let (Some(interval), Some(better)) = (self.interval, better) else {
            return match self.shown() {
                Shown::Less | Shown::More => Judgement::Differs,
                Shown::Unclear => Judgement::NoDifference,
                Shown::Same | Shown::TooFew => Judgement::Inconclusive,
            };
        };
        // From here on more is worse.
        let (low, high) = match better {
            Better::Lower => interval,
            Better::Higher => (-interval.1, -interval.0),
        };
        let margin = tolerance * self.base.abs();
        if low > margin {
            Judgement::Worse
        } else if high < 0.0 {
            Judgement::Better
        } else if high > margin {
            Judgement::Inconclusive
        } else if low > 0.0 {
            Judgement::Tolerated
        } else {
            Judgement::NoDifference
        }
    }

    /// Replications, of each record, after which an inconclusive judgement would be decided in four
    /// of five cases, if the mean and the spread of the values stay what they are.
    ///
    /// `None` with fewer than two pairs, which show no spread, or if it would take more than
    /// [`REPLICATIONS_MAX`].
    ///
    /// # Source
    /// Sample size for a difference at 80 % power: Cohen, Statistical Power Analysis (1988), 2.3.
    #[must_use]
    pub fn replications_needed(&self, better: Option<Better>, tolerance: f64) -> Option<u32> {
        self.interval?;
        let margin = tolerance * self.base.abs();
        let worse = match better? {
            Better::Lower => self.mean,
            Better::Higher => -self.mean,
        };
        let distance = (worse - margin).abs();
        if distance <= 0.0 {
            return None;
        }
        let mut n = 2.0_f64;
        // The quantile falls with n: a few rounds settle it.
        for _ in 0..20 {
            let factor = student_t(CONFIDENCE, n - 1.0) + Z_POWER;
            let wanted = (factor * self.spread / distance).powi(2).ceil().max(2.0);
            if (wanted - n).abs() < 0.5 {
                break;
            }
            // From below in half steps, since few degrees make the first quantiles huge.
            n = if wanted > n {
                f64::midpoint(n, wanted).ceil()
            } else {
                wanted
            };
            n = n.min(f64::from(REPLICATIONS_MAX) * 2.0);
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked"
        )]
        (n <= f64::from(REPLICATIONS_MAX)).then_some(n as u32)
    }
}

/// Most replications that [`Difference::replications_needed`] names.
pub const REPLICATIONS_MAX: u32 = 10_000;

/// `a - b`, zero where they differ by the rounding of a sum only.
fn less(a: f64, b: f64) -> f64 {
    const ROUNDING: f64 = 1e-12;
    let difference = a - b;
    if difference.abs() <= ROUNDING * a.abs().max(b.abs()) {
        0.0
    } else {
        difference
    }
}

/// Mean and variance of values; the variance of one is zero. `None` of none.
fn moments(values: &[f64]) -> Option<(f64, f64)> {
    let n = values.len() as f64;
    let first = *values.first()?;
    // From the first value, so that equal values have no variance at all.
    let mean = first + values.iter().map(|it| it - first).sum::<f64>() / n;
    let squares: f64 = values.iter().map(|it| (it - mean) * (it - mean)).sum();
    Some((mean, squares / (n - 1.0).max(1.0)))
}

/// The interval of a mean whose squared standard error has so many degrees of freedom.
fn around(mean: f64, squared_error: f64, degrees: f64) -> (f64, f64) {
    let half = student_t(CONFIDENCE, degrees) * squared_error.sqrt();
    (mean - half, mean + half)
}
