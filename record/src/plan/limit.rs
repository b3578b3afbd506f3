use super::Estimate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A limit of the scenario, and how far the load is from it.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Limit {
    /// Which one.
    pub kind: LimitKind,
    /// The account, fleet or key store that has it; empty where there is only one.
    pub of: String,
    /// How much there is of it, in its unit: calls, requests or bytes per second, places, cores.
    pub capacity: f64,
    /// How its use is known.
    pub measure: Measure,
    /// Most that first attempts at today's load use of it in one second, as a share of it, while
    /// nothing is refused or has to wait: the demand. Can exceed 1.
    pub peak_second: Estimate,
    /// What is left at that second: 1 − demand; negative if it is too much.
    pub headroom: f64,
    /// What a clock minute would show: its mean use in the busiest one at today's load, as it is,
    /// refused calls and retries included: what `CloudWatch`'s `CallCount` and
    /// `SERVICE_QUOTA()` show. Of KMS quotas only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peak_minute: Option<Estimate>,
    /// The load at which the busiest second first uses all of it.
    pub reached: Reached,
}

/// Something that there is only so much of.
#[derive(
    Clone, Copy, Debug, Deserialize, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum LimitKind {
    /// Requests per second that KMS grants an account in the Region.
    KmsQuota,
    /// Requests per second of a custom key store.
    KeyStoreQuota,
    /// Reads per second of the prefix that is asked most, or of a directory bucket.
    PrefixReads,
    /// Writes per second of the prefix that is asked most, or of a directory bucket.
    PrefixWrites,
    /// Requests that the instances of a fleet work on at a time.
    Places,
    /// Connections that the instances of a fleet may have.
    Connections,
    /// Bytes per second that the instances of a fleet may receive, without credits.
    NetworkIn,
    /// Bytes per second that the instances of a fleet may send, without credits.
    NetworkOut,
    /// Processor cores of the instances.
    Cores,
}

/// How the use of a limit is known.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Counted, second by second.
    Counted,
    /// Counted over all instances of a fleet, as if they shared it evenly.
    Evenly,
    /// The mean over the window, times the busiest second's requests over the mean second's.
    Proportional,
}

/// The load at which a limit is reached.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reached {
    /// Here, as a multiple of today's load.
    At(Estimate),
    /// Not up to this multiple, the highest that was looked at.
    NotUpTo(f64),
    /// At any load: what is not the scenario's load alone uses all of it.
    Always,
}
