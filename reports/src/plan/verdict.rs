//! What a plan says first: whether the load fits, how far it can grow, what to do.
use super::names::{limit, metric, multiple, the_limit, value};
use super::words;
use crate::number::{THIN, count, grouped, in_words, per_second, rate, usd};
use crate::text::{Text, capital};
use crate::verdict::{KeyFigure, State};
use keystorm_record::plan::{
    Effect, Estimate, HighestLoad, Mitigation, Plan, Reached, SmallestQuota,
};
use keystorm_record::{Certainty, Status};

/// The verdict of a plan, ready for a page.
pub(super) struct PlanVerdict {
    pub(super) state: State,
    pub(super) tag: &'static str,
    pub(super) headline: String,
    pub(super) say: Text,
    pub(super) why: Text,
    pub(super) what_to_do: Vec<Text>,
    pub(super) how_sure: Text,
    pub(super) key_figures: Vec<KeyFigure>,
}

/// The verdict, by rules from the plan alone.
pub(super) fn verdict(plan: &Plan) -> PlanVerdict {
    let (state, tag) = if plan.status == Status::Interrupted {
        (State::Inconclusive, "Interrupted")
    } else if plan.is_hit() {
        (State::Breached, "A limit is hit within the plan")
    } else if plan.limits.is_empty() {
        (State::Nothing, "No limit found")
    } else {
        (State::Fits, "Fits within the plan")
    };
    PlanVerdict {
        state,
        tag,
        headline: headline(plan),
        say: say(plan),
        why: why(plan),
        what_to_do: what_to_do(plan),
        how_sure: how_sure(plan),
        key_figures: key_figures(plan),
    }
}

fn breached(plan: &Plan) -> bool {
    plan.expectations.iter().any(|it| !it.holds)
}

/// What to ask for, if that is more than today's quota.
fn larger_quota(plan: &Plan) -> Option<f64> {
    match &plan.smallest_quota {
        Some(SmallestQuota::At { ask_for, .. }) => Some(ask_for.as_f64()),
        _ => None,
    }
    .filter(|it| *it > plan.setup.kms_quota_per_s.as_f64())
}

fn headline(plan: &Plan) -> String {
    if let (true, Some(quota)) = (breached(plan), larger_quota(plan)) {
        return format!(
            "Today’s load needs a KMS quota of {}/s; it has {}/s.",
            grouped(quota, 0),
            grouped(plan.setup.kms_quota_per_s.as_f64(), 0)
        );
    }
    if let Some(broken) = plan.expectations.iter().find(|it| !it.holds) {
        return format!("Today’s load breaches {}.", broken.condition);
    }
    let mut crossings = plan.growth.iter().flat_map(|it| &it.crossings);
    if let Some(first) = crossings.find(|it| it.within_horizon) {
        let name = first
            .limit
            .map_or_else(|| first.of.clone(), |it| words::limit(it, &first.of));
        let when = match &first.date {
            Some(date) if first.months.value > 0.0 => format!("on {date}"),
            _ => "today".to_owned(),
        };
        return format!("A growing load crosses {name} {when}.");
    }
    match &plan.highest_load {
        Some(HighestLoad::At { load, .. }) => {
            format!(
                "The load can grow to {} times today’s.",
                multiple(load.value)
            )
        }
        Some(HighestLoad::Beyond { tried }) => {
            format!(
                "The load can grow to {} times today’s and beyond.",
                multiple(*tried)
            )
        }
        _ => match plan.limits.first() {
            Some(first) => format!("{} is the limit that is reached first.", the_limit(first)),
            None => "No limit was found.".into(),
        },
    }
}

fn range(it: &Estimate, show: &dyn Fn(f64) -> String) -> String {
    match (it.low, it.high) {
        (Some(low), Some(high)) if show(low) != show(high) => {
            format!(" ({} to {})", show(low), show(high))
        }
        _ => String::new(),
    }
}

