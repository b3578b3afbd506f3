use super::headers::Wanted;
use super::{Bucket, SseHeaders};

/// An operation of S3, as its API names it.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum S3Operation {
    /// Writes an object.
    PutObject,
    /// Reads an object or a range of it.
    GetObject,
    /// Reads what is known of an object.
    HeadObject,
    /// Reads an object and writes it elsewhere.
    CopyObject,
    /// Begins an upload in parts.
    CreateMultipartUpload,
    /// Writes a part.
    UploadPart,
    /// Writes a part from an object.
    UploadPartCopy,
    /// Makes an object of the parts.
    CompleteMultipartUpload,
    /// Deletes an object.
    DeleteObject,
    /// Lists objects.
    ListObjectsV2,
}

impl S3Operation {
    /// The action that policies know it by.
    ///
    /// # Source
    /// AWS Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3",
    /// and Amazon S3 User Guide, "Required permissions for Amazon S3 API operations".
    #[must_use]
    pub fn action(self) -> &'static str {
        match self {
            Self::PutObject
            | Self::CopyObject
            | Self::CreateMultipartUpload
            | Self::UploadPart
            | Self::UploadPartCopy
            | Self::CompleteMultipartUpload => "s3:PutObject",
            Self::GetObject | Self::HeadObject => "s3:GetObject",
            Self::DeleteObject => "s3:DeleteObject",
            Self::ListObjectsV2 => "s3:ListBucket",
        }
    }

    /// Whether it writes bytes of an object, or begins to.
    pub(super) fn writes(self) -> bool {
        self.action() == "s3:PutObject" && self != Self::CompleteMultipartUpload
    }

    /// Whether it takes the headers that choose an encryption.
    fn chooses(self) -> bool {
        matches!(
            self,
            Self::PutObject | Self::CopyObject | Self::CreateMultipartUpload
        )
    }
}

/// How a request is signed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Signature {
    /// Not at all.
    Anonymous,
    /// Signature Version 2.
    V2,
    /// Signature Version 4.
    #[default]
    V4,
}

/// A version of TLS that S3 takes.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub enum TlsVersion {
    /// TLS 1.2.
    V1_2,
    /// TLS 1.3.
    #[default]
    V1_3,
}

/// How a request comes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Transport {
    /// Plain HTTP.
    Http,
    /// HTTP over TLS.
    Https(TlsVersion),
}

/// One request to S3, as far as encryption goes.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Operation.
    pub operation: S3Operation,
    /// ARN of the caller.
    pub caller: &'a str,
    /// ARN of the object; of the bucket for a listing.
    pub resource: &'a str,
    /// Headers about encryption.
    pub headers: SseHeaders<'a>,
    /// HTTP, or HTTPS and its TLS.
    pub transport: Transport,
    /// How it is signed.
    pub signature: Signature,
}

impl<'a> Request<'a> {
    /// Account of the caller, 12 digits; empty if its ARN names none.
    #[must_use]
    pub fn account(&self) -> &'a str {
        self.caller.split(':').nth(4).unwrap_or_default()
    }

    /// Partition of the caller: `aws`, `aws-cn`, `aws-us-gov`.
    #[must_use]
    pub fn partition(&self) -> &'a str {
        self.caller.split(':').nth(1).unwrap_or("aws")
    }

    /// Condition keys that policies find in the request, with their values.
    ///
    /// Policies see headers as they were sent: what the bucket's default adds is not there yet. The
    /// one exception is the KMS key, which is that which S3 will use, its id as the client or the
    /// bucket writes it.
    ///
    /// # Source
    /// Amazon S3 User Guide, "Using server-side encryption with AWS KMS keys", on
    /// `s3:x-amz-server-side-encryption-aws-kms-key-id`, and "Amazon S3 policy keys". That
    /// `s3:TlsVersion` is missing over plain HTTP is assumed.
    #[must_use]
    pub fn conditions(&self, bucket: &Bucket<'a>) -> Vec<(&'static str, &'a str)> {
        let secure = self.transport != Transport::Http;
        let mut keys = vec![
            ("aws:SecureTransport", if secure { "true" } else { "false" }),
            ("aws:PrincipalArn", self.caller),
            ("aws:PrincipalAccount", self.account()),
        ];
        if let Transport::Https(version) = self.transport {
            let version = match version {
                TlsVersion::V1_2 => "1.2",
                TlsVersion::V1_3 => "1.3",
            };
            keys.push(("s3:TlsVersion", version));
        }
        match self.signature {
            Signature::Anonymous => {}
            Signature::V2 => keys.push(("s3:signatureversion", "AWS")),
            Signature::V4 => keys.push(("s3:signatureversion", "AWS4-HMAC-SHA256")),
        }
        let headers = &self.headers;
        if let Some(encryption) = headers.encryption {
            keys.push(("s3:x-amz-server-side-encryption", encryption));
        }
        if let Some(algorithm) = headers.customer.algorithm {
            let key = "s3:x-amz-server-side-encryption-customer-algorithm";
            keys.push((key, algorithm));
        }
        let wanted = headers.wanted(bucket, <_>::default());
        if self.operation.chooses()
            && let Ok(Wanted::SseKms { key: Some(key), .. } | Wanted::DsseKms { key: Some(key) }) =
                wanted
        {
            keys.push(("s3:x-amz-server-side-encryption-aws-kms-key-id", key));
        }
        keys
    }
}
