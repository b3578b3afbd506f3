use super::Severity;

/// A known trap, each with an id that stays, what it is, and what to do.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[expect(missing_docs, reason = "the table below explains each")]
pub enum Trap {
    TooLarge,
    OldVersion,
    PrincipalMissing,
    NotPrincipalAllow,
    PrincipalDeleted,
    ObjectsNotCovered,
    BucketNotCovered,
    NullAndValue,
    TlsVersionAlone,
    AllowIsNoDeny,
    NoHeader,
    ServiceWriters,
    RedactedKey,
    MultipartNeedsDecrypt,
    LogTarget,
    SseCBlocked,
    SseCPresigned,
    ForAllValuesAllow,
    SetOperatorMissing,
    KmsKeyNotArn,
    ArnPattern,
    ObjectContext,
    UnknownKey,
    NoValues,
}

/// What there is to say of a trap.
struct Words {
    id: &'static str,
    severity: Severity,
    explanation: &'static str,
    remedy: &'static str,
    source: &'static str,
}

impl Trap {
    /// All of them.
    pub const ALL: [Self; 24] = [
        Self::TooLarge,
        Self::OldVersion,
        Self::PrincipalMissing,
        Self::NotPrincipalAllow,
        Self::PrincipalDeleted,
        Self::ObjectsNotCovered,
        Self::BucketNotCovered,
        Self::NullAndValue,
        Self::TlsVersionAlone,
        Self::AllowIsNoDeny,
        Self::NoHeader,
        Self::ServiceWriters,
        Self::RedactedKey,
        Self::MultipartNeedsDecrypt,
        Self::LogTarget,
        Self::SseCBlocked,
        Self::SseCPresigned,
        Self::ForAllValuesAllow,
        Self::SetOperatorMissing,
        Self::KmsKeyNotArn,
        Self::ArnPattern,
        Self::ObjectContext,
        Self::UnknownKey,
        Self::NoValues,
    ];

