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
    /// Time until a request that S3 refuses is answered. Assumed.
    pub refusal_latency: Duration,
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
            refusal_latency: Duration(Span::from_millis(5)),
        }
    }
}
