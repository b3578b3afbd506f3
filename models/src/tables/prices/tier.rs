//! What an amount costs whose price falls, tier by tier: in whole numbers.
use super::{Price, PriceItem, Prices};

/// Bytes of a GB and of a TB as AWS bills them.
///
/// # Source
/// `data/sources.csv`, `s3-billing-units`.
pub const GB: u64 = 1 << 30;
const TB: u64 = 1 << 40;

/// Where tiers end \[bytes\], and what a GB costs in each. The last has no end.
const STORAGE: [(u64, PriceItem); 3] = [
    (50 * TB, PriceItem::StorageFirst50Tb),
    (500 * TB, PriceItem::StorageNext450Tb),
    (u64::MAX, PriceItem::StorageOver500Tb),
];
const TRANSFER_OUT: [(u64, PriceItem); 4] = [
    (10 * TB, PriceItem::TransferOutFirst10Tb),
    (50 * TB, PriceItem::TransferOutNext40Tb),
    (150 * TB, PriceItem::TransferOutNext100Tb),
    (u64::MAX, PriceItem::TransferOutOver150Tb),
];

impl Prices {
    /// So many units of an item without tiers \[1e-9 USD\].
    #[must_use]
    pub fn of_units(&self, item: PriceItem, units: u128) -> u128 {
        units.saturating_mul(self.of(item).value.nano_usd().into())
    }

    /// So many bytes kept in S3 Standard for a month \[1e-9 USD\], to the nearest.
    #[must_use]
    pub fn of_storage(&self, bytes: u128) -> u128 {
        self.tiered(bytes, &STORAGE)
    }

    /// So many bytes sent to the internet in a month \[1e-9 USD\], to the nearest: the free ones
    /// are taken off first, and tiers count what is left.
    #[must_use]
    pub fn of_transfer_out(&self, bytes: u128) -> u128 {
        let free = u128::from(self.transfer_free_gb_per_month.value) * u128::from(GB);
        self.tiered(bytes.saturating_sub(free), &TRANSFER_OUT)
    }

    /// So many KMS requests in a month \[1e-9 USD\], those beyond the free ones.
    #[must_use]
    pub fn of_kms_requests(&self, requests: u128) -> u128 {
        let free = u128::from(self.kms_free_requests_per_month.value);
        self.of_units(PriceItem::KmsRequests, requests.saturating_sub(free))
    }

    fn tiered(&self, bytes: u128, tiers: &[(u64, PriceItem)]) -> u128 {
        let mut begin = 0;
        let mut sum = 0_u128;
        for &(end, item) in tiers {
            let end = if end == u64::MAX {
                u128::MAX
            } else {
                u128::from(end)
            };
            let within = bytes.min(end).saturating_sub(begin);
            let Price { nano_usd } = self.of(item).value;
            sum = sum.saturating_add(within.saturating_mul(nano_usd.into()));
            begin = end;
        }
        sum.saturating_add(u128::from(GB / 2)) / u128::from(GB)
    }
}

#[cfg(test)]
mod tests {
    use super::super::prices;
    use super::*;
    use jiff::civil::Date;

    fn usd(dollars: u128) -> u128 {
        dollars * 1_000_000_000
    }

    // Goal: the arithmetic of AWS's own examples.
    // Method: facts' worked check of KMS against S3; storage and transfer across tiers by hand.
    #[test]
    fn worked_examples_come_out() {
        let prices = prices("us-east-1", Date::MAX);
        let gets = 100_000_000;
        assert_eq!(prices.of_units(PriceItem::S3Get, gets), usd(40));
        let kms = prices.of_units(PriceItem::KmsRequests, gets);
        assert_eq!(kms, usd(300));
        // 20,000 of them are free.
        assert_eq!(prices.of_kms_requests(gets), kms - 60_000_000);
        assert_eq!(prices.of_kms_requests(20_000), 0);
        let gb = u128::from(GB);
        // 51,200 GB at $0.023 and 1,700 GB at $0.022.
        let storage = prices.of_storage(52_900 * gb);
        assert_eq!(storage, 1_177_600_000_000 + 37_400_000_000);
        // 100 GB free, 10,240 GB at $0.09, 1,000 GB at $0.085.
        let transfer = prices.of_transfer_out(11_340 * gb);
        assert_eq!(transfer, 921_600_000_000 + 85_000_000_000);
        assert_eq!(prices.of_transfer_out(100 * gb), 0);
    }

    // Goal: more usage never costs less, whatever the tier, and nothing overflows.
    // Method: amounts around every boundary and up to the largest.
    #[test]
    fn cost_is_monotone_in_usage() {
        let prices = prices("us-east-1", Date::MAX);
        let ends = STORAGE.iter().chain(&TRANSFER_OUT).map(|&(end, _)| end);
        let mut amounts: Vec<u128> = ends
            .flat_map(|end| (0..5).map(move |it| u128::from(end) + it * 100_000_000 - 200_000_000))
            .chain([0, 1, u128::from(GB), u128::MAX])
            .collect();
        amounts.sort_unstable();
        for of in [
            Prices::of_storage,
            Prices::of_transfer_out,
            Prices::of_kms_requests,
        ] {
            for pair in amounts.windows(2) {
                assert!(of(&prices, pair[0]) <= of(&prices, pair[1]), "{pair:?}");
            }
        }
    }
}
