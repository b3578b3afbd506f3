use super::QuotaEra;
use super::csv_text::{certainty, day, integer, rows, sourced};
use crate::{Certainty, Sourced};
use jiff::civil::Date;
use std::sync::LazyLock;

/// A quota of KMS other than that of requests with symmetric keys, while it holds.
///
/// Models use only those of custom key stores: what S3 asks of KMS goes against the quota of
/// [`kms_request_quota`](super::kms_request_quota), and of the key's store if it has one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OtherQuota {
    /// Short name, such as `rsa` or `create-key`; quotas in China have their own rows.
    pub id: &'static str,
    /// What it limits.
    pub name: &'static str,
    /// What it is a quota of.
    pub kind: QuotaKind,
    /// Where it holds.
    pub place: QuotaPlace,
    /// What is allowed, and when.
    pub era: QuotaEra<Allowed>,
}

/// What a quota allows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Allowed {
    /// Requests in 1,000 seconds; some quotas are below one per second.
    Per1000Seconds(u64),
    /// So many things at a time.
    Count(u64),
}

/// What a quota is of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum QuotaKind {
    /// Cryptographic operations with one type of keys.
    Key,
    /// Requests to each custom key store.
    Store,
    /// `GenerateDataKeyPair` of one spec.
    Pair,
    /// Other calls.
    Management,
    /// Things that there are, not requests.
    Resource,
}

/// Where a quota holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum QuotaPlace {
    /// In every Region.
    Everywhere,
    /// In the Regions in China.
    China,
    /// In all other Regions.
    OutsideChina,
}

impl QuotaPlace {
    fn holds(self, region: Option<&str>) -> bool {
        let china = region.map(|region| region.starts_with("cn-"));
        match self {
            Self::Everywhere => true,
            Self::China => china != Some(false),
            Self::OutsideChina => china != Some(true),
        }
    }
}

/// The other quotas of KMS on `day`, in `region` or, without one, anywhere.
///
/// Before the first day of which a quota is known, that day's is taken, marked as assumed; but one
/// that came later, such as that of ML-DSA keys, is left out.
///
/// ```
/// use jiff::civil::date;
/// use keystorm_models::tables::{Allowed, kms_other_quotas};
///
/// let rsa = |day| kms_other_quotas(None, day).into_iter().find(|it| it.id == "rsa").unwrap();
/// let of = |day| rsa(day).era.quota.value;
/// assert_eq!(of(date(2024, 7, 7)), Allowed::Per1000Seconds(500_000));
/// assert_eq!(of(date(2024, 7, 8)), Allowed::Per1000Seconds(1_000_000));
/// ```
///
/// # Source
/// `data/kms-other-quotas.csv`, row by row.
#[must_use]
pub fn kms_other_quotas(region: Option<&str>, day: Date) -> Vec<OtherQuota> {
    let on = |row: &'static Row| {
        if (row.valid_from..=row.valid_to).contains(&day) {
            return Some(row.quota());
        }
        let first = !row.new
            && day < row.valid_from
            && rows_of(row).all(|other| row.valid_from <= other.valid_from);
        first.then(|| {
            let mut quota = row.quota();
            let reason = format!(
                "no quota before {} is known: that day's is taken",
                row.valid_from
            );
            quota.era.quota = quota.era.quota.assumed(&reason);
            quota
        })
    };
    let here = QUOTAS.iter().filter(|row| row.place.holds(region));
    here.filter_map(on).collect()
}

/// All that is known of the other quotas of KMS, in the order of time each.
///
/// # Source
/// As of [`kms_other_quotas`].
#[must_use]
pub fn kms_other_quota_eras(region: Option<&str>) -> Vec<OtherQuota> {
    let here = QUOTAS.iter().filter(|row| row.place.holds(region));
    here.map(Row::quota).collect()
}

