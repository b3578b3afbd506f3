//! Keys of client-side encryption: where a client has them from, and what it keeps.
use crate::crypto::Envelope;
use crate::schema::{
    CacheMisses, CacheScope, ClientEncryption, DataKeyCache, Engine, EngineScope,
    HierarchicalKeyring, Iceberg,
};
use keystorm_models::client::ClientDuty;
use keystorm_models::client::data_keys::{
    CacheRules, Expiry, KeyHandling, Misses, Scheme, SharedMisses,
};
use keystorm_models::kms::Call;
use keystorm_sim::Span;

/// How clients come by the keys of their own encryption.
#[derive(Clone, Debug)]
pub(crate) struct ClientKeys {
    pub(crate) handling: KeyHandling,
    pub(crate) envelope: Envelope,
    /// What is kept; `None` if every request asks for its key.
    pub(crate) cache: Option<CacheRules>,
    /// Each worker keeps keys for itself, not its process for all.
    pub(crate) by_worker: bool,
    /// Encryption contexts, branch keys or master keys of what is written.
    pub(crate) contexts: u32,
    /// Keys under which was written what is read.
    pub(crate) keys_read: u32,
    /// Calls of KMS for a key that is not kept, one after another.
    pub(crate) calls: u32,
    /// Time of a key store's answer before them.
    pub(crate) key_store: Span,
}

impl ClientKeys {
    /// Of the clients' encryption; `None` without any.
    pub(crate) fn of(encryption: &ClientEncryption) -> Option<Self> {
        let scheme = encryption.scheme()?;
        let plain = Self {
            handling: scheme.handling().value,
            envelope: Envelope::V3,
            cache: None,
            by_worker: false,
            contexts: 1,
            keys_read: 1,
            calls: 1,
            key_store: Span::ZERO,
        };
        Some(match encryption {
            ClientEncryption::EncryptionSdk(sdk) => match &sdk.cache {
                Some(cache) => plain.with_data_keys(cache),
                None => plain,
            },
            ClientEncryption::HierarchicalKeyring(keyring) => plain.with_branch_keys(keyring),
            ClientEncryption::Engine(engine) => plain.with_files_of(engine, scheme),
            ClientEncryption::Iceberg(iceberg) => plain.with_tables(iceberg),
            ClientEncryption::S3EncryptionClient3 => Self {
                envelope: Envelope::V2,
                ..plain
            },
            ClientEncryption::None
            | ClientEncryption::S3EncryptionClient
            | ClientEncryption::RawAes => plain,
        })
    }

    /// The call of KMS for a duty, where the client has not got the key.
    pub(crate) fn call(&self, duty: ClientDuty) -> Option<Call> {
        self.handling.call(duty)
    }

    /// Caches of an instance with `concurrency` places.
    pub(crate) fn caches_of(&self, concurrency: u32) -> usize {
        if self.by_worker {
            concurrency as usize
        } else {
            1
        }
    }

    /// Entries that a cache can come to hold.
    pub(crate) fn entries_max(&self) -> u64 {
        let keys = u64::from(self.contexts) + u64::from(self.keys_read);
        let capacity = self.cache.map_or(0, |it| it.capacity);
        keys.min(capacity.into())
    }

    fn with_data_keys(self, cache: &DataKeyCache) -> Self {
        let rules = CacheRules {
            capacity: cache.capacity,
            max_age: cache.max_age.0,
            max_messages: cache.max_messages,
            max_bytes: cache.max_bytes.0,
            expiry: Expiry::Each,
            misses: match cache.misses {
                CacheMisses::Separate => Misses::Separate,
                // As in the Encryption SDK for JavaScript: one request for a second at most.
                CacheMisses::Shared => Misses::Shared(SharedMisses {
                    patience: Span::from_secs(1),
                    refresh_ahead: Span::ZERO,
                    asked_max: u32::MAX,
                }),
            },
        };
        Self {
            cache: kept(rules, cache.scope),
            by_worker: cache.scope == CacheScope::Worker,
            contexts: cache.contexts,
            keys_read: cache.keys_read.unwrap_or(1),
            ..self
        }
    }

    fn with_branch_keys(self, keyring: &HierarchicalKeyring) -> Self {
        let default = Scheme::HierarchicalKeyring.default_cache();
        let usual = default.expect("the library keeps branch keys").value;
        let rules = CacheRules {
            capacity: keyring.capacity,
            max_age: keyring.max_age.0,
            misses: match keyring.misses {
                CacheMisses::Separate => Misses::Separate,
                CacheMisses::Shared => usual.misses,
            },
            ..usual
        };
        Self {
            cache: kept(rules, keyring.scope),
            by_worker: keyring.scope == CacheScope::Worker,
            contexts: keyring.branch_keys,
            keys_read: keyring.branch_keys,
            key_store: keyring.key_store_latency.0,
            ..self
        }
    }

    fn with_tables(self, iceberg: &Iceberg) -> Self {
        let usual = Scheme::Iceberg.default_cache().map(|it| it.value);
        let max_age = iceberg.lifetime.0;
        Self {
            envelope: Envelope::Wraps(1),
            cache: usual.and_then(|it| kept(CacheRules { max_age, ..it }, iceberg.scope)),
            by_worker: iceberg.scope == CacheScope::Worker,
            contexts: iceberg.tables,
            keys_read: iceberg.tables,
            ..self
        }
    }

    fn with_files_of(self, engine: &Engine, scheme: Scheme) -> Self {
        let usual = scheme.default_cache().map(|it| it.value);
        let scope = match engine.scope {
            EngineScope::File => CacheScope::Invocation,
            EngineScope::Worker => CacheScope::Worker,
            EngineScope::Process => CacheScope::Process,
        };
        Self {
            envelope: Envelope::Wraps(engine.keys_per_file),
            cache: usual.and_then(|it| {
                let max_age = engine.lifetime.0;
                kept(CacheRules { max_age, ..it }, scope)
            }),
            by_worker: scope == CacheScope::Worker,
            contexts: engine.master_keys,
            keys_read: engine.keys_read.unwrap_or(1),
            calls: if scheme == Scheme::ParquetSingle {
                engine.keys_per_file
            } else {
                1
            },
            ..self
        }
    }
}

/// The rules of a cache, if it keeps anything from one request to the next.
fn kept(rules: CacheRules, scope: CacheScope) -> Option<CacheRules> {
    (scope != CacheScope::Invocation && rules.keep()).then_some(rules)
}
