//! What each assumption moves, one at a time: bars to both sides of today.
use crate::draw::{Anchor, Canvas, Drawing, Fill, Ink, Size, cut, text_width};
use keystorm_record::Better;

/// Rows of bars around today's value.
pub(super) struct Tornado {
    /// The largest first.
    pub(super) rows: Vec<Spread>,
    /// Today's value, as shown.
    pub(super) zero: String,
    /// Which direction is better.
    pub(super) better: Option<Better>,
    /// A difference as shown, with its sign.
    pub(super) show: fn(f64) -> String,
}

/// A row: what the lower and the upper end move, and what these ends are.
pub(super) struct Spread {
    pub(super) name: String,
    pub(super) ends: [(f64, String); 2],
}

const ROW: f64 = 44.0;
const NARROW_ROW: f64 = 66.0;
const TOP: f64 = 30.0;
const BAR: f64 = 14.0;

impl Tornado {
    pub(super) fn draw(&self, size: Size) -> Drawing {
        let (left, row) = match size {
            Size::Wide => (330.0, ROW),
            Size::Narrow => (0.0, NARROW_ROW),
        };
        let height = TOP + row * self.rows.len() as f64 + 8.0;
        let body = Canvas::draw(size, height, |canvas| {
            self.content(canvas, size, left, row);
        });
        Drawing {
            size,
            height,
            body,
            readout: None,
        }
    }

    fn content(&self, canvas: &Canvas<'_>, size: Size, left: f64, row: f64) {
        let width = size.width();
        let label = |(delta, value): &(f64, String)| format!("{} at {value}", (self.show)(*delta));
        let (zero, per_unit) = self.scale(left, width, &label);
        let bottom = TOP + row * self.rows.len() as f64;
        let half = text_width(&self.zero, true) / 2.0;
        let at = zero.clamp(left + half, width - half);
        canvas.bold(&self.zero, at, 14.0, Anchor::Middle, Ink::Words);
        for (i, spread) in self.rows.iter().enumerate() {
            let y = TOP + row * i as f64;
            canvas.line(&[(0.0, y), (width, y)], Ink::Grid);
            let (name_y, bar_y, room) = match size {
                Size::Wide => (y + 26.0, y + 15.0, left - 18.0),
                Size::Narrow => (y + 18.0, y + 27.0, width),
            };
            let name = cut(&spread.name, room, false);
            canvas.text(&name, 0.0, name_y, Anchor::Start, Ink::Words);
            self.bars(canvas, spread, (zero, per_unit), bar_y, size, &label);
        }
        canvas.line(&[(zero, TOP - 8.0), (zero, bottom)], Ink::AxisFaint);
    }

    fn bars(
        &self,
        canvas: &Canvas<'_>,
        spread: &Spread,
        (zero, per_unit): (f64, f64),
        y: f64,
        size: Size,
        label: &dyn Fn(&(f64, String)) -> String,
    ) {
        for (side, end) in spread.ends.iter().enumerate() {
            let delta = end.0;
            let x = zero + delta * per_unit;
            if (x - zero).abs() < 0.25 {
                continue;
            }
            let fill = match (self.better, delta > 0.0) {
                (Some(Better::Lower), true) | (Some(Better::Higher), false) => Fill::Red,
                (Some(_), _) => Fill::Blue,
                (None, _) => Fill::Slate,
            };
            canvas.rect((zero.min(x), y), (zero.max(x), y + BAR), Ink::Bar(fill));
            // Two ends on the same side: the longer one says it, the shorter stands in the table.
            let other = spread.ends[1 - side].0;
            if other * delta > 0.0 && other.abs() > delta.abs() {
                continue;
            }
            let text = label(end);
            if size == Size::Narrow {
                let (at, anchor) = if delta > 0.0 {
                    (size.width(), Anchor::End)
                } else {
                    (0.0, Anchor::Start)
                };
                canvas.text(&text, at, y + BAR + 15.0, anchor, Ink::Ticks);
            } else if delta > 0.0 {
                canvas.text(&text, x + 8.0, y + 11.5, Anchor::Start, Ink::WordsHalo);
            } else {
                canvas.text(&text, x - 8.0, y + 11.5, Anchor::End, Ink::WordsHalo);
            }
        }
    }

    /// Place of zero, and pixels per unit: so that bars and labels fit on both sides.
    fn scale(&self, left: f64, width: f64, label: &dyn Fn(&(f64, String)) -> String) -> (f64, f64) {
        let ends = || self.rows.iter().flat_map(|it| &it.ends);
        let below = ends().map(|it| -it.0).fold(0.0, f64::max);
        let above = ends().map(|it| it.0).fold(0.0, f64::max);
        let wide = left > 0.0;
        let room = |positive: bool| {
            let side = ends().filter(|it| it.0 != 0.0 && (it.0 > 0.0) == positive);
            let widest = side.map(|it| text_width(&label(it), false) + 10.0);
            if wide {
                widest.fold(4.0, f64::max)
            } else {
                4.0
            }
        };
        let (before, behind) = (room(false), room(true));
        let free = (width - left - before - behind).max(40.0);
        let per_unit = free / (below + above).max(f64::MIN_POSITIVE);
        (left + before + below * per_unit, per_unit)
    }
}
