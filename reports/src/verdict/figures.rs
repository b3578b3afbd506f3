//! The six key figures under a verdict.
use super::advice::better;
use super::{KeyFigure, peak_share};
use crate::clock::Clock;
use crate::number::{THIN, count, duration, rate, seconds, share, significant, usd};
use crate::view::{self, Period, Refusing, amount, mean};
use keystorm_record::{Mode, Operation, Record, Variant};

/// p99 of the operation that a variant is told by: its name and seconds, as another variant has it.
pub(super) fn tail(of: &Variant, variant: &Variant) -> Option<(&'static str, f64)> {
    let operation = view::main_operation(of)?;
    let p99 = mean(variant, &format!("{}.latency.p99", operation.id()))?;
    Some((operation.label(), p99))
}

pub(super) fn key_figures(record: &Record, variant: &Variant) -> Vec<KeyFigure> {
    let other = better(record, variant).or_else(|| view::bucket_key(record));
    vec![
        demand(variant),
        throttled(record, variant),
        retried(variant),
        given_up(variant),
        latency(variant, other),
        cost(record, variant, other),
    ]
}

/// Splits `2.36 s` into number and unit; a unit keeps its narrow space.
fn figure(name: &str, text: &str, note: String, bad: bool) -> KeyFigure {
    let (value, unit) = match text.find([THIN, '/']) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    KeyFigure {
        name: name.into(),
        value: value.into(),
        unit: unit.into(),
        note,
        bad,
    }
}

fn demand(variant: &Variant) -> KeyFigure {
    let peak = amount(variant, "kms.demand.peak-second");
    let note = format!("{} of the quota", share(peak_share(variant)));
    figure("Peak demand", &format!("{}/s", rate(peak)), note, false)
}

/// Seconds in which KMS refuses; if it never does, those in which a prefix does.
fn throttled(record: &Record, variant: &Variant) -> KeyFigure {
    let by_kms = amount(variant, "kms.throttled-time");
    let (seconds, when) = if by_kms > 0.0 {
        (by_kms, Refusing::kms(record, variant))
    } else {
        let by_prefix = amount(variant, "s3.throttled-time");
        (by_prefix, Refusing::s3(record, variant))
    };
    let note = match (seconds > 0.0, when.span()) {
        (true, Some((from, to))) => Clock::of(record).range(from as u64, to as u64),
        _ => format!(
            "of {} measured",
            duration(record.window.measure_ns.as_f64() / 1e9)
        ),
    };
    figure("Throttled", &duration(seconds), note, seconds > 0.0)
}

fn retried(variant: &Variant) -> KeyFigure {
    let metric = view::metric(variant, "all.retried-share");
    let note = metric
        .and_then(|m| Some((m.high? - m.low?) / 2.0))
        .map_or_else(
            || "of requests".into(),
            |half| match half * 100.0 {
                h if h < 0.005 => "of requests".into(),
                h => format!("±{THIN}{} points", significant(h, 1)),
            },
        );
    figure(
        "Retried",
        &share(metric.map_or(0.0, |m| m.mean)),
        note,
        false,
    )
}

fn given_up(variant: &Variant) -> KeyFigure {
    let share_of = amount(variant, "all.throttled-share");
    let requests = amount(variant, "all.requests") * share_of;
    let note = match requests {
        r if r >= 0.5 => format!("{} a run", count(r)),
        _ => "of requests".into(),
    };
    figure("Given up", &share(share_of), note, share_of > 0.0)
}

fn latency(variant: &Variant, other: Option<&Variant>) -> KeyFigure {
    let Some((name, p99)) = tail(variant, variant) else {
        let name = view::main_operation(variant).map_or("GET", Operation::label);
        return figure(
            &format!("{name} p99"),
            "–",
            "nothing succeeded".into(),
            false,
        );
    };
    let note = other
        .and_then(|o| Some((tail(variant, o)?.1, o)))
        .map_or_else(
            || "successful requests".into(),
            |(p99, other)| format!("{} {}", seconds(p99), with(other)),
        );
    figure(&format!("{name} p99"), &seconds(p99), note, false)
}

/// Of work that comes to an end what doing it costs, otherwise what a month costs; the other beside
/// it.
fn cost(record: &Record, variant: &Variant, other: Option<&Variant>) -> KeyFigure {
    let (month, run) = (amount(variant, "cost.month"), mean(variant, "cost.run"));
    if Period::of(record) == Period::Run {
        let note = format!("{} for 730{THIN}h of it", usd(month));
        return figure(Period::Run.title(), &usd(run.unwrap_or(0.0)), note, false);
    }
    let mut note = other.map_or_else(
        || format!("730{THIN}h of this load"),
        |other| format!("{} {}", usd(amount(other, "cost.month")), with(other)),
    );
    if let (Some(run), true) = (run, view::ending_fleets(variant).0 > 0) {
        note = format!("{note}; this run {}", usd(run));
    }
    figure(Period::Month.title(), &usd(month), note, false)
}

fn with(variant: &Variant) -> String {
    match variant.setup.mode {
        Mode::SseKmsBucketKey => "with Bucket Keys".into(),
        _ => format!("with {}", variant.name),
    }
}

/// Clauses as one sentence: capital letter, commas, full stop.
pub(super) fn sentence(clauses: &[String]) -> String {
    let joined = clauses.join(", ");
    let mut chars = joined.chars();
    chars.next().map_or_else(String::new, |first| {
        format!("{}{}.", first.to_uppercase(), chars.as_str())
    })
}
