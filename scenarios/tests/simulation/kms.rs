use crate::common::{mean, options, record_of, run_with};
use keystorm_record::{Int, QuotaChange, Variant};

/// One fleet of GETs under SSE-KMS at a rate, 6 s without retries; `more` goes before its table.
fn variant(rate: u32, more: &str) -> Variant {
    variant_with(rate, more, &[("clients.retry", "none")])
}

/// The same with some values changed.
fn variant_with(rate: u32, more: &str, settings: &[(&str, &str)]) -> Variant {
    let text = format!(
        r#"schema = 1
name = "kms"
run = {{ start = "2026-11-24T00:00:00Z", measure = "6 s", replications = 1 }}
account.region = "eu-west-3"
bucket = {{ encryption = "sse-kms", prefixes = 10 }}
{more}
[fleets.only]
instances = 10
concurrency = 10_000
arrivals.poisson = {{ rate = "{rate}/s" }}
operations.get = 1
size.fixed = "1 KiB"
"#
    );
    run_with("kms.toml", &text, settings, &options())
        .variants
        .remove(0)
}

fn seconds(column: &[Int]) -> Vec<u64> {
    column.iter().map(|it| it.0).collect()
}

// Goal: the arithmetic of KMS's documentation, in a run: 7,000 of ours and 2,000 of others pass a
// quota of 10,000, of 9,500 and 1,000 ours lose what comes after the quota is used up.
// Method: each limiter; 4.8 % of the calls are too many, chance adds up to 1 % in a second.
#[test]
fn the_arithmetic_of_the_documentation_holds_in_a_run() {
    for limiter in [
        "kms.limiter = \"fixed-window\"",
        "kms.window-phase = \"drawn\"",
        "kms.limiter.tick.period = \"100 ms\"",
        "kms.limiter.token-bucket.burst = 500",
    ] {
        let fits = variant(7_000, &format!("kms.other-load = \"2_000/s\"\n{limiter}"));
        let tight = limiter.contains("tick");
        assert!(
            mean(&fits, "kms.throttled-share") <= if tight { 0.01 } else { 0.0 },
            "{limiter}"
        );
        let over = variant(9_500, &format!("kms.other-load = \"1_000/s\"\n{limiter}"));
        let share = mean(&over, "kms.throttled-share");
        assert!((share - 0.048).abs() < 0.015, "{limiter}: {share}");
    }
}

// Goal: other load that changes is counted, recorded and felt.
// Method: a step from 0 to 9,500/s at 3 s beside 1,000/s against 10,000/s: refused only after it.
#[test]
fn other_load_follows_its_profile() {
    let found = variant(
        1_000,
        "kms.other-load-profile.points = [\n\
         { at = \"3 s\", rate = \"0/s\" }, { at = \"3 s\", rate = \"9_500/s\" } ]",
    );
    let other = [0, 0, 0, 9_500, 9_500, 9_500];
    assert_eq!(seconds(&found.series.kms_other_calls), other);
    let refused = seconds(&found.series.kms_refused);
    assert!(refused[..3].iter().all(|&it| it == 0), "{refused:?}");
    assert!(refused[3..].iter().all(|&it| it > 20), "{refused:?}");
    assert_eq!(found.replications[0].kms.other, Int(3 * 9_500));
    assert_eq!(found.setup.kms_other_load_per_s, Int(9_500));
}

// Goal: a quota that changes counts from its second on, and shares are of each second's quota.
// Method: 200/s from 3 s after 100/s, against about 150/s.
#[test]
fn a_quota_changes_within_a_run() {
    let found = variant(
        150,
        "kms.request-quota = \"100/s\"\n\
         kms.quota-changes = [{ at = \"2026-11-24T00:00:03Z\", quota = \"200/s\" }]",
    );
    let refused = seconds(&found.series.kms_refused);
    assert!(refused[..3].iter().all(|&it| it > 0), "{refused:?}");
    assert_eq!(refused[3..], [0; 3]);
    let change = QuotaChange {
        second: Int(3),
        quota_per_s: Int(200),
    };
    assert_eq!(found.setup.kms_quota_changes, [change]);
    let calls = seconds(&found.series.kms_calls);
    let quotas = [100, 100, 100, 200, 200, 200];
    let most = calls
        .iter()
        .zip(quotas)
        .map(|(&calls, quota)| calls as f64 / f64::from(quota));
    let most = most.fold(0.0, f64::max);
    assert!((mean(&found, "kms.utilisation.peak-second") - most).abs() < 1e-9);
    assert!((mean(&found, "kms.headroom") - (1.0 - most)).abs() < 1e-9);
    let all: u64 = calls.iter().sum();
    assert!((mean(&found, "kms.utilisation") - all as f64 / 900.0).abs() < 1e-9);
}

