use crate::{ClassCounts, Int, Sum};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What one replication counted.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Replication {
    /// Its number, from 0; the random streams depend on it.
    pub index: u32,
    /// Simulated time that its statistics cover \[ns\]; shorter than the window's if it was cut.
    pub measured_ns: Int,
    /// Counts of each class, in the order of [`Variant::classes`](crate::Variant::classes).
    pub classes: Vec<ClassCounts>,
    /// Counts at KMS, in the account of the bucket.
    pub kms: KmsCounts,
    /// Counts at KMS in further accounts, in the order of
    /// [`Setup::other_accounts`](crate::Setup::other_accounts); none in older records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_accounts: Vec<KmsCounts>,
    /// Requests to S3, and those that are billed.
    pub s3: S3Counts,
    /// Cores at work on client-side encryption and the clients' overhead; absent without both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_cores: Option<ClientCores>,
    /// When the last worker with a number of `calls` to make had made them, and all jobs were done,
    /// from t = 0 \[ns\]; absent without either, and if they did not end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion_ns: Option<Int>,
    /// Keys of client-side encryption; absent where clients keep none from one request to the next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_keys: Option<ClientKeys>,
    /// Connections of the clients; absent where nothing but their round trips counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_connections: Option<ClientConnections>,
    /// What became of each fleet that is a job; absent without any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub jobs: Vec<JobRun>,
    /// Requests in the system, counted in two independent ways.
    pub occupancy: Occupancy,
}

/// What became of a job in one replication.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct JobRun {
    /// Name of its fleet.
    pub fleet: String,
    /// When the last task of each stage had ended, from t = 0 \[ns\]; only of stages that ended.
    pub stages_ns: Vec<Int>,
    /// Stages that it has.
    pub stages: Int,
    /// How often a task failed, whether it was tried again or not.
    pub task_failures: Int,
    /// When a task failed for the last time that it may, which ended the job, from t = 0 \[ns\].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_ns: Option<Int>,
}

/// Calls of KMS in the measured window of one replication, by the instant of the call.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct KmsCounts {
    /// `GenerateDataKey` calls, refused ones included.
    pub generate_data_key: Int,
    /// `Decrypt` calls, refused ones included.
    pub decrypt: Int,
    /// `Encrypt` calls, refused ones included. 0 in older records.
    #[serde(default)]
    pub encrypt: Int,
    /// Of all three: made to try something again. Absent in older records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retries: Option<KmsRetries>,
    /// Of all three: refused for a quota.
    pub refused: Int,
    /// Of those refused: by a custom key store, for its own quota. Absent without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_key_store: Option<Int>,
    /// Of all three: failed, though no quota refused them, by faults and time-outs. Absent where
    /// none can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<Int>,
    /// Calls of the account's other load, refused ones included.
    pub other: Int,
    /// Most calls in one whole second of the window, other load and refused ones included.
    pub peak_second: Int,
    /// Most calls in one whole second made for first attempts, other load included: the demand.
    pub peak_second_first: Int,
    /// Most calls in one clock minute, other load included: a point of `CloudWatch`'s `CallCount`.
    pub peak_minute: Int,
    /// Seconds of the measured window that lie in that minute, at most 60.
    pub peak_minute_seconds: Int,
    /// Whole seconds of the window in which at least one call was refused.
    pub refusing_seconds: Int,
}

/// Calls of KMS that were made to try something again, by API.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct KmsRetries {
    /// Of `GenerateDataKey`.
    pub generate_data_key: Int,
    /// Of `Decrypt`.
    pub decrypt: Int,
    /// Of `Encrypt`.
    pub encrypt: Int,
}

/// Requests to S3 in the measured window of one replication, by the instant of the answer. Billed
/// are those that succeed and those refused with 403. S3 does not bill 5xx and the 400s here;
/// DELETE and `AbortMultipartUpload` are free.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct S3Counts {
    /// Requests billed as GET: GET and HEAD.
    pub get_billed: Int,
    /// Requests billed as PUT: PUT, COPY, LIST, those of multipart uploads, replication.
    pub put_billed: Int,
    /// All that were answered, billed or not: a `CloudTrail` data event each. 0 in older records.
    #[serde(default)]
    pub answered: Int,
    /// Bytes of objects that requests read which ended well. 0 in older records.
    #[serde(default)]
    pub read_bytes: Int,
}

