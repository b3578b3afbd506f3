//! Bucket Keys: who has them apart, how long they live, which objects have none.
use crate::common::{mean, record_of};
use keystorm_record::Variant;
use proptest::prelude::*;

/// Reads or writes of one fleet under Bucket Keys, in an account that throttles nothing.
fn text(cache: &str, bucket: &str, fleet: &str, variants: &str) -> String {
    format!(
        r#"schema = 1
name = "keys"
seed = 5
run = {{ start = "2026-11-24T00:00:00Z", measure = "100 s", replications = 3 }}
account.region = "us-east-1"
[bucket]
encryption = "sse-kms"
bucket-key = true
bucket-key-cache = {{ {cache} }}
{bucket}
[fleets.only]
concurrency = 1_000
size.fixed = "1 KiB"
arrivals.poisson = {{ rate = "100/s" }}
{fleet}
{variants}"#
    )
}

/// KMS calls by theory \[1/s\]: keys in places that are each asked for at a Poisson rate and live
/// for a time that use does not prolong are asked of KMS at rate / (1 + rate × lifetime) each.
fn calls(rate: f64, places: f64, lifetime_s: f64) -> f64 {
    rate / (1.0 + rate / places * lifetime_s)
}

fn assert_near(variant: &Variant, expected: f64) {
    // 300 s in all. Renewals vary less than a Poisson process, whose 4.4 standard errors (chance
    // 1e-5) are allowed.
    let found = mean(variant, "kms.calls");
    let error = 4.4 * (expected / 300.0).sqrt();
    assert!(
        (found - expected).abs() < error,
        "{}: {found}, expected {expected} within {error}",
        variant.name
    );
}

// Goal: each requester has caches of its own, so that more requesters never mean fewer KMS calls.
// Method: 100 GET/s of 1 to 64 requesters over 2 caches and 5 keys with a life of 60 s, against
// theory, whose values lie further apart than chance reaches (1e-5 for each).
#[test]
fn more_requesters_ask_more() {
    let variants = [1, 4, 16, 64].map(|requesters| {
        format!("[[variants]]\nname = \"{requesters}\"\nfleets.only.requesters = {requesters}\n")
    });
    let record = record_of(&text(
        "lifetime = \"60 s\", caches = 2, keys-read = 5",
        "",
        "operations.get = 1",
        &variants.concat(),
    ));
    let found = record.variants.iter().map(|it| mean(it, "kms.calls"));
    let found: Vec<_> = found.collect();
    assert!(found.is_sorted_by(|less, more| less < more), "{found:?}");
    for (variant, requesters) in record.variants.iter().zip([1.0, 4.0, 16.0, 64.0]) {
        assert_near(variant, calls(100.0, requesters * 10.0, 60.0));
    }
}

// Goal: where a few requesters ask for nearly all, fewer KMS calls are made than where all ask
// alike, from t = 0 on.
// Method: 100 GET/s of 64 requesters over 2 caches and 5 keys with a life of 60 s; shares by Zipf's
// law with an exponent of 1.2, each requester against theory, added up (chance 1e-5).
#[test]
fn busy_requesters_share_their_keys() {
    let cache = "lifetime = \"60 s\", caches = 2, keys-read = 5";
    let fleet = "operations.get = 1\nrequesters = 64\nrequester-popularity.zipf = 1.2";
    let record = record_of(&text(cache, "", fleet, ""));
    let weight = |rank: u32| libm::pow(f64::from(rank), -1.2);
    let total: f64 = (1..=64).map(weight).sum();
    let expected: f64 = (1..=64)
        .map(|rank| calls(100.0 * weight(rank) / total, 10.0, 60.0))
        .sum();
    assert_near(&record.variants[0], expected);
    assert!(expected < 0.9 * calls(100.0, 640.0, 60.0));
}

// Goal: who begins at t = 0 finds no Bucket Key, who has been at work before does.
// Method: one key in one cache. A job of 1,000 GETs at t = 0 asks KMS for it once, a steady load,
// whose keys have ages of all kinds, once in 300 s on average; a job that begins every ten seconds
// has been there before.
#[test]
fn a_first_burst_finds_no_keys() {
    let cache = "lifetime = \"300 s\", caches = 1, keys-read = 1";
    let calls = |arrivals: &str| {
        let arrivals = format!("operations.get = 1\narrivals.{arrivals}");
        let text = text(cache, "", &arrivals, "");
        let text = text.replace("arrivals.poisson = { rate = \"100/s\" }\n", "");
        let replications = record_of(&text).variants.remove(0).replications;
        replications
            .iter()
            .map(|it| it.kms.decrypt.0)
            .collect::<Vec<_>>()
    };
    let job = "cron = { every = \"1 h\", requests = 1_000, spread = \"10 s\" }";
    assert_eq!(calls(job), [1, 1, 1]);
    let instances = "cold-start = { at = \"0 s\", requests = 1_000, rate = \"50/s\" }";
    assert_eq!(calls(instances), [1, 1, 1]);
    let pulse = "on-off = { rate = \"100/s\", on = \"1 s\", off = \"9 s\", times = \"fixed\" }";
    let found = calls(pulse);
    assert!(found.contains(&0), "{found:?}");
}

