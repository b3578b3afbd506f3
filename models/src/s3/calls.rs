//! The one place where KMS calls per operation stand.
use super::KeyUse;
use crate::kms::Call;
use crate::workload::Operation;
use crate::{Certainty, Sourced};

/// Server-side encryption of an object.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Encryption {
    /// None, as objects could be before 2023-01-05.
    Unencrypted,
    /// Keys that S3 owns.
    SseS3,
    /// A KMS key.
    SseKms,
    /// A KMS key behind a Bucket Key.
    SseKmsBucketKey,
    /// A key that each request carries.
    SseC,
    /// Two layers of encryption, one key from KMS, one of S3's own. Bucket Keys cannot help.
    DsseKms,
}

impl Encryption {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Unencrypted,
        Self::SseS3,
        Self::SseKms,
        Self::SseKmsBucketKey,
        Self::SseC,
        Self::DsseKms,
    ];

    /// Whether the object's key comes from KMS.
    #[must_use]
    pub const fn uses_kms(self) -> bool {
        matches!(self, Self::SseKms | Self::SseKmsBucketKey | Self::DsseKms)
    }
}

/// Which object's key a call of an operation is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    /// The object that is read, or that a copy reads.
    Source,
    /// The object or upload that is written.
    Destination,
}

/// On what, beside the encryption, a call depends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum When {
    /// On nothing.
    Always,
    /// The client asks for the checksum of the object (`x-amz-checksum-mode: ENABLED`).
    ChecksumMode,
    /// S3 decrypts the parts when it completes an upload.
    CompleteDecrypts,
}

/// One row of the table: a KMS call that S3 makes for an operation on an object under a KMS key, if
/// no Bucket Key is at hand; or that it makes none.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KmsCallRow {
    /// Operation of the request.
    pub operation: Operation,
    /// Whose key it is for.
    pub role: Role,
    /// The call; `None` says that the operation calls KMS for no object.
    pub call: Option<Call>,
    /// When it is made.
    pub when: When,
    /// Where the row comes from.
    pub source: &'static str,
    /// When that was read: `YYYY-MM-DD`.
    pub date: &'static str,
    /// How far it can be trusted.
    pub certainty: Certainty,
    /// What a reader should know besides; may be empty.
    pub note: &'static str,
}

const GUIDE: &str = "Amazon S3 User Guide, \"Using server-side encryption with AWS KMS keys\" and \
                     \"Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys\"";
const REPLICATION: &str = "Amazon S3 User Guide, \"Replicating encrypted objects\"";
const API: &str = "Amazon S3 API Reference, permissions of the operation";
const READ: &str = "2026-04-13";

/// Every row, in the order in which S3 makes the calls.
const ROWS: [KmsCallRow; 16] = {
    use Call::{Decrypt, GenerateDataKey};
    use Operation as O;
    use Role::{Destination, Source};
    [
        documented(O::Get, Source, Some(Decrypt), GUIDE, "for every request"),
        documented(O::Put, Destination, Some(GenerateDataKey), GUIDE, ""),
        KmsCallRow {
            certainty: Certainty::Assumed,
            note: "as every GET; the guide does not name ranges, users of Hadoop's S3A report more \
                   than one call per file",
            ..documented(O::RangedGet, Source, Some(Decrypt), GUIDE, "")
        },
        KmsCallRow {
            when: When::ChecksumMode,
            certainty: Certainty::Assumed,
            note: "none without x-amz-checksum-mode; the reference asks for kms:Decrypt with it",
            ..documented(O::Head, Source, Some(Decrypt), API, "")
        },
        documented(O::Delete, Source, None, API, "takes no encryption headers"),
        documented(O::List, Source, None, API, "takes no encryption headers"),
        documented(
            O::Copy,
            Source,
            Some(Decrypt),
            REPLICATION,
            "two calls for an object that is copied from KMS key to KMS key",
        ),
        documented(O::Copy, Destination, Some(GenerateDataKey), REPLICATION, ""),
        documented(
            O::CreateMultipartUpload,
            Destination,
            Some(GenerateDataKey),
            API,
            "",
        ),
        assumed(
            O::UploadPart,
            Destination,
            "needs kms:Decrypt, without which the part is refused; the number of calls is not \
             published",
        ),
        assumed(
            O::UploadPartCopy,
            Source,
            "the source is read as by a GET; the number of calls is not published",
        ),
        assumed(O::UploadPartCopy, Destination, "as an UploadPart"),
        KmsCallRow {
            when: When::CompleteDecrypts,
            ..assumed(
                O::CompleteMultipartUpload,
                Destination,
                "S3 reads the encrypted parts when it completes an upload; whether that is a call \
                 each time is not published",
            )
        },
        documented(
            O::AbortMultipartUpload,
            Destination,
            None,
            API,
            "takes no encryption headers",
        ),
        documented(
            O::Replicate,
            Source,
            Some(Decrypt),
            REPLICATION,
            "charged to the account of the replication role",
        ),
        documented(
            O::Replicate,
            Destination,
            Some(GenerateDataKey),
            REPLICATION,
            "",
        ),
    ]
};

