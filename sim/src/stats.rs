//! Statistics: time-weighted sums and confidence intervals.
mod interval;
mod occupancy;

pub use interval::{Interval, student_t};
pub use occupancy::Occupancy;
