//! Models of S3, KMS and their clients: state and arithmetic, no scheduling, no clock, no files.
mod sourced;
pub mod tables;

pub use sourced::{Certainty, Sourced};
