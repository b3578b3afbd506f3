use super::csv_text::{integer, rows, sourced};
use crate::s3::StorageClass;
use crate::workload::Operation;
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

/// Time of a request of a small object without its transfer, by operation and storage class: points
/// (quantile 0..=1, time \[ns\]), linear in between.
///
/// GET and PUT were measured, in S3 Express One Zone as in S3 Standard; for Express one run of one
/// evening, whose medians are 4.8 and 9.2 ms (all runs of that day: 4.8 and 7.4 ms). The fit to its
/// samples is better than 0.5 % between the quantiles 0.001 and 0.999. A second source models an
/// Express GET as lognormal with a median of 2.5 ms; AWS says "single-digit milliseconds".
///
/// Of the other operations no distribution is published. They take what the measured one takes that
/// they are most like, and are marked as assumed: HEAD and LIST read and are answered as a GET is;
/// what changes the index of a bucket or writes bytes is confirmed as a PUT is. A ranged GET is a
/// GET: in the measurements of 2019 the first byte came as fast whatever the size. What a copy or
/// the completion of an upload takes beyond that, for the bytes it moves inside S3, is left out.
#[must_use]
pub fn s3_first_byte(operation: Operation, class: StorageClass) -> Sourced<&'static [(f64, u64)]> {
    let table = match (class, operation.writes()) {
        (StorageClass::Standard, false) => s3_get_first_byte(),
        (StorageClass::Standard, true) => s3_put_first_byte(),
        (StorageClass::ExpressOneZone, false) => express(&EXPRESS_GET),
        (StorageClass::ExpressOneZone, true) => express(&EXPRESS_PUT),
    };
    match operation {
        Operation::Get | Operation::RangedGet | Operation::Put => table,
        _ if operation.writes() => {
            table.assumed("no distribution is published: as a PUT, whose table this is")
        }
        _ => table.assumed("no distribution is published: as a GET, whose table this is"),
    }
}

fn express(table: &'static LazyLock<Vec<(f64, u64)>>) -> Sourced<&'static [(f64, u64)]> {
    let note = "1 KB objects, one run of one evening; another source models a median of 2.5 ms";
    sourced(
        &table[..],
        "s3-express-first-byte-2024",
        Certainty::Measured,
        note,
    )
}

const SOURCE: &str = "s3-first-byte-2024";

static GET: LazyLock<Vec<(f64, u64)>> =
    LazyLock::new(|| knots(include_str!("../../data/s3-standard-get-first-byte.csv")));

static PUT: LazyLock<Vec<(f64, u64)>> =
    LazyLock::new(|| knots(include_str!("../../data/s3-standard-put-first-byte.csv")));

static EXPRESS_GET: LazyLock<Vec<(f64, u64)>> =
    LazyLock::new(|| knots(include_str!("../../data/s3-express-get-first-byte.csv")));

static EXPRESS_PUT: LazyLock<Vec<(f64, u64)>> =
    LazyLock::new(|| knots(include_str!("../../data/s3-express-put-first-byte.csv")));

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

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: what was measured says so, what was not is assumed with a reason; Express is faster.
    // Method: every operation in both classes, at the median.
    #[test]
    fn only_gets_and_puts_were_measured() {
        let median = |table: &[(f64, u64)]| {
            let at = table.iter().find(|knot| knot.0 >= 0.5);
            at.expect("a table reaches to 1").1
        };
        for operation in Operation::ALL {
            let [standard, express] = [StorageClass::Standard, StorageClass::ExpressOneZone]
                .map(|class| s3_first_byte(operation, class));
            assert!(median(express.value) * 3 < median(standard.value));
            let measured = matches!(
                operation,
                Operation::Get | Operation::RangedGet | Operation::Put
            );
            for table in [standard, express] {
                if measured {
                    assert_eq!(table.certainty, Certainty::Measured, "{operation:?}");
                } else {
                    assert_eq!(table.certainty, Certainty::Assumed, "{operation:?}");
                    assert!(table.note.starts_with("no distribution is published"));
                }
            }
        }
    }
}
