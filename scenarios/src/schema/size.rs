//! How large the objects are.
use crate::units::ByteSize;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Size of the objects.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ObjectSize {
    /// Always the same: `size.fixed = "256 KiB"`.
    Fixed(ByteSize),
    /// Lognormal: `size.lognormal = { median = "64 KiB", sigma = 1.5, max = "64 MiB" }`.
    Lognormal(LognormalSize),
    /// Pareto within bounds: `size.pareto = { min = "4 KiB", alpha = 1.1, max = "1 GiB" }`.
    Pareto(ParetoSize),
    /// Measured quantiles, the first at 0 and the last at 1; in between the logarithm of the size
    /// is linear:
    /// `size.quantiles = [{ at = 0.0, size = "1 KiB" }, { at = 1.0, size = "5 GiB" }]`.
    Quantiles(Vec<SizePoint>),
    /// Objects of several kinds: `size.mixture = [{ weight = 85, size.fixed = "16 KiB" },
    /// { weight = 15, size.pareto = { min = "1 MiB", alpha = 1.2, max = "1 GiB" } }]`.
    Mixture(Vec<MixturePart>),
}

/// Parameters of a lognormal size.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LognormalSize {
    /// Half of all objects are smaller.
    pub median: ByteSize,
    /// Standard deviation of the logarithm, 0..=4.
    #[schemars(range(min = 0.0, max = 4.0))]
    pub sigma: f64,
    /// Larger draws become this size.
    pub max: ByteSize,
}

/// Parameters of a Pareto size.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ParetoSize {
    /// The smallest and, by density, the most frequent size.
    pub min: ByteSize,
    /// The share of objects above a size falls as size^-alpha, 0.05..=10: the lower, the heavier
    /// the tail.
    #[schemars(range(min = 0.05, max = 10.0))]
    pub alpha: f64,
    /// The largest size; none is drawn beyond.
    pub max: ByteSize,
}

/// One point of measured sizes.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SizePoint {
    /// Share of objects that are smaller, 0..=1; must increase from point to point.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub at: f64,
    /// The size at this quantile; must not decrease from point to point.
    pub size: ByteSize,
}

/// Objects of one kind among several.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct MixturePart {
    /// Weight of this kind among all objects.
    #[schemars(range(max = 1_000_000))]
    pub weight: u32,
    /// Size of its objects.
    pub size: PartSize,
}

/// Size of the objects of one kind.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartSize {
    /// Always the same: `size.fixed = "256 KiB"`.
    Fixed(ByteSize),
    /// Lognormal: `size.lognormal = { median = "64 KiB", sigma = 1.5, max = "64 MiB" }`.
    Lognormal(LognormalSize),
    /// Pareto within bounds: `size.pareto = { min = "4 KiB", alpha = 1.1, max = "1 GiB" }`.
    Pareto(ParetoSize),
    /// Measured quantiles, the first at 0 and the last at 1; in between the logarithm of the size
    /// is linear.
    Quantiles(Vec<SizePoint>),
}

impl From<PartSize> for ObjectSize {
    fn from(part: PartSize) -> Self {
        match part {
            PartSize::Fixed(it) => Self::Fixed(it),
            PartSize::Lognormal(it) => Self::Lognormal(it),
            PartSize::Pareto(it) => Self::Pareto(it),
            PartSize::Quantiles(it) => Self::Quantiles(it),
        }
    }
}
