//! What AWS would have written down: `CloudTrail` records of KMS calls and lines of S3's server
//! access log, in AWS's formats.
//!
//! | log | writer | one entry for |
//! |---|---|---|
//! | `CloudTrail` | [`CloudTrail`] | a call of KMS, by S3 or by the client |
//! | server access log | [`AccessLog`] | a request that S3 answers |
//!
//! Writers append to a buffer of bytes and allocate nothing for an entry. Accounts, roles, keys and
//! addresses are those of examples; objects are named after the request, since a load says how
//! many objects it reads, not which.
mod access_log;
mod cloud_trail;
mod place;
mod text;

pub use access_log::{AccessLog, S3Entry};
pub use cloud_trail::{Caller, CloudTrail, Context, KmsEntry};
pub use place::{ACCOUNT, BUCKET, Object, Place, Requester};
