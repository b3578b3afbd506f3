//! What a sweep costs beyond simulating: runs of 100,000 requests each, a point each, against the
//! same simulations as replications of one scenario; and two jobs against two shards of one job.
//!
//! `cargo bench -p keystorm-benches --bench sweep` prints `thrpt: … elem/s`: an element is a run.
//! Compare the lines of one sitting: machines differ and drift. Of `1 job`, preparing, simulating
//! and merging, a run may take 1 ms longer than of `bare`; `2 jobs` may have 5 % less than `2
//! shards`, which share nothing but the machine, as two processes do.
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use keystorm_scenarios::experiment::sweep::{
    Journal, Opened, Rows, Shard, SweepInput, SweepSource, SweepWork, merge, run,
};
use keystorm_scenarios::{Options, Overrides, TieBreak, Watch, load};
use std::path::Path;
use tempfile::TempDir;

/// Runs of a sweep.
const RUNS: u64 = 64;

/// A hundred seconds of 1,000 requests each.
const SMALL: &str = r#"schema = 1
name = "small"
run = { start = "2026-11-24T00:00:00Z", measure = "100 s", replications = 1 }
account.region = "eu-west-3"
bucket.encryption = "sse-kms"
kms.request-quota = "100_000/s"
[fleets.web]
instances = 4
concurrency = 200
operations = { get = 7, put = 3 }
size.lognormal = { median = "64 KiB", sigma = 1.5, max = "16 MiB" }
arrivals.poisson.rate = "1_000/s"
"#;

/// The simulations alone.
fn bare() {
    let replications = "run.replications=64".parse().expect("a setting");
    let overrides = Overrides {
        settings: vec![replications],
        ..Overrides::default()
    };
    let study = load("small.toml", SMALL, &overrides).expect("the scenario is right");
    let options = Options {
        jobs: 1,
        tie_break: TieBreak::Schedule,
        every_end_an_event: false,
        parts: None,
        command: String::new(),
    };
    keystorm_scenarios::run(&study, &options, &Watch::default()).expect("the scenario runs");
}

fn prepared() -> SweepWork {
    // Quotas that bind nowhere: all points are the same work.
    let quotas: Vec<_> = (1..=RUNS).map(|it| format!("{}/s", 100_000 + it)).collect();
    let vary = format!("kms.request-quota={}", quotas.join(","));
    let input = SweepInput {
        scenario: SweepSource {
            path: "small.toml".into(),
            text: SMALL.into(),
        },
        overrides: Overrides::default(),
        vary: vec![vary.parse().expect("a grid")],
        tie_break: TieBreak::Schedule,
        calibration: None,
        prices: None,
        command: String::new(),
    };
    let reader = |_: &str| Err("there are no files".to_owned());
    SweepWork::prepare(input, &reader, &Watch::default()).expect("the grid is right")
}

fn simulate(folder: &Path, work: &SweepWork, shard: Shard, jobs: usize) {
    let opened = Journal::open(folder, work, shard).expect("the folder can be written");
    let Opened::UnderWay(journal) = opened else {
        panic!("the folder is new");
    };
    run(work, &journal, jobs, &Watch::default()).expect("the scenario runs");
    journal.complete().expect("the folder can be written");
}

/// All runs, and their points merged and written as JSON; the number of its bytes.
fn sweep(shards: u32, jobs: usize) -> usize {
    let folder = TempDir::new().expect("there is room");
    let work = prepared();
    std::thread::scope(|scope| {
        for index in 0..shards {
            let shard = format!("{index}/{shards}").parse().expect("a shard");
            let (folder, work) = (folder.path(), &work);
            scope.spawn(move || simulate(folder, work, shard, jobs));
        }
    });
    let rows = Rows::open(folder.path(), &work, false).expect("they have just been written");
    let mut bytes = 0;
    let mut each = |point: keystorm_record::SweepPoint| {
        bytes += point.to_json().len();
        Ok(())
    };
    merge(&work, &rows, jobs, &Watch::default(), &mut each).expect("nothing is missing");
    bytes
}

fn sweeps(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("64 runs");
    group.sample_size(10);
    group.throughput(Throughput::Elements(RUNS));
    group.bench_function("bare", |bencher| bencher.iter(bare));
    for (name, shards, jobs) in [("1 job", 1, 1), ("2 jobs", 1, 2), ("2 shards", 2, 1)] {
        group.bench_function(name, |bencher| bencher.iter(|| sweep(shards, jobs)));
    }
    group.finish();
}

criterion_group!(benches, sweeps);
criterion_main!(benches);
