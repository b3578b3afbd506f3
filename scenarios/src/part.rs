//! Cutting one long run into parts that are simulated at the same time, with the bytes of one.
//!
//! Arrivals and all that hangs on chance are keyed by second and request, so a run can be begun at
//! any second. What is not known there is the state: who is under way, which connections are open,
//! how many retry tokens are left. A part therefore begins some time earlier, its *lead*, from an
//! empty system, and nothing of the lead is counted. Under a quiet load the past is forgotten
//! within seconds, but for connections, which close after their keep-alive time. That is a guess,
//! and it is checked: the part before it arrives at the same instant with the true state. If the
//! two are equal, so is all that follows; if not, the later part is simulated again from the true
//! state. So the record is that of one run from its beginning, whatever the parts are.
use crate::assemble::{Assembly, Load};
use keystorm_models::kms::LimiterKind;
use keystorm_models::workload::Pattern;
use keystorm_sim::{Span, TieBreak, Time};

/// A stretch of a run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Part {
    /// Simulated from here, from an empty system.
    pub(crate) lead: Time,
    /// Counted from here; a whole second.
    pub(crate) from: Time,
    /// To here.
    pub(crate) to: Time,
}

/// A part is at least so many times as long as its lead, so that leads cost little.
const PART_PER_LEAD: u64 = 10;

/// A lead is so much longer than two keep-alive times: in the first, connections that had been open
/// before may be missed; in the second, what came of it is forgotten.
const LEAD_BEYOND_KEEP_ALIVE: Span = Span::from_secs(20);

/// Between the instants that are tried for a cut, and in the lead before it.
const STEP: u64 = 5;

/// Cuts a run into about `count` parts, fewer where the load leaves no quiet instant.
pub(crate) fn cut(assembly: &Assembly, count: usize, tie_break: TieBreak) -> Vec<Part> {
    let whole = Part {
        lead: Time::ZERO,
        from: Time::ZERO,
        to: assembly.horizon,
    };
    let keep_alive = assembly.client.keep_alive.nanos();
    let lead = Span::from_nanos(keep_alive.saturating_mul(2)) + LEAD_BEYOND_KEEP_ALIVE;
    let lead_s = lead.nanos().div_ceil(keystorm_sim::NANOS_PER_S);
    let seconds = assembly.horizon.second();
    let length_min = lead_s.saturating_mul(PART_PER_LEAD);
    let count = (count as u64).min(seconds / length_min);
    if count < 2 || !forgets(assembly) || tie_break == TieBreak::Shuffled {
        return vec![whole];
    }
    let length = seconds / count;
    let mut parts = vec![whole];
    for number in 1..count {
        let ideal = number * length;
        let tries = (0..length / (2 * STEP)).flat_map(|it| [ideal + it * STEP, ideal - it * STEP]);
        let last = parts[parts.len() - 1].from.second();
        let mut tries = tries.filter(|&at| at >= last + length_min && at + length_min <= seconds);
        if let Some(at) = tries.find(|&at| is_quiet(assembly, at - lead_s, at)) {
            if let Some(before) = parts.last_mut() {
                before.to = Time::from_secs(at);
            }
            parts.push(Part {
                lead: Time::from_secs(at - lead_s),
                from: Time::from_secs(at),
                to: assembly.horizon,
            });
        }
    }
    parts
}

impl Part {
    /// About how many requests it has, to tell long parts from short ones.
    pub(crate) fn requests(self, assembly: &Assembly) -> f64 {
        let length = self.to - self.from;
        let middle = self.from + Span::from_nanos(length.nanos() / 2);
        let rates = rates(assembly, middle, |pattern| pattern.rate_at(middle));
        (rates.reads + rates.writes) * length.as_secs_f64()
    }
}

/// Mean rates of all open fleets \[1/s\].
#[derive(Clone, Copy, Debug, Default)]
struct Rates {
    reads: f64,
    writes: f64,
    /// Of reads and of writes: those to the prefix that each fleet asks most for.
    prefix_reads: f64,
    prefix_writes: f64,
    /// KMS calls that no Bucket Key answers.
    kms_calls: f64,
}

/// With the operations that fleets ask for at `at`, at the rate that each has.
fn rates(assembly: &Assembly, at: Time, rate: impl Fn(&Pattern) -> f64) -> Rates {
    let mut rates = Rates::default();
    for fleet in &assembly.fleets {
        let Load::Open(pattern) = &fleet.load else {
            continue;
        };
        let of_fleet = rate(pattern);
        let of_prefix = fleet.workload.keys.share_max(fleet.workload.prefixes);
        for (operation, access, share) in fleet.shares_at(at) {
            let rate = of_fleet * share;
            if operation.writes() {
                rates.writes += rate;
                rates.prefix_writes += rate * of_prefix;
            } else {
                rates.reads += rate;
                rates.prefix_reads += rate * of_prefix;
            }
            for need in access.needs.iter().flatten() {
                if need.bucket_key.is_none() {
                    rates.kms_calls += rate * f64::from(need.times);
                }
            }
        }
    }
    rates
}

/// Whether the past of a run can be forgotten: a closed fleet's workers count their requests,
/// Bucket Keys are renewed in a rhythm that goes on for ever, prefixes stay split for days, a
/// quota is counted anew each second only in windows of the clock, and a key store's is small. Runs
/// with several accounts are left whole too, since whose load is quiet is not told apart.
fn forgets(assembly: &Assembly) -> bool {
    let (kms, s3) = (&assembly.kms, &assembly.s3);
    let counts_by_clock = kms.limits.kind == LimiterKind::FixedWindow && !kms.phase_is_drawn;
    counts_by_clock
        && kms.key_store.is_none()
        && kms.other_accounts.is_empty()
        && s3.bucket_keys.is_none()
        && s3.split_rule.is_none()
        && assembly.fleets.iter().all(|it| assembly.ends_silently(it))
}

