//! Simulating the runs of a shard, in parallel, each noted in its journal when it has finished.
use super::journal::Journal;
use super::work::{self, SweepWork};
use crate::assemble::Assembly;
use crate::diagnostic::Diagnostics;
use crate::load::Study;
use crate::replication::Finished;
use crate::run::{Options, RunError, Watch, run_one};
use keystorm_record::{Int, RefusedRequests, SweepRow};
use rayon::prelude::*;
use std::error::Error;
use std::fmt;
use std::io;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};

/// Why a shard cannot be simulated to its end; what had finished is in the journal.
#[derive(Debug)]
pub enum SweepError {
    /// A point is no scenario, which no prepared plan has.
    Point(Box<Diagnostics>),
    /// A run has no result.
    Run {
        /// The values of its point in words.
        point: String,
        /// Why.
        error: RunError,
    },
    /// The journal cannot be written.
    Journal(io::Error),
    /// Threads could not be started.
    Threads(String),
}

impl fmt::Display for SweepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Point(found) => found.fmt(f),
            Self::Run { point, error } => write!(f, "{error}\n  = note: at the point {point}"),
            Self::Journal(error) => write!(f, "the journal cannot be written: {error}"),
            Self::Threads(reason) => write!(f, "cannot start threads: {reason}"),
        }
    }
}

impl Error for SweepError {}

/// A point whose models are assembled by whoever needs them first.
struct Point {
    number: u64,
    models: OnceLock<Result<(Study, Assembly), Box<Diagnostics>>>,
}

impl Point {
    fn models(&self, work: &SweepWork) -> Result<&(Study, Assembly), Box<Diagnostics>> {
        let models = self.models.get_or_init(|| {
            let study = work.point(self.number)?;
            let assembly = work::assembly(&study);
            Ok((study, assembly))
        });
        models.as_ref().map_err(Clone::clone)
    }
}

/// Why the threads stop.
enum Stop {
    Cancelled,
    Failed(SweepError),
}

/// Simulates the runs that a journal lacks, `jobs` at a time (0: one per core); `false` if the
/// watch cancels it. The journal has every run that has finished, whatever happens.
///
/// # Errors
/// [`SweepError`]
pub fn run(
    work: &SweepWork,
    journal: &Journal,
    jobs: usize,
    watch: &Watch,
) -> Result<bool, SweepError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs).build();
    let pool = pool.map_err(|error| SweepError::Threads(error.to_string()))?;
    let options = Options {
        jobs,
        tie_break: work.plan().tie_break(),
        every_end_an_event: false,
        parts: None,
        command: String::new(),
    };
    let all = journal.shard().len(work.runs());
    let runs = all - journal.done();
    if runs == 0 {
        return Ok(true);
    }
    let first = work.point(0).map_err(SweepError::Point)?;
    // It stays until the end: models share the tables of their distributions while there is one.
    let first = work::assembly(&first);
    watch.begin(first.horizon.nanos(), journal.done(), all);
    let mut current: Option<Arc<Point>> = None;
    let tasks = journal.open_places(work.runs()).map(|place| {
        let run = work.run_at(place);
        let (number, replication) = work.split(run);
        let point = current.take().filter(|it| it.number == number);
        let point = point.unwrap_or_else(|| {
            let models = OnceLock::new();
            Arc::new(Point { number, models })
        });
        current = Some(Arc::clone(&point));
        (run, replication, point)
    });
    let simulate = |(run, replication, point): (u64, u32, Arc<Point>)| {
        if watch.cancelled.load(Ordering::Relaxed) {
            return Err(Stop::Cancelled);
        }
        let models = point.models(work);
        let (study, assembly) = models.map_err(|it| Stop::Failed(SweepError::Point(it)))?;
        let finished = run_one(study, assembly, replication, runs, &options, watch);
        let finished = finished.map_err(|error| {
            let point = study.variants[0].name.clone();
            Stop::Failed(SweepError::Run { point, error })
        })?;
        let row = row(run, finished.ok_or(Stop::Cancelled)?);
        let appended = journal.append(&row);
        appended.map_err(|error| Stop::Failed(SweepError::Journal(error)))?;
        watch.runs_done.fetch_add(1, Ordering::Relaxed);
        Ok(())
    };
    let simulated = pool.install(|| tasks.par_bridge().try_for_each(simulate));
    drop(first);
    match simulated {
        Ok(()) => Ok(true),
        Err(Stop::Cancelled) => Ok(false),
        Err(Stop::Failed(error)) => Err(error),
    }
}

/// What a run leaves.
fn row(run: u64, finished: Finished) -> SweepRow {
    let mut classes = finished.classes;
    for class in &mut classes {
        class.bands.clear();
    }
    let refused = finished.refusals.iter().map(|(operation, refusal)| {
        let (operation, id) = (*operation, refusal.id.to_owned());
        RefusedRequests { operation, id }
    });
    SweepRow {
        run: Int(run),
        replication: finished.replication,
        metrics: finished.metrics,
        classes,
        refused: refused.collect(),
    }
}
