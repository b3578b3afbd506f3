use super::load_draw::draw;
use super::timeline::{Line, Strip, Timeline};
use super::{Figure, Part, both};
use crate::clock::Clock;
use crate::draw::{Hue, Ink};
use crate::number::{count, duration, per_second, rate, share};
use crate::table::{Cell, Table};
use crate::text::Text;
use crate::view::{self, Refusing, amount, bucket_key, measured_seconds};
use keystorm_record::{Int, Record, Series, Variant};

/// What the figure draws: columns per step of so many seconds, means over replications.
pub(super) struct Load {
    /// Seconds of one step.
    pub(super) step: usize,
    /// Steps in order.
    pub(super) points: Vec<Point>,
    /// Seconds of the run.
    pub(super) seconds: usize,
    /// Seconds before the measured window.
    pub(super) warm_up: usize,
    /// Calls per second that KMS grants, at first.
    pub(super) quota: f64,
    /// Changes of that: second, calls per second from then on.
    pub(super) changes: Vec<(usize, f64)>,
    /// Clock minutes: first second, end, calls per second.
    pub(super) minutes: Vec<(usize, usize, f64)>,
    /// When KMS refuses.
    pub(super) refusing: Refusing,
    /// Clock times.
    pub(super) clock: Clock,
}

/// Changes of the quota that lie within the seconds of a series.
fn changes(variant: &Variant, seconds: usize) -> Vec<(usize, f64)> {
    let changes = variant.setup.kms_quota_changes.iter();
    changes
        .filter_map(|it| Some((usize::try_from(it.second.0).ok()?, it.quota_per_s.as_f64())))
        .filter(|change| change.0 < seconds)
        .collect()
}

/// One step of a [`Load`]; calls per second, other load of the account included.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Point {
    /// Busiest second: all calls.
    pub(super) asked: f64,
    /// Busiest second: first attempts.
    pub(super) first: f64,
    /// Busiest second with Bucket Keys: all calls.
    pub(super) bucket_key: Option<f64>,
    /// Mean of the fleets' refused calls.
    pub(super) refused: f64,
    /// Mean of requests given up.
    pub(super) given_up: f64,
    /// Calls that KMS grants; the fewest if that changes.
    pub(super) quota: f64,
}

/// Most steps of the drawing: more would be thinner than a line.
const STEPS_MAX: usize = 540;

/// Most minutes of the second drawing.
const MINUTES_MAX: usize = 180;

/// Most rows of the table.
const ROWS_MAX: usize = 180;

/// Round steps \[s\].
const STEPS: [usize; 9] = [1, 2, 5, 10, 30, 60, 120, 300, 600];

/// The first round step that gives at most so many of them.
pub(super) fn round_step(seconds: usize, most: usize) -> usize {
    STEPS
        .into_iter()
        .find(|s| seconds.div_ceil(*s) <= most)
        .unwrap_or(3_600)
}

impl Load {
    fn of(record: &Record, variant: &Variant, most: usize) -> Self {
        let series = &variant.series;
        let seconds = series.seconds();
        let step = round_step(seconds, most);
        let other = bucket_key(record).map(|v| &v.series);
        let points = (0..seconds.div_ceil(step))
            .map(|i| Point {
                quota: lowest_quota(variant, i * step, (i + 1) * step),
                ..point(series, other, i * step, step)
            })
            .collect();
        let clock = Clock::of(record);
        let (warm_up, _) = measured_seconds(record, series);
        Self {
            step,
            points,
            seconds,
            warm_up,
            quota: variant.setup.kms_quota_per_s.as_f64(),
            changes: changes(variant, seconds),
            minutes: minutes(series, clock),
            refusing: Refusing::kms(record, variant),
            clock,
        }
    }
}

/// Value of a column in a second, mean over replications.
pub(super) fn value(series: &Series, column: &[Int], second: usize) -> f64 {
    let sum = column.get(second).map_or(0.0, |v| v.as_f64());
    sum / f64::from(series.replications.max(1))
}

