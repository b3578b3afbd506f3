//! Limiters in whole tokens. They refuse and forget: what a refused one does next is the model's.

use crate::{NANOS_PER_S, Span, Time};

/// Tokens that accrue continuously at a rate, up to a burst; each grant takes one.
///
/// Exact: parts of a token are kept in billionths, no rounding at any rate.
///
/// # Example
/// ```
/// use keystorm_sim::blocks::TokenBucket;
/// use keystorm_sim::{Span, Time};
///
/// let mut bucket = TokenBucket::new(10, 2);
/// assert!(bucket.ask(Time::ZERO) && bucket.ask(Time::ZERO));
/// assert!(!bucket.ask(Time::from_millis(99)));
/// assert_eq!(bucket.wait(Time::from_millis(99)), Span::from_millis(1));
/// assert!(bucket.ask(Time::from_millis(100)));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct TokenBucket {
    rate_per_s: u64,
    /// Tokens held and at most held, in billionths: exact for a whole number of nanoseconds.
    level: u64,
    level_max: u64,
    refilled_at: Time,
}

impl TokenBucket {
    /// A full bucket of `burst` tokens (up to 10^10) that refills at `rate_per_s` \[1/s\].
    #[must_use]
    pub fn new(rate_per_s: u64, burst: u64) -> Self {
        let level_max = burst.saturating_mul(NANOS_PER_S);
        Self {
            rate_per_s,
            level: level_max,
            level_max,
            refilled_at: Time::ZERO,
        }
    }

    /// Takes a token at `now`: `true` if there was one.
    #[inline]
    pub fn ask(&mut self, now: Time) -> bool {
        self.refill(now);
        let granted = self.level >= NANOS_PER_S;
        self.level -= if granted { NANOS_PER_S } else { 0 };
        granted
    }

    /// From `now` on refills at `rate_per_s` \[1/s\], up to `burst` tokens.
    pub fn set_rate(&mut self, now: Time, rate_per_s: u64, burst: u64) {
        self.refill(now);
        self.rate_per_s = rate_per_s;
        self.level_max = burst.saturating_mul(NANOS_PER_S);
        self.level = self.level.min(self.level_max);
    }

    /// Takes what is left, parts of a token included.
    #[inline]
    pub fn empty(&mut self) {
        self.level = 0;
    }

    /// How long after `now` there is a token, if none is taken before; the longest [`Span`] if
    /// there never is.
    #[must_use]
    pub fn wait(mut self, now: Time) -> Span {
        self.refill(now);
        match NANOS_PER_S.saturating_sub(self.level) {
            0 => Span::ZERO,
            _ if self.rate_per_s == 0 || self.level_max < NANOS_PER_S => Span::from_nanos(u64::MAX),
            short => Span::from_nanos(short.div_ceil(self.rate_per_s)),
        }
    }

    #[inline]
    fn refill(&mut self, now: Time) {
        let refill = now
            .since(self.refilled_at)
            .nanos()
            .saturating_mul(self.rate_per_s);
        self.level = self.level.saturating_add(refill).min(self.level_max);
        self.refilled_at = now;
    }
}

/// Tokens that come in ticks: at every multiple of a period, so many, up to a burst.
///
/// Whoever asks at the instant of a tick finds its tokens.
///
/// # Example
/// ```
/// use keystorm_sim::blocks::TickBucket;
/// use keystorm_sim::{Span, Time};
///
/// let mut bucket = TickBucket::new(1, Span::from_millis(100), 2);
/// assert!(bucket.ask(Time::ZERO) && bucket.ask(Time::from_millis(50)));
/// assert!(!bucket.ask(Time::from_millis(99)));
/// assert!(bucket.ask(Time::from_millis(100)));
/// assert!(!bucket.ask(Time::from_millis(199)));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct TickBucket {
    per_tick: u64,
    period: Span,
    burst: u64,
    tokens: u64,
    next_tick: Time,
}

impl TickBucket {
    /// A full bucket of `burst` tokens, to which `per_tick` are added at every multiple of
    /// `period`.
    ///
    /// # Panics
    /// If `period` is zero.
    #[must_use]
    pub fn new(per_tick: u64, period: Span, burst: u64) -> Self {
        assert!(period > Span::ZERO, "ticks take time");
        Self {
            per_tick,
            period,
            burst,
            tokens: burst,
            next_tick: Time::ZERO + period,
        }
    }

