//! `keystorm init`: flags in, a scenario out.
use crate::tool::{Tool, stderr, stdout};
use std::process::Stdio;

// Goal: a newcomer gets a file that runs as it is, and is told how.
// Method: without flags and without a terminal; check the file, run it shortly, look for its parts.
#[test]
fn init_writes_a_scenario_that_runs() {
    let tool = Tool::new();
    let output = tool.run("init", 0);
    assert_eq!(
        stdout(&output),
        "scenario.toml is written\nnext: keystorm run scenario.toml\n"
    );
    let text = tool.text("scenario.toml");
    let first = text.lines().next().unwrap();
    assert_eq!(
        first,
        "# Will KMS throttle 500 GET/s and 100 PUT/s under SSE-KMS in us-east-1?"
    );
    assert!(text.matches('#').count() > 30, "too few comments:\n{text}");
    let checked = stdout(&tool.run("check scenario.toml", 0));
    assert!(
        checked.ends_with("3 variants: SSE-KMS; SSE-KMS, Bucket Key; SSE-S3\n"),
        "{checked}"
    );
    tool.run(
        "run scenario.toml --requests-max 5000 --replications 1 -q",
        0,
    );
    let record = tool.record("out/scenario/record.json");
    assert_eq!(first, format!("# {}", record.scenario.question));
    assert_eq!(record.variants[0].setup.kms_quota_per_s.0, 100_000);
}

// Goal: every flag is in the scenario, as the simulation sees it.
// Method: all flags at once; the resolved settings of a run.
#[test]
fn flags_become_settings() {
    let tool = Tool::new();
    let flags = "--region eu-west-3 --encryption sse-kms --bucket-key --gets 2k/s --puts 30/min \
                 --object-size 64KiB --quota 20_000/s --other-load 1_000/s --instances 3";
    tool.run(&format!("init {flags} -o new/mine.toml -q"), 0);
    tool.run(
        "run new/mine.toml --requests-max 12000 --replications 1 -q",
        0,
    );
    let record = tool.record("out/mine/record.json");
    let variant = &record.variants[0];
    assert_eq!(variant.name, "SSE-KMS, Bucket Key");
    assert_eq!(variant.setup.kms_quota_per_s.0, 20_000);
    assert_eq!(variant.setup.kms_other_load_per_s.0, 1_000);
    for (path, value) in [
        ("/account/region", "eu-west-3"),
        ("/bucket/encryption", "sse-kms"),
        ("/fleets/readers/arrivals/poisson/rate", "2_000/s"),
        ("/fleets/writers/arrivals/poisson/rate", "0.5/s"),
        ("/fleets/readers/size/fixed", "64 KiB"),
    ] {
        let found = variant.resolved.pointer(path).unwrap();
        assert_eq!(found.as_str(), Some(value), "{path}");
    }
    assert_eq!(variant.resolved["bucket"]["bucket-key"], true);
    assert_eq!(variant.resolved["fleets"]["readers"]["instances"], 3);
}

// Goal: flags that contradict each other, or of which nothing can be made, leave nothing behind.
// Method: a Bucket Key under other encryption, no load, objects beyond S3's limit, wrong words.
#[test]
fn contradictions_are_refused() {
    let tool = Tool::new();
    for (flags, part) in [
        (
            "--encryption sse-s3 --bucket-key",
            "does nothing under SSE-S3",
        ),
        ("--encryption client-side --bucket-key", "sse-kms"),
        ("--gets 0/s --puts 0/s", "neither GETs nor PUTs"),
        ("--gets 0/s", "neither GETs nor PUTs"),
        ("--gets 500", "500/s"),
        ("--object-size 64", "64 B"),
        ("--encryption sse", "sse-s3, sse-kms"),
        ("--region paris", "--region"),
        ("--quota 0/s", "request-quota"),
    ] {
        let output = tool.run(&format!("init {flags}"), 2);
        let text = stderr(&output);
        assert!(text.contains(part), "{flags}: {text}");
        assert!(stdout(&output).is_empty() && !tool.path("scenario.toml").exists());
    }
}

// Goal: a file that is there stays, unless it is to be replaced; `-` prints and writes nothing.
// Method: a file in the way, without and with --force; a folder; standard output.
#[test]
fn init_overwrites_nothing_unasked() {
    let tool = Tool::new();
    tool.put("mine.toml", "mine");
    let text = stderr(&tool.run("init -o mine.toml", 2));
    assert!(
        text.contains("mine.toml is there already") && text.contains("--force"),
        "{text}"
    );
    assert_eq!(tool.text("mine.toml"), "mine");
    tool.run("init -o mine.toml --force", 0);
    let written = tool.text("mine.toml");
    assert!(written.starts_with("# Will KMS"));
    let printed = stdout(&tool.run("init -o -", 0));
    assert!(printed == written && !tool.path("-").exists());
    tool.put("taken", "a file");
    tool.run("init -o taken/new.toml", 1);
}

// Goal: without a terminal nothing is asked and nothing is waited for.
// Method: an open pipe to which nobody writes as standard input.
#[test]
fn init_waits_for_nobody() {
    let tool = Tool::new();
    let mut command = tool.command("init -o -");
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    // The pipe stays open until the command has ended.
    let pipe = child.stdin.take();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    drop(pipe);
}
