//! Which requests are looked at, and the panels of their parts.
use super::bars::{Number, Weight};
use super::panels::{BarPanel, PanelBar, Panels};
use crate::draw::{Fill, ticks};
use crate::number::{THIN, grouped, seconds, significant};
use crate::view;
use keystorm_record::{Operation, Record, TimeParts, Variant};
use std::ops::Range;

/// How many parts there are.
pub(super) const PARTS: usize = 9;
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

/// Of that order: the last attempt, and the tries before it.
const LAST: Range<usize> = 0..7;
const BEFORE: Range<usize> = 7..PARTS;

/// Panels whose longest bars differ by at most so much have the same scale.
const SAME_SCALE: f64 = 4.0;

/// Which requests are looked at.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Look {
    /// All: their mean. The parts of older records tell no more.
    Mean,
    /// Those about as slow as the median.
    Median,
    /// Those about as slow as the slowest in a hundred.
    Slow,
}

impl Look {
    /// Those that a record can tell of.
    pub(super) fn of(record: &Record) -> Vec<Self> {
        let mut classes = record.variants.iter().flat_map(|v| &v.classes);
        if classes.any(|class| !class.bands.is_empty()) {
            vec![Self::Median, Self::Slow]
        } else {
            vec![Self::Mean]
        }
    }

    /// Short, for tables.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Median => "p50",
            Self::Slow => "p99",
        }
    }

    /// Shorter than its title, for four panels.
    fn short(self) -> &'static str {
        match self {
            Self::Mean => "Mean",
            Self::Median => "Median",
            Self::Slow => "p99",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Mean => "Mean request",
            Self::Median => "Median request (p50)",
            Self::Slow => "Slow request (p99)",
        }
    }

    /// Seconds of each part, in the order of `TimeParts::named`.
    pub(super) fn parts(self, variant: &Variant, operation: Operation) -> Option<[f64; PARTS]> {
        match self {
            Self::Median => view::time_at(variant, operation, 0.5),
            Self::Slow => view::time_at(variant, operation, 0.99),
            Self::Mean => {
                let (sum, requests) = view::time(variant, operation);
                let mean = |ns: f64| ns / requests as f64 / 1e9;
                (requests > 0).then(|| sum.named().map(|(_, ns)| mean(ns.as_f64())))
            }
        }
    }
}

/// A panel before its scale is known.
struct Plan {
    title: String,
    /// Stacked parts of each row; `None` without any such request.
    rows: Vec<Option<Vec<(f64, Fill)>>>,
    most: f64,
}

impl Plan {
    fn new(title: impl Into<String>, rows: &[Option<[f64; PARTS]>], range: &Range<usize>) -> Self {
        let stack = |p: &[f64; PARTS]| {
            let order = ORDER[range.clone()].iter();
            order.map(|&i| (p[i], FILLS[i])).collect::<Vec<_>>()
        };
        let rows: Vec<_> = rows.iter().map(|p| p.as_ref().map(stack)).collect();
        let totals = rows.iter().flatten().map(|row| total(row));
        Self {
            title: title.into(),
            most: totals.fold(0.0, f64::max),
            rows,
        }
    }

    fn panel(self, axis: f64, first: Option<f64>) -> BarPanel {
        let ticks = time_ticks(axis);
        let end = |ticks: &[(f64, String)]| ticks.last().map_or(1.0, |tick| tick.0);
        let scale = first.map_or(1.0, |first| end(&ticks) / end(&time_ticks(first)));
        let title = if (scale - 1.0).abs() < 1e-9 {
            self.title
        } else {
            format!("{}, {}\u{d7} scale", self.title, significant(scale, 2))
        };
        let bar = |row: Option<Vec<(f64, Fill)>>| {
            let Some(segments) = row else {
                return PanelBar {
                    segments: Vec::new(),
                    end: Number::new("–", Weight::Faint),
                };
            };
            let total = total(&segments);
            let end = if total == 0.0 {
                Number::new("0", Weight::Faint)
            } else {
                Number::new(seconds(total), Weight::Strong)
            };
            PanelBar { segments, end }
        };
        BarPanel {
            title,
            bars: self.rows.into_iter().map(bar).collect(),
            ticks,
        }
    }
}

fn total(row: &[(f64, Fill)]) -> f64 {
    row.iter().map(|(value, _)| value).sum()
}

/// A panel of the last attempt and, where there are any, one of the tries before it: so that what a
/// request itself takes stays readable beside seconds of back-off.
pub(super) fn panels(record: &Record, operation: Operation, looks: &[Look]) -> Panels {
    let mut looked = Vec::new();
    for look in looks {
        let rows = record.variants.iter().map(|v| look.parts(v, operation));
        let rows: Vec<_> = rows.collect();
        let last = Plan::new(format!("{}: last try", look.title()), &rows, &LAST);
        let before = Plan::new("Earlier tries", &rows, &BEFORE);
        let apart = before.most > 0.02 * last.most;
        looked.push(if apart {
            vec![last, before]
        } else {
            vec![Plan::new(look.title(), &rows, &(0..PARTS))]
        });
    }
    // Four heads side by side have room for a few words each.
    if looked.iter().map(Vec::len).sum::<usize>() > 3 {
        for (look, plans) in looks.iter().zip(&mut looked) {
            let [last, before] = &mut plans[..] else {
                continue;
            };
            last.title = format!("{}, last try", look.short());
            before.title = "Before".into();
        }
    }
    let plans: Vec<Plan> = looked.into_iter().flatten().collect();
    let first = plans.first().map_or(0.0, |plan| plan.most);
    let alike = |most: f64| most <= first * SAME_SCALE && most > first / SAME_SCALE / SAME_SCALE;
    let common = plans
        .iter()
        .map(|plan| plan.most)
        .filter(|most| alike(*most));
    let common = common.fold(first, f64::max);
    let used = |i: usize| {
        let rows = plans.iter().flat_map(|plan| plan.rows.iter().flatten());
        let mut parts = rows.flatten().filter(|part| part.1 == FILLS[i]);
        parts.any(|part| part.0 > common / 1e3)
    };
    let names = TimeParts::default().named().map(|(name, _)| name);
    let key = ORDER.into_iter().filter(|&i| used(i));
    let key = key.map(|i| (names[i].into(), FILLS[i])).collect();
    let panels = plans.into_iter().map(|plan| {
        let axis = if alike(plan.most) { common } else { plan.most };
        plan.panel(axis, Some(common))
    });
    Panels {
        columns: panels.collect(),
        names: super::names(record),
        key,
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
