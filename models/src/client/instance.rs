use super::RetryQuota;
use keystorm_sim::{Span, Time};
use std::collections::VecDeque;

/// One instance of a fleet: a program with an S3 client and, for client-side encryption, a KMS
/// client, each with a retry quota of its own.
#[derive(Clone, Debug)]
pub struct Instance {
    free_places: u32,
    /// Requests (by the caller's number) that wait for a place, first come first served. Its length
    /// is bounded by the requests of the run.
    waiting: VecDeque<u32>,
    /// Connections to S3.
    pub connections: Connections,
    /// Cores for client-side encryption.
    pub cores: Cores,
    /// Retry quota of the S3 client.
    pub s3_retry_quota: RetryQuota,
    /// Retry quota of the KMS client.
    pub kms_retry_quota: RetryQuota,
}

impl Instance {
    /// An idle instance that works on `concurrency` requests at a time with `cores` cores.
    #[must_use]
    pub fn new(concurrency: u32, cores: u32, keep_alive: Span) -> Self {
        Self {
            free_places: concurrency,
            waiting: VecDeque::new(),
            connections: Connections {
                idle: Vec::new(),
                keep_alive,
            },
            cores: Cores {
                free_at: vec![Time::ZERO; cores as usize],
            },
            s3_retry_quota: RetryQuota::full(),
            kms_retry_quota: RetryQuota::full(),
        }
    }

    /// A request comes in: `true` if a place is free and now taken, else it waits.
    #[inline]
    pub fn enter(&mut self, request: u32) -> bool {
        if self.free_places == 0 {
            self.waiting.push_back(request);
            return false;
        }
        self.free_places -= 1;
        true
    }

    /// A request leaves: the one that takes over its place, if one waits.
    #[inline]
    pub fn leave(&mut self) -> Option<u32> {
        let next = self.waiting.pop_front();
        if next.is_none() {
            self.free_places += 1;
        }
        next
    }

    /// Requests that wait for a place.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }
}

/// Kept-alive connections of one client to one service.
///
/// The one used last is taken first, as connection pools do, so that the others can grow old and
/// close. There is no limit: who has a place gets a connection.
#[derive(Clone, Debug)]
pub struct Connections {
    /// When each idle connection was given back, the latest last.
    idle: Vec<Time>,
    keep_alive: Span,
}

impl Connections {
    /// Takes a connection: `true` if one is open, `false` if a new one must be set up.
    #[inline]
    pub fn take(&mut self, now: Time) -> bool {
        let Some(since) = self.idle.pop() else {
            return false;
        };
        let open = now.since(since) < self.keep_alive;
        if !open {
            // The others were given back earlier: they have closed as well.
            self.idle.clear();
        }
        open
    }

    /// Gives a connection back.
    #[inline]
    pub fn give_back(&mut self, now: Time) {
        self.idle.push(now);
    }
}

/// Cores that work is queued for, first come first served.
#[derive(Clone, Debug)]
pub struct Cores {
    free_at: Vec<Time>,
}

impl Cores {
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
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instance(concurrency: u32, cores: u32) -> Instance {
        Instance::new(concurrency, cores, Span::from_secs(20))
    }

    // Goal: at most `concurrency` requests are worked on, the others in the order of coming.
    // Method: three requests for one place.
    #[test]
    fn places_are_given_in_the_order_of_coming() {
        let mut instance = instance(1, 1);
        assert!(instance.enter(7));
        assert!(!instance.enter(8));
        assert!(!instance.enter(9));
        assert_eq!(instance.waiting(), 2);
        assert_eq!(instance.leave(), Some(8));
        assert_eq!(instance.leave(), Some(9));
        assert_eq!(instance.leave(), None);
        assert!(instance.enter(10));
    }

    // Goal: a connection is kept for the keep-alive time and closed at its end.
    // Method: two given back a second apart, taken before and at the limit of the older.
    #[test]
    fn idle_connections_close() {
        let connections = &mut instance(1, 1).connections;
        assert!(!connections.take(Time::ZERO));
        connections.give_back(Time::from_secs(1));
        connections.give_back(Time::from_secs(2));
        assert!(connections.take(Time::from_secs(21)));
        assert!(!connections.take(Time::from_secs(21)));
        assert!(!connections.take(Time::from_secs(21)));
    }

    // Goal: two cores work on two pieces at a time, the third waits for the first that is free.
    // Method: three pieces at once, then one after a pause.
    #[test]
    fn work_waits_for_the_first_free_core() {
        let cores = &mut instance(1, 2).cores;
        let (long, short) = (Span::from_secs(5), Span::from_secs(2));
        assert_eq!(cores.work(Time::ZERO, long), Time::from_secs(5));
        assert_eq!(cores.work(Time::ZERO, short), Time::from_secs(2));
        assert_eq!(cores.work(Time::ZERO, short), Time::from_secs(4));
        assert_eq!(cores.work(Time::from_secs(10), short), Time::from_secs(12));
    }
}
