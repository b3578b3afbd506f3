//! A station on the engine, with any arrivals and any service: what the studies of queues share.
use keystorm_sim::blocks::{Admission, Station};
use keystorm_sim::stats::BatchMeans;
use keystorm_sim::{Engine, Model, Pending, Rng, Span, Streams, TieBreak, Time, draw};
use std::fmt;

pub(crate) const SECOND: Span = Span::from_secs(1);
const WARM_UP: u64 = 20_000;
/// 39 batches of 50,000.
const CUSTOMERS: u64 = WARM_UP + 1_950_000;

/// Draws the next gap or the next service.
pub(crate) type Draw = Box<dyn FnMut(&mut Rng) -> Span>;

/// Gaps of Poisson arrivals, so many per second.
pub(crate) fn poisson(per_s: f64) -> Draw {
    let mean = Span::from_nanos(draw::whole(1e9 / per_s));
    Box::new(move |rng| draw::exponential(rng, mean))
}

/// Distribution of service times with mean 1 s.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Service {
    Constant,
    Exponential,
    /// Mean 0.5 s with chance 0.9, else 5.5 s: second moment 6.5 s².
    Mixed,
}

impl Service {
    pub(crate) fn draw(self, rng: &mut Rng) -> Span {
        match self {
            Self::Constant => SECOND,
            Self::Exponential => draw::exponential(rng, SECOND),
            Self::Mixed => {
                let short = draw::unit(rng) < 0.9;
                draw::exponential(rng, Span::from_millis(if short { 500 } else { 5_500 }))
            }
        }
    }

    /// Second moment \[s²\].
    pub(crate) fn second_moment(self) -> f64 {
        match self {
            Self::Constant => 1.0,
            Self::Exponential => 2.0,
            Self::Mixed => 6.5,
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Event {
    Arrives,
    Leaves { arrived: Time },
}

/// What a study of a queue finds; times in seconds.
pub(crate) struct Queue {
    gap: Draw,
    service: Service,
    station: Station<Time>,
    arrivals: Rng,
    services: Rng,
    customers: u64,
    pub(crate) wait: BatchMeans,
    pub(crate) sojourn: BatchMeans,
    /// Share of customers that found no room.
    pub(crate) lost: BatchMeans,
    /// Shares that waited longer than `wait_p99`, stayed longer than `sojourn_p99`.
    pub(crate) late: BatchMeans,
    pub(crate) long: BatchMeans,
    pub(crate) wait_p99: f64,
    pub(crate) sojourn_p99: f64,
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue")
            .field("station", &self.station)
            .finish_non_exhaustive()
    }
}

impl Queue {
    pub(crate) fn new(gap: Draw, service: Service, servers: usize, room: usize) -> Self {
        let streams = Streams::new(31, 0);
        let batches = BatchMeans::new(20, 50_000);
        Self {
            gap,
            service,
            station: Station::new(servers, room),
            arrivals: streams.key("arrivals", 0).rng(),
            services: streams.key("services", 0).rng(),
            customers: 0,
            wait: batches.clone(),
            sojourn: batches.clone(),
            lost: batches.clone(),
            late: batches.clone(),
            long: batches,
            wait_p99: f64::INFINITY,
            sojourn_p99: f64::INFINITY,
        }
    }

    pub(crate) fn run(self) -> Self {
        let mut pending = Pending::new(TieBreak::Schedule);
        pending.schedule(Time::ZERO, Event::Arrives);
        let mut engine = Engine::new(self, pending);
        assert!(!engine.run_until(Time::NEVER), "ends by count");
        engine.model
    }

    fn measures(&self) -> bool {
        self.customers > WARM_UP
    }

    fn start(&mut self, now: Time, arrived: Time, pending: &mut Pending<Event>) {
        let service = self.service.draw(&mut self.services);
        pending.schedule(now + service, Event::Leaves { arrived });
        if self.measures() {
            let wait = (now - arrived).as_secs_f64();
            self.wait.push(wait);
            self.late.push(f64::from(u8::from(wait > self.wait_p99)));
        }
    }
}

impl Model for Queue {
    type Event = Event;

    fn handle(&mut self, now: Time, event: Event, pending: &mut Pending<Event>) {
        match event {
            Event::Arrives => {
                let gap = (self.gap)(&mut self.arrivals);
                pending.schedule(now + gap, Event::Arrives);
                self.customers += 1;
                let admission = self.station.arrive(now);
                if self.measures() {
                    let lost = matches!(admission, Admission::Lost(_));
                    self.lost.push(f64::from(u8::from(lost)));
                }
                if let Admission::Starts(arrived) = admission {
                    self.start(now, arrived, pending);
                }
            }
            Event::Leaves { arrived } => {
                if self.measures() {
                    let sojourn = (now - arrived).as_secs_f64();
                    self.sojourn.push(sojourn);
                    let long = sojourn > self.sojourn_p99;
                    self.long.push(f64::from(u8::from(long)));
                }
                if let Some(arrived) = self.station.leave() {
                    self.start(now, arrived, pending);
                }
            }
        }
    }

    fn is_over(&self) -> bool {
        self.customers == CUSTOMERS
    }
}
