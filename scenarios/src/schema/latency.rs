use crate::units::Duration;
use keystorm_sim::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A distribution of times.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Latency {
    /// Always the same: `latency.constant = "5 ms"`.
    Constant(Duration),
    /// Lognormal: `latency.lognormal = { median = "5 ms", sigma = 0.5 }`.
    Lognormal(LognormalLatency),
    /// Measured quantiles, linear in between, the first at 0 and the last at 1:
    /// `latency.quantiles = [{ at = 0.0, time = "2 ms" }, { at = 1.0, time = "90 ms" }]`.
    Quantiles(Vec<QuantilePoint>),
}

impl Latency {
    /// One KMS call in the Region. Assumed: AWS publishes no distribution; a call is one short
    /// request inside a Region, so a few milliseconds with a moderate tail.
    #[must_use]
    pub fn kms_assumed() -> Self {
        Self::Lognormal(LognormalLatency {
            median: Duration(Span::from_millis(5)),
            sigma: 0.5,
        })
    }
}

impl Latency {
    /// An external key store's proxy. Assumed: AWS asks for a round trip of at most 35 ms to it.
    #[must_use]
    pub fn proxy_assumed() -> Self {
        Self::Lognormal(LognormalLatency {
            median: Duration(Span::from_millis(35)),
            sigma: 0.5,
        })
    }
}

/// Parameters of a lognormal time.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LognormalLatency {
    /// Half of all times are shorter.
    pub median: Duration,
    /// Standard deviation of the logarithm, 0..=3; 0.5 puts the 99th percentile at 3.2 medians.
    #[schemars(range(min = 0.0, max = 3.0))]
    pub sigma: f64,
}

/// One point of measured quantiles.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct QuantilePoint {
    /// Share of times that are shorter, 0..=1; must increase from point to point.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub at: f64,
    /// The time at this quantile; must not decrease from point to point.
    pub time: Duration,
}
