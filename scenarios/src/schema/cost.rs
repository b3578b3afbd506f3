use crate::units::ByteSize;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is paid for beside requests and keys. Left out, it is not priced.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Cost {
    /// Bytes kept in S3 Standard, paid by the month. A GB is 2^30 bytes for AWS: write
    /// `storage = "40 TiB"` for what a bill calls 40 TB.
    pub storage: ByteSize,
    /// Share of the bytes read that leave AWS to the internet, 0..=1. Transfer to AWS services in
    /// the same Region is free.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub transfer_out: f64,
    /// What AWS CloudTrail records of this load.
    pub cloudtrail: CloudTrail,
}

impl Default for Cost {
    fn default() -> Self {
        Self {
            storage: ByteSize(0),
            transfer_out: 0.0,
            cloudtrail: CloudTrail::default(),
        }
    }
}

/// AWS `CloudTrail` in the account.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct CloudTrail {
    /// Whether a trail records the bucket's data events: one for each request to S3.
    pub data_events: bool,
    /// Whether the further trails record KMS calls, which are management events.
    pub kms_events: KmsEvents,
    /// Copies of management events after the first, which is free: further trails.
    #[schemars(range(min = 0, max = 100))]
    pub extra_management_copies: u32,
}

/// Whether the further trails record KMS calls.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KmsEvents {
    /// As every trail of management events does by default.
    #[default]
    Included,
    /// An event selector leaves out `kms.amazonaws.com`.
    Excluded,
}
