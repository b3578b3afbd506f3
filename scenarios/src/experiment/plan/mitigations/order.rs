//! The order of mitigations: what helps most with the least work at the least cost.
use keystorm_record::plan::Mitigation;
use std::cmp::Ordering;

/// The order in words.
pub(super) const RULE: &str = "First what meets all expectations whatever is assumed, then what \
meets them as assumed, what helps, what helps at the cost of latency, what shows no difference, \
what harms. Among those the least work first: a setting, a request to AWS, code, migration. Then \
the lower cost a month, in steps of 1 % of today's; then the higher multiple of today's load.";

/// Costs a month that differ by less than this share of today's are alike.
const STEP: f64 = 0.01;

/// Puts the best first. What cannot be told apart keeps its order.
pub(super) fn in_order(list: &mut [Mitigation], today_usd: f64) {
    list.sort_by(|a, b| {
        let coarse = (a.effect, a.effort).cmp(&(b.effect, b.effort));
        coarse
            .then_with(|| step(a, today_usd).total_cmp(&step(b, today_usd)))
            .then_with(|| by_multiple(a, b))
    });
}

/// Its cost a month, in whole steps from today's.
fn step(it: &Mitigation, today_usd: f64) -> f64 {
    let Some(case) = it.assumed() else {
        return f64::INFINITY;
    };
    let unit = (today_usd * STEP).max(f64::MIN_POSITIVE);
    ((case.outcome.usd_per_month - today_usd) / unit).round() + 0.0
}

/// The higher multiple first; what calls KMS too seldom to have one is higher than all.
fn by_multiple(a: &Mitigation, b: &Mitigation) -> Ordering {
    let multiple = |it: &Mitigation| {
        let case = it.assumed();
        case.map_or(0.0, |it| {
            it.outcome.kms_load_multiple.unwrap_or(f64::INFINITY)
        })
    };
    multiple(b).total_cmp(&multiple(a))
}
