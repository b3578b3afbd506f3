//! Samplers whose values have the same bits on every machine: `libm` instead of the system's
//! functions, and integers wherever integers do.
//!
//! Each takes one number of a stream. A draw is a long chain of dependent steps: who needs many
//! takes the numbers first, then turns them into values in a loop of its own (`..._of_word`), where
//! the processor overlaps several draws; [`Exponentials`] does so for a stream of its own.
mod exponential;
mod lognormal;
mod quantiles;

pub use exponential::{Exponentials, exponential, exponential_of_word, exponential_unit};
pub use lognormal::Lognormal;
pub use quantiles::{Quantiles, QuantilesError};

use crate::Span;
use rand::Rng;

/// The next number of a stream.
#[inline]
pub fn word(rng: &mut impl Rng) -> u64 {
    rng.next_u64()
}

// Numbers become floats by their bits. The instruction that x86-64 has for it writes half a
// register and so waits for whatever used it before: it would string all draws together.

/// Uniform on \[0, 1), 52 bits.
#[inline]
pub fn unit(rng: &mut impl Rng) -> f64 {
    unit_of_word(rng.next_u64())
}

/// Uniform on \[0, 1) that the number `word` of a stream gives.
#[inline]
#[must_use]
pub fn unit_of_word(word: u64) -> f64 {
    f64::from_bits(word >> 12 | ONE) - 1.0
}

/// Uniform on (0, 1\], 52 bits: never zero, for logarithms.
#[inline]
pub fn unit_positive(rng: &mut impl Rng) -> f64 {
    unit(rng) + f64::EPSILON
}

/// The bits of 1.0; those of a number in \[1, 2) differ in the 52 low ones.
const ONE: u64 = 1.0_f64.to_bits();

/// Uniform on `0..n` by multiplication; its bias, n / 2^64, is far below what any run can see.
#[inline]
pub fn below(rng: &mut impl Rng, n: u64) -> u64 {
    ((u128::from(rng.next_u64()) * u128::from(n)) >> 64) as u64
}

/// Uniform on `0..n` that the number `word` of a stream gives.
#[expect(
    clippy::cast_possible_truncation,
    reason = "below `n`, which has 32 bits"
)]
#[inline]
#[must_use]
pub fn below_of_word(word: u64, n: u32) -> u32 {
    ((u128::from(word) * u128::from(n)) >> 64) as u32
}

/// Uniform on \[0, `span`), in whole nanoseconds.
#[inline]
pub fn uniform_span(rng: &mut impl Rng, span: Span) -> Span {
    Span::from_nanos(below(rng, span.nanos()))
}

/// Rounds a non-negative float to the nearest integer; saturates at 2^52 - 1, which is 52 days in
/// nanoseconds.
#[inline]
#[must_use]
pub fn whole(value: f64) -> u64 {
    // The sum has its last digit at 1: the processor rounds, the integer stands in the low bits.
    const BASE: f64 = (1_u64 << 52) as f64;
    (value.min(BASE - 1.0) + BASE).to_bits() & ((1 << 52) - 1)
}

/// Quantile function of the standard normal distribution, for 0 < `p` < 1, to about 1e-16 relative.
///
/// # Source
/// Wichura, "Algorithm AS 241: The Percentage Points of the Normal Distribution", Applied
/// Statistics 37 (1988), routine PPND16.
#[must_use]
pub fn normal_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        return q * ratio(&CENTRE, 0.180_625 - q * q);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    let r = (-libm::log(tail)).sqrt();
    let x = if r <= 5.0 {
        ratio(&MIDDLE, r - 1.6)
    } else {
        ratio(&FAR, r - 5.0)
    };
    if q < 0.0 { -x } else { x }
}

/// Numerator and denominator of a rational function, constant term first.
type Ratio = ([f64; 8], [f64; 8]);

fn ratio((above, below): &Ratio, x: f64) -> f64 {
    let horner = |terms: &[f64; 8]| terms.iter().rev().fold(0.0, |sum, term| sum * x + term);
    horner(above) / horner(below)
}

