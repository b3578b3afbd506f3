use keystorm_sim::{Span, Time};

/// Cores that work is queued for, first come first served.
#[derive(Clone, Debug)]
pub struct Cores {
    free_at: Vec<Time>,
}

impl Cores {
    /// So many idle cores.
    #[must_use]
    pub fn new(count: u32) -> Self {
        Self {
            free_at: vec![Time::ZERO; count as usize],
        }
    }

    /// Work of length `work` comes in at `now`; returns when it is done.
    ///
    /// Exact as long as calls come in the order of time: a queue served in order needs no event for
    /// the wait, since nothing that comes later can change when earlier work is done.
    ///
    /// # Panics
    /// If there is no core.
    pub fn work(&mut self, now: Time, work: Span) -> Time {
        let core = self
            .free_at
            .iter_mut()
            .min()
            .expect("an instance has a core");
        *core = now.max(*core) + work;
        *core
    }

    /// Whether any is at work at `now`.
    #[must_use]
    pub fn are_at_work(&self, now: Time) -> bool {
        self.free_at.iter().any(|&at| at > now)
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.free_at.len()
    }

    /// Core time that is still to be spent at `now` on work that has come in, summed over cores.
    pub fn left(&self, now: Time) -> impl Iterator<Item = Span> {
        self.free_at.iter().map(move |at| at.since(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: two cores work on two pieces at a time, the third waits for the first that is free.
    // Method: three pieces at once, then one after a pause.
    #[test]
    fn work_waits_for_the_first_free_core() {
        let mut cores = Cores::new(2);
        let (long, short) = (Span::from_secs(5), Span::from_secs(2));
        assert_eq!(cores.work(Time::ZERO, long), Time::from_secs(5));
        assert_eq!(cores.work(Time::ZERO, short), Time::from_secs(2));
        assert_eq!(cores.work(Time::ZERO, short), Time::from_secs(4));
        assert_eq!(cores.work(Time::from_secs(10), short), Time::from_secs(12));
    }
}
