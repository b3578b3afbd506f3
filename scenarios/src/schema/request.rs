use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the requests of a fleet say about encryption, and who sends them.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct FleetRequest {
    /// Encryption that the fleet's uploads ask for in a header, which overrides the bucket's
    /// default. Left out: SSE-C if `bucket.encryption` is `sse-c`, else no header. The objects
    /// that the fleet reads are encrypted as its uploads are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encryption_header: Option<EncryptionHeader>,
    /// KMS key that the header names, by id, ARN or alias; the key of this scenario is
    /// `alias/app`. Left out: none, which AWS takes as its managed key `aws/s3`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key: Option<String>,
    /// The key that requests carry under SSE-C.
    pub customer_key: CustomerKey,
    /// How requests are signed. Objects under KMS keys need `v4`.
    pub signature: Signature,
    /// ARN of the caller, as policies see it. Left out: the role of the fleet's name in account
    /// 111122223333, which owns bucket and key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// What the caller may do with the KMS key: both, if left out.
    pub kms_permissions: Vec<KmsPermission>,
}

impl Default for FleetRequest {
    fn default() -> Self {
        Self {
            encryption_header: None,
            kms_key: None,
            customer_key: CustomerKey::default(),
            signature: Signature::default(),
            principal: None,
            kms_permissions: vec![KmsPermission::GenerateDataKey, KmsPermission::Decrypt],
        }
    }
}

/// Encryption that uploads ask for in a header.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EncryptionHeader {
    /// No header: the bucket's default decides.
    None,
    /// `x-amz-server-side-encryption: AES256`.
    SseS3,
    /// `x-amz-server-side-encryption: aws:kms`.
    SseKms,
    /// `x-amz-server-side-encryption: aws:kms:dsse`.
    DsseKms,
    /// The three headers of a customer-provided key.
    SseC,
}

/// The key that requests carry under SSE-C.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CustomerKey {
    /// The same for uploads and reads.
    #[default]
    Right,
    /// Reads carry another key than the one that the objects were written under.
    WrongOnRead,
    /// Reads carry no key.
    MissingOnRead,
    /// A key that is encoded in base64 once too often, and so has 44 bytes.
    EncodedTwice,
    /// A key without its MD5.
    NoMd5,
}

/// How requests are signed.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signature {
    /// Not at all.
    Anonymous,
    /// Signature Version 2, of old clients.
    V2,
    /// Signature Version 4, of all SDKs today.
    #[default]
    V4,
}

/// A permission to use a KMS key.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KmsPermission {
    /// `kms:GenerateDataKey`: to upload.
    GenerateDataKey,
    /// `kms:Decrypt`: to read, and to upload parts.
    Decrypt,
}
