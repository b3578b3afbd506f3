//! The time axis of figures over time.
use crate::clock::Clock;
use crate::draw::{Anchor, Canvas, Ink, clock_ticks, text_width};

/// Least distance of two labels \[px\].
const GAP: f64 = 14.0;

/// A time axis: its clock, its seconds, and where they lie \[px\].
#[derive(Clone, Copy, Debug)]
pub(super) struct TimeAxis {
    pub(super) clock: Clock,
    pub(super) seconds: usize,
    pub(super) left: f64,
    pub(super) right: f64,
}

/// A label's place.
struct Label {
    x: f64,
    text: String,
    anchor: Anchor,
    /// Left and right end.
    ends: (f64, f64),
}

impl TimeAxis {
    /// Pixel of a second.
    pub(super) fn x(&self, second: f64) -> f64 {
        self.left + (self.right - self.left) * second / (self.seconds.max(1)) as f64
    }

    /// Draws ticks and labels under a base line at `y`, with at most so many of them and only as
    /// many as stand apart.
    pub(super) fn draw(&self, canvas: &Canvas<'_>, most: u64, y: f64) {
        let apart = |labels: &[Label]| {
            let gap = |pair: &[Label]| pair[1].ends.0 - pair[0].ends.1;
            labels.windows(2).all(|pair| gap(pair) >= GAP)
        };
        let tries = (1..=most).rev().map(|count| self.labels(count));
        let found = tries.into_iter().find(|labels| apart(labels));
        for label in found.unwrap_or_default() {
            canvas.line(&[(label.x, y), (label.x, y + 4.0)], Ink::Axis);
            let x = match label.anchor {
                Anchor::Start => label.ends.0,
                Anchor::End => label.ends.1,
                Anchor::Middle => label.x,
            };
            canvas.text(&label.text, x, y + 18.0, label.anchor, Ink::Ticks);
        }
    }

    fn labels(&self, most: u64) -> Vec<Label> {
        let start = self.clock.second_of_day(0);
        let ticks = clock_ticks(start, self.seconds as u64, most);
        let label = |second: u64| {
            let x = self.x(second as f64);
            let text = self.clock.at(second);
            let width = text_width(&text, false);
            // Labels at the ends are moved inward.
            let (anchor, from) = if x - width / 2.0 < self.left {
                (Anchor::Start, x)
            } else if x + width / 2.0 > self.right {
                (Anchor::End, x - width)
            } else {
                (Anchor::Middle, x - width / 2.0)
            };
            Label {
                x,
                text,
                anchor,
                ends: (from, from + width),
            }
        };
        ticks.into_iter().map(label).collect()
    }
}
