use crate::units::{ByteSize, Duration};
use keystorm_models::client::data_keys::{CacheRules, Scheme};
use keystorm_sim::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Client-side encryption.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientEncryption {
    /// The client sends and receives objects as they are.
    None,
    /// Amazon S3 Encryption Client 4 with a KMS keyring: one `GenerateDataKey` per PUT and
    /// multipart upload, one `Decrypt` per GET, called by the client itself and charged to the same
    /// quota.
    S3EncryptionClient,
    /// Amazon S3 Encryption Client 3: the same calls of KMS, but its format, V2, has no key
    /// commitment, so that nothing is derived from the data key.
    #[serde(rename = "s3-encryption-client-3")]
    S3EncryptionClient3,
    /// A wrapping key of the client's own, AES-256, such as the S3 Encryption Client's AES keyring:
    /// no call of KMS.
    RawAes,
    /// AWS Encryption SDK with a KMS keyring: one `GenerateDataKey` per object written, one
    /// `Decrypt` per object read, unless its `cache` has the key: `encryption-sdk = {}`.
    EncryptionSdk(EncryptionSdk),
    /// AWS Encryption SDK with a hierarchical keyring: data keys are wrapped by branch keys, which
    /// the client fetches from a table of `DynamoDB`, has decrypted by KMS and keeps:
    /// `hierarchical-keyring = { max-age = "15 min" }`.
    HierarchicalKeyring(HierarchicalKeyring),
    /// A query engine that gives each file keys of its own, as with Parquet's modular encryption:
    /// `engine = { wraps = 2 }`.
    Engine(Engine),
    /// An engine with Iceberg's table encryption: keys of files lie in manifests, and only a
    /// table's key encryption key is a call of KMS: `iceberg = { tables = 40 }`.
    Iceberg(Iceberg),
}

impl ClientEncryption {
    /// The way of doing it; `None` without any.
    pub(crate) fn scheme(&self) -> Option<Scheme> {
        match self {
            Self::None => None,
            Self::S3EncryptionClient => Some(Scheme::S3EncryptionClientV4),
            Self::S3EncryptionClient3 => Some(Scheme::S3EncryptionClientV3),
            Self::RawAes => Some(Scheme::RawAes),
            Self::EncryptionSdk(_) => Some(Scheme::EncryptionSdk),
            Self::HierarchicalKeyring(_) => Some(Scheme::HierarchicalKeyring),
            Self::Engine(Engine { wraps: 1, .. }) => Some(Scheme::ParquetSingle),
            Self::Engine(_) => Some(Scheme::ParquetDouble),
            Self::Iceberg(_) => Some(Scheme::Iceberg),
        }
    }

    /// Its key in a scenario.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::S3EncryptionClient => "s3-encryption-client",
            Self::S3EncryptionClient3 => "s3-encryption-client-3",
            Self::RawAes => "raw-aes",
            Self::EncryptionSdk(_) => "encryption-sdk",
            Self::HierarchicalKeyring(_) => "hierarchical-keyring",
            Self::Engine(_) => "engine",
            Self::Iceberg(_) => "iceberg",
        }
    }

    /// Whether a client can ever call KMS for it.
    pub(crate) fn calls_kms(&self) -> bool {
        let handling = self.scheme().map(|it| it.handling().value);
        handling.is_some_and(|it| it.seal.is_some() || it.open.is_some())
    }
}

/// How a scheme keeps keys where a program says nothing.
fn kept_by(scheme: Scheme) -> CacheRules {
    let cache = scheme.default_cache();
    cache.expect("it is one of those that keep keys").value
}

/// AWS Encryption SDK with a KMS keyring.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct EncryptionSdk {
    /// A cache of data keys (caching cryptographic materials manager). Left out: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache: Option<DataKeyCache>,
}

/// A cache of data keys, with the limits that the AWS Encryption SDK puts on it.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DataKeyCache {
    /// Entries of one cache; the one used longest ago goes first. 0 is no cache.
    #[schemars(range(max = 1_000_000), extend("examples" = [100]))]
    pub capacity: u32,
    /// Age up to which a data key serves. Zero is no cache.
    #[schemars(extend("examples" = ["60 s"]))]
    pub max_age: Duration,
    /// Objects that one data key encrypts at most, the one that it was made for included.
    #[serde(default = "max_messages")]
    #[schemars(range(min = 1, max = 4_294_967_296_u64))]
    pub max_messages: u64,
    /// Bytes that one data key encrypts at most. An object of that size or more gets its own.
    #[serde(default = "max_bytes")]
    pub max_bytes: ByteSize,
    /// Encryption contexts of the objects that are written, evenly used: each has data keys of its
    /// own, such as one for every tenant.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 10_000_000))]
    pub contexts: u32,
    /// Data keys under which the objects that are read were written, evenly used. Needed where
    /// objects are read; without a cache in what wrote them, each object has its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1_000_000_000))]
    pub keys_read: Option<u32>,
    /// How long a cache lives, and for whom.
    #[serde(default)]
    pub scope: CacheScope,
    /// What requests do that miss the same key at the same time.
    #[serde(default)]
    pub misses: CacheMisses,
}

