//! One replication: the models, wired together by events.
//!
//! An event exists only where shared state is touched: when a request arrives, when an attempt
//! begins (a connection is taken, a quota asked), when it reaches S3 over a new connection, and
//! when the answer changes what others see at once. Latencies in between are added up.
//!
//! The end of a request that succeeds gives back a place, a connection and retry tokens of its
//! instance. Mostly nobody looks at these before the instance's next request, so the end is left
//! with the instance, which settles it when it is next asked, and is counted at once. It is an
//! event only where somebody may wait for it: `World::ends_silently` decides.
mod fleet;
mod request;
mod service;
mod snapshot;
mod tally;

pub(crate) use snapshot::Snapshot;
pub(crate) use tally::{ClassTally, Second, Tally};

use crate::assemble::Assembly;
use fleet::FleetState;
use keystorm_models::client::{Decision, Instance, RetryQuota};
use keystorm_models::kms::{Call, RequestQuota};
use keystorm_models::s3::{BucketKeys, Encryption, PrefixRates, Refusal, kms_call};
use keystorm_models::workload::Operation;
use keystorm_sim::{Model, NANOS_PER_S, Pending, Span, StreamKey, Streams, Time};
use request::{Request, Requests, Step};
use service::ServiceTimes;

/// What happens, and to which fleet or request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Event {
    /// A request of an open fleet arrives.
    Arrive { fleet: u16 },
    /// A worker of a closed fleet has thought and asks.
    Ask { fleet: u16, worker: u32 },
    /// A request goes on with its next step: an attempt begins, or it is done.
    Proceed { request: u32 },
    /// An attempt reaches S3 over a connection that is now set up.
    Send { request: u32 },
    /// The answer to an attempt has arrived.
    Answer { request: u32 },
    /// An end that was left with an instance is due, and a request may wait for it.
    Settle { fleet: u16, instance: u32 },
}

/// The state of one replication.
#[derive(Debug)]
pub(crate) struct World<'a> {
    assembly: &'a Assembly,
    service: ServiceTimes<'a>,
    fleets: Vec<FleetState>,
    requests: Requests,
    kms: RequestQuota,
    prefixes: PrefixRates,
    bucket_keys: Option<BucketKeys>,
    pub(crate) tally: Tally,
    arrived: u64,
}

impl<'a> World<'a> {
    /// An empty system at `from`, a whole second, and its first events: the state of a replication
    /// at t = 0.
    pub(crate) fn new(
        assembly: &'a Assembly,
        replication: u32,
        from: Time,
        pending: &mut Pending<Event>,
    ) -> Self {
        let streams = Streams::new(assembly.seed, u64::from(replication));
        let (kms, s3) = (&assembly.kms, &assembly.s3);
        let service = ServiceTimes::new(assembly);
        let mut fleets: Vec<_> = assembly
            .fleets
            .iter()
            .map(|fleet| FleetState::new(fleet, assembly, &streams, from))
            .collect();
        for (index, fleet) in (0..).zip(&mut fleets) {
            fleet.start(index, assembly.horizon, &service, pending);
        }
        Self {
            assembly,
            service,
            fleets,
            requests: Requests::default(),
            kms: RequestQuota::new(kms.quota_per_s, kms.other_per_s),
            prefixes: PrefixRates::new(s3.prefixes, s3.read_max, s3.write_max),
            bucket_keys: fleet::bucket_keys(assembly, &streams),
            tally: Tally::new(assembly, from),
            arrived: 0,
        }
    }

    /// Counts from `from` on: forgets what was counted before.
    pub(crate) fn count_from(&mut self, from: Time) {
        self.tally = Tally::new(self.assembly, from);
        self.arrived = 0;
    }

    /// Ends the run at `now`: whatever is still in the system is unfinished.
    pub(crate) fn close(&mut self, now: Time) {
        let Self {
            requests, tally, ..
        } = self;
        for request in requests.iter() {
            tally.occupancy.stayed(now, request.start);
            tally.unfinished(request);
        }
        tally.end = now;
    }

    /// Requests that have arrived.
    pub(crate) fn arrived(&self) -> u64 {
        self.arrived
    }

    /// A request of an open fleet arrives; so do those after it in the same second, for as long as
    /// no event comes between them.
    fn arrive(&mut self, at: Time, fleet: u16, pending: &mut Pending<Event>) {
        let mut now = at;
        let second_end = Time::from_secs(at.second() + 1);
        loop {
            let state = &mut self.fleets[usize::from(fleet)];
            let Some((arrival, service)) = state.take_arrival() else {
                return;
            };
            let request = Request::new(fleet, None, now, arrival.id, arrival.ask, *service);
            let straight_on = state.ends_silently;
            let next = state.next_arrival(self.assembly.horizon, &self.service);
            self.enter(request, now, pending);
            let Some(next) = next else { return };
            if !straight_on || next >= second_end || next >= pending.first() {
                return pending.schedule(next, Event::Arrive { fleet });
            }
            now = next;
        }
    }

