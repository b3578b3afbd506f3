//! How sure a verdict is.
use super::better;
use crate::number::{in_words, share};
use crate::text::{Text, capital};
use crate::verdict::finding::Doubt;
use crate::view;
use keystorm_record::{Record, Variant};

/// Half-width of an interval, as a share of its mean, from which on a figure is said to be known
/// roughly only.
const ROUGH_SHARE: f64 = 0.2;

/// The p99 that the verdict names, if replications differ much in it.
fn uncertain(variant: &Variant) -> Option<String> {
    let operation = view::main_operation(variant)?;
    let metric = view::metric(variant, &format!("{}.latency.p99", operation.id()))?;
    let half = (metric.high? - metric.low?) / 2.0;
    (half > ROUGH_SHARE * metric.mean).then(|| {
        let label = operation.label();
        format!(
            "{label} p99 is known to ±{} only. ",
            share(half / metric.mean)
        )
    })
}

/// What the verdict rests on.
pub(in crate::verdict) fn how_sure(
    record: &Record,
    variant: &Variant,
    doubt: Option<&Doubt>,
) -> Text {
    let done = variant.replications.len();
    let mut text = Text::new(format!(
        "{done} of {} replications",
        record.replications_planned
    ));
    text = match doubt {
        Some(Doubt::OneReplication) => text.plain(": one alone has no interval. "),
        _ if done < 2 => text.plain(". "),
        _ => text.plain(format!("; intervals are 95{}%. ", crate::number::THIN)),
    };
    if let Some(uncertain) = uncertain(variant) {
        text = text.plain(uncertain);
    }
    let assumed = view::assumed(record, &[Some(variant), better(record, variant)]).len();
    text = match assumed {
        0 => text.plain("No value is assumed. "),
        n => text
            .plain(format!("Rests on {} ", in_words(n)))
            .assumed("assumed")
            .plain(if n == 1 { " value. " } else { " values. " }),
    };
    text = match record.warnings.len() {
        0 => text,
        1 => text
            .plain("One warning applies. ")
            .link("Warnings", "warnings")
            .plain(" "),
        n => text
            .plain(format!("{} warnings apply. ", capital(&in_words(n))))
            .link("Warnings", "warnings")
            .plain(" "),
    };
    text.link("Assumptions", "assumptions")
}
