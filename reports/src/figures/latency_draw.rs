//! The drawing of percentile curves.
use super::hue;
use super::latency::Curve;
use crate::draw::{
    Anchor, Canvas, Drawing, Hue, Ink, Panel, Readout, Size, cut, log_range, spread, text_width,
    ticks,
};
use crate::number::{THIN, grouped, seconds};
use keystorm_record::Mode;

/// Labels of the percentile axis; they stand at u = log10(1 / (1 - q)), the logarithm of these.
const LABELS: [(&str, f64); 5] = [
    ("50", 2.0),
    ("90", 10.0),
    ("99", 100.0),
    ("99.9", 1_000.0),
    ("99.99", 10_000.0),
];

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
    linear: bool,
}

impl Layout {
    /// Value of the axis at a logarithm of seconds.
    fn value(&self, log: f64) -> f64 {
        if self.linear {
            libm::pow(10.0, log)
        } else {
            log
        }
    }
}

/// Draws on a logarithmic or a linear axis of latencies.
pub(super) fn draw(curves: &[Curve], size: Size, linear: bool) -> Drawing {
    let logs = || curves.iter().flat_map(|c| c.points.iter().map(|p| p.1));
    let least = libm::pow(10.0, logs().fold(f64::MAX, f64::min));
    let most = libm::pow(10.0, logs().fold(f64::MIN, f64::max));
    let (low, high) = if linear {
        let (unit, _) = linear_unit(most);
        let end = ticks(most * unit).last().copied();
        (0.0, end.map_or(most, |end| end / unit))
    } else {
        log_range(least, most)
    };
    let longest = curves
        .iter()
        .filter_map(|c| c.points.last())
        .map(|p| p.0)
        .fold(0.0, f64::max);
    let u_max = longest.ceil().max(2.0);
    let key = 20.0 * curves.len() as f64 + 8.0;
    let (left, right, top, bottom) = match size {
        Size::Wide => (52.0, 696.0, 14.0, 354.0),
        Size::Narrow => (52.0, 348.0, 14.0 + key, 294.0 + key),
    };
    let layout = Layout {
        size,
        left,
        right,
        top,
        bottom,
        u_max,
        low,
        high,
        linear,
    };
    let height = bottom + 44.0;
    let body = Canvas::draw(size, height, |canvas| {
        let panel = canvas.panel(0.0..u_max, low..high, left..right, top..bottom);
        if linear {
            linear_grid(canvas, &panel, &layout);
        } else {
            log_grid(canvas, &panel, &layout);
        }
        percentiles(canvas, &panel, &layout);
        // The first variant is drawn last but one, under dashed ones only.
        for dashed in [false, true] {
            for curve in curves.iter().rev().filter(|c| c.dashed == dashed) {
                let ink = curve.ink();
                let points = curve.points.iter().map(|p| (p.0, layout.value(p.1)));
                let points: Vec<_> = points.collect();
                let number = curves.iter().position(|it| it.name == curve.name);
                canvas.series(number.unwrap_or(0), || panel.line(&points, ink));
            }
        }
        match size {
            Size::Wide => {
                names(canvas, &panel, curves, &layout);
                marks(canvas, &panel, curves, &layout);
            }
            Size::Narrow => key_rows(canvas, curves),
        }
        canvas.line(&[(0.0, top), (0.0, bottom)], Ink::Cursor);
    });
    let readout = Some(Readout {
        x: (left, right),
        percentile_max: Some(u_max),
        series: curves.iter().map(|c| c.name.clone()).collect(),
        linear,
    });
    Drawing {
        size,
        height,
        body,
        readout,
    }
}

fn log_grid(canvas: &Canvas<'_>, panel: &Panel<'_>, layout: &Layout) {
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
                canvas.text(&label, left - 8.0, y + 4.0, Anchor::End, Ink::Ticks);
            }
        }
        decade += 1.0;
    }
}

/// What seconds are multiplied with on a linear axis up to `most`, and its unit.
fn linear_unit(most: f64) -> (f64, &'static str) {
    if most < 0.9 { (1e3, "ms") } else { (1.0, "s") }
}

/// Round latencies from zero.
fn linear_grid(canvas: &Canvas<'_>, panel: &Panel<'_>, layout: &Layout) {
    let (unit, name) = linear_unit(layout.high);
    // The axis ends with a round value: a hair less has the same ones.
    let values = ticks(layout.high * unit * (1.0 - 1e-9));
    let decimals = usize::from(values.iter().any(|v| (v - v.round()).abs() > 1e-9));
    for value in values {
        let (_, y) = panel.place(0.0, value / unit);
        if value > 0.0 {
            canvas.line(&[(layout.left, y), (layout.right, y)], Ink::Grid);
        }
        let label = match value {
            0.0 => "0".into(),
            value => format!("{}{THIN}{name}", grouped(value, decimals)),
        };
        canvas.text(&label, layout.left - 8.0, y + 4.0, Anchor::End, Ink::Ticks);
    }
}

