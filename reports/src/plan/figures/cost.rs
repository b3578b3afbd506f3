//! Cost a month by item, and how far it rests on what is assumed.
use super::super::names::metric;
use super::tornado::{Spread, Tornado};
use crate::draw::{Fill, ticks};
use crate::figures::bars::{BarRow, Bars, Number, Weight};
use crate::figures::{Figure, Part, both};
use crate::number::{THIN, grouped, in_words, share, significant, usd};
use crate::results::cost::label;
use crate::table::{Cell, Table};
use crate::text::{Text, capital};
use keystorm_record::plan::{Change, CostAnswer, End, Plan, Sensitivity};
use keystorm_record::{Better, Cost, Unit};

/// Of the cost a month, what an assumption must move to be drawn.
const DRAWN_SHARE: f64 = 0.002;
/// Of the metric today, what an assumption must move to be drawn.
const HARDLY: f64 = 0.02;
/// Most assumptions that are drawn.
const DRAWN: usize = 8;

pub(super) fn figure(plan: &Plan) -> Option<Figure> {
    let cost = plan.cost.as_ref()?;
    let judged = plan
        .mitigations
        .as_ref()
        .map(|it| (it.metric.as_str(), it.unit));
    let bars = bars(cost);
    let mut parts = vec![Part {
        id: "fig-cost-1".into(),
        heading: "By item".into(),
        title: "Cost a month by item".into(),
        desc: "One bar per item, in US dollars; the table below holds the numbers.".into(),
        drawings: both(|size| bars.draw(size)),
        summary: "Cost as a table".into(),
        table: items(cost),
    }];
    let moved = moved(cost);
    if !moved.is_empty() {
        let tornado = tornado(cost, &moved);
        parts.push(part(
            "fig-cost-2",
            "What assumptions move: dollars a month",
            &tornado,
            table(cost, judged),
        ));
    }
    if let (Some((name, unit)), Some(found)) = (judged, &plan.mitigations) {
        let (today, better) = (found.today.value.unwrap_or(0.0), found.better);
        let moved = moves_metric(cost, today);
        if !moved.is_empty() {
            let tornado = tornado_of_metric(&moved, unit, better);
            let heading = format!("What assumptions move: {}", metric(name));
            parts.push(part("fig-cost-3", &heading, &tornado, table(cost, judged)));
        }
    }
    if let [only] = parts.as_mut_slice() {
        only.heading.clear();
    }
    Some(Figure {
        id: "fig-cost",
        number: 0,
        word: "Cost",
        subject: "Cost a month".into(),
        note: format!(
            "A month here is 730{THIN}h of the measured window’s load, as if it never paused. The \
             free tier is deducted."
        ),
        headline: headline(cost, &moved),
        lede: format!("US dollars a month, prices of {}.", plan.scenario.region),
        parts,
        caption: caption(cost),
    })
}

fn part(id: &str, heading: &str, tornado: &Tornado, table: Table) -> Part {
    Part {
        id: id.to_owned(),
        heading: heading.to_owned(),
        title: heading.to_owned(),
        desc: "One row per assumption: what its lower and its upper end move, one at a time. The \
               table below holds the numbers."
            .into(),
        drawings: both(|size| tornado.draw(size)),
        summary: "Every assumption as a table".into(),
        table,
    }
}

/// Assumptions that move the cost, the largest effect first.
fn moved(cost: &CostAnswer) -> Vec<&Sensitivity> {
    let least = cost.usd_per_month * DRAWN_SHARE;
    let all = cost.sensitivity.iter();
    all.filter(|it| it.usd_span() > least).take(DRAWN).collect()
}

/// Assumptions that are shown to move the metric, and by more than hardly, the largest first.
fn moves_metric(cost: &CostAnswer, today: f64) -> Vec<&Sensitivity> {
    let shown = |end: &End| {
        let interval = end.metric.and_then(|it| it.interval);
        interval.is_some_and(|(low, high)| low > 0.0 || high < 0.0)
    };
    let all = cost.sensitivity.iter();
    let mut moved: Vec<_> = all
        .filter(|it| shown(&it.low) || shown(&it.high))
        .filter(|it| it.metric_span() > HARDLY * today.abs())
        .collect();
    moved.sort_by(|a, b| b.metric_span().total_cmp(&a.metric_span()));
    moved.truncate(DRAWN);
    moved
}

fn bars(cost: &CostAnswer) -> Bars {
    let most = cost
        .items
        .iter()
        .map(|it| it.usd_per_month)
        .fold(0.0, f64::max);
    let row = |it: &Cost| {
        let end = Number::new(usd(it.usd_per_month), Weight::Strong);
        let fill = if it.item.starts_with("kms-") {
            Fill::Blue
        } else {
            Fill::Grey2
        };
        let part = if cost.usd_per_month > 0.0 {
            share(it.usd_per_month / cost.usd_per_month)
        } else {
            "–".into()
        };
        BarRow {
            name: label(&it.item),
            strong: false,
            segments: vec![(it.usd_per_month, fill)],
            cells: vec![end.clone(), Number::new(part, Weight::Normal)],
            end,
        }
    };
    Bars {
        rows: cost.items.iter().map(row).collect(),
        columns: vec![("A month".to_owned(), None), ("Share".to_owned(), None)],
        key: Vec::new(),
        ticks: ticks(most).into_iter().map(|it| (it, usd(it))).collect(),
    }
}

