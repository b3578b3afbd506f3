//! Scenario files: schema, checks, assembling models, running, records.
//!
//! [`load`](load()) checks a file's text and gives a [`Study`]: one resolved [`schema::Scenario`]
//! per variant. [`run`](run()) simulates every variant and replication and gives one
//! [`Record`](keystorm_record::Record).
mod assemble;
pub mod catalogue;
mod costs;
mod crypto;
mod diagnostic;
pub mod expect;
pub mod experiment;
mod facts;
mod front_door;
pub mod json_schema;
mod load;
mod logs;
mod metrics;
mod part;
pub mod policy;
mod replication;
mod run;
pub mod schema;
pub mod tables;
pub mod units;
mod warnings;
mod world;

pub use diagnostic::{Diagnostic, Diagnostics, Place, Source};
pub use keystorm_models::cpu::{Calibration, CalibrationError};
pub use keystorm_sim::TieBreak;
pub use load::{
    Overrides, PriceFile, Reader, Setting, SettingError, Study, StudyVariant, load, load_with,
};
pub use logs::{LogKind, LogSink, Logs};
pub use run::{Options, RunError, Watch, run, run_logged, run_until};
