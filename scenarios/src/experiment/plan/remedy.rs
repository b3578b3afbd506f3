//! The plan's answers on what would help and on what it costs.
use super::mitigations::{Question, mitigations};
use super::sensitivity::cost;
use super::{Evaluator, PlanError, quota};
use crate::expect::{Condition, Threshold};
use crate::load::Setting;
use crate::metrics::expectations;
use keystorm_record::Variant;
use keystorm_record::plan::{Binding, Plan, QuotaCurve, QuotaPoint, SmallestQuota};

/// Replications of each change that is tried: enough to put them in order.
const REPLICATIONS: u32 = 3;

/// Finds what would help, and what it costs.
pub(super) fn answer(
    plan: &mut Plan,
    evaluator: &mut Evaluator<'_>,
    conditions: &[Condition],
) -> Result<(), PlanError> {
    plan.quota_curve = curve(plan, evaluator, conditions);
    let base = *evaluator.base();
    let variant = &base.study.variants[base.variant];
    let mut try_it = |settings: &[Setting]| -> Result<Option<Variant>, PlanError> {
        let same = match evaluator.study(settings) {
            Ok(study) => study.variants[0].scenario == variant.scenario,
            // A change that contradicts the scenario is none of its remedies.
            Err(PlanError::Mistakes(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        // What says what is so anyway is not simulated again.
        let settings = if same { &[] } else { settings };
        let found = evaluator.evaluate(settings, REPLICATIONS)?;
        Ok(Some(judged(found.clone(), conditions)))
    };
    let Some(today) = try_it(&[])? else {
        return Ok(());
    };
    let question = Question {
        variant,
        today: &today,
        prices: base.study.prices.as_ref(),
        replications: REPLICATIONS,
        quota_to_ask: match &plan.smallest_quota {
            Some(SmallestQuota::At { ask_for, .. }) => Some(ask_for.0),
            _ => None,
        },
    };
    plan.mitigations = mitigations(&question, &mut try_it)?;
    let metric = plan.mitigations.as_ref().map(|it| it.metric.as_str());
    plan.cost = Some(cost(variant, &today, metric, REPLICATIONS, &mut try_it)?);
    Ok(())
}

/// A variant with these conditions in place of its own.
fn judged(mut variant: Variant, conditions: &[Condition]) -> Variant {
    variant.expectations = expectations(conditions, &variant.metrics);
    variant
}

/// The metric that decides under all quotas that were simulated.
fn curve(plan: &Plan, evaluator: &Evaluator<'_>, conditions: &[Condition]) -> Option<QuotaCurve> {
    let Some(SmallestQuota::At { binding, .. }) = &plan.smallest_quota else {
        return None;
    };
    let Binding { condition, .. } = binding;
    let decides = conditions.iter().find(|it| it.to_string() == *condition)?;
    let mut points: Vec<QuotaPoint> = evaluator
        .points()
        .filter(|(key, variant)| *key == key_of(variant) || key.is_empty())
        .filter_map(|(_, variant)| {
            let metric = variant.metrics.get(&decides.metric)?;
            metric.mean.is_finite().then(|| QuotaPoint {
                quota_per_s: variant.setup.kms_quota_per_s.as_f64(),
                value: metric.mean,
                interval: metric.low.zip(metric.high),
                replications: u32::try_from(variant.replications.len()).unwrap_or(u32::MAX),
            })
        })
        .collect();
    points.sort_by(|a, b| a.quota_per_s.total_cmp(&b.quota_per_s));
    points.dedup_by(|a, b| a.quota_per_s.total_cmp(&b.quota_per_s).is_eq());
    Some(QuotaCurve {
        condition: decides.to_string(),
        metric: decides.metric.clone(),
        unit: decides.unit,
        allowed: match decides.threshold {
            Threshold::Below(most) | Threshold::AtMost(most) => (None, Some(most)),
            Threshold::Above(least) | Threshold::AtLeast(least) => (Some(least), None),
            Threshold::Within(least, most) => (Some(least), Some(most)),
        },
        points,
    })
}

/// The evaluator's key of a variant that differs by its quota alone.
fn key_of(variant: &Variant) -> String {
    let settings = quota::settings(variant.setup.kms_quota_per_s.0);
    let texts: Vec<_> = settings.iter().map(ToString::to_string).collect();
    texts.join("\n")
}
