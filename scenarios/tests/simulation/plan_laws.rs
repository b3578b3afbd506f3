//! Laws that plans obey, and answers where there is no threshold.
use crate::common::{mean, record_of};
use crate::plan::{highest_load, limits, smallest_quota};
use keystorm_record::plan::{HighestLoad, LimitKind, Reached, SmallestQuota};

/// A small web service under SSE-KMS.
fn web(rate: f64, more: &str) -> String {
    format!(
        r#"schema = 1
name = "web"
seed = 5
run = {{ start = "2026-11-24T00:00:00Z", measure = "20 s", replications = 5 }}
account.region = "eu-west-3"
bucket.encryption = "sse-kms"
{more}
[fleets.web]
instances = 2
concurrency = 200
operations = {{ get = 4, put = 1 }}
size.fixed = "64 KiB"
arrivals.poisson.rate = "{rate}/s"
"#
    )
}

fn value(quota: &SmallestQuota) -> f64 {
    match quota {
        SmallestQuota::At { quota, .. } => quota.value,
        other => panic!("{other:?}"),
    }
}

// Goal: the more may be refused, the smaller the quota; the higher the load, the larger.
// Method: shares and loads in growing order, the same seeds.
#[test]
fn the_smallest_quota_follows_share_and_load() {
    let share = |share: &str| {
        let condition = format!("kms.throttled-share < {share}");
        value(&smallest_quota(&web(100.0, ""), &[&condition]))
    };
    let shares = ["0.2 %", "1 %", "5 %"].map(share);
    assert!(shares[0] > shares[1] && shares[1] > shares[2], "{shares:?}");
    let load = |rate| {
        value(&smallest_quota(
            &web(rate, ""),
            &["kms.throttled-share < 1 %"],
        ))
    };
    let loads = [50.0, 100.0, 150.0].map(load);
    assert!(loads[0] < loads[1] && loads[1] < loads[2], "{loads:?}");
}

// Goal: the smallest quota and the highest load are two sides of one threshold: with the smallest
// quota the highest load is today's.
// Method: plan the load under that quota; its interval, and that of the quota, are 2 % wide.
#[test]
fn with_the_smallest_quota_the_highest_load_is_todays() {
    let condition = ["kms.throttled-share < 1 %"];
    let quota = value(&smallest_quota(&web(100.0, ""), &condition));
    let limited = web(100.0, &format!("kms.request-quota = \"{quota}/s\""));
    let found = highest_load(&limited, &condition);
    let HighestLoad::At { load, binding } = &found else {
        panic!("{found:?}");
    };
    assert!((load.value - 1.0).abs() < 0.02, "{found:?}");
    assert!(binding.condition.starts_with("kms.throttled-share"));
}

// Goal: where no quota decides, the plan says why, and names the condition and its value.
// Method: a latency that no quota can give; a cost that needs no quota; a scenario without
// KMS calls; a condition that a quota which refuses nothing breaches.
#[test]
fn without_a_threshold_the_reason_is_told() {
    let text = web(100.0, "");
    let found = smallest_quota(
        &text,
        &["get.latency.p99 < 1 ms", "kms.throttled-share < 1 %"],
    );
    let SmallestQuota::None { binding } = &found else {
        panic!("{found:?}");
    };
    assert_eq!(binding.metric, "get.latency.p99");
    assert!(binding.value.is_some_and(|it| it > 0.001));

    let found = smallest_quota(&text, &["cost.month < $1_000_000"]);
    assert!(matches!(found, SmallestQuota::Any { .. }), "{found:?}");

    let plain = text.replace("sse-kms", "sse-s3");
    let found = smallest_quota(&plain, &["kms.throttled-share < 1 %"]);
    assert_eq!(found, SmallestQuota::NoCalls);

    let throttled = web(100.0, "kms.request-quota = \"60/s\"");
    let found = smallest_quota(&throttled, &["kms.throttled-share > 10 %"]);
    assert!(
        matches!(found, SmallestQuota::Unordered { .. }),
        "{found:?}"
    );
}

// Goal: of several conditions the one that binds is named, and the quota is the larger one's.
// Method: two shares at once.
#[test]
fn the_binding_condition_is_named() {
    let text = web(100.0, "");
    let both = ["kms.throttled-share < 5 %", "kms.throttled-share < 0.5 %"];
    let found = smallest_quota(&text, &both);
    let alone = smallest_quota(&text, &both[1..]);
    assert!((value(&found) - value(&alone)).abs() < 0.5);
    let SmallestQuota::At { binding, .. } = found else {
        unreachable!("it has a value");
    };
    assert_eq!(binding.condition, "kms.throttled-share < 0.5 %");
}

