use super::csv_text::{integer, rows, sourced};
use crate::s3::SplitRule;
use crate::{Certainty, Sourced};

/// Requests per second that one prefix of S3 admits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PrefixRates {
    /// PUT, COPY, POST and DELETE requests per second.
    pub writes_per_s: u64,
    /// GET and HEAD requests per second.
    pub reads_per_s: u64,
}

/// Requests per second that one partitioned prefix of a general purpose bucket admits.
///
/// AWS says "at least": it is a floor. S3 splits a prefix under lasting load, gradually, and
/// answers 503 `SlowDown` meanwhile; how long that takes is not published.
#[must_use]
pub fn s3_prefix_rates() -> Sourced<PrefixRates> {
    let rates = PrefixRates {
        writes_per_s: 3_500,
        reads_per_s: 5_500,
    };
    let note = "at least that many, says AWS; more once S3 has split the prefix";
    sourced(rates, "s3-request-rates", Certainty::Documented, note)
}

/// Requests per second that one directory bucket (S3 Express One Zone) admits in all.
#[must_use]
pub fn s3_directory_bucket_rates() -> Sourced<PrefixRates> {
    let rates = PrefixRates {
        writes_per_s: 100_000,
        reads_per_s: 200_000,
    };
    let note = "the default; AWS raises it on request to 2,000,000 reads and 200,000 writes";
    sourced(rates, "s3-express-rates", Certainty::Documented, note)
}

/// Standard deviation of the logarithm of the factor between the latencies of two runs.
///
/// The medians of GET in about ten runs of one day went from 17.7 to 40.9 ms with the same code. Of
/// ten normal numbers the largest and the smallest are 3.08 standard deviations apart on average:
/// ln(40.9 / 17.7) / 3.08 = 0.27. That the factor is lognormal, and the same for GET and PUT, is
/// assumed.
#[must_use]
pub fn s3_latency_drift() -> Sourced<f64> {
    let note = "from the range of the medians of about ten runs of one day, 17.7 to 40.9 ms";
    sourced(0.27, "s3-first-byte-2024", Certainty::Assumed, note)
}

/// When S3 splits a partition of a prefix under load, and joins two that have cooled.
///
/// # How well it fits
/// The time until a split is fitted to the throughput of a fresh bucket under slowly growing load,
/// 5,200 to 14,700 reads/s within a quarter of an hour. With it, the rates of the 15 steps are met
/// within 9.5 % (root mean square), the worst by 19 %: there one partition gave 6,800 to 7,200
/// reads/s, more than the 5,500 that AWS promises. Without splits the error would be 45 %. They
/// fit shorter times as well, so this is the longest that the measurement allows, on that day, for
/// keys spread evenly. Two informal pages of 2023 and 2026 say 15 to 30 and 30 to 60 minutes; AWS
/// says "gradually". The measured share of refused reads, 12 % at every step, is not explained by
/// any such rule.
///
/// From what share of its rate a partition is hot, and which pauses heat survives, the steps cannot
/// tell: assumed. That halves join after two days is chosen between what the same authors found:
/// most of the throughput was left after one day, and 2,000 reads/s after five.
///
/// # Source
/// `data/s3-prefix-splitting.csv`, whose head says how it was made.
#[must_use]
pub fn s3_prefix_splitting() -> Sourced<SplitRule> {
    let table = include_str!("../../data/s3-prefix-splitting.csv");
    let columns = ["heat_percent", "pause_s", "until_split_s"];
    let [[heat_percent, pause_s, until_split_s]] = &rows(table, columns)[..] else {
        unreachable!("the table has one row")
    };
    let number = |cell| u32::try_from(integer(cell)).expect("the cell holds a small number");
    let rule = SplitRule {
        heat_percent: number(heat_percent),
        pause_s: number(pause_s),
        until_split_s: number(until_split_s),
        until_merge_s: 2 * 86_400,
    };
    let note = "AWS publishes no times; one bucket's throughput allows splits after 5 minutes or \
                less, informal pages say 15 to 60 minutes";
    sourced(rule, "s3-warming-2024", Certainty::Assumed, note)
}

/// Bytes per second that one connection moves once data flows.
///
/// The median times to the last byte of GETs of 4, 8 and 16 MiB, measured in 2019, fit
/// 1.9 ms + 10.50 ms per MiB, which is 10.01 ns per byte. The benchmark counts in powers of two:
/// its "93 MB/s" are MiB/s.
///
/// The first byte came after 10 to 12 ms, yet the fit begins at 1.9 ms: the first burst is faster
/// than the rest. First byte plus size over this rate therefore overestimates the time of 4 MiB by
/// 19 %, that of 16 MiB by 5 %.
#[must_use]
pub fn s3_connection_rate() -> Sourced<u64> {
    let bytes_per_s = 99_900_000;
    let note = "GET in 2019, one instance type; taken for PUT and for other years too";
    sourced(bytes_per_s, "s3-transfer-2019", Certainty::Measured, note)
}
