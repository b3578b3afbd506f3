//! What would help, tried by simulation and put in order.
mod bucket_key;
mod candidate;
mod clients;
mod migration;
mod order;
mod place;
mod spread;
#[cfg(test)]
mod tests;

use super::{NO_QUOTA, quota};
use crate::assemble;
use crate::load::{PriceFile, Setting, StudyVariant};
use crate::units::Rate;
use candidate::{Candidate, Today, Trial, candidates};
use keystorm_record::comparison::{Difference, Method, Shown};
use keystorm_record::plan::{
    Case, Change, Effect, Effort, Mitigation, Mitigations, Outcome, Peaks,
};
use keystorm_record::{Better, Unit, Variant};
use order::{RULE, in_order};

/// What tries a change: the scenario with these settings, simulated; `None` if they contradict it.
pub(super) type Try<'a, E> = dyn FnMut(&[Setting]) -> Result<Option<Variant>, E> + 'a;

/// What is asked of the mitigations.
pub(super) struct Question<'a> {
    /// The scenario as it stands.
    pub(super) variant: &'a StudyVariant,
    /// The same, simulated: at least as often as each change.
    pub(super) today: &'a Variant,
    pub(super) prices: Option<&'a PriceFile>,
    /// Replications of each change.
    pub(super) replications: u32,
    /// The quota that the plan advises to ask for \[1/s\].
    pub(super) quota_to_ask: Option<u64>,
}

/// The condition that changes are judged by.
struct Judged<'a> {
    condition: &'a str,
    metric: &'a str,
    unit: Unit,
    better: Option<Better>,
}

/// The changes that fit the scenario, tried and put in order; `None` if there is no condition to
/// judge them by, or its metric has no value today.
///
/// # Errors
/// What trying one ends with.
pub(super) fn mitigations<E>(
    question: &Question<'_>,
    try_it: &mut Try<'_, E>,
) -> Result<Option<Mitigations>, E> {
    let now = question.today;
    let Some(judged) = judged(now) else {
        return Ok(None);
    };
    let above_zero = |metric| mean(now, metric).is_some_and(|it| it > 0.0);
    let today = Today {
        variant: question.variant,
        quota_to_ask: question.quota_to_ask,
        kms_refuses: above_zero("kms.throttled-share"),
        kms_is_near: above_zero("kms.throttled-share")
            || outcome(now, judged.metric)
                .kms_load_multiple
                .is_some_and(|it| it < NEAR),
        s3_refuses: above_zero("s3.throttled-time"),
    };
    let migration = migration::migration(question, &today, try_it)?;
    let mut list = Vec::new();
    for candidate in candidates(&today) {
        let Some(mut found) = tried(candidate, now, &judged, try_it)? else {
            continue;
        };
        found.one_off_usd = match (found.id.as_str(), &migration) {
            ("copy-old-objects", Some(it)) => it.one_off_usd,
            _ if found.effort <= Effort::Request => Some((0.0, 0.0)),
            _ => None,
        };
        list.push(found);
    }
    let today_outcome = outcome(now, judged.metric);
    in_order(&mut list, today_outcome.usd_per_month);
    Ok(Some(Mitigations {
        condition: judged.condition.to_owned(),
        metric: judged.metric.to_owned(),
        unit: judged.unit,
        better: judged.better,
        replications: question.replications,
        rule: RULE.to_owned(),
        peaks: peaks(now, &today, try_it)?,
        today: today_outcome,
        list,
        migration,
    }))
}

/// A multiple of today's load below which its limit is near.
const NEAR: f64 = 2.0;

/// The first condition that is breached, else the first.
fn judged(today: &Variant) -> Option<Judged<'_>> {
    let all = &today.expectations;
    let found = all.iter().find(|it| !it.holds).or(all.first())?;
    let metric = today.metrics.get(&found.metric)?;
    Some(Judged {
        condition: &found.condition,
        metric: &found.metric,
        unit: metric.unit,
        better: metric.better,
    })
}

/// A change with all its cases; `None` if the scenario does not allow it.
fn tried<E>(
    candidate: Candidate,
    today: &Variant,
    judged: &Judged<'_>,
    try_it: &mut Try<'_, E>,
) -> Result<Option<Mitigation>, E> {
    let mut cases = Vec::new();
    let mut effect = Effect::None;
    let mut caveats = Vec::new();
    for (place, trial) in candidate.cases.iter().enumerate() {
        let Some(variant) = try_it(&trial.settings)? else {
            if place == 0 {
                return Ok(None);
            }
            continue;
        };
        if place == 0 {
            effect = effect_of(today, &variant, judged);
            caveats.extend(slower(today, &variant).map(|(before, after)| {
                format!("The p99 of all requests rises from {before:.3} s to {after:.3} s.")
            }));
        }
        cases.push(case(trial, today, &variant, judged));
    }
    let met = |case: &Case| !case.counts || case.outcome.breached.is_empty();
    if effect == Effect::Meets && !cases.iter().all(met) {
        effect = Effect::MayMeet;
    }
    Ok(Some(Mitigation {
        id: candidate.id,
        name: candidate.name,
        effort: candidate.effort,
        effect,
        cases,
        one_off_usd: None,
        caveats: {
            caveats.extend(candidate.caveats);
            caveats
        },
    }))
}

fn case(trial: &Trial, today: &Variant, variant: &Variant, judged: &Judged<'_>) -> Case {
    Case {
        name: trial.name.to_owned(),
        settings: trial.settings.iter().map(ToString::to_string).collect(),
        counts: trial.counts,
        outcome: outcome(variant, judged.metric),
        difference: change(today, variant, judged.metric),
    }
}

