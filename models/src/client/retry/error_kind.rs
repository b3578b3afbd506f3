/// What went wrong with an attempt: the classes of answers that at least one SDK tells apart.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum ErrorKind {
    /// A throttle by its code, with status 400: `ThrottlingException` of KMS, or of S3 in its older
    /// form.
    Throttling400,
    /// A throttle by its code, with status 503: `SlowDown` of S3.
    Throttling503,
    /// Status 503 without a throttle's code: `ServiceUnavailable`, or an answer without a body, as
    /// every HEAD gets it.
    Unavailable503,
    /// Status 500.
    Internal500,
    /// Status 502 or 504.
    ServerError,
    /// Code `RequestTimeout` with status 400: the service waited for the request in vain.
    RequestTimeout,
    /// Code `LimitExceededException` with status 400: more grants than a key can have, say. No time
    /// heals it, but most SDKs take it for a throttle.
    LimitExceeded,
    /// Connecting, or waiting for an answer, took too long.
    TimeOut,
    /// The connection failed in another way.
    ConnectionError,
    /// Any other answer with status 3xx or 4xx.
    ClientError,
}

impl ErrorKind {
    /// How many there are.
    pub const COUNT: usize = 10;

    /// All of them, in order.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Throttling400,
        Self::Throttling503,
        Self::Unavailable503,
        Self::Internal500,
        Self::ServerError,
        Self::RequestTimeout,
        Self::LimitExceeded,
        Self::TimeOut,
        Self::ConnectionError,
        Self::ClientError,
    ];

    /// What an SDK sees if the answer has no body, as with a HEAD: the status alone. A throttle
    /// then does not look like one.
    #[must_use]
    pub const fn without_body(self) -> Self {
        match self {
            Self::Throttling503 => Self::Unavailable503,
            Self::Throttling400 | Self::RequestTimeout | Self::LimitExceeded => Self::ClientError,
            other => other,
        }
    }

    /// Place in [`Self::ALL`].
    #[inline]
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The kind of an answer with `status` that is neither a throttle by its code nor one of the
    /// client errors that SDKs know by their code.
    #[must_use]
    pub const fn of_status(status: u16) -> Self {
        match status {
            500 => Self::Internal500,
            503 => Self::Unavailable503,
            501.. => Self::ServerError,
            _ => Self::ClientError,
        }
    }
}