/// The axis of percentiles.
fn percentiles(canvas: &Canvas<'_>, panel: &Panel<'_>, layout: &Layout) {
    let (left, right) = (layout.left, layout.right);
    canvas.line(&[(left, layout.bottom), (right, layout.bottom)], Ink::Axis);
    for (label, rarity) in LABELS {
        let u = libm::log10(rarity);
        if u > layout.u_max + 1e-9 {
            continue;
        }
        let (x, _) = panel.place(u, layout.low);
        canvas.line(&[(x, layout.top), (x, layout.bottom)], Ink::GridFaint);
        canvas.line(&[(x, layout.bottom), (x, layout.bottom + 4.0)], Ink::Axis);
        let inward = layout.size == Size::Narrow && right - x < 16.0;
        let anchor = if inward { Anchor::End } else { Anchor::Middle };
        // On a phone the last label alone has the unit, which its moving inward leaves no room for.
        let text = if layout.size == Size::Narrow && !inward {
            label.to_owned()
        } else {
            format!("{label}{THIN}%")
        };
        canvas.text(&text, x, layout.bottom + 18.0, anchor, Ink::Ticks);
    }
    let middle = f64::midpoint(left, right);
    let words = "share of requests that are at least this fast";
    canvas.text(
        words,
        middle,
        layout.bottom + 38.0,
        Anchor::Middle,
        Ink::Ticks,
    );
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
    let end = |c: &Curve| {
        c.points
            .last()
            .map_or(layout.bottom, |p| panel.place(p.0, layout.value(p.1)).1)
    };
    let wishes: Vec<f64> = curves.iter().map(|c| end(c) + 4.0).collect();
    let places = spread(&wishes, 16.0, layout.top + 8.0, layout.bottom);
    let width = layout.size.width();
    for ((i, curve), y) in curves.iter().enumerate().zip(places) {
        let ink = Ink::Hued(hue(curve.mode));
        let value = seconds(curve.last);
        let room = width - layout.right - 10.0 - text_width(&value, false) - 8.0;
        let fits = text_width(&curve.name, true) <= room;
        let name = match curve.mode {
            Mode::SseKmsBucketKey if !fits => "Bucket Keys".into(),
            _ => cut(&curve.name, room, true),
        };
        canvas.series(i, || {
            canvas.bold(&name, layout.right + 10.0, y, Anchor::Start, ink);
            canvas.text(&value, width, y, Anchor::End, ink);
        });
    }
}

/// p99 of the baseline, and of Bucket Keys, on their curves.
fn marks(canvas: &Canvas<'_>, panel: &Panel<'_>, curves: &[Curve], layout: &Layout) {
    let marked = |c: &(usize, &Curve)| matches!(c.1.mode, Mode::SseKms | Mode::SseKmsBucketKey);
    let mut taken: Vec<((f64, f64), f64)> = Vec::new();
    for (i, curve) in curves.iter().enumerate().filter(marked).take(2) {
        let Some(p99) = curve.p99 else { continue };
        let (x, y) = panel.place(2.0, layout.value(libm::log10(p99)));
        let hue: Hue = hue(curve.mode);
        let text = format!("p99 {}", seconds(p99));
        let width = text_width(&text, true);
        // Left end and base line of the places to try; the one furthest from all curves and from
        // the words that already stand is taken.
        let (before, after) = (x - 8.0 - width, x + 8.0);
        let places = [
            (before, y - 9.0),
            (after, y + 20.0),
            (after, y - 9.0),
            (before, y + 20.0),
            (before, y - 26.0),
            (after, y + 37.0),
            (before, y - 43.0),
            (after, y + 54.0),
        ];
        let mut best = (f64::MIN, places[0]);
        let inside =
            |place: &(f64, f64)| place.1 > layout.top + 8.0 && place.1 < layout.bottom - 4.0;
        for place in places.into_iter().filter(inside) {
            let others = taken.iter().map(|&other| apart(place, width, other));
            let room = others.fold(room(panel, curves, layout, place, width), f64::min);
            if room.min(12.0) > best.0 {
                best = (room.min(12.0), place);
            }
        }
        let place = best.1;
        taken.push((place, width));
        canvas.series(i, || {
            canvas.dot((x, y), 3.5, Ink::Dot(hue));
            canvas.bold(&text, place.0, place.1, Anchor::Start, Ink::HuedHalo(hue));
        });
    }
}

/// Distance \[px\] of a text from another, at most along one of the axes; negative if they overlap.
fn apart((left, base): (f64, f64), width: f64, (other, length): ((f64, f64), f64)) -> f64 {
    let across = (other.0 - (left + width)).max(left - (other.0 + length));
    let down = (other.1 - base).abs() - 13.0;
    across.max(down)
}

/// Distance \[px\] of a text's box from the nearest curve; negative if one crosses it.
fn room(
    panel: &Panel<'_>,
    curves: &[Curve],
    layout: &Layout,
    (left, base): (f64, f64),
    width: f64,
) -> f64 {
    let (top, bottom) = (base - 9.5, base + 2.0);
    let points = curves
        .iter()
        .flat_map(|c| &c.points)
        .map(|p| panel.place(p.0, layout.value(p.1)));
    points
        .filter(|(x, _)| *x > left - 4.0 && *x < left + width + 4.0)
        .map(|(_, y)| (top - y).max(y - bottom))
        .fold(f64::MAX, f64::min)
}

/// On a phone there is no room at the curves' ends: names stand above, with a piece of their
/// line and their p99.
fn key_rows(canvas: &Canvas<'_>, curves: &[Curve]) {
    let width = Size::Narrow.width();
    for (i, curve) in curves.iter().enumerate() {
        let y = 12.0 + 20.0 * i as f64;
        let hue = hue(curve.mode);
        let ink = curve.ink();
        let value = curve
            .p99
            .map_or_else(String::new, |p99| format!("p99 {}", seconds(p99)));
        let room = width - 30.0 - text_width(&value, false) - 8.0;
        canvas.series(i, || {
            canvas.line(&[(0.0, y - 4.0), (22.0, y - 4.0)], ink);
            let name = cut(&curve.name, room, true);
            canvas.bold(&name, 30.0, y, Anchor::Start, Ink::Hued(hue));
            canvas.text(&value, width, y, Anchor::End, Ink::Hued(hue));
        });
    }
}
