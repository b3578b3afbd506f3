//! The journal of a shard: a line for each finished run, appended at once.
use super::folder::{journal_name, shard_name};
use super::line::{self, Damage, Head};
use super::scan::{ScanError, scan};
use super::shard::Shard;
use super::work::SweepWork;
use keystorm_record::SweepRow;
use std::error::Error;
use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The runs of a shard that have finished, on disk.
///
/// Whoever is killed leaves whole lines and at most one that is torn, which is dropped when the
/// journal is opened again. One process at a time has it open.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    complete: PathBuf,
    shard: Shard,
    file: Mutex<File>,
    /// By number among the shard's places: whether the run had finished before.
    done: Vec<bool>,
    /// Whether the file is locked; some network file systems cannot.
    locked: bool,
}

/// What there is of a shard.
#[derive(Debug)]
pub enum Opened {
    /// All of its runs.
    Complete,
    /// A journal, perhaps without any run.
    UnderWay(Journal),
}

/// Why a journal cannot be opened or completed.
#[derive(Debug)]
pub enum JournalError {
    /// A file cannot be read or written.
    Io(PathBuf, io::Error),
    /// A line is not as it was written. It has to be removed; its run is simulated again.
    Damaged(Damage),
    /// It belongs to another plan.
    OtherPlan(PathBuf),
    /// Another process has it open.
    Locked(PathBuf),
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Damaged(damage) => write!(
                f,
                "{damage}\n  = help: remove the line, and its run is simulated again; or remove \
                 the file"
            ),
            Self::OtherPlan(path) => write!(
                f,
                "{} belongs to another plan\n  = help: choose another folder, or remove the file",
                path.display()
            ),
            Self::Locked(path) => write!(
                f,
                "another process is at work on {}\n  = help: wait for it, or simulate another \
                 shard",
                path.display()
            ),
        }
    }
}

impl Error for JournalError {}

impl Journal {
    /// Opens the journal of a shard of `work` in a folder, or makes it. A torn last line is
    /// removed.
    ///
    /// # Errors
    /// [`JournalError`]; nothing is changed then.
    pub fn open(folder: &Path, work: &SweepWork, shard: Shard) -> Result<Opened, JournalError> {
        let path = folder.join(journal_name(shard));
        let complete = folder.join(shard_name(shard));
        if complete.exists() {
            return ensure_complete(&complete, work, shard).map(|()| Opened::Complete);
        }
        let io = |error| JournalError::Io(path.clone(), error);
        let mut options = File::options();
        let opened = options.read(true).append(true).create(true).open(&path);
        let mut file = opened.map_err(io)?;
        let locked = match file.try_lock() {
            Ok(()) => true,
            Err(TryLockError::WouldBlock) => return Err(JournalError::Locked(path)),
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => false,
            Err(TryLockError::Error(error)) => return Err(io(error)),
        };
        // Another process may have completed it between the look and the lock.
        if complete.exists() {
            return ensure_complete(&complete, work, shard).map(|()| Opened::Complete);
        }
        let mut done = done_of(work, shard);
        let found = |run| mark(work, shard, &mut done, run);
        let extent = scanned(&path, &file, work, shard, found)?;
        if extent.torn {
            file.set_len(extent.whole).map_err(io)?;
        }
        file.seek(SeekFrom::End(0)).map_err(io)?;
        if extent.lines == 0 {
            let head = Head::new(work.plan().sha256(), shard);
            file.write_all(head.line().as_bytes()).map_err(io)?;
        }
        Ok(Opened::UnderWay(Self {
            path,
            complete,
            shard,
            file: Mutex::new(file),
            done,
            locked,
        }))
    }

    /// Whose runs it holds.
    #[must_use]
    pub fn shard(&self) -> Shard {
        self.shard
    }

    /// Runs that had finished when it was opened.
    #[must_use]
    pub fn done(&self) -> u64 {
        self.done.iter().filter(|it| **it).count() as u64
    }

    /// Whether other processes are kept off it; `false` where the file system has no locks.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.locked
    }

    /// The places of the order of work that are still to be simulated.
    pub(super) fn open_places(&self, all: u64) -> impl Iterator<Item = u64> {
        let places = self.shard.places(all).zip(&self.done);
        places.filter_map(|(place, done)| (!done).then_some(place))
    }

    /// Appends what a run has left, in one write.
    ///
    /// # Errors
    /// If it cannot be written; the line may be torn then.
    pub fn append(&self, row: &SweepRow) -> io::Result<()> {
        let line = line::of_row(row);
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(line.as_bytes())
    }

    /// Makes it the file of a complete shard: written to the disk, then renamed.
    ///
    /// # Errors
    /// [`JournalError::Io`] if that cannot be done.
    pub fn complete(self) -> Result<(), JournalError> {
        let file = self
            .file
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        file.sync_all()
            .and_then(|()| fs::rename(&self.path, &self.complete))
            .map_err(|error| JournalError::Io(self.path, error))?;
        // The rename itself: not every system lets a folder be opened for this.
        if let Some(Ok(folder)) = self.complete.parent().map(File::open) {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

/// Nothing is done yet.
fn done_of(work: &SweepWork, shard: Shard) -> Vec<bool> {
    let count = usize::try_from(shard.len(work.runs())).expect("at most a million runs");
    vec![false; count]
}

/// Marks a run of a shard as done.
fn mark(work: &SweepWork, shard: Shard, done: &mut [bool], run: u64) -> Result<(), String> {
    let place = work.place_of(run);
    let Some(place) = place.filter(|&place| shard.has(place)) else {
        return Err(format!("run {run} is not of shard {shard}"));
    };
    let number = usize::try_from(place / u64::from(shard.count())).expect("at most a million runs");
    if std::mem::replace(&mut done[number], true) {
        return Err(format!("run {run} stands there twice"));
    }
    Ok(())
}

fn scanned(
    path: &Path,
    file: &File,
    work: &SweepWork,
    shard: Shard,
    mut found: impl FnMut(u64) -> Result<(), String>,
) -> Result<super::scan::Extent, JournalError> {
    let plan = work.plan().sha256();
    scan(path, file, plan, shard, |it| found(it.run)).map_err(|error| match error {
        ScanError::Io(error) => JournalError::Io(path.to_owned(), error),
        ScanError::Damaged(damage) => JournalError::Damaged(damage),
        ScanError::OtherPlan => JournalError::OtherPlan(path.to_owned()),
    })
}

/// A file of a complete shard has all of its runs and no torn line.
fn ensure_complete(path: &Path, work: &SweepWork, shard: Shard) -> Result<(), JournalError> {
    let file = File::open(path).map_err(|error| JournalError::Io(path.to_owned(), error))?;
    let mut done = done_of(work, shard);
    let extent = scanned(path, &file, work, shard, |run| {
        mark(work, shard, &mut done, run)
    })?;
    let missing = done.iter().filter(|it| !**it).count();
    if extent.torn || missing > 0 {
        return Err(JournalError::Damaged(Damage {
            path: path.to_owned(),
            line: extent.lines + 1,
            what: format!(
                "the shard is said to be complete, but {missing} of its runs are missing"
            ),
        }));
    }
    Ok(())
}
