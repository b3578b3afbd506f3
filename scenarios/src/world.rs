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
#![expect(
    clippy::inline_always,
    reason = "a request that goes straight through stays in registers: a tenth of the time"
)]

mod attempt;
mod bins;
mod call;
mod connect;
mod event;
mod fleet;
mod gauge;
mod keys;
mod kms;
mod log;
mod network;
mod request;
mod service;
mod snapshot;
mod tally;
mod transfer;

pub(crate) use event::Event;
pub(crate) use gauge::Gauge;
pub(crate) use log::{Log, Recorder, Silent};
pub(crate) use snapshot::Snapshot;
pub(crate) use tally::{AccountTally, ClassTally, KmsTally, OPERATIONS, Second, Tally};

use crate::assemble::Assembly;
use fleet::{FleetState, Next};
use keystorm_models::client::Instance;
use keystorm_models::kms::{KeyStore, RequestQuota};
use keystorm_models::s3::{BucketKeys, PrefixRates, Refusal};
use keystorm_models::workload::Job;
use keystorm_sim::{Model, Pending, Span, StreamKey, Streams, Time};
use request::{Request, Requests};
use service::ServiceTimes;
use transfer::Transfers;

/// The state of one replication.
#[derive(Debug)]
pub(crate) struct World<'a, R = Silent> {
    assembly: &'a Assembly,
    service: ServiceTimes<'a>,
    fleets: Vec<FleetState>,
    requests: Requests,
    transfers: Transfers,
    /// Quota of the bucket's account.
    kms: RequestQuota,
    /// Quotas of further accounts.
    other_accounts: Vec<RequestQuota>,
    key_store: Option<KeyStore>,
    /// Whether nothing but the account's quota decides about KMS calls.
    kms_is_plain: bool,
    /// Of the attempt at hand: time of KMS beyond that of a granted call, such as a proxy's.
    kms_extra: Span,
    prefixes: PrefixRates,
    bucket_keys: Option<BucketKeys>,
    pub(crate) tally: Tally,
    arrived: u64,
    /// Workers that still have calls to make, of those that stop, and jobs that are not over.
    workers_left: u64,
    /// Whether all fleets are jobs or have only workers that stop.
    all_end: bool,
    /// Is told what goes into logs.
    pub(crate) recorder: R,
}

impl<'a, R: Recorder> World<'a, R> {
    /// An empty system at `from`, a whole second, and its first events: the state of a replication
    /// at t = 0.
    pub(crate) fn new(
        assembly: &'a Assembly,
        replication: u32,
        from: Time,
        pending: &mut Pending<Event>,
        recorder: R,
    ) -> Self {
        let streams = Streams::new(assembly.seed, u64::from(replication));
        let (kms, s3) = (&assembly.kms, &assembly.s3);
        let service = ServiceTimes::new(assembly, &streams);
        let mut fleets = Vec::with_capacity(assembly.fleets.len());
        let mut requesters = 0;
        for fleet in &assembly.fleets {
            fleets.push(FleetState::new(fleet, requesters, assembly, &streams, from));
            requesters += fleet.requesters;
        }
        let workers_left = fleets.iter().map(FleetState::ends).sum();
        let is_finite = |fleet: &FleetState| fleet.ends() > 0;
        let all_end = fleets.iter().all(is_finite);
        for (index, fleet) in (0..).zip(&mut fleets) {
            fleet.start(index, assembly.horizon, &service, pending);
        }
        Self {
            assembly,
            service,
            fleets,
            requests: Requests::default(),
            transfers: Transfers::default(),
            kms: kms::request_quota(kms, &streams),
            other_accounts: kms::other_accounts(kms, &streams),
            key_store: kms.key_store,
            kms_is_plain: kms.key_store.is_none() && kms.faults.is_empty(),
            kms_extra: Span::ZERO,
            prefixes: PrefixRates::new(s3.prefixes, s3.read_max, s3.write_max, s3.split_rule),
            bucket_keys: fleet::bucket_keys(assembly, &streams),
            tally: Tally::new(assembly, from),
            arrived: 0,
            workers_left,
            all_end,
            recorder,
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
            requests,
            transfers,
            fleets,
            tally,
            ..
        } = self;
        let asked = requests.iter().filter(|it| !it.is_piece());
        for request in asked.chain(transfers.requests()) {
            tally.occupancy.stayed(now, request.start);
            tally.unfinished(request);
        }
        for instance in fleets.iter().flat_map(|it| &it.instances) {
            tally.cores.close(now, &instance.cores);
        }
        tally.jobs = fleets
            .iter()
            .map(|it| it.job().map(|job| job.progress().clone()))
            .collect();
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
        let (id, ask) = match state.turn(worker, now) {
            Next::Ask(id, ask) => (id, ask),
            Next::Busy(span) => return pending.schedule(now + span, Event::Ask { fleet, worker }),
            Next::Idle => return,
            Next::CallIdle => {
                for worker in state.call_idle() {
                    pending.schedule(now, Event::Ask { fleet, worker });
                }
                return;
            }
            Next::Stop => return self.stop_worker(now),
        };
        let stream = state.keys.service.child(id.attempt(1));
        let service = self.service.draw(stream, &ask);
        let request = Request::new(fleet, Some(worker), now, id, ask, service);
        self.enter(request, now, pending);
    }

