//! Horizontal bars, one row per variant, with numbers beside them.
use crate::draw::{Anchor, Canvas, Drawing, Fill, Ink, Size, cut, text_width};

/// A bar chart.
#[derive(Clone, Debug)]
pub(crate) struct Bars {
    /// Rows from top to bottom.
    pub(crate) rows: Vec<BarRow>,
    /// Columns of numbers; their heads double as the key where they have a fill.
    pub(crate) columns: Vec<(String, Option<Fill>)>,
    /// Key above the bars, in stacking order; for the wide drawing only where columns are none.
    pub(crate) key: Vec<(String, Fill)>,
    /// Labelled values of the axis; the last is its end.
    pub(crate) ticks: Vec<(f64, String)>,
}

/// A row of a bar chart.
#[derive(Clone, Debug)]
pub(crate) struct BarRow {
    /// Name of the variant.
    pub(crate) name: String,
    /// It is the baseline.
    pub(crate) strong: bool,
    /// Segments in stacking order.
    pub(crate) segments: Vec<(f64, Fill)>,
    /// Numbers in the columns.
    pub(crate) cells: Vec<Number>,
    /// The one number of the narrow drawing, and of the bar's end where there are no columns.
    pub(crate) end: Number,
}

/// A number beside a bar.
#[derive(Clone, Debug)]
pub(crate) struct Number {
    /// As shown.
    pub(crate) text: String,
    /// How much it matters.
    pub(crate) weight: Weight,
}

/// How much a number matters.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Weight {
    /// Nothing: a zero.
    Faint,
    /// A number.
    Normal,
    /// A sum.
    Strong,
    /// It breaches something.
    Bad,
}

const ROW: f64 = 34.0;
const NARROW_ROW: f64 = 50.0;
const BAR: f64 = 16.0;
const NARROW_BAR: f64 = 12.0;
const NAME: f64 = 160.0;
const LEFT: f64 = 172.0;

impl Number {
    /// A number with its weight.
    pub(crate) fn new(text: impl Into<String>, weight: Weight) -> Self {
        Self {
            text: text.into(),
            weight,
        }
    }

    /// Draws it with its baseline at `y`.
    pub(crate) fn draw(&self, canvas: &Canvas<'_>, x: f64, y: f64, anchor: Anchor) {
        match self.weight {
            Weight::Faint => canvas.text(&self.text, x, y, anchor, Ink::Ticks),
            Weight::Normal => canvas.text(&self.text, x, y, anchor, Ink::Words),
            Weight::Strong => canvas.bold(&self.text, x, y, anchor, Ink::Words),
            Weight::Bad => {
                canvas.bold(&self.text, x, y, anchor, Ink::Hued(crate::draw::Hue::Red));
            }
        }
    }
}

impl Bars {
    /// Draws them.
    pub(crate) fn draw(&self, size: Size) -> Drawing {
        let rows = self.rows.len() as f64;
        let key_height = self.key_height(size);
        let height = match size {
            Size::Wide => key_height + rows * ROW + 24.0,
            Size::Narrow => key_height + rows * NARROW_ROW + 4.0,
        };
        let body = Canvas::draw(size, height, |canvas| {
            self.draw_key(canvas, size);
            match size {
                Size::Wide => self.draw_wide(canvas, key_height),
                Size::Narrow => self.draw_narrow(canvas, key_height),
            }
        });
        Drawing {
            size,
            height,
            body,
            readout: None,
        }
    }

    fn key_height(&self, size: Size) -> f64 {
        match size {
            Size::Wide if !self.columns.is_empty() => 40.0,
            _ => 16.0 + 18.0 * key_lines(&self.key, size).len() as f64,
        }
    }

    fn draw_key(&self, canvas: &Canvas<'_>, size: Size) {
        if size == Size::Wide && !self.columns.is_empty() {
            return;
        }
        for (i, line) in key_lines(&self.key, size).iter().enumerate() {
            let y = 4.0 + 18.0 * i as f64;
            for &(x, label, fill) in line {
                canvas.rect((x, y), (x + 10.0, y + 10.0), Ink::Bar(fill));
                canvas.text(label, x + 15.0, y + 9.5, Anchor::Start, Ink::Words);
            }
        }
    }

    fn scale(&self) -> f64 {
        self.ticks.last().map_or(1.0, |(most, _)| *most)
    }

