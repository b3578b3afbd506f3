//! Response surfaces: a figure over two settings, as a map.
use super::{Shown, View, evenly, label};
use crate::draw::{Anchor, Canvas, Drawing, Fill, Ink, Size, cut, text_width};
use crate::figures::Part;
use crate::table::{Cell, Table};
use crate::verdict::in_unit;
use keystorm_record::SweepPoint;

/// Most columns and rows that are drawn; of more, evenly so many.
const COLUMNS_MAX: usize = 24;
const ROWS_MAX: usize = 20;
/// Shades of the map: all have text on them that can be read.
const SHADES: [u8; 5] = [0, 1, 2, 3, 5];
/// From this ratio of the most to the least on, shades are steps of a factor.
const LOG_FROM: f64 = 10.0;
const ROW: f64 = 28.0;

/// A map of a figure.
pub(super) struct Map<'a> {
    view: &'a View<'a>,
    figure: &'a Shown,
    /// Numbers of the axes to the right and downwards.
    across: usize,
    down: usize,
    /// Values of each that are drawn.
    columns: Vec<usize>,
    rows: Vec<usize>,
    /// Points, row by row.
    points: Vec<Vec<Option<&'a SweepPoint>>>,
    steps: Steps,
}

/// Where one shade ends and the next begins.
struct Steps {
    is_log: bool,
    least: f64,
    most: f64,
}

impl<'a> Map<'a> {
    /// The map over the two axes that decide most.
    pub(super) fn of(view: &'a View<'a>, figure: &'a Shown) -> Option<Self> {
        let &[first, second, ..] = &view.axes[..] else {
            return None;
        };
        let axes = &view.sweep.axes;
        // Numbers run to the right, and so does the longer one.
        let order = |it: usize| (!axes[it].numbers.is_empty(), axes[it].values.len());
        let (across, down) = if order(second) > order(first) {
            (second, first)
        } else {
            (first, second)
        };
        let columns = evenly(axes[across].values.len(), COLUMNS_MAX);
        let rows = evenly(axes[down].values.len(), ROWS_MAX);
        let mut values = view.reference();
        let mut point = |row: usize, column: usize| {
            *values.get_mut(across)? = u32::try_from(column).ok()?;
            *values.get_mut(down)? = u32::try_from(row).ok()?;
            view.at(&values)
        };
        let points: Vec<Vec<_>> = rows
            .iter()
            .map(|&row| columns.iter().map(|&column| point(row, column)).collect())
            .collect();
        let drawn = points.iter().flatten().flatten();
        let means = drawn.filter_map(|it| it.mean(&figure.name));
        let range = means.fold(None, |range: Option<(f64, f64)>, it| {
            let (least, most) = range.unwrap_or((it, it));
            Some((least.min(it), most.max(it)))
        });
        let (least, most) = range?;
        Some(Self {
            view,
            figure,
            across,
            down,
            columns,
            rows,
            points,
            steps: Steps {
                is_log: least > 0.0 && most / least >= LOG_FROM,
                least,
                most,
            },
        })
    }

    /// The map and its table.
    pub(super) fn part(&self, number: usize) -> Part {
        let [across, down] = [self.across, self.down].map(|it| &self.view.sweep.axes[it].path);
        let head = &self.figure.head;
        Part {
            id: format!("fig-surface-{number}"),
            heading: head.clone(),
            title: format!("{head} by {across} and {down}"),
            desc: format!(
                "A map of cells, {across} to the right, {down} downwards: the darker (on a dark \
                 page, the brighter), the more. The table holds each value."
            ),
            drawings: vec![self.draw(Size::Wide), self.draw(Size::Narrow)],
            summary: format!("{head} as a table"),
            table: self.table(),
        }
    }

    /// Whether some values are left out of the picture.
    pub(super) fn thinned(&self) -> bool {
        let axes = &self.view.sweep.axes;
        self.columns.len() < axes[self.across].values.len()
            || self.rows.len() < axes[self.down].values.len()
    }

    /// Paths of the axes to the right and downwards.
    pub(super) fn paths(&self) -> (&str, &str) {
        let axes = &self.view.sweep.axes;
        (&axes[self.across].path, &axes[self.down].path)
    }

    fn name(&self, axis: usize, value: usize) -> &str {
        label(&self.view.sweep.axes[axis], value)
    }

    fn value(&self, row: usize, column: usize) -> Option<f64> {
        self.points[row][column]?.mean(&self.figure.name)
    }

