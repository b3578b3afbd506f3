use super::keys::KeyRing;
use super::network::Nic;
use super::request::Service;
use super::service::ServiceTimes;
use super::{Event, Keys};
use crate::assemble::{self, Access, Assembly, Fleet, Load};
use keystorm_models::client::{Instance, InstanceShape};
use keystorm_models::s3::{BucketKeys, KeyUse};
use keystorm_models::workload::{
    Arrival, Ask, Job, OpenArrivals, RequestId, TaskRequest, Turn, Workload,
};
use keystorm_sim::draw::{exponential, uniform_span};
use keystorm_sim::{Pending, Span, StreamKey, Streams, Time};

/// A fleet: its instances, and where its requests come from.
#[derive(Debug)]
pub(super) struct FleetState {
    pub(super) instances: Vec<Instance>,
    /// Of each instance, if its network is a limit.
    pub(super) nics: Vec<Nic>,
    /// Keys that its clients keep; none where nothing is kept.
    pub(super) rings: Vec<KeyRing>,
    pub(super) keys: Keys,
    /// The first of its requesters among those of all fleets, and how many they are.
    pub(super) requesters: (u32, u32),
    /// Nothing but its instance sees the end of a request that succeeds: it needs no event.
    pub(super) ends_silently: bool,
    source: Source,
}

#[derive(Debug)]
enum Source {
    Open(Box<Ahead>),
    Closed(Workers),
    Job(Box<JobWorkers>),
}

/// What a worker does when it is its turn.
#[derive(Clone, Copy, Debug)]
pub(super) enum Next {
    /// It makes a request.
    Ask(RequestId, Ask),
    /// Its turn comes again after so long.
    Busy(Span),
    /// It waits to be called.
    Idle,
    /// It waits to be called, as others do who are idle and are to be called now.
    CallIdle,
    /// It was the last one that had anything to do.
    Stop,
}

/// The arrivals of an open fleet, drawn some at a time with the service of their first attempts.
#[derive(Debug)]
struct Ahead {
    arrivals: OpenArrivals,
    /// Of the arrivals drawn last.
    services: [Service; OpenArrivals::BLOCK],
    /// Of the arrivals drawn last, the first that has not been taken.
    next: usize,
}

impl Ahead {
    fn new(arrivals: OpenArrivals) -> Self {
        Self {
            arrivals,
            services: [Service::default(); OpenArrivals::BLOCK],
            next: 0,
        }
    }

    /// The next one, if there is one before `horizon`.
    #[inline]
    fn peek(
        &mut self,
        horizon: Time,
        service: &ServiceTimes<'_>,
        key: StreamKey,
    ) -> Option<&Arrival> {
        if self.next == self.arrivals.drawn().len() {
            self.next = 0;
            service.draw_each(key, self.arrivals.draw(horizon), &mut self.services);
        }
        self.arrivals.drawn().get(self.next)
    }

    #[inline]
    fn pop(&mut self) -> Option<(&Arrival, &Service)> {
        let arrival = self.arrivals.drawn().get(self.next)?;
        let service = &self.services[self.next];
        self.next += 1;
        Some((arrival, service))
    }
}

/// Workers of a closed fleet: each asks, waits, thinks.
#[derive(Debug)]
struct Workers {
    workload: Workload,
    concurrency: u32,
    think_time: Span,
    /// Requests of each; `u32::MAX` without end.
    calls: u32,
    asks: StreamKey,
    thoughts: StreamKey,
    /// Number of each worker's next request.
    next: Vec<u32>,
}

/// A job and the workers who do it. They are numbered so that neighbours are of different
/// instances: where there are fewer tasks than workers, all instances have some.
#[derive(Debug)]
struct JobWorkers {
    job: Job,
    workload: Workload,
    /// When each instance comes up.
    up: Vec<Time>,
    asks: StreamKey,
}

