use super::headers::Wanted;
use super::{Bucket, SseHeaders};
use crate::policy::{Requester, S3Operation, S3Request};

impl S3Operation {
    /// Whether it takes the headers that choose an encryption.
    #[must_use]
    pub fn chooses_encryption(self) -> bool {
        matches!(
            self,
            Self::PutObject | Self::PostObject | Self::CopyObject | Self::CreateMultipartUpload
        )
    }

    /// Whether it writes bytes of an object, or begins to.
    pub(super) fn writes(self) -> bool {
        self.chooses_encryption() || matches!(self, Self::UploadPart | Self::UploadPartCopy)
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

    /// The request as a bucket policy is asked about it: headers as they were sent, and the KMS key
    /// that S3 will use. Parts are to have the headers that their upload was begun with.
    #[must_use]
    pub fn for_policy(&self, bucket: &Bucket<'a>) -> S3Request {
        let requester = match self.signature {
            Signature::Anonymous => Requester::Anonymous,
            Signature::V2 | Signature::V4 => self.caller.parse().unwrap_or(Requester::Anonymous),
        };
        let name = self.resource.rsplit(':').next().unwrap_or_default();
        let (bucket_name, key) = name.split_once('/').unwrap_or((name, ""));
        let mut request = S3Request::new(self.operation, bucket_name, key, requester);
        request.tls_version = match self.transport {
            Transport::Http => None,
            Transport::Https(TlsVersion::V1_2) => Some("1.2".to_owned()),
            Transport::Https(TlsVersion::V1_3) => Some("1.3".to_owned()),
        };
        let headers = &self.headers;
        let start = "x-amz-server-side-encryption";
        for (end, value) in [
            ("", headers.encryption),
            ("-aws-kms-key-id", headers.kms_key_id),
            ("-customer-algorithm", headers.customer.algorithm),
        ] {
            if let Some(value) = value {
                let header = (format!("{start}{end}"), value.to_owned());
                request.headers.push(header);
            }
        }
        let by_default = SseHeaders::default().wanted(bucket, <_>::default());
        if let Ok(Wanted::SseKms { key, .. } | Wanted::DsseKms { key }) = by_default {
            request.default_kms_key = key.map(str::to_owned);
        }
        request
    }
}
