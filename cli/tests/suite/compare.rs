//! `keystorm compare`, end to end.
use crate::tool::{Tool, stderr, stdout};

const CUT: &str = "--requests-max 2000 --replications 2 --replications-max 4";

// Goal: modes are compared as variants of the file's first one, in a folder of their own, and the
// record's command gives the same record again.
// Method: three modes of a cut quickstart; the command that the record holds, into another folder.
#[test]
fn modes_are_compared_and_can_be_again() {
    let tool = Tool::new();
    let vary = "--vary mode=sse-kms,sse-kms+bucket-key,sse-s3";
    let output = tool.run(&format!("compare quickstart.toml {CUT} {vary}"), 0);
    let shown = stdout(&output);
    for name in [
        "SSE-KMS",
        "SSE-KMS, Bucket Key",
        "SSE-S3",
        "out/quickstart-compare",
    ] {
        assert!(shown.contains(name), "{shown}");
    }
    let record = tool.record("out/quickstart-compare/record.json");
    assert_eq!(record.variants.len(), 3);
    assert!((2..=4).contains(&record.replications_planned));
    let command = record.command.strip_prefix("keystorm ").unwrap();
    assert!(command.contains("--vary mode=sse-kms,sse-kms+bucket-key,sse-s3"));
    tool.run(&format!("{command} -q -o again --jobs 1"), 0);
    assert!(tool.text("again/record.json") == record.to_json());
    assert!(tool.path("out/quickstart-compare/report.html").exists());
}

// Goal: replications are added up to the budget where something is undecided, which is then named.
// Method: quotas that differ by a thousandth of what is asked, with a load that crosses both.
#[test]
fn what_the_budget_leaves_open_is_named() {
    let tool = Tool::new();
    let quotas = "--vary kms.request-quota=4_350/s,4_352/s --set run.measure=20s";
    let output = tool.run(
        &format!("compare quickstart.toml {CUT} {quotas} --set kms.other-load=4_000/s -q -o close"),
        0,
    );
    let record = tool.record("close/record.json");
    let told = stderr(&output);
    assert_eq!(record.replications_planned, 4, "{told}");
    assert!(told.contains("undecided after 4 replications"), "{told}");
    assert!(told.contains("request-quota 4_352/s"), "{told}");
}

// Goal: what cannot be compared is refused, and nothing is written.
// Method: one variant; a mode that there is not; a value that the scenario does not take.
#[test]
fn what_cannot_be_compared_is_refused() {
    let tool = Tool::new();
    for (flags, word) in [
        ("--vary mode=sse-s3", "one variant only"),
        ("--vary mode=sse-s3,kms", "there is no mode kms"),
        ("--vary kms.request-quota=9/s,0/s", "positive whole rate"),
        ("--vary kms.request-quota", "expected path=value,value"),
    ] {
        let output = tool.run(&format!("compare quickstart.toml {flags}"), 2);
        assert!(stderr(&output).contains(word), "{}", stderr(&output));
    }
    assert!(!tool.path("out").exists());
}