fn items(cost: &CostAnswer) -> Table {
    let mut table = Table::new(&[
        "Item",
        "Units an hour",
        "Dollars an hour",
        "Dollars a month",
    ]);
    for it in &cost.items {
        table.row(
            label(&it.item),
            vec![
                Cell::number(it.units_per_hour, grouped(it.units_per_hour, 0)),
                Cell::number(it.usd_per_hour, usd(it.usd_per_hour)),
                Cell::number(it.usd_per_month, usd(it.usd_per_month)),
            ],
        );
    }
    let total = Cell {
        interval: cost.interval.map_or_else(String::new, |(low, high)| {
            format!("{} to {}", usd(low), usd(high))
        }),
        ..Cell::number(cost.usd_per_month, usd(cost.usd_per_month))
    };
    table.row("Total", vec![Cell::nothing(), Cell::nothing(), total]);
    table
        .noted("Means over replications; the free tier is deducted from a month, not from an hour.")
}

fn tornado(cost: &CostAnswer, moved: &[&Sensitivity]) -> Tornado {
    let end = |end: &End| (end.usd_per_month.mean, end.value.clone());
    let rows = moved.iter().map(|it| Spread {
        name: it.subject.clone(),
        ends: [end(&it.low), end(&it.high)],
    });
    Tornado {
        rows: rows.collect(),
        zero: usd(cost.usd_per_month),
        better: Some(Better::Lower),
        show: signed_usd,
    }
}

fn tornado_of_metric(moved: &[&Sensitivity], unit: Unit, better: Option<Better>) -> Tornado {
    let end = |end: &End| (end.metric.map_or(0.0, |it| it.mean), end.value.clone());
    let rows = moved.iter().map(|it| Spread {
        name: it.subject.clone(),
        ends: [end(&it.low), end(&it.high)],
    });
    Tornado {
        rows: rows.collect(),
        zero: "today".into(),
        better,
        show: signed(unit),
    }
}

fn signed_usd(value: f64) -> String {
    if value > 0.0 {
        format!("+{}", usd(value))
    } else {
        usd(value)
    }
}

fn signed(unit: Unit) -> fn(f64) -> String {
    match unit {
        Unit::Share => points,
        Unit::Seconds => |it| with_plus(it, crate::number::seconds),
        Unit::Usd => signed_usd,
        Unit::PerSecond => |it| with_plus(it, crate::number::per_second),
        _ => |it| with_plus(it, crate::number::count),
    }
}

/// A difference of shares, in percentage points.
fn points(it: f64) -> String {
    with_plus(it, |it| format!("{} points", significant(it * 100.0, 2)))
}

fn with_plus(it: f64, show: fn(f64) -> String) -> String {
    let sign = if it > 0.0 { "+" } else { "" };
    format!("{sign}{}", show(it))
}

fn headline(cost: &CostAnswer, moved: &[&Sensitivity]) -> String {
    let month = usd(cost.usd_per_month);
    match moved.first() {
        None => format!("{month} a month, whatever is assumed"),
        Some(first) => {
            let ends = [first.low.usd_per_month.mean, first.high.usd_per_month.mean];
            let least = ends.into_iter().fold(0.0, f64::min);
            let most = ends.into_iter().fold(0.0, f64::max);
            format!(
                "{month} a month; the assumption that moves it most makes it {} to {}",
                usd(cost.usd_per_month + least),
                usd(cost.usd_per_month + most)
            )
        }
    }
}

fn table(cost: &CostAnswer, judged: Option<(&str, Unit)>) -> Table {
    let name = judged.map_or_else(|| "Metric".to_owned(), |(name, _)| metric(name));
    let mut table = Table::new(&["Assumption", "From", "To", "Cost a month", "", &name, " "]);
    let dollars = |it: &Change| changed(it, &signed_usd);
    for it in &cost.sensitivity {
        let of_metric = |end: &End| match (&end.metric, judged) {
            (Some(change), Some((_, unit))) => changed(change, &signed(unit)),
            _ => Cell::nothing(),
        };
        table.row(
            format!("{} ({})", it.subject, it.path),
            vec![
                Cell::words(&it.low.value),
                Cell::words(&it.high.value),
                dollars(&it.low.usd_per_month),
                dollars(&it.high.usd_per_month),
                of_metric(&it.low),
                of_metric(&it.high),
            ],
        );
    }
    table.head[4] = "Cost at the upper end".into();
    table.head[3] = "Cost at the lower end".into();
    table.head[5] = format!("{name}, lower end");
    table.head[6] = format!("{name}, upper end");
    table.noted(
        "One at a time, each simulated at both ends under the same arrivals; differences from \
         today with their 95 % intervals.",
    )
}

fn changed(change: &Change, show: &dyn Fn(f64) -> String) -> Cell {
    let interval = match change.interval {
        Some((low, high)) if show(low) != show(high) => format!("{} to {}", show(low), show(high)),
        _ => String::new(),
    };
    Cell {
        interval,
        ..Cell::number(change.mean, show(change.mean))
    }
}

fn caption(cost: &CostAnswer) -> Text {
    if cost.sensitivity.is_empty() {
        return Text::default();
    }
    let silent = cost.sensitivity.len() - moved(cost).len();
    let text = match silent {
        0 => Text::default(),
        1 => Text::new("One more assumption hardly moves the cost. "),
        n => Text::new(format!(
            "{} more hardly move the cost. ",
            capital(&in_words(n))
        )),
    };
    text.plain("Each range and its reason stand in ")
        .link("the table of assumptions", "ranges")
        .plain(".")
}
