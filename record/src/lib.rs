//! The record of a run: the seam between simulating and showing.
//!
//! `scenarios` writes one [`Record`] per run; `reports` reads it and nothing else, so redrawing
//! never simulates. A record holds one or more [`Variant`]s of a scenario. What was counted stands
//! there as integers ([`Int`]) that add up exactly over replications ([`ClassCounts`], [`Series`],
//! [`Histogram`]); what was computed from them stands beside it as [`Metric`]s with intervals.
//!
//! A [`Plan`](plan::Plan) holds what was found out about a scenario's way to its limits.
//!
//! A [`Calibration`] is the other seam: what encryption costs on a machine, measured by one command
//! and read by others.
//!
//! Latencies are in nanoseconds where they are integers and in seconds where they are metrics.
mod band;
mod calibration;
mod calibration_used;
mod class;
pub mod comparison;
mod fact;
mod histogram;
mod int;
mod metric;
mod operation;
pub mod plan;
mod prices_used;
mod read;
mod refusal;
mod replication;
mod series;
mod sweep;
mod variant;

pub use band::LatencyBand;
pub use calibration::{
    CALIBRATION_VERSION, COSTS, CURVES, Calibration, CalibrationError, CoreCost, FloorCost,
    Machine, Point, Quality,
};
pub use calibration_used::CalibrationUsed;
pub use class::{Class, ClassCounts, TimeParts};
pub use fact::{Certainty, Fact, Warning};
pub use histogram::Histogram;
pub use int::{Int, Sum};
pub use metric::{Better, Cost, Expectation, Metric, Unit};
pub use operation::Operation;
pub use prices_used::PricesUsed;
pub use read::ReadError;
pub use refusal::Refusal;
pub use replication::{
    ClientConnections, ClientCores, ClientKeys, JobRun, KmsCounts, KmsRetries, Occupancy,
    Replication, S3Counts,
};
pub use series::Series;
pub use sweep::{
    Estimate, RefusedRequests, SWEEP_VERSION, Sweep, SweepAxis, SweepClass, SweepMetric,
    SweepPoint, SweepRow, sweep_json_schema,
};
pub use variant::{Mode, OtherAccount, QuotaChange, Setup, Variant};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Version of the record's format that this crate writes.
pub const SCHEMA_VERSION: u32 = 1;

/// One run of one scenario: what was asked, what was used, what came out.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Record {
    /// Version of this format, [`SCHEMA_VERSION`] when written.
    pub schema: u32,
    /// The program that wrote the record.
    pub tool: Tool,
    /// The scenario and what it asks.
    pub scenario: Scenario,
    /// Seed of every random stream.
    pub seed: Int,
    /// The command that gives the same record again, without jobs, output and absolute paths.
    pub command: String,
    /// Simulated time: what was left out and what was measured.
    pub window: Window,
    /// Replications that were asked for.
    pub replications_planned: u32,
    /// Whether the run finished.
    pub status: Status,
    /// What core time of client-side encryption comes from, where a scenario gives no rate; absent
    /// in records of keystorm before it read calibrations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calibration: Option<CalibrationUsed>,
    /// What prices come from, where they are not keystorm's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prices: Option<PricesUsed>,
    /// Every outside number that the run used, with its source.
    pub facts: Vec<Fact>,
    /// What a reader should know before trusting a figure, each with its remedy.
    pub warnings: Vec<Warning>,
    /// The variants, in the scenario's order; the first is the one that the scenario describes.
    pub variants: Vec<Variant>,
}

/// The program that wrote a record.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Tool {
    /// Always `keystorm`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// The scenario of a record.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Scenario {
    /// Path of the file as it was given, with `/`; only the file's name if it was absolute.
    pub path: String,
    /// SHA-256 of the file's bytes, hexadecimal.
    pub sha256: String,
    /// Title: `name` of the scenario.
    pub title: String,
    /// The question on the file's first line, without `#`; empty if there is none.
    pub question: String,
    /// AWS Region, such as `eu-west-3`.
    pub region: String,
    /// Instant of t = 0, RFC 3339 in UTC, such as `2026-11-24T01:58:00Z`.
    pub start: String,
}

/// Simulated time of every replication. It runs from t = 0 to `warm-up-ns + measure-ns`.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Window {
    /// Simulated time left out of all statistics, at the beginning \[ns\].
    pub warm_up_ns: Int,
    /// Simulated time that the statistics of every replication cover \[ns\].
    pub measure_ns: Int,
    /// Set if `requests-max` ended a replication before the window that the scenario asks for.
    pub cut: bool,
}

/// Whether a run finished.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Every replication of every variant is in the record.
    Complete,
    /// The run was interrupted: the record holds the replications that had finished.
    Interrupted,
}

/// JSON Schema (draft 2020-12) of [`Record`].
#[must_use]
pub fn json_schema() -> serde_json::Value {
    schemars::schema_for!(Record).to_value()
}
