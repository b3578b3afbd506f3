//! Loops: customers who come back, from thinking or from orbit.
use super::agree;
use super::queue::{SECOND, Service, poisson};
use keystorm_sim::blocks::{Admission, Closed, Orbit, Station};
use keystorm_sim::stats::{BatchMeans, TimeAverage};
use keystorm_sim::{Engine, Model, Pending, Rng, Span, Streams, TieBreak, Time, draw};

const WARM_UP: u64 = 20_000;
const PERIOD: Span = Span::from_secs(1_000);
const CUSTOMERS: u64 = WARM_UP + 1_950_000;

#[derive(Clone, Copy, Debug)]
enum Visit {
    Asks,
    Answered { asked: Time },
}

/// Exponential thinking and service at a few servers.
struct Office {
    rng: Rng,
    think: Span,
    source: Closed,
    station: Station<Time>,
    answers: u64,
    last: Time,
    response: BatchMeans,
    /// Time between answers.
    between: BatchMeans,
}

impl Office {
    fn run(customers: u64, servers: usize, think: Span) -> Self {
        let mut office = Self {
            rng: Streams::new(61, 0).key("office", 0).rng(),
            think,
            source: Closed::new(customers),
            station: Station::new(servers, usize::MAX),
            answers: 0,
            last: Time::ZERO,
            response: BatchMeans::new(20, 50_000),
            between: BatchMeans::new(20, 50_000),
        };
        let mut pending = Pending::new(TieBreak::Schedule);
        for _ in 0..customers {
            let think = draw::exponential(&mut office.rng, think);
            pending.schedule(Time::ZERO + think, Visit::Asks);
        }
        let mut engine = Engine::new(office, pending);
        assert!(!engine.run_until(Time::NEVER), "ends by count");
        engine.model
    }

    fn serve(&mut self, now: Time, asked: Time, pending: &mut Pending<Visit>) {
        let service = draw::exponential(&mut self.rng, SECOND);
        pending.schedule(now + service, Visit::Answered { asked });
    }
}

impl Model for Office {
    type Event = Visit;

    fn handle(&mut self, now: Time, event: Visit, pending: &mut Pending<Visit>) {
        match event {
            Visit::Asks => {
                self.source.ask();
                if let Admission::Starts(asked) = self.station.arrive(now) {
                    self.serve(now, asked, pending);
                }
            }
            Visit::Answered { asked } => {
                self.source.think();
                assert_eq!(
                    self.source.asking() + 1,
                    self.station.present() as u64,
                    "who asks is at the station"
                );
                let think = draw::exponential(&mut self.rng, self.think);
                pending.schedule(now + think, Visit::Asks);
                if let Some(asked) = self.station.leave() {
                    self.serve(now, asked, pending);
                }
                self.answers += 1;
                if self.answers > WARM_UP {
                    self.response.push((now - asked).as_secs_f64());
                    self.between.push((now - self.last).as_secs_f64());
                }
                self.last = now;
            }
        }
    }

    fn is_over(&self) -> bool {
        self.answers == CUSTOMERS
    }
}

// Goal: a closed loop's throughput and response are those of theory.
// Method: M/M/2//N, thinking 10 s, N = 5 (idle), 20 (knee), 60 (saturated): p(n + 1) = p(n) (N - n)
// / Z / min(n + 1, 2), throughput X = sum of min(n, 2) p(n), response N/X - Z. Kleinrock, Queueing
// Systems I (1975), finite population.
#[test]
fn two_servers_with_a_closed_source() {
    let think = Span::from_secs(10);
    for customers in [5_u32, 20, 60] {
        let (mut weight, mut sum, mut rate) = (1.0, 1.0, 0.0);
        for n in 1..=customers {
            let busy = f64::from(n.min(2));
            weight *= f64::from(customers - n + 1) / think.as_secs_f64() / busy;
            sum += weight;
            rate += busy * weight;
        }
        let rate = rate / sum;
        let office = Office::run(customers.into(), 2, think);
        let what = format!("{customers} customers");
        agree(&what, &office.between, 1.0 / rate, 0.005);
        let response = f64::from(customers) / rate - think.as_secs_f64();
        agree(&what, &office.response, response, 0.015);
    }
}

