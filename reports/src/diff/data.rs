//! A diff for programs.
use super::{Diff, DiffRow};
use crate::csv_out::{guarded, unit, write};
use keystorm_record::Better;
use keystorm_record::comparison::{Difference, Method};
use serde_json::{Value, json};

/// One row per variant and metric:
/// `variant,metric,unit,better,base,new,difference,low,high,relative,count,method,verdict,`
/// `replications_needed`.
///
/// Raw numbers, shares 0..1; empty where there is none. `low` and `high` are the 95 % interval of
/// the difference. Units as in the CSV of a record.
#[must_use]
pub fn diff_csv(diff: &Diff) -> String {
    let head = [
        "variant",
        "metric",
        "unit",
        "better",
        "base",
        "new",
        "difference",
        "low",
        "high",
        "relative",
        "count",
        "method",
        "verdict",
        "replications_needed",
    ];
    let number = |value: Option<f64>| value.map_or_else(String::new, |it| it.to_string());
    let row = |row: &DiffRow| {
        let difference = row.difference.as_ref();
        let interval = difference.and_then(|it| it.interval);
        let needed = row.replications_needed;
        [
            guarded(&row.variant),
            guarded(&row.metric),
            unit(row.unit).into(),
            direction(row).unwrap_or_default().into(),
            number(row.base),
            number(row.new),
            number(difference.map(|it| it.mean)),
            number(interval.map(|it| it.0)),
            number(interval.map(|it| it.1)),
            number(difference.and_then(Difference::relative)),
            difference.map_or_else(String::new, |it| it.count.to_string()),
            method(diff).into(),
            row.verdict().into(),
            needed.map_or_else(String::new, |it| it.to_string()),
        ]
    };
    let rows = std::iter::once(head.map(String::from)).chain(diff.rows.iter().map(row));
    write(rows.collect::<Vec<_>>())
}

/// One JSON object: `outcome`, `method`, `tolerance`, `base`, `new`, `setup`, `rows`, `missing`,
/// `added`, `expectations`; indented, with a line end.
#[must_use]
pub fn diff_json(diff: &Diff) -> String {
    let side = |it: &super::Side| {
        json!({
            "path": it.path,
            "title": it.title,
            "version": it.version,
            "replications": it.replications,
        })
    };
    let change = |it: &super::SetupChange| {
        json!({
            "place": it.place.name(),
            "what": it.what,
            "base": it.base,
            "new": it.new,
            "variants": it.variants,
        })
    };
    let expectation = |it: &super::Expected| {
        json!({
            "variant": it.variant,
            "condition": it.expectation.condition,
            "value": it.expectation.value,
            "holds": it.expectation.holds,
        })
    };
    let value = json!({
        "outcome": diff.outcome().name(),
        "method": method(diff),
        "tolerance": diff.tolerance,
        "base": side(&diff.base),
        "new": side(&diff.new),
        "setup": diff.setup.iter().map(change).collect::<Vec<_>>(),
        "rows": diff.rows.iter().map(|it| object(diff, it)).collect::<Vec<_>>(),
        "missing": diff.missing,
        "added": diff.added,
        "expectations": diff.expectations.iter().map(expectation).collect::<Vec<_>>(),
    });
    let mut text = serde_json::to_string_pretty(&value)
        .expect("a diff has string keys and finite numbers only");
    text.push('\n');
    text
}

/// One JSON object per line, variant and metric, as in `rows` of [`diff_json`].
#[must_use]
pub fn diff_ndjson(diff: &Diff) -> String {
    let rows = diff.rows.iter();
    let lines = rows.flat_map(|it| [object(diff, it).to_string(), "\n".into()]);
    lines.collect()
}

fn object(diff: &Diff, row: &DiffRow) -> Value {
    let difference = row.difference.as_ref();
    let interval = difference.and_then(|it| it.interval);
    json!({
        "variant": row.variant,
        "metric": row.metric,
        "unit": row.unit,
        "better": direction(row),
        "base": row.base,
        "new": row.new,
        "difference": difference.map(|it| it.mean),
        "low": interval.map(|it| it.0),
        "high": interval.map(|it| it.1),
        "relative": difference.and_then(Difference::relative),
        "count": difference.map(|it| it.count),
        "method": method(diff),
        "verdict": row.verdict(),
        "replications-needed": row.replications_needed,
    })
}

fn method(diff: &Diff) -> &'static str {
    match diff.method {
        Method::Paired => "paired",
        Method::Welch => "welch",
    }
}

fn direction(row: &DiffRow) -> Option<&'static str> {
    row.better.map(|it| match it {
        Better::Lower => "lower",
        Better::Higher => "higher",
    })
}
