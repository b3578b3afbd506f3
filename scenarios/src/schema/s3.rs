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
    /// Time to first byte of a GET. Left out: a table fitted to measured latencies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub get_first_byte: Option<Latency>,
    /// Time of a PUT without its transfer. Left out: a table fitted to measured latencies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub put_first_byte: Option<Latency>,
    /// Transfer rate of one connection.
    pub connection_rate: ByteRate,
    /// GETs per second that one prefix admits; more get 503 `SlowDown`.
    pub prefix_read_rate: Rate,
    /// PUTs per second that one prefix admits; more get 503 `SlowDown`.
    pub prefix_write_rate: Rate,
    /// Whether prefixes split under lasting load, and so admit more.
    pub splitting: Splitting,
    /// Time until a request that S3 refuses is answered. Assumed.
    pub refusal_latency: Duration,
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
        Self {
            get_first_byte: None,
            put_first_byte: None,
            connection_rate: ByteRate(tables::s3_connection_rate().value),
            prefix_read_rate: Rate(rates.reads_per_s as f64),
            prefix_write_rate: Rate(rates.writes_per_s as f64),
            splitting: Splitting::None,
            refusal_latency: Duration(Span::from_millis(5)),
        }
    }
}
