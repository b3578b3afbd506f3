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
mod queues;
mod streams;

use keystorm_sim::stats::BatchMeans;

/// The study's mean must agree with theory, within at most `relative` of it.
fn agree(what: &str, batches: &BatchMeans, theory: f64, relative: f64) {
    let interval = batches.interval(0.999).unwrap();
    assert!(
        interval.covers(theory),
        "{what}: {interval:?}, theory {theory}"
    );
    assert!(
        interval.half_width <= relative * theory,
        "{what}: too wide to say anything: {interval:?}"
    );
    assert!(
        !batches.is_correlated(),
        "{what}: batches are correlated: {:?}",
        batches.lag1()
    );
}
