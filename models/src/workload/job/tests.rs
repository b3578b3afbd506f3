use super::{Job, Stage, Stragglers, TaskRequest, Turn};
use crate::Latency;
use crate::workload::Operation;
use keystorm_sim::{Span, Streams, Time};
use std::collections::BTreeSet;

const NO_STRAGGLERS: Stragglers = Stragglers {
    share: 0.0,
    factor: 1.0,
};

fn stage(tasks: u32, reads: u32, writes: u32) -> Stage {
    Stage {
        read_sizes: None,
        write_sizes: None,
        tasks,
        reads,
        read: Operation::Get,
        compute: Latency::Constant(Span::from_secs(8)),
        stragglers: NO_STRAGGLERS,
        writes,
        write: Operation::Put,
    }
}

fn job(stages: Vec<Stage>, tries_max: u32, workers: usize) -> Job {
    let key = Streams::new(1, 0).key("compute", 0);
    Job::new(stages, tries_max, workers, key)
}

fn request(turn: Turn) -> TaskRequest {
    match turn {
        Turn::Request(request) => request,
        other => panic!("{other:?} is no request"),
    }
}

// Goal: a task reads, computes and writes; the next stage begins when the last task has ended.
// Method: two workers, two tasks and one; one worker is done early and is called for the next
// stage, though only one of the two is needed.
#[test]
fn stages_follow_each_other() {
    let mut job = job(vec![stage(2, 1, 1), stage(1, 0, 1)], 4, 2);
    let at = Time::from_secs;
    for worker in [0, 1] {
        assert_eq!(request(job.turn(worker, at(0))).operation, Operation::Get);
        assert_eq!(
            job.turn(worker, at(1)),
            Turn::Compute(Span::from_secs(8)),
            "{worker}"
        );
        assert_eq!(request(job.turn(worker, at(9))).operation, Operation::Put);
    }
    assert_eq!(job.turn(0, at(10)), Turn::Idle);
    assert_eq!(job.turn(1, at(12)), Turn::StageEnds);
    assert_eq!(job.call_idle().collect::<Vec<_>>(), [0]);
    assert_eq!(job.turn(0, at(12)), Turn::Compute(Span::from_secs(8)));
    assert_eq!(request(job.turn(0, at(20))).operation, Operation::Put);
    assert_eq!(job.turn(0, at(21)), Turn::JobEnds);
    assert_eq!(job.progress().stages, [at(12), at(21)]);
    assert_eq!(job.turn(0, at(22)), Turn::Idle);
}

// Goal: a task that fails begins again with the same objects under other names; one that fails for
// the last time ends the job for everybody, once.
// Method: one task that may be tried twice, two workers.
#[test]
fn failed_tasks_begin_again_and_end_the_job_at_last() {
    let mut job = job(vec![stage(1, 2, 0)], 2, 2);
    let first = request(job.turn(0, Time::ZERO));
    assert_eq!(job.turn(1, Time::ZERO), Turn::Idle);
    let second = request(job.turn(0, Time::ZERO));
    job.request_failed(0);
    let again = request(job.turn(0, Time::ZERO));
    assert_eq!(again.object, first.object);
    assert_ne!(again.id, first.id);
    assert_ne!(second.object, first.object);
    job.request_failed(0);
    let end = Time::from_secs(5);
    assert_eq!(job.turn(0, end), Turn::JobEnds);
    assert_eq!(job.turn(1, end), Turn::Idle);
    let progress = job.progress();
    assert_eq!((progress.failures, progress.failed), (2, Some(end)));
    assert!(progress.stages.is_empty());
}

// Goal: every request has a name of its own, at the limits as well.
// Method: the last and the first of everything, all pairs different.
#[test]
fn names_of_requests_are_unique() {
    let mut names = BTreeSet::new();
    let mut job = job(vec![stage(1, 0, 0)], 1, 1);
    for stage in [0, Job::STAGES_MAX - 1] {
        job.stage = stage as usize;
        for task in [0, 1, Job::TASKS_MAX - 1] {
            for tries in [0, 1, Job::TRIES_MAX - 1] {
                for step in [0, 1, 2 * Job::REQUESTS_MAX] {
                    assert!(names.insert(job.id(task, tries, step).attempt(1)));
                }
            }
        }
    }
}

// Goal: as many tasks straggle as are said to, each by the factor, and others are not touched.
// Method: 10,000 tasks of 8 s, 30 % of them four times as long; the count is binomial with a
// standard deviation of 46.
#[test]
fn stragglers_are_a_share_of_the_tasks() {
    let mut stage = stage(10_000, 0, 0);
    stage.stragglers = Stragglers {
        share: 0.3,
        factor: 4.0,
    };
    let mut job = job(vec![stage], 1, 1);
    let mut slow = 0_u32;
    while let Turn::Compute(span) = job.turn(0, Time::ZERO) {
        match span.nanos() / 1_000_000_000 {
            8 => {}
            32 => slow += 1,
            other => panic!("{other} s"),
        }
    }
    assert!(slow.abs_diff(3_000) < 5 * 46, "{slow} of 10,000");
}
