//! Benches of the engine, the models and the reports: development only, nothing depends on this.
pub mod works;
