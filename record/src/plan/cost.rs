//! What a scenario costs, and how far that rests on what is assumed.
use super::mitigation::Change;
use crate::Cost;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Cost per month by item, and what moves it.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct CostAnswer {
    /// Dollars per month of 730 h of this load, mean over replications.
    pub usd_per_month: f64,
    /// Ends of its 95 % interval.
    pub interval: Option<(f64, f64)>,
    /// By item.
    pub items: Vec<Cost>,
    /// Replications of each end of an assumed parameter.
    pub replications: u32,
    /// What is assumed, one at a time at both ends, the largest effect first.
    pub sensitivity: Vec<Sensitivity>,
}

/// A parameter that nobody publishes and the scenario leaves at its default, at both ends of what
/// is plausible.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Sensitivity {
    /// Path of it in the scenario, such as `bucket.bucket-key-cache.lifetime`.
    pub path: String,
    /// What it is.
    pub subject: String,
    /// Why this range.
    pub reason: String,
    /// Where it comes from.
    pub source: String,
    /// The lower end.
    pub low: End,
    /// The upper end.
    pub high: End,
}

/// One end of a parameter's range.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct End {
    /// The value, as a reader sees it.
    pub value: String,
    /// Settings that make it, each `path=value` as `--set` takes it; none where it is the default,
    /// or where no setting is needed to compute it.
    pub settings: Vec<String>,
    /// Dollars per month, less those of today.
    pub usd_per_month: Change,
    /// The metric of the condition, less today's; absent where either has no value.
    pub metric: Option<Change>,
}

impl Sensitivity {
    /// Dollars per month between its ends.
    #[must_use]
    pub fn usd_span(&self) -> f64 {
        span(self.low.usd_per_month.mean, self.high.usd_per_month.mean)
    }

    /// The metric of the condition between its ends.
    #[must_use]
    pub fn metric_span(&self) -> f64 {
        let mean = |end: &End| end.metric.map_or(0.0, |it| it.mean);
        span(mean(&self.low), mean(&self.high))
    }
}

/// From the least to the most of today, which is zero, and two ends.
fn span(low: f64, high: f64) -> f64 {
    low.max(high).max(0.0) - low.min(high).min(0.0)
}
