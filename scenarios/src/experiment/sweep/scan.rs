//! Reading a shard's file from end to end, one line in memory at a time.
use super::line::{self, Content, Damage};
use super::shard::Shard;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

/// Longest line that is read \[bytes\]: a row has some kilobytes for each fleet and operation.
const LINE_MAX: u64 = 1 << 28;

/// A row where it lies in a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    /// Number of the run.
    pub(super) run: u64,
    /// Where its line begins \[bytes\].
    pub(super) offset: u64,
    /// Bytes of the line, without its end.
    pub(super) len: u64,
    /// Sum of the row.
    pub(super) sum: u64,
    /// Number of the line, from 1.
    pub(super) line: u64,
}

/// What a file has, as far as its last whole line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Extent {
    /// Bytes of whole lines.
    pub(super) whole: u64,
    /// Whether there is a beginning of a further line: the write was torn.
    pub(super) torn: bool,
    /// Number of whole lines.
    pub(super) lines: u64,
}

/// Why a file cannot be taken.
#[derive(Debug)]
pub(super) enum ScanError {
    Io(io::Error),
    Damaged(Damage),
    /// It is of another plan.
    OtherPlan,
}

/// Reads all whole lines of a shard's file and calls `found` for each row, which says what is wrong
/// with it, if anything is.
pub(super) fn scan(
    path: &Path,
    file: &File,
    plan: &str,
    shard: Shard,
    mut found: impl FnMut(Found) -> Result<(), String>,
) -> Result<Extent, ScanError> {
    let mut reader = BufReader::with_capacity(1 << 18, file);
    let mut text = Vec::new();
    let mut extent = Extent {
        whole: 0,
        torn: false,
        lines: 0,
    };
    loop {
        text.clear();
        let line = extent.lines + 1;
        let damaged = |what: String| {
            ScanError::Damaged(Damage {
                path: path.to_owned(),
                line,
                what,
            })
        };
        let mut limited = (&mut reader).take(LINE_MAX);
        let read = limited.read_until(b'\n', &mut text);
        let read = read.map_err(ScanError::Io)? as u64;
        if read == LINE_MAX {
            return Err(damaged("the line is too long".to_owned()));
        }
        if text.pop() != Some(b'\n') {
            extent.torn = read > 0;
            return Ok(extent);
        }
        match (line::read(&text).map_err(damaged)?, line) {
            (Content::Head(head), 1) if head.plan != plan => return Err(ScanError::OtherPlan),
            (Content::Head(head), 1)
                if (head.index, head.count) == (shard.index(), shard.count()) => {}
            (Content::Head(head), 1) => {
                let (index, count) = (head.index, head.count);
                return Err(damaged(format!(
                    "this is shard {index}/{count} under the name of {shard}"
                )));
            }
            (Content::Head(_), _) => return Err(damaged("a second head".to_owned())),
            (Content::Row { .. }, 1) => return Err(damaged("the head is missing".to_owned())),
            (Content::Row { run, sum }, _) => found(Found {
                run,
                offset: extent.whole,
                len: read - 1,
                sum,
                line,
            })
            .map_err(damaged)?,
        }
        extent.whole += read;
        extent.lines = line;
    }
}