const fn documented(
    operation: Operation,
    role: Role,
    call: Option<Call>,
    source: &'static str,
    note: &'static str,
) -> KmsCallRow {
    KmsCallRow {
        operation,
        role,
        call,
        when: When::Always,
        source,
        date: READ,
        certainty: Certainty::Documented,
        note,
    }
}

const fn assumed(operation: Operation, role: Role, note: &'static str) -> KmsCallRow {
    KmsCallRow {
        certainty: Certainty::Assumed,
        ..documented(operation, role, Some(Call::Decrypt), API, note)
    }
}

/// The table of KMS calls.
#[must_use]
pub fn kms_call_rows() -> &'static [KmsCallRow] {
    &ROWS
}

/// KMS calls of S3 per call of the table under DSSE-KMS.
///
/// # Source
/// Amazon S3 User Guide, "Using dual-layer server-side encryption with AWS KMS keys", read
/// 2026-04-13: it tells of "AWS KMS API calls" and excludes Bucket Keys, but gives no number.
#[must_use]
pub fn dsse_kms_calls() -> Sourced<u32> {
    Sourced {
        value: 1,
        source:
            "Amazon S3 User Guide, \"Using dual-layer server-side encryption with AWS KMS keys\""
                .into(),
        date: READ.into(),
        certainty: Certainty::Assumed,
        note: "at least one; the number is not published, nor are the time that the second layer \
               takes and its extra charge, which are left out"
            .into(),
    }
}

/// What decides, beside operation and encryption, which calls S3 makes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CallRules {
    /// Clients ask for checksums with a HEAD.
    pub checksum_mode: bool,
    /// S3 decrypts parts when it completes an upload.
    pub complete_decrypts: bool,
    /// Calls under DSSE-KMS in place of one.
    pub dsse_kms_calls: u32,
}

/// A KMS call that a request needs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KmsNeed {
    /// The call.
    pub call: Call,
    /// How often it is made.
    pub times: u32,
    /// The Bucket Key that makes it needless, if that is at hand.
    pub bucket_key: Option<KeyUse>,
}

/// KMS calls that a request needs, in order; no operation needs more than two kinds.
pub type KmsNeeds = [Option<KmsNeed>; 2];

