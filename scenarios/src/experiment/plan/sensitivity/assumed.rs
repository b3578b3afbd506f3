//! What nobody publishes, and how far it may be from what is assumed: the one table of it.
use crate::assemble;
use crate::load::{Setting, StudyVariant, shown_path};
use crate::schema::{Encryption, KeyStore, Scenario, StorageClass};
use crate::units::Rate;
use keystorm_models::workload::Operation;

/// Bucket Keys that S3 keeps for long, in few caches, and objects that are all of the same time.
/// Tested below to be the ends of [`ASSUMED`].
pub(in crate::experiment::plan) const BUCKET_KEY_BEST: [(&str, &str); 3] = [
    ("bucket.bucket-key-cache.lifetime", "\"600 s\""),
    ("bucket.bucket-key-cache.caches", "5"),
    ("bucket.bucket-key-cache.keys-read", "5"),
];

/// The same for a short time, in many caches, and objects of all times.
pub(in crate::experiment::plan) const BUCKET_KEY_WORST: [(&str, &str); 3] = [
    ("bucket.bucket-key-cache.lifetime", "\"60 s\""),
    ("bucket.bucket-key-cache.caches", "50"),
    ("bucket.bucket-key-cache.keys-read", "500"),
];

/// Data keys under which the objects are that are read, where what wrote them kept its keys: about
/// one for each process and each life of a key. Assumed.
pub(in crate::experiment::plan) const KEYS_READ: u32 = 1_000;
/// The same of a few processes.
pub(in crate::experiment::plan) const KEYS_READ_BEST: u32 = 100;
/// The same of many.
pub(in crate::experiment::plan) const KEYS_READ_WORST: u32 = 100_000;

/// A value that is assumed, with both ends of what is plausible.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Assumption {
    pub(super) path: String,
    pub(super) subject: &'static str,
    pub(super) low: EndOf,
    pub(super) high: EndOf,
    pub(super) reason: &'static str,
    pub(super) source: &'static str,
}

/// One end: as a reader sees it, and the settings that make it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct EndOf {
    pub(super) value: String,
    pub(super) settings: Vec<Setting>,
}

/// A row of the table.
struct Row {
    path: &'static str,
    subject: &'static str,
    low: &'static str,
    high: &'static str,
    reason: &'static str,
    source: &'static str,
    /// Whether a scenario uses it.
    used: fn(&Scenario) -> bool,
}

const UNPUBLISHED: &str = "keystorm's assumption";
const BUCKET_KEYS: &str = "Amazon S3 User Guide, \"Reducing the cost of SSE-KMS with Amazon S3 \
                           Bucket Keys\", read 2026-04-13: time-limited, no number";

fn has_bucket_key(scenario: &Scenario) -> bool {
    scenario.bucket.bucket_key
}

