//! The real AES-256-GCM path: ours beside what it stands on, and beside others.
//!
//! `cargo bench -p keystorm-benches --bench envelope` prints three tables: sealing and opening by
//! size, what an envelope adds to a bare seal, and streaming against whole objects. Without
//! `--bench` (in tests) it runs once over little, to see that all contestants agree.
//!
//! Contestants of one table take turns within one run, many times; printed are medians, and ratios
//! are medians of the ratios within a turn: a slow moment of the machine hits all of them. OpenSSL
//! is the exception: its own `openssl speed` is asked, after the others.
#[path = "../envelope/ciphers.rs"]
mod ciphers;
#[path = "../envelope/envelopes.rs"]
mod envelopes;
#[path = "../envelope/streams.rs"]
mod streams;

use std::error::Error;
use std::io::{self, Write};

fn main() -> Result<(), Box<dyn Error>> {
    let effort = if std::env::args().any(|argument| argument == "--bench") {
        Effort::Full
    } else {
        Effort::Once
    };
    let out = &mut io::stdout().lock();
    // First, since it says how much memory the process ever had.
    streams::compare(effort, out)?;
    ciphers::compare(effort, out)?;
    envelopes::compare(effort, out)?;
    out.flush()?;
    Ok(())
}

/// How much to measure.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Effort {
    /// Once over little: a test.
    Once,
    /// As published.
    Full,
}

/// The middle one of `values`, which are not empty.
fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// The median of `values[i] / others[i]`.
fn ratio(values: &[f64], others: &[f64]) -> f64 {
    let ratios: Vec<f64> = values.iter().zip(others).map(|(a, b)| a / b).collect();
    median(&ratios)
}
