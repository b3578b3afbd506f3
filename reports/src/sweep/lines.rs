//! A figure along one setting: dots with intervals, and a line where the setting is a number.
use super::scale::Scale;
use super::{Shown, View, evenly, label};
use crate::draw::{Anchor, Canvas, Drawing, Hue, Ink, Size, cut, text_width};
use crate::figures::Part;
use crate::table::{Cell, Table};
use crate::verdict::in_unit;
use keystorm_record::SweepPoint;

/// Most values that are drawn; of more, evenly so many.
const VALUES_MAX: usize = 60;
const TOP: f64 = 16.0;
const HEIGHT: f64 = 210.0;
const BELOW: f64 = 44.0;
/// From this ratio of the most to the least on, an axis of numbers is logarithmic.
const LOG_FROM: f64 = 10.0;

/// A figure along an axis.
pub(super) struct Line<'a> {
    view: &'a View<'a>,
    figure: &'a Shown,
    axis: usize,
    /// Numbers of values that are drawn, their place from 0 to 1, and their points.
    points: Vec<(usize, f64, Option<&'a SweepPoint>)>,
}

impl<'a> Line<'a> {
    pub(super) fn of(view: &'a View<'a>, figure: &'a Shown) -> Option<Self> {
        let &[axis] = &view.axes[..] else { return None };
        let shown = evenly(view.sweep.axes[axis].values.len(), VALUES_MAX);
        let places = places(&view.sweep.axes[axis].numbers, &shown);
        let mut values = view.reference();
        let points = shown.iter().zip(places).map(|(&value, place)| {
            if let (Some(at), Ok(value)) = (values.get_mut(axis), u32::try_from(value)) {
                *at = value;
            }
            (value, place, view.at(&values))
        });
        Some(Self {
            points: points.collect(),
            view,
            figure,
            axis,
        })
    }

    pub(super) fn part(&self, number: usize) -> Part {
        let (head, path) = (&self.figure.head, &self.view.sweep.axes[self.axis].path);
        Part {
            id: format!("fig-surface-{number}"),
            heading: head.clone(),
            title: format!("{head} by {path}"),
            desc: format!(
                "Dots with 95 % intervals, {path} to the right. The table holds every value."
            ),
            drawings: vec![self.draw(Size::Wide), self.draw(Size::Narrow)],
            summary: format!("{head} as a table"),
            table: self.table(),
        }
    }

    fn draw(&self, size: Size) -> Drawing {
        let name = &self.figure.name;
        let estimate = |it: Option<&'a SweepPoint>| it.and_then(|it| it.metrics.get(name));
        let ends = self.points.iter().filter_map(|it| estimate(it.2));
        let ends = ends.map(|it| {
            (
                it.low.unwrap_or(it.mean),
                it.high.unwrap_or(it.mean),
                it.mean,
            )
        });
        let range = ends.fold((f64::MAX, f64::MIN), |range, (low, high, mean)| {
            // An interval may reach below zero where nothing can.
            let low = if mean >= 0.0 { low.max(0.0) } else { low };
            let least = if low > 0.0 { low } else { mean };
            (range.0.min(least), range.1.max(high))
        });
        let scale = Scale::of(range, self.figure.unit);
        let labels = scale.ticks.iter().map(|it| text_width(&it.1, false));
        let left = labels.fold(0.0, f64::max) + 10.0;
        let (from, to) = (left + 14.0, size.width() - 14.0);
        let bottom = TOP + HEIGHT;
        let x = |place: f64| from + (to - from) * place;
        let y = |value: f64| bottom - HEIGHT * scale.at(value);
        let body = Canvas::draw(size, bottom + BELOW, |canvas| {
            for (value, text) in &scale.ticks {
                canvas.line(&[(left, y(*value)), (size.width(), y(*value))], Ink::Grid);
                canvas.text(text, left - 8.0, y(*value) + 4.0, Anchor::End, Ink::Ticks);
            }
            canvas.line(&[(left, bottom), (size.width(), bottom)], Ink::Axis);
            self.names(canvas, &x, bottom, size);
            let valued = self.points.iter();
            let valued = valued.filter_map(|it| Some((x(it.1), estimate(it.2)?, it.2?)));
            let valued: Vec<_> = valued.collect();
            if !self.view.sweep.axes[self.axis].numbers.is_empty() {
                let line: Vec<_> = valued.iter().map(|it| (it.0, y(it.1.mean))).collect();
                if line.len() > 1 {
                    canvas.line(&line, Ink::Curve(Hue::Blue));
                }
            }
            for (x, value, point) in &valued {
                if let (Some(low), Some(high)) = (value.low, value.high) {
                    canvas.line(&[(*x, y(low)), (*x, y(high))], Ink::Interval(Hue::Blue));
                }
                let at = (*x, y(value.mean));
                if point.holds() {
                    canvas.dot(at, 4.0, Ink::Disc(Hue::Blue));
                } else {
                    canvas.dot(at, 4.0, Ink::Disc(Hue::Red));
                }
            }
        });
        Drawing {
            size,
            height: bottom + BELOW,
            body,
            readout: None,
        }
    }

