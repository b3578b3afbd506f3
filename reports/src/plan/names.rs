//! Names of limits and figures that all parts of a plan's page share.
use super::words;
use crate::number::{THIN, per_second, seconds, share, significant, usd};
use crate::text::capital;
use keystorm_record::Unit;
use keystorm_record::plan::{Limit, LimitKind};

/// A limit, with whose it is.
pub(super) fn limit(limit: &Limit) -> String {
    of_kind(limit.kind, &limit.of)
}

/// A kind of limit with whose it is, as a label.
pub(super) fn of_kind(kind: LimitKind, of: &str) -> String {
    let words = words::limit(kind, of);
    capital(words.strip_prefix("the ").unwrap_or(&words))
}

/// The same at the beginning of a sentence.
pub(super) fn the_limit(limit: &Limit) -> String {
    capital(&words::limit(limit.kind, &limit.of))
}

/// A multiple of today's load, three significant digits.
pub(super) fn multiple(value: f64) -> String {
    significant(value, 3)
}

/// A value of a metric, short.
pub(super) fn value(unit: Unit) -> fn(f64) -> String {
    match unit {
        Unit::Share => share,
        Unit::Seconds => seconds,
        Unit::PerSecond => per_second,
        Unit::Usd => usd,
        Unit::BytesPerSecond => crate::number::bytes_per_second,
        Unit::Count => crate::number::count,
        Unit::CoreHours => core_hours,
    }
}

fn core_hours(value: f64) -> String {
    format!("{}{THIN}h", significant(value, 3))
}

/// What a metric is, in a heading.
pub(super) fn metric(name: &str) -> String {
    let known = match name {
        "kms.throttled-share" => "KMS calls refused",
        "all.throttled-share" => "Requests given up",
        "kms.headroom" => "KMS headroom",
        "cost.month" => "Cost a month",
        "completion" => "All done",
        other => return other.to_owned(),
    };
    known.to_owned()
}
