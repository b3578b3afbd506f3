//! The engine, its streams and its statistics against queueing theory.
//!
//! Seeds are fixed; intervals are of 99.9 % from batch means. A study also fails if its interval is
//! too wide to say anything, or if its batches hang together.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests, helpers included, may print and unwrap"
)]
mod coverage;
mod limiters;
mod loops;
mod queue;
mod queues;
mod sharing;
mod streams;
mod ties;

use keystorm_sim::stats::BatchMeans;

/// The study's mean must agree with theory, within at most `relative` of it.
fn agree(what: &str, batches: &BatchMeans, theory: f64, relative: f64) {
    let interval = batches.interval(0.999).unwrap();
    println!(
        "{what}: {} ± {:.2} %, theory {theory}",
        interval.mean,
        100.0 * interval.half_width / theory
    );
    assert!(
        interval.covers(theory),
        "{what}: {interval:?}, theory {theory}"
    );
    assert!(
        interval.half_width <= relative * theory,
        "{what}: too wide to say anything: {interval:?}"
    );
    // At 99.9 %, too: `is_correlated` would speak up in one of twenty studies without a cause.
    let n = batches.means().len() as f64;
    let lag1 = batches.lag1().unwrap();
    assert!(
        lag1 < 3.09 * ((n - 2.0) / (n * n - 1.0)).sqrt(),
        "{what}: batches are correlated: {lag1}"
    );
}
