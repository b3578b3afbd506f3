//! When S3 refuses attempts for the request rate of a prefix.
use super::load::{round_step, value};
use super::timeline::{Line, Strip, Timeline};
use super::{Figure, Part, both, curves, hue};
use crate::clock::Clock;
use crate::draw::Ink;
use crate::number::{grouped, per_second, rate};
use crate::table::{Cell, Table};
use crate::text::Text;
use crate::view::{self, Refusing};
use keystorm_record::{Record, Series, Variant};

/// Most lines of the drawing.
const LINES_MAX: usize = 4;
/// Most steps of the drawing, and rows of the table.
const STEPS_MAX: usize = 180;

fn refused(series: &Series, from: usize, step: usize) -> f64 {
    let to = (from + step).min(series.seconds());
    let sum: f64 = (from..to)
        .map(|s| value(series, &series.s3_refused, s))
        .sum();
    sum / (to - from) as f64
}

/// Whether a series knows its partitions: only where they can split.
fn splits(series: &Series) -> bool {
    !series.s3_partitions.is_empty()
}

/// Partitions at the beginning of a second, mean over replications.
fn partitions(series: &Series, second: usize) -> f64 {
    value(series, &series.s3_partitions, second)
}

/// A mean of whole numbers: one decimal where replications differ.
fn whole(value: f64) -> String {
    grouped(value, usize::from((value - value.round()).abs() > 1e-9))
}

/// Partitions of all prefixes over time, of those variants that split them.
fn strip_of_partitions(shown: &[&Variant], step: usize) -> Option<Strip> {
    let of: Vec<&&Variant> = shown.iter().filter(|v| splits(&v.series)).collect();
    let inks = curves(of.iter().map(|v| v.setup.mode));
    let line = |(v, ink): (&&&Variant, Ink)| {
        let seconds = v.series.s3_partitions.len();
        let last = partitions(&v.series, seconds - 1);
        Line {
            name: v.name.clone(),
            value: whole(last),
            ink,
            hue: Some(hue(v.setup.mode)),
            points: (0..seconds)
                .step_by(step)
                .map(|s| (s as f64, partitions(&v.series, s)))
                .collect(),
        }
    };
    (!of.is_empty()).then(|| Strip {
        title: "Partitions of all prefixes, at the right at the end".into(),
        base: 0.0,
        height: 120.0,
        areas: Vec::new(),
        lines: of.iter().zip(inks).map(line).collect(),
        threshold: None,
    })
}

/// The busiest second of the measured window.
fn most(record: &Record, series: &Series) -> f64 {
    let (from, to) = view::measured_seconds(record, series);
    let seconds = (from..to).map(|s| value(series, &series.s3_refused, s));
    seconds.fold(0.0, f64::max)
}

pub(super) fn figure(record: &Record) -> Option<Figure> {
    let mut shown: Vec<&Variant> = record.variants.iter().collect();
    shown.retain(|v| !Refusing::s3(record, v).seconds.is_empty());
    let first = *shown.first()?;
    let step = round_step(first.series.seconds(), STEPS_MAX);
    let all = shown.clone();
    shown.truncate(LINES_MAX);
    let line = |(v, ink): (&&Variant, Ink)| Line {
        name: v.name.clone(),
        value: per_second(most(record, &v.series)),
        ink,
        hue: Some(hue(v.setup.mode)),
        points: (0..v.series.seconds())
            .step_by(step)
            .map(|s| (s as f64 + step as f64 / 2.0, refused(&v.series, s, step)))
            .collect(),
    };
    let timeline = Timeline {
        clock: Clock::of(record),
        seconds: first.series.seconds(),
        bands: Refusing::s3(record, first).stretches,
        strips: [
            Some(Strip {
                title: String::new(),
                base: 0.0,
                height: 200.0,
                areas: Vec::new(),
                lines: shown
                    .iter()
                    .zip(curves(shown.iter().map(|v| v.setup.mode)))
                    .map(line)
                    .collect(),
                threshold: None,
            }),
            strip_of_partitions(&shown, step),
        ]
        .into_iter()
        .flatten()
        .collect(),
    };
    let part = Part {
        id: "fig-prefixes-1".into(),
        heading: String::new(),
        title: "Attempts that S3 refuses for the request rate of a prefix, per second".into(),
        desc: "One line per variant that is refused, four at most. The table below holds the \
               numbers."
            .into(),
        drawings: both(|size| timeline.draw(size)),
        summary: "Refusals by prefixes as a table".into(),
        table: table(record, &all, step),
    };
    Some(Figure {
        id: "fig-prefixes",
        number: 0,
        word: "Prefixes",
        subject: "Prefixes that refuse".into(),
        note: format!(
            "At the right: the busiest second. Shaded: seconds in which {} is refused.",
            first.name
        ),
        headline: headline(record, first),
        lede: "Attempts per second that S3 answers with 503 for the request rate of a prefix."
            .into(),
        parts: vec![part],
        caption: caption(&all),
    })
}

fn headline(record: &Record, first: &Variant) -> String {
    let most = per_second(most(record, &first.series));
    let words = Refusing::s3(record, first).words(record, &first.series);
    format!("Prefixes refuse up to {most}, {words}")
}

/// Whether prefixes are split, as the variants that are drawn set it.
fn caption(shown: &[&Variant]) -> Text {
    let set_to_split = |v: &&&Variant| {
        let splitting = v.resolved.pointer("/s3/splitting");
        splitting.is_some_and(|it| it.as_str() != Some("none"))
    };
    let count = shown.iter().filter(set_to_split).count();
    let text = Text::new(
        "A prefix here is a partition of the key space, with its own rate of reads and of writes. ",
    );
    match count {
        0 => text.plain("None of these variants splits partitions under load."),
        n if n == shown.len() => text.plain(
            "Under load S3 splits them, which takes time: where the line falls to zero, enough of \
             them have been split.",
        ),
        _ => text.plain(
            "Where S3 splits them under load, the line falls to zero once enough have been split; \
             some of these variants have no splits.",
        ),
    }
}

fn table(record: &Record, shown: &[&Variant], step: usize) -> Table {
    let clock = Clock::of(record);
    let mut head = vec!["From".to_owned()];
    head.extend(shown.iter().map(|v| v.name.clone()));
    let splitting = || shown.iter().filter(|v| splits(&v.series));
    head.extend(splitting().map(|v| format!("{}, partitions", v.name)));
    let mut table = Table::new(&head.iter().map(String::as_str).collect::<Vec<_>>());
    let seconds = shown
        .iter()
        .map(|v| view::measured_seconds(record, &v.series).1)
        .min();
    for from in (0..seconds.unwrap_or(0)).step_by(step) {
        let cell = |v: &&Variant| {
            let refused = refused(&v.series, from, step);
            Cell::number(refused, rate(refused))
        };
        let of_partitions = |v: &&Variant| {
            let count = partitions(&v.series, from);
            Cell::number(count, whole(count))
        };
        let mut cells: Vec<Cell> = shown.iter().map(cell).collect();
        cells.extend(splitting().map(of_partitions));
        table.row(clock.at(from as u64), cells);
    }
    table.noted(
        "Refused attempts per second, and partitions at the beginning; means over replications.",
    )
}
