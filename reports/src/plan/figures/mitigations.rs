//! What would help: effect and cost of each change.
use super::super::names::{metric, multiple, value};
use super::dots::{Dot, Dots, Panel};
use crate::draw::Hue;
use crate::figures::{Figure, Part, both};
use crate::number::{in_words, seconds_fine, usd};
use crate::table::{Cell, Table};
use crate::text::Text;
use crate::verdict::in_unit;
use keystorm_record::plan::{Effect, Mitigation, Mitigations, Outcome, Plan};

/// Most changes that are drawn: the table has all.
const DRAWN: usize = 12;

pub(super) fn figure(plan: &Plan) -> Option<Figure> {
    let found = plan.mitigations.as_ref().filter(|it| !it.list.is_empty())?;
    let dots = dots(found);
    let part = Part {
        id: "fig-mitigations-1".into(),
        heading: String::new(),
        title: "Effect and cost of each change".into(),
        desc: "One row per change, the best first: the metric of the expectation and the cost a \
               month, with the range of what is plausible; dashed is today. The table below holds \
               the numbers."
            .into(),
        drawings: both(|size| dots.draw(size)),
        summary: "Changes as a table".into(),
        table: table(found),
    };
    Some(Figure {
        id: "fig-mitigations",
        number: 0,
        word: "What helps",
        subject: "What would help".into(),
        note:
            "Each change is simulated alone, under the same arrivals. Bars are the range of what \
               is plausible, else the 95 % interval. Blue meets or helps, red harms, hollow does \
               neither."
                .into(),
        headline: headline(found),
        lede: format!(
            "{}, and cost a month of 730 h, by change.",
            metric(&found.metric)
        ),
        parts: vec![part],
        caption: Text::new(format!("The order: {}", lowered(&found.rule))),
    })
}

fn lowered(sentence: &str) -> String {
    let mut chars = sentence.chars();
    let first = chars.next().map(|it| it.to_ascii_lowercase());
    first.into_iter().chain(chars).collect()
}

fn headline(found: &Mitigations) -> String {
    let meets: Vec<_> = found
        .list
        .iter()
        .filter(|it| it.effect == Effect::Meets)
        .map(|it| it.name.as_str())
        .collect();
    match meets.as_slice() {
        [] => match found.list.first().filter(|it| it.effect <= Effect::Helps) {
            Some(best) => format!(
                "No change meets all expectations for sure; best is: {}",
                best.name
            ),
            None => "Nothing that was tried helps".into(),
        },
        _ if found.today.breached.is_empty() => {
            format!(
                "All expectations hold today; least work for more room: {}",
                meets[0]
            )
        }
        [one] => format!("One change meets all expectations: {one}"),
        [first, rest @ ..] => {
            let others = match rest.len() {
                1 => "one more does".to_owned(),
                n => format!("{} more do", in_words(n)),
            };
            format!("All expectations are met with the least work by: {first}; {others}")
        }
    }
}

fn dots(found: &Mitigations) -> Dots {
    let rows: Vec<&Mitigation> = found.list.iter().take(DRAWN).collect();
    let names = rows
        .iter()
        .zip(1..)
        .map(|(it, n)| format!("{n}. {}", it.name));
    let panel =
        |head: String, today: Option<f64>, show, dot: &dyn Fn(&Mitigation) -> Option<Dot>| Panel {
            head,
            line: today.map(|it| (it, "today".to_owned())),
            dots: rows.iter().map(|it| dot(it)).collect(),
            show,
        };
    let judged = panel(
        metric(&found.metric),
        found.today.value,
        value(found.unit),
        &|it| dot(it, |it| it.value, |it| it.interval),
    );
    let cost = panel(
        "Cost a month".into(),
        Some(found.today.usd_per_month),
        usd,
        &|it| dot(it, |it| Some(it.usd_per_month), |_| None),
    );
    Dots {
        names: names.collect(),
        panels: vec![judged, cost],
    }
}

/// A figure as it is assumed, and its range over what is plausible; where there is one case only,
/// its interval.
fn dot(
    it: &Mitigation,
    of: impl Fn(&Outcome) -> Option<f64>,
    interval: impl Fn(&Outcome) -> Option<(f64, f64)>,
) -> Option<Dot> {
    let assumed = &it.assumed()?.outcome;
    let counting = it.cases.iter().filter(|it| it.counts).count();
    let range = if counting > 1 {
        it.range(&of)
    } else {
        interval(assumed)
    };
    Some(Dot {
        value: of(assumed)?,
        range,
        hue: match it.effect {
            Effect::Meets | Effect::MayMeet | Effect::Helps => Some(Hue::Blue),
            Effect::Trades | Effect::None => None,
            Effect::Harms => Some(Hue::Red),
        },
    })
}

fn table(found: &Mitigations) -> Table {
    let name = metric(&found.metric);
    let mut table = Table::new(&[
        "Change",
        "Effect",
        "Effort",
        &name,
        "Times today’s load",
        "p99",
        "Cost a month",
        "Once",
    ]);
    let range = |range: Option<(f64, f64)>, show: &dyn Fn(f64) -> String| match range {
        Some((low, high)) if show(low) != show(high) => {
            format!("{} to {}", show(low), show(high))
        }
        _ => String::new(),
    };
    let in_metric = |it: f64| in_unit(it, found.unit);
    let outcome = |it: &Outcome| {
        vec![
            Cell::optional(it.value, in_metric).marked(!it.breached.is_empty()),
            Cell::optional(it.kms_load_multiple, multiple),
            Cell::optional(it.p99_s, seconds_fine),
            Cell::number(it.usd_per_month, usd(it.usd_per_month)),
        ]
    };
    let mut today = vec![Cell::words("–"), Cell::words("–")];
    today.extend(outcome(&found.today));
    today.push(Cell::nothing());
    table.row("Today", today);
    for (it, number) in found.list.iter().zip(1..) {
        let Some(assumed) = it.assumed() else {
            continue;
        };
        let mut cells = vec![
            Cell::words(it.effect.label()).marked(it.effect == Effect::Harms),
            Cell::words(it.effort.label()),
        ];
        let mut figures = outcome(&assumed.outcome);
        let several = it.cases.iter().filter(|it| it.counts).count() > 1;
        figures[0].interval = if several {
            range(it.range(|it| it.value), &in_metric)
        } else {
            range(assumed.outcome.interval, &in_metric)
        };
        figures[1].interval = range(it.range(|it| it.kms_load_multiple), &multiple);
        figures[2].interval = range(it.range(|it| it.p99_s), &seconds_fine);
        figures[3].interval = range(it.range(|it| Some(it.usd_per_month)), &usd);
        cells.extend(figures);
        cells.push(match it.one_off_usd {
            Some((low, high)) => Cell {
                interval: range(Some((low, high)), &usd),
                ..Cell::number(high, usd(high))
            },
            None => Cell::words("not priced"),
        });
        table.row(format!("{number}. {}", it.name), cells);
    }
    table.noted(
        "As assumed; below it the range of what is plausible where AWS publishes too little, else \
         the 95 % interval. “Times today’s load” is what fits into the KMS quota in its busiest \
         second; a dash: the fleets hardly call KMS.",
    )
}
