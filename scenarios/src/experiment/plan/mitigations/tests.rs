use super::migration::{Ends, break_even, usd_per_million};
use super::*;
use crate::experiment::plan::sensitivity::cost;
use crate::load::{Overrides, Study, load};
use crate::run::{Options, RunError, Watch, run};
use keystorm_record::plan::Effort;
use keystorm_sim::TieBreak;

const REPLICATIONS: u32 = 3;

/// 1,200 GETs/s under a KMS key against a quota of 1,000/s.
const TEXT: &str = r#"schema = 1
name = "too much"
run = { start = "2026-11-24T00:00:00Z", measure = "20 s" }
account.region = "us-east-1"
kms.request-quota = "1_000/s"
bucket.encryption = "sse-kms"
[fleets.web]
instances = 5
concurrency = 100
operations = { get = 9, put = 1 }
size.fixed = "64 KiB"
arrivals.poisson.rate = "1_200/s"
[cost]
storage = "64 GiB"
"#;

fn study(text: &str, settings: &[Setting]) -> Option<Study> {
    let overrides = Overrides {
        settings: settings.to_vec(),
        expectations: vec!["kms.throttled-share<0.001".to_owned()],
    };
    load("test.toml", text, &overrides).ok()
}

fn simulated(text: &str, settings: &[Setting]) -> Result<Option<Variant>, RunError> {
    let Some(mut study) = study(text, settings) else {
        return Ok(None);
    };
    study.variants.truncate(1);
    study.variants[0].scenario.run.replications = REPLICATIONS;
    let options = Options {
        jobs: 1,
        tie_break: TieBreak::Schedule,
        every_end_an_event: false,
        parts: None,
        command: String::new(),
    };
    let record = run(&study, &options, &Watch::default())?;
    Ok(record.variants.into_iter().next())
}

fn found(text: &str, quota_to_ask: Option<u64>) -> Mitigations {
    let variant = &study(text, &[]).expect("it is sound").variants[0];
    let today = simulated(text, &[]).unwrap().unwrap();
    let question = Question {
        variant,
        today: &today,
        prices: None,
        replications: REPLICATIONS,
        quota_to_ask,
    };
    let found = mitigations(&question, &mut |settings| simulated(text, settings));
    found.unwrap().expect("there is a condition")
}

fn named<'a>(found: &'a Mitigations, id: &str) -> &'a Mitigation {
    let list = &found.list;
    let ids = || list.iter().map(|it| it.id.as_str()).collect::<Vec<_>>();
    let mitigation = list.iter().find(|it| it.id == id);
    mitigation.unwrap_or_else(|| panic!("{id} is not among {:?}", ids()))
}

// Goal: what fits a throttled scenario is tried, judged and put in order; settings can be set.
// Method: more GETs than the quota grants; the known effect of each kind of change.
#[test]
fn what_fits_is_tried_and_put_in_order() {
    let found = found(TEXT, Some(1_400));
    assert_eq!(found.metric, "kms.throttled-share");
    assert!(found.today.value.unwrap() > 0.05, "{:?}", found.today);
    let effects = [
        ("bucket-key", Effect::Meets, Effort::Setting),
        ("quota-increase", Effect::Meets, Effort::Request),
        ("sse-s3", Effect::Meets, Effort::Migration),
    ];
    for (id, effect, effort) in effects {
        let mitigation = named(&found, id);
        assert_eq!(
            (mitigation.effect, mitigation.effort),
            (effect, effort),
            "{id}"
        );
        let difference = mitigation.assumed().unwrap().difference.unwrap();
        assert!(difference.interval.unwrap().1 < 0.0, "{id}: {difference:?}");
    }
    // One attempt in place of three gives up more requests, though KMS refuses fewer calls.
    assert_eq!(named(&found, "retry-standard-1").effect, Effect::Harms);
    assert!(
        found
            .list
            .iter()
            .all(|it| it.id != "prefixes" && it.id != "region")
    );
    let keys = |it: &Mitigation| (it.effect, it.effort);
    assert!(found.list.is_sorted_by_key(keys), "{:?}", found.list);
    assert_eq!(found.list[0].id, "bucket-key");
    for case in found.list.iter().flat_map(|it| &it.cases) {
        let settings: Vec<Setting> = case.settings.iter().map(|it| it.parse().unwrap()).collect();
        assert!(study(TEXT, &settings).is_some(), "{:?}", case.settings);
    }
}

