//! How many calls and attempts come of what the load asks for.
use super::bars::{Number, Weight};
use super::load::round_step;
use super::panels::{BarPanel, PanelBar, Panels};
use super::timeline::{Line, Strip, Timeline};
use super::{Figure, Part, both, curves, hue};
use crate::clock::Clock;
use crate::draw::{Fill, ticks};
use crate::number::{grouped, share_fine, significant};
use crate::table::{Cell, Table};
use crate::text::Text;
use crate::view::{self, Refusing, ratio};
use keystorm_record::{Operation, Record, Series, Variant};

/// Most steps of the drawing.
const STEPS_MAX: usize = 240;
/// Most rows of the table.
const ROWS_MAX: usize = 120;
/// Most operations that have a panel.
const OPERATIONS_MAX: usize = 3;
/// Most lines of the drawing.
const LINES_MAX: usize = 4;
/// Less than so many retries to each call are nothing to speak of.
const LEAST: f64 = 0.005;

/// Calls that KMS gets for each that the load asks for, in a stretch of seconds.
fn factor(series: &Series, from: usize, to: usize) -> Option<f64> {
    let sum = |column: &[keystorm_record::Int]| {
        let column = column.get(from..to.min(column.len())).unwrap_or_default();
        column.iter().map(|it| it.as_f64()).sum::<f64>()
    };
    let first = sum(&series.kms_first_calls);
    // Where nobody asks for anything, late retries have nothing to be compared with.
    (first >= 1.0).then(|| sum(&series.kms_calls) / first)
}

/// A variant's factor over time and over the whole measured window.
struct Amplified<'a> {
    variant: &'a Variant,
    /// Middle of each step, factor.
    points: Vec<(f64, f64)>,
    most: f64,
}

fn amplified<'a>(record: &Record, variant: &'a Variant, step: usize) -> Option<Amplified<'a>> {
    let series = &variant.series;
    let (from, to) = view::measured_seconds(record, series);
    let steps = (0..series.seconds()).step_by(step);
    let at = |start: usize| {
        let middle = start as f64 + step as f64 / 2.0;
        Some((middle, factor(series, start, start + step)?))
    };
    let points: Vec<_> = steps.filter_map(at).collect();
    let measured = points
        .iter()
        .filter(|p| p.0 >= from as f64 && p.0 <= to as f64);
    let most = measured.map(|p| p.1).fold(1.0, f64::max);
    (points.len() > 1).then_some(Amplified {
        variant,
        points,
        most,
    })
}

pub(super) fn figure(record: &Record) -> Option<Figure> {
    let baseline = record.variants.first()?;
    let seconds = baseline.series.seconds();
    let step = round_step(seconds, STEPS_MAX);
    let found = record
        .variants
        .iter()
        .filter_map(|v| amplified(record, v, step));
    let found: Vec<_> = found.filter(|it| it.most > 1.0 + LEAST).collect();
    let mut parts = Vec::new();
    if !found.is_empty() {
        parts.push(over_time(record, &found, step));
    }
    parts.extend(per_request(record));
    if parts.is_empty() {
        return None;
    }
    let both = parts.len() > 1;
    for part in &mut parts {
        if !both {
            part.heading.clear();
        }
    }
    Some(Figure {
        id: "fig-retries",
        number: 0,
        word: "Retries",
        subject: "Retry amplification".into(),
        note: "1 is what the load asks for. What is above it comes of retries and arrives on top."
            .into(),
        headline: headline(record, baseline, &found),
        lede: "Calls and attempts made for each one that the load asks for.".into(),
        parts,
        caption: Text::new(
            "A retry of S3 asks KMS again, so what KMS refuses comes back as load. Attempts count \
             calls to S3 and, under client-side encryption, to KMS.",
        ),
    })
}

