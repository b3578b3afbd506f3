use crate::common::{mean, options, run_with};
use keystorm_record::{Int, Operation, Variant};

/// Two workers, of an instance each, that move objects of one size, by a manager; a piece takes
/// 100 ms and 1 s for each 8 MiB.
fn moved(operation: &str, size: &str, settings: &[(&str, &str)]) -> Variant {
    let text = format!(
        r#"schema = 1
name = "transfers"
run = {{ start = "2026-11-24T00:00:00Z", measure = "1 h", replications = 1 }}
account.region = "eu-west-3"
bucket.encryption = "sse-kms"
kms.latency.constant = "0 s"
s3.get-first-byte.constant = "100 ms"
s3.put-first-byte.constant = "100 ms"
s3.connection-rate = "8 MiB/s"
clients = {{ round-trip = "0 s", keep-alive = "1 h" }}
[fleets.workers]
instances = 2
concurrency = 1
arrivals.closed = {{ think-time = "0 s", calls = 5 }}
operations.{operation} = 1
size.fixed = "{size}"
"#
    );
    run_with("transfers.toml", &text, settings, &options())
        .variants
        .remove(0)
}

const S3TRANSFER: (&str, &str) = ("fleets.workers.transfer-manager", "\"s3transfer\"");

// Goal: a request that is moved in parts takes as long as its stages, one after the other, each as
// its parts side by side allow; it counts once, and every call on the wire is an attempt.
// Method: constant times. 80 MiB down: a HEAD, ten ranges at once. 240 MiB: three rounds of ten. 20
// MiB up: begin, three parts (the last one of 4 MiB is done earlier), end.
#[test]
fn a_transfer_takes_as_long_as_its_stages() {
    for (operation, size, millis, attempts) in [
        ("get", "80 MiB", 100 + 1_100, 11.0),
        ("get", "240 MiB", 100 + 3 * 1_100, 31.0),
        ("put", "20 MiB", 100 + 1_100 + 100, 5.0),
    ] {
        let found = moved(operation, size, &[S3TRANSFER]);
        let counts = found.replications[0].classes[0];
        assert_eq!((found.classes.len(), counts.ok), (1, Int(10)), "{size}");
        let latency = mean(&found, &format!("{operation}.latency.mean"));
        assert!(
            (latency - f64::from(millis) / 1e3).abs() < 1e-9,
            "{size}: {latency}"
        );
        assert!((mean(&found, &format!("{operation}.attempts")) - attempts).abs() < 1e-9);
        let completion = u64::try_from(millis).unwrap() * 5 * 1_000_000;
        assert_eq!(found.replications[0].completion_ns, Some(Int(completion)));
    }
}

// Goal: KMS is called, and S3 bills, as for the requests that are made.
// Method: 20 MiB up under SSE-KMS: begin asks for a key, each part and the end decrypt it (as
// `facts calls` says); all five are billed as PUT.
#[test]
fn pieces_are_what_s3_and_kms_see() {
    let found = moved("put", "20 MiB", &[S3TRANSFER]);
    let replication = &found.replications[0];
    assert_eq!(replication.kms.generate_data_key, Int(10));
    assert_eq!(replication.kms.decrypt, Int(40));
    assert_eq!(replication.s3.put_billed, Int(50));
    let down = moved("get", "80 MiB", &[S3TRANSFER]);
    assert_eq!(down.replications[0].kms.decrypt, Int(100));
    assert_eq!(down.replications[0].s3.get_billed, Int(110));
}

// Goal: what is too small for parts is the one request that it is without a manager.
// Method: uploads below the threshold with random times, with and without; the same in everything.
#[test]
fn small_uploads_are_as_without_a_manager() {
    let random = (
        "s3.put-first-byte.lognormal",
        "{ median = \"30 ms\", sigma = 0.5 }",
    );
    let with = moved("put", "7 MiB", &[random, S3TRANSFER]);
    let without = moved("put", "7 MiB", &[random]);
    assert_eq!(with.replications, without.replications);
    assert_eq!(with.classes, without.classes);
    assert_eq!(with.series, without.series);
}

// Goal: a transfer fails with its first piece that fails for good, in one outcome; an upload in
// parts is aborted then.
// Method: uploads of 30 parts against a quota that refuses most of the calls, without retries.
#[test]
fn a_transfer_fails_with_its_piece() {
    let settings = [
        S3TRANSFER,
        ("kms.request-quota", "\"5/s\""),
        ("clients.retry", "\"none\""),
    ];
    let found = moved("put", "240 MiB", &settings);
    let counts = found.replications[0].classes[0];
    assert_eq!(counts.outcomes(), Int(10));
    assert_eq!(counts.throttled, Int(10));
    // Begin, up to ten parts at a time and the abort; no further part after the first refusal.
    let attempts = counts.attempts.0;
    assert!((10 * 8..=10 * 12).contains(&attempts), "{attempts}");
}

// Goal: the record names the call that fails an upload, once, though it counts the whole PUT; where
// small objects' PUTs fail of the same, it names those.
// Method: large objects and permissions that lack one each; small objects are told apart by name.
#[test]
fn a_transfer_that_is_refused_says_at_which_call() {
    let errors = |size: &str, permissions: &str| {
        let permissions = ("fleets.workers.request.kms-permissions", permissions);
        let found = moved("put", size, &[S3TRANSFER, permissions]);
        let denied = mean(&found, "put.denied-share") > 0.99;
        assert_eq!(denied, !found.refusals.is_empty(), "{size}");
        let told = found.refusals.into_iter();
        told.map(|it| (it.operation, it.status)).collect::<Vec<_>>()
    };
    let encrypt_only = r#"["generate-data-key"]"#;
    assert_eq!(
        errors("20 MiB", encrypt_only),
        [(Operation::UploadPart, 403)]
    );
    assert_eq!(errors("2 MiB", encrypt_only), []);
    let neither = "[]";
    assert_eq!(errors("20 MiB", neither), [(Operation::Put, 403)]);
    assert_eq!(errors("2 MiB", neither), [(Operation::Put, 403)]);
}
