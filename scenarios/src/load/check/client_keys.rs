use super::Check;
use crate::assemble::ClientKeys;
use crate::diagnostic::Diagnostic;
use crate::load::examples;
use crate::schema::{
    CacheScope, ClientEncryption, ClientPer, DataKeyCache, Engine, EngineScope, KmsKey,
    KmsKeyState, Scenario,
};
use crate::units::ByteSize;
use crate::units::decimal::grouped;
use keystorm_models::client::data_keys::CacheRules;
use keystorm_models::workload::Operation;

/// Most entries of all caches in clients: about 320 MB of a replication's memory.
const ENTRIES_MAX: u64 = 5_000_000;

/// Client-side encryption: its keys, and what it cannot do.
pub(super) fn check(scenario: &Scenario, check: &mut Check<'_>) {
    let encryption = &scenario.clients.encryption;
    let Some(scheme) = encryption.scheme() else {
        return;
    };
    key_in_kms(scenario, check);
    if !scheme.handling().value.opens_ranges {
        ranges(scenario, check);
    }
    match encryption {
        ClientEncryption::EncryptionSdk(sdk) => {
            if let Some(cache) = &sdk.cache {
                data_keys(cache, scenario, check);
            }
        }
        ClientEncryption::Engine(engine) => files(engine, scenario, check),
        _ => {}
    }
    by_worker(scenario, check);
    entries(scenario, check);
}

/// What KMS does for a client of its own.
fn key_in_kms(scenario: &Scenario, check: &mut Check<'_>) {
    let name = scenario.clients.encryption.name();
    if !scenario.clients.encryption.calls_kms() {
        return;
    }
    if scenario.kms.key == KmsKey::AwsManaged {
        check.wrong(
            &["kms", "key"],
            format!("`kms.key` is \"aws-managed\", but `clients.encryption` is \"{name}\""),
            "only S3 can use the key aws/s3; write kms.key = \"customer-managed\"",
        );
    }
    if scenario.kms.key_state != KmsKeyState::Enabled {
        check.wrong(
            &["kms", "key-state"],
            format!("`kms.key-state` is set, but `clients.encryption` is \"{name}\""),
            "what KMS answers a client of its own is not simulated for such keys; let S3 encrypt",
        );
    }
}

/// The fleets that have `operations`.
fn fleets<'a>(
    scenario: &'a Scenario,
    operations: &'a [Operation],
) -> impl Iterator<Item = &'a str> {
    let asks = |fleet: &crate::schema::Fleet| {
        let weight = |&it: &Operation| fleet.operations.weight(it) > 0;
        operations.iter().any(weight)
    };
    let fleets = scenario.fleets.iter();
    fleets
        .filter(move |(_, fleet)| asks(fleet))
        .map(|(name, _)| name.as_str())
}

/// The Encryption SDK's messages are opened from their beginning.
fn ranges(scenario: &Scenario, check: &mut Check<'_>) {
    let name = scenario.clients.encryption.name();
    for fleet in fleets(scenario, &[Operation::RangedGet]) {
        let path = ["fleets", fleet, "operations", "ranged-get"];
        let place = check.at(&["clients", "encryption"]).place();
        let shown = examples::path(&path.map(str::to_owned));
        check.found.push(
            Diagnostic::new(
                check.at(&path).place(),
                format!(
                    "`{shown}` is above 0, but `clients.encryption` is \"{name}\", whose messages \
                     are decrypted from their beginning"
                ),
            )
            .related(place, "no range of a message can be decrypted")
            .help(
                "read whole objects with get, or use \"s3-encryption-client\", which decrypts \
                 ranges",
            ),
        );
    }
}

const READS: [Operation; 2] = [Operation::Get, Operation::RangedGet];

fn data_keys(cache: &DataKeyCache, scenario: &Scenario, check: &mut Check<'_>) {
    let path = ["clients", "encryption", "encryption-sdk", "cache"];
    if cache.max_bytes.0 > CacheRules::MAX_BYTES {
        let most = ByteSize(CacheRules::MAX_BYTES);
        check.wrong(
            &[path.as_slice(), &["max-bytes"]].concat(),
            format!(
                "`{}.max-bytes` is \"{}\"; expected at most \"{most}\"",
                path.join("."),
                cache.max_bytes
            ),
            "the AWS Encryption SDK allows 2^63 - 1 bytes; left out, that is the limit",
        );
    }
    if cache.keys_read.is_none()
        && cache.scope != CacheScope::Invocation
        && fleets(scenario, &READS).next().is_some()
    {
        check.wrong(
            &path,
            format!(
                "`{}.keys-read` is missing, but objects are read",
                path.join(".")
            ),
            "say under how many data keys they were written: as many as objects if each had its \
             own, fewer if what wrote them had a cache",
        );
    }
}

fn files(engine: &Engine, scenario: &Scenario, check: &mut Check<'_>) {
    let path = ["clients", "encryption", "engine"];
    if engine.wraps == 1 {
        for (key, is_set) in [
            ("keys-read", engine.keys_read.is_some()),
            ("master-keys", engine.master_keys != 1),
        ] {
            if is_set {
                check.wrong(
                    &[path.as_slice(), &[key]].concat(),
                    format!("`{0}.{key}` is set, but `{0}.wraps` is 1", path.join(".")),
                    "with one wrap no key encryption key is kept: each data key is a call of its \
                     own; leave it out, or write wraps = 2",
                );
            }
        }
    } else if engine.keys_read.is_none()
        && engine.scope != EngineScope::File
        && fleets(scenario, &READS).next().is_some()
    {
        check.wrong(
            &path,
            format!(
                "`{}.keys-read` is missing, but files are read",
                path.join(".")
            ),
            "say under how many key encryption keys they were written: about one for each process \
             and lifetime that wrote them",
        );
    }
}

/// Workers are told apart where each has a client of its own.
fn by_worker(scenario: &Scenario, check: &mut Check<'_>) {
    let encryption = &scenario.clients.encryption;
    let is_by_worker = ClientKeys::of(encryption).is_some_and(|it| it.by_worker);
    if is_by_worker && scenario.clients.client_per == ClientPer::Instance {
        let name = encryption.name();
        let mut path = vec!["clients", "encryption", name];
        path.extend(matches!(encryption, ClientEncryption::EncryptionSdk(_)).then_some("cache"));
        path.push("scope");
        check.wrong(
            &path,
            format!(
                "`{}` is \"worker\", but `clients.client-per` is \"instance\"",
                path.join(".")
            ),
            "who has a cache for each worker has a client for each: write clients.client-per = \
             \"worker\", or scope = \"process\"",
        );
    }
}

/// What all caches can come to hold fits into memory.
fn entries(scenario: &Scenario, check: &mut Check<'_>) {
    let Some(keys) = ClientKeys::of(&scenario.clients.encryption) else {
        return;
    };
    if keys.cache.is_none() {
        return;
    }
    let caches = |fleet: &crate::schema::Fleet| {
        u64::from(fleet.instances) * keys.caches_of(fleet.concurrency) as u64
    };
    let caches: u64 = scenario.fleets.values().map(caches).sum();
    // A cache takes about as much by itself as eight keys.
    let entries = (keys.entries_max() + 8).saturating_mul(caches);
    if entries > ENTRIES_MAX {
        check.wrong(
            &["clients", "encryption"],
            format!(
                "the clients' caches take the room of {} keys; expected at most {}",
                grouped(entries),
                grouped(ENTRIES_MAX)
            ),
            "use fewer instances, a smaller capacity or fewer keys; scope = \"worker\" has a cache \
             for each of an instance's `concurrency` workers",
        );
    }
}
