//! Errors of headers, signatures, schemes and policies.
use super::{Origin, Refusal};

impl Refusal {
    /// A statement of the bucket policy denies the request.
    pub const POLICY_DENIED: Self = Self::denied(
        [
            "policy-denied",
            "a request that the bucket policy denies, to a caller of the owner's organisation",
        ],
        "User: {caller} is not authorized to perform: {action} on resource: \"{resource}\" with \
         an explicit deny in a resource-based policy",
        Origin::FORBIDDEN.note("callers of other organisations are told less"),
    );

    /// The bucket policy denies the request to a caller of another organisation, or allows it to
    /// none of them.
    pub const ACCESS_DENIED: Self = Self {
        billed: false,
        ..Self::denied(
            [
                "access-denied",
                "a request of another organisation that the bucket policy denies or does not allow",
            ],
            "Access Denied",
            Origin::assumed(
                "Amazon S3 User Guide, \"Troubleshoot access denied (403 Forbidden) errors\"",
                "2026-04-13",
                "the guide has the long messages for callers of the same organisation only",
            ),
        )
    };

    /// A value of `x-amz-server-side-encryption` that S3 does not know.
    pub const ENCRYPTION_HEADER: Self = Self::rejected(
        [
            "encryption-header",
            "a value of x-amz-server-side-encryption that does not exist",
        ],
        "InvalidArgument",
        "The encryption method specified is not supported",
        Origin::assumed(
            "answer of S3 to an empty value, as quoted in a public copy",
            "2026-10",
            "recorded for the empty value only; other values are thought to be answered alike",
        ),
    );

    /// `x-amz-server-side-encryption` on an operation that does not take it.
    pub const ENCRYPTION_HEADER_ELSEWHERE: Self = Self::rejected(
        [
            "encryption-header-elsewhere",
            "x-amz-server-side-encryption on a read, a part or the end of an upload",
        ],
        "InvalidArgument",
        "x-amz-server-side-encryption header is not supported for this operation.",
        Origin::assumed(
            "answers of S3 to UploadPart in GitHub boto/botocore issues 471 and 732, \
             aws/aws-sdk-java issue 1876",
            "2019",
            "Amazon S3 API Reference, \"GetObject\" and \"HeadObject\", documents status 400 for \
             reads, not its code and text: taken to be UploadPart's",
        ),
    );

    /// A key id without `aws:kms`.
    pub const KEY_ID_WITHOUT_KMS: Self = Self::rejected(
        [
            "key-id-without-kms",
            "a KMS key id without x-amz-server-side-encryption: aws:kms",
        ],
        "InvalidArgument",
        "Server Side Encryption with AWS KMS managed key requires HTTP header \
         x-amz-server-side-encryption : aws:kms",
        Origin::documented(
            "answer of S3 in GitHub aws/aws-cli issue 1431, as quoted in a public copy",
            "2026-10",
        ),
    );

    /// An encryption context that cannot be read.
    pub const CONTEXT_HEADER: Self = Self::rejected(
        [
            "context-header",
            "an encryption context that is not JSON of texts in base64",
        ],
        "InvalidArgument",
        "The header 'x-amz-server-side-encryption-context' shall be Base64-encoded UTF-8 string \
         holding JSON which represents a string-string map",
        Origin::assumed(
            "answer of S3 in Apache Hadoop issue HADOOP-19197, as quoted in a public copy",
            "2026-10",
            "the message is S3's; status and code are not in the source",
        ),
    );

    /// An object under a KMS key asked for without Signature Version 4.
    pub const SSE_KMS_SIGNATURE: Self = Self::rejected(
        [
            "sse-kms-signature",
            "SSE-KMS or DSSE-KMS without Signature Version 4",
        ],
        "InvalidArgument",
        "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS \
         Signature Version 4.",
        Origin::documented(
            "answers of S3 in many bug reports, as quoted in a public copy",
            "2026-10",
        )
        .note("one report says status 403"),
    );

    /// An object under a KMS key over plain HTTP.
    pub const SSE_KMS_OVER_HTTP: Self = Self::rejected(
        ["sse-kms-over-http", "SSE-KMS or DSSE-KMS over plain HTTP"],
        "InvalidRequest",
        "requests for objects under AWS KMS keys must be made over TLS",
        Origin::assumed(
            "Amazon S3 User Guide, \"Using server-side encryption with AWS KMS keys\"",
            "2026-04-13",
            "the guide says that such requests fail, not how: status, code and text are ours",
        ),
    );

    /// A default encryption of a bucket that names a key and does not use one.
    pub const DEFAULT_KEY_ID_WITHOUT_KMS: Self = Self::rejected(
        [
            "default-key-id-without-kms",
            "PutBucketEncryption with AES256 and a KMS key id",
        ],
        "InvalidArgument",
        "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or \
         aws:kms:dsse",
        Origin::documented(
            "response recorded from S3, GitHub localstack/localstack 8b9a79f0, \
             tests/aws/services/s3/test_s3_api.snapshot.json",
            "2026-02-21",
        ),
    );
}
