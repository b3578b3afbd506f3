//! `keystorm sweep`, end to end.
use crate::tool::{Tool, stderr, stdout};
use keystorm_record::Sweep;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Eight points of two replications.
const GRID: &str = "--vary kms.request-quota=2_000/s,4_000/s,9_000/s,30_000/s --vary \
                    mode=sse-kms,sse-s3 --replications 2";

/// Few requests at each.
const CUT: &str = "--requests-max 2000";

/// A sweep that one process has done, in the folder `one`.
fn done() -> Tool {
    let tool = Tool::new();
    tool.run(
        &format!("sweep run quickstart.toml {GRID} {CUT} -o one -q"),
        0,
    );
    tool
}

/// Whole lines of a file, 0 if it is not there.
fn lines(file: &Path) -> usize {
    fs::read(file).map_or(0, |it| it.split(|it| *it == b'\n').count() - 1)
}

fn same_result(tool: &Tool, folder: &str) {
    for name in ["result.json", "result.csv", "report.html"] {
        let (one, other) = (
            tool.text(&format!("one/{name}")),
            tool.text(&format!("{folder}/{name}")),
        );
        assert!(one == other, "{folder}/{name} differs");
    }
}

// Goal: one command simulates a grid, says in words what was found, and writes files that programs
// read; the command that the result holds gives it again.
// Method: eight points of the quickstart; its words, its files; the command into another folder.
#[test]
fn one_command_sweeps_a_grid() {
    let tool = Tool::new();
    let said = stdout(&tool.run(&format!("sweep run quickstart.toml {GRID} {CUT}"), 0));
    for part in [
        "8 points × 2 replications = 16 runs",
        "mode: SSE-KMS, SSE-S3 (2)",
        "Least and most",
        "Cost per month",
        "p99 of all requests",
        "request-quota 2_000/s, SSE-KMS",
        "out/quickstart-sweep/",
    ] {
        assert!(said.contains(part), "{part} is not in\n{said}");
    }
    let sweep = Sweep::from_json(&tool.text("out/quickstart-sweep/result.json")).unwrap();
    assert_eq!((sweep.points.len(), sweep.replications), (8, 2));
    assert!(
        sweep
            .points
            .iter()
            .all(|it| it.replications == 2 && it.metrics.len() > 20)
    );
    let csv = tool.text("out/quickstart-sweep/result.csv");
    let mut rows = csv.lines();
    let head = "point,kms.request-quota,mode,class,metric,value,unit,low,high,replications";
    assert_eq!(rows.next(), Some(head));
    assert!(
        csv.contains("\n7,30_000/s,sse-s3,cost,cost.month,"),
        "{csv}"
    );
    let command = sweep.command.strip_prefix("keystorm ").unwrap();
    tool.run(&format!("{command} -q -o one --jobs 1"), 0);
    same_result(&tool, "out/quickstart-sweep");
    let csv = stdout(&tool.run("sweep merge one --format csv", 0));
    assert!(csv == tool.text("one/result.csv"));
    // The files are drawn from the result, and can be drawn from it again.
    for (form, name) in [
        ("html", "report.html"),
        ("csv", "result.csv"),
        ("json", "result.json"),
    ] {
        let drawn = stdout(&tool.run(&format!("report one/result.json --format {form}"), 0));
        assert!(drawn == tool.text(&format!("one/{name}")), "{name}");
    }
    let refused = tool.run("report one/result.json --format hlog", 2);
    assert!(stderr(&refused).contains("a sweep can be drawn as html, table, json or csv only"));
}

// Goal: the result is the same, byte for byte, whatever the sharding and the jobs.
// Method: two, seven and forty shards of a plan that has been moved, with one and two jobs.
#[test]
fn any_sharding_gives_the_same_files() {
    let tool = done();
    for shards in [2, 7, 40] {
        let folder = format!("{shards} shards");
        let prepare = format!("sweep prepare quickstart.toml {GRID} {CUT} -o plan");
        let said = stdout(&tool.run(&prepare, 0));
        assert_eq!(
            said,
            "plan/sweep.json: 8 points × 2 replications = 16 runs\n"
        );
        fs::rename(tool.path("plan"), tool.path(&folder)).unwrap();
        fs::rename(tool.path(&folder), tool.path("moved")).unwrap();
        for index in 0..shards {
            let jobs = 1 + index % 2;
            tool.run(
                &format!("sweep run moved --shard {index}/{shards} -q --jobs {jobs}"),
                0,
            );
        }
        tool.run("sweep merge moved/sweep.json -q --jobs 2", 0);
        same_result(&tool, "moved");
        fs::remove_dir_all(tool.path("moved")).unwrap();
    }
}

