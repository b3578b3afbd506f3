//! Running one replication that tells how much of its limits it uses.
use super::{Finished, advance, finish};
use crate::assemble::Assembly;
use crate::run::{RunError, Watch};
use crate::world::{Gauge, World};
use keystorm_sim::{Engine, Pending, TieBreak, Time};

/// Simulates the whole of replication number `index`; `None` if it was cancelled.
///
/// # Errors
/// [`RunError`] as in [`join`](super::join).
pub(crate) fn simulate_gauged(
    assembly: &Assembly,
    index: u32,
    tie_break: TieBreak,
    watch: &Watch,
) -> Result<Option<(Finished, Gauge)>, RunError> {
    let mut pending = Pending::new(tie_break);
    let gauge = Gauge::new(assembly);
    let world = World::new(assembly, index, Time::ZERO, &mut pending, gauge);
    let mut engine = Engine::new(world, pending);
    let horizon = assembly.horizon;
    if advance(&mut engine, Time::ZERO, horizon, watch, Watch::count).is_none() {
        return Ok(None);
    }
    let end = engine.now();
    let mut world = engine.model;
    world.close(end);
    let gauge = world.recorder;
    Ok(Some((finish(assembly, index, world.tally)?, gauge)))
}
