use super::csv_text::{certainty, day, integer, rows, sourced};
use crate::{Certainty, Sourced};
use jiff::civil::Date;
use std::sync::LazyLock;

/// AWS Regions for which KMS request quotas are known, sorted.
pub fn regions() -> impl Iterator<Item = &'static str> {
    REGIONS.iter().copied()
}

/// Requests per second that KMS admits on `day` from one account in `region`, by default, for
/// cryptographic operations with symmetric keys; `None` if the Region is unknown.
///
/// The quota is shared by `Decrypt`, `Encrypt`, `GenerateDataKey`,
/// `GenerateDataKeyWithoutPlaintext`, `GenerateMac`, `GenerateRandom`, `ReEncrypt` and
/// `VerifyMac`. An account can have been granted another one.
///
/// | from | default | middle tier | top tier |
/// |---|---|---|---|
/// | 2019-12-10 | 5,500 | 10,000 | 30,000 |
/// | 2021-09-17 | 5,500 | 10,000 | 50,000 |
/// | 2024-07-08 | 10,000 | 20,000 | 100,000 |
///
/// What the sources leave open is decided so, and said in the note of the value:
/// - The top tier's 50,000 was seen in us-east-1 on 2021-09-17, while the page said 30,000 until
///   2022-04-21. What an account was given counts, so the 50,000 are taken from 2021-09-17 on for
///   all three Regions of that tier, and are marked as assumed until the page says so.
/// - The text of 2022 gives the three figures; which Region has which is inferred from the lists
///   before and after it, which agree, and so marked as assumed.
/// - Before 2019-12-10 the quota of that day is taken, marked as assumed.
/// - A Region that opened after `day` gets what the page then gave to every Region not named.
///
/// ```
/// use jiff::civil::date;
/// use keystorm_models::tables::kms_request_quota;
///
/// let quota = kms_request_quota("eu-west-3", date(2026, 11, 24)).unwrap();
/// assert_eq!(quota.value, 10_000);
/// assert_eq!(kms_request_quota("eu-west-9", date(2026, 11, 24)), None);
/// ```
///
/// # Source
/// `data/kms-request-quotas.csv`, row by row.
#[must_use]
pub fn kms_request_quota(region: &str, day: Date) -> Option<Sourced<u64>> {
    REGIONS.binary_search(&region).ok()?;
    let own = || QUOTAS.iter().filter(|row| row.region == region);
    let of_others = || QUOTAS.iter().filter(|row| row.region == EVERY_OTHER);
    if let Some(row) = own().chain(of_others()).find(|row| row.holds_on(day)) {
        return Some(row.sourced());
    }
    let earliest = own().chain(of_others()).min_by_key(|row| row.valid_from)?;
    let reason = format!(
        "no quota before {} is known: that day's is taken",
        earliest.valid_from
    );
    Some(earliest.sourced().assumed(&reason))
}

/// A quota while it holds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct QuotaEra<T> {
    /// The first day on which it is known to hold.
    pub from: Date,
    /// The last day; `None`: it still holds.
    pub to: Option<Date>,
    /// The quota.
    pub quota: Sourced<T>,
}

/// All that is known of the quota of [`kms_request_quota`] in `region`, in the order of time; empty
/// if the Region is unknown.
///
/// ```
/// let eras = keystorm_models::tables::kms_request_quota_eras("us-east-1");
/// let values: Vec<_> = eras.iter().map(|era| era.quota.value).collect();
/// assert_eq!(values, [30_000, 50_000, 50_000, 100_000]);
/// ```
///
/// # Source
/// `data/kms-request-quotas.csv`, row by row.
#[must_use]
pub fn kms_request_quota_eras(region: &str) -> Vec<QuotaEra<u64>> {
    if REGIONS.binary_search(&region).is_err() {
        return Vec::new();
    }
    let own = || QUOTAS.iter().filter(|row| row.region == region);
    let of_others = QUOTAS
        .iter()
        .filter(|row| row.region == EVERY_OTHER && own().all(|own| !own.holds_on(row.valid_from)));
    let mut rows: Vec<_> = own().chain(of_others).collect();
    rows.sort_by_key(|row| row.valid_from);
    let era = |row: &'static Row| QuotaEra {
        from: row.valid_from,
        to: Some(row.valid_to).filter(|&day| day < Date::MAX),
        quota: row.sourced(),
    };
    rows.into_iter().map(era).collect()
}

