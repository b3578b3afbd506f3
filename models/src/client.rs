//! A client instance, its network, client-side encryption, and the SDKs' retries.
pub mod data_keys;
mod encryption;
mod instance;
pub mod network;
mod retry;
mod sdk_client;

pub use encryption::ClientDuty;
pub use instance::{ClientScope, Clients, Cores, Instance, InstanceShape, InstanceState};
pub use retry::{
    ClassRules, Decision, ErrorKind, Failure, FirstTest, GiveUp, Jitter, LimiterRules, NoSuchRules,
    Origin, OuterClass, OuterRetry, RateLimiter, RetryAfter, RetryMode, RetryQuota, RetryRules,
    RuleSet, Sdk, StateScope, Waking,
};
pub use sdk_client::{SdkClient, SendLimit};
