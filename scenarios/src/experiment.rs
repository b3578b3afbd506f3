//! Many variants of one scenario: which values to vary, and how long to go on until it is decided
//! which of them differ.
mod decided;
mod vary;

pub use decided::{NEGLIGIBLE, undecided};
pub use vary::{Modes, POINTS_MAX, VariedError, Vary, VaryError, vary};