/// Region of the rows that hold for every Region without a row of its own.
const EVERY_OTHER: &str = "*";

/// One row of the table: a default quota while it holds.
struct Row {
    region: String,
    valid_from: Date,
    /// The last day.
    valid_to: Date,
    quota_per_s: u64,
    source: String,
    certainty: Certainty,
    note: String,
}

impl Row {
    fn holds_on(&self, day: Date) -> bool {
        (self.valid_from..=self.valid_to).contains(&day)
    }

    fn sourced(&'static self) -> Sourced<u64> {
        sourced(self.quota_per_s, &self.source, self.certainty, &self.note)
    }
}

static QUOTAS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let columns = [
        "region",
        "valid_from",
        "valid_to",
        "quota_per_s",
        "source",
        "certainty",
        "note",
    ];
    rows(include_str!("../../data/kms-request-quotas.csv"), columns)
        .into_iter()
        .map(|[region, from, to, quota, source, trust, note]| Row {
            region,
            valid_from: day(&from),
            valid_to: if to.is_empty() { Date::MAX } else { day(&to) },
            quota_per_s: integer(&quota),
            source,
            certainty: certainty(&trust),
            note,
        })
        .collect()
});

/// The Regions that have a row of their own and whose last one still holds.
static REGIONS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut regions: Vec<_> = QUOTAS
        .iter()
        .filter(|row| row.valid_to == Date::MAX)
        .map(|row| &*row.region)
        .collect();
    regions.sort_unstable();
    regions
});

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan;
    use jiff::civil::date;

    fn quota(region: &str, day: Date) -> Sourced<u64> {
        kms_request_quota(region, day).unwrap()
    }

    // Goal: the figures that people know come out for the Regions and times that they know them of.
    // Method: one Region per tier and era, first and last days included.
    #[test]
    fn every_era_gives_its_tiers() {
        let cases = [
            ("us-east-1", date(2019, 12, 10), 30_000),
            ("us-east-1", date(2020, 6, 1), 30_000),
            ("us-west-2", date(2021, 9, 16), 30_000),
            ("us-west-2", date(2021, 9, 17), 50_000),
            ("us-east-1", date(2023, 6, 1), 50_000),
            ("us-east-1", date(2024, 7, 7), 50_000),
            ("us-east-1", date(2024, 7, 8), 100_000),
            ("us-east-1", date(2026, 11, 24), 100_000),
            ("eu-central-1", date(2020, 6, 1), 10_000),
            ("eu-central-1", date(2023, 6, 1), 10_000),
            ("eu-central-1", date(2026, 11, 24), 20_000),
            ("eu-west-3", date(2020, 6, 1), 5_500),
            ("eu-west-3", date(2023, 6, 1), 5_500),
            ("eu-west-3", date(2026, 11, 24), 10_000),
        ];
        for (region, day, expected) in cases {
            assert_eq!(quota(region, day).value, expected, "{region} on {day}");
        }
    }

    // Goal: no row of the table is dead, shadowed by another or missed by its dates.
    // Method: ask for each row's Region (for a row of "*": a Region without its own row then) on
    // its first day and compare value and source.
    #[test]
    fn every_row_can_be_reached() {
        for row in QUOTAS.iter() {
            let day = row.valid_from;
            let named = |region: &str| {
                QUOTAS
                    .iter()
                    .any(|other| other.region == region && other.holds_on(day))
            };
            let region = if row.region == EVERY_OTHER {
                regions().find(|region| !named(region)).unwrap()
            } else {
                &row.region
            };
            assert_eq!(quota(region, day), row.sourced(), "{region} on {day}");
        }
    }

    // Goal: a Region has exactly one quota on every day since the table begins.
    // Method: per Region, count the rows that hold on each day on which any row begins or ends.
    #[test]
    fn every_region_has_one_quota_on_every_day() {
        let ends = QUOTAS
            .iter()
            .filter(|row| row.valid_to < Date::MAX)
            .map(|row| row.valid_to);
        let after_ends = ends.clone().map(|day| day.checked_add(1.day()).unwrap());
        let days: Vec<_> = QUOTAS
            .iter()
            .map(|row| row.valid_from)
            .chain(ends)
            .chain(after_ends)
            .collect();
        for region in regions() {
            for &day in &days {
                let rows = |name: &str| {
                    QUOTAS
                        .iter()
                        .filter(|row| row.region == name && row.holds_on(day))
                        .count()
                };
                let (own, of_others) = (rows(region), rows(EVERY_OTHER));
                assert!(
                    own == 1 || (own == 0 && of_others == 1),
                    "{region} on {day}"
                );
            }
        }
    }

    // Goal: the eras of a Region follow each other without a gap and are what holds on their days.
    // Method: every Region, each era on its first and last day against the quota of that day.
    #[test]
    fn eras_are_the_quotas_of_their_days() {
        for region in regions() {
            let eras = kms_request_quota_eras(region);
            assert_eq!(eras[0].from, date(2019, 12, 10), "{region}");
            for (era, next) in eras.iter().zip(eras.iter().skip(1)) {
                assert_eq!(era.to, next.from.yesterday().ok(), "{region}");
            }
            assert_eq!(eras.last().and_then(|era| era.to), None);
            for era in eras {
                assert_eq!(quota(region, era.from), era.quota, "{region} {}", era.from);
                assert_eq!(
                    quota(region, era.to.unwrap_or(Date::MAX)),
                    era.quota,
                    "{region}"
                );
            }
        }
        assert!(kms_request_quota_eras("*").is_empty());
    }

    // Goal: what is assumed says so and says why.
    // Method: the conflicts that the documentation of the function lists.
    #[test]
    fn a_decided_conflict_carries_its_reason() {
        let spain = quota("eu-south-2", date(2026, 11, 24));
        assert_eq!(
            (spain.value, spain.certainty),
            (20_000, Certainty::Documented)
        );
        assert!(spain.note.contains("General Reference"), "{}", spain.note);

        let reported = quota("us-east-1", date(2021, 12, 1));
        assert_eq!(
            (reported.value, reported.certainty),
            (50_000, Certainty::Assumed)
        );
        assert!(reported.note.contains("2022-04-21"), "{}", reported.note);

        let before = quota("us-east-1", date(2018, 1, 1));
        assert_eq!(
            (before.value, before.certainty),
            (30_000, Certainty::Assumed)
        );
        assert!(
            before.note.starts_with("no quota before 2019-12-10"),
            "{}",
            before.note
        );

        let inferred = quota("eu-west-3", date(2023, 6, 1));
        assert_eq!(inferred.certainty, Certainty::Assumed);
        assert!(
            QUOTAS
                .iter()
                .all(|row| { row.certainty == Certainty::Documented || !row.note.is_empty() })
        );
    }

    // Goal: Regions come sorted, once each, without the row for the others, and nothing else has
    // a quota.
    // Method: compare neighbours; ask for names near to real ones.
    #[test]
    fn regions_are_sorted_and_only_they_have_a_quota() {
        let regions: Vec<_> = regions().collect();
        assert!(regions.is_sorted_by(|left, right| left < right));
        assert_eq!(regions.len(), 38);
        for name in ["*", "", "us-east", "eu-west-9", "US-EAST-1"] {
            assert_eq!(kms_request_quota(name, date(2026, 11, 24)), None, "{name}");
        }
    }
}
