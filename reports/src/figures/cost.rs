use super::bars::{BarRow, Bars, Number, Weight};
use super::{Figure, Part, both};
use crate::draw::{Fill, ticks};
use crate::number::{THIN, share, usd};
use crate::results::cost;
use crate::text::Text;
use crate::view::{self, Period, amount, bucket_key};
use keystorm_record::{Mode, Record, Variant};

/// Fills of the groups of cost; what is in none has the last.
const FILLS: [Fill; cost::SUMS] = [
    Fill::Grey2,
    Fill::Blue,
    Fill::Amber,
    Fill::Grey1,
    Fill::Slate,
    Fill::Green,
];

pub(super) fn figure(record: &Record) -> Option<Figure> {
    let baseline = record.variants.first()?;
    let bars = bars(record, baseline);
    let period = Period::of(record);
    let each = period.each();
    let part = Part {
        id: "fig-cost-1".into(),
        heading: String::new(),
        title: format!("{} by item and mode", period.title()),
        desc: format!("Stacked bars in US dollars {each}; the table below holds every item."),
        drawings: both(|size| bars.draw(size)),
        summary: "Cost as a table".into(),
        table: cost::table(record).noted(match period {
            Period::Month => "Per month of 730 h of this load; the free tier is deducted from it.",
            Period::Run => "Of the measured window; the free tier is not deducted from it.",
        }),
    };
    Some(Figure {
        id: "fig-cost",
        number: 5,
        word: "Cost",
        subject: period.title().into(),
        note: match period {
            Period::Month => format!(
                "A month here is 730{THIN}h of the measured window’s load, as if it never paused."
            ),
            Period::Run => "The work comes to an end, so this is what doing it once costs; the \
                            fee of a key counts for the time of the run."
                .into(),
        },
        headline: headline(record, baseline),
        lede: format!("US dollars {each}, prices of {}.", record.scenario.region),
        parts: vec![part],
        caption: caption(record, baseline),
    })
}

fn bars(record: &Record, baseline: &Variant) -> Bars {
    let period = Period::of(record);
    let most = record
        .variants
        .iter()
        .map(|v| cost::sums(v, period).iter().sum::<f64>())
        .fold(0.0, f64::max);
    let shown = cost::shown(record);
    let key: Vec<(String, Fill)> = shown
        .iter()
        .map(|&group| (cost::name(group).to_string(), FILLS[group]))
        .collect();
    let rows = record.variants.iter().map(|v| {
        let all = cost::sums(v, period);
        let sums: Vec<f64> = shown.iter().map(|&group| all[group]).collect();
        let total = Number::new(usd(sums.iter().sum()), Weight::Strong);
        let mut cells: Vec<Number> = sums
            .iter()
            .map(|&s| {
                let weight = if s == 0.0 {
                    Weight::Faint
                } else {
                    Weight::Normal
                };
                Number::new(usd(s), weight)
            })
            .collect();
        cells.push(total.clone());
        BarRow {
            name: v.name.clone(),
            strong: v.name == baseline.name,
            segments: sums
                .iter()
                .zip(&key)
                .map(|(&s, (_, fill))| (s, *fill))
                .collect(),
            cells,
            end: total,
        }
    });
    let rows = rows.collect();
    let mut columns: Vec<(String, Option<Fill>)> = key
        .iter()
        .map(|(name, fill)| (name.clone(), Some(*fill)))
        .collect();
    columns.push(("Total".into(), None));
    let ticks = ticks(most).into_iter().map(|v| (v, usd(v))).collect();
    Bars {
        rows,
        columns,
        key,
        ticks,
    }
}

fn headline(record: &Record, baseline: &Variant) -> String {
    let period = Period::of(record);
    let (mine, each) = (amount(baseline, period.metric()), period.each());
    if let Some(other) = bucket_key(record) {
        let saving = mine - amount(other, period.metric());
        if saving >= period.worth() {
            return format!("Bucket Keys save {} {each}", usd(saving));
        }
    }
    let [_, kms, ..] = cost::sums(baseline, period);
    if kms > 0.0 && mine > 0.0 {
        format!(
            "KMS is {} of what {} costs",
            share(kms / mine),
            baseline.name
        )
    } else {
        format!("{} pays S3 only, {} {each}", baseline.name, usd(mine))
    }
}

/// What nobody asked to be priced, as a sentence.
fn left_out(record: &Record) -> String {
    let priced = |prefix: &str| {
        let mut costs = record.variants.iter().flat_map(|v| &v.costs);
        costs.any(|cost| cost.item.starts_with(prefix))
    };
    let groups = [
        ("storage", "storage"),
        ("transfer", "transfer-"),
        ("logging", "cloudtrail-"),
    ];
    let left: Vec<&str> = groups
        .into_iter()
        .filter(|(_, prefix)| !priced(prefix))
        .map(|(word, _)| word)
        .collect();
    let (words, verb) = match left.as_slice() {
        [] => return String::new(),
        [one] => ((*one).to_string(), "is"),
        [first @ .., last] => (format!("{} and {last}", first.join(", ")), "are"),
    };
    let mut chars = words.chars();
    let capital = chars.next().map(|c| c.to_ascii_uppercase());
    let words: String = capital.into_iter().chain(chars).collect();
    format!("{words} {verb} left out. ")
}

fn caption(record: &Record, baseline: &Variant) -> Text {
    let hour = amount(baseline, "cost.hour");
    let name = &baseline.name;
    let text = Text::new(match Period::of(record) {
        Period::Month => format!("An hour of this load costs {} under {name}. ", usd(hour)),
        Period::Run => format!(
            "If this work went on without end, a month of 730{THIN}h would cost {} under {name}. ",
            usd(amount(baseline, "cost.month"))
        ),
    });
    let text = text.plain(left_out(record));
    let refused = amount(baseline, "kms.throttled-share") > 0.0;
    let client = record
        .variants
        .iter()
        .any(|v| v.setup.mode == Mode::ClientSide);
    let text = if refused {
        text.plain("Requests that are given up buy nothing, so a throttled mode looks cheaper. ")
    } else {
        text
    };
    let text = if client {
        text.plain("The client’s own cores are not priced. ")
    } else {
        text
    };
    if view::assumes(record, "price.") {
        text.plain("Some prices are ")
            .assumed("assumed")
            .plain(": see ")
            .link("Table 3", "assumptions")
            .plain(".")
    } else {
        text
    }
}
