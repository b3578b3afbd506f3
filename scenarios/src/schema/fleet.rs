use super::FleetRequest;
use super::arrivals::{ColdStart, Cron, Daily, Deterministic, LoadProfile, Mmpp, OnOff, Weekly};
use super::job::{Job, Stage};
use super::size::ObjectSize;
use crate::units::{ByteSize, Duration, Moment, Rate};
use keystorm_models::Sourced;
use keystorm_models::client::network::TransferRules;
use keystorm_models::tables::{self, Manager};
use keystorm_models::workload::Operation;
use keystorm_sim::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Instances of one program: how they are loaded and what they ask for.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Fleet {
    /// Instances (machines, containers, functions). Each has an SDK client of its own.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 100_000))]
    pub instances: u32,
    /// Requests that one instance works on at a time, back-off included; more wait in the instance.
    #[schemars(range(min = 1, max = 100_000), extend("examples" = [50]))]
    pub concurrency: u32,
    /// When requests arrive.
    pub arrivals: Arrivals,
    /// Weights of the operations, such as `operations = { get = 70, put = 30 }`. Every fleet needs
    /// them but a job, whose stages say what it asks for.
    #[serde(default, skip_serializing_if = "Operations::is_empty")]
    pub operations: Operations,
    /// Changes of these weights within the run, in the order of time, such as
    /// `phases = [{ at = "10 min", operations = { put = 1 } }]`. Each replaces all weights.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phases: Vec<Phase>,
    /// Size of the objects.
    pub size: ObjectSize,
    /// Most that a `ranged-get` reads.
    #[serde(default = "eight_mib")]
    pub range_size: ByteSize,
    /// What an `upload-part` carries. The default is that of the SDKs' transfer managers.
    #[serde(default = "eight_mib")]
    pub part_size: ByteSize,
    /// How the keys spread over the prefixes of the bucket.
    #[serde(default)]
    pub keys: Keys,
    /// Requesters among the fleet's clients: roles, or sessions of one role with different scoping
    /// policies, such as one for each tenant. S3 keeps Bucket Keys for each of them apart.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 10_000))]
    pub requesters: u32,
    /// How much each of the requesters asks; with `tenants`, each pair of a requester and a tenant.
    #[serde(default)]
    pub requester_popularity: Popularity,
    /// Tenants whose objects the requests are about, evenly. Each has a KMS key of its own: S3
    /// keeps Bucket Keys for each key apart, too, and each has its monthly fee. Fleets share the
    /// tenants.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    #[schemars(range(min = 1, max = 100_000))]
    pub tenants: u32,
    /// A transfer manager that does the fleet's `get` and `put`: it moves large objects in parts,
    /// several at a time, as it does by default. Left out: each is one request to S3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer_manager: Option<TransferManager>,
    /// What its requests say about encryption, and who sends them.
    #[serde(default)]
    pub request: FleetRequest,
    /// The account that it belongs to, one of `other-accounts`, on whose KMS quota its calls
    /// count. Left out: the account of the bucket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
}

/// A library that moves objects in parts.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TransferManager {
    /// boto3's `upload_file` and `download_file`, and the AWS command line interface.
    S3transfer,
    /// AWS Common Runtime, which Java's transfer manager uses too.
    Crt,
    /// Go's `feature/s3/manager`.
    Go,
    /// Hadoop's S3A: uploads in blocks; what it reads is one GET.
    S3a,
}

impl TransferManager {
    /// What it does, with its source.
    pub(crate) fn rules(self) -> Sourced<TransferRules> {
        tables::transfer_rules(match self {
            Self::S3transfer => Manager::S3transfer,
            Self::Crt => Manager::Crt,
            Self::Go => Manager::Go,
            Self::S3a => Manager::S3a,
        })
    }

    /// Its name for readers.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::S3transfer => "s3transfer",
            Self::Crt => "AWS Common Runtime",
            Self::Go => "Go's manager",
            Self::S3a => "S3A",
        }
    }
}

impl Fleet {
    /// Whether it has an end: workers that make a number of requests and stop, or a job.
    #[must_use]
    pub fn stops(&self) -> bool {
        match &self.arrivals {
            Arrivals::Closed(closed) => closed.calls.is_some(),
            Arrivals::Job(_) => true,
            _ => false,
        }
    }

