//! Variants set against the first one: words, marks and drawings.
use crate::fixture;
use crate::fixture::metrics::metric;
use keystorm_record::{Better, Metric, Record, Unit};
use keystorm_reports::{Terminal, html, markdown, terminal};

/// What decides, in the order of columns.
const DECIDING: [&str; 3] = ["all.throttled-share", "get.latency.p99", "cost.month"];

/// A record whose variants differ in nothing but these values of three replications: per variant,
/// shares given up, GET p99 \[s\], dollars a month.
fn record(variants: &[(&str, [[f64; 3]; 3])]) -> Record {
    let mut record = fixture::record();
    let pattern = record.variants[0].clone();
    record.variants = variants
        .iter()
        .map(|(name, values)| {
            let mut variant = pattern.clone();
            variant.name = (*name).into();
            let units = [Unit::Share, Unit::Seconds, Unit::Usd];
            for ((metric_name, unit), values) in DECIDING.into_iter().zip(units).zip(values) {
                let metric = Metric {
                    better: Some(Better::Lower),
                    ..metric(unit, values)
                };
                variant.metrics.insert(metric_name.into(), metric);
            }
            variant
        })
        .collect();
    record
}

fn headline(record: &Record) -> String {
    let page = html(record);
    let (_, rest) = page
        .split_once("<h2 id=\"variants-head\">")
        .expect("the page has a comparison");
    rest.split_once('<')
        .expect("what opens is closed")
        .0
        .to_string()
}

/// The section of the page.
fn section(page: &str) -> &str {
    let (_, rest) = page
        .split_once("<section class=\"row\" id=\"variants\"")
        .expect("the page has a comparison");
    rest.split_once("</section>")
        .expect("what opens is closed")
        .0
}

const NOW: [[f64; 3]; 3] = [[0.05, 0.06, 0.055], [1.0, 1.1, 1.05], [500.0, 510.0, 505.0]];
const LESS: [[f64; 3]; 3] = [[0.01, 0.02, 0.016], [0.5, 0.6, 0.56], [400.0, 409.0, 405.0]];

// Goal: the headline says who is best, and in what; ties are told, trades are told as such.
// Method: one record for each rule, whose values differ by more or less than their spread.
#[test]
fn the_headline_is_the_finding() {
    let of = |variants: &[(&str, [[f64; 3]; 3])]| headline(&record(variants));
    let best = "B is best in requests given up, GET p99 and cost";
    assert_eq!(of(&[("A", NOW), ("B", LESS)]), best);
    let tied = "B and C are best in requests given up, GET p99 and cost";
    assert_eq!(of(&[("A", NOW), ("B", LESS), ("C", LESS)]), tied);
    let first = "A is best in requests given up, GET p99 and cost";
    assert_eq!(of(&[("A", LESS), ("B", NOW)]), first);
    // Less given up, later, dearer.
    let trade = [LESS[0], [9.0, 9.1, 9.2], [800.0, 805.0, 806.0]];
    let words = "B is better in requests given up, worse in GET p99 and cost";
    assert_eq!(of(&[("A", NOW), ("B", trade)]), words);
    let words = words.replace('B', "\u{201c}None\u{201d}");
    assert_eq!(of(&[("A", NOW), ("None", trade)]), words);
    // Better than the first in one thing, not the best in all.
    let middle = [[0.03, 0.04, 0.037], NOW[1], [450.0, 459.0, 455.0]];
    let cheap = [NOW[0], [2.0, 2.1, 2.2], [100.0, 104.0, 107.0]];
    let words = "B is better than A in requests given up and cost, worse in nothing";
    assert_eq!(of(&[("A", NOW), ("B", middle), ("C", cheap)]), words);
    // One is worse, the other too, in another.
    let slower = [NOW[0], [2.0, 2.2, 2.1], NOW[2]];
    let words = "A is best in GET p99";
    assert_eq!(of(&[("A", NOW), ("B", slower)]), words);
    assert_eq!(of(&[("A", NOW), ("B", NOW)]), "The variants do the same");
    let noise = [[0.06, 0.05, 0.055], [1.1, 1.0, 1.05], [510.0, 500.0, 505.0]];
    let words = "No difference between the variants can be shown";
    assert_eq!(of(&[("A", NOW), ("B", noise)]), words);
}

