use super::{Figure, Part, both, hue};
use crate::draw::{
    Anchor, Canvas, Drawing, Hue, Ink, Panel, Readout, Size, cut, log_range, spread, text_width,
};
use crate::number::{THIN, seconds, seconds_fine};
use crate::table::{Cell, Table};
use crate::text::Text;
use crate::view;
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

/// Labels of the percentile axis and where they stand, u = log10(1 / (1 - q)).
const LABELS: [(&str, f64); 5] =
    [("50", 0.301_03), ("90", 1.0), ("99", 2.0), ("99.9", 3.0), ("99.99", 4.0)];

/// Requests that must be slower than a percentile for it to be shown.
const BEYOND_MIN: f64 = 10.0;

/// Step of a curve along u: about 4 px.
const STEP: f64 = 0.025;

/// Distance \[px\] below which two curves coincide.
const COINCIDE_PX: f64 = 2.5;

/// A variant's curve.
struct Curve {
    name: String,
    mode: Mode,
    /// (u, log10 of seconds).
    points: Vec<(f64, f64)>,
    p99: Option<f64>,
    last: f64,
    dashed: bool,
}

/// Latency at a quantile \[s\], if enough requests are slower.
fn at_quantile(histogram: &Histogram, quantile: f64) -> Option<f64> {
    let beyond = histogram.count() as f64 * (1.0 - quantile);
    // 1 - 0.999 is a little less than 0.001: a rounding error must not cost the row.
    (beyond >= BEYOND_MIN * 0.999_999)
        .then(|| histogram.quantile_ns(quantile).map(|ns| ns as f64 / 1e9))
        .flatten()
}

fn curve(variant: &Variant, operation: Operation) -> Option<Curve> {
    let histogram = view::latency(variant, operation);
    let mut points = Vec::new();
    let mut last = 0.0;
    for i in 1..=160 {
        let u = STEP * f64::from(i);
        let quantile = 1.0 - 1.0 / libm::pow(10.0, u);
        let Some(seconds) = at_quantile(&histogram, quantile).filter(|s| *s > 0.0) else { break };
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
    })
}

pub(super) fn figure(record: &Record) -> Option<Figure> {
    let baseline = record.variants.first()?;
    let operations = view::operations(record);
    let mut note =
        String::from("Successful requests, from the intended start, back-off included.");
    let mut parts = Vec::new();
    for &operation in &operations {
        let mut curves: Vec<Curve> =
            record.variants.iter().filter_map(|v| curve(v, operation)).collect();
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
            if record.variants.iter().any(|v| view::amount(v, "all.throttled-share") > 0.0) {
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
        let twin = kept.iter_mut().find(|k| coincide(k, &curve));
        match twin {
            Some(twin) if hue(twin.mode) == hue(curve.mode) => {
                joined.push((twin.name.clone(), curve.name.clone()));
                twin.name = format!("{}, {}", twin.name, curve.name);
                continue;
            }
            Some(_) => curve.dashed = true,
            None => curve.dashed = kept.iter().any(|k| hue(k.mode) == hue(curve.mode)),
        }
        kept.push(curve);
    }
    *curves = kept;
    joined
}

fn coincide(a: &Curve, b: &Curve) -> bool {
    // Three decades over 340 px: so many px per unit of log10.
    let px_per_decade = 110.0;
    a.points.len().abs_diff(b.points.len()) < 8
        && a.points.iter().zip(&b.points).all(|(a, b)| {
            (a.1 - b.1).abs() * px_per_decade < COINCIDE_PX
        })
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
        drawings: both(|size| draw(curves, size)),
        summary: format!("{op} percentiles as a table"),
        table: table(record, operation),
    }
}

/// Where the parts of a drawing lie \[px\].
struct Layout {
    size: Size,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    u_max: f64,
    low: f64,
    high: f64,
}

fn draw(curves: &[Curve], size: Size) -> Drawing {
    let logs = || curves.iter().flat_map(|c| c.points.iter().map(|p| p.1));
    let (least, most) = (logs().fold(f64::MAX, f64::min), logs().fold(f64::MIN, f64::max));
    let (low, high) = log_range(libm::pow(10.0, least), libm::pow(10.0, most));
    let longest = curves.iter().filter_map(|c| c.points.last()).map(|p| p.0).fold(0.0, f64::max);
    let u_max = longest.ceil().max(2.0);
    let key = 20.0 * curves.len() as f64 + 8.0;
    let (left, right, top, bottom) = match size {
        Size::Wide => (52.0, 696.0, 14.0, 354.0),
        Size::Narrow => (52.0, 348.0, 14.0 + key, 294.0 + key),
    };
    let layout = Layout { size, left, right, top, bottom, u_max, low, high };
    let height = bottom + 44.0;
    let body = Canvas::draw(size, height, |canvas| {
        let panel = canvas.panel(0.0..u_max, low..high, left..right, top..bottom);
        axes(canvas, &panel, &layout);
        // The first variant is drawn last but one, under dashed ones only.
        for dashed in [false, true] {
            for curve in curves.iter().rev().filter(|c| c.dashed == dashed) {
                let hue = hue(curve.mode);
                let ink = if dashed { Ink::CurveDashed(hue) } else { Ink::Curve(hue) };
                panel.line(&curve.points, ink);
            }
        }
        match size {
            Size::Wide => {
                names(canvas, &panel, curves, &layout);
                marks(canvas, &panel, curves);
            }
            Size::Narrow => key_rows(canvas, curves),
        }
        canvas.line(&[(0.0, top), (0.0, bottom)], Ink::Cursor);
    });
    let readout = Some(Readout { x: (left, right), percentile_max: Some(u_max) });
    Drawing { size, height, body, readout }
}

