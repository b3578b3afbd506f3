//! What is paid for, item by item.
use crate::common::{mean, options, record_of, run_with};
use keystorm_record::{Certainty, Variant};
use keystorm_scenarios::{Overrides, PriceFile, Watch, load, run};
use proptest::prelude::*;

/// 1,000 GETs a second under SSE-KMS.
const TEXT: &str = r#"schema = 1
name = "costs"
seed = 2
run = { start = "2026-11-24T00:00:00Z", measure = "36 s", replications = 1 }
account.region = "us-east-1"
bucket = { encryption = "sse-kms", prefixes = 1 }
[fleets.readers]
instances = 10
concurrency = 1_000
arrivals.poisson = { rate = "1_000/s" }
operations = { get = 1 }
size.fixed = "64 KiB"
"#;

fn variant(settings: &[(&str, &str)]) -> Variant {
    let mut record = run_with("costs.toml", TEXT, settings, &options());
    record.variants.remove(0)
}

fn month(variant: &Variant, item: &str) -> Option<f64> {
    let cost = variant.costs.iter().find(|cost| cost.item == item)?;
    Some(cost.usd_per_month)
}

// Goal: KMS costs 7.5 times what the GETs cost, as $300 to $40; nothing else is paid for unless the
// scenario asks.
// Method: a steady load; the free requests are taken off KMS's part.
#[test]
fn kms_costs_more_than_the_reads_it_is_for() {
    let plain = variant(&[]);
    let items: Vec<_> = plain.costs.iter().map(|it| it.item.as_str()).collect();
    let usual = [
        "kms-requests",
        "s3-put-requests",
        "s3-get-requests",
        "kms-keys",
    ];
    assert_eq!(items, usual);
    let (kms, gets) = (
        month(&plain, "kms-requests"),
        month(&plain, "s3-get-requests"),
    );
    let (kms, gets) = (kms.unwrap() + 0.06, gets.unwrap());
    assert!((kms / gets - 7.5).abs() < 0.01, "{kms} {gets}");
}

// Goal: what the scenario asks for is priced, and only that is added.
// Method: everything on; storage by hand, events by the requests that are counted.
#[test]
fn what_is_asked_for_is_priced() {
    let plain = variant(&[]);
    let all = variant(&[
        ("cost.storage", "40 TiB"),
        ("cost.transfer-out", "0.5"),
        ("cost.cloudtrail.data-events", "true"),
        ("cost.cloudtrail.extra-management-copies", "2"),
    ]);
    assert!((month(&all, "storage").unwrap() - 40_960.0 * 0.023).abs() < 1e-6);
    let counts = &all.replications[0];
    let months = 730.0 * 3_600.0 / 36.0;
    let events = counts.s3.answered.as_f64() * months;
    let data = month(&all, "cloudtrail-data-events").unwrap();
    assert!((data - events / 100_000.0 * 0.10).abs() < 0.01, "{data}");
    let calls = (counts.kms.decrypt.as_f64()) * months;
    let management = month(&all, "cloudtrail-management-events").unwrap();
    assert!((management - 2.0 * calls / 100_000.0 * 2.0).abs() < 0.01);
    // 10 TB at $0.09, 40 TB at $0.085, and so on; 100 GB are free.
    let sent =
        counts.classes[0].bytes_completed.as_f64() / 2.0 * months / f64::from(1 << 30) - 100.0;
    let tiers = [
        (10_240.0, 0.09),
        (40_960.0, 0.085),
        (102_400.0, 0.07),
        (f64::MAX, 0.05),
    ];
    let (mut rest, mut expected) = (sent, 0.0);
    for (size, price) in tiers {
        let within = f64::min(rest, size);
        expected += within * price;
        rest -= within;
    }
    let transfer = month(&all, "transfer-out").unwrap();
    assert!((transfer - expected).abs() < 0.01, "{transfer} {expected}");
    let sum: f64 = all.costs.iter().map(|it| it.usd_per_month).sum();
    assert!((mean(&all, "cost.month") - sum).abs() < 1e-6);
    for cost in &plain.costs {
        assert!(all.costs.contains(cost), "{} has changed", cost.item);
    }
}

