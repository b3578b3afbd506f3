use super::{ClassRules, ErrorKind, FirstTest, Jitter, RetryAfter, RetryQuota, RetryRules};
use keystorm_sim::draw::{below, uniform_span};
use keystorm_sim::{Rng, Span};

/// An attempt that failed, as far as retries ask about it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Failure {
    /// What went wrong.
    pub kind: ErrorKind,
    /// Number of the attempt within its call, 1 for the first.
    pub attempt: u8,
    /// What the answer's `x-amz-retry-after` asks for, if it has one.
    pub retry_after: Option<Span>,
    /// The call's back-off before this attempt; zero before the first. Only
    /// [`Jitter::Decorrelated`] asks.
    pub last_back_off: Span,
}

impl Failure {
    /// Attempt number `attempt` failed, with an answer that says nothing of when to come back.
    #[must_use]
    pub const fn new(kind: ErrorKind, attempt: u8) -> Self {
        Self {
            kind,
            attempt,
            retry_after: None,
            last_back_off: Span::ZERO,
        }
    }
}

/// What a client does after a failed attempt.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Decision {
    /// It waits, then tries again; `cost` tokens were taken from the quota.
    Retry {
        /// Time until the next attempt begins.
        back_off: Span,
        /// Tokens taken.
        cost: u16,
    },
    /// The call fails.
    GiveUp(GiveUp),
}

/// Why a call is not tried again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum GiveUp {
    /// All attempts are used.
    AttemptsMax,
    /// The error is not one that passes.
    NotRetryable,
    /// The retry quota is empty.
    RetryQuota,
}

impl RetryRules {
    /// Decides what follows a failed attempt.
    ///
    /// The order of tests is the SDK's: attempts left and error retryable, quota, and only then is
    /// the back-off drawn, from one number of the stream. A call that fails for the number of its
    /// attempts or for its kind of error costs no tokens.
    pub fn decide(&self, failure: Failure, quota: &mut RetryQuota, rng: &mut Rng) -> Decision {
        let class = &self.classes[failure.kind.index()];
        let used_up = failure.attempt >= self.attempts_max;
        if used_up && (class.retried || self.first_test == FirstTest::Attempts) {
            return Decision::GiveUp(GiveUp::AttemptsMax);
        }
        if !class.retried {
            return Decision::GiveUp(GiveUp::NotRetryable);
        }
        let cost = u16::from(class.cost);
        let taken = if self.takes_what_is_left {
            quota.take_what_is_left(cost)
        } else {
            quota.take(cost)
        };
        let Some(cost) = taken else {
            return Decision::GiveUp(GiveUp::RetryQuota);
        };
        let drawn = self.drawn_back_off(class, failure, rng);
        let back_off = match (failure.retry_after, self.retry_after) {
            (None, _) | (_, RetryAfter::Ignored) => drawn,
            (Some(asked), RetryAfter::Within(extra)) => drawn.max(asked.min(drawn + extra)),
            (Some(asked), RetryAfter::Instead { at_most }) => asked.min(at_most),
        };
        Decision::Retry { back_off, cost }
    }

    /// The back-off that the SDK draws itself.
    fn drawn_back_off(&self, class: &ClassRules, failure: Failure, rng: &mut Rng) -> Span {
        let uncapped = uncapped(class.base, failure.attempt);
        if self.is_unjittered_at_cap && uncapped > self.back_off_max {
            return self.back_off_max;
        }
        let longest = uncapped.min(self.back_off_max);
        let drawn = match class.jitter {
            Jitter::None => longest,
            Jitter::Full => uniform_span(rng, longest),
            Jitter::Equal => {
                let half = self.floor(Span::from_nanos(longest.nanos() / 2));
                // Both ends can come out.
                half + uniform_span(rng, half + self.unit)
            }
            Jitter::Decorrelated => {
                let base = class.base.nanos();
                let last = failure.last_back_off.nanos().max(base);
                let drawn = base.saturating_add(below(rng, last.saturating_mul(3) - base));
                Span::from_nanos(drawn).min(self.back_off_max)
            }
        };
        self.floor(drawn)
    }

    /// Rounds down to what the SDK's timers count in.
    fn floor(&self, span: Span) -> Span {
        let nanos = span.nanos();
        Span::from_nanos(nanos - nanos % self.unit.nanos().max(1))
    }
}

/// Longest back-off after attempt number `attempt` where there is no cap: doubles each time.
fn uncapped(base: Span, attempt: u8) -> Span {
    let doublings = u32::from(attempt.saturating_sub(1)).min(32);
    Span::from_nanos(base.nanos().saturating_mul(1 << doublings))
}
