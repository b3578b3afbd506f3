//! Running a study: every variant and replication, in parallel, to one record.
mod batch;
mod point;
pub(crate) mod record;

pub(crate) use point::Point;
pub(crate) use record::calibration;

use crate::assemble::{self, Assembly};
use crate::load::Study;
use crate::logs::Logs;
use crate::replication::Finished;
use keystorm_record::{Class, Record, Series};
use keystorm_sim::TieBreak;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How to run a study; nothing here but the tie-break (and the command) can change the record.
#[derive(Clone, Debug)]
pub struct Options {
    /// Threads; 0 for one per core.
    pub jobs: usize,
    /// Order of events of the same instant.
    pub tie_break: TieBreak,
    /// Makes the end of every request an event, instead of only those that somebody may wait for.
    /// Slower; the record is the same, byte for byte. To check just that.
    pub every_end_an_event: bool,
    /// Parts into which the study's runs are cut, in all, to be simulated at the same time; by
    /// default a few for each thread. The record is the same, byte for byte.
    pub parts: Option<usize>,
    /// The command that gives this record, to be kept in it.
    pub command: String,
}

/// What another thread sees of a running study, and how it stops it.
#[derive(Debug, Default)]
pub struct Watch {
    /// Set it to end the run; replications that have finished are kept.
    pub cancelled: AtomicBool,
    /// Simulated time so far, over all replications \[ns\].
    pub done_ns: AtomicU64,
    /// Simulated time in all \[ns\]; 0 until the run has begun.
    pub total_ns: AtomicU64,
    /// Requests that have arrived so far.
    pub requests: AtomicU64,
    /// Simulated time that an earlier process had done \[ns\]; it is in `done_ns`, too.
    pub resumed_ns: AtomicU64,
    /// Runs of a sweep that have finished so far, those of earlier processes too.
    pub runs_done: AtomicU64,
    /// Runs of a sweep in all; 0 for other works.
    pub runs_total: AtomicU64,
    /// Parts of runs that had to be simulated again, since their state was not the one assumed.
    pub parts_again: AtomicU64,
}

impl Watch {
    /// A sweep begins, of which some runs are done already.
    pub(crate) fn begin(&self, horizon_ns: u64, runs_done: u64, runs: u64) {
        let resumed = horizon_ns.saturating_mul(runs_done);
        self.resumed_ns.store(resumed, Ordering::Relaxed);
        self.done_ns.store(resumed, Ordering::Relaxed);
        self.runs_done.store(runs_done, Ordering::Relaxed);
        self.runs_total.store(runs, Ordering::Relaxed);
        // Last: who sees it sees the others, too, or shows them a moment later.
        let total = horizon_ns.saturating_mul(runs);
        self.total_ns.store(total, Ordering::Relaxed);
    }

    /// Counts simulated time and requests that have arrived in it.
    pub(crate) fn count(&self, (simulated, requests): (keystorm_sim::Span, u64)) {
        self.done_ns.fetch_add(simulated.nanos(), Ordering::Relaxed);
        self.requests.fetch_add(requests, Ordering::Relaxed);
    }
}

/// Why a run gives no record.
#[derive(Debug, Eq, PartialEq)]
pub enum RunError {
    /// Outcomes do not add up to requests: a mistake in keystorm. Nothing can be trusted.
    Conservation {
        /// Requests that arrived.
        requests: u64,
        /// Outcomes counted.
        outcomes: u64,
    },
    /// Little's law does not hold exactly: a mistake in keystorm. Nothing can be trusted.
    Occupancy {
        /// Time integral of the requests in the system \[ns\].
        integral_ns: u128,
        /// Sum of their times in the system \[ns\].
        sojourn_ns: u128,
    },
    /// The parts of latencies do not add up to them: a mistake in keystorm. Nothing can be trusted.
    TimeParts {
        /// Sum of the parts \[ns\].
        parts_ns: u128,
        /// Sum of the latencies \[ns\].
        latency_ns: u128,
    },
    /// `requests-max` ends the run within the warm-up. Raise it or shorten the warm-up.
    NothingMeasured {
        /// The limit.
        requests_max: u64,
    },
    /// It was cancelled before each variant had a finished replication.
    Cancelled,
    /// Threads could not be started.
    Threads(String),
    /// A log could not be written.
    Log(String),
}

