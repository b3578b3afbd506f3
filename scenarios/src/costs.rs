//! What a load costs per hour and month.
use crate::assemble::Assembly;
use crate::replication::Finished;
use crate::schema::KmsEvents;
use keystorm_models::tables::{GB, PriceItem, Prices};
use keystorm_record::{Cost, KmsCounts, Replication};
use keystorm_sim::NANOS_PER_S;
use keystorm_sim::draw::whole;

/// Hours of a month, as AWS's pricing pages count.
pub(crate) const HOURS_PER_MONTH: u64 = 730;

/// What was used in the measured window of a replication, and what a month of it is.
#[derive(Clone, Copy, Debug)]
struct Usage {
    measured_ns: u64,
    /// KMS calls granted.
    kms: u64,
    /// KMS calls, refused ones too.
    kms_all: u64,
    s3_put: u64,
    s3_get: u64,
    /// Requests to S3 that were answered.
    s3_answered: u64,
    /// Bytes of objects that were read.
    read: u64,
}

/// Costs of one replication's load.
pub(crate) fn of_replication(assembly: &Assembly, replication: &Replication) -> Vec<Cost> {
    items(assembly, Usage::of(replication))
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

impl Usage {
    /// Whether refused and failed KMS calls are billed is not published: they are left out. Each
    /// account is billed for its own calls; this is the bill of all of them.
    fn of(replication: &Replication) -> Self {
        let accounts = || {
            [&replication.kms]
                .into_iter()
                .chain(&replication.other_accounts)
        };
        let answered =
            |kms: &KmsCounts| kms.calls().0 - kms.refused.0 - kms.failed.unwrap_or_default().0;
        Self {
            measured_ns: replication.measured_ns.0,
            kms: accounts().map(answered).sum(),
            kms_all: accounts().map(|kms| kms.calls().0).sum(),
            s3_put: replication.s3.put_billed.0,
            s3_get: replication.s3.get_billed.0,
            s3_answered: replication.s3.answered.0,
            read: replication.s3.read_bytes.0,
        }
    }

    /// What so many in the window are in an hour.
    fn per_hour(&self, count: u64) -> f64 {
        count as f64 / (self.measured_ns as f64 / (3_600.0 * NANOS_PER_S as f64))
    }

    /// What so many in the window are in a month, to the nearest.
    fn per_month(&self, count: u64) -> u128 {
        let month = u128::from(HOURS_PER_MONTH * 3_600 * NANOS_PER_S);
        let measured = u128::from(self.measured_ns);
        (u128::from(count) * month + measured / 2) / measured
    }
}

/// An amount in dollars \[USD\], of nano-dollars.
fn usd(nano_usd: u128) -> f64 {
    nano_usd as f64 / 1e9
}

fn items(assembly: &Assembly, usage: Usage) -> Vec<Cost> {
    let prices = &assembly.prices;
    let list = List { prices, usage };
    let s3 =
        |item: &str, price, count| list.requests(item, price, count, |n| prices.of_units(price, n));
    let of_kms = |requests| prices.of_kms_requests(requests);
    let mut items = vec![
        list.requests("kms-requests", PriceItem::KmsRequests, usage.kms, of_kms),
        s3("s3-put-requests", PriceItem::S3Put, usage.s3_put),
        s3("s3-get-requests", PriceItem::S3Get, usage.s3_get),
    ];
    if assembly.keys > 0 {
        let month = prices.of_units(PriceItem::KmsKeys, assembly.keys.into());
        items.push(monthly("kms-keys", assembly.keys.into(), month));
    }
    items.extend(list.storage(assembly));
    items.extend(list.transfer_out(assembly));
    items.extend(list.management_events(assembly));
    items.extend(list.data_events(assembly));
    items
}

/// Something that is paid by the month, used or not.
fn monthly(item: &str, units: f64, nano_usd: u128) -> Cost {
    Cost {
        item: item.to_owned(),
        units_per_hour: units,
        usd_per_hour: usd(nano_usd) / HOURS_PER_MONTH as f64,
        usd_per_month: usd(nano_usd),
    }
}

/// The items of a replication's usage; those of `[cost]` only where the scenario has them.
struct List<'a> {
    prices: &'a Prices,
    usage: Usage,
}

impl List<'_> {
    /// So many things in the window, of which a month costs `of_month`.
    fn requests(
        &self,
        item: &str,
        price: PriceItem,
        count: u64,
        of_month: impl Fn(u128) -> u128,
    ) -> Cost {
        let per_hour = self.usage.per_hour(count);
        Cost {
            item: item.to_owned(),
            units_per_hour: per_hour,
            usd_per_hour: per_hour * self.prices.of(price).value.usd(),
            usd_per_month: usd(of_month(self.usage.per_month(count))),
        }
    }

    fn storage(&self, assembly: &Assembly) -> Option<Cost> {
        let bytes = assembly.cost.storage.0;
        let month = self.prices.of_storage(bytes.into());
        (bytes > 0).then(|| monthly("storage", bytes as f64 / GB as f64, month))
    }

    fn transfer_out(&self, assembly: &Assembly) -> Option<Cost> {
        let share = assembly.cost.transfer_out;
        // Whole bytes before anything is priced.
        let share_ppb = u128::from(whole(share * 1e9));
        let bytes = u128::from(self.usage.read) * share_ppb / 1_000_000_000;
        let bytes = u64::try_from(bytes).expect("at most what was read");
        let of_month = |bytes| self.prices.of_transfer_out(bytes);
        let price = PriceItem::TransferOutFirst10Tb;
        (share > 0.0).then(|| {
            let cost = self.requests("transfer-out", price, bytes, of_month);
            let gb = cost.units_per_hour / GB as f64;
            Cost {
                units_per_hour: gb,
                usd_per_hour: gb * self.prices.of(price).value.usd(),
                ..cost
            }
        })
    }

    fn management_events(&self, assembly: &Assembly) -> Option<Cost> {
        let trail = &assembly.cost.cloudtrail;
        let copies = u64::from(trail.extra_management_copies);
        let price = PriceItem::CloudTrailManagementEvents;
        let count = self.usage.kms_all.saturating_mul(copies);
        (copies > 0 && trail.kms_events == KmsEvents::Included).then(|| {
            let of_month = |events| self.prices.of_units(price, events);
            self.requests("cloudtrail-management-events", price, count, of_month)
        })
    }

    fn data_events(&self, assembly: &Assembly) -> Option<Cost> {
        let price = PriceItem::CloudTrailDataEvents;
        assembly.cost.cloudtrail.data_events.then(|| {
            let of_month = |events| self.prices.of_units(price, events);
            let count = self.usage.s3_answered;
            self.requests("cloudtrail-data-events", price, count, of_month)
        })
    }
}
