//! The answers in tables.
use super::words::{limit, multiple, times};
use crate::number::{bytes_per_second, grouped, percent, rate, share};
use crate::table::{Cell, Table};
use crate::text::capital;
use keystorm_record::plan::{Estimate, Growth, Limit, LimitKind, Measure, Plan, Reached};

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
                    which that second uses all of it."
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
