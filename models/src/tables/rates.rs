use super::csv_text::sourced;
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
