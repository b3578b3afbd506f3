use keystorm_sim::Span;

/// In what the SDKs' rate limiters differ; the arithmetic is the same.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LimiterRules {
    /// Whether the bucket fills from the start, at 1 token per second up to 1 (botocore), or from
    /// the first answer on.
    pub fills_from_start: bool,
    /// Where measuring and CUBIC begin.
    pub origin: Origin,
    /// Whether rates are rounded to 8 decimals on their way (JavaScript).
    pub rounds_rates: bool,
    /// A wait for a token is rounded up to a multiple of this.
    pub wait_unit: Span,
    /// Who gets the tokens that come.
    pub waking: Waking,
}

/// Where a limiter's first window and its CUBIC curve begin.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Origin {
    /// The window at the last whole second of its clock, the curve when the limiter is made.
    WholeSecond,
    /// Both when the limiter is made (Ruby).
    Creation,
    /// Both at the beginning of its clock, which Java starts with the machine: the first window
    /// measures next to nothing, and until the first throttle twice what is measured is allowed.
    LongAgo,
}

/// How requests that wait for a token get on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Waking {
    /// Each has a timer, and every answer wakes the one that has waited longest, which looks again:
    /// who comes at the right time overtakes.
    ByAnswers,
    /// Each has a timer and nothing else.
    ByTimers,
    /// First come, first served.
    InOrder,
}

impl LimiterRules {
    /// botocore.
    ///
    /// # Source
    /// botocore 1.44.5, `retries/adaptive.py`, `retries/bucket.py` and `retries/throttling.py`,
    /// read 2026-11-24.
    pub const BOTOCORE: Self = Self {
        fills_from_start: true,
        origin: Origin::WholeSecond,
        rounds_rates: false,
        wait_unit: Span::from_nanos(1),
        waking: Waking::ByAnswers,
    };

    /// Rust and Go.
    ///
    /// # Source
    /// GitHub smithy-lang/smithy-rs 56ee88c5, `client_rate_limiter.rs`, and aws/aws-sdk-go-v2
    /// c213f660, `aws/retry/adaptive_ratelimit.go`, read 2026-11-24.
    pub const RUST_AND_GO: Self = Self {
        fills_from_start: false,
        waking: Waking::ByTimers,
        ..Self::BOTOCORE
    };

    /// JavaScript.
    ///
    /// # Source
    /// GitHub smithy-lang/smithy-typescript 57c1967c, `util-retry/DefaultRateLimiter.ts`, read
    /// 2026-11-26.
    pub const JAVASCRIPT: Self = Self {
        rounds_rates: true,
        ..Self::RUST_AND_GO
    };

    /// Ruby.
    ///
    /// # Source
    /// GitHub aws/aws-sdk-ruby 03a3f543, `plugins/retries/client_rate_limiter.rb`, read 2026-11-26.
    pub const RUBY: Self = Self {
        origin: Origin::Creation,
        ..Self::RUST_AND_GO
    };

    /// Java.
    ///
    /// # Source
    /// GitHub aws/aws-sdk-java-v2 561a696a, `internal/ratelimiter/RateLimiterTokenBucket.java`,
    /// read 2026-11-26.
    pub const JAVA: Self = Self {
        origin: Origin::LongAgo,
        wait_unit: Span::from_millis(1),
        waking: Waking::InOrder,
        ..Self::RUST_AND_GO
    };
}
