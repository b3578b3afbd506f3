//! Shards that the environment names, and job files from a plan.
use crate::tool::{Tool, stderr, stdout};

/// A tool with a plan of four runs in the folder `sweep`.
fn prepared() -> Tool {
    let tool = Tool::new();
    tool.run(
        "sweep prepare quickstart.toml --requests-max 2000 --replications 2 --vary \
         mode=sse-kms,sse-kms+bucket-key -o sweep",
        0,
    );
    tool
}

// Goal: engines say which shard a process does, and what two of them did merges to the very result
// of one process.
// Method: a pod of Kubernetes and a task of Slurm; a merge before and after the second; one process
// in another folder.
#[test]
fn engines_name_the_shard() {
    let tool = prepared();
    let mut pod = tool.command("sweep run sweep");
    pod.env("JOB_COMPLETION_INDEX", "1").env("SHARD_COUNT", "2");
    let pod = pod.output().unwrap();
    assert!(pod.status.success(), "{}", stderr(&pod));
    assert!(stderr(&pod).contains("shard 1/2 (JOB_COMPLETION_INDEX=1, SHARD_COUNT=2)"));
    let missing = tool.run("sweep merge sweep", 12);
    assert!(
        stderr(&missing).contains("--array=0"),
        "{}",
        stderr(&missing)
    );
    let mut task = tool.command("sweep run sweep --shards 2 -q");
    for (name, value) in [("ID", "0"), ("MIN", "0"), ("MAX", "0"), ("COUNT", "1")] {
        task.env(format!("SLURM_ARRAY_TASK_{name}"), value);
    }
    let task = task.output().unwrap();
    assert!(task.status.success(), "{}", stderr(&task));
    assert_eq!(stderr(&task), "");
    tool.run("sweep merge sweep -q", 0);
    tool.put("alone/sweep.json", &tool.text("sweep/sweep.json"));
    tool.run("sweep run alone -q", 0);
    for name in ["result.json", "result.csv", "report.html"] {
        let (ours, alone) = (format!("sweep/{name}"), format!("alone/{name}"));
        assert!(tool.text(&ours) == tool.text(&alone), "{name} differs");
    }
}

// Goal: half a shard is refused before anything is done.
// Method: a task of Slurm that was submitted alone; an index without a count.
#[test]
fn half_a_shard_is_bad_input() {
    let tool = prepared();
    for (name, value) in [("SLURM_ARRAY_TASK_ID", "17"), ("SHARD_INDEX", "3")] {
        let output = tool.command("sweep run sweep").env(name, value).output();
        let output = output.unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(
            stderr(&output).contains("--shards N"),
            "{}",
            stderr(&output)
        );
    }
    assert_eq!(std::fs::read_dir(tool.path("sweep")).unwrap().count(), 1);
}

// Goal: a job file has the numbers of its plan, which is found by its folder, too.
// Method: every engine; a plan that is not there; more shards than runs.
#[test]
fn job_files_come_from_a_plan() {
    let tool = prepared();
    for engine in ["slurm", "batch", "k8s", "hyperqueue", "parallel"] {
        let text = stdout(&tool.run(&format!("sweep template {engine} sweep --shards 2"), 0));
        for part in [
            "4 simulations in 2 shards",
            "quickstart.toml: mode=sse-kms,sse-kms+bucket-key",
            "keystorm sweep prepare quickstart.toml ",
            "keystorm-quickstart",
        ] {
            let without = engine == "parallel" && part == "keystorm-quickstart";
            assert!(text.contains(part) != without, "{engine}, {part}:\n{text}");
        }
    }
    let absent = tool.run("sweep template slurm", 2);
    assert!(
        stderr(&absent).contains("sweep prepare"),
        "{}",
        stderr(&absent)
    );
    tool.run("sweep template slurm sweep --shards 5", 2);
}
