//! Many variants of one scenario: which values to vary, and how long to go on until it is decided
//! which of them differ; what a scenario's way to its limits is like; and sweeps over more points
//! than fit into one record.
mod decided;
mod grid;
pub mod plan;
pub mod sweep;
mod vary;

pub use decided::{NEGLIGIBLE, undecided};
pub use vary::{Modes, POINTS_MAX, VariedError, Vary, VaryError, vary};
