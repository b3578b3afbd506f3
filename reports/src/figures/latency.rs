use super::latency_draw::draw;
use super::{Figure, Part, both, hue};
use crate::draw::Ink;
use crate::number::{THIN, seconds, seconds_fine};
use crate::table::{Cell, Table};
use crate::text::Text;
use crate::view::{self, at_quantile};
use keystorm_record::{Histogram, Mode, Operation, Record, Variant};

/// Percentiles in the table.
const ROWS: [(&str, f64); 9] = [
    ("50", 0.5),
    ("75", 0.75),
    ("90", 0.9),
    ("95", 0.95),
    ("99", 0.99),
    ("99.5", 0.995),
    ("99.9", 0.999),
    ("99.95", 0.999_5),
    ("99.99", 0.999_9),
];

/// Step of a curve along u: about 4 px.
const STEP: f64 = 0.025;

/// Distance \[px\] below which two curves coincide.
const COINCIDE_PX: f64 = 2.5;

/// Share of a curve that must coincide with another for it to be dashed.
const MOSTLY: f64 = 0.5;

/// A variant's curve.
pub(super) struct Curve {
    pub(super) name: String,
    pub(super) mode: Mode,
    /// (u, log10 of seconds).
    pub(super) points: Vec<(f64, f64)>,
    pub(super) p99: Option<f64>,
    pub(super) last: f64,
    pub(super) dashed: bool,
    /// One of its hue is dashed already.
    pub(super) dotted: bool,
}

impl Curve {
    pub(super) fn ink(&self) -> Ink {
        let hue = hue(self.mode);
        match (self.dashed, self.dotted) {
            (_, true) => Ink::CurveDotted(hue),
            (true, false) => Ink::CurveDashed(hue),
            (false, false) => Ink::Curve(hue),
        }
    }
}

fn curve(variant: &Variant, operation: Operation) -> Option<Curve> {
    let histogram = view::latency(variant, operation);
    let mut points = Vec::new();
    let mut last = 0.0;
    for i in 1..=160 {
        let u = STEP * f64::from(i);
        let quantile = 1.0 - 1.0 / libm::pow(10.0, u);
        let Some(seconds) = at_quantile(&histogram, quantile).filter(|s| *s > 0.0) else {
            break;
        };
        points.push((u, libm::log10(seconds)));
        last = seconds;
    }
    (points.len() > 1).then(|| Curve {
        name: variant.name.clone(),
        mode: variant.setup.mode,
        points,
        p99: at_quantile(&histogram, 0.99),
        last,
        dashed: false,
        dotted: false,
    })
}

pub(super) fn figure(record: &Record) -> Option<Figure> {
    let baseline = record.variants.first()?;
    let operations = view::operations(record);
    let mut note = String::from("Successful requests, from the intended start, back-off included.");
    let mut parts = Vec::new();
    for &operation in &operations {
        let mut curves: Vec<Curve> = record
            .variants
            .iter()
            .filter_map(|v| curve(v, operation))
            .collect();
        if curves.is_empty() {
            continue;
        }
        for (kept, joined) in join(&mut curves) {
            let said = format!(" {joined} coincides with {kept}.");
            if !note.contains(&said) {
                note.push_str(&said);
            }
        }
        parts.push(part(record, operation, &curves, operations.len() > 1));
    }
    let first = *operations.first().filter(|_| !parts.is_empty())?;
    Some(Figure {
        id: "fig-latency",
        number: 3,
        word: "Latency",
        subject: "Latency percentiles".into(),
        note,
        headline: headline(record, baseline, first),
        lede: "Latency, logarithmic. Each step to the right is a ten times rarer request.".into(),
        parts,
        caption: Text::new(format!(
            "HdrHistogram, three significant digits, all replications together. A curve ends \
             where fewer than ten requests are slower{}",
            if record
                .variants
                .iter()
                .any(|v| view::amount(v, "all.throttled-share") > 0.0)
            {
                "; requests that are given up are in none."
            } else {
                "."
            }
        )),
    })
}