fn say(plan: &Plan) -> Text {
    let mut text = Text::default();
    if let Some(first) = plan.limits.first() {
        text = match &first.reached {
            Reached::At(at) => text
                .plain(format!("{} is reached first, at ", the_limit(first)))
                .strong(format!("{} times", multiple(at.value)))
                .plain(format!(" today’s load{}. ", range(at, &multiple))),
            Reached::NotUpTo(most) => text.plain(format!(
                "No limit is reached up to {} times today’s load. ",
                multiple(*most)
            )),
            Reached::Always => text.plain(format!("{} is used up at any load. ", the_limit(first))),
        };
    }
    text = match &plan.highest_load {
        Some(HighestLoad::At { load, binding }) => text
            .plain(format!("{} holds up to ", binding.condition))
            .strong(format!("{} times", multiple(load.value)))
            .plain(format!("{}. ", range(load, &multiple))),
        Some(HighestLoad::Beyond { tried }) => text.plain(format!(
            "All expectations hold up to {} times, and maybe beyond. ",
            multiple(*tried)
        )),
        Some(HighestLoad::Never { tried, binding }) => text.plain(format!(
            "{} holds at no load, not even at {} times today’s. ",
            binding.condition,
            multiple(*tried)
        )),
        Some(HighestLoad::Unordered { holds, fails, .. }) => text.plain(format!(
            "Expectations hold at {} times today’s load, but not at {}: there is no highest load. ",
            multiple(*holds),
            multiple(*fails)
        )),
        None => text,
    };
    match &plan.smallest_quota {
        Some(SmallestQuota::At { quota, .. }) => text
            .plain("The smallest KMS quota is ")
            .strong(per_second(quota.value))
            .plain(format!("{}.", range(quota, &per_second))),
        Some(SmallestQuota::None { .. }) => text.plain("No KMS quota makes them hold."),
        _ => text,
    }
}

fn why(plan: &Plan) -> Text {
    let Some(first) = plan.limits.first() else {
        return without_limits(plan);
    };
    let demand = &first.peak_second;
    let text = Text::new("The busiest second asks for ")
        .strong(crate::number::share(demand.value))
        .plain(format!(" of {}", words::limit(first.kind, &first.of)));
    let text = match &first.peak_minute {
        Some(minute) => text.plain(format!(
            "; its minute, as CloudWatch shows it, uses {}. ",
            crate::number::share(minute.value)
        )),
        None => text.plain(". "),
    };
    text.link("Figure 1", "fig-limits")
}

/// Where limits were not looked for: what KMS is asked for.
fn without_limits(plan: &Plan) -> Text {
    let peaks = plan.mitigations.as_ref().and_then(|it| it.peaks);
    let Some(peaks) = peaks else {
        return Text::new("No limit was found.");
    };
    let quota = plan.setup.kms_quota_per_s.as_f64();
    Text::new("The busiest second asks KMS for ")
        .strong(per_second(peaks.second_per_s))
        .plain(format!(
            ", {} of the quota; its minute for {} on average.",
            crate::number::share(peaks.second_per_s / quota),
            per_second(peaks.minute_per_s)
        ))
}

/// Most changes that are named.
const NAMED: usize = 3;

fn what_to_do(plan: &Plan) -> Vec<Text> {
    let Some(found) = &plan.mitigations else {
        return Vec::new();
    };
    let helpful = found.list.iter().filter(|it| it.effect <= Effect::Helps);
    let named: Vec<&Mitigation> = helpful.take(NAMED).collect();
    if named.is_empty() {
        let words = match (found.today.breached.is_empty(), found.list.is_empty()) {
            (true, true) => "Nothing has to be done.",
            (false, true) => "None of the changes that can be tried fits this scenario.",
            (_, false) => "Nothing that was tried helps. ",
        };
        let text = Text::new(words);
        let tried = !found.list.is_empty();
        return vec![if tried {
            text.link("All changes", "fig-mitigations")
        } else {
            text
        }];
    }
    let show = value(found.unit);
    let line = |it: &&Mitigation| {
        let text = Text::bold(it.name.clone()).plain(format!(" ({})", it.effort.label()));
        let Some(case) = it.assumed() else {
            return text;
        };
        let outcome = &case.outcome;
        let judged = match (found.today.value, outcome.value) {
            (Some(before), Some(after)) => format!(
                ": {} {} in place of {}, ",
                lowered_metric(&found.metric),
                show(after),
                show(before)
            ),
            _ => ": ".to_owned(),
        };
        text.plain(format!("{judged}{} a month.", usd(outcome.usd_per_month)))
    };
    let mut all: Vec<Text> = named.iter().map(line).collect();
    if let Some(last) = all.pop() {
        all.push(last.plain(" ").link("All changes", "fig-mitigations"));
    }
    all
}

