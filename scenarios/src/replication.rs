//! Running one replication, and checking that its counts add up.
use crate::assemble::Assembly;
use crate::metrics;
use crate::run::{RunError, Watch};
use crate::world::{ClassTally, Second, Tally, World};
use keystorm_models::s3::Refusal;
use keystorm_record::{Class, Int, KmsCounts, Occupancy, Operation, Replication, S3Counts, Series};
use keystorm_sim::{Engine, NANOS_PER_S, Pending, TieBreak, Time};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

/// What one replication leaves: integers that add up, and the values of its metrics.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) replication: Replication,
    pub(crate) classes: Vec<Class>,
    pub(crate) series: Series,
    pub(crate) metrics: BTreeMap<String, Option<f64>>,
    /// Errors that requests were denied or rejected with, by operation.
    pub(crate) refusals: Vec<(Operation, &'static Refusal)>,
}

/// The operations in the order of a fleet's tallies.
const OPERATIONS: [Operation; 2] = [Operation::Get, Operation::Put];

/// Simulated time between two looks at the watch.
const STRIDE: u64 = NANOS_PER_S;

/// Runs replication number `index`; `None` if it was cancelled.
///
/// # Errors
/// [`RunError`] if the counts do not add up, which is a mistake of keystorm, or if nothing was
/// measured.
pub(crate) fn run(
    assembly: &Assembly,
    index: u32,
    tie_break: TieBreak,
    watch: &Watch,
) -> Result<Option<Finished>, RunError> {
    let mut pending = Pending::new(tie_break);
    let world = World::new(assembly, index, &mut pending);
    let mut engine = Engine::new(world, pending);
    let mut until = Time::ZERO;
    let mut requests = 0;
    while until < assembly.horizon {
        if watch.cancelled.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let next = Time::from_nanos(until.nanos() + STRIDE).min(assembly.horizon);
        let goes_on = engine.run_until(next);
        let simulated = if goes_on { next } else { assembly.horizon };
        watch
            .done_ns
            .fetch_add((simulated - until).nanos(), Ordering::Relaxed);
        let arrived = engine.model.arrived();
        watch
            .requests
            .fetch_add(arrived - requests, Ordering::Relaxed);
        (until, requests) = (simulated, arrived);
    }
    let end = engine.now();
    let mut world = engine.model;
    world.close(end);
    finish(assembly, index, world.tally).map(Some)
}

