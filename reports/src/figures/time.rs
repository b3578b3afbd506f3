use super::time_panels::{Look, PARTS, panels};
use super::{Figure, Part, both};
use crate::number::{seconds, seconds_fine, share};
use crate::table::{Cell, Table};
use crate::text::Text;
use crate::view;
use keystorm_record::{Operation, Record, TimeParts, Variant};

pub(super) fn figure(record: &Record) -> Option<Figure> {
    let baseline = record.variants.first()?;
    let operation = view::operations(record).into_iter().next()?;
    let op = operation.label();
    let looks = Look::of(record);
    let panels = panels(record, operation, &looks);
    let lede = match looks[..] {
        [Look::Mean] => format!("Mean time of a successful {op} by what it is spent on."),
        _ => format!("What successful {op}s about as slow as p50 and as p99 spend their time on."),
    };
    let part = Part {
        id: "fig-time-1".into(),
        heading: String::new(),
        title: format!("Where the time of a {op} goes, by mode"),
        desc: "Stacked bars: time of a successful request by what it was spent on; tries before \
               the last one have a panel of their own. The table below holds every number."
            .into(),
        drawings: both(|size| panels.draw(size)),
        summary: "Milliseconds as a table".into(),
        table: table(record, &looks),
    };
    Some(Figure {
        id: "fig-time",
        number: 4,
        word: "Time",
        subject: "Where the time goes".into(),
        note: "Grey is what every mode pays. Colour is what encryption adds or what went wrong."
            .into(),
        headline: headline(baseline, operation, &looks),
        lede,
        parts: vec![part],
        caption: caption(record, &looks),
    })
}

/// What encryption and trying again add, told of the median request and of a slow one.
fn headline(baseline: &Variant, operation: Operation, looks: &[Look]) -> String {
    let op = operation.label();
    let parts = looks.iter().map(|look| look.parts(baseline, operation));
    let found: Vec<_> = parts.flatten().collect();
    let (Some(usual), Some(slow)) = (found.first(), found.last()) else {
        return format!("No {op} of {} succeeds", baseline.name);
    };
    let (of_usual, of_slow) = match looks {
        [Look::Mean] => (format!("a {op}"), "it".to_owned()),
        _ if found.len() < 2 => (format!("the median {op}"), "it".to_owned()),
        _ => (format!("the median {op}"), "a slow one".to_owned()),
    };
    let encryption = |p: &[f64; PARTS]| p[3] + p[4];
    let again = slow[7] + slow[8];
    let (total, wait) = (slow.iter().sum::<f64>(), slow[0]);
    if again > 0.02 * total && again >= wait {
        format!(
            "Encryption adds {} to {of_usual}; trying again adds {} to {of_slow}",
            seconds(encryption(usual)),
            seconds(again)
        )
    } else if wait > 0.1 * total {
        let whose = if found.len() < 2 {
            &of_usual
        } else {
            "a slow one"
        };
        let whose = whose.replace("a slow one", &format!("a slow {op}"));
        format!(
            "{} of the time of {whose} is waiting in the client",
            share(wait / total)
        )
    } else if encryption(usual) > 0.0 {
        format!(
            "Encryption adds {} to {of_usual} of {}",
            seconds(encryption(usual)),
            seconds(usual.iter().sum())
        )
    } else if encryption(slow) > 0.0 {
        format!("Encryption adds {} to {of_slow}", seconds(encryption(slow)))
    } else {
        format!("Encryption adds no time to a {op} under {}", baseline.name)
    }
}

fn caption(record: &Record, looks: &[Look]) -> Text {
    let mut text = Text::new(
        "Wait: for a free place in the instance, or a connection. Connect: TCP and, over HTTPS, \
         TLS. Refused attempts: from their start to the error’s arrival. ",
    );
    if looks != [Look::Mean] {
        text = text.plain(
            "Parts: the mean of requests that are about as slow, scaled to the percentile. ",
        );
    }
    if view::assumes(record, "kms.latency") {
        text.plain("KMS latency is ")
            .assumed("assumed")
            .plain(": AWS does not publish it.")
    } else {
        text
    }
}

fn table(record: &Record, looks: &[Look]) -> Table {
    let names = TimeParts::default().named().map(|(name, _)| name);
    let mut all = looks.to_vec();
    if !all.contains(&Look::Mean) {
        all.push(Look::Mean);
    }
    let mut head = vec!["Variant"];
    head.extend(names);
    head.push("Latency");
    let mut table = Table::new(&head);
    for operation in view::operations(record) {
        for variant in &record.variants {
            for look in &all {
                let name = format!("{}, {}, {}", variant.name, operation.label(), look.name());
                let Some(parts) = look.parts(variant, operation) else {
                    continue;
                };
                let cell = |v: f64| Cell::number(v, seconds_or_zero(v));
                let sum = parts.iter().sum::<f64>();
                table.row(name, parts.into_iter().chain([sum]).map(cell).collect());
            }
        }
    }
    // No client of a record without `clients.overhead` has any.
    table.without_zeros(&["Overhead", "Client crypto"]).noted(
        "Successful requests of all replications. Percentiles: mean parts of requests about as \
         slow, scaled to the percentile.",
    )
}

fn seconds_or_zero(value: f64) -> String {
    if value == 0.0 {
        "0".into()
    } else {
        seconds_fine(value)
    }
}
