//! Throttles of KMS and S3.
use super::{Origin, Refusal};

impl Refusal {
    /// KMS throttled the call that S3 made for the request.
    pub const KMS_SLOW_DOWN: Self = Self::throttled(
        [
            "kms-slow-down",
            "a request to S3 whose KMS call is throttled",
        ],
        503,
        "SlowDown",
        "Please reduce your request rate for operations involving AWS KMS.",
        Origin::documented(
            "stack trace of real AWS, GitHub aws-samples/cql-replicator issue 92",
            "2024-01-28",
        ),
    );

    /// The prefix's request rate is exceeded.
    pub const PREFIX_SLOW_DOWN: Self = Self::throttled(
        [
            "prefix-slow-down",
            "a request beyond the rate of its prefix",
        ],
        503,
        "SlowDown",
        "Please reduce your request rate.",
        Origin::documented("Amazon S3 API Reference, \"Error responses\"", "2026-04-13"),
    );

    /// KMS throttled a call that the client made itself.
    pub const KMS_THROTTLING: Self = Self::throttled(
        ["kms-throttling", "a client's own KMS call beyond the quota"],
        400,
        "ThrottlingException",
        "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.",
        Origin::documented(
            "AWS KMS Developer Guide, \"Throttling AWS KMS requests\"",
            "2026",
        ),
    );
}
