//! The words in the drawing of figure 1.
use super::load::{Load, Point};
use super::load_draw::{Axes, BRACKET, Layout, TOP, differ, middles};
use crate::draw::{Anchor, Canvas, Hue, Ink, text_width};
use crate::number::per_second;

/// The seconds that the words stand over: those in which KMS refuses, or all.
struct Span<'a, 'b> {
    load: &'a Load,
    axes: &'a Axes<'b>,
    layout: &'a Layout,
    from: usize,
    to: usize,
}

impl Span<'_, '_> {
    /// Largest of a figure in the span.
    fn most(&self, of: impl Fn(&Point) -> f64) -> f64 {
        let (skip, take) = (
            self.from / self.load.step,
            (self.to - self.from) / self.load.step + 1,
        );
        self.load
            .points
            .iter()
            .skip(skip)
            .take(take)
            .map(of)
            .fold(0.0, f64::max)
    }

    /// Pixel of a value in the middle of the span.
    fn place(&self, value: f64) -> (f64, f64) {
        self.axes
            .panel
            .place(f64::midpoint(self.from as f64, self.to as f64), value)
    }

    /// Pixels of its beginning and its end.
    fn sides(&self) -> (f64, f64) {
        let x = |second: usize| self.axes.panel.place(second as f64, 0.0).0;
        (x(self.from), x(self.to))
    }

    /// Width of the span \[px\].
    fn width(&self) -> f64 {
        let (start, end) = self.sides();
        end - start
    }
}

/// Names on the areas and curves, where there is room for them.
pub(super) fn labels(canvas: &Canvas<'_>, load: &Load, axes: &Axes<'_>, layout: &Layout) {
    let (from, to) = load.refusing.span().unwrap_or((0, load.seconds));
    let span = Span {
        load,
        axes,
        layout,
        from,
        to,
    };
    below_quota(canvas, &span);
    minute(canvas, load, axes, layout);
    if !load.refusing.seconds.is_empty() {
        above_quota(canvas, &span);
        let quota = span.place(load.quota).1;
        first_attempts(canvas, load, axes, layout, (from, to), quota);
    }
}

/// `Admitted`, and the calls with Bucket Keys.
fn below_quota(canvas: &Canvas<'_>, span: &Span<'_, '_>) {
    let (load, layout) = (span.load, span.layout);
    let bucket_key = span.most(|p| p.bucket_key.unwrap_or(0.0));
    let (x, bucket_key_y) = span.place(bucket_key);
    let floor = if bucket_key > 0.0 {
        bucket_key_y
    } else {
        layout.bottom
    };
    let top = span.place(span.most(|p| p.asked).min(load.quota)).1;
    // Between the two, where no minute's line passes.
    let mut lines = vec![top, floor];
    let minutes = load.minutes.iter().map(|m| span.place(m.2).1);
    lines.extend(minutes.filter(|y| *y > top && *y < floor));
    lines.sort_by(f64::total_cmp);
    let gap = |pair: &[f64]| pair[1] - pair[0];
    let widest = lines.windows(2).max_by(|a, b| gap(a).total_cmp(&gap(b)));
    if let Some(pair) = widest.filter(|pair| gap(pair) > 24.0) {
        let place = f64::midpoint(pair[0], pair[1]) + 4.0;
        canvas.bold("Admitted", x, place, Anchor::Middle, Ink::Words);
    }
    if bucket_key > 0.0 {
        let most = load
            .points
            .iter()
            .filter_map(|p| p.bucket_key)
            .fold(0.0, f64::max);
        let text = if layout.wide() {
            format!("With Bucket Keys, {} at most", per_second(most))
        } else {
            "Bucket Keys".into()
        };
        let place = if layout.bottom - floor > 26.0 {
            floor + 17.0
        } else {
            floor - 7.0
        };
        canvas.bold(&text, x, place, Anchor::Middle, Ink::Words);
    }
}

/// `Refused`, and all calls asked for.
fn above_quota(canvas: &Canvas<'_>, span: &Span<'_, '_>) {
    let (load, layout) = (span.load, span.layout);
    let asked = span.most(|p| p.asked);
    let (x, asked_y) = span.place(asked);
    let first_y = span.place(span.most(|p| p.first).max(load.quota)).1;
    if first_y - asked_y > 34.0 && span.width() > 70.0 {
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
        // Clear of the label of first attempts, which stands beside the band.
        let (start, end) = span.sides();
        let x = match beside(
            layout,
            (start, end),
            text_width(first_attempts_words(layout), true),
        ) {
            Some(Anchor::Start) => x.min(end + 8.0 - half),
            Some(_) => x.max(start - 8.0 + half),
            None => x,
        };
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
}

fn first_attempts_words(layout: &Layout) -> &'static str {
    if layout.wide() {
        "First attempts alone"
    } else {
        "First attempts"
    }
}

