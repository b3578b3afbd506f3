//! When a growing load crosses what.
use super::super::names::of_kind;
use crate::draw::{Anchor, Canvas, Drawing, Hue, Ink, Size, cut, text_width, ticks};
use crate::figures::{Figure, Part, both};
use crate::number::{grouped, significant};
use crate::table::{Cell, Table};
use crate::text::Text;
use keystorm_record::plan::{Crossing, Growth, Plan};

/// Crossings later than this many horizons are left to the table.
const FAR: f64 = 2.0;

pub(super) fn figure(plan: &Plan) -> Option<Figure> {
    let growth = plan.growth.as_ref()?;
    let part = Part {
        id: "fig-growth-1".into(),
        heading: String::new(),
        title: "Months until limits and expectations are crossed".into(),
        desc:
            "One row per limit: a dot where the growing load crosses it, a bar for its interval, \
               and a line at the horizon. The table below has the days."
                .into(),
        drawings: both(|size| draw(growth, size)),
        summary: "Days as a table".into(),
        table: table(growth),
    };
    Some(Figure {
        id: "fig-growth",
        number: 0,
        word: "Growth",
        subject: "Growth".into(),
        note: "Bars are intervals: those of the multiple of today’s load, as dates.".into(),
        headline: headline(growth),
        lede: format!(
            "Months from {}, at {}; by the horizon the load is {} times today’s.",
            plan.scenario.start.split('T').next().unwrap_or_default(),
            growth.rate.replace('/', " a "),
            significant(growth.load_at_horizon, 3)
        ),
        parts: vec![part],
        caption: Text::new(
            "The fleets’ load grows; the account’s other load and all settings stay as they are.",
        ),
    })
}

fn name(crossing: &Crossing) -> String {
    match crossing.limit {
        Some(kind) => of_kind(kind, &crossing.of),
        None => crossing.of.clone(),
    }
}

fn headline(growth: &Growth) -> String {
    let months = grouped(growth.horizon_months, 0);
    let Some(first) = growth.crossings.first().filter(|it| it.within_horizon) else {
        return format!("Nothing is crossed within {months} months");
    };
    if first.months.value <= 0.0 {
        return format!("{} is crossed today", name(first));
    }
    match &first.date {
        Some(date) => format!("{} is crossed on {date}", name(first)),
        None => format!("{} is crossed within {months} months", name(first)),
    }
}

fn draw(growth: &Growth, size: Size) -> Drawing {
    let (left, pitch, first) = match size {
        Size::Wide => (268.0, 34.0, 0.0),
        Size::Narrow => (4.0, 50.0, 16.0),
    };
    let near = |it: &&Crossing| it.months.value <= FAR * growth.horizon_months;
    let shown: Vec<_> = growth.crossings.iter().filter(near).collect();
    let height = 30.0 + pitch * shown.len() as f64 + 30.0;
    let right = size.width() - if size == Size::Wide { 92.0 } else { 12.0 };
    let ends = shown
        .iter()
        .map(|it| it.months.high.unwrap_or(it.months.value));
    let most = ends.fold(growth.horizon_months, f64::max);
    let marks = ticks(most.min(FAR * growth.horizon_months));
    let end = marks.last().copied().unwrap_or(1.0);
    let x = |months: f64| left + (months / end).clamp(0.0, 1.0) * (right - left);
    let body = Canvas::draw(size, height, |canvas| {
        let (top, bottom) = (26.0, height - 30.0);
        for &mark in &marks {
            canvas.line(&[(x(mark), top), (x(mark), bottom)], Ink::Grid);
            let label = significant(mark, 3);
            let label = label.trim_end_matches('0').trim_end_matches('.');
            let label = if mark == 0.0 { "today" } else { label };
            let half = text_width(label, false) / 2.0;
            let at = x(mark).max(half);
            canvas.text(label, at, bottom + 19.0, Anchor::Middle, Ink::Ticks);
        }
        let horizon = x(growth.horizon_months);
        canvas.line(&[(horizon, top - 6.0), (horizon, bottom)], Ink::Quota);
        canvas.text("horizon", horizon, 14.0, Anchor::Middle, Ink::Words);
        for (i, crossing) in shown.iter().enumerate() {
            let row = top + pitch * i as f64;
            let y = row + first + 17.0;
            canvas.line(&[(0.0, row), (size.width(), row)], Ink::Grid);
            let room = if size == Size::Wide {
                left - 16.0
            } else {
                size.width()
            };
            let words = cut(&name(crossing), room, false);
            let base = if size == Size::Wide {
                y + 4.5
            } else {
                row + 16.0
            };
            canvas.text(&words, 0.0, base, Anchor::Start, Ink::Words);
            let hue = if crossing.within_horizon {
                Hue::Red
            } else {
                Hue::Blue
            };
            let months = &crossing.months;
            let mut reach = x(months.value);
            if let (Some(low), Some(high)) = (months.low, months.high) {
                canvas.line(&[(x(low), y), (x(high), y)], Ink::Interval(hue));
                reach = reach.max(x(high));
            }
            canvas.dot((x(months.value), y), 4.0, Ink::Disc(hue));
            let when = if months.value <= 0.0 {
                "today".to_owned()
            } else {
                crossing.date.clone().unwrap_or_default()
            };
            let width = text_width(&when, false);
            let (at, anchor) = if reach + 9.0 + width > size.width() {
                (x(months.low.unwrap_or(months.value)) - 9.0, Anchor::End)
            } else {
                (reach + 9.0, Anchor::Start)
            };
            canvas.text(&when, at, y + 4.5, anchor, Ink::WordsHalo);
        }
    });
    Drawing {
        size,
        height,
        body,
        readout: None,
    }
}

fn table(growth: &Growth) -> Table {
    let mut table = Table::new(&["Crossed", "Day", "Months", "Within the horizon"]);
    for crossing in &growth.crossings {
        let months = &crossing.months;
        let day = crossing.date.clone().unwrap_or_else(|| "–".into());
        let interval = match (&crossing.date_low, &crossing.date_high) {
            (Some(low), Some(high)) => format!("{low} to {high}"),
            (Some(low), None) => format!("from {low} on"),
            (None, Some(high)) => format!("until {high}"),
            (None, None) => String::new(),
        };
        let range = match (months.low, months.high) {
            (Some(low), Some(high)) => {
                format!("{} to {}", significant(low, 3), significant(high, 3))
            }
            _ => String::new(),
        };
        let within = if crossing.within_horizon { "yes" } else { "no" };
        table.row(
            name(crossing),
            vec![
                Cell {
                    interval,
                    ..Cell::words(day)
                },
                Cell {
                    interval: range,
                    ..Cell::number(months.value, significant(months.value, 3))
                },
                Cell::words(within).marked(crossing.within_horizon),
            ],
        );
    }
    table.noted(
        "A load that grows by g a month is k times today’s after ln k / ln(1 + g) months; the \
         interval is that of k.",
    )
}
