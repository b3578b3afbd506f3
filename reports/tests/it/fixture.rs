//! A synthetic record: 5 variants, 3 replications, 120 s, filled by plain arithmetic.
//!
//! A platform and, from 45 s on, a nightly job ask for more KMS calls than the quota. Nothing is
//! simulated: refusals, retries and latencies follow closed formulas, so tests know every figure.
use keystorm_record::{
    Certainty, Class, ClassCounts, Cost, Fact, Histogram, Int, KmsCounts, Metric, Mode, Occupancy,
    Operation, Record, Replication, S3Counts, SCHEMA_VERSION, Scenario, Series, Setup, Status, TimeParts,
    Tool, Unit, Variant, Warning, Window,
};
use std::collections::BTreeMap;

pub const QUOTA: f64 = 10_000.0;
pub const OTHER: f64 = 4_000.0;
const SECONDS: usize = 120;
const WARM_UP: usize = 10;
const REPLICATIONS: u32 = 3;
const GET_SHARE: f64 = 0.86;

/// The record.
pub fn record() -> Record {
    let variants = [
        ("SSE-KMS", Mode::SseKms),
        ("SSE-KMS, Bucket Key", Mode::SseKmsBucketKey),
        ("SSE-S3", Mode::SseS3),
        ("SSE-C", Mode::SseC),
        ("Client-side", Mode::ClientSide),
    ];
    Record {
        schema: SCHEMA_VERSION,
        tool: Tool { name: "keystorm".into(), version: "0.1.0".into() },
        scenario: Scenario {
            path: "scenarios/library/quickstart.toml".into(),
            sha256: "4f1c0a7be2d95c3186f0a9b4c7d2e1f05a6b8c9d0e1f2a3b4c5d6e7f8091a9a7".into(),
            title: "Nightly job, eu-west-3".into(),
            question: "Will KMS throttle the platform when the nightly job starts, and what do \
                       Bucket Keys change?"
                .into(),
            region: "eu-west-3".into(),
            start: "2026-11-24T01:58:00Z".into(),
        },
        seed: Int(7),
        command: "keystorm run scenarios/library/quickstart.toml --seed 7".into(),
        window: Window {
            warm_up_ns: Int(WARM_UP as u64 * 1_000_000_000),
            measure_ns: Int((SECONDS - WARM_UP) as u64 * 1_000_000_000),
            cut: false,
        },
        replications_planned: REPLICATIONS,
        status: Status::Complete,
        facts: facts(),
        warnings: vec![Warning {
            code: "few-replications".into(),
            text: "three replications give wide intervals".into(),
            remedy: "Run more: `--replications 10`.".into(),
        }],
        variants: variants.into_iter().map(|(name, mode)| variant(name, mode)).collect(),
    }
}

/// Requests per second of the platform and the job.
fn offered(second: usize) -> f64 {
    let t = second as f64;
    let job = match second {
        45..55 => (t - 45.0) * 500.0,
        55..80 => 5_000.0,
        80..85 => 5_000.0 - (t - 80.0) * 1_000.0,
        _ => 0.0,
    };
    // A ripple instead of noise.
    2_500.0 + job + 60.0 * ((second * 7 % 11) as f64 - 5.0)
}

/// KMS calls per request of a mode.
fn calls_per_request(mode: Mode) -> f64 {
    match mode {
        Mode::SseKms | Mode::ClientSide => 1.0,
        Mode::SseKmsBucketKey => 0.02,
        Mode::SseS3 | Mode::SseC => 0.0,
    }
}

struct Columns {
    series: Series,
    refused: f64,
    given_up: f64,
}

