use super::{Allowed, kms_other_quotas};
use crate::{Certainty, Sourced};
use jiff::civil::{Date, date};
use keystorm_sim::Span;

/// Requests per second that one custom key store takes, a CloudHSM or an external one, from all
/// accounts that use it. They count against the account's quota as well.
///
/// # Panics
/// If the table of KMS's quotas has no such row, which a test holds.
#[must_use]
pub fn key_store_quota() -> Sourced<u64> {
    let quotas = kms_other_quotas(None, Date::MAX);
    let store = quotas.into_iter().find(|it| it.id == "cloud-hsm-key-store");
    let quota = store.expect("the table has key stores").era.quota;
    quota.map(|allowed| match allowed {
        Allowed::Per1000Seconds(requests) => requests / 1_000,
        Allowed::Count(count) => count,
    })
}

/// The last day on which `GenerateDataKey` is taken to weigh three requests in a CloudHSM key
/// store: the pages of 2020 said so, those of 2021 are not at hand.
const WEIGHED_UNTIL: Date = date(2020, 12, 31);

/// Requests of a CloudHSM key store's quota that one `GenerateDataKey` takes on `day`.
#[must_use]
pub fn cloud_hsm_data_key_weight(day: Date) -> Sourced<u64> {
    let (value, note) = if day <= WEIGHED_UNTIL {
        (
            3,
            "about three times another call, said the page of 2020; until when is not known: its \
             year's end is taken",
        )
    } else {
        (
            1,
            "the page of 2020 weighed it about three times; today's does not, since when is not \
             known",
        )
    };
    Sourced {
        value,
        source: "AWS KMS Developer Guide, \"Request quotas\", custom key store request quotas"
            .into(),
        date: if day <= WEIGHED_UNTIL { "2020" } else { "2026" }.into(),
        certainty: Certainty::Assumed,
        note: note.into(),
    }
}

/// Time that KMS waits for the proxy of an external key store; it tries once more after it.
#[must_use]
pub fn key_store_proxy_timeout() -> Sourced<Span> {
    Sourced {
        value: Span::from_millis(250),
        source: "AWS KMS Developer Guide, \"Monitoring external key stores\"".into(),
        date: "2023-05-19".into(),
        certainty: Certainty::Documented,
        note: "one retry after a time-out of the network".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: a model's quota is that of the table, the same for both kinds of store.
    // Method: each row as it stands today.
    #[test]
    fn both_stores_have_the_tables_quota() {
        let ids = ["cloud-hsm-key-store", "external-key-store"];
        let quotas = kms_other_quotas(None, Date::MAX);
        let stores = quotas.iter().filter(|it| ids.contains(&it.id));
        let found: Vec<_> = stores.map(|it| it.era.quota.value).collect();
        assert_eq!(found, [Allowed::Per1000Seconds(1_800_000); 2]);
        assert_eq!(key_store_quota().value, 1_800);
    }

    // Goal: the values are those of their pages.
    // Method: each of them, the weight on both sides of its change.
    #[test]
    fn values_are_those_of_their_pages() {
        assert_eq!(key_store_quota().value, 1_800);
        assert_eq!(cloud_hsm_data_key_weight(date(2020, 6, 1)).value, 3);
        assert_eq!(cloud_hsm_data_key_weight(date(2021, 1, 1)).value, 1);
        assert_eq!(key_store_proxy_timeout().value, Span::from_millis(250));
    }
}
