//! The page of a sweep.
use crate::fixture;
use keystorm_record::{
    Better, CalibrationUsed, Estimate, Expectation, Int, Mode, Status, Sweep, SweepAxis,
    SweepMetric, SweepPoint, Unit, Warning,
};
use keystorm_reports::sweep_html;
use std::collections::BTreeMap;

fn axis(path: &str, values: &[String], numbers: &[f64]) -> SweepAxis {
    SweepAxis {
        path: path.into(),
        values: values.to_vec(),
        labels: values.to_vec(),
        numbers: numbers.to_vec(),
        unit: if numbers.is_empty() { "" } else { "1/s" }.into(),
    }
}

/// Quotas from 1,000/s on, in steps of as much.
fn quotas(count: u32) -> SweepAxis {
    let numbers: Vec<f64> = (1..=count).map(|it| f64::from(it) * 1_000.0).collect();
    let values: Vec<_> = numbers.iter().map(|it| format!("{it}/s")).collect();
    axis("kms.request-quota", &values, &numbers)
}

fn modes() -> SweepAxis {
    let values = ["SSE-KMS", "SSE-KMS, Bucket Key", "SSE-S3"].map(str::to_owned);
    axis("mode", &values, &[])
}

fn retries(count: u32) -> SweepAxis {
    let numbers: Vec<f64> = (1..=count).map(f64::from).collect();
    let values: Vec<_> = numbers.iter().map(ToString::to_string).collect();
    axis("clients.retry.standard.attempts-max", &values, &numbers)
}

/// keystorm's own calibration.
fn used() -> CalibrationUsed {
    CalibrationUsed {
        sha256: "cd".repeat(32),
        cpu: "Example".into(),
        measured: "2026-11-24".into(),
        versions: Vec::new(),
        is_default: true,
    }
}

/// A sweep over these axes. p99 falls with the number of the value on each axis, a tenth as much on
/// each further one; cost rises with the first; nothing is given up where p99 is below 1 s.
fn sweep(axes: Vec<SweepAxis>) -> Sweep {
    let record = fixture::record();
    let metric = |unit, better| SweepMetric {
        unit,
        better: Some(better),
    };
    let estimate = |mean: f64| Estimate {
        mean,
        low: Some(mean * 0.97),
        high: Some(mean * 1.03),
        replications: 5,
    };
    let count: usize = axes.iter().map(|it| it.values.len()).product();
    let points = (0..count).map(|number| {
        let mut rest = number;
        let mut values: Vec<u32> = axes
            .iter()
            .rev()
            .map(|axis| {
                let value = rest % axis.values.len();
                rest /= axis.values.len();
                u32::try_from(value).expect("an axis has few values")
            })
            .collect();
        values.reverse();
        let mut p99 = 2.0;
        let mut weight = 1.0;
        for (axis, value) in axes.iter().zip(&values) {
            p99 -= weight * f64::from(*value) / axis.values.len() as f64;
            weight /= 10.0;
        }
        let cost = 1_000.0 + 10.0 * values.first().map_or(0.0, |it| f64::from(*it));
        let throttled = if p99 < 1.5 { 0.0 } else { (p99 - 1.5) / 10.0 };
        let metrics = [
            ("get.latency.p99", p99),
            ("get.requests", 1e6),
            ("all.throttled-share", throttled),
            ("cost.month", cost),
            ("all.throughput", 5_000.0 * (1.0 - throttled)),
        ];
        let names = axes.iter().zip(&values);
        let names = names.map(|(axis, value)| axis.labels[*value as usize].clone());
        SweepPoint {
            number: Int(number as u64),
            name: names.collect::<Vec<_>>().join(", "),
            values,
            mode: Mode::SseKms,
            replications: 5,
            metrics: metrics.map(|it| (it.0.to_owned(), estimate(it.1))).into(),
            expectations: vec![Expectation {
                condition: "get.latency.p99 < 1.5 s".into(),
                metric: "get.latency.p99".into(),
                value: Some(p99),
                holds: p99 < 1.5,
                holding_replications: Int(5),
            }],
            costs: Vec::new(),
            refusals: Vec::new(),
            classes: Vec::new(),
        }
    });
    let points = points.collect();
    Sweep {
        sweep: 1,
        tool: record.tool,
        scenario: record.scenario,
        seed: record.seed,
        command: "keystorm sweep run my.toml --vary kms.request-quota=1000/s,2000/s".into(),
        plan_sha256: "ab".repeat(32),
        window: record.window,
        replications: 5,
        status: Status::Complete,
        missing_runs: Int(0),
        calibration: record.calibration.unwrap_or_else(used),
        prices: None,
        facts: record.facts,
        warnings: Vec::new(),
        axes,
        metrics: BTreeMap::from([
            (
                "get.latency.p99".into(),
                metric(Unit::Seconds, Better::Lower),
            ),
            ("get.requests".into(), metric(Unit::Count, Better::Higher)),
            (
                "all.throttled-share".into(),
                metric(Unit::Share, Better::Lower),
            ),
            ("cost.month".into(), metric(Unit::Usd, Better::Lower)),
            (
                "all.throughput".into(),
                metric(Unit::PerSecond, Better::Higher),
            ),
        ]),
        points,
    }
}

