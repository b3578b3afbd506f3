//! `run` and `report`, end to end.
use crate::tool::{Tool, stderr, stdout};
use keystorm_record::Status;
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

const FILES: [&str; 4] = ["record.json", "report.html", "series.csv", "summary.csv"];
const CUT: &str = "--requests-max 2000 --replications 2";

// Goal: what a newcomer sees: a result, and as the last line where the report is.
// Method: a cut quickstart with nothing else said; four files, no escape codes, no progress.
#[test]
fn a_run_prints_its_result_and_says_where_the_report_is() {
    let tool = Tool::new();
    let output = tool.run(&format!("run quickstart.toml {CUT}"), 0);
    let text = stdout(&output);
    assert_eq!(
        text.lines().last(),
        Some("report: out/quickstart/report.html"),
        "{text}"
    );
    assert!(text.contains("SSE-KMS, Bucket Key"), "{text}");
    assert!(!text.contains('\u{1b}'), "colours without a terminal");
    assert_eq!(stderr(&output), "");
    for file in FILES {
        assert!(!tool.text(&format!("out/quickstart/{file}")).is_empty());
    }
    let left: Vec<_> = std::fs::read_dir(tool.path("out/quickstart"))
        .unwrap()
        .collect();
    assert_eq!(
        left.len(),
        FILES.len(),
        "temporary files were left: {left:?}"
    );
    let record = tool.record("out/quickstart/record.json");
    assert_eq!(
        record.command,
        format!("keystorm run quickstart.toml --replications 2 --requests-max 2000")
    );
    assert_eq!(record.status, Status::Complete);
    assert_eq!(record.scenario.path, "quickstart.toml");
}

// Goal: jobs, output and the place of the scenario change no byte.
// Method: one job and two, relative and absolute, into different folders.
#[test]
fn jobs_and_folders_change_no_byte() {
    let tool = Tool::new();
    let absolute = tool.path("quickstart.toml").display().to_string();
    tool.run(&format!("run quickstart.toml {CUT} --jobs 1 -o a"), 0);
    tool.run(&format!("run quickstart.toml {CUT} --jobs 2 -o b -q"), 0);
    tool.run(&format!("run {absolute} {CUT} -o c --format json"), 0);
    for file in FILES {
        let first = tool.text(&format!("a/{file}"));
        assert!(
            first == tool.text(&format!("b/{file}")),
            "{file} depends on the jobs"
        );
        assert!(
            first == tool.text(&format!("c/{file}")),
            "{file} depends on the place"
        );
    }
}

// Goal: the seed and the order of ties are in the record's command and change the record.
// Method: a run with other values than the scenario's.
#[test]
fn flags_that_change_the_result_are_in_the_command() {
    let tool = Tool::new();
    tool.run(&format!("run quickstart.toml {CUT} -q -o a"), 0);
    tool.run(&format!("run quickstart.toml {CUT} -q -o b --seed 8"), 0);
    tool.run(
        &format!("run quickstart.toml {CUT} -q -o c --tie-break shuffled"),
        0,
    );
    let (a, b, c) = (
        tool.record("a/record.json"),
        tool.record("b/record.json"),
        tool.record("c/record.json"),
    );
    assert_ne!(a.variants, b.variants);
    assert_eq!(b.seed.0, 8);
    assert!(b.command.contains(" --seed 8 "), "{}", b.command);
    assert!(
        c.command.ends_with(" --tie-break shuffled"),
        "{}",
        c.command
    );
}

// Goal: a breached expectation is exit code 10, is named, and everything is written all the same.
// Method: one condition that cannot hold, then one that must.
#[test]
fn a_breached_expectation_exits_with_10() {
    let tool = Tool::new();
    let output = tool.run(
        &format!("run quickstart.toml {CUT} -q --expect all.requests<1"),
        10,
    );
    let text = stderr(&output);
    assert!(
        text.contains(
            "breached: SSE-KMS: all.requests < 1: it is 2000.0, 1999.0 too much (+199900.0 %)"
        ),
        "{text}"
    );
    assert!(output.stdout.is_empty(), "--quiet prints no result");
    let record = tool.record("out/quickstart/record.json");
    assert!(
        record
            .variants
            .iter()
            .all(|variant| !variant.expectations[0].holds)
    );
    tool.run(
        &format!("run quickstart.toml {CUT} -q --expect all.requests>1"),
        0,
    );
}

