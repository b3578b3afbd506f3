//! The drawing of figure 1: calls against the quota, and what is given up.
use super::load::{Load, Point};
use super::load_labels::labels;
use super::time_axis::TimeAxis;
use crate::draw::{Anchor, Canvas, Drawing, Hue, Ink, Panel, Readout, Size, text_width, ticks};
use crate::number::{duration, grouped, per_second};

/// Where the parts of the drawing lie \[px\].
pub(super) struct Layout {
    size: Size,
    pub(super) left: f64,
    pub(super) right: f64,
    /// Of the panel of calls.
    pub(super) bottom: f64,
    /// Top and bottom of the panel of requests given up, if there are any.
    lost: Option<(f64, f64)>,
}

/// Of the bracket over throttled intervals.
pub(super) const BRACKET: f64 = 30.0;
/// Of the panel of calls.
pub(super) const TOP: f64 = 46.0;

impl Layout {
    /// Lowest edge of all panels.
    fn floor(&self) -> f64 {
        self.lost.map_or(self.bottom, |(_, bottom)| bottom)
    }

    pub(super) fn wide(&self) -> bool {
        self.size == Size::Wide
    }
}

/// A panel with its value range.
pub(super) struct Axes<'a> {
    pub(super) panel: Panel<'a>,
    x_max: f64,
}

pub(super) fn draw(load: &Load, size: Size) -> Drawing {
    let most = load
        .points
        .iter()
        .map(|p| p.asked.max(p.first))
        .chain(load.changes.iter().map(|change| change.1))
        .fold(load.quota, f64::max);
    // Room above the curve for its label.
    let values = ticks(most * 1.1);
    let y_max = values.last().copied().unwrap_or(1.0);
    let lost = load.points.iter().any(|p| p.given_up > 0.0);
    let margin = values
        .iter()
        .map(|v| text_width(&grouped(*v, 0), true))
        .fold(36.0, f64::max);
    let (right, bottom, lost_at) = match size {
        Size::Wide => (862.0, 326.0, (388.0, 446.0)),
        Size::Narrow => (348.0, 276.0, (338.0, 396.0)),
    };
    let layout = Layout {
        size,
        left: margin.ceil() + 8.0,
        right,
        bottom,
        lost: lost.then_some(lost_at),
    };
    let height = layout.floor() + 24.0;
    let body = Canvas::draw(size, height, |canvas| {
        let x_max = load.seconds as f64;
        let panel = canvas.panel(0.0..x_max, 0.0..y_max, layout.left..right, TOP..bottom);
        let axes = Axes { panel, x_max };
        bands(canvas, load, &axes, &layout);
        grid(canvas, load, &axes, &layout, &values);
        areas(load, &axes);
        curves(load, &axes);
        quota(canvas, load, &axes, &layout);
        if layout.lost.is_some() {
            given_up(canvas, load, &layout);
        }
        time_axis(canvas, load, &layout, layout.bottom);
        labels(canvas, load, &axes, &layout);
        canvas.line(&[(0.0, BRACKET), (0.0, layout.floor())], Ink::Cursor);
    });
    let readout = Some(Readout {
        x: (layout.left, layout.right),
        percentile_max: None,
        ..Readout::default()
    });
    Drawing {
        size,
        height,
        body,
        readout,
    }
}

/// The throttled intervals: tint through all panels, bracket and clock times on top.
fn bands(canvas: &Canvas<'_>, load: &Load, axes: &Axes<'_>, layout: &Layout) {
    let x = |second: usize| axes.panel.place(second as f64, 0.0).0;
    for &(from, to) in &load.refusing.stretches {
        canvas.rect((x(from), BRACKET), (x(to), layout.floor()), Ink::Band);
        canvas.line(&[(x(from), BRACKET), (x(to), BRACKET)], Ink::Bracket);
    }
    let Some((from, to)) = load.refusing.span() else {
        return;
    };
    let times = load.clock.range(from as u64, to as u64);
    let text = match (layout.wide(), load.refusing.stretches.len()) {
        (true, 1) => format!(
            "KMS throttles for {}, {times}",
            duration((to - from) as f64)
        ),
        (true, _) => {
            format!(
                "KMS throttles in {} seconds, {times}",
                load.refusing.seconds.len()
            )
        }
        (false, _) => format!("KMS throttles, {times}"),
    };
    let half = text_width(&text, true) / 2.0;
    let middle = f64::midpoint(x(from), x(to))
        .min(layout.right - half)
        .max(half);
    canvas.bold(&text, middle, 22.0, Anchor::Middle, Ink::Hued(Hue::Red));
}

