//! One replication: the models, wired together by events.
//!
//! An event exists only where shared state is touched: when a request arrives, when an attempt
//! begins (a connection is taken, a quota asked), when it reaches S3 over a new connection, and
//! when its answer arrives (a connection, a place and retry tokens are given back). Latencies in
//! between are added up.
mod fleet;
mod request;
mod tally;

pub(crate) use tally::{ClassTally, Second, Tally};

use crate::assemble::Assembly;
use fleet::FleetState;
use keystorm_models::client::{Decision, Instance, RetryQuota};
use keystorm_models::kms::{Call, RequestQuota};
use keystorm_models::s3::{BucketKeys, Encryption, PrefixRates, Refusal, kms_call};
use keystorm_models::workload::Operation;
use keystorm_sim::{Model, NANOS_PER_S, Pending, Span, StreamKey, Streams, Time};
use request::{Request, Requests, Step};

/// What happens, and to which fleet or request.
#[derive(Clone, Copy, Debug)]
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
}

/// The state of one replication.
#[derive(Debug)]
pub(crate) struct World<'a> {
    assembly: &'a Assembly,
    fleets: Vec<FleetState>,
    requests: Requests,
    kms: RequestQuota,
    prefixes: PrefixRates,
    bucket_keys: Option<BucketKeys>,
    pub(crate) tally: Tally,
    arrived: u64,
}

impl<'a> World<'a> {
    /// The state at t = 0 of a replication, and its first events.
    pub(crate) fn new(
        assembly: &'a Assembly,
        replication: u32,
        pending: &mut Pending<Event>,
    ) -> Self {
        let streams = Streams::new(assembly.seed, u64::from(replication));
        let (kms, s3) = (&assembly.kms, &assembly.s3);
        let mut fleets: Vec<_> = assembly
            .fleets
            .iter()
            .map(|fleet| FleetState::new(fleet, assembly, &streams))
            .collect();
        for (index, fleet) in (0..).zip(&mut fleets) {
            fleet.start(index, assembly.horizon, pending);
        }
        Self {
            assembly,
            fleets,
            requests: Requests::default(),
            kms: RequestQuota::new(kms.quota_per_s, kms.other_per_s),
            prefixes: PrefixRates::new(s3.prefixes, s3.read_max, s3.write_max),
            bucket_keys: fleet::bucket_keys(assembly, &streams),
            tally: Tally::new(assembly),
            arrived: 0,
        }
    }

