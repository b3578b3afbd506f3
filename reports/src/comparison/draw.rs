//! Differences as dots with intervals, a panel for each metric.
use super::words::with_sign;
use super::{Column, Comparison, Mark};
use crate::draw::{Anchor, Canvas, Drawing, Hue, Ink, Size, cut, text_width};
use crate::number::grouped;
use keystorm_record::{Better, Unit};

const ROW: f64 = 38.0;
const TOP: f64 = 58.0;
const LEFT: f64 = 172.0;
const GAP: f64 = 46.0;

const NARROW_ROW: f64 = 30.0;
const NARROW_TOP: f64 = 50.0;
const NARROW_LEFT: f64 = 134.0;
/// Below the rows of a narrow panel: the axis and space to the next panel.
const NARROW_BELOW: f64 = 42.0;

/// Room on either side of zero for the words `better` and `worse`.
const WORDS: f64 = 46.0;
/// Room for a dot at a panel's edge.
const EDGE: f64 = 8.0;
const DOT: f64 = 4.0;

/// Draws these columns, side by side or one below the other.
pub(super) fn draw(comparison: &Comparison<'_>, columns: &[&Column], size: Size) -> Drawing {
    let rows = comparison.others.len() as f64;
    let height = match size {
        Size::Wide => TOP + ROW * rows + 26.0,
        Size::Narrow => narrow_pitch(rows) * columns.len() as f64 - 16.0,
    };
    let body = Canvas::draw(size, height, |canvas| match size {
        Size::Wide => wide(canvas, comparison, columns),
        Size::Narrow => narrow(canvas, comparison, columns),
    });
    Drawing {
        size,
        height,
        body,
        readout: None,
    }
}

fn narrow_pitch(rows: f64) -> f64 {
    NARROW_TOP + NARROW_ROW * rows + NARROW_BELOW
}

fn wide(canvas: &Canvas<'_>, comparison: &Comparison<'_>, columns: &[&Column]) {
    for (i, other) in comparison.others.iter().enumerate() {
        let y = TOP + ROW * i as f64;
        canvas.line(&[(0.0, y), (Size::Wide.width(), y)], Ink::Grid);
        let name = cut(&other.name, LEFT - 12.0, true);
        canvas.bold(&name, 0.0, y + 24.0, Anchor::Start, Ink::Words);
    }
    let bottom = TOP + ROW * comparison.others.len() as f64;
    canvas.line(&[(0.0, bottom), (Size::Wide.width(), bottom)], Ink::Grid);
    let count = columns.len() as f64;
    let width = (Size::Wide.width() - LEFT - GAP * (count - 1.0)) / count;
    for (i, column) in columns.iter().enumerate() {
        let left = LEFT + (width + GAP) * i as f64;
        let scale = Scale::of(column, left, left + width);
        canvas.bold(&column.head, left, 14.0, Anchor::Start, Ink::Words);
        canvas.text(&scale.unit, left, 30.0, Anchor::Start, Ink::Ticks);
        scale.axis(canvas, column, TOP, bottom);
        for i in 0..comparison.others.len() {
            scale.mark(canvas, column, i, TOP + ROW * (i as f64 + 0.5));
        }
    }
}

fn narrow(canvas: &Canvas<'_>, comparison: &Comparison<'_>, columns: &[&Column]) {
    let rows = comparison.others.len() as f64;
    for (i, column) in columns.iter().enumerate() {
        let top = narrow_pitch(rows) * i as f64;
        let scale = Scale::of(column, NARROW_LEFT, Size::Narrow.width());
        let head = format!("{}, {}", column.head, scale.unit);
        canvas.bold(&head, 0.0, top + 16.0, Anchor::Start, Ink::Words);
        let (from, to) = (top + NARROW_TOP, top + NARROW_TOP + NARROW_ROW * rows);
        scale.axis(canvas, column, from, to);
        for (i, other) in comparison.others.iter().enumerate() {
            let y = from + NARROW_ROW * (i as f64 + 0.5);
            let name = cut(&other.name, NARROW_LEFT - 8.0, false);
            canvas.text(&name, 0.0, y + 4.5, Anchor::Start, Ink::Words);
            scale.mark(canvas, column, i, y);
        }
    }
}

/// Where the values of a panel lie.
struct Scale {
    left: f64,
    right: f64,
    /// Place of zero \[px\].
    zero: f64,
    /// Pixels per unit that is shown.
    per_unit: f64,
    /// Units that are shown per unit of the metric: 100 points per share.
    factor: f64,
    /// What is shown, such as `percentage points`.
    unit: String,
}

impl Scale {
    fn of(column: &Column, left: f64, right: f64) -> Self {
        let values = column.cells.iter().flatten().flat_map(|it| {
            let (low, high) = it.interval.unwrap_or((it.mean, it.mean));
            [low, it.mean, high]
        });
        let values: Vec<f64> = values.collect();
        let least = values.iter().copied().fold(0.0, f64::min);
        let most = values.iter().copied().fold(0.0, f64::max);
        let (factor, unit) = shown_in(column, least.abs().max(most));
        let (below, above) = (-least * factor, most * factor);
        let room = right - left - 2.0 * EDGE;
        let wish = if below + above > 0.0 {
            room * below / (below + above)
        } else {
            room / 2.0
        };
        let offset = wish.clamp(WORDS - EDGE, room - (WORDS - EDGE));
        let fit = |room: f64, value: f64| {
            if value > 0.0 {
                room / value
            } else {
                f64::INFINITY
            }
        };
        let per_unit = fit(offset, below).min(fit(room - offset, above));
        Self {
            left,
            right,
            zero: left + EDGE + offset,
            per_unit: if per_unit.is_finite() { per_unit } else { 1.0 },
            factor,
            unit,
        }
    }

