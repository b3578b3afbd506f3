//! Running one replication, and checking that its counts add up.
mod gauged;
mod kms;
mod logged;

pub(crate) use gauged::simulate_gauged;
pub(crate) use logged::simulate_logged;

use crate::assemble::{Assembly, Fleet, Load};
use crate::metrics;
use crate::part::Part;
use crate::run::{RunError, Watch};
use crate::world::{ClassTally, OPERATIONS, Recorder, Second, Silent, Snapshot, Tally, World};
use keystorm_models::s3::Refusal;
use keystorm_models::workload::Progress;
use keystorm_record::{Class, Int, JobRun, Occupancy, Operation, Replication, S3Counts, Series};
use keystorm_sim::{Engine, NANOS_PER_S, Pending, Span, TieBreak, Time};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

/// What one replication leaves: integers that add up, and the values of its metrics.
#[derive(Clone, Debug)]
pub(crate) struct Finished {
    pub(crate) replication: Replication,
    pub(crate) classes: Vec<Class>,
    pub(crate) series: Series,
    pub(crate) metrics: BTreeMap<String, Option<f64>>,
    /// Errors that requests were denied or rejected with, by operation.
    pub(crate) refusals: Vec<(Operation, &'static Refusal)>,
}

/// Simulated time between two looks at the watch.
const STRIDE: u64 = NANOS_PER_S;

/// A part of a replication that has been simulated.
pub(crate) struct Simulated<'a> {
    part: Part,
    engine: Engine<World<'a>>,
    /// The state at the part's beginning, if it began from another than the run's.
    began: Option<Snapshot>,
}

/// Simulates a part of replication number `index`; `None` if it was cancelled.
pub(crate) fn simulate<'a>(
    assembly: &'a Assembly,
    index: u32,
    part: Part,
    tie_break: TieBreak,
    watch: &Watch,
) -> Option<Simulated<'a>> {
    let mut pending = Pending::new(tie_break);
    let world = World::new(assembly, index, part.lead, &mut pending, Silent);
    let mut engine = Engine::new(world, pending);
    let mut began = None;
    if part.lead < part.from {
        advance(&mut engine, part.lead, part.from, watch, |_, _| ())?;
        began = engine.model.snapshot(part.from, &engine.pending);
        engine.model.count_from(part.from);
    }
    advance(&mut engine, part.from, part.to, watch, Watch::count)?;
    Some(Simulated {
        part,
        engine,
        began,
    })
}

/// Joins the parts of replication number `index`; `None` if that was cancelled.
///
/// A part that began with a lead is right if its state at its beginning is the one that the part
/// before it has reached. If it is not, it is simulated again from there.
///
/// # Errors
/// [`RunError`] if the counts do not add up, which is a mistake of keystorm, or if nothing was
/// measured.
pub(crate) fn join(
    assembly: &Assembly,
    index: u32,
    parts: Vec<Simulated<'_>>,
    watch: &Watch,
) -> Result<Option<Finished>, RunError> {
    let mut parts = parts.into_iter();
    let Some(Simulated { mut engine, .. }) = parts.next() else {
        return Ok(None);
    };
    for mut next in parts {
        let Part { from, to, .. } = next.part;
        let reached = engine.model.snapshot(from, &engine.pending);
        if reached.is_some() && reached == next.began {
            engine.model.tally.add(&next.engine.model.tally);
            next.engine.model.tally = engine.model.tally;
            engine = next.engine;
        } else {
            watch.parts_again.fetch_add(1, Ordering::Relaxed);
            if advance(&mut engine, from, to, watch, |_, _| ()).is_none() {
                return Ok(None);
            }
        }
    }
    let end = engine.now();
    let mut world = engine.model;
    world.close(end);
    finish(assembly, index, world.tally).map(Some)
}

/// Runs an engine from `from` to `to` and counts simulated time and requests; `None` if the watch
/// cancels it. Ends early if the model does.
fn advance<R: Recorder>(
    engine: &mut Engine<World<'_, R>>,
    from: Time,
    to: Time,
    watch: &Watch,
    count: impl Fn(&Watch, (Span, u64)),
) -> Option<()> {
    let (mut now, mut requests) = (from, engine.model.arrived());
    while now < to {
        if watch.cancelled.load(Ordering::Relaxed) {
            return None;
        }
        let next = Time::from_nanos(now.nanos() + STRIDE).min(to);
        let goes_on = engine.run_until(next);
        let simulated = if goes_on { next } else { to };
        let arrived = engine.model.arrived();
        count(watch, (simulated - now, arrived - requests));
        (now, requests) = (simulated, arrived);
    }
    Some(())
}

