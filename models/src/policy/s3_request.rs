use super::{RequestContext, Requester};
use crate::Certainty;
use jiff::Timestamp;
use std::net::IpAddr;
use std::str::FromStr;

/// An operation of S3, as far as policies are concerned.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "the API Reference has the names")]
pub enum S3Operation {
    PutObject,
    PostObject,
    CopyObject,
    CreateMultipartUpload,
    UploadPart,
    UploadPartCopy,
    CompleteMultipartUpload,
    AbortMultipartUpload,
    ListParts,
    GetObject,
    HeadObject,
    DeleteObject,
    ListObjectsV2,
    HeadBucket,
}

/// Which IAM action an operation needs, and on what.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ActionRow {
    /// The operation.
    pub operation: S3Operation,
    /// Its name in the API Reference.
    pub name: &'static str,
    /// IAM action.
    pub action: &'static str,
    /// Whether the resource is the bucket; else it is the object.
    pub is_on_bucket: bool,
    /// Where it stands.
    pub source: &'static str,
    /// When that was read: `YYYY-MM-DD`.
    pub date: &'static str,
    /// How far it can be trusted.
    pub certainty: Certainty,
}

const fn row(
    operation: S3Operation,
    name: &'static str,
    action: &'static str,
    is_on_bucket: bool,
) -> ActionRow {
    ActionRow {
        operation,
        name,
        action,
        is_on_bucket,
        source: "Amazon S3 User Guide, \"Required permissions for Amazon S3 API operations\"",
        date: "2026-04-13",
        certainty: Certainty::Documented,
    }
}

impl S3Operation {
    /// Every operation with the action that it needs.
    pub const ROWS: [ActionRow; 14] = [
        row(Self::PutObject, "PutObject", "s3:PutObject", false),
        row(Self::PostObject, "PostObject", "s3:PutObject", false),
        row(Self::CopyObject, "CopyObject", "s3:PutObject", false),
        row(
            Self::CreateMultipartUpload,
            "CreateMultipartUpload",
            "s3:PutObject",
            false,
        ),
        row(Self::UploadPart, "UploadPart", "s3:PutObject", false),
        row(
            Self::UploadPartCopy,
            "UploadPartCopy",
            "s3:PutObject",
            false,
        ),
        row(
            Self::CompleteMultipartUpload,
            "CompleteMultipartUpload",
            "s3:PutObject",
            false,
        ),
        row(
            Self::AbortMultipartUpload,
            "AbortMultipartUpload",
            "s3:AbortMultipartUpload",
            false,
        ),
        row(
            Self::ListParts,
            "ListParts",
            "s3:ListMultipartUploadParts",
            false,
        ),
        row(Self::GetObject, "GetObject", "s3:GetObject", false),
        row(Self::HeadObject, "HeadObject", "s3:GetObject", false),
        row(Self::DeleteObject, "DeleteObject", "s3:DeleteObject", false),
        row(Self::ListObjectsV2, "ListObjectsV2", "s3:ListBucket", true),
        row(Self::HeadBucket, "HeadBucket", "s3:ListBucket", true),
    ];

    /// Name, action and resource of the operation.
    #[must_use]
    pub fn row(self) -> &'static ActionRow {
        // The table has the order of the operations; a test holds it.
        &Self::ROWS[self as usize]
    }

    /// Whether it belongs to an upload that is already begun, whose headers it does not repeat.
    #[must_use]
    pub fn is_within_upload(self) -> bool {
        matches!(
            self,
            Self::UploadPart | Self::UploadPartCopy | Self::CompleteMultipartUpload
        )
    }
}

impl FromStr for S3Operation {
    type Err = String;

    /// Reads an operation's name; the error says which are known.
    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ROWS
            .iter()
            .find(|row| row.name.eq_ignore_ascii_case(text));
        found.map(|row| row.operation).ok_or_else(|| {
            let known: Vec<_> = Self::ROWS.iter().map(|row| row.name).collect();
            format!(
                "no operation {text:?} is known; known are {}",
                known.join(", ")
            )
        })
    }
}

/// What `s3:x-amz-server-side-encryption-aws-kms-key-id` holds.
///
/// The User Guide's page on SSE-KMS says that the key that S3 ends up with must be the policy's,
/// and lets clients rely on the bucket's default; no page says it of the condition key itself.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum KmsKeySeen {
    /// The key that the object will be under: the header's, else the bucket's default. Assumed.
    #[default]
    Effective,
    /// The header's only, as with every other header.
    Header,
}

/// What parts of a multipart upload show of the encryption that the upload was begun with.
///
/// They cannot carry the header. Reports of 2014 and 2015 have them denied; no page says what
/// holds today.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum PartsSeen {
    /// The upload's. Assumed.
    #[default]
    Inherited,
    /// Nothing.
    Without,
}

