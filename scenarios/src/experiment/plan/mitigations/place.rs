//! More room: a larger quota, another Region, more prefixes, KMS in place of a key store, and keys
//! that need no quota at all.
use super::candidate::{Candidate, Today, set, set_of_fleet};
use crate::assemble;
use crate::experiment::plan::quota;
use crate::facts::per_second;
use crate::schema::{Encryption, EncryptionHeader, KeyStore, KmsKey, Scenario, StorageClass};
use crate::units::Rate;
use jiff::civil::Date;
use keystorm_models::tables;
use keystorm_record::plan::Effort;

pub(super) fn candidates(today: &Today<'_>) -> Vec<Candidate> {
    let scenario = today.scenario();
    let mut list = Vec::new();
    if scenario.calls_kms() {
        list.extend(larger_quota(today));
        if today.kms_is_near {
            list.extend(region(scenario));
        }
        list.extend(key_store(scenario));
    }
    list.extend(prefixes(today));
    list.extend(sse_s3(scenario));
    list
}

fn larger_quota(today: &Today<'_>) -> Option<Candidate> {
    let asked = today.quota_to_ask?;
    let now = assemble::kms_quota(today.scenario()).value;
    (asked > now).then(|| {
        Candidate::plain(
            "quota-increase",
            format!("A quota of {}", per_second(asked)),
            Effort::Request,
            quota::settings(asked),
            &["It costs nothing, but AWS decides and takes time; the calls stay, and so does what \
               they cost."],
        )
    })
}

/// The Region with the largest default quota, of the same part of the world if it has one that is
/// larger than today's.
fn region(scenario: &Scenario) -> Option<Candidate> {
    let now = assemble::kms_quota(scenario).value;
    // Where AWS gives more by default than the scenario says, another Region is no remedy.
    let here = assemble::default_on_the_day(scenario).value;
    let day = assemble::day(scenario);
    let (region, quota) = larger(&scenario.account.region, now.max(here), day)?;
    let mut settings = vec![set("account.region", format!("\"{region}\""))];
    if scenario.kms.request_quota.is_some() {
        // What AWS has granted here is not granted there.
        let rate = Rate(quota as f64);
        settings.push(set("kms.request-quota", format!("\"{rate}\"")));
    }
    Some(Candidate::plain(
        "region",
        format!("In {region}, quota {}", per_second(quota)),
        Effort::Migration,
        settings,
        &[
            "Data and programs move: transfer between Regions, and latency from one to the other \
             while they do, are not priced or simulated here.",
            "The other load of the account is taken along; what stays behind shares the quota no \
             longer.",
        ],
    ))
}

/// A Region with a larger default quota than `now`.
fn larger(here: &str, now: u64, day: Date) -> Option<(&'static str, u64)> {
    let part = |region: &str| region.split('-').next().unwrap_or_default().to_owned();
    let known = tables::regions().filter_map(|it| {
        let quota = tables::kms_request_quota(it, day)?;
        (quota.value > now).then_some((it, quota.value))
    });
    // GovCloud and China are partitions of their own, for accounts of their own.
    let apart = |it: &str| it.starts_with("us-gov-") || it.starts_with("cn-");
    if apart(here) {
        return None;
    }
    let ranked = known
        .filter(|(it, _)| !apart(it))
        .map(|(it, quota)| ((part(it) == part(here), quota), it));
    // The first of the largest, in the order of names.
    let best = ranked.reduce(|best, it| if it.0 > best.0 { it } else { best });
    best.map(|((_, quota), region)| (region, quota))
}

fn key_store(scenario: &Scenario) -> Option<Candidate> {
    (scenario.kms.key_store != KeyStore::Kms).then(|| {
        Candidate::plain(
            "keys-in-kms",
            "Keys in KMS in place of the key store",
            Effort::Migration,
            vec![set("kms.key-store", "\"kms\"")],
            &["Whoever asks for keys outside KMS must agree; old objects keep their key until they \
               are copied."],
        )
    })
}

/// Times as many prefixes as today.
const MORE_PREFIXES: u32 = 4;
/// Most prefixes of a bucket in a scenario.
const PREFIXES_MAX: u32 = 100_000;

fn prefixes(today: &Today<'_>) -> Option<Candidate> {
    let bucket = &today.scenario().bucket;
    let more = bucket
        .prefixes
        .saturating_mul(MORE_PREFIXES)
        .min(PREFIXES_MAX);
    let helps = today.s3_refuses && bucket.storage_class == StorageClass::Standard;
    (helps && more > bucket.prefixes).then(|| {
        Candidate::plain(
            "prefixes",
            format!("{more} prefixes in place of {}", bucket.prefixes),
            Effort::Code,
            vec![set("bucket.prefixes", more)],
            &[
                "Keys must be named so that the load spreads over them, and old objects stay where \
                 they are.",
                "S3 splits new prefixes under load, gradually: how fast is not published.",
            ],
        )
    })
}

fn sse_s3(scenario: &Scenario) -> Option<Candidate> {
    let uses = scenario.uses(Encryption::SseKms) || scenario.uses(Encryption::DsseKms);
    let standard = scenario.bucket.storage_class == StorageClass::Standard;
    if !uses || !standard {
        return None;
    }
    let mut settings = vec![
        set("bucket.encryption", "\"sse-s3\""),
        set("bucket.bucket-key", false),
    ];
    for (name, fleet) in &scenario.fleets {
        if matches!(
            fleet.request.encryption_header,
            Some(EncryptionHeader::SseKms | EncryptionHeader::DsseKms)
        ) {
            let path = ["request", "encryption-header"];
            settings.push(set_of_fleet(name, &path, "\"sse-s3\""));
        }
    }
    let mut caveats = vec![
        "The keys are S3's: no key policy, no audit of their use, no key of yours to disable.",
        "Old objects stay under KMS keys, and call KMS, until they are copied onto themselves.",
    ];
    if scenario.kms.key == KmsKey::OtherAccount {
        caveats.push("The owner of the key loses control of the objects.");
    }
    Some(Candidate::plain(
        "sse-s3",
        "SSE-S3",
        Effort::Migration,
        settings,
        &caveats,
    ))
}

#[cfg(test)]
mod tests {
    use super::larger;
    use jiff::civil::date;

    // Goal: another Region has a larger quota, is of the same part of the world if there is one,
    // and of the same partition.
    // Method: Regions of each tier, of a part without a larger one, of other partitions.
    #[test]
    fn another_region_has_a_larger_quota() {
        let day = date(2026, 11, 24);
        assert_eq!(
            larger("eu-west-3", 10_000, day),
            Some(("eu-west-1", 100_000))
        );
        assert_eq!(
            larger("ap-south-1", 10_000, day),
            Some(("ap-northeast-1", 20_000))
        );
        assert_eq!(
            larger("ap-south-1", 20_000, day),
            Some(("eu-west-1", 100_000))
        );
        assert_eq!(larger("us-east-1", 100_000, day), None);
        assert_eq!(larger("us-gov-west-1", 10_000, day), None);
        assert_eq!(larger("cn-north-1", 10_000, day), None);
    }
}
