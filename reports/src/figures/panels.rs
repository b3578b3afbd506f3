//! Horizontal bars in several panels side by side: the same rows, each panel with its own scale.
use super::bars::{Number, key_lines};
use crate::draw::{Anchor, Canvas, Drawing, Fill, Ink, Size, cut, text_width};

/// Rows of bars in panels.
#[derive(Clone, Debug)]
pub(super) struct Panels {
    /// Names of the rows from top to bottom, and whether each is the baseline.
    pub(super) names: Vec<(String, bool)>,
    /// Panels from left to right.
    pub(super) columns: Vec<BarPanel>,
    /// Key above the panels, in stacking order.
    pub(super) key: Vec<(String, Fill)>,
}

/// One panel: a title, a scale, and a bar for each row.
#[derive(Clone, Debug)]
pub(super) struct BarPanel {
    /// What it shows, and its scale if that is another than its neighbour's.
    pub(super) title: String,
    /// Bars, one for each row.
    pub(super) bars: Vec<PanelBar>,
    /// Labelled values of the axis; the last is its end.
    pub(super) ticks: Vec<(f64, String)>,
}

/// A bar and the number at its end.
#[derive(Clone, Debug)]
pub(super) struct PanelBar {
    /// Segments in stacking order.
    pub(super) segments: Vec<(f64, Fill)>,
    /// The number.
    pub(super) end: Number,
}

const ROW: f64 = 34.0;
const NARROW_ROW: f64 = 42.0;
const BAR: f64 = 16.0;
const NARROW_BAR: f64 = 10.0;
const NAME: f64 = 160.0;
const LEFT: f64 = 172.0;
/// Between panels \[px\].
const GAP: f64 = 28.0;
/// Room of a panel's title.
const TITLE: f64 = 30.0;

impl Panels {
    /// Draws them: side by side, or one below the other on a phone.
    pub(super) fn draw(&self, size: Size) -> Drawing {
        let rows = self.names.len() as f64;
        let key = 18.0 * key_lines(&self.key, size).len() as f64 + 10.0;
        let height = match size {
            Size::Wide => key + TITLE + rows * ROW + 24.0,
            Size::Narrow => key + self.columns.len() as f64 * (TITLE + rows * NARROW_ROW + 14.0),
        };
        let body = Canvas::draw(size, height, |canvas| {
            for (i, line) in key_lines(&self.key, size).iter().enumerate() {
                let y = 4.0 + 18.0 * i as f64;
                for &(x, label, fill) in line {
                    canvas.rect((x, y), (x + 10.0, y + 10.0), Ink::Bar(fill));
                    canvas.text(label, x + 15.0, y + 9.5, Anchor::Start, Ink::Words);
                }
            }
            match size {
                Size::Wide => self.draw_wide(canvas, key),
                Size::Narrow => self.draw_narrow(canvas, key),
            }
        });
        Drawing {
            size,
            height,
            body,
            readout: None,
        }
    }

    fn draw_wide(&self, canvas: &Canvas<'_>, key: f64) {
        let width = Size::Wide.width();
        let count = self.columns.len() as f64;
        let each = (width - LEFT - GAP * (count - 1.0)) / count;
        // Numbers stand at the bars' ends: the longest bar leaves room for the longest of all, so
        // that panels with the same axis have the same scale.
        let numbers = self.columns.iter().flat_map(|panel| &panel.bars);
        let numbers = numbers.map(|bar| text_width(&bar.end.text, true));
        let room = each - numbers.fold(0.0, f64::max) - 8.0;
        let top = key + TITLE;
        let bottom = top + ROW * self.names.len() as f64;
        canvas.line(&[(0.0, top), (width, top)], Ink::Grid);
        for (i, (name, strong)) in self.names.iter().enumerate() {
            let y = top + ROW * i as f64;
            canvas.line(&[(0.0, y + ROW), (width, y + ROW)], Ink::Grid);
            row_name(canvas, name, *strong, y + 22.0, NAME);
        }
        for (i, panel) in self.columns.iter().enumerate() {
            let left = LEFT + (each + GAP) * i as f64;
            let most = panel.ticks.last().map_or(1.0, |(most, _)| *most);
            let unit = room / most;
            canvas.bold(
                &cut(&panel.title, each + GAP - 8.0, true),
                left,
                top - 12.0,
                Anchor::Start,
                Ink::Words,
            );
            for (k, (value, label)) in panel.ticks.iter().enumerate() {
                let x = left + value * unit;
                if k > 0 {
                    canvas.line(&[(x, top), (x, bottom)], Ink::Grid);
                }
                let last = k + 1 == panel.ticks.len();
                // Where labels would touch, the ends stand for the rest.
                if k == 0 || last || unit * panel.ticks[1].0 > 34.0 {
                    let anchor = if k == 0 {
                        Anchor::Start
                    } else {
                        Anchor::Middle
                    };
                    canvas.text(label, x, bottom + 18.0, anchor, Ink::Ticks);
                }
            }
            canvas.line(&[(left, top), (left, bottom)], Ink::AxisFaint);
            for (k, bar) in panel.bars.iter().enumerate() {
                let y = top + ROW * k as f64;
                let end = bar.draw(canvas, left, (y + 9.0, BAR), unit);
                bar.end.draw(canvas, end + 8.0, y + 22.0, Anchor::Start);
            }
        }
    }

    fn draw_narrow(&self, canvas: &Canvas<'_>, key: f64) {
        let width = Size::Narrow.width();
        let each = TITLE + self.names.len() as f64 * NARROW_ROW + 14.0;
        for (i, panel) in self.columns.iter().enumerate() {
            let top = key + each * i as f64 + TITLE;
            let title = cut(&panel.title, width, true);
            canvas.bold(&title, 0.0, top - 12.0, Anchor::Start, Ink::Words);
            let most = panel.ticks.last().map_or(1.0, |(most, _)| *most);
            for (k, (bar, (name, strong))) in panel.bars.iter().zip(&self.names).enumerate() {
                let y = top + NARROW_ROW * k as f64;
                canvas.line(&[(0.0, y), (width, y)], Ink::Grid);
                let room = width - text_width(&bar.end.text, true) - 12.0;
                row_name(canvas, name, *strong, y + 17.0, room);
                bar.end.draw(canvas, width, y + 17.0, Anchor::End);
                bar.draw(canvas, 0.0, (y + 24.0, NARROW_BAR), width / most);
            }
        }
    }
}

impl PanelBar {
    /// Draws the segments, 1 px apart, and returns where they end.
    fn draw(&self, canvas: &Canvas<'_>, left: f64, (y, high): (f64, f64), unit: f64) -> f64 {
        super::bars::segments(canvas, &self.segments, left, (y, high), unit)
    }
}

fn row_name(canvas: &Canvas<'_>, name: &str, strong: bool, y: f64, room: f64) {
    let text = cut(name, room, strong);
    if strong {
        canvas.bold(&text, 0.0, y, Anchor::Start, Ink::Words);
    } else {
        canvas.text(&text, 0.0, y, Anchor::Start, Ink::Words);
    }
}
