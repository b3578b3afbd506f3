//! Errors of S3 and KMS: the one table of what AWS answers to a request that it does not serve.
mod faults;
mod headers;
mod keys;
mod sse_c;
mod throttles;

use crate::Certainty;
use crate::client::ErrorKind;

/// An error that S3 or KMS answers with.
///
/// Two are the same if their names are.
#[derive(Clone, Copy, Debug, Eq)]
pub struct Refusal {
    /// Short name, such as `sse-c-blocked`.
    pub id: &'static str,
    /// What it answers, in a few words.
    pub when: &'static str,
    /// HTTP status.
    pub status: u16,
    /// Error code. A HEAD request does not see it: its answer has no body.
    pub code: &'static str,
    /// Error message, as AWS words it; `{key}` and the like where it names what was asked for.
    pub message: &'static str,
    /// What the SDKs see in it; with a HEAD, [`ErrorKind::without_body`] of this.
    pub kind: ErrorKind,
    /// How a request ends that is given up with this error.
    pub outcome: Outcome,
    /// Whether S3 bills a request that it answers so, to a caller of the bucket's own account.
    pub billed: bool,
    /// Where status, code and message come from.
    pub source: &'static str,
    /// When the source was read or recorded: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub date: &'static str,
    /// How far they can be trusted.
    pub certainty: Certainty,
    /// Why something is assumed, or what limits it; empty if there is nothing to say.
    pub note: &'static str,
}

impl PartialEq for Refusal {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

/// How a request ends that does not end well.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// Given up after throttles.
    Throttled,
    /// Refused by a policy, a blocked encryption type or for a key.
    Denied,
    /// Malformed for its mode.
    Rejected,
    /// A fault or a time-out.
    Failed,
}

/// Where a refusal is known from.
#[derive(Clone, Copy)]
struct Origin {
    source: &'static str,
    date: &'static str,
    certainty: Certainty,
    note: &'static str,
}

impl Origin {
    /// A response recorded from S3.
    const RECORDED: Self = Self::documented(
        "response recorded from S3, GitHub localstack/localstack 8b9a79f0, \
         tests/aws/services/s3/test_s3.snapshot.json",
        "2026-02-21",
    );

    /// The user guide's page on 403 errors.
    const FORBIDDEN: Self = Self::documented(
        "Amazon S3 User Guide, \"Troubleshoot access denied (403 Forbidden) errors\"",
        "2026-04-13",
    );

    const fn documented(source: &'static str, date: &'static str) -> Self {
        Self {
            source,
            date,
            certainty: Certainty::Documented,
            note: "",
        }
    }

    const fn assumed(source: &'static str, date: &'static str, note: &'static str) -> Self {
        Self {
            source,
            date,
            certainty: Certainty::Assumed,
            note,
        }
    }

    const fn note(self, note: &'static str) -> Self {
        Self { note, ..self }
    }
}

