use super::{ErrorKind, LimiterRules, RetryQuota};
use keystorm_sim::Span;

/// When a client tries a failed call again, after what time, and what it costs: the parameters in
/// which the SDKs differ.
///
/// [`RetryRules::of`] has those of the SDKs; any others can be made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RetryRules {
    /// Attempts of a call in all, the first included.
    pub attempts_max: u8,
    /// What follows each kind of error, in the order of [`ErrorKind::ALL`].
    pub classes: [ClassRules; ErrorKind::COUNT],
    /// Longest back-off; [`Self::NO_CAP`] for none.
    pub back_off_max: Span,
    /// Whether a back-off that would be longer than the longest is exactly that, without jitter
    /// (Go).
    pub is_unjittered_at_cap: bool,
    /// Back-offs are rounded down to multiples of this: 1 ns, or 1 ms where an SDK counts in
    /// milliseconds.
    pub unit: Span,
    /// What becomes of `x-amz-retry-after`.
    pub retry_after: RetryAfter,
    /// Tokens of the retry quota at the start, and at most.
    pub quota_capacity: u16,
    /// Whether a quota that holds too little gives what is left for a retry, and refuses when it
    /// holds nothing (CRT).
    pub takes_what_is_left: bool,
    /// Tokens that a success without a retry gives back.
    pub reward: u8,
    /// Whether a success after retries gives the reward back beside what its last retry cost
    /// (older Go).
    pub is_reward_extra: bool,
    /// What the SDK looks at first.
    pub first_test: FirstTest,
    /// The limiter of the client's sending rate, in adaptive mode.
    pub limiter: Option<LimiterRules>,
    /// Who shares one quota, and one limiter.
    pub scope: StateScope,
}

/// What follows one kind of error.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ClassRules {
    /// Whether it is tried again at all.
    pub retried: bool,
    /// Whether the client rate limiter sees a throttle.
    pub is_throttle: bool,
    /// Tokens of the retry quota that a retry costs.
    pub cost: u8,
    /// How the back-off is drawn.
    pub jitter: Jitter,
    /// Longest back-off after the first attempt; doubles with each further one.
    pub base: Span,
}

/// How a back-off is drawn, given the longest one *d*.
///
/// # Source
/// AWS Architecture Blog, "Exponential Backoff And Jitter", and
/// aws-samples/aws-arch-backoff-simulator 66cb1692, `src/backoff_simulator.py`, read 2026-11-24.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Jitter {
    /// Not at all: *d*.
    None,
    /// Uniform between 0 and *d*.
    Full,
    /// *d*/2 and uniform between 0 and *d*/2; Java calls it half jitter.
    Equal,
    /// Uniform between the base and three times the back-off before, up to the cap.
    Decorrelated,
}

/// What becomes of an answer's `x-amz-retry-after`, which asks for a back-off.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RetryAfter {
    /// Nothing.
    Ignored,
    /// It is followed, but is never shorter than the back-off drawn, nor longer by more than this.
    Within(Span),
    /// It replaces what is drawn, up to a longest.
    Instead {
        /// The longest.
        at_most: Span,
    },
}

/// What an SDK looks at first after a failed attempt. It makes a difference only to the reason why
/// the last attempt's error is the call's.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FirstTest {
    /// Whether attempts are left.
    Attempts,
    /// Whether errors of the kind are tried again.
    Kind,
}

/// Who shares one retry quota, and one rate limiter.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum StateScope {
    /// All calls of one SDK client object.
    Client,
    /// All clients of one process that call the same service in the same Region.
    Process,
}

impl ClassRules {
    /// Not tried again.
    pub const NEVER: Self = Self {
        retried: false,
        is_throttle: false,
        cost: 0,
        jitter: Jitter::None,
        base: Span::ZERO,
    };

    /// Tried again with full jitter below `base`, at `cost` tokens.
    #[must_use]
    pub const fn retried(base: Span, cost: u8) -> Self {
        Self {
            retried: true,
            is_throttle: false,
            cost,
            jitter: Jitter::Full,
            base,
        }
    }

    /// The same for what the SDK takes for a throttle.
    #[must_use]
    pub const fn throttle(base: Span, cost: u8) -> Self {
        Self {
            is_throttle: true,
            ..Self::retried(base, cost)
        }
    }
}

impl RetryRules {
    /// For [`Self::back_off_max`]: there is none.
    pub const NO_CAP: Span = Span::from_nanos(u64::MAX);

    /// Never.
    pub const NONE: Self = Self {
        attempts_max: 1,
        classes: [ClassRules::NEVER; ErrorKind::COUNT],
        back_off_max: Self::NO_CAP,
        is_unjittered_at_cap: false,
        unit: Span::from_nanos(1),
        retry_after: RetryAfter::Ignored,
        quota_capacity: RetryQuota::CAPACITY,
        takes_what_is_left: false,
        reward: 0,
        is_reward_extra: false,
        first_test: FirstTest::Attempts,
        limiter: None,
        scope: StateScope::Client,
    };

    /// Rules of one's own: every error but the client's is tried again alike, `class` says how.
    ///
    /// The blog's experiment doubles before it waits: its base of 5 ms is one of 10 ms here, but
    /// for [`Jitter::Decorrelated`], where it is 5 ms.
    #[must_use]
    pub const fn free(attempts_max: u8, class: ClassRules, back_off_max: Span) -> Self {
        let throttle = ClassRules {
            is_throttle: true,
            ..class
        };
        Self {
            attempts_max,
            classes: classes(throttle, class),
            back_off_max,
            reward: if class.cost > 0 { 1 } else { 0 },
            ..Self::NONE
        }
    }

    /// The same with another number of attempts.
    #[must_use]
    pub const fn with_attempts(self, attempts_max: u8) -> Self {
        Self {
            attempts_max,
            ..self
        }
    }

    /// What follows one kind of error.
    #[inline]
    #[must_use]
    pub const fn class(&self, kind: ErrorKind) -> &ClassRules {
        &self.classes[kind.index()]
    }

    /// The retry quota at the start: full.
    #[must_use]
    pub const fn quota(&self) -> RetryQuota {
        RetryQuota::with_capacity(self.quota_capacity)
    }

    /// Tokens that a call's success gives back; `last_cost` is what its last retry cost, if it had
    /// one.
    #[inline]
    #[must_use]
    pub fn refund(&self, last_cost: Option<u16>) -> u16 {
        let reward = u16::from(self.reward);
        match last_cost {
            None => reward,
            Some(cost) if self.is_reward_extra => cost + reward,
            Some(cost) => cost.max(reward),
        }
    }

    /// The same rules but for one kind of error.
    #[must_use]
    pub(super) const fn with(mut self, kind: ErrorKind, class: ClassRules) -> Self {
        self.classes[kind.index()] = class;
        self
    }
}

/// Classes of which throttles are those with a throttle's code, and `LimitExceededException`, and
/// client errors are never tried again.
pub(super) const fn classes(
    throttle: ClassRules,
    other: ClassRules,
) -> [ClassRules; ErrorKind::COUNT] {
    let mut classes = [other; ErrorKind::COUNT];
    classes[ErrorKind::Throttling400.index()] = throttle;
    classes[ErrorKind::Throttling503.index()] = throttle;
    classes[ErrorKind::LimitExceeded.index()] = throttle;
    classes[ErrorKind::ClientError.index()] = ClassRules::NEVER;
    classes
}
