//! Setting up connections: handshakes, time-outs, connections to KMS.
use crate::common::mean;
use crate::network::{completion_ms, workers};
use keystorm_record::{ClientConnections, Int, Variant};

/// Core time of a full handshake and of a resumed one in the calibration that keystorm brings
/// along, with RSA and hybrid keys \[ns\].
const FULL: u64 = 189_152;
const RESUMED: u64 = 143_813;

fn completion_ns(variant: &Variant) -> u64 {
    variant.replications[0]
        .completion_ns
        .expect("all workers stop")
        .0
}

fn connections(variant: &Variant) -> ClientConnections {
    variant.replications[0]
        .client_connections
        .expect("more than round trips counts")
}

/// Everything that a replication counted and what its time went to, without what a mechanism counts
/// of itself.
fn counted(variant: &Variant) -> String {
    let mut replication = variant.replications[0].clone();
    replication.client_connections = None;
    replication.client_cores = None;
    let times: Vec<_> = variant.classes.iter().map(|it| it.time).collect();
    format!("{replication:?} {times:?}")
}

// Goal: a mechanism that never bites is none: connections to KMS that take no time, patience
// without end.
// Method: workers that read under KMS, with keep-alive short enough for new connections, against
// the same with each mechanism.
#[test]
fn what_never_bites_is_off() {
    let settings = [
        ("bucket.encryption", "\"sse-kms\""),
        (
            "fleets.workers.operations",
            "{ get = 1, put = 1, decrypt = 1 }",
        ),
        ("clients.keep-alive", "\"90 ms\""),
        ("clients.round-trip", "\"0 s\""),
    ];
    let without = workers(20, 10, &settings);
    assert_eq!(without.replications[0].client_connections, None);
    for more in [
        &[("clients.read-timeout", "\"1 h\"")][..],
        &[("clients.connect-timeout", "\"1 h\"")][..],
        &[("clients.kms-connections", "\"unlimited\"")][..],
        &[("clients.kms-connections.pool", "{ max = 20 }")][..],
        &[
            ("clients.timeouts", "\"sdk\""),
            ("clients.connections", "\"s3a\""),
        ][..],
    ] {
        let with = workers(20, 10, &[&settings[..], more].concat());
        assert_eq!(counted(&with), counted(&without), "{more:?}");
        let found = connections(&with);
        assert!(found.opened > Int(0));
        assert_eq!(found.connect_timeouts + found.read_timeouts, Int(0));
    }
}

// Goal: handshakes queue for the instance's cores, and count as time to connect and as work.
// Method: 20 workers at once on one core: the last is connected after the round trips and 20
// handshakes; on 20 cores after one. Idle connections need none.
#[test]
fn handshakes_queue_for_cores() {
    for (cores, rounds) in [(1, 20), (20, 1)] {
        let cores_text = cores.to_string();
        let settings = [("clients.handshakes", "{}"), ("clients.cores", &cores_text)];
        let found = workers(20, 1, &settings);
        assert_eq!(completion_ns(&found), 102_000_000 + rounds * FULL);
        let time = found.classes[0].time;
        let queued: u64 = (1..=20).map(|nth: u64| nth.div_ceil(cores)).sum();
        assert_eq!(
            time.connect_ns.0,
            u128::from(20 * 2_000_000 + queued * FULL)
        );
        let counts = connections(&found);
        assert_eq!(counts.full_handshakes, Int(20));
        assert_eq!(counts.handshake_ns.0, u128::from(20 * FULL));
        let busy = found.replications[0].client_cores.unwrap().busy_ns;
        assert_eq!(busy, counts.handshake_ns);
        let measured = found.replications[0].measured_ns.as_f64();
        let demand = 20.0 * FULL as f64 / (cores as f64 * measured);
        assert!((mean(&found, "client.core-demand.tls") / demand - 1.0).abs() < 1e-9);
    }
    let again = workers(20, 5, &[("clients.handshakes", "{}")]);
    assert_eq!(connections(&again).opened, Int(20));
}