/// The clients' cores in the measured window of one replication.
///
/// `work-ns`, `bytes` and the guesses count by the instant at which a core is asked for.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ClientCores {
    /// Cores of all instances.
    pub cores: Int,
    /// Time within the window in which cores were busy, summed over cores \[ns\].
    pub busy_ns: Sum,
    /// Core time that encrypting and decrypting takes, without other work \[ns\].
    pub work_ns: Sum,
    /// Bytes encrypted or decrypted in that time.
    pub bytes: Sum,
    /// Objects whose size the calibration did not measure: their core time is a guess.
    pub guessed: Int,
    /// Their part of `work-ns` \[ns\].
    pub guessed_ns: Sum,
    /// Smallest of their sizes \[bytes\]; 0 without any.
    pub guessed_bytes_min: Int,
    /// Largest of their sizes \[bytes\]; 0 without any.
    pub guessed_bytes_max: Int,
}

impl KmsCounts {
    /// All calls of the simulated fleets, refused ones included.
    #[must_use]
    pub fn calls(&self) -> Int {
        self.generate_data_key + self.decrypt + self.encrypt
    }
}

impl ClientCores {
    /// Adds what another part of the same run, or another replication, counted.
    pub fn add(&mut self, other: &Self) {
        let none = self.guessed.0 == 0;
        if other.guessed.0 > 0 {
            let least = self.guessed_bytes_min.0.min(other.guessed_bytes_min.0);
            self.guessed_bytes_min = if none {
                other.guessed_bytes_min
            } else {
                Int(least)
            };
            let most = self.guessed_bytes_max.0.max(other.guessed_bytes_max.0);
            self.guessed_bytes_max = Int(most);
        }
        self.cores += other.cores;
        self.busy_ns += other.busy_ns;
        self.work_ns += other.work_ns;
        self.bytes += other.bytes;
        self.guessed += other.guessed;
        self.guessed_ns += other.guessed_ns;
    }
}

/// Keys that requests needed for client-side encryption in the measured window of one replication,
/// where clients keep some: by the instant at which a key is needed, or had.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ClientKeys {
    /// Keys needed: one for each object written, upload begun, object or range read.
    pub wanted: Int,
    /// Of those: had by the client, which called nobody for them.
    pub cached: Int,
    /// Of those needed: waited for, because another request had asked for the same one.
    pub waited: Int,
}

impl ClientKeys {
    /// Adds what another part of the same run, or another replication, counted.
    pub fn add(&mut self, other: &Self) {
        self.wanted += other.wanted;
        self.cached += other.cached;
        self.waited += other.waited;
    }
}

/// Connections to S3, and to KMS where it is asked over connections, in the measured window of one
/// replication.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ClientConnections {
    /// Set up, by the instant at which they are.
    pub opened: Int,
    /// Handshakes of TLS with certificates that cores were asked for, by that instant.
    pub full_handshakes: Int,
    /// The same with the session of an earlier connection.
    pub resumed_handshakes: Int,
    /// Core time of both \[ns\].
    pub handshake_ns: Sum,
    /// Attempts whose connection was not set up in time.
    pub connect_timeouts: Int,
    /// Attempts that were not answered in time.
    pub read_timeouts: Int,
}

impl ClientConnections {
    /// Adds what another part of the same run, or another replication, counted.
    pub fn add(&mut self, other: &Self) {
        self.opened += other.opened;
        self.full_handshakes += other.full_handshakes;
        self.resumed_handshakes += other.resumed_handshakes;
        self.handshake_ns += other.handshake_ns;
        self.connect_timeouts += other.connect_timeouts;
        self.read_timeouts += other.read_timeouts;
    }
}

/// Little's law, both sides, clipped to the measured window \[ns of requests\].
///
/// Decimal strings: the sums may exceed 64 bits.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Occupancy {
    /// Time integral of the number of requests in the system.
    pub integral_ns: String,
    /// Sum over requests of the time that each spent in the system.
    pub sojourn_ns: String,
}
