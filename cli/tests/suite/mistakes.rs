//! Bad input: exit code 2, a message that helps, and nothing written.
use crate::tool::{QUICKSTART, Tool, stderr};

// Goal: no mistake leaves anything behind, and every message says where to look.
// Method: files and flags with one mistake each; afterwards there is no output folder.
#[test]
fn bad_input_is_named_and_nothing_is_written() {
    let tool = Tool::new();
    tool.put(
        "typo.toml",
        &QUICKSTART.replace("encryption = \"sse-kms\"", "encryption = \"sse_kms\""),
    );
    tool.put("unknown.toml", &QUICKSTART.replace("seed = 7", "sed = 7"));
    tool.put("late.toml", QUICKSTART);
    tool.put("broken.toml", "schema = \n");
    for (arguments, parts) in [
        ("run typo.toml", &["typo.toml:", "sse_kms", "sse-kms"][..]),
        ("run unknown.toml", &["unknown.toml:", "sed", "seed"]),
        ("run broken.toml", &["broken.toml:1:"]),
        ("run missing.toml", &["missing.toml", "keystorm examples"]),
        ("run quickstart.toml --set nowhere=1", &["--set", "nowhere"]),
        ("run quickstart.toml --set seed", &["path=value"]),
        (
            "run quickstart.toml --expect get.latency.p98<1s",
            &["--expect", "did you mean `get.latency.p9"],
        ),
        ("run quickstart.toml --jobs 0", &["--jobs"]),
        (
            "run late.toml --requests-max 10",
            &["run.requests-max", "warm-up"],
        ),
        ("check typo.toml", &["typo.toml:"]),
    ] {
        let output = tool.run(arguments, 2);
        let text = stderr(&output);
        for part in parts {
            assert!(
                text.contains(part),
                "{arguments}: `{part}` is not in\n{text}"
            );
        }
        assert!(output.stdout.is_empty(), "{arguments} printed a result");
        assert!(!tool.path("out").exists(), "{arguments} wrote something");
    }
}

// Goal: several mistakes of a file are reported at once.
// Method: two mistakes far apart, each on a line that the message must name.
#[test]
fn several_mistakes_are_reported_at_once() {
    let tool = Tool::new();
    let text = QUICKSTART
        .replace("seed = 7", "sed = 7")
        .replace("replications =", "replication =");
    tool.put("two.toml", &text);
    let line = |start: &str| {
        text.lines()
            .position(|line| line.starts_with(start))
            .unwrap()
            + 1
    };
    let errors = stderr(&tool.run("check two.toml", 2));
    for start in ["sed =", "replication ="] {
        let place = format!("two.toml:{}:1", line(start));
        assert!(errors.contains(&place), "{place} is not in\n{errors}");
    }
}

// Goal: something that is no record is refused with the reason.
// Method: an empty object, a newer format, and a file that is not there.
#[test]
fn unreadable_records_are_refused() {
    let tool = Tool::new();
    tool.put("empty.json", "{}");
    tool.put("newer.json", "{\"schema\": 99}");
    for (file, part) in [
        ("empty.json", "empty.json: not a keystorm record"),
        ("newer.json", "update keystorm"),
        ("missing.json", "cannot read missing.json"),
    ] {
        let text = stderr(&tool.run(&format!("report {file} -o new.html"), 2));
        assert!(text.contains(part), "{file}: {text}");
        assert!(!tool.path("new.html").exists());
    }
}