/// One replication's seconds; `scale` makes replications differ a little.
fn seconds(mode: Mode, scale: f64) -> Columns {
    let mut series = Series::new(SECONDS);
    let int = |v: f64| Int(v.round().max(0.0) as u64);
    let (mut backlog, mut refused_sum, mut given_up_sum) = (0.0, 0.0, 0.0);
    for s in 0..SECONDS {
        let requests = offered(s) * scale;
        let first = requests * calls_per_request(mode);
        let calls = first + backlog;
        let over = (calls + OTHER - QUOTA).max(0.0);
        let refused = if calls > 0.0 { over * calls / (calls + OTHER) } else { 0.0 };
        let given_up = refused * 0.2;
        backlog = refused * 0.8;
        series.requests[s] = int(requests);
        series.ok[s] = int(requests - given_up);
        series.throttled[s] = int(given_up);
        series.bytes_ok[s] = int((requests - given_up) * 400_000.0);
        series.kms_first_calls[s] = int(first);
        series.kms_calls[s] = int(calls);
        series.kms_refused[s] = int(refused);
        series.kms_other_calls[s] = int(OTHER);
        series.kms_refusing_replications[s] = Int(u64::from(refused >= 1.0));
        if s >= WARM_UP {
            refused_sum += refused;
            given_up_sum += given_up;
        }
    }
    Columns { series, refused: refused_sum, given_up: given_up_sum }
}

fn variant(name: &str, mode: Mode) -> Variant {
    let mut series: Option<Series> = None;
    let mut replications = Vec::new();
    for index in 0..REPLICATIONS {
        let columns = seconds(mode, 1.0 + 0.004 * (f64::from(index) - 1.0));
        replications.push(replication(index, &columns));
        match &mut series {
            Some(sum) => sum.add(&columns.series),
            None => series = Some(columns.series),
        }
    }
    let series = series.expect("there are replications");
    let classes = classes(mode, &replications);
    Variant {
        name: name.into(),
        setup: Setup {
            mode,
            scheme: "https".into(),
            kms_quota_per_s: Int(QUOTA as u64),
            kms_other_load_per_s: Int(OTHER as u64),
            retry: "standard 2.1, 3 attempts".into(),
        },
        resolved: serde_json::json!({ "bucket": { "prefixes": 4, "blocked-encryption-types": [] } }),
        defaulted: Vec::new(),
        metrics: metrics(mode, &replications, &classes),
        expectations: Vec::new(),
        costs: costs(mode, &replications),
        classes,
        series,
        replications,
    }
}

fn replication(index: u32, columns: &Columns) -> Replication {
    let series = &columns.series;
    let window = WARM_UP..SECONDS;
    let sum = |c: &[Int]| window.clone().map(|s| c[s].0).sum::<u64>() as f64;
    let requests = sum(&series.requests);
    let int = |v: f64| Int(v.round() as u64);
    let class = |share: f64| {
        let total = int(requests * share);
        let throttled = int(columns.given_up * share);
        let retried = int(columns.refused * 0.55 * share);
        ClassCounts {
            requests: total,
            ok: Int(total.0 - throttled.0),
            throttled,
            ok_after_retry: Int(retried.0.saturating_sub(throttled.0)),
            retried,
            attempts: Int(total.0 + int(columns.refused * 0.8 * share).0),
            attempts_throttled_kms: int(columns.refused * share),
            bytes_ok: int((total.0 - throttled.0) as f64 * 400_000.0),
            ..ClassCounts::default()
        }
    };
    let peak = |f: &dyn Fn(usize) -> u64| window.clone().map(f).max().unwrap_or(0);
    let all = |s: usize| series.kms_calls[s].0 + series.kms_other_calls[s].0;
    let minute = |m: usize| (m * 60..m * 60 + 60).filter(|s| *s >= WARM_UP).map(all).sum::<u64>();
    Replication {
        index,
        measured_ns: Int((SECONDS - WARM_UP) as u64 * 1_000_000_000),
        s3: S3Counts {
            get_billed: int((requests - columns.given_up) * GET_SHARE),
            put_billed: int((requests - columns.given_up) * (1.0 - GET_SHARE)),
        },
        classes: vec![class(GET_SHARE), class(1.0 - GET_SHARE)],
        kms: KmsCounts {
            generate_data_key: int(sum(&series.kms_calls) * (1.0 - GET_SHARE)),
            decrypt: int(sum(&series.kms_calls) * GET_SHARE),
            refused: int(columns.refused),
            other: int(sum(&series.kms_other_calls)),
            peak_second: Int(peak(&all)),
            peak_second_first: Int(peak(&|s| series.kms_first_calls[s].0 + OTHER as u64)),
            peak_minute: Int(minute(1)),
            peak_minute_seconds: Int(60),
            refusing_seconds: Int(
                window.clone().filter(|s| series.kms_refusing_replications[*s].0 > 0).count() as u64,
            ),
        },
        occupancy: Occupancy { integral_ns: "0".into(), sojourn_ns: "0".into() },
        events: Int(1),
    }
}

