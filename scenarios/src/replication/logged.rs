//! Running one replication whose logs are wanted.
use super::{Finished, advance, finish};
use crate::assemble::Assembly;
use crate::run::{RunError, Watch};
use crate::world::{Log, World};
use keystorm_sim::{Engine, Pending, TieBreak, Time};

/// Simulates the whole of replication number `index` and writes its logs; `None` if it was
/// cancelled, and then its logs are dropped.
///
/// # Errors
/// [`RunError`] as in [`join`](super::join), or if the logs cannot be written.
pub(crate) fn simulate_logged(
    assembly: &Assembly,
    index: u32,
    tie_break: TieBreak,
    watch: &Watch,
    log: Log,
) -> Result<Option<Finished>, RunError> {
    let mut pending = Pending::new(tie_break);
    let world = World::new(assembly, index, Time::ZERO, &mut pending, log);
    let mut engine = Engine::new(world, pending);
    let horizon = assembly.horizon;
    if advance(&mut engine, Time::ZERO, horizon, watch, Watch::count).is_none() {
        return Ok(None);
    }
    let end = engine.now();
    let mut world = engine.model;
    world.close(end);
    // Before what was counted is looked at: a log that fails ends the run early.
    world
        .recorder
        .finish()
        .map_err(|error| RunError::Log(error.to_string()))?;
    finish(assembly, index, world.tally).map(Some)
}
