//! Whether replications have decided which variants differ.
use keystorm_record::comparison::{Difference, Method};
use keystorm_record::{Record, Unit, Variant};

/// A difference of at most this share of the first variant's value counts as none; of metrics that
/// are shares themselves, a tenth of this, absolute.
pub const NEGLIGIBLE: f64 = 0.01;

/// The metrics on which a choice between variants rests.
const DECISIVE: [&str; 7] = [
    "all.latency.p50",
    "all.latency.p99",
    "all.throttled-share",
    "kms.throttled-share",
    "completion",
    "cost.month",
    // Of work that comes to an end.
    "cost.run",
];

/// Pairs of the first variant and another, with a metric on which the choice between them rests
/// and of which it is not known yet whether they differ by more than [`NEGLIGIBLE`].
#[must_use]
pub fn undecided(record: &Record) -> Vec<(String, &'static str)> {
    let Some((first, others)) = record.variants.split_first() else {
        return Vec::new();
    };
    let open = |other: &Variant| {
        let open = |metric: &&str| !is_decided(first, other, metric);
        let metrics = DECISIVE.into_iter().filter(open);
        let named = metrics.map(|metric| (other.name.clone(), metric));
        named.collect::<Vec<_>>()
    };
    others.iter().flat_map(open).collect()
}

/// What a variant has no value of is decided.
fn is_decided(first: &Variant, other: &Variant, metric: &str) -> bool {
    let Some(difference) = Difference::of(first, other, metric, Method::Paired) else {
        return true;
    };
    if difference.same {
        return true;
    }
    let Some((low, high)) = difference.interval else {
        return false;
    };
    let is_share = first.metrics.get(metric).map(|it| it.unit) == Some(Unit::Share);
    let margin = if is_share {
        NEGLIGIBLE / 10.0
    } else {
        NEGLIGIBLE * difference.base.abs()
    };
    low > 0.0 || high < 0.0 || (low >= -margin && high <= margin)
}
