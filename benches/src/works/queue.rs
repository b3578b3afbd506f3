use super::{Drive, Outcome};
use keystorm_sim::stats::Occupancy;
use keystorm_sim::{Engine, Model, Pending, Rng, Span, Streams, TieBreak, Time, draw};
use std::collections::VecDeque;

#[derive(Clone, Copy, Debug)]
enum Event {
    Arrives,
    Leaves,
}

/// M/M/c, first come first served; mean service is a second.
#[derive(Debug)]
struct Queue {
    arrivals: draw::Exponentials<Rng>,
    services: draw::Exponentials<Rng>,
    between: Span,
    free: u32,
    waiting: VecDeque<Time>,
    arrived: u64,
    customers: u64,
    waits: Waits,
    in_line: Occupancy,
}

/// Sums of the waiting times \[ns\].
#[derive(Debug, Default)]
struct Waits {
    count: u64,
    sum: u128,
    longest: Span,
}

impl Waits {
    #[inline]
    fn record(&mut self, wait: Span) {
        self.count += 1;
        self.sum += u128::from(wait.nanos());
        self.longest = self.longest.max(wait);
    }
}

const SERVICE: Span = Span::from_secs(1);

impl Queue {
    #[inline]
    fn serve(&mut self, arrived: Time, now: Time, pending: &mut Pending<Event>) {
        self.waits.record(now - arrived);
        let service = self.services.draw(SERVICE);
        pending.schedule(now + service, Event::Leaves);
    }
}

impl Model for Queue {
    type Event = Event;

    #[inline]
    fn handle(&mut self, now: Time, event: Event, pending: &mut Pending<Event>) {
        match event {
            Event::Arrives => {
                self.arrived += 1;
                if self.arrived < self.customers {
                    let between = self.arrivals.draw(self.between);
                    pending.schedule(now + between, Event::Arrives);
                }
                if self.free > 0 {
                    self.free -= 1;
                    self.serve(now, now, pending);
                } else {
                    self.in_line.enter(now);
                    self.waiting.push_back(now);
                }
            }
            Event::Leaves => {
                if let Some(arrived) = self.waiting.pop_front() {
                    self.in_line.leave(now, arrived);
                    self.serve(arrived, now, pending);
                } else {
                    self.free += 1;
                }
            }
        }
    }
}

/// M/M/c with `servers` servers at a load of 0.9, until `customers` have been served.
///
/// # Panics
/// If the sums of waits and of those in line disagree: Little's law holds exactly.
#[must_use]
pub fn queue(servers: u32, customers: u64) -> Outcome {
    let streams = Streams::new(7, 0);
    let between = SERVICE.nanos() * 10 / (9 * u64::from(servers));
    let mut model = Queue {
        arrivals: draw::Exponentials::new(streams.key("arrivals", 0).rng()),
        services: draw::Exponentials::new(streams.key("services", 0).rng()),
        between: Span::from_nanos(between),
        free: servers,
        waiting: VecDeque::new(),
        arrived: 0,
        customers,
        waits: Waits::default(),
        in_line: Occupancy::new(Time::ZERO),
    };
    let mut pending = Pending::new(TieBreak::Schedule);
    let first = model.arrivals.draw(model.between);
    pending.schedule(Time::ZERO + first, Event::Arrives);
    let mut engine = Engine::new(model, pending);
    let secs = Drive::Through.run(&mut engine);
    let Queue { waits, in_line, .. } = &engine.model;
    assert_eq!(waits.sum, in_line.integral(engine.now()), "Little's law");
    let mean = waits.sum as f64 / waits.count as f64 / SERVICE.nanos() as f64;
    Outcome {
        events: engine.handled(),
        secs,
        found: format!(
            "served={} wait={mean:.4} theory={:.4} longest={}",
            waits.count,
            mean_wait(servers, 0.9),
            waits.longest
        ),
    }
}

/// Mean wait of M/M/c in mean services at load `rho`, by Erlang's C formula.
#[must_use]
pub fn mean_wait(servers: u32, rho: f64) -> f64 {
    let offered = rho * f64::from(servers);
    let lost = (1..=servers).fold(1.0, |lost, server| {
        offered * lost / (f64::from(server) + offered * lost)
    });
    let waits = lost / (1.0 - rho * (1.0 - lost));
    waits / (f64::from(servers) * (1.0 - rho))
}
