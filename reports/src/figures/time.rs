use super::bars::{BarRow, Bars, Number, Weight};
use super::{Figure, Part, both};
use crate::draw::{Fill, ticks};
use crate::number::{THIN, grouped, seconds, seconds_fine, share};
use crate::table::{Cell, Table};
use crate::text::Text;
use crate::view;
use keystorm_record::{Operation, Record, TimeParts, Variant};

/// How many parts there are.
const PARTS: usize = 9;
/// Fills of the parts, in the order of `TimeParts::named`: grey is what every mode pays, colour
/// what encryption adds or what went wrong.
const FILLS: [Fill; PARTS] = [
    Fill::Slate,
    Fill::Grey1,
    Fill::Calm,
    Fill::Green,
    Fill::Blue,
    Fill::Grey2,
    Fill::Grey3,
    Fill::Pale,
    Fill::Red,
];

/// Order in which the parts are stacked: first what every mode pays.
const ORDER: [usize; PARTS] = [1, 5, 6, 4, 3, 2, 0, 7, 8];

/// Mean seconds of each part, in the order of `TimeParts::named`.
fn parts(variant: &Variant, operation: Operation) -> Option<[f64; PARTS]> {
    let (sum, requests) = view::time(variant, operation);
    (requests > 0).then(|| {
        sum.named()
            .map(|(_, ns)| ns.as_f64() / requests as f64 / 1e9)
    })
}

pub(super) fn figure(record: &Record) -> Option<Figure> {
    let baseline = record.variants.first()?;
    let operation = view::operations(record).into_iter().next()?;
    let op = operation.label();
    let bars = bars(record, baseline, operation);
    let part = Part {
        id: "fig-time-1".into(),
        heading: String::new(),
        title: format!("Where the mean time of a {op} goes, by mode"),
        desc: "Stacked bars: mean time of a successful request by what it was spent on; the \
               table below holds every number."
            .into(),
        drawings: both(|size| bars.draw(size)),
        summary: "Milliseconds as a table".into(),
        table: table(record),
    };
    Some(Figure {
        id: "fig-time",
        number: 4,
        word: "Time",
        subject: "Where the time goes".into(),
        note: "Grey is what every mode pays. Colour is what encryption adds or what went wrong."
            .into(),
        headline: headline(baseline, operation),
        lede: format!("Mean time of a successful {op} by what it is spent on."),
        parts: vec![part],
        caption: caption(record),
    })
}

fn bars(record: &Record, baseline: &Variant, operation: Operation) -> Bars {
    let totals = record.variants.iter().filter_map(|v| parts(v, operation));
    let most = totals.map(|p| p.iter().sum::<f64>()).fold(0.0, f64::max);
    let names = TimeParts::default().named().map(|(name, _)| name);
    let used = |i: usize| {
        record
            .variants
            .iter()
            .filter_map(|v| parts(v, operation))
            .any(|p| p[i] > most / 1e3)
    };
    let rows = record
        .variants
        .iter()
        .map(|v| {
            let parts = parts(v, operation);
            let end = parts.map_or_else(
                || Number::new("nothing succeeded", Weight::Faint),
                |p| Number::new(seconds(p.iter().sum()), Weight::Strong),
            );
            let segments = parts.map_or_else(Vec::new, |p| ORDER.map(|i| (p[i], FILLS[i])).into());
            BarRow {
                name: v.name.clone(),
                strong: v.name == baseline.name,
                segments,
                cells: Vec::new(),
                end,
            }
        })
        .collect();
    Bars {
        rows,
        columns: Vec::new(),
        key: ORDER
            .into_iter()
            .filter(|&i| used(i))
            .map(|i| (names[i].into(), FILLS[i]))
            .collect(),
        ticks: time_ticks(most),
    }
}

/// Round values \[s\], in milliseconds below one second; the last one carries the unit.
fn time_ticks(most: f64) -> Vec<(f64, String)> {
    let (scale, unit) = if most < 1.0 { (1e3, "ms") } else { (1.0, "s") };
    let values = ticks(most * scale);
    let last = values.len() - 1;
    let decimals = usize::from(values.iter().any(|v| (v - v.round()).abs() > 1e-9));
    let label = |(i, v): (usize, &f64)| {
        let text = if *v == 0.0 {
            "0".into()
        } else {
            grouped(*v, decimals)
        };
        (
            v / scale,
            if i == last {
                format!("{text}{THIN}{unit}")
            } else {
                text
            },
        )
    };
    values.iter().enumerate().map(label).collect()
}

fn headline(baseline: &Variant, operation: Operation) -> String {
    let op = operation.label();
    let Some(p) = parts(baseline, operation) else {
        return format!("No {op} of {} succeeds", baseline.name);
    };
    let total: f64 = p.iter().sum();
    let [wait, _, _, crypto, kms, _, _, refused, back_off] = p;
    let again = refused + back_off;
    if again > 0.02 * total && again >= wait {
        format!(
            "Encryption adds {} to a {op}; trying again adds {}",
            seconds(kms + crypto),
            seconds(again)
        )
    } else if wait > 0.1 * total {
        format!(
            "{} of the time of a {op} is waiting in the client",
            share(wait / total)
        )
    } else if kms + crypto > 0.0 {
        format!(
            "Encryption adds {} to a {op} of {}",
            seconds(kms + crypto),
            seconds(total)
        )
    } else {
        format!("Encryption adds no time to a {op} under {}", baseline.name)
    }
}

fn caption(record: &Record) -> Text {
    let text = Text::new(
        "Wait: for a free place in the instance. Connect: TCP and, over HTTPS, TLS. Refused \
         attempts: from their start to the error's arrival. ",
    );
    if view::assumes(record, "kms.latency") {
        text.plain("KMS latency is ")
            .assumed("assumed")
            .plain(": AWS does not publish it.")
    } else {
        text
    }
}

fn table(record: &Record) -> Table {
    let names = TimeParts::default().named().map(|(name, _)| name);
    // No client of a record without `clients.overhead` has any.
    let of_record = || {
        let operations = view::operations(record).into_iter();
        operations.flat_map(|it| record.variants.iter().filter_map(move |v| parts(v, it)))
    };
    let shown: Vec<_> = (0..PARTS)
        .filter(|&i| names[i] != "Overhead" || of_record().any(|p| p[i] > 0.0))
        .collect();
    let mut head = vec!["Variant"];
    head.extend(shown.iter().map(|&i| names[i]));
    head.push("Mean latency");
    let mut table = Table::new(&head);
    for operation in view::operations(record) {
        for variant in &record.variants {
            let name = format!("{}, {}", variant.name, operation.label());
            let cells = parts(variant, operation).map_or_else(
                || vec![Cell::nothing(); shown.len() + 1],
                |p| {
                    let sum: f64 = p.iter().sum();
                    let parts = shown.iter().map(|&i| p[i]);
                    parts
                        .chain([sum])
                        .map(|v| Cell::number(v, seconds_or_zero(v)))
                        .collect()
                },
            );
            table.row(name, cells);
        }
    }
    table.noted("Means over successful requests of all replications.")
}

fn seconds_or_zero(value: f64) -> String {
    if value == 0.0 {
        "0".into()
    } else {
        seconds_fine(value)
    }
}
