//! What retries do to the load, against closed forms.
use crate::common::{record_of, replicated};
use keystorm_record::Replication;

/// Quota of the saturated limiter \[1/s\].
const QUOTA: u32 = 200;
/// Measured time of each replication \[s\].
const SECONDS: u32 = 120;

/// GETs under SSE-KMS that come back 2 to 4 s after a refusal, in all `attempts` times: in another
/// second of the clock and at any place in it.
fn saturated(load: f64, attempts: u32, limiter: &str) -> Vec<Replication> {
    let rate = f64::from(QUOTA) * load;
    let text = format!(
        r#"schema = 1
name = "saturated"
seed = 41
[run]
start = "2026-11-24T00:00:00Z"
warm-up = "60 s"
measure = "{SECONDS} s"
replications = 8
[account]
region = "eu-west-3"
[kms]
request-quota = "{QUOTA}/s"
limiter{limiter}
[bucket]
encryption = "sse-kms"
[clients]
retry.custom = {{ attempts-max = {attempts}, base = "4 s", cap = "4 s", jitter = "equal" }}
[fleets.only]
concurrency = 100_000
arrivals.poisson = {{ rate = "{rate}/s" }}
operations = {{ get = 1 }}
size.fixed = "1 B"
"#
    );
    record_of(&text).variants.remove(0).replications
}

// Goal: behind a saturated limiter that grants r of λ requests a second, N independent attempts
// are refused with p = (1 − r/λ)^(1/N); r/(1 − p) attempts a second are made, and the share
// 1 − r/λ of the requests fails.
// Method: several N and λ/r, under a fixed window and a token bucket; a refused request comes back
// 2 to 4 s later, so that attempts of one request are independent. Measured are rates over two
// minutes after a warm-up of many lives, by the instant of the call, so that nobody under way
// biases them, each as a multiple of what the form says for the λ that came in that replication.
// Eight replications, 99.9 % Student-t intervals, which may be ±1.5 % wide for p and ±2.5 % for the
// attempts. What is granted is the quota, but for the few tokens that a bucket holds at both ends.
#[test]
fn attempts_behind_a_saturated_limiter_agree_with_the_closed_form() {
    for limiter in [" = \"fixed-window\"", ".token-bucket = {}"] {
        for (attempts, load) in [(2, 1.2), (3, 1.2), (3, 1.5), (5, 1.5), (4, 2.0), (8, 1.3)] {
            let what = format!("{attempts} attempts at {load}, limiter{limiter}");
            let found = saturated(load, attempts, limiter);
            let quota = f64::from(QUOTA * SECONDS);
            let calls = |it: &Replication| it.kms.calls().0 as f64;
            let refused = |it: &Replication| {
                let failed = 1.0 - quota / it.classes[0].requests.0 as f64;
                libm::pow(failed, 1.0 / f64::from(attempts))
            };
            let share = |it: &Replication| it.kms.refused.0 as f64 / calls(it) / refused(it);
            let made = |it: &Replication| calls(it) * (1.0 - refused(it)) / quota;
            replicated(&found, share).agrees(1.0, 0.015, &what);
            replicated(&found, made).agrees(1.0, 0.025, &what);
            for replication in &found {
                let granted = replication.kms.calls().0 - replication.kms.refused.0;
                let off = granted.abs_diff(u64::from(QUOTA * SECONDS));
                assert!(
                    off <= 10 * u64::from(limiter.contains("bucket")),
                    "{off}: {what}"
                );
            }
        }
    }
}

// Goal: where each attempt fails with probability p, whatever the load, a call makes
// (1 − p^N)/(1 − p) attempts on average and fails with p^N; its back-offs with full jitter add up
// to what their means say. For N = 4 this is the load 1 + p + p² + p³ and the success 1 − p⁴ of
// Brooker's experiment.
// Method: 100,000 calls of workers that stop, so that none is cut, to a KMS that fails at random;
// exact moments of one call; 99.9 % intervals. Back-offs are those of calls that succeed.
#[test]
fn independent_failures_agree_with_the_geometric_series() {
    const CALLS: f64 = 100_000.0;
    for (p, attempts) in [(0.1_f64, 4), (0.5, 4), (0.5, 2), (0.8, 7)] {
        let text = format!(
            r#"schema = 1
name = "failures"
seed = 43
run = {{ start = "2026-11-24T00:00:00Z", measure = "10 h", replications = 1 }}
account.region = "eu-west-3"
bucket.encryption = "sse-s3"
kms.faults = [{{ error = "kms-internal", share = {p} }}]
kms.request-quota = "1_000_000/s"
clients.retry.custom = {{ attempts-max = {attempts}, base = "1 s", cap = "3 s" }}
[fleets.workers]
concurrency = 1_000
arrivals.closed = {{ think-time = "0 s", calls = 100 }}
operations.decrypt = 1
size.fixed = "0 B"
"#
        );
        let variant = record_of(&text).variants.remove(0);
        let counts = variant.replications[0].classes[0];
        assert_eq!(counts.outcomes().0, 100_000);
        let fails = p.powi(attempts);

        // Number of attempts, back-offs before the last: their moments.
        let (mut tries, mut tries_square) = (0.0, 0.0);
        let (mut pause, mut pause_square) = (0.0, 0.0);
        let (mut before, mut variance) = (0.0, 0.0);
        for k in 1..=attempts {
            let ends_ok = p.powi(k - 1) * (1.0 - p);
            let ends = if k == attempts {
                ends_ok + fails
            } else {
                ends_ok
            };
            tries += ends * f64::from(k);
            tries_square += ends * f64::from(k * k);
            pause += ends_ok / (1.0 - fails) * before;
            pause_square += ends_ok / (1.0 - fails) * (before * before + variance);
            let longest = 2_f64.powi(k - 1).min(3.0);
            before += longest / 2.0;
            variance += longest * longest / 12.0;
        }
        let series = (1.0 - fails) / (1.0 - p);
        assert!((tries / series - 1.0).abs() < 1e-12);
        let near = |found: f64, expected: f64, variance: f64, number: f64, what: &str| {
            let error = 3.29 * (variance / number).sqrt();
            assert!(
                (found - expected).abs() < error,
                "{attempts} at {p}, {what}: {found} for {expected} ± {error}"
            );
        };
        let (failed, made) = (counts.failed.0 as f64, counts.attempts.0 as f64);
        near(
            failed / CALLS,
            fails,
            fails * (1.0 - fails),
            CALLS,
            "failed",
        );
        near(
            made / CALLS,
            series,
            tries_square - tries * tries,
            CALLS,
            "attempts",
        );
        let ok = CALLS - failed;
        let waited = variant.classes[0].time.back_off_ns.0 as f64 / 1e9 / ok;
        near(waited, pause, pause_square - pause * pause, ok, "back-off");
    }
}
