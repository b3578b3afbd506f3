use crate::kms::Call;

/// What is asked: one operation of S3's API, S3's own replication, or a call to KMS itself.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Operation {
    /// `GetObject`, the whole object.
    Get,
    /// `PutObject`.
    Put,
    /// `GetObject` of a range.
    RangedGet,
    /// `HeadObject`.
    Head,
    /// `DeleteObject`.
    Delete,
    /// `ListObjectsV2`.
    List,
    /// `CopyObject`.
    Copy,
    /// `CreateMultipartUpload`.
    CreateMultipartUpload,
    /// `UploadPart`.
    UploadPart,
    /// `UploadPartCopy`.
    UploadPartCopy,
    /// `CompleteMultipartUpload`.
    CompleteMultipartUpload,
    /// `AbortMultipartUpload`.
    AbortMultipartUpload,
    /// Replication of one object, by S3 itself with the role that the bucket gives it.
    Replicate,
    /// `GenerateDataKey`, called by the client itself.
    GenerateDataKey,
    /// `Decrypt` of KMS, called by the client itself.
    Decrypt,
    /// `Encrypt` of KMS, called by the client itself.
    Encrypt,
}

/// What a request moves over the client's connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Body {
    /// The whole object.
    Object,
    /// A range of it.
    Range,
    /// A part of an upload.
    Part,
    /// Nothing to speak of.
    Nothing,
}

/// What a request is billed as.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Billed {
    /// As "GET, SELECT, and all other requests".
    AsGet,
    /// As "PUT, COPY, POST, LIST requests".
    AsPut,
    /// Not at all.
    Free,
}

impl Operation {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 16] = [
        Self::Get,
        Self::Put,
        Self::RangedGet,
        Self::Head,
        Self::Delete,
        Self::List,
        Self::Copy,
        Self::CreateMultipartUpload,
        Self::UploadPart,
        Self::UploadPartCopy,
        Self::CompleteMultipartUpload,
        Self::AbortMultipartUpload,
        Self::Replicate,
        Self::GenerateDataKey,
        Self::Decrypt,
        Self::Encrypt,
    ];

    /// The call that it is, if it goes to KMS instead of S3.
    #[must_use]
    pub const fn kms_call(self) -> Option<Call> {
        match self {
            Self::GenerateDataKey => Some(Call::GenerateDataKey),
            Self::Decrypt => Some(Call::Decrypt),
            Self::Encrypt => Some(Call::Encrypt),
            _ => None,
        }
    }

    /// What it moves over the client's connection. Copies and replication stay inside S3.
    #[must_use]
    pub const fn body(self) -> Body {
        match self {
            Self::Get | Self::Put => Body::Object,
            Self::RangedGet => Body::Range,
            Self::UploadPart => Body::Part,
            Self::Head
            | Self::Delete
            | Self::List
            | Self::Copy
            | Self::CreateMultipartUpload
            | Self::UploadPartCopy
            | Self::CompleteMultipartUpload
            | Self::AbortMultipartUpload
            | Self::Replicate
            | Self::GenerateDataKey
            | Self::Decrypt
            | Self::Encrypt => Body::Nothing,
        }
    }

    /// Whether it counts against a prefix's rate of writes; the others of S3 count as reads.
    ///
    /// # Source
    /// Amazon S3 User Guide, "Best practices design patterns: optimizing Amazon S3 performance",
    /// read 2026-04-13: "PUT/COPY/POST/DELETE" and "GET/HEAD". LIST is not named: assumed a read.
    #[must_use]
    pub const fn writes(self) -> bool {
        !matches!(self, Self::Get | Self::RangedGet | Self::Head | Self::List)
            && self.kms_call().is_none()
    }

    /// What S3 bills it as.
    ///
    /// # Source
    /// AWS Price List, `AmazonS3`, published 2026-09-28; DELETE and CANCEL are free.
    #[must_use]
    pub const fn billed(self) -> Billed {
        match self {
            Self::Get | Self::RangedGet | Self::Head => Billed::AsGet,
            Self::Delete
            | Self::AbortMultipartUpload
            | Self::GenerateDataKey
            | Self::Decrypt
            | Self::Encrypt => Billed::Free,
            Self::Put
            | Self::List
            | Self::Copy
            | Self::CreateMultipartUpload
            | Self::UploadPart
            | Self::UploadPartCopy
            | Self::CompleteMultipartUpload
            | Self::Replicate => Billed::AsPut,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: an operation's number is its place in the list.
    // Method: all of them.
    #[test]
    fn operations_are_in_the_order_of_their_numbers() {
        for (number, operation) in Operation::ALL.into_iter().enumerate() {
            assert_eq!(operation as usize, number);
        }
    }

    // Goal: what only reads is billed as a read or as a LIST, what moves data upwards is a write.
    // Method: all operations.
    #[test]
    fn classes_of_operations_agree() {
        let of_s3 = |it: &Operation| it.kms_call().is_none();
        for operation in Operation::ALL.into_iter().filter(of_s3) {
            let reads = !operation.writes();
            let as_get = operation.billed() == Billed::AsGet;
            assert_eq!(
                reads,
                as_get || operation == Operation::List,
                "{operation:?}"
            );
            if matches!(operation.body(), Body::Range) {
                assert!(reads, "{operation:?}");
            }
            if matches!(operation.body(), Body::Part) {
                assert!(operation.writes(), "{operation:?}");
            }
        }
    }
}
