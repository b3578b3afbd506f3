//! Some replications of variants, simulated at the same time.
use super::{Options, RunError, Watch};
use crate::assemble::Assembly;
use crate::load::Study;
use crate::logs::Logs;
use crate::part::{self, Part};
use crate::replication::{self, Finished, Simulated};
use crate::schema::{KmsKey, Scheme};
use crate::world::Log;
use keystorm_models::audit::Place;
use rayon::prelude::*;

/// Some replications of variants.
#[derive(Clone, Copy)]
pub(super) struct Batch<'a> {
    pub(super) study: &'a Study,
    pub(super) assemblies: &'a [Assembly],
    /// Variant and number of each replication.
    pub(super) runs: &'a [(usize, u32)],
    pub(super) logs: Option<&'a dyn Logs>,
}

/// What a thread has to do for a run, by its number in the batch.
enum Task {
    Part(usize, Part),
    /// The whole run, with its logs.
    Logged(usize),
}

/// What came of it.
enum Done<'a> {
    Part(Option<Box<Simulated<'a>>>),
    Logged(Box<Result<Option<Finished>, RunError>>),
}

impl<'a> Batch<'a> {
    /// Runs them, each in about `parts` parts; `None` of those that were cancelled.
    pub(super) fn run(
        self,
        parts: usize,
        options: &Options,
        watch: &Watch,
    ) -> Result<Vec<Option<Finished>>, RunError> {
        // Begun in order, so that an interrupted run has whole replications; they end in any.
        let mut simulated: Vec<_> = self
            .tasks(parts, options)
            .into_iter()
            .par_bridge()
            .map(|task| match task {
                Task::Logged(run) => {
                    let logged = self.simulate_logged(run, options, watch);
                    (
                        run,
                        keystorm_sim::Time::ZERO,
                        Done::Logged(Box::new(logged)),
                    )
                }
                Task::Part(run, part) => {
                    let (variant, index) = self.runs[run];
                    let (assembly, tie_break) = (&self.assemblies[variant], options.tie_break);
                    let simulated = replication::simulate(assembly, index, part, tie_break, watch);
                    (run, part.from, Done::Part(simulated.map(Box::new)))
                }
            })
            .collect();
        simulated.sort_by_key(|&(run, from, _)| (run, from));
        let mut runs: Vec<Vec<Done<'a>>> = self.runs.iter().map(|_| Vec::new()).collect();
        for (run, _, done) in simulated {
            runs[run].push(done);
        }
        let join = |(&(variant, index), done)| join(&self.assemblies[variant], index, done, watch);
        let runs: Vec<_> = self.runs.iter().zip(runs).collect();
        runs.into_par_iter().map(join).collect()
    }

    fn tasks(&self, parts: usize, options: &Options) -> Vec<Task> {
        let mut tasks = Vec::new();
        for (run, &(variant, index)) in self.runs.iter().enumerate() {
            if index == 0 && self.logs.is_some() {
                tasks.push(Task::Logged(run));
                continue;
            }
            let assembly = &self.assemblies[variant];
            let mut parts = part::cut(assembly, parts, options.tie_break);
            // The longest first: begun last, it would keep one thread at work alone.
            parts.sort_by(|a, b| b.requests(assembly).total_cmp(&a.requests(assembly)));
            tasks.extend(parts.into_iter().map(|part| Task::Part(run, part)));
        }
        tasks
    }

    fn simulate_logged(
        &self,
        run: usize,
        options: &Options,
        watch: &Watch,
    ) -> Result<Option<Finished>, RunError> {
        let (variant, index) = self.runs[run];
        let (assembly, of) = (&self.assemblies[variant], &self.study.variants[variant]);
        let Some(logs) = self.logs else {
            return Ok(None);
        };
        let place = Place {
            region: of.scenario.account.region.clone(),
            start: of.scenario.run.start.0,
            https: of.scenario.clients.scheme == Scheme::Https,
            key_of_other_account: of.scenario.kms.key == KmsKey::OtherAccount,
            roles: assembly.fleets.iter().map(|it| it.name.clone()).collect(),
        };
        let log = Log::open(assembly, index, &place, logs, &of.name)
            .map_err(|error| RunError::Log(error.to_string()))?;
        replication::simulate_logged(assembly, index, options.tie_break, watch, log)
    }
}

/// A run from what its tasks have left; `None` if one of them was cancelled.
fn join(
    assembly: &Assembly,
    index: u32,
    done: Vec<Done<'_>>,
    watch: &Watch,
) -> Result<Option<Finished>, RunError> {
    let mut parts = Vec::new();
    for done in done {
        match done {
            Done::Logged(finished) => return *finished,
            Done::Part(Some(part)) => parts.push(*part),
            Done::Part(None) => return Ok(None),
        }
    }
    replication::join(assembly, index, parts, watch)
}