    fn draw_wide(&self, canvas: &Canvas<'_>, top: f64) {
        let width = Size::Wide.width();
        let right = self
            .column_ends()
            .first()
            .map_or(width - 84.0, |(end, w)| end - w - 24.0);
        let unit = (right - LEFT) / self.scale();
        let bottom = top + ROW * self.rows.len() as f64;
        for (i, (value, label)) in self.ticks.iter().enumerate() {
            let x = LEFT + value * unit;
            let anchor = match i {
                0 => Anchor::Start,
                _ if i + 1 == self.ticks.len() => Anchor::End,
                _ => Anchor::Middle,
            };
            if i > 0 {
                canvas.line(&[(x, top), (x, bottom)], Ink::Grid);
            }
            canvas.text(label, x, bottom + 18.0, anchor, Ink::Ticks);
        }
        for ((label, fill), (end, _)) in self.columns.iter().zip(self.column_ends()) {
            canvas.bold(label, end, 16.0, Anchor::End, Ink::Words);
            if let Some(fill) = fill {
                canvas.rect((end - 24.0, 23.0), (end, 27.0), Ink::Bar(*fill));
            }
        }
        canvas.line(&[(0.0, top), (width, top)], Ink::Grid);
        for (i, row) in self.rows.iter().enumerate() {
            let y = top + ROW * i as f64;
            canvas.line(&[(0.0, y + ROW), (width, y + ROW)], Ink::Grid);
            name(canvas, row, y + 22.0, NAME);
            let end = segments(canvas, &row.segments, LEFT, (y + 9.0, BAR), unit);
            if self.columns.is_empty() {
                row.end.draw(canvas, end + 8.0, y + 22.0, Anchor::Start);
            }
            for (cell, (end, _)) in row.cells.iter().zip(self.column_ends()) {
                cell.draw(canvas, end, y + 22.0, Anchor::End);
            }
        }
    }

    /// Right ends and widths of the columns of numbers.
    fn column_ends(&self) -> Vec<(f64, f64)> {
        let widths: Vec<f64> = self
            .columns
            .iter()
            .enumerate()
            .map(|(i, (label, _))| {
                let cells = self.rows.iter().filter_map(|r| r.cells.get(i));
                let cells = cells.map(|c| text_width(&c.text, true));
                cells.fold(text_width(label, true), f64::max)
            })
            .collect();
        let mut ends = Vec::new();
        let mut end = Size::Wide.width();
        for width in widths.iter().rev() {
            ends.push((end, *width));
            end -= width + 24.0;
        }
        ends.reverse();
        ends
    }

    fn draw_narrow(&self, canvas: &Canvas<'_>, top: f64) {
        let width = Size::Narrow.width();
        // The end of the axis is a round value; without an axis the longest bar fills the line.
        let longest = self.rows.iter().map(BarRow::total).fold(0.0, f64::max);
        let unit = if longest > 0.0 { width / longest } else { 0.0 };
        for (i, row) in self.rows.iter().enumerate() {
            let y = top + NARROW_ROW * i as f64;
            canvas.line(&[(0.0, y), (width, y)], Ink::Grid);
            let room = width - text_width(&row.end.text, true) - 12.0;
            name(canvas, row, y + 19.0, room);
            row.end.draw(canvas, width, y + 19.0, Anchor::End);
            segments(canvas, &row.segments, 0.0, (y + 27.0, NARROW_BAR), unit);
        }
    }
}

impl BarRow {
    fn total(&self) -> f64 {
        self.segments.iter().map(|(value, _)| value).sum()
    }
}

fn name(canvas: &Canvas<'_>, row: &BarRow, y: f64, room: f64) {
    let text = cut(&row.name, room, row.strong);
    if row.strong {
        canvas.bold(&text, 0.0, y, Anchor::Start, Ink::Words);
    } else {
        canvas.text(&text, 0.0, y, Anchor::Start, Ink::Words);
    }
}

/// The entries of a key, as many on a line as fit: place, label, fill.
pub(crate) fn key_lines(key: &[(String, Fill)], size: Size) -> Vec<Vec<(f64, &str, Fill)>> {
    let mut lines: Vec<Vec<(f64, &str, Fill)>> = Vec::new();
    let mut x = f64::MAX;
    for (label, fill) in key {
        let width = 15.0 + text_width(label, false);
        if x + width > size.width() {
            lines.push(Vec::new());
            x = 0.0;
        }
        if let Some(line) = lines.last_mut() {
            line.push((x, label, *fill));
        }
        x += width + 16.0;
    }
    lines
}

/// Draws segments of this top and height, 1 px apart, and returns where they end.
pub(crate) fn segments(
    canvas: &Canvas<'_>,
    segments: &[(f64, Fill)],
    left: f64,
    (y, high): (f64, f64),
    unit: f64,
) -> f64 {
    let mut x = left;
    // What is thinner than a quarter of a pixel is left to the numbers beside the bar.
    for &(value, fill) in segments.iter().filter(|(value, _)| *value * unit > 0.25) {
        let end = x + (value * unit).max(1.0);
        let gap = if end - x > 2.0 { 1.0 } else { 0.0 };
        canvas.rect((x, y), (end - gap, y + high), Ink::Bar(fill));
        x = end;
    }
    x
}
