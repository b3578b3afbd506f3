use super::ErrorKind;
use crate::{Certainty, Sourced};
use keystorm_sim::draw::uniform_span;
use keystorm_sim::{Rng, Span};
use std::borrow::Cow;

/// Retries of a program around its SDK: what it does when the SDK has given a call up. Each is a
/// new call of the SDK, whose attempts are counted anew.
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
    /// Attempts of each call of the SDK under [`Self::S3A`], which asks Java's SDK for adaptive
    /// mode and 5 retries (`fs.s3a.attempts.maximum`); its rule set is 2.0.
    pub const S3A_ATTEMPTS: u8 = 6;

    /// Hadoop S3A: settings `fs.s3a.retry.throttle.limit` and `.interval`, `fs.s3a.retry.limit` and
    /// `.interval`. [`Self::s3a`] says where from.
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

    /// [`Self::S3A`] with its source.
    #[must_use]
    pub fn s3a() -> Sourced<Self> {
        Sourced {
            value: Self::S3A,
            source: Cow::Borrowed(
                "GitHub apache/hadoop, S3ARetryPolicy.java 03093582, RetryPolicies.java 105cadb4",
            ),
            date: Cow::Borrowed("2026-11-24"),
            certainty: Certainty::Documented,
            note: Cow::Borrowed(
                "intervals of core-default.xml, which stand for the 500 ms that Constants.java has \
                 for throttles",
            ),
        }
    }

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
