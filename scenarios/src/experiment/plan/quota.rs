//! The smallest quota of the account at which all conditions hold.
use super::judge::{By, Judge};
use super::search::{Axis, Threshold, threshold};
use super::{Asked, Evaluator, NO_QUOTA, PlanError, replications, setting};
use crate::load::Setting;
use keystorm_record::plan::SmallestQuota;
use keystorm_record::{Int, Variant};
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
    let free = evaluator.evaluate(&settings(NO_QUOTA), first)?.clone();
    if free.replications.iter().all(|it| it.kms.calls().0 == 0) {
        return Ok(SmallestQuota::NoCalls);
    }
    if !judge.scores(&free).holds(By::Mean) {
        return without_quota(evaluator, judge, &free, first);
    }
    let demand = demand(&free);
    let axis = Axis {
        good_end: NO_QUOTA as f64,
        bad_end: 1.0,
        guess: demand,
        whole: true,
        replications: (first, asked.replications_max),
    };
    let found = threshold(axis, |quota, replications| {
        let variant = evaluator.evaluate(&settings(whole(quota)), replications)?;
        Ok(judge.scores(variant))
    })?;
    Ok(match found {
        Threshold::At(quota) => {
            let below = whole(quota.value).saturating_sub(1).max(1);
            let binding = judge.binding(evaluator.evaluate(&settings(below), first)?);
            SmallestQuota::At {
                quota,
                ask_for: Int(whole(quota.high.unwrap_or(quota.value))),
                binding,
            }
        }
        Threshold::HoldsAtBadEnd => SmallestQuota::Any { tried: Int(1) },
        Threshold::FailsAtGoodEnd => SmallestQuota::None {
            binding: judge.binding(&free),
        },
    })
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
