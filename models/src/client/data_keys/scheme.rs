use super::{CacheRules, Expiry, Misses, SharedMisses};
use crate::client::ClientDuty;
use crate::kms::Call;
use crate::{Certainty, Sourced};
use keystorm_sim::Span;

/// A way of encrypting objects before they reach S3.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Scheme {
    /// Amazon S3 Encryption Client 3 with a KMS keyring: format V2, without key commitment.
    S3EncryptionClientV3,
    /// Amazon S3 Encryption Client 4 with a KMS keyring: format V3, whose key and commitment are
    /// derived from the data key.
    S3EncryptionClientV4,
    /// AWS Encryption SDK with a KMS keyring (or master key), with or without a cache of data keys.
    EncryptionSdk,
    /// AWS Encryption SDK with a hierarchical keyring: data keys are wrapped by branch keys, which
    /// lie in a table of `DynamoDB`, encrypted by KMS.
    HierarchicalKeyring,
    /// A wrapping key of the client's own, of 256 bits; no KMS.
    RawAes,
    /// Parquet's modular encryption, each data key wrapped by KMS.
    ParquetSingle,
    /// Parquet's modular encryption, data keys wrapped by key encryption keys, these by KMS.
    ParquetDouble,
    /// Iceberg's table encryption: keys of files lie in manifests, the manifest list's key is
    /// wrapped by a key encryption key, this by KMS.
    Iceberg,
}

/// What a client keeps in its memory, where it keeps anything.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Kept {
    /// Nothing: it asks every time.
    Nothing,
    /// Data keys, if the program puts a cache in between.
    DataKeys,
    /// Branch keys.
    BranchKeys,
    /// Key encryption keys.
    KeyEncryptionKeys,
}

/// What a scheme does for a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KeyHandling {
    /// Call before an object is encrypted.
    pub seal: Option<Call>,
    /// Call before an object, or a range of one, is decrypted.
    pub open: Option<Call>,
    /// What can make a call unnecessary.
    pub kept: Kept,
    /// Whether a read of `DynamoDB` goes before the call.
    pub reads_key_store: bool,
    /// Whether a range of an object can be decrypted without the rest.
    pub opens_ranges: bool,
}

impl KeyHandling {
    /// The call for a duty, if nothing in the client's memory makes it unnecessary.
    #[must_use]
    pub const fn call(&self, duty: ClientDuty) -> Option<Call> {
        match duty {
            ClientDuty::NewKey | ClientDuty::NewKeyAndSeal => self.seal,
            ClientDuty::Open => self.open,
            ClientDuty::Pass | ClientDuty::Seal | ClientDuty::CallKms(_) => None,
        }
    }
}

