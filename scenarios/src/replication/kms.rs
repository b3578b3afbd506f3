//! What one replication counted at KMS.
use crate::assemble::{Assembly, OtherAccount};
use crate::metrics::Peaks;
use crate::world::{AccountTally, KmsTally, Second, Tally};
use keystorm_models::kms::{Call, OtherLoad};
use keystorm_record::{Int, KmsCounts, KmsRetries, Replication, Series};
use keystorm_sim::{NANOS_PER_S, Time};

/// Calls of KMS of the bucket's account in the measured window.
pub(super) fn counts(assembly: &Assembly, tally: &Tally) -> KmsCounts {
    let calls = &tally.kms;
    counts_of(
        assembly,
        calls,
        &tally.seconds,
        &assembly.kms.other,
        tally.end,
    )
}

/// Calls of further accounts.
pub(super) fn counts_of_others(assembly: &Assembly, tally: &mut Tally) -> Vec<KmsCounts> {
    let all = tally.seconds.len();
    let end = tally.end;
    let accounts = assembly.kms.other_accounts.iter();
    let counts = |(of, it): (&OtherAccount, &mut AccountTally)| {
        it.seconds.resize_with(all, Second::default);
        counts_of(assembly, &it.kms, &it.seconds, &of.other, end)
    };
    accounts
        .zip(&mut tally.other_accounts)
        .map(counts)
        .collect()
}

fn counts_of(
    assembly: &Assembly,
    calls_made: &KmsTally,
    seconds: &[Second],
    other: &OtherLoad,
    end: Time,
) -> KmsCounts {
    let kms = &assembly.kms;
    // Only whole seconds of the window: a part of one would look like a quiet second.
    let from = assembly.warm_up.nanos().div_ceil(NANOS_PER_S);
    let to = end.second();
    let index = |second: u64| usize::try_from(second).expect("checked: at most 31 days");
    let from = from.min(to);
    let seconds = &seconds[index(from)..index(to)];
    let calls = |of: fn(&Second) -> u64| {
        let seconds = (from..).zip(seconds);
        seconds.map(move |(at, second)| of(second) + other.in_second(at))
    };
    let most = |of| Int(calls(of).max().unwrap_or(0));
    let all = calls(|second| second.kms_calls);
    let of = |call: Call| Int(calls_made.calls[call as usize].iter().sum());
    let retries = |call: Call| Int(calls_made.calls[call as usize][1]);
    let minute = peak_minute(kms.clock_second + from, all);
    KmsCounts {
        generate_data_key: of(Call::GenerateDataKey),
        decrypt: of(Call::Decrypt),
        encrypt: of(Call::Encrypt),
        retries: Some(KmsRetries {
            generate_data_key: retries(Call::GenerateDataKey),
            decrypt: retries(Call::Decrypt),
            encrypt: retries(Call::Encrypt),
        }),
        refused: Int(calls_made.refused),
        refused_key_store: kms.key_store.map(|_| Int(calls_made.key_store_refused)),
        failed: kms.can_fail().then_some(Int(calls_made.failed)),
        other: Int(other.between(assembly.warm_up, end)),
        peak_second: most(|second| second.kms_calls),
        peak_second_first: most(|second| second.kms_first_calls),
        peak_minute: Int(minute.calls),
        peak_minute_seconds: Int(minute.seconds),
        refusing_seconds: Int(seconds
            .iter()
            .filter(|second| second.kms_refused > 0)
            .count() as u64),
    }
}

/// The quota's use in the busiest second, by the quota of each: of all calls and of first attempts;
/// and in the busiest minute.
pub(super) fn peaks(assembly: &Assembly, replication: &Replication, series: &Series) -> Peaks {
    let quota = &assembly.kms.quota;
    let kms = &replication.kms;
    if quota.changes().is_empty() {
        let share = |calls: Int| calls.as_f64() / quota.first() as f64;
        return Peaks {
            all: share(kms.peak_second),
            first: share(kms.peak_second_first),
        };
    }
    let from = assembly.warm_up.nanos().div_ceil(NANOS_PER_S);
    let to = (assembly.warm_up.nanos() + replication.measured_ns.0) / NANOS_PER_S;
    let most = |calls: &[Int]| {
        let share = |second: u64| {
            let at = usize::try_from(second).expect("checked: at most 31 days");
            let calls = calls[at].0 + series.kms_other_calls[at].0;
            calls as f64 / quota.at(Time::from_secs(second)) as f64
        };
        (from..to).map(share).fold(0.0, f64::max)
    };
    Peaks {
        all: most(&series.kms_calls),
        first: most(&series.kms_first_calls),
    }
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Minute {
    calls: u64,
    seconds: u64,
}

/// The clock minute with the most calls: of the whole ones if there are any, else of all, by rate.
/// `offset` is the number of the first second in its clock minute, modulo 60.
fn peak_minute(offset: u64, seconds: impl Iterator<Item = u64>) -> Minute {
    let mut minutes: Vec<Minute> = Vec::new();
    for (number, calls) in (offset % 60..).zip(seconds) {
        if minutes.is_empty() || number % 60 == 0 {
            minutes.push(Minute::default());
        }
        if let Some(minute) = minutes.last_mut() {
            minute.calls += calls;
            minute.seconds += 1;
        }
    }
    let whole = minutes.iter().any(|minute| minute.seconds == 60);
    minutes.retain(|minute| !whole || minute.seconds == 60);
    let busier = |a: &Minute, b: &Minute| (a.calls * b.seconds).cmp(&(b.calls * a.seconds));
    minutes.into_iter().max_by(busier).unwrap_or_default()
}

/// Calls of the other load in each second up to `end`, the last of which may be a part of one.
pub(super) fn other_calls(other: &OtherLoad, end: Time) -> Vec<Int> {
    let seconds = end.nanos().div_ceil(NANOS_PER_S);
    let at = Time::from_secs;
    (0..seconds)
        .map(|second| Int(other.between(at(second), at(second + 1).min(end))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: minutes are those of the clock, and a part of one never hides a whole one.
    // Method: 100 seconds from :50 on: ten, a whole minute, thirty; the busiest rate is in the ten.
    #[test]
    fn the_peak_minute_is_a_whole_minute_of_the_clock() {
        let mut seconds = [1; 100];
        seconds[0] = 900;
        seconds[30] = 41;
        assert_eq!(
            peak_minute(50, seconds.into_iter()),
            Minute {
                calls: 100,
                seconds: 60
            }
        );
        assert_eq!(
            peak_minute(50, seconds.into_iter().take(20)),
            Minute {
                calls: 909,
                seconds: 10
            }
        );
        assert_eq!(peak_minute(0, [].into_iter()), Minute::default());
    }
}
