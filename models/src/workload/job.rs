use super::{Operation, RequestId, Sizes};
use crate::Latency;
use keystorm_sim::draw::{unit_of_word, whole};
use keystorm_sim::{Span, StreamKey, Time};
use std::collections::VecDeque;

/// A stage of a job: tasks that any worker can do, in any order.
#[derive(Clone, Debug)]
pub struct Stage {
    /// How many.
    pub tasks: u32,
    /// Requests that each makes first, one after the other.
    pub reads: u32,
    /// What these are.
    pub read: Operation,
    /// Sizes of what they read; `None`: those of the workload.
    pub read_sizes: Option<Sizes>,
    /// How long a task then computes.
    pub compute: Latency,
    /// Tasks that take longer over it.
    pub stragglers: Stragglers,
    /// Requests that each makes at the end, one after the other.
    pub writes: u32,
    /// What these are.
    pub write: Operation,
    /// Sizes of what they write; `None`: those of the workload.
    pub write_sizes: Option<Sizes>,
}

/// Tasks that compute for longer than others.
#[derive(Clone, Copy, Debug)]
pub struct Stragglers {
    /// Share of the tasks, 0..=1.
    pub share: f64,
    /// How many times as long they compute.
    pub factor: f64,
}

impl Stage {
    /// How long a task computes, which has the stream `key`.
    fn compute(&self, key: StreamKey) -> Span {
        let [time, straggles] = key.words();
        let time = self.compute.of_word(time);
        if unit_of_word(straggles) < self.stragglers.share {
            return Span::from_nanos(whole(time.nanos() as f64 * self.stragglers.factor));
        }
        time
    }
}

/// A job, with workers who take its tasks: which task each one is at, and what it does next.
///
/// A stage begins when the last task of the one before it has ended (a barrier). A task whose
/// request fails begins again, later, with whoever is free then; one that has failed too often ends
/// the job. What a task asks for and how long it computes is its own: the same whoever does it,
/// when, and each time that it is tried.
///
/// Owns only state and arithmetic: the caller makes the requests and keeps the time.
#[derive(Debug)]
pub struct Job {
    stages: Vec<Stage>,
    tries_max: u32,
    /// Stream of the computing times.
    compute: StreamKey,
    /// Index of the current stage.
    stage: usize,
    /// Of the current stage: the first task that nobody has begun.
    fresh: u32,
    /// Of the current stage: tasks to begin again, and how often they have failed.
    again: VecDeque<(u32, u32)>,
    /// Of the current stage: tasks that have not ended.
    left: u32,
    workers: Vec<Worker>,
    progress: Progress,
    state: State,
}

/// What has become of a job so far.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Progress {
    /// When each stage ended.
    pub stages: Vec<Time>,
    /// How often a task failed.
    pub failures: u64,
    /// When a task failed that was not to be tried again, which ended the job.
    pub failed: Option<Time>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    Runs,
    /// A task has failed too often; nobody has been told yet.
    Fails,
    Over,
}

#[derive(Clone, Copy, Debug)]
enum Worker {
    /// Will ask for its next turn.
    Expected,
    /// Waits to be called.
    Idle,
    /// Is at a task: its number, how often it has failed, and its next step.
    Busy { task: u32, tries: u32, step: u32 },
}

/// What a worker does next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Turn {
    /// It makes a request and asks again when that has ended.
    Request(TaskRequest),
    /// It computes for so long and then asks again.
    Compute(Span),
    /// It waits to be called.
    Idle,
    /// It waits to be called: its task was the last of a stage, and those who are idle are now to
    /// be called.
    StageEnds,
    /// The job is over: done, or failed.
    JobEnds,
}

/// A request that a task makes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TaskRequest {
    /// Its name, another one each time that the task is tried.
    pub id: RequestId,
    /// The name under which it asks for the same object each time.
    pub object: RequestId,
    /// What it is.
    pub operation: Operation,
}

impl Job {
    /// Most stages: what a request's name has room for.
    pub const STAGES_MAX: u32 = 100;
    /// Most tasks of a stage.
    pub const TASKS_MAX: u32 = 1_000_000;
    /// Most requests of a task before it computes, and after.
    pub const REQUESTS_MAX: u32 = 100_000;
    /// Most tries of a task.
    pub const TRIES_MAX: u32 = 16;

    /// A job at its beginning, each of whose tasks is tried `tries_max` times; its workers are
    /// expected.
    ///
    /// # Panics
    /// If there is no stage.
    #[must_use]
    pub fn new(stages: Vec<Stage>, tries_max: u32, workers: usize, compute: StreamKey) -> Self {
        let left = stages.first().expect("a job has a stage").tasks;
        Self {
            stages,
            tries_max,
            compute,
            stage: 0,
            fresh: 0,
            again: VecDeque::new(),
            left,
            workers: vec![Worker::Expected; workers],
            progress: Progress::default(),
            state: State::Runs,
        }
    }

