//! Queues with one or more servers and one queue: A/S/c/K, on the engine.
use super::agree;
use keystorm_sim::stats::BatchMeans;
use keystorm_sim::{Engine, Model, Pending, Rng, Span, Streams, TieBreak, Time, draw};
use std::collections::VecDeque;

const SECOND: Span = Span::from_secs(1);

#[derive(Clone, Copy, Debug)]
enum Event {
    Arrives,
    Leaves { arrived: Time },
}

/// Distribution of service times with mean 1 s.
#[derive(Clone, Copy, Debug)]
enum Service {
    Constant,
    Exponential,
    /// Mean 0.5 s with chance 0.9, else 5.5 s: second moment 6.5 s².
    Mixed,
}

/// A station of `servers` with room for `room` customers, those in service included.
#[derive(Debug)]
struct Station {
    rng: Rng,
    gap: Span,
    service: Service,
    servers: usize,
    room: usize,
    busy: usize,
    queue: VecDeque<Time>,
    warm_up: u64,
    customers: u64,
    /// Waits \[s\].
    wait: BatchMeans,
    /// Shares of customers that found no room, that waited longer than `wait_p99` \[s\], that
    /// stayed longer than `sojourn_p99` \[s\].
    lost: BatchMeans,
    late: BatchMeans,
    sojourn: BatchMeans,
    long: BatchMeans,
    wait_p99: f64,
    sojourn_p99: f64,
}

impl Station {
    fn new(load: f64, service: Service, servers: usize, room: usize) -> Self {
        let nanos = SECOND.nanos() as f64 / (load * servers as f64);
        let batches = BatchMeans::new(20, 20_000);
        Self {
            rng: Streams::new(31, 0).key("station", 0).rng(),
            gap: Span::from_nanos(draw::whole(nanos)),
            service,
            servers,
            room,
            busy: 0,
            queue: VecDeque::new(),
            warm_up: 10_000,
            customers: 0,
            wait: batches.clone(),
            lost: batches.clone(),
            late: batches.clone(),
            sojourn: batches.clone(),
            long: batches,
            wait_p99: f64::INFINITY,
            sojourn_p99: f64::INFINITY,
        }
    }

    /// Runs 780,000 customers after the warm-up: 39 batches.
    fn run(self) -> Self {
        let mut pending = Pending::new(TieBreak::Schedule);
        pending.schedule(Time::ZERO, Event::Arrives);
        let mut engine = Engine::new(self, pending);
        assert!(!engine.run_until(Time::NEVER), "ends by count");
        engine.model
    }

    fn start(&mut self, now: Time, arrived: Time, pending: &mut Pending<Event>) {
        let service = match self.service {
            Service::Constant => SECOND,
            Service::Exponential => draw::exponential(&mut self.rng, SECOND),
            Service::Mixed => {
                let short = draw::unit(&mut self.rng) < 0.9;
                let mean = Span::from_millis(if short { 500 } else { 5_500 });
                draw::exponential(&mut self.rng, mean)
            }
        };
        self.busy += 1;
        pending.schedule(now + service, Event::Leaves { arrived });
        if self.customers > self.warm_up {
            let wait = (now - arrived).as_secs_f64();
            self.wait.push(wait);
            self.late.push(f64::from(u8::from(wait > self.wait_p99)));
        }
    }
}

impl Model for Station {
    type Event = Event;

    fn handle(&mut self, now: Time, event: Event, pending: &mut Pending<Event>) {
        match event {
            Event::Arrives => {
                let gap = draw::exponential(&mut self.rng, self.gap);
                pending.schedule(now + gap, Event::Arrives);
                self.customers += 1;
                let lost = self.busy + self.queue.len() == self.room;
                if self.customers > self.warm_up {
                    self.lost.push(f64::from(u8::from(lost)));
                }
                if lost {
                    return;
                }
                if self.busy < self.servers {
                    self.start(now, now, pending);
                } else {
                    self.queue.push_back(now);
                }
            }
            Event::Leaves { arrived } => {
                self.busy -= 1;
                if self.customers > self.warm_up {
                    let sojourn = (now - arrived).as_secs_f64();
                    self.sojourn.push(sojourn);
                    self.long
                        .push(f64::from(u8::from(sojourn > self.sojourn_p99)));
                }
                if let Some(arrived) = self.queue.pop_front() {
                    self.start(now, arrived, pending);
                }
            }
        }
    }