fn lowered_metric(name: &str) -> String {
    let name = metric(name);
    if name.starts_with("KMS") {
        name
    } else {
        name.to_lowercase()
    }
}

fn how_sure(plan: &Plan) -> Text {
    let assumed = plan
        .facts
        .iter()
        .filter(|it| it.certainty == Certainty::Assumed)
        .count();
    let text = Text::new(format!(
        "{} simulations of this scenario, {} requests in all. Intervals are of {}{THIN}% \
         confidence, each for itself. ",
        capital(&in_words(
            usize::try_from(plan.simulations.0).unwrap_or(usize::MAX)
        )),
        count(plan.simulated_requests.as_f64()),
        grouped(plan.confidence * 100.0, 0)
    ));
    if assumed > 0 {
        let values = if assumed == 1 {
            "value is"
        } else {
            "values are"
        };
        text.plain(format!("{} {values} ", capital(&in_words(assumed))))
            .assumed("assumed")
            .plain(". ")
            .link("Sources", "assumptions")
    } else {
        text
    }
}

fn key_figures(plan: &Plan) -> Vec<KeyFigure> {
    let figure = |name: &str, value: String, unit: &str, note: String, bad| KeyFigure {
        name: name.into(),
        value,
        unit: unit.into(),
        note,
        bad,
    };
    let mut all = Vec::new();
    if let Some(HighestLoad::At { load, binding }) = &plan.highest_load {
        let note = format!("times today’s, with {}", binding.condition);
        all.push(figure(
            "Highest load",
            multiple(load.value),
            "×",
            note,
            load.value < 1.0,
        ));
    }
    if let Some(first) = plan.limits.first() {
        let demand = first.peak_second.value;
        let text = crate::number::percent(demand, 2);
        let unit = format!("{THIN}%");
        let note = format!("{}, busiest second", limit(first));
        all.push(figure("Demand", text, &unit, note, demand > 1.0));
    }
    if let Some(SmallestQuota::At { quota, .. }) = &plan.smallest_quota {
        let now = plan.setup.kms_quota_per_s.as_f64();
        let note = format!("today’s is {}/s", grouped(now, 0));
        all.push(figure(
            "Smallest quota",
            rate(quota.value),
            "/s",
            note,
            quota.value > now,
        ));
    }
    if let Some(growth) = &plan.growth
        && let Some(first) = growth.crossings.first()
    {
        let months = first.months.value.max(0.0);
        let note = first.date.clone().unwrap_or_default();
        let (text, unit) = if months > 0.0 {
            (grouped(months, usize::from(months < 10.0)), " months")
        } else {
            ("now".to_owned(), "")
        };
        all.push(figure(
            "First crossing",
            text,
            unit,
            note,
            first.within_horizon,
        ));
    }
    if let Some(found) = &plan.mitigations {
        let meet = found
            .list
            .iter()
            .filter(|it| it.effect == Effect::Meets)
            .count();
        let note = format!("of {} changes meet all expectations", found.list.len());
        all.push(figure("Remedies", grouped(meet as f64, 0), "", note, false));
    }
    if let Some(cost) = &plan.cost {
        let best = plan.mitigations.as_ref().and_then(|it| {
            let costs = it.list.iter().filter(|it| it.effect <= Effect::Helps);
            let costs = costs.filter_map(|it| Some(it.assumed()?.outcome.usd_per_month));
            costs.reduce(f64::min)
        });
        let note = best.map_or_else(String::new, |it| {
            format!("{} at the cheapest remedy", usd(it))
        });
        all.push(figure(
            "Cost a month",
            usd(cost.usd_per_month),
            "",
            note,
            false,
        ));
    }
    all
}
