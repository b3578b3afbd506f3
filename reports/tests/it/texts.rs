use crate::fixture;
use keystorm_record::Record;
use keystorm_reports::{Terminal, csv, json_summary, markdown, series_csv, terminal};

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
    for width in [80, 100, 120] {
        let text = terminal(
            &fixture::record(),
            Terminal {
                width,
                color: false,
            },
        );
        for line in text.lines() {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
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
    let text = csv(&record);
    assert!(text.starts_with("variant,metric,unit,mean,low,high\n"));
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let metrics: usize = record.variants.iter().map(|v| v.metrics.len()).sum();
    assert_eq!(rows.len(), metrics);
    assert_eq!(&rows[0][0], "'=cmd|' /C calc'!A0 <img src=x>");
    let row = rows
        .iter()
        .find(|r| &r[1] == "kms.demand.peak-second")
        .unwrap();
    assert_eq!(&row[2], "1/s");
    let mean: f64 = row[3].parse().unwrap();
    assert!((mean - record.variants[0].metrics["kms.demand.peak-second"].mean).abs() < 1e-9);
    let (low, high): (f64, f64) = (row[4].parse().unwrap(), row[5].parse().unwrap());
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
