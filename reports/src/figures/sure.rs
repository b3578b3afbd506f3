//! How sure a result is: what replications differ by, and whether the warm-up was long enough.
use super::load::value;
use super::timeline::{Line, Strip, Timeline};
use super::{Figure, Part, both};
use crate::clock::Clock;
use crate::draw::{Anchor, Canvas, Drawing, Hue, Ink, Size, cut, text_width, ticks};
use crate::number::{THIN, duration, grouped, in_words, rate, share, significant};
use crate::results::interval;
use crate::table::{Cell, Table};
use crate::text::{Text, capital};
use crate::verdict::in_unit;
use crate::view::{self, Period};
use keystorm_record::{Int, Metric, Record, Variant};

/// Metrics of every variant; the latency of the main operation stands before them, cost after.
const METRICS: [(&str, &str); 3] = [
    ("all.throttled-share", "Given up"),
    ("kms.demand.peak-second", "KMS, first attempts, peak"),
    ("kms.calls.peak-second", "KMS, all calls, peak"),
];

/// Half of an interval, relative to its mean, above which replications differ.
const DIFFER: f64 = 0.25;

/// A metric whose replications differ.
struct Row<'a> {
    name: String,
    metric: &'a Metric,
    /// Of each replication, relative to the mean.
    off: Vec<f64>,
    /// Half of the interval, relative to the mean.
    half: f64,
}

fn rows(variant: &Variant, period: Period) -> Vec<Row<'_>> {
    let main = view::main_operation(variant);
    let latency = main.map(|it| {
        (
            format!("{}.latency.p99", it.id()),
            format!("{} p99", it.label()),
        )
    });
    let cost = [(period.metric(), period.title())];
    let others = METRICS.into_iter().chain(cost);
    let others = others.map(|(id, name)| (id.to_owned(), name.to_owned()));
    let row = |(id, name): (String, String)| {
        let metric = view::metric(variant, &id)?;
        let (low, high) = (metric.low?, metric.high?);
        let off = metric
            .values
            .iter()
            .flatten()
            .map(|v| v / metric.mean - 1.0);
        let row = Row {
            name,
            metric,
            off: off.collect(),
            half: (high - low) / 2.0 / metric.mean,
        };
        (metric.mean > 0.0 && row.half > 0.0).then_some(row)
    };
    latency.into_iter().chain(others).filter_map(row).collect()
}

pub(super) fn figure(record: &Record) -> Option<Figure> {
    let baseline = record.variants.first()?;
    let rows = rows(baseline, Period::of(record));
    let warm_up = WarmUp::of(record, baseline);
    let widest = rows.iter().max_by(|a, b| a.half.total_cmp(&b.half))?;
    let many = capital(&in_words(baseline.replications.len()));
    let half = share(widest.half);
    let headline = if widest.half > DIFFER {
        format!(
            "{many} replications differ: {} is known to ±{half} only",
            widest.name
        )
    } else {
        format!("{many} replications agree: no interval is wider than ±{half}")
    };
    let mut parts = vec![Part {
        id: "fig-sure-1".into(),
        heading: "Replications".into(),
        title: "What each replication is off the mean of all, and the mean's interval".into(),
        desc: "One row per figure: a dot for each replication, and a bar for the 95 percent \
               interval of the mean."
            .into(),
        drawings: both(|size| draw(&rows, size)),
        summary: "Replications as a table".into(),
        table: table(&rows),
    }];
    let caption = match &warm_up {
        Some(warm_up) => warm_up.words(),
        None => "The measured window begins with an empty system: there is no warm-up.".into(),
    };
    if let Some(warm_up) = warm_up {
        parts.push(warm_up.part(record));
    } else {
        parts[0].heading.clear();
    }
    Some(Figure {
        id: "fig-sure",
        number: 0,
        word: "Confidence",
        subject: "How sure this is".into(),
        note: format!(
            "{}: grey dots are replications, the bar is the 95{THIN}% interval of their mean.",
            baseline.name
        ),
        headline,
        lede: "Percent off the mean of all replications.".into(),
        parts,
        caption: Text::new(caption),
    })
}

