use crate::kms::Call;
use crate::workload::Operation;
use crate::{Certainty, Sourced};

/// Server-side encryption of the objects.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Encryption {
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

/// One row of the table of KMS calls that S3 makes for an operation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KmsCallRow {
    /// Operation of the request.
    pub operation: Operation,
    /// Encryption of the object.
    pub encryption: Encryption,
    /// The call, if there is one; with a Bucket Key only on a miss, under DSSE-KMS at least once.
    pub call: Option<Call>,
}

/// Every row: the one place where KMS calls per operation stand.
///
/// # Source
/// Amazon S3 User Guide, "Using server-side encryption with AWS KMS keys" and "Reducing the cost of
/// SSE-KMS with Amazon S3 Bucket Keys", read 2026-04-13.
const ROWS: [KmsCallRow; 10] = [
    row(Operation::Get, Encryption::SseS3, None),
    row(Operation::Put, Encryption::SseS3, None),
    row(Operation::Get, Encryption::SseKms, Some(Call::Decrypt)),
    row(
        Operation::Put,
        Encryption::SseKms,
        Some(Call::GenerateDataKey),
    ),
    row(
        Operation::Get,
        Encryption::SseKmsBucketKey,
        Some(Call::Decrypt),
    ),
    row(
        Operation::Put,
        Encryption::SseKmsBucketKey,
        Some(Call::GenerateDataKey),
    ),
    row(Operation::Get, Encryption::SseC, None),
    row(Operation::Put, Encryption::SseC, None),
    row(Operation::Get, Encryption::DsseKms, Some(Call::Decrypt)),
    row(
        Operation::Put,
        Encryption::DsseKms,
        Some(Call::GenerateDataKey),
    ),
];

const fn row(operation: Operation, encryption: Encryption, call: Option<Call>) -> KmsCallRow {
    KmsCallRow {
        operation,
        encryption,
        call,
    }
}

/// The table of KMS calls, with its source.
#[must_use]
pub fn kms_calls() -> Sourced<&'static [KmsCallRow]> {
    Sourced {
        value: &ROWS,
        source: "Amazon S3 User Guide, \"Using server-side encryption with AWS KMS keys\" and \
                 \"Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys\""
            .into(),
        date: "2026-04-13".into(),
        certainty: Certainty::Documented,
        note: "".into(),
    }
}

/// KMS calls of S3 per request under DSSE-KMS.
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
        date: "2026-04-13".into(),
        certainty: Certainty::Assumed,
        note: "at least one; the number is not published, nor are the time that the second layer \
               takes and its extra charge, which are left out"
            .into(),
    }
}

/// The KMS call that S3 makes for `operation` on an object under `encryption`, if it makes one;
/// with a Bucket Key, if it has none at hand.
#[inline]
#[must_use]
pub fn kms_call(operation: Operation, encryption: Encryption) -> Option<Call> {
    ROWS[2 * encryption as usize + operation as usize].call
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: look-up by index finds the row of the same operation and encryption.
    // Method: every row of the table.
    #[test]
    fn every_row_is_found() {
        for (index, row) in ROWS.iter().enumerate() {
            assert_eq!(2 * row.encryption as usize + row.operation as usize, index);
            assert_eq!(kms_call(row.operation, row.encryption), row.call);
        }
        assert_eq!(
            kms_call(Operation::Put, Encryption::SseKms),
            Some(Call::GenerateDataKey)
        );
        assert_eq!(
            kms_call(Operation::Get, Encryption::SseKms),
            Some(Call::Decrypt)
        );
        assert_eq!(kms_call(Operation::Get, Encryption::SseC), None);
    }
}
