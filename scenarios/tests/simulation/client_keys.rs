use crate::common::{mean, options, run_with};
use keystorm_models::client::data_keys::{
    CacheRules, Expiry, Misses, keys_per_second, keys_per_second_with_latency,
};
use keystorm_record::{Int, KmsCounts, Variant};
use keystorm_sim::Span;

/// Objects written at random, by one instance whose client encrypts as `encryption` says.
fn writes(encryption: &str, settings: &[(&str, &str)]) -> Variant {
    let text = format!(
        r#"schema = 1
name = "writes"
run = {{ start = "2026-11-24T00:00:00Z", measure = "100 s", replications = 5 }}
account.region = "us-east-1"
bucket.encryption = "sse-s3"
kms.latency.constant = "20 ms"
s3 = {{ put-first-byte.constant = "30 ms", get-first-byte.constant = "30 ms" }}
clients.encryption = {encryption}
[fleets.writers]
instances = 1
concurrency = 10_000
arrivals.poisson = {{ rate = "100/s" }}
operations.put = 1
size.fixed = "1 KiB"
"#
    );
    run_with("writes.toml", &text, settings, &options())
        .variants
        .remove(0)
}

/// The same workers, who all begin at once and stop after `calls` objects.
fn workers(encryption: &str, workers: u32, calls: u32, settings: &[(&str, &str)]) -> Variant {
    let concurrency = workers.to_string();
    let closed = format!("{{ closed = {{ think-time = \"0 s\", calls = {calls} }} }}");
    let mut all = vec![
        ("fleets.writers.arrivals", closed.as_str()),
        ("fleets.writers.concurrency", concurrency.as_str()),
        ("run.replications", "1"),
    ];
    all.extend(settings);
    writes(encryption, &all)
}

fn kms(variant: &Variant) -> KmsCounts {
    variant.replications[0].kms
}

const CACHE: &str = "{ encryption-sdk = { cache = { capacity = 10, max-age = \"1 h\" } } }";
const PLAIN: &str = "{ encryption-sdk = {} }";

// Goal: a cache of zero, and one for each invocation, are none: the same bytes as without; and so
// is the AWS Encryption SDK without one beside the S3 Encryption Client.
// Method: replications, classes, series and metrics of each against those without; a quota that
// throttles, so that retries are in it.
#[test]
fn a_cache_of_zero_makes_no_difference() {
    let quota = [("kms.request-quota", "\"90/s\"")];
    let without = writes("\"s3-encryption-client\"", &quota);
    assert!(kms(&without).refused > Int(100));
    let cache = "{ encryption-sdk = { cache = { capacity = 10, max-age = \"1 h\", ";
    for encryption in [
        PLAIN.to_owned(),
        format!("{cache} scope = \"invocation\" }} }} }}"),
        CACHE.replace("10,", "0,"),
        CACHE.replace("1 h", "0 s"),
    ] {
        let with = writes(&encryption, &quota);
        assert!(with.replications == without.replications, "{encryption}");
        assert!(with.classes == without.classes, "{encryption}");
        assert!(with.series == without.series, "{encryption}");
        assert!(with.metrics == without.metrics, "{encryption}");
    }
}

// Goal: a cold start makes a key for each parallel object, one where misses are shared, and one for
// each worker that keeps its own.
// Method: 40 workers who begin at once and write 25 objects each.
#[test]
fn a_cold_start_makes_a_key_for_each_parallel_object() {
    let calls = |encryption: &str, settings: &[(&str, &str)]| {
        let found = workers(encryption, 40, 25, settings);
        assert_eq!(found.replications[0].classes[0].ok, Int(1_000));
        let keys = found.replications[0].client_keys;
        (kms(&found).generate_data_key.0, keys)
    };
    assert_eq!(calls(PLAIN, &[]), (1_000, None));
    let (separate, keys) = calls(CACHE, &[]);
    let keys = keys.unwrap();
    assert_eq!(separate, 40);
    assert_eq!(
        (keys.wanted, keys.cached, keys.waited),
        (Int(1_000), Int(960), Int(0))
    );
    let shared = "clients.encryption.encryption-sdk.cache.misses";
    let (one, keys) = calls(CACHE, &[(shared, "\"shared\"")]);
    let keys = keys.unwrap();
    assert_eq!(one, 1);
    assert_eq!((keys.cached, keys.waited), (Int(999), Int(39)));
    let own = [
        ("clients.client-per", "\"worker\""),
        (
            "clients.encryption.encryption-sdk.cache.scope",
            "\"worker\"",
        ),
    ];
    assert_eq!(calls(CACHE, &own).0, 40);
    // Each worker's first key still serves when another worker's would have been stored.
    let messages = "clients.encryption.encryption-sdk.cache.max-messages";
    let own = [own[0], own[1], (messages, "5")];
    assert_eq!(calls(CACHE, &own).0, 40 * 5);
}