// Goal: the multiple of today's load is that of fluid arithmetic: what other load leaves of the
// quota over what the fleets' first attempts ask in the busiest second.
// Method: 1,200 calls/s on average beside 300 of others, under quotas of 1,000 and 3,300.
#[test]
fn the_multiple_is_that_of_fluid_arithmetic() {
    let text = TEXT.replace(
        "kms.request-quota = \"1_000/s\"",
        "kms = { request-quota = \"1_000/s\", other-load = \"300/s\" }",
    );
    let found = found(&text, Some(3_300));
    let today = &found.today;
    let own = today.kms_peak_per_s.unwrap() - 300.0;
    assert!((1_200.0..1_400.0).contains(&own), "{own}");
    assert!((today.kms_load_multiple.unwrap() - 700.0 / own).abs() < 1e-9);
    let more = &named(&found, "quota-increase").assumed().unwrap().outcome;
    assert!((more.kms_load_multiple.unwrap() - 3_000.0 / own).abs() < 0.02 * 3_000.0 / own);
    let none = &named(&found, "sse-s3").assumed().unwrap().outcome;
    assert_eq!(
        (none.kms_load_multiple, &none.breached),
        (None, &Vec::new())
    );
}

// Goal: keys in a custom key store have no more room than the store gives.
// Method: 1,200 calls/s against a store's 2,400/s in an account with far more.
#[test]
fn a_key_store_leaves_no_more_room_than_it_has() {
    let text = TEXT.replace(
        "kms.request-quota = \"1_000/s\"",
        "kms = { key-store = \"cloud-hsm\", key-store-quota = \"2_400/s\" }",
    );
    let found = found(&text, None);
    let own = found.today.kms_peak_per_s.unwrap();
    assert!((found.today.kms_load_multiple.unwrap() - 2_400.0 / own).abs() < 1e-9);
    let moved = named(&found, "keys-in-kms").assumed().unwrap();
    assert!(moved.outcome.kms_load_multiple.unwrap() > 50.0);
}

// Goal: with a quota that refuses nothing, cost falls by what the calls cost that Bucket Keys
// save; that share of old objects costs by a straight line; copying them is paid back when it must
// be.
// Method: 1,080 reads/s: a share s of them that finds old objects costs s × 1,080 calls/s at $0.03
// per 10,000; simulated at 0.4 against the line; a million copies at $5 and one or two calls.
#[test]
fn migration_agrees_with_its_closed_form() {
    let text = TEXT.replace("1_000/s", "100_000/s");
    let found = found(&text, None);
    let migration = found.migration.as_ref().expect("objects are read");
    assert!(!migration.old_share_given && (migration.old_share - 1.0).abs() < 1e-12);
    let (low, high) = migration.usd_per_million;
    assert!((low - 8.0).abs() < 1e-9 && (high - 11.0).abs() < 1e-9);
    // 64 GiB of 64 KiB.
    assert!((migration.objects.unwrap() - 1_048_576.0).abs() < 1.0);
    let per_day = 1_080.0 * 86_400.0 * 3e-6;
    let (least, assumed, most) = migration.usd_saved_per_day;
    for (of, saved) in [("assumed", assumed), ("most", most)] {
        assert!(
            (saved - per_day).abs() < 0.02 * per_day,
            "{of}: {saved}, {per_day}"
        );
    }
    // A tenth of the reads or so still calls KMS in the worst case.
    assert!(least < 0.99 * assumed && least > 0.5 * assumed, "{least}");
    let (days, longest) = migration.break_even_days.unwrap();
    let objects = migration.objects.unwrap() / 1e6;
    assert!((days - low * objects / most).abs() < 1e-9);
    assert!((longest.unwrap() - high * objects / least).abs() < 1e-9);
    let settings = ["bucket.bucket-key=true", "bucket.old-objects=0.4"];
    let settings = settings.map(|it| it.parse::<Setting>().unwrap());
    let at = simulated(&text, &settings).unwrap().unwrap();
    let simulated = found.today.usd_per_month - mean(&at, "cost.month").unwrap();
    let line = migration
        .kept
        .iter()
        .find(|it| (it.old_share - 0.4).abs() < 1e-9);
    let line = line.unwrap().usd_per_month;
    assert!(
        (simulated - line).abs() < 0.02 * line,
        "{simulated}, {line}"
    );
    let shares: Vec<_> = migration.kept.iter().map(|it| it.share).collect();
    assert!(
        shares.is_sorted_by(|a, b| a > b) && shares[0] > 0.95,
        "{shares:?}"
    );
}

