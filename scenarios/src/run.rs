//! Running a study: every variant and replication, in parallel, to one record.
mod batch;

use crate::assemble::{self, Assembly};
use crate::load::{Study, StudyVariant};
use crate::logs::Logs;
use crate::replication::Finished;
use crate::{costs, facts, metrics, warnings};
use keystorm_record::{
    CalibrationUsed, Class, Int, OtherAccount, PricesUsed, QuotaChange, Record, SCHEMA_VERSION,
    Series, Setup, Status, Tool, Variant, Window,
};
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
    /// Parts of runs that had to be simulated again, since their state was not the one assumed.
    pub parts_again: AtomicU64,
}

impl Watch {
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
    let assemblies: Vec<_> = study
        .variants
        .iter()
        .map(|it| Assembly {
            every_end_an_event: options.every_end_an_event,
            prices: assemble::prices(&it.scenario, study.prices.as_ref()),
            ..assemble::assemble(&it.scenario, &study.calibration)
        })
        .collect();
    let replications = study.variants[0].scenario.run.replications;
    let runs: Vec<_> = (0..replications)
        .flat_map(|index| (0..assemblies.len()).map(move |variant| (variant, index)))
        .collect();
    let horizon = assemblies[0].horizon.nanos();
    watch
        .total_ns
        .store(horizon.saturating_mul(runs.len() as u64), Ordering::Relaxed);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(options.jobs)
        .build();
    let pool = pool.map_err(|error| RunError::Threads(error.to_string()))?;
    let threads = pool.current_num_threads();
    let mut pooled: Vec<Option<Pooled>> = assemblies.iter().map(|_| None).collect();
    // Finished variants of the current replication: it counts when all of them are there, so that
    // an interrupted run has the same replications of each.
    let mut row = Vec::new();
    // Runs are cut where there are too few to keep all threads at work.
    let parts = options
        .parts
        .unwrap_or(if threads == 1 {
            1
        } else {
            PARTS_PER_THREAD * threads
        })
        .div_ceil(runs.len());
    'run: for batch in runs.chunks(batch(&assemblies[0], threads)) {
        let batch = batch::Batch {
            study,
            assemblies: &assemblies,
            runs: batch,
            logs,
        };
        let finished = pool.install(|| batch.run(parts, options, watch));
        for finished in finished? {
            let Some(finished) = finished else { break 'run };
            row.push(finished);
            if row.len() == pooled.len() {
                pooled.iter_mut().zip(row.drain(..)).for_each(pool_one);
            }
        }
    }
    let pooled: Option<Vec<_>> = pooled.into_iter().collect();
    let runs = assemblies.iter().zip(pooled.ok_or(RunError::Cancelled)?);
    record(study, options, replications, runs.collect()).ok_or(RunError::Cancelled)
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
#[derive(Debug)]
pub(crate) struct Pooled {
    classes: Vec<Class>,
    series: Series,
    pub(crate) finished: Vec<Finished>,
}

impl Pooled {
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

fn record(
    study: &Study,
    options: &Options,
    replications: u32,
    runs: Vec<(&Assembly, Pooled)>,
) -> Option<Record> {
    let first = study.variants.first()?;
    let run = &first.scenario.run;
    let complete = runs
        .iter()
        .all(|(_, it)| it.finished.len() == replications as usize);
    let finished = || runs.iter().flat_map(|(_, pooled)| &pooled.finished);
    let is_cut = |it: &Finished| {
        let replication = &it.replication;
        let has_ended = replication.completion_ns.is_some()
            || replication.jobs.iter().any(|it| it.failed_ns.is_some());
        replication.measured_ns.0 < run.measure.0.nanos() && !has_ended
    };
    let measured = finished().map(|it| it.replication.measured_ns).min()?;
    let window = Window {
        warm_up_ns: Int(run.warm_up.0.nanos()),
        measure_ns: measured,
        cut: finished().any(is_cut),
    };
    let status = if complete {
        Status::Complete
    } else {
        Status::Interrupted
    };
    let warnings = warnings::of_run(study, &runs, &window, status);
    let variants = study.variants.iter().zip(runs);
    Some(Record {
        schema: SCHEMA_VERSION,
        tool: Tool {
            name: "keystorm".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        scenario: keystorm_record::Scenario {
            path: study.path.clone(),
            sha256: study.sha256.clone(),
            title: first.scenario.name.clone(),
            question: study.question.clone(),
            region: first.scenario.account.region.clone(),
            start: first.scenario.run.start.to_string(),
        },
        seed: Int(first.scenario.seed),
        command: options.command.clone(),
        window,
        replications_planned: replications,
        status,
        calibration: Some(calibration(study)),
        prices: study.prices.as_ref().map(|file| PricesUsed {
            path: file.path.clone(),
            sha256: file.sha256.clone(),
        }),
        facts: facts::of_study(study),
        warnings,
        variants: variants
            .map(|(it, (assembly, pooled))| variant(it, assembly, pooled))
            .collect(),
    })
}

fn calibration(study: &Study) -> CalibrationUsed {
    let from = study.calibration.provenance();
    CalibrationUsed {
        sha256: from.sha256.clone(),
        cpu: from.cpu.clone(),
        measured: from.measured.clone(),
        versions: from.versions.clone(),
        is_default: from.is_default,
    }
}

fn variant(study: &StudyVariant, assembly: &Assembly, pooled: Pooled) -> Variant {
    let scenario = &study.scenario;
    let metrics = metrics::over_replications(&pooled.finished);
    let costs = costs::of_variant(assembly, &pooled.finished);
    let expectations = metrics::expectations(&study.expectations, &metrics);
    Variant {
        name: study.name.clone(),
        setup: setup(scenario, assembly),
        resolved: serde_json::to_value(scenario).expect("a scenario is plain data"),
        defaulted: study.defaulted.clone(),
        metrics,
        expectations,
        costs,
        refusals: warnings::refused::of_variant(assembly, &pooled),
        classes: pooled.classes,
        series: pooled.series,
        replications: pooled
            .finished
            .into_iter()
            .map(|it| it.replication)
            .collect(),
    }
}

fn setup(scenario: &crate::schema::Scenario, assembly: &Assembly) -> Setup {
    let kms = &assembly.kms;
    Setup {
        mode: scenario.mode(),
        scheme: match scenario.clients.scheme {
            crate::schema::Scheme::Http => "http".to_owned(),
            crate::schema::Scheme::Https => "https".to_owned(),
        },
        kms_quota_per_s: Int(kms.quota.first()),
        kms_quota_changes: kms
            .quota
            .changes()
            .iter()
            .map(|&(at, quota)| QuotaChange {
                second: Int(at.second()),
                quota_per_s: Int(quota),
            })
            .collect(),
        kms_other_load_per_s: Int(kms.other.peak(0, assembly.horizon.second())),
        other_accounts: kms
            .other_accounts
            .iter()
            .map(|it| OtherAccount {
                name: it.name.clone(),
                kms_quota_per_s: Int(it.quota.first()),
                kms_other_load_per_s: Int(it.other.peak(0, assembly.horizon.second())),
            })
            .collect(),
        retry: facts::retry(&scenario.clients.retry),
    }
}