    /// What has become of it so far.
    #[must_use]
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Sizes of what a request of the current stage for `operation` moves, if the stage has some of
    /// its own.
    #[must_use]
    pub fn sizes(&self, operation: Operation) -> Option<&Sizes> {
        let stage = self.stages.get(self.stage)?;
        if operation == stage.read {
            stage.read_sizes.as_ref()
        } else {
            stage.write_sizes.as_ref()
        }
    }

    /// How many workers it has.
    #[must_use]
    pub fn workers(&self) -> usize {
        self.workers.len()
    }

    /// What `worker`, who is expected, does from `now` on.
    pub fn turn(&mut self, worker: u32, now: Time) -> Turn {
        loop {
            if let Some(turn) = self.end_of_job(now) {
                self.workers[worker as usize] = Worker::Idle;
                return turn;
            }
            let (task, tries, step) = match self.workers[worker as usize] {
                Worker::Busy { task, tries, step } => (task, tries, step),
                Worker::Expected | Worker::Idle => {
                    let Some((task, tries)) = self.next_task() else {
                        self.workers[worker as usize] = Worker::Idle;
                        return Turn::Idle;
                    };
                    (task, tries, 0)
                }
            };
            self.workers[worker as usize] = Worker::Busy {
                task,
                tries,
                step: step + 1,
            };
            let stage = &self.stages[self.stage];
            if step == stage.reads {
                // The same each time that it is tried: it is the task's own.
                let id = self.id(task, 0, step);
                let span = stage.compute(self.compute.child(id.attempt(0)));
                if span > Span::ZERO {
                    return Turn::Compute(span);
                }
            } else if step <= stage.reads + stage.writes {
                return Turn::Request(TaskRequest {
                    id: self.id(task, tries, step),
                    object: self.id(task, 0, step),
                    operation: if step < stage.reads {
                        stage.read
                    } else {
                        stage.write
                    },
                });
            } else if let Some(turn) = self.task_ends(worker, now) {
                return turn;
            }
        }
    }

    /// The task's number and how often it has failed, of the task that comes next in this stage.
    fn next_task(&mut self) -> Option<(u32, u32)> {
        if self.fresh < self.stages[self.stage].tasks {
            self.fresh += 1;
            return Some((self.fresh - 1, 0));
        }
        self.again.pop_front()
    }

    /// A worker's task has ended well. It takes the next one, unless that was the stage's last.
    fn task_ends(&mut self, worker: u32, now: Time) -> Option<Turn> {
        self.workers[worker as usize] = Worker::Expected;
        self.left -= 1;
        if self.left > 0 {
            return None;
        }
        self.progress.stages.push(now);
        self.workers[worker as usize] = Worker::Idle;
        let Some(next) = self.stages.get(self.stage + 1) else {
            self.state = State::Over;
            return Some(Turn::JobEnds);
        };
        self.left = next.tasks;
        self.stage += 1;
        self.fresh = 0;
        Some(Turn::StageEnds)
    }

    /// What anybody does once the job is over or fails.
    fn end_of_job(&mut self, now: Time) -> Option<Turn> {
        match self.state {
            State::Runs => None,
            State::Over => Some(Turn::Idle),
            State::Fails => {
                self.progress.failed = Some(now);
                self.state = State::Over;
                Some(Turn::JobEnds)
            }
        }
    }

    /// A request of a worker's task has failed for good, and so has this try of the task.
    pub fn request_failed(&mut self, worker: u32) {
        let place = &mut self.workers[worker as usize];
        let Worker::Busy { task, tries, .. } = std::mem::replace(place, Worker::Expected) else {
            return;
        };
        if self.state != State::Runs {
            return;
        }
        self.progress.failures += 1;
        if tries + 1 < self.tries_max {
            self.again.push_back((task, tries + 1));
        } else {
            self.state = State::Fails;
        }
    }

    /// Calls idle workers, as many as there are tasks that nobody has begun; they are then
    /// expected.
    pub fn call_idle(&mut self) -> impl Iterator<Item = u32> {
        let tasks = self.stages[self.stage].tasks - self.fresh;
        let idle = (0..).zip(&mut self.workers);
        let idle = idle.filter(|(_, it)| matches!(it, Worker::Idle));
        idle.take(tasks as usize).map(|(worker, it)| {
            *it = Worker::Expected;
            worker
        })
    }

    /// The name of a step of a task of the current stage, which has failed `tries` times.
    fn id(&self, task: u32, tries: u32, step: u32) -> RequestId {
        let stage = u32::try_from(self.stage).expect("at most 100 stages");
        RequestId::new(task.into(), stage << 24 | tries << 20 | step)
    }
}

#[cfg(test)]
mod tests;