// Goal: calls of a cache are those of the closed form, in the simulation as in the model.
// Method: Poisson writes at 100/s for 5 × 100 s; a key takes 20 ms, and nothing. The interval of
// 95 %, widened to twice its width, about 1e-4 of all seeds would miss it.
#[test]
fn calls_agree_with_the_closed_form() {
    let cached = |age: &str, messages: &str| {
        format!(
            "{{ encryption-sdk = {{ cache = {{ capacity = 1, max-age = \"{age}\", \
             max-messages = {messages} }} }} }}"
        )
    };
    let agrees = |variant: &Variant, expected: f64| {
        let found = &variant.metrics["kms.calls"];
        let half = found.high.unwrap() - found.mean;
        assert!(half < 0.1 * found.mean, "too wide to tell: {half}");
        let off = (found.mean - expected).abs();
        assert!(off < 2.0 * half, "{} ± {half}: {expected}", found.mean);
    };
    let found = writes(&cached("200 ms", "4_294_967_296"), &[]);
    agrees(&found, keys_per_second_with_latency(100.0, 0.2, 0.02));
    let rules = CacheRules {
        capacity: 1,
        max_age: Span::from_millis(200),
        max_messages: 15,
        max_bytes: CacheRules::MAX_BYTES,
        expiry: Expiry::Each,
        misses: Misses::Separate,
    };
    let at_once = [("kms.latency.constant", "\"0 s\"")];
    let found = writes(&cached("200 ms", "15"), &at_once);
    agrees(&found, keys_per_second(100.0, &rules));
    let share = mean(&found, "client.keys.cached-share");
    assert!((share - (1.0 - mean(&found, "kms.calls") / 100.0)).abs() < 0.01);
}

// Goal: who waits for another's key waits no longer than the patience, and goes on if it fails.
// Method: keys that take 2.5 s: one call a second; then a quota of one call a second for 50 branch
// keys and clients without retries: whoever is refused fails, the others ask for themselves.
#[test]
fn waiting_for_a_key_has_an_end() {
    let shared = CACHE.replace("\"1 h\"", "\"1 h\", misses = \"shared\"");
    let slow = [("kms.latency.constant", "\"2500 ms\"")];
    let found = workers(&shared, 30, 1, &slow);
    assert_eq!(kms(&found).generate_data_key, Int(3));
    assert_eq!(found.replications[0].classes[0].ok, Int(30));
    let few = [
        ("kms.request-quota", "\"1/s\""),
        ("clients.retry", "\"none\""),
    ];
    let branch = "{ hierarchical-keyring = { branch-keys = 50 } }";
    let found = workers(branch, 100, 1, &few);
    let counts = found.replications[0].classes[0];
    assert_eq!(counts.outcomes(), Int(100));
    assert_eq!(counts.unfinished, Int(0));
    assert!(
        counts.throttled > Int(80) && counts.ok > Int(0),
        "{counts:?}"
    );
    assert_eq!(kms(&found).decrypt.0, kms(&found).refused.0 + 1);
}

