//! The result of a sweep, as a page (what decides, what to choose, and pictures of both), on a
//! terminal, and as rows of a table.
mod effects;
mod front;
mod lines;
mod map;
mod page;
mod rows;
mod scale;
mod tables;
mod terminal;
mod words;

pub use page::sweep_html;
pub use rows::{sweep_csv_head, sweep_csv_rows};
pub use terminal::sweep_terminal;

use crate::number::{THIN, grouped};
use keystorm_record::{Better, Operation, Sweep, SweepAxis, SweepPoint, Unit};

/// Most figures that are drawn over the settings.
const DRAWN: usize = 4;

/// Least difference of a figure between points, relative to its size, that is drawn.
const DIFFERS: f64 = 1e-9;

/// A sweep as the page sees it.
pub(crate) struct View<'a> {
    /// The sweep.
    pub(crate) sweep: &'a Sweep,
    /// Figures that matter and some point has, in the order of interest.
    pub(crate) figures: Vec<Shown>,
    /// Axes with more than one value, those first that decide more of the first figure that
    /// varies.
    pub(crate) axes: Vec<usize>,
    /// Place in the sweep's list of the point with each number, where it is there.
    places: Vec<Option<usize>>,
    /// Cheapest of the points at which every expectation holds.
    pub(crate) chosen: Option<&'a SweepPoint>,
}

/// A figure that matters.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    /// Name of the metric.
    pub(crate) name: String,
    /// Head, such as `GET p99`.
    pub(crate) head: String,
    /// In a sentence, such as `requests given up`.
    pub(crate) noun: String,
    /// Unit of its values.
    pub(crate) unit: Unit,
    /// Which direction is better.
    pub(crate) better: Option<Better>,
    /// Least and most over all points.
    pub(crate) range: (f64, f64),
}

/// How much of a figure's variation an axis explains.
pub(crate) struct Effect {
    /// Number of the axis.
    pub(crate) axis: usize,
    /// Share of the sum of squares, 0..1.
    pub(crate) share: f64,
    /// Mean over all points with each value, and how many have one; `None` where none has.
    pub(crate) means: Vec<Option<(f64, usize)>>,
}

impl<'a> View<'a> {
    pub(crate) fn of(sweep: &'a Sweep) -> Self {
        let mut view = Self {
            figures: figures(sweep),
            axes: Vec::new(),
            places: places(sweep),
            chosen: None,
            sweep,
        };
        view.axes = (0..sweep.axes.len())
            .filter(|&it| sweep.axes[it].values.len() > 1)
            .collect();
        let first = view.varying().next().cloned();
        if let Some(first) = first {
            let shares: Vec<f64> = (0..sweep.axes.len())
                .map(|it| view.effect(&first, it).share)
                .collect();
            view.axes
                .sort_by(|&a, &b| shares[b].total_cmp(&shares[a]).then(a.cmp(&b)));
        }
        view.chosen = view.cheapest();
        view
    }

    /// Figures that are not the same at all points, at most four.
    pub(crate) fn varying(&self) -> impl Iterator<Item = &Shown> {
        self.figures.iter().filter(|it| it.varies()).take(DRAWN)
    }