// Goal: every format of `run` is what `report` draws from the record later, without simulating.
// Method: print each both ways; the page and the series are the files of the run.
#[test]
fn report_redraws_what_run_printed() {
    let tool = Tool::new();
    for format in [
        "json", "csv", "ndjson", "markdown", "html", "series", "hlog",
    ] {
        let printed = stdout(&tool.run(&format!("run quickstart.toml {CUT} --format {format}"), 0));
        let redrawn = tool.run(
            &format!("report out/quickstart/record.json --format {format}"),
            0,
        );
        assert!(
            !printed.is_empty() && printed == stdout(&redrawn),
            "{format}"
        );
    }
    tool.run("report out/quickstart/record.json -o page.html", 0);
    assert!(tool.text("page.html") == tool.text("out/quickstart/report.html"));
    tool.run(
        "report out/quickstart/record.json -o page.csv --format series",
        0,
    );
    assert!(tool.text("page.csv") == tool.text("out/quickstart/series.csv"));
    tool.run(
        "report out/quickstart/record.json -o page.csv --format csv",
        0,
    );
    assert!(tool.text("page.csv") == tool.text("out/quickstart/summary.csv"));
    let table = stdout(&tool.run("report out/quickstart/record.json --color always", 0));
    assert!(table.contains('\u{1b}'), "--color always gives no colours");
}

// Goal: a calibration is drawn again without measuring, on any machine.
// Method: the committed one as page and tables; a format that it has not.
#[test]
fn a_calibration_is_drawn_again() {
    let tool = Tool::new();
    let own = include_str!("../../../models/data/calibration-default.toml");
    tool.put("own.toml", own);
    tool.run("report own.toml -o own.html", 0);
    let page = tool.text("own.html");
    assert!(page.contains("<svg") && page.trim_end().ends_with("</html>"));
    let text = stdout(&tool.run("report own.toml", 0));
    assert!(
        text.contains("AES-256-GCM") && !text.contains('\u{1b}'),
        "{text}"
    );
    let text = stderr(&tool.run("report own.toml --format csv", 2));
    assert!(text.contains("html or table only"), "{text}");
}

// Goal: percentiles for plotters are a file per variant and operation; where one is written, it is
// as it is named, and where several would be printed, nothing is.
// Method: five variants with two operations; one variant with one; both without a file.
#[test]
fn percentiles_are_files_for_plotters() {
    let tool = Tool::new();
    tool.run(&format!("run quickstart.toml {CUT} -q"), 0);
    let report = "report out/quickstart/record.json --format hgrm";
    tool.run(&format!("{report} -o new/p.hgrm"), 0);
    let count = std::fs::read_dir(tool.path("new")).unwrap().count();
    assert_eq!(count, 10);
    let text = tool.text("new/p.SSE-KMS-Bucket-Key.put.hgrm");
    assert!(text.trim_start().starts_with("Value "), "{text}");
    let several = stderr(&tool.run(report, 2));
    assert!(several.contains("these are 10 files"), "{several}");
    let refused = tool.run("run quickstart.toml --format hgrm -o no", 2);
    assert!(stderr(&refused).contains("--output FILE") && !tool.path("no").exists());
    tool.run("init --puts 9/s -q -o one.toml", 0);
    let text = tool.text("one.toml");
    let (one, _) = text.split_once("# What to compare").unwrap();
    tool.put("one.toml", one);
    tool.run("run one.toml --requests-max 300 --replications 1 -q", 0);
    tool.run("report out/one/record.json --format hgrm -o one.hgrm", 0);
    let printed = stdout(&tool.run("report out/one/record.json --format hgrm", 0));
    assert!(printed == tool.text("one.hgrm"));
}

// Goal: a reader that goes away early is no error.
// Method: close the pipe before anything is printed.
#[test]
fn a_closed_pipe_is_no_error() {
    let tool = Tool::new();
    let mut command = tool.command("schema");
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut errors = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut errors)
        .unwrap();
    assert_eq!(
        (child.wait().unwrap().code(), errors.as_str()),
        (Some(0), "")
    );
}