fn headline(record: &Record, baseline: &Variant, found: &[Amplified<'_>]) -> String {
    let of_baseline = found.iter().find(|it| it.variant.name == baseline.name);
    if let Some(it) = of_baseline {
        return format!(
            "At its worst, KMS gets {} calls for each one that the load asks for",
            significant(it.most, 2)
        );
    }
    let worst = record.variants.iter().max_by(|a, b| {
        let of = |v: &Variant| view::amount(v, "all.attempts-throttled-share");
        of(a).total_cmp(&of(b))
    });
    let worst = worst.unwrap_or(baseline);
    let refused = view::amount(worst, "all.attempts-throttled-share");
    if refused > 0.0 {
        format!(
            "{} of the attempts of {} are refused",
            share_fine(refused),
            worst.name
        )
    } else {
        "Some attempts fail and are made again".into()
    }
}

fn over_time(record: &Record, found: &[Amplified<'_>], step: usize) -> Part {
    // Lines of one mode are hard to tell apart: the first variant's and the highest are drawn.
    let mut drawn: Vec<&Amplified<'_>> = found.iter().collect();
    drawn[1..].sort_by(|a, b| b.most.total_cmp(&a.most));
    drawn.truncate(LINES_MAX);
    let inks = curves(drawn.iter().map(|it| it.variant.setup.mode));
    let line = |(it, ink): (&Amplified<'_>, crate::draw::Ink)| Line {
        name: it.variant.name.clone(),
        value: significant(it.most, 3),
        ink,
        hue: Some(hue(it.variant.setup.mode)),
        points: it.points.clone(),
    };
    let first = found.first().map(|it| it.variant);
    let timeline = Timeline {
        clock: Clock::of(record),
        seconds: first.map_or(0, |v| v.series.seconds()),
        bands: first.map_or_else(Vec::new, |v| Refusing::kms(record, v).stretches),
        strips: vec![Strip {
            title: String::new(),
            base: 1.0,
            height: 200.0,
            areas: Vec::new(),
            lines: drawn.into_iter().zip(inks).map(line).collect(),
            threshold: None,
        }],
    };
    Part {
        id: "fig-retries-1".into(),
        heading: "KMS calls for each first attempt, at the right the most of them".into(),
        title: "KMS calls made for each first attempt, over time".into(),
        desc: "One line per variant with retries, four at most; 1 means that nothing is tried \
               again. Shaded: seconds in which KMS refuses calls."
            .into(),
        drawings: both(|size| timeline.draw(size)),
        summary: "Calls for each first attempt as a table".into(),
        table: time_table(record, found, step),
    }
}

fn time_table(record: &Record, found: &[Amplified<'_>], step: usize) -> Table {
    let clock = Clock::of(record);
    let mut head = vec!["From".to_owned()];
    head.extend(found.iter().map(|it| it.variant.name.clone()));
    let seconds = found.first().map_or(0, |it| it.variant.series.seconds());
    let step = step.max(round_step(seconds, ROWS_MAX));
    let mut table = Table::new(&head.iter().map(String::as_str).collect::<Vec<_>>());
    for start in (0..seconds).step_by(step) {
        let of = |it: &Amplified<'_>| factor(&it.variant.series, start, start + step);
        let cell = |it| Cell::optional(of(it), |v| significant(v, 3));
        table.row(clock.at(start as u64), found.iter().map(cell).collect());
    }
    table.noted("All KMS calls / calls of first attempts, sums over replications. –: nobody asks.")
}

/// Attempts for each request, and what refused them.
fn per_request(record: &Record) -> Option<Part> {
    let kinds = ["Not refused", "Refused by KMS", "Refused by a prefix"];
    let fills = [Fill::Calm, Fill::Red, Fill::Amber];
    let of = |v: &Variant, operation: Operation| {
        let counts = view::counts(v, Some(operation));
        let each = |attempts| ratio(attempts, counts.requests);
        let refused = [counts.attempts_throttled_kms, counts.attempts_throttled_s3].map(each);
        let all = each(counts.attempts);
        (counts.requests.0 > 0).then(|| [all - refused[0] - refused[1], refused[0], refused[1]])
    };
    let refused = |operation: &Operation| {
        let parts = record.variants.iter().filter_map(|v| of(v, *operation));
        parts.map(|p| p[1] + p[2]).fold(0.0, f64::max) > LEAST
    };
    let operations = view::operations(record).into_iter().filter(refused);
    let operations: Vec<_> = operations.collect();
    if operations.is_empty() {
        return None;
    }
    let all = || {
        let shown = operations.iter();
        shown.flat_map(|&it| record.variants.iter().filter_map(move |v| of(v, it)))
    };
    let most = all().map(|p| p.iter().sum()).fold(1.0, f64::max);
    let axis: Vec<_> = ticks(most)
        .into_iter()
        .map(|v| (v, grouped(v, usize::from(most < 2.5 && v.fract() != 0.0))))
        .collect();
    let bar = |v: &Variant, operation| {
        let parts = of(v, operation);
        PanelBar {
            segments: parts.map_or_else(Vec::new, |p| p.into_iter().zip(fills).collect()),
            end: parts.map_or(Number::new("–", Weight::Faint), |p| {
                let refused = p[1] + p[2] > LEAST;
                let weight = if refused {
                    Weight::Strong
                } else {
                    Weight::Normal
                };
                Number::new(significant(p.iter().sum(), 3), weight)
            }),
        }
    };
    let column = |&operation: &Operation| BarPanel {
        title: operation.label().into(),
        bars: record.variants.iter().map(|v| bar(v, operation)).collect(),
        ticks: axis.clone(),
    };
    let used = |i: &usize| all().any(|p| p[*i] > 0.0);
    let panels = Panels {
        names: super::names(record),
        columns: operations.iter().take(OPERATIONS_MAX).map(column).collect(),
        key: (0..3)
            .filter(used)
            .map(|i| (kinds[i].into(), fills[i]))
            .collect(),
    };
    let mut table = Table::new(&["Variant", "Attempts", kinds[0], kinds[1], kinds[2]]);
    for &operation in &operations {
        for v in &record.variants {
            let Some(p) = of(v, operation) else { continue };
            let cells = [p.iter().sum(), p[0], p[1], p[2]];
            let cells = cells.map(|v| Cell::number(v, significant(v, 3)));
            table.row(format!("{}, {}", v.name, operation.label()), cells.into());
        }
    }
    Some(Part {
        id: "fig-retries-2".into(),
        heading: "Attempts for each request".into(),
        title: "Attempts for each request, and what refused them".into(),
        desc: "Bars of attempts per request by operation and variant, parted by what refused them."
            .into(),
        drawings: both(|size| panels.draw(size)),
        summary: "Attempts for each request as a table".into(),
        table: table
            .without_zeros(&[kinds[1], kinds[2]])
            .noted("Over all requests of the measured window, whatever their outcome."),
    })
}
