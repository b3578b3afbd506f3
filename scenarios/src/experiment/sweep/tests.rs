//! Sweeps from preparing to merging, in folders of their own.
mod damage;
mod plans;
mod same_bytes;

use super::*;
use crate::load::Overrides;
use crate::run::Watch;
use keystorm_record::Sweep;
use keystorm_sim::TieBreak;
use std::path::Path;
use tempfile::TempDir;

/// A second of few requests; a quota that refuses some of them.
const TEXT: &str = r#"# How few calls are enough?
schema = 1
name = "small"
run = { start = "2026-11-24T00:00:00Z", measure = "2 s", replications = 2 }
account.region = "eu-west-3"
bucket.encryption = "sse-kms"
kms.request-quota = "20/s"
[expect]
"kms.throttled-share" = "0..0.1"
[fleets.web]
instances = 1
concurrency = 10
operations.get = 1
size.fixed = "64 KiB"
arrivals.poisson.rate = "30/s"
"#;

fn input(text: &str, varies: &[&str]) -> SweepInput {
    SweepInput {
        scenario: SweepSource {
            path: "small.toml".to_owned(),
            text: text.to_owned(),
        },
        overrides: Overrides::default(),
        vary: varies.iter().map(|it| it.parse().unwrap()).collect(),
        tie_break: TieBreak::Schedule,
        calibration: None,
        prices: None,
        command: "keystorm sweep run small.toml".to_owned(),
    }
}

fn prepared(input: SweepInput) -> Result<SweepWork, PrepareError> {
    let reader = |_: &str| Err("no files here".to_owned());
    SweepWork::prepare(input, &reader, &Watch::default())
}

/// Six runs at three points.
fn work() -> SweepWork {
    let quotas = "kms.request-quota=10/s,25/s,90/s";
    prepared(input(TEXT, &[quotas])).expect("it is sound")
}

fn shard(text: &str) -> Shard {
    text.parse().unwrap()
}

/// The journal of a shard that is under way.
fn journal(folder: &Path, work: &SweepWork, shard: Shard) -> Result<Journal, JournalError> {
    match Journal::open(folder, work, shard)? {
        Opened::UnderWay(journal) => Ok(journal),
        Opened::Complete => panic!("shard {shard} is complete"),
    }
}

/// Simulates a shard to its end, unless it is complete.
fn simulate(folder: &Path, work: &SweepWork, shard: Shard, jobs: usize) {
    if let Opened::UnderWay(journal) = Journal::open(folder, work, shard).unwrap() {
        assert!(run(work, &journal, jobs, &Watch::default()).unwrap());
        journal.complete().unwrap();
    }
}

/// The result as JSON.
fn merged(folder: &Path, work: &SweepWork, jobs: usize) -> String {
    let rows = Rows::open(folder, work, true).unwrap();
    let mut points = Vec::new();
    let mut each = |point| {
        points.push(point);
        Ok(())
    };
    let sweep = merge(work, &rows, jobs, &Watch::default(), &mut each).unwrap();
    Sweep { points, ..sweep }.to_json()
}

/// What one process gives.
fn in_one_go(work: &SweepWork) -> String {
    let folder = TempDir::new().unwrap();
    simulate(folder.path(), work, Shard::WHOLE, 1);
    merged(folder.path(), work, 1)
}
