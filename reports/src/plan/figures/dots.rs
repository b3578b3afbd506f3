//! Rows of dots with intervals, one or more panels side by side.
use crate::draw::{Anchor, Canvas, Drawing, Hue, Ink, Size, cut, text_width, ticks};

/// Rows with a value in each panel.
pub(super) struct Dots {
    /// Names of the rows.
    pub(super) names: Vec<String>,
    /// The panels, from left to right.
    pub(super) panels: Vec<Panel>,
}

/// A panel of dots.
pub(super) struct Panel {
    /// What it shows, and its unit.
    pub(super) head: String,
    /// A value to compare with, and its name.
    pub(super) line: Option<(f64, String)>,
    /// A value of each row; `None` where there is none.
    pub(super) dots: Vec<Option<Dot>>,
    /// A value as it is shown at the axis and beside its dot.
    pub(super) show: fn(f64) -> String,
}

/// A value with its range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Dot {
    pub(super) value: f64,
    pub(super) range: Option<(f64, f64)>,
    /// Hue; `None` for a hollow dot, where no difference can be shown.
    pub(super) hue: Option<Hue>,
}

const ROW: f64 = 34.0;
const TOP: f64 = 52.0;
const LEFT: f64 = 296.0;
const GAP: f64 = 44.0;
const DOT: f64 = 4.0;
const NARROW_ROW: f64 = 46.0;
const NARROW_TOP: f64 = 44.0;
/// Room for the number beside a dot.
const NUMBER: f64 = 62.0;

impl Dots {
    pub(super) fn draw(&self, size: Size) -> Drawing {
        let rows = self.names.len() as f64;
        let height = match size {
            Size::Wide => TOP + ROW * rows + 26.0,
            Size::Narrow => (NARROW_TOP + NARROW_ROW * rows + 34.0) * self.panels.len() as f64,
        };
        let body = Canvas::draw(size, height, |canvas| match size {
            Size::Wide => self.wide(canvas),
            Size::Narrow => self.narrow(canvas),
        });
        Drawing {
            size,
            height,
            body,
            readout: None,
        }
    }

    fn wide(&self, canvas: &Canvas<'_>) {
        let whole = Size::Wide.width();
        let rows = self.names.len();
        for (i, name) in self.names.iter().enumerate() {
            let y = TOP + ROW * i as f64;
            canvas.line(&[(0.0, y), (whole, y)], Ink::Grid);
            let name = cut(name, LEFT - 16.0, false);
            canvas.text(&name, 0.0, y + 21.5, Anchor::Start, Ink::Words);
        }
        let bottom = TOP + ROW * rows as f64;
        canvas.line(&[(0.0, bottom), (whole, bottom)], Ink::Grid);
        let count = self.panels.len() as f64;
        let width = (whole - LEFT - GAP * (count - 1.0)) / count;
        for (i, panel) in self.panels.iter().enumerate() {
            let left = LEFT + (width + GAP) * i as f64;
            let scale = Scale::of(panel, left, left + width - NUMBER);
            canvas.bold(&panel.head, left, 14.0, Anchor::Start, Ink::Words);
            scale.axis(canvas, TOP, bottom);
            scale.line(canvas, TOP, bottom);
            for (row, dot) in panel.dots.iter().enumerate() {
                let y = TOP + ROW * (row as f64 + 0.5);
                scale.dot(canvas, dot.as_ref(), y);
            }
        }
    }

    fn narrow(&self, canvas: &Canvas<'_>) {
        let whole = Size::Narrow.width();
        let rows = self.names.len() as f64;
        let pitch = NARROW_TOP + NARROW_ROW * rows + 34.0;
        for (i, panel) in self.panels.iter().enumerate() {
            let top = pitch * i as f64;
            canvas.bold(&panel.head, 0.0, top + 12.0, Anchor::Start, Ink::Words);
            let (from, to) = (top + NARROW_TOP, top + NARROW_TOP + NARROW_ROW * rows);
            let scale = Scale::of(panel, 4.0, whole - NUMBER);
            scale.axis(canvas, from, to);
            scale.line(canvas, from, to);
            for (row, (name, dot)) in self.names.iter().zip(&panel.dots).enumerate() {
                let y = from + NARROW_ROW * row as f64;
                canvas.line(&[(0.0, y), (whole, y)], Ink::Grid);
                let name = cut(name, whole, false);
                canvas.text(&name, 0.0, y + 17.0, Anchor::Start, Ink::WordsHalo);
                scale.dot(canvas, dot.as_ref(), y + 32.0);
            }
        }
    }
}

/// Where the values of a panel lie; from zero on.
struct Scale<'a> {
    panel: &'a Panel,
    left: f64,
    right: f64,
    ticks: Vec<f64>,
}

impl<'a> Scale<'a> {
    fn of(panel: &'a Panel, left: f64, right: f64) -> Self {
        let of_dot = |it: &Dot| it.range.map_or(it.value, |range| range.1.max(it.value));
        let dots = panel.dots.iter().flatten().map(of_dot);
        let line = panel.line.as_ref().map(|it| it.0);
        let most = dots.chain(line).fold(0.0, f64::max);
        Self {
            panel,
            left,
            right,
            ticks: ticks(most),
        }
    }

    fn place(&self, value: f64) -> f64 {
        let most = self.ticks.last().copied().unwrap_or(1.0);
        self.left + (value / most).clamp(0.0, 1.0) * (self.right - self.left)
    }

    /// Hairlines at round values; labels as far as they fit.
    fn axis(&self, canvas: &Canvas<'_>, from: f64, to: f64) {
        let mut free = f64::NEG_INFINITY;
        for &tick in &self.ticks {
            let x = self.place(tick);
            let ink = if tick > 0.0 {
                Ink::Grid
            } else {
                Ink::AxisFaint
            };
            canvas.line(&[(x, from), (x, to)], ink);
            let label = (self.panel.show)(tick);
            let half = text_width(&label, false) / 2.0;
            let middle = x.max(self.left + half - 4.0);
            if middle - half > free {
                canvas.text(&label, middle, to + 18.0, Anchor::Middle, Ink::Ticks);
                free = middle + half + 10.0;
            }
        }
    }

    fn line(&self, canvas: &Canvas<'_>, from: f64, to: f64) {
        let Some((value, name)) = &self.panel.line else {
            return;
        };
        let x = self.place(*value);
        canvas.line(&[(x, from - 6.0), (x, to)], Ink::Quota);
        let half = text_width(name, false) / 2.0;
        let room = self.right + NUMBER - half;
        let middle = x.max(self.left + half).min(room);
        canvas.text(name, middle, from - 11.0, Anchor::Middle, Ink::Words);
    }

    fn dot(&self, canvas: &Canvas<'_>, dot: Option<&Dot>, y: f64) {
        let Some(dot) = dot else {
            canvas.text("–", self.left + 6.0, y + 4.5, Anchor::Start, Ink::Ticks);
            return;
        };
        let hue = dot.hue.unwrap_or(Hue::Base);
        let mut end = self.place(dot.value);
        if let Some((low, high)) = dot.range {
            let ends = [(self.place(low), y), (self.place(high), y)];
            canvas.line(&ends, Ink::Interval(hue));
            end = end.max(self.place(high));
        }
        let ink = dot.hue.map_or(Ink::Hollow, Ink::Disc);
        canvas.dot((self.place(dot.value), y), DOT, ink);
        let number = (self.panel.show)(dot.value);
        canvas.text(&number, end + 9.0, y + 4.5, Anchor::Start, Ink::WordsHalo);
    }
}
