//! The quota to ask for.
use crate::number::{per_second, rate, round_up};
use crate::text::Text;
use crate::verdict::peak_share;
use crate::view;
use keystorm_record::Variant;

/// The quota that first attempts need, with its interval.
pub(super) fn quota(variant: &Variant, verb: &str) -> Vec<Text> {
    let Some(demand) = view::metric(variant, "kms.demand.peak-second") else {
        return Vec::new();
    };
    let most = demand
        .values
        .iter()
        .flatten()
        .copied()
        .fold(demand.mean, f64::max);
    let ask = match peak_share(variant) {
        // Room for what varies between days: below the quota the demand plus a quarter.
        near if near < 1.0 => round_up(most / crate::verdict::NEAR_SHARE),
        _ => round_up(most),
    };
    let interval = match (demand.low, demand.high) {
        (Some(low), Some(high)) => format!(" ({}–{})", rate(low), rate(high)),
        _ => String::new(),
    };
    // Requests that wait for a place in their clients have not asked yet.
    let (least, more) = if waiting_share(variant) > WAITING_SHARE {
        (" at least", "The clients' queues hold more of them back. ")
    } else {
        ("", "")
    };
    vec![
        Text::bold(format!("{verb}{least} {}.", per_second(ask)))
            .plain(format!(
                " First attempts peak at {}{interval}. {more}",
                per_second(demand.mean)
            ))
            .link("Table 2", "kms"),
    ]
}

/// Share of the requests' time from which on queues in the clients hide demand.
const WAITING_SHARE: f64 = 0.1;

/// Share of the time of all requests that they wait for a place in their client.
fn waiting_share(variant: &Variant) -> f64 {
    let (mut waiting, mut all) = (0.0, 0.0);
    for class in &variant.classes {
        waiting += class.time.wait_ns.as_f64();
        all += class.time.total_ns().as_f64();
    }
    if all > 0.0 { waiting / all } else { 0.0 }
}
