use crate::common::{mean, record_of};
use keystorm_record::{Int, Mode, Record};
use proptest::prelude::*;

/// A random small scenario with all modes as variants.
fn scenario() -> impl Strategy<Value = String> {
    let load = (1_u32..400, 1_u32..300, 0_u32..100, 1_u32..4, 1_u32..20);
    let shape = (
        0_u32..10,
        1_u32..10,
        any::<bool>(),
        any::<bool>(),
        1_u64..1_000,
    );
    (load, shape).prop_map(|((rate, quota, other, instances, concurrency), shape)| {
        let (get, put, https, closed, seed) = shape;
        let scheme = if https { "https" } else { "http" };
        let arrivals = if closed {
            "closed = { think-time = \"40 ms\" }".to_owned()
        } else {
            format!("poisson = {{ rate = \"{rate}/s\" }}")
        };
        format!(
            r#"schema = 1
name = "law"
seed = {seed}
run.start = "2026-11-24T00:00:00.25Z"
run.warm-up = "1500 ms"
run.measure = "4 s"
run.replications = 1
account.region = "us-east-1"
kms = {{ request-quota = "{quota}/s", other-load = "{other}/s" }}
bucket = {{ encryption = "sse-kms", prefixes = 2 }}
s3 = {{ prefix-read-rate = "150/s", prefix-write-rate = "90/s" }}
clients.scheme = "{scheme}"
[fleets.a]
instances = {instances}
concurrency = {concurrency}
arrivals.{arrivals}
operations = {{ get = {get}, put = {put} }}
size.lognormal = {{ median = "64 KiB", sigma = 1.0, max = "8 MiB" }}
[fleets.b]
concurrency = 8
arrivals.profile = {{ points = [{{ at = "2 s", rate = "0/s" }}, {{ at = "4 s", rate = "200/s" }}] }}
operations = {{ get = 1, put = 1 }}
size.fixed = "1 MiB"
[[variants]]
name = "SSE-KMS"
[[variants]]
name = "Bucket Key"
bucket.bucket-key = true
[[variants]]
name = "SSE-S3"
bucket.encryption = "sse-s3"
[[variants]]
name = "SSE-C"
bucket.encryption = "sse-c"
[[variants]]
name = "Client-side"
bucket.encryption = "sse-s3"
clients.encryption = "s3-encryption-client"
"#
        )
    })
}

fn kms_calls(record: &Record, variant: usize) -> u64 {
    let replication = &record.variants[variant].replications[0];
    replication.kms.generate_data_key.0 + replication.kms.decrypt.0
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    // Goal: laws of every run: each request has one outcome, Little's law holds exactly, seconds
    // add up to the whole, a request's parts add up to its latency.
    // Method: random scenarios over all modes, both schemes, open and closed loops; the run itself
    // refuses to give a record in which the first two fail.
    #[test]
    fn every_run_keeps_its_books(text in scenario()) {
        let record = record_of(&text);
        for variant in &record.variants {
            let replication = &variant.replications[0];
            for counts in &replication.classes {
                prop_assert_eq!(counts.requests, counts.outcomes());
                prop_assert!(counts.retried.0 <= counts.requests.0);
            }
            prop_assert_eq!(&replication.occupancy.integral_ns, &replication.occupancy.sojourn_ns);
            let ok: Int = replication.classes.iter().map(|counts| counts.ok).sum();
            let recorded: u64 = variant.classes.iter().map(|class| class.latency.count()).sum();
            prop_assert_eq!(ok.0, recorded);
            let (kms, series) = (&replication.kms, &variant.series);
            let from = 2; // The first whole second after the warm-up of 1.5 s.
            let refused: u64 = series.kms_refused[from..].iter().map(|it| it.0).sum();
            prop_assert!(refused <= kms.refused.0);
            for (second, calls) in series.kms_calls.iter().enumerate() {
                prop_assert!(series.kms_refused[second] <= *calls);
                prop_assert!(series.kms_first_calls[second] <= *calls);
            }
            // The mean of the histogram is within its three digits of the exact sum of the parts.
            for class in variant.classes.iter().filter(|class| class.latency.count() > 0) {
                let exact = class.time.total_ns().as_f64() / class.latency.count() as f64;
                let binned = class.latency.mean_ns().unwrap();
                prop_assert!((binned / exact - 1.0).abs() < 1e-3);
            }
        }
    }

    // Goal: SSE-S3 and SSE-C never call KMS; a Bucket Key never adds calls that are granted; open
    // arrivals are the same in all variants.
    // Method: the same random scenarios, variant against variant.
    #[test]
    fn modes_keep_their_order(text in scenario()) {
        let record = record_of(&text);
        let mode = |index: usize| record.variants[index].setup.mode;
        prop_assert_eq!((mode(2), mode(3)), (Mode::SseS3, Mode::SseC));
        prop_assert_eq!(kms_calls(&record, 2), 0);
        prop_assert_eq!(kms_calls(&record, 3), 0);
        if !text.contains("closed") {
            prop_assert!(kms_calls(&record, 1) <= kms_calls(&record, 0));
            let requests = |index: usize| record.variants[index].series.requests.clone();
            prop_assert!((1..5).all(|index| requests(index) == requests(0)));
        }
    }
}

// Goal: what is refused for its mode ends in the right outcome, and the record says why.
// Method: SSE-C on a bucket that blocks it, and SSE-KMS over HTTP.
#[test]
fn contradictions_end_denied_and_rejected() {
    let text = r#"schema = 1
name = "refused"
run = { start = "2026-11-24T00:00:00Z", measure = "5 s", replications = 1 }
account.region = "eu-west-3"
bucket.encryption = "sse-c"
[fleets.only]
concurrency = 100
arrivals.poisson = { rate = "50/s" }
operations = { get = 1, put = 1 }
size.fixed = "1 KiB"
[[variants]]
name = "blocked"
[[variants]]
name = "plain"
clients.scheme = "http"
bucket.encryption = "sse-kms"
"#;
    let record = record_of(text);
    let [blocked, plain] = &record.variants[..] else {
        panic!("two variants")
    };
    assert!(mean(blocked, "put.denied-share") > 0.99);
    assert!(mean(blocked, "get.ok-share") > 0.98);
    assert!(mean(plain, "all.rejected-share") > 0.99);
    assert_eq!(kms_calls(&record, 1), 0);
    let refused: Vec<_> = record
        .warnings
        .iter()
        .filter(|it| it.code == "refused")
        .collect();
    assert_eq!(refused.len(), 3, "{refused:#?}");
    assert!(
        refused
            .iter()
            .any(|it| it.text.starts_with("every PUT of blocked is refused: 403"))
    );
}