// Goal: a trail that leaves out KMS costs nothing more, however many copies there are.
// Method: two copies, KMS excluded.
#[test]
fn a_trail_without_kms_has_no_kms_events() {
    let variant = variant(&[
        ("cost.cloudtrail.extra-management-copies", "2"),
        ("cost.cloudtrail.kms-events", "excluded"),
    ]);
    assert_eq!(month(&variant, "cloudtrail-management-events"), None);
}

// Goal: a file of prices decides, and the record says so.
// Method: half of KMS's price; its facts, its hash, its cost.
#[test]
fn a_file_of_prices_decides() {
    let mut study = load("costs.toml", TEXT, &Overrides::default()).unwrap();
    let usual = run(&study, &options(), &Watch::default()).unwrap();
    let text = "price.kms-requests = \"$0.015\"\nprice.kms-free-requests = 0\n";
    study.prices = Some(PriceFile::read("mine.toml", text).unwrap());
    let record = run(&study, &options(), &Watch::default()).unwrap();
    let used = record.prices.as_ref().unwrap();
    assert_eq!((used.path.as_str(), used.sha256.len()), ("mine.toml", 64));
    assert_eq!(usual.prices, None);
    let kms = |of: &keystorm_record::Record| month(&of.variants[0], "kms-requests").unwrap();
    assert!((2.0 * kms(&record) - kms(&usual) - 0.06).abs() < 1e-6);
    for fact in &record.facts {
        let ours = ["price.kms-requests", "price.kms-free-requests"].contains(&fact.id.as_str());
        assert_eq!(
            fact.source.starts_with("mine.toml, SHA-256 "),
            ours,
            "{}",
            fact.id
        );
        if ours {
            assert_eq!(fact.certainty, Certainty::Given);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    // Goal: more of anything never costs less, and the total is the sum of its items.
    // Method: two amounts of storage and two shares of transfer, in order.
    #[test]
    fn cost_is_monotone_in_what_is_asked_for(
        storage in (0_u32..2_000, 0_u32..2_000), share in (0_u32..=100, 0_u32..=100),
    ) {
        let of = |storage: u32, share: u32| {
            variant(&[
                ("run.requests-max", "500"),
                ("cost.storage", &format!("{storage} TiB")),
                ("cost.transfer-out", &format!("{}", f64::from(share) / 100.0)),
            ])
        };
        let low = of(storage.0.min(storage.1), share.0.min(share.1));
        let high = of(storage.0.max(storage.1), share.0.max(share.1));
        prop_assert!(mean(&low, "cost.month") <= mean(&high, "cost.month") + 1e-9);
        for variant in [&low, &high] {
            let sum: f64 = variant.costs.iter().map(|it| it.usd_per_month).sum();
            prop_assert!((mean(variant, "cost.month") - sum).abs() < 1e-6 * sum.max(1.0));
        }
    }
}

// Goal: the account that makes the requests is charged, whoever owns the key; only the key's fee is
// its owner's.
// Method: a throttled load with a key of its own and with one of another account.
#[test]
fn a_key_of_another_account_changes_only_its_fee() {
    let text = r#"schema = 1
name = "cross-account"
run = { start = "2026-11-24T00:00:00Z", measure = "5 s", replications = 1 }
account.region = "eu-west-3"
kms.request-quota = "100/s"
bucket.encryption = "sse-kms"
[fleets.only]
concurrency = 100
arrivals.poisson = { rate = "150/s" }
operations = { get = 1, put = 1 }
size.fixed = "1 KiB"
[[variants]]
name = "own"
[[variants]]
name = "other"
kms.key = "other-account"
"#;
    let record = record_of(text);
    let [own, other] = &record.variants[..] else {
        panic!("two variants")
    };
    assert!(
        own.replications[0].kms.refused.0 > 0,
        "nothing is throttled"
    );
    assert_eq!(own.replications, other.replications);
    let pays = |variant: &Variant| {
        let items = variant.costs.iter().map(|it| it.item.clone());
        items.collect::<Vec<_>>()
    };
    let fee = "kms-keys".to_owned();
    assert!(pays(own).contains(&fee) && !pays(other).contains(&fee));
    let without: Vec<_> = pays(own).into_iter().filter(|it| *it != fee).collect();
    assert_eq!(without, pays(other));
}
