//! The answers in words, for terminals: what is hit first, how far the load may grow, what to ask
//! for, when, and what all of it rests on.
use super::{Alarm, tables, texts};
use crate::number::{THIN, count, grouped, plain, rate, share, usd};
use crate::results::cost::label;
use crate::terminal::{Terminal, push_painted, push_wrapped, section};
use crate::text::{capital, printable, stopped};
use crate::verdict::in_unit;
use keystorm_record::Status;
use keystorm_record::plan::{
    Binding, CostAnswer, Crossing, Estimate, Growth, HighestLoad, Limit, LimitKind, Plan, Reached,
    SmallestQuota,
};

/// Answers first, then what they rest on.
///
/// Contains no control characters other than line feeds and, with `color`, ANSI colours.
#[must_use]
pub fn plan_terminal(plan: &Plan, style: Terminal) -> String {
    let style = style.at_least();
    let mut out = String::new();
    push_wrapped(&mut out, &plan.scenario.title, style, 0);
    if !plan.scenario.question.is_empty() {
        push_wrapped(&mut out, &plan.scenario.question, style, 0);
    }
    out.push('\n');
    let color = if plan.is_hit() { "1;31" } else { "1;34" };
    push_painted(&mut out, &first_limit(plan), color, style);
    for answer in answers(plan) {
        push_wrapped(&mut out, &answer, style, 0);
    }
    if !plan.limits.is_empty() {
        let table = tables::limits(plan);
        section(&mut out, "Limits", &table, style);
        push_wrapped(&mut out, &table.source, style, 0);
    }
    if let Some(growth) = &plan.growth {
        let title = format!("Growth of {}", growth.rate);
        let table = tables::growth(growth);
        if !table.rows.is_empty() {
            section(&mut out, &title, &table, style);
            push_wrapped(&mut out, &table.source, style, 0);
        }
    }
    if let Some(found) = &plan.mitigations {
        let table = tables::mitigations(found);
        section(&mut out, "What would help", &table, style);
        push_wrapped(&mut out, &table.source, style, 0);
    }
    if let Some(found) = &plan.cost {
        costs(&mut out, found, style);
    }
    if let Some(request) = texts::quota_request(plan) {
        out.push('\n');
        push_painted(&mut out, "Quota request, to paste", "1", style);
        out.push_str(&printable_lines(&request.text));
    }
    if let Some(alarm) = texts::alarm(plan) {
        out.push('\n');
        push_wrapped(&mut out, &alarmed(&alarm), style, 0);
    }
    out.push('\n');
    for warning in &plan.warnings {
        let (text, remedy) = (stopped(&warning.text), stopped(&capital(&warning.remedy)));
        push_wrapped(&mut out, &format!("warning: {text} {remedy}"), style, 0);
    }
    push_wrapped(&mut out, &rests_on(plan), style, 0);
    plain(&out)
}

/// What it costs a month, by item, and what moves that.
fn costs(out: &mut String, cost: &CostAnswer, style: Terminal) {
    let mut items: Vec<_> = cost
        .items
        .iter()
        .filter(|it| it.usd_per_month > 0.0)
        .collect();
    items.sort_by(|a, b| b.usd_per_month.total_cmp(&a.usd_per_month));
    let named = items
        .iter()
        .map(|it| format!("{} {}", label(&it.item), usd(it.usd_per_month)));
    let named: Vec<String> = named.collect();
    out.push('\n');
    let total = format!("Cost a month: {}", usd(cost.usd_per_month));
    push_painted(out, &total, "1", style);
    if named.len() > 1 {
        push_wrapped(out, &format!("{}.", named.join(", ")), style, 0);
    }
    let table = tables::cost(cost);
    if !table.rows.is_empty() {
        section(out, "What moves the cost", &table, style);
    }
}

/// Lines of a text, each without control characters.
fn printable_lines(text: &str) -> String {
    let lines = text.lines().map(|line| printable(line) + "\n");
    lines.collect()
}

/// An alarm in a sentence.
fn alarmed(alarm: &Alarm) -> String {
    format!(
        "Alarm: {} calls in a minute's sum of CloudWatch's CallCount, {}{THIN}% of what the quota \
         grants in a minute; the page has the commands.",
        grouped(alarm.threshold as f64, 0),
        alarm.threshold_percent
    )
}

/// The answers after the first, a paragraph each.
fn answers(plan: &Plan) -> Vec<String> {
    let mut answers = Vec::new();
    answers.extend(plan.highest_load.as_ref().map(|it| highest_load(it, plan)));
    answers.extend(
        plan.smallest_quota
            .as_ref()
            .map(|it| smallest_quota(it, plan)),
    );
    answers.extend(plan.growth.as_ref().map(grown));
    answers
}

