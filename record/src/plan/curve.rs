use crate::Unit;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What was simulated on the way to the smallest quota: a metric under other quotas.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct QuotaCurve {
    /// The condition that decides.
    pub condition: String,
    /// Name of its metric.
    pub metric: String,
    /// Unit of the metric.
    pub unit: Unit,
    /// Ends of what the condition allows; absent where it has none.
    pub allowed: (Option<f64>, Option<f64>),
    /// By quota, the smallest first.
    pub points: Vec<QuotaPoint>,
}

/// A metric under one quota.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct QuotaPoint {
    /// Quota \[1/s\].
    pub quota_per_s: f64,
    /// Mean of the metric.
    pub value: f64,
    /// Ends of its 95 % interval.
    pub interval: Option<(f64, f64)>,
    /// Replications that it is of.
    pub replications: u32,
}
