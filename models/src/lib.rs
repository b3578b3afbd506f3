//! Models of S3, KMS and their clients: state and arithmetic, no scheduling, no clock, no files.
//!
//! | module | what |
//! |---|---|
//! | [`workload`] | when requests arrive and what they ask for |
//! | [`client`] | an instance: places, connections, cores; the SDKs' retries |
//! | [`cpu`] | core time of encryption, checksums and TLS, from a calibration |
//! | [`policy`] | bucket policies: reading, deciding, known traps |
//! | [`s3`] | front door, KMS calls per operation, Bucket Keys, request rates of prefixes |
//! | [`audit`] | `CloudTrail` records and access log lines, in AWS's formats |
//! | [`kms`] | the request quota of an account in a Region |
//! | [`Latency`] | distributions of times |
//! | [`tables`] | dated quotas, prices and latencies, each with its source |
//!
//! A component owns its state. Time and randomness come in as arguments; what follows from an
//! answer, and when, is the caller's business.
pub mod audit;
pub mod client;
pub mod cpu;
pub mod kms;
mod latency;
pub mod policy;
pub mod s3;
mod sourced;
pub mod tables;
pub mod workload;

pub use latency::Latency;
pub use sourced::{Certainty, Sourced};
