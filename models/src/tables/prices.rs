//! What AWS charges, by Region and day.
mod item;
mod tier;

pub use item::PriceItem;
pub use tier::GB;

use super::csv_text::{certainty, day, integer, rows, sourced};
use crate::{Certainty, Sourced};
use jiff::civil::Date;
use std::sync::LazyLock;

/// An amount of money, exact: whole nano-dollars \[1e-9 USD\].
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Price {
    nano_usd: u64,
}

impl Price {
    /// The amount in nano-dollars \[1e-9 USD\].
    #[must_use]
    pub const fn nano_usd(self) -> u64 {
        self.nano_usd
    }

    /// An amount of so many nano-dollars \[1e-9 USD\].
    #[must_use]
    pub const fn of_nano_usd(nano_usd: u64) -> Self {
        Self { nano_usd }
    }

    /// The amount in dollars \[USD\], for showing.
    #[must_use]
    pub fn usd(self) -> f64 {
        self.nano_usd as f64 / 1e9
    }
}

/// What one Region charges on one day, before tax and discounts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Prices {
    /// By the number of the item.
    items: [Sourced<Price>; PriceItem::ALL.len()],
    /// KMS requests of an account that are free in each month, all Regions together.
    pub kms_free_requests_per_month: Sourced<u64>,
    /// Bytes to the internet that are free for an account in each month, all Regions together
    /// \[GB\].
    pub transfer_free_gb_per_month: Sourced<u64>,
}

impl Prices {
    /// The price of one unit.
    #[must_use]
    pub fn of(&self, item: PriceItem) -> &Sourced<Price> {
        &self.items[item as usize]
    }

    /// Puts another price in the place of the table's.
    pub fn set(&mut self, item: PriceItem, price: Sourced<Price>) {
        self.items[item as usize] = price;
    }
}

/// Prices in `region` on `day`.
///
/// A Region for which the sources have no price gets us-east-1's, and a day before the source was
/// published gets the later price; both are marked as assumed and the note says why. Where only
/// the first of an item's tiers is known for the Region, its price goes on. Prices of requests
/// differ by up to 10 % between the Regions in the sources. A name that is no Region gets
/// us-east-1's prices too: check it against [`regions`](super::regions) first.
///
/// # Source
/// `data/prices.csv`, row by row.
#[must_use]
pub fn prices(region: &str, day: Date) -> Prices {
    Prices {
        items: PriceItem::ALL.map(|item| price(item, region, day)),
        kms_free_requests_per_month: sourced(
            20_000,
            "kms-prices-2026",
            Certainty::Documented,
            "all Regions of the account together",
        ),
        transfer_free_gb_per_month: sourced(
            100,
            "transfer-prices-us-east-1",
            Certainty::Documented,
            "all Regions of the account together",
        ),
    }
}

/// Region whose price stands in for those that are not known.
const STAND_IN: &str = "us-east-1";

fn price(item: PriceItem, region: &str, day: Date) -> Sourced<Price> {
    let mut known = item;
    loop {
        if let Some(row) = latest(known, region, day) {
            let price = row.on(day);
            if known == item {
                return price;
            }
            let reason = format!(
                "the price of this tier in {region} is not known: that of {} is taken",
                known.subject()
            );
            return price.assumed(&reason);
        }
        let Some(below) = known.tier_below() else {
            break;
        };
        known = below;
    }
    let row = latest(item, STAND_IN, day).expect("us-east-1 has a price for every item");
    let reason = format!("no price of {region} is known: {STAND_IN}'s is taken");
    row.on(day).assumed(&reason)
}

/// The last price of a Region up to a day; its first one, if there is none yet.
fn latest(item: PriceItem, region: &str, day: Date) -> Option<&'static Row> {
    let of_item = || {
        PRICES
            .iter()
            .filter(|row| row.item == item.name() && row.region == region)
    };
    of_item()
        .filter(|row| row.valid_from <= day)
        .max_by_key(|row| row.valid_from)
        .or_else(|| of_item().min_by_key(|row| row.valid_from))
}

/// One row of the table: a price from a day on.
struct Row {
    item: String,
    region: String,
    valid_from: Date,
    price: Price,
    source: String,
    certainty: Certainty,
    note: String,
}

impl Row {
    /// The price as one for `day`: assumed if the source is later.
    fn on(&'static self, day: Date) -> Sourced<Price> {
        let price = sourced(self.price, &self.source, self.certainty, &self.note);
        if self.valid_from <= day {
            return price;
        }
        let from = self.valid_from;
        price.assumed(&format!(
            "no price before {from} is known: that day's is taken"
        ))
    }
}

