//! What a sweep says, in words.
use super::{Shown, View, explained, label};
use crate::number::{THIN, count, grouped, share};
use crate::text::{Text, capital};
use crate::verdict::{State, in_unit};
use keystorm_record::{Estimate, Status, SweepPoint, Unit};

/// What stands at the top of the page.
pub(super) struct Verdict {
    pub(super) state: State,
    pub(super) tag: &'static str,
    pub(super) headline: String,
    pub(super) say: Text,
    pub(super) why: Text,
    pub(super) what_to_do: Vec<Text>,
    pub(super) how_sure: Text,
    /// Name, figure, note, whether it is bad.
    pub(super) key_figures: Vec<KeyFigure>,
}

pub(super) struct KeyFigure {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) note: String,
    pub(super) bad: bool,
}

/// Shares below this are not worth a word.
const WORTH: f64 = 0.01;
/// Shares of what settings explain together from which their means mislead.
const TOGETHER: f64 = 0.2;

pub(super) fn verdict(view: &View<'_>) -> Verdict {
    let (state, tag, headline) = finding(view);
    Verdict {
        state,
        tag,
        headline,
        say: say(view),
        why: why(view),
        what_to_do: what_to_do(view),
        how_sure: how_sure(view),
        key_figures: key_figures(view),
    }
}

/// A number of things with its word: `1 point`, `240 points`.
pub(super) fn things(count: u64, word: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{} {word}{s}", grouped(count as f64, 0))
}

fn finding(view: &View<'_>) -> (State, &'static str, String) {
    let sweep = view.sweep;
    let points = sweep.points.len() as u64;
    if points == 0 {
        let text = "No run was finished, so nothing can be said.";
        return (State::Inconclusive, "Nothing simulated", text.into());
    }
    if sweep.status != Status::Complete {
        let runs = sweep
            .grid_points()
            .saturating_mul(sweep.replications.into());
        let text = format!(
            "{} of {} are missing.",
            grouped(sweep.missing_runs.as_f64(), 0),
            things(runs, "run")
        );
        return (State::Inconclusive, "Incomplete", text);
    }
    if view.expects() {
        let holding = view.holding().count() as u64;
        let cheapest = view.chosen.and_then(|it| it.mean(view.cost()));
        let from = cheapest.map(|it| format!("{} {}", in_unit(it, Unit::Usd), view.each()));
        let from = from.unwrap_or_default();
        return match holding {
            0 => (
                State::Breached,
                "Not met anywhere",
                format!(
                    "Every expectation holds at none of {}.",
                    things(points, "point")
                ),
            ),
            _ if holding == points => (
                State::Fits,
                "Fits everywhere",
                format!(
                    "Every expectation holds at all {}, the cheapest at {from}.",
                    things(points, "point")
                ),
            ),
            _ => (
                State::Fits,
                "Can be met",
                format!(
                    "Every expectation holds at {} of {}, the cheapest at {from}.",
                    grouped(holding as f64, 0),
                    things(points, "point")
                ),
            ),
        };
    }
    let text = match (view.varying().next(), view.axes.first()) {
        (Some(figure), Some(&axis)) => {
            let path = &view.sweep.axes[axis].path;
            let its = view.effect(figure, axis).share;
            if view.axes.len() > 1 {
                let noun = &figure.noun;
                format!(
                    "{path} decides {} of what changes in {noun}.",
                    explained(its)
                )
            } else {
                let (least, most) = figure.range;
                format!(
                    "With {path}, {} goes from {} to {}.",
                    figure.noun,
                    in_unit(least, figure.unit),
                    in_unit(most, figure.unit)
                )
            }
        }
        _ if points == 1 => "There is one point, and nothing to compare it with.".into(),
        _ => "Nothing that matters changes from point to point.".into(),
    };
    (State::Nothing, "No expectations given", text)
}

/// Between which ends the figures lie.
fn say(view: &View<'_>) -> Text {
    let mut text = Text::default();
    let mut begun = false;
    for figure in view.varying().take(3) {
        let (least, most) = figure.range;
        let words = if begun {
            format!("; {} ", figure.noun)
        } else {
            format!("{} ", capital(&figure.noun))
        };
        let verb = if begun { "" } else { "lies " };
        text = text
            .plain(format!("{words}{verb}between "))
            .strong(in_unit(least, figure.unit))
            .plain(" and ")
            .strong(in_unit(most, figure.unit));
        if figure.name == view.cost() {
            text = text.plain(format!(" {}", view.each()));
        }
        begun = true;
    }
    if begun { text.plain(".") } else { text }
}