    /// The point with these numbers of values.
    pub(crate) fn at(&self, values: &[u32]) -> Option<&'a SweepPoint> {
        let number = number(self.sweep, values)?;
        let place = self.places.get(number).copied().flatten()?;
        self.sweep.points.get(place)
    }

    /// What stands for the settings that a picture does not vary: the chosen point's values, else
    /// the first ones.
    pub(crate) fn reference(&self) -> Vec<u32> {
        match self.chosen {
            Some(point) => point.values.clone(),
            None => vec![0; self.sweep.axes.len()],
        }
    }

    /// What an axis does to a figure: means over the other axes.
    pub(crate) fn effect(&self, figure: &Shown, axis: usize) -> Effect {
        let values = self.sweep.axes[axis].values.len();
        let mut sums = vec![(0.0, 0_usize); values];
        let means = || {
            let points = self.sweep.points.iter();
            points.filter_map(|it| Some((it.mean(&figure.name)?, it)))
        };
        for (value, point) in means() {
            let at = point.values.get(axis).map(|&it| it as usize);
            if let Some(sum) = at.and_then(|it| sums.get_mut(it)) {
                sum.0 += value;
                sum.1 += 1;
            }
        }
        let count: usize = sums.iter().map(|it| it.1).sum();
        let mean = sums.iter().map(|it| it.0).sum::<f64>() / count.max(1) as f64;
        let square = |it: f64| (it - mean) * (it - mean);
        let all: f64 = means().map(|it| square(it.0)).sum();
        let of_value = |&(sum, count): &(f64, usize)| {
            let mean = sum / count.max(1) as f64;
            square(mean) * count as f64
        };
        let explained: f64 = sums.iter().map(of_value).sum();
        Effect {
            axis,
            share: if all > 0.0 {
                (explained / all).clamp(0.0, 1.0)
            } else {
                0.0
            },
            means: sums
                .iter()
                .map(|&(sum, count)| (count > 0).then(|| (sum / count as f64, count)))
                .collect(),
        }
    }

    /// Whether any point has conditions.
    pub(crate) fn expects(&self) -> bool {
        let mut points = self.sweep.points.iter();
        points.any(|it| !it.expectations.is_empty())
    }

    /// The metric of cost that counts: of doing the work once where it comes to an end.
    pub(crate) fn cost(&self) -> &'static str {
        if self.sweep.metrics.contains_key("completion") {
            "cost.run"
        } else {
            "cost.month"
        }
    }

    /// `a month` or `a run`.
    pub(crate) fn each(&self) -> &'static str {
        match self.cost() {
            "cost.run" => "a run",
            _ => "a month",
        }
    }

    /// A figure that matters, by the name of its metric.
    pub(crate) fn figure(&self, name: &str) -> Option<&Shown> {
        self.figures.iter().find(|it| it.name == name)
    }

    /// p99 of the operation that is asked for most.
    pub(crate) fn tail(&self) -> Option<&Shown> {
        let mut figures = self.figures.iter();
        figures.find(|it| it.name.ends_with(".latency.p99"))
    }

    /// Points at which every expectation holds and nothing is refused.
    pub(crate) fn holding(&self) -> impl Iterator<Item = &'a SweepPoint> {
        let points = self.sweep.points.iter();
        points.filter(|it| it.holds() && it.refusals.is_empty())
    }

    fn cheapest(&self) -> Option<&'a SweepPoint> {
        if !self.expects() {
            return None;
        }
        let cost = |point: &SweepPoint| point.mean(self.cost()).unwrap_or(f64::INFINITY);
        // The first of equally cheap ones.
        self.holding()
            .reduce(|a, b| if cost(b) < cost(a) { b } else { a })
    }
}

impl Shown {
    /// Whether it differs between points.
    pub(crate) fn varies(&self) -> bool {
        let (least, most) = self.range;
        most - least > DIFFERS * least.abs().max(most.abs())
    }
}

/// How much a setting explains, in whole percent.
pub(crate) fn explained(share: f64) -> String {
    match share {
        0.0 => format!("0{THIN}%"),
        it if it < 0.005 => format!("<1{THIN}%"),
        it => format!("{}{THIN}%", grouped(it * 100.0, 0)),
    }
}

/// Name of a value of an axis, for people.
pub(crate) fn label(axis: &SweepAxis, value: usize) -> &str {
    let named = axis.labels.get(value).or_else(|| axis.values.get(value));
    named.map_or("", String::as_str)
}

/// At most so many of the numbers from 0, evenly, the first and the last among them.
pub(crate) fn evenly(count: usize, most: usize) -> Vec<usize> {
    if count <= most || most < 2 {
        return (0..count.min(most.max(1))).collect();
    }
    (0..most).map(|it| it * (count - 1) / (most - 1)).collect()
}

