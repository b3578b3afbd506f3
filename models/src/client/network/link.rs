use super::credits::{BurstRules, Credits};
use keystorm_sim::Time;
use keystorm_sim::blocks::Sharing;

/// What one direction of an instance's network can do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LinkRules {
    /// Always as much \[bytes/s\].
    Constant(u64),
    /// A baseline, and more as long as there are credits for it.
    Burst(BurstRules),
}

/// One direction of an instance's network: all transfers share it equally, each with at most what
/// its connection carries.
///
/// A change costs O(log n) for n transfers ([`Sharing`]). EC2 is full duplex, and an instance has
/// two links: what comes in takes nothing from what goes out.
///
/// # Time
/// The owner keeps a timer at [`first_change`](Self::first_change) and calls [`take`](Self::take)
/// then, whether a transfer has ended or only the capacity changes.
#[derive(Clone, Debug)]
pub struct Link<J> {
    sharing: Sharing<J>,
    job_max_per_s: u64,
    credits: Option<Credits>,
}

impl<J> Link<J> {
    /// An idle link whose connections carry at most `job_max_per_s` \[bytes/s\] each.
    ///
    /// # Panics
    /// If a rate is zero.
    #[must_use]
    pub fn new(rules: LinkRules, job_max_per_s: u64) -> Self {
        let (capacity, credits) = match rules {
            LinkRules::Constant(capacity) => (capacity, None),
            LinkRules::Burst(rules) => {
                assert!(rules.baseline_per_s > 0, "a baseline is positive");
                (rules.burst_per_s, Some(Credits::new(rules)))
            }
        };
        Self {
            sharing: Sharing::new(capacity, job_max_per_s),
            job_max_per_s,
            credits,
        }
    }

    /// A transfer of so many `bytes` begins.
    ///
    /// # Panics
    /// As [`Sharing::add`] does: a million transfers at once, or one of 9 PB.
    pub fn add(&mut self, now: Time, bytes: u64, job: J) {
        self.advance(now);
        self.sharing.add(now, bytes, job);
        self.set_capacity(now);
    }

    /// When the next transfer ends or the capacity changes, if none begins before;
    /// [`Time::NEVER`] if nothing is moved.
    #[must_use]
    pub fn first_change(&self) -> Time {
        let waits = self.sharing.jobs() > 0;
        let capacity = self.credits.as_ref().map_or(Time::NEVER, |credits| {
            credits.changes_at(self.sharing.rate_per_s(), waits)
        });
        capacity.min(self.sharing.first_end())
    }

    /// Takes a transfer that has ended at `now`, if there is one; to be called until there is none.
    pub fn take(&mut self, now: Time) -> Option<J> {
        self.advance(now);
        let job = self.sharing.take(now);
        self.set_capacity(now);
        job
    }

    /// Transfers under way.
    #[must_use]
    pub fn jobs(&self) -> usize {
        self.sharing.jobs()
    }

    /// What all transfers together get now \[bytes/s\].
    #[must_use]
    pub fn rate_per_s(&self) -> u64 {
        self.sharing.rate_per_s()
    }

    /// Credits held at `now` \[bytes\]; `None` where none are needed.
    pub fn credits(&mut self, now: Time) -> Option<u64> {
        self.advance(now);
        self.set_capacity(now);
        self.credits.as_ref().map(Credits::bytes)
    }

    fn advance(&mut self, now: Time) {
        if let Some(credits) = &mut self.credits {
            credits.advance(now, self.sharing.rate_per_s());
        }
    }

    fn set_capacity(&mut self, now: Time) {
        if let Some(credits) = &self.credits {
            let wanted = self
                .job_max_per_s
                .saturating_mul(self.sharing.jobs() as u64);
            self.sharing.set_capacity(now, credits.capacity(wanted));
        }
    }
}

#[cfg(test)]
mod tests;
