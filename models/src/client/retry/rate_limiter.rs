use super::{LimiterRules, Origin};
use keystorm_sim::{Span, Time};

/// The adaptive mode's limiter of a client's sending rate: a token bucket whose rate follows a
/// CUBIC curve, cut by throttles and grown by every other answer.
///
/// One for each SDK client object. Each attempt takes one token; until the first throttle the
/// limiter only measures and lets everything pass. Who waits for a token, and who is woken by an
/// answer, is the caller's business ([`Waking`](super::Waking)).
///
/// Rates are the SDK's floats. Tokens are integers, so that no rounding decides who gets the next.
///
/// # Source
/// botocore 1.44.5, `retries/adaptive.py`, `retries/bucket.py` and `retries/throttling.py`, read
/// 2026-11-24; a judge replays both.
#[derive(Clone, Debug, PartialEq)]
pub struct RateLimiter {
    rules: LimiterRules,
    /// What the limiter's clock shows at t = 0.
    clock_at_zero: Span,
    is_enabled: bool,
    curve: Curve,
    meter: Meter,
    bucket: Bucket,
}

/// CUBIC's curve since the last throttle.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Curve {
    /// Rate at the last throttle \[1/s\].
    rate_max: f64,
    /// Time from the throttle to where the curve has come back to that rate \[s\].
    pub(super) return_time: f64,
    /// When the last throttle was, by the limiter's clock.
    throttled_at: Time,
}

/// The client's measured sending rate.
#[derive(Clone, Debug, PartialEq)]
struct Meter {
    /// Smoothed \[1/s\].
    rate: f64,
    /// Answers since the window began.
    count: u32,
    /// When the window began, by the limiter's clock.
    window: Time,
}

/// Tokens, in units so small that the rates' rounding to them is below 10^-11.
#[derive(Clone, Debug, PartialEq)]
struct Bucket {
    /// Tokens that come \[1/s\].
    rate: f64,
    /// The same \[units/ns\].
    units_per_ns: u64,
    units: u128,
    units_max: u128,
    /// By the limiter's clock; `None` before the first time.
    filled_at: Option<Time>,
}

/// A rate is multiplied by this after a throttle.
const BETA: f64 = 0.7;
/// Steepness of the curve \[1/s^4\].
const SCALE: f64 = 0.4;
/// Weight of the last window in the measured rate.
const SMOOTHING: f64 = 0.8;
/// Length of the windows in which the rate is measured; they begin at multiples of it.
const WINDOW: Span = Span::from_millis(500);
/// Lowest rate at which tokens come \[1/s\].
const RATE_MIN: f64 = 0.5;
/// Fewest tokens that the bucket can hold.
const CAPACITY_MIN: f64 = 1.0;
/// Highest rate, as a multiple of the measured one.
const GROWTH_MAX: f64 = 2.0;

/// What the limiters' clocks show when a run begins, and the phase is 0: enough for
/// [`Origin::LongAgo`], and whole windows.
const CLOCK: Span = Span::from_secs(3_600);

impl RateLimiter {
    /// A limiter made at `now`. `phase`, below 1 s, is what the client's wall clock is past a whole
    /// second at t = 0: windows begin at its half seconds.
    #[must_use]
    pub fn new(now: Time, phase: Span, rules: LimiterRules) -> Self {
        let clock_at_zero = CLOCK + phase;
        let clock = now + clock_at_zero;
        let (window, throttled_at) = match rules.origin {
            Origin::WholeSecond => (Time::from_secs(clock.second()), clock),
            Origin::Creation => (clock, clock),
            Origin::LongAgo => (Time::ZERO, Time::ZERO),
        };
        let mut bucket = Bucket {
            rate: 0.0,
            units_per_ns: 0,
            units: 0,
            units_max: 0,
            filled_at: rules.fills_from_start.then_some(clock),
        };
        bucket.set_rate(if rules.fills_from_start {
            1.0
        } else {
            RATE_MIN
        });
        Self {
            rules,
            clock_at_zero,
            is_enabled: false,
            curve: Curve::begin(throttled_at),
            meter: Meter {
                rate: 0.0,
                count: 0,
                window,
            },
            bucket,
        }
    }

    /// An attempt takes a token.
    ///
    /// # Errors
    /// If there is none: the time until there is one unless the rate changes or somebody else takes
    /// it; at least 1 ns.
    pub fn acquire(&mut self, now: Time) -> Result<(), Span> {
        if !self.is_enabled {
            return Ok(());
        }
        self.bucket.fill(now + self.clock_at_zero);
        let Some(missing) = self.bucket.take() else {
            return Ok(());
        };
        let unit = u128::from(self.rules.wait_unit.nanos().max(1));
        let units = missing.div_ceil(u128::from(self.bucket.units_per_ns) * unit) * unit;
        Err(Span::from_nanos(u64::try_from(units).unwrap_or(u64::MAX)))
    }

