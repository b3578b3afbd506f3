use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is asked: one operation of S3's API, S3's own replication, or a call to KMS itself.
#[derive(
    Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize,
)]
#[serde(rename_all = "kebab-case")]
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
    /// Replication of one object, by S3 itself.
    Replicate,
    /// `GenerateDataKey`, called by the client itself.
    GenerateDataKey,
    /// `Decrypt` of KMS, called by the client itself.
    Decrypt,
    /// `Encrypt` of KMS, called by the client itself.
    Encrypt,
}

impl Operation {
    /// All of them, in the order of reports.
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

    /// Its name in metrics and scenarios, such as `upload-part`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Put => "put",
            Self::RangedGet => "ranged-get",
            Self::Head => "head",
            Self::Delete => "delete",
            Self::List => "list",
            Self::Copy => "copy",
            Self::CreateMultipartUpload => "create-multipart-upload",
            Self::UploadPart => "upload-part",
            Self::UploadPartCopy => "upload-part-copy",
            Self::CompleteMultipartUpload => "complete-multipart-upload",
            Self::AbortMultipartUpload => "abort-multipart-upload",
            Self::Replicate => "replicate",
            Self::GenerateDataKey => "generate-data-key",
            Self::Decrypt => "decrypt",
            Self::Encrypt => "encrypt",
        }
    }

    /// Its name for readers, such as `GET` or `UploadPart`.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::RangedGet => "ranged GET",
            Self::Head => "HEAD",
            Self::Delete => "DELETE",
            Self::List => "LIST",
            Self::Copy => "COPY",
            Self::CreateMultipartUpload => "CreateMultipartUpload",
            Self::UploadPart => "UploadPart",
            Self::UploadPartCopy => "UploadPartCopy",
            Self::CompleteMultipartUpload => "CompleteMultipartUpload",
            Self::AbortMultipartUpload => "AbortMultipartUpload",
            Self::Replicate => "replication",
            Self::GenerateDataKey => "GenerateDataKey",
            Self::Decrypt => "Decrypt",
            Self::Encrypt => "Encrypt",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: an operation has one name, in metrics as in the record's JSON.
    // Method: every operation, written and named.
    #[test]
    fn ids_are_the_names_in_json() {
        for operation in Operation::ALL {
            let json = serde_json::to_string(&operation).unwrap();
            assert_eq!(json, format!("\"{}\"", operation.id()));
        }
    }
}
