//! The binary on a real terminal: `script` of util-linux gives it one.
use crate::tool::{Tool, stdout};
use std::io::Write;
use std::process::{Command, Stdio};

/// What the terminal shows while a shell line runs in the tool's folder; `keystorm` is the binary.
fn shown(tool: &Tool, line: &str, answers: &str, no_color: Option<&str>) -> String {
    let line = line.replace("keystorm", env!("CARGO_BIN_EXE_keystorm"));
    let mut command = Command::new("script");
    command.args(["-qec", &line, "/dev/null"]);
    command.current_dir(tool.path("")).env_remove("NO_COLOR");
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    if let Some(value) = no_color {
        command.env("NO_COLOR", value);
    }
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(answers.as_bytes()).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{line}: {}", stdout(&output));
    stdout(&output).replace('\r', "")
}

/// The text without ANSI sequences.
fn bare(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.map(|part| part.split_once('m').map_or("", |(_, text)| text));
    std::iter::once(first.as_str()).chain(rest).collect()
}

// Goal: a terminal has colours and nothing that is wider than it, whatever its width; NO_COLOR
// takes the colours away.
// Method: the tables and the list of examples on terminals of 60, 80 and 130 columns.
#[test]
fn a_terminal_is_filled_and_not_overrun() {
    let tool = Tool::new();
    tool.run(
        "run quickstart.toml --requests-max 2000 --replications 2 -q",
        0,
    );
    for columns in [60, 80, 130] {
        for command in [
            "keystorm report out/quickstart/record.json",
            "keystorm examples",
        ] {
            let line = format!("stty cols {columns} rows 50; {command}");
            let text = shown(&tool, &line, "", None);
            let without = shown(&tool, &line, "", Some("1"));
            assert_eq!(bare(&text), without);
            assert_eq!(text.contains('\u{1b}'), command.contains("report"));
            assert!(!without.contains('\u{1b}'));
            for line in without.lines() {
                assert!(line.chars().count() <= columns, "{columns}: {line}");
            }
        }
    }
}

// Goal: a terminal sees how far a run is, and the bar is gone afterwards.
// Method: a run of a second or more; the bar with rate and rest, and a clean last line.
#[test]
fn a_terminal_sees_progress() {
    let tool = Tool::new();
    let run = "keystorm run quickstart.toml --replications 3";
    let text = shown(
        &tool,
        &format!("stty cols 100 rows 50; {run}"),
        "",
        Some("1"),
    );
    assert!(text.contains(" requests, ") && text.contains("/s, ") && text.contains(" left"));
    let last = text.lines().last().unwrap();
    assert_eq!(last, "report: out/quickstart/report.html");
}

// Goal: on a terminal `init` asks, and the answers are the scenario; with flags it does not ask.
// Method: answers through the terminal; the questions that it shows; a run with one flag.
#[test]
fn init_asks_a_terminal() {
    let tool = Tool::new();
    let answers = "eu-west-3\nsse-kms\nyes\n2k/s\n\n64KiB\n\n\n";
    let text = shown(&tool, "keystorm init -o asked.toml", answers, None);
    assert!(text.contains("Region [us-east-1]: ") && text.contains("Bucket Key (yes, no) [no]: "));
    let scenario = tool.text("asked.toml");
    let first = "# Will KMS throttle 2,000 GET/s and 100 PUT/s with Bucket Keys in eu-west-3?\n";
    assert!(scenario.starts_with(first), "{scenario}");
    tool.run("check asked.toml", 0);
    let text = shown(&tool, "keystorm init --gets 5/s -o told.toml", "", None);
    assert!(!text.contains('['), "{text}");
}
