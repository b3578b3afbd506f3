//! What a load costs per hour and month.
use crate::assemble::Assembly;
use crate::replication::Finished;
use keystorm_models::tables::Price;
use keystorm_record::{Cost, Int, Replication};
use keystorm_sim::NANOS_PER_S;

/// Hours of a month, as AWS's pricing pages count.
pub(crate) const HOURS_PER_MONTH: f64 = 730.0;

/// Requests per hour that are paid for.
#[derive(Clone, Copy, Debug, Default)]
struct Usage {
    kms: f64,
    s3_put: f64,
    s3_get: f64,
}

/// Costs of one replication's load.
pub(crate) fn of_replication(assembly: &Assembly, replication: &Replication) -> Vec<Cost> {
    items(assembly, usage(replication))
}

/// Costs of a variant: the mean of its replications' costs.
pub(crate) fn of_variant(assembly: &Assembly, finished: &[Finished]) -> Vec<Cost> {
    let n = finished.len() as f64;
    let mut sums: Vec<Cost> = Vec::new();
    for it in finished {
        let costs = of_replication(assembly, &it.replication);
        if sums.is_empty() {
            sums = costs;
            continue;
        }
        for (sum, cost) in sums.iter_mut().zip(costs) {
            sum.units_per_hour += cost.units_per_hour;
            sum.usd_per_hour += cost.usd_per_hour;
            sum.usd_per_month += cost.usd_per_month;
        }
    }
    for sum in &mut sums {
        sum.units_per_hour /= n;
        sum.usd_per_hour /= n;
        sum.usd_per_month /= n;
    }
    sums
}

/// Refused KMS calls are left out: whether they are billed is not published.
fn usage(replication: &Replication) -> Usage {
    let hours = replication.measured_ns.as_f64() / (3_600.0 * NANOS_PER_S as f64);
    let kms = &replication.kms;
    let granted = Int(kms.generate_data_key.0 + kms.decrypt.0 - kms.refused.0);
    Usage {
        kms: granted.as_f64() / hours,
        s3_put: replication.s3.put_billed.as_f64() / hours,
        s3_get: replication.s3.get_billed.as_f64() / hours,
    }
}

fn items(assembly: &Assembly, usage: Usage) -> Vec<Cost> {
    let prices = &assembly.prices;
    let free = prices.kms_free_requests_per_month.value as f64;
    let requests = |item: &str, per_hour: f64, price: Price, free: f64| Cost {
        item: item.to_owned(),
        units_per_hour: per_hour,
        usd_per_hour: per_hour * price.usd(),
        usd_per_month: (per_hour * HOURS_PER_MONTH - free).max(0.0) * price.usd(),
    };
    let key_month = prices.kms_key_month.value.usd();
    let key = Cost {
        item: "kms-keys".to_owned(),
        units_per_hour: 1.0,
        usd_per_hour: key_month / HOURS_PER_MONTH,
        usd_per_month: key_month,
    };
    let mut items = vec![
        requests("kms-requests", usage.kms, prices.kms_request.value, free),
        requests("s3-put-requests", usage.s3_put, prices.s3_put.value, 0.0),
        requests("s3-get-requests", usage.s3_get, prices.s3_get.value, 0.0),
    ];
    items.extend(assembly.pays_for_key.then_some(key));
    items
}