static PRICES: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let columns = [
        "item",
        "region",
        "valid_from",
        "price_nano_usd",
        "source",
        "certainty",
        "note",
    ];
    rows(include_str!("../../data/prices.csv"), columns)
        .into_iter()
        .map(|[item, region, from, nano_usd, source, trust, note]| Row {
            item,
            region,
            valid_from: day(&from),
            price: Price {
                nano_usd: integer(&nano_usd),
            },
            source,
            certainty: certainty(&trust),
            note,
        })
        .collect()
});

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const TODAY: Date = date(2026, 11, 24);

    // Goal: a published price list comes back exactly.
    // Method: the amounts as AWS writes them: $0.03 per 10,000, $1 a month, $0.005 and $0.0004 per
    // 1,000.
    #[test]
    fn us_east_1_costs_what_aws_publishes() {
        let prices = prices("us-east-1", TODAY);
        let published = |item: PriceItem| prices.of(item).value.nano_usd() * item.units();
        for (item, nano_usd) in [
            (PriceItem::KmsRequests, 30_000_000),
            (PriceItem::KmsKeys, 1_000_000_000),
            (PriceItem::S3Put, 5_000_000),
            (PriceItem::S3Get, 400_000),
            (PriceItem::S3Delete, 0),
            (PriceItem::StorageFirst50Tb, 23_000_000),
            (PriceItem::StorageNext450Tb, 22_000_000),
            (PriceItem::StorageOver500Tb, 21_000_000),
            (PriceItem::TransferOutFirst10Tb, 90_000_000),
            (PriceItem::TransferOutNext40Tb, 85_000_000),
            (PriceItem::TransferOutNext100Tb, 70_000_000),
            (PriceItem::TransferOutOver150Tb, 50_000_000),
            (PriceItem::CloudTrailDataEvents, 100_000_000),
        ] {
            assert_eq!(published(item), nano_usd, "{item:?}");
            let price = prices.of(item);
            assert_eq!(price.certainty, Certainty::Documented, "{price:?}");
        }
        for (item, nano_usd) in [
            (PriceItem::CloudTrailManagementEvents, 2_000_000_000),
            (PriceItem::ExpressPut, 1_130_000),
            (PriceItem::ExpressGet, 30_000),
            (PriceItem::ExpressStorage, 110_000_000),
            (PriceItem::ExpressUpload, 3_200_000),
            (PriceItem::ExpressRetrieval, 600_000),
        ] {
            assert_eq!(published(item), nano_usd, "{item:?}");
        }
        assert_eq!(prices.kms_free_requests_per_month.value, 20_000);
        assert_eq!(prices.transfer_free_gb_per_month.value, 100);
    }

    // Goal: a Region's own price is used where it is known, another's only with a warning.
    // Method: il-central-1 has S3 prices of its own and none for KMS.
    #[test]
    fn a_borrowed_price_says_so() {
        let prices = prices("il-central-1", TODAY);
        let get = prices.of(PriceItem::S3Get);
        assert_eq!(get.value.nano_usd(), 440);
        assert_eq!(get.certainty, Certainty::Documented);
        let kms = prices.of(PriceItem::KmsRequests);
        assert_eq!(kms.value.nano_usd(), 3_000);
        assert_eq!(kms.certainty, Certainty::Assumed);
        let note = "no price of il-central-1 is known: us-east-1's is taken";
        assert_eq!(kms.note, note);
        let storage = prices.of(PriceItem::StorageOver500Tb);
        assert_eq!(storage.value.nano_usd(), 25_000_000);
        assert_eq!(storage.certainty, Certainty::Assumed);
        let note = "the price of this tier in il-central-1 is not known: that of a GB-month up to \
                    50 TB is taken";
        assert_eq!(storage.note, note);
    }

    // Goal: a price is not claimed for a time before its source.
    // Method: the same Region years earlier.
    #[test]
    fn an_older_day_gets_the_earliest_price_as_an_assumption() {
        let early = prices("us-east-1", date(2020, 1, 1));
        let put = early.of(PriceItem::S3Put);
        let today = prices("us-east-1", TODAY);
        assert_eq!(put.value, today.of(PriceItem::S3Put).value);
        assert_eq!(put.certainty, Certainty::Assumed);
        assert_eq!(
            put.note,
            "no price before 2026-09-28 is known: that day's is taken"
        );
    }

    // Goal: every row of the table is used, names a known Region and says what is assumed.
    // Method: ask for each row's Region on its first day.
    #[test]
    fn every_row_can_be_reached() {
        for row in PRICES.iter() {
            assert!(
                crate::tables::regions().any(|region| region == row.region),
                "{}",
                row.region
            );
            let item = PriceItem::ALL.into_iter().find(|it| it.name() == row.item);
            let item = item.unwrap_or_else(|| panic!("{} is no item", row.item));
            let found = price(item, &row.region, row.valid_from);
            assert_eq!(found, row.on(row.valid_from), "{} {}", row.item, row.region);
            assert!(found.certainty == Certainty::Documented || !found.note.is_empty());
        }
    }
}
