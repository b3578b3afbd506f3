//! Conditions that do not hold, and by how much.
use keystorm_record::{Expectation, Record, Unit};
use keystorm_scenarios::expect::{Condition, Threshold};

/// A line for every condition that does not hold.
pub(super) fn told(record: &Record) -> Vec<String> {
    let mut lines = Vec::new();
    for variant in &record.variants {
        for expectation in variant.expectations.iter().filter(|it| !it.holds) {
            let metric = variant.metrics.get(&expectation.metric);
            let is = match (expectation.value, metric) {
                (Some(value), Some(metric)) => {
                    let by = by_how_much(expectation, value);
                    format!("{}{by}", quantity(value, metric.unit))
                }
                _ => "undefined".to_owned(),
            };
            let condition = &expectation.condition;
            lines.push(format!(
                "breached: {}: {condition}: it is {is}",
                variant.name
            ));
        }
    }
    lines
}

/// How far a value is beyond its limit: in its unit and as a share of the limit.
fn by_how_much(expectation: &Expectation, value: f64) -> String {
    // A record's conditions are written in the form in which they are read.
    let Ok(condition) = expectation.condition.parse::<Condition>() else {
        return String::new();
    };
    let limit = match condition.threshold {
        Threshold::Below(limit)
        | Threshold::AtMost(limit)
        | Threshold::Above(limit)
        | Threshold::AtLeast(limit) => limit,
        Threshold::Within(low, high) => {
            if value < low {
                low
            } else {
                high
            }
        }
    };
    let far = value - limit;
    let word = match far {
        far if far > 0.0 => "too much",
        far if far < 0.0 => "too little",
        _ => return ", the limit itself".to_owned(),
    };
    // A difference of shares is one of percentage points, not a share of anything.
    let distance = match condition.unit {
        Unit::Share => format!("{:.3} points", far.abs() * 100.0),
        unit => quantity(far.abs(), unit),
    };
    if limit == 0.0 {
        return format!(", {distance} {word}");
    }
    let share = far / limit.abs() * 100.0;
    format!(", {distance} {word} ({share:+.1} %)")
}

/// A figure with its unit, to compare with the limit beside it.
fn quantity(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Share => format!("{:.3} %", value * 100.0),
        Unit::Seconds => format!("{:.3} ms", value * 1e3),
        Unit::PerSecond => format!("{value:.1}/s"),
        Unit::BytesPerSecond => format!("{value:.0} B/s"),
        Unit::Count => format!("{value:.1}"),
        Unit::Usd => format!("{value:.2} USD"),
        Unit::CoreHours => format!("{value:.4} core-hours"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: whoever reads a breach in a log knows by how much, in the metric's unit and relative.
    // Method: one condition of each operator and of several units, beyond and on the limit.
    #[test]
    fn breaches_say_by_how_much() {
        for (condition, value, said) in [
            (
                "get.latency.p99 < 150 ms",
                0.2,
                ", 50.000 ms too much (+33.3 %)",
            ),
            (
                "get.throughput >= 2_000/s",
                1_500.0,
                ", 500.0/s too little (-25.0 %)",
            ),
            (
                "kms.throttled-share <= 0.1 %",
                0.021,
                ", 2.000 points too much (+2000.0 %)",
            ),
            (
                "kms.throttled-share = 0.1..0.6",
                0.05,
                ", 5.000 points too little (-50.0 %)",
            ),
            ("kms.headroom > 0 %", -0.16, ", 16.000 points too little"),
            ("all.attempts < 1", 1.0, ", the limit itself"),
        ] {
            let expectation = Expectation {
                condition: condition.to_owned(),
                metric: String::new(),
                value: Some(value),
                holds: false,
                holding_replications: 0.into(),
            };
            assert_eq!(by_how_much(&expectation, value), said, "{condition}");
        }
    }
}