// Goal: a load that is fine at any load, and one that is at none, are told as that.
// Method: a condition that always holds, and one that never does.
#[test]
fn loads_without_a_threshold_are_told() {
    let text = web(20.0, "");
    let found = highest_load(&text, &["get.latency.p50 < 10 s"]);
    assert_eq!(found, HighestLoad::Beyond { tried: 10.0 });
    let found = highest_load(&text, &["get.latency.p50 < 1 us"]);
    assert!(matches!(found, HighestLoad::Never { .. }), "{found:?}");
}

// Goal: each limit that a scenario has is found where arithmetic puts it, whatever else it has.
// Method: one fleet without chance whose limits are far apart: reads of one prefix, places, a pool
// of connections, the network; and other load that uses a quota up alone.
#[test]
fn limits_are_where_arithmetic_puts_them() {
    let text = r#"schema = 1
name = "limits"
seed = 5
run = { start = "2026-11-24T00:00:00Z", warm-up = "2 s", measure = "8 s", replications = 3 }
account.region = "eu-west-3"
kms = { request-quota = "500/s", other-load = "600/s", latency.constant = "10 ms" }
bucket.encryption = "sse-kms"
[s3]
prefix-read-rate = "1_000/s"
get-first-byte.constant = "30 ms"
connection-rate = "64 MB/s"
[clients]
connections.pool = { max = 25 }
network.constant = "4 MB/s"
overhead = "2 ms"
cores = 2
[fleets.web]
instances = 2
concurrency = 40
operations.get = 1
size.fixed = "6_400 B"
arrivals.deterministic.rate = "500/s"
"#;
    let limits = limits(text);
    let of = |kind: LimitKind| {
        let found = limits.iter().find(|it| it.kind == kind);
        found.unwrap_or_else(|| panic!("no {kind:?} in {limits:#?}"))
    };
    assert_eq!(limits[0].kind, LimitKind::KmsQuota);
    assert_eq!(limits[0].reached, Reached::Always);
    // 500 reads a second, 40.1 ms each, 2 ms more of a place; 3.2 MB/s; a core second a second.
    for (kind, truth) in [
        (LimitKind::PrefixReads, 2.0),
        (LimitKind::Places, 80.0 / (500.0 * 0.0421)),
        (LimitKind::Connections, 50.0 / (500.0 * 0.0401)),
        (LimitKind::NetworkIn, 8.0 / 3.2),
        (LimitKind::Cores, 4.0),
    ] {
        let Reached::At(at) = of(kind).reached else {
            panic!("{:?}", of(kind));
        };
        assert!(
            (at.value / truth - 1.0).abs() < 0.03,
            "{kind:?}: {at:?} for {truth}"
        );
    }
}

// Goal: so many times the load is just that, of every kind of arrivals, and once is the load
// itself.
// Method: requests of one fleet of each kind at 2.5 times the load, against those at once; of those
// with chance, within five standard deviations.
#[test]
fn a_load_factor_scales_every_kind_of_arrivals() {
    for arrivals in [
        "poisson.rate = \"200/s\"",
        "deterministic.rate = \"200/s\"",
        "profile = { points = [{ at = \"0 s\", rate = \"10/s\" }, \
         { at = \"9 s\", rate = \"300/s\" }] }",
        "on-off = { rate = \"300/s\", on = \"2 s\", off = \"3 s\", times = \"fixed\" }",
        "daily = { points = [{ at = \"00:00\", rate = \"200/s\" }, \
         { at = \"12:00\", rate = \"100/s\" }] }",
        "weekly = { points = [{ at = \"mon 00:00\", rate = \"200/s\" }] }",
        "cron = { every = \"5 s\", requests = 1_000, spread = \"2 s\" }",
        "cold-start = { at = \"1 s\", requests = 50 }",
        "closed = { think-time = \"10 ms\", calls = 20 }",
        "job.stages = [{ tasks = 100, reads = 10 }]",
        "job.stages = [{ tasks = 1, reads = 100 }]",
    ] {
        let requests = |factor: f64| {
            let operations = if arrivals.starts_with("job") {
                ""
            } else {
                "operations.get = 1"
            };
            let text = format!(
                r#"schema = 1
name = "scaled"
load-factor = {factor}
run = {{ start = "2026-11-24T00:00:00Z", measure = "20 s", replications = 2 }}
account.region = "eu-west-3"
bucket.encryption = "sse-s3"
[fleets.one]
instances = 40
concurrency = 40
{operations}
size.fixed = "1 KiB"
arrivals.{arrivals}
"#
            );
            mean(&record_of(&text).variants[0], "all.requests")
        };
        let (once, scaled) = (requests(1.0), requests(2.5));
        let slack = 5.0 * (scaled + 6.25 * once).sqrt();
        let exact = ["deterministic", "cron", "cold", "closed", "job"];
        let is_exact = exact.iter().any(|it| arrivals.starts_with(it));
        let most = if is_exact { 1.0 } else { slack };
        let off = (scaled - 2.5 * once).abs();
        assert!(off <= most, "{arrivals}: {scaled} for 2.5 × {once}");
    }
}
