//! Faults of KMS, and what a custom key store adds.
use super::{Origin, Refusal};
use crate::client::ErrorKind;

/// The service model has the code and that it is the service's fault.
const MODEL: Origin = Origin::documented(
    "botocore 1.44.5, service model of KMS 2014-11-01",
    "2026-11",
)
.note("a fault of the service: 500 stands for its class; the text is a summary");

/// KMS's own error for a proxy that does not answer.
const PROXY: &str = "The external key store proxy did not respond to the request in the time \
                     allotted. Retry the request.";

impl Refusal {
    /// No answer at all: the attempt waited too long for one of the client's connections, or too
    /// many waited already. Not in [`Refusal::ALL`], which is what AWS answers.
    pub const NO_CONNECTION: Self = Self {
        kind: ErrorKind::TimeOut,
        ..Self::failed(
            [
                "no-connection",
                "an attempt that gets none of the client's connections",
            ],
            0,
            "ConnectionPoolTimeout",
            "timeout waiting for a connection from the client's pool",
            Origin::assumed(
                "keystorm's default",
                "2026-11-26",
                "the client's own error, tried again as a time-out",
            ),
        )
    };

    /// No answer in time: setting up the connection took longer than the client waits for it. Not
    /// in [`Refusal::ALL`].
    pub const CONNECT_TIME_OUT: Self = Self::timed_out(
        [
            "connect-time-out",
            "an attempt whose connection is not set up in time",
        ],
        "ConnectTimeout",
        "timeout while setting up a connection",
    );

    /// No answer in time: S3 or KMS was silent for longer than the client waits. What it was asked
    /// for it does nevertheless. Not in [`Refusal::ALL`].
    pub const READ_TIME_OUT: Self = Self::timed_out(
        ["read-time-out", "an attempt that is not answered in time"],
        "ReadTimeout",
        "timeout while waiting for an answer",
    );

    const fn timed_out(
        names: [&'static str; 2],
        code: &'static str,
        message: &'static str,
    ) -> Self {
        Self {
            id: names[0],
            when: names[1],
            code,
            message,
            ..Self::NO_CONNECTION
        }
    }

    /// Whether it is the client's own: it has not heard from who it asked.
    #[must_use]
    pub const fn is_of_client(&self) -> bool {
        self.status == 0
    }

    /// A custom key store's quota throttled the call that S3 made for the request.
    pub const KEY_STORE_SLOW_DOWN: Self = Self::throttled(
        [
            "key-store-slow-down",
            "a request to S3 whose KMS call its custom key store throttles",
        ],
        503,
        "SlowDown",
        "Please reduce your request rate for operations involving AWS KMS.",
        Origin::assumed(
            "keystorm's default",
            "2026-11-24",
            "no such answer was found: taken to be that for the account's quota",
        ),
    );

    /// A custom key store's quota throttled a call that the client made itself.
    pub const KEY_STORE_THROTTLING: Self = Self::throttled(
        [
            "key-store-throttling",
            "a client's own KMS call beyond the quota of its custom key store",
        ],
        400,
        "ThrottlingException",
        "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.",
        Origin::assumed(
            "AWS KMS Developer Guide, \"Throttling AWS KMS requests\"",
            "2026",
            "a store's quota throttles as well; the text is that for the account's quota",
        ),
    );

    /// The key is not available for the moment, at a client's own call.
    pub const KMS_KEY_UNAVAILABLE: Self = Self::failed(
        [
            "kms-key-unavailable",
            "a client's own KMS call while the key is not available",
        ],
        500,
        "KeyUnavailableException",
        "the KMS key is not available; the request can be tried again",
        MODEL,
    );

    /// KMS fails inside, at a client's own call.
    pub const KMS_INTERNAL: Self = Self::failed(
        [
            "kms-internal",
            "a client's own KMS call that fails inside KMS",
        ],
        500,
        "KMSInternalException",
        "an error inside KMS; the request can be tried again",
        MODEL,
    );

    /// What KMS depends on does not answer in time, at a client's own call.
    pub const KMS_DEPENDENCY_TIMEOUT: Self = Self::failed(
        [
            "kms-dependency-timeout",
            "a client's own KMS call for which KMS waits in vain",
        ],
        500,
        "DependencyTimeoutException",
        "the system timed out; the request can be tried again",
        MODEL,
    );

    /// KMS failed at the call that S3 made for the request.
    pub const KMS_FAULT: Self = Self::failed(
        [
            "kms-fault",
            "a request to S3 whose KMS call meets a fault of KMS",
        ],
        503,
        "ServiceUnavailable",
        "Service is unable to handle request.",
        Origin::assumed(
            "keystorm's default",
            "2026-11-24",
            "how S3 answers is not published: taken to be its own fault, which SDKs try again",
        ),
    );

    /// The proxy of an external key store did not answer KMS, at a client's own call. The SDKs do
    /// not try a 400 with this code again.
    pub const KEY_STORE_TIMEOUT: Self = Self {
        kind: ErrorKind::ClientError,
        ..Self::failed(
            [
                "key-store-timeout",
                "a client's own KMS call for which an external key store does not answer in time",
            ],
            400,
            "KMSInvalidStateException",
            PROXY,
            Origin::documented(
                "AWS KMS Developer Guide, \"Troubleshooting external key stores\"",
                "2023",
            ),
        )
    };

    /// The same at a call that S3 made for the request.
    pub const KEY_STORE_TIMEOUT_OF_S3: Self = Self {
        kind: ErrorKind::ClientError,
        ..Self::failed(
            [
                "key-store-timeout-of-s3",
                "a request to S3 for which an external key store does not answer in time",
            ],
            400,
            "KMS.KMSInvalidStateException",
            PROXY,
            Origin::assumed(
                "Amazon S3 API Reference, \"Error responses\"",
                "2026-04-13",
                "the list has the code; that S3 answers so, and with KMS's text, is assumed",
            ),
        )
    };
}