/// What the kinds of errors have in common.
///
/// # Source
/// Billing: Amazon S3 User Guide, "Billing for Amazon S3 error responses", read 2026-04-13. S3 does
/// not bill 5xx, nor the 400s `InvalidArgument`, `InvalidRequest`,
/// `InvalidEncryptionAlgorithmError` and `KMS.*`; it bills `AccessDenied` to callers of the owner's
/// account or organisation.
impl Refusal {
    /// A malformed request.
    const fn rejected(
        [id, when]: [&'static str; 2],
        code: &'static str,
        message: &'static str,
        origin: Origin,
    ) -> Self {
        Self {
            id,
            when,
            status: 400,
            code,
            message,
            kind: ErrorKind::ClientError,
            outcome: Outcome::Rejected,
            billed: false,
            source: origin.source,
            date: origin.date,
            certainty: origin.certainty,
            note: origin.note,
        }
    }

    /// A request that may not be.
    const fn denied(names: [&'static str; 2], message: &'static str, origin: Origin) -> Self {
        Self {
            status: 403,
            outcome: Outcome::Denied,
            billed: true,
            ..Self::rejected(names, "AccessDenied", message, origin)
        }
    }

    /// A key that cannot be used; not the request's fault.
    const fn key_unusable(
        names: [&'static str; 2],
        code: &'static str,
        message: &'static str,
        origin: Origin,
    ) -> Self {
        Self {
            outcome: Outcome::Denied,
            ..Self::rejected(names, code, message, origin)
        }
    }

    /// A fault that may pass.
    const fn failed(
        names: [&'static str; 2],
        status: u16,
        code: &'static str,
        message: &'static str,
        origin: Origin,
    ) -> Self {
        Self {
            status,
            kind: ErrorKind::of_status(status),
            outcome: Outcome::Failed,
            ..Self::rejected(names, code, message, origin)
        }
    }

    /// A throttle.
    const fn throttled(
        names: [&'static str; 2],
        status: u16,
        code: &'static str,
        message: &'static str,
        origin: Origin,
    ) -> Self {
        Self {
            status,
            kind: if status == 503 {
                ErrorKind::Throttling503
            } else {
                ErrorKind::Throttling400
            },
            outcome: Outcome::Throttled,
            ..Self::rejected(names, code, message, origin)
        }
    }
}

impl Refusal {
    /// All of them, by what they are about: SSE-C, headers and policies, keys, throttles,
    /// faults.
    pub const ALL: &[&Self] = &[
        &Self::SSE_C_BLOCKED,
        &Self::SSE_C_OVER_HTTP,
        &Self::SSE_C_WITH_ENCRYPTION,
        &Self::SSE_C_NO_ALGORITHM,
        &Self::SSE_C_ALGORITHM,
        &Self::SSE_C_NO_KEY,
        &Self::SSE_C_NO_MD5,
        &Self::SSE_C_MD5,
        &Self::SSE_C_KEY_LENGTH,
        &Self::SSE_C_KEY_NEEDED,
        &Self::SSE_C_WRONG_KEY,
        &Self::SSE_C_NOT_APPLICABLE,
        &Self::SSE_C_PART,
        &Self::SSE_C_PART_KEY,
        &Self::POLICY_DENIED,
        &Self::ACCESS_DENIED,
        &Self::ENCRYPTION_HEADER,
        &Self::ENCRYPTION_HEADER_ELSEWHERE,
        &Self::KEY_ID_WITHOUT_KMS,
        &Self::CONTEXT_HEADER,
        &Self::SSE_KMS_SIGNATURE,
        &Self::SSE_KMS_OVER_HTTP,
        &Self::DEFAULT_KEY_ID_WITHOUT_KMS,
        &Self::KMS_KEY_ID,
        &Self::KMS_KEY_REGION,
        &Self::KMS_KEY_NOT_FOUND,
        &Self::KMS_ACCESS_DENIED,
        &Self::KMS_KEY_USAGE,
        &Self::KMS_KEY_DISABLED,
        &Self::KMS_KEY_PENDING_DELETION,
        &Self::KMS_KEY_PENDING_IMPORT,
        &Self::KMS_SLOW_DOWN,
        &Self::PREFIX_SLOW_DOWN,
        &Self::KMS_THROTTLING,
        &Self::KEY_STORE_SLOW_DOWN,
        &Self::KEY_STORE_THROTTLING,
        &Self::KEY_STORE_TIMEOUT_OF_S3,
        &Self::KEY_STORE_TIMEOUT,
        &Self::KMS_FAULT,
        &Self::KMS_KEY_UNAVAILABLE,
        &Self::KMS_INTERNAL,
        &Self::KMS_DEPENDENCY_TIMEOUT,
    ];

    /// The message with its names filled in: pairs such as `("{key}", "arn:aws:kms:…")`.
    #[must_use]
    pub fn message_with(&self, names: &[(&str, &str)]) -> String {
        let mut message = String::with_capacity(self.message.len());
        let mut rest = self.message;
        while let Some(at) = rest.find('{') {
            message.push_str(&rest[..at]);
            rest = &rest[at..];
            let found = names.iter().find(|(name, _)| rest.starts_with(name));
            let (name, value) = found.copied().unwrap_or(("{", "{"));
            message.push_str(value);
            rest = &rest[name.len()..];
        }
        message + rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: the table can be read by name, and says for each row where it comes from and why what
    // is assumed is.
    // Method: every row against every other, and its fields.
    #[test]
    fn every_row_has_a_name_of_its_own_a_source_and_a_reason() {
        for (index, refusal) in Refusal::ALL.iter().enumerate() {
            assert!(
                Refusal::ALL[..index].iter().all(|it| it != refusal),
                "{} stands twice",
                refusal.id
            );
            assert!(!refusal.source.is_empty() && !refusal.date.is_empty());
            assert!(!refusal.code.is_empty() && !refusal.message.is_empty());
            if refusal.certainty == Certainty::Assumed {
                assert!(!refusal.note.is_empty(), "{}: why?", refusal.id);
            }
        }
    }

    // Goal: what S3 bills is what its guide says.
    // Method: the rule of the guide over every row that S3 answers itself.
    #[test]
    fn s3_bills_access_denied_to_its_own_and_nothing_else() {
        for refusal in Refusal::ALL {
            let owners = refusal != &&Refusal::ACCESS_DENIED;
            let denied = refusal.code == "AccessDenied";
            assert_eq!(denied, refusal.status == 403, "{}", refusal.id);
            assert_eq!(refusal.billed, denied && owners, "{}", refusal.id);
        }
    }

    // Goal: names go where the message has them, and text in names is never read again.
    // Method: a message with three names, one of which looks like a name itself.
    #[test]
    fn names_are_filled_in_once() {
        let names = [
            ("{caller}", "{resource}"),
            ("{action}", "s3:PutObject"),
            ("{resource}", "arn:aws:s3:::b/k"),
        ];
        assert_eq!(
            Refusal::POLICY_DENIED.message_with(&names),
            "User: {resource} is not authorized to perform: s3:PutObject on resource: \
             \"arn:aws:s3:::b/k\" with an explicit deny in a resource-based policy"
        );
        assert_eq!(
            Refusal::KMS_KEY_ID.message_with(&[]),
            "Invalid keyId '{key}'"
        );
    }
}