/// All calls of a second, other load included.
pub(super) fn all_calls(series: &Series, second: usize) -> f64 {
    value(series, &series.kms_calls, second) + value(series, &series.kms_other_calls, second)
}

fn point(series: &Series, other: Option<&Series>, from: usize, step: usize) -> Point {
    let to = (from + step).min(series.seconds());
    let most = |f: &dyn Fn(usize) -> f64| (from..to).map(f).fold(0.0, f64::max);
    let mean = |f: &dyn Fn(usize) -> f64| (from..to).map(f).sum::<f64>() / (to - from) as f64;
    Point {
        asked: most(&|s| all_calls(series, s)),
        first: most(&|s| {
            value(series, &series.kms_first_calls, s) + value(series, &series.kms_other_calls, s)
        }),
        bucket_key: other.map(|o| most(&|s| all_calls(o, s))),
        refused: mean(&|s| value(series, &series.kms_refused, s)),
        given_up: mean(&|s| value(series, &series.throttled, s)),
        quota: 0.0,
    }
}

fn lowest_quota(variant: &Variant, from: usize, to: usize) -> f64 {
    let quota = |second: usize| variant.setup.kms_quota_at(second as u64).as_f64();
    (from..to).map(quota).fold(quota(from), f64::min)
}

/// The clock minutes of a run, as `CloudWatch` would sum them up.
fn minutes(series: &Series, clock: Clock) -> Vec<(usize, usize, f64)> {
    let mut minutes: Vec<(usize, usize, f64)> = Vec::new();
    for second in 0..series.seconds() {
        let calls = all_calls(series, second);
        let new = second == 0 || clock.second_of_day(second as u64).is_multiple_of(60);
        match minutes.last_mut() {
            Some(minute) if !new => {
                minute.1 = second + 1;
                minute.2 += calls;
            }
            _ => minutes.push((second, second + 1, calls)),
        }
    }
    for (from, to, calls) in &mut minutes {
        *calls /= (*to - *from) as f64;
    }
    minutes
}

pub(super) fn figure(record: &Record) -> Option<Figure> {
    let baseline = record.variants.first()?;
    if baseline.series.seconds() == 0 {
        return None;
    }
    let load = Load::of(record, baseline, STEPS_MAX);
    let busiest = match load.step {
        1 => "calls of each second".into(),
        step => format!("busiest second of every {}", duration(step as f64)),
    };
    let runs = match baseline.series.replications {
        1 => String::new(),
        n => format!(", mean of {n} replications"),
    };
    let end = load.clock.at(load.seconds as u64);
    let rows = Load::of(record, baseline, ROWS_MAX);
    let part = Part {
        id: "fig-load-1".into(),
        heading: String::new(),
        title: format!(
            "KMS calls per second against the quota, {} to {end}",
            load.clock.at(0)
        ),
        desc: desc(record, baseline),
        drawings: both(|size| draw(&load, size)),
        summary: match rows.step {
            1 => "Every second as a table".into(),
            60 => "Every minute as a table".into(),
            step => format!("Every {} as a table", duration(step as f64)),
        },
        table: table(&rows),
    };
    Some(Figure {
        id: "fig-load",
        number: 1,
        word: "Load",
        subject: "Load against the quota".into(),
        note: format!(
            "{}: {busiest}{runs}. Thin step line: mean of each minute.",
            baseline.name
        ),
        headline: headline(baseline),
        lede: lede(&load),
        parts: [part].into_iter().chain(minute_part(&load)).collect(),
        caption: caption(record, baseline, &load),
    })
}

