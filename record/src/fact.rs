use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A number from outside that a run used: a quota, a price, a latency, a rule.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Fact {
    /// Path of the scenario that changes it, or a stable id, such as `kms.request-quota`.
    pub id: String,
    /// What it is, in words, such as `KMS quota, symmetric keys`.
    pub subject: String,
    /// Its value with its unit, such as `10,000/s`.
    pub value: String,
    /// Where it comes from: page and section, data set, or `scenario`.
    pub source: String,
    /// When the source was read or measured, such as `2026-09`; empty for the scenario's own.
    pub date: String,
    /// How far it can be trusted.
    pub certainty: Certainty,
    /// Why an assumed value was chosen, or what limits a measured one; empty if there is nothing.
    pub note: String,
    /// Names of the variants that use it; empty if all do.
    pub variants: Vec<String>,
}

/// How far a fact can be trusted.
#[derive(
    Clone, Copy, Debug, Deserialize, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// The scenario says so.
    Given,
    /// AWS documents it, or a response of real AWS was recorded.
    Documented,
    /// It was measured, by the source named.
    Measured,
    /// It is not published, or only one informal source gives it: keystorm's assumption.
    Assumed,
}

/// What a reader should know before trusting a figure.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Warning {
    /// Stable code, such as `few-replications`.
    pub code: String,
    /// What is the matter, one sentence without a full stop.
    pub text: String,
    /// What to do about it.
    pub remedy: String,
}