/// Whether the expected load stays so far below all quotas, from second `from` to second `to`, that
/// chance will hardly reach them.
fn is_quiet(assembly: &Assembly, from: u64, to: u64) -> bool {
    let Assembly { kms, s3, .. } = assembly;
    let fits = |rate: f64, quota: u64| rate + 6.0 * rate.sqrt() <= quota as f64;
    (from / STEP..=to / STEP).all(|step| {
        let ends = (step + 1) * STEP;
        let (begin, end) = (Time::from_secs(step * STEP), Time::from_secs(ends));
        let rates = rates(assembly, begin, |pattern| pattern.rate_max(begin, end));
        let other = kms.other.peak(step * STEP, ends);
        let quota = kms.quota.least(step * STEP, ends).saturating_sub(other);
        fits(rates.prefix_reads, s3.read_max.into())
            && fits(rates.prefix_writes, s3.write_max.into())
            && (rates.kms_calls == 0.0 || fits(rates.kms_calls, quota))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A day with a quota that is exceeded from 10:00 to 14:00.
    fn assembly(settings: &str) -> Assembly {
        let text = format!(
            r#"schema = 1
name = "day"
run = {{ start = "2026-11-24T00:00:00Z", measure = "24 h" }}
account.region = "eu-west-3"
kms.request-quota = "10_000/s"
bucket = {{ encryption = "sse-kms", prefixes = 10 }}
[fleets.day]
instances = 9
concurrency = 1000
operations.get = 1
size.fixed = "1 MiB"
arrivals.profile = {{ points = [
    {{ at = "8 h", rate = "5_000/s" }},
    {{ at = "10 h", rate = "11_000/s" }},
    {{ at = "14 h", rate = "11_000/s" }},
    {{ at = "16 h", rate = "5_000/s" }},
] }}
{settings}"#
        );
        let study = crate::load("day.toml", &text, &crate::Overrides::default());
        let study = study.unwrap_or_else(|mistakes| panic!("{}", mistakes.render(false)));
        crate::assemble::assemble(&study.variants[0].scenario, &study.calibration)
    }

    // Goal: parts cover the run, one after the other, and begin where the quota is not near.
    // Method: a day in eight parts.
    #[test]
    fn parts_cover_the_run_and_begin_in_quiet() {
        let parts = cut(&assembly(""), 8, TieBreak::Schedule);
        assert!((5..=8).contains(&parts.len()), "{parts:?}");
        assert_eq!(parts[0].from, Time::ZERO);
        assert_eq!(parts[parts.len() - 1].to, Time::from_secs(86_400));
        for pair in parts.windows(2) {
            assert_eq!(pair[0].to, pair[1].from);
            let hour = pair[1].from.second() as f64 / 3_600.0;
            assert!(!(9.3..14.7).contains(&hour), "cut at {hour} h");
            assert!(pair[1].lead < pair[1].from);
        }
    }

    // Goal: what cannot be forgotten is not cut.
    // Method: a closed fleet, Bucket Keys, shuffled ties, a short run.
    #[test]
    fn what_cannot_be_forgotten_stays_whole() {
        let whole = |assembly: &Assembly, tie_break| cut(assembly, 8, tie_break).len() == 1;
        let closed = "[fleets.closed]\ninstances = 1\nconcurrency = 1\noperations.get = 1\n\
                      size.fixed = \"0 B\"\narrivals.closed.think-time = \"1 s\"";
        assert!(whole(&assembly(closed), TieBreak::Schedule));
        assert!(whole(&assembly(""), TieBreak::Shuffled));
        let mut assembly = assembly("");
        assembly.horizon = Time::from_secs(900);
        assert!(whole(&assembly, TieBreak::Schedule));
    }

    // Goal: runs with bursts are cut as well, between the bursts.
    // Method: eight hours of jobs that exceed the quota within each hour's first minute; of a cold
    // start at 05:30; of a rate that may exceed it at any time, which leaves no quiet instant.
    #[test]
    fn bursts_are_not_cut() {
        let cuts = |arrivals: &str| {
            let mut assembly = assembly(&format!(
                "[fleets.burst]\ninstances = 100\nconcurrency = 9\noperations.get = 1\n\
                 size.fixed = \"0 B\"\narrivals.{arrivals}"
            ));
            assembly.horizon = Time::from_secs(8 * 3_600);
            let parts = cut(&assembly, 5, TieBreak::Schedule);
            let starts = parts[1..].iter();
            let starts = starts.map(|part| (part.lead.second(), part.from.second()));
            starts.collect::<Vec<_>>()
        };
        let jobs = "cron = { every = \"1 h\", requests = 400_000, spread = \"1 min\" }";
        let found = cuts(jobs);
        assert_eq!(found.len(), 4);
        for (lead, from) in found {
            assert_eq!(lead / 3_600, from / 3_600, "from {lead} to {from} s");
            assert!(lead % 3_600 > 60, "from {lead} s");
        }
        let start = "cold-start = { at = \"5.5 h\", requests = 10_000, rate = \"90/s\" }";
        let found = cuts(start);
        assert!(found.len() > 2, "{found:?}");
        let burst = 19_800..19_912;
        let apart = |&(lead, from): &(u64, u64)| from < burst.start || lead > burst.end;
        assert!(found.iter().all(apart), "{found:?}");
        let states = "mmpp = { states = [{ rate = \"6k/s\", mean-time = \"1 s\" }, \
                      { rate = \"1/s\", mean-time = \"1 h\" }] }";
        assert_eq!(cuts(states), []);
    }
}
