//! What this machine is, and how fast its AES instructions go.
//!
//! A crate of its own because instructions that not every processor has can be reached from
//! ordinary code through one `unsafe` block only; it stands in [`Floor::run`], after the check that
//! it needs. `keystorm-envelope` stays free of unsafe code.
mod cpu;
mod floor;

pub use cpu::{Cpu, cpu};
pub use floor::{Floor, STEP_LEN};
