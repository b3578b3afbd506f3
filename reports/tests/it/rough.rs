//! Verdicts on figures that are known roughly only.
use crate::fixture;
use crate::fixture::metrics::metric;
use keystorm_record::{Expectation, Int, Unit};
use keystorm_reports::{Finding, verdict};

// Goal: a condition that holds in some replications is not told like one that holds in none.
// Method: Bucket Keys as what is now, with a condition met by one of three replications.
#[test]
fn a_condition_that_sometimes_holds_is_told_as_that() {
    let mut record = fixture::record();
    record.variants.remove(0);
    record.variants[0].expectations.push(Expectation {
        condition: "get.latency.p99 < 50 ms".into(),
        metric: "get.latency.p99".into(),
        value: Some(0.0805),
        holds: false,
        holding_replications: Int(1),
    });
    let v = verdict(&record);
    assert_eq!(v.finding, Finding::ExpectationBreached);
    assert_eq!(
        v.headline,
        "get.latency.p99 < 50 ms holds in 1 of 3 replications only."
    );
}

// Goal: a p99 in which replications differ much is not given as if it were sure.
// Method: the fixture's, and one of three values with a mean of 2 s and an interval of ±2.48 s.
#[test]
fn a_rough_figure_is_called_rough() {
    let mut record = fixture::record();
    assert!(!verdict(&record).how_sure.words().contains("only."));
    let rough = metric(Unit::Seconds, &[1.0, 2.0, 3.0]);
    let metrics = &mut record.variants[0].metrics;
    metrics.insert("get.latency.p99".into(), rough);
    let said = verdict(&record).how_sure.words();
    let said = said.replace('\u{202f}', " ");
    assert!(said.contains("GET p99 is known to ±124 % only."), "{said}");
}