    fn place(&self, value: f64) -> f64 {
        self.zero + value * self.factor * self.per_unit
    }

    /// Hairlines at round values, the base line at zero, and which side is better.
    fn axis(&self, canvas: &Canvas<'_>, column: &Column, from: f64, to: f64) {
        let sides = match column.better {
            Some(Better::Lower) => Some(("better", "worse")),
            Some(Better::Higher) => Some(("worse", "better")),
            None => None,
        };
        if let Some((below, above)) = sides {
            canvas.text(below, self.zero - 6.0, from - 8.0, Anchor::End, Ink::Ticks);
            canvas.text(
                above,
                self.zero + 6.0,
                from - 8.0,
                Anchor::Start,
                Ink::Ticks,
            );
        }
        for (x, label) in self.ticks() {
            canvas.line(&[(x, from), (x, to)], Ink::Grid);
            canvas.text(&label, x, to + 18.0, Anchor::Middle, Ink::Ticks);
        }
        canvas.line(&[(self.zero, from), (self.zero, to)], Ink::AxisFaint);
        canvas.text("0", self.zero, to + 18.0, Anchor::Middle, Ink::Ticks);
    }

    /// Round values with room for their labels: steps of 1, 2 or 5, zero left out.
    fn ticks(&self) -> Vec<(f64, String)> {
        let span = (self.right - self.left) / self.per_unit;
        let mut decade = 1.0;
        let mut decimals = 0_usize;
        while decade > span / 20.0 && decimals < 9 {
            decade /= 10.0;
            decimals += 1;
        }
        while decade * 100.0 <= span && decade < 1e15 {
            decade *= 10.0;
            decimals = decimals.saturating_sub(1);
        }
        for factor in [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0] {
            let step = decade * factor;
            // A step of ten or more smallest ones needs a decimal less.
            let fewer = usize::from(factor >= 10.0) + usize::from(factor >= 100.0);
            let decimals = decimals.saturating_sub(fewer);
            let label = |value: f64| with_sign(value, grouped(value, decimals));
            let count = |room: f64| (room / (step * self.per_unit) + 1e-9).floor().max(0.0);
            let (below, above) = (count(self.zero - self.left), count(self.right - self.zero));
            let values = |count: f64, sign: f64| {
                let mut values = Vec::new();
                let mut i = 1.0;
                while i <= count.min(50.0) {
                    values.push(sign * step * i);
                    i += 1.0;
                }
                values
            };
            let mut found = values(below, -1.0);
            found.extend(values(above, 1.0));
            let fits = |value: &f64| {
                let (x, half) = (
                    self.zero + value * self.per_unit,
                    text_width(&label(*value), false) / 2.0,
                );
                x - half >= self.left - 2.0 && x + half <= self.right + 2.0
            };
            found.retain(fits);
            let widest = found.iter().map(|it| text_width(&label(*it), false));
            let widest = widest.fold(0.0, f64::max);
            if step * self.per_unit >= widest + 10.0 {
                let tick = |it: f64| (self.zero + it * self.per_unit, label(it));
                return found.into_iter().map(tick).collect();
            }
        }
        Vec::new()
    }

    /// The dot of a variant with its interval.
    fn mark(&self, canvas: &Canvas<'_>, column: &Column, i: usize, y: f64) {
        let Some(cell) = &column.cells[i] else {
            canvas.text(
                "no value",
                self.zero + 6.0,
                y + 4.5,
                Anchor::Start,
                Ink::Ticks,
            );
            return;
        };
        let mark = column.marks[i];
        let hue = match mark {
            Mark::Best(_) | Mark::Better => Hue::Blue,
            Mark::Worse => Hue::Red,
            _ => Hue::Base,
        };
        if let Some((low, high)) = cell.interval {
            let ends = [(self.place(low), y), (self.place(high), y)];
            canvas.line(&ends, Ink::Interval(hue));
        }
        let ink = match mark {
            Mark::Unclear | Mark::TooFew => Ink::Hollow,
            _ => Ink::Disc(hue),
        };
        canvas.dot((self.place(cell.mean), y), DOT, ink);
    }
}

/// Factor and name of the unit in which a column's differences are drawn.
fn shown_in(column: &Column, most: f64) -> (f64, String) {
    let (factor, name) = match column.unit {
        Unit::Share => (100.0, "percentage points"),
        Unit::Seconds if most < 0.001 => (1e6, "microseconds"),
        Unit::Seconds if most < 1.0 => (1e3, "milliseconds"),
        Unit::Seconds => (1.0, "seconds"),
        Unit::PerSecond => (1.0, "per second"),
        Unit::BytesPerSecond if most >= 1_048_576.0 => (1.0 / 1_048_576.0, "MiB per second"),
        Unit::BytesPerSecond => (1.0, "bytes per second"),
        Unit::Count => (1.0, "number"),
        Unit::Usd => (1.0, "dollars"),
        Unit::CoreHours => (1.0, "core-hours"),
    };
    (factor, name.into())
}
