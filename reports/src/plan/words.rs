//! The answers in words, for terminals.
use crate::number::{grouped, plain, rate};
use crate::terminal::{Terminal, push_painted, push_wrapped};
use keystorm_record::plan::{Binding, Estimate, Plan, SmallestQuota};

/// Answers first, then what they rest on.
///
/// Contains no control characters other than line feeds and, with `color`, ANSI colours.
#[must_use]
pub fn plan_terminal(plan: &Plan, style: Terminal) -> String {
    let style = style.at_least();
    let mut out = String::new();
    push_wrapped(&mut out, &plan.scenario.title, style, 0);
    out.push('\n');
    if let Some(quota) = &plan.smallest_quota {
        push_painted(&mut out, &smallest_quota(quota), "1", style);
    }
    plain(&out)
}

/// What to ask for.
fn smallest_quota(quota: &SmallestQuota) -> String {
    match quota {
        SmallestQuota::At {
            quota,
            ask_for,
            binding,
        } => format!(
            "Ask for a KMS quota of {}/s: below {}, {} no longer holds.",
            grouped(ask_for.as_f64(), 0),
            estimate(quota, &|it| format!("{}/s", rate(it))),
            binding.condition
        ),
        SmallestQuota::Any { tried } => format!(
            "No KMS quota is too small: all expectations hold at {}/s, too.",
            grouped(tried.as_f64(), 0)
        ),
        SmallestQuota::None { binding } => {
            format!("No KMS quota helps: {} without throttling.", is(binding))
        }
        SmallestQuota::Unordered {
            holds,
            fails,
            binding,
        } => format!(
            "There is no smallest KMS quota: {} holds at {}/s, but not at {}/s.",
            binding.condition,
            grouped(holds.as_f64(), 0),
            grouped(fails.as_f64(), 0)
        ),
        SmallestQuota::NoCalls => "Nothing here calls KMS on the account's quota.".into(),
    }
}

/// What a condition's metric is.
fn is(binding: &Binding) -> String {
    let value = binding
        .value
        .map_or_else(|| "undefined".into(), |it| it.to_string());
    format!(
        "{} is {value}, expected {}",
        binding.metric, binding.condition
    )
}

/// A figure with its interval: `13,400/s (13,300/s–13,500/s)`.
fn estimate(estimate: &Estimate, show: &dyn Fn(f64) -> String) -> String {
    let value = show(estimate.value);
    match (estimate.low, estimate.high) {
        (Some(low), Some(high)) => format!("{value} ({}–{})", show(low), show(high)),
        _ => value,
    }
}