fn max_messages() -> u64 {
    CacheRules::MAX_MESSAGES
}

fn max_bytes() -> ByteSize {
    ByteSize(CacheRules::MAX_BYTES)
}

fn one() -> u32 {
    1
}

/// How long a cache in a client lives, and for whom.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CacheScope {
    /// As long as its instance, for all its requests.
    #[default]
    Process,
    /// As long as one of the workers of an instance, for its requests alone: a cache for each
    /// thread or task. Only with `clients.client-per = "worker"`.
    Worker,
    /// For one request: a function that makes its cache anew in each invocation.
    Invocation,
}

/// What requests do that miss the same key in a cache at the same time.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CacheMisses {
    /// Each calls KMS for itself and stores what it gets: N requests at once make N calls.
    #[default]
    Separate,
    /// One calls, the others wait for it, for at most a second.
    Shared,
}

/// AWS Encryption SDK with a hierarchical keyring.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct HierarchicalKeyring {
    /// Age up to which a branch key serves (its cache limit). Zero is no cache.
    pub max_age: Duration,
    /// Entries of one cache. 0 is no cache.
    #[schemars(range(max = 1_000_000))]
    pub capacity: u32,
    /// Branch keys, evenly used: one for every tenant, for example. All have one version.
    #[schemars(range(min = 1, max = 10_000_000))]
    pub branch_keys: u32,
    /// Time of the read of `DynamoDB` before each call of KMS. Assumed.
    pub key_store_latency: Duration,
    /// How long a cache lives, and for whom.
    pub scope: CacheScope,
    /// What requests do that miss the same key at the same time. With `shared`, which is the
    /// default of the library, a key is also fetched anew 10 s before it expires.
    pub misses: CacheMisses,
}

impl Default for HierarchicalKeyring {
    fn default() -> Self {
        let rules = kept_by(Scheme::HierarchicalKeyring);
        Self {
            max_age: Duration(rules.max_age),
            capacity: rules.capacity,
            branch_keys: 1,
            key_store_latency: Duration(Span::from_millis(5)),
            scope: CacheScope::Process,
            misses: CacheMisses::Shared,
        }
    }
}

/// Keys of a query engine's files.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Engine {
    /// Keys between a file's bytes and KMS. 1: KMS wraps each data key. 2: a key encryption key
    /// wraps it, and KMS wraps that one.
    #[schemars(range(min = 1, max = 2))]
    pub wraps: u32,
    /// Data keys of a file: of its footer and of each encrypted column. With one wrap, each costs a
    /// call of KMS, one after another, whenever the file or a split of it is opened.
    #[schemars(range(min = 1, max = 1_000))]
    pub keys_per_file: u32,
    /// Where key encryption keys are kept.
    pub scope: EngineScope,
    /// Time after which a process or worker forgets its key encryption keys, all together. Zero: it
    /// keeps none.
    pub lifetime: Duration,
    /// Master keys in KMS with which files are written, evenly used; each has key encryption keys
    /// of its own.
    #[schemars(range(min = 1, max = 10_000_000))]
    pub master_keys: u32,
    /// Key encryption keys under which the files that are read were written, evenly used. Needed
    /// with two wraps where files are read: about one for each process and lifetime that wrote
    /// them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1_000_000_000))]
    pub keys_read: Option<u32>,
}

impl Default for Engine {
    fn default() -> Self {
        Self {
            wraps: 2,
            keys_per_file: 1,
            scope: EngineScope::Process,
            lifetime: Duration(kept_by(Scheme::ParquetDouble).max_age),
            master_keys: 1,
            keys_read: None,
        }
    }
}

/// Iceberg's table encryption.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Iceberg {
    /// Tables, evenly used, each with a key encryption key of its own, which was made earlier: a
    /// process that lacks it has KMS decrypt it, once for reading and once for writing.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub tables: u32,
    /// How long a loaded table lives, and for whom: with `invocation` each request loads its table
    /// anew, and with it asks KMS.
    pub scope: CacheScope,
    /// Time after which a loaded table forgets a key encryption key.
    pub lifetime: Duration,
}

impl Default for Iceberg {
    fn default() -> Self {
        Self {
            tables: 1,
            scope: CacheScope::Process,
            lifetime: Duration(kept_by(Scheme::Iceberg).max_age),
        }
    }
}

/// Where an engine keeps key encryption keys.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EngineScope {
    /// With the open file, or the split of it: each opening asks KMS.
    File,
    /// With a worker, a task that opens files one after another. Only with
    /// `clients.client-per = "worker"`.
    Worker,
    /// In the process, for all its files and tasks.
    #[default]
    Process,
}