    /// A request enters the system and takes a place in its instance, or waits for one.
    #[inline(always)]
    fn enter(&mut self, mut request: Request, now: Time, pending: &mut Pending<Event>) {
        self.arrived += 1;
        self.tally.arrived(&request, now);
        if let Some(place) = self.instance(&request).enter(now) {
            request.place = place;
            self.begin_with_place(&mut request, now, pending);
        } else {
            self.wait(request, now, pending);
        }
    }

    /// A request waits for a place. From now on the ends of its instance must be known in time.
    #[cold]
    fn wait(&mut self, request: Request, now: Time, pending: &mut Pending<Event>) {
        let number = self.requests.insert(&request);
        let (fleet, instance) = (request.fleet, request.ask.instance);
        let waited_in = self.instance(&request);
        if !waited_in.is_crowded(now) {
            for at in waited_in.unsettled() {
                pending.schedule_ahead(at, Event::Settle { fleet, instance });
            }
        }
        waited_in.wait(number, now);
    }

    /// Places may have come free: the requests that have waited longest take them.
    fn admit(&mut self, fleet: u16, instance: u32, now: Time, pending: &mut Pending<Event>) {
        while let Some((next, place)) =
            self.fleets[usize::from(fleet)].instances[instance as usize].admit()
        {
            let mut request = self.requests.remove(next);
            request.place = place;
            self.begin_with_place(&mut request, now, pending);
        }
    }

    /// A request has its place.
    #[inline(always)]
    fn begin_with_place(&mut self, request: &mut Request, now: Time, pending: &mut Pending<Event>) {
        request.time.wait += now - request.start;
        match self.stages(request) {
            Some(stages) => self.begin_transfer(request, stages, now, pending),
            None => self.begin(request, now, pending),
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
        if request.is_piece() {
            return self.piece_ended(request, refusal, now, pending);
        }
        self.tally.left(request, refusal, now);
        let fleet = request.fleet;
        if let Some(worker) = request.worker() {
            match self.fleets[usize::from(fleet)].think(worker, refusal.is_none()) {
                Some(think) => pending.schedule(now + think, Event::Ask { fleet, worker }),
                None => self.stop_worker(now),
            }
        }
        self.instance(request).leave(request.place);
        self.admit(fleet, request.ask.instance, now, pending);
    }

    /// A worker has made all its calls, or a job is over.
    fn stop_worker(&mut self, now: Time) {
        self.workers_left -= 1;
        let has_failed = |job: &Job| job.progress().failed.is_some();
        let mut jobs = self.fleets.iter().filter_map(FleetState::job);
        if self.workers_left == 0 && !jobs.any(has_failed) {
            self.tally.completion = Some(now);
        }
    }

    /// The instance that works on a request.
    #[inline(always)]
    fn instance(&mut self, request: &Request) -> &mut Instance {
        instance_of(&mut self.fleets, request)
    }
}

impl<R: Recorder> Model for World<'_, R> {
    type Event = Event;

    fn handle(&mut self, now: Time, event: Event, pending: &mut Pending<Event>) {
        match event {
            Event::Arrive { fleet } => self.arrive(now, fleet, pending),
            Event::Ask { fleet, worker } => self.ask(now, fleet, worker, pending),
            Event::Proceed { request } => {
                let mut request = self.requests.remove(request);
                self.proceed(&mut request, now, pending);
            }
            Event::Acquire { request } => self.look_again(request, now, pending),
            Event::Prepared { request } => {
                let mut request = self.requests.remove(request);
                self.send_if_let(&mut request, now, pending);
            }
            Event::Handshake { request, resumed } => {
                self.shake_hands(request, resumed, now, pending);
            }
            Event::Send { request } => {
                let mut request = self.requests.remove(request);
                self.is_connected(&mut request, now, pending);
            }
            Event::Answer { request } => self.answer(request, now, pending),
            Event::Waited { request } => self.time_out(request, now, pending),
            Event::Receive { request } => self.receive(request, now, pending),
            Event::Moved {
                fleet,
                instance,
                outbound,
            } => self.moved(fleet, instance, outbound, now, pending),
            Event::WaitNoLonger { fleet, ring } => self.wait_no_longer(fleet, ring, now, pending),
            Event::Settle { fleet, instance } => {
                self.fleets[usize::from(fleet)].instances[instance as usize].settle(now);
                self.admit(fleet, instance, now, pending);
            }
        }
    }

    fn is_over(&self) -> bool {
        self.arrived >= self.assembly.requests_max
            || (self.all_end && self.workers_left == 0)
            || self.recorder.has_failed()
    }
}

/// The instance that works on a request.
#[inline(always)]
fn instance_of<'a>(fleets: &'a mut [FleetState], request: &Request) -> &'a mut Instance {
    let fleet = &mut fleets[usize::from(request.fleet)];
    &mut fleet.instances[request.ask.instance as usize]
}

/// Streams of one fleet; each request and attempt has its own below these.
#[derive(Clone, Copy, Debug)]
struct Keys {
    service: StreamKey,
    client_kms: StreamKey,
    /// Which key a request needs.
    client_key: StreamKey,
    bucket_key: StreamKey,
    /// Who sends a request, and whether its object is older than Bucket Keys.
    requester: StreamKey,
    /// Where in its prefix a request's key lies.
    place: StreamKey,
    s3_back_off: StreamKey,
    kms_back_off: StreamKey,
    kms_fault: StreamKey,
    key_store_proxy: StreamKey,
}