/// The side of the band that has room for words of this width: `Start` for those that begin at its
/// end, `End` for those that end at its beginning.
fn beside(layout: &Layout, (start, end): (f64, f64), width: f64) -> Option<Anchor> {
    if end + 16.0 + width < layout.right {
        Some(Anchor::Start)
    } else if start - 16.0 - width > layout.left {
        Some(Anchor::End)
    } else {
        None
    }
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
    let words = first_attempts_words(layout);
    let figure = if layout.wide() {
        format!("peak at {}", per_second(peak))
    } else {
        per_second(peak)
    };
    let (start, _) = axes.panel.place(from as f64, 0.0);
    let (end, _) = axes.panel.place(to as f64, 0.0);
    let top = quota - 56.0;
    let (x, anchor, target, near) = match beside(layout, (start, end), text_width(words, true)) {
        Some(Anchor::Start) => (end + 16.0, Anchor::Start, last, -4.0),
        Some(anchor) => (start - 16.0, anchor, first, 4.0),
        None => return,
    };
    canvas.bold(words, x, top, anchor, Ink::WordsHalo);
    canvas.text(&figure, x, top + 16.0, anchor, Ink::WordsHalo);
    let (tx, ty) = axes.panel.place(target.0, target.1.first);
    canvas.line(&[(x + near, top + 4.0), (tx, ty)], Ink::Leader);
}

/// `CloudWatch minute` on the step of the busiest minute: above or below, at its end or its
/// beginning, where nothing else is drawn; nowhere if there is no such place.
fn minute(canvas: &Canvas<'_>, load: &Load, axes: &Axes<'_>, layout: &Layout) {
    let busiest = load.minutes.iter().max_by(|a, b| a.2.total_cmp(&b.2));
    let Some(&(from, to, calls)) = busiest.filter(|_| layout.wide() && load.minutes.len() > 1)
    else {
        return;
    };
    let (left, y) = axes.panel.place(from as f64, calls);
    let (right, _) = axes.panel.place(to as f64, calls);
    for text in [
        format!("CloudWatch minute, {}", per_second(calls)),
        "CloudWatch minute".into(),
    ] {
        let width = text_width(&text, false);
        for (x, base) in [
            (right - 2.0 - width, y - 6.0),
            (left + 4.0, y - 6.0),
            (right - 2.0 - width, y + 15.0),
            (left + 4.0, y + 15.0),
        ] {
            if room(load, axes, layout, (x, base), width) >= 1.0 {
                canvas.text(&text, x, base, Anchor::Start, Ink::Words);
                return;
            }
        }
    }
}

/// Distance \[px\] of a text's box from the curves, lines and labels around it; negative if it
/// stands on one.
fn room(load: &Load, axes: &Axes<'_>, layout: &Layout, (x, base): (f64, f64), width: f64) -> f64 {
    let (top, bottom) = (base - 10.0, base + 3.0);
    let (left, right) = (x - 4.0, x + width + 4.0);
    let place = |x: f64, value: f64| axes.panel.place(x, value);
    let curves = middles(load).into_iter().flat_map(|(x, p)| {
        [
            place(x, p.asked),
            place(x, p.first),
            place(x, p.bucket_key.unwrap_or(p.asked)),
        ]
    });
    let quota = place(0.0, load.quota).1;
    let mut taken: Vec<f64> = curves
        .filter(|(x, _)| *x > left && *x < right)
        .map(|(_, y)| y)
        .collect();
    taken.extend([quota, layout.bottom]);
    let (start, end) = load.refusing.span().map_or((0.0, 0.0), |(from, to)| {
        (place(from as f64, 0.0).0, place(to as f64, 0.0).0)
    });
    // The label of first attempts stands above the quota on one side of the band.
    let beside = |from: f64, to: f64| end > 0.0 && left < to && right > from;
    if beside(end, end + 180.0) || beside(start - 180.0, start) {
        taken.extend([quota - 66.0, quota - 52.0, quota - 38.0]);
    }
    // `Quota` itself stands at the left.
    if left < layout.left + 100.0 {
        taken.extend([quota - 16.0, quota - 7.0]);
    }
    let outside = if left < layout.left || top < TOP {
        f64::MIN
    } else {
        f64::MAX
    };
    taken
        .iter()
        .map(|t| (top - t).max(t - bottom))
        .fold(outside, f64::min)
}