// Goal: the share of reads that call KMS is that of old objects where Bucket Keys answer all
// others; old objects change no write, and each is one call of a read.
// Method: one key that lives longer than the run, so its calls are a handful; the share of about
// 30,000 reads within 4.4 standard errors (chance 1e-5) of that of old objects.
#[test]
fn old_objects_call_kms_each_time() {
    const SHARES: [f64; 4] = [0.0, 0.05, 0.3, 1.0];
    let variants = SHARES
        .map(|share| format!("[[variants]]\nname = \"{share}\"\nbucket.old-objects = {share:?}\n"));
    let cache = "lifetime = \"1 h\", caches = 1, keys-read = 1";
    let record = record_of(&text(cache, "", "operations.get = 1", &variants.concat()));
    for (variant, share) in record.variants.iter().zip(SHARES) {
        let sums = variant.replications.iter().map(|it| {
            let reads: u64 = it.classes.iter().map(|counts| counts.requests.0).sum();
            (it.kms.decrypt.0, reads)
        });
        let (calls, reads) = sums.fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
        let found = calls as f64 / reads as f64;
        // A call for the key itself in each replication at most, and a few at the window's ends.
        let error = 4.4 * (share * (1.0 - share) / reads as f64).sqrt() + 9.0 / reads as f64;
        assert!((found - share).abs() <= error, "{share}: {found}");
    }
    let writes = text(cache, "old-objects = 1.0", "operations.put = 1", "");
    for replication in &record_of(&writes).variants[0].replications {
        assert!(replication.kms.generate_data_key.0 <= 1);
    }
}

// Goal: a Bucket Key for new objects lives as long as the others, or its own time.
// Method: 100 PUT/s over 4 caches, lives of 60 s and of 2 s, against theory (chance 1e-5).
#[test]
fn keys_for_new_objects_live_their_own_time() {
    let cache = "lifetime = \"60 s\", caches = 4";
    let variants = "[[variants]]\nname = \"same\"\n[[variants]]\nname = \"own\"\n\
                    bucket.bucket-key-cache.write-lifetime = \"2 s\"\n";
    let record = record_of(&text(cache, "", "operations.put = 1", variants));
    assert_near(&record.variants[0], calls(100.0, 4.0, 60.0));
    assert_near(&record.variants[1], calls(100.0, 4.0, 2.0));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    // Goal: turning Bucket Keys on never adds KMS calls that are granted, whoever asks and however
    // old the objects are.
    // Method: random requesters, shares of old objects, caches, lives and operations. Nothing is
    // throttled, and all arrive long before the end, so the same requests are done in both.
    #[test]
    fn bucket_keys_never_add_calls(
        (requesters, old, caches, keys_read) in (1_u32..40, 0_u32..=10, 1_u32..5, 1_u32..9),
        (lifetime, write_lifetime) in (1_u32..5_000, 1_u32..5_000),
        (get, put, part, seed) in (0_u32..9, 0_u32..9, 0_u32..9, 0_u64..1_000),
    ) {
        let old = f64::from(old) / 10.0;
        let record = record_of(&format!(
            r#"schema = 1
name = "law"
seed = {seed}
run = {{ start = "2026-11-24T00:00:00Z", warm-up = "0 s", measure = "20 s", replications = 1 }}
account.region = "us-east-1"
[bucket]
encryption = "sse-kms"
old-objects = {old:?}
[bucket.bucket-key-cache]
lifetime = "{lifetime} ms"
write-lifetime = "{write_lifetime} ms"
caches = {caches}
keys-read = {keys_read}
[fleets.only]
concurrency = 1_000
requesters = {requesters}
size.fixed = "1 KiB"
operations = {{ get = {get}, put = {put}, upload-part = {part}, copy = 1 }}
[fleets.only.arrivals.profile]
points = [
    {{ at = "0 s", rate = "200/s" }},
    {{ at = "4 s", rate = "200/s" }},
    {{ at = "4 s", rate = "0/s" }},
]
[[variants]]
name = "without"
[[variants]]
name = "with"
bucket.bucket-key = true
"#
        ));
        let kms = |index: usize| &record.variants[index].replications[0].kms;
        let calls = |index: usize| kms(index).generate_data_key.0 + kms(index).decrypt.0;
        prop_assert_eq!(kms(0).refused.0 + kms(1).refused.0, 0);
        prop_assert!(calls(1) <= calls(0), "{} with, {} without", calls(1), calls(0));
    }
}

// Goal: tenants' keys are kept apart as requesters' are, and each is paid for.
// Method: ten tenants against ten requesters: the same calls, nine keys more to pay for.
#[test]
fn tenants_have_keys_of_their_own() {
    let variants = "[[variants]]\nname = \"tenants\"\nfleets.only.tenants = 10\n\
                    [[variants]]\nname = \"requesters\"\nfleets.only.requesters = 10\n";
    let cache = "lifetime = \"60 s\", caches = 2, keys-read = 5";
    let record = record_of(&text(cache, "", "operations.get = 1", variants));
    let [tenants, requesters] = record.variants.as_slice() else {
        panic!("two variants");
    };
    assert_eq!(tenants.replications[0].kms, requesters.replications[0].kms);
    let keys = |variant: &Variant| {
        let mut costs = variant.costs.iter();
        let keys = costs.find(|it| it.item == "kms-keys").expect("a key");
        (keys.units_per_hour, keys.usd_per_month)
    };
    assert_eq!(keys(requesters), (1.0, 1.0));
    assert_eq!(keys(tenants), (10.0, 10.0));
}