// Goal: a sweep that is killed at any time goes on from there, and gives the same bytes.
// Method: kill it as soon as a run is in the journal, again and again, then let it end.
#[test]
fn killed_sweeps_go_on() {
    let tool = Tool::new();
    // Large enough that a kill comes in time.
    let cut = "--requests-max 60000";
    tool.run(
        &format!("sweep run quickstart.toml {GRID} {cut} -o one -q"),
        0,
    );
    tool.run(
        &format!("sweep prepare quickstart.toml {GRID} {cut} -o killed"),
        0,
    );
    let journal = tool.path("killed/shard-0-of-1.journal");
    let rows = || lines(&journal);
    let mut kills = 0;
    for _ in 0..3 {
        let before = rows();
        let mut command = tool.command("sweep run killed -q --jobs 1");
        let mut process = command.stderr(Stdio::null()).spawn().unwrap();
        let patience = Instant::now() + Duration::from_mins(2);
        while rows() <= before + 1 && Instant::now() < patience {
            if process.try_wait().unwrap().is_some() {
                break;
            }
            std::thread::yield_now();
        }
        kills += u32::from(process.kill().is_ok());
        process.wait().unwrap();
    }
    assert!(kills > 0, "it was never killed");
    let went_on = tool.run("sweep run killed --jobs 2", 0);
    assert!(!journal.exists(), "the journal is left behind");
    let told = stderr(&went_on);
    assert!(
        told.contains("going on after ") || told.contains("there already"),
        "{told}"
    );
    same_result(&tool, "killed");
}

// Goal: an interrupt and a termination keep what has finished, say so, and end with 130.
// Method: a sweep of a minute, told to stop by each signal after its first run.
#[cfg(target_os = "linux")]
#[test]
fn interrupted_sweeps_keep_what_has_finished() {
    for signal in ["INT", "TERM"] {
        let tool = Tool::new();
        tool.run(
            "sweep prepare quickstart.toml --vary kms.other-load=0/s,1/s,2/s -o a",
            0,
        );
        let journal = tool.path("a/shard-0-of-2.journal");
        let mut command = tool.command("sweep run a --shard 0/2 --jobs 1");
        let process = command.stderr(Stdio::piped()).spawn().unwrap();
        let patience = Instant::now() + Duration::from_mins(2);
        let rows = || lines(&journal);
        while rows() < 2 && Instant::now() < patience {
            std::thread::yield_now();
        }
        let mut kill = std::process::Command::new("kill");
        let id = process.id().to_string();
        assert!(kill.args(["-s", signal, &id]).status().unwrap().success());
        let output = process.wait_with_output().unwrap();
        let told = stderr(&output);
        if output.status.success() {
            // It was quicker than the signal.
            continue;
        }
        assert_eq!(output.status.code(), Some(130), "{told}");
        assert!(
            told.contains("stopping; interrupt again to stop at once"),
            "{told}"
        );
        assert!(told.contains(" of 8 runs of shard 0/2 are kept"), "{told}");
    }
}

// Goal: what is missing is named with the shards to submit again, in words and as a list, and
// nothing is written unless it is asked for.
// Method: forty shards but for three; merged, merged in part, then made whole.
#[test]
fn missing_shards_are_named() {
    let tool = done();
    tool.run(
        &format!("sweep prepare quickstart.toml {GRID} {CUT} -o most"),
        0,
    );
    let lacking = [3, 5, 12];
    for index in (0..16).filter(|it| !lacking.contains(it)) {
        tool.run(&format!("sweep run most --shard {index}/16 -q"), 0);
    }
    let output = tool.run("sweep merge most", 12);
    assert_eq!(
        stderr(&output),
        "3 of 16 runs are missing (3, 5, 12)\n  = help: simulate these of \
         16 shards again, with `keystorm sweep run most --shard I/16`: --array=3,5,12\n"
    );
    assert!(stdout(&output).is_empty() && !tool.path("most/result.json").exists());
    let partial = tool.run("sweep merge most --partial", 12);
    assert!(
        stdout(&partial).contains("3 are missing"),
        "{}",
        stdout(&partial)
    );
    let sweep = Sweep::from_json(&tool.text("most/result.json")).unwrap();
    assert_eq!(sweep.missing_runs.0, 3);
    for index in lacking {
        tool.run(&format!("sweep run most --shard {index}/16 -q"), 0);
    }
    tool.run("sweep merge most -q", 0);
    same_result(&tool, "most");
}

