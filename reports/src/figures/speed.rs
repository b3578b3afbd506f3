//! Rates by size: curves over a logarithmic axis of sizes.
use crate::draw::{
    Anchor, Canvas, Drawing, Hue, Ink, Panel, Size, cut, log_range, spread, text_width, ticks,
};
use crate::number::{THIN, bytes, grouped, significant};

/// Curves over sizes.
pub(super) struct Speeds {
    pub(super) lines: Vec<Line>,
    /// A rate that none of them can exceed.
    pub(super) floor: Option<f64>,
    /// Whether the axis of rates is logarithmic.
    pub(super) is_log: bool,
}

/// A curve.
pub(super) struct Line {
    pub(super) label: String,
    pub(super) ink: Ink,
    pub(super) hue: Hue,
    /// Bytes, and 10^9 bytes per second.
    pub(super) points: Vec<(f64, f64)>,
}

/// Sizes that are labelled \[bytes\].
const SIZES: [f64; 6] = [
    64.0,
    1_024.0,
    16_384.0,
    262_144.0,
    4_194_304.0,
    67_108_864.0,
];

/// Where the parts of a drawing lie \[px\].
struct Layout {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Speeds {
    /// Draws them.
    pub(super) fn draw(&self, size: Size) -> Drawing {
        let key = 20.0 * self.lines.len() as f64 + 8.0;
        let (left, right, top, bottom) = match size {
            Size::Wide => (52.0, 660.0, 14.0, 334.0),
            Size::Narrow => (40.0, 348.0, 14.0 + key, 274.0 + key),
        };
        let layout = Layout {
            left,
            right,
            top,
            bottom,
        };
        let rates = || {
            self.lines
                .iter()
                .flat_map(|l| &l.points)
                .map(|p| p.1)
                .chain(self.floor)
        };
        let (least, most) = (
            rates().fold(f64::MAX, f64::min),
            rates().fold(0.0, f64::max),
        );
        let marks = if self.is_log {
            log_marks(least, most)
        } else {
            ticks(most)
        };
        let ends = (marks.first().copied(), marks.last().copied());
        let (low, high) = (ends.0.unwrap_or(0.0), ends.1.unwrap_or(1.0));
        let sizes = libm::log2(SIZES[0])..libm::log2(SIZES[SIZES.len() - 1]);
        let body = Canvas::draw(size, bottom + 44.0, |canvas| {
            let scale = self.place(low)..self.place(high);
            let panel = canvas.panel(sizes.clone(), scale, left..right, top..bottom);
            self.axes(canvas, &panel, &marks, &layout);
            for line in self.lines.iter().rev() {
                let points = line.points.iter();
                let points: Vec<_> = points.map(|p| (libm::log2(p.0), self.place(p.1))).collect();
                panel.line(&points, line.ink);
            }
            self.draw_floor(canvas, &panel, &layout);
            match size {
                Size::Wide => self.names(canvas, &panel, &layout),
                Size::Narrow => self.key_rows(canvas),
            }
        });
        Drawing {
            size,
            height: bottom + 44.0,
            body,
            readout: None,
        }
    }

    /// A rate on its axis.
    fn place(&self, rate: f64) -> f64 {
        if self.is_log {
            libm::log10(rate.max(1e-9))
        } else {
            rate
        }
    }

