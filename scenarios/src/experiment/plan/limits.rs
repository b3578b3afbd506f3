//! Which limits a scenario has, how much of each is used, and at which load it is reached.
//!
//! What is measured is the *demand*: what first attempts use in the busiest second while nothing is
//! refused and nothing has to wait. For that all limits are lifted together, since each would hide
//! the others: refused calls come again later, and what waits for a place is not asked in its
//! second. The load at which the demand reaches a limit is found by secants over several loads.
mod lifted;
mod used;

use super::{Asked, Evaluator, PlanError, estimate, replications};
use crate::schema::Scenario;
use keystorm_record::Variant;
use keystorm_record::plan::{Estimate, Limit, LimitKind, Reached};
use lifted::lifted;
use used::Used;

/// A load is near enough to the one at which a limit is reached, as a share of it.
const NEAR: f64 = 0.02;

/// A limit that is at most so much used at the highest load by proportion is not looked for there.
const FAR: f64 = 0.8;

/// A use that grows by less than this share of the limit, per today's load, does not grow.
const FLAT: f64 = 1e-9;

/// Loads that are tried for one limit at most.
const LOADS_MAX: usize = 6;

/// Fewest replications at a load.
const REPLICATIONS_MIN: u32 = 3;

/// What was found at one load.
#[derive(Debug)]
struct Probe {
    load: f64,
    /// By replication.
    used: Vec<Used>,
}

/// Simulates loads without limits, and keeps what it found.
struct Probes<'e, 'a> {
    evaluator: &'e mut Evaluator<'a>,
    scenario: Scenario,
    replications: u32,
    made: Vec<Probe>,
}

/// The limits, the one that is reached first at the top. `today` is the scenario as it is.
pub(super) fn limits(
    evaluator: &mut Evaluator<'_>,
    today: &Variant,
    asked: &Asked,
) -> Result<Vec<Limit>, PlanError> {
    let base = *evaluator.base();
    let mut probes = Probes {
        replications: replications(&base, asked),
        scenario: base.study.variants[base.variant].scenario.clone(),
        evaluator,
        made: Vec::new(),
    };
    let at_one = probes.at(1.0)?;
    let number = probes.made[at_one].used[0].limits.len();
    let mut limits = Vec::new();
    for index in 0..number {
        let first = &probes.made[at_one];
        let known = first.used[0].limits[index].clone();
        let used = first.of(index);
        let peak = estimate(&used).expect("there are replications");
        if peak.value <= 0.0 {
            continue;
        }
        let reached = if known.without_load >= 1.0 {
            Reached::Always
        } else {
            probes.reached(index, known.without_load, asked.load_max)?
        };
        limits.push(Limit {
            kind: known.kind,
            of: known.of,
            capacity: known.capacity,
            measure: known.measure,
            peak_second: peak,
            headroom: 1.0 - peak.value,
            peak_minute: minute(known.kind, index, today),
            reached,
        });
    }
    limits.sort_by(|a, b| order(a).total_cmp(&order(b)));
    Ok(limits)
}

/// Where a limit stands among others.
fn order(limit: &Limit) -> f64 {
    match limit.reached {
        Reached::Always => 0.0,
        Reached::At(at) => at.value,
        // Those that are not reached by how much of them is used.
        Reached::NotUpTo(load) => load * (2.0 - limit.peak_second.value.min(1.0)),
    }
}

/// What a minute of the account's calls shows today. KMS quotas are the first of all limits: that
/// of the bucket's account, then those of the others in the record's order.
fn minute(kind: LimitKind, index: usize, today: &Variant) -> Option<Estimate> {
    if kind != LimitKind::KmsQuota {
        return None;
    }
    let Some(other) = index.checked_sub(1) else {
        let metric = today.metrics.get("kms.utilisation.peak-minute")?;
        return estimate(&metric.values.iter().copied().flatten().collect::<Vec<_>>());
    };
    let quota = today.setup.other_accounts.get(other)?.kms_quota_per_s;
    let share = |it: &keystorm_record::Replication| {
        let counts = it.other_accounts.get(other)?;
        let seconds = counts.peak_minute_seconds.as_f64();
        (seconds > 0.0).then(|| counts.peak_minute.as_f64() / seconds / quota.as_f64())
    };
    let shares: Option<Vec<f64>> = today.replications.iter().map(share).collect();
    estimate(&shares?)
}

