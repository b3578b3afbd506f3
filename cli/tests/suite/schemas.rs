//! `schema`, `examples` and `check`.
use crate::tool::{QUICKSTART, Tool, stdout};
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
    assert!(metric["meaning"].as_str().unwrap().len() > 10);
}

// Goal: an example is the shipped file, and it can be checked as it is.
// Method: print it, compare, and check it under another name.
#[test]
fn examples_are_scenarios() {
    let tool = Tool::new();
    let list = stdout(&tool.run("examples", 0));
    assert!(
        list.contains("\nquickstart  ") && list.lines().all(|line| line.ends_with('?')),
        "{list}"
    );
    let printed = stdout(&tool.run("examples quickstart", 0));
    assert_eq!(printed, QUICKSTART);
    tool.put("mine.toml", &printed);
    let verdict = stdout(&tool.run("check mine.toml", 0));
    assert!(
        verdict.starts_with("mine.toml: fine; 5 replications of 5 variants: "),
        "{verdict}"
    );
}
