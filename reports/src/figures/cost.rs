use super::bars::{BarRow, Bars, Number, Weight};
use super::{Figure, Part, both};
use crate::draw::{Fill, ticks};
use crate::number::{THIN, share, usd};
use crate::results;
use crate::text::Text;
use crate::view::{self, amount, bucket_key};
use keystorm_record::{Mode, Record, Variant};

/// Groups of items that are drawn as one: name, fill, prefix of the items.
const GROUPS: [(&str, Fill, &str); 2] = [
    ("S3 requests", Fill::Grey2, "s3-"),
    ("KMS", Fill::Blue, "kms-"),
];

/// Dollars a month of each group, and of whatever is in none.
fn groups(variant: &Variant) -> [f64; 3] {
    let mut sums = [0.0; 3];
    for cost in &variant.costs {
        let group = GROUPS
            .iter()
            .position(|(_, _, prefix)| cost.item.starts_with(prefix));
        sums[group.unwrap_or(GROUPS.len())] += cost.usd_per_month;
    }
    sums
}

pub(super) fn figure(record: &Record) -> Option<Figure> {
    let baseline = record.variants.first()?;
    let bars = bars(record, baseline);
    let part = Part {
        id: "fig-cost-1".into(),
        heading: String::new(),
        title: "Cost a month by item and mode".into(),
        desc: "Stacked bars in US dollars a month; the table below holds every item.".into(),
        drawings: both(|size| bars.draw(size)),
        summary: "Cost as a table".into(),
        table: results::cost(record)
            .noted("Per month of 730 h of this load; the free tier is deducted from it."),
    };
    Some(Figure {
        id: "fig-cost",
        number: 5,
        word: "Cost",
        subject: "Cost a month".into(),
        note: format!(
            "A month here is 730{THIN}h of the measured window’s load, as if it never paused."
        ),
        headline: headline(record, baseline),
        lede: format!("US dollars a month, prices of {}.", record.scenario.region),
        parts: vec![part],
        caption: caption(record, baseline),
    })
}

fn bars(record: &Record, baseline: &Variant) -> Bars {
    let most = record
        .variants
        .iter()
        .map(|v| groups(v).iter().sum::<f64>())
        .fold(0.0, f64::max);
    let others = record.variants.iter().any(|v| groups(v)[2] > 0.0);
    let mut key: Vec<(String, Fill)> = GROUPS
        .iter()
        .map(|(name, fill, _)| ((*name).to_string(), *fill))
        .collect();
    if others {
        key.push(("Other".into(), Fill::Green));
    }
    let rows = record.variants.iter().map(|v| {
        let sums = groups(v);
        let total = Number::new(usd(sums.iter().sum()), Weight::Strong);
        let mut cells: Vec<Number> = sums
            .iter()
            .take(key.len())
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
    let mine = amount(baseline, "cost.month");
    if let Some(other) = bucket_key(record) {
        let saving = mine - amount(other, "cost.month");
        if saving >= 0.5 {
            return format!("Bucket Keys save {} a month", usd(saving));
        }
    }
    let [_, kms, _] = groups(baseline);
    if kms > 0.0 && mine > 0.0 {
        format!(
            "KMS is {} of what {} costs",
            share(kms / mine),
            baseline.name
        )
    } else {
        format!("{} pays S3 only, {} a month", baseline.name, usd(mine))
    }
}

fn caption(record: &Record, baseline: &Variant) -> Text {
    let hour = amount(baseline, "cost.hour");
    let text = Text::new(format!(
        "An hour of this load costs {} under {}. Storage, transfer and logging are left out. ",
        usd(hour),
        baseline.name
    ));
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
