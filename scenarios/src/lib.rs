//! Scenario files: schema, checks, assembling models, running, records.
pub mod schema;
pub mod units;