/// Marks which curves are dashed and joins those of one hue that coincide; returns the names of
/// the kept and of the joined one.
fn join(curves: &mut Vec<Curve>) -> Vec<(String, String)> {
    let mut kept: Vec<Curve> = Vec::new();
    let mut joined = Vec::new();
    for mut curve in curves.drain(..) {
        let same = |k: &Curve| hue(k.mode) == hue(curve.mode);
        if let Some(twin) = kept
            .iter_mut()
            .find(|k| same(k) && coincide(k, &curve, 1.0))
        {
            joined.push((twin.name.clone(), curve.name.clone()));
            twin.name = format!("{}, {}", twin.name, curve.name);
            continue;
        }
        // Dashed on top, a line that is mostly hidden by another can still be told from it.
        curve.dashed = kept.iter().any(|k| same(k) || coincide(k, &curve, MOSTLY));
        curve.dotted = kept.iter().any(|k| same(k) && k.dashed);
        kept.push(curve);
    }
    *curves = kept;
    joined
}

/// Whether at least this share of two curves lies within [`COINCIDE_PX`].
fn coincide(a: &Curve, b: &Curve, share: f64) -> bool {
    // Three decades over 340 px: so many px per unit of log10.
    let px_per_decade = 110.0;
    let near = |(a, b): (&(f64, f64), &(f64, f64))| (a.1 - b.1).abs() * px_per_decade < COINCIDE_PX;
    let pairs = a.points.iter().zip(&b.points);
    let common = pairs.len();
    let together = pairs.filter(|pair| near(*pair)).count();
    a.points.len().abs_diff(b.points.len()) < 8 && together as f64 >= share * common as f64
}

fn part(record: &Record, operation: Operation, curves: &[Curve], heading: bool) -> Part {
    let op = operation.label();
    Part {
        id: format!("fig-latency-{}", op.to_lowercase()),
        heading: if heading { op.into() } else { String::new() },
        title: format!("{op} latency by percentile and mode"),
        desc: "One percentile curve per mode on a logarithmic latency scale. The axis stretches \
               the tail: 99, 99.9 and 99.99 percent are equally far apart."
            .into(),
        drawings: [false, true]
            .into_iter()
            .flat_map(|linear| both(move |size| draw(curves, size, linear)))
            .collect(),
        summary: format!("{op} percentiles as a table"),
        table: table(record, operation),
    }
}

fn headline(record: &Record, baseline: &Variant, operation: Operation) -> String {
    let op = operation.label();
    let tail = |v: &Variant| at_quantile(&view::latency(v, operation), 0.99);
    let Some(p99) = tail(baseline) else {
        return format!("Too few {op}s of {} succeed to show a tail", baseline.name);
    };
    match view::bucket_key(record).and_then(tail) {
        Some(other) if other < p99 * 0.95 => format!(
            "The slowest {op} in a hundred takes {}; with Bucket Keys {}",
            seconds(p99),
            seconds(other)
        ),
        _ => {
            let median = at_quantile(&view::latency(baseline, operation), 0.5).unwrap_or(p99);
            format!(
                "Half of the {op}s take {} at most, one in a hundred {} or more",
                seconds(median),
                seconds(p99)
            )
        }
    }
}

fn table(record: &Record, operation: Operation) -> Table {
    let mut head = vec!["Percentile"];
    head.extend(record.variants.iter().map(|v| v.name.as_str()));
    let mut table = Table::new(&head);
    let histograms: Vec<Histogram> = record
        .variants
        .iter()
        .map(|v| view::latency(v, operation))
        .collect();
    for (label, quantile) in ROWS {
        let cells: Vec<Cell> = histograms
            .iter()
            .map(|h| Cell::optional(at_quantile(h, quantile), seconds_fine))
            .collect();
        if cells.iter().any(|c| c.raw.is_some()) {
            table.row(format!("{label}{THIN}%"), cells);
        }
    }
    table.noted("Highest equivalent value of the HdrHistogram. –: fewer than ten requests slower.")
}
