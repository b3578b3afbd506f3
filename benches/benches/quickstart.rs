//! Requests per second of wall time and core, of the shipped quickstart: all five modes, full
//! statistics, one job.
//!
//! `cargo bench -p keystorm-benches --bench quickstart` prints `thrpt: … Kelem/s`: an element is
//! a request. It tells what a user waits for, on one core of this machine; machines differ and
//! drift, so compare two builds in one sitting.
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use keystorm_scenarios::{Options, Overrides, Setting, Study, TieBreak, Watch, load, run};
use std::sync::atomic::Ordering;

const QUICKSTART: &str = include_str!("../../scenarios/library/quickstart.toml");

fn study() -> Study {
    let setting = |path: &str, value: &str| Setting {
        path: path.into(),
        value: value.into(),
    };
    let settings = vec![setting("run.replications", "1")];
    let overrides = Overrides {
        settings,
        ..Overrides::default()
    };
    load("quickstart.toml", QUICKSTART, &overrides).expect("the shipped quickstart is right")
}

/// Runs the study; returns its requests.
fn requests(study: &Study) -> u64 {
    let options = Options {
        jobs: 1,
        tie_break: TieBreak::Schedule,
        every_end_an_event: false,
        parts: None,
        command: String::new(),
    };
    let watch = Watch::default();
    let record = run(study, &options, &watch).expect("the quickstart runs");
    assert_eq!(record.variants.len(), 5);
    watch.requests.load(Ordering::Relaxed)
}

fn quickstart(criterion: &mut Criterion) {
    let study = study();
    let mut group = criterion.benchmark_group("quickstart");
    group.sample_size(10);
    group.throughput(Throughput::Elements(requests(&study)));
    group.bench_function("5 modes, 1 core", |bencher| {
        bencher.iter(|| requests(&study));
    });
    group.finish();
}

criterion_group!(benches, quickstart);
criterion_main!(benches);