fn finish(assembly: &Assembly, index: u32, mut tally: Tally) -> Result<Finished, RunError> {
    if tally.end <= assembly.warm_up {
        return Err(RunError::NothingMeasured {
            requests_max: assembly.requests_max,
        });
    }
    let seconds = tally.end.nanos().div_ceil(NANOS_PER_S);
    tally.seconds.resize_with(
        usize::try_from(seconds).expect("checked: at most 31 days"),
        Second::default,
    );
    check(&tally)?;
    let other_accounts = kms::counts_of_others(assembly, &mut tally);
    let replication = Replication {
        index,
        measured_ns: Int((tally.end - assembly.warm_up).nanos()),
        classes: reported(assembly, &tally.classes)
            .map(|(_, _, class)| class.counts)
            .collect(),
        kms: kms::counts(assembly, &tally),
        other_accounts,
        s3: S3Counts {
            get_billed: Int(tally.s3_billed[0]),
            put_billed: Int(tally.s3_billed[1]),
            answered: Int(tally.s3_answered),
            read_bytes: read_bytes(assembly, &tally),
        },
        client_cores: (assembly.client.cores > 0).then_some(tally.cores.counts),
        completion_ns: tally.completion.map(|at| Int(at.nanos())),
        client_keys: client_keys(assembly).then_some(tally.keys.counts),
        client_connections: assembly
            .client
            .counts_connections()
            .then_some(tally.connections.counts),
        jobs: jobs(assembly, &tally),
        occupancy: Occupancy {
            integral_ns: tally.occupancy.integral(tally.end).to_string(),
            sojourn_ns: tally.occupancy.sojourn().to_string(),
        },
    };
    let series = series(assembly, &tally);
    let refusals = refusals(assembly, &tally.classes);
    let classes = classes(assembly, &tally.classes);
    let peaks = kms::peaks(assembly, &replication, &series);
    let metrics = metrics::of_replication(assembly, &replication, &classes, &series, peaks);
    Ok(Finished {
        replication,
        classes,
        series,
        metrics,
        refusals,
    })
}

/// Whether clients keep keys.
fn client_keys(assembly: &Assembly) -> bool {
    let keys = assembly.client.keys.as_ref();
    keys.is_some_and(|it| it.cache.is_some())
}

/// Every request ends in exactly one outcome, its time parts are its latency, and Little's law
/// holds exactly.
fn check(tally: &Tally) -> Result<(), RunError> {
    for class in tally.classes.iter().flatten() {
        let (requests, outcomes) = (class.counts.requests.0, class.counts.outcomes().0);
        if requests != outcomes {
            return Err(RunError::Conservation { requests, outcomes });
        }
    }
    for class in tally.classes.iter().flatten() {
        let (parts_ns, latency_ns) = (class.time().total_ns().0, class.latency_sum);
        if parts_ns != latency_ns {
            return Err(RunError::TimeParts {
                parts_ns,
                latency_ns,
            });
        }
    }
    let (integral_ns, sojourn_ns) = (
        tally.occupancy.integral(tally.end),
        tally.occupancy.sojourn(),
    );
    if integral_ns != sojourn_ns {
        return Err(RunError::Occupancy {
            integral_ns,
            sojourn_ns,
        });
    }
    Ok(())
}

/// The classes that a record holds, in order: of each fleet the operations that it asks for.
fn reported<'a>(
    assembly: &'a Assembly,
    tallies: &'a [[ClassTally; OPERATIONS]],
) -> impl Iterator<Item = (&'a Fleet, Operation, &'a ClassTally)> {
    let of_fleet = |(fleet, tallies): (&'a Fleet, &'a [ClassTally; OPERATIONS])| {
        let asked = |operation: Operation| {
            let mut shares = fleet.shares();
            shares.any(|(it, ..)| it as usize == operation as usize)
        };
        // Both lists of operations are in the same order: a test holds it.
        let all = Operation::ALL.into_iter().zip(tallies);
        all.filter(move |&(operation, _)| asked(operation))
            .map(move |(operation, tally)| (fleet, operation, tally))
    };
    assembly.fleets.iter().zip(tallies).flat_map(of_fleet)
}

/// What became of the fleets that are jobs.
fn jobs(assembly: &Assembly, tally: &Tally) -> Vec<JobRun> {
    let fleets = assembly.fleets.iter().zip(&tally.jobs);
    let run = |(fleet, progress): (&Fleet, &Option<Progress>)| {
        let (Load::Job(job), Some(progress)) = (&fleet.load, progress) else {
            return None;
        };
        let ends = progress.stages.iter().map(|at| Int(at.nanos()));
        Some(JobRun {
            fleet: fleet.name.clone(),
            stages_ns: ends.collect(),
            stages: Int(job.stages.len() as u64),
            task_failures: Int(progress.failures),
            failed_ns: progress.failed.map(|at| Int(at.nanos())),
        })
    };
    fleets.filter_map(run).collect()
}

/// Bytes of objects that were read.
fn read_bytes(assembly: &Assembly, tally: &Tally) -> Int {
    let reads = |it: Operation| matches!(it, Operation::Get | Operation::RangedGet);
    reported(assembly, &tally.classes)
        .filter(|&(_, operation, _)| reads(operation))
        .fold(Int(0), |sum, (_, _, class)| {
            sum + class.counts.bytes_completed
        })
}

fn classes(assembly: &Assembly, tallies: &[[ClassTally; OPERATIONS]]) -> Vec<Class> {
    let class = |(fleet, operation, tally): (&Fleet, Operation, &ClassTally)| Class {
        fleet: fleet.name.clone(),
        operation,
        latency: tally.latency.histogram(),
        time: tally.time(),
        bands: tally.bands(),
    };
    reported(assembly, tallies).map(class).collect()
}

