//! A client instance, and the SDKs' retries.
mod instance;
mod retry;

pub use instance::{Cores, Instance, InstanceState};
pub use retry::{Decision, ErrorKind, GiveUp, RetryQuota, RetryRules};
