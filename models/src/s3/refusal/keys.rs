//! Errors of KMS keys, as S3 passes them on.
use super::{Origin, Refusal};

/// Messages that KMS itself answers with; that S3 passes them on is known of other states.
const AS_KMS: &str = "response recorded from KMS, GitHub localstack/localstack 8b9a79f0, \
                      tests/aws/services/kms/test_kms.snapshot.json";

impl Refusal {
    /// A key id that is none.
    pub const KMS_KEY_ID: Self = Self::rejected(
        ["kms-key-id", "a KMS key id that cannot be one"],
        "KMS.NotFoundException",
        "Invalid keyId '{key}'",
        Origin::RECORDED,
    );

    /// A key of another Region than the bucket's.
    pub const KMS_KEY_REGION: Self = Self::rejected(
        ["kms-key-region", "a KMS key ARN of another Region"],
        "KMS.NotFoundException",
        "Invalid arn {region}",
        Origin::RECORDED,
    );

    /// No such key. An id without an ARN is looked for in the caller's account.
    pub const KMS_KEY_NOT_FOUND: Self = Self::rejected(
        ["kms-key-not-found", "a KMS key that does not exist"],
        "KMS.NotFoundException",
        "Key '{key}' does not exist",
        Origin::RECORDED,
    );

    /// The caller may not use the key.
    pub const KMS_ACCESS_DENIED: Self = Self::denied(
        [
            "kms-access-denied",
            "a caller who lacks kms:GenerateDataKey to write or kms:Decrypt to read",
        ],
        "Access Denied",
        Origin::assumed(
            "answers of S3 in GitHub aws/aws-sdk-js issue 1814 and aws/aws-cli issue 4251",
            "2019",
            "newer answers are said to name the action of KMS that is missing",
        ),
    );

    /// A key for signatures or MACs.
    pub const KMS_KEY_USAGE: Self = Self::rejected(
        ["kms-key-usage", "an asymmetric or HMAC key"],
        "KMS.InvalidKeyUsageException",
        "{key} key usage is {usage} which is not valid for {call}.",
        Origin::assumed(
            AS_KMS,
            "2023-04-13",
            "Amazon S3 API Reference, \"Error responses\", has status and code; the text is KMS's",
        ),
    );

    /// The key is disabled.
    pub const KMS_KEY_DISABLED: Self = Self::key_unusable(
        ["kms-key-disabled", "a KMS key that is disabled"],
        "KMS.DisabledException",
        "{key} is disabled.",
        Origin::RECORDED,
    );

    /// The key will be deleted.
    pub const KMS_KEY_PENDING_DELETION: Self = Self::key_unusable(
        [
            "kms-key-pending-deletion",
            "a KMS key that is pending deletion",
        ],
        "KMS.KMSInvalidStateException",
        "{key} is pending deletion.",
        Origin::RECORDED,
    );

    /// The key has no material.
    pub const KMS_KEY_PENDING_IMPORT: Self = Self::key_unusable(
        [
            "kms-key-pending-import",
            "a KMS key without imported key material",
        ],
        "KMS.KMSInvalidStateException",
        "{key} is pending import.",
        Origin::assumed(
            AS_KMS,
            "2025-11-10",
            "KMS's own answer; S3 is thought to pass it on as it does that of a key pending \
             deletion",
        ),
    );
}
