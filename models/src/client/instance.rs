mod connections;
mod cores;
mod ends;

pub use cores::Cores;

use super::network::{Pool, PoolRules, Taken};
use super::{RetryQuota, RetryRules, SdkClient};
use connections::Connections;
use ends::{End, Ends};
use keystorm_sim::{Span, Time};
use std::collections::VecDeque;

/// One instance of a fleet: a process with places (threads, workers) for requests, cores, and SDK
/// client objects, one for S3 and one for KMS, that all places share or each has for itself.
///
/// What a request holds (its place, its connection) and what it is owed (retry tokens) comes back
/// when it ends. Nobody sees that before somebody next asks this instance for something, so where
/// all places share their clients an end can be left with it ([`Instance::ends_at`]) and settled
/// then ([`Instance::settle`]), without an event of its own.
#[derive(Clone, Debug)]
pub struct Instance {
    free_places: u32,
    /// Numbers of the free places, if each has clients of its own; else all have number 0.
    free_numbers: Vec<u32>,
    /// Requests (by the caller's number) that wait for a place, first come first served. Its length
    /// is bounded by the requests of the run.
    waiting: VecDeque<u32>,
    /// When a request last had to wait.
    waited: Option<Time>,
    ends: Ends,
    /// Cores for client-side encryption and the clients' overhead.
    pub cores: Cores,
    /// Of all places, or of place 0.
    first: Clients,
    /// Of the other places, if each has its own.
    others: Vec<Clients>,
}

/// How the places of an instance share SDK client objects.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ClientScope {
    /// All places of an instance share them: a program with one client, or an SDK that keeps the
    /// state of its retries for the whole process.
    Instance,
    /// Each place has its own, such as a client for each thread.
    Worker,
}

/// What an instance consists of.
#[derive(Clone, Copy, Debug)]
pub struct InstanceShape {
    /// Requests that it works on at a time: its places.
    pub concurrency: u32,
    /// Its cores.
    pub cores: u32,
    /// Idle time after which its connections close.
    pub keep_alive: Span,
    /// Who shares its SDK client objects.
    pub scope: ClientScope,
    /// The retry rules of its clients.
    pub retry: RetryRules,
    /// What its clock is past a whole second at t = 0.
    pub clock_phase: Span,
    /// Connections of an SDK client object to S3; `None` if there is no limit.
    pub pool: Option<PoolRules>,
    /// Connections of an SDK client object to KMS; `None` if KMS is asked without one.
    pub kms_pool: Option<PoolRules>,
}

/// The SDK client objects of one scope.
#[derive(Clone, Debug)]
pub struct Clients {
    /// Of a client without a limit; else always empty.
    connections: Connections,
    pool: Option<Box<Pool>>,
    kms_pool: Option<Box<Pool>>,
    /// The client for S3.
    pub s3: SdkClient,
    /// The client for KMS.
    pub kms: SdkClient,
}

impl Clients {
    fn new(shape: &InstanceShape) -> Self {
        let client = || SdkClient::new(&shape.retry, shape.clock_phase);
        let pool = |rules: Option<PoolRules>| rules.map(|it| Box::new(Pool::new(it)));
        Self {
            connections: Connections::new(shape.keep_alive),
            pool: pool(shape.pool),
            kms_pool: pool(shape.kms_pool),
            s3: client(),
            kms: client(),
        }
    }

    fn state(&self, now: Time) -> ClientsState {
        ClientsState {
            idle: self.connections.idle(now),
            retry_quotas: [self.s3.retry_quota, self.kms.retry_quota],
            tls_sessions: [self.s3.tls_session, self.kms.tls_session],
        }
    }
}

/// All that can be seen of an instance from an instant on, for comparison.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InstanceState {
    free_numbers: Vec<u32>,
    free_places: u32,
    ends: Vec<End>,
    clients: Vec<ClientsState>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
struct ClientsState {
    idle: Vec<Time>,
    retry_quotas: [RetryQuota; 2],
    tls_sessions: [bool; 2],
}

impl Instance {
    /// Ends that are left here at most.
    const ENDS_MAX: usize = 512;

