use super::{Latency, Profile};
use crate::units::{Duration, Moment, Rate};
use keystorm_models::tables;
use keystorm_sim::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// KMS: the quota, what else uses it, how fast it answers.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Kms {
    /// Quota of symmetric cryptographic requests, per second, for the account in the Region.
    /// Left out: AWS's default for the Region on the day of `run.start`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_quota: Option<Rate>,
    /// Changes of the quota within the run, in the order of time, such as
    /// `quota-changes = [{ at = "2026-11-24T02:00:00Z", quota = "20_000/s" }]`. AWS's own change of
    /// a default is made anyway, if `request-quota` is left out and the run crosses its day.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quota_changes: Vec<QuotaChange>,
    /// How KMS counts calls against the quota.
    pub limiter: Limiter,
    /// When the limiter's intervals or ticks begin. AWS does not publish it: the default is
    /// assumed.
    pub window_phase: WindowPhase,
    /// Whether a refused call counts, too. AWS does not publish it: the default is assumed.
    pub refused_calls: RefusedCalls,
    /// Calls of everything else in the account that shares the quota, evenly spaced.
    pub other_load: Rate,
    /// More calls of everything else, at a rate that changes: whole rates of at most 10M/s, evenly
    /// spaced within each second. They come on top of `other-load`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_load_profile: Option<Profile>,
    /// Where all keys are kept, those of clients that encrypt themselves included. A custom key
    /// store has a quota of its own beside the account's.
    pub key_store: KeyStore,
    /// Requests per second that the custom key store takes. All accounts that use it share them:
    /// take off what others ask for.
    pub key_store_quota: Rate,
    /// Requests of a CloudHSM key store's quota that one `GenerateDataKey` takes. Left out: as AWS
    /// documented it on the day of `run.start`, about 3 in 2020, 1 today.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1_000))]
    pub key_store_data_key_weight: Option<u32>,
    /// Time in which the proxy of an external key store answers KMS, the way there and back
    /// included. KMS waits 250 ms, tries once more, then the call fails. Assumed.
    pub key_store_proxy_latency: Latency,
    /// Faults of KMS, such as
    /// `faults = [{ error = "kms-internal", share = 0.01, from = "10 s", to = "20 s" }]`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
    /// Who manages the key; a customer managed key costs a monthly fee.
    pub key: KmsKey,
    /// State of the key that you created, as S3's requests find it.
    pub key_state: KmsKeyState,
    /// Time of one granted call. AWS publishes nothing: the default is assumed.
    pub latency: Latency,
    /// Time until a call that is refused for the quota is answered. Assumed.
    pub refusal_latency: Duration,
    /// What a refusal's `x-amz-retry-after` asks a client to wait. Left out: it has none; AWS does
    /// not say that KMS sends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<Duration>,
}

impl Default for Kms {
    fn default() -> Self {
        Self {
            request_quota: None,
            quota_changes: Vec::new(),
            limiter: Limiter::FixedWindow,
            window_phase: WindowPhase::Clock,
            refused_calls: RefusedCalls::Free,
            other_load: Rate::default(),
            other_load_profile: None,
            key_store: KeyStore::default(),
            key_store_quota: Rate(tables::key_store_quota().value as f64),
            key_store_data_key_weight: None,
            key_store_proxy_latency: Latency::proxy_assumed(),
            faults: Vec::new(),
            key: KmsKey::default(),
            key_state: KmsKeyState::default(),
            latency: Latency::kms_assumed(),
            refusal_latency: Duration(Span::from_millis(3)),
            retry_after: None,
        }
    }
}

/// One change of the quota.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct QuotaChange {
    /// When: a whole second of the run, by the clock or since t = 0.
    pub at: Moment,
    /// The quota from then on.
    pub quota: Rate,
}

/// How calls are counted against the quota.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Limiter {
    /// As AWS documents it: a counter per one-second interval; when it reaches the quota, all
    /// further calls are refused until the interval ends: `limiter = "fixed-window"`.
    FixedWindow,
    /// Tokens that accrue continuously at the quota's rate:
    /// `limiter.token-bucket = { burst = 10_000 }`.
    TokenBucket(TokenBucket),
    /// Tokens that come in ticks: `limiter.tick = { period = "100 ms" }`.
    Tick(Tick),
}

/// Parameters of a token bucket.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct TokenBucket {
    /// Calls that a full bucket grants at once. Left out: one second's worth. Assumed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1_000_000_000))]
    pub burst: Option<u64>,
}

/// Parameters of a bucket that is refilled in ticks.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Tick {
    /// Time from tick to tick; each must add a whole number of calls.
    pub period: Duration,
    /// Calls that a full bucket grants at once. Left out: one tick's worth. Assumed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1_000_000_000))]
    pub burst: Option<u64>,
}

/// When intervals or ticks begin.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WindowPhase {
    /// At full seconds of the clock.
    Clock,
    /// At a time within the second that is drawn for each replication, uniformly.
    Drawn,
}

/// Whether refused calls count.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefusedCalls {
    /// They do not.
    Free,
    /// Each takes what is left of a token. Only a token bucket has parts of one: in a fixed window
    /// and between ticks nothing is left when a call is refused, so nothing changes.
    Counted,
}

/// Where a key is kept.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyStore {
    /// In KMS itself: only the account's quota counts.
    #[default]
    Kms,
    /// In a CloudHSM cluster of yours.
    CloudHsm,
    /// Outside AWS, behind a proxy of yours.
    External,
}

/// Calls that KMS fails to answer well, by chance.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Fault {
    /// What goes wrong. Clients get KMS's own error; what S3 answers for it is not published: 503
    /// is assumed.
    pub error: FaultError,
    /// Share of the calls that fail. Of faults at the same time a call meets at most one.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub share: f64,
    /// From when on. Left out: from the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Moment>,
    /// Until when. Left out: to the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Moment>,
    /// Time until the error is answered. Left out: `kms.refusal-latency`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub takes: Option<Duration>,
}

/// What goes wrong in KMS.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultError {
    /// The key is not available for the moment: `KeyUnavailableException`.
    KeyUnavailable,
    /// An error inside KMS: `KMSInternalException`.
    KmsInternal,
    /// Something that KMS depends on is too slow: `DependencyTimeoutException`.
    DependencyTimeout,
}

/// Who manages the KMS key.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KmsKey {
    /// A key that you created: a monthly fee, and requests are billed.
    #[default]
    CustomerManaged,
    /// The key `aws/s3` of the account: no fee, requests are billed.
    AwsManaged,
    /// A key that another account created and shares: its owner pays the fee, but requests count
    /// on the quota of the account that makes them, and are billed to it.
    OtherAccount,
}

/// State of the KMS key.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KmsKeyState {
    /// It can be used.
    #[default]
    Enabled,
    /// It was disabled: 400 `KMS.DisabledException`.
    Disabled,
    /// It will be deleted: 400 `KMS.KMSInvalidStateException`.
    PendingDeletion,
    /// Its key material was not imported: 400 `KMS.KMSInvalidStateException`.
    PendingImport,
    /// There is none: 400 `KMS.NotFoundException`.
    Missing,
    /// It is a key of another Region: 400 `KMS.NotFoundException`.
    OtherRegion,
    /// It is a key for signatures: 400 `KMS.InvalidKeyUsageException`.
    Asymmetric,
}