impl FleetState {
    /// A fleet before its first request; `first_requester` follows the requesters of those before.
    pub(super) fn new(
        fleet: &Fleet,
        first_requester: u32,
        assembly: &Assembly,
        streams: &Streams,
        from: Time,
    ) -> Self {
        let key = |what: &str| streams.key(&format!("{what}/{}", fleet.name), 0);
        let client = &assembly.client;
        let shape = InstanceShape {
            concurrency: fleet.concurrency,
            cores: client.cores,
            keep_alive: client.keep_alive,
            scope: client.scope,
            retry: client.retry,
            clock_phase: if client.phase_is_drawn {
                // One for all: their clocks agree.
                let mut rng = streams.key("client-clock", 0).rng();
                uniform_span(&mut rng, Span::from_secs(1))
            } else {
                Span::ZERO
            },
            pool: client.pool,
            kms_pool: client.kms_pool,
        };
        let source = match &fleet.load {
            Load::Open(profile) => {
                let arrivals = OpenArrivals::new(
                    profile.clone(),
                    fleet.workload.clone(),
                    key("arrivals"),
                    from,
                );
                Source::Open(Box::new(Ahead::new(arrivals)))
            }
            Load::Closed(closed) => Source::Closed(Workers {
                workload: fleet.workload.clone(),
                concurrency: fleet.concurrency,
                think_time: closed.think_time,
                calls: closed.calls.unwrap_or(u32::MAX),
                asks: key("asks"),
                thoughts: key("thoughts"),
                next: vec![0; fleet.workers()],
            }),
            Load::Job(job) => Source::Job(Box::new(JobWorkers::new(job, fleet, key))),
        };
        Self {
            ends_silently: assembly.ends_silently(fleet),
            instances: (0..fleet.instances).map(|_| Instance::new(shape)).collect(),
            nics: client.links.map_or_else(Vec::new, |links| {
                let rate = assembly.s3.connection_rate;
                let nic = |_| Nic::new(links, rate);
                (0..fleet.instances).map(nic).collect()
            }),
            rings: KeyRing::all_of(fleet, assembly.client.keys.as_ref()),
            keys: Keys {
                service: key("service"),
                client_kms: key("client-kms"),
                client_key: key("client-key"),
                bucket_key: key("bucket-key"),
                requester: key("requester"),
                place: key("key-place"),
                s3_back_off: key("s3-back-off"),
                kms_back_off: key("kms-back-off"),
                kms_fault: key("kms-fault"),
                key_store_proxy: key("key-store-proxy"),
            },
            requesters: (first_requester, fleet.requesters),
            source,
        }
    }

    /// Schedules the fleet's first requests.
    pub(super) fn start(
        &mut self,
        fleet: u16,
        horizon: Time,
        service: &ServiceTimes<'_>,
        pending: &mut Pending<Event>,
    ) {
        match &mut self.source {
            Source::Open(_) => {
                if let Some(at) = self.next_arrival(horizon, service) {
                    pending.schedule(at, Event::Arrive { fleet });
                }
            }
            Source::Closed(workers) => {
                for worker in (0..).take(workers.next.len()) {
                    let at = Time::ZERO + workers.think(worker);
                    pending.schedule(at, Event::Ask { fleet, worker });
                }
            }
            Source::Job(it) => {
                for (worker, &up) in (0..it.job.workers()).zip(it.up.iter().cycle()) {
                    let worker = u32::try_from(worker).expect("checked: at most 10^6 workers");
                    pending.schedule(up, Event::Ask { fleet, worker });
                }
            }
        }
    }

    /// When the next request of an open fleet arrives, if one does before `horizon`.
    #[inline]
    pub(super) fn next_arrival(
        &mut self,
        horizon: Time,
        service: &ServiceTimes<'_>,
    ) -> Option<Time> {
        let Source::Open(ahead) = &mut self.source else {
            return None;
        };
        ahead
            .peek(horizon, service, self.keys.service)
            .map(|arrival| arrival.at)
    }

    /// Takes the arrival that is due.
    #[inline]
    pub(super) fn take_arrival(&mut self) -> Option<(&Arrival, &Service)> {
        let Source::Open(ahead) = &mut self.source else {
            return None;
        };
        ahead.pop()
    }

    /// What a worker does next, whose turn it is.
    pub(super) fn turn(&mut self, worker: u32, now: Time) -> Next {
        let workers = match &mut self.source {
            Source::Closed(workers) => workers,
            Source::Job(job) => return job.turn(worker, now),
            Source::Open(_) => unreachable!("open fleets have no workers"),
        };
        let number = &mut workers.next[worker as usize];
        let id = RequestId::new(u64::from(worker), *number);
        *number += 1;
        let mut ask = workers
            .workload
            .draw(&mut workers.asks.child(id.attempt(0)).rng(), now);
        ask.instance = worker / workers.concurrency;
        Next::Ask(id, ask)
    }

    /// Calls the workers of a job who are idle and now have something to do.
    pub(super) fn call_idle(&mut self) -> impl Iterator<Item = u32> {
        let job = match &mut self.source {
            Source::Job(it) => Some(&mut it.job),
            Source::Open(_) | Source::Closed(_) => None,
        };
        job.into_iter().flat_map(Job::call_idle)
    }

    /// How many of its own will stop: workers of a closed fleet, or a job as a whole.
    pub(super) fn ends(&self) -> u64 {
        match &self.source {
            Source::Closed(workers) if workers.calls < u32::MAX => workers.next.len() as u64,
            Source::Job(_) => 1,
            Source::Open(_) | Source::Closed(_) => 0,
        }
    }

