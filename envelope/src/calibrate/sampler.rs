//! Interleaved sampling: every work in turn, over and over, until there is enough that counts.
use super::CalibrateError;
use super::statistics::{Estimate, median};
use super::timer::{Clock, Reading, Timer};

/// A piece of work that is measured, one operation at a time.
pub(super) struct Work<'w> {
    /// What is measured, as it stands in the file.
    pub(super) name: &'static str,
    /// Bytes per operation, if they matter.
    pub(super) bytes: Option<u64>,
    /// Does the operation so many times and times what counts of it.
    pub(super) run: Run<'w>,
}

pub(super) type Run<'w> = Box<dyn FnMut(u64, &mut Timer<'_>) -> Result<(), CalibrateError> + 'w>;

impl<'w> Work<'w> {
    /// Work of which everything counts.
    pub(super) fn plain(
        name: &'static str,
        bytes: Option<u64>,
        mut once: impl FnMut() -> Result<(), CalibrateError> + 'w,
    ) -> Self {
        let run: Run<'w> =
            Box::new(move |times, timer| timer.time(|| (0..times).try_for_each(|_| once())));
        Self { name, bytes, run }
    }
}

/// How long to measure, and what counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    /// Processor time of a sample \[ns\].
    pub(super) sample_ns: u64,
    /// Time after which measuring ends if every work has enough samples \[ns\].
    pub(super) budget_ns: u64,
    /// Time after which it ends in any case \[ns\].
    pub(super) limit_ns: u64,
    /// Samples that count which every work should have.
    pub(super) samples_min: usize,
}

/// Longest time of a sample in every round \[ns\]; longer ones take part in some rounds only.
const ROUND_SHARE_NS: u64 = 4_000_000;
/// Rounds out of which the longest works take part in one.
const EVERY_MAX: u64 = 8;
/// Works between two looks at the clock of the processor.
const BLOCK: usize = 12;
/// Time over processor time above which a sample was disturbed.
pub(super) const WAITING_MAX: f64 = 1.05;
/// How far the clock of the processor may be from its median for a sample to count, as a share.
pub(super) const DRIFT_MAX: f64 = 0.02;

/// What was measured of one work.
#[derive(Clone, Debug)]
pub(super) struct Lane {
    pub(super) name: &'static str,
    pub(super) bytes: Option<u64>,
    /// Time of one operation \[ns\] in the samples that count, in their order.
    pub(super) values: Vec<f64>,
    /// Samples that do not count.
    pub(super) rejected: usize,
    /// Too few samples counted, so that all of them had to.
    pub(super) is_disturbed: bool,
}

impl Lane {
    /// Median and interval of the samples that count.
    pub(super) fn estimate(&self) -> Option<Estimate> {
        Estimate::of(&self.values)
    }
}

/// Why samples did not count.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Rejected {
    /// All samples, those that count among them.
    pub(super) samples: usize,
    /// The system took the processor away, or the thread waited.
    pub(super) preempted: usize,
    /// The clock of the processor was not as usual.
    pub(super) drifted: usize,
}

struct Sample {
    value: f64,
    preempted: bool,
    /// Time of the fixed work around it \[ns\], the longest and the shortest.
    pace: (f64, f64),
}

struct Track<'w> {
    work: Work<'w>,
    times: u64,
    every: u64,
    samples: Vec<Sample>,
}

/// Measures all works, interleaved. `pace` does a fixed amount of work that depends on nothing but
/// the clock of the processor; `progress` hears how far measuring is, from 0 to 1.
pub(super) fn sample(
    works: Vec<Work<'_>>,
    mut pace: impl FnMut(),
    plan: Plan,
    clock: &dyn Clock,
    progress: &mut dyn FnMut(f64),
) -> Result<(Vec<Lane>, Rejected), CalibrateError> {
    let start = clock.read().wall_ns;
    let elapsed = || clock.read().wall_ns.saturating_sub(start);
    let mut tracks = Vec::with_capacity(works.len());
    for work in works {
        tracks.push(warm_up(work, plan, clock)?);
    }
    let mut round = 0;
    loop {
        // Backwards every other time, so that no work always follows the same one.
        let mut order: Vec<_> = tracks.iter_mut().collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for block in order.chunks_mut(BLOCK) {
            measure(block, round, &mut pace, clock)?;
            progress((elapsed() as f64 / plan.budget_ns as f64).min(1.0));
        }
        round += 1;
        if elapsed() >= plan.limit_ns {
            break;
        }
        if elapsed() >= plan.budget_ns {
            let (lanes, _) = judge(&tracks, plan);
            if !lanes.iter().any(|lane| lane.is_disturbed) {
                break;
            }
        }
    }
    Ok(judge(&tracks, plan))
}

