//! `schema`, `examples` and `check`.
use crate::tool::{QUICKSTART, Tool, stderr, stdout};
use serde_json::Value;

// Goal: each description is JSON and describes what it should.
// Method: a property of scenarios, one of records, and the name of a metric.
#[test]
fn schemas_describe_scenarios_records_and_metrics() {
    let tool = Tool::new();
    let json = |what: &str| -> Value {
        serde_json::from_str(&stdout(&tool.run(&format!("schema {what}"), 0))).unwrap()
    };
    assert!(json("scenario")["properties"]["fleets"].is_object());
    assert!(json("record")["properties"]["variants"].is_object());
    let metrics = json("metrics");
    let named = |metric: &&Value| metric["name"] == "kms.throttled-share";
    let metric = metrics.as_array().unwrap().iter().find(named).unwrap();
    assert_eq!(metric["unit"], "share");
    assert_eq!(metric["better"], "lower");
    assert!(metric["meaning"].as_str().unwrap().len() > 10);
}

// Goal: the published descriptions of results are those that this version prints.
// Method: compare the files with what is printed; `KEYSTORM_REWRITE=1` writes them anew.
#[test]
fn the_published_schemas_of_results_are_current() {
    for (what, file) in [("record", "schema.json"), ("sweep", "sweep.schema.json")] {
        let path = format!("{}/../record/{file}", env!("CARGO_MANIFEST_DIR"));
        let printed = stdout(&Tool::new().run(&format!("schema {what}"), 0));
        if std::env::var_os("KEYSTORM_REWRITE").is_some() {
            std::fs::write(&path, &printed).unwrap();
        }
        let published = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            published == printed,
            "record/{file} is out of date: KEYSTORM_REWRITE=1 cargo test -p keystorm published"
        );
    }
}

// Goal: an example is the shipped file, and it can be checked as it is.
// Method: print it, compare, and check it under another name.
#[test]
fn examples_are_scenarios() {
    let tool = Tool::new();
    let list = stdout(&tool.run("examples", 0));
    assert!(list.starts_with("To begin with\n  quickstart  "), "{list}");
    let named = list.lines().filter(|line| line.starts_with("  "));
    assert!(named.clone().count() > 30 && named.clone().all(|line| line.ends_with('?')));
    let printed = stdout(&tool.run("examples quickstart", 0));
    assert_eq!(printed, QUICKSTART);
    tool.put("mine.toml", &printed);
    let verdict = stdout(&tool.run("check mine.toml", 0));
    assert!(
        verdict.starts_with("mine.toml: fine; 5 replications of 5 variants: "),
        "{verdict}"
    );
}

// Goal: all examples can be had at once, and nothing is overwritten unasked.
// Method: write them, count, compare one; again, without and with --force, over a changed one.
#[test]
fn all_examples_can_be_written() {
    let tool = Tool::new();
    let said = stdout(&tool.run("examples --all library", 0));
    let count = std::fs::read_dir(tool.path("library")).unwrap().count();
    assert!(
        count > 30 && said == format!("{count} scenarios are in library\n"),
        "{said}"
    );
    assert_eq!(tool.text("library/quickstart.toml"), QUICKSTART);
    tool.put("library/sse-c.toml", "mine");
    let text = stderr(&tool.run("examples --all library", 2));
    assert!(
        text.contains("is there already") && text.contains("--force"),
        "{text}"
    );
    assert_eq!(tool.text("library/sse-c.toml"), "mine");
    tool.run("examples --all library --force", 0);
    tool.run("check library/sse-c.toml", 0);
    tool.run("examples sse-c --all library", 2);
}

// Goal: the tables can be read by people and programs, and a Region or day that is none is told.
// Method: each table as text; one as CSV and JSON; wrong arguments.
#[test]
fn facts_are_printed_with_their_sources() {
    let tool = Tool::new();
    for (arguments, row, source) in [
        (
            "quotas",
            "eu-west-3, symmetric keys ",
            "AWS General Reference",
        ),
        (
            "prices --region eu-west-3",
            "Price of 1,000 PUT requests ",
            "read 2026-11-24",
        ),
        ("calls", "GET, SSE-KMS, Bucket Key ", "Amazon S3 User Guide"),
        (
            "errors",
            "SSE-C over plain HTTP ",
            "minio, cmd/api-errors.go",
        ),
    ] {
        let text = stdout(&tool.run(&format!("facts {arguments}"), 0));
        assert!(text.lines().any(|line| line.starts_with(row)), "{text}");
        assert!(
            text.contains(source) && text.lines().all(|it| it.chars().count() <= 100),
            "{text}"
        );
    }
    let one = "facts quotas --quota symmetric --region us-east-1";
    let old = format!("{one} --on 2020-06-01 --format");
    let csv = stdout(&tool.run(&format!("{old} csv"), 0));
    let rows: Vec<_> = csv.lines().collect();
    assert_eq!(rows[0], "id,subject,value,source,date,certainty,note");
    assert!(rows.len() == 2 && rows[1].contains("\"30,000/s\""), "{csv}");
    let json: serde_json::Value =
        serde_json::from_str(&stdout(&tool.run(&format!("{old} json"), 0))).unwrap();
    assert_eq!(json[0]["value"], "30,000/s");
    let text = stderr(&tool.run("facts quotas --region eu-west-9", 2));
    assert!(
        text.contains("no Region \"eu-west-9\"") && text.contains("eu-west-3"),
        "{text}"
    );
    let eras = stdout(&tool.run(&format!("{one} --all-eras --format csv"), 0));
    assert!(
        eras.lines().count() == 5 && eras.contains("us-east-1.2021-09-17,"),
        "{eras}"
    );
    let text = stdout(&tool.run("facts quotas --quota rsa", 0));
    assert!(text.contains("S3 encryption does not touch it"), "{text}");
    tool.run("facts quotas --all-eras --on 2020-01-01", 2);
    let text = stderr(&tool.run("facts quotas --quota ml-dsa --on 2025-06-12", 2));
    assert!(text.contains("--all-eras"), "{text}");
    let text = stderr(&tool.run("facts quotas --quota rsb", 2));
    assert!(text.contains("rsa"), "{text}");
    for (flags, its) in [
        ("errors --region eu-west-3", "quotas and prices"),
        ("quotas --operation get", "calls"),
        ("prices --all-eras", "quotas"),
    ] {
        let text = stderr(&tool.run(&format!("facts {flags}"), 2));
        assert!(text.contains(&format!("it is for {its}")), "{text}");
    }
    tool.run("facts quotas --on 2020-13-01", 2);
    tool.run("facts", 2);
}
