//! Exponential back-off and jitter: the experiment of the AWS Architecture Blog (Brooker, 2015).
//!
//! Clients compete for one row with a version. Each must commit one write: it reads the version,
//! then writes, which succeeds only if the version is still the same. All start at once. A message
//! takes |Normal(10 ms, 2 ms)| each way; the server takes no time. After a failure, a client backs
//! off, then reads again. The fewer calls (writes) and the sooner the last one is done, the better.
//!
//! Rules as in the published program, github.com/aws-samples/aws-arch-backoff-simulator.
//!
//! ```text
//! cargo run --release -p keystorm-sim --example backoff_jitter
//! ```
use keystorm_sim::stats::Interval;
use keystorm_sim::{Engine, Model, Pending, Rng, Span, Streams, TieBreak, Time, draw};
use std::io::{self, Write};

const BASE_MS: f64 = 5.0;
const CAP_MS: f64 = 2_000.0;
const HOP_MS: f64 = 10.0;

/// How long a client stays away after a failure.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum BackOff {
    None,
    Exponential,
    EqualJitter,
    FullJitter,
    Decorrelated,
}

impl BackOff {
    pub(crate) const ALL: [(Self, &'static str); 5] = [
        (Self::None, "none"),
        (Self::Exponential, "exponential"),
        (Self::EqualJitter, "equal jitter"),
        (Self::FullJitter, "full jitter"),
        (Self::Decorrelated, "decorrelated"),
    ];
}

/// One who wants to write once.
struct Client {
    hops: Rng,
    jitter: Rng,
    failures: i32,
    /// Last back-off, for the decorrelated kind \[ms\].
    away_ms: f64,
}

impl Client {
    /// Time of one message \[ms\].
    fn hop_ms(&mut self, deviation_ms: f64) -> f64 {
        // Never 0 or 1: half a step above what `unit` gives.
        let p = draw::unit(&mut self.hops) + 0.5 * f64::EPSILON;
        (HOP_MS + deviation_ms * draw::normal_quantile(p)).abs()
    }

    /// Back-off after another failure \[ms\].
    fn back_off_ms(&mut self, kind: BackOff) -> f64 {
        self.failures += 1;
        let full = CAP_MS.min(libm::ldexp(BASE_MS, self.failures));
        let share = draw::unit(&mut self.jitter);
        match kind {
            BackOff::None => 0.0,
            BackOff::Exponential => full,
            BackOff::EqualJitter => 0.5 * full + share * 0.5 * full,
            BackOff::FullJitter => share * full,
            BackOff::Decorrelated => {
                let most = 3.0 * self.away_ms;
                self.away_ms = CAP_MS.min(BASE_MS + share * (most - BASE_MS));
                self.away_ms
            }
        }
    }
}

/// What reaches the row. What happens at a client touches nothing shared: its time is added up.
#[derive(Clone, Copy)]
enum Event {
    Reads { client: usize },
    Writes { client: usize, version: usize },
}

struct Row {
    kind: BackOff,
    deviation_ms: f64,
    clients: Vec<Client>,
    version: usize,
    calls: u32,
    done: Time,
}

impl Row {
    /// The instant `hops` messages and `away_ms` after `now`.
    fn after(&mut self, client: usize, now: Time, hops: u32, away_ms: f64) -> Time {
        let client = &mut self.clients[client];
        let hops: f64 = (0..hops).map(|_| client.hop_ms(self.deviation_ms)).sum();
        now + Span::from_nanos(draw::whole((hops + away_ms) * 1e6))
    }
}

impl Model for Row {
    type Event = Event;

    fn handle(&mut self, now: Time, event: Event, pending: &mut Pending<Event>) {
        match event {
            Event::Reads { client } => {
                let version = self.version;
                let at = self.after(client, now, 2, 0.0);
                pending.schedule(at, Event::Writes { client, version });
            }
            Event::Writes { client, version } => {
                self.calls += 1;
                if version == self.version {
                    self.version += 1;
                    self.done = self.done.max(self.after(client, now, 1, 0.0));
                } else {
                    let away_ms = self.clients[client].back_off_ms(self.kind);
                    let at = self.after(client, now, 2, away_ms);
                    pending.schedule(at, Event::Reads { client });
                }
            }
        }
    }
}

/// One run: writes that reached the row, and when the last client was done.
///
/// Kinds that run under the same streams see the same messages and chances.
pub(crate) fn run(
    streams: Streams,
    kind: BackOff,
    clients: usize,
    deviation_ms: f64,
    tie_break: TieBreak,
) -> (u32, Time) {
    let client = |index| Client {
        hops: streams.key("hops", index).rng(),
        jitter: streams.key("jitter", index).rng(),
        failures: 0,
        away_ms: BASE_MS,
    };
    let mut row = Row {
        kind,
        deviation_ms,
        clients: (0..clients as u64).map(client).collect(),
        version: 0,
        calls: 0,
        done: Time::ZERO,
    };
    let mut pending = Pending::new(tie_break);
    for client in 0..clients {
        let at = row.after(client, Time::ZERO, 1, 0.0);
        pending.schedule(at, Event::Reads { client });
    }
    let mut engine = Engine::new(row, pending);
    engine.run_until(Time::NEVER);
    (engine.model.calls, engine.model.done)
}

/// 95 % intervals of calls and of completion \[ms\], over `runs` runs.
pub(crate) fn cell(kind: BackOff, clients: usize, runs: u64) -> (Interval, Interval) {
    let (mut calls, mut done_ms) = (Vec::new(), Vec::new());
    for replication in 0..runs {
        let streams = Streams::new(1, replication);
        let (called, done) = run(streams, kind, clients, 2.0, TieBreak::Schedule);
        calls.push(f64::from(called));
        done_ms.push(done.nanos() as f64 / 1e6);
    }
    let interval = |values: &[f64]| Interval::of(values, 0.95).expect("two runs or more");
    (interval(&calls), interval(&done_ms))
}

/// Prints the table, for each number of clients and kind.
pub(crate) fn print(out: &mut impl Write, clients: &[usize], runs: u64) -> io::Result<()> {
    writeln!(out, "Mean of {runs} runs, ± half of its 95 % interval\n")?;
    let header = "clients  back-off             calls         done after [ms]";
    writeln!(out, "{header}\n{}", "-".repeat(header.len()))?;
    for &clients in clients {
        for (kind, name) in BackOff::ALL {
            let (calls, done) = cell(kind, clients, runs);
            writeln!(
                out,
                "{clients:>7}  {name:<12} {:>9.1} ± {:<6.1} {:>9.0} ± {:<6.0}",
                calls.mean, calls.half_width, done.mean, done.half_width
            )?;
        }
    }
    Ok(())
}

fn main() -> io::Result<()> {
    let clients: Vec<usize> = [1, 2, 5]
        .into_iter()
        .chain((10..=250).step_by(20))
        .collect();
    print(&mut io::stdout().lock(), &clients, 100)
}
