//! An instance's network: its links, shared by transfers, and what it may do beyond its baseline.
mod credits;
mod link;
mod pool;
mod tls;
mod transfers;

pub use credits::{BurstRules, Refill};
pub use link::{Link, LinkRules};
pub use pool::{Pool, PoolRules, Taken, WhenEmpty};
pub use tls::{Certificate, Handshake, KeyExchange, Tls};
pub use transfers::{Direction, DownloadBegins, PartGrowth, Stage, Stages, TransferRules};
