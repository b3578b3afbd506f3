mod ends;

use super::RetryQuota;
use ends::{End, Ends};
use keystorm_sim::{Span, Time};
use std::collections::VecDeque;

/// One instance of a fleet: a program with an S3 client and, for client-side encryption, a KMS
/// client, each with a retry quota of its own.
///
/// What a request holds (its place, its connection) and what it is owed (retry tokens) comes back
/// when it ends. Nobody sees that before somebody next asks this instance for something, so an end
/// can be left with it ([`Instance::ends_at`]) and settled then ([`Instance::settle`]), without an
/// event of its own.
#[derive(Clone, Debug)]
pub struct Instance {
    free_places: u32,
    /// Requests (by the caller's number) that wait for a place, first come first served. Its length
    /// is bounded by the requests of the run.
    waiting: VecDeque<u32>,
    /// When a request last had to wait.
    waited: Option<Time>,
    ends: Ends,
    connections: Connections,
    /// Cores for client-side encryption.
    pub cores: Cores,
    /// Retry quota of the S3 client.
    pub s3_retry_quota: RetryQuota,
    /// Retry quota of the KMS client.
    pub kms_retry_quota: RetryQuota,
}

/// All that can be seen of an instance from an instant on, for comparison.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InstanceState {
    free_places: u32,
    ends: Vec<End>,
    idle: Vec<Time>,
    retry_quotas: [RetryQuota; 2],
}

impl Instance {
    /// Ends that are left here at most.
    const ENDS_MAX: usize = 512;

    /// An idle instance that works on `concurrency` requests at a time with `cores` cores.
    #[must_use]
    pub fn new(concurrency: u32, cores: u32, keep_alive: Span) -> Self {
        Self {
            free_places: concurrency,
            waiting: VecDeque::new(),
            waited: None,
            ends: Ends::default(),
            connections: Connections {
                idle: Vec::new(),
                taken: Vec::new(),
                keep_alive,
            },
            cores: Cores {
                free_at: vec![Time::ZERO; cores as usize],
            },
            s3_retry_quota: RetryQuota::full(),
            kms_retry_quota: RetryQuota::full(),
        }
    }

    /// A request comes in: `true` if a place is free and now taken.
    #[inline]
    pub fn enter(&mut self, now: Time) -> bool {
        if self.free_places == 0 {
            self.settle(now);
        }
        let free = self.free_places > 0;
        self.free_places -= u32::from(free);
        free
    }

    /// A request that found no place waits for one.
    pub fn wait(&mut self, request: u32, now: Time) {
        self.waiting.push_back(request);
        self.waited = Some(now);
    }

    /// A request leaves: its place is free.
    #[inline]
    pub fn leave(&mut self) {
        self.free_places += 1;
    }

    /// The request that has waited longest takes a place, if there are both.
    #[inline]
    pub fn admit(&mut self) -> Option<u32> {
        if self.free_places == 0 {
            return None;
        }
        let next = self.waiting.pop_front()?;
        self.free_places -= 1;
        Some(next)
    }

    /// Whether requests wait for a place, or did in the current second: somebody may then need to
    /// know of an end at once.
    #[inline]
    #[must_use]
    pub fn is_crowded(&self, now: Time) -> bool {
        self.waited
            .is_some_and(|at| !self.waiting.is_empty() || at.second() == now.second())
    }

    /// An attempt takes a connection to S3: `true` if one is open, `false` if a new one must be set
    /// up.
    #[inline]
    pub fn take_connection(&mut self, now: Time) -> bool {
        if self.connections.take_unsettled(now) {
            return true;
        }
        self.settle(now);
        self.connections.take(now)
    }

    /// An attempt gives its connection back.
    #[inline]
    pub fn give_connection_back(&mut self, now: Time) {
        self.settle(now);
        self.connections.idle.push(now);
    }

    /// Whether an end may be left here. Not where somebody may wait for it; and not with very many
    /// that are not settled, each of which is looked at when some are.
    #[inline]
    #[must_use]
    pub fn takes_ends(&self, now: Time) -> bool {
        !self.is_crowded(now) && self.ends.len() < Self::ENDS_MAX
    }

    /// A request over S3 ends well at `at`; its place, its connection and its tokens are back from
    /// then on. `last_cost` is what its last retry cost, if it had one.
    #[inline]
    pub fn ends_at(&mut self, at: Time, last_cost: Option<u16>) {
        self.ends.push(End::new(at, RetryQuota::refund(last_cost)));
    }

