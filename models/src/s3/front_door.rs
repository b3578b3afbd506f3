use super::Encryption;
use crate::Certainty;
use crate::client::ErrorKind;
use crate::workload::Operation;

/// Rules that S3 checks before it does anything for a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FrontDoor {
    /// How objects are encrypted on the server.
    pub encryption: Encryption,
    /// Whether requests come over HTTPS.
    pub https: bool,
    /// Whether the bucket blocks SSE-C (`BlockedEncryptionTypes`).
    pub blocks_sse_c: bool,
}

/// An error that S3 or KMS answers with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// Error code.
    pub code: &'static str,
    /// Error message, as AWS words it; `...` where it names the caller or the key.
    pub message: &'static str,
    /// How the SDKs classify it.
    pub kind: ErrorKind,
    /// How a request ends that is given up with this error.
    pub outcome: Outcome,
    /// Where status, code and message come from.
    pub source: &'static str,
    /// When the source was read or recorded: `YYYY` or `YYYY-MM-DD`.
    pub date: &'static str,
    /// How far they can be trusted.
    pub certainty: Certainty,
}

/// How a request ends that does not end well.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// Given up after throttles.
    Throttled,
    /// Refused by a policy or a blocked encryption type.
    Denied,
    /// Malformed for its mode.
    Rejected,
}

impl Refusal {
    /// SSE-C upload to a bucket that blocks it.
    pub const SSE_C_BLOCKED: Self = Self {
        status: 403,
        code: "AccessDenied",
        message: "User: ... is not authorized to perform: s3:PutObject on resource: \"...\" \
                  because this bucket has blocked upload requests that specify Server Side \
                  Encryption with Customer provided keys (SSE-C). Please specify a different \
                  server-side encryption type",
        kind: ErrorKind::ClientError,
        outcome: Outcome::Denied,
        source: "Amazon S3 User Guide, \"Troubleshoot access denied (403 Forbidden) errors\"",
        date: "2026-04-13",
        certainty: Certainty::Documented,
    };

    /// SSE-C over plain HTTP. Status and code are assumed: no answer of AWS was recorded.
    pub const SSE_C_OVER_HTTP: Self = Self {
        status: 400,
        code: "InvalidRequest",
        message: "Requests specifying Server Side Encryption with Customer provided keys must be \
                  made over a secure connection.",
        kind: ErrorKind::ClientError,
        outcome: Outcome::Rejected,
        source: "Amazon S3 User Guide, \"Using server-side encryption with customer-provided \
                 keys\" says that S3 rejects it; status, code and text as in minio",
        date: "2026-04-13",
        certainty: Certainty::Assumed,
    };

    /// Object under a KMS key over plain HTTP. Status, code and message are assumed: AWS only says
    /// that such requests fail.
    pub const SSE_KMS_OVER_HTTP: Self = Self {
        status: 400,
        code: "InvalidRequest",
        message: "requests for objects under AWS KMS keys must be made over TLS",
        kind: ErrorKind::ClientError,
        outcome: Outcome::Rejected,
        source: "Amazon S3 User Guide, \"Using server-side encryption with AWS KMS keys\" says \
                 that such requests fail, not how",
        date: "2026-04-13",
        certainty: Certainty::Assumed,
    };

    /// KMS throttled the call that S3 made for the request.
    pub const KMS_SLOW_DOWN: Self = Self {
        status: 503,
        code: "SlowDown",
        message: "Please reduce your request rate for operations involving AWS KMS.",
        kind: ErrorKind::ThrottlingError,
        outcome: Outcome::Throttled,
        source: "stack trace of real AWS, GitHub aws-samples/cql-replicator issue 92",
        date: "2024-01-28",
        certainty: Certainty::Documented,
    };

    /// The prefix's request rate is exceeded.
    pub const PREFIX_SLOW_DOWN: Self = Self {
        status: 503,
        code: "SlowDown",
        message: "Please reduce your request rate.",
        kind: ErrorKind::ThrottlingError,
        outcome: Outcome::Throttled,
        source: "Amazon S3 API Reference, \"Error responses\"",
        date: "2026-04-13",
        certainty: Certainty::Documented,
    };

