//! When jobs were done.
use crate::fixture;
use crate::fixture::metrics::metric;
use keystorm_record::{Int, JobRun, Record, Unit};
use keystorm_reports::{Terminal, html, markdown, terminal, verdict};
use serde_json::json;

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

/// The fixture, the fleets of all variants with these arrivals.
fn with_fleets(arrivals: &[serde_json::Value]) -> Record {
    let mut record = fixture::record();
    for variant in &mut record.variants {
        let fleets = arrivals.iter().enumerate();
        let fleets = fleets.map(|(i, it)| (format!("fleet-{i}"), json!({ "arrivals": it })));
        variant.resolved["fleets"] = fleets.collect::<serde_json::Map<_, _>>().into();
        let run = metric(Unit::Usd, &[1.25, 1.5, 1.75]);
        variant.metrics.insert("cost.run".to_owned(), run);
    }
    record
}

fn headline(record: &Record) -> String {
    verdict(record).headline.replace('\u{202f}', " ")
}

// Goal: the headline says when work that has an end is done, or that it is not.
// Method: a job that ends in all, some and none of three replications, or fails; workers with a
// number of calls; a load without an end.
#[test]
fn the_headline_says_when_the_work_is_done() {
    let throttles = "KMS throttles from 01:58:53 to 01:59:23";
    let mut record = record();
    let some = format!("{throttles}; the job is done in 2 of 3 replications.");
    assert_eq!(headline(&record), some);
    let mut end = |values: &[f64], failed: f64| {
        let metrics = &mut record.variants[0].metrics;
        metrics.remove("completion");
        if !values.is_empty() {
            let metric = metric(Unit::Seconds, values);
            metrics.insert("completion".to_owned(), metric);
        }
        let failed = metric(Unit::Share, &[failed; 3]);
        metrics.insert("job.failed-share".to_owned(), failed);
        headline(&record).replace(throttles, "…")
    };
    assert_eq!(
        end(&[80.0, 100.0, 90.0], 0.0),
        "…; the job is done after 90 s."
    );
    assert_eq!(end(&[], 0.0), "…; the job is not done when the run ends.");
    assert_eq!(end(&[], 1.0), "…; the job fails.");
    let calls = json!({ "closed": { "think-time": "0 s", "calls": 100 } });
    let mut record = with_fleets(&[calls]);
    let done = metric(Unit::Seconds, &[80.0, 100.0, 90.0]);
    record.variants[0]
        .metrics
        .insert("completion".to_owned(), done);
    let words = format!("{throttles}; all work is done after 90 s.");
    assert_eq!(headline(&record), words);
    assert_eq!(headline(&fixture::record()), format!("{throttles}."));
}

// Goal: where a job is done under another variant, what to do says when.
// Method: the job is never done under the first one, and after 33 s with Bucket Keys.
#[test]
fn a_remedy_says_when_the_work_is_then_done() {
    let mut record = record();
    record.variants[0].metrics.remove("completion");
    let jobs = record.variants[0].replications[0].jobs.clone();
    let other = &mut record.variants[1];
    for replication in &mut other.replications {
        replication.jobs.clone_from(&jobs);
    }
    let done = metric(Unit::Seconds, &[32.0, 34.0, 33.0]);
    other.metrics.insert("completion".to_owned(), done);
    let to_do = verdict(&record).what_to_do[0].words();
    let to_do = to_do.replace('\u{202f}', " ");
    assert!(
        to_do.contains("The job is then done after 33 s."),
        "{to_do}"
    );
}

// Goal: work that comes to an end is priced by what doing it costs; a load that goes on, by the
// month; a mixture, by both.
// Method: fleets that are a job, a job beside a load, and a load; the key figure, and the words of
// page, terminal and Markdown.
#[test]
fn work_that_ends_is_not_priced_by_the_month() {
    let (job, load) = (
        json!({ "job": {} }),
        json!({ "poisson": { "rate": "1/s" } }),
    );
    let cost = |record: &Record| {
        let figure = verdict(record).key_figures.pop().expect("six figures");
        format!("{}: {} ({})", figure.name, figure.value, figure.note).replace('\u{202f}', " ")
    };
    let style = Terminal {
        width: 120,
        color: false,
    };
    let ends = with_fleets(std::slice::from_ref(&job));
    assert_eq!(
        cost(&ends),
        "Cost of a run: $1.50 ($46,180 for 730 h of it)"
    );
    for text in [html(&ends), terminal(&ends, style), markdown(&ends)] {
        assert!(!text.contains("Cost a month") && !text.contains("Cost/month"));
    }
    assert!(terminal(&ends, style).contains("Cost of doing the work once."));
    let both = with_fleets(&[job, load.clone()]);
    let words = "Cost a month: $46,180 ($12,160 with Bucket Keys; this run $1.50)";
    assert_eq!(cost(&both), words);
    let goes_on = with_fleets(&[load]);
    assert_eq!(cost(&goes_on), words.replace("; this run $1.50", ""));
    assert!(html(&goes_on).contains("Cost a month"));
}
