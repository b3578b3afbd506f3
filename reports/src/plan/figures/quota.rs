//! A metric against the quota: where the expectation begins to hold.
use super::super::names::{metric, value};
use crate::draw::{Anchor, Canvas, Drawing, Hue, Ink, Size, text_width, ticks};
use crate::figures::{Figure, Part, both};
use crate::number::{grouped, rate};
use crate::table::{Cell, Table};
use crate::text::Text;
use keystorm_record::plan::{Estimate, Plan, QuotaCurve, QuotaPoint, SmallestQuota};

/// Points farther from the answer than this factor are left to the table.
const NEAR: f64 = 1.6;

pub(super) fn figure(plan: &Plan) -> Option<Figure> {
    let curve = plan.quota_curve.as_ref()?;
    let Some(SmallestQuota::At { quota, ask_for, .. }) = &plan.smallest_quota else {
        return None;
    };
    let view = View::of(plan, curve, quota)?;
    let part = Part {
        id: "fig-quota-1".into(),
        heading: String::new(),
        title: format!("{} against the KMS quota", metric(&curve.metric)),
        desc: "Dots are simulated quotas with 95 percent intervals; the band is the interval of \
               the smallest quota at which the expectation holds. The table below has all points."
            .into(),
        drawings: both(|size| view.draw(size)),
        summary: "Every quota that was simulated, as a table".into(),
        table: table(curve),
    };
    Some(Figure {
        id: "fig-quota",
        number: 0,
        word: "Quota",
        subject: "The smallest quota".into(),
        note:
            "A dot is a quota that was simulated. The band is the interval in which the smallest \
               one lies."
                .into(),
        headline: format!(
            "A quota of {}/s is enough; today’s is {}/s",
            grouped(ask_for.as_f64(), 0),
            grouped(plan.setup.kms_quota_per_s.as_f64(), 0)
        ),
        lede: format!(
            "{}, by the KMS quota in calls per second.",
            metric(&curve.metric)
        ),
        parts: vec![part],
        caption: Text::new(format!(
            "{} points, {} replications in all, each with the same arrivals: the smallest quota is \
             where the mean cannot be told from the expectation, {}.",
            curve.points.len(),
            curve.points.iter().map(|it| it.replications).sum::<u32>(),
            curve.condition
        )),
    })
}

/// What is drawn: the points near the answer.
struct View<'a> {
    curve: &'a QuotaCurve,
    points: Vec<QuotaPoint>,
    interval: Option<(f64, f64)>,
    smallest: f64,
    today: f64,
    from: f64,
    to: f64,
}

impl<'a> View<'a> {
    fn of(plan: &Plan, curve: &'a QuotaCurve, quota: &Estimate) -> Option<Self> {
        let near = |it: f64| it >= quota.value / NEAR && it <= quota.value * NEAR;
        let points = curve.points.iter().filter(|it| near(it.quota_per_s));
        let points: Vec<_> = points.copied().collect();
        let today = plan.setup.kms_quota_per_s.as_f64();
        let places = points.iter().map(|it| it.quota_per_s);
        let places = places
            .chain(near(today).then_some(today))
            .chain([quota.value]);
        let least = places.clone().fold(f64::INFINITY, f64::min);
        let most = places.fold(0.0, f64::max);
        let margin = ((most - least) * 0.06).max(most * 0.002);
        (points.len() > 1).then_some(Self {
            curve,
            points,
            interval: quota.low.zip(quota.high),
            smallest: quota.value,
            today,
            from: least - margin,
            to: most + margin,
        })
    }

    fn draw(&self, size: Size) -> Drawing {
        let (height, left) = match size {
            Size::Wide => (300.0, 64.0),
            Size::Narrow => (260.0, 52.0),
        };
        let body = Canvas::draw(size, height, |canvas| {
            self.content(canvas, size, left, height);
        });
        Drawing {
            size,
            height,
            body,
            readout: None,
        }
    }

