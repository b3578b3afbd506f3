use super::{Estimate, LimitKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What becomes of a load that grows by the same share each month.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Growth {
    /// Growth as it was asked for, such as `5%/month`.
    pub rate: String,
    /// Growth per month, such as 0.05.
    pub per_month: f64,
    /// How far the plan looks \[months\].
    pub horizon_months: f64,
    /// Load at the horizon, as a multiple of today's.
    pub load_at_horizon: f64,
    /// When what is crossed, the first at the top.
    pub crossings: Vec<Crossing>,
}

/// A limit or a condition that a growing load crosses.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Crossing {
    /// Which limit; absent if it is the conditions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<LimitKind>,
    /// The account, fleet or key store of the limit; or the condition that ceases to hold first.
    pub of: String,
    /// Months from the scenario's start, at most 0 if it is crossed today.
    pub months: Estimate,
    /// Day, such as `2027-06-03`; absent beyond the calendar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// First day of the interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_low: Option<String>,
    /// Last day of the interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_high: Option<String>,
    /// Whether that is within the horizon.
    pub within_horizon: bool,
}
