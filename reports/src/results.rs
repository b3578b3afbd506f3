//! The tables of a report: requests, latency, KMS, cost, facts.
pub(crate) mod accounts;
pub(crate) mod assumptions;
pub(crate) mod cost;
pub(crate) mod jobs;

use crate::number::{
    THIN, bytes_per_second, duration, per_second, rate, seconds_fine, share_fine, significant, usd,
};
use crate::table::{Cell, Table};
use crate::verdict::in_unit;
use crate::view::{self, Period, mean, metric};
use keystorm_record::{Metric, Operation, Record, Unit, Variant};

/// Latency percentiles shown, and their names in metrics.
pub(crate) const PERCENTILES: [&str; 4] = ["p50", "p90", "p99", "p99.9"];

/// Title of the table of cores.
pub(crate) const CORES: &str = "Client-side encryption: cores";

/// A metric with its interval; a dash if the variant has none.
fn with_interval(variant: &Variant, name: &str) -> Cell {
    let Some(m) = metric(variant, name) else {
        return Cell::nothing();
    };
    let mut cell = Cell::number(m.mean, in_unit(m.mean, m.unit));
    cell.interval = interval(m);
    cell
}

/// `[low–high]` with the unit once; empty if there is none, or if it is narrower than what is
/// shown.
pub(crate) fn interval(metric: &Metric) -> String {
    let (Some(low), Some(high)) = (metric.low, metric.high) else {
        return String::new();
    };
    // A share cannot be below 0 or above 1, whatever Student says.
    let (low, high) = match metric.unit {
        Unit::Share => (low.max(0.0), high.min(1.0)),
        _ => (low.max(0.0), high),
    };
    let (low, high) = (in_unit(low, metric.unit), in_unit(high, metric.unit));
    if low == high {
        return String::new();
    }
    // The unit once, if both have the same.
    match (low.rsplit_once([THIN]), high.rsplit_once([THIN])) {
        (Some((number, a)), Some((_, b))) if a == b => format!("{number}–{high}"),
        _ => format!("{}–{high}", low.trim_end_matches("/s")),
    }
}

/// What became of the requests: offered, outcomes, attempts, throughput.
pub(crate) fn requests(record: &Record, operation: Operation) -> Table {
    let s = operation.id();
    let mut table = Table::new(&[
        "Variant",
        "Offered",
        "Succeeded",
        "Retried",
        "Given up",
        "Denied, rejected",
        "Failed, unfinished",
        "Attempts per request",
        "Refused by KMS",
        "Refused by a prefix",
        "Throughput",
        "Data",
    ]);
    for variant in &record.variants {
        let value = |name: &str| mean(variant, &format!("{s}.{name}"));
        let sum = |a: &str, b: &str| Some(value(a)? + value(b)?);
        let given_up = value("throttled-share");
        let refused = sum("denied-share", "rejected-share");
        let failed = sum("failed-share", "unfinished-share");
        let counts = view::counts(variant, Some(operation));
        let refused_by = |attempts| {
            let share = view::ratio(attempts, counts.attempts);
            Cell::number(share, share_fine(share))
        };
        table.row(
            &variant.name,
            vec![
                Cell::optional(value("rate"), per_second),
                Cell::optional(value("ok-share"), share_fine),
                Cell::optional(value("retried-share"), share_fine),
                Cell::optional(given_up, share_fine).marked(given_up > Some(0.0)),
                Cell::optional(refused, share_fine).marked(refused > Some(0.0)),
                Cell::optional(failed, share_fine),
                Cell::optional(value("attempts"), |v| significant(v, 3)),
                refused_by(counts.attempts_throttled_kms),
                refused_by(counts.attempts_throttled_s3),
                Cell::optional(value("throughput"), per_second),
                Cell::optional(value("bytes-rate"), bytes_per_second),
            ],
        );
    }
    table.without_zeros(&[
        "Denied, rejected",
        "Failed, unfinished",
        "Refused by a prefix",
    ])
}

/// Latency percentiles of successful requests, with intervals.
pub(crate) fn latency(record: &Record, operation: Operation) -> Table {
    let s = operation.id();
    let mut table = Table::new(&["Variant", "Mean", "p50", "p90", "p99", "p99.9"]);
    for variant in &record.variants {
        let names = std::iter::once("mean").chain(PERCENTILES);
        let cells = names
            .map(|p| with_interval(variant, &format!("{s}.latency.{p}")))
            .collect();
        table.row(&variant.name, cells);
    }
    table
}

