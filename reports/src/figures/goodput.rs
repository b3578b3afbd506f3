//! What of the load gets done, where retries or refusals make it collapse.
use super::load::{round_step, value};
use super::timeline::{Line, Strip, Timeline};
use super::{Figure, Part, both};
use crate::clock::Clock;
use crate::draw::{Hue, Ink};
use crate::number::{per_second, rate, share};
use crate::table::{Cell, Table};
use crate::text::Text;
use crate::view;
use keystorm_record::{Int, Record, Series, Variant};

/// Most variants that have a panel.
const PANELS_MAX: usize = 4;
/// Most steps of the drawing, and rows of the table.
const STEPS_MAX: usize = 180;
/// A stretch of so many seconds counts: shorter ones are back-off, not collapse.
const STRETCH_S: usize = 10;
/// Goodput below this share of what is asked for has collapsed; above the other it is back.
const COLLAPSED: f64 = 0.7;
const RECOVERED: f64 = 0.95;

/// Share of the requests of a stretch that ended well in it; 1 where nobody asks.
fn done(series: &Series, from: usize, to: usize) -> f64 {
    let sum = |column: &[Int]| (from..to).map(|s| value(series, column, s)).sum::<f64>();
    let asked = sum(&series.requests);
    if asked < 1.0 {
        1.0
    } else {
        sum(&series.ok) / asked
    }
}

/// The stretches of the measured window, and the share that gets done in each.
fn stretches(record: &Record, series: &Series) -> Vec<(usize, f64)> {
    let (from, to) = view::measured_seconds(record, series);
    let starts = (from..to.saturating_sub(STRETCH_S - 1)).step_by(STRETCH_S);
    starts
        .map(|s| (s, done(series, s, s + STRETCH_S)))
        .collect()
}

fn least(record: &Record, variant: &Variant) -> Option<(usize, f64)> {
    let stretches = stretches(record, &variant.series).into_iter();
    stretches.min_by(|a, b| a.1.total_cmp(&b.1))
}

pub(super) fn figure(record: &Record) -> Option<Figure> {
    let refused = |v: &Variant| {
        v.series
            .kms_refused
            .iter()
            .chain(&v.series.s3_refused)
            .any(|c| c.0 > 0)
    };
    let collapsed =
        |v: &&Variant| refused(v) && least(record, v).is_some_and(|(_, least)| least < COLLAPSED);
    let worst = record.variants.iter().find(collapsed)?;
    let mut shown: Vec<&Variant> = record.variants.iter().take(PANELS_MAX).collect();
    if !shown.iter().any(|v| v.name == worst.name) {
        shown[PANELS_MAX - 1] = worst;
    }
    let series = &worst.series;
    let step = round_step(series.seconds(), STEPS_MAX);
    let timeline = Timeline {
        clock: Clock::of(record),
        seconds: series.seconds(),
        // Each variant is refused at other times.
        bands: Vec::new(),
        strips: shown.iter().map(|v| strip(v, step)).collect(),
    };
    let part = Part {
        id: "fig-goodput-1".into(),
        heading: String::new(),
        title: "Requests asked for and requests that end well, per second".into(),
        desc: "One panel per variant: requests by their intended start, and those that end well. \
               The area between is lost or late. The table below holds the numbers."
            .into(),
        drawings: both(|size| timeline.draw(size)),
        summary: "Goodput as a table".into(),
        table: table(record, &shown, step),
    };
    Some(Figure {
        id: "fig-goodput",
        number: 0,
        word: "Goodput",
        subject: "Goodput over time".into(),
        note: "Red: what is lost, or late. At the right: the last value.".into(),
        headline: headline(record, worst),
        lede: "Requests per second: what is asked for, and what ends well.".into(),
        parts: vec![part],
        caption: Text::new(
            "Requests count at their intended start, goodput at the end: what ends late shows as a \
             hill behind a valley.",
        ),
    })
}

fn headline(record: &Record, worst: &Variant) -> String {
    let stretches = stretches(record, &worst.series);
    let (second, least) = least(record, worst).unwrap_or_default();
    let clock = Clock::of(record);
    let after = stretches.iter().filter(|it| it.0 > second);
    let back = after.clone().find(|it| it.1 >= RECOVERED);
    let falls = format!("Goodput of {} falls to {}", worst.name, share(least));
    match back {
        Some((second, _)) => format!("{falls} and is back at {}", clock.at(*second as u64)),
        None if after.count() >= 3 => format!("{falls} and does not come back"),
        None => falls,
    }
}

fn strip(variant: &Variant, step: usize) -> Strip {
    let series = &variant.series;
    let mean = |column: &[Int], from: usize| {
        let to = (from + step).min(series.seconds());
        let sum: f64 = (from..to).map(|s| value(series, column, s)).sum();
        sum / (to - from) as f64
    };
    let points = |column: &[Int]| -> Vec<(f64, f64)> {
        let starts = (0..series.seconds()).step_by(step);
        starts
            .map(|s| (s as f64 + step as f64 / 2.0, mean(column, s)))
            .collect()
    };
    let (asked, ok) = (points(&series.requests), points(&series.ok));
    let at_end = |points: &[(f64, f64)]| points.last().map_or(0.0, |p| p.1);
    let edge = |points: &[(f64, f64)], at: usize| points.get(at).map_or(0.0, |p| p.0);
    let mut good = ok.clone();
    good.push((edge(&ok, ok.len().saturating_sub(1)), 0.0));
    good.push((edge(&ok, 0), 0.0));
    let above = asked.iter().zip(&ok).map(|(a, b)| (a.0, a.1.max(b.1)));
    let lost: Vec<_> = above.chain(ok.iter().rev().copied()).collect();
    let line = |name: &str, points: Vec<(f64, f64)>, ink, hue| Line {
        name: name.into(),
        value: per_second(at_end(&points)),
        ink,
        hue,
        points,
    };
    Strip {
        title: variant.name.clone(),
        base: 0.0,
        height: 110.0,
        areas: vec![(good, Ink::AreaAdmitted), (lost, Ink::AreaRefused)],
        lines: vec![
            line("Asked for", asked, Ink::First, None),
            line("Goodput", ok, Ink::Admitted, Some(Hue::Blue)),
        ],
        threshold: None,
    }
}

fn table(record: &Record, shown: &[&Variant], step: usize) -> Table {
    let clock = Clock::of(record);
    let mut head = vec!["From".to_owned(), "Asked for".to_owned()];
    head.extend(shown.iter().map(|v| v.name.clone()));
    let mut table = Table::new(&head.iter().map(String::as_str).collect::<Vec<_>>());
    let seconds = shown.iter().map(|v| v.series.seconds()).min().unwrap_or(0);
    for from in (0..seconds).step_by(step) {
        let to = (from + step).min(seconds);
        let mean = |series: &Series, column: &[Int]| {
            let sum: f64 = (from..to).map(|s| value(series, column, s)).sum();
            Cell::number(sum / (to - from) as f64, rate(sum / (to - from) as f64))
        };
        let mut cells: Vec<_> = shown[..1]
            .iter()
            .map(|v| mean(&v.series, &v.series.requests))
            .collect();
        cells.extend(shown.iter().map(|v| mean(&v.series, &v.series.ok)));
        table.row(clock.at(from as u64), cells);
    }
    table.noted("Requests that end well per second, mean over replications.")
}