    /// From `now` on each tick adds `per_tick` tokens, up to `burst`.
    pub fn set_refill(&mut self, now: Time, per_tick: u64, burst: u64) {
        self.refill(now);
        self.per_tick = per_tick;
        self.burst = burst;
        self.tokens = self.tokens.min(burst);
    }

    /// Takes a token at `now`: `true` if there was one.
    #[inline]
    pub fn ask(&mut self, now: Time) -> bool {
        self.refill(now);
        let granted = self.tokens > 0;
        self.tokens -= u64::from(granted);
        granted
    }

    #[inline]
    fn refill(&mut self, now: Time) {
        if now >= self.next_tick {
            let late = (now - self.next_tick).nanos() % self.period.nanos();
            let ticks = 1 + (now - self.next_tick).nanos() / self.period.nanos();
            let refill = ticks.saturating_mul(self.per_tick);
            self.tokens = self.tokens.saturating_add(refill).min(self.burst);
            self.next_tick = Time::from_nanos(now.nanos() - late) + self.period;
        }
    }
}

/// A quota for each window of time: when it is used up, everything is refused until the window
/// ends. Windows begin at multiples of their length; refusals are not counted.
///
/// # Example
/// ```
/// use keystorm_sim::blocks::FixedWindow;
/// use keystorm_sim::{Span, Time};
///
/// let mut window = FixedWindow::new(2, Span::from_secs(1));
/// let at = [0, 10, 999, 1_000].map(Time::from_millis);
/// assert_eq!(at.map(|now| window.ask(now)), [true, true, false, true]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct FixedWindow {
    quota: u64,
    length: Span,
    begins: Time,
    ends: Time,
    granted: u64,
}

impl FixedWindow {
    /// A quota of `quota` for each window of `length`.
    ///
    /// # Panics
    /// If `length` is zero.
    #[must_use]
    pub fn new(quota: u64, length: Span) -> Self {
        assert!(length > Span::ZERO, "windows take time");
        Self {
            quota,
            length,
            begins: Time::ZERO,
            ends: Time::ZERO + length,
            granted: 0,
        }
    }

    /// Grants up to `quota` in this window, what it has granted included, and in those after it.
    pub fn set_quota(&mut self, quota: u64) {
        self.quota = quota;
    }

    /// Asks at `now`: `true` if it is granted.
    #[inline]
    pub fn ask(&mut self, now: Time) -> bool {
        self.ask_beside(now, |_| 0)
    }

    /// Asks at `now` for several tokens: `true` if all are granted, else none is taken.
    #[inline]
    pub fn ask_for(&mut self, now: Time, tokens: u64) -> bool {
        let spare = tokens.saturating_sub(1);
        let granted = self.ask_beside(now, |_| spare);
        self.granted += if granted { spare } else { 0 };
        granted
    }