/// KMS: calls, what `CloudWatch` shows, utilisation, headroom.
pub(crate) fn kms(record: &Record) -> Table {
    let mut table = Table::new(&[
        "Variant",
        "Fleets’ calls",
        "Demand, peak second",
        "All calls, peak second",
        "CloudWatch minute",
        "Use, mean",
        "Use, peak second",
        "Head\u{ad}room",
        "Calls refused",
        "Throttled",
    ]);
    for variant in &record.variants {
        let value = |name: &str| mean(variant, name);
        let headroom = value("kms.headroom");
        table.row(
            &variant.name,
            vec![
                Cell::optional(value("kms.calls"), rate),
                Cell::optional(value("kms.demand.peak-second"), rate),
                Cell::optional(value("kms.calls.peak-second"), rate),
                Cell::optional(value("kms.calls.peak-minute"), rate),
                Cell::optional(value("kms.utilisation"), share_fine),
                Cell::optional(value("kms.utilisation.peak-second"), share_fine),
                Cell::optional(headroom, share_fine).marked(headroom < Some(0.0)),
                Cell::optional(value("kms.throttled-share"), share_fine),
                Cell::optional(value("kms.throttled-time"), duration),
            ],
        );
    }
    table
}

/// Client-side encryption: the cores' demand and use, what a terabyte takes, and which keys the
/// clients had; `None` if no variant has it.
pub(crate) fn cores(record: &Record) -> Option<Table> {
    let cached = |variant: &Variant| mean(variant, "client.keys.cached-share");
    let keeps_keys = record.variants.iter().any(|it| cached(it).is_some());
    let mut head = vec![
        "Variant",
        "Core demand",
        "Cores busy",
        "Core-hours per TB",
        "Cost per TB",
    ];
    head.extend(keeps_keys.then_some("Keys cached"));
    let mut table = Table::new(&head);
    for variant in &record.variants {
        let value = |name: &str| mean(variant, name);
        let Some(demand) = value("client.core-demand") else {
            continue;
        };
        let mut cells = vec![
            Cell::number(demand, share_fine(demand)).marked(demand > 1.0),
            Cell::optional(value("client.core-utilisation"), share_fine),
            Cell::optional(value("client.core-hours-per-tb"), |v| significant(v, 3)),
            Cell::optional(value("client.cost-per-tb"), usd),
        ];
        if keeps_keys {
            cells.push(Cell::optional(cached(variant), share_fine));
        }
        table.row(&variant.name, cells);
    }
    (!table.rows.is_empty()).then_some(table)
}

/// A short table per operation for narrow places: what was offered and what came of it.
pub(crate) fn brief(record: &Record, operation: Operation) -> Table {
    let s = operation.id();
    let mut table = Table::new(&[
        "Variant", "OK", "Retried", "Given up", "p50", "p99", "p99.9", "OK/s", "Data",
    ]);
    for variant in &record.variants {
        let value = |name: &str| mean(variant, &format!("{s}.{name}"));
        let time = |name: &str| Cell::optional(value(&format!("latency.{name}")), seconds_fine);
        let given_up = value("throttled-share");
        table.row(
            &variant.name,
            vec![
                Cell::optional(value("ok-share"), share_fine),
                Cell::optional(value("retried-share"), share_fine),
                Cell::optional(given_up, share_fine).marked(given_up > Some(0.0)),
                time("p50"),
                time("p99"),
                time("p99.9"),
                Cell::optional(value("throughput"), rate),
                Cell::optional(value("bytes-rate"), bytes_per_second),
            ],
        );
    }
    table
}

/// KMS and cost in few columns for narrow places.
pub(crate) fn brief_kms(record: &Record) -> Table {
    let period = Period::of(record);
    let mut table = Table::new(&[
        "Variant",
        "Calls/s",
        "Demand",
        "Peak",
        "Minute",
        "Peak use",
        "Headroom",
        match period {
            Period::Month => "Cost/month",
            Period::Run => "Cost/run",
        },
    ]);
    for variant in &record.variants {
        let value = |name: &str| mean(variant, name);
        let headroom = value("kms.headroom");
        table.row(
            &variant.name,
            vec![
                Cell::optional(value("kms.calls"), rate),
                Cell::optional(value("kms.demand.peak-second"), rate),
                Cell::optional(value("kms.calls.peak-second"), rate),
                Cell::optional(value("kms.calls.peak-minute"), rate),
                Cell::optional(value("kms.utilisation.peak-second"), share_fine),
                Cell::optional(headroom, share_fine).marked(headroom < Some(0.0)),
                Cell::optional(value(period.metric()), usd),
            ],
        );
    }
    table
}
