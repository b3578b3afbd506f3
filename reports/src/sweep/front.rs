//! Cost against p99: the points that no other one beats in both.
use super::scale::Scale;
use super::{View, evenly};
use crate::draw::{Anchor, Canvas, Drawing, Hue, Ink, Size, text_width};
use crate::figures::{Figure, Part};
use crate::number::{grouped, in_words};
use crate::table::{Cell, Table};
use crate::text::{Text, capital};
use crate::verdict::in_unit;
use keystorm_record::{SweepPoint, Unit};
use std::collections::BTreeSet;

/// Most points of the front that are listed.
const LISTED: usize = 40;
/// Most that have their number in the picture.
const NUMBERED: usize = 12;
/// Dots closer than this are drawn once \[px\].
const GRAIN: f64 = 4.0;
const TOP: f64 = 22.0;
const HEIGHT: f64 = 320.0;
const BELOW: f64 = 44.0;

/// The front and where it lies.
struct Front<'a> {
    view: &'a View<'a>,
    /// Metrics of both directions.
    cost: &'static str,
    tail: &'a str,
    /// All points of the front, the cheapest first.
    all: Vec<&'a SweepPoint>,
    /// Places in `all` of those that are listed.
    listed: Vec<usize>,
}

pub(super) fn figure(view: &View<'_>) -> Option<Figure> {
    let tail = view.tail()?;
    let cost = view.figure(view.cost())?;
    if view.sweep.points.len() < 2 {
        return None;
    }
    let all = view.sweep.front(view.cost(), &tail.name);
    let listed = evenly(all.len(), LISTED);
    let front = Front {
        view,
        cost: view.cost(),
        tail: &tail.name,
        all,
        listed,
    };
    let (first, last) = (front.all.first()?, front.all.last()?);
    let value = |point: &SweepPoint, name: &str, unit| {
        point
            .mean(name)
            .map_or_else(String::new, |it| in_unit(it, unit))
    };
    let [cheap, dear] = [first, last].map(|it| value(it, front.cost, cost.unit));
    let [slow, quick] = [first, last].map(|it| value(it, front.tail, tail.unit));
    let headline = if front.all.len() == 1 {
        format!(
            "One point is both the cheapest and the quickest: {cheap} {}, {}",
            view.each(),
            slow
        )
    } else {
        format!(
            "{} points are worth choosing from: {cheap} to {dear} {} buys {slow} to {quick}",
            capital(&counted(front.all.len())),
            view.each(),
        )
    };
    Some(Figure {
        id: "fig-front",
        number: 0,
        word: "Front",
        subject: "Cost against p99".into(),
        note: "Further left is cheaper, further down is quicker. Grey dots are beaten in both by \
               some other one."
            .into(),
        headline,
        lede: format!(
            "{} {} to the right, {} upwards{}.",
            "US dollars",
            view.each(),
            tail.noun,
            if front.scales().1.is_log {
                ", logarithmic"
            } else {
                ""
            }
        ),
        parts: vec![Part {
            id: "fig-front-1".into(),
            heading: String::new(),
            title: format!("Cost {} against {}", view.each(), tail.noun),
            desc:
                "A dot for each point; those that no other one beats in both are blue and joined \
                   by a line. The table holds them."
                    .into(),
            drawings: vec![front.draw(Size::Wide), front.draw(Size::Narrow)],
            summary: "Points worth choosing from as a table".into(),
            table: front.table(),
        }],
        caption: front.caption(),
    })
}

fn counted(count: usize) -> String {
    if count < 10 {
        in_words(count)
    } else {
        grouped(count as f64, 0)
    }
}