    fn ask(&mut self, now: Time, fleet: u16, worker: u32, pending: &mut Pending<Event>) {
        let state = &mut self.fleets[usize::from(fleet)];
        let (id, ask) = state.ask_of(worker);
        let service = self.service.draw(state.keys.service, id, 1, &ask);
        let request = Request::new(fleet, Some(worker), now, id, ask, service);
        self.enter(request, now, pending);
    }

    /// A request enters the system and takes a place in its instance, or waits for one.
    #[inline]
    fn enter(&mut self, mut request: Request, now: Time, pending: &mut Pending<Event>) {
        self.arrived += 1;
        self.tally.arrived(&request, now);
        if self.instance(&request).enter(now) {
            self.begin(&mut request, now, pending);
        } else {
            self.wait(&request, now, pending);
        }
    }

    /// A request waits for a place. From now on the ends of its instance must be known in time.
    #[cold]
    fn wait(&mut self, request: &Request, now: Time, pending: &mut Pending<Event>) {
        let number = self.requests.insert(request);
        let (fleet, instance) = (request.fleet, request.ask.instance);
        let waited_in = self.instance(request);
        if !waited_in.is_crowded(now) {
            for at in waited_in.unsettled() {
                pending.schedule_ahead(at, Event::Settle { fleet, instance });
            }
        }
        waited_in.wait(number, now);
    }

    /// Places may have come free: the requests that have waited longest take them.
    fn admit(&mut self, fleet: u16, instance: u32, now: Time, pending: &mut Pending<Event>) {
        while let Some(next) = self.fleets[usize::from(fleet)].instances[instance as usize].admit()
        {
            let mut request = self.requests.remove(next);
            self.begin(&mut request, now, pending);
        }
    }

    /// A request has its place: its first call begins.
    #[inline]
    fn begin(&mut self, request: &mut Request, now: Time, pending: &mut Pending<Event>) {
        let client_side = self.assembly.client.crypto_rate.is_some();
        request.time.wait += now - request.start;
        let writes = request.ask.operation == Operation::Put;
        request.step = if client_side && writes {
            Step::Kms
        } else {
            Step::S3
        };
        self.proceed(request, now, pending);
    }

    #[inline]
    fn proceed(&mut self, request: &mut Request, now: Time, pending: &mut Pending<Event>) {
        request.attempt_began = now;
        request.retried |= request.attempt > 1;
        match request.step {
            Step::Kms => self.call_kms(request, now, pending),
            Step::S3 => self.call_s3(request, now, pending),
            Step::Done => self.leave(request, None, now, pending),
        }
    }

    /// The request waits for an event of its own.
    fn park(
        &mut self,
        request: &Request,
        at: Time,
        event: impl FnOnce(u32) -> Event,
        pending: &mut Pending<Event>,
    ) {
        let number = self.requests.insert(request);
        pending.schedule(at, event(number));
    }

    /// An attempt of the client's own KMS call.
    fn call_kms(&mut self, request: &mut Request, now: Time, pending: &mut Pending<Event>) {
        let Self {
            fleets,
            tally,
            kms,
            assembly,
            ..
        } = self;
        tally.attempt(request);
        let call = match request.ask.operation {
            Operation::Put => Call::GenerateDataKey,
            Operation::Get => Call::Decrypt,
        };
        let granted = kms.ask(now);
        tally.kms_call(now, call, request.attempt == 1, granted);
        let takes = if granted {
            let key = fleets[usize::from(request.fleet)].keys.client_kms;
            let takes = assembly.kms.latency.draw(&mut request.stream(key).rng());
            request.refusal = None;
            request.time.kms += takes;
            takes
        } else {
            request.refusal = Some(&Refusal::KMS_THROTTLING);
            assembly.kms.refusal_latency
        };
        self.park(
            request,
            now + takes,
            |request| Event::Answer { request },
            pending,
        );
    }

    /// An attempt of the call to S3 begins: it takes a connection or sets one up.
    #[inline]
    fn call_s3(&mut self, request: &mut Request, now: Time, pending: &mut Pending<Event>) {
        self.tally.attempt(request);
        if self.instance(request).take_connection(now) {
            self.send(request, now, pending);
        } else {
            let set_up = now + self.assembly.client.connect;
            self.park(request, set_up, |request| Event::Send { request }, pending);
        }
    }

