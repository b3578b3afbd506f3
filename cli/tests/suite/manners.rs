//! How the binary behaves at its edges: pipes, full disks, devices, narrow places, details.
use crate::tool::{Tool, stderr, stdout};
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

const CUT: &str = "--requests-max 2000 --replications 2";

// Goal: `keystorm … | head -1` shows a line and ends quietly, whatever the command prints.
// Method: read one line of each command's output and close the pipe; more is printed than a pipe
// holds, so that the rest is written into nothing.
#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let tool = Tool::new();
    tool.run(&format!("run quickstart.toml {CUT} -q"), 0);
    for arguments in [
        "report out/quickstart/record.json --format html",
        "report out/quickstart/record.json -o -",
        "report out/quickstart/record.json --format html -o /dev/stdout",
        "schema record",
        "facts quotas",
    ] {
        let mut command = tool.command(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        let mut out = BufReader::with_capacity(16, child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        drop(out);
        assert!(line.len() > 1, "{arguments}");
        let mut errors = String::new();
        let mut stderr = child.stderr.take().unwrap();
        stderr.read_to_string(&mut errors).unwrap();
        let code = child.wait().unwrap().code();
        assert_eq!((code, errors.as_str()), (Some(0), ""), "{arguments}");
    }
}

// Goal: a full disk is exit code 1 with a message, never a panic, and nothing is lost silently.
// Method: /dev/full as standard output and as a file.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let tool = Tool::new();
    tool.run(&format!("run quickstart.toml {CUT} -q"), 0);
    let full = || {
        std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .unwrap()
    };
    for arguments in [
        "schema",
        "examples",
        "init -o -",
        "report out/quickstart/record.json",
        "run quickstart.toml --requests-max 2000 --replications 2",
    ] {
        let output = tool.command(arguments).stdout(full()).output().unwrap();
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{arguments}: {text}");
        assert!(
            text.contains("cannot write to standard output: No space left"),
            "{arguments}: {text}"
        );
    }
    let report = "report out/quickstart/record.json -o /dev/full";
    let text = stderr(&tool.run(report, 1));
    assert!(
        text.contains("cannot write /dev/full: No space left"),
        "{text}"
    );
}

// Goal: a device is written into and stays one, even for root; a link stays a link.
// Method: /dev/null and a link as outputs; what they are afterwards.
#[cfg(unix)]
#[test]
fn devices_and_links_stay_what_they_are() {
    use std::os::unix::fs::FileTypeExt;
    let tool = Tool::new();
    tool.run(&format!("run quickstart.toml {CUT} -q"), 0);
    tool.run("report out/quickstart/record.json -o /dev/null", 0);
    tool.run("init -o /dev/null", 0);
    let kind = std::fs::metadata("/dev/null").unwrap().file_type();
    assert!(kind.is_char_device());
    tool.put("kept/real.html", "old");
    std::os::unix::fs::symlink("kept/real.html", tool.path("link.html")).unwrap();
    tool.run("report out/quickstart/record.json -o link.html", 0);
    assert!(tool.path("link.html").is_symlink());
    assert!(tool.text("kept/real.html") == tool.text("out/quickstart/report.html"));
}

// Goal: a place where nothing can be written is told before the work is done.
// Method: a folder of /proc, where not even root can make a file.
#[cfg(target_os = "linux")]
#[test]
fn a_read_only_folder_is_told() {
    let tool = Tool::new();
    tool.run(&format!("run quickstart.toml {CUT} -q"), 0);
    for arguments in [
        "run quickstart.toml -o /proc/keystorm",
        "report out/quickstart/record.json -o /proc/report.html",
        "calibrate --quick -o /proc/calibration.toml",
        "init -o /proc/mine.toml",
        "examples --all /proc/library",
        "man --all /proc/pages",
    ] {
        let output = tool.run(arguments, 1);
        let text = stderr(&output);
        assert!(
            text.starts_with("error: cannot write /proc"),
            "{arguments}: {text}"
        );
        assert!(stdout(&output).is_empty(), "{arguments}");
    }
}

// Goal: `-` is standard output where a file is written, and refused where it cannot be.
// Method: report and init print; a folder, two logs, and two files of a calibration.
#[test]
fn a_dash_is_standard_output() {
    let tool = Tool::new();
    tool.run(&format!("run quickstart.toml {CUT} -q"), 0);
    let page = stdout(&tool.run("report out/quickstart/record.json -o -", 0));
    assert!(page == tool.text("out/quickstart/report.html"));
    for (arguments, part) in [
        ("run quickstart.toml -o -", "--output names a folder"),
        ("run quickstart.toml --audit -", "which has the result"),
        (
            "calibrate --quick -o - --html -",
            "both files are to be printed",
        ),
    ] {
        let output = tool.run(arguments, 2);
        assert!(stderr(&output).contains(part), "{}", stderr(&output));
    }
    assert!(!tool.path("-").exists());
}

// Goal: --verbose tells what is done, on standard error only, and changes no result.
// Method: a run and a report with and without it; nothing with --quiet, which excludes it.
#[test]
fn verbose_tells_what_is_done() {
    let tool = Tool::new();
    let run = format!("run quickstart.toml {CUT} --format csv");
    let plain = tool.run(&run, 0);
    let verbose = tool.run(&format!("{run} -v --jobs 1"), 0);
    assert_eq!(stdout(&plain), stdout(&verbose));
    let told = stderr(&verbose);
    for part in [
        "read quickstart.toml: 5 variants (SSE-KMS; ",
        "2 replications each, seed 7, 1 at a time",
        "simulated 10 replications with ",
        "wrote out/quickstart/record.json, ",
        "wrote out/quickstart/summary.csv, ",
    ] {
        assert!(told.contains(part), "{part} is not in\n{told}");
    }
    assert!(!stderr(&plain).contains("wrote "));
    let told = stderr(&tool.run("report out/quickstart/record.json -o new.html --verbose", 0));
    assert!(told.contains("wrote new.html, "), "{told}");
    tool.run("run quickstart.toml -q -v", 2);
}

// Goal: progress in a log says how far, how fast and how long yet.
// Method: lines on a pipe; none unless they are asked for.
#[test]
fn progress_has_rate_and_time() {
    let tool = Tool::new();
    let run = "run quickstart.toml --requests-max 60000 --replications 2 -q";
    let told = stderr(&tool.run(&format!("{run} --progress always"), 0));
    let line = told.lines().next().unwrap_or_default();
    for part in [" % simulated, ", " requests, ", "/s, ", " s left"] {
        assert!(line.contains(part), "{told}");
    }
    assert_eq!(stderr(&tool.run(run, 0)), "");
}
