//! S3: front door, KMS calls per operation, Bucket Keys, request rates of prefixes.
mod bucket_key;
mod calls;
mod prefix;
mod refusal;
pub mod request_check;
mod storage_class;

pub use bucket_key::{BucketKeyRules, BucketKeys, KeyUse};
pub use calls::{
    CallRules, Encryption, KmsCallRow, KmsNeed, KmsNeeds, Role, When, dsse_kms_calls,
    kms_call_rows, kms_needs,
};
pub use prefix::{PrefixRates, SplitRule};
pub use refusal::{Outcome, Refusal};
pub use storage_class::StorageClass;