/// Minutes beside the seconds in them, where only seconds exceed the quota: what `CloudWatch`
/// does not show.
fn minute_part(load: &Load) -> Option<Part> {
    let most = load.minutes.iter().map(|it| it.2).fold(0.0, f64::max);
    let peak = load.points.iter().map(|p| p.asked).fold(0.0, f64::max);
    if most > load.quota || peak <= load.quota || !load.changes.is_empty() {
        return None;
    }
    // The busiest second of each minute, and of each stretch of minutes where there are many.
    let each = load.minutes.len().div_ceil(MINUTES_MAX).max(1);
    let groups = load.minutes.chunks(each).map(|minutes| {
        let (from, to) = (minutes[0].0, minutes[minutes.len() - 1].1);
        let minute = minutes.iter().map(|it| it.2).fold(0.0, f64::max);
        let points = load.points.iter().enumerate();
        let inside = points.filter(|(i, _)| (from..to).contains(&(i * load.step)));
        let second = inside.map(|(_, p)| p.asked).fold(minute, f64::max);
        (from, to, minute, second)
    });
    let groups: Vec<_> = groups.collect();
    let line = |name: &str, ink, hue, of: fn(&(usize, usize, f64, f64)) -> f64| {
        let steps = groups
            .iter()
            .flat_map(|it| [(it.0 as f64, of(it)), (it.1 as f64, of(it))]);
        Line {
            name: name.into(),
            value: per_second(groups.iter().map(of).fold(0.0, f64::max)),
            ink,
            hue,
            points: steps.collect(),
        }
    };
    let timeline = Timeline {
        clock: load.clock,
        seconds: load.seconds,
        bands: load.refusing.stretches.clone(),
        strips: vec![Strip {
            title: String::new(),
            base: 0.0,
            height: 150.0,
            areas: Vec::new(),
            lines: vec![
                line(
                    "Busiest second",
                    Ink::Curve(Hue::Red),
                    Some(Hue::Red),
                    |it| it.3,
                ),
                line(
                    "CloudWatch minute",
                    Ink::Curve(Hue::Base),
                    Some(Hue::Base),
                    |it| it.2,
                ),
            ],
            threshold: Some((load.quota, "Quota".into())),
        }],
    };
    let mut table = Table::new(&["From", "CloudWatch minute", "Busiest second"]);
    for (from, _, minute, second) in &groups {
        let cells = [*minute, *second].map(|v| Cell::number(v, rate(v)));
        table.row(load.clock.at(*from as u64), cells.into());
    }
    Some(Part {
        id: "fig-load-2".into(),
        heading: "No minute exceeds the quota, seconds do".into(),
        title: "Each CloudWatch minute and the busiest second in it against the quota".into(),
        desc:
            "Two step lines: calls per second as a mean of each clock minute, and in the busiest \
               second of it; only the second one crosses the quota."
                .into(),
        drawings: both(|size| timeline.draw(size)),
        summary: "Minutes as a table".into(),
        table: table.noted("Calls per second; a minute is CloudWatch’s CallCount divided by 60."),
    })
}

fn lede(load: &Load) -> String {
    let shaded = if load.refusing.seconds.is_empty() {
        ""
    } else {
        " Shaded: seconds in which KMS refuses calls."
    };
    format!("KMS calls per second, all callers of the account.{shaded}")
}

fn headline(variant: &Variant) -> String {
    let quota = variant.setup.kms_quota_per_s.as_f64().max(1.0);
    let (first, all) = if variant.setup.kms_quota_changes.is_empty() {
        (
            amount(variant, "kms.demand.peak-second") / quota - 1.0,
            amount(variant, "kms.calls.peak-second") / quota - 1.0,
        )
    } else {
        (
            -view::mean(variant, "kms.headroom").unwrap_or(1.0),
            amount(variant, "kms.utilisation.peak-second") - 1.0,
        )
    };
    let throttled = amount(variant, "kms.throttled-time") > 0.0;
    if view::fleet_calls(variant) == 0 {
        format!("{} leaves the KMS quota to others", variant.name)
    } else if throttled && first > 0.005 && all > first * 1.2 {
        format!(
            "Retries turn {} too much into {} too much",
            share(first),
            share(all)
        )
    } else if throttled && first > 0.005 {
        format!(
            "First attempts alone ask for {} more than the quota",
            share(first)
        )
    } else if throttled {
        "Single seconds exceed the quota".into()
    } else {
        format!(
            "The busiest second asks for {} of the quota",
            share(first + 1.0)
        )
    }
}

