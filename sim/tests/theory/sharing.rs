//! Processor sharing: a capacity shared by all jobs present.
use super::agree;
use super::queue::{Service, poisson};
use super::queues::erlang_c;
use keystorm_sim::blocks::Sharing;
use keystorm_sim::stats::BatchMeans;
use keystorm_sim::{
    Engine, Model, NANOS_PER_S, Pending, Rng, Span, Streams, TieBreak, Time, Timer,
};

const WARM_UP: u64 = 20_000;

#[derive(Clone, Copy, Debug)]
enum Event {
    Arrives,
    Ends,
}

/// A job on the link: when it came, and its work \[ns at full speed\].
type Job = (Time, Span);

/// A link of `cores` seconds of work per second, one for each job at most.
struct Link {
    rng: Rng,
    gap: super::queue::Draw,
    service: Service,
    sharing: Sharing<Job>,
    end: Timer,
    jobs: u64,
    sojourn: BatchMeans,
    /// Sojourn over work.
    slowdown: BatchMeans,
}

impl Link {
    fn run(load: f64, service: Service, cores: u32) -> Self {
        let mut pending = Pending::new(TieBreak::Schedule);
        pending.schedule(Time::ZERO, Event::Arrives);
        let batches = BatchMeans::new(20, 50_000);
        let model = Self {
            rng: Streams::new(51, 0).key("link", 0).rng(),
            gap: poisson(load * f64::from(cores)),
            service,
            sharing: Sharing::new(NANOS_PER_S * u64::from(cores), NANOS_PER_S),
            end: pending.schedule_timer(Time::NEVER, Event::Ends),
            jobs: 0,
            sojourn: batches.clone(),
            slowdown: batches,
        };
        let mut engine = Engine::new(model, pending);
        assert!(!engine.run_until(Time::NEVER), "ends by count");
        engine.model
    }
}

impl Model for Link {
    type Event = Event;

    fn handle(&mut self, now: Time, event: Event, pending: &mut Pending<Event>) {
        match event {
            Event::Arrives => {
                let gap = (self.gap)(&mut self.rng);
                pending.schedule(now + gap, Event::Arrives);
                let work = self.service.draw(&mut self.rng);
                self.sharing.add(now, work.nanos(), (now, work));
            }
            Event::Ends => {
                let (came, work) = self.sharing.take(now).unwrap();
                self.jobs += 1;
                if self.jobs > WARM_UP {
                    let sojourn = (now - came).as_secs_f64();
                    self.sojourn.push(sojourn);
                    // Jobs of a few nanoseconds last whole ones: as if they had a microsecond.
                    self.slowdown.push(sojourn / work.as_secs_f64().max(1e-6));
                }
            }
        }
        let end = self.sharing.first_end();
        if !pending.reschedule(self.end, end) {
            self.end = pending.schedule_timer(end, Event::Ends);
        }
    }

    fn is_over(&self) -> bool {
        self.jobs == WARM_UP + 1_950_000
    }
}

// Goal: a shared server slows all jobs alike, whatever their distribution.
// Method: M/G/1 processor sharing at load 0.7: sojourn 1/(1 - load), and a job of work x stays
// x/(1 - load) on average, so that the mean of sojourn/x is 1/(1 - load), too. Kleinrock, Queueing
// Systems II (1976).
#[test]
fn one_shared_server_with_general_service() {
    for service in [Service::Constant, Service::Exponential, Service::Mixed] {
        let link = Link::run(0.7, service, 1);
        agree(&format!("{service:?}"), &link.sojourn, 1.0 / 0.3, 0.04);
        let slow = format!("{service:?}, slowdown");
        agree(&slow, &link.slowdown, 1.0 / 0.3, 0.03);
    }
}

// Goal: a limit for each job makes a link of servers, whatever the distribution of work.
// Method: four times the limit, load 0.8: the number present is distributed as in M/M/4, so that a
// job stays 1 + C/(4(1 - load)). Cohen, "The Multiple Phase Service Network with Generalized
// Processor Sharing", Acta Informatica 12 (1979).
#[test]
fn shared_link_with_a_limit_for_each_job() {
    let sojourn = 1.0 + erlang_c(4, 3.2) / (4.0 * 0.2);
    for service in [Service::Constant, Service::Exponential, Service::Mixed] {
        let link = Link::run(0.8, service, 4);
        agree(&format!("{service:?}"), &link.sojourn, sojourn, 0.04);
        let slow = format!("{service:?}, slowdown");
        agree(&slow, &link.slowdown, sojourn, 0.03);
    }
}
