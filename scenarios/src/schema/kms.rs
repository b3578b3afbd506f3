use super::Latency;
use crate::units::{Duration, Rate};
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
    /// Calls of everything else in the account that shares the quota, evenly spaced.
    pub other_load: Rate,
    /// Who manages the key; a customer managed key costs a monthly fee.
    pub key: KmsKey,
    /// State of the key that you created, as S3's requests find it.
    pub key_state: KmsKeyState,
    /// Time of one granted call. AWS publishes nothing: the default is assumed.
    pub latency: Latency,
    /// Time until a call that is refused for the quota is answered. Assumed.
    pub refusal_latency: Duration,
}

impl Default for Kms {
    fn default() -> Self {
        Self {
            request_quota: None,
            other_load: Rate::default(),
            key: KmsKey::default(),
            key_state: KmsKeyState::default(),
            latency: Latency::kms_assumed(),
            refusal_latency: Duration(Span::from_millis(3)),
        }
    }
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
