//! `diff`: what is said of two records, and the exit code of each case.
use crate::tool::{Tool, stderr, stdout};
use serde_json::{Value, json};

/// Values of three replications.
type Values = [f64; 3];

/// A tool with `base.json`, a small run of one variant, whose only metrics are these.
fn tool() -> Tool {
    let tool = Tool::new();
    tool.run(
        "run quickstart.toml -q -o out --requests-max 300 --replications 3",
        0,
    );
    let mut record: Value = serde_json::from_str(&tool.text("out/record.json")).unwrap();
    // A path and versions that do not change with the release.
    record["tool"]["version"] = json!("0.1.0");
    let variants = record["variants"].as_array_mut().unwrap();
    variants.truncate(2);
    for variant in variants {
        variant["metrics"] = json!({
            "get.latency.p99": metric("seconds", Some("lower"), [0.100, 0.110, 0.105]),
            "all.ok-share": metric("share", Some("higher"), [0.99, 0.98, 0.985]),
            "cost.month": metric("usd", Some("lower"), [500.0, 510.0, 505.0]),
            "all.rate": metric("per-second", None, [10.0, 11.0, 12.0]),
        });
    }
    tool.put("base.json", &record.to_string());
    tool
}

fn metric(unit: &str, better: Option<&str>, values: Values) -> Value {
    let mean = values.iter().sum::<f64>() / 3.0;
    let mut metric = json!({
        "unit": unit, "mean": mean, "low": null, "high": null, "values": values,
    });
    if let Some(better) = better {
        metric["better"] = json!(better);
    }
    metric
}

/// Writes `new.json`: `base.json` with a change.
fn put_new(tool: &Tool, change: impl FnOnce(&mut Value)) {
    let mut record: Value = serde_json::from_str(&tool.text("base.json")).unwrap();
    change(&mut record);
    tool.put("new.json", &record.to_string());
}

/// Sets the GET p99 of the first variant.
fn p99(record: &mut Value, values: Values) {
    let metrics = &mut record["variants"][0]["metrics"];
    metrics["get.latency.p99"] = metric("seconds", Some("lower"), values);
}

// Goal: the same record has no difference, and none is made up: exit code 0.
// Method: golden text of a record against itself.
#[test]
fn the_same_record_is_the_same() {
    let tool = tool();
    let text = stdout(&tool.run("diff base.json base.json", 0));
    insta::assert_snapshot!("diff_same", text);
}

// Goal: what is worse by more than is tolerated is a regression: exit code 11; the same is within a
// wider tolerance: 0.
// Method: golden text of a p99 that rises by 20 % in every replication; a tolerance of 30 %.
#[test]
fn what_is_worse_than_tolerated_is_a_regression() {
    let tool = tool();
    put_new(&tool, |record| {
        p99(record, [0.120, 0.131, 0.127]);
        record["variants"][0]["resolved"]["kms"]["latency"] = json!("7 ms");
        record["tool"]["version"] = json!("0.2.0");
    });
    let text = stdout(&tool.run("diff base.json new.json", 11));
    insta::assert_snapshot!("diff_regression", text);
    let tolerated = stdout(&tool.run("diff base.json new.json --tolerance 30%", 0));
    assert!(tolerated.contains("within tolerance"), "{tolerated}");
    tool.run("diff new.json base.json", 0);
    tool.run("diff base.json new.json --metric all.ok-share", 0);
    let second = "--variant SSE-KMS,";
    assert!(stderr(&tool.run(&format!("diff base.json new.json {second}"), 2)).contains("these"));
}

// Goal: where the interval holds both what is tolerated and what is not, exit code 12, and about
// how many replications would decide it.
// Method: golden text of a p99 whose differences scatter around 4 %: 4.2 ms with a spread of
// 4.2 ms against a margin of 5.25 ms.
#[test]
fn what_cannot_be_said_names_the_replications_that_would_decide() {
    let tool = tool();
    put_new(&tool, |record| p99(record, [0.1042, 0.110, 0.1134]));
    let text = stdout(&tool.run("diff base.json new.json", 12));
    insta::assert_snapshot!("diff_inconclusive", text);
    // One replication alone.
    put_new(&tool, |record| {
        for variant in record["variants"].as_array_mut().unwrap() {
            variant["replications"].as_array_mut().unwrap().truncate(1);
            for metric in variant["metrics"].as_object_mut().unwrap().values_mut() {
                metric["values"] = json!([metric["values"][1].as_f64().unwrap() * 1.5]);
            }
        }
    });
    let text = stdout(&tool.run("diff base.json new.json", 12));
    assert!(text.contains("run at least five"), "{text}");
}

// Goal: an expectation on the new record that does not hold: exit code 10; a regression counts for
// more.
// Method: golden text of a condition that p99 breaks without being worse; then with a worse p99.
#[test]
fn expectations_are_on_the_new_record() {
    let tool = tool();
    put_new(&tool, |_| {});
    let arguments = "diff base.json new.json --metric all.ok-share --expect get.latency.p99<50ms";
    let text = stdout(&tool.run(arguments, 10));
    insta::assert_snapshot!("diff_breached", text);
    tool.run("diff base.json new.json --expect get.latency.p99<200ms", 0);
    put_new(&tool, |record| p99(record, [0.5, 0.5, 0.5]));
    tool.run(&format!("{arguments} --metric get.latency.p99"), 11);
}

