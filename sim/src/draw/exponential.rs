//! Exponential draws, made by the hundred million: the logarithm comes from a table, at 57 % of the
//! cost of `libm`'s (5.4 against 9.5 ns a draw on a Zen 4 core, 2026-11-24).

use super::{ONE, unit_of_word, whole};
use crate::Span;
use rand::Rng;

/// Pieces into which the mantissa's range, 1 to 2, is cut.
const PIECES: usize = 256;
/// Bits of a float's mantissa.
const MANTISSA: u32 = f64::MANTISSA_DIGITS - 1;

/// For each piece: the inverse of its middle, and minus the logarithm of the middle.
static TABLE: [(f64, f64); PIECES] = table();

const fn table() -> [(f64, f64); PIECES] {
    let mut table = [(0.0, 0.0); PIECES];
    let mut piece = 0;
    while piece < PIECES {
        let middle = 1.0 + (piece as f64 + 0.5) / PIECES as f64;
        table[piece] = (1.0 / middle, -logarithm(middle));
        piece += 1;
    }
    table
}

/// Natural logarithm of 1 to 2, by the series of the inverse hyperbolic tangent.
const fn logarithm(x: f64) -> f64 {
    let z = (x - 1.0) / (x + 1.0);
    let (mut sum, mut power, mut odd) = (0.0, z, 1.0);
    // z is at most 1/3: the last term is below 1e-20.
    while odd < 41.0 {
        sum += power / odd;
        power *= z * z;
        odd += 2.0;
    }
    2.0 * sum
}

/// Exponential with mean 1; right to 6e-16 + 4.5e-16 of the value.
///
/// By inversion: one uniform number a draw, and a larger one gives a smaller value.
#[inline]
pub fn exponential_unit(rng: &mut impl Rng) -> f64 {
    exponential_of_word(rng.next_u64())
}

/// Exponential with mean 1 that the number `word` of a stream gives.
#[inline]
#[must_use]
pub fn exponential_of_word(word: u64) -> f64 {
    minus_logarithm(unit_of_word(word) + f64::EPSILON)
}

/// Exponential with mean `mean`, rounded to nanoseconds.
#[inline]
pub fn exponential(rng: &mut impl Rng, mean: Span) -> Span {
    span(exponential_unit(rng), mean)
}

/// Exponential draws of one stream, a batch at a time: the processor overlaps the draws of a batch,
/// and an event need not wait for its draw.
///
/// The values are those of [`exponential`], one number of the stream for each, but the stream runs
/// ahead: give it to nothing else.
///
/// # Example: the arrivals of a Poisson process
/// ```
/// use keystorm_sim::{Span, Streams, draw};
///
/// let between = Span::from_millis(2);
/// let arrivals = Streams::new(1, 0).key("arrivals", 0);
/// let mut gaps = draw::Exponentials::new(arrivals.rng());
/// let mut one_by_one = arrivals.rng();
/// for _ in 0..100 {
///     assert_eq!(gaps.draw(between), draw::exponential(&mut one_by_one, between));
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Exponentials<R> {
    rng: R,
    units: [f64; BATCH],
    next: usize,
}

/// Draws of a batch: 256 bytes of them stay in the first-level cache.
const BATCH: usize = 32;

impl<R: Rng> Exponentials<R> {
    /// The draws of `rng`.
    #[must_use]
    pub const fn new(rng: R) -> Self {
        Self {
            rng,
            units: [0.0; BATCH],
            next: BATCH,
        }
    }

    /// Exponential with mean `mean`, rounded to nanoseconds.
    #[inline]
    pub fn draw(&mut self, mean: Span) -> Span {
        if self.next == BATCH {
            self.refill();
        }
        let unit = self.units[self.next];
        self.next += 1;
        span(unit, mean)
    }

    #[inline(never)]
    fn refill(&mut self) {
        let mut words = [0; BATCH];
        words.fill_with(|| self.rng.next_u64());
        for (unit, word) in self.units.iter_mut().zip(words) {
            *unit = exponential_of_word(word);
        }
        self.next = 0;
    }
}

#[inline]
fn span(unit: f64, mean: Span) -> Span {
    Span::from_nanos(whole(unit * mean.nanos().cast_signed() as f64))
}

/// A number below 2^52 as a float, by its bits: see [`unit`](super::unit).
#[inline]
fn small(number: u64) -> f64 {
    const BASE: f64 = (1_u64 << MANTISSA) as f64;
    f64::from_bits(BASE.to_bits() | number) - BASE
}

/// Minus the natural logarithm of a normal number in (0, 1\].
#[expect(
    clippy::cast_possible_truncation,
    reason = "a piece's number has 8 bits"
)]
#[inline]
fn minus_logarithm(unit: f64) -> f64 {
    let bits = unit.to_bits();
    // Powers of two below 1: 0 for 1 itself, 1 for one half and all up to 1.
    let halvings = small((ONE >> MANTISSA) - (bits >> MANTISSA));
    let mantissa = f64::from_bits(bits & ((1 << MANTISSA) - 1) | ONE);
    let (inverse, offset) = TABLE[(bits >> (MANTISSA - PIECES.ilog2())) as usize % PIECES];
    // At most 1/512: the series ends below 1e-17.
    let r = 1.0 - mantissa * inverse;
    let square = r * r;
    let head = r + square * (0.5 + r * (1.0 / 3.0));
    let tail = square * square * ((0.25 + r * 0.2) + square * (1.0 / 6.0));
    let value = halvings * std::f64::consts::LN_2 + offset + (head + tail);
    // Rounding can leave the logarithm of 1 a hair below zero.
    value.max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Streams;

    // Goal: the table's logarithm is the logarithm.
    // Method: compare with libm at the ends, at every edge of a piece and its neighbours, and at
    // random numbers of all sizes.
    #[test]
    fn table_agrees_with_libm() {
        let check = |unit: f64| {
            let exact = -libm::log(unit);
            let error = (minus_logarithm(unit) - exact).abs();
            assert!(
                error <= 6e-16 + 4.5e-16 * exact,
                "{unit:e}: off by {error:e}"
            );
        };
        check(1.0);
        check(f64::EPSILON);
        for piece in 0..PIECES as u64 {
            let edge = (1.0 + piece as f64 / PIECES as f64).to_bits();
            for bits in [edge, edge + 1, edge.saturating_sub(1)] {
                for halvings in 1..54 {
                    let unit = f64::from_bits(bits - (halvings << MANTISSA));
                    check(unit);
                }
            }
        }
        let mut rng = Streams::new(1, 0).key("logarithm", 0).rng();
        for _ in 0..1_000_000 {
            check(crate::draw::unit_positive(&mut rng));
        }
    }

    // Goal: draws are the same on every machine.
    // Method: the first values of a stream, as recorded.
    #[test]
    fn draws_keep_their_golden_values() {
        let mut rng = Streams::new(9, 0).key("fast", 0).rng();
        let found: [u64; 3] = std::array::from_fn(|_| exponential_unit(&mut rng).to_bits());
        let golden = [
            0x4002_1429_c206_9daf,
            0x4004_0f0e_04f2_4245,
            0x3fde_9b10_9091_2ccd,
        ];
        assert_eq!(found, golden, "found {found:#x?}");
    }
}