// Goal: AWS's own change of the quota is made in a run that crosses its day.
// Method: Paris around 2024-07-08: 5,500/s, then 10,000/s.
#[test]
fn a_run_that_crosses_an_era_gets_both_quotas() {
    let found = variant(7_000, "").setup;
    assert_eq!(
        (found.kms_quota_per_s, found.kms_quota_changes.len()),
        (Int(10_000), 0)
    );
    let text = r#"schema = 1
name = "era"
run = { start = "2024-07-07T23:59:57Z", measure = "6 s", replications = 1 }
account.region = "eu-west-3"
bucket = { encryption = "sse-kms", prefixes = 10 }
[fleets.only]
instances = 10
concurrency = 10_000
arrivals.poisson = { rate = "7_000/s" }
operations.get = 1
size.fixed = "1 KiB"
[[variants]]
name = "default"
[[variants]]
name = "granted earlier"
kms.quota-changes = [{ at = "1 s", quota = "8_000/s" }]
"#;
    let record = record_of(text);
    let changes = |index: usize| {
        let changes = &record.variants[index].setup.kms_quota_changes;
        changes
            .iter()
            .map(|it| (it.second.0, it.quota_per_s.0))
            .collect::<Vec<_>>()
    };
    assert_eq!(record.variants[0].setup.kms_quota_per_s, Int(5_500));
    assert_eq!(
        (changes(0), changes(1)),
        (vec![(3, 10_000)], vec![(1, 8_000)])
    );
    let refused = seconds(&record.variants[0].series.kms_refused);
    assert!(refused[..3].iter().all(|&it| it > 0), "{refused:?}");
    assert!(
        record
            .facts
            .iter()
            .any(|it| it.id == "kms-quota-era" && it.value.contains("10,000/s"))
    );
}

// Goal: a custom key store refuses beside the account's quota, and is told apart from it.
// Method: 300/s against 100/s of the store, alone and with an account of 50/s; data keys of 2020.
#[test]
fn a_key_store_has_a_quota_of_its_own() {
    let store = "kms.key-store = \"cloud-hsm\"\nkms.key-store-quota = \"100/s\"\n";
    let found = variant(300, store);
    let kms = found.replications[0].kms;
    assert_eq!(kms.decrypt.0 - kms.refused.0, 600);
    assert_eq!(kms.refused_key_store, Some(kms.refused));
    let (all, by_store) = (
        mean(&found, "kms.throttled-share"),
        mean(&found, "kms.throttled-share.key-store"),
    );
    assert!(all > 0.6 && (all - by_store).abs() < 1e-9);
    let both = variant(300, &format!("{store}kms.request-quota = \"50/s\""));
    let kms = both.replications[0].kms;
    assert_eq!(
        (kms.decrypt.0 - kms.refused.0, kms.refused_key_store),
        (300, Some(Int(0)))
    );
    let puts = |weight: &str| {
        let settings = [
            ("fleets.only.operations.get", "0"),
            ("fleets.only.operations.put", "1"),
            ("kms.key-store-data-key-weight", weight),
        ];
        let kms = variant_with(300, store, &settings).replications[0].kms;
        kms.generate_data_key.0 - kms.refused.0
    };
    assert_eq!((puts("1"), puts("3")), (600, 6 * 33));
}

// Goal: faults fail calls within their time, and requests end as failed; retries take them as
// transient.
// Method: every call fails from 2 s to 4 s, without retries, with five attempts, and of clients
// that call KMS themselves.
#[test]
fn faults_fail_requests_within_their_time() {
    let fault = "kms.faults = [{ error = \"key-unavailable\", share = 1.0, from = \"2 s\", \
                 to = \"4 s\" }]\n";
    let found = variant(300, fault);
    let kms = found.replications[0].kms;
    assert_eq!(kms.refused, Int(0));
    let calls = seconds(&found.series.kms_calls);
    assert_eq!(kms.failed, Some(Int(calls[2] + calls[3])));
    let counts = found.replications[0].classes[0];
    assert_eq!(
        (Some(counts.failed), counts.attempts_throttled_kms),
        (kms.failed, Int(0))
    );
    assert!((mean(&found, "kms.failed-share") - 1.0 / 3.0).abs() < 0.05);
    let direct = [
        ("clients.retry", "none"),
        ("bucket.encryption", "sse-s3"),
        ("clients.encryption", "s3-encryption-client"),
    ];
    let found = variant_with(300, fault, &direct);
    assert!((mean(&found, "get.failed-share") - 1.0 / 3.0).abs() < 0.05);
    assert!((mean(&found, "get.attempts") - 1.0).abs() < 1.0);
}