fn axes(canvas: &Canvas<'_>, panel: &Panel<'_>, layout: &Layout) {
    let (left, right) = (layout.left, layout.right);
    let few = layout.high - layout.low < 1.5;
    let mut decade = layout.low.floor();
    while decade <= layout.high {
        for (i, factor) in [1.0, 2.0, 5.0].into_iter().enumerate() {
            let log = decade + libm::log10(factor);
            if log < layout.low - 1e-9 || log > layout.high + 1e-9 {
                continue;
            }
            let (_, y) = panel.place(0.0, log);
            if y < layout.bottom - 1.0 {
                let ink = if i == 0 { Ink::Grid } else { Ink::GridFaint };
                canvas.line(&[(left, y), (right, y)], ink);
            }
            if i == 0 || few {
                let label = axis_label(libm::pow(10.0, decade) * factor);
                canvas.text(&label, left - 8.0, y + 4.0, Anchor::End, Ink::Text);
            }
        }
        decade += 1.0;
    }
    canvas.line(&[(left, layout.bottom), (right, layout.bottom)], Ink::Axis);
    for (label, u) in LABELS.into_iter().filter(|(_, u)| *u <= layout.u_max + 1e-9) {
        let (x, _) = panel.place(u, layout.low);
        canvas.line(&[(x, layout.top), (x, layout.bottom)], Ink::GridFaint);
        canvas.line(&[(x, layout.bottom), (x, layout.bottom + 4.0)], Ink::Axis);
        let inward = layout.size == Size::Narrow && right - x < 16.0;
        let anchor = if inward { Anchor::End } else { Anchor::Middle };
        canvas.text(&format!("{label}{THIN}%"), x, layout.bottom + 18.0, anchor, Ink::Text);
    }
    let middle = f64::midpoint(left, right);
    let words = "share of requests that are at least this fast";
    canvas.text(words, middle, layout.bottom + 38.0, Anchor::Middle, Ink::Text);
}

/// `10 ms`, `1 s`: whole numbers, since they are 1, 2 or 5 times a power of ten.
fn axis_label(value: f64) -> String {
    if value < 0.000_9 {
        format!("{:.0}{THIN}µs", value * 1e6)
    } else if value < 0.9 {
        format!("{:.0}{THIN}ms", value * 1e3)
    } else {
        format!("{value:.0}{THIN}s")
    }
}

/// Names with the last value at the curves' right ends.
fn names(canvas: &Canvas<'_>, panel: &Panel<'_>, curves: &[Curve], layout: &Layout) {
    let end = |c: &Curve| c.points.last().map_or(layout.bottom, |p| panel.place(p.0, p.1).1);
    let wishes: Vec<f64> = curves.iter().map(|c| end(c) + 4.0).collect();
    let places = spread(&wishes, 16.0, layout.top + 8.0, layout.bottom);
    let width = layout.size.width();
    for (curve, y) in curves.iter().zip(places) {
        let ink = Ink::TextHue(hue(curve.mode));
        let value = seconds(curve.last);
        let room = width - layout.right - 10.0 - text_width(&value, false) - 8.0;
        let name = cut(&curve.name, room, true);
        canvas.bold(&name, layout.right + 10.0, y, Anchor::Start, ink);
        canvas.text(&value, width, y, Anchor::End, ink);
    }
}

/// p99 of the baseline, and of Bucket Keys, on their curves.
fn marks(canvas: &Canvas<'_>, panel: &Panel<'_>, curves: &[Curve]) {
    let marked = |c: &&Curve| matches!(c.mode, Mode::SseKms | Mode::SseKmsBucketKey);
    let places: Vec<(&Curve, f64, (f64, f64))> = curves
        .iter()
        .filter(marked)
        .filter_map(|c| c.p99.map(|p99| (c, p99, panel.place(2.0, libm::log10(p99)))))
        .take(2)
        .collect();
    let top = places.iter().map(|p| p.2.1).fold(f64::MAX, f64::min);
    for (curve, p99, (x, y)) in places {
        let hue: Hue = hue(curve.mode);
        canvas.dot((x, y), 3.5, Ink::Dot(hue));
        let text = format!("p99 {}", seconds(p99));
        if y <= top {
            canvas.bold(&text, x - 8.0, y - 9.0, Anchor::End, Ink::TextHalo(hue));
        } else {
            canvas.bold(&text, x + 8.0, y + 20.0, Anchor::Start, Ink::TextHalo(hue));
        }
    }
}

/// On a phone there is no room at the curves' ends: names stand above, with a piece of their
/// line and their p99.
fn key_rows(canvas: &Canvas<'_>, curves: &[Curve]) {
    let width = Size::Narrow.width();
    for (i, curve) in curves.iter().enumerate() {
        let y = 12.0 + 20.0 * i as f64;
        let hue = hue(curve.mode);
        let ink = if curve.dashed { Ink::CurveDashed(hue) } else { Ink::Curve(hue) };
        canvas.line(&[(0.0, y - 4.0), (22.0, y - 4.0)], ink);
        let value = curve.p99.map_or_else(String::new, |p99| format!("p99 {}", seconds(p99)));
        let room = width - 30.0 - text_width(&value, false) - 8.0;
        canvas.bold(&cut(&curve.name, room, true), 30.0, y, Anchor::Start, Ink::TextHue(hue));
        canvas.text(&value, width, y, Anchor::End, Ink::TextHue(hue));
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
    let histograms: Vec<Histogram> =
        record.variants.iter().map(|v| view::latency(v, operation)).collect();
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