    /// An attempt reaches S3, which decides at once what becomes of it.
    #[inline]
    fn send(&mut self, request: &mut Request, now: Time, pending: &mut Pending<Event>) {
        request.refusal = self.refusal(request, now);
        let Assembly { s3, kms, .. } = self.assembly;
        if let Some(refusal) = request.refusal {
            let kms = if refusal == &Refusal::KMS_SLOW_DOWN {
                kms.refusal_latency
            } else {
                Span::ZERO
            };
            let answer = now + s3.refusal_latency + kms;
            return self.park(
                request,
                answer,
                |request| Event::Answer { request },
                pending,
            );
        }
        request.time.connect += now - request.attempt_began;
        let end = now + self.serve(request);
        if self.ends_silently(request, now, end) {
            self.instance(request).ends_at(end, request.retry_cost);
            self.tally.s3_answered(request, end);
            self.tally.left(request, None, end);
            return;
        }
        let number = self.requests.insert(request);
        pending.schedule_ahead(end, Event::Answer { request: number });
    }

    /// Whether nobody needs to know of a request's end, at `end`, before its instance is next asked
    /// for something; the end is then settled there.
    #[inline]
    fn ends_silently(&self, request: &Request, now: Time, end: Time) -> bool {
        let fleet = &self.fleets[usize::from(request.fleet)];
        fleet.ends_silently
            && end < self.assembly.horizon
            && fleet.instances[request.ask.instance as usize].takes_ends(now)
    }

    /// Why S3 refuses an attempt, if it does: front door, prefix, KMS, in this order.
    #[inline]
    fn refusal(&mut self, request: &mut Request, now: Time) -> Option<&'static Refusal> {
        request.calls_kms = false;
        let operation = request.ask.operation;
        let front_door = &self.assembly.s3.front_door;
        if let Some(refusal) = front_door.refuses(operation) {
            return Some(refusal);
        }
        if !self.prefixes.admit(now, request.ask.prefix, operation) {
            self.tally.s3_refused(now);
            return Some(&Refusal::PREFIX_SLOW_DOWN);
        }
        let call = kms_call(operation, front_door.encryption)?;
        if front_door.encryption == Encryption::SseKmsBucketKey {
            self.ask_bucket_key(request, call, now)
        } else {
            self.ask_kms(request, call, now)
        }
    }

    fn ask_bucket_key(
        &mut self,
        request: &mut Request,
        call: Call,
        now: Time,
    ) -> Option<&'static Refusal> {
        let requester = u32::from(request.fleet);
        let key = self.fleets[usize::from(request.fleet)].keys.bucket_key;
        let keys = self
            .bucket_keys
            .as_ref()
            .expect("a Bucket Key has its caches");
        let place = keys.place(requester, call, &mut request.stream(key).rng());
        if keys.holds(place, now) {
            return None;
        }
        let refusal = self.ask_kms(request, call, now);
        if let (None, Some(keys)) = (refusal, &mut self.bucket_keys) {
            keys.store(place, now);
        }
        refusal
    }

    /// S3 calls KMS on the request's behalf.
    #[inline]
    fn ask_kms(
        &mut self,
        request: &mut Request,
        call: Call,
        now: Time,
    ) -> Option<&'static Refusal> {
        let granted = self.kms.ask(now);
        self.tally
            .kms_call(now, call, request.attempt == 1, granted);
        request.calls_kms = granted;
        (!granted).then_some(&Refusal::KMS_SLOW_DOWN)
    }

    /// Time that an admitted attempt takes from here: KMS, first byte and transfer.
    #[inline]
    fn serve(&self, request: &mut Request) -> Span {
        if request.attempt > 1 {
            let key = self.fleets[usize::from(request.fleet)].keys.service;
            request.service = self
                .service
                .draw(key, request.id, request.attempt, &request.ask);
        }
        let service = &request.service;
        let kms = if request.calls_kms {
            service.kms
        } else {
            Span::ZERO
        };
        request.time.first_byte += service.first_byte;
        request.time.transfer += service.transfer;
        request.time.kms += kms;
        service.first_byte + service.transfer + kms
    }

    fn answer(&mut self, request: &mut Request, now: Time, pending: &mut Pending<Event>) {
        if request.step == Step::S3 {
            self.tally.s3_answered(request, now);
            self.instance(request).give_connection_back(now);
        }
        match request.refusal {
            None => self.succeeded(request, now, pending),
            Some(refusal) => self.failed(request, refusal, now, pending),
        }
    }

    /// A call succeeded: the request goes on with its next one, or is done.
    fn succeeded(&mut self, request: &mut Request, now: Time, pending: &mut Pending<Event>) {
        let crypto_rate = self.assembly.client.crypto_rate;
        let instance = self.instance(request);
        let tokens = RetryQuota::refund(request.retry_cost.take());
        retry_quota(instance, request.step).give_back(tokens);
        request.attempt = 1;
        let reads = request.ask.operation == Operation::Get;
        match (crypto_rate, request.step) {
            (Some(_), Step::S3) if reads => {
                request.step = Step::Kms;
                self.proceed(request, now, pending);
            }
            (Some(rate), Step::Kms) => {
                let done = instance.cores.work(now, at_rate(request.ask.size, rate));
                request.step = if reads { Step::Done } else { Step::S3 };
                request.time.client_crypto += done - now;
                self.park(request, done, |request| Event::Proceed { request }, pending);
            }
            _ => self.leave(request, None, now, pending),
        }
    }

    /// An attempt failed: the client tries again or gives the request up.
    fn failed(
        &mut self,
        request: &mut Request,
        refusal: &'static Refusal,
        now: Time,
        pending: &mut Pending<Event>,
    ) {
        request.time.refused += now - request.attempt_began;
        self.tally.refused(request, refusal);
        let keys = &self.fleets[usize::from(request.fleet)].keys;
        let key = if request.step == Step::Kms {
            keys.kms_back_off
        } else {
            keys.s3_back_off
        };
        let mut rng = request.stream(key).rng();
        let retry = self.assembly.client.retry;
        let instance = self.instance(request);
        instance.settle(now);
        let quota = retry_quota(instance, request.step);
        match retry.decide(refusal.kind, request.attempt, quota, &mut rng) {
            Decision::Retry { back_off, cost } => {
                request.retry_cost = Some(cost);
                request.attempt += 1;
                request.time.back_off += back_off;
                let again = now + back_off;
                self.park(
                    request,
                    again,
                    |request| Event::Proceed { request },
                    pending,
                );
            }
            Decision::GiveUp(_) => self.leave(request, Some(refusal), now, pending),
        }
    }

    /// A request leaves the system; its place goes to the next that waits.
    fn leave(
        &mut self,
        request: &Request,
        refusal: Option<&'static Refusal>,
        now: Time,
        pending: &mut Pending<Event>,
    ) {
        self.tally.left(request, refusal, now);
        let fleet = request.fleet;
        if let Some(worker) = request.worker() {
            let think = self.fleets[usize::from(fleet)].think(worker);
            pending.schedule(now + think, Event::Ask { fleet, worker });
        }
        self.instance(request).leave();
        self.admit(fleet, request.ask.instance, now, pending);
    }

    /// The instance that works on a request.
    #[inline]
    fn instance(&mut self, request: &Request) -> &mut Instance {
        let fleet = &mut self.fleets[usize::from(request.fleet)];
        &mut fleet.instances[request.ask.instance as usize]
    }
}

