//! Pooling the rows of all shards to the result, point by point.
use super::rows::{Rows, RowsError};
use super::work::{self, SweepWork};
use crate::assemble::Assembly;
use crate::diagnostic::Diagnostics;
use crate::load::Study;
use crate::replication::Finished;
use crate::run::{Pooled, Watch, record};
use crate::warnings::{self, refused};
use crate::{costs, facts, metrics};
use keystorm_models::s3::Refusal;
use keystorm_record::{
    Class, ClassCounts, Estimate, Int, Metric, SWEEP_VERSION, Series, Status, Sweep, SweepClass,
    SweepMetric, SweepPoint, SweepRow, Warning, Window,
};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt;
use std::io;
use std::sync::atomic::Ordering;

/// Why there is no result.
#[derive(Debug)]
pub enum MergeError {
    /// A shard cannot be read.
    Rows(RowsError),
    /// A point is no scenario, which no prepared plan has.
    Point(Box<Diagnostics>),
    /// The result cannot be written.
    Output(io::Error),
    /// There is no finished run.
    Nothing,
    /// The watch has cancelled it.
    Cancelled,
    /// Threads could not be started.
    Threads(String),
}

impl fmt::Display for MergeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rows(error) => error.fmt(f),
            Self::Point(found) => found.fmt(f),
            Self::Output(error) => write!(f, "the result cannot be written: {error}"),
            Self::Nothing => f.write_str("no run has finished yet"),
            Self::Cancelled => f.write_str("interrupted before all points had been merged"),
            Self::Threads(reason) => write!(f, "cannot start threads: {reason}"),
        }
    }
}

impl Error for MergeError {}

/// Points that are pooled at a time, for each thread.
const POINTS_PER_THREAD: u64 = 8;

/// Most points whose facts are looked up.
const FACTS_POINTS_MAX: usize = 500;

/// A point, and what it says about the sweep as a whole.
struct Found {
    point: SweepPoint,
    kinds: BTreeMap<String, SweepMetric>,
    warnings: Vec<Warning>,
    measured: Int,
    cut: bool,
}

/// Pools all rows to the result, without its points: those are handed to `each`, in their order. At
/// no time are more than a few of them in memory.
///
/// # Errors
/// [`MergeError`]; missing runs are none, the result says how many there are.
pub fn merge(
    work: &SweepWork,
    rows: &Rows,
    jobs: usize,
    watch: &Watch,
    each: &mut dyn FnMut(SweepPoint) -> io::Result<()>,
) -> Result<Sweep, MergeError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs).build();
    let pool = pool.map_err(|error| MergeError::Threads(error.to_string()))?;
    let points = work.plan().points();
    // It stays until the end: models share the tables of their distributions while there is one.
    let first = work::assembly(&work.point(0).map_err(MergeError::Point)?);
    let chunk = POINTS_PER_THREAD * pool.current_num_threads() as u64;
    let mut whole = Whole::default();
    let mut from = 0;
    while from < points {
        if watch.cancelled.load(Ordering::Relaxed) {
            return Err(MergeError::Cancelled);
        }
        let to = points.min(from + chunk);
        let found: Vec<_> = pool.install(|| {
            let numbers = (from..to).into_par_iter();
            numbers.map(|number| point(work, rows, number)).collect()
        });
        for found in found {
            if let Some(found) = found? {
                let point = whole.add(found);
                each(point).map_err(MergeError::Output)?;
            }
        }
        from = to;
    }
    drop(first);
    whole.head(work, rows.missing(work).map_or(0, |it| it.runs))
}

/// A point; `None` if none of its runs has finished.
fn point(work: &SweepWork, rows: &Rows, number: u64) -> Result<Option<Found>, MergeError> {
    let replications = u64::from(work.plan().replications());
    let runs = number * replications..(number + 1) * replications;
    let rows = runs.filter_map(|run| rows.row(run).transpose());
    let pooled = Pooled::of(rows.map(|row| row.map(finished))).map_err(MergeError::Rows)?;
    let Some(pooled) = pooled else {
        return Ok(None);
    };
    let study = work.point(number).map_err(MergeError::Point)?;
    let assembly = work::assembly(&study);
    Ok(Some(found(work, number, &study, &assembly, pooled)))
}

fn found(
    work: &SweepWork,
    number: u64,
    study: &Study,
    assembly: &Assembly,
    pooled: Pooled,
) -> Found {
    let variant = &study.variants[0];
    let metrics = metrics::over_replications(&pooled.finished);
    let measured = pooled.finished.iter().map(|it| it.replication.measured_ns);
    let measured = measured.min().expect("there is a replication");
    let cut = pooled
        .finished
        .iter()
        .any(|it| record::is_cut(&variant.scenario, it));
    let window = window(study, measured, cut);
    let replications = u32::try_from(pooled.finished.len()).expect("at most a million runs");
    let point = SweepPoint {
        number: Int(number),
        name: variant.name.clone(),
        values: work.values(number),
        mode: variant.scenario.mode(),
        replications,
        expectations: metrics::expectations(&variant.expectations, &metrics),
        costs: costs::of_variant(assembly, &pooled.finished),
        refusals: refused::of_variant(assembly, &pooled),
        classes: classes(&pooled),
        metrics: metrics
            .iter()
            .map(|(name, it)| (name.clone(), estimate(it)))
            .collect(),
    };
    let kind = |(name, it): (String, Metric)| {
        let (unit, better) = (it.unit, it.better);
        (name, SweepMetric { unit, better })
    };
    Found {
        warnings: warnings::of_run(study, &[(assembly, pooled)], &window, Status::Complete),
        kinds: metrics.into_iter().map(kind).collect(),
        point,
        measured,
        cut,
    }
}

