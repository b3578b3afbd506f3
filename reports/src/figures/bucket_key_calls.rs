//! How many calls of KMS Bucket Keys leave, and how much replications differ in it.
use super::bars::{BarRow, Bars, Number, Weight};
use super::{Part, both};
use crate::draw::{Fill, ticks};
use crate::number::{grouped, significant};
use crate::table::{Cell, Table};
use crate::view;
use keystorm_record::{Mode, Record, Variant};

/// KMS calls for each 1,000 requests of a variant with Bucket Keys: mean, least and most of its
/// replications.
fn calls(variant: &Variant) -> Option<[f64; 3]> {
    let calls = view::metric(variant, "kms.calls")?;
    let rate = view::metric(variant, "all.rate")?;
    let pairs = calls.values.iter().zip(&rate.values);
    let each = pairs.filter_map(|(calls, rate)| Some(1_000.0 * (*calls)? / (*rate)?));
    let each: Vec<f64> = each.filter(|it| it.is_finite()).collect();
    (!each.is_empty()).then(|| {
        let mean = each.iter().sum::<f64>() / each.len() as f64;
        let least = each.iter().copied().fold(f64::MAX, f64::min);
        [mean, least, each.iter().copied().fold(0.0, f64::max)]
    })
}

/// The part of the figure of calls, where variants have Bucket Keys.
pub(super) fn part(record: &Record) -> Option<Part> {
    let with_keys = record.variants.iter();
    let with_keys = with_keys.filter(|v| v.setup.mode == Mode::SseKmsBucketKey);
    let found: Vec<_> = with_keys.filter_map(|v| Some((v, calls(v)?))).collect();
    let most = found.iter().map(|(_, calls)| calls[0]).fold(0.0, f64::max);
    if most == 0.0 {
        return None;
    }
    let range = |[_, least, most]: [f64; 3]| {
        let [least, most] = [least, most].map(|it| significant(it, 3));
        if least == most {
            least
        } else {
            format!("{least}–{most}")
        }
    };
    let row = |(variant, calls): &(&Variant, [f64; 3])| BarRow {
        name: variant.name.clone(),
        strong: false,
        segments: vec![(calls[0], Fill::Blue)],
        cells: vec![
            Number::new(significant(calls[0], 3), Weight::Strong),
            Number::new(range(*calls), Weight::Normal),
        ],
        end: Number::new(significant(calls[0], 3), Weight::Strong),
    };
    let axis = ticks(most).into_iter();
    let bars = Bars {
        rows: found.iter().map(row).collect(),
        columns: vec![("Mean".into(), None), ("Least–most".into(), None)],
        key: Vec::new(),
        ticks: axis
            .map(|v| (v, grouped(v, usize::from(v.fract() != 0.0))))
            .collect(),
    };
    let mut table = Table::new(&["Variant", "Mean", "Least", "Most"]);
    for (variant, calls) in &found {
        let cells = calls.map(|it| Cell::number(it, significant(it, 3)));
        table.row(&variant.name, cells.into());
    }
    Some(Part {
        id: "fig-calls-2".into(),
        heading: "Under Bucket Keys: calls for each 1,000 requests".into(),
        title: "KMS calls for each 1,000 requests of the variants with Bucket Keys".into(),
        desc: "One bar per variant with Bucket Keys: the mean of its replications, and the least \
               and the most of them in numbers."
            .into(),
        drawings: both(|size| bars.draw(size)),
        summary: "Calls under Bucket Keys as a table".into(),
        table: table.noted("KMS calls of the fleets / requests, of each replication."),
    })
}
