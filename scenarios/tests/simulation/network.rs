use crate::common::{options, run_with};
use keystorm_record::{Int, Replication, Variant};

/// Workers that ask S3 `calls` times each, without thinking, over connections that take 2 ms to set
/// up; the first byte comes after 100 ms and no attempt is tried again. `settings` add to it.
pub(crate) fn workers(concurrency: u32, calls: u32, settings: &[(&str, &str)]) -> Variant {
    let text = format!(
        r#"schema = 1
name = "workers"
run = {{ start = "2026-11-24T00:00:00Z", measure = "10 min", replications = 1 }}
account.region = "eu-west-3"
bucket.encryption = "sse-s3"
s3.get-first-byte.constant = "100 ms"
s3.put-first-byte.constant = "100 ms"
s3.connection-rate = "10 GB/s"
clients.retry = "none"
[fleets.workers]
instances = 1
concurrency = {concurrency}
arrivals.closed = {{ think-time = "0 s", calls = {calls} }}
operations.get = 1
size.fixed = "0 B"
"#
    );
    run_with("workers.toml", &text, settings, &options())
        .variants
        .remove(0)
}

pub(crate) fn completion_ms(variant: &Variant) -> u64 {
    let completion: Option<Int> = variant.replications[0].completion_ns;
    completion.expect("all workers stop").0 / 1_000_000
}

/// What a replication counted, as text.
fn counted(replication: &Replication) -> String {
    format!("{replication:?}")
}

// Goal: a pool lets through as many at a time as it has connections, and the others wait for one,
// which their time says.
// Method: 20 workers of ten calls over five connections: 40 rounds of 100 ms and one set-up.
#[test]
fn a_pool_is_a_bottleneck() {
    let found = workers(20, 10, &[("clients.connections.pool", "{ max = 5 }")]);
    assert_eq!(completion_ms(&found), 4_002);
    assert_eq!(found.replications[0].classes[0].ok, Int(200));
    let time = found.classes[0].time;
    assert_eq!(time.connect_ns.0, 5 * 2_000_000);
    assert_eq!(time.first_byte_ns.0, 200 * 100_000_000);
    // Fifteen wait at any time, until the last rounds.
    let waited = time.wait_ns.0 as f64 / 1e9;
    assert!((55.0..60.1).contains(&waited), "{waited}");
    assert_eq!(
        time.refused_ns.0 + time.back_off_ns.0 + time.transfer_ns.0,
        0
    );
}

// Goal: a pool with a connection for everybody is one without a limit.
// Method: the same workers with and without it, every count and time; also where connections grow
// old, and where each worker has a client of its own.
#[test]
fn a_large_pool_is_no_limit() {
    for settings in [
        &[][..],
        &[("clients.keep-alive", "\"90 ms\"")][..],
        &[("clients.client-per", "\"worker\"")][..],
        &[
            ("fleets.workers.arrivals.closed.think-time", "\"2 s\""),
            ("clients.keep-alive", "\"1 s\""),
        ][..],
    ] {
        let without = workers(20, 10, settings);
        for pool in ["{ max = 20 }", "{ max = 20, when-empty = \"open\" }"] {
            let pool = ("clients.connections.pool", pool);
            let with = workers(20, 10, &[settings, &[pool]].concat());
            assert_eq!(
                counted(&with.replications[0]),
                counted(&without.replications[0]),
                "{settings:?}"
            );
        }
    }
}

// Goal: who has waited too long for a connection has failed; who finds too many that wait, at once.
// Method: two workers on one connection, three on one with a queue for one; no retries.
#[test]
fn who_gets_no_connection_fails() {
    let pool = "{ max = 1, acquire-timeout = \"30 ms\" }";
    let found = workers(2, 1, &[("clients.connections.pool", pool)]);
    let counts = found.replications[0].classes[0];
    assert_eq!((counts.ok, counts.failed), (Int(1), Int(1)));
    assert_eq!(completion_ms(&found), 102);

    let pool = "{ max = 1, pending-max = 1 }";
    let found = workers(3, 1, &[("clients.connections.pool", pool)]);
    let counts = found.replications[0].classes[0];
    assert_eq!((counts.ok, counts.failed), (Int(2), Int(1)));
    assert_eq!(completion_ms(&found), 202);
}

// Goal: a time-out for a connection is tried again as any other, and then succeeds.
// Method: two workers on one connection of 100 ms, a time-out of 60 ms, many attempts.
#[test]
fn a_time_out_for_a_connection_is_tried_again() {
    let pool = "{ max = 1, acquire-timeout = \"60 ms\" }";
    let found = workers(
        2,
        1,
        &[
            ("clients.connections.pool", pool),
            ("clients.retry.standard", "{ attempts-max = 20 }"),
        ],
    );
    let counts = found.replications[0].classes[0];
    assert_eq!((counts.ok, counts.failed), (Int(2), Int(0)));
    assert!(counts.attempts > Int(2) && counts.ok_after_retry == Int(1));
    assert!(found.classes[0].time.refused_ns.0 >= 60_000_000);
}