// Goal: one replication shows nothing, and nothing is called best.
// Method: the fixture with its first replication only.
#[test]
fn one_replication_tells_nothing_apart() {
    let mut record = fixture::record();
    for variant in &mut record.variants {
        variant.replications.truncate(1);
        for metric in variant.metrics.values_mut() {
            metric.values.truncate(1);
        }
    }
    assert_eq!(
        headline(&record),
        "One replication is too few to tell variants apart"
    );
    let page = html(&record);
    let section = section(&page);
    assert!(!section.contains(">best") && section.contains("one pair only"));
    assert!(!section.contains("class=\"ci") && section.contains("class=\"dotw\""));
}

// Goal: dots are hollow and grey exactly where no difference can be shown.
// Method: B is less in one metric, more in another, and unclear in the third; count dots in the
// wide drawing.
#[test]
fn hollow_dots_are_differences_that_cannot_be_shown() {
    let mixed = [LESS[0], [1.1, 1.0, 1.06], [900.0, 905.0, 906.0]];
    let page = html(&record(&[("A", NOW), ("B", mixed)]));
    let (_, wide) = section(&page).split_once("<svg class=\"w\"").unwrap();
    let wide = wide.split_once("</svg>").unwrap().0;
    for class in [
        "dotf blue",
        "dotf red",
        "dotw",
        "ci blue",
        "ci red",
        "ci base",
    ] {
        assert_eq!(
            wide.matches(&format!("class=\"{class}\"")).count(),
            1,
            "{class}"
        );
    }
    let words = ["best", "worse", "no difference can be shown"];
    let cells = section(&page).matches("class=\"vd").count();
    assert_eq!(cells, 4, "three of B, and that A is the cheapest");
    for words in words {
        assert!(
            section(&page).contains(&format!(">{words}</span>")),
            "{words}"
        );
    }
}

// Goal: the numbers of the table are the record's, replication by replication.
// Method: the mean of three differences by hand, against the raw value of the cell.
#[test]
fn the_table_holds_the_paired_differences() {
    let page = html(&record(&[("A", NOW), ("B", LESS)]));
    let mean = (0..3).map(|i| LESS[1][i] - NOW[1][i]).sum::<f64>() / 3.0;
    let (_, row) = section(&page).rsplit_once("<td>GET p99</td>").unwrap();
    let cells: Vec<f64> = row
        .split("data-v=\"")
        .skip(1)
        .map(|it| it.split('"').next().unwrap().parse().unwrap())
        .collect();
    assert!((cells[2] - mean).abs() < 1e-12);
    assert!(cells[3] < mean && mean < cells[4]);
    assert!((cells[5] - mean / 1.05).abs() < 1e-12);
}

// Goal: a record with one variant has no comparison; one from before directions has no best.
// Method: the fixture cut to one variant, and without directions.
#[test]
fn nothing_is_compared_that_cannot_be() {
    let mut record = fixture::record();
    for metric in record
        .variants
        .iter_mut()
        .flat_map(|it| it.metrics.values_mut())
    {
        metric.better = None;
    }
    let page = html(&record);
    assert!(section(&page).contains("differs") && !section(&page).contains(">best"));
    record.variants.truncate(1);
    assert!(!html(&record).contains("id=\"variants\""));
    assert!(!markdown(&record).contains("Variants compared"));
}

// Goal: terminal and Markdown say the same; a terminal too narrow leaves columns out, not words.
// Method: a tie, a better and an unclear one.
#[test]
fn words_are_the_same_everywhere() {
    let mixed = [LESS[0], [1.1, 1.0, 1.06], [900.0, 905.0, 906.0]];
    let mut record = record(&[("A", NOW), ("B", mixed), ("C", LESS)]);
    let text = |record: &Record| {
        let style = Terminal {
            width: 80,
            color: false,
        };
        terminal(record, style)
    };
    let wide = text(&record);
    let line = wide.lines().find(|it| it.starts_with("B  ")).unwrap();
    let words: Vec<&str> = line.split_whitespace().collect();
    let want = "B -3.97 points best, tied none shown +$399 worse";
    assert_eq!(words.join(" "), want);
    let markdown = markdown(&record);
    assert!(markdown.contains("## Variants compared: C is best in requests given up, GET p99"));
    assert!(
        markdown.contains("no difference can be shown"),
        "{markdown}"
    );
    record.variants[1].name = "B, as it was in the year before".into();
    let narrow = text(&record);
    assert!(wide.contains("Cost a month") && !narrow.contains("Cost a month"));
    assert!(narrow.contains("-3.97 points best, tied"));
}
