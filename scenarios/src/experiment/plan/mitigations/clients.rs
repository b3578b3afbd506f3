//! What clients can do: other retries, keys that they keep.
use super::candidate::{Candidate, Today, Trial, set};
use crate::experiment::plan::sensitivity::assumed::{KEYS_READ, KEYS_READ_BEST, KEYS_READ_WORST};
use crate::load::Setting;
use crate::schema::{CacheScope, ClientEncryption, Engine, EngineScope, Retry, Scenario, SdkRetry};
use keystorm_models::workload::Operation;
use keystorm_record::plan::Effort;

pub(super) fn candidates(today: &Today<'_>) -> Vec<Candidate> {
    let mut list = Vec::new();
    if today.kms_refuses || today.s3_refuses {
        list.extend(retries(today.scenario()));
    }
    list.extend(caches(today.scenario()));
    list
}

/// Attempts that are tried, the first included.
const ATTEMPTS: [u32; 3] = [1, 3, 5];

/// Other retries of the same SDK: standard with 1, 3 or 5 attempts, adaptive with its own number.
fn retries(scenario: &Scenario) -> Vec<Candidate> {
    let sdk = match &scenario.clients.retry {
        Retry::Standard(it) | Retry::Adaptive(it) | Retry::Legacy(it) => it.clone(),
        Retry::None => SdkRetry::default(),
        Retry::Custom(_) => return Vec::new(),
    };
    let Ok(now) = scenario.clients.retry.rules() else {
        return Vec::new();
    };
    let standard = ATTEMPTS.map(|attempts| {
        let plural = if attempts == 1 { "attempt" } else { "attempts" };
        (
            Retry::Standard(SdkRetry {
                attempts_max: Some(attempts),
                ..sdk.clone()
            }),
            format!("retry-standard-{attempts}"),
            format!("Standard retries, {attempts} {plural}"),
        )
    });
    let adaptive = (
        Retry::Adaptive(SdkRetry {
            attempts_max: None,
            ..sdk.clone()
        }),
        "retry-adaptive".to_owned(),
        "Adaptive retries".to_owned(),
    );
    let all = standard.into_iter().chain([adaptive]);
    let others = all.filter(|(retry, ..)| {
        // An SDK without such rules, and what is done already, are no change.
        retry.rules().is_ok_and(|rules| rules.value != now.value)
    });
    let caveat = "Retries move refused calls to later seconds; they make no room for them.";
    others
        .map(|(retry, id, name)| {
            let settings = vec![set("clients.retry", inline(&retry))];
            Candidate::plain(id, name, Effort::Setting, settings, &[caveat])
        })
        .collect()
}

/// Keys that clients keep, where they encrypt and do not keep them, or not for long.
fn caches(scenario: &Scenario) -> Option<Candidate> {
    match &scenario.clients.encryption {
        ClientEncryption::S3EncryptionClient | ClientEncryption::S3EncryptionClient3 => Some(sdk(
            scenario,
            "AWS Encryption SDK with a data-key cache in place of the S3 Encryption Client",
            Effort::Migration,
            &[
                "The S3 Encryption Client keeps no keys, and the Encryption SDK writes another \
                 format: programs change, and old objects are read with the old client.",
                "The Encryption SDK decrypts messages from their beginning: ranges cannot be read.",
            ],
        )),
        ClientEncryption::EncryptionSdk(it) if it.cache.is_none() => Some(sdk(
            scenario,
            "A data-key cache in the client",
            Effort::Code,
            &[],
        )),
        ClientEncryption::EncryptionSdk(it) => {
            if it.cache.as_ref()?.scope == CacheScope::Process {
                return None;
            }
            Some(Candidate::plain(
                "data-key-cache-per-process",
                "A data-key cache for each process",
                Effort::Code,
                vec![set(
                    "clients.encryption.encryption-sdk.cache.scope",
                    "\"process\"",
                )],
                &[
                    "A cache made anew for each request or worker holds next to nothing; data keys \
                   that live longer encrypt more objects.",
                ],
            ))
        }
        ClientEncryption::Engine(it) => engine(it),
        _ => None,
    }
}

/// The Encryption SDK with a cache. How many data keys the objects are under that are read hangs on
/// what wrote them.
fn sdk(scenario: &Scenario, name: &str, effort: Effort, caveats: &[&str]) -> Candidate {
    let reads = scenario
        .fleets
        .values()
        .any(|fleet| fleet.asks_for(Operation::Get));
    let settings = |keys_read: u32| -> Vec<Setting> {
        let mut cache = serde_json::json!({ "capacity": CAPACITY, "max-age": MAX_AGE });
        if reads {
            cache["keys-read"] = keys_read.into();
        }
        let sdk = serde_json::json!({ "encryption-sdk": { "cache": cache } });
        vec![set("clients.encryption", inline(&sdk))]
    };
    let trial = |name, keys_read| Trial {
        name,
        settings: settings(keys_read),
        counts: true,
    };
    let mut cases = vec![trial("as assumed", KEYS_READ)];
    if reads {
        cases.push(trial("optimistic", KEYS_READ_BEST));
        cases.push(trial("pessimistic", KEYS_READ_WORST));
    }
    let mut all: Vec<String> = caveats.iter().map(|&it| it.to_owned()).collect();
    all.push(format!(
        "A data key then encrypts all objects of {MAX_AGE}: whoever gets it reads them all."
    ));
    if reads {
        all.push(
            "Objects written before each have a data key of their own: reads of them go on calling \
             KMS."
                .to_owned(),
        );
    }
    Candidate {
        id: "data-key-cache".to_owned(),
        name: name.to_owned(),
        effort,
        cases,
        caveats: all,
    }
}

/// Entries of a cache of data keys; its age.
const CAPACITY: u32 = 1_000;
const MAX_AGE: &str = "5 min";

/// An engine's key encryption keys: made at all, and kept in the process.
fn engine(engine: &Engine) -> Option<Candidate> {
    let path = |key: &str| format!("clients.encryption.engine.{key}");
    let mut settings = Vec::new();
    if engine.wraps != 2 {
        settings.push(set(&path("wraps"), 2));
    }
    if engine.scope != EngineScope::Process {
        settings.push(set(&path("scope"), "\"process\""));
    }
    if settings.is_empty() {
        return None;
    }
    if engine.keys_read.is_none() {
        settings.push(set(&path("keys-read"), KEYS_READ));
    }
    Some(Candidate::plain(
        "key-encryption-keys",
        "Key encryption keys, kept in the process",
        Effort::Code,
        settings,
        &["Files written before keep their keys: they are read as they were."],
    ))
}

/// A value as it stands in a scenario, on one line.
pub(super) fn inline(value: &impl serde::Serialize) -> String {
    fn of(value: &serde_json::Value) -> String {
        use serde_json::Value as Json;
        match value {
            Json::Object(entries) if entries.is_empty() => "{}".to_owned(),
            Json::Object(entries) => {
                let entry = |(key, value): (&String, &Json)| format!("{key} = {}", of(value));
                let all: Vec<_> = entries.iter().map(entry).collect();
                format!("{{ {} }}", all.join(", "))
            }
            Json::Array(items) => {
                let all: Vec<_> = items.iter().map(of).collect();
                format!("[{}]", all.join(", "))
            }
            // What JSON writes of numbers, truth and plain text is TOML, too.
            other => other.to_string(),
        }
    }
    let json = serde_json::to_value(value).expect("a scenario's values are JSON");
    of(&json)
}