fn grid(canvas: &Canvas<'_>, load: &Load, axes: &Axes<'_>, layout: &Layout, values: &[f64]) {
    let (_, quota) = axes.panel.place(0.0, load.quota);
    for &value in values {
        let (_, y) = axes.panel.place(0.0, value);
        let near = (y - quota).abs() < 14.0;
        if value > 0.0 && !near {
            canvas.line(&[(layout.left, y), (layout.right, y)], Ink::Grid);
        }
        if !near {
            let label = grouped(value, 0);
            canvas.text(&label, layout.left - 8.0, y + 4.0, Anchor::End, Ink::Ticks);
        }
    }
    let label = grouped(load.quota, 0);
    canvas.bold(
        &label,
        layout.left - 8.0,
        quota + 4.0,
        Anchor::End,
        Ink::Words,
    );
    if load.warm_up > 0 {
        let (x, _) = axes.panel.place(load.warm_up as f64, 0.0);
        canvas.line(&[(x, TOP), (x, layout.bottom)], Ink::Grid);
        if x - layout.left > text_width("Warm-up", false) + 8.0 {
            canvas.text(
                "Warm-up",
                layout.left + 6.0,
                TOP + 14.0,
                Anchor::Start,
                Ink::Ticks,
            );
        }
    }
}

/// Middle of each step on the time axis; the ends reach the edges.
pub(super) fn middles(load: &Load) -> Vec<(f64, Point)> {
    let last = load.points.len() - 1;
    let middle = |i: usize| match i {
        0 => 0.0,
        i if i == last => load.seconds as f64,
        i => (i as f64 + 0.5) * load.step as f64,
    };
    load.points
        .iter()
        .enumerate()
        .map(|(i, p)| (middle(i), *p))
        .collect()
}

/// Admitted below the quota, refused above. In a second, KMS admits calls up to the quota and
/// refuses the rest, so the two areas part at the quota line.
fn areas(load: &Load, axes: &Axes<'_>) {
    let points = middles(load);
    let mut admitted: Vec<(f64, f64)> = points
        .iter()
        .map(|(x, p)| (*x, p.asked.min(p.quota)))
        .collect();
    admitted.push((axes.x_max, 0.0));
    admitted.push((0.0, 0.0));
    axes.panel.area(admitted, Ink::AreaAdmitted);
    for run in runs(&points, |point| point.asked > point.quota) {
        let (first, last) = (run[0].0, run[run.len() - 1].0);
        let mut corners = run.clone();
        // Back along the quota.
        corners.push((last, quota_at(load, last)));
        for &(second, quota) in load.changes.iter().rev() {
            let x = second as f64;
            if x > first && x < last {
                corners.push((x, quota));
                corners.push((x, quota_before(load, x)));
            }
        }
        corners.push((first, quota_at(load, first)));
        axes.panel.area(corners, Ink::AreaRefused);
        axes.panel.line(&run, Ink::Asked);
    }
}

/// The quota at a second of the run.
fn quota_at(load: &Load, x: f64) -> f64 {
    let made = load
        .changes
        .iter()
        .rev()
        .find(|change| change.0 as f64 <= x);
    made.map_or(load.quota, |change| change.1)
}

/// The quota just before a second of the run.
fn quota_before(load: &Load, x: f64) -> f64 {
    let made = load
        .changes
        .iter()
        .rev()
        .find(|change| (change.0 as f64) < x);
    made.map_or(load.quota, |change| change.1)
}

/// The stretches of the curve of all calls where `inside` holds, each ending where it crosses the
/// quota.
fn runs(points: &[(f64, Point)], inside: impl Fn(&Point) -> bool) -> Vec<Vec<(f64, f64)>> {
    let mut runs: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut before: Option<(f64, Point)> = None;
    for &(x, point) in points {
        let here = (x, point.asked);
        let crossing = before.map(|(bx, b)| {
            let (rise, level) = (here.1 - b.asked, point.quota - b.quota);
            let way = (b.quota - b.asked) / (rise - level);
            (bx + (x - bx) * way, b.quota + level * way)
        });
        match (before.is_some_and(|b| inside(&b.1)), inside(&point)) {
            (false, true) => {
                let mut run: Vec<(f64, f64)> = crossing.into_iter().collect();
                run.push(here);
                runs.push(run);
            }
            (true, true) => {
                if let Some(run) = runs.last_mut() {
                    run.push(here);
                }
            }
            (true, false) => {
                if let Some(run) = runs.last_mut() {
                    run.extend(crossing);
                }
            }
            (false, false) => {}
        }
        before = Some((x, point));
    }
    runs
}

