use crate::{Histogram, Int, LatencyBand, Operation, Sum};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Requests of one fleet and operation, pooled over a variant's replications.
///
/// Only requests whose intended start lies in the measured window are in it.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Class {
    /// Name of the fleet.
    pub fleet: String,
    /// Operation.
    pub operation: Operation,
    /// Latency of requests that ended `ok`, from the intended start, back-off included.
    pub latency: Histogram,
    /// Where the time of those requests went, summed.
    pub time: TimeParts,
    /// The same time by latency, from fast to slow; none in older records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bands: Vec<LatencyBand>,
}

impl Class {
    /// Adds another pooling of the same class; exact, in any order.
    ///
    /// # Panics
    /// If the other is of another fleet or operation.
    pub fn add(&mut self, other: &Self) {
        assert_eq!(self.fleet, other.fleet, "classes of one fleet");
        assert_eq!(self.operation, other.operation, "classes of one operation");
        self.latency.add(&other.latency);
        self.time.add(&other.time);
        LatencyBand::add_all(&mut self.bands, &other.bands);
    }
}

/// Time of requests that ended `ok`, summed by what it was spent on \[ns\].
///
/// The parts of one request add up to its latency exactly.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct TimeParts {
    /// Waiting for a free place in the instance (`concurrency`).
    pub wait_ns: Sum,
    /// Setting up new connections: TCP and, over HTTPS, TLS.
    pub connect_ns: Sum,
    /// Building, signing and parsing in the client (`clients.overhead`), waiting for a core
    /// included. 0 in older records.
    #[serde(default)]
    pub overhead_ns: Sum,
    /// Encrypting or decrypting in the client, waiting for a core included.
    pub client_crypto_ns: Sum,
    /// KMS calls, those of S3 on the request's behalf and those of the client.
    pub kms_ns: Sum,
    /// First byte of S3, without KMS.
    pub first_byte_ns: Sum,
    /// Transfer of the object.
    pub transfer_ns: Sum,
    /// Attempts that were refused or failed, from their start to the error's arrival.
    pub refused_ns: Sum,
    /// Back-off between attempts, and waiting for the SDK's client rate limiter before one.
    pub back_off_ns: Sum,
}

impl TimeParts {
    /// The parts with their names, in the order of a request's life.
    #[must_use]
    pub fn named(&self) -> [(&'static str, Sum); 9] {
        [
            ("Wait", self.wait_ns),
            ("Connect", self.connect_ns),
            ("Overhead", self.overhead_ns),
            ("Client crypto", self.client_crypto_ns),
            ("KMS", self.kms_ns),
            ("First byte", self.first_byte_ns),
            ("Transfer", self.transfer_ns),
            ("Refused attempts", self.refused_ns),
            ("Back-off", self.back_off_ns),
        ]
    }

    /// Adds the parts of another sum.
    pub fn add(&mut self, other: &Self) {
        self.wait_ns += other.wait_ns;
        self.connect_ns += other.connect_ns;
        self.overhead_ns += other.overhead_ns;
        self.client_crypto_ns += other.client_crypto_ns;
        self.kms_ns += other.kms_ns;
        self.first_byte_ns += other.first_byte_ns;
        self.transfer_ns += other.transfer_ns;
        self.refused_ns += other.refused_ns;
        self.back_off_ns += other.back_off_ns;
    }

    /// Sum of all parts: the summed latency of the requests.
    #[must_use]
    pub fn total_ns(&self) -> Sum {
        self.named().into_iter().map(|(_, part)| part).sum()
    }
}

/// What became of the requests of one fleet and operation in one replication.
///
/// Every request ends in exactly one outcome: `requests` is the sum of the six outcomes.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ClassCounts {
    /// Requests whose intended start lies in the measured window.
    pub requests: Int,
    /// Ended well.
    pub ok: Int,
    /// Given up after throttles (`SlowDown`, `ThrottlingException`).
    pub throttled: Int,
    /// Refused by a policy, a blocked encryption type or a missing key permission (403).
    pub denied: Int,
    /// Malformed for its mode, such as SSE-C over HTTP (400).
    pub rejected: Int,
    /// Given up after faults or time-outs.
    pub failed: Int,
    /// Still under way at the end of the run.
    pub unfinished: Int,
    /// Of `ok`: those that needed more than one attempt of some call.
    pub ok_after_retry: Int,
    /// Requests that tried some call again, whatever their outcome.
    pub retried: Int,
    /// Attempts on the wire, to S3 and (client-side encryption) to KMS.
    pub attempts: Int,
    /// Of `attempts`: refused because of the KMS quota, directly or through S3.
    pub attempts_throttled_kms: Int,
    /// Of `attempts`: refused because of the request rate of an S3 prefix.
    pub attempts_throttled_s3: Int,
    /// Requests that ended well in the measured window, whenever they began: the throughput.
    pub completed: Int,
    /// Bytes of the objects of those.
    pub bytes_completed: Int,
}

impl ClassCounts {
    /// Sum of the six outcomes.
    #[must_use]
    pub fn outcomes(&self) -> Int {
        self.ok + self.throttled + self.denied + self.rejected + self.failed + self.unfinished
    }

    /// Adds the counts of another class or replication.
    pub fn add(&mut self, other: &Self) {
        self.requests += other.requests;
        self.ok += other.ok;
        self.throttled += other.throttled;
        self.denied += other.denied;
        self.rejected += other.rejected;
        self.failed += other.failed;
        self.unfinished += other.unfinished;
        self.ok_after_retry += other.ok_after_retry;
        self.retried += other.retried;
        self.attempts += other.attempts;
        self.attempts_throttled_kms += other.attempts_throttled_kms;
        self.attempts_throttled_s3 += other.attempts_throttled_s3;
        self.completed += other.completed;
        self.bytes_completed += other.bytes_completed;
    }
}
