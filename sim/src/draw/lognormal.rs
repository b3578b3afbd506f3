//! Lognormal draws, made by the hundred million: both the normal quantile and the exponential come
//! from tables, at a fifth of the cost of the functions that the tables are made from.

use super::{ONE, normal_quantile};
use rand::Rng;
use std::sync::LazyLock;

/// Lognormal distribution, drawn by inversion: one uniform number a draw, and a larger one gives a
/// larger value. Right to `sigma` · 1e-9 of the value.
#[derive(Clone, Copy, Debug)]
pub struct Lognormal {
    median: f64,
    /// Standard deviation of the logarithm, in steps of [`POWERS`].
    sigma_steps: f64,
    quantiles: &'static [Cell],
}

impl Lognormal {
    /// Largest standard deviation of the logarithm: the farthest draws are e^±664.
    pub const SIGMA_MAX: f64 = 80.0;

    /// With median `median` and standard deviation `sigma` of the logarithm, 0 to
    /// [`SIGMA_MAX`](Self::SIGMA_MAX); a larger one counts as this.
    #[must_use]
    pub fn new(median: f64, sigma: f64) -> Self {
        Self {
            median,
            sigma_steps: sigma.min(Self::SIGMA_MAX) * STEPS as f64 * std::f64::consts::LOG2_E,
            quantiles: &QUANTILES,
        }
    }

    /// One value.
    #[inline]
    pub fn draw(&self, rng: &mut impl Rng) -> f64 {
        self.of_word(rng.next_u64())
    }

    /// The value that the number `word` of a stream gives.
    #[inline]
    #[must_use]
    pub fn of_word(&self, word: u64) -> f64 {
        self.at(word >> 11)
    }

    /// The value in the middle of cell `cell` of 2^53 equally likely ones.
    #[inline]
    fn at(&self, cell: u64) -> f64 {
        // The upper half mirrors the lower one.
        let upper = cell >> HALF_BITS;
        let from_end = (cell ^ upper.wrapping_neg()) & HALF_MASK;
        // The middle of the cell, as a share of its half of the distribution; exact.
        let share = f64::from_bits(ONE | from_end) - (1.0 - SHARE_MIN);
        let bits = share.to_bits();
        let piece = (bits - SHARE_MIN.to_bits()) >> PIECE_SHIFT;
        let Cell([c0, c1, c2, c3]) = self.quantiles[piece as usize];
        let t = f64::from_bits(bits << PIECE_BITS & HALF_MASK | ONE) - 1.0;
        let distance = c0 + t * (c1 + t * (c2 + t * c3));
        let z = f64::from_bits(distance.to_bits() ^ (1 - upper) << 63);
        self.median * power(self.sigma_steps * z)
    }
}

/// Bits that tell the cells of one half of the distribution apart.
const HALF_BITS: u32 = 52;
const HALF_MASK: u64 = (1 << HALF_BITS) - 1;
/// The middle of the outermost cell of a half.
const SHARE_MIN: f64 = 1.0 / (1_u64 << 53) as f64;
/// Each octave of the share has 2^6 pieces.
const PIECE_BITS: u32 = 6;
const PIECE_SHIFT: u32 = 52 - PIECE_BITS;
/// Octaves from [`SHARE_MIN`] to 1.
const OCTAVES: u64 = 53;

/// A cubic through the values and slopes at both ends of a piece.
#[derive(Clone, Copy, Debug)]
struct Cell([f64; 4]);

/// Minus the normal quantile of half a share, by pieces: within 1e-9 of [`normal_quantile`].
static QUANTILES: LazyLock<Vec<Cell>> = LazyLock::new(|| {
    let edge = |piece: u64| f64::from_bits(SHARE_MIN.to_bits() + (piece << PIECE_SHIFT));
    // Value, and slope with respect to the share.
    let at = |share: f64| {
        let z = normal_quantile(0.5 * share);
        (-z, -0.5 * ROOT_TWO_PI * libm::exp(0.5 * z * z))
    };
    let cell = |piece: u64| {
        let (from, to) = (edge(piece), edge(piece + 1));
        let ((y0, slope0), (y1, slope1)) = (at(from), at(to));
        let (d0, d1) = (slope0 * (to - from), slope1 * (to - from));
        Cell([
            y0,
            d0,
            3.0 * (y1 - y0) - 2.0 * d0 - d1,
            2.0 * (y0 - y1) + d0 + d1,
        ])
    };
    (0..OCTAVES << PIECE_BITS).map(cell).collect()
});

