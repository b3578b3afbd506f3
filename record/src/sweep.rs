//! The result of a sweep: a grid of settings, and what came out at each of its points.
mod front;
mod json;
mod row;

pub use row::{RefusedRequests, SweepRow};

use crate::{
    Better, CalibrationUsed, ClassCounts, Cost, Expectation, Fact, Histogram, Int, Mode, Operation,
    PricesUsed, Refusal, Scenario, Status, TimeParts, Tool, Unit, Warning, Window,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Version of a sweep's format that this crate writes.
pub const SWEEP_VERSION: u32 = 1;

/// What came of a scenario at every point of a grid of settings.
///
/// All points have the same seed, window and replications: they meet the same arrivals, sizes and
/// service times. The file is the same, byte for byte, however the work was divided.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Sweep {
    /// Version of this format, [`SWEEP_VERSION`] when written.
    pub sweep: u32,
    /// The program that wrote it.
    pub tool: Tool,
    /// The scenario whose settings are varied. Its Region is that of the first point.
    pub scenario: Scenario,
    /// Seed of every random stream.
    pub seed: Int,
    /// The command that gives the same result again, without jobs, output and absolute paths.
    pub command: String,
    /// SHA-256 of the plan, hexadecimal: what was simulated, to the last letter.
    pub plan_sha256: String,
    /// Simulated time of every run: what was left out and what was measured, by the shortest.
    pub window: Window,
    /// Replications that were asked for at each point.
    pub replications: u32,
    /// Whether every run is in it.
    pub status: Status,
    /// Runs that are not in it; 0 if it is complete.
    pub missing_runs: Int,
    /// What core time of client-side encryption comes from, where a scenario gives no rate.
    pub calibration: CalibrationUsed,
    /// What prices come from, where they are not keystorm's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prices: Option<PricesUsed>,
    /// Every outside number that the first point, or one that differs from it in one setting, used,
    /// with its source. Names of variants are left out.
    pub facts: Vec<Fact>,
    /// What a reader should know before trusting a figure, each with its remedy.
    pub warnings: Vec<Warning>,
    /// The settings that are varied; the last one varies fastest from point to point.
    pub axes: Vec<SweepAxis>,
    /// The figures that some point has, by name.
    pub metrics: BTreeMap<String, SweepMetric>,
    /// The points that have a finished run, by number.
    pub points: Vec<SweepPoint>,
}

/// A setting that takes one value after the other.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct SweepAxis {
    /// Path of the setting in a scenario, or `mode` or `region`.
    pub path: String,
    /// Its values, as a scenario would write them.
    pub values: Vec<String>,
    /// The values for people, such as `SSE-KMS, Bucket Key` for a mode.
    pub labels: Vec<String>,
    /// The values as numbers, in the unit below, where all of them are; else none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub numbers: Vec<f64>,
    /// Unit of the numbers: `1/s`, `s`, `B`, or `1` for plain ones; empty without numbers.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
}

/// What a figure is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct SweepMetric {
    /// Unit of all its values.
    pub unit: Unit,
    /// Which direction is better; absent where neither is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub better: Option<Better>,
}

/// What came out at one point of the grid.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct SweepPoint {
    /// Its number, from 0; the last axis varies fastest.
    pub number: Int,
    /// Its values in words, such as `eu-west-3, SSE-KMS, request-quota 20_000/s`.
    pub name: String,
    /// Number of its value on each axis, from 0.
    pub values: Vec<u32>,
    /// How objects are encrypted.
    pub mode: Mode,
    /// Replications that it rests on; fewer than asked for only in a partial result.
    pub replications: u32,
    /// Figures by name; `keystorm schema metrics` lists and explains all names. One that no
    /// replication has a value of is left out.
    pub metrics: BTreeMap<String, Estimate>,
    /// Conditions and whether they hold.
    pub expectations: Vec<Expectation>,
    /// What it costs, by item.
    pub costs: Vec<Cost>,
    /// Errors that all requests of some fleet and operation get.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refusals: Vec<Refusal>,
    /// Requests by fleet and operation, pooled over replications. Pages and words are drawn without
    /// them, so who has many points to draw may leave them out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<SweepClass>,
}

/// The mean of a figure over replications, with a 95 % interval.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Estimate {
    /// Mean over the replications that have a value.
    pub mean: f64,
    /// Lower end of the 95 % Student-t interval of the mean; absent with fewer than two values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// Upper end of that interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// Replications that have a value.
    pub replications: u32,
}

/// Requests of one fleet and operation at one point, pooled over its replications.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct SweepClass {
    /// Name of the fleet.
    pub fleet: String,
    /// Operation.
    pub operation: Operation,
    /// What became of its requests.
    pub counts: ClassCounts,
    /// Latency of requests that ended `ok`, from the intended start, back-off included.
    pub latency: Histogram,
    /// Where the time of those requests went, summed.
    pub time: TimeParts,
}

impl Sweep {
    /// Points that the grid has, with finished runs or without.
    #[must_use]
    pub fn grid_points(&self) -> u64 {
        let counts = self.axes.iter().map(|axis| axis.values.len() as u64);
        counts.product()
    }
}

impl SweepPoint {
    /// Mean of a figure; `None` if the point has none.
    #[must_use]
    pub fn mean(&self, metric: &str) -> Option<f64> {
        self.metrics.get(metric).map(|it| it.mean)
    }

    /// Whether every condition holds; also if there is none.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.expectations.iter().all(|it| it.holds)
    }
}

/// JSON Schema (draft 2020-12) of [`Sweep`].
#[must_use]
pub fn sweep_json_schema() -> serde_json::Value {
    schemars::schema_for!(Sweep).to_value()
}