/// The rows of the same quota, itself included.
fn rows_of(row: &Row) -> impl Iterator<Item = &'static Row> {
    let same = move |other: &&Row| (&other.id, other.place) == (&row.id, row.place);
    QUOTAS.iter().filter(same)
}

/// One row of the table.
struct Row {
    id: String,
    name: String,
    kind: QuotaKind,
    place: QuotaPlace,
    valid_from: Date,
    /// The last day.
    valid_to: Date,
    /// Whether nothing is known of the quota before its first row.
    new: bool,
    allowed: Allowed,
    source: String,
    certainty: Certainty,
    note: String,
}

impl Row {
    fn quota(&'static self) -> OtherQuota {
        OtherQuota {
            id: &self.id,
            name: &self.name,
            kind: self.kind,
            place: self.place,
            era: QuotaEra {
                from: self.valid_from,
                to: Some(self.valid_to).filter(|&day| day < Date::MAX),
                quota: self.sourced(),
            },
        }
    }

    fn sourced(&'static self) -> Sourced<Allowed> {
        sourced(self.allowed, &self.source, self.certainty, &self.note)
    }
}

fn kind(cell: &str) -> QuotaKind {
    match cell {
        "key" => QuotaKind::Key,
        "store" => QuotaKind::Store,
        "pair" => QuotaKind::Pair,
        "management" => QuotaKind::Management,
        "resource" => QuotaKind::Resource,
        other => unreachable!("{other:?} is no kind of quota"),
    }
}

fn place(cell: &str) -> QuotaPlace {
    match cell {
        "*" => QuotaPlace::Everywhere,
        "cn" => QuotaPlace::China,
        "-cn" => QuotaPlace::OutsideChina,
        other => unreachable!("{other:?} is no place of quotas"),
    }
}

/// A count, or requests per second with at most three decimals and `/s`.
fn allowed(cell: &str) -> Allowed {
    let Some(rate) = cell.strip_suffix("/s") else {
        return Allowed::Count(integer(cell));
    };
    let (whole, part) = rate.split_once('.').unwrap_or((rate, ""));
    assert!(part.len() <= 3, "{cell:?} has at most three decimals");
    Allowed::Per1000Seconds(integer(whole) * 1_000 + integer(&format!("{part:0<3}")))
}