    /// An idle instance.
    #[must_use]
    pub fn new(shape: InstanceShape) -> Self {
        let (free_numbers, others) = match shape.scope {
            ClientScope::Instance => (Vec::new(), 0),
            // The first to come takes place 0.
            ClientScope::Worker => (
                (0..shape.concurrency).rev().collect(),
                shape.concurrency - 1,
            ),
        };
        let clients = || Clients::new(&shape);
        Self {
            free_places: shape.concurrency,
            free_numbers,
            waiting: VecDeque::new(),
            waited: None,
            ends: Ends::default(),
            cores: Cores::new(shape.cores),
            first: clients(),
            others: (0..others).map(|_| clients()).collect(),
        }
    }

    /// A request comes in: the place that it takes, if one is free.
    #[inline]
    pub fn enter(&mut self, now: Time) -> Option<u32> {
        if self.free_places == 0 {
            self.settle(now);
        }
        self.take_place()
    }

    #[inline]
    fn take_place(&mut self) -> Option<u32> {
        if self.free_places == 0 {
            return None;
        }
        self.free_places -= 1;
        Some(self.free_numbers.pop().unwrap_or(0))
    }

    /// A request that found no place waits for one.
    pub fn wait(&mut self, request: u32, now: Time) {
        self.waiting.push_back(request);
        self.waited = Some(now);
    }

    /// A request leaves: its place is free.
    #[inline]
    pub fn leave(&mut self, place: u32) {
        self.free_places += 1;
        if !self.others.is_empty() {
            self.free_numbers.push(place);
        }
    }

    /// The request that has waited longest takes a place, if there are both; with the place.
    #[inline]
    pub fn admit(&mut self) -> Option<(u32, u32)> {
        self.waiting.front()?;
        let place = self.take_place()?;
        Some((self.waiting.pop_front()?, place))
    }

    /// Whether requests wait for a place, or did in the current second: somebody may then need to
    /// know of an end at once.
    #[inline]
    #[must_use]
    pub fn is_crowded(&self, now: Time) -> bool {
        self.waited
            .is_some_and(|at| !self.waiting.is_empty() || at.second() == now.second())
    }

    /// The clients of a place, everything being settled.
    #[inline]
    pub fn clients(&mut self, place: u32) -> &mut Clients {
        match place {
            0 => &mut self.first,
            _ => &mut self.others[place as usize - 1],
        }
    }

    /// An attempt takes a connection to S3. If it has to wait for one, `attempt` is its number.
    #[inline]
    pub fn take_connection(
        &mut self,
        place: u32,
        now: Time,
        attempt: impl FnOnce() -> u32,
    ) -> Taken {
        if place == 0 && self.first.connections.take_unsettled(now) {
            return Taken::Idle;
        }
        self.settle(now);
        let clients = self.clients(place);
        if let Some(pool) = &mut clients.pool {
            return pool.take(now, attempt);
        }
        if clients.connections.take(now) {
            Taken::Idle
        } else {
            Taken::New
        }
    }

    /// An attempt gives its connection to S3 back, to be kept if it is still good; returns who has
    /// waited longest for one, and whether it gets an open one or the right to set one up.
    #[inline]
    pub fn give_connection_back(
        &mut self,
        place: u32,
        now: Time,
        is_good: bool,
    ) -> Option<(u32, Taken)> {
        self.settle(now);
        let clients = self.clients(place);
        if let Some(pool) = &mut clients.pool {
            return pool.give_back(now, is_good);
        }
        if is_good {
            clients.connections.give_back(now);
        }
        None
    }

    /// The pool of a place's client of S3, if its connections are limited.
    pub fn pool(&mut self, place: u32) -> Option<&mut Pool> {
        self.clients(place).pool.as_deref_mut()
    }

    /// The pool of a place's client of KMS, if KMS is asked over connections.
    pub fn kms_pool(&mut self, place: u32) -> Option<&mut Pool> {
        self.clients(place).kms_pool.as_deref_mut()
    }

