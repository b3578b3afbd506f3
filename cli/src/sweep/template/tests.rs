use super::{Args, Engine, Planned, filled, job};
use crate::exit::Failure;
use clap::ValueEnum;
use std::num::NonZero;
use std::path::PathBuf;
use std::process::Command;

fn args(engine: Engine, plan: &str, shards: Option<u32>) -> Args {
    Args {
        engine,
        plan: PathBuf::from(plan),
        shards: shards.and_then(NonZero::new),
        image: None,
    }
}

fn planned(runs: u64) -> Planned<'static> {
    Planned {
        path: "scenarios/my.scenario.toml",
        vary: "bucket.bucket-key=true,false × region=eu-west-3,us-east-1".into(),
        runs,
        command: "keystorm sweep run scenarios/my.scenario.toml \
                  --vary bucket.bucket-key=true,false --vary region=eu-west-3,us-east-1",
    }
}

/// The job file of so many runs.
fn text(engine: Engine, plan: &str, shards: Option<u32>, runs: u64) -> Result<String, Failure> {
    let args = args(engine, plan, shards);
    args.text(&args.plan, &planned(runs))
}

// Goal: a job file of every engine is what was reviewed, to the letter.
// Method: snapshots of a plan of 240 runs in 40 shards, the number where nobody says one.
#[test]
fn job_files_are_as_reviewed() {
    for engine in Engine::value_variants() {
        let text = text(*engine, "sweeps/quotas/sweep.json", None, 240);
        // The version changes with every release.
        let text = text.unwrap().replace(env!("CARGO_PKG_VERSION"), "VERSION");
        insta::assert_snapshot!(format!("{engine:?}").to_lowercase(), text);
    }
}

// Goal: whatever a scenario is called, scripts are read by bash, nothing that comes from it is run
// and every name of a value is replaced.
// Method: a plan with a hostile title, command and path; `bash -n`, and every line with a word of
// it is a comment or holds it in quotes.
#[test]
fn nothing_of_a_plan_is_run() {
    let planned = Planned {
        path: "$(touch x)\n`y`",
        vary: "a\nrm -rf EVIL; @SHARDS@ \u{2028}EVIL".into(),
        runs: 1_000_000,
        command: "keystorm sweep run 'a\nEVIL'",
    };
    for engine in Engine::value_variants() {
        let text = args(*engine, "it's $(EVIL)/sweep.json", Some(1_000));
        let text = text.text(&text.plan, &planned).unwrap();
        assert!(text.contains("rm -rf EVIL; @SHARDS@  EVIL"), "{text}");
        for line in text.lines().filter(|line| line.contains("EVIL")) {
            let harmless = line.starts_with('#') || line.contains(r"'it'\''s $(EVIL)");
            assert!(harmless, "{line}");
        }
        let names = text.replace("@SHARDS@  EVIL", "");
        for word in names.split('@').skip(1) {
            let name = word.chars().take_while(char::is_ascii_uppercase);
            assert_eq!(name.count(), 0, "@{word}");
        }
        if *engine == Engine::K8s {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sweep.sh");
        std::fs::write(&file, &text).unwrap();
        let output = Command::new("bash").arg("-n").arg(&file).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }
}

// Goal: numbers of shards that an engine cannot have, or that leave some idle, are refused.
// Method: each bound and one beyond it.
#[test]
fn shards_fit_engine_and_plan() {
    for (engine, shards, runs, word) in [
        (Engine::Batch, Some(1), 9, "2 to 10000 parts"),
        (Engine::Batch, Some(10_001), 20_000, "2 to 10000 parts"),
        (Engine::Batch, None, 1, "2 to 10000 parts"),
        (Engine::K8s, Some(100_001), 200_000, "1 to 100000 parts"),
        (Engine::Slurm, Some(10), 9, "--shards 9 or fewer"),
    ] {
        match text(engine, "sweep.json", shards, runs) {
            Err(Failure::Input(text)) => assert!(text.contains(word), "{text}"),
            other => panic!("{other:?}"),
        }
    }
    for (engine, shards, runs, array) in [
        (Engine::Slurm, None, 9, "0-8"),
        (Engine::Slurm, None, 1, "0-0"),
        (Engine::Slurm, None, 1_000_000, "0-39"),
        (Engine::Slurm, Some(1_000), 1_000, "0-999"),
        (Engine::Batch, Some(10_000), 10_000, "\"size\": 10000"),
    ] {
        let text = text(engine, "sweep.json", shards, runs);
        assert!(text.unwrap().contains(array), "{array}");
    }
}

// Goal: a file without a folder lies in this one; names of images are checked.
// Method: the merge of such a plan; images with a line break and with nothing.
#[test]
fn folders_and_images_are_named() {
    let here = text(Engine::Parallel, "sweep.json", None, 9).unwrap();
    assert!(here.contains("exec keystorm sweep merge .\n"), "{here}");
    for image in ["a\nb", "", "a b"] {
        let args = Args {
            image: Some(image.to_owned()),
            ..args(Engine::K8s, "sweep.json", None)
        };
        assert!(matches!(
            args.text(&args.plan, &planned(9)),
            Err(Failure::Input(_))
        ));
    }
    assert!(text(Engine::Slurm, "a\nb", None, 9).is_err());
}

// Goal: names of jobs are what Kubernetes takes, and names of values are found among other `@`.
// Method: names with dots, spaces, capitals, nothing; a template with `$@`.
#[test]
fn names_are_made_of_what_is_allowed() {
    assert_eq!(job("a/My Scenario.v2.toml"), "keystorm-my-scenario-v2");
    assert_eq!(job("…"), "keystorm-sweep");
    assert_eq!(job(""), "keystorm-sweep");
    assert_eq!(job(&"ab-".repeat(99)).len(), 9 + 32);
    let long = job(&format!("{}-b", "a".repeat(31)));
    assert_eq!(long, format!("keystorm-{}", "a".repeat(31)));
    let values = [("A", "1".to_owned()), ("AB", "@A@".to_owned())];
    assert_eq!(
        filled("\"$@\" @AB@@A@ x[@] @C@", &values),
        "\"$@\" @A@1 x[@] @C@"
    );
}