/// What the page says, with ordinary spaces.
fn page(sweep: &Sweep) -> String {
    let page = sweep_html(sweep);
    assert_eq!(page, sweep_html(sweep), "not the same twice");
    assert!(!page.contains("NaN") && !page.contains("inf "), "{page}");
    // Every id is there once, and every link leads to one.
    let ids: Vec<_> = page
        .split(" id=\"")
        .skip(1)
        .map(|it| it.split('"').next())
        .collect();
    for id in &ids {
        assert_eq!(ids.iter().filter(|it| it == &id).count(), 1, "{id:?}");
    }
    for link in page.split(" href=\"#").skip(1) {
        assert!(ids.contains(&link.split('"').next()), "{link:.40}");
    }
    page.replace('\u{202f}', " ")
}

// Goal: over two settings there are maps, effects and the front, and the verdict names the cheapest
// point that holds everything.
// Method: 8 quotas × 3 modes: p99 = 2 − i/8 − j/30 s is below 1.5 s from i = 5 on, and at i = 4 for
// j ≥ 1: 3 × 3 + 2 points, the cheapest at i = 4 with $1,040.
#[test]
fn two_settings_have_maps_and_a_front() {
    let page = page(&sweep(vec![quotas(8), modes()]));
    for words in [
        "Every expectation holds at 11 of 24 points, the cheapest at $1,040 a month.",
        "Choose <b>5000/s, SSE-KMS, Bucket Key</b>",
        "kms.request-quota to the right, mode downwards.",
        "<h3>GET p99</h3>",
        "Dashed lines part points at which every expectation holds from others.",
        "points are worth choosing from",
        "kms.request-quota explains 99",
        "SSE-KMS, Bucket Key",
        "keystorm sweep run my.toml",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(page.contains("class=\"s-h5\"") && page.contains("class=\"s-h0\""));
    assert!(page.contains("class=\"quota\"") && page.contains("class=\"dotg\""));
}

// Goal: along one setting there are dots with intervals, and no map and no effects.
// Method: eight quotas, with and without expectations; one that is a name.
#[test]
fn one_setting_has_lines_with_intervals() {
    let mut one = sweep(vec![quotas(8)]);
    let page_of_one = page(&one);
    assert!(page_of_one.contains("Means by kms.request-quota, with 95 % intervals."));
    assert!(page_of_one.contains("class=\"ci blue\"") && page_of_one.contains("l-blue"));
    assert!(!page_of_one.contains("fig-effects") && !page_of_one.contains("class=\"s-h0\""));
    assert!(page_of_one.contains("At red dots an expectation is breached."));
    for point in &mut one.points {
        point.expectations.clear();
    }
    let page_of_one = page(&one);
    assert!(page_of_one.contains("With kms.request-quota, GET p99 goes from 1.13 s to 2.00 s."));
    assert!(page_of_one.contains("No expectations given"));
    assert!(page_of_one.contains("--expect &#39;get.latency.p99&lt;200ms&#39;"));
    let named = page(&sweep(vec![modes()]));
    assert!(named.contains("class=\"ci blue\"") && !named.contains("l-blue\""));
}

// Goal: over three settings the two that explain most are drawn, and the third is held where it is
// said to be.
// Method: retries, modes and quotas, of which retries explain most, then modes, since the weight of
// each axis is a tenth of the one before.
#[test]
fn of_three_settings_the_two_that_matter_are_drawn() {
    let page = page(&sweep(vec![retries(4), modes(), quotas(5)]));
    let drawn = "clients.retry.standard.attempts-max to the right, mode downwards; the others as \
                 at the chosen point: kms.request-quota = ";
    assert!(page.contains(drawn));
    assert!(page.matches("explains ").count() >= 9);
}

// Goal: a sweep that has nothing to draw is told as that.
// Method: no axis; one point; no point at all; no metric that anybody knows.
#[test]
fn where_there_is_nothing_to_draw_it_says_so() {
    let single = page(&sweep(Vec::new()));
    assert!(single.contains("Every expectation holds at none of 1 point."));
    assert!(!single.contains("<svg"));
    let mut empty = sweep(vec![quotas(3), modes()]);
    empty.points.clear();
    assert!(page(&empty).contains("No run was finished, so nothing can be said."));
    let mut blank = sweep(vec![quotas(3), modes()]);
    blank.metrics.clear();
    for point in &mut blank.points {
        point.metrics.clear();
        point.expectations.clear();
    }
    let blank = page(&blank);
    assert!(blank.contains("Nothing that matters changes from point to point."));
}

// Goal: points without a figure, and points that are not there, leave gaps and no panic.
// Method: a partial sweep with two points gone and the p99 of two others; values that no axis has.
#[test]
fn gaps_stay_gaps() {
    let mut partial = sweep(vec![quotas(4), modes()]);
    partial.status = Status::Interrupted;
    partial.missing_runs = Int(10);
    partial.points.drain(3..5);
    partial.points[0].metrics.remove("get.latency.p99");
    partial.points[7].metrics.clear();
    partial.points[8].values = vec![9];
    partial.points[9].values = vec![u32::MAX, 0];
    let page = page(&partial);
    assert!(page.contains("10 of 60 runs are missing."));
    assert!(page.contains("Incomplete") && page.contains("<td>–</td>"));
}

// Goal: expectations that hold nowhere or everywhere are told as that.
// Method: both, by force.
#[test]
fn nowhere_and_everywhere_are_told_apart() {
    for (holds, words) in [
        (false, "Every expectation holds at none of 12 points."),
        (
            true,
            "Every expectation holds at all 12 points, the cheapest at $1,000 a month.",
        ),
    ] {
        let mut all = sweep(vec![quotas(4), modes()]);
        for point in &mut all.points {
            point.expectations[0].holds = holds;
        }
        assert!(page(&all).contains(words), "{words}");
    }
}

// Goal: whatever settings and points are called, it is text.
// Method: names that are markup, in every place of the sweep.
#[test]
fn names_are_text() {
    const EVIL: &str = "<img src=x onerror=alert(1)>\"'&\u{7}";
    let mut evil = sweep(vec![quotas(4), modes()]);
    evil.scenario.title = EVIL.into();
    evil.scenario.question = EVIL.into();
    evil.command = EVIL.into();
    evil.plan_sha256 = EVIL.into();
    for axis in &mut evil.axes {
        axis.path = EVIL.into();
        axis.labels = vec![EVIL.into(); axis.labels.len()];
    }
    for point in &mut evil.points {
        point.name = EVIL.into();
        point.expectations[0].condition = EVIL.into();
    }
    evil.warnings = vec![
        Warning {
            code: EVIL.into(),
            text: EVIL.into(),
            remedy: EVIL.into(),
        };
        30
    ];
    let page = page(&evil);
    assert!(!page.contains("<img") && !page.contains('\u{7}'));
    assert!(page.contains("&lt;img"));
    assert!(page.contains("6 further warnings are left out."));
    assert!(!page.contains("http://") && !page.contains("https://") && !page.contains(" src=\""));
}

// Goal: a page of ten thousand points is small.
// Method: 100 × 100 points; below 600 KiB, all settings and the chosen point are in it.
#[test]
fn many_points_make_a_small_page() {
    let page = page(&sweep(vec![quotas(100), retries(100)]));
    assert!(page.len() < 600 << 10, "{} bytes", page.len());
    assert!(page.contains("10,000 points (100 × 100)"));
    assert!(page.contains("Of the values, some are drawn; result.csv has all of them."));
    assert!(page.contains("… 100"));
}
