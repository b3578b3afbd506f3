use crate::clock::Clock;
use keystorm_record::{Metric, Record, Unit};
use serde_json::json;

/// A text cell that no spreadsheet takes for a formula: an apostrophe before `=`, `+`, `-`, `@`,
/// tab and carriage return.
pub(crate) fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.into()
    }
}

/// Columns of [`summary_csv`] and keys of [`ndjson`], in order.
const COLUMNS: [&str; 9] = [
    "scenario",
    "variant",
    "class",
    "metric",
    "value",
    "unit",
    "low",
    "high",
    "replications",
];

/// What a metric is of: the first part of its name (`get`, `all`, `kms`, `cost`, …); those without
/// parts are of jobs.
pub(crate) fn class(metric: &str) -> &str {
    metric.split_once('.').map_or("job", |(class, _)| class)
}

/// Variants with their metrics, in the record's order.
fn metrics(record: &Record) -> impl Iterator<Item = (&str, &str, &Metric)> {
    record.variants.iter().flat_map(|variant| {
        let metrics = variant.metrics.iter();
        metrics.map(|(name, metric)| (variant.name.as_str(), name.as_str(), metric))
    })
}

/// Replications that have a value.
fn replications(metric: &Metric) -> usize {
    metric.values.iter().flatten().count()
}

/// All metrics as tidy CSV, one row for each variant and metric.
///
/// `scenario` is the path of the scenario, `class` the first part of the metric's name, `value` the
/// mean over the `replications` that have one, `low` and `high` its 95 % interval, empty where
/// there is none. Units: `share`, `s`, `1/s`, `B/s`, `1`, `USD`, `core-h`.
#[must_use]
pub fn summary_csv(record: &Record) -> String {
    let number = |value: Option<f64>| value.map_or_else(String::new, |v| v.to_string());
    let row = |(variant, name, metric): (&str, &str, &Metric)| {
        [
            guarded(&record.scenario.path),
            guarded(variant),
            guarded(class(name)),
            guarded(name),
            number(Some(metric.mean)),
            unit(metric.unit).into(),
            number(metric.low),
            number(metric.high),
            replications(metric).to_string(),
        ]
    };
    write(std::iter::once(COLUMNS.map(String::from)).chain(metrics(record).map(row)))
}

/// The rows of [`summary_csv`] as JSON, an object a line; `null` where there is no interval.
#[must_use]
pub fn ndjson(record: &Record) -> String {
    let line = |(variant, name, metric): (&str, &str, &Metric)| {
        let values = [
            json!(record.scenario.path),
            json!(variant),
            json!(class(name)),
            json!(name),
            json!(metric.mean),
            json!(unit(metric.unit)),
            json!(metric.low),
            json!(metric.high),
            json!(replications(metric)),
        ];
        // Not as a map of serde_json: it would sort the keys.
        let pairs = COLUMNS.iter().zip(values);
        let pairs: Vec<_> = pairs
            .map(|(key, value)| format!("\"{key}\":{value}"))
            .collect();
        format!("{{{}}}\n", pairs.join(","))
    };
    metrics(record).map(line).collect()
}

/// The per-second series as CSV: `variant,second,time` and its columns, means of one replication.
///
/// `time` is RFC 3339 in UTC; the warm-up is included. `s3-partitions` is there where prefixes of
/// some variant split.
#[must_use]
pub fn series_csv(record: &Record) -> String {
    let clock = Clock::of(record);
    let mut variants = record.variants.iter();
    let splits = variants.any(|it| !it.series.s3_partitions.is_empty());
    let mut rows = Vec::new();
    for variant in &record.variants {
        let columns = variant.series.columns();
        if rows.is_empty() {
            let head = ["variant", "second", "time"]
                .into_iter()
                .chain(columns.map(|(n, _)| n))
                .chain(splits.then_some("s3-partitions"));
            rows.push(head.map(String::from).collect::<Vec<_>>());
        }
        let replications = f64::from(variant.series.replications.max(1));
        for second in 0..variant.series.seconds() {
            let mut row = vec![
                guarded(&variant.name),
                second.to_string(),
                clock.rfc3339(second as u64),
            ];
            let partitions = &variant.series.s3_partitions[..];
            let columns = columns.iter().map(|(_, values)| *values);
            row.extend(columns.chain(splits.then_some(partitions)).map(|values| {
                values
                    .get(second)
                    .map_or_else(String::new, |v| (v.as_f64() / replications).to_string())
            }));
            rows.push(row);
        }
    }
    write(rows)
}

pub(crate) fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Share => "share",
        Unit::Seconds => "s",
        Unit::PerSecond => "1/s",
        Unit::BytesPerSecond => "B/s",
        Unit::Count => "1",
        Unit::Usd => "USD",
        Unit::CoreHours => "core-h",
    }
}

pub(crate) fn write<R: IntoIterator<Item = String>>(rows: impl IntoIterator<Item = R>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        let fields: Vec<String> = row.into_iter().collect();
        writer
            .write_record(&fields)
            .expect("rows have one length and memory takes any bytes");
    }
    let bytes = writer.into_inner().expect("memory takes any bytes");
    String::from_utf8(bytes).expect("fields are text")
}

#[cfg(test)]
mod tests {
    use super::guarded;

    // Goal: no cell of text can start a formula, and other text stays as it is.
    // Method: one text per dangerous first character, and two harmless ones.
    #[test]
    fn text_cells_cannot_start_formulas() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(guarded(text), format!("'{text}"));
        }
        assert_eq!(guarded("SSE-KMS"), "SSE-KMS");
        assert_eq!(guarded(""), "");
    }
}
