//! Retry modes, end to end.
use crate::common::{Replicated, mean, options, record_of, replicated, run_with, shipped};
use keystorm_record::{ClassCounts, Operation, Replication, Variant};

/// Workers of one instance, each with two requests, and a KMS whose quota somebody else uses up: it
/// refuses everything but a call at t = 0, when S3, over a new connection, has not asked yet.
fn starved(operation: &str, retry: &str, settings: &[(&str, &str)]) -> Variant {
    let text = format!(
        r#"schema = 1
name = "starved"
run = {{ start = "2026-11-24T00:00:00Z", measure = "2 min", replications = 1 }}
account.region = "eu-west-3"
bucket.encryption = "sse-kms"
kms.request-quota = "1_000/s"
kms.other-load = "1_000/s"
kms.limiter.token-bucket.burst = 1
clients.checksum-mode = true
clients.retry{retry}
[fleets.workers]
instances = 1
concurrency = 60
arrivals.closed = {{ think-time = "0 s", calls = 2 }}
operations.{operation} = 1
size.fixed = "0 B"
"#
    );
    run_with("starved.toml", &text, settings, &options())
        .variants
        .remove(0)
}

fn counts(variant: &Variant) -> ClassCounts {
    variant.replications[0].classes[0]
}

/// Attempts after the first ones of all requests.
fn retries(variant: &Variant) -> u64 {
    let counts = counts(variant);
    counts.attempts.0 - counts.outcomes().0
}

fn completion(variant: &Variant) -> f64 {
    mean(variant, "completion")
}

// Goal: what an SDK takes a refusal for decides how often a client can try again. A HEAD's 503 has
// no code: under rules 2.1 it passes for an error of the moment, which takes 14 of 500 tokens and
// is tried again at once; under 2.0 everything takes 5; to CRT a 503 is a throttle, which takes 5.
// Legacy has no tokens.
// Method: 120 requests that are always refused: the retries are ⌊500/14⌋ = 35 or 500/5 = 100, and
// what is not tried again fails with its first error. Two back-offs of the quick kind take 150 ms
// at most; all five attempts of legacy and six of CRT are seen if there are tokens.
#[test]
fn the_kind_of_an_error_decides_how_many_retries_there_are() {
    for (operation, retry, expected) in [
        ("head", ".standard = { rule-set = \"2.1\" }", 35),
        ("get", ".standard = { rule-set = \"2.1\" }", 100),
        ("head", ".standard = { rule-set = \"2.0\" }", 100),
        ("get", ".standard = { rule-set = \"2.0\" }", 100),
        ("head", ".standard = { sdk = \"crt\" }", 100),
        ("get", ".standard = { sdk = \"crt\" }", 100),
        ("head", ".legacy = {}", 120 * 4),
        ("get", ".legacy = {}", 120 * 4),
        ("get", " = \"none\"", 0),
    ] {
        let found = starved(operation, retry, &[]);
        assert_eq!(retries(&found), expected, "{operation}, {retry}");
        assert_eq!(counts(&found).throttled.0, 120, "{operation}, {retry}");
        let is_quick = operation == "head" && retry.contains("2.1") || expected == 0;
        let took = completion(&found);
        assert_eq!(took < 0.4, is_quick, "{operation}, {retry}: {took} s");
    }
}

// Goal: Hadoop's S3A calls its SDK again after a 503 of S3, but not after a 400 of KMS.
// Method: two requests, of which the second is always refused. A GET makes 21 calls of its SDK with
// 6 attempts each, but the SDK's 500 tokens pay for 100 of these 105 retries: 120 in all. Its outer
// back-offs are 0.1 s·2^(k+1)·U(0.5, 1.5), 58 h on average. A call to KMS is made 6 times.
#[test]
fn s3a_calls_again_after_status_503_only() {
    let outer = [
        ("clients.outer-retry", "\"s3a\""),
        ("fleets.workers.concurrency", "1"),
        ("kms.request-quota", "\"1/s\""),
        ("kms.other-load", "\"1/s\""),
        ("run.measure", "\"100 h\""),
    ];
    let inner = ".adaptive = { sdk = \"java\", rule-set = \"2.0\", attempts-max = 6 }";
    let get = starved("get", inner, &outer);
    let took = completion(&get) / 3_600.0;
    assert_eq!((counts(&get).ok.0, retries(&get)), (1, 100 + 20));
    assert!((29.0..88.0).contains(&took), "{took} h");

    let decrypt = starved("decrypt", inner, &outer);
    assert_eq!((counts(&decrypt).ok.0, retries(&decrypt)), (1, 5));
    assert!(completion(&decrypt) < 100.0);
}