/// Latencies whose logarithm is piecewise linear in u = log10(1 / (1 - q)).
fn histogram(knots: &[(f64, f64)], requests: u64) -> Histogram {
    let mut histogram = Histogram::new();
    let beyond = |u: f64| requests as f64 * libm::pow(10.0, -u);
    for i in 0..240 {
        let (u, next) = (f64::from(i) * 0.025, f64::from(i + 1) * 0.025);
        let count = (beyond(u).round() - beyond(next).round()).max(0.0) as u64;
        let seconds = libm::pow(10.0, between(knots, (u + next) / 2.0));
        histogram.0.saturating_record_n((seconds * 1e9) as u64, count);
    }
    histogram
}

fn between(knots: &[(f64, f64)], u: f64) -> f64 {
    let after = knots.iter().position(|k| k.0 >= u).unwrap_or(knots.len() - 1).max(1);
    let ((u0, y0), (u1, y1)) = (knots[after - 1], knots[after]);
    y0 + (y1 - y0) * ((u - u0) / (u1 - u0)).min(1.0)
}

/// log10 of GET latency \[s\] over u.
fn knots(mode: Mode) -> Vec<(f64, f64)> {
    let base = vec![(0.0, -2.0), (0.3, -1.72), (1.0, -1.45), (2.0, -1.2), (3.0, -0.75), (4.0, -0.4)];
    let shift = |by: f64| base.iter().map(|(u, y)| (*u, y + by)).collect::<Vec<_>>();
    match mode {
        Mode::SseS3 | Mode::SseC => base,
        Mode::SseKmsBucketKey => {
            let mut knots = shift(0.01);
            knots[3].1 += 0.1;
            knots
        }
        Mode::SseKms => vec![
            (0.0, -1.9), (0.3, -1.6), (0.45, -1.4), (0.6, -0.4), (1.0, -0.1), (2.0, 0.15),
            (4.0, 0.3),
        ],
        Mode::ClientSide => vec![
            (0.0, -1.8), (0.3, -1.45), (0.45, -1.2), (0.6, -0.2), (1.0, 0.1), (2.0, 0.35),
            (4.0, 0.5),
        ],
    }
}

fn classes(mode: Mode, replications: &[Replication]) -> Vec<Class> {
    let class = |operation, index: usize, by: f64| {
        let requests: u64 = replications.iter().map(|r| r.classes[index].ok.0).sum();
        let knots: Vec<(f64, f64)> = knots(mode).iter().map(|(u, y)| (*u, y + by)).collect();
        let latency = histogram(&knots, requests);
        let total = latency.mean_ns().unwrap_or(0.0) * latency.count() as f64;
        let part = |share: f64| Int((total * share) as u64);
        let kms = if calls_per_request(mode) > 0.5 { 8.0e6 * requests as f64 } else { 0.0 };
        let client = if mode == Mode::ClientSide { 5.0e6 * requests as f64 } else { 0.0 };
        let plain = 26.0e6 * requests as f64;
        let rest = (total - plain - kms - client).max(0.0);
        let throttled = calls_per_request(mode) > 0.5;
        Class {
            fleet: "platform".into(),
            operation,
            latency,
            time: TimeParts {
                wait_ns: Int(if throttled { (rest * 0.04) as u64 } else { 0 }),
                connect_ns: part(0.005),
                client_crypto_ns: Int(client as u64),
                kms_ns: Int(kms as u64),
                first_byte_ns: Int((plain * 0.75) as u64),
                transfer_ns: Int((plain * 0.2) as u64),
                refused_ns: Int(if throttled { (rest * 0.12) as u64 } else { 0 }),
                back_off_ns: Int(if throttled { (rest * 0.8) as u64 } else { 0 }),
            },
        }
    };
    vec![class(Operation::Get, 0, 0.0), class(Operation::Put, 1, 0.12)]
}

