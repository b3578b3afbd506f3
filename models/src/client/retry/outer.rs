use super::ErrorKind;
use keystorm_sim::draw::uniform_span;
use keystorm_sim::{Rng, Span};

/// Retries of a program around its SDK: what it does when the SDK has given a call up.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct OuterRetry {
    /// For answers with status 503, with or without a code.
    pub throttles: OuterClass,
    /// For everything else that is tried again.
    pub others: OuterClass,
}

/// What follows one class of errors.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct OuterClass {
    /// Calls after the first, at most.
    pub retries_max: u8,
    /// A quarter to three quarters of the first wait's longest: wait number *k*, from 0, is this
    /// times 2^(*k* + 1), times a number that is uniform between 0.5 and 1.5. There is no cap.
    pub interval: Span,
}

impl OuterRetry {
    /// Hadoop S3A: settings `fs.s3a.retry.throttle.limit` and `.interval`, `fs.s3a.retry.limit` and
    /// `.interval`.
    ///
    /// # Source
    /// GitHub apache/hadoop, `S3ARetryPolicy.java` 03093582, `RetryPolicies.java` 105cadb4 and
    /// `core-default.xml`, whose 100 ms for throttles stand for the 500 ms of `Constants.java`;
    /// read 2026-11-24.
    pub const S3A: Self = Self {
        throttles: OuterClass {
            retries_max: 20,
            interval: Span::from_millis(100),
        },
        others: OuterClass {
            retries_max: 7,
            interval: Span::from_millis(500),
        },
    };

    /// The wait until the next call of the SDK after it gave up with an error of `kind`, `retries`
    /// calls after the first; `None` if the request fails. Status 400 fails at once.
    pub fn decide(&self, kind: ErrorKind, retries: u8, rng: &mut Rng) -> Option<Span> {
        let class = match kind {
            ErrorKind::Throttling503 | ErrorKind::Unavailable503 => self.throttles,
            ErrorKind::Internal500
            | ErrorKind::ServerError
            | ErrorKind::TimeOut
            | ErrorKind::ConnectionError => self.others,
            ErrorKind::Throttling400
            | ErrorKind::RequestTimeout
            | ErrorKind::LimitExceeded
            | ErrorKind::ClientError => return None,
        };
        (retries < class.retries_max).then(|| {
            let doublings = u32::from(retries).min(32);
            let half = class.interval.nanos().saturating_mul(1 << doublings);
            Span::from_nanos(half) + uniform_span(rng, Span::from_nanos(half.saturating_mul(2)))
        })
    }
}
