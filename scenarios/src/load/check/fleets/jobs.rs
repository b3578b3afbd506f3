//! Jobs in stages.
use super::super::times;
use super::arrivals::{WORKERS_MAX, end};
use super::{Check, wrong};
use crate::assemble;
use crate::schema::{Fleet, Job, Latency, Scenario, Stage};
use crate::units::Duration;
use crate::units::decimal::grouped;
use keystorm_models::workload;
use keystorm_sim::Span;

pub(super) fn check(
    name: &str,
    fleet: &Fleet,
    job: &Job,
    scenario: &Scenario,
    check: &mut Check<'_>,
) {
    starts(name, job, scenario, check);
    let path = ["fleets", name, "arrivals", "job", "stages"];
    let count = job.stages.len();
    if count == 0 || count > workload::Job::STAGES_MAX as usize {
        let message = format!("has {count} stages; expected 1 to 100");
        let help = "such as stages = [{ tasks = 100, reads = 4, compute.constant = \"2 s\" }]";
        wrong(check, &path, &message, help);
    }
    for (index, it) in job.stages.iter().enumerate() {
        let index = format!("[{index}]");
        stage(&[&path[..], &[index.as_str()]].concat(), it, check);
    }
    let requests = job.stages.iter().flat_map(Stage::requests);
    if count > 0 && requests.map(|it| it.1).sum::<u64>() == 0 {
        let message = "make no request; expected `reads` or `writes` in some stage";
        wrong(
            check,
            &path,
            message,
            "a fleet that asks for nothing can be left out",
        );
    }
    let workers = u64::from(fleet.instances) * u64::from(fleet.concurrency);
    if workers > WORKERS_MAX {
        let (workers, most) = (grouped(workers), grouped(WORKERS_MAX));
        let message =
            format!("times `instances` is {workers} workers; a job can have at most {most}");
        let help = "workers beyond the tasks of the largest stage have nothing to do";
        wrong(check, &["fleets", name, "concurrency"], &message, help);
    }
    let help = "leave it out: the stages' `reads` and `writes` say it";
    if !fleet.operations.is_empty() {
        let message = "has weights, but the stages of a job say what it asks for";
        wrong(check, &["fleets", name, "operations"], message, help);
    }
    if !fleet.phases.is_empty() {
        let message = "change weights, but the stages of a job say what it asks for";
        wrong(check, &["fleets", name, "phases"], message, help);
    }
}

/// When its instances come up.
fn starts(name: &str, job: &Job, scenario: &Scenario, check: &mut Check<'_>) {
    let path = |key| ["fleets", name, "arrivals", "job", key];
    let end = end(scenario);
    let Some(start) = assemble::moment(scenario, job.start).filter(|at| *at < end) else {
        let message = format!("is \"{}\"; expected an instant within the run", job.start);
        return wrong(check, &path("start"), &message, "the job would not begin");
    };
    if start + job.start_spread.0 >= end {
        let left = Duration(end - start);
        let message = format!(
            "is \"{}\"; expected less than \"{left}\", the time from `start` to the end of the run",
            job.start_spread
        );
        let help = "measure for longer: the job is to end within the run as well";
        wrong(check, &path("start-spread"), &message, help);
    }
}

/// One stage, at `path`.
fn stage(path: &[&str], stage: &Stage, check: &mut Check<'_>) {
    times::latency(&[path, &["compute"]].concat(), Some(&stage.compute), check);
    let computes = stage.compute != Latency::Constant(Duration(Span::ZERO));
    if stage.reads == 0 && stage.writes == 0 && !computes {
        let message = "has tasks with nothing to do; expected `reads`, `compute` or `writes`";
        wrong(check, path, message, "a stage without work can be left out");
    }
    if stage.stragglers.is_some() && !computes {
        let message =
            "says how much longer some tasks compute, but none does: `compute` is \"0 s\"";
        let help = "such as compute.constant = \"2 s\"";
        wrong(check, &[path, &["stragglers"]].concat(), message, help);
    }
}
