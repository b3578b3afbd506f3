use crate::Int;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A figure of a variant, one value per replication and a 95 % interval over them.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Metric {
    /// Unit of all its values.
    pub unit: Unit,
    /// Which direction is better; absent where neither is, and in older records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub better: Option<Better>,
    /// Mean over the replications that have a value.
    pub mean: f64,
    /// Lower end of the 95 % Student-t interval of the mean; absent with fewer than two values.
    pub low: Option<f64>,
    /// Upper end of that interval.
    pub high: Option<f64>,
    /// Value of each replication, in their order; `null` where it is undefined (a latency when
    /// nothing succeeded). Paired differences of two variants come from these.
    pub values: Vec<Option<f64>>,
}

/// Which direction of a metric is better.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Better {
    /// Less is better: latencies, refusals, cost.
    Lower,
    /// More is better: throughput, headroom.
    Higher,
}

/// Unit of a metric.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Share, 0..1.
    Share,
    /// Seconds.
    Seconds,
    /// Requests, calls or attempts per second.
    PerSecond,
    /// Bytes per second.
    BytesPerSecond,
    /// A number of things.
    Count,
    /// US dollars.
    Usd,
    /// Hours of one processor core.
    CoreHours,
}

/// One item of what a variant costs, from the mean over its replications.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Cost {
    /// Stable id: `kms-requests`, `kms-keys`, `s3-put-requests`, `s3-get-requests`; and, where the
    /// scenario's `[cost]` asks for them, `storage`, `transfer-out`,
    /// `cloudtrail-management-events`, `cloudtrail-data-events`.
    pub item: String,
    /// Units per hour of the measured window's load (requests, events, keys, GB stored or sent).
    pub units_per_hour: f64,
    /// US dollars per hour of this load, free tier not deducted, transfer at its first tier's
    /// price.
    pub usd_per_hour: f64,
    /// US dollars per month of 730 h of this load, free tier deducted.
    pub usd_per_month: f64,
}

/// A condition of the scenario or the command line, and whether it holds.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Expectation {
    /// The condition as written, such as `get.latency.p99 < 200ms`.
    pub condition: String,
    /// Name of the metric, a key of [`Variant::metrics`](crate::Variant::metrics).
    pub metric: String,
    /// The metric's mean; absent if it is undefined, and then the condition does not hold.
    pub value: Option<f64>,
    /// Whether the mean meets the condition.
    pub holds: bool,
    /// Number of replications in which the replication's own value meets it.
    pub holding_replications: Int,
}

#[cfg(test)]
mod tests {
    use super::{Better, Metric};

    // Goal: metrics of records from before directions are read, and written as they were.
    // Method: one without a direction and one with, there and back.
    #[test]
    fn metrics_without_a_direction_are_read() {
        let old = r#"{"unit":"seconds","mean":1.0,"low":null,"high":null,"values":[1.0]}"#;
        let metric: Metric = serde_json::from_str(old).unwrap();
        assert_eq!(metric.better, None);
        assert_eq!(serde_json::to_string(&metric).unwrap(), old);
        let new = old.replacen(',', r#","better":"lower","#, 1);
        let metric: Metric = serde_json::from_str(&new).unwrap();
        assert_eq!(metric.better, Some(Better::Lower));
        assert_eq!(serde_json::to_string(&metric).unwrap(), new);
    }
}
