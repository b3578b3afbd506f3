use crate::kms::Call;
use crate::workload::Operation;

/// What the Amazon S3 Encryption Client with a KMS keyring does for an operation, beside the
/// request to S3.
///
/// # Source
/// amazon-s3-encryption-client-java, source and developer guide, read 2026-05-20: one
/// `GenerateDataKey` per `PutObject` and per multipart upload, one `Decrypt` per `GetObject`, each
/// ranged one too; no cache of data keys. Other operations pass through.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ClientDuty {
    /// Nothing.
    Pass,
    /// Asks KMS for a data key, before.
    NewKey,
    /// Encrypts with the key of the upload, before.
    Seal,
    /// Asks KMS for a data key and encrypts, before.
    NewKeyAndSeal,
    /// Has KMS decrypt the data key and decrypts, afterwards.
    Open,
    /// Calls KMS, and S3 not at all: the operation is that call.
    CallKms(Call),
}

impl ClientDuty {
    /// The duty of an operation.
    #[must_use]
    pub const fn of(operation: Operation) -> Self {
        match operation {
            Operation::Put => Self::NewKeyAndSeal,
            Operation::CreateMultipartUpload => Self::NewKey,
            Operation::UploadPart => Self::Seal,
            Operation::Get | Operation::RangedGet => Self::Open,
            Operation::Head
            | Operation::Delete
            | Operation::List
            | Operation::Copy
            | Operation::UploadPartCopy
            | Operation::CompleteMultipartUpload
            | Operation::AbortMultipartUpload
            | Operation::Replicate => Self::Pass,
            Operation::GenerateDataKey | Operation::Decrypt | Operation::Encrypt => {
                Self::without_encryption(operation)
            }
        }
    }

    /// What a client that does not encrypt does for an operation.
    #[must_use]
    pub const fn without_encryption(operation: Operation) -> Self {
        match operation.kms_call() {
            Some(call) => Self::CallKms(call),
            None => Self::Pass,
        }
    }

    /// The client's own KMS call.
    #[must_use]
    pub const fn call(self) -> Option<Call> {
        match self {
            Self::NewKey | Self::NewKeyAndSeal => Some(Call::GenerateDataKey),
            Self::Open => Some(Call::Decrypt),
            Self::CallKms(call) => Some(call),
            Self::Pass | Self::Seal => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::Body;

    // Goal: what moves an object's bytes is encrypted or decrypted, and only that.
    // Method: every operation.
    #[test]
    fn what_moves_bytes_is_encrypted() {
        for operation in Operation::ALL {
            let duty = ClientDuty::of(operation);
            let works = matches!(
                duty,
                ClientDuty::Seal | ClientDuty::NewKeyAndSeal | ClientDuty::Open
            );
            assert_eq!(works, operation.body() != Body::Nothing, "{operation:?}");
            assert_eq!(
                duty.call() == Some(Call::GenerateDataKey),
                matches!(
                    operation,
                    Operation::Put | Operation::CreateMultipartUpload | Operation::GenerateDataKey
                )
            );
        }
    }
}