/// The KMS calls that a request with `operation` needs when it reads an object under `source` or
/// writes one under `destination`.
#[must_use]
pub fn kms_needs(
    operation: Operation,
    source: Encryption,
    destination: Encryption,
    rules: &CallRules,
) -> KmsNeeds {
    let made = |row: &KmsCallRow| match row.when {
        When::Always => true,
        When::ChecksumMode => rules.checksum_mode,
        When::CompleteDecrypts => rules.complete_decrypts,
    };
    let need = |row: &KmsCallRow| {
        let (encryption, key_use) = match row.role {
            Role::Source => (source, KeyUse::Read),
            Role::Destination => (destination, KeyUse::Write),
        };
        let (times, bucket_key) = match encryption {
            Encryption::Unencrypted | Encryption::SseS3 | Encryption::SseC => return None,
            Encryption::SseKms => (1, None),
            Encryption::SseKmsBucketKey => (1, Some(key_use)),
            Encryption::DsseKms => (rules.dsse_kms_calls, None),
        };
        let call = row.call?;
        Some(KmsNeed {
            call,
            times,
            bucket_key,
        })
    };
    let mut needs = ROWS
        .iter()
        .filter(|row| row.operation == operation && made(row))
        .filter_map(need);
    let found = [needs.next(), needs.next()];
    debug_assert!(needs.next().is_none(), "no operation has three rows");
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use Call::{Decrypt, GenerateDataKey};
    use Encryption::{DsseKms, SseC, SseKms, SseKmsBucketKey, SseS3, Unencrypted};
    use Operation as O;

    const RULES: CallRules = CallRules {
        checksum_mode: true,
        complete_decrypts: true,
        dsse_kms_calls: 2,
    };

    fn calls(operation: Operation, source: Encryption, destination: Encryption) -> Vec<Call> {
        let needs = kms_needs(operation, source, destination, &RULES);
        let repeated = |need: KmsNeed| (0..need.times).map(move |_| need.call);
        needs.into_iter().flatten().flat_map(repeated).collect()
    }

    // Goal: every operation has its calls under a KMS key, and a change of a row is seen.
    // Method: the whole table by hand.
    #[test]
    fn every_operation_has_its_calls() {
        let table: [(Operation, &[Call]); 13] = [
            (O::Get, &[Decrypt]),
            (O::Put, &[GenerateDataKey]),
            (O::RangedGet, &[Decrypt]),
            (O::Head, &[Decrypt]),
            (O::Delete, &[]),
            (O::List, &[]),
            (O::Copy, &[Decrypt, GenerateDataKey]),
            (O::CreateMultipartUpload, &[GenerateDataKey]),
            (O::UploadPart, &[Decrypt]),
            (O::UploadPartCopy, &[Decrypt, Decrypt]),
            (O::CompleteMultipartUpload, &[Decrypt]),
            (O::AbortMultipartUpload, &[]),
            (O::Replicate, &[Decrypt, GenerateDataKey]),
        ];
        let of_s3 = |it: &Operation| it.kms_call().is_none();
        let of_s3: Vec<_> = Operation::ALL.into_iter().filter(of_s3).collect();
        assert_eq!(table.map(|(operation, _)| operation).to_vec(), of_s3);
        for (operation, expected) in table {
            assert_eq!(calls(operation, SseKms, SseKms), expected, "{operation:?}");
            let rows = ROWS.iter().filter(|row| row.operation == operation);
            assert_eq!(rows.count(), expected.len().max(1), "{operation:?}");
        }
    }

    // Goal: what is not under a KMS key never calls KMS; DSSE-KMS calls no less than SSE-KMS; a
    // Bucket Key changes whether a call is needed, not which.
    // Method: every operation with every source and destination.
    #[test]
    fn modes_differ_as_they_should() {
        for operation in Operation::ALL {
            for other in [Unencrypted, SseS3, SseC] {
                assert_eq!(calls(operation, other, other), []);
                let mixed =
                    calls(operation, other, SseKms).len() + calls(operation, SseKms, other).len();
                assert_eq!(mixed, calls(operation, SseKms, SseKms).len());
            }
            let single = calls(operation, SseKms, SseKms);
            assert_eq!(calls(operation, DsseKms, DsseKms).len(), 2 * single.len());
            assert_eq!(calls(operation, SseKmsBucketKey, SseKmsBucketKey), single);
            let needs = kms_needs(operation, SseKmsBucketKey, SseKmsBucketKey, &RULES);
            assert!(needs.iter().flatten().all(|need| need.bucket_key.is_some()));
        }
    }

    // Goal: calls that depend on a setting are made only with it.
    // Method: both settings off.
    #[test]
    fn some_calls_depend_on_settings() {
        let rules = CallRules {
            checksum_mode: false,
            complete_decrypts: false,
            dsse_kms_calls: 1,
        };
        for operation in Operation::ALL {
            let needs = kms_needs(operation, SseKms, SseKms, &rules);
            let fewer = needs.iter().flatten().count() < calls(operation, SseKms, SseKms).len();
            let depends = matches!(operation, O::Head | O::CompleteMultipartUpload);
            assert_eq!(fewer, depends, "{operation:?}");
        }
    }
}