/// A request to S3, from which the policy's context follows.
#[derive(Clone, Debug)]
pub struct S3Request {
    /// What is asked for.
    pub operation: S3Operation,
    /// The bucket.
    pub bucket: String,
    /// The object's key; not used by operations on buckets.
    pub key: String,
    /// Headers, names in any case. Parts and the end of a multipart upload have those that the
    /// upload was begun with.
    pub headers: Vec<(String, String)>,
    /// Version of TLS, such as `1.2`; `None` is plain HTTP.
    pub tls_version: Option<String>,
    /// Who sends it.
    pub requester: Requester,
    /// From where.
    pub source_ip: Option<IpAddr>,
    /// Whether it is signed in its URL, for somebody else to send.
    pub is_presigned: bool,
    /// When it arrives.
    pub at: Option<Timestamp>,
    /// Account that owns the bucket.
    pub bucket_account: Option<String>,
    /// ARN of the KMS key that is the bucket's default.
    pub default_kms_key: Option<String>,
    /// What the policy sees of the KMS key.
    pub kms_key_seen: KmsKeySeen,
    /// What the policy sees of a part's encryption.
    pub parts_seen: PartsSeen,
}

const SSE: &str = "x-amz-server-side-encryption";
const SSE_KMS_KEY: &str = "x-amz-server-side-encryption-aws-kms-key-id";
const SSE_C: &str = "x-amz-server-side-encryption-customer-algorithm";

/// Headers of uploads that are condition keys of `s3:PutObject`, and the keys.
///
/// # Source
/// Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3", read
/// 2026-11. The header that asks for Bucket Keys is not among them.
const UPLOAD_HEADERS: [(&str, &str); 20] = [
    (SSE, "s3:x-amz-server-side-encryption"),
    (
        SSE_KMS_KEY,
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
    ),
    (SSE_C, "s3:x-amz-server-side-encryption-customer-algorithm"),
    ("x-amz-acl", "s3:x-amz-acl"),
    ("x-amz-copy-source", "s3:x-amz-copy-source"),
    ("x-amz-grant-full-control", "s3:x-amz-grant-full-control"),
    ("x-amz-grant-read", "s3:x-amz-grant-read"),
    ("x-amz-grant-read-acp", "s3:x-amz-grant-read-acp"),
    ("x-amz-grant-write", "s3:x-amz-grant-write"),
    ("x-amz-grant-write-acp", "s3:x-amz-grant-write-acp"),
    ("x-amz-metadata-directive", "s3:x-amz-metadata-directive"),
    ("x-amz-storage-class", "s3:x-amz-storage-class"),
    (
        "x-amz-website-redirect-location",
        "s3:x-amz-website-redirect-location",
    ),
    ("x-amz-object-lock-mode", "s3:object-lock-mode"),
    ("x-amz-object-lock-legal-hold", "s3:object-lock-legal-hold"),
    (
        "x-amz-object-lock-retain-until-date",
        "s3:object-lock-retain-until-date",
    ),
    ("if-match", "s3:if-match"),
    ("if-none-match", "s3:if-none-match"),
    ("x-amz-content-sha256", "s3:x-amz-content-sha256"),
    (
        "x-amz-annotation-directive",
        "s3:x-amz-object-annotation-directive",
    ),
];

impl S3Request {
    /// A request over TLS 1.3 without headers.
    #[must_use]
    pub fn new(
        operation: S3Operation,
        bucket: impl Into<String>,
        key: impl Into<String>,
        requester: Requester,
    ) -> Self {
        Self {
            operation,
            bucket: bucket.into(),
            key: key.into(),
            headers: Vec::new(),
            tls_version: Some("1.3".into()),
            requester,
            source_ip: None,
            is_presigned: false,
            at: None,
            bucket_account: None,
            default_kms_key: None,
            kms_key_seen: KmsKeySeen::default(),
            parts_seen: PartsSeen::default(),
        }
    }

    /// The value of a header, if the request has it.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(its_name, _)| its_name.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Headers that no condition key shows to a policy.
    pub fn headers_unseen(&self) -> impl Iterator<Item = &str> {
        let names = self.headers.iter().map(|(name, _)| name.as_str());
        names.filter(|name| self.key_of(&name.to_lowercase()).is_none())
    }

    /// What the policy is asked about.
    #[must_use]
    pub fn context(&self) -> RequestContext {
        let row = self.operation.row();
        let resource = if row.is_on_bucket {
            format!("arn:aws:s3:::{}", self.bucket)
        } else {
            format!("arn:aws:s3:::{}/{}", self.bucket, self.key)
        };
        let mut context = RequestContext::new(self.requester.clone(), row.action, resource);
        self.set_requester(&mut context);
        self.set_connection(&mut context);
        for (name, value) in &self.headers {
            if let Some(key) = self.key_of(&name.to_lowercase()) {
                context.set(key, [value.as_str()]);
            }
        }
        if let Some(key) = self.default_key_in_use() {
            context.set("s3:x-amz-server-side-encryption-aws-kms-key-id", [key]);
        }
        if row.action == "s3:PutObject" {
            // "Enforce conditional writes on Amazon S3 buckets", read 2026-04-13: false for what
            // begins and fills a multipart upload, so that policies can spare it.
            let is_part = self.operation == S3Operation::CreateMultipartUpload
                || self.operation == S3Operation::UploadPart
                || self.operation == S3Operation::UploadPartCopy;
            context.set("s3:ObjectCreationOperation", [(!is_part).to_string()]);
        }
        context
    }