    /// Ends the run at `now`: whatever is still in the system is unfinished.
    pub(crate) fn close(&mut self, now: Time) {
        self.tally.occupancy.close(now);
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

    fn arrive(&mut self, now: Time, fleet: u16, pending: &mut Pending<Event>) {
        let state = &mut self.fleets[usize::from(fleet)];
        if let Some(arrival) = state.take_arrival(fleet, self.assembly.horizon, pending) {
            self.enter(
                Request::new(fleet, None, now, arrival.id, arrival.ask),
                now,
                pending,
            );
        }
    }

    fn ask(&mut self, now: Time, fleet: u16, worker: u32, pending: &mut Pending<Event>) {
        let (id, ask) = self.fleets[usize::from(fleet)].ask_of(worker);
        self.enter(
            Request::new(fleet, Some(worker), now, id, ask),
            now,
            pending,
        );
    }

    /// A request enters the system and takes a place in its instance, or waits for one.
    fn enter(&mut self, request: Request, now: Time, pending: &mut Pending<Event>) {
        self.arrived += 1;
        self.tally.arrived(&request, now);
        let (fleet, instance) = (request.fleet, request.ask.instance);
        let number = self.requests.insert(request);
        if self.instance(fleet, instance).enter(number) {
            self.begin(number, now, pending);
        }
    }

    /// A request has its place: its first call begins.
    fn begin(&mut self, number: u32, now: Time, pending: &mut Pending<Event>) {
        let client_side = self.assembly.client.crypto_rate.is_some();
        let request = &mut self.requests[number];
        request.time.wait += now - request.start;
        let writes = request.ask.operation == Operation::Put;
        request.step = if client_side && writes {
            Step::Kms
        } else {
            Step::S3
        };
        self.proceed(number, now, pending);
    }

    fn proceed(&mut self, number: u32, now: Time, pending: &mut Pending<Event>) {
        let request = &mut self.requests[number];
        request.attempt_began = now;
        request.retried |= request.attempt > 1;
        match request.step {
            Step::Kms => self.call_kms(number, now, pending),
            Step::S3 => self.call_s3(number, now, pending),
            Step::Done => self.leave(number, None, now, pending),
        }
    }

    /// An attempt of the client's own KMS call.
    fn call_kms(&mut self, number: u32, now: Time, pending: &mut Pending<Event>) {
        let Self {
            requests,
            fleets,
            tally,
            kms,
            assembly,
            ..
        } = self;
        let request = &mut requests[number];
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
        pending.schedule(now + takes, Event::Answer { request: number });
    }

    /// An attempt of the call to S3 begins: it takes a connection or sets one up.
    fn call_s3(&mut self, number: u32, now: Time, pending: &mut Pending<Event>) {
        let request = &self.requests[number];
        self.tally.attempt(request);
        let (fleet, instance) = (request.fleet, request.ask.instance);
        if self.instance(fleet, instance).connections.take(now) {
            self.send(number, now, pending);
        } else {
            let set_up = now + self.assembly.client.connect;
            pending.schedule(set_up, Event::Send { request: number });
        }
    }

    /// An attempt reaches S3, which decides at once what becomes of it.
    fn send(&mut self, number: u32, now: Time, pending: &mut Pending<Event>) {
        let refusal = self.refusal(number, now);
        let request = &mut self.requests[number];
        request.refusal = refusal;
        let Assembly { s3, kms, .. } = self.assembly;
        let takes = match refusal {
            Some(refusal) if refusal == &Refusal::KMS_SLOW_DOWN => {
                s3.refusal_latency + kms.refusal_latency
            }
            Some(_) => s3.refusal_latency,
            None => {
                request.time.connect += now - request.attempt_began;
                self.service(number)
            }
        };
        pending.schedule(now + takes, Event::Answer { request: number });
    }

    /// Why S3 refuses an attempt, if it does: front door, prefix, KMS, in this order.
    fn refusal(&mut self, number: u32, now: Time) -> Option<&'static Refusal> {
        let request = &mut self.requests[number];
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
            self.ask_bucket_key(number, call, now)
        } else {
            self.ask_kms(number, call, now)
        }
    }

    fn ask_bucket_key(&mut self, number: u32, call: Call, now: Time) -> Option<&'static Refusal> {
        let request = &self.requests[number];
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
        let refusal = self.ask_kms(number, call, now);
        if let (None, Some(keys)) = (refusal, &mut self.bucket_keys) {
            keys.store(place, now);
        }
        refusal
    }

    /// S3 calls KMS on the request's behalf.
    fn ask_kms(&mut self, number: u32, call: Call, now: Time) -> Option<&'static Refusal> {
        let request = &mut self.requests[number];
        let granted = self.kms.ask(now);
        self.tally
            .kms_call(now, call, request.attempt == 1, granted);
        request.calls_kms = granted;
        (!granted).then_some(&Refusal::KMS_SLOW_DOWN)
    }

    /// Time that an admitted attempt takes from here: KMS, first byte and transfer.
    fn service(&mut self, number: u32) -> Span {
        let Assembly { s3, kms, .. } = self.assembly;
        let request = &mut self.requests[number];
        let keys = &self.fleets[usize::from(request.fleet)].keys;
        let first_byte = match request.ask.operation {
            Operation::Get => &s3.get_first_byte,
            Operation::Put => &s3.put_first_byte,
        };
        let first_byte = first_byte.draw(&mut request.stream(keys.service).rng());
        let transfer = at_rate(request.ask.size, s3.connection_rate);
        let kms = if request.calls_kms {
            kms.latency.draw(&mut request.stream(keys.kms).rng())
        } else {
            Span::ZERO
        };
        request.time.first_byte += first_byte;
        request.time.transfer += transfer;
        request.time.kms += kms;
        first_byte + transfer + kms
    }

    fn answer(&mut self, number: u32, now: Time, pending: &mut Pending<Event>) {
        let request = &self.requests[number];
        let (fleet, instance, refusal) = (request.fleet, request.ask.instance, request.refusal);
        if request.step == Step::S3 {
            self.tally.s3_answered(request, now);
            self.instance(fleet, instance).connections.give_back(now);
        }
        match refusal {
            None => self.succeeded(number, now, pending),
            Some(refusal) => self.failed(number, refusal, now, pending),
        }
    }

    /// A call succeeded: the request goes on with its next one, or is done.
    fn succeeded(&mut self, number: u32, now: Time, pending: &mut Pending<Event>) {
        let Self {
            requests,
            fleets,
            assembly,
            ..
        } = self;
        let request = &mut requests[number];
        let instance =
            &mut fleets[usize::from(request.fleet)].instances[request.ask.instance as usize];
        retry_quota(instance, request.step).succeeded(request.retry_cost);
        request.retry_cost = None;
        request.attempt = 1;
        let reads = request.ask.operation == Operation::Get;
        match (assembly.client.crypto_rate, request.step) {
            (Some(_), Step::S3) if reads => {
                request.step = Step::Kms;
                self.proceed(number, now, pending);
            }
            (Some(rate), Step::Kms) => {
                request.step = if reads { Step::Done } else { Step::S3 };
                let done = instance.cores.work(now, at_rate(request.ask.size, rate));
                request.time.client_crypto += done - now;
                pending.schedule(done, Event::Proceed { request: number });
            }
            _ => self.leave(number, None, now, pending),
        }
    }

    /// An attempt failed: the client tries again or gives the request up.
    fn failed(
        &mut self,
        number: u32,
        refusal: &'static Refusal,
        now: Time,
        pending: &mut Pending<Event>,
    ) {
        let Self {
            requests,
            fleets,
            tally,
            assembly,
            ..
        } = self;
        let request = &mut requests[number];
        request.time.refused += now - request.attempt_began;
        tally.refused(request, refusal);
        let FleetState {
            keys, instances, ..
        } = &mut fleets[usize::from(request.fleet)];
        let instance = &mut instances[request.ask.instance as usize];
        let key = if request.step == Step::Kms {
            keys.kms_back_off
        } else {
            keys.s3_back_off
        };
        let mut rng = request.stream(key).rng();
        let quota = retry_quota(instance, request.step);
        match assembly
            .client
            .retry
            .decide(refusal.kind, request.attempt, quota, &mut rng)
        {
            Decision::Retry { back_off, cost } => {
                request.retry_cost = Some(cost);
                request.attempt += 1;
                request.time.back_off += back_off;
                pending.schedule(now + back_off, Event::Proceed { request: number });
            }
            Decision::GiveUp(_) => self.leave(number, Some(refusal), now, pending),
        }
    }

    /// A request leaves the system; its place goes to the next that waits.
    fn leave(
        &mut self,
        number: u32,
        refusal: Option<&'static Refusal>,
        now: Time,
        pending: &mut Pending<Event>,
    ) {
        let request = self.requests.remove(number);
        self.tally.left(&request, refusal, now);
        if let Some(worker) = request.worker() {
            let think = self.fleets[usize::from(request.fleet)].think(worker);
            pending.schedule(
                now + think,
                Event::Ask {
                    fleet: request.fleet,
                    worker,
                },
            );
        }
        if let Some(next) = self.instance(request.fleet, request.ask.instance).leave() {
            self.begin(next, now, pending);
        }
    }

    fn instance(&mut self, fleet: u16, instance: u32) -> &mut Instance {
        &mut self.fleets[usize::from(fleet)].instances[instance as usize]
    }
}

impl Model for World<'_> {
    type Event = Event;

    fn handle(&mut self, now: Time, event: Event, pending: &mut Pending<Event>) {
        match event {
            Event::Arrive { fleet } => self.arrive(now, fleet, pending),
            Event::Ask { fleet, worker } => self.ask(now, fleet, worker, pending),
            Event::Proceed { request } => self.proceed(request, now, pending),
            Event::Send { request } => self.send(request, now, pending),
            Event::Answer { request } => self.answer(request, now, pending),
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
    let nanos = u128::from(bytes) * u128::from(NANOS_PER_S) / u128::from(rate);
    Span::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

/// Streams of one fleet; each request and attempt has its own below these.
#[derive(Clone, Copy, Debug)]
struct Keys {
    service: StreamKey,
    kms: StreamKey,
    client_kms: StreamKey,
    bucket_key: StreamKey,
    s3_back_off: StreamKey,
    kms_back_off: StreamKey,
}
