//! The answer of `keystorm plan`: how far a load is from its limits, and what to ask for.
mod answer;
mod cost;
mod curve;
mod growth;
mod limit;
mod mitigation;

pub use answer::{Binding, Estimate, HighestLoad, SmallestQuota};
pub use cost::{CostAnswer, End, Sensitivity};
pub use curve::{QuotaCurve, QuotaPoint};
pub use growth::{Crossing, Growth};
pub use limit::{Limit, LimitKind, Measure, Reached};
pub use mitigation::{
    Case, Change, Effect, Effort, Kept, Migration, Mitigation, Mitigations, Outcome, Peaks,
};

use crate::{CalibrationUsed, Expectation, Fact, Int, PricesUsed, Scenario, Status, Tool, Warning};
use crate::{ReadError, Setup, Window};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Version of the plan's format that this crate writes.
pub const PLAN_VERSION: u32 = 1;

/// What is known about one scenario's way to its limits.
///
/// A *load* is a multiple of the scenario's own: 1 is today's. Intervals are two-sided Student-t
/// intervals over replications of [`Plan::confidence`], and each holds for itself.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Plan {
    /// Version of this format, [`PLAN_VERSION`] when written.
    pub schema: u32,
    /// The program that wrote the plan.
    pub tool: Tool,
    /// The scenario and what it asks.
    pub scenario: Scenario,
    /// The variant of the scenario that is planned for.
    pub variant: String,
    /// Its settings that decide about KMS.
    pub setup: Setup,
    /// The whole scenario, every default filled in.
    pub resolved: serde_json::Value,
    /// Paths whose value is a default of keystorm, not the scenario's.
    pub defaulted: Vec<String>,
    /// Seed of every random stream.
    pub seed: Int,
    /// The command that gives the same plan again, without jobs, output and absolute paths.
    pub command: String,
    /// Simulated time of each replication.
    pub window: Window,
    /// Whether all answers are there, or it was interrupted after some.
    pub status: Status,
    /// Confidence of all intervals, such as 0.95.
    pub confidence: f64,
    /// Replications simulated for all answers together.
    pub simulations: Int,
    /// Requests measured in them.
    pub simulated_requests: Int,
    /// Most replications that an answer may take.
    pub replications_max: u32,
    /// What core time of client-side encryption comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<CalibrationUsed>,
    /// What prices come from, where they are not keystorm's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prices: Option<PricesUsed>,
    /// Conditions, and whether they hold at today's load and quota.
    pub expectations: Vec<Expectation>,
    /// Set if neither the scenario nor the command line has a condition, and the only one is
    /// keystorm's own.
    pub default_expectation: bool,
    /// Limits that the scenario has, the one that is reached first at the top; those that are not
    /// reached last. Empty if it has none, or was interrupted.
    pub limits: Vec<Limit>,
    /// The highest load at which all conditions hold; absent if it was interrupted before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub highest_load: Option<HighestLoad>,
    /// The smallest quota at which all conditions hold; absent if it was interrupted before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smallest_quota: Option<SmallestQuota>,
    /// What was simulated on the way to the smallest quota; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quota_curve: Option<QuotaCurve>,
    /// When limits and conditions are crossed, if the load grows; absent if it was not asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub growth: Option<Growth>,
    /// What would help, in the order in which it is best looked at; absent if it was interrupted
    /// before, or there is nothing to judge it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mitigations: Option<Mitigations>,
    /// What it costs, and how far that rests on what is assumed; absent if it was interrupted
    /// before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<CostAnswer>,
    /// Every outside number that was used, with its source.
    pub facts: Vec<Fact>,
    /// What a reader should know before trusting an answer, each with its remedy.
    pub warnings: Vec<Warning>,
}

/// JSON Schema (draft 2020-12) of [`Plan`].
#[must_use]
pub fn json_schema() -> serde_json::Value {
    schemars::schema_for!(Plan).to_value()
}

impl Plan {
    /// Reads a plan.
    ///
    /// # Errors
    /// [`ReadError::Newer`] if a newer format is named, [`ReadError::Malformed`] for anything else.
    pub fn from_json(text: &str) -> Result<Self, ReadError> {
        #[derive(Deserialize)]
        struct Head {
            schema: u32,
        }
        // The version first: a newer plan may lack or add fields.
        let Head { schema } = serde_json::from_str(text).map_err(ReadError::Malformed)?;
        if schema > PLAN_VERSION {
            return Err(ReadError::Newer {
                version: schema,
                reads: PLAN_VERSION,
            });
        }
        serde_json::from_str(text).map_err(ReadError::Malformed)
    }

    /// JSON as it is kept in `plan.json`: indented, with a newline at its end.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("a plan is plain data");
        text.push('\n');
        text
    }

    /// Whether a limit is hit at today's load, or within the horizon if the load grows: what the
    /// exit code says.
    #[must_use]
    pub fn is_hit(&self) -> bool {
        let now = |reached: &Reached| matches!(reached, Reached::At(at) if at.value <= 1.0);
        let breached = self.expectations.iter().any(|it| !it.holds);
        let crossings = self.growth.iter().flat_map(|it| &it.crossings);
        breached
            || self.limits.iter().any(|it| now(&it.reached))
            || crossings.filter(|it| it.within_horizon).count() > 0
    }
}