    /// KMS throttled a call that the client made itself.
    pub const KMS_THROTTLING: Self = Self {
        status: 400,
        code: "ThrottlingException",
        message: "You have exceeded the rate at which you may call KMS. Reduce the frequency of \
                  your calls.",
        kind: ErrorKind::ThrottlingError,
        outcome: Outcome::Throttled,
        source: "AWS KMS Developer Guide, \"Throttling AWS KMS requests\"",
        date: "2026",
        certainty: Certainty::Documented,
    };
}

impl Refusal {
    /// All of them, each with a short name and what it answers.
    pub const ALL: [(&'static str, &'static str, &'static Self); 6] = [
        (
            "sse-c-blocked",
            "an SSE-C upload to a bucket that blocks SSE-C",
            &Self::SSE_C_BLOCKED,
        ),
        (
            "sse-c-over-http",
            "SSE-C over plain HTTP",
            &Self::SSE_C_OVER_HTTP,
        ),
        (
            "sse-kms-over-http",
            "SSE-KMS or DSSE-KMS over plain HTTP",
            &Self::SSE_KMS_OVER_HTTP,
        ),
        (
            "kms-slow-down",
            "a request to S3 whose KMS call is throttled",
            &Self::KMS_SLOW_DOWN,
        ),
        (
            "prefix-slow-down",
            "a request beyond the rate of its prefix",
            &Self::PREFIX_SLOW_DOWN,
        ),
        (
            "kms-throttling",
            "a client's own KMS call beyond the quota",
            &Self::KMS_THROTTLING,
        ),
    ];
}

impl FrontDoor {
    /// Why S3 refuses every request with this operation, if it does.
    ///
    /// Reads of SSE-C objects still work on a bucket that blocks SSE-C.
    #[inline]
    #[must_use]
    pub fn refuses(&self, operation: Operation) -> Option<&'static Refusal> {
        match self.encryption {
            Encryption::SseC if !self.https => Some(&Refusal::SSE_C_OVER_HTTP),
            Encryption::SseC if self.blocks_sse_c && operation == Operation::Put => {
                Some(&Refusal::SSE_C_BLOCKED)
            }
            Encryption::SseKms | Encryption::SseKmsBucketKey | Encryption::DsseKms
                if !self.https =>
            {
                Some(&Refusal::SSE_KMS_OVER_HTTP)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refuses(
        encryption: Encryption,
        https: bool,
        operation: Operation,
    ) -> Option<(u16, Outcome)> {
        let door = FrontDoor {
            encryption,
            https,
            blocks_sse_c: true,
        };
        door.refuses(operation)
            .map(|refusal| (refusal.status, refusal.outcome))
    }

    // Goal: what needs TLS is refused without, what is blocked is refused for uploads only.
    // Method: each encryption over both schemes and operations.
    #[test]
    fn rules_hold_for_each_encryption() {
        use Encryption::{DsseKms, SseC, SseKms, SseKmsBucketKey, SseS3};
        use Operation::{Get, Put};
        for operation in [Get, Put] {
            assert_eq!(refuses(SseS3, false, operation), None);
            assert_eq!(refuses(SseKms, true, operation), None);
            assert_eq!(
                refuses(SseKms, false, operation),
                Some((400, Outcome::Rejected))
            );
            assert_eq!(
                refuses(SseKmsBucketKey, false, operation),
                Some((400, Outcome::Rejected))
            );
            assert_eq!(refuses(DsseKms, true, operation), None);
            assert_eq!(
                refuses(DsseKms, false, operation),
                Some((400, Outcome::Rejected))
            );
            assert_eq!(
                refuses(SseC, false, operation),
                Some((400, Outcome::Rejected))
            );
        }
        assert_eq!(refuses(SseC, true, Put), Some((403, Outcome::Denied)));
        assert_eq!(refuses(SseC, true, Get), None);
    }
}