/// Requests given up that are more than today's by less than this share of all do no harm.
const NEGLIGIBLE_SHARE: f64 = 0.000_1;
/// A p99 that is higher than today's by more than this share of it is much worse.
const MUCH_SLOWER: f64 = 0.25;

/// How far one change helps, by the case that is assumed.
fn effect_of(today: &Variant, changed: &Variant, judged: &Judged<'_>) -> Effect {
    let difference = |metric| Difference::of(today, changed, metric, Method::Paired);
    let given_up = difference("all.throttled-share");
    let harms = |it: &Difference| it.shown() == Shown::More && it.mean > NEGLIGIBLE_SHARE;
    if given_up.as_ref().is_some_and(harms) {
        return Effect::Harms;
    }
    if changed.expectations.iter().all(|it| it.holds) {
        return Effect::Meets;
    }
    let shown = difference(judged.metric).map(|it| it.shown());
    match (shown, judged.better) {
        (Some(Shown::Less), Some(Better::Lower)) | (Some(Shown::More), Some(Better::Higher)) => {
            if slower(today, changed).is_some() {
                Effect::Trades
            } else {
                Effect::Helps
            }
        }
        (Some(Shown::More), Some(Better::Lower)) | (Some(Shown::Less), Some(Better::Higher)) => {
            Effect::Harms
        }
        _ => Effect::None,
    }
}

/// The p99 before and after \[s\], if a change makes it much worse.
fn slower(today: &Variant, changed: &Variant) -> Option<(f64, f64)> {
    let difference = Difference::of(today, changed, "all.latency.p99", Method::Paired)?;
    let much = difference.mean > MUCH_SLOWER * difference.base;
    (difference.shown() == Shown::More && much).then_some((difference.base, difference.new))
}

/// Figures of a variant.
pub(super) fn outcome(variant: &Variant, metric: &str) -> Outcome {
    let judged = variant.metrics.get(metric);
    let peak = mean(variant, "kms.demand.peak-second");
    let quota = variant.setup.kms_quota_per_s;
    let other = variant.setup.kms_other_load_per_s.as_f64();
    let broken = variant.expectations.iter().filter(|it| !it.holds);
    Outcome {
        value: mean(variant, metric),
        interval: judged.and_then(|it| it.low.zip(it.high)),
        given_up_share: mean(variant, "all.throttled-share"),
        p99_s: mean(variant, "all.latency.p99"),
        kms_peak_per_s: peak,
        kms_quota_per_s: quota,
        kms_load_multiple: peak.and_then(|it| {
            let own = it - other;
            let of_account = load_multiple(own, quota.as_f64() - other)?;
            // Other users of a key store are taken off its quota by the scenario itself.
            let of_store = store_quota(variant).and_then(|it| load_multiple(own, it));
            Some(of_store.map_or(of_account, |it| of_account.min(it)))
        }),
        usd_per_month: mean(variant, "cost.month").unwrap_or(0.0),
        breached: broken.map(|it| it.condition.clone()).collect(),
    }
}

/// Calls per second of the fleets below which a multiple of them says nothing.
const CALLS_MIN: f64 = 1.0;

/// How many times the fleets' own calls of a second fit into what is left for them.
fn load_multiple(own: f64, left: f64) -> Option<f64> {
    (own >= CALLS_MIN).then(|| left.max(0.0) / own)
}

/// Requests per second that a variant's custom key store takes, if its keys are in one.
fn store_quota(variant: &Variant) -> Option<f64> {
    let text = |path: &str| variant.resolved.pointer(path)?.as_str();
    text("/kms/key-store").filter(|it| *it != "kms")?;
    let quota: Rate = text("/kms/key-store-quota")?.parse().ok()?;
    Some(quota.0)
}

/// A metric's paired difference from today.
pub(super) fn change(today: &Variant, changed: &Variant, metric: &str) -> Option<Change> {
    let difference = Difference::of(today, changed, metric, Method::Paired)?;
    Some(Change {
        mean: difference.mean,
        interval: difference.interval,
    })
}

pub(super) fn mean(variant: &Variant, metric: &str) -> Option<f64> {
    let metric = variant.metrics.get(metric)?;
    // A metric without any value has a mean that is no number.
    Some(metric.mean).filter(|it| it.is_finite())
}

/// Peaks of KMS calls; where the quota refuses some, with a quota that does not.
fn peaks<E>(now: &Variant, today: &Today<'_>, try_it: &mut Try<'_, E>) -> Result<Option<Peaks>, E> {
    let of = |variant: &Variant, quota_lifted| {
        let second = mean(variant, "kms.calls.peak-second")?;
        let minute = mean(variant, "kms.calls.peak-minute")?;
        (minute > 0.0).then_some(Peaks {
            second_per_s: second,
            minute_per_s: minute,
            quota_lifted,
        })
    };
    if !today.scenario().calls_kms() {
        return Ok(None);
    }
    if !today.kms_refuses {
        return Ok(of(now, false));
    }
    let lifted = try_it(&quota::settings(NO_QUOTA))?;
    Ok(lifted.as_ref().and_then(|it| of(it, true)))
}

/// The prices that hold for a scenario \[USD\]: of a PUT or COPY, and of a KMS request.
fn unit_prices(question: &Question<'_>) -> (f64, f64) {
    use keystorm_models::tables::PriceItem;
    let prices = assemble::prices(&question.variant.scenario, question.prices);
    let of = |item| prices.of(item).value.usd();
    (of(PriceItem::S3Put), of(PriceItem::KmsRequests))
}