    /// Whether an end may be left here. Not where somebody may wait for it; and not with very many
    /// that are not settled, each of which is looked at when some are.
    #[inline]
    #[must_use]
    pub fn takes_ends(&self, now: Time) -> bool {
        !self.is_crowded(now) && self.ends.len() < Self::ENDS_MAX
    }

    /// A request over S3 ends well at `at`; its place, its connection and `tokens` of the retry
    /// quota are back from then on. All places must share their clients.
    #[inline]
    pub fn ends_at(&mut self, at: Time, tokens: u16) {
        debug_assert!(self.others.is_empty(), "nobody knows whose end it is");
        self.ends.push(End::new(at, tokens));
    }

    /// The ends left here that are not settled yet, in no order.
    pub fn unsettled(&self) -> impl Iterator<Item = Time> {
        self.ends.iter().map(|end| end.at())
    }

    /// Settles the ends up to `now`. To be called before places or tokens are looked at.
    #[inline]
    pub fn settle(&mut self, now: Time) {
        if self.ends.first() <= now || self.first.connections.is_unsettled() {
            self.settle_due(now);
        }
    }

    /// What can be seen of the instance from `now` on; `None` if requests wait for a place or for a
    /// core.
    pub fn state(&mut self, now: Time) -> Option<InstanceState> {
        self.settle(now);
        if !self.waiting.is_empty() || self.cores.are_at_work(now) {
            return None;
        }
        let clients = std::iter::once(&self.first).chain(&self.others);
        Some(InstanceState {
            free_numbers: self.free_numbers.clone(),
            free_places: self.free_places,
            ends: self.ends.sorted(),
            clients: clients.map(|it| it.state(now)).collect(),
        })
    }

