use crate::common::{mean, options, record_with, run_with, shipped};
use keystorm_scenarios::{Options, TieBreak};

/// Throttled retries, a Bucket Key, client-side encryption: every stream is drawn from.
const TEXT: &str = r#"schema = 1
name = "bytes"
seed = 3
run = { start = "2026-11-24T00:00:00Z", warm-up = "1 s", measure = "9 s", replications = 3 }
account.region = "eu-west-3"
kms = { request-quota = "300/s", other-load = "40/s" }
bucket = { encryption = "sse-kms", prefixes = 3 }
[fleets.one]
instances = 4
concurrency = 30
arrivals.poisson = { rate = "290/s" }
operations = { get = 7, put = 3 }
size.lognormal = { median = "64 KiB", sigma = 1.5, max = "16 MiB" }
[fleets.two]
instances = 3
concurrency = 5
arrivals.closed = { think-time = "50 ms" }
operations = { get = 1 }
size.fixed = "128 KiB"
[[variants]]
name = "SSE-KMS"
[[variants]]
name = "Bucket Key"
bucket.bucket-key = true
[[variants]]
name = "Client-side"
bucket.encryption = "sse-s3"
clients = { encryption = "s3-encryption-client", crypto-rate = "2 GB/s" }
"#;

// Goal: the record is the same, byte for byte, again and whatever the number of jobs.
// Method: one job, two jobs, two jobs again.
#[test]
fn records_are_the_same_whatever_the_jobs() {
    let json = |jobs| record_with(TEXT, jobs, TieBreak::Schedule).to_json();
    let one = json(1);
    assert!(one == json(2), "one job and two jobs differ");
    assert!(one == json(2), "two runs differ");
}

// Goal: the numbers are the same on every machine and in every build.
// Method: counts of the first replication, recorded once; they change only when a model or a stream
// is changed on purpose, and then every published figure does.
#[test]
fn golden_counts_hold_on_every_machine() {
    let record = record_with(TEXT, 2, TieBreak::Schedule);
    let counts: Vec<_> = record
        .variants
        .iter()
        .map(|variant| {
            let kms = variant.replications[0].kms;
            let latency = variant.classes[0].latency.quantile_ns(0.99).unwrap();
            (
                kms.generate_data_key.0,
                kms.decrypt.0,
                kms.refused.0,
                latency,
            )
        })
        .collect();
    let golden = [
        (1_162, 3_186, 1_813, 2_386_558_975),
        (2, 54, 0, 96_141_311),
        (1_132, 3_210, 1_805, 2_300_575_743),
    ];
    assert_eq!(counts, golden);
}

/// Many workers whose answers take whole milliseconds: events of the same instant everywhere.
const TIES: &str = r#"schema = 1
name = "ties"
run = { start = "2026-11-24T00:00:00Z", measure = "6 s", replications = 3 }
account.region = "eu-west-3"
kms = { request-quota = "5_000/s", latency.constant = "4 ms", refusal-latency = "300 ms" }
bucket = { encryption = "sse-kms", prefixes = 10 }
s3 = { get-first-byte.constant = "20 ms", refusal-latency = "2 ms" }
clients.round-trip = "0 s"
[fleets.workers]
instances = 100
concurrency = 100
arrivals.closed = { think-time = "1 us" }
operations = { get = 1 }
size.fixed = "0 B"
"#;

// Goal: no conclusion hangs on the order of events of the same instant.
// Method: shuffle it where there are many; the counts change (or the test would say nothing),
// shares and latencies stay within 5 % or half a point.
#[test]
fn conclusions_survive_shuffled_ties() {
    let plain = record_with(TIES, 2, TieBreak::Schedule);
    let shuffled = record_with(TIES, 2, TieBreak::Shuffled);
    let (a, b) = (&plain.variants[0], &shuffled.variants[0]);
    assert!(
        a.replications != b.replications,
        "there are no ties to shuffle"
    );
    for metric in [
        "all.throttled-share",
        "all.retried-share",
        "get.latency.p50",
        "kms.calls",
    ] {
        let (a, b) = (mean(a, metric), mean(b, metric));
        assert!((a - b).abs() < 0.05 * a + 0.005, "{metric}: {a} and {b}");
    }
}

// Goal: the same of every shipped scenario: its conclusions do not hang on the order of ties.
// Method: half a minute of each, shuffled and not, with the same tolerance.
#[test]
fn shipped_conclusions_survive_shuffled_ties() {
    for (path, text) in shipped() {
        let cut = [("run.measure", "25 s"), ("run.replications", "1")];
        let run = |tie_break| {
            let options = Options {
                tie_break,
                ..options()
            };
            run_with(&path, &text, &cut, &options)
        };
        let (plain, shuffled) = (run(TieBreak::Schedule), run(TieBreak::Shuffled));
        for (a, b) in plain.variants.iter().zip(&shuffled.variants) {
            for metric in [
                "all.throttled-share",
                "all.retried-share",
                "all.latency.p50",
            ] {
                // Who is refused altogether has no latency, in either order.
                let has = |it: &keystorm_record::Variant| it.metrics.contains_key(metric);
                if !has(a) && !has(b) {
                    continue;
                }
                let (a, b) = (mean(a, metric), mean(b, metric));
                assert!(
                    (a - b).abs() <= 0.05 * a + 0.005,
                    "{path}: {metric}: {a} and {b}"
                );
            }
        }
    }
}