    /// Its name, which stays the same in all versions.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.words().id
    }

    /// How much it matters.
    #[must_use]
    pub fn severity(self) -> Severity {
        self.words().severity
    }

    /// Why it is a trap.
    #[must_use]
    pub fn explanation(self) -> &'static str {
        self.words().explanation
    }

    /// What to do.
    #[must_use]
    pub fn remedy(self) -> &'static str {
        self.words().remedy
    }

    /// Where it is written, or who fell into it.
    #[must_use]
    pub fn source(self) -> &'static str {
        self.words().source
    }

    fn words(self) -> Words {
        let (id, severity, explanation, remedy, source) = match self {
            Self::TooLarge => (
                "too-large",
                Severity::Warning,
                "S3 takes bucket policies of at most 20 KB",
                "name resources and principals by wildcards and conditions, or use access points",
                "Amazon S3 User Guide, \"Bucket policies for Amazon S3\", 2026-04",
            ),
            Self::OldVersion => (
                "old-version",
                Severity::Warning,
                "without `\"Version\": \"2012-10-17\"` a policy has no variables: `${…}` is \
                 compared as it stands",
                "add `\"Version\": \"2012-10-17\"`",
                "IAM User Guide, \"IAM JSON policy elements: Version\", 2023-06",
            ),
            Self::PrincipalMissing => (
                "principal-missing",
                Severity::Warning,
                "a bucket policy without principal is refused by S3; only policies of users and \
                 roles have none",
                "add `\"Principal\": \"*\"` to a Deny, or the ARNs that an Allow is for",
                "IAM User Guide, \"AWS JSON policy elements: Principal\", 2023-06",
            ),
            Self::NotPrincipalAllow => (
                "not-principal-allow",
                Severity::Warning,
                "everybody else in the world is allowed, also those whom AWS does not know",
                "name in `Principal` whom it is for",
                "IAM User Guide, \"AWS JSON policy elements: NotPrincipal\", 2023-06",
            ),
            Self::PrincipalDeleted => (
                "principal-deleted",
                Severity::Warning,
                "a unique id stands where the ARN of a user or role was that is deleted: it \
                 matches nobody, also not a new one of the same name",
                "remove it, or write the ARN of the new one",
                "IAM User Guide, \"AWS JSON policy elements: Principal\", 2023-06",
            ),
            Self::ObjectsNotCovered => (
                "objects-not-covered",
                Severity::Warning,
                "the resource is the bucket, but requests for objects are about \
                 `arn:aws:s3:::bucket/key`: they do not match",
                "add `arn:aws:s3:::bucket/*` to `Resource`",
                "Amazon S3 User Guide, \"Bucket policy examples\", 2026-04",
            ),
            Self::BucketNotCovered => (
                "bucket-not-covered",
                Severity::Warning,
                "the resources are objects, but requests such as ListObjectsV2 are about the \
                 bucket itself: they do not match",
                "add `arn:aws:s3:::bucket` to `Resource`",
                "Amazon S3 User Guide, \"Bucket policy examples\", 2026-04",
            ),
            Self::NullAndValue => (
                "null-and-value",
                Severity::Warning,
                "all conditions of a statement must hold: the key must be absent and differ, so \
                 that a wrong value is not denied",
                "a negated operator alone denies requests without the key too; or use two \
                 statements",
                "aws-samples/aws-iam-permissions-guardrails, pull request 57",
            ),
            Self::TlsVersionAlone => (
                "tls-version-alone",
                Severity::Warning,
                "plain HTTP has no TLS version, and a comparison with nothing does not hold: \
                 HTTP passes (assumed: AWS does not say that the key is absent)",
                "also deny `\"Bool\": {\"aws:SecureTransport\": \"false\"}` in a statement of its \
                 own",
                "Amazon S3 User Guide, \"Amazon S3 condition key examples\", 2026-04",
            ),
            Self::AllowIsNoDeny => (
                "allow-is-no-deny",
                Severity::Note,
                "an Allow that wants TLS does not keep HTTP out: callers whom their own policies \
                 allow need no Allow here",
                "deny `\"Bool\": {\"aws:SecureTransport\": \"false\"}`",
                "Amazon S3 User Guide, \"Security best practices for Amazon S3\", 2026-04",
            ),
            Self::NoHeader => (
                "no-header",
                Severity::Note,
                "clients that send no encryption header are denied: the policy is asked before \
                 the bucket's default encryption is applied, which does not help them",
                "make every client send the header, or deny only wrong values by adding \
                 `\"Null\": {\"s3:x-amz-server-side-encryption\": \"false\"}`",
                "GitHub opentofu/opentofu issue 2970; Amazon S3 default encryption, older edition",
            ),
            Self::ServiceWriters => (
                "service-writers",
                Severity::Warning,
                "services that write to the bucket, such as server access logs, send no \
                 encryption header and are denied with everybody else",
                "add `\"Bool\": {\"aws:PrincipalIsAWSService\": \"false\"}` to the statement",
                "GitHub aws-quickstart/quickstart-compliance-common issue 29",
            ),
            Self::RedactedKey => (
                "redacted-key",
                Severity::Warning,
                "of requests that services send in their own name S3 hides aws:SecureTransport, \
                 s3:TlsVersion and aws:SourceIp: the condition sees no key there",
                "deny: add `\"Bool\": {\"aws:PrincipalIsAWSService\": \"false\"}`; allow: narrow \
                 services by `aws:SourceAccount` and `aws:SourceArn` instead",
                "Amazon S3 User Guide, \"Bucket policy examples\", 2026-04",
            ),
            Self::MultipartNeedsDecrypt => (
                "multipart-needs-decrypt",
                Severity::Note,
                "multipart uploads under a KMS key need kms:Decrypt beside kms:GenerateDataKey: \
                 small uploads work, large ones are denied",
                "allow the writers kms:Decrypt on the key, in its policy or theirs",
                "GitHub aws/aws-sdk-js issue 1814, aws/aws-cli issue 4251",
            ),
            Self::LogTarget => (
                "log-target",
                Severity::Note,
                "server access logs are delivered only to buckets whose default encryption is \
                 SSE-S3; with SSE-KMS nothing arrives",
                "keep SSE-S3 as the default of this bucket",
                "GitHub aquasecurity/trivy issue 8954; Amazon S3 User Guide, \"Enabling Amazon S3 \
                 server access logging\"",
            ),
            Self::SseCBlocked => (
                "sse-c-blocked",
                Severity::Note,
                "buckets made since April 2026 block SSE-C, whatever their policy wants",
                "set `BlockedEncryptionTypes` of the bucket's encryption to `NONE`",
                "Amazon S3 User Guide, \"Blocking or unblocking SSE-C\", 2026-04",
            ),
            Self::SseCPresigned => (
                "sse-c-presigned",
                Severity::Note,
                "a presigned URL for SSE-C is of no use without the customer's key, which its \
                 user then has to hold and send as headers",
                "sign for SSE-KMS or SSE-S3 where others upload or read",
                "GitHub aws/aws-sdk-js-v3 issue 6978",
            ),
            Self::ForAllValuesAllow => (
                "for-all-values-allow",
                Severity::Warning,
                "`ForAllValues:` also holds for requests without the key: they are allowed",
                "add `\"Null\"` with `\"false\"` for the same key",
                "IAM User Guide, \"Set operators for multi-valued context keys\", 2023-06",
            ),
            Self::SetOperatorMissing => (
                "set-operator-missing",
                Severity::Warning,
                "the key can have several values, for which an operator needs `ForAllValues:` or \
                 `ForAnyValue:`",
                "write which of the two is meant",
                "IAM User Guide, \"Set operators for multi-valued context keys\", 2023-06",
            ),
            Self::KmsKeyNotArn => (
                "kms-key-not-arn",
                Severity::Warning,
                "S3 compares the key's ARN: an id or an alias is never equal to it",
                "write `arn:aws:kms:region:account:key/id`",
                "Amazon S3 User Guide, \"Using server-side encryption with AWS KMS keys\", 2026-04",
            ),
            Self::ArnPattern => (
                "arn-pattern",
                Severity::Warning,
                "an ARN has six parts, each of which is compared for itself: a pattern with fewer \
                 matches nothing",
                "write all six parts, such as `arn:aws:kms:*:111122223333:key/*`",
                "IAM User Guide, \"IAM JSON policy elements: Condition operators\", 2023-06",
            ),
            Self::ObjectContext => (
                "object-context",
                Severity::Note,
                "with Bucket Keys the encryption context is the bucket's ARN, not the object's: \
                 the condition does not match",
                "name `arn:aws:s3:::bucket` too where the bucket has Bucket Keys",
                "Amazon S3 User Guide, \"Reducing the cost of SSE-KMS with Amazon S3 Bucket \
                 Keys\", 2026-04",
            ),
            Self::UnknownKey => (
                "unknown-key",
                Severity::Warning,
                "no such condition key is known: if it does not exist it is absent from every \
                 request",
                "look for a slip of the pen",
                "Service Authorization Reference, \"Condition keys for Amazon S3\", 2026-11",
            ),
            Self::NoValues => (
                "no-values",
                Severity::Warning,
                "nothing is equal to one of no values: the condition never holds, or negated \
                 always",
                "name the values, or remove the condition",
                "IAM User Guide, \"Conditions with multiple context keys or values\", 2023-06",
            ),
        };
        Words {
            id,
            severity,
            explanation,
            remedy,
            source,
        }
    }
}
