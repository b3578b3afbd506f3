//! Credits for moving more than the baseline.
use keystorm_sim::{NANOS_PER_S, Span, Time};

/// What a link may move beyond its baseline: a token bucket of bytes.
///
/// It is filled at the baseline rate, used or not; what is moved is taken out of it. While it holds
/// something the link has its burst rate, and when it is empty what comes in. So a full bucket
/// allows a burst of `size / (burst − baseline)` seconds, and one that was empty allows, after a
/// pause R, a burst of R · baseline / (burst − baseline).
///
/// Inbound and outbound traffic have a bucket each.
///
/// # Source
/// Amazon EC2 User Guide, "Amazon EC2 instance network bandwidth": credits are earned below the
/// baseline, all are there at launch, in and out are separate, and a burst is "best effort": this
/// model always grants it. How well the law holds:
/// [`tables::instance_link`](crate::tables::instance_link).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BurstRules {
    /// What fills the bucket \[bytes/s\].
    pub baseline_per_s: u64,
    /// What the link moves at most while the bucket holds something \[bytes/s\].
    pub burst_per_s: u64,
    /// What filling brings the bucket to \[bytes\].
    pub size: u64,
    /// What it holds at the start \[bytes\]; may be more than `size`, and then once only.
    pub start: u64,
    /// How it is filled.
    pub refill: Refill,
}

/// How a bucket of credits is filled.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Refill {
    /// All the time, as on EC2: an empty link still moves its baseline.
    Steadily,
    /// At once for so much time, at its multiples, as in Lambda: an empty link moves nothing until
    /// then.
    Every(Span),
}

/// A bucket's state.
#[derive(Clone, Debug)]
pub(super) struct Credits {
    rules: BurstRules,
    /// Held \[bytes · ns\], so that rates per second fill and empty it exactly.
    level: u128,
    at: Time,
}

impl Credits {
    pub(super) fn new(rules: BurstRules) -> Self {
        Self {
            rules,
            level: u128::from(rules.start) * u128::from(NANOS_PER_S),
            at: Time::ZERO,
        }
    }

    /// Bytes held at the last advance, rounded down.
    pub(super) fn bytes(&self) -> u64 {
        u64::try_from(self.level / u128::from(NANOS_PER_S)).unwrap_or(u64::MAX)
    }

    /// Since the last time the link moved `used_per_s`; fills never come late where
    /// [`Self::changes_at`] is kept to.
    pub(super) fn advance(&mut self, now: Time, used_per_s: u64) {
        let lasted = u128::from(now.since(self.at).nanos());
        let BurstRules { baseline_per_s, .. } = self.rules;
        match self.rules.refill {
            Refill::Steadily if used_per_s <= baseline_per_s => {
                self.fill(u128::from(baseline_per_s - used_per_s) * lasted);
            }
            Refill::Steadily => {
                self.level = self
                    .level
                    .saturating_sub(u128::from(used_per_s - baseline_per_s) * lasted);
            }
            Refill::Every(every) => {
                self.level = self.level.saturating_sub(u128::from(used_per_s) * lasted);
                let every = every.nanos().max(1);
                let fills = now.nanos() / every - self.at.nanos() / every;
                if fills > 0 {
                    self.fill(u128::from(baseline_per_s) * u128::from(every) * u128::from(fills));
                }
            }
        }
        self.at = self.at.max(now);
    }

    /// What the link may move now, if it is asked for `wanted_per_s`.
    pub(super) fn capacity(&self, wanted_per_s: u64) -> u64 {
        let BurstRules {
            baseline_per_s,
            burst_per_s,
            refill,
            ..
        } = self.rules;
        match refill {
            _ if self.level > 0 => burst_per_s,
            Refill::Steadily if wanted_per_s <= baseline_per_s => burst_per_s,
            Refill::Steadily => baseline_per_s,
            Refill::Every(_) => 0,
        }
    }

    /// When the capacity may change if the link goes on moving `used_per_s`, out of what is
    /// wanted of it: `waits` if somebody does.
    pub(super) fn changes_at(&self, used_per_s: u64, waits: bool) -> Time {
        let empty_after = |rate: u64| {
            let nanos = self.level.div_ceil(u128::from(rate));
            let nanos = u64::try_from(nanos).unwrap_or(u64::MAX);
            Time::from_nanos(self.at.nanos().saturating_add(nanos))
        };
        match self.rules.refill {
            Refill::Steadily => match used_per_s.checked_sub(self.rules.baseline_per_s) {
                Some(rate @ 1..) if self.level > 0 => empty_after(rate),
                _ => Time::NEVER,
            },
            Refill::Every(_) if !waits => Time::NEVER,
            Refill::Every(every) => {
                let every = every.nanos().max(1);
                let fills = (self.at.nanos() / every + 1).saturating_mul(every);
                let fills = Time::from_nanos(fills);
                if used_per_s == 0 || self.level == 0 {
                    fills
                } else {
                    fills.min(empty_after(used_per_s))
                }
            }
        }
    }

    fn fill(&mut self, by: u128) {
        let size = u128::from(self.rules.size) * u128::from(NANOS_PER_S);
        if self.level < size {
            self.level = (self.level + by).min(size);
        }
    }
}
