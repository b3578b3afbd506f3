use super::{Choice, Found, from_environment};
use crate::exit::Failure;
use clap::{Args, FromArgMatches};
use std::num::NonZero;

/// What is made of an environment, written as `NAME=value NAME=value`.
fn found(shards: Option<u32>, environment: &str) -> Result<Option<Found>, String> {
    let lookup = |name: &str| {
        let pairs = environment.split_whitespace().map(|it| it.split_once('='));
        let mut pairs = pairs.map(|it| it.expect("NAME=value"));
        let found = pairs.find(|it| it.0 == name);
        found.map(|it| it.1.to_owned())
    };
    from_environment(shards.and_then(NonZero::new), lookup).map_err(|failure| match failure {
        Failure::Input(text) => text,
        other => panic!("{other:?}"),
    })
}

/// Slurm's variables of a task.
fn slurm(id: u32, first: u32, last: u32, step: u32, count: u32) -> String {
    format!(
        "SLURM_ARRAY_TASK_ID={id} SLURM_ARRAY_TASK_MIN={first} SLURM_ARRAY_TASK_MAX={last} \
         SLURM_ARRAY_TASK_STEP={step} SLURM_ARRAY_TASK_COUNT={count}"
    )
}

// Goal: every engine's way of telling a task its number gives the right shard, and a process that
// no engine started does everything.
// Method: a table of environments as the engines set them.
#[test]
fn every_engine_names_the_shard() {
    let table = [
        ("", None, None),
        ("HOME=/root SLURM_JOB_ID=7 SLURM_PROCID=0", None, None),
        ("SHARD_INDEX=3 SHARD_COUNT=40", None, Some("3/40")),
        ("SHARD_INDEX=3", Some(40), Some("3/40")),
        // The flag replaces the variable.
        ("SHARD_INDEX=3 SHARD_COUNT=7", Some(40), Some("3/40")),
        (&slurm(0, 0, 39, 1, 40), None, Some("0/40")),
        (&slurm(39, 0, 39, 1, 40), None, Some("39/40")),
        (&slurm(1, 1, 40, 1, 40), None, Some("0/40")),
        (&slurm(40, 1, 40, 1, 40), None, Some("39/40")),
        (&slurm(40, 1, 40, 1, 40), Some(40), Some("39/40")),
        (&slurm(39, 0, 39, 1, 40), Some(40), Some("39/40")),
        (&slurm(78, 0, 78, 2, 40), None, Some("39/40")),
        (&slurm(76, 0, 78, 2, 40), Some(40), Some("38/40")),
        // Submitted again: shards 3 and 17 of 40, whatever the array looks like now.
        (&slurm(3, 3, 17, 1, 2), Some(40), Some("3/40")),
        (&slurm(17, 3, 17, 14, 2), Some(40), Some("17/40")),
        (&slurm(17, 17, 17, 1, 1), Some(40), Some("17/40")),
        (&slurm(1, 1, 3, 1, 3), Some(40), Some("1/40")),
        (&slurm(0, 0, 0, 1, 1), Some(40), Some("0/40")),
        (&slurm(0, 0, 0, 1, 1), Some(1), Some("0/1")),
        ("SLURM_ARRAY_TASK_ID=4", Some(9), Some("4/9")),
        (
            "AWS_BATCH_JOB_ARRAY_INDEX=9 AWS_BATCH_JOB_ARRAY_SIZE=10",
            None,
            Some("9/10"),
        ),
        ("AWS_BATCH_JOB_ARRAY_INDEX=9", Some(10), Some("9/10")),
        ("JOB_COMPLETION_INDEX=2 SHARD_COUNT=5", None, Some("2/5")),
        ("HQ_TASK_ID=2 SHARD_COUNT=5", None, Some("2/5")),
        (
            "OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2",
            None,
            Some("1/2"),
        ),
        ("PMI_RANK=1 PMI_SIZE=2", None, Some("1/2")),
        // Both say the same.
        (
            "PMI_RANK=1 PMI_SIZE=2 OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2",
            Some(2),
            Some("1/2"),
        ),
        // srun starts a task of an array as the only process of MPI.
        (
            &format!("{} PMI_RANK=0 PMI_SIZE=1", slurm(3, 0, 9, 1, 10)),
            None,
            Some("3/10"),
        ),
        (
            "SGE_TASK_ID=1 SGE_TASK_FIRST=1 SGE_TASK_LAST=8 SGE_TASK_STEPSIZE=1",
            None,
            Some("0/8"),
        ),
        (
            "SGE_TASK_ID=5 SGE_TASK_FIRST=5 SGE_TASK_LAST=5 SGE_TASK_STEPSIZE=1",
            Some(8),
            Some("4/8"),
        ),
        (
            "SGE_TASK_ID=undefined SGE_TASK_FIRST=undefined SGE_TASK_LAST=undefined",
            None,
            None,
        ),
        // An engine's variable that is empty says nothing.
        ("HQ_TASK_ID= SLURM_ARRAY_TASK_ID=", None, None),
    ];
    for (environment, shards, want) in table {
        let got = found(shards, environment).unwrap_or_else(|it| panic!("{environment}: {it}"));
        let got = got.map(|it| it.shard.to_string());
        assert_eq!(got.as_deref(), want, "{environment}, --shards {shards:?}");
    }
}