// Goal: bad input is exit code 2 with what to do, and nothing on standard output.
// Method: each kind of mistake.
#[test]
fn mistakes_are_named() {
    let tool = tool();
    tool.put("empty.json", "{}");
    put_new(&tool, |record| {
        record["variants"][0]["name"] = json!("other");
        record["variants"][1]["name"] = json!("another");
    });
    for (arguments, part) in [
        ("base.json missing.json", "cannot read missing.json"),
        ("empty.json base.json", "empty.json: not a keystorm record"),
        (
            "base.json base.json --metric get.latency.p98",
            "did you mean `get.latency.p9",
        ),
        ("base.json base.json --metric completion", "`completion`"),
        ("base.json base.json --expect get.latency.p99", "--expect"),
        ("base.json base.json --tolerance=-1%", "such as 5%"),
        ("base.json base.json --tolerance much", "such as 5%"),
        ("base.json base.json --variant none", "these are: SSE-KMS"),
        ("base.json new.json", "no variant in common"),
    ] {
        let output = tool.run(&format!("diff {arguments}"), 2);
        let text = stderr(&output);
        assert!(text.contains(part), "{arguments}: {text}");
        assert!(output.stdout.is_empty(), "{arguments}");
    }
}

// Goal: programs get raw numbers, the same in every format; files and standard output likewise.
// Method: one regression as CSV, JSON and lines of JSON; a file, and `-`.
#[test]
fn programs_get_raw_numbers() {
    let tool = tool();
    put_new(&tool, |record| p99(record, [0.120, 0.130, 0.125]));
    let format =
        |it: &str| stdout(&tool.run(&format!("diff base.json new.json --format {it}"), 11));
    let json: Value = serde_json::from_str(&format("json")).unwrap();
    assert_eq!(
        (&json["outcome"], &json["method"]),
        (&json!("regression"), &json!("paired"))
    );
    let rows = json["rows"].as_array().unwrap();
    let is_worse = |it: &&Value| it["verdict"] == "worse";
    let worse = rows.iter().find(is_worse).unwrap();
    assert_eq!(worse["metric"], "get.latency.p99");
    let close = |value: &Value, want: f64| (value.as_f64().unwrap() - want).abs() < 1e-9;
    assert!(close(&worse["difference"], 0.02) && close(&worse["relative"], 0.02 / 0.105));
    let lines = format("ndjson");
    let lines: Vec<Value> = lines
        .lines()
        .map(|it| serde_json::from_str(it).unwrap())
        .collect();
    assert_eq!(&lines, rows);
    let csv = format("csv");
    assert_eq!(csv.lines().count(), rows.len() + 1);
    let want = "SSE-KMS,get.latency.p99,s,lower,0.105,0.125,0.02";
    assert!(csv.lines().any(|it| it.starts_with(want)), "{csv}");
    let markdown = format("markdown");
    assert!(markdown.starts_with("**Regression in one of six figures: get.latency.p99"));
    tool.run("diff base.json new.json --format csv -o diff.csv", 11);
    assert_eq!(tool.text("diff.csv"), csv);
    let printed = stdout(&tool.run("diff base.json new.json --format csv -o -", 11));
    assert_eq!(printed, csv);
}

// Goal: runs with other seeds are compared as independent samples, settings are told by path, a
// variant that is gone is no pass, and records from before directions are judged all the same.
// Method: one change of the new record for each.
#[test]
fn records_need_not_be_alike() {
    let tool = tool();
    put_new(&tool, |record| {
        record["seed"] = json!(8);
        for variant in record["variants"].as_array_mut().unwrap() {
            variant["resolved"]["seed"] = json!(8);
        }
    });
    let text = stdout(&tool.run("diff base.json new.json --tolerance 50%", 0));
    assert!(
        text.contains("independent samples") && text.contains("\nseed "),
        "{text}"
    );
    put_new(&tool, |record| {
        record["variants"].as_array_mut().unwrap().truncate(1);
    });
    let text = stdout(&tool.run("diff base.json new.json", 12));
    assert!(
        text.contains("the new record lacks SSE-KMS, Bucket Key"),
        "{text}"
    );
    tool.run("diff base.json new.json --variant SSE-KMS", 0);
    put_new(&tool, |record| {
        p99(record, [0.120, 0.130, 0.125]);
        for variant in record["variants"].as_array_mut().unwrap() {
            for metric in variant["metrics"].as_object_mut().unwrap().values_mut() {
                metric.as_object_mut().unwrap().remove("better");
            }
        }
    });
    tool.run("diff base.json new.json", 11);
    // A value that is gone is no pass either.
    put_new(&tool, |record| {
        let metrics = record["variants"][0]["metrics"].as_object_mut().unwrap();
        metrics.remove("get.latency.p99");
    });
    let text = stdout(&tool.run("diff base.json new.json", 12));
    assert!(text.contains("the new record has no value of it"), "{text}");
}