    /// The ends left here that are not settled yet, in no order.
    pub fn unsettled(&self) -> impl Iterator<Item = Time> {
        self.ends.iter().map(|end| end.at())
    }

    /// Settles the ends up to `now`. To be called before places or tokens are looked at.
    #[inline]
    pub fn settle(&mut self, now: Time) {
        if self.ends.first() <= now || !self.connections.taken.is_empty() {
            self.settle_due(now);
        }
    }

    /// What can be seen of the instance from `now` on; `None` if requests wait for a place or for a
    /// core.
    pub fn state(&mut self, now: Time) -> Option<InstanceState> {
        self.settle(now);
        let works = self.cores.free_at.iter().any(|&at| at > now);
        if !self.waiting.is_empty() || works {
            return None;
        }
        let Connections {
            idle, keep_alive, ..
        } = &self.connections;
        let open = |since: &&Time| now.since(**since) < *keep_alive;
        Some(InstanceState {
            free_places: self.free_places,
            ends: self.ends.sorted(),
            idle: idle.iter().filter(open).copied().collect(),
            retry_quotas: [self.s3_retry_quota, self.kms_retry_quota],
        })
    }

    #[inline(never)]
    fn settle_due(&mut self, now: Time) {
        let due = self.ends.take_due(now);
        self.connections.settle(due);
        for end in due {
            self.s3_retry_quota.give_back(end.tokens());
        }
        self.free_places += u32::try_from(due.len()).expect("no more than there are places");
    }
}

/// Kept-alive connections of one client to one service.
///
/// The one used last is taken first, as connection pools do, so that the others can grow old and
/// close. There is no limit: who has a place gets a connection.
///
/// While connections that were idle at the last settling would do for all that were taken since,
/// it does not matter what has been given back in between: with it there are only more, and younger
/// ones. So neither is looked at until it does.
#[derive(Clone, Debug)]
struct Connections {
    /// When each idle connection was given back, the latest last.
    idle: Vec<Time>,
    /// When connections were taken since; all of them were open.
    taken: Vec<Time>,
    keep_alive: Span,
}

impl Connections {
    /// Takes a connection if one is open, whatever has been given back since the last settling;
    /// `false` says nothing.
    #[inline]
    fn take_unsettled(&mut self, now: Time) -> bool {
        let place = self.idle.len().wrapping_sub(self.taken.len() + 1);
        let open = self
            .idle
            .get(place)
            .is_some_and(|&since| now.since(since) < self.keep_alive);
        if open {
            self.taken.push(now);
        }
        open
    }

