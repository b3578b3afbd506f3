use super::other_load::Caller;
use super::{OtherLoad, QuotaSteps};
use keystorm_sim::blocks::{FixedWindow, TickBucket, TokenBucket};
use keystorm_sim::{NANOS_PER_S, Span, Time};

/// How KMS limits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LimiterKind {
    /// A counter per one-second interval, as documented: when it reaches the quota, every further
    /// call is refused until the interval ends.
    FixedWindow,
    /// Tokens that accrue continuously at the quota's rate, up to a burst.
    TokenBucket {
        /// Most tokens; one second's worth without it.
        burst: Option<u64>,
    },
    /// Tokens that come at every multiple of a period, up to a burst.
    Tick {
        /// Time from tick to tick.
        period: Span,
        /// Most tokens; one tick's worth without it.
        burst: Option<u64>,
    },
}

/// What a refused call does to the limiter.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Refused {
    /// Nothing.
    Free,
    /// It takes what is left of a token. Only a token bucket has parts of one: in a fixed window
    /// and between ticks nothing is left when a call is refused, so nothing changes.
    Counted,
}

/// How KMS limits, with everything that AWS does not publish.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// The kind of limiter.
    pub kind: LimiterKind,
    /// When intervals or ticks begin, after full seconds of the clock; below a second.
    pub phase: Span,
    /// What a refused call does.
    pub refused: Refused,
}

impl Default for Limits {
    /// As documented; intervals begin at full seconds of the clock, refused calls are free.
    fn default() -> Self {
        Self {
            kind: LimiterKind::FixedWindow,
            phase: Span::ZERO,
            refused: Refused::Free,
        }
    }
}

/// The limiter of a quota, and the other load on it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Limiter {
    Window(FixedWindow),
    Tokens(TokenBucket, Caller),
    Ticks(TickBucket, Caller),
}

const WINDOW: Span = Span::from_secs(1);

impl LimiterKind {
    /// The limiter of a quota \[1/s\].
    pub(super) fn limiter(self, quota_per_s: u64) -> Limiter {
        let burst = self.burst(quota_per_s);
        match self {
            Self::FixedWindow => Limiter::Window(FixedWindow::new(quota_per_s, WINDOW)),
            Self::TokenBucket { .. } => {
                Limiter::Tokens(TokenBucket::new(quota_per_s, burst), Caller::default())
            }
            Self::Tick { period, .. } => {
                let per_tick = per_tick(quota_per_s, period);
                let bucket = TickBucket::new(per_tick, period, burst);
                Limiter::Ticks(bucket, Caller::default())
            }
        }
    }

    /// Changes the quota of a limiter of this kind.
    pub(super) fn change(self, limiter: &mut Limiter, now: Time, quota_per_s: u64) {
        let burst = self.burst(quota_per_s);
        match (limiter, self) {
            (Limiter::Ticks(bucket, _), Self::Tick { period, .. }) => {
                // A tick at the instant of the change is one of the new ones.
                let before = Time::from_nanos(now.nanos().saturating_sub(1));
                bucket.set_refill(before, per_tick(quota_per_s, period), burst);
            }
            (Limiter::Tokens(bucket, _), _) => bucket.set_rate(now, quota_per_s, burst),
            (Limiter::Window(window), _) => window.set_quota(quota_per_s),
            (Limiter::Ticks(..), _) => {}
        }
    }

    /// Most tokens at a time.
    #[must_use]
    pub fn burst(self, quota_per_s: u64) -> u64 {
        match self {
            Self::FixedWindow => quota_per_s,
            Self::TokenBucket { burst } => burst.unwrap_or(quota_per_s),
            Self::Tick { period, burst } => burst.unwrap_or(per_tick(quota_per_s, period)),
        }
    }

    /// A quota of `steps` whose ticks do not add whole tokens, if there is one \[1/s\].
    #[must_use]
    pub fn has_parts(self, steps: &QuotaSteps) -> Option<u64> {
        let Self::Tick { period, .. } = self else {
            return None;
        };
        let has_parts = |quota: u64| {
            !(u128::from(quota) * u128::from(period.nanos())).is_multiple_of(NANOS_PER_S.into())
        };
        let quotas = steps.changes().iter().map(|step| step.1);
        [steps.first()]
            .into_iter()
            .chain(quotas)
            .find(|&it| has_parts(it))
    }
}

/// Tokens of one tick.
fn per_tick(quota_per_s: u64, period: Span) -> u64 {
    let tokens = u128::from(quota_per_s) * u128::from(period.nanos()) / u128::from(NANOS_PER_S);
    u64::try_from(tokens).unwrap_or(u64::MAX)
}

impl Limiter {
    /// Lets the other load ask for everything up to `now` (with `shift` added to the clock of
    /// ticks). A window counts it when it is asked.
    #[inline]
    pub(super) fn others_until(
        &mut self,
        now: Time,
        shift: Span,
        other: &OtherLoad,
        refused: Refused,
    ) {
        match self {
            Self::Window(_) => {}
            Self::Tokens(bucket, caller) => {
                while let Some(at) = caller.next(now, other) {
                    ask_tokens(bucket, at, refused);
                }
            }
            Self::Ticks(bucket, caller) => {
                while let Some(at) = caller.next(now, other) {
                    let _ = bucket.ask(at + shift);
                }
            }
        }
    }
}

/// Asks a bucket: `true` if it grants.
#[inline]
pub(super) fn ask_tokens(bucket: &mut TokenBucket, now: Time, refused: Refused) -> bool {
    let granted = bucket.ask(now);
    if !granted && refused == Refused::Counted {
        bucket.empty();
    }
    granted
}
