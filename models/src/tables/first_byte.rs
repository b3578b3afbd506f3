use super::csv_text::{integer, rows, sourced};
use crate::{Certainty, Sourced};
use std::sync::LazyLock;

/// Time of a GET of a small object from S3 Standard without its transfer: points (quantile 0..=1,
/// time \[ns\]), linear in between.
///
/// # What was measured
/// Objects of 1 KB, read one after the other by ten AWS Lambda functions in S3's Region on
/// 2024-04-18; the clock runs around the SDK's call for C++. So the time holds S3's own time
/// (decryption under SSE-S3 included, which is S3's default), the round trip, signing and the rest
/// of the SDK's work, the transfer of 1 KB (about 0.01 ms), and whatever the SDK tried again
/// without saying so. It holds no connection set-up: the first request of each of the 400 series,
/// which paid for it (medians of the runs 61 to 72 ms), is left out.
///
/// # How well it fits
/// The fit to the samples is better than 0.5 % between the quantiles 0.001 and 0.9999; beyond the
/// latter 40 samples are left, beyond 0.99999 four. What the samples say about another day is far
/// less certain. The table pools four runs within 80 minutes; all runs that the same authors
/// published, over ten hours and with the first requests, were slower:
///
/// | \[ms\] | p5 | p50 | p90 | p99 | p99.9 | p99.99 |
/// |---|---|---|---|---|---|---|
/// | GET, this table | 14.3 | 19.7 | 48.9 | 90.2 | 142.7 | 257 |
/// | GET, all runs | 14.8 | 26.9 | 59.2 | 105.5 | 178.0 | 283 |
/// | PUT, this table | 23.9 | 37.8 | 65.8 | 111.9 | 184.3 | 390 |
/// | PUT, all runs | 24.0 | 40.4 | 74.9 | 123.4 | 205.4 | 402 |
///
/// The medians of single runs of GET went from 17.7 to 40.9 ms with the same code. Whoever knows
/// the latency of their own Region should say so in the scenario.
///
/// # Source
/// `data/s3-standard-get-first-byte.csv`, whose head says how it was made.
#[must_use]
pub fn s3_get_first_byte() -> Sourced<&'static [(f64, u64)]> {
    let note = "1 KB objects, four runs of one morning; all runs of that day have a median of 26.9 \
                ms, single ones 17.7 to 40.9 ms";
    sourced(&GET, SOURCE, Certainty::Measured, note)
}

/// Time of a PUT of a small object to S3 Standard without its transfer, until it is confirmed:
/// points (quantile 0..=1, time \[ns\]), linear in between.
///
/// Measured and limited as [`s3_get_first_byte`] says, encryption under SSE-S3 included. The first
/// requests left out had medians of 81 to 85 ms.
///
/// # Source
/// `data/s3-standard-put-first-byte.csv`, whose head says how it was made.
#[must_use]
pub fn s3_put_first_byte() -> Sourced<&'static [(f64, u64)]> {
    let note = "1 KB objects, four runs of one morning; all runs of that day have a median of 40.4 \
                ms";
    sourced(&PUT, SOURCE, Certainty::Measured, note)
}

const SOURCE: &str = "s3-first-byte-2024";

static GET: LazyLock<Vec<(f64, u64)>> =
    LazyLock::new(|| knots(include_str!("../../data/s3-standard-get-first-byte.csv")));

static PUT: LazyLock<Vec<(f64, u64)>> =
    LazyLock::new(|| knots(include_str!("../../data/s3-standard-put-first-byte.csv")));

fn knots(text: &str) -> Vec<(f64, u64)> {
    rows(text, ["quantile", "time_ns"])
        .iter()
        .map(|[quantile, nanos]| {
            (
                quantile.parse().expect("the cell holds a number"),
                integer(nanos),
            )
        })
        .collect()
}