static QUOTAS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let columns = [
        "id",
        "name",
        "kind",
        "region",
        "valid_from",
        "valid_to",
        "new",
        "value",
        "source",
        "certainty",
        "note",
    ];
    rows(include_str!("../../data/kms-other-quotas.csv"), columns)
        .into_iter()
        .map(
            |[
                id,
                name,
                kind_of,
                region,
                from,
                to,
                new,
                value,
                source,
                trust,
                note,
            ]| Row {
                id,
                name,
                kind: kind(&kind_of),
                place: place(&region),
                valid_from: day(&from),
                valid_to: if to.is_empty() { Date::MAX } else { day(&to) },
                new: new == "yes",
                allowed: allowed(&value),
                source,
                certainty: certainty(&trust),
                note,
            },
        )
        .collect()
});

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan;
    use jiff::civil::date;

    /// The one quota of this name, if there is one.
    fn quota(id: &str, region: &str, day: Date) -> Option<Sourced<Allowed>> {
        let quotas = kms_other_quotas(Some(region), day);
        let mut found = quotas.into_iter().filter(|it| it.id == id);
        let first = found.next().map(|it| it.era.quota);
        assert!(found.next().is_none(), "{id} twice in {region} on {day}");
        first
    }

    /// Requests in 1,000 seconds.
    fn rate(id: &str, region: &str, day: Date) -> Option<u64> {
        quota(id, region, day).map(|it| match it.value {
            Allowed::Per1000Seconds(rate) => rate,
            Allowed::Count(_) => panic!("{id} is no rate"),
        })
    }

    // Goal: every row can be reached, a quota has one value on a day in a Region, and has no gap.
    // Method: each row on its first and last day, in a Region where it holds; the day after it.
    #[test]
    fn every_row_can_be_reached() {
        for row in QUOTAS.iter() {
            let region = match row.place {
                QuotaPlace::China => "cn-north-1",
                QuotaPlace::Everywhere | QuotaPlace::OutsideChina => "eu-west-3",
            };
            for day in [row.valid_from, row.valid_to] {
                assert_eq!(
                    quota(&row.id, region, day),
                    Some(row.sourced()),
                    "{}",
                    row.id
                );
            }
            if let Ok(after) = row.valid_to.checked_add(1.day()) {
                assert!(rows_of(row).any(|it| it.valid_from == after), "{}", row.id);
            }
        }
    }

    // Goal: each change comes on its day, and in the Regions where it came.
    // Method: some of each kind on both sides of a change, in China and elsewhere.
    #[test]
    fn every_change_comes_on_its_day() {
        let today = Date::MAX;
        let (ml_dsa, pair) = ("ml-dsa", "generate-data-key-pair-rsa-4096");
        for (id, region, day, expected) in [
            ("rsa", "us-east-1", date(2019, 12, 10), Some(500_000)),
            ("rsa", "us-east-1", date(2022, 4, 21), Some(500_000)),
            ("rsa", "us-east-1", date(2024, 7, 7), Some(500_000)),
            ("rsa", "us-east-1", date(2024, 7, 8), Some(1_000_000)),
            ("ecc-sm2", "us-east-1", date(2024, 7, 7), Some(300_000)),
            ("ecc-sm2", "us-east-1", date(2024, 7, 8), Some(1_000_000)),
            (ml_dsa, "us-east-1", date(2019, 1, 1), None),
            (ml_dsa, "us-east-1", date(2025, 6, 12), None),
            (ml_dsa, "us-east-1", date(2025, 6, 13), Some(1_000_000)),
            ("cloud-hsm-key-store", "us-east-1", today, Some(1_800_000)),
            (pair, "us-east-1", date(2023, 6, 1), Some(100)),
            (pair, "us-east-1", today, Some(1_000)),
            (pair, "cn-north-1", today, Some(100)),
            ("generate-data-key-pair-sm2", "eu-west-3", today, None),
            ("create-key", "eu-west-3", today, Some(5_000)),
            ("describe-key", "eu-west-3", today, Some(2_000_000)),
        ] {
            assert_eq!(rate(id, region, day), expected, "{id} in {region} on {day}");
        }
        let keys = quota("keys", "eu-west-3", today).map(|it| it.value);
        assert_eq!(keys, Some(Allowed::Count(100_000)));
    }

    // Goal: what is not known of a day is not passed off as known.
    // Method: a quota before the first day of its table, and one row on its first day.
    #[test]
    fn before_its_first_day_a_quota_is_assumed() {
        let before = quota("create-key", "eu-west-3", date(2025, 12, 31)).unwrap();
        assert_eq!(before.certainty, Certainty::Assumed);
        assert!(
            before
                .note
                .starts_with("no quota before 2026-01-01 is known")
        );
        let first = quota("create-key", "eu-west-3", date(2026, 1, 1)).unwrap();
        assert_eq!(first.certainty, Certainty::Documented);
        let reason = |row: &Row| row.certainty == Certainty::Documented || !row.note.is_empty();
        assert!(QUOTAS.iter().all(reason));
    }

    // Goal: all eras are given once, the same as on their days.
    // Method: as many as there are rows; in China those of China only.
    #[test]
    fn all_eras_are_all_rows() {
        assert_eq!(kms_other_quota_eras(None).len(), QUOTAS.len());
        let china = kms_other_quota_eras(Some("cn-north-1"));
        assert!(china.iter().all(|it| it.place != QuotaPlace::OutsideChina));
        assert_eq!(
            china
                .iter()
                .filter(|it| it.place == QuotaPlace::China)
                .count(),
            4
        );
    }
}
