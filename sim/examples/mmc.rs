//! M/M/c with confidence intervals: how long customers wait at c servers, against theory.
//!
//! The whole way of a study: a model from a building block, a pilot that is left out, with a check
//! that it was long enough (MSER-5), then one long run until the mean wait is known to 2 %.
//!
//! ```text
//! cargo run --release -p keystorm-sim --example mmc
//! ```
use keystorm_sim::blocks::{Admission, Station};
use keystorm_sim::stats::{BatchMeans, Interval, Precision, TimeAverage, WarmUp, mser5};
use keystorm_sim::{Engine, Model, Pending, Rng, Span, Streams, TieBreak, Time, draw};
use std::io::{self, Write};

/// Mean service; all times below are in seconds.
const SERVICE: Span = Span::from_secs(1);
/// Customers of the pilot.
const PILOT: usize = 50_000;

#[derive(Clone, Copy)]
enum Event {
    Arrives,
    Leaves,
}

struct Queue {
    gap: Span,
    gaps: Rng,
    services: Rng,
    station: Station<Time>,
    busy: TimeAverage,
    /// Customers present when each of the first ones came.
    met: Vec<f64>,
    /// Waits of the customers whose service has begun since the caller last looked.
    waits: Vec<f64>,
}

impl Queue {
    fn start(&mut self, arrived: Time, now: Time, pending: &mut Pending<Event>) {
        self.waits.push((now - arrived).as_secs_f64());
        let service = draw::exponential(&mut self.services, SERVICE);
        pending.schedule(now + service, Event::Leaves);
    }
}

impl Model for Queue {
    type Event = Event;

    fn handle(&mut self, now: Time, event: Event, pending: &mut Pending<Event>) {
        match event {
            Event::Arrives => {
                let gap = draw::exponential(&mut self.gaps, self.gap);
                pending.schedule(now + gap, Event::Arrives);
                if self.met.len() < PILOT {
                    self.met.push(self.station.present() as f64);
                }
                if let Admission::Starts(arrived) = self.station.arrive(now) {
                    self.start(arrived, now, pending);
                }
            }
            Event::Leaves => {
                if let Some(arrived) = self.station.leave() {
                    self.start(arrived, now, pending);
                }
            }
        }
        self.busy.set(now, self.station.busy() as u64);
    }

    /// Ends a call of `run_until` at the next wait.
    fn is_over(&self) -> bool {
        !self.waits.is_empty()
    }
}

/// What the study of one queue found.
pub(crate) struct Study {
    pub(crate) warm_up: WarmUp,
    /// 95 % interval of the mean wait \[s\].
    pub(crate) wait: Interval,
    /// Customers it took, and whether that was enough for the precision.
    pub(crate) customers: u64,
    pub(crate) reached: bool,
    /// Busy share of the servers.
    pub(crate) busy: f64,
}

/// Studies `servers` at `load` (0..1) until the mean wait is known to 2 %, with `limit` customers
/// at most.
pub(crate) fn study(servers: u32, load: f64, limit: u64) -> Study {
    let streams = Streams::new(1, 0);
    let gap = SERVICE.as_secs_f64() / (load * f64::from(servers));
    let queue = Queue {
        gap: Span::from_nanos(draw::whole(gap * 1e9)),
        gaps: streams.key("gaps", 0).rng(),
        services: streams.key("services", 0).rng(),
        station: Station::new(servers as usize, usize::MAX),
        busy: TimeAverage::new(Time::ZERO, 0),
        met: Vec::new(),
        waits: Vec::new(),
    };
    let mut pending = Pending::new(TieBreak::Schedule);
    pending.schedule(Time::ZERO, Event::Arrives);
    let mut engine = Engine::new(queue, pending);
    let mut next = || {
        engine.run_until(Time::NEVER);
        engine
            .model
            .waits
            .pop()
            .expect("the run has ended at a wait")
    };

    // The rule looks at the number present: most waits may be zero, and zeros look settled.
    for _ in 0..PILOT {
        next();
    }
    let precision = Precision {
        confidence: 0.95,
        relative: 0.02,
    };
    let batches = BatchMeans::new(20, 10_000);
    let found = precision.of_batches(batches, limit, &mut next);
    let warm_up = mser5(&engine.model.met).expect("enough values to choose");
    let now = engine.now();
    Study {
        warm_up,
        wait: found.interval,
        customers: found.used,
        reached: found.reached,
        busy: engine.model.busy.restart(now) / f64::from(servers),
    }
}

/// Mean wait \[s\] by Erlang's C formula.
pub(crate) fn theory(servers: u32, load: f64) -> f64 {
    let offered = load * f64::from(servers);
    let b = (1..=servers).fold(1.0, |b, k| offered * b / (f64::from(k) + offered * b));
    let c = b / (1.0 - load * (1.0 - b));
    c * SERVICE.as_secs_f64() / (f64::from(servers) * (1.0 - load))
}

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    let header = "servers  load  busy   warm-up    customers  mean wait [ms]       theory [ms]";
    writeln!(out, "{header}\n{}", "-".repeat(header.len()))?;
    for servers in [1, 2, 8, 32] {
        for load in [0.5, 0.8, 0.9] {
            let found = study(servers, load, 20_000_000);
            writeln!(
                out,
                "{servers:>7}  {load:>4}  {:.3}  {:>7}  {:>11}  {:>9.3} ± {:<8.3} {:>10.3}{}",
                found.busy,
                found.warm_up.values,
                found.customers,
                1e3 * found.wait.mean,
                1e3 * found.wait.half_width,
                1e3 * theory(servers, load),
                if found.reached {
                    ""
                } else {
                    "  (less precise than asked for)"
                },
            )?;
            if let Some(warning) = found.warm_up.warning() {
                writeln!(out, "         {warning}")?;
            }
        }
    }
    Ok(())
}