// Goal: the arithmetic of the migration at its edges.
// Method: numbers that can be done by hand; nothing saved, maybe nothing saved.
#[test]
fn the_arithmetic_of_a_migration() {
    let ends = Ends {
        none_old: 100.0,
        all_old: 830.0,
    };
    assert!((ends.at(0.5) - 465.0).abs() < 1e-9);
    // $730 a month are $24 a day of a month of 730 h.
    assert!((ends.saved_per_day(1.0) - 24.0).abs() < 1e-9);
    let (one, two) = usd_per_million(5e-6, 3e-6);
    assert!((one - 8.0).abs() < 1e-9 && (two - 11.0).abs() < 1e-9);
    let (days, longest) = break_even((8.0, 11.0), (2.0, 4.0)).unwrap();
    assert!((days - 2.0).abs() < 1e-9 && (longest.unwrap() - 5.5).abs() < 1e-9);
    assert_eq!(break_even((8.0, 11.0), (0.0, 4.0)), Some((2.0, None)));
    assert_eq!(break_even((8.0, 11.0), (-1.0, 0.0)), None);
}

// Goal: peaks from which an alarm is set are those of a load that is not refused.
// Method: the same load under a quota that refuses and one that does not.
#[test]
fn peaks_are_those_of_a_load_that_is_not_refused() {
    let refused = found(TEXT, None).peaks.unwrap();
    let free = found(&TEXT.replace("1_000/s", "100_000/s"), None)
        .peaks
        .unwrap();
    assert!(refused.quota_lifted && !free.quota_lifted);
    assert!((refused.second_per_s - free.second_per_s).abs() < 1e-9);
    assert!((refused.minute_per_s - free.minute_per_s).abs() < 1e-9);
    assert!(free.second_per_s > free.minute_per_s && free.minute_per_s > 1_100.0);
}

// Goal: sensitivity agrees with a closed form, and what cannot move the cost does not.
// Method: two calls for each object under DSSE-KMS cost $0.03 per 10,000 more; the round trip costs
// nothing; refused calls are as many as there are.
#[test]
fn sensitivity_agrees_with_its_closed_form() {
    let text = TEXT
        .replace("sse-kms", "dsse-kms")
        .replace("1_000/s", "100_000/s");
    let variant = &study(&text, &[]).unwrap().variants[0];
    let today = simulated(&text, &[]).unwrap().unwrap();
    let mut try_it = |settings: &[Setting]| simulated(&text, settings);
    let metric = Some("kms.throttled-share");
    let answer = cost(variant, &today, metric, REPLICATIONS, &mut try_it).unwrap();
    let first = &answer.sensitivity[0];
    assert_eq!(first.path, "bucket.dsse-kms-calls");
    let calls = mean(&today, "kms.calls").unwrap();
    let more = calls * 730.0 * 3_600.0 * 3e-6;
    let high = first.high.usd_per_month.mean;
    assert!((high - more).abs() < 0.005 * more, "{high}, {more}");
    assert!(first.low.usd_per_month.mean.abs() < 1e-9);
    let round_trip = answer
        .sensitivity
        .iter()
        .find(|it| it.path == "clients.round-trip");
    assert!(round_trip.unwrap().usd_span() < 0.01 * more);
    assert!(
        answer
            .sensitivity
            .iter()
            .all(|it| it.path != "kms.refused-calls-billed")
    );

    let refused = simulated(TEXT, &[]).unwrap().unwrap();
    let variant = &study(TEXT, &[]).unwrap().variants[0];
    let mut try_it = |settings: &[Setting]| simulated(TEXT, settings);
    let answer = cost(variant, &refused, metric, REPLICATIONS, &mut try_it).unwrap();
    let billed = answer
        .sensitivity
        .iter()
        .find(|it| it.path == "kms.refused-calls-billed");
    let share = mean(&refused, "kms.throttled-share").unwrap();
    let all = mean(&refused, "kms.calls").unwrap();
    let usd = all * share * 730.0 * 3_600.0 * 3e-6;
    assert!((billed.unwrap().high.usd_per_month.mean - usd).abs() < 1e-6 * usd);
}

