//! The smallest quota of the account at which all conditions hold.
use super::judge::{By, Judge};
use super::search::{Axis, Threshold, threshold};
use super::{Asked, Base, Evaluator, NO_QUOTA, PlanError, replications, setting};
use crate::load::Setting;
use crate::schema::Limiter;
use keystorm_record::plan::{Estimate, SmallestQuota};
use keystorm_record::{Int, Variant};
use keystorm_sim::NANOS_PER_S;
use keystorm_sim::draw::whole;

/// The quota, whatever the scenario says of it, for the whole run.
pub(super) fn settings(quota: u64) -> Vec<Setting> {
    vec![
        setting("kms.request-quota", format!("{quota}/s")),
        setting("kms.quota-changes", "[]"),
    ]
}

/// The smallest quota.
///
/// Where nothing is refused, the busiest second's first attempts say where to begin.
pub(super) fn smallest(
    evaluator: &mut Evaluator<'_>,
    judge: &Judge<'_>,
    asked: &Asked,
) -> Result<SmallestQuota, PlanError> {
    let first = replications(evaluator.base(), asked);
    let step = step(evaluator.base());
    // The largest that the limiter can have.
    let most = NO_QUOTA / step * step;
    let free = evaluator.evaluate(&settings(most), first)?.clone();
    if free.replications.iter().all(|it| it.kms.calls().0 == 0) {
        return Ok(SmallestQuota::NoCalls);
    }
    if !judge.scores(&free).holds(By::Mean) {
        return without_quota(evaluator, judge, &free, first);
    }
    let of = |steps: f64| whole(steps) * step;
    let axis = Axis {
        good_end: (NO_QUOTA / step) as f64,
        bad_end: 1.0,
        guess: demand(&free) / step as f64,
        whole: true,
        replications: (first, asked.replications_max),
    };
    let found = threshold(axis, |quota, replications| {
        let variant = evaluator.evaluate(&settings(of(quota)), replications)?;
        Ok(judge.scores(variant))
    })?;
    Ok(match found {
        Threshold::At(steps) => {
            let times = |it: f64| it * step as f64;
            let quota = Estimate {
                value: times(steps.value),
                low: steps.low.map(times),
                high: steps.high.map(times),
                ..steps
            };
            let below = of(steps.value - 1.0).max(step);
            let binding = judge.binding(evaluator.evaluate(&settings(below), first)?);
            SmallestQuota::At {
                quota,
                ask_for: Int(whole(quota.high.unwrap_or(quota.value))),
                binding,
            }
        }
        Threshold::HoldsAtBadEnd => SmallestQuota::Any { tried: Int(step) },
        Threshold::FailsAtGoodEnd => SmallestQuota::None {
            binding: judge.binding(&free),
        },
    })
}

/// Quotas that the limiter can have are multiples of this: a tick adds a whole number of calls.
fn step(base: &Base<'_>) -> u64 {
    let limiter = &base.study.variants[base.variant].scenario.kms.limiter;
    let Limiter::Tick(tick) = limiter else {
        return 1;
    };
    let (mut a, mut b) = (NANOS_PER_S, tick.period.0.nanos());
    while b > 0 {
        (a, b) = (b, a % b);
    }
    NANOS_PER_S / a
}

/// No quota at all breaches a condition: unless today's does not.
fn without_quota(
    evaluator: &mut Evaluator<'_>,
    judge: &Judge<'_>,
    free: &Variant,
    replications: u32,
) -> Result<SmallestQuota, PlanError> {
    let binding = judge.binding(free);
    let today = evaluator.evaluate(&[], replications)?;
    if judge.scores(today).holds(By::Mean) {
        return Ok(SmallestQuota::Unordered {
            holds: today.setup.kms_quota_per_s,
            fails: Int(NO_QUOTA),
            binding,
        });
    }
    Ok(SmallestQuota::None { binding })
}

/// What first attempts ask for in the busiest second \[1/s\], or on average in a short window.
fn demand(free: &Variant) -> f64 {
    let metric = |name: &str| free.metrics.get(name).map(|it| it.mean);
    let peak = metric("kms.demand.peak-second");
    peak.or(metric("kms.calls")).unwrap_or(1.0).max(1.0)
}