/// What to do when keystorm itself is at fault.
const REPORT_IT: &str = "this is a mistake in keystorm, please report it with the scenario";

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conservation { requests, outcomes } => write!(
                f,
                "{requests} requests but {outcomes} outcomes were counted; {REPORT_IT}"
            ),
            Self::Occupancy {
                integral_ns,
                sojourn_ns,
            } => write!(
                f,
                "Little's law does not hold ({integral_ns} ns against {sojourn_ns} ns); {REPORT_IT}"
            ),
            Self::TimeParts {
                parts_ns,
                latency_ns,
            } => write!(
                f,
                "latencies of {latency_ns} ns have parts of {parts_ns} ns; {REPORT_IT}"
            ),
            Self::NothingMeasured { requests_max } => write!(
                f,
                "`run.requests-max` is {requests_max}, and so many requests arrive before \
                 `run.warm-up` is over; raise it or shorten the warm-up"
            ),
            Self::Cancelled => {
                f.write_str("interrupted before every variant had finished a replication")
            }
            Self::Threads(reason) => write!(f, "cannot start threads: {reason}"),
            Self::Log(reason) => write!(f, "cannot write a log: {reason}"),
        }
    }
}

impl std::error::Error for RunError {}

impl RunError {
    /// Whether the scenario is at fault, not keystorm or the machine.
    #[must_use]
    pub fn is_bad_input(&self) -> bool {
        matches!(self, Self::NothingMeasured { .. })
    }
}

/// Parts of runs for each thread: enough that all end at about the same time.
const PARTS_PER_THREAD: usize = 8;

/// Most replications that are held at a time before they are pooled.
const BATCH_MAX: usize = 64;

/// Memory that the replications held at a time should stay below \[bytes\].
const BATCH_BYTES: usize = 1 << 30;

/// Runs every variant and replication of a study.
///
/// The record is the same, byte for byte, whatever the number of jobs. If the watch cancels the
/// run, the replications that had finished are in the record and its status says so.
///
/// # Errors
/// [`RunError`]; no record is given then.
pub fn run(study: &Study, options: &Options, watch: &Watch) -> Result<Record, RunError> {
    run_logged(study, options, watch, None)
}

/// [`run`], and writes logs of replication 0 of each variant, of its measured window.
///
/// A log is complete when its replication has finished, whatever becomes of the rest of the run.
/// An access log has the answers that S3 gives before the window ends; if `requests-max` ends the
/// run earlier, those that are still to come are in it, too.
/// Such a replication is simulated on one thread.
///
/// # Errors
/// [`RunError`], [`RunError::Log`] among them; no record is given then.
pub fn run_logged(
    study: &Study,
    options: &Options,
    watch: &Watch,
    logs: Option<&dyn Logs>,
) -> Result<Record, RunError> {
    let mut simulation = Simulation::new(study, options)?;
    let replications = study.variants[0].scenario.run.replications;
    simulation.advance(replications, watch, logs)?;
    simulation.into_record().ok_or(RunError::Cancelled)
}

/// [`run`], and goes on with further replications until `enough` says of the record so far that
/// they suffice, or there are `replications_max` of them, which is at least what the study asks
/// for. Their number doubles from look to look; the record says it, as if it had been asked for.
///
/// # Errors
/// [`RunError`]; no record is given then.
pub fn run_until(
    study: &Study,
    options: &Options,
    watch: &Watch,
    replications_max: u32,
    enough: &dyn Fn(&Record) -> bool,
) -> Result<Record, RunError> {
    let mut simulation = Simulation::new(study, options)?;
    let mut replications = study.variants[0].scenario.run.replications;
    loop {
        let complete = simulation.advance(replications, watch, None)?;
        if !complete || replications >= replications_max {
            return simulation.into_record().ok_or(RunError::Cancelled);
        }
        let record = simulation.record().ok_or(RunError::Cancelled)?;
        if enough(&record) {
            return Ok(record);
        }
        replications = replications.saturating_mul(2).min(replications_max);
    }
}

/// Simulates one replication of a study's only variant, on the threads of rayon's pool; `None` if
/// the watch cancels it. `runs` are as many as are simulated in all: where they are few, each is
/// cut.
pub(crate) fn run_one(
    study: &Study,
    assembly: &Assembly,
    replication: u32,
    runs: u64,
    options: &Options,
    watch: &Watch,
) -> Result<Option<Finished>, RunError> {
    let threads = rayon::current_num_threads();
    let batch = batch::Batch {
        study,
        assemblies: std::slice::from_ref(assembly),
        runs: &[(0, replication)],
        logs: None,
    };
    let runs = usize::try_from(runs).unwrap_or(usize::MAX);
    let mut finished = batch.run(parts(options, threads, runs), options, watch)?;
    Ok(finished.pop().flatten())
}

/// Parts into which a run is cut: several where there are too few runs to keep all threads at work.
fn parts(options: &Options, threads: usize, runs: usize) -> usize {
    let all = options.parts.unwrap_or(if threads == 1 {
        1
    } else {
        PARTS_PER_THREAD * threads
    });
    all.div_ceil(runs)
}

/// A study under way: all variants have the same replications behind them.
struct Simulation<'a> {
    study: &'a Study,
    options: &'a Options,
    assemblies: Vec<Assembly>,
    pool: rayon::ThreadPool,
    pooled: Vec<Option<Pooled>>,
    /// Replications that were asked for so far.
    planned: u32,
}