// Goal: boto3's ten connections make nobody wait; what is more than ten is thrown away after use.
// Method: 30 workers of ten calls, in step. At 102 ms all give back, ten are kept, twenty set up
// anew; these come back at 204 ms, when the ten are in use, so that ten of them are kept and ten
// set up anew; from then on three groups take turns: 30 + 20 + 10.
#[test]
fn boto3_throws_connections_away() {
    let found = workers(30, 10, &[("clients.connections", "\"boto3\"")]);
    let time = found.classes[0].time;
    assert_eq!(time.wait_ns.0, 0);
    assert_eq!(time.connect_ns.0, 60 * 2_000_000);
}

// Goal: transfers share an instance's network equally, downloads and uploads each for themselves.
// Method: ten transfers of 10 MB at once over 100 MB/s take a second, whichever way they go; where
// they go both ways, a tenth of a second for each of those that go the way of most.
#[test]
fn transfers_share_the_network() {
    let network = ("clients.network.constant", "\"100 MB/s\"");
    let size = ("fleets.workers.size.fixed", "\"10 MB\"");
    for (get, put) in [(1, 0), (0, 1), (1, 1)] {
        let operations = format!("{{ get = {get}, put = {put} }}");
        let operations = ("fleets.workers.operations", operations.as_str());
        let found = workers(10, 1, &[network, size, operations]);
        let ok = |class: &keystorm_record::ClassCounts| class.ok.0;
        let counts: Vec<u64> = found.replications[0].classes.iter().map(ok).collect();
        assert_eq!(counts.iter().sum::<u64>(), 10);
        let most = counts.iter().max().unwrap();
        assert_eq!(completion_ms(&found), 102 + 100 * most, "{counts:?}");
        for (class, count) in found.classes.iter().zip(counts) {
            // Each takes as long as all that go its way.
            assert_eq!(
                class.time.transfer_ns.0,
                u128::from(count * count) * 100_000_000
            );
            assert_eq!(class.time.first_byte_ns.0, u128::from(count) * 100_000_000);
        }
    }
}

// Goal: a network that is wide enough is none, up to the rounding of a nanosecond.
// Method: the same workers, both ways, with and without it: same counts, nearly the same times.
#[test]
fn a_wide_network_is_no_limit() {
    let settings = [
        (
            "fleets.workers.size.lognormal",
            "{ median = \"1 MB\", sigma = 1.0, max = \"50 MB\" }",
        ),
        ("fleets.workers.operations", "{ get = 1, put = 1 }"),
        ("s3.connection-rate", "\"95 MB/s\""),
    ];
    let network = ("clients.network.constant", "\"100 GB/s\"");
    let without = workers(20, 20, &settings);
    let with = workers(20, 20, &[&settings[..], &[network]].concat());
    assert_eq!(
        with.replications[0].classes,
        without.replications[0].classes
    );
    for (with, without) in with.classes.iter().zip(&without.classes) {
        let [a, b] = [with, without].map(|it| it.time.transfer_ns.0 as f64);
        assert!((a / b - 1.0).abs() < 1e-6, "{a} and {b}");
    }
    let [a, b] = [&with, &without].map(|it| it.replications[0].completion_ns.unwrap().0);
    assert!(a.abs_diff(b) < 1_000, "{a} and {b}");
}

// Goal: credits carry a burst, and when they are gone the baseline is left.
// Method: 2 GB with 0.9 GB of credits: a second at 1 GB/s, ten at 100 MB/s.
#[test]
fn a_burst_ends_with_its_credits() {
    let burst = "{ baseline = \"100 MB/s\", burst = \"1 GB/s\", credits = \"0.9 GB\" }";
    let settings = [
        ("clients.network.burst", burst),
        ("fleets.workers.size.fixed", "\"2 GB\""),
    ];
    assert_eq!(completion_ms(&workers(1, 1, &settings)), 11_102);
}

// Goal: an instance type brings its network; what the scenario says of the network goes before.
// Method: c5.large's 1.25 GB/s against a baseline of 93.75 MB/s.
#[test]
fn an_instance_type_brings_its_network() {
    let settings = [
        ("clients.instance-type", "\"c5.large\""),
        ("clients.cores", "2"),
        ("fleets.workers.size.fixed", "\"1.25 GB\""),
    ];
    assert_eq!(completion_ms(&workers(4, 1, &settings)), 4_102);
    let slow = ("clients.network.constant", "\"125 MB/s\"");
    assert_eq!(
        completion_ms(&workers(1, 1, &[&settings[..], &[slow]].concat())),
        10_102
    );
    let off = ("clients.network", "\"unlimited\"");
    assert_eq!(
        completion_ms(&workers(4, 1, &[&settings[..], &[off]].concat())),
        227
    );
}

// Goal: an instance type brings its cores, where the scenario says nothing of them.
// Method: c5.large's two against four handshakes at once, a half of which wait for a core.
#[test]
fn an_instance_type_brings_its_cores() {
    let settings = [
        ("clients.instance-type", "\"c5.large\""),
        ("clients.handshakes", "{}"),
    ];
    let busy = |settings: &[(&str, &str)]| {
        let found = workers(4, 1, settings);
        let cores = found.replications[0].client_cores.unwrap();
        (cores.cores, found.classes[0].time.connect_ns.0)
    };
    let (cores, connect) = busy(&settings);
    assert_eq!(cores, Int(2));
    let (of_default, at_once) = busy(&settings[1..]);
    assert_eq!(of_default, Int(4));
    assert!(connect > at_once);
    let fewer = [&settings[..], &[("clients.cores", "1")]].concat();
    assert_eq!(busy(&fewer).0, Int(1));
}
