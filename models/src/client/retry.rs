use keystorm_sim::draw::uniform_span;
use keystorm_sim::{Rng, Span};

/// What went wrong with an attempt, as the SDKs classify it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ErrorKind {
    /// A throttle, by its error code: `SlowDown`, `ThrottlingException`.
    ThrottlingError,
    /// A fault that may pass: 500, 502, 503, 504, time-outs.
    TransientError,
    /// The client's fault: never tried again.
    ClientError,
}

/// When a client tries a failed call again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RetryRules {
    /// Never.
    None,
    /// The SDKs' standard mode, rule set 2.1.
    ///
    /// # Source
    /// botocore 1.44.5, `retries/standard.py` and `retries/quota.py`, read 2026-11-24.
    Standard {
        /// Attempts of a call in all, the first included; 3 by default.
        attempts_max: u8,
    },
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

/// Tokens that retries cost; one bucket for each SDK client object.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RetryQuota {
    tokens: u16,
}

impl RetryQuota {
    /// Tokens at the start, and at most.
    pub const CAPACITY: u16 = 500;

    /// A full bucket.
    #[must_use]
    pub fn full() -> Self {
        Self {
            tokens: Self::CAPACITY,
        }
    }

    /// Tokens held.
    #[must_use]
    pub fn tokens(self) -> u16 {
        self.tokens
    }

    /// A bucket that holds nothing.
    #[must_use]
    pub fn empty() -> Self {
        Self { tokens: 0 }
    }

    /// Tokens that a success gives back: what the call's last retry cost, or 1 if it had none.
    #[inline]
    #[must_use]
    pub fn refund(last_cost: Option<u16>) -> u16 {
        last_cost.unwrap_or(1)
    }

    /// Gives tokens back. What several calls give back can come in any order, or as one sum, as
    /// long as nothing is taken in between.
    #[inline]
    pub fn give_back(&mut self, tokens: u16) {
        self.tokens = (self.tokens + tokens).min(Self::CAPACITY);
    }

    fn take(&mut self, cost: u16) -> bool {
        let enough = self.tokens >= cost;
        if enough {
            self.tokens -= cost;
        }
        enough
    }
}

/// Longest back-off.
const BACK_OFF_MAX: Span = Span::from_secs(20);

impl RetryRules {
    /// Decides what follows failed attempt number `attempt` (1 for the first).
    ///
    /// The order of tests is the SDK's: attempts left, error retryable, quota, and only then is the
    /// back-off drawn. A call that fails for the number of its attempts costs no tokens.
    pub fn decide(
        self,
        error: ErrorKind,
        attempt: u8,
        quota: &mut RetryQuota,
        rng: &mut Rng,
    ) -> Decision {
        let Self::Standard { attempts_max } = self else {
            return Decision::GiveUp(GiveUp::AttemptsMax);
        };
        if attempt >= attempts_max {
            return Decision::GiveUp(GiveUp::AttemptsMax);
        }
        let (base, cost) = match error {
            ErrorKind::ThrottlingError => (Span::from_secs(1), 5),
            ErrorKind::TransientError => (Span::from_millis(50), 14),
            ErrorKind::ClientError => return Decision::GiveUp(GiveUp::NotRetryable),
        };
        if !quota.take(cost) {
            return Decision::GiveUp(GiveUp::RetryQuota);
        }
        Decision::Retry {
            back_off: uniform_span(rng, back_off_max(base, attempt)),
            cost,
        }
    }
}

/// Longest back-off after attempt number `attempt`: doubles each time, up to [`BACK_OFF_MAX`].
fn back_off_max(base: Span, attempt: u8) -> Span {
    let doublings = u32::from(attempt - 1).min(32);
    Span::from_nanos((base.nanos() << doublings).min(BACK_OFF_MAX.nanos()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use keystorm_sim::Streams;

    const RULES: RetryRules = RetryRules::Standard { attempts_max: 5 };

    fn rng() -> Rng {
        Streams::new(1, 0).key("back-off", 0).rng()
    }

    // Goal: the ladder and the costs are those of rule set 2.1.
    // Method: the longest back-offs after each attempt, and the tokens after a call's four retries
    // (numbers of the published vectors of aws-sdk-go-v2 and botocore, case "ladder").
    #[test]
    fn ladder_and_costs_are_those_of_rule_set_2_1() {
        let longest = |base, attempt| back_off_max(Span::from_millis(base), attempt).nanos();
        assert_eq!(
            [1, 2, 3, 4].map(|a| longest(50, a)),
            [50, 100, 200, 400].map(|ms| ms * 1_000_000)
        );
        assert_eq!(
            [1, 2, 5, 6, 9].map(|a| longest(1_000, a) / 1_000_000_000),
            [1, 2, 16, 20, 20]
        );
        let mut quota = RetryQuota::full();
        for (attempt, left) in [(1, 486), (2, 472), (3, 458), (4, 444)] {
            let decision = RULES.decide(ErrorKind::TransientError, attempt, &mut quota, &mut rng());
            assert!(matches!(decision, Decision::Retry { cost: 14, .. }));
            assert_eq!(quota.tokens(), left);
        }
        let last = RULES.decide(ErrorKind::TransientError, 5, &mut quota, &mut rng());
        assert_eq!(last, Decision::GiveUp(GiveUp::AttemptsMax));
        assert_eq!(quota.tokens(), 444);
    }

    // Goal: an empty quota stops retries without a partial charge; success refunds the last cost.
    // Method: throttles (5 each) drain 500 tokens in 100 retries; then one success after a retry.
    #[test]
    fn an_empty_quota_stops_retries() {
        let mut quota = RetryQuota::full();
        let mut rng = rng();
        for _ in 0..100 {
            let decision = RULES.decide(ErrorKind::ThrottlingError, 1, &mut quota, &mut rng);
            assert!(matches!(decision, Decision::Retry { cost: 5, .. }));
        }
        let refused = RULES.decide(ErrorKind::ThrottlingError, 1, &mut quota, &mut rng);
        assert_eq!(refused, Decision::GiveUp(GiveUp::RetryQuota));
        quota.give_back(RetryQuota::refund(Some(5)));
        assert_eq!(quota.tokens(), 5);
        quota.give_back(RetryQuota::refund(None));
        assert_eq!(quota.tokens(), 6);
        quota.give_back(RetryQuota::refund(Some(500)));
        assert_eq!(quota.tokens(), RetryQuota::CAPACITY);
    }

    // Goal: what never passes is never tried again.
    // Method: a client error with attempts left, and rules that allow one attempt.
    #[test]
    fn client_errors_and_no_rules_give_up() {
        let mut quota = RetryQuota::full();
        let error = RULES.decide(ErrorKind::ClientError, 1, &mut quota, &mut rng());
        assert_eq!(error, Decision::GiveUp(GiveUp::NotRetryable));
        let none = RetryRules::None.decide(ErrorKind::ThrottlingError, 1, &mut quota, &mut rng());
        assert_eq!(none, Decision::GiveUp(GiveUp::AttemptsMax));
        assert_eq!(quota.tokens(), RetryQuota::CAPACITY);
    }
}