fn why(view: &View<'_>) -> Text {
    let mut text = Text::default();
    if view.axes.len() < 2 {
        return match (view.axes.first(), view.varying().next()) {
            (Some(&axis), Some(_)) => text
                .plain("Only ")
                .code(&view.sweep.axes[axis].path)
                .plain(" varies: ")
                .link("what it does", "fig-surface")
                .plain("."),
            _ => text.plain("Nothing varies."),
        };
    }
    for (i, figure) in view.varying().take(2).enumerate() {
        let mut effects: Vec<_> = view
            .axes
            .iter()
            .map(|&it| view.effect(figure, it))
            .collect();
        effects.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.axis.cmp(&b.axis)));
        effects.retain(|it| it.share >= WORTH);
        effects.truncate(3);
        let begin = if i == 0 {
            "Of the differences in "
        } else {
            " In "
        };
        text = text.plain(format!("{begin}{}, ", figure.noun));
        if effects.is_empty() {
            text = text.plain("no setting explains much by itself");
        }
        for (k, effect) in effects.iter().enumerate() {
            let between = match k {
                0 => "",
                _ if k + 1 == effects.len() => " and ",
                _ => ", ",
            };
            text = text
                .plain(between)
                .code(&view.sweep.axes[effect.axis].path)
                .plain(if i == 0 && k == 0 { " explains " } else { " " })
                .strong(explained(effect.share));
        }
        text = text.plain(".");
    }
    match view.varying().next() {
        Some(_) => text.plain(" ").link("Effects", "fig-effects").plain("."),
        None => text.plain("No figure that matters changes."),
    }
}

fn what_to_do(view: &View<'_>) -> Vec<Text> {
    let mut texts = Vec::new();
    if let Some(point) = view.chosen {
        let mut text = Text::new("Choose ").strong(&point.name).plain(": ");
        for (i, figure) in [view.figure(view.cost()), view.tail()]
            .into_iter()
            .flatten()
            .enumerate()
        {
            let Some(value) = point.mean(&figure.name) else {
                continue;
            };
            text = text.plain(if i > 0 { ", " } else { "" }).plain(format!(
                "{} {}",
                figure.head,
                in_unit(value, figure.unit)
            ));
        }
        texts.push(text.plain("."));
        texts.extend(edge(view, point));
    } else if view.expects() {
        texts.push(Text::new(
            "Vary other settings or wider ranges; the table of expectations says which one is \
             hardest to meet.",
        ));
    } else {
        texts.push(
            Text::new("Say what must hold, such as ")
                .code(condition(view))
                .plain(": then the page names the cheapest point that does."),
        );
    }
    if view.tail().is_some() && view.figure(view.cost()).is_some() && view.sweep.points.len() > 1 {
        texts.push(
            Text::new("What less latency costs: ")
                .link("cost against p99", "fig-front")
                .plain("."),
        );
    }
    texts
}

/// A condition to begin with.
fn condition(view: &View<'_>) -> String {
    match view.tail() {
        Some(tail) => format!("--expect '{}<200ms'", tail.name),
        None => "--expect 'kms.throttled-share<0.1%'".into(),
    }
}

/// Where the chosen point lies at the end of a range of numbers.
fn edge(view: &View<'_>, point: &SweepPoint) -> Option<Text> {
    let at_end = |&axis: &usize| {
        let (its, value) = (view.sweep.axes.get(axis)?, *point.values.get(axis)?);
        let last = its.values.len().checked_sub(1)?;
        let ends = its.numbers.len() > 2 && [0, last].contains(&(value as usize));
        ends.then_some((its, value as usize))
    };
    let (axis, value) = view.axes.iter().find_map(at_end)?;
    let text = Text::new("Its ").code(&axis.path).plain(format!(
        ", {}, is at the end of what was tried: a wider range may have better ones.",
        label(axis, value)
    ));
    Some(text)
}

