use crate::units::Duration;
use keystorm_sim::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The bucket and its encryption.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Bucket {
    /// How objects are encrypted on the server. SSE-C is asked for by every request; the others
    /// are the bucket's default.
    #[schemars(extend("examples" = ["sse-kms"]))]
    pub encryption: Encryption,
    /// Storage class of the objects: it decides how fast S3 answers and how much it admits.
    #[serde(default)]
    pub storage_class: StorageClass,
    /// Whether a Bucket Key stands between S3 and KMS; only with `sse-kms`.
    #[serde(default)]
    pub bucket_key: bool,
    /// KMS calls of S3 per PUT and per GET under `dsse-kms`. AWS says at least one and gives no
    /// number: assumed.
    #[serde(default = "dsse_kms_calls")]
    #[schemars(range(min = 1, max = 8))]
    pub dsse_kms_calls: u32,
    /// How long and how often S3 keeps a Bucket Key. AWS publishes neither: assumed.
    #[serde(default)]
    pub bucket_key_cache: BucketKeyCache,
    /// Share of reads under a Bucket Key, 0..=1, whose object was written before Bucket Keys were
    /// on: it has none, so each such read calls KMS.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub old_objects: f64,
    /// Encryption that the bucket refuses for new objects. Since April 2026 new buckets block
    /// SSE-C, which is the default here; `[]` blocks nothing.
    #[serde(default = "blocked")]
    pub blocked_encryption_types: Vec<BlockedEncryptionType>,
    /// How the objects are encrypted that `copy` and `upload-part-copy` read. Left out: as the
    /// bucket's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copy_source: Option<CopySource>,
    /// Whether S3 asks KMS when it completes a multipart upload under a KMS key. It reads the
    /// encrypted parts then; AWS does not say whether that is a call each time: assumed.
    #[serde(default = "yes")]
    pub complete_upload_decrypts: bool,
    /// Name of the bucket, for policies that say it.
    #[serde(default = "name")]
    #[schemars(length(min = 3, max = 63))]
    pub name: String,
    /// Bucket policy: its JSON. Every request must pass it before the bucket's default encryption
    /// is looked at. Left out: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// File with the bucket policy, in place of `policy`: its path relative to the folder of the
    /// scenario. The record holds its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_file: Option<String>,
    /// Prefixes with a request rate of their own, over which `fleets.….keys` spreads the keys. A
    /// directory bucket has one rate, whatever its prefixes.
    #[serde(default = "prefixes")]
    #[schemars(range(min = 1, max = 100_000))]
    pub prefixes: u32,
}

fn yes() -> bool {
    true
}

fn blocked() -> Vec<BlockedEncryptionType> {
    vec![BlockedEncryptionType::SseC]
}

fn dsse_kms_calls() -> u32 {
    keystorm_models::s3::dsse_kms_calls().value
}

fn name() -> String {
    "amzn-s3-demo-bucket".to_owned()
}

fn prefixes() -> u32 {
    1
}

/// Storage class of the objects.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StorageClass {
    /// S3 Standard, in a general purpose bucket.
    #[default]
    Standard,
    /// S3 Express One Zone, in a directory bucket: answers within milliseconds, one request rate
    /// for the whole bucket, only `sse-s3` or `sse-kms` with a Bucket Key and a customer managed
    /// key.
    ExpressOneZone,
}

/// Server-side encryption of the objects.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encryption {
    /// None: only before 2023-01-05, since when S3 encrypts every new object.
    None,
    /// Keys that S3 owns: the default of every bucket, free, never calls KMS.
    SseS3,
    /// A key in KMS: one call per PUT and per GET, unless a Bucket Key answers.
    SseKms,
    /// Two layers of encryption with a key in KMS: every PUT and GET calls KMS, and Bucket Keys
    /// cannot help.
    DsseKms,
    /// A key that each request carries: never calls KMS, HTTPS only.
    SseC,
}

/// Objects that copies read.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CopySource {
    /// How they are encrypted.
    #[schemars(extend("examples" = ["sse-s3"]))]
    pub encryption: Encryption,
    /// Whether they were written under a Bucket Key; only with `sse-kms`.
    #[serde(default)]
    pub bucket_key: bool,
}

/// Encryption that a bucket can refuse (`BlockedEncryptionTypes` of `PutBucketEncryption`).
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BlockedEncryptionType {
    /// Uploads with customer-provided keys get 403 `AccessDenied`; reads still work.
    SseC,
}

/// How S3 keeps Bucket Keys. AWS says "time-limited" and publishes no number: all assumed.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct BucketKeyCache {
    /// Time after which S3 asks KMS again.
    pub lifetime: Duration,
    /// Time that new objects get the same Bucket Key; then S3 asks KMS for a new one. Left out: as
    /// `lifetime`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub write_lifetime: Option<Duration>,
    /// Independent caches inside S3; each asks for itself.
    #[schemars(range(min = 1, max = 10_000))]
    pub caches: u32,
    /// Distinct Bucket Keys under which the objects that are read were written. Objects written
    /// over a long time have many, and each must be decrypted before its first use.
    #[schemars(range(min = 1, max = 10_000))]
    pub keys_read: u32,
}

impl Default for BucketKeyCache {
    fn default() -> Self {
        Self {
            lifetime: Duration(Span::from_secs(300)),
            write_lifetime: None,
            caches: 20,
            keys_read: 50,
        }
    }
}
