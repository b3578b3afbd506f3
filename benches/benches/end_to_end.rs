//! Requests per second of wall time and core, with the real models and full statistics, one job:
//! the shipped quickstart with its five modes, and SSE-KMS at 0.8 and 1.2 of the quota, where no
//! limit of places, connections or prefixes binds; the smaller load arrives in other ways, too.
//!
//! `cargo bench -p keystorm-benches --bench end_to_end` prints `thrpt: … Melem/s`: an element is a
//! request. `every end an event` is the same work without what is saved by settling ends late. It
//! tells what a user waits for, on one core of this machine; machines differ and drift, so compare
//! two builds in one sitting.
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use keystorm_scenarios::{Options, Overrides, Setting, Study, TieBreak, Watch, load, run};
use std::sync::atomic::Ordering;

const QUICKSTART: &str = include_str!("../../scenarios/library/quickstart.toml");

/// Forty seconds of the platform of `day-at-30k`, at a steady rate.
const STEADY: &str = r#"schema = 1
name = "steady"
run = { start = "2026-11-24T00:00:00Z", measure = "40 s", replications = 1 }
account.region = "us-east-1"
kms.request-quota = "30_000/s"
bucket = { encryption = "sse-kms", prefixes = 40 }
[fleets.platform]
instances = 96
concurrency = 1_000
operations = { get = 70, put = 30 }
size.lognormal = { median = "256 KiB", sigma = 1.5, max = "1 GiB" }
arrivals.poisson.rate = "24_000/s"
"#;

/// The same load in other ways: evenly, at a rate that switches, in bursts by the clock.
const ARRIVALS: [(&str, &str); 3] = [
    ("even", r#"{ deterministic.rate = "24_000/s" }"#),
    (
        "switching",
        r#"{ mmpp.states = [
            { rate = "20_000/s", mean-time = "2 s" }, { rate = "28_000/s", mean-time = "2 s" },
        ] }"#,
    ),
    (
        "by the clock",
        r#"{ cron = { every = "10 s", requests = 240_000, spread = "10 s" } }"#,
    ),
];

fn study(text: &str, path: &str, value: &str) -> Study {
    let overrides = Overrides {
        settings: vec![Setting {
            path: path.into(),
            value: value.into(),
        }],
        ..Overrides::default()
    };
    load("bench.toml", text, &overrides).expect("the scenario is right")
}

/// Runs the study; returns its requests.
fn requests(study: &Study, every_end_an_event: bool) -> u64 {
    let options = Options {
        jobs: 1,
        tie_break: TieBreak::Schedule,
        every_end_an_event,
        parts: None,
        command: String::new(),
    };
    let watch = Watch::default();
    run(study, &options, &watch).expect("the scenario runs");
    watch.requests.load(Ordering::Relaxed)
}

fn bench(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, study: &Study, every_end: bool) {
    group.throughput(Throughput::Elements(requests(study, every_end)));
    group.bench_function(name, |bencher| {
        bencher.iter(|| requests(study, every_end));
    });
}

fn end_to_end(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("1 core");
    group.sample_size(10);
    let quickstart = study(QUICKSTART, "run.replications", "1");
    bench(&mut group, "quickstart, 5 modes", &quickstart, false);
    for (load, rate) in [("0.8", "24_000/s"), ("1.2", "36_000/s")] {
        let study = study(STEADY, "fleets.platform.arrivals.poisson.rate", rate);
        bench(&mut group, &format!("load {load}"), &study, false);
        let name = format!("load {load}, every end an event");
        bench(&mut group, &name, &study, true);
    }
    for (name, arrivals) in ARRIVALS {
        let study = study(STEADY, "fleets.platform.arrivals", arrivals);
        bench(&mut group, &format!("load 0.8, {name}"), &study, false);
    }
    group.finish();
}

criterion_group!(benches, end_to_end);
criterion_main!(benches);