    /// Takes a connection, everything being settled: `false` if none is open.
    #[inline]
    fn take(&mut self, now: Time) -> bool {
        debug_assert!(self.taken.is_empty(), "settled");
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

    /// Settles what was taken since the last time, and `ends`, in the order of time, at which
    /// connections were given back. Who takes one at the instant of an end finds it.
    fn settle(&mut self, ends: &[End]) {
        let given_at = |place: usize| ends.get(place).map_or(Time::NEVER, |end| end.at());
        let (mut open, mut given, mut taken) = (self.idle.len(), 0, 0);
        self.idle.resize(open + ends.len() + 1, Time::NEVER);
        // Whether a connection was given back or taken next cannot be predicted: so without a
        // branch. What one step writes too much, the next writes over.
        while let Some(&now) = self.taken.get(taken) {
            let at = given_at(given);
            self.idle[open] = at;
            let is_given = at <= now;
            given += usize::from(is_given);
            taken += usize::from(!is_given);
            open = open + usize::from(is_given) - usize::from(!is_given);
        }
        self.taken.clear();
        self.idle.truncate(open);
        self.idle.extend((given..ends.len()).map(given_at));
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
    use proptest::prelude::*;

    fn instance(concurrency: u32, cores: u32) -> Instance {
        Instance::new(concurrency, cores, Span::from_secs(20))
    }

    // Goal: at most `concurrency` requests are worked on, the others in the order of coming.
    // Method: three requests for one place.
    #[test]
    fn places_are_given_in_the_order_of_coming() {
        let mut instance = instance(1, 1);
        assert!(instance.enter(Time::ZERO));
        for request in [8, 9] {
            assert!(!instance.enter(Time::ZERO));
            instance.wait(request, Time::ZERO);
            assert_eq!(instance.admit(), None);
        }
        for request in [8, 9] {
            instance.leave();
            assert_eq!(instance.admit(), Some(request));
        }
        instance.leave();
        assert_eq!(instance.admit(), None);
        assert!(instance.enter(Time::ZERO));
    }

    // Goal: an end that is left with an instance counts from its instant on, for all it gives back.
    // Method: two ends out of order; a place, connections and tokens before and after each.
    #[test]
    fn ends_count_from_their_instant_on() {
        let at = Time::from_secs;
        let mut instance = instance(2, 1);
        assert!(instance.enter(at(0)) && instance.enter(at(0)) && !instance.enter(at(0)));
        instance.s3_retry_quota = RetryQuota::empty();
        instance.ends_at(at(3), Some(5));
        instance.ends_at(at(2), None);
        assert!(!instance.enter(Time::from_nanos(1_999_999_999)));
        assert!(!instance.take_connection(at(1)));
        assert_eq!(instance.s3_retry_quota.tokens(), 0);
        instance.settle(at(2));
        assert_eq!(instance.s3_retry_quota.tokens(), 1);
        assert_eq!(instance.unsettled().collect::<Vec<_>>(), [at(3)]);
        assert!(instance.enter(at(2)) && instance.take_connection(at(2)));
        assert!(instance.take_connection(at(22)));
        instance.settle(at(22));
        assert_eq!(instance.s3_retry_quota.tokens(), 6);
    }

    /// A request's begin, and how long it takes \[ms\].
    fn requests() -> impl Strategy<Value = Vec<(u64, u64)>> {
        let request = (
            prop_oneof![8 => 0_u64..30, 1 => 0_u64..1_000],
            prop_oneof![8 => 1_u64..50, 1 => 1_u64..500],
        );
        prop::collection::vec(request, 0..300)
    }

    proptest! {
        // Goal: it makes no difference whether an end is told when the request begins or when it
        // ends: the same places, connections and tokens are found.
        // Method: random requests, with ties and pauses about as long as the keep-alive time, on
        // two instances; one settles when it likes, the other is told each end at its instant.
        #[test]
        fn ends_told_early_change_nothing(requests in requests()) {
            let new = || Instance::new(1_000, 1, Span::from_millis(100));
            let (mut early, mut late) = (new(), new());
            early.s3_retry_quota = RetryQuota::empty();
            late.s3_retry_quota = RetryQuota::empty();
            let mut ends = std::collections::BinaryHeap::new();
            let mut now = Time::ZERO;
            for (number, (pause, takes)) in requests.into_iter().enumerate() {
                now += Span::from_millis(pause);
                while let Some(&std::cmp::Reverse(end)) = ends.peek() && end <= now {
                    ends.pop();
                    late.give_connection_back(end);
                    late.leave();
                    late.s3_retry_quota.give_back(1);
                }
                prop_assert!(early.enter(now) && late.enter(now));
                prop_assert_eq!(early.take_connection(now), late.take_connection(now));
                let end = now + Span::from_millis(takes);
                early.ends_at(end, None);
                ends.push(std::cmp::Reverse(end));
                if number % 7 == 0 {
                    early.settle(now);
                    prop_assert_eq!(early.s3_retry_quota, late.s3_retry_quota);
                    prop_assert_eq!(early.free_places, late.free_places);
                }
            }
        }
    }

    // Goal: an instance is crowded while requests wait, and to the end of the second.
    // Method: one waits and is admitted.
    #[test]
    fn an_instance_is_crowded_while_requests_wait() {
        let mut instance = instance(1, 1);
        let at = Time::from_millis;
        assert!(instance.enter(at(0)) && !instance.is_crowded(at(500)));
        instance.wait(7, at(500));
        assert!(instance.is_crowded(at(2_500)));
        instance.leave();
        assert_eq!(instance.admit(), Some(7));
        assert!(instance.is_crowded(at(900)));
        assert!(!instance.is_crowded(at(1_000)));
    }

    // Goal: a connection is kept for the keep-alive time and closed at its end.
    // Method: two given back a second apart, taken before and at the limit of the older.
    #[test]
    fn idle_connections_close() {
        let mut instance = instance(1, 1);
        assert!(!instance.take_connection(Time::ZERO));
        instance.give_connection_back(Time::from_secs(1));
        instance.give_connection_back(Time::from_secs(2));
        assert!(instance.take_connection(Time::from_secs(21)));
        assert!(!instance.take_connection(Time::from_secs(21)));
        assert!(!instance.take_connection(Time::from_secs(21)));
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
