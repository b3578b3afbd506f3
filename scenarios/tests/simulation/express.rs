use crate::common::{mean, record_of};
use keystorm_record::Mode;

const TEXT: &str = r#"schema = 1
name = "express"
run = { start = "2026-11-24T00:00:00Z", warm-up = "1 s", measure = "9 s", replications = 8 }
account.region = "us-east-1"
bucket = { encryption = "sse-kms", bucket-key = true, prefixes = 4 }
s3 = { bucket-read-rate = "900/s", prefix-read-rate = "100/s" }
clients.retry = "none"
[fleets.one]
instances = 4
concurrency = 300
arrivals.poisson = { rate = "800/s" }
operations.get = 1
size.fixed = "1 KiB"
keys.zipf = 2.0
[[variants]]
name = "Express"
bucket.storage-class = "express-one-zone"
[[variants]]
name = "Express, half the rate"
bucket.storage-class = "express-one-zone"
s3.bucket-read-rate = "400/s"
[[variants]]
name = "Standard"
s3.prefix-read-rate = "5_500/s"
[[variants]]
name = "Standard, slower"
s3 = { prefix-read-rate = "5_500/s", latency-factor.constant = 1.5 }
[[variants]]
name = "Standard, drifting"
s3 = { prefix-read-rate = "5_500/s", latency-factor.lognormal = {} }
"#;

// Goal: a directory bucket has one rate for all prefixes, answers as measured, and is cheaper per
// request; its Bucket Key cannot be told from another.
// Method: 800 reads/s, most of them of one prefix, against 900 and 400/s of the bucket.
#[test]
fn a_directory_bucket_has_one_rate_and_answers_fast() {
    let record = record_of(TEXT);
    let [express, half, standard, ..] = &record.variants[..] else {
        panic!("five variants")
    };
    assert_eq!(express.setup.mode, Mode::SseKmsBucketKey);
    assert!(mean(express, "all.throttled-share") < 0.001);
    assert!((mean(half, "all.throttled-share") - 0.5).abs() < 0.02);
    // Medians of the two tables, 4.8 and 19.7 ms, and 0.01 ms for the transfer.
    assert!((mean(express, "get.latency.p50") - 0.0048).abs() < 0.0003);
    assert!((mean(standard, "get.latency.p50") - 0.0197).abs() < 0.0006);
    let get_cost = |index: usize| {
        let costs = &record.variants[index].costs;
        let cost = costs.iter().find(|it| it.item == "s3-get-requests");
        let cost = cost.expect("reads cost something");
        cost.usd_per_hour / cost.units_per_hour
    };
    // $0.00003 and $0.0004 for 1,000 GETs.
    assert!((get_cost(0) / get_cost(2) - 0.075).abs() < 1e-9);
}

// Goal: a latency factor multiplies the time to first byte; drawn, it differs between replications
// and widens the interval, while arrivals stay the same.
// Method: a factor of 1.5 against the same run without; then the medians of eight replications: the
// standard deviation of their logarithms lies between 0.1 and 0.5 with a chance of over 99.9 % if
// sigma is 0.27 (χ² with 7 degrees).
#[test]
fn a_latency_factor_slows_or_drifts() {
    let record = record_of(TEXT);
    let p50 = |index: usize| {
        let metric = &record.variants[index].metrics["get.latency.p50"];
        metric
            .values
            .iter()
            .map(|it| it.unwrap())
            .collect::<Vec<_>>()
    };
    for (plain, slower) in p50(2).iter().zip(p50(3)) {
        assert!((slower / plain - 1.5).abs() < 0.01, "{slower} {plain}");
    }
    let drifted: Vec<f64> = p50(4)
        .iter()
        .zip(p50(2))
        .map(|(a, b)| libm::log(a / b))
        .collect();
    let centre = drifted.iter().sum::<f64>() / 8.0;
    let square: f64 = drifted.iter().map(|it| (it - centre).powi(2)).sum();
    let sigma = (square / 7.0).sqrt();
    assert!((0.1..0.5).contains(&sigma), "{sigma}");
    let requests = |index: usize| record.variants[index].replications[3].classes[0].requests;
    assert_eq!(requests(2), requests(4));
}
