//! Client-side encryption: what each way of doing it asks KMS for, and the caches in between.
mod cache;
mod expected;
mod lru;
mod scheme;

pub use cache::{CacheRules, Expiry, KeyCache, KeyWanted, Lookup, Misses, SharedMisses};
pub use expected::{keys_per_second, keys_per_second_with_latency};
pub use scheme::{Kept, KeyHandling, Scheme};
