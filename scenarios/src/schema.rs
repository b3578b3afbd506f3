//! What a scenario file says: plain types, one per table, from which the JSON Schema is generated.
//!
//! Keys are kebab-case, unknown keys are refused, choices are externally tagged
//! (`arrivals.poisson = { rate = "4/s" }`), and every quantity is a string with its unit.
mod arrivals;
mod bucket;
mod client_encryption;
mod clients;
mod cost;
mod fleet;
mod job;
mod kms;
mod latency;
mod load_factor;
mod network;
mod request;
mod retry;
mod run;
mod s3;
mod size;

pub use arrivals::{
    ColdStart, Cron, Daily, DailyPoint, Deterministic, LoadProfile, Mmpp, MmppState, OnOff,
    OnOffTimes, Shape, Spacing, Weekly, WeeklyPoint,
};
pub use bucket::{
    BlockedEncryptionType, Bucket, BucketKeyCache, CopySource, Encryption, StorageClass,
};
pub use client_encryption::{
    CacheMisses, CacheScope, ClientEncryption, DataKeyCache, EncryptionSdk, Engine, EngineScope,
    HierarchicalKeyring, Iceberg,
};
pub use clients::{ClientPer, Clients, Scheme, TlsVersion};
pub use cost::{CloudTrail, Cost, KmsEvents};
pub use fleet::{
    Arrivals, Closed, DatedKeys, Fleet, HotKeys, Keys, Operations, Phase, Poisson, Popularity,
    Profile, ProfilePoint, TransferManager,
};
pub use job::{Job, ReadOperation, Stage, Stragglers, WriteOperation};
pub use kms::{
    Fault, FaultError, KeyStore, Kms, KmsKey, KmsKeyState, Limiter, QuotaChange, RefusedCalls,
    Tick, TokenBucket, WindowPhase,
};
pub use latency::{Latency, LognormalLatency, QuantilePoint};
pub use network::{
    Certificate, ConnectionPool, Connections, Handshakes, KeyExchange, Network, NetworkBurst,
    TimeOuts, WhenEmpty,
};
pub use request::{CustomerKey, EncryptionHeader, FleetRequest, KmsPermission, Signature};
pub use retry::{CustomRetry, Jitter, Outer, Retry, RuleSet, Sdk, SdkRetry};
pub use run::{Account, OtherAccount, Run};
pub use s3::{ByHeat, LatencyFactor, LognormalFactor, S3, Splitting};
pub use size::{LognormalSize, MixturePart, ObjectSize, ParetoSize, PartSize, SizePoint};

use keystorm_models::workload::Operation;
use keystorm_record::Mode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A scenario: one system, one load, one question.
///
/// `[[variants]]` is not part of it: loading a file merges each variant over the rest and gives
/// one `Scenario` per variant.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Scenario {
    /// Version of the scenario format: 1.
    #[schemars(extend("const" = 1))]
    pub schema: u32,
    /// Title of the report, such as `Nightly job, eu-west-3`.
    #[schemars(length(min = 1, max = 200), extend("examples" = ["Nightly job, eu-west-3"]))]
    pub name: String,
    /// Seed of every random stream. The same seed gives the same record, byte for byte.
    #[serde(default = "defaults::seed")]
    pub seed: u64,
    /// How many times the load of all fleets: rates of open arrivals, instances of cold starts,
    /// workers of closed fleets, tasks of jobs. The accounts' other load stays. For growth and for
    /// `keystorm plan`; 1 is the load as the fleets have it.
    #[serde(default = "defaults::load_factor", skip_serializing_if = "is_one")]
    #[schemars(range(min = 0.001, max = 1_000.0), extend("examples" = [1.5]))]
    pub load_factor: f64,
    /// What is simulated, for how long, how often.
    pub run: Run,
    /// The AWS account and Region.
    pub account: Account,
    /// Further accounts in the Region, by name. KMS counts a call on the quota of the account that
    /// makes it, or for whose request S3 makes it, whoever owns the key. A fleet belongs to one by
    /// `account = "NAME"`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend(
        "maxProperties" = 100,
        "propertyNames" = { "minLength": 1, "maxLength": 60 }
    ))]
    pub other_accounts: BTreeMap<String, OtherAccount>,
    /// KMS: the quota, what else uses it, how fast it answers.
    #[serde(default)]
    pub kms: Kms,
    /// S3: how fast it answers and how much it admits per prefix.
    #[serde(default)]
    pub s3: S3,
    /// The bucket and its encryption.
    pub bucket: Bucket,
    /// Settings of all clients: HTTP or HTTPS, client-side encryption, retries, connections.
    #[serde(default)]
    pub clients: Clients,
    /// The programs that use the bucket, by name. Each is one requester (one role) for S3,
    /// unless its `requesters` says more.
    #[schemars(extend(
        "minProperties" = 1,
        "maxProperties" = 1_000,
        "propertyNames" = { "minLength": 1, "maxLength": 60 }
    ))]
    pub fleets: BTreeMap<String, Fleet>,
    /// What is paid for beside requests and keys: storage, transfer, `CloudTrail`.
    #[serde(default)]
    pub cost: Cost,
    /// Conditions that turn the scenario into a test, such as
    /// `"get.latency.p99" = "< 200 ms"` or `"kms.throttled-share" = "0.10..0.60"`.
    #[serde(default)]
    pub expect: BTreeMap<String, String>,
}

