//! S3: front door, KMS calls per operation, Bucket Keys, request rates of prefixes.
mod bucket_key;
mod calls;
mod front_door;
mod prefix;
mod refusal;
pub mod request_check;

pub use bucket_key::BucketKeys;
pub use calls::{Encryption, KmsCallRow, dsse_kms_calls, kms_call, kms_calls};
pub use front_door::FrontDoor;
pub use prefix::PrefixRates;
pub use refusal::{Outcome, Refusal};