fn desc(record: &Record, variant: &Variant) -> String {
    let quota = view::quota(record, variant);
    let when = Refusing::kms(record, variant);
    if when.seconds.is_empty() {
        return format!("The calls stay below the quota of {quota}.");
    }
    let words = when.words(record, &variant.series);
    format!(
        "KMS refuses calls {words}, against a quota of {quota}. The table below the figure holds \
         the numbers."
    )
}

fn caption(record: &Record, variant: &Variant, load: &Load) -> Text {
    let minute = amount(variant, "kms.calls.peak-minute");
    let quota = load.quota.max(1.0);
    // Of a quota that changes, the metric has the mean.
    let of_quota = if load.changes.is_empty() {
        minute / quota
    } else {
        amount(variant, "kms.utilisation.peak-minute")
    };
    let mut text = Text::new(format!(
        "The busiest minute, as CloudWatch shows it, is {}, {} of the quota",
        per_second(minute),
        share(of_quota)
    ));
    let hides = !load.refusing.seconds.is_empty() && of_quota < 1.0;
    text = text.plain(if hides {
        ": a mean over a minute hides the seconds in which KMS refuses. "
    } else {
        ". "
    });
    let (least, other) = view::other_load_range(variant);
    if other > 0.0 {
        let range = if least < other {
            format!("{} to {}", rate(least), per_second(other))
        } else {
            per_second(other)
        };
        text = text.plain(format!("Other load of the account, {range}, is included. "));
    }
    if let Some(other) = bucket_key(record) {
        let peak = count(amount(other, "kms.calls.peak-second").round());
        text = text.plain("With Bucket Keys");
        if view::assumes(record, "bucket.bucket-key-cache.lifetime") {
            text = text
                .plain(", whose lifetime is ")
                .assumed("assumed")
                .plain(",");
        }
        text = text.plain(format!(" the busiest second has {peak} calls. "));
    }
    if load.warm_up > 0 {
        text = text.plain(format!(
            "The first {} are warm-up and not counted.",
            duration(load.warm_up as f64)
        ));
    }
    text
}

fn table(load: &Load) -> Table {
    let peak = if load.step > 1 { ", peak" } else { "" };
    let mean = if load.step > 1 { ", mean" } else { "" };
    let with_bucket_keys = load.points.iter().any(|p| p.bucket_key.is_some());
    let with_quota = !load.changes.is_empty();
    let mut head = vec![
        "Time".to_string(),
        format!("First attempts{peak}"),
        format!("With retries{peak}"),
        format!("Refused, of the fleets{mean}"),
        format!("Requests given up{mean}"),
    ];
    if with_bucket_keys {
        head.push(format!("With Bucket Keys{peak}"));
    }
    if with_quota {
        head.push("Quota".into());
    }
    let heads: Vec<&str> = head.iter().map(String::as_str).collect();
    let mut table = Table::new(&heads);
    for (i, p) in load.points.iter().enumerate() {
        let cell = |v: f64| Cell::number(v, rate(v));
        let mut cells = vec![
            cell(p.first),
            cell(p.asked),
            cell(p.refused),
            cell(p.given_up),
        ];
        if with_bucket_keys {
            cells.push(Cell::optional(p.bucket_key, rate));
        }
        if with_quota {
            cells.push(cell(p.quota));
        }
        table.row(load.clock.at((i * load.step) as u64), cells);
    }
    table.noted("Per second; times in UTC; calls include the other load of the account.")
}
