//! Jobs that did not get done.
use super::warning;
use crate::assemble::Assembly;
use crate::load::Study;
use crate::run::Pooled;
use keystorm_record::{JobRun, Warning};

/// Jobs that failed, and those for which the run was too short.
pub(super) fn of_study(study: &Study, runs: &[(&Assembly, Pooled)]) -> Vec<Warning> {
    let has_failed = |it: &JobRun| it.failed_ns.is_some();
    let is_cut = |it: &JobRun| !has_failed(it) && (it.stages_ns.len() as u64) < it.stages.0;
    let failed = counted(study, runs, has_failed).map(|runs| {
        warning(
            "job-failed",
            &format!("a task failed too often and ended the job in {runs}"),
            "look at what its requests end with; more retries or `task-attempts` only help against \
             errors that pass",
        )
    });
    let cut = counted(study, runs, is_cut).map(|runs| {
        warning(
            "job-unfinished",
            &format!("the run ended before the job in {runs}"),
            "measure for longer; a run ends with its jobs if nothing else goes on",
        )
    });
    failed.into_iter().chain(cut).collect()
}

/// The variants with such jobs, and in how many replications; `None` if there are none.
fn counted(
    study: &Study,
    runs: &[(&Assembly, Pooled)],
    is_such: impl Fn(&JobRun) -> bool,
) -> Option<String> {
    let mut list = Vec::new();
    for (variant, (_, pooled)) in study.variants.iter().zip(runs) {
        let all = pooled.finished.len();
        let finished = pooled.finished.iter();
        let such = finished.filter(|it| it.replication.jobs.iter().any(&is_such));
        let such = such.count();
        let of_all = if such == all {
            format!("all {all}")
        } else {
            format!("{such} of {all}")
        };
        if such > 0 {
            list.push(format!("{of_all} replications of {}", variant.name));
        }
    }
    (!list.is_empty()).then(|| list.join(", "))
}
