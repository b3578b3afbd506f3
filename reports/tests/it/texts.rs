use crate::fixture;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::serialization::Deserializer;
use hdrhistogram::serialization::interval_log::{IntervalLogIterator, LogEntry};
use keystorm_record::{Operation, Record};
use keystorm_reports::{
    Terminal, interval_log, json_summary, markdown, ndjson, series_csv, summary_csv, terminal,
};

/// The fixture with names that would do harm if they were not escaped.
pub(crate) fn hostile() -> Record {
    let mut record = fixture::record();
    record.scenario.title = "<script>alert(1)</script> & \"quotes\"".into();
    record.scenario.question = "\u{1b}[31m=HYPERLINK(\"x\") | `a`".into();
    record.variants[0].name = "=cmd|' /C calc'!A0 <img src=x>".into();
    record.variants[1].name = "</title><script>alert(2)</script>".into();
    record.facts[0].subject = "<b onload=x>".into();
    record.warnings[0].text = "<i>\u{1b}]0;x\u{7}".into();
    record.command = "keystorm run '</code><script>'".into();
    record
}

// Goal: the terminal shows verdict and tables aligned, within 80 columns, without colour.
// Method: golden text of the fixture; no line longer than the terminal.
#[test]
fn the_terminal_text_is_aligned_within_its_width() {
    let text = terminal(
        &fixture::record(),
        Terminal {
            width: 80,
            color: false,
        },
    );
    insta::assert_snapshot!("terminal_80", text);
    for width in [20, 60, 80, 100, 120] {
        let text = terminal(
            &fixture::record(),
            Terminal {
                width,
                color: false,
            },
        );
        for line in text.lines() {
            assert!(line.chars().count() <= width.max(60), "{width}: {line}");
        }
    }
}

// Goal: variants can be told apart on a narrow terminal, however long their names are.
// Method: names that differ at the end only, in 60 columns.
#[test]
fn long_names_are_told_apart_in_narrow_tables() {
    let mut record = fixture::record();
    for (variant, end) in record.variants.iter_mut().zip(["a", "b", "c", "d", "e"]) {
        variant.name = format!("The same load with quota number {end}");
    }
    let style = Terminal {
        width: 60,
        color: false,
    };
    let text = terminal(&record, style);
    let names = text.lines().filter_map(|line| line.split("  ").next());
    let names: Vec<_> = names.filter(|it| it.starts_with("The s")).collect();
    for end in ["a", "b", "c", "d", "e"] {
        let found = names.iter().any(|it| it.ends_with(end) && it.contains('…'));
        assert!(found, "{end} is not in\n{text}");
    }
}

// Goal: colours are all that `color` adds, and no other escape sequence comes out.
// Method: strip the sequences and compare; hostile names keep none of theirs.
#[test]
fn colour_adds_sequences_and_nothing_else() {
    let record = hostile();
    let bare = terminal(
        &record,
        Terminal {
            width: 80,
            color: false,
        },
    );
    let coloured = terminal(
        &record,
        Terminal {
            width: 80,
            color: true,
        },
    );
    assert!(!bare.contains(['\u{1b}', '\u{7}']));
    let mut stripped = String::new();
    for (i, part) in coloured.split('\u{1b}').enumerate() {
        let text = if i == 0 {
            part
        } else {
            part.split_once('m').unwrap().1
        };
        stripped.push_str(text);
    }
    assert_eq!(stripped, bare);
    assert!(coloured.contains("\u{1b}[1;31m"));
}

// Goal: Markdown has the verdict and tables that a hostile name cannot break.
// Method: golden text of the fixture; as many bars in every row with hostile names.
#[test]
fn markdown_tables_hold_whatever_the_names() {
    insta::assert_snapshot!("markdown", markdown(&fixture::record()));
    let text = markdown(&hostile());
    // A command stands in a code span, where HTML is text.
    let (tables, command) = text.split_once("Reproduce: ").unwrap();
    assert!(!tables.contains("<script>"));
    assert_eq!(command.matches('`').count(), 2);
    let bars = |line: &str| line.replace("\\|", "").matches('|').count();
    let table: Vec<usize> = text
        .lines()
        .filter(|l| l.starts_with("| "))
        .map(bars)
        .collect();
    assert!(table.len() > 15);
    assert!(table.iter().all(|b| (8..=10).contains(b)), "{table:?}");
}