fn window(study: &Study, measure_ns: Int, cut: bool) -> Window {
    let warm_up = study.variants[0].scenario.run.warm_up;
    Window {
        warm_up_ns: Int(warm_up.0.nanos()),
        measure_ns,
        cut,
    }
}

fn estimate(metric: &Metric) -> Estimate {
    let replications = metric.values.iter().flatten().count();
    Estimate {
        mean: metric.mean,
        low: metric.low,
        high: metric.high,
        replications: u32::try_from(replications).expect("at most a million runs"),
    }
}

fn classes(pooled: &Pooled) -> Vec<SweepClass> {
    let counts = |place: usize| {
        let mut sum = ClassCounts::default();
        for it in &pooled.finished {
            sum.add(&it.replication.classes[place]);
        }
        sum
    };
    let class = |(place, class): (usize, &Class)| SweepClass {
        fleet: class.fleet.clone(),
        operation: class.operation,
        counts: counts(place),
        latency: class.latency.clone(),
        time: class.time,
    };
    pooled.classes().enumerate().map(class).collect()
}

/// What a run had left.
fn finished(row: SweepRow) -> Finished {
    let known = |id: &str| Refusal::ALL.iter().copied().find(|it| it.id == id);
    let refused = row.refused.iter();
    let refusals = refused.filter_map(|it| Some((it.operation, known(&it.id)?)));
    Finished {
        refusals: refusals.collect(),
        replication: row.replication,
        classes: row.classes,
        series: Series::default(),
        metrics: row.metrics,
    }
}

/// What all points say together.
#[derive(Default)]
struct Whole {
    kinds: BTreeMap<String, SweepMetric>,
    /// The first warning of each code, with the number of its points.
    warnings: Vec<(Warning, String, u64)>,
    measured: Option<Int>,
    cut: bool,
}

impl Whole {
    fn add(&mut self, found: Found) -> SweepPoint {
        for (name, kind) in found.kinds {
            self.kinds.entry(name).or_insert(kind);
        }
        let mut codes = BTreeSet::new();
        for warning in found.warnings {
            if !codes.insert(warning.code.clone()) {
                continue;
            }
            match self
                .warnings
                .iter_mut()
                .find(|it| it.0.code == warning.code)
            {
                Some(known) => known.2 += 1,
                None => self.warnings.push((warning, found.point.name.clone(), 1)),
            }
        }
        let measured = self.measured.unwrap_or(found.measured);
        self.measured = Some(measured.min(found.measured));
        self.cut |= found.cut;
        found.point
    }

    fn head(self, work: &SweepWork, missing: u64) -> Result<Sweep, MergeError> {
        let plan = work.plan();
        let measured = self.measured.ok_or(MergeError::Nothing)?;
        let study = star(work).map_err(MergeError::Point)?;
        let first = &study.variants[0].scenario;
        let status = if missing == 0 {
            Status::Complete
        } else {
            Status::Interrupted
        };
        let warnings = partial(missing)
            .into_iter()
            .chain(self.warnings.into_iter().map(pooled));
        let mut facts = facts::of_study(&study);
        for fact in &mut facts {
            fact.variants.clear();
        }
        Ok(Sweep {
            sweep: SWEEP_VERSION,
            tool: record::tool(),
            scenario: record::scenario(&study, first),
            seed: Int(first.seed),
            command: plan.command.clone(),
            plan_sha256: plan.sha256().to_owned(),
            window: window(&study, measured, self.cut),
            replications: plan.replications(),
            status,
            missing_runs: Int(missing),
            calibration: record::calibration(&study),
            prices: record::prices(&study),
            facts,
            warnings: warnings.collect(),
            axes: work.axes(),
            metrics: self.kinds,
            points: Vec::new(),
        })
    }
}

/// The first point, and those that differ from it in one setting: what is known from outside hangs
/// on single settings.
fn star(work: &SweepWork) -> Result<Study, Box<Diagnostics>> {
    let mut points = work.star().into_iter().take(FACTS_POINTS_MAX);
    let mut study = work.point(points.next().unwrap_or(0))?;
    for point in points {
        study.variants.append(&mut work.point(point)?.variants);
    }
    Ok(study)
}

/// The first point's warning, with how many further points have one like it.
fn pooled((warning, name, points): (Warning, String, u64)) -> Warning {
    let further = points - 1;
    if further == 0 || !warning.text.contains(&name) {
        return warning;
    }
    let s = if further == 1 { "" } else { "s" };
    Warning {
        text: format!("{}; so it is at {further} further point{s}", warning.text),
        ..warning
    }
}

fn partial(missing: u64) -> Option<Warning> {
    (missing > 0).then(|| Warning {
        code: "partial".to_owned(),
        text: format!(
            "{} runs are missing; the figures come from those that had finished",
            facts::thousands(missing)
        ),
        remedy: "simulate the rest and merge again".to_owned(),
    })
}