/// Number of the point with these numbers of values; `None` if there is none.
fn number(sweep: &Sweep, values: &[u32]) -> Option<usize> {
    if values.len() != sweep.axes.len() {
        return None;
    }
    let mut number = 0_usize;
    for (axis, &value) in sweep.axes.iter().zip(values) {
        let value = usize::try_from(value).ok()?;
        if value >= axis.values.len() {
            return None;
        }
        number = number.checked_mul(axis.values.len())?.checked_add(value)?;
    }
    Some(number)
}

/// Places of points by their numbers. A grid of which hardly a point is there has none: nobody
/// draws it.
fn places(sweep: &Sweep) -> Vec<Option<usize>> {
    const EMPTY_MAX: usize = 1 << 20;
    let all = usize::try_from(sweep.grid_points()).unwrap_or(usize::MAX);
    if all > EMPTY_MAX {
        return Vec::new();
    }
    let mut places = vec![None; all];
    for (place, point) in sweep.points.iter().enumerate() {
        let number = number(sweep, &point.values);
        if let Some(slot) = number.and_then(|it| places.get_mut(it)) {
            *slot = Some(place);
        }
    }
    places
}

/// Figures that matter, of those that the sweep has.
fn figures(sweep: &Sweep) -> Vec<Shown> {
    let of = |name: &str, head: &str, noun: &str| Shown {
        name: name.into(),
        head: head.into(),
        noun: noun.into(),
        unit: Unit::Count,
        better: None,
        range: (0.0, 0.0),
    };
    let latency = |operation: Operation, quantile: &str| {
        let words = format!("{} {quantile}", operation.label());
        let name = format!("{}.latency.{quantile}", operation.id());
        of(&name, &crate::text::capital(&words), &words)
    };
    let mut all = vec![of("completion", "All done", "completion time")];
    let main = main_operation(sweep);
    all.extend(main.map(|it| latency(it, "p99")));
    all.extend([
        of("all.throttled-share", "Given up", "requests given up"),
        of("cost.month", "Cost a month", "cost"),
        of("all.throughput", "Throughput", "throughput"),
        of(
            "kms.throttled-share",
            "KMS throttles",
            "calls that KMS throttles",
        ),
        of("all.retried-share", "Retried", "retries"),
        of("kms.headroom", "KMS headroom", "KMS headroom"),
    ]);
    all.extend(main.map(|it| latency(it, "p50")));
    all.extend([
        of("kms.calls", "KMS calls", "KMS calls"),
        of("client.core-demand", "Core demand", "core demand"),
        of("all.failed-share", "Failed", "requests that fail"),
        of("job.failed-share", "Jobs failed", "jobs that fail"),
    ]);
    if sweep.metrics.contains_key("completion")
        && let Some(cost) = all.iter_mut().find(|it| it.name == "cost.month")
    {
        *cost = of("cost.run", "Cost of a run", "cost");
    }
    all.into_iter()
        .filter_map(|figure| {
            let kind = sweep.metrics.get(&figure.name)?;
            let range = range(sweep, &figure.name)?;
            Some(Shown {
                unit: kind.unit,
                better: kind.better,
                range,
                ..figure
            })
        })
        .collect()
}

/// Least and most of a metric.
fn range(sweep: &Sweep, name: &str) -> Option<(f64, f64)> {
    let values = sweep.points.iter().filter_map(|it| it.mean(name));
    values.filter(|it| it.is_finite()).fold(None, |range, it| {
        let (least, most) = range.unwrap_or((it, it));
        Some((f64::min(least, it), f64::max(most, it)))
    })
}

/// The operation that the first point with latencies is asked for most, of those that have some.
fn main_operation(sweep: &Sweep) -> Option<Operation> {
    let requests = |it: Operation| {
        let name = format!("{}.latency.p99", it.id());
        let point = sweep.points.iter().find(|it| it.mean(&name).is_some())?;
        point.mean(&format!("{}.requests", it.id()))
    };
    let mut best: Option<(f64, Operation)> = None;
    for operation in Operation::ALL {
        if let Some(count) = requests(operation)
            && best.is_none_or(|it| count > it.0)
        {
            best = Some((count, operation));
        }
    }
    best.map(|it| it.1)
}