// Goal: calls fail by their share, independently, and retries get over it.
// Method: a tenth fails all the time. Failed calls of 6,000 within 4.4 standard errors (confidence
// 0.99999); three attempts of each lose one request in a thousand.
#[test]
fn calls_fail_by_their_share() {
    let fault = "kms.faults = [{ error = \"kms-internal\", share = 0.1 }]";
    let failed = |found: &Variant| mean(found, "get.failed-share");
    let within = |share: f64, expected: f64, n: f64| {
        let error = (expected * (1.0 - expected) / n).sqrt();
        assert!(
            (share - expected).abs() < 4.4 * error,
            "{share}, not {expected}"
        );
    };
    within(failed(&variant(1_000, fault)), 0.1, 6_000.0);
    let retried = variant_with(
        1_000,
        fault,
        &[(
            "clients.retry.standard",
            "{ rule-set = \"2.1\", attempts-max = 3 }",
        )],
    );
    within(failed(&retried), 0.001, 6_000.0);
    within(mean(&retried, "kms.failed-share"), 0.1, 6_600.0);
    let attempts = mean(&retried, "get.attempts");
    within(attempts - 1.0, 0.11, 6_000.0);
}

// Goal: a client's own call and S3's call for the same request fail independently of each other.
// Method: client-side encryption over SSE-KMS, a tenth of either: 1 - 0.9 * 0.9 of the requests.
#[test]
fn the_two_calls_of_a_request_fail_independently() {
    let fault = "kms.faults = [{ error = \"dependency-timeout\", share = 0.1 }]";
    let both = [
        ("clients.retry", "none"),
        ("clients.encryption", "s3-encryption-client"),
    ];
    let found = variant_with(300, fault, &both);
    // 1,800 requests; one standard error is 0.9 %.
    let failed = mean(&found, "get.failed-share");
    assert!((failed - 0.19).abs() < 0.041, "{failed}");
}

// Goal: what a fault or a store does shifts no other draw.
// Method: arrivals with both are those of a run with neither; before the fault all is the same.
#[test]
fn faults_shift_no_other_draw() {
    let plain = variant(300, "");
    let fault = "kms.faults = [{ error = \"kms-internal\", share = 0.5, from = \"3 s\" }]\n\
                 kms.key-store = \"cloud-hsm\"";
    let found = variant(300, fault);
    assert_eq!(found.series.requests, plain.series.requests);
    assert_eq!(found.series.ok[..3], plain.series.ok[..3]);
    assert!(seconds(&found.series.ok)[4] < seconds(&plain.series.ok)[4]);
}

// Goal: each request has one outcome, whatever the store and faults do to it.
// Method: both kinds of store with a small quota, a slow proxy, faults and retries.
#[test]
fn every_request_has_one_outcome() {
    for store in ["cloud-hsm", "external"] {
        let more = format!(
            "kms.key-store = \"{store}\"\nkms.key-store-quota = \"200/s\"\n\
             kms.key-store-proxy-latency.lognormal = {{ median = \"100 ms\", sigma = 1.0 }}\n\
             kms.faults = [{{ error = \"key-unavailable\", share = 0.2, from = \"1 s\" }}]"
        );
        let found = variant_with(
            300,
            &more,
            &[(
                "clients.retry.standard",
                "{ rule-set = \"2.1\", attempts-max = 3 }",
            )],
        );
        let (counts, kms) = (found.replications[0].classes[0], found.replications[0].kms);
        assert_eq!(counts.outcomes(), counts.requests, "{store}");
        assert!(
            counts.failed > Int(0) && counts.throttled > Int(0),
            "{store}"
        );
        // Answers to the last calls are under way when the run ends.
        let answered = counts.attempts_throttled_kms.0;
        assert!(
            (kms.refused.0 - 20..=kms.refused.0).contains(&answered),
            "{store}"
        );
        let calls = kms.generate_data_key.0 + kms.decrypt.0;
        let refused = kms.refused.0 + kms.failed.unwrap().0;
        assert!(refused < calls && counts.ok.0 <= calls - refused, "{store}");
    }
}

// Goal: an external key store's proxy takes its time; if it is too slow twice, requests fail after
// half a second.
// Method: proxies that always take 40 ms and 300 ms.
#[test]
fn a_slow_proxy_fails_requests() {
    let proxy = |ms: u32| {
        let more = format!(
            "kms.key-store = \"external\"\nkms.key-store-proxy-latency.constant = \"{ms} ms\"\n\
             kms.latency.constant = \"5 ms\"\ns3.get-first-byte.constant = \"10 ms\""
        );
        variant(100, &more)
    };
    let fast = proxy(40);
    assert!(mean(&fast, "get.ok-share") > 0.97);
    let latency = mean(&fast, "get.latency.p50");
    assert!((0.055..0.06).contains(&latency), "{latency}");
    let slow = proxy(300);
    assert!(mean(&slow, "get.failed-share") > 0.85);
    assert!((mean(&slow, "kms.failed-share") - 1.0).abs() < 1e-9);
}