fn refusals(
    assembly: &Assembly,
    tallies: &[[ClassTally; OPERATIONS]],
) -> Vec<(Operation, &'static Refusal)> {
    reported(assembly, tallies)
        .filter_map(|(_, operation, tally)| Some((operation, tally.refusal?)))
        .collect()
}

fn series(assembly: &Assembly, tally: &Tally) -> Series {
    let (seconds, end) = (&tally.seconds, tally.end);
    let column = |of: fn(&Second) -> u64| seconds.iter().map(|second| Int(of(second))).collect();
    let mut s3_partitions: Vec<Int> = tally.partitions.iter().copied().map(Int).collect();
    if let Some(&last) = s3_partitions.last() {
        s3_partitions.resize(seconds.len(), last);
    }
    Series {
        replications: 1,
        requests: column(|it| it.requests),
        ok: column(|it| it.ok),
        throttled: column(|it| it.throttled),
        bytes_ok: column(|it| it.bytes_ok),
        kms_first_calls: column(|it| it.kms_first_calls),
        kms_calls: column(|it| it.kms_calls),
        kms_refused: column(|it| it.kms_refused),
        kms_other_calls: kms::other_calls(&assembly.kms.other, end),
        kms_refusing_replications: column(|it| u64::from(it.kms_refused > 0)),
        s3_refused: column(|it| it.s3_refused),
        s3_partitions,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A load that crosses the quota and calms down, on few instances.
    const WAVE: &str = r#"schema = 1
name = "wave"
seed = 4
run = { start = "2026-11-24T00:00:00Z", warm-up = "10 s", measure = "290 s", replications = 1 }
account.region = "eu-west-3"
kms = { request-quota = "200/s" }
bucket.encryption = "sse-kms"
clients = { keep-alive = "2 s" }
[fleets.wave]
instances = 3
concurrency = 100
operations = { get = 7, put = 3 }
size.lognormal = { median = "64 KiB", sigma = 1.5, max = "16 MiB" }
arrivals.profile = { points = [
    { at = "0 s", rate = "80/s" },
    { at = "50 s", rate = "300/s" },
    { at = "100 s", rate = "80/s" },
] }
"#;

    // Goal: parts of a run give the counts of the whole, whether their leads were long enough or
    // not; and one that is long enough is used.
    // Method: cut at 150 s in a quiet stretch, with a lead of 40 s and with one of a second; and at
    // 60 s, in the middle of the overload.
    #[test]
    fn parts_join_to_the_whole() {
        let study = crate::load("wave.toml", WAVE, &crate::Overrides::default());
        let study = study.unwrap_or_else(|mistakes| panic!("{}", mistakes.render(false)));
        let assembly = crate::assemble::assemble(&study.variants[0].scenario, &study.calibration);
        let at = Time::from_secs;
        let counted = |parts: &[Part]| {
            let watch = Watch::default();
            let simulated = parts.iter().map(|&part| {
                simulate(&assembly, 0, part, TieBreak::Schedule, &watch).expect("not cancelled")
            });
            let joined = join(&assembly, 0, simulated.collect(), &watch).expect("it adds up");
            let finished = joined.expect("not cancelled");
            let counts = (finished.replication, finished.classes, finished.series);
            (counts, watch.parts_again.into_inner())
        };
        let part = |lead, from, to| Part {
            lead: at(lead),
            from: at(from),
            to: at(to),
        };
        let (whole, _) = counted(&[part(0, 0, 300)]);
        assert!(whole.0.kms.refused.0 > 0, "nothing is throttled");
        for (lead, cut, again) in [(110, 150, 0), (149, 150, 1), (30, 60, 1)] {
            let (parts, simulated_again) = counted(&[part(0, 0, cut), part(lead, cut, 300)]);
            assert!(parts == whole, "cut at {cut} s after {lead} s");
            assert_eq!(simulated_again, again, "cut at {cut} s after {lead} s");
        }
    }

    // Goal: the record's operations are the models', in the same order.
    // Method: their names.
    #[test]
    fn operations_of_record_and_models_are_the_same() {
        let name = |it: &dyn std::fmt::Debug| format!("{it:?}");
        let models = keystorm_models::workload::Operation::ALL.map(|it| name(&it));
        assert_eq!(models, Operation::ALL.map(|it| name(&it)));
    }

    // Goal: a long run fits into memory: at most 512 bytes for each second and variant.
    // Method: what a second takes while it is counted, in a vector that may have room for as many
    // again, and afterwards as a row of the series.
    #[test]
    fn a_second_takes_few_bytes() {
        let Series {
            requests: _,
            ok: _,
            throttled: _,
            bytes_ok: _,
            kms_first_calls: _,
            kms_calls: _,
            kms_refused: _,
            kms_other_calls: _,
            kms_refusing_replications: _,
            s3_refused: _,
            s3_partitions: _,
            replications: _,
        } = Series::default();
        let row = 11 * size_of::<Int>();
        assert!(2 * size_of::<Second>() + 2 * row <= 512);
    }
}
