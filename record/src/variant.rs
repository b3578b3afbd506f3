use crate::{Class, Cost, Expectation, Int, Metric, Refusal, Replication, Series};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One variant of a scenario: its settings and what came out.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Variant {
    /// Its name, unique in the record.
    pub name: String,
    /// The settings that tell variants apart, ready for words and colours.
    pub setup: Setup,
    /// The whole scenario of this variant, every default filled in.
    pub resolved: serde_json::Value,
    /// Paths whose value is a default of keystorm, not the scenario's.
    pub defaulted: Vec<String>,
    /// Figures by name; `keystorm schema metrics` lists and explains all names.
    pub metrics: BTreeMap<String, Metric>,
    /// Conditions and whether they hold.
    pub expectations: Vec<Expectation>,
    /// What it costs, by item.
    pub costs: Vec<Cost>,
    /// Errors that all requests of some fleet and operation get; none in older records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refusals: Vec<Refusal>,
    /// Requests by fleet and operation, pooled over replications.
    pub classes: Vec<Class>,
    /// Second by second, summed over replications.
    pub series: Series,
    /// Counts of each replication, in order.
    pub replications: Vec<Replication>,
}

/// The settings of a variant that decide about KMS.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Setup {
    /// How objects are encrypted.
    pub mode: Mode,
    /// `http` or `https`.
    pub scheme: String,
    /// Requests per second that KMS grants to the account in the Region, at t = 0.
    pub kms_quota_per_s: Int,
    /// Changes of that quota within the run, by time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kms_quota_changes: Vec<QuotaChange>,
    /// Calls of the account's other load in its busiest second.
    pub kms_other_load_per_s: Int,
    /// Further accounts with quotas of their own; none in older records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_accounts: Vec<OtherAccount>,
    /// Retry rules in words, such as `standard 2.1, 3 attempts`.
    pub retry: String,
}

/// An account beside the bucket's.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct OtherAccount {
    /// Its name in the scenario.
    pub name: String,
    /// Requests per second that KMS grants to it in the Region, at t = 0.
    pub kms_quota_per_s: Int,
    /// Calls of its other load in its busiest second.
    pub kms_other_load_per_s: Int,
}

/// A change of a quota within a run.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct QuotaChange {
    /// Second of the run, from t = 0, at whose beginning it is made.
    pub second: Int,
    /// Requests per second that KMS grants from then on.
    pub quota_per_s: Int,
}

impl Setup {
    /// Requests per second that KMS grants in a second of the run.
    #[must_use]
    pub fn kms_quota_at(&self, second: u64) -> Int {
        let made = self.kms_quota_changes.iter().rev();
        made.into_iter()
            .find(|change| change.second.0 <= second)
            .map_or(self.kms_quota_per_s, |change| change.quota_per_s)
    }
}

/// How objects are encrypted, as a reader tells modes apart.
#[derive(
    Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// None, before S3 encrypted every object.
    Unencrypted,
    /// Keys that S3 owns; the default of every bucket.
    SseS3,
    /// A KMS key, one call per request.
    SseKms,
    /// A KMS key behind a Bucket Key.
    SseKmsBucketKey,
    /// Two layers of encryption, keys from KMS, no Bucket Keys.
    DsseKms,
    /// Keys that each request carries.
    SseC,
    /// Encryption in the client, keys from KMS.
    ClientSide,
}

impl Mode {
    /// The mode in AWS's spelling.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Unencrypted => "unencrypted",
            Self::SseS3 => "SSE-S3",
            Self::SseKms => "SSE-KMS",
            Self::SseKmsBucketKey => "SSE-KMS, Bucket Key",
            Self::DsseKms => "DSSE-KMS",
            Self::SseC => "SSE-C",
            Self::ClientSide => "Client-side",
        }
    }
}
