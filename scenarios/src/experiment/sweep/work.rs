//! A plan that can be worked on: its points as scenarios, its runs in their order of work.
use super::super::grid::Grid;
use super::super::vary::Vary;
use super::plan::{PlanError, SweepPlan, SweepSource};
use super::{axis, weight};
use crate::assemble::{self, Assembly};
use crate::diagnostic::Diagnostics;
use crate::load::{Overrides, PriceFile, Reader, Study, load_some};
use crate::run::Watch;
use keystorm_models::cpu::Calibration;
use keystorm_record::{Int, SweepAxis};
use keystorm_sim::TieBreak;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

/// A plan with everything in it read.
#[derive(Debug)]
pub struct SweepWork {
    plan: SweepPlan,
    vary: Vec<Vary>,
    overrides: Overrides,
    calibration: Arc<Calibration>,
    prices: Option<PriceFile>,
    /// Points from the one with the most work to the one with the least; empty if they are alike.
    order: Vec<u32>,
    /// By point: its place in that order.
    rank: Vec<u32>,
}

/// What a sweep is made of, before its points have been looked at.
#[derive(Clone, Debug)]
pub struct SweepInput {
    /// The scenario.
    pub scenario: SweepSource,
    /// What the command line changes at every point.
    pub overrides: Overrides,
    /// What varies.
    pub vary: Vec<Vary>,
    /// Order of events of the same instant.
    pub tie_break: TieBreak,
    /// Text of a calibration.
    pub calibration: Option<String>,
    /// A file of prices.
    pub prices: Option<SweepSource>,
    /// The command that gives the same result on one machine.
    pub command: String,
}

/// Why a sweep cannot be prepared.
#[derive(Debug)]
pub enum PrepareError {
    /// There are too many points or runs.
    TooMany(String),
    /// A point is no scenario: that with the least number.
    Mistakes(Box<Diagnostics>),
    /// Something else cannot be read.
    Plan(PlanError),
    /// The watch has cancelled it.
    Cancelled,
}

impl fmt::Display for PrepareError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany(what) => f.write_str(what),
            Self::Mistakes(found) => found.fmt(f),
            Self::Plan(error) => error.fmt(f),
            Self::Cancelled => f.write_str("interrupted before all points had been checked"),
        }
    }
}

impl Error for PrepareError {}

/// Reads the files that a scenario names, from several threads.
pub type SharedReader<'a> = dyn Fn(&str) -> Result<String, String> + Sync + 'a;

/// Points that are checked between two looks at the watch.
const CHUNK: u64 = 512;

impl SweepWork {
    /// Prepares a sweep: checks every point, on all threads of rayon's pool, and puts everything
    /// that it needs into a plan.
    ///
    /// # Errors
    /// [`PrepareError`]
    pub fn prepare(
        input: SweepInput,
        reader: &SharedReader<'_>,
        watch: &Watch,
    ) -> Result<Self, PrepareError> {
        let mut plan = SweepPlan::new(input.scenario, &input.overrides, input.command);
        plan.vary = input.vary.iter().map(ToString::to_string).collect();
        plan.shuffled = input.tie_break == TieBreak::Shuffled;
        plan.calibration = input.calibration;
        plan.prices = input.prices;
        let points = Grid(&input.vary).points();
        let points = SweepPlan::check_size(points, 1).map_err(PrepareError::TooMany)?;
        plan.points = Int(points);
        let mut work = Self::read(plan).map_err(PrepareError::Plan)?;
        let files = Mutex::new(BTreeMap::new());
        let noting = |name: &str| {
            let known = || files.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(text) = known().get(name).cloned() {
                return Ok(text);
            }
            let text = reader(name)?;
            known().insert(name.to_owned(), text.clone());
            Ok(text)
        };
        // All variants of the first point: a mistake in any of them is one in the file.
        let first = work.load(0, &noting, true);
        let first = first.map_err(PrepareError::Mistakes)?;
        let replications = first.variants[0].scenario.run.replications;
        let enough = SweepPlan::check_size(Some(points), replications);
        enough.map_err(PrepareError::TooMany)?;
        let mut requests = Vec::new();
        while (requests.len() as u64) < points {
            if watch.cancelled.load(Ordering::Relaxed) {
                return Err(PrepareError::Cancelled);
            }
            let from = requests.len() as u64;
            let chunk = (from..points.min(from + CHUNK))
                .into_par_iter()
                .map(|point| {
                    let study = work.load(point, &noting, false)?;
                    Ok(weight::requests(&assembly(&study)))
                });
            for found in chunk.collect::<Vec<Result<u64, Box<Diagnostics>>>>() {
                requests.push(found.map_err(PrepareError::Mistakes)?);
            }
        }
        work.plan.replications = replications;
        work.plan.files = files.into_inner().unwrap_or_else(PoisonError::into_inner);
        if !weight::are_alike(&requests) {
            work.plan.requests = requests.into_iter().map(Int).collect();
        }
        Self::open(work.plan.sealed()).map_err(PrepareError::Plan)
    }

