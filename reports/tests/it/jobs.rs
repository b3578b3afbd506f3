//! When jobs were done.
use crate::fixture;
use crate::fixture::metrics::metric;
use keystorm_record::{Int, JobRun, Record, Unit};
use keystorm_reports::{Terminal, html, terminal};

/// The fixture, its first variant with a job of two stages, whose second one replication lost.
fn record() -> Record {
    let mut record = fixture::record();
    let variant = &mut record.variants[0];
    for (replication, ends) in variant
        .replications
        .iter_mut()
        .zip([[10, 30], [20, 50], [30, 0]])
    {
        let ends = ends.into_iter().filter(|&it| it > 0);
        replication.jobs = vec![JobRun {
            fleet: "job".to_owned(),
            stages_ns: ends.map(|it| Int(it * 1_000_000_000)).collect(),
            stages: Int(2),
            task_failures: Int(7),
            failed_ns: None,
        }];
    }
    let mut set = |name: &str, unit, values: &[f64]| {
        variant
            .metrics
            .insert(name.to_owned(), metric(unit, values));
    };
    set("completion", Unit::Seconds, &[30.0, 50.0]);
    set("job.failed-share", Unit::Share, &[0.0, 0.0, 1.0]);
    set("job.task-failures", Unit::Count, &[7.0, 7.0, 7.0]);
    record
}

// Goal: terminal and page say when the job and each of its stages were done, and that one failed;
// nothing of it stands where there is no job.
// Method: means over the replications that got there: 40 s, 20 s and 40 s; one of three failed.
#[test]
fn jobs_have_a_table() {
    let style = Terminal {
        width: 100,
        color: false,
    };
    let shown = terminal(&record(), style);
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines: Vec<String> = shown.lines().map(words).collect();
    let head = lines
        .iter()
        .position(|it| it == "Time until the job is done");
    let head = head.unwrap_or_else(|| panic!("{shown}"));
    assert_eq!(
        lines[head + 1],
        "Variant All done Stage 1 Stage 2 Task failures Jobs failed"
    );
    assert!(
        lines[head + 2].ends_with("40.0 s 20.0 s 40.0 s 7 33.3 %"),
        "{}",
        lines[head + 2]
    );
    assert!(html(&record()).contains("When the work was done"));
    assert!(!terminal(&fixture::record(), style).contains("until the job"));
    assert!(!html(&fixture::record()).contains("When the work was done"));
}