// Goal: what a refusal asks to wait is done under rules 2.1, within five seconds of what is drawn
// anyway, replaces the back-off in Rust's 2.0, and is ignored under botocore's 2.0.
// Method: one worker whose second call is refused three times within 3 ms each; two back-offs below
// 1 and 2 s are drawn. It must wait 3 s twice, or 5 s more than drawn where 60 s are asked for, or
// 20 s, Rust's most.
#[test]
fn retry_after_is_honoured_by_rules_that_know_it() {
    let took = |retry: &str, asked: &str| {
        let one = ("fleets.workers.concurrency", "1");
        let constant = ("kms.latency.constant", "\"0 s\"");
        let found = starved(
            "decrypt",
            retry,
            &[one, constant, ("kms.retry-after", asked)],
        );
        assert_eq!(retries(&found), 2);
        completion(&found) - 0.009
    };
    let exactly = |found: f64, expected: f64| {
        assert!((found - expected).abs() < 1e-9, "{found} for {expected} s");
    };
    let (old, new) = (
        ".standard = { rule-set = \"2.0\" }",
        ".standard = { rule-set = \"2.1\" }",
    );
    let drawn = took(old, "\"3 s\"");
    assert!(drawn < 3.0, "{drawn} s");
    exactly(took(old, "\"60 s\""), drawn);
    exactly(took(new, "\"3 s\""), 6.0);
    exactly(took(new, "\"60 s\""), 10.0 + drawn);
    let rust = ".standard = { sdk = \"rust\", rule-set = \"2.0\" }";
    exactly(took(rust, "\"3 s\""), 6.0);
    exactly(took(rust, "\"60 s\""), 40.0);
}

// Goal: clients of one process share their retry quota in Rust; in botocore each has its own.
// Method: 60 workers in one instance or two: Rust makes 100 retries in a process, however many
// clients it has; botocore's clients, one for each worker, have tokens for all.
#[test]
fn clients_of_a_process_share_a_quota_in_rust() {
    let retries = |sdk: &str, per: &str, instances: &str, concurrency: &str| {
        let settings = [
            ("clients.client-per", per),
            ("fleets.workers.instances", instances),
            ("fleets.workers.concurrency", concurrency),
        ];
        let retry = format!(".standard = {{ sdk = \"{sdk}\" }}");
        retries(&starved("get", &retry, &settings))
    };
    let (instance, worker) = ("\"instance\"", "\"worker\"");
    assert_eq!(retries("rust", instance, "1", "60"), 100);
    assert_eq!(retries("rust", instance, "2", "30"), 200);
    assert_eq!(retries("botocore", instance, "2", "30"), 200);
    assert_eq!(retries("botocore", worker, "1", "60"), 120 * 2);
    assert_eq!(retries("botocore", worker, "2", "30"), 120 * 2);
}

// Goal: an adaptive client is refused less than a standard one at the same load, and what it waits
// for its limiter is back-off.
// Method: 20 workers that want 1,000 calls a second of 50. With one attempt there is no other
// back-off; with three, the refused share of all calls falls below a quarter of the standard one's.
#[test]
fn an_adaptive_client_waits_where_a_standard_one_is_refused() {
    let found = |mode: &str, attempts: u32| {
        let text = format!(
            r#"schema = 1
name = "adaptive"
run = {{ start = "2026-11-24T00:00:00Z", measure = "10 min", replications = 1 }}
account.region = "eu-west-3"
bucket.encryption = "sse-kms"
kms = {{ request-quota = "50/s", latency.constant = "20 ms" }}
clients.retry.{mode} = {{ attempts-max = {attempts} }}
[fleets.workers]
concurrency = 20
arrivals.closed = {{ think-time = "0 s", calls = 200 }}
operations.decrypt = 1
size.fixed = "0 B"
"#
        );
        record_of(&text).variants.remove(0)
    };
    let back_off = |variant: &Variant| variant.classes[0].time.back_off_ns.0;
    let (standard, adaptive) = (found("standard", 1), found("adaptive", 1));
    assert_eq!(back_off(&standard), 0);
    assert!(back_off(&adaptive) > 0);
    let class = &adaptive.classes[0];
    let latency = class.time.total_ns().0 as f64 / counts(&adaptive).ok.0 as f64 / 1e9;
    let reported = mean(&adaptive, "decrypt.latency.mean");
    assert!((latency / reported - 1.0).abs() < 1e-9);

    let share = |variant: &Variant| mean(variant, "kms.throttled-share");
    let (standard, adaptive) = (found("standard", 3), found("adaptive", 3));
    let (refused, refused_less) = (share(&standard), share(&adaptive));
    assert!(refused_less < refused / 4.0, "{refused_less} and {refused}");
    let failed = |variant: &Variant| counts(variant).throttled.0;
    assert!(failed(&adaptive) < failed(&standard) / 10);
}