/// Square root of 2π.
const ROOT_TWO_PI: f64 = 2.506_628_274_631_000_5;

/// Steps of [`POWERS`] in an octave.
const STEPS: usize = 128;
/// Adding it rounds a small number to an integer and leaves that in the low bits.
const ROUND: f64 = 6_755_399_441_055_744.0;

/// 2^(i/128).
static POWERS: [f64; STEPS] = powers();

const fn powers() -> [f64; STEPS] {
    let mut table = [0.0; STEPS];
    let mut step = 0;
    while step < STEPS {
        let x = step as f64 / STEPS as f64 * std::f64::consts::LN_2;
        let (mut sum, mut term, mut n) = (1.0, 1.0, 1.0);
        // x is below 0.7: the last term is below 1e-18.
        while n < 18.0 {
            term *= x / n;
            sum += term;
            n += 1.0;
        }
        table[step] = sum;
        step += 1;
    }
    table
}

/// 2^(`steps` / 128), for exponents within ±1000. Right to 2e-15 of the value.
#[expect(
    clippy::cast_possible_truncation,
    reason = "masked to a step of the table"
)]
#[inline]
fn power(steps: f64) -> f64 {
    const LN: f64 = std::f64::consts::LN_2 / STEPS as f64;
    let rounded = steps + ROUND;
    // At most 0.0028: the series ends below 2e-15.
    let r = (steps - (rounded - ROUND)) * LN;
    let series = r + r * r * ((0.5 + r * (1.0 / 6.0)) + r * r * (1.0 / 24.0));
    let number = rounded.to_bits().wrapping_sub(ROUND.to_bits());
    let power = POWERS[number as usize % STEPS];
    let octaves = (number.cast_signed() >> STEPS.ilog2()).cast_unsigned() << 52;
    f64::from_bits((power + power * series).to_bits().wrapping_add(octaves))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Streams;

    // Goal: the power is the power.
    // Method: compare with libm over the whole range.
    #[test]
    fn table_agrees_with_libm() {
        for i in -1_000_000..=1_000_000 {
            let x = f64::from(i) / 1_000.0;
            let error = power(x * STEPS as f64) / libm::exp2(x) - 1.0;
            assert!(error.abs() < 2e-15, "{x}: {error:e}");
        }
        assert_eq!(power(0.0).to_bits(), ONE);
    }

    // Goal: the table's quantile is the normal quantile, from the outermost cell to the middle.
    // Method: median 1 and sigma 1: the logarithm of the value against the algorithm, for cells of
    // all sizes and their mirror images.
    #[test]
    fn table_agrees_with_the_algorithm() {
        let lognormal = Lognormal::new(1.0, 1.0);
        let mut rng = Streams::new(2, 0).key("cells", 0).rng();
        for i in 0..400_000_u32 {
            let cell = rng.next_u64() >> (12 + i % 52);
            let exact = normal_quantile((cell as f64 + 0.5) * 0.5 * f64::EPSILON);
            let mirror = (1 << 53) - 1 - cell;
            for (cell, exact) in [(cell, exact), (mirror, -exact)] {
                let error = libm::log(lognormal.at(cell)) - exact;
                assert!(error.abs() < 1e-9, "{cell}: {error:e}");
            }
        }
    }

    // Goal: draws are the same on every machine.
    // Method: the first values of a stream, as recorded.
    #[test]
    fn draws_keep_their_golden_values() {
        let mut rng = Streams::new(9, 0).key("lognormal", 0).rng();
        let lognormal = Lognormal::new(1e6, 1.5);
        let found: [u64; 3] = std::array::from_fn(|_| lognormal.draw(&mut rng).to_bits());
        let golden = [
            0x4134_be13_f57a_ee33,
            0x4119_7947_5e11_e4a6,
            0x4149_d70f_5514_3c8f,
        ];
        assert_eq!(found, golden, "found {found:#x?}");
    }
}
