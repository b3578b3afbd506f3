//! Logs that AWS would have written during a run: where they go, and what they are of.
use std::fmt;
use std::io;

/// A log in AWS's format.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LogKind {
    /// `CloudTrail` records of KMS calls: JSON objects.
    Audit,
    /// Lines of S3's server access log.
    Access,
}

impl LogKind {
    /// What stands between two entries; an entry of the access log ends its line itself.
    #[must_use]
    pub fn separator(self) -> &'static [u8] {
        match self {
            Self::Audit => b",\n",
            Self::Access => b"",
        }
    }
}

/// Where the logs of a run go.
pub trait Logs: fmt::Debug + Sync {
    /// Opens a log of a variant; `None` if it is not wanted.
    ///
    /// # Errors
    /// If it cannot be opened; the run ends then.
    fn open(&self, kind: LogKind, variant: &str) -> io::Result<Option<Box<dyn LogSink>>>;
}

/// Takes one log of one variant.
pub trait LogSink: Send {
    /// Takes some whole entries, in order, with the separator between each two of them.
    ///
    /// # Errors
    /// If they cannot be written; the run ends then.
    fn take(&mut self, entries: &[u8]) -> io::Result<()>;

    /// The log is complete. A sink that is dropped without this belongs to a run that was
    /// interrupted, and should leave nothing behind.
    ///
    /// # Errors
    /// If it cannot be kept.
    fn finish(self: Box<Self>) -> io::Result<()>;
}
