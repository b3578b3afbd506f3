//! Lines over time: panels one below the other, with the same time axis.
use super::time_axis::TimeAxis;
use crate::clock::Clock;
use crate::draw::{
    Anchor, Canvas, Drawing, Hue, Ink, Panel, Readout, Size, cut, spread, text_width, ticks,
};
use crate::number::{grouped, rate};

/// Lines over time.
#[derive(Clone, Debug)]
pub(super) struct Timeline {
    pub(super) clock: Clock,
    /// Seconds of the run.
    pub(super) seconds: usize,
    /// Intervals with a tint through all panels: first second, end.
    pub(super) bands: Vec<(usize, usize)>,
    /// Panels from top to bottom.
    pub(super) strips: Vec<Strip>,
}

/// A panel of lines.
#[derive(Clone, Debug)]
pub(super) struct Strip {
    /// Its title with the unit; empty if the figure's line says it.
    pub(super) title: String,
    /// Value at the bottom: 0, or 1 for multiples.
    pub(super) base: f64,
    /// Height of the wide drawing's panel \[px\].
    pub(super) height: f64,
    /// Area below the first line: filled with this, up to the second line with the other.
    pub(super) areas: Vec<(Vec<(f64, f64)>, Ink)>,
    /// Lines, the first one on top.
    pub(super) lines: Vec<Line>,
    /// A threshold and its name.
    pub(super) threshold: Option<(f64, String)>,
}

/// A line with its name.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Stands at its right end.
    pub(super) name: String,
    /// Stands beside the name.
    pub(super) value: String,
    pub(super) ink: Ink,
    pub(super) hue: Option<Hue>,
    /// Second, value.
    pub(super) points: Vec<(f64, f64)>,
}

/// Between panels, titles included \[px\].
const GAP: f64 = 58.0;
/// Distance \[px\] below which two lines coincide.
const COINCIDE_PX: f64 = 2.5;
/// Row of the key above the narrow drawing \[px\].
const KEY_ROW: f64 = 20.0;

impl Timeline {
    /// Names of the lines, where all panels have the same ones.
    fn series(&self) -> Vec<String> {
        let lines = self.strips.first().map_or(&[][..], |strip| &strip.lines);
        lines.iter().map(|line| line.name.clone()).collect()
    }

    pub(super) fn draw(&self, size: Size) -> Drawing {
        let narrow = size == Size::Narrow;
        let keys = |strip: &Strip| {
            if narrow {
                strip.lines.len() as f64 * KEY_ROW
            } else {
                0.0
            }
        };
        // Tops and bottoms of the panels.
        let mut places = Vec::new();
        let mut y = 8.0;
        for strip in &self.strips {
            let top = y + keys(strip) + if strip.title.is_empty() { 6.0 } else { 26.0 };
            let height = if narrow {
                strip.height.min(150.0)
            } else {
                strip.height
            };
            places.push((top, top + height));
            y = top + height + GAP - 26.0;
        }
        let labels = self
            .strips
            .iter()
            .flat_map(Strip::ticks)
            .map(|v| label(v, 0.0));
        let left = labels
            .map(|text| text_width(&text, true))
            .fold(28.0, f64::max)
            + 8.0;
        let right = if narrow { 348.0 } else { 690.0 };
        let bottom = places.last().map_or(0.0, |place| place.1);
        let height = bottom + 24.0;
        let axis = TimeAxis {
            clock: self.clock,
            seconds: self.seconds,
            left,
            right,
        };
        let top = places.first().map_or(0.0, |place| place.0);
        let body = Canvas::draw(size, height, |canvas| {
            for &(from, to) in &self.bands {
                let (from, to) = (axis.x(from as f64), axis.x(to as f64));
                canvas.rect((from, top), (to, bottom), Ink::Band);
            }
            for (strip, &(top, bottom)) in self.strips.iter().zip(&places) {
                strip.draw(canvas, size, &axis, (top, bottom));
            }
            axis.draw(canvas, if narrow { 4 } else { 8 }, bottom);
            canvas.line(&[(0.0, top), (0.0, bottom)], Ink::Cursor);
        });
        let readout = Some(Readout {
            x: (left, right),
            series: self.series(),
            ..Readout::default()
        });
        Drawing {
            size,
            height,
            body,
            readout,
        }
    }
}

impl Strip {
    fn most(&self) -> f64 {
        let lines = self
            .lines
            .iter()
            .flat_map(|line| line.points.iter().map(|p| p.1));
        let threshold = self.threshold.iter().map(|it| it.0 * 1.05);
        lines.chain(threshold).fold(self.base, f64::max)
    }

    fn ticks(&self) -> Vec<f64> {
        let ticks = ticks(self.most() - self.base);
        ticks.into_iter().map(|tick| tick + self.base).collect()
    }