    fn draw(&self, size: Size) -> Drawing {
        let narrow = size == Size::Narrow;
        let (down, across) = (self.down, self.across);
        let names = self.rows.iter().map(|&it| self.name(down, it));
        let widest = names.map(|it| text_width(it, false)).fold(0.0, f64::max);
        let axis = text_width(&self.view.sweep.axes[down].path, true);
        let left = widest.max(axis).min(if narrow { 110.0 } else { 210.0 }) + 18.0;
        let width = (size.width() - left) / self.columns.len() as f64;
        let keys = self.key(size);
        let top = 18.0 * keys.len() as f64 + 56.0;
        let height = top + ROW * self.rows.len() as f64 + 4.0;
        let body = Canvas::draw(size, height, |canvas| {
            for (i, line) in keys.iter().enumerate() {
                let y = 4.0 + 18.0 * i as f64;
                for (x, shade, text) in line {
                    let fill = Ink::Bar(Fill::Heat(*shade));
                    canvas.rect((*x, y), (x + 10.0, y + 10.0), fill);
                    canvas.text(text, x + 15.0, y + 9.5, Anchor::Start, Ink::Words);
                }
            }
            let path = &self.view.sweep.axes[across].path;
            // A long one needs the whole width.
            let whole = text_width(path, true) > size.width() - left - 30.0;
            let path = cut(path, size.width() - 30.0, true);
            let x = if whole { 0.0 } else { left };
            canvas.bold(&path, x, top - 26.0, Anchor::Start, Ink::Words);
            let path = cut(&self.view.sweep.axes[down].path, left - 18.0, true);
            canvas.bold(&path, 0.0, top - 8.0, Anchor::Start, Ink::Words);
            self.column_names(canvas, left, width, top - 8.0);
            for (row, &value) in self.rows.iter().enumerate() {
                let y = top + ROW * row as f64;
                let name = cut(self.name(down, value), left - 10.0, false);
                canvas.text(&name, 0.0, y + 18.0, Anchor::Start, Ink::Words);
                for column in 0..self.columns.len() {
                    let x = left + width * column as f64;
                    self.cell(canvas, (row, column), (x, y), width);
                }
            }
            self.border(canvas, left, top, width);
            self.mark(canvas, left, top, width);
        });
        Drawing {
            size,
            height,
            body,
            readout: None,
        }
    }

    /// Names of columns, as many as find room.
    fn column_names(&self, canvas: &Canvas<'_>, left: f64, width: f64, y: f64) {
        let name = |it: usize| self.name(self.across, self.columns[it]);
        let all = 0..self.columns.len();
        let widest = all.clone().map(|it| text_width(name(it), false));
        let widest = widest.fold(0.0, f64::max) + 8.0;
        let mut each = 1;
        while each < self.columns.len() && (width * each as f64) < widest.min(120.0) {
            each += 1;
        }
        for column in all.step_by(each) {
            let room =
                (width * each as f64 - 4.0).min(width * (self.columns.len() - column) as f64);
            let name = cut(name(column), room, false);
            let x = left + width * column as f64;
            canvas.text(&name, x, y, Anchor::Start, Ink::Ticks);
        }
    }

    fn cell(
        &self,
        canvas: &Canvas<'_>,
        (row, column): (usize, usize),
        (x, y): (f64, f64),
        width: f64,
    ) {
        let gap = if width > 4.0 { 1.0 } else { 0.0 };
        let Some(value) = self.value(row, column) else {
            // Nothing was measured here: nothing is drawn.
            return;
        };
        let step = self.steps.of(value);
        let fill = Ink::Bar(Fill::Heat(SHADES[step]));
        canvas.rect((x, y), (x + width - gap, y + ROW - 1.0), fill);
        let text = in_unit(value, self.figure.unit);
        if text_width(&text, false) + 6.0 <= width {
            let ink = if step == SHADES.len() - 1 {
                Ink::WordsOnDark
            } else {
                Ink::Words
            };
            let middle = x + (width - gap) / 2.0;
            canvas.text(&text, middle, y + 18.0, Anchor::Middle, ink);
        }
    }

    /// The line between points at which every expectation holds and others.
    fn border(&self, canvas: &Canvas<'_>, left: f64, top: f64, width: f64) {
        if !self.view.expects() {
            return;
        }
        let holds = |row: usize, column: usize| {
            let point = self.points.get(row)?.get(column).copied()??;
            Some(point.holds() && point.refusals.is_empty())
        };
        let mut sides = Vec::new();
        let part = |a: Option<bool>, b: Option<bool>| a.is_some() && b.is_some() && a != b;
        for row in 0..self.rows.len() {
            for column in 0..self.columns.len() {
                let here = holds(row, column);
                let (x, y) = (
                    left + width * (column + 1) as f64 - 0.5,
                    top + ROW * (row + 1) as f64 - 0.5,
                );
                if part(here, holds(row, column + 1)) {
                    sides.push([(x, y - ROW), (x, y)]);
                }
                if part(here, holds(row + 1, column)) {
                    sides.push([(x - width, y), (x, y)]);
                }
            }
        }
        // On dark cells the line alone would not be seen.
        for ink in [Ink::Under, Ink::Quota] {
            for side in &sides {
                canvas.line(side, ink);
            }
        }
    }

