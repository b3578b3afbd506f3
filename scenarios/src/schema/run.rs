use crate::units::{Duration, Instant, Rate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is simulated, for how long, how often.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Run {
    /// Instant of t = 0, in RFC 3339 such as `2026-11-24T01:58:00Z`. Quota windows, the quotas and
    /// prices of the day and all clock times in the report follow from it.
    pub start: Instant,
    /// Simulated at the beginning but left out of the statistics.
    #[serde(default)]
    pub warm_up: Duration,
    /// Simulated time that the statistics cover.
    #[schemars(extend("examples" = ["60 s"]))]
    pub measure: Duration,
    /// Independent repetitions; intervals need at least 2.
    #[serde(default = "replications")]
    #[schemars(range(min = 1, max = 10_000))]
    pub replications: u32,
    /// Ends a replication early, when this many requests have arrived. For quick looks and tests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub requests_max: Option<u64>,
}

fn replications() -> u32 {
    5
}

/// The AWS account and Region: KMS quotas are per account and Region.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Account {
    /// AWS Region, such as `eu-west-3`. It decides the KMS quota and the prices.
    #[schemars(extend("format" = "aws-region", "examples" = ["eu-west-3"]))]
    pub region: String,
}

/// Another account in the Region, whose fleets use the same bucket.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct OtherAccount {
    /// Its own KMS request quota. Left out: AWS's default for the Region on the day of
    /// `run.start`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["10_000/s"]))]
    pub request_quota: Option<Rate>,
    /// Calls of everything else in it that shares its quota, evenly spaced.
    #[serde(default)]
    pub other_load: Rate,
}