/// A herd of 80 clients, each with one call, at a bucket that holds one token: calls that were
/// made, and seconds until all are served; over 200 replications.
fn herd(jitter: &str, base: &str) -> [Replicated; 2] {
    let text = format!(
        r#"schema = 1
name = "herd"
seed = 47
run = {{ start = "2026-11-24T00:00:00Z", measure = "10 min", replications = 200 }}
account.region = "eu-west-3"
bucket.encryption = "sse-kms"
kms = {{ request-quota = "100/s", limiter.token-bucket.burst = 1, latency.constant = "3 ms" }}
clients.retry.custom = {{ attempts-max = 100, base = "{base}", cap = "2 s", jitter = "{jitter}" }}
[fleets.herd]
instances = 80
concurrency = 1
arrivals.closed = {{ think-time = "0 s", calls = 1 }}
operations.decrypt = 1
size.fixed = "0 B"
"#
    );
    let found = record_of(&text).variants.remove(0).replications;
    assert!(found.iter().all(|it| it.classes[0].ok.0 == 80));
    let took = |it: &Replication| it.completion_ns.expect("all are served").0 as f64 / 1e9;
    [
        replicated(&found, |it| it.kms.calls().0 as f64),
        replicated(&found, took),
    ]
}

// Goal: jitter takes a herd apart, as in the AWS Architecture Blog's experiment: without it work
// grows with the square of the number of clients. Equal jitter takes longer than full for the same
// work; decorrelated jitter is the quickest and needs more work.
// Method: 80 clients at once at a bucket with one token, 100/s, back-offs from 10 ms (5 ms where
// they are decorrelated) to 2 s. Without jitter all come at the same instants, of which each serves
// one: 80·81/2 calls exactly. The others in the order of 99.9 % intervals that do not overlap.
#[test]
fn jitter_saves_work_for_a_herd() {
    let none = herd("none", "10 ms");
    let equal = herd("equal", "10 ms");
    let full = herd("full", "10 ms");
    let decorrelated = herd("decorrelated", "5 ms");
    let all = format!("{none:?}, {equal:?}, {full:?}, {decorrelated:?}");
    let [work, took] = none;
    assert_eq!((work.low(), work.high()), (3_240.0, 3_240.0), "{all}");
    for jittered in [&equal, &full, &decorrelated] {
        assert!(jittered[0].high() < work.low() / 4.0, "{all}");
        assert!(jittered[1].high() < took.low() / 30.0, "{all}");
    }
    assert!(full[0].high() < decorrelated[0].low(), "{all}");
    assert!(equal[0].high() < decorrelated[0].low(), "{all}");
    assert!(decorrelated[1].high() < full[1].low(), "{all}");
    assert!(full[1].high() < equal[1].low(), "{all}");
}

/// Mean over the seconds from `from` to `to` of a series, in one run.
fn rate(variant: &Variant, series: &str, from: usize, to: usize) -> f64 {
    let columns = variant.series.columns();
    let (_, values) = columns.iter().find(|it| it.0 == series).expect("a series");
    let sum: u64 = values[from..to].iter().map(|it| it.0).sum();
    sum as f64 / (to - from) as f64 / f64::from(variant.series.replications)
}