// Goal: connections resume once an earlier one of the same client is set up: not in a first storm,
// but in all later ones; which SDKs do by default is taken from the table; TLS 1.2 saves a round
// trip by it.
// Method: five workers of three calls in step, whose connections close in between; each worker with
// a client of its own too.
#[test]
fn a_first_storm_resumes_nothing() {
    let storms = |settings: &[(&str, &str)]| {
        let base = [("clients.keep-alive", "\"0 s\"")];
        workers(5, 3, &[&base[..], settings].concat())
    };
    let counts = |settings: &[(&str, &str)]| {
        let found = connections(&storms(settings));
        (found.full_handshakes.0, found.resumed_handshakes.0)
    };
    let resumes = ("clients.handshakes", "{ resume = true }");
    assert_eq!(counts(&[resumes]), (5, 10));
    assert_eq!(
        counts(&[resumes, ("clients.client-per", "\"worker\"")]),
        (5, 10)
    );
    let by_sdk = ("clients.handshakes", "{}");
    assert_eq!(counts(&[by_sdk]), (15, 0));
    assert_eq!(
        counts(&[by_sdk, ("clients.connections", "\"java\"")]),
        (5, 10)
    );
    let work = connections(&storms(&[resumes])).handshake_ns.0;
    assert_eq!(work, u128::from(5 * FULL + 10 * RESUMED));
    let old = [resumes, ("clients.tls-version", "\"1.2\"")];
    let [new, old] = [&[resumes][..], &old].map(|it| storms(it).classes[0].time.connect_ns.0);
    assert_eq!(
        old - new,
        5 * 1_000_000,
        "a round trip more, in full ones only"
    );
}

// Goal: an attempt that is not answered in time fails then; S3 and KMS have done their work all the
// same, and the connection is gone.
// Method: two workers of three calls, 100 ms to the first byte against 60 ms, no retries, reads and
// writes, alone and over a network of their own.
#[test]
fn an_answer_can_come_too_late() {
    for operations in ["{ get = 1 }", "{ get = 0, put = 1 }"] {
        for network in ["\"unlimited\"", "{ constant = \"1 GB/s\" }"] {
            let settings = [
                ("bucket.encryption", "\"sse-kms\""),
                ("clients.read-timeout", "\"60 ms\""),
                ("clients.network", network),
                ("fleets.workers.operations", operations),
            ];
            let found = workers(2, 3, &settings);
            let replication = &found.replications[0];
            let counts = replication.classes[0];
            assert_eq!((counts.ok, counts.failed), (Int(0), Int(6)), "{settings:?}");
            assert_eq!(completion_ms(&found), 3 * 62);
            assert_eq!(replication.kms.calls(), Int(6));
            let billed = replication.s3.get_billed + replication.s3.put_billed;
            assert_eq!((replication.s3.answered, billed), (Int(6), Int(6)));
            let seen = connections(&found);
            assert_eq!((seen.opened, seen.read_timeouts), (Int(6), Int(6)));
        }
    }
}

// Goal: a read time-out is silence, not length: an upload's own bytes and a download's take as long
// as they take; a client's KMS call has the same patience.
// Method: transfers of a second against a time-out of 150 ms; KMS at 100 ms against 60 ms.
#[test]
fn only_silence_times_out() {
    let settings = [
        ("clients.read-timeout", "\"150 ms\""),
        ("s3.connection-rate", "\"10 MB/s\""),
        ("fleets.workers.size.fixed", "\"10 MB\""),
        ("fleets.workers.operations", "{ get = 1, put = 1 }"),
    ];
    for network in ["\"unlimited\"", "{ constant = \"1 GB/s\" }"] {
        let found = workers(
            4,
            2,
            &[&settings[..], &[("clients.network", network)]].concat(),
        );
        let ok: u64 = found.replications[0].classes.iter().map(|it| it.ok.0).sum();
        assert_eq!(ok, 8);
    }
    let kms = [
        ("clients.read-timeout", "\"60 ms\""),
        ("kms.latency.constant", "\"100 ms\""),
        ("fleets.workers.operations", "{ get = 0, decrypt = 1 }"),
    ];
    let found = workers(2, 3, &kms);
    let counts = found.replications[0].classes[0];
    assert_eq!((counts.failed, completion_ms(&found)), (Int(6), 180));
    assert_eq!(found.replications[0].kms.decrypt, Int(6));
}

