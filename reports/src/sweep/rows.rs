//! The result of a sweep as tidy CSV.
use crate::csv_out::{class, guarded, unit, write};
use keystorm_record::{Sweep, SweepPoint};

/// The head of [`sweep_csv_rows`]: `point`, a column for each axis by its path, and `class`,
/// `metric`, `value`, `unit`, `low`, `high`, `replications` as in a summary. A point's class is the
/// first part of the metric's name.
#[must_use]
pub fn sweep_csv_head(sweep: &Sweep) -> String {
    let axes = sweep.axes.iter().map(|it| guarded(&it.path));
    let rest = [
        "class",
        "metric",
        "value",
        "unit",
        "low",
        "high",
        "replications",
    ];
    let columns = std::iter::once("point".to_owned()).chain(axes);
    write([columns.chain(rest.map(String::from))])
}

/// The figures of a point, a row each. `value` is the mean over the `replications` that have one,
/// `low` and `high` its 95 % interval, empty where there is none.
#[must_use]
pub fn sweep_csv_rows(sweep: &Sweep, point: &SweepPoint) -> String {
    let number = |value: Option<f64>| value.map_or_else(String::new, |it| it.to_string());
    let axes = sweep.axes.iter().zip(&point.values);
    let value = |(axis, index): (&keystorm_record::SweepAxis, &u32)| {
        let value = axis.values.get(*index as usize);
        guarded(value.map_or("", |it| it.trim_matches(['"', '\''])))
    };
    let values: Vec<String> = axes.map(value).collect();
    let rows = point.metrics.iter().map(|(name, it)| {
        let kind = sweep.metrics.get(name);
        let mut row = vec![point.number.to_string()];
        row.extend(values.iter().cloned());
        row.extend([
            guarded(class(name)),
            guarded(name),
            number(Some(it.mean)),
            kind.map_or_else(String::new, |it| unit(it.unit).to_owned()),
            number(it.low),
            number(it.high),
            it.replications.to_string(),
        ]);
        row
    });
    write(rows)
}