fn finish(assembly: &Assembly, index: u32, mut tally: Tally) -> Result<Finished, RunError> {
    if tally.end <= assembly.warm_up {
        return Err(RunError::NothingMeasured {
            requests_max: assembly.requests_max,
        });
    }
    let seconds = tally.end.nanos().div_ceil(NANOS_PER_S);
    tally
        .seconds
        .truncate(usize::try_from(seconds).expect("checked: at most 31 days"));
    check(&tally)?;
    let replication = Replication {
        index,
        measured_ns: Int((tally.end - assembly.warm_up).nanos()),
        classes: tally
            .classes
            .iter()
            .flatten()
            .map(|class| class.counts)
            .collect(),
        kms: kms_counts(assembly, &tally),
        s3: S3Counts {
            get_billed: Int(tally.s3_billed[0]),
            put_billed: Int(tally.s3_billed[1]),
        },
        occupancy: Occupancy {
            integral_ns: tally.occupancy.integral(tally.end).to_string(),
            sojourn_ns: tally.occupancy.sojourn().to_string(),
        },
    };
    let series = series(assembly, &tally.seconds, tally.end);
    let refusals = refusals(&tally.classes);
    let classes = classes(assembly, tally.classes);
    let metrics = metrics::of_replication(assembly, &replication, &classes);
    Ok(Finished {
        replication,
        classes,
        series,
        metrics,
        refusals,
    })
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
        let (parts_ns, latency_ns) = (class.time.total_ns().0, class.latency_sum);
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

fn classes(assembly: &Assembly, tallies: Vec<[ClassTally; 2]>) -> Vec<Class> {
    let of_fleet = |(fleet, operations): (&crate::assemble::Fleet, [ClassTally; 2])| {
        let name = fleet.name.clone();
        operations
            .into_iter()
            .zip(OPERATIONS)
            .map(move |(tally, operation)| Class {
                fleet: name.clone(),
                operation,
                latency: tally.latency,
                time: tally.time,
            })
    };
    assembly
        .fleets
        .iter()
        .zip(tallies)
        .flat_map(of_fleet)
        .collect()
}

fn refusals(tallies: &[[ClassTally; 2]]) -> Vec<(Operation, &'static Refusal)> {
    let found = tallies
        .iter()
        .flat_map(|operations| operations.iter().zip(OPERATIONS));
    found
        .filter_map(|(tally, operation)| Some((operation, tally.refusal?)))
        .collect()
}

fn kms_counts(assembly: &Assembly, tally: &Tally) -> KmsCounts {
    let other = assembly.kms.other_per_s;
    // Only whole seconds of the window: a part of one would look like a quiet second.
    let from = assembly.warm_up.nanos().div_ceil(NANOS_PER_S);
    let to = tally.end.second();
    let index = |second: u64| usize::try_from(second).expect("checked: at most 31 days");
    let seconds = &tally.seconds[index(from.min(to))..index(to)];
    let most = |of: fn(&Second) -> u64| seconds.iter().map(of).max().unwrap_or(0);
    let minute = peak_minute(assembly.kms.clock_second + from, seconds);
    let measured = (tally.end - assembly.warm_up).nanos();
    let other_calls = u128::from(other) * u128::from(measured) / u128::from(NANOS_PER_S);
    KmsCounts {
        generate_data_key: Int(tally.generate_data_key),
        decrypt: Int(tally.decrypt),
        refused: Int(tally.kms_refused),
        other: Int(u64::try_from(other_calls).expect("a rate of 2^53/s over 31 days fits")),
        peak_second: Int(most(|second| second.kms_calls) + other),
        peak_second_first: Int(most(|second| second.kms_first_calls) + other),
        peak_minute: Int(minute.calls + other * minute.seconds),
        peak_minute_seconds: Int(minute.seconds),
        refusing_seconds: Int(seconds
            .iter()
            .filter(|second| second.kms_refused > 0)
            .count() as u64),
    }
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Minute {
    calls: u64,
    seconds: u64,
}

/// The clock minute with the most calls: of the whole ones if there are any, else of all, by rate.
/// `offset` is the number of the first second in its clock minute, modulo 60.
fn peak_minute(offset: u64, seconds: &[Second]) -> Minute {
    let mut minutes: Vec<Minute> = Vec::new();
    for (number, second) in (offset % 60..).zip(seconds) {
        if minutes.is_empty() || number % 60 == 0 {
            minutes.push(Minute::default());
        }
        if let Some(minute) = minutes.last_mut() {
            minute.calls += second.kms_calls;
            minute.seconds += 1;
        }
    }
    let whole = minutes.iter().any(|minute| minute.seconds == 60);
    minutes.retain(|minute| !whole || minute.seconds == 60);
    let busier = |a: &Minute, b: &Minute| (a.calls * b.seconds).cmp(&(b.calls * a.seconds));
    minutes.into_iter().max_by(busier).unwrap_or_default()
}

fn series(assembly: &Assembly, seconds: &[Second], end: Time) -> Series {
    let column = |of: fn(&Second) -> u64| seconds.iter().map(|second| Int(of(second))).collect();
    Series {
        replications: 1,
        requests: column(|it| it.requests),
        ok: column(|it| it.ok),
        throttled: column(|it| it.throttled),
        bytes_ok: column(|it| it.bytes_ok),
        kms_first_calls: column(|it| it.kms_first_calls),
        kms_calls: column(|it| it.kms_calls),
        kms_refused: column(|it| it.kms_refused),
        kms_other_calls: other_calls(assembly.kms.other_per_s, end),
        kms_refusing_replications: column(|it| u64::from(it.kms_refused > 0)),
        s3_refused: column(|it| it.s3_refused),
    }
}

/// Calls of the other load in each second up to `end`, the last of which may be a part of one.
fn other_calls(per_s: u64, end: Time) -> Vec<Int> {
    let seconds = end.nanos().div_ceil(NANOS_PER_S);
    let in_second = |second: u64| {
        let nanos = (end.nanos() - second * NANOS_PER_S).min(NANOS_PER_S);
        let calls = u128::from(per_s) * u128::from(nanos) / u128::from(NANOS_PER_S);
        Int(u64::try_from(calls).expect("at most the rate"))
    };
    (0..seconds).map(in_second).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(of: &[u64]) -> Vec<Second> {
        of.iter()
            .map(|&kms_calls| Second {
                kms_calls,
                ..Second::default()
            })
            .collect()
    }

    // Goal: minutes are those of the clock, and a part of one never hides a whole one.
    // Method: 100 seconds from :50 on: ten, a whole minute, thirty; the busiest rate is in the ten.
    #[test]
    fn the_peak_minute_is_a_whole_minute_of_the_clock() {
        let mut seconds = calls(&[1; 100]);
        seconds[0].kms_calls = 900;
        seconds[30].kms_calls = 41;
        assert_eq!(
            peak_minute(50, &seconds),
            Minute {
                calls: 100,
                seconds: 60
            }
        );
        assert_eq!(
            peak_minute(50, &seconds[..20]),
            Minute {
                calls: 909,
                seconds: 10
            }
        );
        assert_eq!(peak_minute(0, &[]), Minute::default());
    }
}