// Goal: a connection that is not set up in time has failed, whether the way is too long or the
// cores are too busy; S3 hears nothing of the attempt.
// Method: 2 ms of round trips against 1 ms; 20 handshakes on one core against 3 ms, of which five
// are through in the millisecond that is left.
#[test]
fn connecting_can_take_too_long() {
    let found = workers(3, 1, &[("clients.connect-timeout", "\"1 ms\"")]);
    assert_eq!(found.replications[0].classes[0].failed, Int(3));
    assert_eq!(completion_ms(&found), 1);
    assert_eq!(found.replications[0].s3.answered, Int(0));
    let settings = [
        ("clients.handshakes", "{}"),
        ("clients.cores", "1"),
        ("clients.connect-timeout", "\"3 ms\""),
    ];
    let found = workers(20, 1, &settings);
    let counts = found.replications[0].classes[0];
    assert_eq!((counts.ok, counts.failed), (Int(5), Int(15)));
    let seen = connections(&found);
    assert_eq!((seen.opened, seen.connect_timeouts), (Int(5), Int(15)));
    assert_eq!(seen.full_handshakes, Int(20));
}

// Goal: a time-out is tried again as the SDK's rules say, over a new connection.
// Method: latencies of which a few are too long, three attempts: nearly all succeed.
#[test]
fn time_outs_are_tried_again() {
    let settings = [
        ("clients.read-timeout", "\"200 ms\""),
        ("clients.retry.standard", "{}"),
        (
            "s3.get-first-byte.lognormal",
            "{ median = \"50 ms\", sigma = 1.0 }",
        ),
    ];
    let found = workers(10, 100, &settings);
    let counts = found.replications[0].classes[0];
    let seen = connections(&found);
    assert!(seen.read_timeouts.0 > 20 && counts.ok_after_retry.0 > 20);
    assert_eq!(counts.ok.0 + counts.failed.0, 1_000);
    assert!(counts.failed.0 < 10, "{counts:?}");
    // Who retries at the end may find a connection of one that is done.
    let more = seen.opened.0 - 10;
    assert!(
        (seen.read_timeouts.0 * 8 / 10..=seen.read_timeouts.0).contains(&more),
        "{more}"
    );
}

// Goal: a client's KMS calls need connections of their own, which its pool limits, and which close
// when they have been idle for too long.
// Method: 20 workers of five Decrypt calls of 10 ms; over five connections 20 rounds and one
// set-up; where none is kept, each call sets one up.
#[test]
fn kms_calls_need_connections() {
    let decrypt = [
        ("fleets.workers.operations", "{ get = 0, decrypt = 1 }"),
        ("kms.latency.constant", "\"10 ms\""),
        ("clients.kms-connections.pool", "{ max = 5 }"),
    ];
    let found = workers(20, 5, &decrypt);
    assert_eq!(completion_ms(&found), 2 + 20 * 10);
    assert_eq!(connections(&found).opened, Int(5));
    assert_eq!(found.classes[0].time.connect_ns.0, 5 * 2_000_000);
    assert!(found.classes[0].time.wait_ns.0 > 0);
    let idle = [
        ("clients.keep-alive", "\"0 s\""),
        ("clients.kms-connections", "\"unlimited\""),
        ("clients.handshakes", "{ resume = true }"),
    ];
    let found = connections(&workers(4, 3, &[&decrypt[..2], &idle].concat()));
    assert_eq!((found.opened, found.full_handshakes), (Int(12), Int(4)));
}

// Goal: a client that encrypts has a pool for each service, and sessions with each.
// Method: PUTs of the S3 Encryption Client, one after the other: a connection to KMS, one to S3.
#[test]
fn s3_and_kms_have_connections_of_their_own() {
    let settings = [
        ("clients.encryption", "\"s3-encryption-client\""),
        ("fleets.workers.operations", "{ get = 0, put = 1 }"),
        ("fleets.workers.size.fixed", "\"1 KiB\""),
        ("clients.connections.pool", "{ max = 1 }"),
        ("clients.kms-connections.pool", "{ max = 1 }"),
        ("clients.handshakes", "{ resume = true }"),
    ];
    let found = workers(1, 4, &settings);
    let seen = connections(&found);
    assert_eq!((seen.opened, seen.full_handshakes), (Int(2), Int(2)));
    assert_eq!(found.replications[0].classes[0].ok, Int(4));
}