    /// The job, if it is one.
    pub(super) fn job(&self) -> Option<&Job> {
        match &self.source {
            Source::Job(it) => Some(&it.job),
            Source::Open(_) | Source::Closed(_) => None,
        }
    }

    /// How long a worker thinks, whose request has ended well or not, until it is its turn again;
    /// `None` if it has made its last one.
    pub(super) fn think(&mut self, worker: u32, well: bool) -> Option<Span> {
        let workers = match &mut self.source {
            Source::Closed(workers) => workers,
            Source::Job(it) => {
                if !well {
                    it.job.request_failed(worker);
                }
                return Some(Span::ZERO);
            }
            Source::Open(_) => unreachable!("open fleets have no workers"),
        };
        let goes_on = workers.next[worker as usize] < workers.calls;
        goes_on.then(|| workers.think(worker))
    }
}

impl Workers {
    fn think(&self, worker: u32) -> Span {
        let id = RequestId::new(u64::from(worker), self.next[worker as usize]);
        exponential(
            &mut self.thoughts.child(id.attempt(0)).rng(),
            self.think_time,
        )
    }
}

impl JobWorkers {
    fn new(job: &assemble::Job, fleet: &Fleet, key: impl Fn(&str) -> StreamKey) -> Self {
        let starts = key("job-starts");
        let up = |instance: u32| {
            let mut rng = starts.child(instance.into()).rng();
            job.start + uniform_span(&mut rng, job.start_spread)
        };
        let stages = job.stages.clone();
        Self {
            job: Job::new(stages, job.tries_max, fleet.workers(), key("compute")),
            workload: fleet.workload.clone(),
            up: (0..fleet.instances).map(up).collect(),
            asks: key("asks"),
        }
    }

    fn turn(&mut self, worker: u32, now: Time) -> Next {
        match self.job.turn(worker, now) {
            Turn::Request(request) => Next::Ask(request.id, self.ask(request, worker, now)),
            Turn::Compute(span) => Next::Busy(span),
            Turn::Idle => Next::Idle,
            Turn::StageEnds => Next::CallIdle,
            Turn::JobEnds => Next::Stop,
        }
    }

    fn ask(&self, request: TaskRequest, worker: u32, now: Time) -> Ask {
        let words = self.asks.child(request.object.attempt(0)).words();
        let instances = self.workload.instances;
        let operation = request.operation;
        let sizes = self.job.sizes(operation).unwrap_or(&self.workload.sizes);
        Ask {
            instance: worker % instances,
            ..self.workload.ask_of(sizes, operation, words, now)
        }
    }
}

/// The Bucket Keys at t = 0: a fleet that is at work then has been at work before, so S3 holds the
/// keys that it would hold in the long run; one that starts later finds none.
pub(super) fn bucket_keys(assembly: &Assembly, streams: &Streams) -> Option<BucketKeys> {
    let keys = assembly.s3.bucket_keys?;
    let requesters = assembly.fleets.iter().map(|fleet| fleet.requesters).sum();
    let mut caches = BucketKeys::new(requesters, keys.rules);
    let mut first = 0;
    for fleet in &assembly.fleets {
        let its = first..first + fleet.requesters;
        first = its.end;
        let rate = rate_at_start(fleet);
        if rate > 0.0 {
            let key = streams.key(&format!("bucket-key-ages/{}", fleet.name), 0);
            let uses = |of: KeyUse| {
                let per_request = |access: &Access| {
                    let needs = access.needs.iter().flatten();
                    needs.filter(|need| need.bucket_key == Some(of)).count() as f64
                };
                let shares = fleet.shares();
                rate * shares
                    .map(|(_, access, share)| share * per_request(access))
                    .sum::<f64>()
            };
            let reads = uses(KeyUse::Read) * (1.0 - keys.old_objects);
            let writes = uses(KeyUse::Write);
            let mut rng = key.rng();
            let shares = fleet.requester_popularity.shares(fleet.requesters);
            for (requester, share) in its.zip(shares) {
                caches.warm_up(requester, reads * share, writes * share, &mut rng);
            }
        }
    }
    Some(caches)
}

/// Requests per second of a fleet until t = 0; of a closed one, if answers took no time.
fn rate_at_start(fleet: &Fleet) -> f64 {
    match &fleet.load {
        Load::Open(pattern) => pattern.rate_before(),
        // Who stops has not been at work before.
        Load::Closed(closed) if closed.calls.is_some() => 0.0,
        Load::Job(_) => 0.0,
        Load::Closed(closed) => {
            let workers = f64::from(fleet.instances) * f64::from(fleet.concurrency);
            workers / closed.think_time.as_secs_f64()
        }
    }
}