#[derive(Clone, Copy, Debug)]
enum Call {
    Tries { attempt: u32 },
    Ends,
}

/// A single line without a queue: who finds it busy tries again, until it is free.
struct Line {
    rng: Rng,
    gap: super::queue::Draw,
    service: Service,
    away: Span,
    station: Station<()>,
    orbit: Orbit,
    in_orbit: TimeAverage,
    served: u64,
    attempts: BatchMeans,
    /// Time averages of the number in orbit, over each [`PERIOD`].
    present: BatchMeans,
    period_ends: Time,
}

impl Line {
    fn run(per_s: f64, service: Service, away: Span) -> Self {
        let line = Self {
            rng: Streams::new(62, 0).key("line", 0).rng(),
            gap: poisson(per_s),
            service,
            away,
            station: Station::new(1, 1),
            orbit: Orbit::new(u32::MAX),
            in_orbit: TimeAverage::new(Time::ZERO, 0),
            served: 0,
            attempts: BatchMeans::new(20, 50_000),
            present: BatchMeans::new(20, 50),
            period_ends: Time::ZERO + PERIOD,
        };
        let mut pending = Pending::new(TieBreak::Schedule);
        pending.schedule(Time::ZERO, Call::Tries { attempt: 1 });
        let mut engine = Engine::new(line, pending);
        assert!(!engine.run_until(Time::NEVER), "ends by count");
        engine.model
    }

    fn close_periods(&mut self, now: Time) {
        while now >= self.period_ends {
            let average = self.in_orbit.restart(self.period_ends);
            if self.served > WARM_UP {
                self.present.push(average);
            }
            self.period_ends += PERIOD;
        }
    }

    fn tries(&mut self, attempt: u32, now: Time, pending: &mut Pending<Call>) {
        if let Admission::Starts(()) = self.station.arrive(()) {
            let service = self.service.draw(&mut self.rng);
            pending.schedule(now + service, Call::Ends);
            self.served += 1;
            if self.served > WARM_UP {
                self.attempts.push(f64::from(attempt));
            }
        } else {
            let attempt = self.orbit.refuse(attempt).expect("no limit");
            let away = draw::exponential(&mut self.rng, self.away);
            pending.schedule(now + away, Call::Tries { attempt });
        }
    }
}

impl Model for Line {
    type Event = Call;

    fn handle(&mut self, now: Time, event: Call, pending: &mut Pending<Call>) {
        self.close_periods(now);
        match event {
            Call::Tries { attempt } => {
                if attempt == 1 {
                    let gap = (self.gap)(&mut self.rng);
                    pending.schedule(now + gap, Call::Tries { attempt: 1 });
                } else {
                    self.orbit.come_back();
                }
                self.tries(attempt, now, pending);
                self.in_orbit.set(now, self.orbit.present());
            }
            Call::Ends => assert!(self.station.leave().is_none(), "nobody waits"),
        }
    }

    fn is_over(&self) -> bool {
        self.served == CUSTOMERS
    }
}

// Goal: retries load a server as theory says.
// Method: M/M/1 and M/G/1 with retrials, load 0.6, away 2 s: in orbit l^2 E(S^2)/(2(1 - load)) + l
// load away/(1 - load), attempts per call 1 + orbit/(l away). Falin and Templeton, Retrial Queues
// (1997); by mean values: Artalejo and Resing, Asia-Pacific Journal of Operational Research 27
// (2010).
#[test]
fn one_server_with_retrials() {
    let (rate, away) = (0.6, 2.0);
    for service in [Service::Exponential, Service::Mixed] {
        let line = Line::run(rate, service, Span::from_secs(2));
        let orbit = rate * rate * service.second_moment() / (2.0 * (1.0 - rate))
            + rate * rate * away / (1.0 - rate);
        agree(&format!("{service:?}, orbit"), &line.present, orbit, 0.05);
        let attempts = 1.0 + orbit / (rate * away);
        agree(
            &format!("{service:?}, attempts"),
            &line.attempts,
            attempts,
            0.06,
        );
    }
}