const ASSUMED: [Row; 13] = [
    Row {
        path: "bucket.bucket-key-cache.lifetime",
        subject: "Time that S3 keeps a Bucket Key",
        low: "\"60 s\"",
        high: "\"600 s\"",
        reason: "with the caches it gives cuts of 80 to 99 %, as measured and as claimed",
        source: BUCKET_KEYS,
        used: has_bucket_key,
    },
    Row {
        path: "bucket.bucket-key-cache.caches",
        subject: "Independent Bucket Key caches inside S3",
        low: "5",
        high: "50",
        reason: "S3's caches are distributed; with the lifetime they give cuts of 80 to 99 %",
        source: BUCKET_KEYS,
        used: has_bucket_key,
    },
    Row {
        path: "bucket.bucket-key-cache.keys-read",
        subject: "Bucket Keys under which the objects read were written",
        low: "5",
        high: "500",
        reason: "objects of this hour have few, objects written over a year have many",
        source: "re:Post QU5RNQiZksQ9GWMxBYbRcNAw, about 2023: a read needs the key of its object",
        used: has_bucket_key,
    },
    Row {
        path: "bucket.old-objects",
        subject: "Share of reads whose object is older than Bucket Keys",
        low: "0",
        high: "0.2",
        reason: "one bill fell by 80 % when Bucket Keys were turned on, not by 99 %",
        source: "carlo.cloud, reducing AWS KMS costs with S3 bucket encryption, read 2026-11-24",
        used: has_bucket_key,
    },
    Row {
        path: "bucket.dsse-kms-calls",
        subject: "KMS calls of S3 under DSSE-KMS",
        low: "1",
        high: "2",
        reason: "AWS says at least one, and more overhead: two layers, at most a call for each",
        source: "Amazon S3 User Guide, \"Using dual-layer encryption\", read 2026-04-13",
        used: |it| it.uses(Encryption::DsseKms),
    },
    Row {
        path: "bucket.complete-upload-decrypts",
        subject: "Whether completing a multipart upload is a KMS call",
        low: "false",
        high: "true",
        reason: "S3 reads encrypted parts then; whether it asks KMS each time is not said",
        source: UNPUBLISHED,
        used: |it| asks(it, Operation::CompleteMultipartUpload) && it.s3_calls_kms(),
    },
    Row {
        path: "kms.latency",
        subject: "Latency of a KMS call",
        low: "{ lognormal = { median = \"2 ms\", sigma = 0.5 } }",
        high: "{ lognormal = { median = \"20 ms\", sigma = 0.5 } }",
        reason: "no distribution is published; a short request inside a Region",
        source: UNPUBLISHED,
        used: Scenario::calls_kms,
    },
    Row {
        path: "kms.refusal-latency",
        subject: "Time until KMS answers a refused call",
        low: "\"1 ms\"",
        high: "\"20 ms\"",
        reason: "not published; a refusal does no cryptographic work",
        source: UNPUBLISHED,
        used: Scenario::calls_kms,
    },
    Row {
        path: "kms.window-phase",
        subject: "When an interval of the KMS quota begins",
        low: "\"clock\"",
        high: "\"drawn\"",
        reason: "AWS documents one-second intervals, not where they begin",
        source: "AWS KMS Developer Guide, \"Request quotas\", read 2026",
        used: Scenario::calls_kms,
    },
    Row {
        path: "kms.key-store-proxy-latency",
        subject: "Time of the key store's proxy",
        low: "{ lognormal = { median = \"10 ms\", sigma = 0.5 } }",
        high: "{ lognormal = { median = \"70 ms\", sigma = 0.5 } }",
        reason: "AWS asks for a round trip of at most 35 ms to it",
        source: "AWS KMS Developer Guide, \"External key stores\", read 2026",
        used: |it| it.kms.key_store == KeyStore::External && it.calls_kms(),
    },
    Row {
        path: "s3.latency-factor",
        subject: "How fast S3 answers, against the measured hour and Region",
        low: "{ constant = 0.6 }",
        high: "{ constant = 1.7 }",
        reason: "medians of one day's runs differ so far: a lognormal factor of sigma 0.27, its \
                 95 %",
        source: "the measurements behind keystorm's table of first bytes",
        used: |it| it.bucket.storage_class == StorageClass::Standard,
    },
    Row {
        path: "s3.refusal-latency",
        subject: "Time until S3 answers a refused request",
        low: "\"2 ms\"",
        high: "\"20 ms\"",
        reason: "not published; a refusal reads and writes no data",
        source: UNPUBLISHED,
        used: |_| true,
    },
    Row {
        path: "clients.round-trip",
        subject: "Network round trip between clients and AWS",
        low: "\"300 us\"",
        high: "\"3 ms\"",
        reason: "instances in the Region of the bucket, in the same zone or another",
        source: UNPUBLISHED,
        used: |_| true,
    },
];

fn asks(scenario: &Scenario, operation: Operation) -> bool {
    scenario.fleets.values().any(|it| it.asks_for(operation))
}

/// The assumptions that a variant rests on: those that it uses and that nobody has set.
pub(super) fn of(variant: &StudyVariant) -> Vec<Assumption> {
    let scenario = &variant.scenario;
    let is_default = |path: &str| variant.defaulted.iter().any(|it| it == path);
    let rows = ASSUMED
        .iter()
        .filter(|row| is_default(row.path) && (row.used)(scenario));
    let of_row = |row: &Row| Assumption {
        path: row.path.to_owned(),
        subject: row.subject,
        low: end(row.path, row.low),
        high: end(row.path, row.high),
        reason: row.reason,
        source: row.source,
    };
    let mut list: Vec<_> = rows.map(of_row).collect();
    list.extend(other_load(scenario).filter(|it| is_default(&it.path)));
    list.extend(requesters(variant));
    list
}

fn end(path: &str, value: &str) -> EndOf {
    let shown = value.replace(['"', '{', '}', '='], "");
    EndOf {
        value: shown.split_whitespace().collect::<Vec<_>>().join(" "),
        settings: vec![Setting {
            path: path.to_owned(),
            value: value.to_owned(),
        }],
    }
}