    /// Stages of its job, if it is one.
    #[must_use]
    pub fn stages(&self) -> &[Stage] {
        match &self.arrivals {
            Arrivals::Job(job) => &job.stages,
            _ => &[],
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_one(count: &u32) -> bool {
    *count == 1
}

fn one() -> u32 {
    1
}

fn eight_mib() -> ByteSize {
    ByteSize(8 << 20)
}

impl Fleet {
    /// The weights at the beginning and after each change.
    pub fn all_operations(&self) -> impl Iterator<Item = &Operations> {
        let phases = self.phases.iter().map(|phase| &phase.operations);
        std::iter::once(&self.operations).chain(phases)
    }

    /// Whether it ever asks for an operation.
    #[must_use]
    pub fn asks_for(&self, operation: Operation) -> bool {
        let mut all = self.all_operations();
        let mut of_stages = self.stages().iter().flat_map(Stage::requests);
        all.any(|operations| operations.weight(operation) > 0)
            || of_stages.any(|(it, requests)| it == operation && requests > 0)
    }
}

/// From an instant on, other weights of the operations.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Phase {
    /// When: within the run, by the clock or since t = 0.
    pub at: Moment,
    /// The weights from then on.
    pub operations: Operations,
}

/// When requests arrive.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Arrivals {
    /// Open loop at a constant rate: `arrivals.poisson = { rate = "2_000/s" }`.
    Poisson(Poisson),
    /// Open loop at a rate that changes, steps and ramps:
    /// `arrivals.profile = { points = [{ at = "0 s", rate = "0/s" },
    /// { at = "60 s", rate = "3k/s" }] }`.
    Profile(LoadProfile),
    /// Open loop, evenly spaced: `arrivals.deterministic = { rate = "2_000/s" }`.
    Deterministic(Deterministic),
    /// Open loop at a rate that switches at random (Markov-modulated Poisson process):
    /// `arrivals.mmpp = { states = [{ rate = "100/s", mean-time = "50 s" },
    /// { rate = "3k/s", mean-time = "2 s" }] }`.
    Mmpp(Mmpp),
    /// Open loop with pauses: `arrivals.on-off = { rate = "3k/s", on = "2 s", off = "50 s" }`.
    OnOff(OnOff),
    /// Open loop at a rate that is the same every day:
    /// `arrivals.daily = { points = [{ at = "04:00", rate = "100/s" },
    /// { at = "14:00", rate = "3k/s" }] }`.
    Daily(Daily),
    /// Open loop at a rate that is the same every week:
    /// `arrivals.weekly = { points = [{ at = "sun 04:00", rate = "100/s" },
    /// { at = "wed 14:00", rate = "3k/s" }] }`.
    Weekly(Weekly),
    /// All instances start, once, and each sends its first requests:
    /// `arrivals.cold-start = { at = "10 s", spread = "2 s", requests = 20 }`.
    ColdStart(ColdStart),
    /// A job that starts by the clock: `arrivals.cron = { every = "1 h", requests = 10_000,
    /// spread = "10 s" }`.
    Cron(Cron),
    /// Closed loop: `instances × concurrency` workers, each asks, waits for the answer, thinks:
    /// `arrivals.closed = { think-time = "50 ms" }`.
    Closed(Closed),
    /// A job in stages, whose tasks the fleet's `instances × concurrency` workers do:
    /// `arrivals.job = { stages = [{ tasks = 100, reads = 4, compute.constant = "2 s" }] }`.
    Job(Job),
}

/// Poisson arrivals at a constant rate, of the whole fleet.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Poisson {
    /// Mean rate of the fleet.
    pub rate: Rate,
}

/// A rate that follows a line through points.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Profile {
    /// The mean rate runs straight from point to point (a ramp); two points at the
    /// same time are a step. Before the first and after the last point it stays as there.
    #[schemars(length(min = 1))]
    pub points: Vec<ProfilePoint>,
}

/// One point of a rate profile.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ProfilePoint {
    /// Simulated time since t = 0.
    pub at: Duration,
    /// Mean rate at that time.
    pub rate: Rate,
}

/// Workers that ask, wait and think.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Closed {
    /// Mean pause between an answer and the next request, exponentially distributed; also the
    /// mean time until a worker's first request. `"0 s"`, which needs `calls`, makes no pause.
    pub think_time: Duration,
    /// Requests that each worker makes before it stops; left out, it goes on to the end of the
    /// run. Once nobody has anything left to do, the run is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1_000_000_000))]
    pub calls: Option<u32>,
}

