//! A client instance, client-side encryption, and the SDKs' retries.
pub mod data_keys;
mod encryption;
mod instance;
mod retry;

pub use encryption::ClientDuty;
pub use instance::{ClientScope, Clients, Cores, Instance, InstanceShape, InstanceState};
pub use retry::{Decision, ErrorKind, GiveUp, RetryQuota, RetryRules};