impl<'a> Simulation<'a> {
    fn new(study: &'a Study, options: &'a Options) -> Result<Self, RunError> {
        let assemblies: Vec<_> = study
            .variants
            .iter()
            .map(|it| Assembly {
                every_end_an_event: options.every_end_an_event,
                prices: assemble::prices(&it.scenario, study.prices.as_ref()),
                ..assemble::assemble(&it.scenario, &study.calibration)
            })
            .collect();
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(options.jobs)
            .build();
        Ok(Self {
            study,
            options,
            pool: pool.map_err(|error| RunError::Threads(error.to_string()))?,
            pooled: assemblies.iter().map(|_| None).collect(),
            assemblies,
            planned: 0,
        })
    }

    /// Simulates until there are `replications` of each variant; `false` if the watch cancels it.
    fn advance(
        &mut self,
        replications: u32,
        watch: &Watch,
        logs: Option<&dyn Logs>,
    ) -> Result<bool, RunError> {
        let variants = self.assemblies.len();
        let runs: Vec<_> = (self.planned..replications)
            .flat_map(|index| (0..variants).map(move |variant| (variant, index)))
            .collect();
        self.planned = replications;
        let horizon = self.assemblies[0].horizon.nanos();
        let all = u64::from(replications).saturating_mul(variants as u64);
        watch
            .total_ns
            .store(horizon.saturating_mul(all), Ordering::Relaxed);
        let threads = self.pool.current_num_threads();
        // Finished variants of the current replication: it counts when all of them are there, so
        // that an interrupted run has the same replications of each.
        let mut row = Vec::new();
        let parts = parts(self.options, threads, runs.len());
        for batch in runs.chunks(batch(&self.assemblies[0], threads)) {
            let batch = batch::Batch {
                study: self.study,
                assemblies: &self.assemblies,
                runs: batch,
                logs,
            };
            let finished = self.pool.install(|| batch.run(parts, self.options, watch));
            for finished in finished? {
                let Some(finished) = finished else {
                    return Ok(false);
                };
                row.push(finished);
                if row.len() == variants {
                    self.pooled.iter_mut().zip(row.drain(..)).for_each(pool_one);
                }
            }
        }
        Ok(true)
    }

    /// What there is so far; `None` before a replication of each variant has finished.
    fn record(&self) -> Option<Record> {
        let pooled: Option<Vec<_>> = self.pooled.iter().cloned().collect();
        self.record_of(pooled?)
    }

    /// The same, at the end.
    fn into_record(mut self) -> Option<Record> {
        let pooled: Option<Vec<_>> = std::mem::take(&mut self.pooled).into_iter().collect();
        self.record_of(pooled?)
    }

    fn record_of(&self, pooled: Vec<Pooled>) -> Option<Record> {
        let runs = self.assemblies.iter().zip(pooled);
        record::record(self.study, self.options, self.planned, runs.collect())
    }
}

fn pool_one((pooled, finished): (&mut Option<Pooled>, Finished)) {
    match pooled {
        Some(pooled) => pooled.add(finished),
        empty => *empty = Some(Pooled::new(finished)),
    }
}

/// Replications to hold at a time: their memory bounded, but work for every thread.
fn batch(assembly: &Assembly, threads: usize) -> usize {
    let seconds = usize::try_from(assembly.horizon.second() + 1).unwrap_or(usize::MAX);
    // Columns of a series, a second, and two histograms of 300 kB a fleet.
    let bytes = seconds.saturating_mul(160) + assembly.fleets.len() * 600_000;
    (BATCH_BYTES / bytes).clamp(threads, BATCH_MAX.max(threads))
}

/// Finished replications of one variant, pooled in order.
#[derive(Clone, Debug)]
pub(crate) struct Pooled {
    classes: Vec<Class>,
    series: Series,
    pub(crate) finished: Vec<Finished>,
}

impl Pooled {
    /// All of some replications, in their order; `None` without any.
    pub(crate) fn of<E>(
        finished: impl IntoIterator<Item = Result<Finished, E>>,
    ) -> Result<Option<Self>, E> {
        let mut pooled = None;
        for finished in finished {
            pool_one((&mut pooled, finished?));
        }
        Ok(pooled)
    }

    fn new(mut first: Finished) -> Self {
        let classes = std::mem::take(&mut first.classes);
        let series = std::mem::take(&mut first.series);
        Self {
            classes,
            series,
            finished: vec![first],
        }
    }

    /// The pooled requests, by fleet and operation.
    pub(crate) fn classes(&self) -> impl Iterator<Item = &Class> {
        self.classes.iter()
    }

    fn add(&mut self, mut next: Finished) {
        for (sum, class) in self
            .classes
            .iter_mut()
            .zip(std::mem::take(&mut next.classes))
        {
            sum.add(&class);
        }
        self.series.add(&std::mem::take(&mut next.series));
        self.finished.push(next);
    }
}
