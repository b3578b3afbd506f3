use keystorm_sim::{Engine, Model, NANOS_PER_S, Time};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

/// How a work runs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Drive {
    /// In one go.
    Through,
    /// As keystorm runs a study: after each simulated second it tells its progress and looks
    /// whether it has been cancelled.
    Watched,
}

/// What the thread that runs a work shares with one that would show its progress.
#[derive(Debug)]
struct Watch {
    cancelled: AtomicBool,
    done_ns: AtomicU64,
    events: AtomicU64,
}

// Known to all, so that no look at it can be left out.
static WATCH: Watch = Watch {
    cancelled: AtomicBool::new(false),
    done_ns: AtomicU64::new(0),
    events: AtomicU64::new(0),
};

impl Drive {
    /// Runs until the model ends the run or nothing is pending; returns the wall time \[s\].
    pub(super) fn run<M: Model>(self, engine: &mut Engine<M>) -> f64 {
        let began = Instant::now();
        match self {
            Self::Through => {
                engine.run_until(Time::NEVER);
            }
            Self::Watched => watched(engine),
        }
        began.elapsed().as_secs_f64()
    }
}

fn watched<M: Model>(engine: &mut Engine<M>) {
    let mut until = Time::ZERO;
    let mut events = engine.handled();
    while !engine.pending.is_empty() && !WATCH.cancelled.load(Ordering::Relaxed) {
        let next = Time::from_nanos(until.nanos() + NANOS_PER_S);
        if !engine.run_until(next) {
            return;
        }
        let handled = engine.handled();
        WATCH.done_ns.fetch_add(NANOS_PER_S, Ordering::Relaxed);
        WATCH.events.fetch_add(handled - events, Ordering::Relaxed);
        (until, events) = (next, handled);
    }
}