    /// An attempt's answer arrives, of whatever kind, or its connection fails. `throttled` is what
    /// the rules say of its kind ([`ClassRules::is_throttle`](super::ClassRules::is_throttle)); all
    /// others count as successes.
    pub fn answered(&mut self, now: Time, throttled: bool) {
        let clock = now + self.clock_at_zero;
        let measured = self.meter.record(clock, &self.rules);
        let rate = if throttled {
            let rate = if self.is_enabled {
                measured.min(self.bucket.rate)
            } else {
                measured
            };
            self.is_enabled = true;
            self.curve.cut(rate, clock, &self.rules)
        } else {
            self.curve.at(clock, &self.rules)
        };
        self.bucket.fill(clock);
        self.bucket.set_rate(rate.min(GROWTH_MAX * measured));
    }

    /// Whether a throttle has been seen: only then are attempts held back.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        self.is_enabled
    }

    /// Attempts that it allows \[1/s\].
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.bucket.rate
    }

    /// The client's measured rate \[1/s\].
    #[must_use]
    pub fn measured_rate(&self) -> f64 {
        self.meter.rate
    }

    /// Tokens held when somebody last asked.
    #[must_use]
    pub fn tokens(&self) -> f64 {
        self.bucket.units as f64 / Bucket::TOKEN as f64
    }

    /// Most tokens that it holds.
    #[must_use]
    pub fn tokens_max(&self) -> f64 {
        self.bucket.units_max as f64 / Bucket::TOKEN as f64
    }
}

impl Curve {
    /// A curve from 0 on.
    pub(super) fn begin(clock: Time) -> Self {
        Self {
            rate_max: 0.0,
            return_time: 0.0,
            throttled_at: clock,
        }
    }

    /// A throttle at `rate`: the rate that is allowed now.
    pub(super) fn cut(&mut self, rate: f64, clock: Time, rules: &LimiterRules) -> f64 {
        self.rate_max = rate;
        self.return_time = rounded(libm::cbrt(rate * (1.0 - BETA) / SCALE), rules);
        self.throttled_at = clock;
        rounded(rate * BETA, rules)
    }

    /// The rate that is allowed without a throttle.
    pub(super) fn at(&self, clock: Time, rules: &LimiterRules) -> f64 {
        let time = clock.since(self.throttled_at).as_secs_f64() - self.return_time;
        rounded(SCALE * (time * time * time) + self.rate_max, rules)
    }
}

impl Meter {
    /// Counts an answer: the measured rate, which changes with the first of a window.
    fn record(&mut self, clock: Time, rules: &LimiterRules) -> f64 {
        self.count += 1;
        let window = Time::from_nanos(clock.nanos() - clock.nanos() % WINDOW.nanos());
        if window > self.window {
            let last = f64::from(self.count) / (window - self.window).as_secs_f64();
            self.rate = rounded(last * SMOOTHING + self.rate * (1.0 - SMOOTHING), rules);
            self.count = 0;
            self.window = window;
        }
        self.rate
    }
}

impl Bucket {
    /// Units per nanosecond that are one token per second.
    const UNITS: f64 = (1_u64 << 40) as f64;
    /// Units of one token.
    const TOKEN: u128 = (1 << 40) * Self::NANOS_PER_S;
    const NANOS_PER_S: u128 = 1_000_000_000;

    fn fill(&mut self, clock: Time) {
        if let Some(filled_at) = self.filled_at {
            let nanos = u128::from(clock.since(filled_at).nanos());
            let units = self.units + nanos * u128::from(self.units_per_ns);
            self.units = units.min(self.units_max);
        }
        self.filled_at = Some(clock);
    }

    /// Takes a token; what is missing for it if there is none.
    fn take(&mut self) -> Option<u128> {
        match self.units.checked_sub(Self::TOKEN) {
            Some(rest) => {
                self.units = rest;
                None
            }
            None => Some(Self::TOKEN - self.units),
        }
    }

    fn set_rate(&mut self, rate: f64) {
        self.rate = rate.max(RATE_MIN);
        self.units_per_ns = in_units(self.rate);
        self.units_max = u128::from(in_units(rate.max(CAPACITY_MIN))) * Self::NANOS_PER_S;
        self.units = self.units.min(self.units_max);
    }
}

/// A rate or a number of tokens in units; saturates at 2^24 a second.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "whole, positive, and saturating"
)]
fn in_units(value: f64) -> u64 {
    libm::round(value * Bucket::UNITS) as u64
}

/// Rounds to 8 decimals where the SDK does.
fn rounded(value: f64, rules: &LimiterRules) -> f64 {
    if rules.rounds_rates {
        libm::round(value * 1e8) / 1e8
    } else {
        value
    }
}