fn library(name: &str, settings: &[(&str, &str)]) -> Vec<Variant> {
    let scenarios = shipped();
    let (path, text) = scenarios
        .iter()
        .find(|it| it.0.ends_with(name))
        .expect("it is shipped");
    run_with(path, text, settings, &options()).variants
}

// Goal: the shipped collapse is one: with legacy's retries ten bad seconds go on for ever, under
// the retry quota of the standard mode, with adaptive clients and under a window that counts
// seconds they do not.
// Method: copies that end well per second, of 400 that are asked for: before, during, and long
// after (150 s are ten times the longest life of a request), when nobody else calls KMS; what keeps
// it going is the clients' retries alone. With another seed the last of ten minutes is as bad; a
// load of 70 % of the quota recovers, as the scenario tells.
#[test]
fn the_shipped_collapse_lasts_and_its_remedies_heal_it() {
    let found = library("metastable-collapse.toml", &[]);
    let [legacy, others @ ..] = &found[..] else {
        panic!("no variants")
    };
    for variant in &found {
        let (before, during) = (rate(variant, "ok", 5, 20), rate(variant, "ok", 21, 30));
        assert!(
            (385.0..415.0).contains(&before),
            "{}: {before}/s",
            variant.name
        );
        assert!(during < 0.8 * before, "{}: {during}/s", variant.name);
        assert!(rate(variant, "kms-other-calls", 30, 180) < 1e-9);
    }
    for (from, to) in [(40, 60), (100, 140), (140, 180)] {
        let good = rate(legacy, "ok", from, to);
        assert!((150.0..210.0).contains(&good), "{good}/s from {from} s on");
        let calls = rate(legacy, "kms-calls", from, to);
        assert!(
            (2_300.0..2_550.0).contains(&calls),
            "{calls}/s from {from} s on"
        );
        assert!(rate(legacy, "kms-first-calls", from, to) < 750.0);
    }
    assert_eq!(others.len(), 3);
    for variant in others {
        let good = rate(variant, "ok", 120, 180);
        assert!((385.0..415.0).contains(&good), "{}: {good}/s", variant.name);
        let refused = rate(variant, "kms-refused", 120, 180);
        assert!(refused < 1e-9, "{}: {refused}/s", variant.name);
    }
    // The retry quota lets it recover at once; a limiter works off what has piled up.
    assert!(rate(&others[0], "ok", 31, 40) > 385.0);
    assert!(rate(&others[1], "ok", 40, 60) > 460.0);

    let ten_minutes = [
        ("run.measure", "\"10 min\""),
        ("run.replications", "1"),
        ("seed", "32"),
    ];
    let found = library("metastable-collapse.toml", &ten_minutes);
    let good = rate(&found[0], "ok", 540, 600);
    assert!((150.0..210.0).contains(&good), "{good}/s after ten minutes");
    let less = [("fleets.archive.arrivals.poisson.rate", "\"350/s\"")];
    let found = library("metastable-collapse.toml", &less);
    let good = rate(&found[0], "ok", 120, 180);
    assert!((335.0..365.0).contains(&good), "{good}/s of 350/s");
}

// Goal: the shipped comparison of retry modes says what its text says.
// Method: the shares that are given up, by mode and operation.
#[test]
fn the_shipped_retry_modes_differ_as_told() {
    let found = library("retry-modes.toml", &[]);
    let lost = |name: &str, operation: Operation| {
        let variant = found.iter().find(|it| it.name == name).expect("a variant");
        mean(variant, &format!("{}.throttled-share", operation.id()))
    };
    let (get, head) = (Operation::Get, Operation::Head);
    for name in ["None", "Standard 2.0", "Standard 2.1", "CRT"] {
        for operation in [get, head] {
            let lost = lost(name, operation);
            assert!((0.08..0.12).contains(&lost), "{name}: {lost}");
        }
    }
    assert!(lost("Standard 2.1", head) > lost("None", head));
    assert!(lost("Standard 2.0", head) < lost("None", head));
    for (name, most) in [("Legacy", 0.02), ("Adaptive 2.1", 0.01), ("S3A", 1e-9)] {
        assert!(lost(name, get) < most && lost(name, head) < most, "{name}");
    }
    assert!(lost("Java legacy", get) < 0.02 && lost("Java legacy", head) > 0.12);
}
