//! What a scenario costs, and how far cost and expectation rest on what is assumed.
pub(super) mod assumed;

use super::mitigations::{Try, change, mean};
use crate::load::StudyVariant;
use assumed::{EndOf, of};
use keystorm_record::Variant;
use keystorm_record::plan::{Change, CostAnswer, End, Sensitivity};

/// What the scenario costs, and each assumption at both ends, one at a time.
///
/// # Errors
/// What trying one ends with.
pub(super) fn cost<E>(
    variant: &StudyVariant,
    today: &Variant,
    metric: Option<&str>,
    replications: u32,
    try_it: &mut Try<'_, E>,
) -> Result<CostAnswer, E> {
    let mut sensitivity = Vec::new();
    for assumption in of(variant) {
        let low = end(assumption.low, today, metric, try_it)?;
        let high = end(assumption.high, today, metric, try_it)?;
        let (Some(low), Some(high)) = (low, high) else {
            continue;
        };
        sensitivity.push(Sensitivity {
            path: assumption.path,
            subject: assumption.subject.to_owned(),
            reason: assumption.reason.to_owned(),
            source: assumption.source.to_owned(),
            low,
            high,
        });
    }
    sensitivity.extend(refused_billed(today));
    sensitivity.sort_by(|a, b| {
        let by_usd = b.usd_span().total_cmp(&a.usd_span());
        by_usd.then_with(|| b.metric_span().total_cmp(&a.metric_span()))
    });
    let month = today.metrics.get("cost.month");
    Ok(CostAnswer {
        usd_per_month: mean(today, "cost.month").unwrap_or(0.0),
        interval: month.and_then(|it| it.low.zip(it.high)),
        items: today.costs.clone(),
        replications,
        sensitivity,
    })
}

/// An end, tried; `None` if the scenario does not allow it.
fn end<E>(
    of: EndOf,
    today: &Variant,
    metric: Option<&str>,
    try_it: &mut Try<'_, E>,
) -> Result<Option<End>, E> {
    let Some(changed) = try_it(&of.settings)? else {
        return Ok(None);
    };
    let usd = change(today, &changed, "cost.month");
    let settings = of.settings.iter().map(ToString::to_string).collect();
    Ok(usd.map(|usd_per_month| End {
        value: of.value,
        settings,
        usd_per_month,
        metric: metric.and_then(|it| change(today, &changed, it)),
    }))
}

/// Whether KMS bills calls that it refuses is not published: they are left out of costs. What they
/// would cost needs no simulation.
fn refused_billed(today: &Variant) -> Option<Sensitivity> {
    let calls = mean(today, "kms.calls")?;
    let refused = calls * mean(today, "kms.throttled-share")?;
    let item = today.costs.iter().find(|it| it.item == "kms-requests")?;
    let price = item.usd_per_hour / item.units_per_hour;
    let hours = crate::costs::HOURS_PER_MONTH as f64;
    let usd = refused * 3_600.0 * hours * price;
    let exactly = |mean| Change {
        mean,
        interval: None,
    };
    let end = |value: &str, usd| End {
        value: value.to_owned(),
        settings: Vec::new(),
        usd_per_month: exactly(usd),
        metric: None,
    };
    (usd > 0.0 && usd.is_finite()).then(|| Sensitivity {
        path: "kms.refused-calls-billed".to_owned(),
        subject: "Whether KMS bills the calls that it refuses".to_owned(),
        reason: "not published; costs leave them out".to_owned(),
        source: "keystorm's assumption".to_owned(),
        low: end("no", 0.0),
        high: end("yes", usd),
    })
}