/// Ids of the changes that fit a scenario; each must make another scenario, all its cases too.
fn fitting(text: &str) -> Vec<String> {
    let before = study(text, &[]).unwrap_or_else(|| panic!("{text}"));
    let today = Today {
        variant: &before.variants[0],
        quota_to_ask: Some(90_000),
        kms_refuses: true,
        kms_is_near: true,
        s3_refuses: true,
    };
    let found = candidates(&today);
    for trial in found.iter().flat_map(|it| &it.cases) {
        let after = study(text, &trial.settings);
        let after = after.unwrap_or_else(|| panic!("{:?}", trial.settings));
        assert_ne!(
            after.variants[0].scenario, before.variants[0].scenario,
            "{trial:?}"
        );
    }
    found.into_iter().map(|it| it.id).collect()
}

// Goal: each kind of scenario has the changes that fit it, and each can be set and changes
// something.
// Method: scenarios of each kind; what must be among them, and what must not.
#[test]
fn each_kind_of_scenario_has_its_changes() {
    let with = |from: &str, to: &str| {
        assert!(TEXT.contains(from), "{from}");
        fitting(&TEXT.replace(from, to))
    };
    let has = |ids: &[String], id: &str| ids.iter().any(|it| it == id);
    let plain = fitting(TEXT);
    for id in [
        "bucket-key",
        "retry-adaptive",
        "quota-increase",
        "prefixes",
        "sse-s3",
    ] {
        assert!(has(&plain, id), "{id}: {plain:?}");
    }
    assert!(!has(&plain, "data-key-cache") && !has(&plain, "keys-in-kms"));
    let dsse = with("sse-kms", "dsse-kms");
    assert!(has(&dsse, "sse-kms-bucket-key") && !has(&dsse, "bucket-key"));
    let encryption = "bucket.encryption = \"sse-kms\"";
    let client = |encrypts: &str| {
        let to = format!("bucket.encryption = \"sse-s3\"\nclients.encryption = {encrypts}");
        with(encryption, &to)
    };
    let library = client("\"s3-encryption-client\"");
    assert!(
        has(&library, "data-key-cache") && !has(&library, "sse-s3"),
        "{library:?}"
    );
    assert!(has(&client("{ encryption-sdk = {} }"), "data-key-cache"));
    let cache = "{ capacity = 10, max-age = \"60 s\", scope = \"invocation\", keys-read = 9 }";
    let cached = client(&format!("{{ encryption-sdk = {{ cache = {cache} }} }}"));
    assert!(has(&cached, "data-key-cache-per-process"), "{cached:?}");
    let engine = client("{ engine = { wraps = 1 } }");
    assert!(has(&engine, "key-encryption-keys"), "{engine:?}");
    let arrivals = "arrivals.poisson.rate = \"1_200/s\"";
    let spread = [
        "arrivals.cold-start = { at = \"1 s\", spread = \"2 s\", requests = 20 }",
        "arrivals.cron = { every = \"10 s\", requests = 500, spread = \"1 s\" }",
        "arrivals.profile = { points = [{ at = \"1 s\", rate = \"0/s\" }, \
         { at = \"2 s\", rate = \"9_000/s\" }, { at = \"3 s\", rate = \"0/s\" }] }",
    ];
    for load in spread {
        assert!(has(&with(arrivals, load), "spread.web"), "{load}");
    }
    let job = "arrivals.job = { stages = [{ tasks = 100, reads = 4 }] }";
    let job = TEXT
        .replace(arrivals, job)
        .replace("operations = { get = 9, put = 1 }\n", "");
    assert!(has(&fitting(&job), "spread.web"));
    let paris = TEXT
        .replace("us-east-1", "eu-west-3")
        .replace("1_000/s", "9_000/s");
    assert!(has(&fitting(&paris), "region"));
    let store = with("\"1_000/s\"", "\"1_000/s\"\nkms.key-store = \"external\"");
    assert!(has(&store, "keys-in-kms"));
    let old = "bucket = { encryption = \"sse-kms\", bucket-key = true, old-objects = 0.5 }";
    let old = with(encryption, old);
    assert!(
        has(&old, "copy-old-objects") && !has(&old, "bucket-key"),
        "{old:?}"
    );
}