/// A metric from its values; the interval is two standard errors wide on each side.
pub fn metric(unit: Unit, values: &[f64]) -> Metric {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let square = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>();
    let half = (values.len() > 1).then(|| 4.303 * (square / (n - 1.0) / n).sqrt());
    Metric {
        unit,
        mean,
        low: half.map(|h| mean - h),
        high: half.map(|h| mean + h),
        values: values.iter().copied().map(Some).collect(),
    }
}

fn metrics(
    mode: Mode,
    replications: &[Replication],
    classes: &[Class],
) -> BTreeMap<String, Metric> {
    let window = (SECONDS - WARM_UP) as f64;
    let mut out = BTreeMap::new();
    let mut put = |name: String, unit, f: &dyn Fn(&Replication) -> f64| {
        let values: Vec<f64> = replications.iter().map(f).collect();
        out.insert(name, metric(unit, &values));
    };
    for (s, index) in [("get", Some(0)), ("put", Some(1)), ("all", None)] {
        let counts = move |r: &Replication| {
            let mut sum = ClassCounts::default();
            for (i, class) in r.classes.iter().enumerate() {
                if index.is_none_or(|wanted| wanted == i) {
                    sum.add(class);
                }
            }
            sum
        };
        let share = |part: fn(&ClassCounts) -> Int| {
            move |r: &Replication| part(&counts(r)).as_f64() / counts(r).requests.as_f64()
        };
        let name = |m: &str| format!("{s}.{m}");
        put(name("requests"), Unit::Count, &|r| counts(r).requests.as_f64());
        put(name("rate"), Unit::PerSecond, &|r| counts(r).requests.as_f64() / window);
        put(name("throughput"), Unit::PerSecond, &|r| counts(r).ok.as_f64() / window);
        put(name("bytes-rate"), Unit::BytesPerSecond, &|r| counts(r).bytes_ok.as_f64() / window);
        put(name("ok-share"), Unit::Share, &share(|c| c.ok));
        put(name("throttled-share"), Unit::Share, &share(|c| c.throttled));
        put(name("denied-share"), Unit::Share, &share(|c| c.denied));
        put(name("rejected-share"), Unit::Share, &share(|c| c.rejected));
        put(name("failed-share"), Unit::Share, &share(|c| c.failed));
        put(name("unfinished-share"), Unit::Share, &share(|c| c.unfinished));
        put(name("retried-share"), Unit::Share, &share(|c| c.retried));
        put(name("attempts"), Unit::Count, &share(|c| c.attempts));
        put(name("attempts-throttled-share"), Unit::Share, &|r| {
            counts(r).attempts_throttled_kms.as_f64() / counts(r).attempts.as_f64()
        });
        let Some(class) = index.map(|i| &classes[i]) else { continue };
        for (p, q) in [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999)] {
            let seconds = class.latency.quantile_ns(q).unwrap_or(0) as f64 / 1e9;
            put(name(&format!("latency.{p}")), Unit::Seconds, &|r| {
                seconds * (1.0 + 0.01 * (f64::from(r.index) - 1.0))
            });
        }
        let mean = class.latency.mean_ns().unwrap_or(0.0) / 1e9;
        put(name("latency.mean"), Unit::Seconds, &|_| mean);
    }
    kms_metrics(&mut put, window);
    let month = |r: &Replication| dollars(mode, r).iter().map(|c| c.1 * 730.0).sum::<f64>();
    put("cost.month".into(), Unit::Usd, &month);
    put("cost.hour".into(), Unit::Usd, &|r| month(r) / 730.0);
    out
}

