//! The engine: integer time, ordered events, named random streams, statistics.
mod time;
pub use time::{NANOS_PER_S, Span, Time};