fn curves(load: &Load, axes: &Axes<'_>) {
    let points = middles(load);
    for run in runs(&points, |point| point.asked <= point.quota) {
        axes.panel.line(&run, Ink::Admitted);
    }
    // Apart from retries the two curves are one; only where they part is the second drawn.
    let mut part: Vec<(f64, f64)> = Vec::new();
    for (i, (x, p)) in points.iter().enumerate() {
        let near = |j: usize| points.get(j).is_some_and(|(_, p)| differ(*p));
        if differ(*p) || near(i + 1) || i.checked_sub(1).is_some_and(near) {
            part.push((*x, p.first));
        } else {
            axes.panel.line(&part, Ink::First);
            part.clear();
        }
    }
    axes.panel.line(&part, Ink::First);
    let steps: Vec<(f64, f64)> = load
        .minutes
        .iter()
        .flat_map(|&(from, to, calls)| [(from as f64, calls), (to as f64, calls)])
        .collect();
    axes.panel.line(&steps, Ink::Minute);
    let bucket_key: Vec<(f64, f64)> = points
        .iter()
        .filter_map(|(x, p)| Some((*x, p.bucket_key?)))
        .collect();
    axes.panel.line(&bucket_key, Ink::CurveDashed(Hue::Blue));
}

pub(super) fn differ(p: Point) -> bool {
    p.asked > p.first * 1.005 + 1.0
}

fn quota(canvas: &Canvas<'_>, load: &Load, axes: &Axes<'_>, layout: &Layout) {
    let mut line = vec![(0.0, load.quota)];
    for &(second, quota) in &load.changes {
        let x = second as f64;
        line.extend([(x, quota_before(load, x)), (x, quota)]);
    }
    line.push((axes.x_max, quota_at(load, axes.x_max)));
    axes.panel.line(&line, Ink::Quota);
    axes.panel.line(&[(0.0, 0.0), (axes.x_max, 0.0)], Ink::Axis);
    let (x, y) = axes.panel.place(0.0, load.quota);
    let text = if layout.wide() {
        format!("Quota {}", per_second(load.quota))
    } else {
        "Quota".into()
    };
    canvas.bold(&text, x + 6.0, y - 7.0, Anchor::Start, Ink::WordsHalo);
    for &(second, quota) in &load.changes {
        let (x, y) = axes.panel.place(second as f64, quota);
        let text = per_second(quota);
        let room = layout.right - x > text_width(&text, true) + 6.0;
        let (x, anchor) = if room {
            (x + 6.0, Anchor::Start)
        } else {
            (x - 6.0, Anchor::End)
        };
        canvas.bold(&text, x, y - 7.0, anchor, Ink::WordsHalo);
    }
}

fn time_axis(canvas: &Canvas<'_>, load: &Load, layout: &Layout, y: f64) {
    let axis = TimeAxis {
        clock: load.clock,
        seconds: load.seconds,
        left: layout.left,
        right: layout.right,
    };
    axis.draw(canvas, if layout.wide() { 9 } else { 4 }, y);
}

fn given_up(canvas: &Canvas<'_>, load: &Load, layout: &Layout) {
    let Some((top, bottom)) = layout.lost else {
        return;
    };
    let most = load.points.iter().map(|p| p.given_up).fold(0.0, f64::max);
    let y_max = ticks(most).last().copied().unwrap_or(1.0);
    let x_max = load.seconds as f64;
    let panel = canvas.panel(
        0.0..x_max,
        0.0..y_max,
        layout.left..layout.right,
        top..bottom,
    );
    canvas.bold(
        "Requests given up, per second",
        0.0,
        top - 16.0,
        Anchor::Start,
        Ink::Words,
    );
    canvas.line(&[(layout.left, top), (layout.right, top)], Ink::Grid);
    let label = grouped(y_max, usize::from(y_max < 1.0));
    canvas.text(
        &label,
        layout.left - 8.0,
        top + 4.0,
        Anchor::End,
        Ink::Ticks,
    );
    canvas.text(
        "0",
        layout.left - 8.0,
        bottom + 4.0,
        Anchor::End,
        Ink::Ticks,
    );
    for (i, point) in load
        .points
        .iter()
        .enumerate()
        .filter(|(_, p)| p.given_up > 0.0)
    {
        let step = load.step as f64;
        let from = panel.place(i as f64 * step, point.given_up);
        let to = panel.place(((i + 1) as f64 * step).min(x_max), 0.0);
        let gap = if to.0 - from.0 > 3.0 { 1.0 } else { 0.0 };
        canvas.rect(from, (to.0 - gap, to.1), Ink::Bar(crate::draw::Fill::Red));
    }
    panel.line(&[(0.0, 0.0), (x_max, 0.0)], Ink::Axis);
    time_axis(canvas, load, layout, bottom);
}
