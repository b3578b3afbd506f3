//! A job in stages, each of many tasks.
use super::{Latency, ObjectSize};
use crate::units::{Duration, Moment};
use keystorm_models::tables;
use keystorm_models::workload::Operation;
use keystorm_sim::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A job in stages, such as Spark's. Its `instances × concurrency` workers take tasks from a
/// queue; a stage begins when the last task of the one before it has ended.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Job {
    /// When it starts: within the run, by the clock or since t = 0.
    #[serde(default = "at_once")]
    pub start: Moment,
    /// Time within which the instances come up, each at a random time; an instance's workers take
    /// tasks from then on. `"0 s"` is all at the start.
    #[serde(default)]
    pub start_spread: Duration,
    /// The stages in their order, such as
    /// `stages = [{ tasks = 100, reads = 4, compute.constant = "2 s" }]`.
    #[schemars(length(min = 1, max = 100))]
    pub stages: Vec<Stage>,
    /// How often a task is tried, from its beginning, until the job is given up for it. A task
    /// fails with the first of its requests that fails for good, after all retries of the client.
    /// The default is Spark's.
    #[serde(default = "spark_task_attempts")]
    #[schemars(range(min = 1, max = 16))]
    pub task_attempts: u32,
}

/// Tasks that any worker can do, in any order. A task makes its reads one after the other, then
/// computes, then makes its writes one after the other.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Stage {
    /// How many.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub tasks: u32,
    /// Requests of a task before it computes.
    #[serde(default)]
    #[schemars(range(max = 100_000))]
    pub reads: u32,
    /// What these are.
    #[serde(default)]
    pub read_operation: ReadOperation,
    /// Sizes of the objects that they read, such as `read-size.fixed = "128 MB"`. Left out: the
    /// fleet's `size`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_size: Option<ObjectSize>,
    /// How long a task computes, such as `compute.constant = "2 s"`; its worker is taken, but none
    /// of the instance's `clients.cores`: they are for encryption and overhead. None by default.
    #[serde(default = "no_time", skip_serializing_if = "is_no_time")]
    pub compute: Latency,
    /// Tasks that compute for longer than others: `stragglers = { share = 0.02, factor = 6 }`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stragglers: Option<Stragglers>,
    /// Requests of a task after it has computed.
    #[serde(default)]
    #[schemars(range(max = 100_000))]
    pub writes: u32,
    /// What these are.
    #[serde(default)]
    pub write_operation: WriteOperation,
    /// Sizes of the objects that they write. Left out: the fleet's `size`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write_size: Option<ObjectSize>,
}

/// Some of a stage's tasks, at random, take longer.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Stragglers {
    /// Share of the tasks.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub share: f64,
    /// How many times as long as others they compute.
    #[schemars(range(min = 1.0, max = 1_000.0))]
    pub factor: f64,
}

/// What a task's reads are.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReadOperation {
    /// GET, the whole object.
    #[default]
    Get,
    /// GETs of a range of at most `range-size`.
    RangedGet,
    /// HEAD.
    Head,
    /// LIST.
    List,
}

/// What a task's writes are.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WriteOperation {
    /// PUT.
    #[default]
    Put,
    /// `UploadPart`, of `part-size` each.
    UploadPart,
    /// COPY; its source is encrypted as `bucket.copy-source` says.
    Copy,
    /// DELETE.
    Delete,
}

impl Stage {
    /// Its requests in all, by operation; of reads and of writes.
    #[must_use]
    pub fn requests(&self) -> [(Operation, u64); 2] {
        let all = |of_task: u32| u64::from(self.tasks) * u64::from(of_task);
        [
            (self.read_operation.into(), all(self.reads)),
            (self.write_operation.into(), all(self.writes)),
        ]
    }
}

impl From<ReadOperation> for Operation {
    fn from(operation: ReadOperation) -> Self {
        match operation {
            ReadOperation::Get => Self::Get,
            ReadOperation::RangedGet => Self::RangedGet,
            ReadOperation::Head => Self::Head,
            ReadOperation::List => Self::List,
        }
    }
}

impl From<WriteOperation> for Operation {
    fn from(operation: WriteOperation) -> Self {
        match operation {
            WriteOperation::Put => Self::Put,
            WriteOperation::UploadPart => Self::UploadPart,
            WriteOperation::Copy => Self::Copy,
            WriteOperation::Delete => Self::Delete,
        }
    }
}

fn at_once() -> Moment {
    Moment::After(Duration(Span::ZERO))
}

fn no_time() -> Latency {
    Latency::Constant(Duration(Span::ZERO))
}

fn is_no_time(compute: &Latency) -> bool {
    *compute == no_time()
}

fn spark_task_attempts() -> u32 {
    tables::spark_task_attempts().value
}
