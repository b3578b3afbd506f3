use crate::common::{mean, record_of};

/// Standard errors of a two-sided 99.9 % interval.
const Z: f64 = 3.29;

/// Poisson probabilities of 0, 1, 2, … for a mean below 700, until they vanish.
fn poisson(mean: f64) -> impl Iterator<Item = (f64, f64)> {
    let mut probability = libm::exp(-mean);
    (0..).map_while(move |count| {
        let current = (f64::from(count), probability);
        probability *= mean / (f64::from(count) + 1.0);
        (f64::from(count) < mean || current.1 > 1e-18).then_some(current)
    })
}

/// A fleet without retries, places or prefixes that bind, so that every request is one KMS call.
fn open_loop(rate: u32, quota: u32, seconds: u32) -> String {
    format!(
        r#"schema = 1
name = "theory"
seed = 20
run = {{ start = "2026-11-24T00:00:00Z", measure = "{seconds} s", replications = 1 }}
account.region = "eu-west-3"
kms.request-quota = "{quota}/s"
bucket.encryption = "sse-kms"
clients.retry = "none"
[fleets.only]
concurrency = 100_000
arrivals.poisson = {{ rate = "{rate}/s" }}
operations = {{ get = 1 }}
size.fixed = "1 B"
"#
    )
}

// Goal: with Poisson calls at rate λ on a quota of Q a second and no retries, the throttled share
// is E[(N − Q)⁺]/λ, N ~ Poisson(λ): seconds are independent and each refuses what exceeds Q.
// Method: 4,000 seconds at three loads; the standard error of the share (a ratio of sums) from the
// exact moments; 99.9 % interval.
#[test]
fn throttled_share_agrees_with_the_window_formula() {
    const QUOTA: u32 = 100;
    const SECONDS: u32 = 4_000;
    for rate in [90, 100, 120] {
        let lambda = f64::from(rate);
        let excess = |n: f64| (n - f64::from(QUOTA)).max(0.0);
        let share = poisson(lambda).map(|(n, p)| p * excess(n)).sum::<f64>() / lambda;
        let variance = poisson(lambda)
            .map(|(n, p)| p * (excess(n) - share * n).powi(2))
            .sum::<f64>();
        let error = (variance / f64::from(SECONDS)).sqrt() / lambda;
        let record = record_of(&open_loop(rate, QUOTA, SECONDS));
        let found = mean(&record.variants[0], "kms.throttled-share");
        assert!(
            (found - share).abs() < Z * error,
            "λ = {rate}: {found} for {share} ± {}",
            Z * error
        );
        assert!((mean(&record.variants[0], "get.throttled-share") - found).abs() < 1e-3);
    }
}

// Goal: N workers with mean think time Z and a constant answer time R ask N/(R + Z) times a second
// (operational law of a closed system without queues).
// Method: 200 workers, Z = 300 ms, R = 100 ms for 300 s; cycles are independent with standard
// deviation Z, so N/(R+Z)·t of them have a relative error of Z/(R+Z)/√(their number); 99.9 %.
#[test]
fn closed_loop_agrees_with_the_response_time_law() {
    let text = r#"schema = 1
name = "closed"
run = { start = "2026-11-24T00:00:00Z", warm-up = "5 s", measure = "300 s", replications = 1 }
account.region = "eu-west-3"
bucket = { encryption = "sse-s3", prefixes = 10 }
s3.get-first-byte.constant = "100 ms"
[clients]
round-trip = "0 s"
[fleets.workers]
instances = 20
concurrency = 10
arrivals.closed = { think-time = "300 ms" }
operations = { get = 1 }
size.fixed = "1 B"
"#;
    let expected: f64 = 200.0 / 0.4;
    let error = 0.3 / 0.4 / (expected * 300.0).sqrt() * expected;
    let found = mean(&record_of(text).variants[0], "get.throughput");
    assert!(
        (found - expected).abs() < Z * error,
        "{found} for {expected} ± {}",
        Z * error
    );
}
