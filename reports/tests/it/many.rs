//! Records of more variants than anybody reads.
use crate::fixture;
use keystorm_record::Record;
use keystorm_reports::{Terminal, html, markdown, summary_csv, terminal};

/// A thousand variants: the fixture's first, cheaper and slower step by step, then ones that are
/// worse in both.
fn many() -> Record {
    let mut record = fixture::record();
    let first = record.variants[0].clone();
    record.variants = (0..1_000)
        .map(|number| {
            let mut variant = first.clone();
            variant.name = format!("variant {number:03}");
            let step = f64::from(number);
            let mut set = |name: &str, value: f64| {
                if let Some(metric) = variant.metrics.get_mut(name) {
                    metric.mean = value;
                }
            };
            let (cost, p99) = if number < 100 {
                (1_000.0 - step, 1.0 + step)
            } else {
                (2_000.0 + step, 500.0 + step)
            };
            set("cost.month", cost);
            set("all.latency.p99", p99);
            variant
        })
        .collect();
    record
}

// Goal: of a thousand variants those are shown that somebody would choose, and it is said so; data
// for programs has all of them.
// Method: a front of a hundred, of which the ends must be there; nine hundred that nobody wants.
#[test]
fn of_many_variants_those_that_matter_are_shown() {
    let record = many();
    let style = Terminal {
        width: 100,
        color: false,
    };
    for shown in [html(&record), terminal(&record, style), markdown(&record)] {
        for name in ["variant 000", "variant 001", "variant 099"] {
            assert!(shown.contains(name), "{name} is not shown");
        }
        assert!(!shown.contains("variant 500"));
        assert!(!shown.contains("variant 100"));
    }
    let page = html(&record);
    assert!(page.contains("24 of 1,000 variants are shown"));
    assert!(page.len() < 2 << 20, "{} bytes", page.len());
    assert!(summary_csv(&record).contains("variant 500"));
    assert!(!html(&fixture::record()).contains("variants are shown"));
}
