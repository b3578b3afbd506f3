//! The SDKs' retries: one set of parameters, a table of rows, and the state that retries share.
//!
//! | type | what |
//! |---|---|
//! | [`ErrorKind`] | the answers that any SDK tells apart |
//! | [`RetryRules`] | when a client tries again, after what time, at what cost |
//! | [`Sdk`], [`RetryMode`], [`RuleSet`] | the rows of the table: [`RetryRules::of`] |
//! | [`RetryQuota`] | tokens that retries cost |
//! | [`RateLimiter`] | the adaptive mode's limiter of a client's sending rate |
//! | [`OuterRetry`] | retries of a program around its SDK |
mod decide;
mod error_kind;
mod limiter_rules;
mod outer;
mod quota;
mod rate_limiter;
mod rules;
mod sdk;
mod table;
#[cfg(test)]
mod tests;

pub use decide::{Decision, Failure, GiveUp};
pub use error_kind::ErrorKind;
pub use limiter_rules::{LimiterRules, Origin, Waking};
pub use outer::{OuterClass, OuterRetry};
pub use quota::RetryQuota;
pub use rate_limiter::RateLimiter;
pub use rules::{ClassRules, FirstTest, Jitter, RetryAfter, RetryRules, StateScope};
pub use sdk::{NoSuchRules, RetryMode, RuleSet, Sdk};
