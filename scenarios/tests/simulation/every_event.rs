use crate::common::{options, record_of, run_with, shipped};
use keystorm_scenarios::Options;

/// The record of a scenario's text, as JSON, of runs in so many parts.
fn record(
    (path, text): (&str, &str),
    settings: &[(&str, &str)],
    every_end_an_event: bool,
    parts: usize,
) -> String {
    let options = Options {
        every_end_an_event,
        parts: Some(parts),
        ..options()
    };
    run_with(path, text, settings, &options).to_json()
}

fn assert_same(path: &str, text: &str, settings: &[(&str, &str)]) {
    let scenario = (path, text);
    let silent = record(scenario, settings, false, 1);
    assert!(
        silent == record(scenario, settings, true, 1),
        "{path}: the record changes when every end is an event"
    );
}

// Goal: leaving out the events of ends changes no byte of any shipped scenario's record.
// Method: each scenario of the library, cut to half a minute of simulated time, both ways.
#[test]
fn shipped_scenarios_are_the_same_with_every_event() {
    for (path, text) in shipped() {
        let cut = [("run.measure", "25 s"), ("run.replications", "1")];
        assert_same(&path, &text, &cut);
    }
}

/// Few places and an overloaded quota: requests wait, retries pile up, connections close. Times
/// are whole milliseconds, so that many ends fall on other events' instants.
const CROWDED: &str = r#"schema = 1
name = "crowded"
seed = 5
run = { start = "2026-11-24T00:00:00Z", warm-up = "2 s", measure = "18 s", replications = 2 }
account.region = "eu-west-3"
kms = { request-quota = "400/s", latency.constant = "3 ms", refusal-latency = "2 ms" }
bucket = { encryption = "sse-kms", prefixes = 2 }
s3 = { prefix-write-rate = "60/s", get-first-byte.constant = "20 ms", refusal-latency = "2 ms" }
clients = { keep-alive = "100 ms", round-trip = "1 ms" }
[fleets.crowded]
instances = 3
concurrency = 3
operations = { get = 7, put = 3 }
size.fixed = "0 B"
arrivals.profile = { points = [
    { at = "0 s", rate = "100/s" },
    { at = "6 s", rate = "700/s" },
    { at = "9 s", rate = "700/s" },
    { at = "9 s", rate = "50/s" },
] }
[fleets.roomy]
instances = 2
concurrency = 200
arrivals.poisson = { rate = "120/s" }
operations = { get = 1, put = 1 }
size.lognormal = { median = "1 MiB", sigma = 2.0, max = "1 GiB" }
[fleets.workers]
instances = 2
concurrency = 4
arrivals.closed = { think-time = "40 ms" }
operations = { get = 1 }
size.fixed = "64 KiB"
[[variants]]
name = "SSE-KMS"
[[variants]]
name = "Bucket Key"
bucket.bucket-key = true
[[variants]]
name = "no retries"
clients.retry = "none"
"#;

// Goal: the same where requests wait for places and ends fall on the instants of other events.
// Method: a scenario made for it, both ways; that requests do wait is checked.
#[test]
fn a_crowded_scenario_is_the_same_with_every_event() {
    assert_same("crowded.toml", CROWDED, &[]);
    let record = record_of(CROWDED);
    let waited = record.variants[0].classes[0].time.wait_ns;
    assert!(waited.0 > 0, "nobody waits for a place");
}

/// Half an hour of a load that crosses the quota, and connections that close early, so that a run
/// can be cut into parts.
const WAVES: &str = r#"schema = 1
name = "waves"
seed = 8
run = { start = "2026-11-24T00:00:00Z", warm-up = "1 min", measure = "29 min" }
account.region = "eu-west-3"
kms = { request-quota = "150/s", other-load = "10/s" }
bucket = { encryption = "sse-kms", prefixes = 2 }
clients = { keep-alive = "2 s" }
[fleets.day]
instances = 4
concurrency = 50
operations = { get = 7, put = 3 }
size.lognormal = { median = "64 KiB", sigma = 1.5, max = "16 MiB" }
arrivals.profile = { points = [
    { at = "0 s", rate = "30/s" },
    { at = "15 min", rate = "170/s" },
    { at = "18 min", rate = "170/s" },
    { at = "30 min", rate = "20/s" },
] }
[fleets.steady]
instances = 1
concurrency = 20
arrivals.poisson = { rate = "10/s" }
operations = { get = 1 }
size.fixed = "1 MiB"
"#;

// Goal: a long run in parts that are simulated at the same time gives the bytes of one.
// Method: in one part with every end an event, in one without, and in up to eight.
#[test]
fn parts_of_a_run_change_no_byte() {
    let scenario = ("waves.toml", WAVES);
    let whole = record(scenario, &[], true, 1);
    for parts in [1, 3, 8] {
        assert!(
            whole == record(scenario, &[], false, parts),
            "{parts} parts"
        );
    }
}