/// The limit that is reached first, and where.
pub(crate) fn first_limit(plan: &Plan) -> String {
    let Some(first) = plan.limits.first() else {
        return match plan.status {
            Status::Interrupted => "Interrupted before anything was known.".into(),
            Status::Complete => "The scenario uses nothing that has a limit.".into(),
        };
    };
    let name = capital(&limit(first.kind, &first.of));
    let used = share(first.peak_second.value);
    match first.reached {
        Reached::Always => format!(
            "{name} is used up at any load: what does not grow with the load alone takes all of it."
        ),
        Reached::At(at) if at.value <= 1.0 => format!(
            "{name} is hit first, at {} of today's load: the busiest second asks for {used} of it.",
            times(&at)
        ),
        Reached::At(at) => format!(
            "{name} is hit first, at {} of today's load, whose busiest second asks for {used} \
             of it.",
            times(&at)
        ),
        Reached::NotUpTo(load) => format!(
            "No limit is hit up to {}× today's load; {} is nearest: the busiest second asks for \
             {used} of it today.",
            multiple(load),
            limit(first.kind, &first.of)
        ),
    }
}

/// How far the load may grow.
pub(crate) fn highest_load(highest: &HighestLoad, plan: &Plan) -> String {
    let all = expectations(plan);
    match highest {
        HighestLoad::At { load, binding } => format!(
            "Over the whole run {all} met up to {} of today's load; beyond, {} not.",
            times(load),
            match plan.expectations.as_slice() {
                [_] => "it is".into(),
                _ => format!("{} is", binding.condition),
            }
        ),
        HighestLoad::Beyond { tried } => format!(
            "Over the whole run {all} met at {}× today's load, too, the highest that was tried.",
            multiple(*tried)
        ),
        HighestLoad::Never { tried, binding } => format!(
            "No load is low enough: at {}× today's, {}.",
            multiple(*tried),
            is(binding)
        ),
        HighestLoad::Unordered {
            holds,
            fails,
            binding,
        } => format!(
            "There is no highest load: {} is met at {}× today's load, but not at {}×.",
            binding.condition,
            multiple(*holds),
            multiple(*fails)
        ),
    }
}

/// What to ask for.
pub(crate) fn smallest_quota(quota: &SmallestQuota, plan: &Plan) -> String {
    let today = plan.setup.kms_quota_per_s;
    match quota {
        SmallestQuota::At {
            quota,
            ask_for,
            binding,
        } => {
            let ask = if ask_for.0 > today.0 {
                format!("Ask for a KMS quota of {}/s", grouped(ask_for.as_f64(), 0))
            } else {
                format!(
                    "The KMS quota of {}/s is enough; {}/s would be",
                    grouped(today.as_f64(), 0),
                    grouped(ask_for.as_f64(), 0)
                )
            };
            let per_second = |it: f64| grouped(it, 0);
            format!(
                "{ask}. At today's load {} is met from {} on{}",
                binding.condition,
                interval(quota, &per_second, "/s"),
                peak_beside(plan, quota)
            )
        }
        SmallestQuota::Any { tried } => format!(
            "Any KMS quota is enough: {} met at {}/s, too.",
            expectations(plan),
            grouped(tried.as_f64(), 0)
        ),
        SmallestQuota::None { binding } => {
            format!(
                "No KMS quota helps: where nothing is refused for it, {}.",
                is(binding)
            )
        }
        SmallestQuota::Unordered {
            holds,
            fails,
            binding,
        } => format!(
            "There is no smallest KMS quota: {} is met at {}/s, but not at {}.",
            binding.condition,
            grouped(holds.as_f64(), 0),
            if fails.0 >= UNLIMITED {
                "one that refuses nothing".into()
            } else {
                format!("{}/s", grouped(fails.as_f64(), 0))
            }
        ),
        SmallestQuota::NoCalls => {
            "No KMS quota matters: nothing here calls KMS on the account's.".into()
        }
    }
}

/// A quota from here on refuses nothing \[1/s\].
const UNLIMITED: u64 = 1_000_000_000;

/// The busiest second beside a quota that an expectation of the whole window asks for.
fn peak_beside(plan: &Plan, quota: &Estimate) -> String {
    let own = |it: &&Limit| it.kind == LimitKind::KmsQuota && it.of.is_empty();
    let Some(limit) = plan.limits.iter().find(own) else {
        return ".".into();
    };
    let peak = limit.peak_second.value * limit.capacity;
    let peak_rate = rate(peak);
    if peak > quota.value {
        format!(
            ". That is less than the busiest second's {peak_rate}/s: the expectation allows that \
             some calls are refused."
        )
    } else {
        format!("; the busiest second's first attempts are {peak_rate}/s.")
    }
}

