//! The quantiles that intervals and sample sizes need.
use statrs::distribution::{ContinuousCDF, StudentsT};

/// Value that a standard normal stays below with probability 0.8: the power of a sample size.
pub(super) const Z_POWER: f64 = 0.841_621_234;

/// Beyond so many degrees the difference from the normal's is below 1e-6.
const DEGREES_MAX: f64 = 1e6;

/// The value that |t| stays below with probability `confidence`, for Student's t with `degrees`
/// of freedom, which need not be whole.
///
/// Rounded to nine digits, so that it does not hang on the last bit of the machine's `exp`.
pub(super) fn student_t(confidence: f64, degrees: f64) -> f64 {
    let degrees = degrees.clamp(1.0, DEGREES_MAX);
    let t = StudentsT::new(0.0, 1.0, degrees).map_or(f64::NAN, |it| {
        it.inverse_cdf(f64::midpoint(1.0, confidence))
    });
    (t * 1e9).round() / 1e9
}