/// Weights of the operations, each a request of its own: a multipart upload of ten parts is
/// `{ create-multipart-upload = 1, upload-part = 10, complete-multipart-upload = 1 }`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Operations {
    /// Weight of GET (`GetObject`, the whole object).
    #[schemars(range(max = 1_000_000))]
    pub get: u32,
    /// Weight of PUT (`PutObject`).
    #[schemars(range(max = 1_000_000))]
    pub put: u32,
    /// Weight of GETs of a range of at most `range-size`.
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(range(max = 1_000_000))]
    pub ranged_get: u32,
    /// Weight of HEAD (`HeadObject`).
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(range(max = 1_000_000))]
    pub head: u32,
    /// Weight of DELETE (`DeleteObject`).
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(range(max = 1_000_000))]
    pub delete: u32,
    /// Weight of LIST (`ListObjectsV2`).
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(range(max = 1_000_000))]
    pub list: u32,
    /// Weight of COPY (`CopyObject`); its source is encrypted as `bucket.copy-source` says.
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(range(max = 1_000_000))]
    pub copy: u32,
    /// Weight of `CreateMultipartUpload`.
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(range(max = 1_000_000))]
    pub create_multipart_upload: u32,
    /// Weight of `UploadPart`, of `part-size` each.
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(range(max = 1_000_000))]
    pub upload_part: u32,
    /// Weight of `UploadPartCopy`; its source is encrypted as `bucket.copy-source` says.
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(range(max = 1_000_000))]
    pub upload_part_copy: u32,
    /// Weight of `CompleteMultipartUpload`.
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(range(max = 1_000_000))]
    pub complete_multipart_upload: u32,
    /// Weight of `AbortMultipartUpload`.
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(range(max = 1_000_000))]
    pub abort_multipart_upload: u32,
    /// Weight of objects that S3 replicates into this bucket, from one encrypted as
    /// `bucket.copy-source` says; S3 does it, but its KMS calls count on the account's quota.
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(range(max = 1_000_000))]
    pub replicate: u32,
    /// Weight of `GenerateDataKey`, called by the program itself: S3 is not asked.
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(range(max = 1_000_000))]
    pub generate_data_key: u32,
    /// Weight of KMS's `Decrypt`, called by the program itself.
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(range(max = 1_000_000))]
    pub decrypt: u32,
    /// Weight of KMS's `Encrypt`, called by the program itself.
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(range(max = 1_000_000))]
    pub encrypt: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(weight: &u32) -> bool {
    *weight == 0
}

impl Operations {
    /// Whether no operation has a weight.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.weights().iter().all(|&(_, weight)| weight == 0)
    }

    /// The weight of each operation.
    #[must_use]
    pub fn weights(&self) -> [(Operation, u32); 16] {
        [
            (Operation::Get, self.get),
            (Operation::Put, self.put),
            (Operation::RangedGet, self.ranged_get),
            (Operation::Head, self.head),
            (Operation::Delete, self.delete),
            (Operation::List, self.list),
            (Operation::Copy, self.copy),
            (
                Operation::CreateMultipartUpload,
                self.create_multipart_upload,
            ),
            (Operation::UploadPart, self.upload_part),
            (Operation::UploadPartCopy, self.upload_part_copy),
            (
                Operation::CompleteMultipartUpload,
                self.complete_multipart_upload,
            ),
            (Operation::AbortMultipartUpload, self.abort_multipart_upload),
            (Operation::Replicate, self.replicate),
            (Operation::GenerateDataKey, self.generate_data_key),
            (Operation::Decrypt, self.decrypt),
            (Operation::Encrypt, self.encrypt),
        ]
    }

    /// The weight of one operation.
    #[must_use]
    pub fn weight(&self, operation: Operation) -> u32 {
        self.weights()[operation as usize].1
    }
}

/// How the keys of the requests spread over `bucket.prefixes`.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keys {
    /// Evenly.
    #[default]
    Uniform,
    /// By Zipf's law with this exponent, 0..=4: the r-th most popular prefix gets a share in
    /// proportion to 1 / r^exponent. `keys.zipf = 1.1`.
    Zipf(#[schemars(range(min = 0.0, max = 4.0))] f64),
    /// The date or the hour stands first in the key: each period has a prefix of its own, to which
    /// nearly all of its requests go. `keys.dated = { period = "1 h", share = 0.95 }`.
    Dated(DatedKeys),
    /// A share of the prefixes is hot and gets a share of the requests, both sets evenly:
    /// `keys.hot = { prefixes = 0.1, requests = 0.9 }`.
    Hot(HotKeys),
}

/// How much each of several asks.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Popularity {
    /// All alike.
    #[default]
    Uniform,
    /// By Zipf's law with this exponent, 0..=4: the r-th busiest gets a share in proportion to
    /// 1 / r^exponent. `requester-popularity.zipf = 1.1`.
    Zipf(#[schemars(range(min = 0.0, max = 4.0))] f64),
}

/// A hot set of prefixes.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct HotKeys {
    /// Share of `bucket.prefixes` that are hot, rounded; at least one prefix is.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub prefixes: f64,
    /// Share of the requests that go to them.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub requests: f64,
}

/// Keys that begin with the date or the hour.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct DatedKeys {
    /// Time after which requests move on to the next prefix, by the clock in UTC. After the last
    /// prefix of the bucket comes the first again.
    pub period: Duration,
    /// Share of requests that go to the period's own prefix; the others spread evenly over all.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub share: f64,
}

impl Default for DatedKeys {
    fn default() -> Self {
        Self {
            period: Duration(Span::from_secs(86_400)),
            share: 0.95,
        }
    }
}