    /// For a copy, the read of its source that S3 checks too.
    #[must_use]
    pub fn source_context(&self) -> Option<RequestContext> {
        let is_copy = [S3Operation::CopyObject, S3Operation::UploadPartCopy];
        if !is_copy.contains(&self.operation) {
            return None;
        }
        let source = self.header("x-amz-copy-source")?;
        let source = source.split('?').next().unwrap_or_default();
        let (bucket, key) = source.trim_start_matches('/').split_once('/')?;
        let read = Self {
            operation: S3Operation::GetObject,
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            headers: Vec::new(),
            bucket_account: None,
            ..self.clone()
        };
        Some(read.context())
    }

    /// Condition key of a header, by its name in lower case.
    fn key_of(&self, name: &str) -> Option<&'static str> {
        let action = self.operation.row().action;
        let mut table = UPLOAD_HEADERS.iter();
        let (_, key) = table.find(|(header, _)| *header == name)?;
        let is_seen = match name {
            // Every action has it.
            "x-amz-content-sha256" => true,
            // Parts and the end of an upload carry it themselves.
            SSE_C => action == "s3:PutObject",
            SSE | SSE_KMS_KEY if self.operation.is_within_upload() => {
                self.parts_seen == PartsSeen::Inherited
            }
            "if-match" => ["s3:PutObject", "s3:DeleteObject"].contains(&action),
            _ => action == "s3:PutObject",
        };
        is_seen.then_some(*key)
    }

    /// The bucket's default KMS key, if the policy sees it and the object will be under it.
    fn default_key_in_use(&self) -> Option<&str> {
        let is_hidden = self.kms_key_seen == KmsKeySeen::Header
            || self.operation.row().action != "s3:PutObject"
            || (self.operation.is_within_upload() && self.parts_seen == PartsSeen::Without);
        // `aws:kms` without a key is AWS's own key, not the bucket's.
        let chosen = [SSE, SSE_KMS_KEY, SSE_C];
        if is_hidden || chosen.iter().any(|name| self.header(name).is_some()) {
            return None;
        }
        self.default_kms_key.as_deref()
    }

    fn set_requester(&self, context: &mut RequestContext) {
        let requester = &self.requester;
        let service = match requester {
            Requester::Service(name) => Some(name.as_str()),
            _ => None,
        };
        context.set("aws:PrincipalIsAWSService", [service.is_some().to_string()]);
        let user = match requester {
            Requester::User { name, .. } => name.rsplit('/').next(),
            _ => None,
        };
        let arn = requester.principal_arn();
        for (key, value) in [
            ("aws:PrincipalServiceName", service),
            ("aws:PrincipalArn", arn.as_deref()),
            ("aws:PrincipalAccount", requester.account()),
            ("aws:PrincipalType", requester.principal_type()),
            ("aws:username", user),
            ("aws:ResourceAccount", self.bucket_account.as_deref()),
            ("s3:ResourceAccount", self.bucket_account.as_deref()),
        ] {
            if let Some(value) = value {
                context.set(key, [value]);
            }
        }
        if *requester != Requester::Anonymous {
            let by = if self.is_presigned {
                "REST-QUERY-STRING"
            } else {
                "REST-HEADER"
            };
            context.set("s3:authType", [by]);
            context.set("s3:signatureversion", ["AWS4-HMAC-SHA256"]);
        }
        if let Some(at) = self.at {
            let at = Timestamp::from_second(at.as_second()).unwrap_or(at);
            context.set("aws:CurrentTime", [at.to_string()]);
            context.set("aws:EpochTime", [at.as_second().to_string()]);
        }
    }

    /// How the request came in: of a service's request AWS shows nothing of it.
    ///
    /// # Source
    /// Amazon S3 User Guide, "Bucket policy examples" and IAM User Guide, "AWS global condition
    /// context keys", read 2026-04-13. That `s3:TlsVersion` is missing over HTTP is assumed.
    fn set_connection(&self, context: &mut RequestContext) {
        if matches!(self.requester, Requester::Service(_)) {
            return;
        }
        context.set(
            "aws:SecureTransport",
            [self.tls_version.is_some().to_string()],
        );
        if let Some(version) = &self.tls_version {
            context.set("s3:TlsVersion", [version.as_str()]);
        }
        if let Some(address) = self.source_ip {
            context.set("aws:SourceIp", [address.to_string()]);
        }
    }
}

#[cfg(test)]
mod tests;
