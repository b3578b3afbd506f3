//! Where the row of every run lies.
use super::folder::shard_files;
use super::line::{self, Damage};
use super::scan::{Found, ScanError, scan};
use super::shard::Shard;
use super::work::SweepWork;
use keystorm_record::SweepRow;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The rows of all shards in a folder, each read when it is asked for.
#[derive(Debug)]
pub struct Rows {
    files: Vec<(PathBuf, Mutex<File>)>,
    /// By run.
    places: Vec<Option<Place>>,
    /// Complete shards by how many there are in all.
    counts: BTreeMap<u32, u64>,
    missing: u64,
}

/// Where a row lies.
#[derive(Clone, Copy, Debug)]
struct Place {
    file: u32,
    found: Found,
}

/// Runs that no shard has.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Missing {
    /// How many.
    pub runs: u64,
    /// The first of them, by number.
    pub first: Vec<u64>,
    /// Into how many shards most of the others were divided.
    pub shards: u32,
    /// Indices of those shards that have the missing runs.
    pub indices: Vec<u32>,
}

/// Most runs that [`Missing`] names.
const NAMED_MAX: usize = 10;

/// Why the shards of a folder cannot be read.
#[derive(Debug)]
pub enum RowsError {
    /// A file or the folder cannot be read.
    Io(PathBuf, io::Error),
    /// A line is not as it was written.
    Damaged(Damage),
    /// A file belongs to another plan.
    OtherPlan(PathBuf),
}

impl fmt::Display for RowsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Damaged(damage) => write!(
                f,
                "{damage}\n  = help: remove the file and simulate its shard again"
            ),
            Self::OtherPlan(path) => write!(
                f,
                "{} belongs to another plan\n  = help: remove it, or merge the folder of its plan",
                path.display()
            ),
        }
    }
}

impl Error for RowsError {}

impl Rows {
    /// Finds the rows of `work` in a folder: of complete shards, whatever their number, and of
    /// journals too, if `under_way` asks for them.
    ///
    /// # Errors
    /// [`RowsError`]
    pub fn open(folder: &Path, work: &SweepWork, under_way: bool) -> Result<Self, RowsError> {
        let listed = shard_files(folder);
        let (complete, journals) =
            listed.map_err(|error| RowsError::Io(folder.to_owned(), error))?;
        let runs = usize::try_from(work.runs()).expect("at most a million runs");
        let mut rows = Self {
            files: Vec::new(),
            places: vec![None; runs],
            counts: BTreeMap::new(),
            missing: 0,
        };
        for (shard, path) in complete {
            *rows.counts.entry(shard.count()).or_default() += 1;
            rows.add(path, work, shard, false)?;
        }
        for (shard, path) in journals {
            rows.counts.entry(shard.count()).or_default();
            if under_way {
                rows.add(path, work, shard, true)?;
            }
        }
        rows.missing = rows.places.iter().filter(|it| it.is_none()).count() as u64;
        Ok(rows)
    }

    fn add(
        &mut self,
        path: PathBuf,
        work: &SweepWork,
        shard: Shard,
        may_be_torn: bool,
    ) -> Result<(), RowsError> {
        let opened = File::open(&path);
        let file = opened.map_err(|error| RowsError::Io(path.clone(), error))?;
        let number = u32::try_from(self.files.len()).expect("fewer files than runs");
        let (files, places) = (&self.files, &mut self.places);
        let found = |found: Found| {
            let place = work.place_of(found.run).filter(|&it| shard.has(it));
            if place.is_none() {
                return Err(format!("run {} is not of shard {shard}", found.run));
            }
            let known = &mut places[usize::try_from(found.run).expect("it has a place")];
            match known {
                Some(known) if known.found.sum != found.sum => {
                    let other = files.get(known.file as usize).map_or(&path, |it| &it.0);
                    Err(format!(
                        "run {} came out otherwise at {}:{}; one of the two is wrong",
                        found.run,
                        other.display(),
                        known.found.line
                    ))
                }
                Some(_) => Ok(()),
                none => {
                    *none = Some(Place {
                        file: number,
                        found,
                    });
                    Ok(())
                }
            }
        };
        let extent = scan(&path, &file, work.plan().sha256(), shard, found);
        let extent = extent.map_err(|error| match error {
            ScanError::Io(error) => RowsError::Io(path.clone(), error),
            ScanError::Damaged(damage) => RowsError::Damaged(damage),
            ScanError::OtherPlan => RowsError::OtherPlan(path.clone()),
        })?;
        if extent.torn && !may_be_torn {
            return Err(RowsError::Damaged(Damage {
                path,
                line: extent.lines + 1,
                what: "the last line has no end".to_owned(),
            }));
        }
        self.files.push((path, Mutex::new(file)));
        Ok(())
    }

    /// Runs that have no row; `None` if all have.
    #[must_use]
    pub fn missing(&self, work: &SweepWork) -> Option<Missing> {
        if self.missing == 0 {
            return None;
        }
        // Of equally many, the larger number: it is the smaller part of the work.
        let most = self.counts.iter().max_by_key(|it| (it.1, it.0));
        let shards = most.map_or(1, |it| *it.0);
        let missing = || {
            let runs = (0_u64..).zip(&self.places);
            runs.filter_map(|(run, place)| place.is_none().then_some(run))
        };
        let places = missing().filter_map(|run| work.place_of(run));
        let index = |place| u32::try_from(place % u64::from(shards)).expect("less than `shards`");
        let mut indices: Vec<_> = places.map(index).collect();
        indices.sort_unstable();
        indices.dedup();
        Some(Missing {
            runs: self.missing,
            first: missing().take(NAMED_MAX).collect(),
            shards,
            indices,
        })
    }

    /// The row of a run; `None` if it is missing.
    pub(super) fn row(&self, run: u64) -> Result<Option<SweepRow>, RowsError> {
        let run = usize::try_from(run).ok();
        let Some(Place { file, found }) = run.and_then(|run| self.places.get(run).copied()?) else {
            return Ok(None);
        };
        let (path, file) = &self.files[file as usize];
        let mut text = vec![0; usize::try_from(found.len).expect("it has been read before")];
        let read = {
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(found.offset))
                .and_then(|_| file.read_exact(&mut text))
        };
        read.map_err(|error| RowsError::Io(path.clone(), error))?;
        let row = line::row(&text);
        row.map(Some).map_err(|what| {
            RowsError::Damaged(Damage {
                path: path.clone(),
                line: found.line,
                what,
            })
        })
    }
}
