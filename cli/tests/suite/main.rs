//! Tests of the workspace as a whole and of the binary, from the outside.
#![expect(
    clippy::unwrap_used,
    reason = "a test may panic, and so may what it calls"
)]
mod arrows;
mod calibrate;
mod compare;
mod diff;
mod help;
mod init;
mod logs;
mod manners;
mod mistakes;
mod overwrite;
mod plan;
mod policy;
mod run;
mod schemas;
mod shards;
mod sweep;
#[cfg(target_os = "linux")]
mod terminal;
mod tidy;
mod tool;
