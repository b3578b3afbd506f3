use super::customer_key::CustomerKey;
use super::{Bucket, KeyMark};
use crate::s3::Refusal;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::collections::BTreeMap;

/// Headers of a request about encryption, as they were sent; without the common start
/// `x-amz-server-side-encryption` of their names.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct SseHeaders<'a> {
    /// The header itself: `AES256`, `aws:kms`, `aws:kms:dsse`.
    pub encryption: Option<&'a str>,
    /// `-aws-kms-key-id`: id, ARN or alias of a KMS key.
    pub kms_key_id: Option<&'a str>,
    /// `-context`: JSON of texts in base64.
    pub context: Option<&'a str>,
    /// `-bucket-key-enabled`.
    pub bucket_key_enabled: Option<bool>,
    /// `-customer-…`: SSE-C.
    pub customer: CustomerKeyHeaders<'a>,
    /// The same for the source of a copy.
    pub copy_source: CustomerKeyHeaders<'a>,
}

/// The three headers of SSE-C.
#[derive(Clone, Copy, Default, Eq, PartialEq)]
pub struct CustomerKeyHeaders<'a> {
    /// `-customer-algorithm`: `AES256`.
    pub algorithm: Option<&'a str>,
    /// `-customer-key`: 32 bytes in base64.
    pub key: Option<&'a str>,
    /// `-customer-key-MD5`: MD5 of the 32 bytes, in base64.
    pub key_md5: Option<&'a str>,
}

/// Without the key.
impl std::fmt::Debug for CustomerKeyHeaders<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CustomerKeyHeaders")
            .field("algorithm", &self.algorithm)
            .field("key_md5", &self.key_md5)
            .finish_non_exhaustive()
    }
}

impl CustomerKeyHeaders<'_> {
    /// Whether one of them was sent.
    #[must_use]
    pub fn any(&self) -> bool {
        self.algorithm.is_some() || self.key.is_some() || self.key_md5.is_some()
    }

    /// The key that they carry, if they were sent; its length is not looked at.
    pub(super) fn key(&self) -> Result<Option<CustomerKey>, &'static Refusal> {
        if !self.any() {
            return Ok(None);
        }
        let algorithm = self.algorithm.ok_or(&Refusal::SSE_C_NO_ALGORITHM)?;
        if algorithm != "AES256" {
            return Err(&Refusal::SSE_C_ALGORITHM);
        }
        let key = self.key.ok_or(&Refusal::SSE_C_NO_KEY)?;
        let md5 = self.key_md5.ok_or(&Refusal::SSE_C_NO_MD5)?;
        CustomerKey::of_header(key, md5).map(Some)
    }
}

/// An encryption that S3 does itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SseAlgorithm {
    /// `AES256`: SSE-S3.
    Aes256,
    /// `aws:kms`: SSE-KMS.
    Kms,
    /// `aws:kms:dsse`: DSSE-KMS.
    KmsDsse,
}

impl SseAlgorithm {
    /// Value of the header that asks for it.
    #[must_use]
    pub fn header(self) -> &'static str {
        match self {
            Self::Aes256 => "AES256",
            Self::Kms => "aws:kms",
            Self::KmsDsse => "aws:kms:dsse",
        }
    }

    /// The algorithm of a header's value.
    fn of_header(value: &str) -> Result<Self, &'static Refusal> {
        [Self::Aes256, Self::Kms, Self::KmsDsse]
            .into_iter()
            .find(|it| it.header() == value)
            .ok_or(&Refusal::ENCRYPTION_HEADER)
    }
}

/// What a bucket applies to an upload that asks for nothing. SSE-C cannot be a default.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DefaultEncryption<'a> {
    algorithm: SseAlgorithm,
    key: Option<&'a str>,
    bucket_key: bool,
}

impl<'a> DefaultEncryption<'a> {
    /// Of every bucket since January 2023.
    pub const SSE_S3: Self = Self {
        algorithm: SseAlgorithm::Aes256,
        key: None,
        bucket_key: false,
    };

    /// What `PutBucketEncryption` sets. The key, by id, ARN or alias, is not looked for; without
    /// one it is `aws/s3` of the caller's account.
    ///
    /// # Errors
    /// [`Refusal::DEFAULT_KEY_ID_WITHOUT_KMS`] if a key is named for SSE-S3.
    pub fn new(
        algorithm: SseAlgorithm,
        key: Option<&'a str>,
        bucket_key: bool,
    ) -> Result<Self, &'static Refusal> {
        if algorithm == SseAlgorithm::Aes256 && key.is_some() {
            return Err(&Refusal::DEFAULT_KEY_ID_WITHOUT_KMS);
        }
        Ok(Self {
            algorithm,
            key,
            bucket_key,
        })
    }
}

/// The encryption that a new object is to have; no key is looked for yet.
#[derive(Clone, Copy)]
pub(super) enum Wanted<'a> {
    SseS3,
    SseKms {
        key: Option<&'a str>,
        bucket_key: bool,
    },
    DsseKms {
        key: Option<&'a str>,
    },
    SseC(KeyMark),
}

impl<'a> SseHeaders<'a> {
    /// What the headers, else the bucket's default, ask for.
    pub(super) fn wanted(
        &self,
        bucket: &Bucket<'a>,
        salt: [u8; KeyMark::SALT_LEN],
    ) -> Result<Wanted<'a>, &'static Refusal> {
        if self.customer.any() && self.encryption.is_some() {
            return Err(&Refusal::SSE_C_WITH_ENCRYPTION);
        }
        if let Some(key) = self.customer.key()? {
            key.has_its_length()?;
            return Ok(Wanted::SseC(key.mark(salt)));
        }
        let algorithm = self.encryption.map(SseAlgorithm::of_header).transpose()?;
        if self.kms_key_id.is_some() && matches!(algorithm, None | Some(SseAlgorithm::Aes256)) {
            return Err(&Refusal::KEY_ID_WITHOUT_KMS);
        }
        if self.context.is_some_and(|it| !is_context(it)) {
            return Err(&Refusal::CONTEXT_HEADER);
        }
        let default = &bucket.default;
        let (algorithm, key) = match algorithm {
            Some(algorithm) => (algorithm, self.kms_key_id),
            None => (default.algorithm, default.key),
        };
        Ok(match algorithm {
            SseAlgorithm::Aes256 => Wanted::SseS3,
            SseAlgorithm::KmsDsse => Wanted::DsseKms { key },
            SseAlgorithm::Kms => Wanted::SseKms {
                key,
                bucket_key: self.bucket_key_enabled.unwrap_or(default.bucket_key),
            },
        })
    }

    /// Refuses the headers that choose an encryption, where there is nothing to choose.
    pub(super) fn none_of_writes(&self) -> Result<(), &'static Refusal> {
        let any = self.encryption.is_some()
            || self.kms_key_id.is_some()
            || self.context.is_some()
            || self.bucket_key_enabled.is_some();
        if any {
            return Err(&Refusal::ENCRYPTION_HEADER_ELSEWHERE);
        }
        Ok(())
    }
}

/// Whether a header holds an encryption context: a JSON object of texts, in base64.
fn is_context(header: &str) -> bool {
    STANDARD
        .decode(header)
        .is_ok_and(|json| serde_json::from_slice::<BTreeMap<String, String>>(&json).is_ok())
}