    /// Outlines the chosen point.
    fn mark(&self, canvas: &Canvas<'_>, left: f64, top: f64, width: f64) {
        let Some(chosen) = self.view.chosen else {
            return;
        };
        let is_it = |it: Option<&SweepPoint>| it.is_some_and(|it| it.number == chosen.number);
        for (row, points) in self.points.iter().enumerate() {
            let Some(column) = points.iter().position(|it| is_it(*it)) else {
                continue;
            };
            let (x, y) = (
                left + width * column as f64 + 1.0,
                top + ROW * row as f64 + 1.0,
            );
            let (to_x, to_y) = (x + width - 3.0, y + ROW - 3.0);
            let corners = [(x, y), (to_x, y), (to_x, to_y), (x, to_y), (x, y)];
            canvas.line(&corners, Ink::Under);
            canvas.line(&corners, Ink::First);
        }
    }

    /// The key, in lines: place, shade and words.
    fn key(&self, size: Size) -> Vec<Vec<(f64, u8, String)>> {
        let mut lines = vec![Vec::new()];
        let mut x = 0.0;
        for (step, shade) in SHADES.iter().enumerate() {
            let (from, to) = self.steps.ends(step);
            let text = format!(
                "{} to {}",
                in_unit(from, self.figure.unit),
                in_unit(to, self.figure.unit)
            );
            let wide = 15.0 + text_width(&text, false) + 16.0;
            if x + wide > size.width() + 16.0 && x > 0.0 {
                lines.push(Vec::new());
                x = 0.0;
            }
            if let Some(line) = lines.last_mut() {
                line.push((x, *shade, text));
            }
            x += wide;
            if self.steps.least >= self.steps.most {
                break;
            }
        }
        lines
    }

    fn table(&self) -> Table {
        let mut heads = vec![self.view.sweep.axes[self.down].path.as_str()];
        heads.extend(self.columns.iter().map(|&it| self.name(self.across, it)));
        let mut table = Table::new(&heads);
        for (row, &value) in self.rows.iter().enumerate() {
            let cells = (0..self.columns.len()).map(|column| {
                let value = self.value(row, column);
                Cell::optional(value, |it| in_unit(it, self.figure.unit))
            });
            table.row(self.name(self.down, value), cells.collect());
        }
        let thinned = if self.thinned() {
            " Of the values, some are shown; result.csv has all of them."
        } else {
            ""
        };
        let axes = &self.view.sweep.axes;
        table.noted(format!(
            "Columns: {}. Means over replications.{thinned}",
            axes[self.across].path
        ))
    }
}

impl Steps {
    /// Number of the shade of a value.
    fn of(&self, value: f64) -> usize {
        let (from, to, at) = if self.is_log {
            let log = libm::log10;
            (log(self.least), log(self.most), log(value.max(self.least)))
        } else {
            (self.least, self.most, value)
        };
        let share = if to > from {
            (at - from) / (to - from)
        } else {
            0.0
        };
        let mut step = 0;
        // A value at the end of a step belongs to the lower one.
        while step + 1 < SHADES.len() && share > (step + 1) as f64 / SHADES.len() as f64 {
            step += 1;
        }
        step
    }

    /// Values at which a step begins and ends.
    fn ends(&self, step: usize) -> (f64, f64) {
        let at = |share: f64| {
            if self.is_log {
                self.least * libm::pow(self.most / self.least, share)
            } else {
                self.least + (self.most - self.least) * share
            }
        };
        let count = SHADES.len() as f64;
        (at(step as f64 / count), at((step + 1) as f64 / count))
    }
}

#[cfg(test)]
mod tests {
    use super::{SHADES, Steps};

    // Goal: every value has a shade between whose ends it lies, linear or by factors.
    // Method: values over both kinds of steps, the ends among them; and a range of one value.
    #[test]
    fn values_lie_between_the_ends_of_their_shade() {
        for is_log in [false, true] {
            let steps = Steps {
                is_log,
                least: 0.01,
                most: 3.0,
            };
            let mut value = 0.01;
            while value <= 3.0 {
                let (from, to) = steps.ends(steps.of(value));
                assert!(value >= from * 0.999_999 && value <= to * 1.000_001);
                value *= 1.07;
            }
            assert_eq!(steps.of(0.01), 0);
            assert_eq!(steps.of(3.0), SHADES.len() - 1);
        }
        let one = Steps {
            is_log: false,
            least: 2.0,
            most: 2.0,
        };
        assert_eq!(one.of(2.0), 0);
    }
}