/// Finds out how many operations make a sample; until then the work is only warmed up.
fn warm_up<'w>(
    mut work: Work<'w>,
    plan: Plan,
    clock: &dyn Clock,
) -> Result<Track<'w>, CalibrateError> {
    let mut count = 1;
    let spent = loop {
        let mut timer = Timer::new(clock);
        (work.run)(count, &mut timer)?;
        let spent = timer.spent().cpu_ns.max(1);
        if spent >= plan.sample_ns / 4 {
            break spent;
        }
        count *= 4;
    };
    let wanted = u128::from(count) * u128::from(plan.sample_ns) / u128::from(spent);
    let sample_ns = plan.sample_ns.max(spent / count);
    Ok(Track {
        work,
        times: u64::try_from(wanted).unwrap_or(u64::MAX).max(1),
        every: (sample_ns / ROUND_SHARE_NS).clamp(1, EVERY_MAX),
        samples: Vec::new(),
    })
}

/// One sample of each of these works, between two looks at the clock of the processor.
fn measure(
    block: &mut [&mut Track<'_>],
    round: u64,
    pace: &mut impl FnMut(),
    clock: &dyn Clock,
) -> Result<(), CalibrateError> {
    let mut look = || {
        let mut timer = Timer::new(clock);
        timer.time(&mut *pace);
        timer.spent().cpu_ns as f64
    };
    let before = look();
    let mut taken = Vec::with_capacity(block.len());
    for (at, track) in block.iter_mut().enumerate() {
        if round.is_multiple_of(track.every) {
            let mut timer = Timer::new(clock);
            (track.work.run)(track.times, &mut timer)?;
            taken.push((at, timer.spent()));
        }
    }
    let after = look();
    for (at, spent) in taken {
        let track = &mut *block[at];
        track.samples.push(Sample {
            value: spent.cpu_ns as f64 / track.times as f64,
            preempted: is_disturbed(spent),
            pace: (before.max(after), before.min(after)),
        });
    }
    Ok(())
}

fn is_disturbed(spent: Reading) -> bool {
    spent.switches > 0 || spent.wall_ns as f64 > spent.cpu_ns as f64 * WAITING_MAX
}

/// Parts the samples that count from the others, now that the usual pace is known.
///
/// Where too few count all of them do: a disturbed figure that is called one is worth more than
/// none.
fn judge(tracks: &[Track<'_>], plan: Plan) -> (Vec<Lane>, Rejected) {
    let samples = || tracks.iter().flat_map(|track| &track.samples);
    let mut paces: Vec<f64> = samples().flat_map(|s| [s.pace.0, s.pace.1]).collect();
    let usual = median(&mut paces).unwrap_or(0.0);
    let off = |pace: f64| (pace - usual).abs() > DRIFT_MAX * usual;
    let drifted = |sample: &Sample| off(sample.pace.0) || off(sample.pace.1);
    let rejected = Rejected {
        samples: samples().count(),
        preempted: samples().filter(|s| s.preempted).count(),
        drifted: samples().filter(|s| !s.preempted && drifted(s)).count(),
    };
    let lanes = tracks
        .iter()
        .map(|track| {
            let counts = |sample: &&Sample| !sample.preempted && !drifted(sample);
            let all = || track.samples.iter();
            let counted: Vec<f64> = all().filter(counts).map(|s| s.value).collect();
            let is_disturbed = counted.len() < plan.samples_min;
            Lane {
                name: track.work.name,
                bytes: track.work.bytes,
                rejected: track.samples.len() - counted.len(),
                values: if is_disturbed {
                    all().map(|s| s.value).collect()
                } else {
                    counted
                },
                is_disturbed,
            }
        })
        .collect();
    (lanes, rejected)
}

#[cfg(test)]
mod tests;
