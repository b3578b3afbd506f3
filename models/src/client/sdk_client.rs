use super::{LimiterRules, RateLimiter, RetryQuota, RetryRules, Waking};
use keystorm_sim::{Span, Time};
use std::collections::VecDeque;

/// An SDK client object for one service: what the calls of all that share it have in common.
#[derive(Clone, Debug)]
pub struct SdkClient {
    /// Tokens that retries cost.
    pub retry_quota: RetryQuota,
    /// In adaptive mode.
    pub send_limit: Option<Box<SendLimit>>,
    /// A connection that was set up has left a TLS session, which the next can resume.
    pub tls_session: bool,
}

impl SdkClient {
    /// A client made at t = 0, when its clock is `clock_phase` past a whole second.
    #[must_use]
    pub fn new(rules: &RetryRules, clock_phase: Span) -> Self {
        let limit = |rules| Box::new(SendLimit::new(rules, clock_phase));
        Self {
            retry_quota: rules.quota(),
            send_limit: rules.limiter.map(limit),
            tls_session: false,
        }
    }
}

/// A client's rate limiter, and the requests that wait to be let through.
///
/// A request that must wait joins with the instant at which it looks again
/// ([`wait`](Self::wait)). It is due then, or earlier if an answer wakes it
/// ([`answered`](Self::answered)); whoever comes while there is a token overtakes it, unless the
/// SDK serves in order. Of an instant that has been overtaken by a waking, [`is_due`](Self::is_due)
/// says so.
#[derive(Clone, Debug)]
pub struct SendLimit {
    rate: RateLimiter,
    waking: Waking,
    /// Requests by the caller's number, each with the instant at which it looks again, in the order
    /// of their coming.
    waiting: VecDeque<(u32, Time)>,
    /// Those that have been woken and have not looked yet.
    woken: VecDeque<u32>,
}

impl SendLimit {
    fn new(rules: LimiterRules, clock_phase: Span) -> Self {
        Self {
            rate: RateLimiter::new(Time::ZERO, clock_phase, rules),
            waking: rules.waking,
            waiting: VecDeque::new(),
            woken: VecDeque::new(),
        }
    }

    /// The limiter itself.
    #[must_use]
    pub fn rate(&self) -> &RateLimiter {
        &self.rate
    }

    /// An attempt wants to go out at `now`: at once, or at the instant returned it may look again;
    /// [`Time::NEVER`] if others are before it.
    ///
    /// # Errors
    /// That instant.
    pub fn ask(&mut self, now: Time) -> Result<(), Time> {
        if self.waking == Waking::InOrder && !self.waiting.is_empty() {
            return Err(Time::NEVER);
        }
        self.rate.acquire(now).map_err(|wait| now + wait)
    }

    /// A request that was not let through waits to look again at `at`.
    pub fn wait(&mut self, request: u32, at: Time) {
        self.waiting.push_back((request, at));
    }

    /// Whether the request looks now; it then does not wait any more.
    pub fn is_due(&mut self, request: u32, now: Time) -> bool {
        if let Some(place) = self.woken.iter().position(|&it| it == request) {
            self.woken.remove(place);
            return true;
        }
        let place = self.waiting.iter().position(|&it| it == (request, now));
        place.and_then(|it| self.waiting.remove(it)).is_some()
    }

    /// A request that was due looks again, as [`ask`](Self::ask).
    ///
    /// # Errors
    /// The instant at which it looks again: it waits for that, before all others if the SDK serves
    /// in order.
    pub fn ask_again(&mut self, request: u32, now: Time) -> Result<(), Time> {
        let answer = self.rate.acquire(now).map_err(|wait| now + wait);
        if let Err(at) = answer {
            match self.waking {
                Waking::InOrder => self.waiting.push_front((request, at)),
                Waking::ByAnswers | Waking::ByTimers => self.wait(request, at),
            }
        }
        answer
    }

    /// A request that waited has been let through: the one that looks now, if the SDK serves in
    /// order.
    pub fn next_in_order(&mut self) -> Option<u32> {
        if self.waking != Waking::InOrder {
            return None;
        }
        self.wake_first()
    }

    /// An attempt's answer has arrived: the request that looks now, if an answer wakes one.
    pub fn answered(&mut self, now: Time, throttled: bool) -> Option<u32> {
        self.rate.answered(now, throttled);
        if self.waking != Waking::ByAnswers {
            return None;
        }
        self.wake_first()
    }

    fn wake_first(&mut self) -> Option<u32> {
        let (request, _) = self.waiting.pop_front()?;
        self.woken.push_back(request);
        Some(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A limiter that is held at half a request per second by a throttle in its first window, with
    /// the token that it had taken.
    fn held(rules: LimiterRules) -> SendLimit {
        let mut limit = SendLimit::new(rules, Span::ZERO);
        assert_eq!(limit.answered(Time::ZERO, true), None);
        limit
    }

    const fn at(millis: u64) -> Time {
        Time::from_millis(millis)
    }

    // Goal: who waits looks again at its own time, or when an answer wakes it, longest first; a
    // time that has been overtaken says nothing.
    // Method: botocore's limiter at 0.5/s, two requests that wait for the first token, one answer.
    #[test]
    fn an_answer_wakes_the_one_that_has_waited_longest() {
        let mut limit = held(LimiterRules::BOTOCORE);
        let first = limit.ask(at(0)).unwrap_err();
        limit.wait(7, first);
        let second = limit.ask(at(100)).unwrap_err();
        assert_eq!((first, second), (at(2_000), at(2_000)));
        limit.wait(8, second);
        assert_eq!(limit.answered(at(200), false), Some(7));
        assert!(limit.is_due(7, at(200)));
        let again = limit.ask_again(7, at(200)).unwrap_err();
        assert!(again > at(200) && again < Time::NEVER);
        assert!(again == first || !limit.is_due(7, first), "overtaken");
        assert_eq!(limit.answered(at(300), true), Some(8));
    }

    // Goal: where the SDK serves in order, nobody overtakes, and only the first has a time.
    // Method: Java's limiter, three requests; the first is let through.
    #[test]
    fn java_serves_in_order() {
        let mut limit = held(LimiterRules::JAVA);
        let first = limit.ask(at(0)).unwrap_err();
        assert_eq!(first, at(2_000));
        limit.wait(1, first);
        for request in [2, 3] {
            assert_eq!(limit.ask(at(1_000)), Err(Time::NEVER));
            limit.wait(request, Time::NEVER);
        }
        assert!(limit.is_due(1, first));
        assert_eq!(limit.ask_again(1, first), Ok(()));
        assert_eq!(limit.next_in_order(), Some(2));
        assert!(limit.is_due(2, first));
        assert_eq!(limit.ask_again(2, first), Err(at(4_000)));
        assert_eq!(limit.ask(first), Err(Time::NEVER));
        assert!(limit.is_due(2, at(4_000)));
    }
}