    fn is_over(&self) -> bool {
        self.customers == self.warm_up + 780_000
    }
}

/// Erlang B with offered load `a`: Erlang (1917); recursion in Cooper, Introduction to Queueing
/// Theory, 2nd ed. (1981), section 3.3.
fn erlang_b(servers: usize, a: f64) -> f64 {
    (1..=servers).fold(1.0, |b, k| a * b / (k as f64 + a * b))
}

// Goal: M/M/1 is right in means and tails.
// Method: load 0.5. Wait load/(1 - load), sojourn 1/(1 - load); P(wait > t) = load
// e^(-(1 - load)t),
// P(sojourn > t) = e^(-(1 - load)t): beyond the p99 of theory lies 1 %. Kleinrock, Queueing Systems
// I (1975), sections 3.2 and 5.12.
#[test]
fn one_exponential_server() {
    let load = 0.5;
    let mut station = Station::new(load, Service::Exponential, 1, usize::MAX);
    station.wait_p99 = libm::log(load / 0.01) / (1.0 - load);
    station.sojourn_p99 = libm::log(1.0 / 0.01) / (1.0 - load);
    let station = station.run();
    agree("wait", &station.wait, load / (1.0 - load), 0.05);
    agree("sojourn", &station.sojourn, 1.0 / (1.0 - load), 0.03);
    agree("wait beyond p99", &station.late, 0.01, 0.15);
    agree("sojourn beyond p99", &station.long, 0.01, 0.15);
}

// Goal: M/M/8 waits as long, and as often beyond p99, as theory says.
// Method: load 0.6. Erlang C = B/(1 - load(1 - B)); wait C/(8(1 - load)); P(wait > t) =
// C e^(-8(1 - load)t). Kleinrock (1975), section 3.5.
#[test]
fn eight_exponential_servers() {
    let (servers, load) = (8, 0.6);
    let b = erlang_b(servers, load * 8.0);
    let c = b / (1.0 - load * (1.0 - b));
    let mut station = Station::new(load, Service::Exponential, servers, usize::MAX);
    station.wait_p99 = libm::log(c / 0.01) / (8.0 * (1.0 - load));
    let station = station.run();
    agree("wait", &station.wait, c / (8.0 * (1.0 - load)), 0.08);
    agree("wait beyond p99", &station.late, 0.01, 0.3);
}

// Goal: M/M/3/10 loses what theory says.
// Method: load 0.95. p(n) ~ a^n/n! up to 3, then times a/3 each; loss p(10). Kleinrock (1975),
// section 3.7.
#[test]
fn three_servers_with_room_for_ten() {
    let (a, mut weight, mut sum) = (0.95 * 3.0, 1.0, 1.0);
    for n in 1_u32..=10 {
        weight *= a / f64::from(n.min(3));
        sum += weight;
    }
    let station = Station::new(0.95, Service::Exponential, 3, 10).run();
    agree("loss", &station.lost, weight / sum, 0.08);
}

// Goal: without a queue, only the mean of service matters.
// Method: Erlang B for 5 servers and load 0.9, with constant, exponential and mixed service.
// Insensitivity: Sevastyanov, Theory of Probability and Its Applications 2 (1957).
#[test]
fn loss_does_not_depend_on_the_shape_of_service() {
    for service in [Service::Constant, Service::Exponential, Service::Mixed] {
        let station = Station::new(0.9, service, 5, 5).run();
        agree(
            &format!("{service:?}"),
            &station.lost,
            erlang_b(5, 4.5),
            0.03,
        );
    }
}

// Goal: waits follow from the second moment of service.
// Method: Pollaczek-Khinchine, wait = arrival rate x E(S^2) / (2(1 - load)), for constant (M/D/1)
// and mixed service. Kleinrock (1975), section 5.6.
#[test]
fn one_server_with_general_service() {
    let station = Station::new(0.7, Service::Constant, 1, usize::MAX).run();
    agree("constant", &station.wait, 0.7 / 0.6, 0.05);
    let station = Station::new(0.5, Service::Mixed, 1, usize::MAX).run();
    agree("mixed", &station.wait, 0.5 * 6.5, 0.12);
}
