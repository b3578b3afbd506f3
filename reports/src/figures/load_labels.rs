//! The words in the drawing of figure 1.
use super::load::{Load, Point};
use super::load_draw::{Axes, BRACKET, Layout, TOP, differ, middles};
use crate::draw::{Anchor, Canvas, Hue, Ink, text_width};
use crate::number::per_second;

/// Names on the areas and curves, where there is room for them.
pub(super) fn labels(canvas: &Canvas<'_>, load: &Load, axes: &Axes<'_>, layout: &Layout) {
    let (from, to) = load.refusing.span().unwrap_or((0, load.seconds));
    let middle = f64::midpoint(from as f64, to as f64);
    let (x, quota) = axes.panel.place(middle, load.quota);
    let level = |of: &dyn Fn(&Point) -> f64| {
        let inside = load
            .points
            .iter()
            .skip(from / load.step)
            .take((to - from) / load.step + 1);
        inside.map(of).fold(0.0, f64::max)
    };
    let bucket_key = level(&|p| p.bucket_key.unwrap_or(0.0));
    let asked = level(&|p| p.asked);
    let y = |value: f64| axes.panel.place(middle, value).1;
    let floor = if bucket_key > 0.0 {
        y(bucket_key)
    } else {
        layout.bottom
    };
    let admitted_top = y(asked.min(load.quota));
    let band = axes.panel.place(to as f64, 0.0).0 - axes.panel.place(from as f64, 0.0).0;
    let mut lines = vec![admitted_top, floor];
    lines.extend(
        load.minutes
            .iter()
            .map(|m| y(m.2))
            .filter(|y| *y > admitted_top && *y < floor),
    );
    lines.sort_by(f64::total_cmp);
    let gap = |pair: &[f64]| pair[1] - pair[0];
    let widest = lines.windows(2).max_by(|a, b| gap(a).total_cmp(&gap(b)));
    if let Some(pair) = widest.filter(|pair| gap(pair) > 24.0) {
        let place = f64::midpoint(pair[0], pair[1]) + 4.0;
        canvas.bold("Admitted", x, place, Anchor::Middle, Ink::Words);
    }
    if bucket_key > 0.0 {
        let text = if layout.wide() {
            format!("With Bucket Keys, {} at most", per_second(bucket_key))
        } else {
            "Bucket Keys".into()
        };
        let below = if layout.bottom - floor > 26.0 {
            floor + 17.0
        } else {
            floor - 7.0
        };
        canvas.bold(&text, x, below, Anchor::Middle, Ink::Words);
    }
    if load.refusing.seconds.is_empty() {
        return;
    }
    let asked_y = y(asked);
    let first_y = y(level(&|p| p.first).max(load.quota));
    if first_y - asked_y > 34.0 && band > 70.0 {
        let place = f64::midpoint(asked_y + 10.0, first_y) + 6.0;
        canvas.bold("Refused", x, place, Anchor::Middle, Ink::Words);
    }
    if asked > load.quota * 1.01 {
        let text = if layout.wide() {
            format!("Asked for, retries included: {}", per_second(asked))
        } else {
            format!("{} with retries", per_second(asked))
        };
        let half = text_width(&text, true) / 2.0;
        let centre = x.min(layout.right - half).max(layout.left + half);
        let place = (asked_y - 8.0).max(BRACKET + 14.0);
        canvas.bold(
            &text,
            centre,
            place,
            Anchor::Middle,
            Ink::HuedHalo(Hue::Red),
        );
    }
    first_attempts(canvas, load, axes, layout, (from, to), quota);
    minute(canvas, load, axes, layout);
}

/// `First attempts alone` beside the band, with a leader to the curve.
fn first_attempts(
    canvas: &Canvas<'_>,
    load: &Load,
    axes: &Axes<'_>,
    layout: &Layout,
    (from, to): (usize, usize),
    quota: f64,
) {
    let inside: Vec<(f64, Point)> = middles(load)
        .into_iter()
        .filter(|(x, p)| *x >= from as f64 && *x <= to as f64 && differ(*p))
        .collect();
    let Some(last) = inside.get(inside.len() * 9 / 10) else {
        return;
    };
    let Some(first) = inside.get(inside.len() / 10) else {
        return;
    };
    let peak = inside.iter().map(|(_, p)| p.first).fold(0.0, f64::max);
    let lines: [String; 2] = if layout.wide() {
        [
            "First attempts alone".into(),
            format!("peak at {}", per_second(peak)),
        ]
    } else {
        ["First attempts".into(), per_second(peak)]
    };
    let width = text_width(&lines[0], true);
    let (start, _) = axes.panel.place(from as f64, 0.0);
    let (end, _) = axes.panel.place(to as f64, 0.0);
    let top = quota - 48.0;
    let (x, anchor, target, near) = if end + 16.0 + width < layout.right {
        (end + 16.0, Anchor::Start, last, -4.0)
    } else if start - 16.0 - width > layout.left {
        (start - 16.0, Anchor::End, first, 4.0)
    } else {
        return;
    };
    canvas.bold(&lines[0], x, top, anchor, Ink::WordsHalo);
    canvas.text(&lines[1], x, top + 16.0, anchor, Ink::WordsHalo);
    let (tx, ty) = axes.panel.place(target.0, target.1.first);
    canvas.line(&[(x + near, top + 4.0), (tx, ty)], Ink::Leader);
}

/// `CloudWatch minute` at the end of its step line: above or below, where more is free.
fn minute(canvas: &Canvas<'_>, load: &Load, axes: &Axes<'_>, layout: &Layout) {
    let Some(&(from, to, calls)) = load.minutes.last().filter(|_| load.minutes.len() > 1) else {
        return;
    };
    if !layout.wide() {
        return;
    }
    let text = format!("CloudWatch minute, {}", per_second(calls));
    let (right, y) = axes.panel.place(to as f64, calls);
    let width = text_width(&text, false);
    let (left, _) = axes.panel.place(from as f64, 0.0);
    let beside = |x: f64| axes.panel.place(x, 0.0).0 > right - width - 8.0;
    let mut taken: Vec<f64> = middles(load)
        .iter()
        .filter(|(x, _)| beside(*x))
        .flat_map(|(_, p)| [p.asked, p.bucket_key.unwrap_or(p.asked)])
        .map(|value| axes.panel.place(0.0, value).1)
        .collect();
    taken.extend([axes.panel.place(0.0, load.quota).1, layout.bottom, TOP]);
    let free = |place: f64| {
        taken
            .iter()
            .map(|t| {
                if *t < place - 5.0 {
                    place - 10.0 - t
                } else {
                    t - place - 3.0
                }
            })
            .fold(f64::MAX, f64::min)
    };
    let place = if free(y - 6.0) >= free(y + 15.0) {
        y - 6.0
    } else {
        y + 15.0
    };
    if right - left > width || load.minutes.len() > 2 {
        canvas.text(&text, right - 2.0, place, Anchor::End, Ink::WordsHalo);
    }
}
