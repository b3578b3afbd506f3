//! The answers in tables.
use super::words::{limit, multiple, times};
use crate::number::{bytes_per_second, grouped, percent, rate, share};
use crate::number::{seconds, usd};
use crate::table::{Cell, Table};
use crate::text::capital;
use crate::verdict::in_unit;
use keystorm_record::plan::{
    CostAnswer, Estimate, Growth, Limit, LimitKind, Measure, Mitigations, Outcome, Plan, Reached,
};

/// How much of each limit is used, and where it is reached.
pub(super) fn limits(plan: &Plan) -> Table {
    let mut table = Table::new(&[
        "Limit",
        "There is",
        "Peak second",
        "Headroom",
        "CloudWatch minute",
        "Reached at",
    ]);
    for it in &plan.limits {
        let is_hit = it.peak_second.value >= 1.0;
        let amount = |it: &Estimate| Cell::number(it.value, share(it.value));
        table.row(
            format!("{}{}", of_limit(it.kind, &it.of), mark(it.measure)),
            vec![
                Cell::number(it.capacity, there_is(it)),
                amount(&it.peak_second).marked(is_hit),
                Cell::number(it.headroom, format!("{} %", percent(it.headroom, 2))),
                it.peak_minute.as_ref().map_or_else(Cell::nothing, amount),
                reached(&it.reached).marked(is_hit),
            ],
        );
    }
    if plan.limits.iter().all(|it| it.peak_minute.is_none()) {
        table.remove("CloudWatch minute");
    }
    let source = source(plan);
    table.noted(source)
}

/// How the figures came about.
fn source(plan: &Plan) -> String {
    let mut text = "Peak second: what first attempts ask for in the busiest second of today's \
                    load while nothing is refused or waits. Reached at: times today's load at \
                    which that second uses all of it; the account's other load stays."
        .to_owned();
    let has = |measure: Measure| plan.limits.iter().any(|it| it.measure == measure);
    if plan.limits.iter().any(|it| it.peak_minute.is_some()) {
        text.push_str(
            " CloudWatch minute: the busiest minute of today's calls, refused ones and retries \
             included.",
        );
    }
    if has(Measure::Evenly) {
        text.push_str(" *: as if all instances of the fleet shared it evenly.");
    }
    if has(Measure::Proportional) {
        text.push_str(" **: the mean use, times how much busier the busiest second is.");
    }
    text
}

fn mark(measure: Measure) -> &'static str {
    match measure {
        Measure::Counted => "",
        Measure::Evenly => " *",
        Measure::Proportional => " **",
    }
}

/// Name of a limit as the head of a row.
fn of_limit(kind: LimitKind, of: &str) -> String {
    let name = limit(kind, of);
    capital(name.strip_prefix("the ").unwrap_or(&name))
}

/// How much there is, with its unit.
fn there_is(limit: &Limit) -> String {
    match limit.kind {
        LimitKind::NetworkIn | LimitKind::NetworkOut => bytes_per_second(limit.capacity),
        LimitKind::Places | LimitKind::Connections | LimitKind::Cores => grouped(limit.capacity, 0),
        LimitKind::KmsQuota
        | LimitKind::KeyStoreQuota
        | LimitKind::PrefixReads
        | LimitKind::PrefixWrites => format!("{}/s", rate(limit.capacity)),
    }
}

fn reached(reached: &Reached) -> Cell {
    match reached {
        Reached::At(at) => Cell::number(at.value, times(at)),
        Reached::NotUpTo(load) => Cell::words(format!("not up to {}×", multiple(*load))),
        Reached::Always => Cell::words("at any load"),
    }
}

/// When what is crossed.
pub(super) fn growth(growth: &Growth) -> Table {
    let mut table = Table::new(&["Crossed", "On", "From", "To", "Months"]);
    for it in &growth.crossings {
        let now = it.months.value <= 0.0;
        let day = |date: &Option<String>| match date {
            Some(date) => Cell::words(date),
            None => Cell::nothing(),
        };
        let on = if now {
            Cell::words("today")
        } else {
            day(&it.date)
        };
        let ends = if now {
            [Cell::nothing(), Cell::nothing()]
        } else {
            [day(&it.date_low), day(&it.date_high)]
        };
        let [from, to] = ends;
        let what = match it.limit {
            Some(kind) => of_limit(kind, &it.of),
            None => it.of.clone(),
        };
        let months = Cell::number(it.months.value, grouped(it.months.value.max(0.0), 1));
        table.row(what, vec![on.marked(it.within_horizon), from, to, months]);
    }
    table.noted(
        "Days from the scenario's start on, if the load of all fleets grows so and everything \
         else stays; the interval is that of the load.",
    )
}

/// What would help, the best first.
pub(super) fn mitigations(found: &Mitigations) -> Table {
    let mut table = Table::new(&[
        "Change",
        "Effect",
        "Metric",
        "p99",
        "Cost a month",
        "Effort",
    ]);
    let row = |outcome: &Outcome, effect: &str, effort: &str| {
        vec![
            Cell::words(effect),
            Cell::optional(outcome.value, |it| in_unit(it, found.unit)),
            Cell::optional(outcome.p99_s, seconds),
            Cell::number(outcome.usd_per_month, usd(outcome.usd_per_month)),
            Cell::words(effort),
        ]
    };
    table.row("Today", row(&found.today, "", ""));
    for it in &found.list {
        if let Some(case) = it.assumed() {
            let cells = row(&case.outcome, it.effect.label(), it.effort.label());
            table.row(it.name.clone(), cells);
        }
    }
    table.noted(format!(
        "Metric: {}. Each change alone, as it is assumed to work, over {} replications; the page \
         has ranges, caveats and flags.",
        found.metric, found.replications
    ))
}

/// What it costs, and what moves that.
pub(super) fn cost(cost: &CostAnswer) -> Table {
    let mut table = Table::new(&["Assumed", "From", "To", "Cost from", "Cost to"]);
    for it in cost
        .sensitivity
        .iter()
        .filter(|it| it.usd_span() > MOVES_MIN)
    {
        let end = |change: f64| {
            let moved = cost.usd_per_month + change;
            Cell::number(moved, usd(moved))
        };
        table.row(
            it.subject.clone(),
            vec![
                Cell::words(it.low.value.clone()),
                Cell::words(it.high.value.clone()),
                end(it.low.usd_per_month.mean),
                end(it.high.usd_per_month.mean),
            ],
        );
    }
    table
}

/// What moves the cost by less than this is not shown \[USD a month\].
const MOVES_MIN: f64 = 0.5;