fn draw(rows: &[Row<'_>], size: Size) -> Drawing {
    let narrow = size == Size::Narrow;
    let (left, right, pitch) = if narrow {
        (4.0, 346.0, 52.0)
    } else {
        (212.0, 660.0, 34.0)
    };
    let height = pitch * rows.len() as f64 + 32.0;
    let offs = rows
        .iter()
        .flat_map(|row| row.off.iter().map(|off| off.abs()).chain([row.half]));
    let axis = ticks(offs.fold(0.0, f64::max) * 100.0);
    let most = axis.last().copied().unwrap_or(1.0);
    let middle = f64::midpoint(left, right);
    let x = |off: f64| middle + off * 100.0 / most * (right - left) / 2.0;
    let body = Canvas::draw(size, height, |canvas| {
        let bottom = height - 28.0;
        for end in [-most, 0.0, most] {
            let at = x(end / 100.0);
            canvas.line(
                &[(at, 4.0), (at, bottom)],
                if end == 0.0 {
                    Ink::AxisFaint
                } else {
                    Ink::Grid
                },
            );
            let decimals = usize::from(most < 2.5) + usize::from(most < 0.25);
            let text = match end {
                0.0 => "mean".into(),
                end if end > 0.0 => format!("+{}{THIN}%", grouped(end, decimals)),
                end => format!("{}{THIN}%", grouped(end, decimals)),
            };
            let anchor = match end {
                0.0 => Anchor::Middle,
                end if end < 0.0 => Anchor::Start,
                _ => Anchor::End,
            };
            canvas.text(&text, at, bottom + 18.0, anchor, Ink::Ticks);
        }
        for (i, row) in rows.iter().enumerate() {
            let top = pitch * i as f64 + 2.0;
            let unit = row.metric.unit;
            let words = interval(row.metric);
            let mean = in_unit(row.metric.mean, unit);
            let number = if words.is_empty() {
                mean
            } else {
                format!("{mean} ({words})")
            };
            let y = if narrow { top + 34.0 } else { top + 17.0 };
            let base = if narrow { top + 16.0 } else { y + 4.0 };
            canvas.line(&[(0.0, top), (size.width(), top)], Ink::Grid);
            let room = if narrow {
                346.0 - text_width(&number, false) - 12.0
            } else {
                left - 12.0
            };
            canvas.text(
                &cut(&row.name, room, false),
                0.0,
                base,
                Anchor::Start,
                Ink::Words,
            );
            canvas.text(&number, size.width(), base, Anchor::End, Ink::Words);
            for off in &row.off {
                canvas.dot((x(*off), y), 3.0, Ink::Hollow);
            }
            canvas.line(
                &[(x(-row.half), y), (x(row.half), y)],
                Ink::Interval(Hue::Blue),
            );
            canvas.dot((x(0.0), y), 4.0, Ink::Disc(Hue::Blue));
        }
    });
    Drawing {
        size,
        height,
        body,
        readout: None,
    }
}

/// A row per replication, with the running mean of the first metric.
fn table(rows: &[Row<'_>]) -> Table {
    let mut head = vec!["Replication".to_owned()];
    head.extend(rows.iter().map(|row| row.name.clone()));
    head.extend(rows.first().map(|row| format!("{}, mean so far", row.name)));
    let mut table = Table::new(&head.iter().map(String::as_str).collect::<Vec<_>>());
    let count = rows
        .iter()
        .map(|row| row.metric.values.len())
        .max()
        .unwrap_or(0);
    let (mut sum, mut found) = (0.0, 0.0);
    for i in 0..count {
        let cell = |row: &Row<'_>| {
            let value = row.metric.values.get(i).copied().flatten();
            Cell::optional(value, |v| in_unit(v, row.metric.unit))
        };
        let mut row: Vec<_> = rows.iter().map(cell).collect();
        if let Some(first) = rows.first() {
            if let Some(value) = first.metric.values.get(i).copied().flatten() {
                sum += value;
                found += 1.0;
            }
            let so_far = (found > 0.0).then(|| sum / found);
            row.push(Cell::optional(so_far, |v| in_unit(v, first.metric.unit)));
        }
        table.row((i + 1).to_string(), row);
    }
    table.noted("Intervals are Student’s, 95 %, over replications.")
}

/// Requests under way from the beginning, while the system fills.
struct WarmUp {
    /// Its seconds.
    seconds: usize,
    /// Under way at the end of each second, mean over replications.
    under_way: Vec<f64>,
    /// Of the last stretch within it, and of the one after it: under way, requests per second.
    before: (f64, f64),
    after: (f64, f64),
}

impl WarmUp {
    fn of(record: &Record, variant: &Variant) -> Option<Self> {
        let series = &variant.series;
        let (seconds, end) = view::measured_seconds(record, series);
        let counts = view::counts(variant, None);
        // Requests that end in other ways are not in the series.
        let known = counts.denied.0 + counts.rejected.0 + counts.failed.0 == 0;
        if seconds < 2 || !known || end < 2 * seconds {
            return None;
        }
        let mut sum = 0.0;
        let at = |column: &[Int], second| value(series, column, second);
        let mut step = |second: usize| {
            sum += at(&series.requests, second);
            sum -= at(&series.ok, second) + at(&series.throttled, second);
            sum
        };
        let under_way: Vec<f64> = (0..end.min(4 * seconds)).map(&mut step).collect();
        let mean = |from: usize, to: usize| {
            let count = (to - from) as f64;
            let asked: f64 = (from..to).map(|s| at(&series.requests, s)).sum();
            (
                under_way[from..to].iter().sum::<f64>() / count,
                asked / count,
            )
        };
        let stretch = seconds.div_ceil(3);
        Some(Self {
            seconds,
            before: mean(seconds - stretch, seconds),
            after: mean(seconds, seconds + stretch),
            under_way,
        })
    }

    fn words(&self) -> String {
        let near = |a: f64, b: f64| (a - b).abs() <= (0.1 * b).max(1.0);
        let [before, after] = [self.before.0, self.after.0].map(|v| significant(v, 3));
        let length = duration(self.seconds as f64);
        let counts = format!("{before} requests are under way at its end, {after} after it");
        if near(self.before.0, self.after.0) {
            format!("The warm-up of {length} is long enough: {counts}.")
        } else if near(self.before.1, self.after.1) {
            format!("The warm-up of {length} is too short: {counts}. Raise run.warm-up.")
        } else {
            format!("The load itself changes when the warm-up of {length} ends: {counts}.")
        }
    }

    fn part(&self, record: &Record) -> Part {
        let points = self.under_way.iter().enumerate();
        let clock = Clock::of(record);
        let timeline = Timeline {
            clock,
            seconds: self.under_way.len(),
            bands: Vec::new(),
            strips: vec![Strip {
                title: String::new(),
                base: 0.0,
                height: 120.0,
                areas: Vec::new(),
                lines: vec![Line {
                    name: "Under way".into(),
                    value: rate(self.under_way.last().copied().unwrap_or(0.0)),
                    ink: Ink::Curve(Hue::Blue),
                    hue: Some(Hue::Blue),
                    points: points.map(|(i, v)| (i as f64 + 1.0, v.max(0.0))).collect(),
                }],
                threshold: None,
            }],
        };
        let mut table = Table::new(&["Second", "Requests under way"]);
        for (second, under_way) in self.under_way.iter().enumerate().take(ROWS_MAX) {
            let cell = Cell::number(*under_way, rate(*under_way));
            table.row(clock.at(second as u64), vec![cell]);
        }
        let end = clock.at(self.seconds as u64);
        Part {
            id: "fig-sure-2".into(),
            heading: format!("Requests under way, warm-up to {end} and after it"),
            title: "Requests under way at the end of each second".into(),
            desc: format!(
                "A line that is level before the warm-up ends at {end} means that the \
                           system had filled."
            ),
            drawings: both(|size| timeline.draw(size)),
            summary: "Requests under way as a table".into(),
            table: table.noted("Mean over replications."),
        }
    }
}

/// Most rows of the warm-up's table.
const ROWS_MAX: usize = 240;