impl Scenario {
    /// Encryption of the objects that a fleet writes and reads: a header's, else the bucket's.
    #[must_use]
    pub fn encryption_of(&self, fleet: &Fleet) -> Encryption {
        match fleet.request.encryption_header {
            // Nothing but a header asks for SSE-C.
            Some(EncryptionHeader::None) if self.bucket.encryption == Encryption::SseC => {
                Encryption::SseS3
            }
            None | Some(EncryptionHeader::None) => self.bucket.encryption,
            Some(EncryptionHeader::SseS3) => Encryption::SseS3,
            Some(EncryptionHeader::SseKms) => Encryption::SseKms,
            Some(EncryptionHeader::DsseKms) => Encryption::DsseKms,
            Some(EncryptionHeader::SseC) => Encryption::SseC,
        }
    }

    /// Whether a fleet's objects are encrypted so.
    #[must_use]
    pub fn uses(&self, encryption: Encryption) -> bool {
        let mut fleets = self.fleets.values();
        fleets.any(|fleet| self.encryption_of(fleet) == encryption)
    }

    /// How objects are encrypted, as a reader tells modes apart: client-side encryption first, then
    /// what all fleets ask for, else what the bucket does.
    #[must_use]
    pub fn mode(&self) -> Mode {
        let mut asked = self.fleets.values().map(|fleet| self.encryption_of(fleet));
        let first = asked.next().filter(|first| asked.all(|it| it == *first));
        if self.clients.encryption != ClientEncryption::None {
            return Mode::ClientSide;
        }
        match (
            first.unwrap_or(self.bucket.encryption),
            self.bucket.bucket_key,
        ) {
            (Encryption::None, _) => Mode::Unencrypted,
            (Encryption::SseS3, _) => Mode::SseS3,
            (Encryption::SseC, _) => Mode::SseC,
            (Encryption::DsseKms, _) => Mode::DsseKms,
            (Encryption::SseKms, false) => Mode::SseKms,
            (Encryption::SseKms, true) => Mode::SseKmsBucketKey,
        }
    }

    /// Whether any request of the fleets can ever call KMS.
    #[must_use]
    pub fn calls_kms(&self) -> bool {
        self.s3_calls_kms() || self.clients.encryption.calls_kms() || self.programs_call_kms()
    }

    /// Whether any fleet calls KMS by itself, as an operation.
    #[must_use]
    pub fn programs_call_kms(&self) -> bool {
        let calls = |fleet: &Fleet| {
            let mut all = Operation::ALL.into_iter();
            all.any(|operation| operation.kms_call().is_some() && fleet.asks_for(operation))
        };
        self.fleets.values().any(calls)
    }

    /// Whether S3 can ever call KMS for a request.
    #[must_use]
    pub fn s3_calls_kms(&self) -> bool {
        let under_kms = |it: Encryption| matches!(it, Encryption::SseKms | Encryption::DsseKms);
        let copies = [
            Operation::Copy,
            Operation::UploadPartCopy,
            Operation::Replicate,
        ];
        let reads_copies = |fleet: &Fleet| copies.iter().any(|&it| fleet.asks_for(it));
        let source = self.bucket.copy_source.as_ref();
        self.uses(Encryption::SseKms)
            || self.uses(Encryption::DsseKms)
            || (source.is_some_and(|it| under_kms(it.encryption))
                && self.fleets.values().any(reads_copies))
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
#[expect(clippy::float_cmp, reason = "the default itself, not a result")]
fn is_one(factor: &f64) -> bool {
    *factor == 1.0
}

mod defaults {
    pub(super) fn seed() -> u64 {
        1
    }

    pub(super) fn load_factor() -> f64 {
        1.0
    }
}