impl Front<'_> {
    fn scales(&self) -> (Scale, Scale) {
        let of = |name: &str| self.view.figure(name).map_or((0.0, 1.0), |it| it.range);
        (
            Scale::tight(of(self.cost), Unit::Usd),
            Scale::tight(of(self.tail), Unit::Seconds),
        )
    }

    /// Cost and p99 of a point.
    fn values(&self, point: &SweepPoint) -> Option<(f64, f64)> {
        Some((point.mean(self.cost)?, point.mean(self.tail)?))
    }

    fn draw(&self, size: Size) -> Drawing {
        let (across, up) = self.scales();
        let labels = up.ticks.iter().map(|it| text_width(&it.1, false));
        let left = labels.fold(0.0, f64::max) + 10.0;
        let (from, to) = (left + 8.0, size.width() - 10.0);
        let bottom = TOP + HEIGHT;
        let at = |point: &SweepPoint| {
            let (cost, tail) = self.values(point)?;
            Some((
                from + (to - from) * across.at(cost),
                bottom - HEIGHT * up.at(tail),
            ))
        };
        let body = Canvas::draw(size, bottom + BELOW, |canvas| {
            for (value, text) in &up.ticks {
                let y = bottom - HEIGHT * up.at(*value);
                canvas.line(&[(left, y), (size.width(), y)], Ink::Grid);
                canvas.text(text, left - 8.0, y + 4.0, Anchor::End, Ink::Ticks);
            }
            canvas.line(&[(left, bottom), (size.width(), bottom)], Ink::Axis);
            let mut taken = f64::MIN;
            for (value, text) in &across.ticks {
                let x = from + (to - from) * across.at(*value);
                canvas.line(&[(x, bottom), (x, bottom + 4.0)], Ink::Axis);
                let half = text_width(text, false) / 2.0;
                let x = x.max(half).min(size.width() - half);
                if x - half > taken {
                    canvas.text(text, x, bottom + 18.0, Anchor::Middle, Ink::Ticks);
                    taken = x + half + 8.0;
                }
            }
            let words = format!("cost {}", self.view.each());
            let middle = f64::midpoint(from, to);
            canvas.bold(&words, middle, bottom + 38.0, Anchor::Middle, Ink::Words);
            let mut drawn = BTreeSet::new();
            for (x, y) in self.view.sweep.points.iter().filter_map(at) {
                if drawn.insert(grain(x, y)) {
                    canvas.dot((x, y), 2.5, Ink::Faint);
                }
            }
            self.draw_front(canvas, &at, size);
        });
        Drawing {
            size,
            height: bottom + BELOW,
            body,
            readout: None,
        }
    }

    fn draw_front(
        &self,
        canvas: &Canvas<'_>,
        at: &dyn Fn(&SweepPoint) -> Option<(f64, f64)>,
        size: Size,
    ) {
        // Steps: between two points nothing is known to be better than the cheaper one.
        let mut steps: Vec<(f64, f64)> = Vec::new();
        for (x, y) in self.all.iter().filter_map(|it| at(it)) {
            if let Some(&(_, before)) = steps.last() {
                steps.push((x, before));
            }
            steps.push((x, y));
        }
        if steps.len() > 1 {
            canvas.line(&steps, Ink::Admitted);
        }
        let mut drawn = BTreeSet::new();
        for point in &self.all {
            let Some((x, y)) = at(point) else { continue };
            if !drawn.insert(grain(x, y)) {
                continue;
            }
            if point.holds() {
                canvas.dot((x, y), 4.5, Ink::Disc(Hue::Blue));
            } else {
                canvas.dot((x, y), 4.0, Ink::Hollow);
            }
        }
        let mut taken: Vec<(f64, f64)> = Vec::new();
        for number in evenly(self.listed.len(), NUMBERED) {
            let Some((x, y)) = at(self.all[self.listed[number]]) else {
                continue;
            };
            let near = |it: &(f64, f64)| (it.0 - x).abs() < 18.0 && (it.1 - y).abs() < 16.0;
            if taken.iter().any(near) {
                continue;
            }
            taken.push((x, y));
            let text = (number + 1).to_string();
            let (x, anchor) = if x > size.width() - 24.0 {
                (x - 8.0, Anchor::End)
            } else {
                (x + 7.0, Anchor::Start)
            };
            canvas.bold(&text, x, y - 7.0, anchor, Ink::WordsHalo);
        }
    }

    fn caption(&self) -> Text {
        let breached = self.all.iter().filter(|it| !it.holds()).count();
        let mut words = "Numbers are rows of the table.".to_owned();
        if breached > 0 {
            words.push_str(" At hollow dots an expectation is breached.");
        }
        let refused = self.view.sweep.points.iter();
        let refused = refused.filter(|it| !it.refusals.is_empty()).count();
        if refused > 0 {
            words.push_str(" Points at which S3 refuses all requests of an operation (");
            words.push_str(&grouped(refused as f64, 0));
            words.push_str(") are not on the line.");
        }
        Text::new(words)
    }

    fn table(&self) -> Table {
        let expects = self.view.expects();
        let figures: Vec<_> = self
            .view
            .figures
            .iter()
            .filter(|it| it.name != self.cost && it.name != self.tail && it.varies())
            .take(3)
            .collect();
        let cost = self
            .view
            .figure(self.cost)
            .map_or("Cost", |it| it.head.as_str());
        let tail = self
            .view
            .figure(self.tail)
            .map_or("p99", |it| it.head.as_str());
        let mut heads = vec!["Point", cost, tail];
        heads.extend(figures.iter().map(|it| it.head.as_str()));
        if expects {
            heads.push("Expectations");
        }
        let mut table = Table::new(&heads);
        for (number, &place) in self.listed.iter().enumerate() {
            let point = self.all[place];
            let estimate = |name: &str, unit| {
                let Some(it) = point.metrics.get(name) else {
                    return Cell::nothing();
                };
                Cell {
                    interval: super::words::interval(it, unit),
                    ..Cell::number(it.mean, in_unit(it.mean, unit))
                }
            };
            let mut cells = vec![
                estimate(self.cost, Unit::Usd),
                estimate(self.tail, Unit::Seconds),
            ];
            cells.extend(figures.iter().map(|it| estimate(&it.name, it.unit)));
            if expects {
                let holds = point.holds();
                let words = if holds { "hold" } else { "breached" };
                cells.push(Cell::words(words).marked(!holds));
            }
            table.row(format!("{}. {}", number + 1, point.name), cells);
        }
        let more = self.all.len() - self.listed.len();
        let left_out = if more > 0 {
            format!(" {} more lie between them.", grouped(more as f64, 0))
        } else {
            String::new()
        };
        table.noted(format!(
            "The cheapest first, each with its 95 % interval.{left_out}"
        ))
    }
}

/// A cell of the drawing in which one dot is enough.
#[allow(
    clippy::cast_possible_truncation,
    reason = "drawings are a few hundred pixels"
)]
fn grain(x: f64, y: f64) -> (i32, i32) {
    ((x / GRAIN).round() as i32, (y / GRAIN).round() as i32)
}
