use crate::{Int, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A figure with its interval.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Estimate {
    /// The most likely value.
    pub value: f64,
    /// Lower end of the interval; absent where there is none, as below what was looked at.
    pub low: Option<f64>,
    /// Upper end of the interval; absent where there is none, as beyond what was looked at.
    pub high: Option<f64>,
    /// Replications that it rests on.
    pub replications: u32,
}

/// The condition that decides.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Binding {
    /// The condition, such as `kms.throttled-share < 0.1 %`.
    pub condition: String,
    /// Name of its metric.
    pub metric: String,
    /// Unit of the metric.
    pub unit: Unit,
    /// The metric's mean at the load or quota that the answer names; absent if it is undefined.
    pub value: Option<f64>,
}

/// The highest load at which all conditions hold, as a multiple of today's.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HighestLoad {
    /// All conditions hold up to here.
    #[serde(rename_all = "kebab-case")]
    At {
        /// Where the first of them ceases to hold.
        load: Estimate,
        /// The one that ceases to hold first.
        binding: Binding,
    },
    /// All conditions hold at the highest load that was tried.
    #[serde(rename_all = "kebab-case")]
    Beyond {
        /// That load.
        tried: f64,
    },
    /// A condition does not hold even at the lowest load that was tried.
    #[serde(rename_all = "kebab-case")]
    Never {
        /// That load.
        tried: f64,
        /// The condition.
        binding: Binding,
    },
    /// Conditions hold at a load where they do not at a lower one, so there is no highest load.
    #[serde(rename_all = "kebab-case")]
    Unordered {
        /// A load at which all hold.
        holds: f64,
        /// A lower one at which one does not.
        fails: f64,
        /// The condition that does not hold there.
        binding: Binding,
    },
}

/// The smallest KMS request quota of the account at which all conditions hold, at today's load.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SmallestQuota {
    /// This one.
    #[serde(rename_all = "kebab-case")]
    At {
        /// Whole calls per second.
        quota: Estimate,
        /// What to ask for: the upper end of the interval.
        ask_for: Int,
        /// The condition that a smaller one breaches first.
        binding: Binding,
    },
    /// All conditions hold at the smallest quota that was tried, which the load hardly uses.
    #[serde(rename_all = "kebab-case")]
    Any {
        /// That quota \[1/s\].
        tried: Int,
    },
    /// A condition does not hold under any quota: something else breaches it.
    #[serde(rename_all = "kebab-case")]
    None {
        /// The condition, with the value that it has where no quota refuses anything.
        binding: Binding,
    },
    /// A condition holds at a quota where it does not at a higher one.
    #[serde(rename_all = "kebab-case")]
    Unordered {
        /// A quota at which all hold \[1/s\].
        holds: Int,
        /// A higher one at which one does not \[1/s\].
        fails: Int,
        /// The condition that does not hold there.
        binding: Binding,
    },
    /// Nothing here calls KMS on the account's quota.
    NoCalls,
}