    #[inline(never)]
    fn settle_due(&mut self, now: Time) {
        let due = self.ends.take_due(now);
        self.first.connections.settle(due);
        for end in due {
            self.first.s3.retry_quota.give_back(end.tokens());
        }
        self.free_places += u32::try_from(due.len()).expect("no more than there are places");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{RetryMode, RuleSet, Sdk};
    use proptest::prelude::*;

    fn instance(concurrency: u32, cores: u32) -> Instance {
        Instance::new(shape(concurrency, cores, Span::from_secs(20)))
    }

    fn shape(concurrency: u32, cores: u32, keep_alive: Span) -> InstanceShape {
        InstanceShape {
            concurrency,
            cores,
            keep_alive,
            scope: ClientScope::Instance,
            retry: RetryRules::of(Sdk::Botocore, RetryMode::Standard, RuleSet::V2_1)
                .expect("a row of the table")
                .value,
            clock_phase: Span::ZERO,
            pool: None,
            kms_pool: None,
        }
    }

    /// Takes a connection: whether it was open.
    fn is_open(instance: &mut Instance, place: u32, now: Time) -> bool {
        let taken = instance.take_connection(place, now, || unreachable!("nobody waits"));
        taken == Taken::Idle
    }

    // Goal: at most `concurrency` requests are worked on, the others in the order of coming.
    // Method: three requests for one place.
    #[test]
    fn places_are_given_in_the_order_of_coming() {
        let mut instance = instance(1, 1);
        assert_eq!(instance.enter(Time::ZERO), Some(0));
        for request in [8, 9] {
            assert_eq!(instance.enter(Time::ZERO), None);
            instance.wait(request, Time::ZERO);
            assert_eq!(instance.admit(), None);
        }
        for request in [8, 9] {
            instance.leave(0);
            assert_eq!(instance.admit(), Some((request, 0)));
        }
        instance.leave(0);
        assert_eq!(instance.admit(), None);
        assert_eq!(instance.enter(Time::ZERO), Some(0));
    }

    // Goal: an end that is left with an instance counts from its instant on, for all it gives back.
    // Method: two ends out of order; a place, connections and tokens before and after each.
    #[test]
    fn ends_count_from_their_instant_on() {
        let at = Time::from_secs;
        let mut instance = instance(2, 1);
        assert!(instance.enter(at(0)).and(instance.enter(at(0))).is_some());
        assert_eq!(instance.enter(at(0)), None);
        instance.first.s3.retry_quota = RetryQuota::empty();
        instance.ends_at(at(3), 5);
        instance.ends_at(at(2), 1);
        assert_eq!(instance.enter(Time::from_nanos(1_999_999_999)), None);
        assert!(!is_open(&mut instance, 0, at(1)));
        assert_eq!(instance.first.s3.retry_quota.tokens(), 0);
        instance.settle(at(2));
        assert_eq!(instance.first.s3.retry_quota.tokens(), 1);
        assert_eq!(instance.unsettled().collect::<Vec<_>>(), [at(3)]);
        assert!(instance.enter(at(2)).is_some() && is_open(&mut instance, 0, at(2)));
        assert!(is_open(&mut instance, 0, at(22)));
        instance.settle(at(22));
        assert_eq!(instance.first.s3.retry_quota.tokens(), 6);
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
            let new = || Instance::new(shape(1_000, 1, Span::from_millis(100)));
            let (mut early, mut late) = (new(), new());
            early.first.s3.retry_quota = RetryQuota::empty();
            late.first.s3.retry_quota = RetryQuota::empty();
            let mut ends = std::collections::BinaryHeap::new();
            let mut now = Time::ZERO;
            for (number, (pause, takes)) in requests.into_iter().enumerate() {
                now += Span::from_millis(pause);
                while let Some(&std::cmp::Reverse(end)) = ends.peek() && end <= now {
                    ends.pop();
                    assert_eq!(late.give_connection_back(0, end, true), None);
                    late.leave(0);
                    late.first.s3.retry_quota.give_back(1);
                }
                prop_assert_eq!(early.enter(now).or(late.enter(now)), Some(0));
                prop_assert_eq!(is_open(&mut early, 0, now), is_open(&mut late, 0, now));
                let end = now + Span::from_millis(takes);
                early.ends_at(end, 1);
                ends.push(std::cmp::Reverse(end));
                if number % 7 == 0 {
                    early.settle(now);
                    prop_assert_eq!(early.first.s3.retry_quota, late.first.s3.retry_quota);
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
        assert!(instance.enter(at(0)).is_some() && !instance.is_crowded(at(500)));
        instance.wait(7, at(500));
        assert!(instance.is_crowded(at(2_500)));
        instance.leave(0);
        assert_eq!(instance.admit(), Some((7, 0)));
        assert!(instance.is_crowded(at(900)));
        assert!(!instance.is_crowded(at(1_000)));
    }

    // Goal: a connection is kept for the keep-alive time and closed at its end.
    // Method: two given back a second apart, taken before and at the limit of the older.
    #[test]
    fn idle_connections_close() {
        let mut instance = instance(1, 1);
        assert!(!is_open(&mut instance, 0, Time::ZERO));
        assert_eq!(
            instance.give_connection_back(0, Time::from_secs(1), true),
            None
        );
        assert_eq!(
            instance.give_connection_back(0, Time::from_secs(2), true),
            None
        );
        assert!(is_open(&mut instance, 0, Time::from_secs(21)));
        assert!(!is_open(&mut instance, 0, Time::from_secs(21)));
        assert!(!is_open(&mut instance, 0, Time::from_secs(21)));
    }

    // Goal: a place with clients of its own has its own tokens and connections.
    // Method: two places of one instance; one spends and leaves a connection.
    #[test]
    fn places_can_have_clients_of_their_own() {
        let mut instance = Instance::new(InstanceShape {
            scope: ClientScope::Worker,
            pool: None,
            ..shape(2, 0, Span::from_secs(20))
        });
        let now = Time::ZERO;
        assert_eq!(
            (instance.enter(now), instance.enter(now)),
            (Some(0), Some(1))
        );
        instance.clients(1).s3.retry_quota = RetryQuota::empty();
        assert_eq!(instance.give_connection_back(1, now, true), None);
        assert_eq!(instance.clients(0).s3.retry_quota, RetryQuota::full());
        assert!(!is_open(&mut instance, 0, now) && is_open(&mut instance, 1, now));
        instance.leave(1);
        assert_eq!(instance.enter(now), Some(1));
        assert_eq!(instance.enter(now), None);
    }
}
