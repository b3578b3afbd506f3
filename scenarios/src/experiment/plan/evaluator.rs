//! What a scenario does under changed settings, simulated once and kept.
use super::PlanError;
use crate::assemble::{self, Assembly};
use crate::load::{Overrides, Reader, Setting, Study, load_some};
use crate::replication::{Finished, simulate_gauged};
use crate::run::{Options, Point, RunError, Watch};
use crate::schema::Scenario;
use crate::world::Gauge;
use keystorm_record::Variant;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::atomic::Ordering;

/// A scenario's text and what the command line changes in it: what is planned for.
#[derive(Clone, Copy)]
pub struct Base<'a> {
    /// Path of the file, as given.
    pub path: &'a str,
    /// Its text.
    pub text: &'a str,
    /// What the command line changes in it.
    pub overrides: &'a Overrides,
    /// Reads the files that it names.
    pub reader: &'a Reader<'a>,
    /// The whole of it, loaded; calibration and prices are taken from here.
    pub study: &'a Study,
    /// Number of the variant that is planned for, among those of the study.
    pub variant: usize,
}

/// Simulates one variant of a scenario under settings of one's choice.
///
/// All points see the very same arrivals, sizes and service times (common random numbers), so that
/// they can be subtracted replication by replication. A point is simulated once; when more
/// replications of it are wanted, only those that are missing are added.
#[derive(Debug)]
pub struct Evaluator<'a> {
    base: Base<'a>,
    options: &'a Options,
    watch: &'a Watch,
    pool: rayon::ThreadPool,
    points: BTreeMap<String, Evaluated>,
    simulations: u64,
    requests: u64,
}

#[derive(Debug)]
struct Evaluated {
    point: Point,
    variant: Variant,
}

impl fmt::Debug for Base<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut base = f.debug_struct("Base");
        base.field("path", &self.path)
            .field("variant", &self.variant)
            .finish_non_exhaustive()
    }
}

impl<'a> Evaluator<'a> {
    /// One that has simulated nothing yet.
    ///
    /// # Errors
    /// [`RunError::Threads`].
    pub fn new(base: Base<'a>, options: &'a Options, watch: &'a Watch) -> Result<Self, PlanError> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(options.jobs)
            .build();
        Ok(Self {
            base,
            options,
            watch,
            pool: pool.map_err(|error| RunError::Threads(error.to_string()))?,
            points: BTreeMap::new(),
            simulations: 0,
            requests: 0,
        })
    }

    /// What the variant does with these settings over the command line's, over at least so many
    /// replications; there may be more. It has no series.
    ///
    /// # Errors
    /// [`PlanError::Mistakes`] if the settings make no scenario, [`PlanError::Run`] if it cannot be
    /// simulated or was cancelled.
    pub fn evaluate(
        &mut self,
        settings: &[Setting],
        replications: u32,
    ) -> Result<&Variant, PlanError> {
        let texts: Vec<_> = settings.iter().map(ToString::to_string).collect();
        let key = texts.join("\n");
        let known = self.points.get(&key);
        if known.is_none_or(|it| it.point.replications() < replications) {
            let mut point = match self.points.remove(&key) {
                Some(known) => known.point,
                None => Point::new(self.study(settings)?),
            };
            let missing = replications - point.replications();
            let horizon = point.assembly().horizon.nanos();
            let all = horizon.saturating_mul(missing.into());
            // How much there is to do is known bit by bit only.
            self.watch.total_ns.fetch_add(all, Ordering::Relaxed);
            point.advance(replications, &self.pool, self.options, self.watch)?;
            let variant = point.variant().ok_or(RunError::Cancelled)?;
            self.simulations += u64::from(missing);
            self.requests += requests(&variant, missing);
            self.points
                .insert(key.clone(), Evaluated { point, variant });
        }
        Ok(&self.points[&key].variant)
    }

    /// The checked scenario with these settings, the only variant of a study.
    ///
    /// # Errors
    /// [`PlanError::Mistakes`].
    pub fn study(&self, settings: &[Setting]) -> Result<Study, PlanError> {
        let Base { path, text, .. } = self.base;
        let mut overrides = self.base.overrides.clone();
        overrides.settings.extend_from_slice(settings);
        let only = Some(self.base.variant);
        let mut study = load_some(path, text, &overrides, self.base.reader, only)
            .map_err(PlanError::Mistakes)?;
        study.calibration = self.base.study.calibration.clone();
        study.prices.clone_from(&self.base.study.prices);
        Ok(study)
    }

    /// What was simulated so far, by its settings, each `path=value`.
    pub(super) fn points(&self) -> impl Iterator<Item = (&str, &Variant)> {
        self.points
            .iter()
            .map(|(key, it)| (key.as_str(), &it.variant))
    }

    /// Some replications of a scenario that tell how much of its limits they use. They are not
    /// kept.
    ///
    /// # Errors
    /// [`PlanError::Run`].
    pub(super) fn gauge(
        &mut self,
        scenario: &Scenario,
        replications: Range<u32>,
    ) -> Result<(Assembly, Vec<(Finished, Gauge)>), PlanError> {
        let assembly = assemble::assemble(scenario, &self.base.study.calibration);
        let count = replications.end - replications.start;
        let all = assembly.horizon.nanos().saturating_mul(count.into());
        self.watch.total_ns.fetch_add(all, Ordering::Relaxed);
        let (tie_break, watch) = (self.options.tie_break, self.watch);
        let one = |index| {
            let found = simulate_gauged(&assembly, index, tie_break, watch)?;
            found.ok_or(RunError::Cancelled)
        };
        let found: Result<Vec<_>, RunError> = self
            .pool
            .install(|| replications.into_par_iter().map(one).collect());
        let found = found?;
        self.simulations += u64::from(count);
        let classes = found.iter().flat_map(|it| &it.0.replication.classes);
        self.requests += classes.map(|it| it.requests.0).sum::<u64>();
        Ok((assembly, found))
    }

    /// What is planned for.
    #[must_use]
    pub fn base(&self) -> &Base<'a> {
        &self.base
    }

    /// Replications simulated so far, over all points.
    #[must_use]
    pub fn simulations(&self) -> u64 {
        self.simulations
    }

    /// Requests measured in them.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.requests
    }
}

/// Requests measured in the last `count` replications.
fn requests(variant: &Variant, count: u32) -> u64 {
    let last = variant.replications.iter().rev().take(count as usize);
    last.flat_map(|it| &it.classes)
        .map(|it| it.requests.0)
        .sum()
}
