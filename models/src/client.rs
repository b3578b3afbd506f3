//! A client instance, client-side encryption, and the SDKs' retries.
pub mod data_keys;
mod encryption;
mod instance;
mod retry;

pub use encryption::ClientDuty;
pub use instance::{Cores, Instance, InstanceState};
pub use retry::{Decision, ErrorKind, GiveUp, RetryQuota, RetryRules};
