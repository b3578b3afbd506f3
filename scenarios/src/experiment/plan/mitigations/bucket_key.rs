//! Bucket Keys: for new objects, and for old ones once they are copied.
use super::candidate::{Candidate, Today, Trial, set};
use crate::experiment::plan::sensitivity::assumed::{BUCKET_KEY_BEST, BUCKET_KEY_WORST};
use crate::load::Setting;
use crate::schema::{ClientEncryption, Encryption, EncryptionHeader, Scenario, StorageClass};
use keystorm_record::plan::Effort;

/// What holds of all Bucket Keys.
const CAVEATS: [&str; 4] = [
    "Bucket Keys are for new objects only: an old one calls KMS at each read until it is copied \
     onto itself.",
    "The encryption context becomes the bucket's ARN: policies that look for an object's ARN in it \
     stop working.",
    "CloudTrail no longer has a KMS event for each object, and a key's policy is not asked again \
     while S3 holds its Bucket Key.",
    "AWS publishes neither how long nor in how many caches S3 keeps a Bucket Key: the range is of \
     what is plausible.",
];

pub(super) fn candidates(today: &Today<'_>) -> Vec<Candidate> {
    let scenario = today.scenario();
    let bucket = &scenario.bucket;
    let mut list = Vec::new();
    if bucket.storage_class != StorageClass::Standard {
        return list;
    }
    if scenario.uses(Encryption::SseKms) && !bucket.bucket_key {
        list.push(Candidate {
            id: "bucket-key".to_owned(),
            name: "Bucket Keys".to_owned(),
            effort: Effort::Setting,
            cases: cases(today, &[set("bucket.bucket-key", true)]),
            caveats: CAVEATS.map(str::to_owned).into(),
        });
    }
    if scenario.uses(Encryption::DsseKms) && is_only_default(scenario) {
        let mut caveats = CAVEATS.map(str::to_owned).to_vec();
        caveats.insert(
            0,
            "It gives up the second layer of encryption: whoever asks for DSSE must agree."
                .to_owned(),
        );
        let settings = [
            set("bucket.encryption", "sse-kms"),
            set("bucket.bucket-key", true),
        ];
        list.push(Candidate {
            id: "sse-kms-bucket-key".to_owned(),
            name: "SSE-KMS with Bucket Keys in place of DSSE-KMS".to_owned(),
            effort: Effort::Migration,
            cases: cases(today, &settings),
            caveats,
        });
    }
    if bucket.bucket_key && bucket.old_objects > 0.0 {
        list.push(Candidate::plain(
            "copy-old-objects",
            "Copy old objects onto themselves",
            Effort::Migration,
            vec![set("bucket.old-objects", 0)],
            &[
                "Each copy is a request to S3 and one or two to KMS: copy no faster than the quota \
               leaves room for.",
            ],
        ));
    }
    list
}

/// Whether all fleets go by the bucket's default.
fn is_only_default(scenario: &Scenario) -> bool {
    let mut fleets = scenario.fleets.values();
    fleets.all(|it| {
        matches!(
            it.request.encryption_header,
            None | Some(EncryptionHeader::None)
        )
    }) && scenario.clients.encryption == ClientEncryption::None
}

/// Bucket Keys as they are assumed to be kept, at both ends of what is plausible, and on the day on
/// which they are turned on.
fn cases(today: &Today<'_>, settings: &[Setting]) -> Vec<Trial> {
    let with = |more: &[Setting]| settings.iter().chain(more).cloned().collect();
    let trial = |name, more: &[Setting], counts| Trial {
        name,
        settings: with(more),
        counts,
    };
    let ends = |it: &[(&str, &str)]| -> Vec<Setting> {
        it.iter().map(|&(path, value)| set(path, value)).collect()
    };
    let mut cases = vec![
        trial("as assumed", &[], true),
        trial("optimistic", &ends(&BUCKET_KEY_BEST), true),
        trial("pessimistic", &ends(&BUCKET_KEY_WORST), true),
    ];
    if today.is_default("bucket.old-objects") {
        // Whatever is read on that day was written before.
        cases.push(trial("first day", &[set("bucket.old-objects", 1)], false));
    }
    cases
}
