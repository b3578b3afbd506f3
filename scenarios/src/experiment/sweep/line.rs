//! Lines of a shard's file: JSON with a checksum of its own.
//!
//! A line is `{"sum":"…","row":…}`, the first one `{"sum":"…","head":…}`: the sum is the first 16
//! hexadecimal digits of the SHA-256 of what stands behind the second colon.
use super::shard::Shard;
use keystorm_record::SweepRow;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::path::PathBuf;

/// Version of the format of shards.
const VERSION: u32 = 1;
/// Before the sum.
const SUM: &str = "{\"sum\":\"";
/// Hexadecimal digits of a sum.
const DIGITS: usize = 16;
/// Before the content of the first line, and of the others.
const HEAD: &str = "\",\"head\":";
const ROW: &str = "\",\"row\":";
/// What a row begins with.
const RUN: &str = "{\"run\":";

/// The first line of a shard's file: whose it is.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Head {
    /// Version of the format.
    pub(super) shard_file: u32,
    /// SHA-256 of the plan.
    pub(super) plan: String,
    /// Number of the shard, from 0.
    pub(super) index: u32,
    /// How many shards there are.
    pub(super) count: u32,
}

impl Head {
    pub(super) fn new(plan: &str, shard: Shard) -> Self {
        Self {
            shard_file: VERSION,
            plan: plan.to_owned(),
            index: shard.index(),
            count: shard.count(),
        }
    }

    /// Its line, with the end.
    pub(super) fn line(&self) -> String {
        line(
            HEAD,
            &serde_json::to_string(self).expect("it is plain data"),
        )
    }
}

/// The line of a row, with its end.
pub(super) fn of_row(row: &SweepRow) -> String {
    line(
        ROW,
        &serde_json::to_string(row).expect("it has string keys and finite numbers"),
    )
}

fn line(kind: &str, content: &str) -> String {
    format!("{SUM}{:016x}{kind}{content}}}\n", sum(content.as_bytes()))
}

/// The first eight bytes of the SHA-256.
fn sum(content: &[u8]) -> u64 {
    let digest = Sha256::digest(content);
    let first = digest.iter().take(8);
    first.fold(0, |sum, &byte| sum << 8 | u64::from(byte))
}

/// A line of a file that is not as it was written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Damage {
    /// The file.
    pub path: PathBuf,
    /// Number of the line, from 1.
    pub line: u64,
    /// What is wrong, without a full stop.
    pub what: String,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path.display(), self.line, self.what)
    }
}

/// What a line holds.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Content {
    Head(Head),
    Row {
        /// Number of the run.
        run: u64,
        /// Sum of the row: equal rows have equal ones.
        sum: u64,
    },
}

/// Reads a line, without its end, as far as it is needed to know whose it is.
pub(super) fn read(line: &[u8]) -> Result<Content, String> {
    let (sum, rest) = checked(line)?;
    if let Some(content) = rest.strip_prefix(HEAD.as_bytes()) {
        let head: Head =
            serde_json::from_slice(content).map_err(|error| format!("no head: {error}"))?;
        if head.shard_file > VERSION {
            return Err(format!(
                "the shard has format {}, this keystorm reads formats up to {VERSION}",
                head.shard_file
            ));
        }
        return Ok(Content::Head(head));
    }
    let row = content_of_row(line).ok_or("neither a row nor a head")?;
    let run = row.strip_prefix(RUN.as_bytes()).unwrap_or_default();
    let digits = run.iter().take_while(|it| it.is_ascii_digit()).count();
    let run = std::str::from_utf8(&run[..digits]).unwrap_or_default();
    let run = run
        .parse()
        .map_err(|_| "the row has no number of its run")?;
    Ok(Content::Row { run, sum })
}

/// Reads the row of a line that [`read`] has found to be one.
pub(super) fn row(line: &[u8]) -> Result<SweepRow, String> {
    let row = content_of_row(line).ok_or("not a row")?;
    serde_json::from_slice(row).map_err(|error| format!("not a row: {error}"))
}

fn content_of_row(line: &[u8]) -> Option<&[u8]> {
    line.strip_suffix(b"}")?
        .get(SUM.len() + DIGITS..)?
        .strip_prefix(ROW.as_bytes())
}

/// The sum of a line, and what stands behind its digits without the last brace, if they agree.
fn checked(line: &[u8]) -> Result<(u64, &[u8]), String> {
    let not_ours = "not a line of a shard";
    let inner = line
        .strip_prefix(SUM.as_bytes())
        .and_then(|it| it.strip_suffix(b"}"))
        .filter(|it| it.len() > DIGITS)
        .ok_or(not_ours)?;
    let (digits, rest) = inner.split_at(DIGITS);
    let colon = rest.iter().position(|&it| it == b':').ok_or(not_ours)?;
    let sum = sum(&rest[colon + 1..]);
    if format!("{sum:016x}").as_bytes() == digits {
        Ok((sum, rest))
    } else {
        Err("the line's checksum does not fit its content".to_owned())
    }
}