    fn content(&self, canvas: &Canvas<'_>, size: Size, left: f64, height: f64) {
        let right = size.width() - 12.0;
        let (top, bottom) = (36.0, height - 30.0);
        let of_point = |it: &QuotaPoint| it.interval.map_or(it.value, |range| range.1);
        let limits = [self.curve.allowed.0, self.curve.allowed.1];
        let limits = limits.into_iter().flatten();
        let most = self.points.iter().map(of_point).chain(limits.clone());
        let marks = ticks(most.fold(0.0, f64::max));
        let end = marks.last().copied().unwrap_or(1.0);
        let x = |quota: f64| left + (quota - self.from) / (self.to - self.from) * (right - left);
        let y = |it: f64| bottom - (it / end).clamp(0.0, 1.0) * (bottom - top);
        if let Some((low, high)) = self.interval {
            // Narrower than two pixels it would not be seen.
            let half = ((x(high) - x(low)) / 2.0).max(1.0);
            let middle = f64::midpoint(x(low), x(high));
            canvas.rect(
                (middle - half, top - 14.0),
                (middle + half, bottom),
                Ink::AreaAdmitted,
            );
        }
        let show = value(self.curve.unit);
        for &mark in &marks {
            canvas.line(&[(left, y(mark)), (right, y(mark))], Ink::Grid);
            canvas.text(
                &show(mark),
                left - 8.0,
                y(mark) + 4.0,
                Anchor::End,
                Ink::Ticks,
            );
        }
        canvas.line(&[(left, bottom), (right, bottom)], Ink::Axis);
        self.quotas(canvas, left, right, bottom, &x);
        for limit in limits {
            canvas.line(&[(left, y(limit)), (right, y(limit))], Ink::Quota);
            let y = y(limit) - 7.0;
            canvas.text("expected", right, y, Anchor::End, Ink::WordsHalo);
        }
        if self.today > self.from && self.today < self.to {
            let at = x(self.today);
            canvas.line(&[(at, top), (at, bottom)], Ink::First);
            let (anchor, by) = if at > f64::midpoint(left, right) {
                (Anchor::End, -6.0)
            } else {
                (Anchor::Start, 6.0)
            };
            canvas.text("quota today", at + by, top + 8.0, anchor, Ink::WordsHalo);
        }
        let line: Vec<_> = self
            .points
            .iter()
            .map(|it| (x(it.quota_per_s), y(it.value)))
            .collect();
        canvas.line(&line, Ink::Curve(Hue::Red));
        for point in &self.points {
            let at = x(point.quota_per_s);
            if let Some((low, high)) = point.interval {
                canvas.line(&[(at, y(low)), (at, y(high))], Ink::Interval(Hue::Red));
            }
            canvas.dot((at, y(point.value)), 3.5, Ink::Disc(Hue::Red));
        }
        let name = format!("smallest: {}/s", rate(self.smallest));
        let half = text_width(&name, true) / 2.0;
        let at = x(self.smallest).clamp(left + half, right - half);
        canvas.bold(&name, at, 14.0, Anchor::Middle, Ink::Hued(Hue::Blue));
    }

    /// Round quotas below the axis, as far as they fit.
    fn quotas(
        &self,
        canvas: &Canvas<'_>,
        left: f64,
        right: f64,
        bottom: f64,
        x: &dyn Fn(f64) -> f64,
    ) {
        let step = ticks(self.to - self.from).get(1).copied().unwrap_or(1.0);
        let mut mark = (self.from / step).ceil() * step;
        let mut free = f64::NEG_INFINITY;
        while mark <= self.to {
            let (at, label) = (x(mark), rate(mark));
            let half = text_width(&label, false) / 2.0;
            canvas.line(&[(at, bottom), (at, bottom + 4.0)], Ink::Axis);
            if at - half > free && at - half >= left - 20.0 && at + half <= right + 12.0 {
                canvas.text(&label, at, bottom + 19.0, Anchor::Middle, Ink::Ticks);
                free = at + half + 12.0;
            }
            mark += step;
        }
    }
}

fn table(curve: &QuotaCurve) -> Table {
    let name = metric(&curve.metric);
    let mut table = Table::new(&["Quota, calls/s", &name, "Replications"]);
    let show = crate::verdict::in_unit;
    for point in &curve.points {
        let cell = Cell {
            interval: point.interval.map_or_else(String::new, |(low, high)| {
                format!("{} to {}", show(low, curve.unit), show(high, curve.unit))
            }),
            ..Cell::number(point.value, show(point.value, curve.unit))
        };
        let count = f64::from(point.replications);
        table.row(
            rate(point.quota_per_s),
            vec![cell, Cell::number(count, grouped(count, 0))],
        );
    }
    table.noted("Means over replications and their 95 % intervals.")
}