fn how_sure(view: &View<'_>) -> Text {
    let sweep = view.sweep;
    let mut text = Text::new(match sweep.replications {
        1 => "One replication at each point: there are no intervals".to_owned(),
        n => format!("{} at each point", things(n.into(), "replication")),
    });
    let shown = view.chosen.or(sweep.points.first());
    if let (Some(tail), Some(point)) = (view.tail(), shown)
        && let Some(half) = point.metrics.get(&tail.name).and_then(half_width)
    {
        let whose = if view.chosen.is_some() {
            "the chosen point"
        } else {
            "the first"
        };
        text = text.plain(format!(
            ", {} of {whose} known to ±{}",
            tail.noun,
            share(half)
        ));
    }
    text = text.plain(". All points meet the same arrivals, sizes and service times.");
    if let (Some(first), true) = (view.varying().next(), view.axes.len() > 1) {
        let alone: f64 = view
            .axes
            .iter()
            .map(|&it| view.effect(first, it).share)
            .sum();
        if alone < 1.0 - TOGETHER {
            text = text.plain(format!(
                " Settings act together: {} of the differences in {} are not the sum of single \
                 effects.",
                explained(1.0 - alone),
                first.noun
            ));
        }
    }
    text.plain(" Between points nothing was simulated.")
}

/// Half of an interval, relative to its mean.
fn half_width(estimate: &Estimate) -> Option<f64> {
    let half = (estimate.high? - estimate.low?) / 2.0;
    (estimate.mean.abs() > 0.0).then(|| half / estimate.mean.abs())
}

/// An estimate's interval in brackets; empty without one, or where it does not show.
pub(super) fn interval(estimate: &Estimate, unit: Unit) -> String {
    let (Some(low), Some(high)) = (estimate.low, estimate.high) else {
        return String::new();
    };
    let (low, high) = (in_unit(low, unit), in_unit(high, unit));
    if low == high {
        String::new()
    } else {
        format!("[{low}, {high}]")
    }
}

fn key_figures(view: &View<'_>) -> Vec<KeyFigure> {
    let sweep = view.sweep;
    let points = sweep.points.len();
    if points == 0 {
        return Vec::new();
    }
    let of = |name: &str, value: String, note: String| KeyFigure {
        name: name.into(),
        value,
        note,
        bad: false,
    };
    let runs = (points as u64).saturating_mul(sweep.replications.into());
    let mut figures = vec![of(
        "Points",
        grouped(points as f64, 0),
        format!("{} simulations", count(runs as f64)),
    )];
    if view.expects() {
        let holding = view.holding().count();
        figures.push(KeyFigure {
            bad: holding == 0,
            ..of(
                "Hold all",
                grouped(holding as f64, 0),
                format!("{} of the points", share(holding as f64 / points as f64)),
            )
        });
    }
    let mut best = |figure: Option<&Shown>, name: &str, most: bool| {
        let Some(figure) = figure else { return };
        let Some(ends) = sweep.extremes(&figure.name) else {
            return;
        };
        let point = ends[usize::from(most)];
        if let Some(value) = point.mean(&figure.name) {
            figures.push(of(name, in_unit(value, figure.unit), point.name.clone()));
        }
    };
    best(view.figure(view.cost()), "Cheapest", false);
    best(view.tail(), "Least p99", false);
    best(view.figure("all.throttled-share"), "Most given up", true);
    best(view.figure("all.throughput"), "Most throughput", true);
    figures.truncate(6);
    figures
}

/// What was simulated, one line.
pub(super) fn meta(view: &View<'_>) -> String {
    let sweep = view.sweep;
    let sizes = sweep.axes.iter().map(|it| it.values.len().to_string());
    let sizes: Vec<_> = sizes.collect();
    let grid = match sizes.len() {
        0 | 1 => String::new(),
        _ => format!(" ({})", sizes.join(" × ")),
    };
    let seconds = crate::number::duration(sweep.window.measure_ns.as_f64() / 1e9);
    format!(
        "{}{grid} · {} each · {seconds} measured{THIN}",
        things(sweep.grid_points(), "point"),
        things(sweep.replications.into(), "replication"),
    )
    .trim_end_matches(THIN)
    .to_owned()
}
