use crate::common::{mean, options, run_with};
use keystorm_record::{Int, Variant};

/// Workers that call KMS themselves and stop; `settings` add to a quiet scenario without retries.
fn workers(instances: u32, concurrency: u32, calls: u32, settings: &[(&str, &str)]) -> Variant {
    let text = format!(
        r#"schema = 1
name = "workers"
run = {{ start = "2026-11-24T00:00:00Z", measure = "10 min", replications = 1 }}
account.region = "eu-west-3"
bucket.encryption = "sse-s3"
kms.latency.constant = "100 ms"
clients.retry = "none"
[fleets.workers]
instances = {instances}
concurrency = {concurrency}
arrivals.closed = {{ think-time = "0 s", calls = {calls} }}
operations.generate-data-key = 1
size.fixed = "0 B"
"#
    );
    run_with("workers.toml", &text, settings, &options())
        .variants
        .remove(0)
}

// Goal: workers make their calls and stop, and then the run is over: nothing is cut.
// Method: 3 × 4 workers, ten calls of 100 ms each: 120 calls, one second.
#[test]
fn workers_stop_after_their_calls() {
    let found = workers(3, 4, 10, &[]);
    let replication = &found.replications[0];
    assert_eq!(replication.kms.generate_data_key, Int(120));
    assert_eq!(replication.classes[0].ok, Int(120));
    assert_eq!(replication.completion_ns, Some(Int(1_000_000_000)));
    assert_eq!(replication.measured_ns, Int(1_000_000_000));
    assert!((mean(&found, "completion") - 1.0).abs() < 1e-12);
    assert!((mean(&found, "generate-data-key.latency.mean") - 0.1).abs() < 1e-12);
}

// Goal: the client's overhead takes core time, one attempt after the other on one core.
// Method: four workers of one call, 10 ms each on one core: the last one goes out after 40 ms, the
// mean overhead is 25 ms; on four cores everyone takes 10 ms.
#[test]
fn overhead_queues_for_cores() {
    let overhead = ("clients.overhead", "\"10 ms\"");
    for (cores, completion, mean_overhead) in [("1", 140, 25), ("4", 110, 10)] {
        let found = workers(1, 4, 1, &[overhead, ("clients.cores", cores)]);
        let replication = &found.replications[0];
        assert_eq!(replication.completion_ns, Some(Int(completion * 1_000_000)));
        let time = found.classes[0].time;
        assert_eq!(time.overhead_ns.0, 4 * mean_overhead * 1_000_000);
        assert_eq!(time.kms_ns.0, 400_000_000);
        let busy = replication.client_cores.unwrap().busy_ns.0;
        assert_eq!(busy, 40_000_000, "{cores} cores");
    }
}

// Goal: state that is kept for each worker is not shared: what one spends, others still have.
// Method: one instance of 40 workers against a quota of 20/s, many attempts: a shared quota of 500
// tokens pays for 100 retries, one for each worker for 40 times as many, so fewer calls fail.
#[test]
fn clients_of_workers_share_nothing() {
    let failed = |per: &str| {
        let retries = ("clients.retry.standard", "{ attempts-max = 20 }");
        let quota = ("kms.request-quota", "\"20/s\"");
        let found = workers(1, 40, 10, &[retries, quota, ("clients.client-per", per)]);
        let counts = found.replications[0].classes[0];
        assert_eq!(counts.outcomes(), Int(400));
        counts.throttled.0
    };
    let (shared, own) = (failed("\"instance\""), failed("\"worker\""));
    assert!(shared > 100 && own < 20, "{shared} and {own}");
}

// Goal: who shares clients makes no difference while nobody fails and connections stay open.
// Method: the same without throttles: all counts, latencies and time parts.
#[test]
fn sharing_makes_no_difference_without_throttles() {
    let of = |per: &str| workers(2, 5, 20, &[("clients.client-per", per)]);
    let (shared, own) = (of("\"instance\""), of("\"worker\""));
    assert_eq!(shared.replications, own.replications);
    assert_eq!(shared.classes, own.classes);
    assert_eq!(shared.series, own.series);
}

// Goal: a program's own calls are counted on the account's quota, by their kind, beside S3's.
// Method: a mix of all three and of GETs under SSE-KMS.
#[test]
fn own_calls_count_beside_those_of_s3() {
    let mix = [
        ("bucket.encryption", "\"sse-kms\""),
        ("fleets.workers.operations.encrypt", "1"),
        ("fleets.workers.operations.decrypt", "1"),
        ("fleets.workers.operations.get", "1"),
    ];
    let found = workers(1, 10, 100, &mix);
    let kms = found.replications[0].kms;
    assert_eq!(kms.calls(), Int(1_000));
    for calls in [kms.generate_data_key.0, kms.encrypt.0, kms.decrypt.0 / 2] {
        // Of 1,000 each expects 250; one standard deviation is 14.
        assert!((190..310).contains(&calls), "{kms:?}");
    }
}