impl Model for World<'_> {
    type Event = Event;

    fn handle(&mut self, now: Time, event: Event, pending: &mut Pending<Event>) {
        let request = match event {
            Event::Arrive { fleet } => return self.arrive(now, fleet, pending),
            Event::Ask { fleet, worker } => return self.ask(now, fleet, worker, pending),
            Event::Settle { fleet, instance } => {
                self.fleets[usize::from(fleet)].instances[instance as usize].settle(now);
                return self.admit(fleet, instance, now, pending);
            }
            Event::Proceed { request } | Event::Send { request } | Event::Answer { request } => {
                &mut self.requests.remove(request)
            }
        };
        match event {
            Event::Proceed { .. } => self.proceed(request, now, pending),
            Event::Send { .. } => self.send(request, now, pending),
            _ => self.answer(request, now, pending),
        }
    }

    fn is_over(&self) -> bool {
        self.arrived >= self.assembly.requests_max
    }
}

/// The retry quota of the client that makes a step's call.
fn retry_quota(instance: &mut Instance, step: Step) -> &mut RetryQuota {
    if step == Step::Kms {
        &mut instance.kms_retry_quota
    } else {
        &mut instance.s3_retry_quota
    }
}

/// Time for `bytes` at `rate` bytes per second, rounded down to nanoseconds.
fn at_rate(bytes: u64, rate: u64) -> Span {
    // Nearly always 64 bits do, at a fraction of the cost of dividing 128.
    if let Some(scaled) = bytes.checked_mul(NANOS_PER_S) {
        return Span::from_nanos(scaled / rate);
    }
    let nanos = u128::from(bytes) * u128::from(NANOS_PER_S) / u128::from(rate);
    Span::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

/// Streams of one fleet; each request and attempt has its own below these.
#[derive(Clone, Copy, Debug)]
struct Keys {
    service: StreamKey,
    client_kms: StreamKey,
    bucket_key: StreamKey,
    s3_back_off: StreamKey,
    kms_back_off: StreamKey,
}