// Goal: what says half a shard, two shards, or perhaps a part of a bigger array is refused, and
// the message says what to set.
// Method: a table of environments with a word of each message; all of them tell what to do.
#[test]
fn half_a_shard_is_refused_with_what_to_set() {
    let both = format!("{} HQ_TASK_ID=4 SHARD_COUNT=40", slurm(3, 0, 39, 1, 40));
    let table = [
        ("SHARD_INDEX=3", None, "of how many shards"),
        ("SHARD_COUNT=40", None, "set SHARD_INDEX to 0 … 39"),
        ("HOME=/", Some(40), "--shards 40 says how many"),
        ("SHARD_INDEX=40 SHARD_COUNT=40", None, "shards are 0 to 39"),
        ("SHARD_INDEX=x SHARD_COUNT=40", None, "not a whole number"),
        ("SHARD_INDEX=-1 SHARD_COUNT=40", None, "not a whole number"),
        ("SHARD_INDEX= SHARD_COUNT=40", None, "\"\", not a whole"),
        ("SHARD_INDEX=0 SHARD_COUNT=0", None, "a shard at least"),
        (&slurm(3, 3, 17, 14, 2), None, "from 3 to 17"),
        (&slurm(17, 17, 17, 1, 1), None, "submitted alone"),
        (&slurm(0, 0, 0, 1, 1), None, "submitted alone"),
        (&slurm(5, 0, 39, 1, 3), None, "set SHARD_COUNT in the job"),
        (&slurm(5, 2, 41, 1, 40), None, "from 2 to 41"),
        (&slurm(41, 2, 41, 1, 40), Some(40), "tasks are 0 to 39"),
        (&slurm(40, 4, 40, 1, 2), Some(40), "tasks are 0 to 39"),
        ("SLURM_ARRAY_TASK_ID=4", None, "cannot be told"),
        ("JOB_COMPLETION_INDEX=2", None, "Kubernetes does not say"),
        ("HQ_TASK_ID=2", None, "set SHARD_COUNT in the job"),
        ("AWS_BATCH_JOB_ARRAY_INDEX=9", None, "AWS Batch does not"),
        (
            "AWS_BATCH_JOB_ARRAY_INDEX=1 AWS_BATCH_JOB_ARRAY_SIZE=2 SHARD_COUNT=40",
            None,
            "AWS_BATCH_JOB_ARRAY_SIZE is 2, but SHARD_COUNT=40 says",
        ),
        (
            "SGE_TASK_ID=5 SGE_TASK_FIRST=5 SGE_TASK_LAST=5",
            None,
            "submitted alone",
        ),
        ("SGE_TASK_ID=0 SHARD_COUNT=8", None, "tasks are 1 to 8"),
        ("PMI_RANK=a PMI_SIZE=3", None, "PMI_RANK is \"a\""),
        (&both, None, "two things say which shard"),
    ];
    for (environment, shards, word) in table {
        let said = found(shards, environment).expect_err(environment);
        assert!(said.contains(word), "{environment}: {said}");
        assert!(
            said.contains("= help: ") || said.contains("at least"),
            "{said}"
        );
    }
}

// Goal: it is told what named the shard.
// Method: an array that was submitted again.
#[test]
fn what_named_the_shard_is_told() {
    let told = found(Some(40), &slurm(3, 3, 17, 1, 2)).unwrap().unwrap();
    assert_eq!(told.from, "SLURM_ARRAY_TASK_ID=3, --shards 40");
    let told = found(None, &slurm(3, 1, 9, 1, 9)).unwrap().unwrap();
    assert_eq!(told.from, "SLURM_ARRAY_TASK_ID=3, SLURM_ARRAY_TASK_MAX=9");
}

// Goal: the flag goes before the environment, and the two flags exclude one another.
// Method: flags as clap reads them.
#[test]
fn the_flag_goes_first() {
    let parse = |flags: &[&str]| {
        let command = Choice::augment_args(clap::Command::new("x").no_binary_name(true));
        let matches = command.try_get_matches_from(flags)?;
        Choice::from_arg_matches(&matches)
    };
    let choice = parse(&["--shard", "1/2"]).unwrap();
    let found = choice.found().unwrap().unwrap();
    assert_eq!((found.shard.index(), found.shard.count()), (1, 2));
    assert_eq!(found.from, "--shard 1/2");
    assert!(parse(&["--shard", "1/2", "--shards", "2"]).is_err());
    assert!(parse(&["--shards", "0"]).is_err());
}