/// What the growth comes to.
fn grown(growth: &Growth) -> String {
    let months = crate::number::significant(growth.horizon_months, 3);
    let begin = format!(
        "At {} the load is {}× today's after {months} months",
        growth.rate,
        multiple(growth.load_at_horizon)
    );
    let Some(first) = growth.crossings.first() else {
        return format!("{begin}; nothing is crossed that was found.");
    };
    let what = crossed(first);
    if first.months.value <= 0.0 {
        format!("{begin}; {what} is crossed today.")
    } else {
        let when = first.date.as_deref().unwrap_or("beyond the calendar");
        let between = match (&first.date_low, &first.date_high) {
            (Some(low), Some(high)) if low != high => format!(" ({low} to {high})"),
            _ => String::new(),
        };
        format!("{begin}; {what} is crossed first, on {when}{between}.")
    }
}

/// What a crossing is of.
fn crossed(crossing: &Crossing) -> String {
    match crossing.limit {
        Some(kind) => limit(kind, &crossing.of),
        None => crossing.of.clone(),
    }
}

/// Name of a limit in a sentence.
pub(super) fn limit(kind: LimitKind, of: &str) -> String {
    match (kind, of) {
        (LimitKind::KmsQuota, "") => "the KMS quota".into(),
        (LimitKind::KmsQuota, of) => format!("the KMS quota of account {of}"),
        (LimitKind::KeyStoreQuota, of) => format!("the quota of the {of} key store"),
        (LimitKind::PrefixReads, "") => "the read rate of a prefix".into(),
        (LimitKind::PrefixWrites, "") => "the write rate of a prefix".into(),
        (LimitKind::PrefixReads, of) => format!("the read rate of the {of}"),
        (LimitKind::PrefixWrites, of) => format!("the write rate of the {of}"),
        (LimitKind::Places, of) => format!("the concurrency of {of}"),
        (LimitKind::Connections, of) => format!("the connection pool of {of}"),
        (LimitKind::NetworkIn, of) => format!("the inbound network of {of}"),
        (LimitKind::NetworkOut, of) => format!("the outbound network of {of}"),
        (LimitKind::Cores, _) => "the clients' cores".into(),
    }
}

/// The expectations as the subject of a sentence, with its verb.
fn expectations(plan: &Plan) -> String {
    match plan.expectations.as_slice() {
        [one] if plan.default_expectation => {
            format!(
                "the expectation {} (keystorm's own, since there is no other) is",
                one.condition
            )
        }
        [one] => format!("the expectation {} is", one.condition),
        _ => "all expectations are".into(),
    }
}

/// What a condition's metric is.
fn is(binding: &Binding) -> String {
    let value = match binding.value {
        Some(value) => in_unit(value, binding.unit),
        None => "undefined".into(),
    };
    format!("{} is {value}, expected {}", binding.metric, bound(binding))
}

/// The condition without the metric's name.
fn bound(binding: &Binding) -> &str {
    let bound = binding.condition.strip_prefix(binding.metric.as_str());
    bound.unwrap_or(&binding.condition).trim()
}

/// A multiple of the load with its interval: `0.86× (0.85–0.87)`.
pub(super) fn times(load: &Estimate) -> String {
    interval(load, &multiple, "×")
}

/// A multiple, three significant digits, without zeros that say nothing.
pub(super) fn multiple(load: f64) -> String {
    let text = crate::number::significant(load, 3);
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A figure, its unit and its interval, if one can be seen.
fn interval(of: &Estimate, show: &dyn Fn(f64) -> String, unit: &str) -> String {
    let value = show(of.value);
    match (of.low.map(show), of.high.map(show)) {
        (Some(low), Some(high)) if low != high => format!("{value}{unit} ({low}–{high})"),
        _ => format!("{value}{unit}"),
    }
}

/// What the answers rest on.
fn rests_on(plan: &Plan) -> String {
    let measured = plan.window.measure_ns.as_f64() / 1e9;
    let interrupted = match plan.status {
        Status::Complete => "",
        Status::Interrupted => " Interrupted: some answers are missing.",
    };
    format!(
        "{} simulations of {} with {} requests; at most {} replications an answer. Intervals are \
         of {}{THIN}% confidence over replications.{interrupted}",
        grouped(plan.simulations.as_f64(), 0),
        crate::number::duration(measured),
        count(plan.simulated_requests.as_f64()),
        plan.replications_max,
        grouped(plan.confidence * 100.0, 0),
    )
}