// Goal: a complete shard is not simulated again, and one folder holds one sweep.
// Method: the same again; another grid into the same folder, without and with --force.
#[test]
fn a_folder_holds_one_sweep() {
    let tool = done();
    let again = tool.run(&format!("sweep run quickstart.toml {GRID} {CUT} -o one"), 0);
    assert!(
        stderr(&again).contains("all runs are there already"),
        "{}",
        stderr(&again)
    );
    let other = format!("sweep run quickstart.toml --vary kms.other-load=0/s,9/s {CUT} -o one");
    let refused = stderr(&tool.run(&other, 2));
    assert!(
        refused.contains("one holds another sweep, of quickstart.toml"),
        "{refused}"
    );
    assert!(refused.contains("--force"), "{refused}");
    tool.run(&format!("{other} --force -q"), 0);
    let sweep = Sweep::from_json(&tool.text("one/result.json")).unwrap();
    assert_eq!(sweep.points.len(), 2);
    tool.run(&format!("run quickstart.toml {CUT} -q -o record"), 0);
    let refused = stderr(&tool.run(&format!("sweep run quickstart.toml {GRID} -o record"), 2));
    assert!(refused.contains("record holds a record.json"), "{refused}");
}

// Goal: what cannot be swept is refused with the reason and the place, and nothing is written.
// Method: mistakes in the grid, in the plan, in a shard and in the flags.
#[test]
fn what_cannot_be_swept_is_refused() {
    let tool = Tool::new();
    for (arguments, said) in [
        ("prepare quickstart.toml", "nothing varies"),
        ("run quickstart.toml", "nothing varies"),
        (
            "prepare quickstart.toml --vary seed=1,2",
            "all variants share `seed`",
        ),
        (
            "prepare quickstart.toml --vary kms.request-quota=9/s,8/s,0/s",
            "note: at point 2 of 3: request-quota 0/s",
        ),
        ("run nowhere --shard 0/2", "cannot read nowhere"),
        ("run nowhere --shard 2/2", "there is no shard 2 of 2"),
        ("merge nowhere", "cannot read nowhere"),
    ] {
        let told = stderr(&tool.run(&format!("sweep {arguments}"), 2));
        assert!(told.contains(said), "{arguments}: {told}");
    }
    assert!(!tool.path("out").exists());
    tool.run(
        "sweep prepare quickstart.toml --vary kms.other-load=0/s,9/s -o plan",
        0,
    );
    let told = stderr(&tool.run("sweep run plan --set seed=3", 2));
    assert!(
        told.contains("plan is prepared, and its plan cannot be changed"),
        "{told}"
    );
    let plan = tool.text("plan/sweep.json");
    tool.put("plan/sweep.json", &plan.replace("9/s", "8/s"));
    let told = stderr(&tool.run("sweep run plan", 2));
    assert!(
        told.contains("plan/sweep.json: the plan was changed since it was prepared"),
        "{told}"
    );
}

// Goal: damage is told with file and line, and is not merged.
// Method: change a digit in a complete shard.
#[test]
fn damage_is_told_with_its_line() {
    let tool = done();
    let text = tool.text("one/shard-0-of-1.ndjson");
    let changed = text.replacen("\"measured-ns\":", "\"measured-ns\":1", 1);
    assert_ne!(text, changed);
    tool.put("one/shard-0-of-1.ndjson", &changed);
    for command in ["merge one", "run one"] {
        let told = stderr(&tool.run(&format!("sweep {command}"), 2));
        let said = "one/shard-0-of-1.ndjson:2: the line's checksum does not fit its content";
        assert!(told.contains(said), "{told}");
    }
}

// Goal: who watches sees how many runs are done, how fast it goes and how long it takes yet.
// Method: lines on a pipe.
#[test]
fn progress_counts_runs() {
    let tool = Tool::new();
    let run = format!("sweep run quickstart.toml {GRID} {CUT} -q --progress always --jobs 1");
    let told = stderr(&tool.run(&run.replace("2000", "60000"), 0));
    let line = told.lines().next().unwrap_or_default();
    for part in [" % simulated, ", " of 16 runs, ", " requests, ", " left"] {
        assert!(line.contains(part), "{told}");
    }
}