    fn draw(&self, canvas: &Canvas<'_>, size: Size, axis: &TimeAxis, (top, bottom): (f64, f64)) {
        let ticks = self.ticks();
        let y_max = ticks.last().copied().unwrap_or(1.0);
        let x_max = axis.seconds.max(1) as f64;
        let (left, right) = (axis.left, axis.right);
        let panel = canvas.panel(0.0..x_max, self.base..y_max, left..right, top..bottom);
        let narrow = size == Size::Narrow;
        let title = top
            - 12.0
            - if narrow {
                self.lines.len() as f64 * KEY_ROW
            } else {
                0.0
            };
        canvas.bold(&self.title, 0.0, title, Anchor::Start, Ink::Words);
        for &tick in &ticks {
            let y = panel.place(0.0, tick).1;
            let near = |it: &(f64, String)| (panel.place(0.0, it.0).1 - y).abs() < 13.0;
            if tick > self.base {
                canvas.line(&[(left, y), (right, y)], Ink::Grid);
            }
            if !self.threshold.as_ref().is_some_and(near) {
                let text = label(tick, ticks[1] - ticks[0]);
                canvas.text(&text, left - 8.0, y + 4.0, Anchor::End, Ink::Ticks);
            }
        }
        for (corners, ink) in &self.areas {
            panel.area(corners.clone(), *ink);
        }
        // A line that mostly lies on one before it is drawn on top of that, dashed.
        let unit = (bottom - top) / (y_max - self.base);
        let inks: Vec<Ink> = (0..self.lines.len()).map(|i| self.ink(i, unit)).collect();
        for dashed in [false, true] {
            for (line, ink) in self.lines.iter().zip(&inks).rev() {
                if (*ink != line.ink) == dashed {
                    let number = self.lines.iter().position(|it| it.name == line.name);
                    canvas.series(number.unwrap_or(0), || panel.line(&line.points, *ink));
                }
            }
        }
        panel.line(&[(0.0, self.base), (x_max, self.base)], Ink::Axis);
        if let Some((value, name)) = &self.threshold {
            let (_, y) = panel.place(0.0, *value);
            panel.line(&[(0.0, *value), (x_max, *value)], Ink::Quota);
            let text = label(*value, 0.0);
            canvas.bold(&text, left - 8.0, y + 4.0, Anchor::End, Ink::Words);
            canvas.bold(name, left + 6.0, y - 7.0, Anchor::Start, Ink::WordsHalo);
        }
        if narrow {
            self.key(canvas, &inks, title + 18.0);
        } else {
            self.names(canvas, &panel, right, (top, bottom));
        }
    }

    /// The ink of a line, if a unit of its axis has so many pixels.
    fn ink(&self, index: usize, unit: f64) -> Ink {
        let line = &self.lines[index];
        let hides = |other: &Line| {
            let off_base = |p: &&(f64, f64)| (p.1 - self.base) * unit > COINCIDE_PX;
            let pairs = line.points.iter().zip(&other.points);
            let pairs: Vec<_> = pairs.filter(|(p, _)| off_base(p)).collect();
            let near = |(a, b): &&(&(f64, f64), &(f64, f64))| {
                (a.1 - b.1).abs() * unit < COINCIDE_PX && (a.0 - b.0).abs() < 1e-9
            };
            2 * pairs.iter().filter(near).count() > pairs.len()
        };
        if self.lines[..index].iter().any(hides) {
            line.ink.dashed()
        } else {
            line.ink
        }
    }

    /// Names and values at the lines' right ends.
    fn names(&self, canvas: &Canvas<'_>, panel: &Panel<'_>, right: f64, (top, bottom): (f64, f64)) {
        let end = |line: &Line| {
            line.points
                .last()
                .map_or(bottom, |p| panel.place(p.0, p.1).1)
        };
        let wishes: Vec<f64> = self.lines.iter().map(|line| end(line) + 4.0).collect();
        let places = spread(&wishes, 16.0, top + 4.0, bottom + 4.0);
        let width = Size::Wide.width();
        for ((i, line), y) in self.lines.iter().enumerate().zip(places) {
            let room = width - right - 22.0 - text_width(&line.value, false);
            let name = cut(&line.name, room, true);
            canvas.series(i, || {
                canvas.bold(&name, right + 10.0, y, Anchor::Start, line.words());
                canvas.text(&line.value, width, y, Anchor::End, line.words());
            });
        }
    }

    /// On a phone they stand above, with a piece of their line.
    fn key(&self, canvas: &Canvas<'_>, inks: &[Ink], top: f64) {
        let width = Size::Narrow.width();
        for (i, line) in self.lines.iter().enumerate() {
            let y = top + KEY_ROW * i as f64;
            let room = width - 38.0 - text_width(&line.value, false);
            let name = cut(&line.name, room, true);
            canvas.series(i, || {
                canvas.line(&[(0.0, y - 4.0), (22.0, y - 4.0)], inks[i]);
                canvas.bold(&name, 30.0, y, Anchor::Start, line.words());
                canvas.text(&line.value, width, y, Anchor::End, line.words());
            });
        }
    }
}

impl Line {
    fn words(&self) -> Ink {
        self.hue.map_or(Ink::Words, Ink::Hued)
    }
}

/// A value of an axis with steps of that size.
fn label(value: f64, step: f64) -> String {
    if step > 0.0 && step < 1.0 {
        grouped(value, if step < 0.1 { 2 } else { 1 })
    } else if value >= 10.0 || step >= 1.0 {
        grouped(value, 0)
    } else {
        rate(value)
    }
}
