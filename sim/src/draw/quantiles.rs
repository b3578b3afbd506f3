use super::{unit_of_word, whole};
use crate::Span;
use rand::Rng;
use std::fmt;

/// Cells of the guide table: few have more than one knot in them.
const CELLS: usize = 1024;

/// A distribution of times given by its quantiles, linear in between; drawn by inversion.
#[derive(Clone, Debug)]
pub struct Quantiles {
    knots: Vec<Knot>,
    /// Index of the last knot at or before the beginning of each cell.
    guide: Box<[u16; CELLS]>,
}

#[derive(Clone, Copy, Debug)]
struct Knot {
    quantile: f64,
    nanos: f64,
    /// Slope to the next knot \[ns per unit of quantile\].
    slope: f64,
}

/// Why points are not the quantiles of a distribution.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum QuantilesError {
    /// Fewer than two points, or more than 65,535.
    Length,
    /// The first quantile is not 0 or the last is not 1.
    Ends,
    /// A quantile does not increase, or a time decreases, at the point with this index.
    Order(usize),
}

impl fmt::Display for QuantilesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length => f.write_str("quantiles need 2 to 65,535 points"),
            Self::Ends => f.write_str("quantiles must run from 0 to 1"),
            Self::Order(index) => write!(f, "point {} is not above the one before it", index + 1),
        }
    }
}

impl std::error::Error for QuantilesError {}

impl Quantiles {
    /// A distribution from points (quantile 0..=1, time \[ns\]).
    ///
    /// # Errors
    /// [`QuantilesError`] if the points are not quantiles; nothing can be drawn then.
    pub fn new(points: &[(f64, u64)]) -> Result<Self, QuantilesError> {
        if points.len() < 2 || points.len() > usize::from(u16::MAX) {
            return Err(QuantilesError::Length);
        }
        #[expect(clippy::float_cmp, reason = "the ends are exact")]
        if points[0].0 != 0.0 || points[points.len() - 1].0 != 1.0 {
            return Err(QuantilesError::Ends);
        }
        for (index, pair) in points.windows(2).enumerate() {
            let increases = pair[0].0 < pair[1].0 && pair[0].1 <= pair[1].1;
            if !increases {
                return Err(QuantilesError::Order(index + 1));
            }
        }
        let knots = (0..points.len())
            .map(|i| Knot::new(points[i], points.get(i + 1)))
            .collect();
        let mut index = 0;
        let guide = std::array::from_fn(|cell| {
            let start = cell as f64 / CELLS as f64;
            while points.get(index + 1).is_some_and(|it| it.0 <= start) {
                index += 1;
            }
            u16::try_from(index).expect("length was checked")
        });
        Ok(Self {
            knots,
            guide: Box::new(guide),
        })
    }

    /// The distribution of the times multiplied by `factor`, 0 or more.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        let mut scaled = self.clone();
        for knot in &mut scaled.knots {
            knot.nanos *= factor;
            knot.slope *= factor;
        }
        scaled
    }

    /// One time, from one uniform number.
    #[inline]
    pub fn draw(&self, rng: &mut impl Rng) -> Span {
        self.of_word(rng.next_u64())
    }

    /// The time that the number `word` of a stream gives.
    #[inline]
    #[must_use]
    pub fn of_word(&self, word: u64) -> Span {
        self.at(unit_of_word(word))
    }

    /// The time at `quantile`, 0 or more and below 1.
    ///
    /// # Panics
    /// May panic for other numbers.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cell's number is below 1,024"
    )]
    #[inline]
    #[must_use]
    pub fn at(&self, quantile: f64) -> Span {
        // Rounded down: the cell that holds the quantile.
        let cell = (quantile * CELLS as f64) as i64 as usize;
        let mut index = usize::from(self.guide[cell % CELLS]);
        // One step without a branch, which could not be predicted; more are rare.
        index += usize::from(self.knots[index + 1].quantile <= quantile);
        while self.knots[index + 1].quantile <= quantile {
            index += 1;
        }
        let Knot {
            quantile: from,
            nanos,
            slope,
        } = self.knots[index];
        Span::from_nanos(whole(nanos + slope * (quantile - from)))
    }

    /// Mean time \[ns\].
    #[must_use]
    pub fn mean_nanos(&self) -> f64 {
        let area = |pair: &[Knot]| {
            0.5 * (pair[0].nanos + pair[1].nanos) * (pair[1].quantile - pair[0].quantile)
        };
        self.knots.windows(2).map(area).sum()
    }
}

impl Knot {
    fn new((quantile, nanos): (f64, u64), next: Option<&(f64, u64)>) -> Self {
        let nanos = nanos as f64;
        let slope = next.map_or(0.0, |next| (next.1 as f64 - nanos) / (next.0 - quantile));
        Self {
            quantile,
            nanos,
            slope,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // Goal: points that are no distribution are refused with the place.
    // Method: one table per kind of mistake.
    #[test]
    fn wrong_points_are_refused() {
        let error = |points: &[(f64, u64)]| Quantiles::new(points).unwrap_err();
        assert_eq!(error(&[(0.0, 1)]), QuantilesError::Length);
        assert_eq!(error(&[(0.0, 1), (0.9, 2)]), QuantilesError::Ends);
        assert_eq!(
            error(&[(0.0, 1), (0.5, 3), (1.0, 2)]),
            QuantilesError::Order(2)
        );
        assert_eq!(
            error(&[(0.0, 1), (0.5, 3), (0.5, 4), (1.0, 5)]),
            QuantilesError::Order(2)
        );
    }

    proptest! {
        // Goal: the guide table finds the same segment as a search from the left, for any table.
        // Method: random tables, compare with plain interpolation; anywhere, and shortly before
        // each knot, where the wrong cell has the next segment.
        #[test]
        fn guided_search_agrees_with_plain_search(
            steps in prop::collection::vec((1_u32..1000, 0_u64..1_000_000), 1..80),
            quantile in 0.0_f64..1.0,
        ) {
            let total: u32 = steps.iter().map(|step| step.0).sum();
            let mut points = vec![(0.0, 5)];
            let mut sum = 0;
            for (index, (weight, rise)) in steps.iter().enumerate() {
                sum += weight;
                let last = index + 1 == steps.len();
                let at = if last { 1.0 } else { f64::from(sum) / f64::from(total) };
                points.push((at, points[index].1 + rise));
            }
            let table = Quantiles::new(&points).unwrap();
            let agrees = |quantile: f64| {
                let right = points.iter().position(|point| point.0 > quantile).unwrap();
                let ((q0, t0), (q1, t1)) = (points[right - 1], points[right]);
                let plain = t0 as f64 + (t1 - t0) as f64 * (quantile - q0) / (q1 - q0);
                (table.at(quantile).nanos() as f64 - plain).abs() <= 1.0
            };
            prop_assert!(agrees(quantile), "{quantile}");
            for &(knot, _) in &points[1..] {
                for below in [1e-12, 1e-6, 1e-4, 4e-4] {
                    let quantile = (knot - below).max(0.0);
                    prop_assert!(agrees(quantile), "{quantile}, {below} before a knot");
                }
            }
        }
    }
}