impl Scheme {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::S3EncryptionClientV3,
        Self::S3EncryptionClientV4,
        Self::EncryptionSdk,
        Self::HierarchicalKeyring,
        Self::RawAes,
        Self::ParquetSingle,
        Self::ParquetDouble,
        Self::Iceberg,
    ];

    /// What it does for a key.
    #[must_use]
    pub fn handling(self) -> Sourced<KeyHandling> {
        let (seal, open, kept) = match self {
            Self::S3EncryptionClientV3 | Self::S3EncryptionClientV4 => (
                Some(Call::GenerateDataKey),
                Some(Call::Decrypt),
                Kept::Nothing,
            ),
            Self::EncryptionSdk => (
                Some(Call::GenerateDataKey),
                Some(Call::Decrypt),
                Kept::DataKeys,
            ),
            Self::HierarchicalKeyring => {
                (Some(Call::Decrypt), Some(Call::Decrypt), Kept::BranchKeys)
            }
            Self::RawAes => (None, None, Kept::Nothing),
            Self::ParquetSingle => (Some(Call::Encrypt), Some(Call::Decrypt), Kept::Nothing),
            Self::ParquetDouble => (
                Some(Call::Encrypt),
                Some(Call::Decrypt),
                Kept::KeyEncryptionKeys,
            ),
            // Who writes uses the table's key encryption key, which is there already.
            Self::Iceberg => (
                Some(Call::Decrypt),
                Some(Call::Decrypt),
                Kept::KeyEncryptionKeys,
            ),
        };
        let handling = KeyHandling {
            seal,
            open,
            kept,
            reads_key_store: self == Self::HierarchicalKeyring,
            opens_ranges: !matches!(self, Self::EncryptionSdk | Self::HierarchicalKeyring),
        };
        self.sourced(handling)
    }

    fn sourced(self, value: KeyHandling) -> Sourced<KeyHandling> {
        let (source, date, certainty, note) = match self {
            Self::S3EncryptionClientV3 | Self::S3EncryptionClientV4 => (
                "amazon-s3-encryption-client-java, source, and Amazon S3 Encryption Client \
                 Developer Guide",
                "2026-05-20",
                Certainty::Documented,
                "one call for each object, upload and ranged read; no cache",
            ),
            Self::EncryptionSdk => (
                "AWS Encryption SDK Developer Guide, \"Data key caching\"; \
                 aws-encryption-sdk-java, CachingCryptoMaterialsManager",
                "2023-06",
                Certainty::Documented,
                "one KMS key; each further one costs a call of Encrypt for a new data key, which \
                 is not modelled",
            ),
            Self::HierarchicalKeyring => (
                "AWS Encryption SDK Developer Guide, \"AWS KMS Hierarchical keyring\"; \
                 aws-encryption-sdk-specification, \"AWS KMS Hierarchical Keyring\"",
                "2026-11-26",
                Certainty::Documented,
                "to encrypt and to decrypt are entries of their own; how branch keys come about is \
                 not modelled",
            ),
            Self::RawAes => (
                "aws-encryption-sdk-specification, \"Raw AES Keyring\"",
                "2026-11-26",
                Certainty::Documented,
                "",
            ),
            Self::ParquetSingle | Self::ParquetDouble => (
                "parquet-java, FileKeyWrapper and FileKeyUnwrapper",
                "2026-11-26",
                Certainty::Assumed,
                "the program's own KmsClient decides what a wrap is: Encrypt, as Iceberg's client \
                 for AWS does it",
            ),
            Self::Iceberg => (
                "apache/iceberg, StandardEncryptionManager, AwsKeyManagementClient and \
                 docs/encryption.md",
                "2026-11-26",
                Certainty::Documented,
                "files' keys come with the manifests: no call of their own; a key encryption key \
                 lives for two years, and making one, a call of Encrypt, is not modelled",
            ),
        };
        Sourced {
            value,
            source: source.into(),
            date: date.into(),
            certainty,
            note: note.into(),
        }
    }

    /// How the scheme keeps what it keeps, if the program says nothing about it; `None` if it keeps
    /// nothing unless told to.
    #[must_use]
    pub fn default_cache(self) -> Option<Sourced<CacheRules>> {
        let rules = |capacity, max_age, expiry, misses| CacheRules {
            capacity,
            max_age,
            max_messages: u64::MAX,
            max_bytes: u64::MAX,
            expiry,
            misses,
        };
        // Java's maps hold all who need a key until it is there.
        let all_wait = Misses::Shared(SharedMisses {
            patience: Span::from_nanos(u64::MAX),
            refresh_ahead: Span::ZERO,
            asked_max: u32::MAX,
        });
        let (value, source, certainty, note) = match self {
            Self::HierarchicalKeyring => (
                rules(
                    1_000,
                    Span::from_secs(900),
                    Expiry::Each,
                    Misses::Shared(SharedMisses {
                        patience: Span::from_secs(1),
                        refresh_ahead: Span::from_secs(10),
                        asked_max: 20,
                    }),
                ),
                "aws-encryption-sdk-specification, \"AWS KMS Hierarchical Keyring\" and \"Storm \
                 Tracking Cryptographic Materials Cache\"",
                Certainty::Assumed,
                "the program must give the lifetime: 15 minutes are those of the guide's example; \
                 the rest are defaults; the keyring of JavaScript lets each miss ask",
            ),
            Self::ParquetDouble => (
                rules(u32::MAX, Span::from_secs(600), Expiry::Together, all_wait),
                "parquet-java, KeyToolkit and TwoLevelCacheWithExpiration",
                Certainty::Documented,
                "one cache for each process and access token",
            ),
            Self::Iceberg => (
                rules(u32::MAX, Span::from_secs(3_600), Expiry::Each, all_wait),
                "apache/iceberg, StandardEncryptionManager",
                Certainty::Documented,
                "one cache for each encryption manager: a table that is loaded anew, or sent to \
                 another process, begins with an empty one",
            ),
            _ => return None,
        };
        Some(Sourced {
            value,
            source: source.into(),
            date: "2026-11-26".into(),
            certainty,
            note: note.into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::Operation;

    // Goal: the S3 Encryption Client's row is what `ClientDuty` says.
    // Method: every operation, both versions.
    #[test]
    fn the_s3_encryption_client_calls_as_its_duty_says() {
        for scheme in [Scheme::S3EncryptionClientV3, Scheme::S3EncryptionClientV4] {
            let handling = scheme.handling().value;
            for operation in Operation::ALL {
                let duty = ClientDuty::of(operation);
                let expected = duty.call().filter(|_| operation.kms_call().is_none());
                assert_eq!(handling.call(duty), expected, "{operation:?}");
            }
        }
    }

    // Goal: every row says where it is from, and fits itself.
    // Method: all schemes: a source with a date, a reason for what is assumed, a call wherever
    // something is kept, and a default cache only where something is kept.
    #[test]
    fn every_row_has_a_source_and_fits() {
        for scheme in Scheme::ALL {
            let row = scheme.handling();
            assert!(
                row.source.len() > 20 && row.date.starts_with("202"),
                "{scheme:?}"
            );
            assert!(row.certainty != Certainty::Assumed || !row.note.is_empty());
            let KeyHandling {
                seal, open, kept, ..
            } = row.value;
            assert_eq!(seal.is_some(), open.is_some(), "{scheme:?}");
            assert!(kept == Kept::Nothing || seal.is_some(), "{scheme:?}");
            assert!(open.is_none_or(|it| it == Call::Decrypt), "{scheme:?}");
            let cache = scheme.default_cache();
            assert!(cache.is_none() || kept != Kept::Nothing, "{scheme:?}");
            assert!(cache.is_none_or(|it| it.value.keep()), "{scheme:?}");
        }
    }
}