fn kms_metrics(put: &mut dyn FnMut(String, Unit, &dyn Fn(&Replication) -> f64), window: f64) {
    use Unit::{PerSecond, Seconds, Share};
    let calls = |r: &Replication| (r.kms.generate_data_key + r.kms.decrypt).as_f64();
    let refused = move |r: &Replication| match calls(r) {
        0.0 => 0.0,
        all => r.kms.refused.as_f64() / all,
    };
    put("kms.calls".into(), PerSecond, &|r| calls(r) / window);
    put("kms.calls.generate-data-key".into(), PerSecond, &|r| {
        r.kms.generate_data_key.as_f64() / window
    });
    put("kms.calls.decrypt".into(), PerSecond, &|r| r.kms.decrypt.as_f64() / window);
    put("kms.calls.peak-second".into(), PerSecond, &|r| r.kms.peak_second.as_f64());
    put("kms.calls.peak-minute".into(), PerSecond, &|r| r.kms.peak_minute.as_f64() / 60.0);
    put("kms.demand.peak-second".into(), PerSecond, &|r| r.kms.peak_second_first.as_f64());
    put("kms.throttled-share".into(), Share, &refused);
    put("kms.throttled-time".into(), Seconds, &|r| r.kms.refusing_seconds.as_f64());
    put("kms.utilisation".into(), Share, &|r| (calls(r) / window + OTHER) / QUOTA);
    put("kms.utilisation.peak-second".into(), Share, &|r| r.kms.peak_second.as_f64() / QUOTA);
    put("kms.utilisation.peak-minute".into(), Share, &|r| {
        r.kms.peak_minute.as_f64() / 60.0 / QUOTA
    });
    put("kms.headroom".into(), Share, &|r| 1.0 - r.kms.peak_second_first.as_f64() / QUOTA);
}

/// Dollars an hour by item.
fn dollars(mode: Mode, replication: &Replication) -> Vec<(&'static str, f64, f64)> {
    let per_hour = 3_600.0 / (SECONDS - WARM_UP) as f64;
    let get = replication.classes[0].ok.as_f64() * per_hour;
    let put = replication.classes[1].ok.as_f64() * per_hour;
    let calls = (replication.kms.generate_data_key + replication.kms.decrypt).as_f64() * per_hour;
    let mut items = vec![
        ("s3-get-requests", get * 0.000_000_42, get),
        ("s3-put-requests", put * 0.000_005_3, put),
    ];
    if !matches!(mode, Mode::SseS3 | Mode::SseC) {
        items.push(("kms-requests", calls * 0.000_003, calls));
        items.push(("kms-keys", 1.0 / 730.0, 1.0));
    }
    items
}

fn costs(mode: Mode, replications: &[Replication]) -> Vec<Cost> {
    let item = |(item, usd, units): (&str, f64, f64)| Cost {
        item: item.into(),
        units_per_hour: units,
        usd_per_hour: usd,
        usd_per_month: usd * 730.0,
    };
    dollars(mode, &replications[1]).into_iter().map(item).collect()
}

fn facts() -> Vec<Fact> {
    let fact = |id: &str, subject: &str, value: &str, source: &str, date: &str, certainty| Fact {
        id: id.into(),
        subject: subject.into(),
        value: value.into(),
        source: source.into(),
        date: date.into(),
        certainty,
        note: String::new(),
        variants: Vec::new(),
    };
    let mut facts = vec![
        fact("kms.request-quota", "KMS quota, symmetric keys", "10,000/s",
            "KMS developer guide, Request quotas", "2026-09", Certainty::Documented),
        fact("kms.other-load", "Other load of the account", "4,000/s", "scenario", "",
            Certainty::Given),
        fact("kms.latency", "KMS latency, median", "6.4 ms", "not published", "",
            Certainty::Assumed),
        fact("s3.get-first-byte", "First byte of a GET, median", "13.5 ms",
            "public measurement, fitted", "2025-12", Certainty::Measured),
    ];
    let mut lifetime = fact("bucket.bucket-key-cache.lifetime", "Bucket Key lifetime", "300 s",
        "not published", "", Certainty::Assumed);
    lifetime.note = "AWS says only that it is time-limited.".into();
    lifetime.variants = vec!["SSE-KMS, Bucket Key".into()];
    facts.push(lifetime);
    facts
}
