use super::regions;
use crate::facts::{fact, per_second, thousands};
use jiff::civil::Date;
use keystorm_models::tables::{self, Allowed, OtherQuota, QuotaEra, QuotaKind, QuotaPlace};
use keystorm_record::Fact;

/// Which eras of the quotas are wanted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Eras {
    /// What holds on one day.
    On(Date),
    /// All that is known, with its days.
    All,
}

/// Name of the quota that S3's calls go against.
const SYMMETRIC: &str = "symmetric";

/// Names of KMS's quotas, as [`quotas`] takes them: the one for symmetric keys first.
#[must_use]
pub fn quota_names() -> Vec<&'static str> {
    let mut names = vec![SYMMETRIC];
    for quota in tables::kms_other_quota_eras(None) {
        // The eras of one stand together.
        if names.last() != Some(&quota.id) {
            names.push(quota.id);
        }
    }
    names
}

/// KMS's default quotas, all or one by its name, in one Region or in all: first that of requests
/// with symmetric keys, which has the Region as its id, then those that no model uses, with a note
/// that says so. Empty if there is no such Region or name.
///
/// The ids of [`Eras::All`] end in the first day, and the subjects say the days.
#[must_use]
pub fn quotas(name: Option<&str>, region: Option<&str>, eras: Eras) -> Vec<Fact> {
    let here: Vec<_> = regions()
        .filter(|&it| region.is_none_or(|region| region == it))
        .collect();
    if here.is_empty() {
        return Vec::new();
    }
    let asked = |id: &str| name.is_none_or(|name| name == id);
    let mut list = Vec::new();
    if asked(SYMMETRIC) {
        for region in here {
            list.extend(symmetric(region, eras));
        }
    }
    let others = match eras {
        Eras::On(day) => tables::kms_other_quotas(region, day),
        Eras::All => tables::kms_other_quota_eras(region),
    };
    let others = others.into_iter().filter(|it| asked(it.id));
    list.extend(others.map(|it| other(it, eras)));
    list
}

/// The quota of requests with symmetric keys in a Region.
fn symmetric(region: &str, eras: Eras) -> Vec<Fact> {
    let subject = format!("{region}, symmetric keys");
    match eras {
        Eras::On(day) => tables::kms_request_quota(region, day)
            .map(|it| fact(region, &subject, per_second(it.value), it))
            .into_iter()
            .collect(),
        Eras::All => tables::kms_request_quota_eras(region)
            .into_iter()
            .map(|era| {
                let (id, subject) = dated(region, &subject, &era);
                fact(&id, &subject, per_second(era.quota.value), era.quota)
            })
            .collect(),
    }
}

/// A quota that no model uses.
fn other(quota: OtherQuota, eras: Eras) -> Fact {
    let (mut id, mut subject) = match quota.place {
        QuotaPlace::China => (
            format!("{}.china", quota.id),
            format!("{}, China", quota.name),
        ),
        QuotaPlace::Everywhere | QuotaPlace::OutsideChina => {
            (quota.id.to_owned(), quota.name.to_owned())
        }
    };
    if eras == Eras::All {
        (id, subject) = dated(&id, &subject, &quota.era);
    }
    let mut sourced = quota.era.quota;
    let note = unused(quota.kind);
    sourced.note = if sourced.note.is_empty() {
        note.into()
    } else {
        format!("{}; {note}", sourced.note).into()
    };
    fact(&id, &subject, words(sourced.value), sourced)
}

/// Id and subject with the days of an era.
fn dated<T>(id: &str, subject: &str, era: &QuotaEra<T>) -> (String, String) {
    let to = era.to.map_or("now".to_owned(), |day| day.to_string());
    (
        format!("{id}.{}", era.from),
        format!("{subject}, {} to {to}", era.from),
    )
}

/// Why no model uses a quota.
fn unused(kind: QuotaKind) -> &'static str {
    match kind {
        QuotaKind::Key => "S3 encryption does not touch it: its keys in KMS are symmetric",
        QuotaKind::Store => "no model uses it but that of `kms.key-store`",
        QuotaKind::Pair => "S3 encryption does not touch it: it asks for no pairs of keys",
        QuotaKind::Management => {
            "S3 encryption does not touch it: requests for objects do not make this call"
        }
        QuotaKind::Resource => "no model uses it: it is of what there is, not of requests",
    }
}

fn words(allowed: Allowed) -> String {
    let per_1000_s = match allowed {
        Allowed::Count(count) => return thousands(count),
        Allowed::Per1000Seconds(rate) => rate,
    };
    let (whole, part) = (per_1000_s / 1_000, per_1000_s % 1_000);
    if part == 0 {
        return per_second(whole);
    }
    let digits = format!("{part:03}");
    format!("{}.{}/s", thousands(whole), digits.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use std::collections::BTreeSet;

    fn value(facts: &[Fact], id: &str) -> String {
        let fact = facts.iter().find(|fact| fact.id == id);
        fact.unwrap_or_else(|| panic!("no {id}")).value.clone()
    }

    // Goal: the quotas are those of the models, each under one id, and unknown names have none.
    // Method: quotas in two eras, rates below one, a count, one by its name; names that are none.
    #[test]
    fn quotas_say_what_the_models_say() {
        let on = |day| quotas(None, Some("eu-west-1"), Eras::On(day));
        let (today, then) = (on(Date::MAX), on(date(2020, 6, 1)));
        assert_eq!(value(&today, "eu-west-1"), "100,000/s");
        assert_eq!(value(&then, "eu-west-1"), "30,000/s");
        assert_eq!(value(&then, "rsa"), "500/s");
        assert_eq!(value(&then, "generate-data-key-pair-rsa-4096"), "0.1/s");
        assert_eq!(value(&today, "keys"), "100,000");
        assert!(then.iter().all(|it| it.id != "ml-dsa"));
        let one = quotas(Some("describe-key"), None, Eras::On(Date::MAX));
        assert_eq!((one.len(), &*one[0].value), (1, "2,000/s"));
        let tiers = quotas(Some(SYMMETRIC), None, Eras::On(Date::MAX));
        assert_eq!(tiers.len(), regions().count());
        assert!(quotas(None, Some("eu-west-9"), Eras::All).is_empty());
        assert!(quotas(Some("rsb"), None, Eras::All).is_empty());
        for eras in [Eras::All, Eras::On(Date::MAX)] {
            let all = quotas(None, None, eras);
            let ids: BTreeSet<_> = all.iter().map(|it| &it.id).collect();
            assert_eq!(ids.len(), all.len());
            assert!(
                quota_names()
                    .iter()
                    .all(|name| { !quotas(Some(name), None, eras).is_empty() })
            );
        }
        let names = quota_names();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    }

    // Goal: of every quota that no model uses that is said, and of no other.
    // Method: all rows of all eras.
    #[test]
    fn what_no_model_uses_says_so() {
        for it in quotas(None, None, Eras::All) {
            let unused = it.note.contains("does not touch it") || it.note.contains("no model uses");
            assert_eq!(
                unused,
                !it.subject.contains(", symmetric keys"),
                "{}",
                it.id
            );
        }
    }
}