    /// Asks at `now`, beside other load that is not simulated one by one: `others` says how much of
    /// the quota it has taken, given the time since the window began. It must not take less later.
    #[inline]
    pub fn ask_beside(&mut self, now: Time, others: impl FnOnce(Span) -> u64) -> bool {
        if now >= self.ends {
            let since = now.nanos() % self.length.nanos();
            self.begins = Time::from_nanos(now.nanos() - since);
            self.ends = self.begins + self.length;
            self.granted = 0;
        }
        let taken = self.granted.saturating_add(others(now.since(self.begins)));
        let granted = taken < self.quota;
        self.granted += u64::from(granted);
        granted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // Goal: a bucket that can never grant says so, instead of a time that is wrong.
    // Method: no rate, no burst; and a full bucket, which needs no wait.
    #[test]
    fn hopeless_waits_are_endless() {
        let mut empty = TokenBucket::new(0, 1);
        assert_eq!(empty.wait(Time::ZERO), Span::ZERO);
        assert!(empty.ask(Time::ZERO));
        assert_eq!(empty.wait(Time::ZERO), Span::from_nanos(u64::MAX));
        assert_eq!(
            TokenBucket::new(5, 0).wait(Time::ZERO),
            Span::from_nanos(u64::MAX)
        );
    }

    // Goal: a call that weighs more takes more, and all or nothing.
    // Method: calls that weigh 3 against 8 in a window.
    #[test]
    fn several_tokens_are_granted_at_once_or_not_at_all() {
        let mut window = FixedWindow::new(8, Span::from_secs(1));
        let now = Time::from_millis(500);
        assert_eq!(
            [3, 3, 3, 2, 1].map(|n| window.ask_for(now, n)),
            [true, true, false, true, false]
        );
        assert!(window.ask_for(Time::from_secs(1), 8));
    }

    // Goal: a limit that changes counts from the instant of the change, and tokens held beyond a
    // smaller burst are lost.
    // Method: each kind of limiter, used up or full, before and after a change.
    #[test]
    fn limits_change_when_they_are_told_to() {
        let grants = |mut ask: Box<dyn FnMut() -> bool>| (0..100).filter(|_| ask()).count();
        let now = Time::from_millis(500);
        let mut bucket = TokenBucket::new(10, 10);
        bucket.empty();
        bucket.set_rate(now, 100, 3);
        assert_eq!(grants(Box::new(move || bucket.ask(now))), 3);
        assert_eq!(
            grants(Box::new(move || bucket.ask(Time::from_millis(520)))),
            3
        );
        let mut ticks = TickBucket::new(1, Span::from_millis(100), 9);
        ticks.set_refill(now, 4, 8);
        assert_eq!(grants(Box::new(move || ticks.ask(now))), 8);
        assert!((0..8).all(|_| ticks.ask(now)) && !ticks.ask(now));
        assert_eq!(
            grants(Box::new(move || ticks.ask(Time::from_millis(600)))),
            4
        );
        let mut window = FixedWindow::new(2, Span::from_secs(1));
        assert!(window.ask(now) && window.ask(now) && !window.ask(now));
        window.set_quota(5);
        assert_eq!(grants(Box::new(move || window.ask(now))), 3);
    }

    proptest! {
        // Goal: no stretch of time grants more than burst plus refill, and a wait is exact.
        // Method: random rates and instants in order; each refusal is asked again at the instant
        // that the wait names, and a nanosecond before, on a copy.
        #[test]
        fn bucket_grants_what_has_accrued(
            (rate_per_s, burst) in (1_u64..2_000_000_000, 1_u64..20),
            gaps in prop::collection::vec(0_u64..2_000_000_000, 1..100),
        ) {
            let mut bucket = TokenBucket::new(rate_per_s, burst);
            let (mut now, mut granted) = (Time::ZERO, 0_u128);
            for gap in gaps {
                now += Span::from_nanos(gap / rate_per_s.isqrt());
                if bucket.ask(now) {
                    granted += 1;
                } else {
                    let wait = bucket.wait(now);
                    let (mut early, mut late) = (bucket, bucket);
                    prop_assert!(!early.ask(now + Span::from_nanos(wait.nanos() - 1)));
                    prop_assert!(late.ask(now + wait));
                }
                let accrued = u128::from(now.nanos()) * u128::from(rate_per_s);
                let most = u128::from(burst) + accrued / u128::from(NANOS_PER_S);
                prop_assert!(granted <= most);
            }
        }

        // Goal: ticks and windows come at multiples of their period, however rarely one asks.
        // Method: random instants in order, against counting from the definition; a bucket whose
        // burst is its tick is a window.
        #[test]
        fn ticks_and_windows_come_on_time(
            (quota, period) in (1_u64..5, 1_u64..50),
            gaps in prop::collection::vec(0_u64..60, 1..200),
        ) {
            let length = Span::from_nanos(period);
            let mut window = FixedWindow::new(quota, length);
            let mut ticks = TickBucket::new(quota, length, quota);
            let (mut now, mut index, mut granted) = (0, 0, 0);
            for gap in gaps {
                now += gap;
                if now / period != index {
                    (index, granted) = (now / period, 0);
                }
                let expected = granted < quota;
                granted += u64::from(expected);
                prop_assert_eq!(window.ask(Time::from_nanos(now)), expected);
                prop_assert_eq!(ticks.ask(Time::from_nanos(now)), expected);
            }
        }
    }
}