    /// Reads what a plan holds, to work on it.
    ///
    /// # Errors
    /// [`PlanError::Part`] if something in it cannot be read, which no prepared plan has.
    pub fn open(plan: SweepPlan) -> Result<Self, PlanError> {
        let mut work = Self::read(plan)?;
        let points = Grid(&work.vary).points();
        let points = SweepPlan::check_size(points, work.plan.replications);
        let points = points.map_err(PlanError::Part)?;
        let requests = &work.plan.requests;
        let alike = requests.is_empty();
        if points != work.plan.points.0 || !(alike || requests.len() as u64 == points) {
            let what = "its numbers of points do not agree";
            return Err(PlanError::Part(what.to_owned()));
        }
        if work.plan.replications == 0 {
            return Err(PlanError::Part("it has no replications".to_owned()));
        }
        if !alike {
            let mut order: Vec<u32> = (0..).take(requests.len()).collect();
            order.sort_by_key(|&it| std::cmp::Reverse(requests[it as usize]));
            let mut rank = vec![0; order.len()];
            for (place, &point) in (0..).zip(&order) {
                rank[point as usize] = place;
            }
            (work.order, work.rank) = (order, rank);
        }
        Ok(work)
    }

    fn read(plan: SweepPlan) -> Result<Self, PlanError> {
        let part = |what: &str, why: &dyn fmt::Display| PlanError::Part(format!("{what}: {why}"));
        let vary: Result<Vec<Vary>, _> = plan.vary.iter().map(|it| it.parse()).collect();
        let settings: Result<_, _> = plan.set.iter().map(|it| it.parse()).collect();
        let overrides = Overrides {
            settings: settings.map_err(|error| part("a setting", &error))?,
            expectations: plan.expect.clone(),
        };
        let calibration = match &plan.calibration {
            Some(text) => Calibration::read(text).map_err(|error| part("calibration", &error))?,
            None => Calibration::default_one(),
        };
        let prices = plan.prices.as_ref();
        let prices = prices
            .map(|it| PriceFile::read(&it.path, &it.text))
            .transpose();
        Ok(Self {
            vary: vary.map_err(|error| part("what varies", &error))?,
            overrides,
            calibration: Arc::new(calibration),
            prices: prices.map_err(|error| part("prices", &error))?,
            order: Vec::new(),
            rank: Vec::new(),
            plan,
        })
    }

    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &SweepPlan {
        &self.plan
    }

    /// Runs in all.
    #[must_use]
    pub fn runs(&self) -> u64 {
        self.plan.runs()
    }

    /// Point and replication of a run.
    pub(super) fn split(&self, run: u64) -> (u64, u32) {
        let replications = u64::from(self.plan.replications);
        let replication = u32::try_from(run % replications).expect("less than replications");
        (run / replications, replication)
    }

    /// The run at a place of the order of work. Runs of a point stand together, those of points
    /// with more work come first.
    pub(super) fn run_at(&self, place: u64) -> u64 {
        self.through(&self.order, place)
    }

    /// The place of a run in the order of work; `None` if there is no such run.
    pub(super) fn place_of(&self, run: u64) -> Option<u64> {
        (run < self.runs()).then(|| self.through(&self.rank, run))
    }

    fn through(&self, points: &[u32], number: u64) -> u64 {
        let replications = u64::from(self.plan.replications);
        let (point, replication) = (number / replications, number % replications);
        let at = usize::try_from(point).expect("at most 100,000 points");
        let point = points.get(at).map_or(point, |&it| it.into());
        point * replications + replication
    }

    /// The axes of the grid.
    pub(super) fn axes(&self) -> Vec<SweepAxis> {
        self.vary.iter().map(axis::axis).collect()
    }

    /// Number of the value of each setting at a point.
    pub(super) fn values(&self, point: u64) -> Vec<u32> {
        let indices = Grid(&self.vary).indices(point).into_iter();
        let narrow = |it| u32::try_from(it).expect("at most 100,000 values");
        indices.map(narrow).collect()
    }

    /// The numbers of the first point and of all that differ from it in one setting.
    pub(super) fn star(&self) -> Vec<u64> {
        let mut points = vec![0];
        let mut stride = 1;
        for vary in self.vary.iter().rev() {
            let count = vary.values.len() as u64;
            points.extend((1..count).map(|it| it * stride));
            stride *= count;
        }
        points.sort_unstable();
        points
    }

    /// The scenario of a point, alone in a study.
    pub(super) fn point(&self, point: u64) -> Result<Study, Box<Diagnostics>> {
        let reader = |name: &str| {
            let text = self.plan.files.get(name);
            text.cloned()
                .ok_or_else(|| "it is not in the plan".to_owned())
        };
        self.load(point, &reader, false)
    }

    /// The same with another reader of files, and with all variants of the file looked at if
    /// `whole` says so.
    fn load(
        &self,
        point: u64,
        reader: &Reader<'_>,
        whole: bool,
    ) -> Result<Study, Box<Diagnostics>> {
        let grid = Grid(&self.vary);
        let indices = grid.indices(point);
        let name = grid.name(&indices);
        let SweepSource { path, text } = &self.plan.scenario;
        let only = (!whole).then_some(0);
        let overrides = grid.over(&self.overrides, &indices);
        let loaded = load_some(path, text, &overrides, reader, only);
        let mut study = loaded.map_err(|mut found| {
            if !name.is_empty() {
                let points = self.plan.points;
                let note = format!("at point {point} of {points}: {name}");
                for it in &mut found.list {
                    it.notes.push(note.clone());
                }
            }
            Box::new(found)
        })?;
        study.variants.truncate(1);
        if !name.is_empty() {
            study.variants[0].name = name;
        }
        study.calibration = Arc::clone(&self.calibration);
        study.prices.clone_from(&self.prices);
        Ok(study)
    }
}

/// The models of a study's only variant.
pub(super) fn assembly(study: &Study) -> Assembly {
    let scenario = &study.variants[0].scenario;
    Assembly {
        prices: assemble::prices(scenario, study.prices.as_ref()),
        ..assemble::assemble(scenario, &study.calibration)
    }
}