    /// Names of values below the axis, as many as find room, and the axis's own.
    fn names(&self, canvas: &Canvas<'_>, x: &dyn Fn(f64) -> f64, bottom: f64, size: Size) {
        let axis = &self.view.sweep.axes[self.axis];
        let last = self.points.len().saturating_sub(1);
        let mut taken = f64::MIN;
        // The last one has its place first.
        let of = |it: usize| cut(label(axis, self.points[it].0), size.width() / 3.0, false);
        let end = self.points.last().map_or(f64::MAX, |it| x(it.1));
        let end = end - text_width(&of(last), false) / 2.0 - 10.0;
        for (i, (_, place, _)) in self.points.iter().enumerate() {
            let (name, at) = (of(i), x(*place));
            canvas.line(&[(at, bottom), (at, bottom + 4.0)], Ink::Axis);
            let half = text_width(&name, false) / 2.0;
            let at = at.max(half).min(size.width() - half);
            if at - half < taken || (i != last && at + half > end) {
                continue;
            }
            taken = at + half + 10.0;
            canvas.text(&name, at, bottom + 18.0, Anchor::Middle, Ink::Ticks);
        }
        let path = cut(&axis.path, size.width(), true);
        let middle = f64::midpoint(x(0.0), x(1.0));
        canvas.bold(&path, middle, bottom + 38.0, Anchor::Middle, Ink::Words);
    }

    fn table(&self) -> Table {
        let axis = &self.view.sweep.axes[self.axis];
        let mut table = Table::new(&[&axis.path, "Mean", "From", "To", "Replications"]);
        for (value, _, point) in &self.points {
            let estimate = point.and_then(|it| it.metrics.get(&self.figure.name));
            let cell = |it: Option<f64>| Cell::optional(it, |it| in_unit(it, self.figure.unit));
            let count = estimate.map(|it| f64::from(it.replications));
            table.row(
                label(axis, *value),
                vec![
                    cell(estimate.map(|it| it.mean)),
                    cell(estimate.and_then(|it| it.low)),
                    cell(estimate.and_then(|it| it.high)),
                    Cell::optional(count, |it| it.to_string()),
                ],
            );
        }
        table.noted("Means over replications with their 95 % intervals.")
    }
}

/// Where values lie, from 0 to 1: by their numbers where they have some that differ, else evenly.
fn places(numbers: &[f64], shown: &[usize]) -> Vec<f64> {
    let values: Option<Vec<f64>> = shown.iter().map(|&it| numbers.get(it).copied()).collect();
    let values = values.unwrap_or_default();
    let finite = values.iter().all(|it| it.is_finite());
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if values.is_empty() || !finite || least >= most {
        let steps = shown.len().saturating_sub(1).max(1) as f64;
        return (0..shown.len()).map(|it| it as f64 / steps).collect();
    }
    let is_log = least > 0.0 && most / least >= LOG_FROM;
    let at = |it: f64| if is_log { libm::log10(it) } else { it };
    let span = at(most) - at(least);
    let place = |it: &f64| (at(*it) - at(least)) / span;
    values.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::places;

    // Goal: numbers lie where they belong, those of several decades by their logarithm, and what
    // is no number lies evenly.
    // Method: three sets of values.
    #[test]
    fn values_lie_where_they_belong() {
        assert_eq!(places(&[1.0, 2.0, 5.0], &[0, 1, 2]), [0.0, 0.25, 1.0]);
        let log = places(&[1.0, 10.0, 100.0], &[0, 1, 2]);
        assert!((log[1] - 0.5).abs() < 1e-12);
        assert_eq!(places(&[], &[0, 1, 2]), [0.0, 0.5, 1.0]);
        assert_eq!(places(&[3.0, 3.0], &[0, 1]), [0.0, 1.0]);
        assert_eq!(places(&[], &[0]), [0.0]);
    }
}