impl Probe {
    /// How much of a limit each replication uses.
    fn of(&self, index: usize) -> Vec<f64> {
        self.used.iter().map(|it| it.limits[index].used).collect()
    }

    fn mean(&self, index: usize) -> f64 {
        let used = self.of(index);
        used.iter().sum::<f64>() / used.len() as f64
    }
}

impl Probes<'_, '_> {
    /// Number of the probe at a load, which is simulated if it was not yet. A higher load is
    /// simulated less often, so that no load takes much longer than today's.
    fn at(&mut self, load: f64) -> Result<usize, PlanError> {
        let near = |it: &Probe| (it.load / load - 1.0).abs() < NEAR / 4.0;
        if let Some(known) = self.made.iter().position(near) {
            return Ok(known);
        }
        let often = f64::from(self.replications) / load.max(1.0);
        let count = keystorm_sim::draw::whole(often.ceil());
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let count = count.clamp(REPLICATIONS_MIN.min(self.replications), self.replications);
        let mut scenario = self.scenario.clone();
        scenario.load_factor *= load;
        let real = crate::assemble::assemble(&scenario, &self.evaluator.base().study.calibration);
        let lifted = lifted(&scenario.with_its_load());
        let (_, found) = self.evaluator.gauge(&lifted, 0..count)?;
        let used = found
            .iter()
            .map(|(finished, gauge)| used::used(&scenario.with_its_load(), &real, finished, gauge));
        self.made.push(Probe {
            load,
            used: used.collect(),
        });
        Ok(self.made.len() - 1)
    }

    /// The load at which a limit is reached.
    ///
    /// `without_load` is what others use of it, whatever the load.
    fn reached(
        &mut self,
        index: usize,
        without_load: f64,
        load_max: f64,
    ) -> Result<Reached, PlanError> {
        let of_load = self.made[0].mean(index) - without_load;
        let mut load = (1.0 - without_load) / of_load.max(f64::MIN_POSITIVE);
        if load * FAR > load_max {
            return Ok(Reached::NotUpTo(load_max));
        }
        let mut estimate = None;
        for _ in 0..LOADS_MAX {
            load = load.min(load_max);
            let at = self.at(load)?;
            let roots = self.roots(index, at, without_load);
            let found = super::estimate(&roots).expect("there are replications");
            estimate = Some(found);
            let is_near = (found.value / self.made[at].load - 1.0).abs() < NEAR;
            if is_near || (found.value > load_max && load >= load_max) {
                break;
            }
            // A curve that bends may send a line anywhere.
            load = found.value.max(self.made[at].load / 4.0);
        }
        let found = estimate.expect("a load was tried");
        Ok(if found.value > load_max {
            Reached::NotUpTo(load_max)
        } else {
            Reached::At(found)
        })
    }

    /// For each replication, where the line through what it uses at a probe reaches the limit. Its
    /// slope is the mean's between this probe and the nearest other one.
    fn roots(&self, index: usize, at: usize, without_load: f64) -> Vec<f64> {
        let here = &self.made[at];
        let distance = |it: &Probe| (it.load - here.load).abs();
        let others = self
            .made
            .iter()
            .filter(|it| distance(it) > NEAR * here.load);
        let nearest = others.min_by(|a, b| distance(a).total_cmp(&distance(b)));
        let proportional = (here.mean(index) - without_load) / here.load;
        let slope = nearest.map_or(proportional, |other| {
            (here.mean(index) - other.mean(index)) / (here.load - other.load)
        });
        // What falls with the load, or hardly grows, is never reached along that line.
        let slope = if slope > FLAT { slope } else { FLAT };
        let roots = here.of(index).into_iter();
        roots
            .map(|used| (here.load + (1.0 - used) / slope).max(0.0))
            .collect()
    }
}
