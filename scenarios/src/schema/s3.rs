use super::Latency;
use crate::units::{ByteRate, Duration, Rate};
use keystorm_models::tables;
use keystorm_sim::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// S3: how fast it answers and how much it admits per prefix.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct S3 {
    /// Time to first byte of a GET. Left out: a table fitted to measured latencies, that of
    /// `bucket.storage-class`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub get_first_byte: Option<Latency>,
    /// Time of a PUT without its transfer. Left out: a table fitted to measured latencies, that of
    /// `bucket.storage-class`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub put_first_byte: Option<Latency>,
    /// Factor on both times: other hours and Regions are slower or faster than the measured one.
    pub latency_factor: LatencyFactor,
    /// Transfer rate of one connection.
    pub connection_rate: ByteRate,
    /// GETs per second that one prefix admits; more get 503 `SlowDown`.
    pub prefix_read_rate: Rate,
    /// PUTs per second that one prefix admits; more get 503 `SlowDown`.
    pub prefix_write_rate: Rate,
    /// GETs per second that one directory bucket admits (`express-one-zone`).
    pub bucket_read_rate: Rate,
    /// PUTs per second that one directory bucket admits (`express-one-zone`).
    pub bucket_write_rate: Rate,
    /// Whether prefixes split under lasting load, and so admit more.
    pub splitting: Splitting,
    /// Time until a request that S3 refuses is answered. Assumed.
    pub refusal_latency: Duration,
    /// What the `x-amz-retry-after` of a throttle asks a client to wait. Left out: it has none; AWS
    /// does not say that S3 sends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<Duration>,
}

/// Factor on the times to first byte.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LatencyFactor {
    /// The same in every replication, 0.01..=100: `latency-factor.constant = 1.5`.
    Constant(#[schemars(range(min = 0.01, max = 100.0))] f64),
    /// Drawn for each replication with a median of 1, so that intervals hold what changes from hour
    /// to hour: `latency-factor.lognormal = { sigma = 0.27 }`.
    Lognormal(LognormalFactor),
}

/// Parameters of a lognormal factor with a median of 1.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct LognormalFactor {
    /// Standard deviation of the logarithm, 0..=2. The default comes from the medians of measured
    /// runs of one day, which differed by a factor of 2.3.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub sigma: f64,
}

impl Default for LognormalFactor {
    fn default() -> Self {
        Self {
            sigma: tables::s3_latency_drift().value,
        }
    }
}

/// Whether prefixes split under lasting load.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Splitting {
    /// Each prefix keeps the rates above, as if it were under load for the first time and not for
    /// long: what AWS promises.
    None,
    /// A part of a prefix's keys that is asked for nearly as much as it admits for long enough
    /// splits in two, each with the full rates: `splitting.by-heat = { until-split = "5 min" }`.
    ByHeat(ByHeat),
}

/// When prefixes split. AWS says "gradually" and publishes no times: assumed.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct ByHeat {
    /// Time under heat until a split. The default is fitted to one measured bucket; informal pages
    /// say 15 to 60 minutes.
    pub until_split: Duration,
    /// Time without heat until two halves join again.
    pub until_merge: Duration,
}

impl Default for ByHeat {
    fn default() -> Self {
        let rule = tables::s3_prefix_splitting().value;
        let seconds = |seconds: u32| Duration(Span::from_secs(seconds.into()));
        Self {
            until_split: seconds(rule.until_split_s),
            until_merge: seconds(rule.until_merge_s),
        }
    }
}

impl Default for S3 {
    fn default() -> Self {
        let rates = tables::s3_prefix_rates().value;
        let of_bucket = tables::s3_directory_bucket_rates().value;
        Self {
            get_first_byte: None,
            put_first_byte: None,
            latency_factor: LatencyFactor::Constant(1.0),
            connection_rate: ByteRate(tables::s3_connection_rate().value),
            prefix_read_rate: Rate(rates.reads_per_s as f64),
            prefix_write_rate: Rate(rates.writes_per_s as f64),
            bucket_read_rate: Rate(of_bucket.reads_per_s as f64),
            bucket_write_rate: Rate(of_bucket.writes_per_s as f64),
            splitting: Splitting::None,
            refusal_latency: Duration(Span::from_millis(5)),
            retry_after: None,
        }
    }
}
