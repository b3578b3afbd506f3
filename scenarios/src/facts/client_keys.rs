//! Facts about the keys of client-side encryption.
use super::words::thousands;
use super::{Facts, assumed, sourced};
use crate::assemble::ClientKeys;
use crate::schema::{
    CacheMisses, CacheScope, ClientEncryption, DataKeyCache, Engine, EngineScope,
    HierarchicalKeyring, Iceberg,
};
use keystorm_models::client::data_keys::{Kept, Scheme};
use keystorm_models::kms::Call;
use keystorm_models::{Certainty as Trust, Sourced};
use keystorm_record::Fact;

/// What several requests that lack the same key do, in words.
fn misses(misses: CacheMisses) -> &'static str {
    match misses {
        CacheMisses::Separate => "each calls KMS",
        CacheMisses::Shared => "one calls KMS, the others wait for it",
    }
}

fn scope(scope: CacheScope) -> &'static str {
    match scope {
        CacheScope::Process => "as long as its instance",
        CacheScope::Worker => "as long as its worker, for it alone",
        CacheScope::Invocation => "for one request",
    }
}

fn call(call: Option<Call>) -> String {
    match call {
        None => "none".to_owned(),
        Some(call) => format!("1 {}", call.name()),
    }
}

impl Facts<'_> {
    /// Calls that clients make, and what makes them unnecessary.
    pub(super) fn keys_of_client(&self) -> Vec<Fact> {
        let encryption = &self.scenario.clients.encryption;
        let Some(scheme) = encryption.scheme() else {
            return Vec::new();
        };
        let handling = scheme.handling();
        let (sealing, opening) = (call(handling.value.seal), call(handling.value.open));
        let keeps = ClientKeys::of(encryption).is_some_and(|it| it.cache.is_some());
        let calls = match encryption {
            ClientEncryption::Engine(Engine {
                wraps: 1,
                keys_per_file,
                ..
            }) => format!("{keys_per_file} Encrypt, {keys_per_file} Decrypt"),
            _ if sealing == opening => sealing,
            _ => format!("{sealing}, {opening}"),
        };
        let kept = match handling.value.kept {
            Kept::DataKeys if keeps => ", unless the cache has the data key",
            Kept::BranchKeys if keeps => " for the branch key, unless the cache has it",
            Kept::BranchKeys => " for the branch key",
            Kept::KeyEncryptionKeys if keeps => ", unless the key encryption key is kept",
            _ => "",
        };
        let value = format!("{calls}{kept}");
        let who = match encryption {
            ClientEncryption::None | ClientEncryption::S3EncryptionClient => {
                "the S3 Encryption Client"
            }
            ClientEncryption::S3EncryptionClient3 => "the S3 Encryption Client 3",
            ClientEncryption::RawAes => "a client with a wrapping key of its own",
            ClientEncryption::EncryptionSdk(_) => "the AWS Encryption SDK",
            ClientEncryption::HierarchicalKeyring(_) => "the hierarchical keyring",
            ClientEncryption::Engine(_) => "an engine with keys for each file",
            ClientEncryption::Iceberg(_) => "an engine with Iceberg's encrypted tables",
        };
        let subject = format!("KMS calls of {who} per object written and read");
        let mut list = vec![sourced(
            "kms-client-calls",
            &subject,
            value,
            &handling.map(|_| ()),
        )];
        match encryption {
            ClientEncryption::EncryptionSdk(sdk) => {
                list.extend(sdk.cache.iter().flat_map(|it| self.data_keys(it)));
            }
            ClientEncryption::HierarchicalKeyring(it) => list.extend(self.branch_keys(it)),
            ClientEncryption::Engine(it) => list.extend(self.files(it)),
            ClientEncryption::Iceberg(it) => list.extend(self.tables(it)),
            _ => {}
        }
        if encryption.calls_kms() && self.scenario.clients.kms_connections.is_none() {
            list.push(sourced(
                "kms-client-connections",
                "Connections of clients to KMS",
                "always open".to_owned(),
                &assumed("a program that encrypts every object keeps them in use"),
            ));
        }
        list
    }

    fn data_keys(&self, cache: &DataKeyCache) -> Vec<Fact> {
        let path = |key: &str| format!("clients.encryption.encryption-sdk.cache.{key}");
        let documented = |note: &'static str| Sourced {
            value: (),
            source: "AWS Encryption SDK Developer Guide, \"Setting cache security thresholds\""
                .into(),
            date: "2023-06".into(),
            certainty: Trust::Documented,
            note: note.into(),
        };
        let limits = format!(
            "{} entries, {}, {} messages, {}",
            thousands(cache.capacity.into()),
            cache.max_age,
            thousands(cache.max_messages),
            cache.max_bytes
        );
        let mut list = vec![
            self.setting(
                &path("max-age"),
                "Cache of data keys: entries, age, messages and bytes of a key at most",
                limits,
                &documented(""),
            ),
            self.setting(
                &path("scope"),
                "A cache of data keys lives",
                scope(cache.scope).to_owned(),
                &documented("what a program does that makes one cache"),
            ),
            self.setting(
                &path("misses"),
                "Requests that lack the same data key at the same time",
                misses(cache.misses).to_owned(),
                &Sourced {
                    value: (),
                    source: "aws-encryption-sdk-java and -python, source; \
                             aws-encryption-sdk-javascript, issue 1665"
                        .into(),
                    date: "2026-11-26".into(),
                    certainty: Trust::Documented,
                    note: "JavaScript's newest source shares them".into(),
                },
            ),
        ];
        if let Some(keys) = cache.keys_read {
            list.push(self.setting(
                &path("keys-read"),
                "Data keys under which the objects that are read were written",
                format!("{}, evenly used", thousands(keys.into())),
                &assumed(""),
            ));
        }
        list
    }

    fn branch_keys(&self, keyring: &HierarchicalKeyring) -> Vec<Fact> {
        let path = |key: &str| format!("clients.encryption.hierarchical-keyring.{key}");
        let library = Scheme::HierarchicalKeyring.default_cache();
        let library = library.expect("it keeps branch keys").map(|_| ());
        vec![
            self.setting(
                &path("max-age"),
                "Cache of branch keys: age at most",
                keyring.max_age.to_string(),
                &library,
            ),
            self.setting(
                &path("misses"),
                "Requests that lack the same branch key at the same time",
                misses(keyring.misses).to_owned(),
                &library,
            ),
            self.setting(
                &path("branch-keys"),
                "Branch keys, each of one version",
                format!("{}, evenly used", thousands(keyring.branch_keys.into())),
                &assumed("one for all objects, unless the scenario says so"),
            ),
            self.setting(
                &path("key-store-latency"),
                "Time of the key store's answer before a call of KMS",
                keyring.key_store_latency.to_string(),
                &assumed("a read of one item of DynamoDB inside a Region; its price is left out"),
            ),
            self.setting(
                &path("scope"),
                "A cache of branch keys lives",
                scope(keyring.scope).to_owned(),
                &library,
            ),
        ]
    }

    fn tables(&self, iceberg: &Iceberg) -> [Fact; 2] {
        let path = |key: &str| format!("clients.encryption.iceberg.{key}");
        let library = Scheme::Iceberg.default_cache();
        let library = library.expect("it keeps key encryption keys").map(|_| ());
        let kept = match iceberg.scope {
            CacheScope::Process => format!("in the process, for {}", iceberg.lifetime),
            CacheScope::Worker => format!("by each worker, for {}", iceberg.lifetime),
            CacheScope::Invocation => "for one request, which loads its table".to_owned(),
        };
        [
            self.setting(
                &path("lifetime"),
                "Key encryption keys of tables are kept",
                kept,
                &library,
            ),
            self.setting(
                &path("tables"),
                "Encrypted tables",
                format!("{}, evenly used", thousands(iceberg.tables.into())),
                &assumed("one, unless the scenario says so"),
            ),
        ]
    }

    fn files(&self, engine: &Engine) -> Vec<Fact> {
        let path = |key: &str| format!("clients.encryption.engine.{key}");
        let parquet = |note: &'static str| Sourced {
            value: (),
            source: "parquet-java, KeyToolkit and TwoLevelCacheWithExpiration".into(),
            date: "2026-11-26".into(),
            certainty: Trust::Documented,
            note: note.into(),
        };
        let mut list = vec![
            self.setting(
                &path("wraps"),
                "Keys between a file's bytes and KMS",
                engine.wraps.to_string(),
                &parquet("double wrapping is the default"),
            ),
            self.setting(
                &path("keys-per-file"),
                "Data keys of a file",
                engine.keys_per_file.to_string(),
                &assumed("one for all columns, unless the scenario says so"),
            ),
        ];
        if engine.wraps == 1 {
            return list;
        }
        let kept = match engine.scope {
            EngineScope::File => "with the open file".to_owned(),
            EngineScope::Worker => format!("by each worker, for {}", engine.lifetime),
            EngineScope::Process => format!("in the process, for {}", engine.lifetime),
        };
        list.push(self.setting(
            &path("lifetime"),
            "Key encryption keys are kept",
            kept,
            &parquet("all of a process expire at once; who lacks one waits for who asks"),
        ));
        list.extend(engine.keys_read.map(|keys| {
            self.setting(
                &path("keys-read"),
                "Key encryption keys under which the files that are read were written",
                format!("{}, evenly used", thousands(keys.into())),
                &assumed(""),
            )
        }));
        list
    }
}
