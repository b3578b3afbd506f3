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

    /// The amount in dollars \[USD\], for showing.
    #[must_use]
    pub fn usd(self) -> f64 {
        self.nano_usd as f64 / 1e9
    }
}

/// What one Region charges on one day, before tax and discounts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Prices {
    /// One KMS request with a symmetric key.
    pub kms_request: Sourced<Price>,
    /// KMS requests of an account that are free in each month, all Regions together.
    pub kms_free_requests_per_month: Sourced<u64>,
    /// One customer managed key for a month. Keys of AWS are free to keep. The first two rotations
    /// add the same amount each.
    pub kms_key_month: Sourced<Price>,
    /// One PUT, COPY, POST or LIST request to S3 Standard.
    pub s3_put: Sourced<Price>,
    /// One GET request to S3 Standard.
    pub s3_get: Sourced<Price>,
}

/// Prices in `region` on `day`.
///
/// A Region for which the sources have no price gets us-east-1's, and a day before the source was
/// published gets the later price; both are marked as assumed and the note says why. Prices of
/// requests differ by up to 10 % between the Regions in the sources. A name that is no Region gets
/// us-east-1's prices too: check it against [`regions`](super::regions) first.
///
/// # Source
/// `data/prices.csv`, row by row.
#[must_use]
pub fn prices(region: &str, day: Date) -> Prices {
    Prices {
        kms_request: price("kms-request", region, day),
        kms_free_requests_per_month: sourced(
            20_000,
            "kms-prices-2026",
            Certainty::Documented,
            "all Regions of the account together",
        ),
        kms_key_month: price("kms-key-month", region, day),
        s3_put: price("s3-put", region, day),
        s3_get: price("s3-get", region, day),
    }
}

/// Region whose price stands in for those that are not known.
const STAND_IN: &str = "us-east-1";

fn price(item: &str, region: &str, day: Date) -> Sourced<Price> {
    let latest_of = |region: &str| {
        let of_item = || {
            PRICES
                .iter()
                .filter(|row| row.item == item && row.region == region)
        };
        of_item()
            .filter(|row| row.valid_from <= day)
            .max_by_key(|row| row.valid_from)
            .or_else(|| of_item().min_by_key(|row| row.valid_from))
    };
    let (row, is_own) = match latest_of(region) {
        Some(row) => (row, true),
        None => (
            latest_of(STAND_IN).expect("us-east-1 has a price for every item"),
            false,
        ),
    };
    let mut price = row.sourced();
    if row.valid_from > day {
        let reason = format!(
            "no price before {} is known: that day's is taken",
            row.valid_from
        );
        price = price.assumed(&reason);
    }
    if !is_own {
        let reason = format!("no price of {region} is known: {STAND_IN}'s is taken");
        price = price.assumed(&reason);
    }
    price
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
    fn sourced(&'static self) -> Sourced<Price> {
        sourced(self.price, &self.source, self.certainty, &self.note)
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
        assert_eq!(prices.kms_request.value.nano_usd() * 10_000, 30_000_000);
        assert_eq!(prices.kms_key_month.value.nano_usd(), 1_000_000_000);
        assert_eq!(prices.s3_put.value.nano_usd() * 1_000, 5_000_000);
        assert_eq!(prices.s3_get.value.nano_usd() * 1_000, 400_000);
        assert_eq!(prices.kms_free_requests_per_month.value, 20_000);
        for price in [
            &prices.kms_request,
            &prices.kms_key_month,
            &prices.s3_put,
            &prices.s3_get,
        ] {
            assert_eq!(price.certainty, Certainty::Documented, "{price:?}");
        }
    }

    // Goal: a Region's own price is used where it is known, another's only with a warning.
    // Method: il-central-1 has S3 prices of its own and none for KMS.
    #[test]
    fn a_borrowed_price_says_so() {
        let prices = prices("il-central-1", TODAY);
        assert_eq!(prices.s3_get.value.nano_usd(), 440);
        assert_eq!(prices.s3_get.certainty, Certainty::Documented);
        assert_eq!(prices.kms_request.value.nano_usd(), 3_000);
        assert_eq!(prices.kms_request.certainty, Certainty::Assumed);
        let note = "no price of il-central-1 is known: us-east-1's is taken";
        assert_eq!(prices.kms_request.note, note);
    }

    // Goal: a price is not claimed for a time before its source.
    // Method: the same Region years earlier.
    #[test]
    fn an_older_day_gets_the_earliest_price_as_an_assumption() {
        let early = prices("us-east-1", date(2020, 1, 1));
        assert_eq!(early.s3_put.value, prices("us-east-1", TODAY).s3_put.value);
        assert_eq!(early.s3_put.certainty, Certainty::Assumed);
        assert_eq!(
            early.s3_put.note,
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
            let found = price(&row.item, &row.region, row.valid_from);
            assert_eq!(found, row.sourced(), "{} {}", row.item, row.region);
            assert!(found.certainty == Certainty::Documented || !found.note.is_empty());
        }
    }
}
