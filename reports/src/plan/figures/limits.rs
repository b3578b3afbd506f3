//! How much of each limit the busiest second asks for.
use super::super::names::{limit, multiple, the_limit};
use crate::draw::Fill;
use crate::figures::bars::{BarRow, Bars, Number, Weight};
use crate::figures::{Figure, Part, both};
use crate::number::{grouped, share, share_fine};
use crate::table::{Cell, Table};
use crate::text::Text;
use keystorm_record::plan::{Estimate, Limit, Measure, Plan, Reached};

pub(super) fn figure(plan: &Plan) -> Option<Figure> {
    let first = plan.limits.first()?;
    let bars = bars(&plan.limits);
    let part = Part {
        id: "fig-limits-1".into(),
        heading: String::new(),
        title: "Demand in the busiest second, as a share of each limit".into(),
        desc: "One bar per limit, red beyond 100 percent; the table below holds the numbers."
            .into(),
        drawings: both(|size| bars.draw(size)),
        summary: "Limits as a table".into(),
        table: table(plan),
    };
    Some(Figure {
        id: "fig-limits",
        number: 0,
        word: "Limits",
        subject: "Limits and headroom".into(),
        note: "What first attempts ask for while nothing is refused. Red is what a limit cannot \
               give."
            .into(),
        headline: headline(first),
        lede: "Share of each limit that the busiest second asks for.".into(),
        parts: vec![part],
        caption: caption(&plan.limits),
    })
}

fn headline(first: &Limit) -> String {
    let name = the_limit(first);
    match &first.reached {
        Reached::At(at) if at.value < 1.0 => {
            let part = multiple(at.value);
            format!("{name} is reached first, at {part} times today’s load: it is hit now")
        }
        Reached::At(at) => {
            format!(
                "{name} is reached first, at {} times today’s load",
                multiple(at.value)
            )
        }
        Reached::NotUpTo(most) => {
            format!(
                "No limit is reached up to {} times today’s load",
                multiple(*most)
            )
        }
        Reached::Always => format!("{name} is used up, whatever the load"),
    }
}

fn bars(limits: &[Limit]) -> Bars {
    let most = limits
        .iter()
        .map(|it| it.peak_second.value)
        .fold(1.0, f64::max);
    let ends = crate::draw::ticks(most);
    let minute = limits.iter().any(|it| it.peak_minute.is_some());
    let row = |(i, it): (usize, &Limit)| {
        let demand = it.peak_second.value;
        let weight = if demand > 1.0 {
            Weight::Bad
        } else {
            Weight::Strong
        };
        let shown = Number::new(share(demand), weight);
        let mut cells = vec![shown.clone()];
        if minute {
            let of_minute = it.peak_minute.map(|it| share(it.value));
            cells.push(Number::new(
                of_minute.unwrap_or_else(|| "–".into()),
                Weight::Normal,
            ));
        }
        cells.push(Number::new(reached(&it.reached), Weight::Normal));
        BarRow {
            name: limit(it),
            strong: i == 0,
            segments: vec![
                (demand.min(1.0), Fill::Blue),
                ((demand - 1.0).max(0.0), Fill::Red),
            ],
            cells,
            end: shown,
        }
    };
    let mut columns = vec![("Second".to_owned(), None)];
    if minute {
        columns.push(("Minute".to_owned(), None));
    }
    columns.push(("Reached at".to_owned(), None));
    Bars {
        rows: limits.iter().enumerate().map(row).collect(),
        columns,
        key: Vec::new(),
        ticks: ends.into_iter().map(|it| (it, share(it))).collect(),
    }
}

/// Where it is reached, as a multiple of today's load.
fn reached(reached: &Reached) -> String {
    match reached {
        Reached::At(at) => format!("{}×", multiple(at.value)),
        Reached::NotUpTo(most) => format!("above {}×", multiple(*most)),
        Reached::Always => "always".into(),
    }
}

fn table(plan: &Plan) -> Table {
    let mut table = Table::new(&[
        "Limit",
        "Capacity",
        "Second, share",
        "Headroom",
        "Minute, share",
        "Reached at, times today",
    ]);
    let range = |it: &Estimate, show: &dyn Fn(f64) -> String| match (it.low, it.high) {
        (Some(low), Some(high)) => format!("{} to {}", show(low), show(high)),
        _ => String::new(),
    };
    let estimate = |it: &Estimate, show: &dyn Fn(f64) -> String| Cell {
        interval: range(it, show),
        ..Cell::number(it.value, show(it.value))
    };
    for it in &plan.limits {
        let minute = it.peak_minute.as_ref().map(|it| estimate(it, &share_fine));
        let at = match &it.reached {
            Reached::At(at) => estimate(at, &multiple),
            other => Cell::words(reached(other)),
        };
        let cells = vec![
            Cell::number(it.capacity, grouped(it.capacity, 0)),
            estimate(&it.peak_second, &share_fine).marked(it.peak_second.value > 1.0),
            Cell::number(it.headroom, share_fine(it.headroom)),
            minute.unwrap_or_else(Cell::nothing),
            at,
        ];
        table.row(limit(it), cells);
    }
    table.noted(
        "Capacity in the limit’s own unit: calls, requests or bytes per second, places, cores. \
         Below the numbers their 95 % intervals.",
    )
}

fn caption(limits: &[Limit]) -> Text {
    let text = Text::new(
        "The minute is what CloudWatch shows: its mean hides the second that is refused. ",
    );
    if limits.iter().any(|it| it.measure != Measure::Counted) {
        text.plain(
            "Places, connections, network and cores are counted over all instances of a fleet, as \
             if they shared evenly.",
        )
    } else {
        text
    }
}