#[rustfmt::skip]
#[expect(clippy::excessive_precision, reason = "as printed in the source")]
const CENTRE: Ratio = (
    [3.387_132_872_796_366_608, 133.141_667_891_784_377_45, 1_971.590_950_306_551_442_7,
     13_731.693_765_509_461_125, 45_921.953_931_549_871_457, 67_265.770_927_008_700_853,
     33_430.575_583_588_128_105, 2_509.080_928_730_122_672_7],
    [1.0, 42.313_330_701_600_911_252, 687.187_007_492_057_908_3, 5_394.196_021_424_751_107_7,
     21_213.794_301_586_595_867, 39_307.895_800_092_710_61, 28_729.085_735_721_942_674,
     5_226.495_278_852_854_561],
);
#[rustfmt::skip]
#[expect(clippy::excessive_precision, reason = "as printed in the source")]
const MIDDLE: Ratio = (
    [1.423_437_110_749_683_577_34, 4.630_337_846_156_545_295_9, 5.769_497_221_460_691_405_5,
     3.647_848_324_763_204_605_04, 1.270_458_252_452_368_382_58, 0.241_780_725_177_450_611_77,
     0.022_723_844_989_269_184_583_3, 7.745_450_142_783_414_076_4e-4],
    [1.0, 2.053_191_626_637_758_821_87, 1.676_384_830_183_803_849_4, 0.689_767_334_985_100_004_55,
     0.148_103_976_427_480_074_59, 0.015_198_666_563_616_457_196_6, 5.475_938_084_995_344_946e-4,
     1.050_750_071_644_416_843_24e-9],
);
#[rustfmt::skip]
#[expect(clippy::excessive_precision, reason = "as printed in the source")]
const FAR: Ratio = (
    [6.657_904_643_501_103_777_2, 5.463_784_911_164_114_369_9, 1.784_826_539_917_291_335_8,
     0.296_560_571_828_504_891_23, 0.026_532_189_526_576_123_093, 0.001_242_660_947_388_078_438_6,
     2.711_555_568_743_487_578_15e-5, 2.010_334_399_292_288_132_65e-7],
    [1.0, 0.599_832_206_555_887_937_69, 0.136_929_880_922_735_805_31,
     0.014_875_361_290_850_614_852_5, 7.868_691_311_456_132_591e-4, 1.846_318_317_510_054_681_8e-5,
     1.421_511_758_316_445_888_7e-7, 2.044_263_103_389_939_785_64e-15],
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Streams;
    use statrs::distribution::{ContinuousCDF, Normal};

    // Goal: the normal quantile is right in all three of its regions.
    // Method: compare with statrs' cumulative distribution over p from 1e-300 to 1 - 1e-16.
    #[test]
    fn normal_quantile_inverts_the_distribution() {
        let normal = Normal::new(0.0, 1.0).unwrap();
        for p in [
            1e-12,
            1e-6,
            0.001,
            0.074,
            0.076,
            0.3,
            0.5,
            0.7,
            0.925,
            0.999,
            1.0 - 1e-9,
        ] {
            let back = normal.cdf(normal_quantile(p));
            assert!((back - p).abs() < 1e-10 * p.max(0.01), "{p}: {back}");
        }
        assert!((normal_quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-14);
    }

    // Goal: each sampler has the mean of its distribution.
    // Method: 200,000 draws with a fixed seed, within 4.4 standard errors (chance 1e-5).
    #[test]
    fn samplers_have_their_means() {
        const DRAWS: u32 = 200_000;
        let mut rng = Streams::new(5, 0).key("draw", 0).rng();
        let mut check =
            |name: &str, mean: f64, sd: f64, draw: &mut dyn FnMut(&mut crate::Rng) -> f64| {
                let sum: f64 = (0..DRAWS).map(|_| draw(&mut rng)).sum();
                let error = 4.4 * sd / f64::from(DRAWS).sqrt();
                let found = sum / f64::from(DRAWS);
                assert!(
                    (found - mean).abs() < error,
                    "{name}: {found} for {mean} ± {error}"
                );
            };
        check("unit", 0.5, 0.289, &mut |rng| unit(rng));
        check("below", 4.5, 2.88, &mut |rng| below(rng, 10) as f64);
        check("exponential", 1.0, 1.0, &mut |rng| exponential_unit(rng));
        let (mean, sd) = (libm::exp(0.125), 0.604);
        let lognormal = Lognormal::new(1.0, 0.5);
        check("lognormal", mean, sd, &mut |rng| lognormal.draw(rng));
    }
}