// Goal: an interrupted run keeps the replications that had finished, says so, and exits with 130.
// Method: one variant, one job, many replications; interrupt at a tenth of the run, when several
// have finished and most have not begun.
#[cfg(unix)]
#[test]
fn an_interrupted_run_keeps_what_had_finished() {
    let tool = Tool::new();
    let (scenario, _) = crate::tool::QUICKSTART.split_once("[[variants]]").unwrap();
    tool.put("long.toml", scenario);
    let mut command = tool.command(
        "run long.toml --replications 400 --requests-max 50000 --jobs 1 --progress always",
    );
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let begun = lines.next().unwrap().unwrap();
    assert!(begun.starts_with("10 % simulated"), "{begun}");
    let interrupt = ["-INT".to_string(), child.id().to_string()];
    assert!(
        std::process::Command::new("kill")
            .args(interrupt)
            .status()
            .unwrap()
            .success()
    );
    let rest: Vec<_> = lines.map(Result::unwrap).collect();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest:?}");
    assert!(
        rest.iter().any(|line| line.starts_with("interrupted: ")),
        "{rest:?}"
    );
    let record = tool.record("out/long/record.json");
    assert_eq!(record.status, Status::Interrupted);
    assert_eq!(record.replications_planned, 400);
    let kept = record.variants[0].replications.len();
    assert!((1..400).contains(&kept), "{kept} replications were kept");
}

// Goal: client-side encryption takes the times of the calibration that is given, else of keystorm's
// own; record and command say which; what is none is bad input that leaves nothing behind.
// Method: the shipped scenario with the committed calibration, and with a copy of another machine
// whose envelope takes ten times as long; a missing file; a scenario in place of a calibration.
#[test]
fn a_calibration_is_used_and_named() {
    let own = include_str!("../../../models/data/calibration-default.toml");
    let slow = own
        .replace("cpu      = \"", "cpu      = \"Slow ")
        .replace("envelope-v3-seal = { ns = ", "envelope-v3-seal = { ns = 1");
    let tool = Tool::new();
    tool.put("slow one.toml", &slow);
    tool.put(
        "bound.toml",
        include_str!("../../../scenarios/library/client-side-cpu-bound.toml"),
    );
    let hours = |folder: &str| {
        let record = tool.record(&format!("{folder}/record.json"));
        let variant = &record.variants[0];
        let hours = variant.metrics["client.core-hours-per-tb"].mean;
        assert!((variant.metrics["client.cost-per-tb"].mean / hours - 0.0425).abs() < 1e-12);
        (hours, record)
    };
    let quick = "run bound.toml --requests-max 90000 --replications 1 --quiet --output";
    tool.run(&format!("{quick} own"), 0);
    let mut command = tool.command(&format!("{quick} slow --calibration"));
    assert!(command.arg("slow one.toml").status().unwrap().success());
    let ((own, with_own), (slow, with_slow)) = (hours("own"), hours("slow"));
    assert!(slow > own * 1.2, "{slow} {own}");
    let (own, slow) = (
        with_own.calibration.unwrap(),
        with_slow.calibration.unwrap(),
    );
    assert!(own.is_default && !slow.is_default && own.sha256 != slow.sha256);
    assert_eq!(slow.cpu, format!("Slow {}", own.cpu));
    assert!(!with_own.command.contains("--calibration"));
    assert!(
        with_slow.command.contains("--calibration 'slow one.toml'"),
        "{}",
        with_slow.command
    );
    let fact = with_slow.facts.iter().find(|it| it.id == "calibration");
    assert!(fact.unwrap().source.ends_with(&slow.cpu));
    let text = stderr(&tool.run("run bound.toml --output no --calibration absent.toml", 2));
    assert!(
        text.contains("cannot read absent.toml") && text.contains("keystorm calibrate -o"),
        "{text}"
    );
    let text = stderr(&tool.run("run bound.toml --output no --calibration bound.toml", 2));
    assert!(text.contains("bound.toml: not a calibration"), "{text}");
    assert!(!tool.path("no").exists());
}
