//! Errors of SSE-C.
use super::{Origin, Refusal};

/// Text of minio and other servers that speak as S3 does.
const AS_MINIO: &str = "minio, cmd/api-errors.go";

impl Refusal {
    /// SSE-C upload to a bucket that blocks it.
    pub const SSE_C_BLOCKED: Self = Self::denied(
        [
            "sse-c-blocked",
            "an SSE-C upload to a bucket that blocks SSE-C",
        ],
        "User: {caller} is not authorized to perform: {action} on resource: \"{resource}\" \
         because this bucket has blocked upload requests that specify Server Side Encryption \
         with Customer provided keys (SSE-C). Please specify a different server-side encryption \
         type",
        Origin::FORBIDDEN,
    );

    /// SSE-C over plain HTTP.
    pub const SSE_C_OVER_HTTP: Self = Self::rejected(
        ["sse-c-over-http", "SSE-C over plain HTTP"],
        "InvalidRequest",
        "Requests specifying Server Side Encryption with Customer provided keys must be made over \
         a secure connection.",
        Origin::assumed(
            AS_MINIO,
            "2026",
            "Amazon S3 User Guide, \"Using server-side encryption with customer-provided keys\", \
             says that S3 rejects it; no answer of AWS was recorded",
        ),
    );

    /// SSE-C and another encryption in one request; looked at before the algorithm.
    pub const SSE_C_WITH_ENCRYPTION: Self = Self::rejected(
        [
            "sse-c-with-encryption-header",
            "SSE-C headers beside x-amz-server-side-encryption",
        ],
        "InvalidArgument",
        "Server Side Encryption with Customer provided key is incompatible with the encryption \
         method specified",
        Origin::RECORDED,
    );

    /// A key without an algorithm.
    pub const SSE_C_NO_ALGORITHM: Self = Self::rejected(
        ["sse-c-no-algorithm", "an SSE-C key without an algorithm"],
        "InvalidArgument",
        "Requests specifying Server Side Encryption with Customer provided keys must provide a \
         valid encryption algorithm.",
        Origin::RECORDED,
    );

    /// Another algorithm than AES256.
    pub const SSE_C_ALGORITHM: Self = Self::rejected(
        ["sse-c-algorithm", "an SSE-C algorithm other than AES256"],
        "InvalidEncryptionAlgorithmError",
        "The Encryption request you specified is not valid. Supported value: AES256.",
        Origin::RECORDED,
    );

    /// An algorithm without a key.
    pub const SSE_C_NO_KEY: Self = Self::rejected(
        ["sse-c-no-key", "an SSE-C algorithm without a key"],
        "InvalidArgument",
        "Requests specifying Server Side Encryption with Customer provided keys must provide an \
         appropriate secret key.",
        Origin::RECORDED,
    );

    /// No MD5 of the key.
    pub const SSE_C_NO_MD5: Self = Self::rejected(
        ["sse-c-no-md5", "an SSE-C key without its MD5"],
        "InvalidArgument",
        "Requests specifying Server Side Encryption with Customer provided keys must provide the \
         client calculated MD5 of the secret key.",
        Origin::assumed(
            AS_MINIO,
            "2026",
            "no answer of AWS is known: SDKs add the header where it is missing",
        ),
    );

    /// The MD5 of another key; looked at before the length.
    pub const SSE_C_MD5: Self = Self::rejected(
        ["sse-c-md5", "an SSE-C key with the MD5 of another"],
        "InvalidArgument",
        "The calculated MD5 hash of the key did not match the hash that was provided.",
        Origin::RECORDED,
    );

    /// A key that has not 32 bytes.
    pub const SSE_C_KEY_LENGTH: Self = Self::rejected(
        ["sse-c-key-length", "an SSE-C key that has not 32 bytes"],
        "InvalidArgument",
        "The secret key was invalid for the specified algorithm.",
        Origin::RECORDED.note(
            "44 bytes are a key that was encoded in base64 twice: botocore encodes it itself",
        ),
    );

    /// The key is needed to read the object.
    pub const SSE_C_KEY_NEEDED: Self = Self::rejected(
        [
            "sse-c-key-needed",
            "a read or copy of an SSE-C object without its key",
        ],
        "InvalidRequest",
        "The object was stored using a form of Server Side Encryption. The correct parameters \
         must be provided to retrieve the object.",
        Origin::RECORDED,
    );

    /// Another key than the object's.
    pub const SSE_C_WRONG_KEY: Self = Self::denied(
        [
            "sse-c-wrong-key",
            "a read of an SSE-C object with another key",
        ],
        "Requests specifying Server Side Encryption with Customer provided keys must provide the \
         correct secret key.",
        Origin::RECORDED.note("other servers that speak as S3 does answer 400"),
    );

    /// A key for an object that has none.
    pub const SSE_C_NOT_APPLICABLE: Self = Self::rejected(
        [
            "sse-c-not-applicable",
            "a read with an SSE-C key of an object that has none",
        ],
        "InvalidRequest",
        "The encryption parameters are not applicable to this object.",
        Origin::documented(
            "answers of S3 in GitHub boto/boto3 issue 982 and aws/aws-sdk-go issue 2724, as quoted \
             in a public copy",
            "2026-10",
        ),
    );

    /// A part with or without an SSE-C key, against what its upload was begun with.
    pub const SSE_C_PART: Self = Self::rejected(
        [
            "sse-c-part",
            "a part whose upload was begun with an SSE-C key and has none, or the other way round",
        ],
        "InvalidRequest",
        "The multipart upload initiate requested encryption. Subsequent part requests must \
         include the appropriate encryption parameters.",
        Origin::RECORDED,
    );

    /// A part under another key than its upload's.
    pub const SSE_C_PART_KEY: Self = Self::rejected(
        [
            "sse-c-part-key",
            "a part with another SSE-C key than its upload's",
        ],
        "InvalidRequest",
        "The provided encryption parameters did not match the ones used originally.",
        Origin::RECORDED,
    );
}
