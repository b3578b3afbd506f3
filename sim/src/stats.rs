//! Statistics of a study: how long to warm up, how long to run, how sure the result is.
//!
//! | question | answer |
//! |---|---|
//! | How much of the beginning is not yet typical? | [`mser5`] |
//! | How sure is the mean of one long run? | [`BatchMeans`] |
//! | How sure is the mean of independent runs? | [`Interval::of`] their results |
//! | Which of two variants is better, and by how much? | [`Interval::of_differences`] |
//! | How long must it run? | [`Precision`] |
//! | How many were there on average? | [`TimeAverage`], [`Occupancy`] (checks Little's law) |
//!
//! # Example: the wait in an M/M/1 queue, until it is known within 2 %
//! Lindley's recursion needs no engine: the next customer waits for what is left of the last one's
//! wait and service when it arrives. Load 0.5, service 1: the truth is 1.
//! ```
//! use keystorm_sim::{Streams, draw, stats::{BatchMeans, Precision, mser5}};
//!
//! let mut rng = Streams::new(1, 0).key("queue", 0).rng();
//! let mut wait = 0.0_f64;
//! let mut next = || {
//!     let service = draw::exponential_unit(&mut rng);
//!     let gap = 2.0 * draw::exponential_unit(&mut rng);
//!     wait = (wait + service - gap).max(0.0);
//!     wait
//! };
//!
//! let pilot: Vec<f64> = (0..10_000).map(|_| next()).collect();
//! let warm_up = mser5(&pilot).unwrap();
//! assert_eq!(warm_up.warning(), None); // settled; the pilot is left out as a whole
//!
//! let precision = Precision { confidence: 0.95, relative: 0.02 };
//! let study = precision.of_batches(BatchMeans::new(20, 1_000), 10_000_000, next);
//! assert!(study.reached && study.interval.covers(1.0));
//! ```
mod batch;
mod interval;
mod occupancy;
mod precision;
mod time_average;
mod warm_up;

pub use batch::BatchMeans;
pub use interval::{Interval, student_t};
pub use occupancy::Occupancy;
pub use precision::{Precise, Precision};
pub use time_average::TimeAverage;
pub use warm_up::{WarmUp, WarmUpWarning, mser5};
