use crate::clock::Clock;
use keystorm_record::{Record, Unit};

/// A text cell that no spreadsheet takes for a formula: an apostrophe before `=`, `+`, `-`, `@`,
/// tab and carriage return.
pub(crate) fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.into()
    }
}

/// All metrics as CSV, one row each: `variant,metric,unit,mean,low,high`.
///
/// `low` and `high` are the 95 % interval, empty where there is none. Units: `share`, `s`, `1/s`,
/// `B/s`, `1`, `USD`.
#[must_use]
pub fn csv(record: &Record) -> String {
    let mut rows = vec![["variant", "metric", "unit", "mean", "low", "high"].map(String::from)];
    for variant in &record.variants {
        for (name, metric) in &variant.metrics {
            let number = |value: Option<f64>| value.map_or_else(String::new, |v| v.to_string());
            rows.push([
                guarded(&variant.name),
                guarded(name),
                unit(metric.unit).into(),
                number(Some(metric.mean)),
                number(metric.low),
                number(metric.high),
            ]);
        }
    }
    write(rows)
}

/// The per-second series as CSV: `variant,second,time` and its columns, means of one replication.
///
/// `time` is RFC 3339 in UTC; the warm-up is included.
#[must_use]
pub fn series_csv(record: &Record) -> String {
    let clock = Clock::of(record);
    let mut rows = Vec::new();
    for variant in &record.variants {
        let columns = variant.series.columns();
        if rows.is_empty() {
            let head = ["variant", "second", "time"]
                .into_iter()
                .chain(columns.map(|(n, _)| n));
            rows.push(head.map(String::from).collect::<Vec<_>>());
        }
        let replications = f64::from(variant.series.replications.max(1));
        for second in 0..variant.series.seconds() {
            let mut row = vec![
                guarded(&variant.name),
                second.to_string(),
                clock.rfc3339(second as u64),
            ];
            row.extend(columns.iter().map(|(_, values)| {
                values
                    .get(second)
                    .map_or_else(String::new, |v| (v.as_f64() / replications).to_string())
            }));
            rows.push(row);
        }
    }
    write(rows)
}

fn unit(unit: Unit) -> &'static str {
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
