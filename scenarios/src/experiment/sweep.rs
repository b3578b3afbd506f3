//! Sweeps: a scenario at every point of a grid, in shards that any machines may simulate.
//!
//! A [`SweepPlan`] holds everything that a sweep depends on. A *run* is one replication at one
//! point; what it leaves is a row. [`run`](run()) simulates the runs of one [`Shard`] and appends
//! their rows to a [`Journal`], and [`merge`] pools the rows of all shards to one
//! [`Sweep`](keystorm_record::Sweep), which is the same, byte for byte, whatever the sharding.
mod axis;
mod folder;
mod journal;
mod line;
mod merge;
mod plan;
mod rows;
mod run;
mod scan;
mod shard;
#[cfg(test)]
mod tests;
mod weight;
mod work;

pub use folder::{PLAN_FILE, ShardFile, journal_name, shard_files, shard_name};
pub use journal::{Journal, JournalError, Opened};
pub use line::Damage;
pub use merge::{MergeError, merge};
pub use plan::{PlanError, RUNS_MAX, SWEEP_POINTS_MAX, SweepPlan, SweepSource};
pub use rows::{Missing, Rows, RowsError};
pub use run::{SweepError, run};
pub use shard::{Shard, ShardError};
pub use work::{PrepareError, SharedReader, SweepInput, SweepWork};