// Goal: CSV is tidy, in raw numbers, and no name starts a formula.
// Method: read it back; check a known metric, the interval, the guard and the times.
#[test]
fn csv_is_tidy_and_cannot_start_a_formula() {
    let record = hostile();
    let text = summary_csv(&record);
    let head = "scenario,variant,class,metric,value,unit,low,high,replications\n";
    assert!(text.starts_with(head));
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let metrics: usize = record.variants.iter().map(|v| v.metrics.len()).sum();
    assert_eq!(rows.len(), metrics);
    assert_eq!(&rows[0][0], &record.scenario.path);
    assert_eq!(&rows[0][1], "'=cmd|' /C calc'!A0 <img src=x>");
    let row = rows
        .iter()
        .find(|r| &r[3] == "kms.demand.peak-second")
        .unwrap();
    assert_eq!([&row[2], &row[5], &row[8]], ["kms", "1/s", "3"]);
    let mean: f64 = row[4].parse().unwrap();
    assert!((mean - record.variants[0].metrics["kms.demand.peak-second"].mean).abs() < 1e-9);
    let (low, high): (f64, f64) = (row[6].parse().unwrap(), row[7].parse().unwrap());
    assert!(low < mean && mean < high);

    let text = series_csv(&record);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(&reader.headers().unwrap()[2], "time");
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 5 * 120);
    assert_eq!(&rows[61][2], "2026-11-24T01:59:01Z");
    let requests: f64 = rows[61][3].parse().unwrap();
    let sum = record.variants[0].series.requests[61].as_f64();
    assert!((requests * 3.0 - sum).abs() < 1e-6);
}

// Goal: lines of JSON say what the rows of the CSV say, and each can be read alone.
// Method: read both; the same words and numbers in the same order, nulls where cells are empty.
#[test]
fn lines_of_json_are_the_rows_of_the_csv() {
    let mut record = fixture::record();
    record.variants[1].metrics.get_mut("kms.calls").unwrap().low = None;
    let text = summary_csv(&record);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let lines = ndjson(&record);
    assert_eq!(lines.lines().count(), rows.len());
    let mut nulls = 0;
    for (line, row) in lines.lines().zip(&rows) {
        let object: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(object.as_object().unwrap().len(), head.len());
        for (key, cell) in head.iter().zip(row) {
            match &object[key] {
                serde_json::Value::String(text) => assert_eq!(text, cell),
                serde_json::Value::Null => nulls += usize::from(cell.is_empty()),
                number => assert_eq!(number.as_f64(), cell.parse().ok(), "{key}: {line}"),
            }
        }
    }
    assert!(nulls >= 1);
}

// Goal: latencies reach HdrHistogram's tools whole, each under its own tag and at its time.
// Method: read the log of a record with hostile names back; the first variant's GETs have the
// percentiles of the record's histogram, and there is an interval for each variant and operation.
#[test]
fn the_interval_log_holds_every_latency() {
    let record = hostile();
    let log = interval_log(&record);
    assert!(log.starts_with("#[Histogram log format version 1.3]\n"));
    let mut tags = Vec::new();
    for entry in IntervalLogIterator::new(log.as_bytes()) {
        let LogEntry::Interval(interval) = entry.unwrap() else {
            continue;
        };
        tags.push(interval.tag().unwrap().as_str());
        if tags.len() > 1 {
            continue;
        }
        assert_eq!(
            interval.start_timestamp().as_nanos(),
            u128::from(record.window.warm_up_ns.0)
        );
        assert_eq!(
            interval.duration().as_nanos(),
            u128::from(record.window.measure_ns.0)
        );
        let bytes = STANDARD.decode(interval.encoded_histogram()).unwrap();
        let mut reader = Deserializer::new();
        let read: hdrhistogram::Histogram<u64> = reader.deserialize(&mut bytes.as_slice()).unwrap();
        let of_gets = |class: &&keystorm_record::Class| class.operation == Operation::Get;
        let class = record.variants[0].classes.iter().find(of_gets).unwrap();
        assert_eq!(read.len(), class.latency.count());
        for quantile in [0.5, 0.9, 0.99, 0.999, 1.0] {
            let own = class.latency.quantile_ns(quantile).unwrap();
            assert_eq!(read.value_at_quantile(quantile), own);
        }
    }
    assert_eq!(tags[0], "cmd-C-calc-A0-img-src-x:get");
    assert_eq!(tags.len(), 10, "{tags:?}");
}

// Goal: the JSON summary has the verdict in words and the metrics as in the record.
// Method: parse it and compare.
#[test]
fn the_json_summary_has_verdict_and_metrics() {
    let record = fixture::record();
    let json: serde_json::Value = serde_json::from_str(&json_summary(&record)).unwrap();
    assert_eq!(json["verdict"]["state"], "breached");
    assert_eq!(json["verdict"]["finding"], "kms-throttles");
    assert_eq!(
        json["verdict"]["headline"],
        "KMS throttles from 01:58:53 to 01:59:23."
    );
    let mean = json["variants"][0]["metrics"]["kms.calls"]["mean"]
        .as_f64()
        .unwrap();
    assert!((mean - record.variants[0].metrics["kms.calls"].mean).abs() < 1e-9);
    assert_eq!(json["variants"].as_array().unwrap().len(), 5);
}