    fn axes(&self, canvas: &Canvas<'_>, panel: &Panel<'_>, marks: &[f64], layout: &Layout) {
        for &mark in marks {
            let (_, y) = panel.place(0.0, self.place(mark));
            if y < layout.bottom - 1.0 {
                canvas.line(&[(layout.left, y), (layout.right, y)], Ink::Grid);
            }
            let decimals = usize::from(mark > 0.0 && mark < 1.0 || mark % 1.0 > 0.0);
            let label = grouped(mark, decimals);
            canvas.text(&label, layout.left - 8.0, y + 4.0, Anchor::End, Ink::Ticks);
        }
        let base = layout.bottom;
        canvas.line(&[(layout.left, base), (layout.right, base)], Ink::Axis);
        for bytes_at in SIZES {
            let (x, _) = panel.place(libm::log2(bytes_at), 0.0);
            canvas.line(&[(x, base), (x, base + 4.0)], Ink::Axis);
            let anchor = if layout.right - x < 16.0 {
                Anchor::End
            } else {
                Anchor::Middle
            };
            let label = bytes(bytes_at).replace(".00", "").replace(".0", "");
            canvas.text(&label, x, base + 18.0, anchor, Ink::Ticks);
        }
        let middle = f64::midpoint(layout.left, layout.right);
        canvas.text("size", middle, base + 38.0, Anchor::Middle, Ink::Ticks);
    }

    fn draw_floor(&self, canvas: &Canvas<'_>, panel: &Panel<'_>, layout: &Layout) {
        let Some(floor) = self.floor else { return };
        let (_, y) = panel.place(0.0, self.place(floor));
        canvas.line(&[(layout.left, y), (layout.right, y)], Ink::Quota);
        let text = format!("the floor, {}{THIN}GB/s", significant(floor, 3));
        canvas.bold(
            &text,
            layout.left + 6.0,
            y - 6.0,
            Anchor::Start,
            Ink::WordsHalo,
        );
    }

    /// Names with the last rate at the curves' right ends.
    fn names(&self, canvas: &Canvas<'_>, panel: &Panel<'_>, layout: &Layout) {
        let end = |line: &Line| {
            let last = line.points.last().map_or(0.0, |p| p.1);
            panel.place(0.0, self.place(last)).1 + 4.0
        };
        let wishes: Vec<f64> = self.lines.iter().map(end).collect();
        let mut order: Vec<usize> = (0..wishes.len()).collect();
        order.sort_by(|a, b| wishes[*a].total_cmp(&wishes[*b]));
        let sorted: Vec<f64> = order.iter().map(|at| wishes[*at]).collect();
        let places = spread(&sorted, 16.0, layout.top + 8.0, layout.bottom);
        let width = Size::Wide.width();
        for (at, y) in order.into_iter().zip(places) {
            let line = &self.lines[at];
            let value = rate(line);
            let room = width - layout.right - 18.0 - text_width(&value, false);
            let name = cut(&line.label, room, true);
            let ink = Ink::Hued(line.hue);
            canvas.bold(&name, layout.right + 10.0, y, Anchor::Start, ink);
            canvas.text(&value, width, y, Anchor::End, ink);
        }
    }

    /// On a phone names stand above, with a piece of their line and the last rate.
    fn key_rows(&self, canvas: &Canvas<'_>) {
        for (i, line) in self.lines.iter().enumerate() {
            let y = 12.0 + 20.0 * i as f64;
            canvas.line(&[(0.0, y - 4.0), (22.0, y - 4.0)], line.ink);
            let ink = Ink::Hued(line.hue);
            canvas.bold(&line.label, 30.0, y, Anchor::Start, ink);
            canvas.text(&rate(line), Size::Narrow.width(), y, Anchor::End, ink);
        }
    }
}

/// The rate of the largest size.
fn rate(line: &Line) -> String {
    let last = line.points.last().map_or(0.0, |p| p.1);
    format!("{}{THIN}GB/s", significant(last, 3))
}

/// 1, 2 and 5 times powers of ten, from at most `least` to at least `most`.
fn log_marks(least: f64, most: f64) -> Vec<f64> {
    let (low, high) = log_range(least, most);
    let mut marks = Vec::new();
    let mut decade = low.floor();
    while decade <= high {
        for factor in [1.0, 2.0, 5.0] {
            let log = decade + libm::log10(factor);
            if log > low - 1e-9 && log < high + 1e-9 {
                marks.push(libm::pow(10.0, decade) * factor);
            }
        }
        decade += 1.0;
    }
    marks
}
