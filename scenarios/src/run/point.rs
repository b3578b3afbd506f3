//! Replications of one variant, more of them whenever they are wanted.
use super::batch::Batch;
use super::{BATCH_MAX, Options, PARTS_PER_THREAD, Pooled, RunError, Watch, pool_one, record};
use crate::assemble::{self, Assembly};
use crate::load::Study;
use keystorm_record::{Series, Variant};

/// One variant of a study, and the replications of it that there are.
#[derive(Debug)]
pub(crate) struct Point {
    study: Study,
    assembly: Assembly,
    pooled: Option<Pooled>,
}

impl Point {
    /// The first variant of a study, not simulated yet.
    pub(crate) fn new(study: Study) -> Self {
        let scenario = &study.variants[0].scenario;
        let assembly = Assembly {
            prices: assemble::prices(scenario, study.prices.as_ref()),
            ..assemble::assemble(scenario, &study.calibration)
        };
        Self {
            study,
            assembly,
            pooled: None,
        }
    }

    pub(crate) fn assembly(&self) -> &Assembly {
        &self.assembly
    }

    /// Replications that there are.
    pub(crate) fn replications(&self) -> u32 {
        let count = self.pooled.as_ref().map_or(0, |it| it.finished.len());
        u32::try_from(count).expect("asked for as a u32")
    }

    /// Simulates until there are `replications`; series are not kept.
    ///
    /// # Errors
    /// [`RunError`], [`RunError::Cancelled`] if the watch cancels it: what was finished is kept.
    pub(crate) fn advance(
        &mut self,
        replications: u32,
        pool: &rayon::ThreadPool,
        options: &Options,
        watch: &Watch,
    ) -> Result<(), RunError> {
        let runs: Vec<_> = (self.replications()..replications)
            .map(|index| (0, index))
            .collect();
        let threads = pool.current_num_threads();
        let parts = (PARTS_PER_THREAD * threads).div_ceil(runs.len().max(1));
        for runs in runs.chunks(BATCH_MAX) {
            let batch = Batch {
                study: &self.study,
                assemblies: std::slice::from_ref(&self.assembly),
                runs,
                logs: None,
            };
            let parts = if threads == 1 { 1 } else { parts };
            let finished = pool.install(|| batch.run(parts, options, watch))?;
            for finished in finished {
                let mut finished = finished.ok_or(RunError::Cancelled)?;
                finished.series = Series::default();
                pool_one((&mut self.pooled, finished));
            }
        }
        Ok(())
    }

    /// What they found, without series; `None` without any.
    pub(crate) fn variant(&self) -> Option<Variant> {
        let pooled = self.pooled.clone()?;
        let variant = &self.study.variants[0];
        Some(record::variant(variant, &self.assembly, pooled))
    }
}