/// Of the quota, what the rest of an account may use without anybody having said so.
const OTHER_LOAD_SHARE: f64 = 0.1;

fn other_load(scenario: &Scenario) -> Option<Assumption> {
    let path = "kms.other-load";
    let quota = assemble::kms_quota(scenario).value as f64;
    let most = Rate((quota * OTHER_LOAD_SHARE).round());
    scenario.calls_kms().then(|| Assumption {
        path: path.to_owned(),
        subject: "Other load of the account on the KMS quota",
        low: end(path, "\"0/s\""),
        high: end(path, &format!("\"{most}\"")),
        reason: "all users and services of the account share the quota; nobody has said that there \
                 are none: a tenth of it",
        source: "AWS KMS Developer Guide, \"Request quotas\", read 2026; the tenth is keystorm's",
    })
}

/// Requesters of a fleet that may be meant where nobody says how many there are.
const REQUESTERS: u32 = 10;

/// Each fleet's requesters, all at once: one role, or ten.
fn requesters(variant: &StudyVariant) -> Option<Assumption> {
    let scenario = &variant.scenario;
    let mut paths = Vec::new();
    for name in scenario.fleets.keys() {
        let path = shown_path(&["fleets", name, "requesters"].map(str::to_owned));
        if variant.defaulted.contains(&path) {
            paths.push(path);
        }
    }
    let ends = |value: u32| EndOf {
        value: value.to_string(),
        settings: paths
            .iter()
            .map(|path| Setting {
                path: path.clone(),
                value: value.to_string(),
            })
            .collect(),
    };
    (has_bucket_key(scenario) && !paths.is_empty()).then(|| Assumption {
        path: "fleets.….requesters".to_owned(),
        subject: "Requesters of each fleet, each with Bucket Keys of its own",
        low: ends(1),
        high: ends(REQUESTERS),
        reason: "roles and sessions with policies of their own count apart",
        source: BUCKET_KEYS,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::{Overrides, load};

    const TEXT: &str = r#"schema = 1
name = "assumed"
run = { start = "2026-11-24T00:00:00Z", measure = "10 s" }
account.region = "eu-west-3"
bucket = { encryption = "sse-kms", bucket-key = true }
[fleets."my web"]
instances = 1
concurrency = 10
operations.get = 1
size.fixed = "64 KiB"
arrivals.poisson.rate = "10/s"
"#;

    fn loaded(settings: Vec<Setting>) -> StudyVariant {
        let overrides = Overrides {
            settings,
            ..Overrides::default()
        };
        let study = load("assumed.toml", TEXT, &overrides);
        let mut study = study.unwrap_or_else(|found| panic!("{}", found.render(false)));
        study.variants.swap_remove(0)
    }

    // Goal: every end of the table can be set, is what the scenario then says, and brackets the
    // default; the ends of Bucket Keys are those of the table.
    // Method: load a scenario that uses most rows with each end; compare the constants.
    #[test]
    fn both_ends_of_every_row_can_be_set() {
        let found = of(&loaded(Vec::new()));
        assert!(found.len() >= 10, "{}", found.len());
        for assumption in &found {
            for end in [&assumption.low, &assumption.high] {
                let changed = loaded(end.settings.clone());
                let default = changed.defaulted.contains(&end.settings[0].path);
                assert!(!default, "{}", assumption.path);
            }
        }
        for row in &ASSUMED {
            let both = [(row.low, &BUCKET_KEY_BEST), (row.high, &BUCKET_KEY_WORST)];
            for (_, ends) in both {
                let Some(at) = ends.iter().find(|it| it.0 == row.path) else {
                    continue;
                };
                assert!([row.low, row.high].contains(&at.1), "{}", row.path);
            }
        }
    }

    // Goal: what a scenario sets is not assumed, and what it does not use does not matter.
    // Method: the lifetime given; no Bucket Key at all.
    #[test]
    fn what_is_given_or_unused_is_not_assumed() {
        let setting = |text: &str| vec![text.parse::<Setting>().unwrap()];
        let path = "bucket.bucket-key-cache.lifetime";
        let has = |variant: &StudyVariant| of(variant).iter().any(|it| it.path == path);
        assert!(has(&loaded(Vec::new())));
        assert!(!has(&loaded(setting(
            "bucket.bucket-key-cache.lifetime=300 s"
        ))));
        assert!(!has(&loaded(setting("bucket.bucket-key=false"))));
    }
}
