use super::limiter::{Limiter, ask_tokens};
use super::{LimiterKind, Limits, OtherLoad, QuotaSteps};
use keystorm_sim::{NANOS_PER_S, Span, Time};

/// The quota of symmetric cryptographic requests of one account in one Region.
///
/// By default a counter per one-second interval: when it reaches the quota, every further call is
/// refused until the interval ends. Refused calls are not counted (not published: assumed).
/// Intervals begin at full seconds of the wall clock (not published: assumed), as a run does.
/// [`Limits`] has the other ways in which AWS might do it.
///
/// The account's other load comes evenly spaced; its calls are counted the same way, in whole
/// calls, without an event for each.
///
/// # Source
/// AWS KMS Developer Guide, "Request quotas" and "Throttling AWS KMS requests"; AWS General
/// Reference, AWS KMS quotas; all read 2026.
#[derive(Clone, Debug)]
pub struct RequestQuota {
    limiter: Limiter,
    other: OtherLoad,
    /// Added to the clock, so that intervals and ticks begin at their phase.
    shift: Span,
    /// When the quota changes next.
    next_change: Time,
    changed: usize,
    limits: Limits,
    steps: QuotaSteps,
}

impl RequestQuota {
    /// A quota beside other load.
    #[must_use]
    pub fn new(steps: QuotaSteps, other: OtherLoad, limits: Limits) -> Self {
        // A token bucket has no intervals.
        let shift = match limits.kind {
            LimiterKind::TokenBucket { .. } => 0,
            LimiterKind::FixedWindow | LimiterKind::Tick { .. } => {
                NANOS_PER_S - 1 - (limits.phase.nanos() + NANOS_PER_S - 1) % NANOS_PER_S
            }
        };
        Self {
            limiter: limits.kind.limiter(steps.first()),
            other,
            shift: Span::from_nanos(shift),
            next_change: steps.changes().first().map_or(Time::NEVER, |step| step.0),
            changed: 0,
            limits,
            steps,
        }
    }

    /// A call at `now`: `true` if it is granted.
    #[inline]
    pub fn ask(&mut self, now: Time) -> bool {
        if now >= self.next_change {
            self.change(now);
        }
        let (other, shift) = (&self.other, self.shift);
        if let Limiter::Window(window) = &mut self.limiter {
            // Whole calls of the other load so far in this interval. It only grows: what was
            // refused once stays refused to the end.
            return window.ask_beside(now + shift, |since| other.in_window(now, since));
        }
        self.ask_bucket(now)
    }

    #[inline(never)]
    fn ask_bucket(&mut self, now: Time) -> bool {
        let refused = self.limits.refused;
        self.limiter
            .others_until(now, self.shift, &self.other, refused);
        match &mut self.limiter {
            Limiter::Tokens(bucket, _) => ask_tokens(bucket, now, refused),
            Limiter::Ticks(bucket, _) => bucket.ask(now + self.shift),
            Limiter::Window(window) => window.ask(now),
        }
    }

    /// Makes the changes that are due at `now`.
    #[cold]
    fn change(&mut self, now: Time) {
        let Self {
            limiter,
            other,
            shift,
            limits,
            ..
        } = self;
        let changes = self.steps.changes();
        while let Some(&(at, quota_per_s)) = changes.get(self.changed).filter(|it| it.0 <= now) {
            limiter.others_until(at, *shift, other, limits.refused);
            limits.kind.change(limiter, at + *shift, quota_per_s);
            self.changed += 1;
        }
        let next = changes.get(self.changed);
        self.next_change = next.map_or(Time::NEVER, |step| step.0);
    }
}

#[cfg(test)]
mod tests;
