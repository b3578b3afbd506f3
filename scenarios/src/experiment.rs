//! Many variants of one scenario: which values to vary, and how long to go on until it is decided
//! which of them differ; and what a scenario's way to its limits is like.
mod decided;
pub mod plan;
mod vary;

pub use decided::{NEGLIGIBLE, undecided};
pub use vary::{Modes, POINTS_MAX, VariedError, Vary, VaryError, vary};
