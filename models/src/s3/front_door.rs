use super::{Encryption, Refusal};
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

impl FrontDoor {
    /// Why S3 refuses every request with this operation, if it does.
    ///
    /// Reads of SSE-C objects still work on a bucket that blocks SSE-C.
    #[inline]
    #[must_use]
    pub fn refuses(&self, operation: Operation) -> Option<&'static Refusal> {
        match self.encryption {
            _ if !operation.touches_object() => None,
            Encryption::SseC if !self.https => Some(&Refusal::SSE_C_OVER_HTTP),
            Encryption::SseC if self.blocks_sse_c && operation.creates() => {
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
    use crate::s3::Outcome;

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
