//! What `keystorm plan` found out, for people.
mod words;

pub use words::plan_terminal;