// Goal: each way asks KMS for what its row says, and nothing else.
// Method: 20 workers of 10 objects: calls by kind, and the time a key store takes.
#[test]
fn each_way_makes_its_own_calls() {
    let calls = |encryption: &str, reads: bool| {
        let mut settings = vec![];
        if reads {
            settings.push(("fleets.writers.operations", "{ get = 1, put = 0 }"));
        }
        let found = kms(&workers(encryption, 20, 10, &settings));
        (found.generate_data_key.0, found.encrypt.0, found.decrypt.0)
    };
    assert_eq!(calls("\"raw-aes\"", false), (0, 0, 0));
    assert_eq!(calls("\"raw-aes\"", true), (0, 0, 0));
    assert_eq!(calls("\"s3-encryption-client\"", true), (0, 0, 200));
    let single = "{ engine = { wraps = 1, keys-per-file = 4 } }";
    assert_eq!(calls(single, false), (0, 800, 0));
    assert_eq!(calls(single, true), (0, 0, 800));
    let double = "{ engine = { keys-per-file = 4, keys-read = 3 } }";
    assert_eq!(calls(double, false), (0, 1, 0));
    assert_eq!(calls(double, true), (0, 0, 3));
    let of_file = "{ engine = { keys-per-file = 4, scope = \"file\" } }";
    assert_eq!(calls(of_file, false), (0, 200, 0));
    let branch = "{ hierarchical-keyring = { key-store-latency = \"7 ms\" } }";
    assert_eq!(calls(branch, false), (0, 0, 1));
    assert_eq!(calls(branch, true), (0, 0, 1));
}

// Goal: the time of several calls in a row, and of a key store before them, is in the latency.
// Method: one object each: four calls of 20 ms; 7 ms and one call.
#[test]
fn a_key_takes_all_its_calls_time() {
    let kms_ms = |encryption: &str| {
        let found = workers(encryption, 1, 1, &[]);
        found.classes[0].time.kms_ns.0 / 1_000_000
    };
    assert_eq!(kms_ms("{ engine = { wraps = 1, keys-per-file = 4 } }"), 80);
    let branch = "{ hierarchical-keyring = { key-store-latency = \"7 ms\" } }";
    assert_eq!(kms_ms(branch), 27);
    assert_eq!(kms_ms("\"raw-aes\""), 0);
}

// Goal: the S3 Encryption Client 3 asks KMS as 4 does; a core has less to do, since no key is
// derived.
// Method: the same writes with both, on cores that are never busy: same calls and outcomes; the
// core time of 10,000 objects, less than with 4 by the same for each.
#[test]
fn the_client_before_key_commitment_derives_nothing() {
    let [old, new] = ["-3", ""].map(|it| {
        let encryption = format!("\"s3-encryption-client{it}\"");
        writes(&encryption, &[("clients.cores", "100")])
    });
    for (old, new) in old.replications.iter().zip(&new.replications) {
        assert_eq!(old.kms, new.kms);
        assert_eq!(old.classes, new.classes);
        let [less, more] = [old, new].map(|it| it.client_cores.unwrap().work_ns.0);
        let objects = new.client_cores.unwrap().bytes.0 / 1_024;
        assert!(less < more, "{less} and {more}");
        assert_eq!((more - less) % objects, 0);
        assert!(
            (more - less) / objects > 500,
            "a derivation takes microseconds"
        );
    }
}

// Goal: with Iceberg's tables a process asks KMS once for each table that it reads, however many
// files they have, and again when its keys are too old; where each request loads its table, each
// asks.
// Method: ten workers of 20 files in three tables; one that lives on, one for each request, one
// that keeps nothing; two instances ask twice as often.
#[test]
fn icebergs_calls_are_of_tables() {
    let calls = |encryption: &str, settings: &[(&str, &str)]| {
        let found = workers(encryption, 10, 20, settings);
        let KmsCounts {
            generate_data_key,
            decrypt,
            encrypt,
            ..
        } = kms(&found);
        assert_eq!(generate_data_key + encrypt, Int(0));
        decrypt.0
    };
    let read = ("fleets.writers.operations", "{ put = 0, get = 1 }");
    let tables = "{ iceberg = { tables = 3 } }";
    assert_eq!(calls(tables, &[]), 3);
    assert_eq!(calls(tables, &[read]), 3);
    assert_eq!(calls(tables, &[read, ("fleets.writers.instances", "2")]), 6);
    for none in ["scope = \"invocation\"", "lifetime = \"0 s\""] {
        let encryption = format!("{{ iceberg = {{ {none} }} }}");
        assert_eq!(calls(&encryption, &[read]), 200);
    }
}
