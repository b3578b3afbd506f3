//! The engine's works, through its public interface: a model, an event enum, statistics on.
//!
//! They are those of other engines' benches, so that engines can be compared: the hold model (so
//! many pending events, each schedules its successor), M/M/c queues, and a token bucket whose
//! refused requests try again. [`WORKS`] names them.
mod drive;
mod hold;
mod queue;
mod token;

pub use drive::Drive;
pub use hold::{Increments, hold, swing};
pub use queue::{mean_wait, queue};
pub use token::token;

/// What a work did, for its line.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Events handled while the clock ran; attempts in the token bucket's work.
    pub events: u64,
    /// Wall time \[s\] of the run, without setting up.
    pub secs: f64,
    /// What the work found, so that nobody can optimise it away.
    pub found: String,
}

impl Outcome {
    /// One line: who did which work, how much, how fast, with how much memory.
    #[must_use]
    pub fn line(&self, peer: &str, work: &str, sizes: &[u64]) -> String {
        let Self {
            events,
            secs,
            found,
        } = self;
        let nanos = secs * 1e9 / *events as f64;
        let memory = peak_memory_kib().map_or_else(|| "?".into(), |kib| kib.to_string());
        let size = sizes.first().copied().unwrap_or_default();
        format!(
            "peer={peer} work={work} n={size} events={events} secs={secs:.6} ns={nanos:.2} \
             rss_kb={memory} {found}"
        )
    }
}

/// The process's largest resident memory \[KiB\], where Linux tells it.
fn peak_memory_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Names of the works with what each takes, for the help.
pub const WORKS: &[(&str, &str)] = &[
    ("hold", "PENDING EVENTS: exponential increments"),
    (
        "hold-skewed",
        "PENDING EVENTS: nine tenths tiny, one tenth 1,000 times larger",
    ),
    (
        "hold-bursts",
        "PENDING EVENTS: increments in whole mean increments, many equal times",
    ),
    ("hold-equal", "PENDING EVENTS: all events at one instant"),
    (
        "hold-swing",
        "PENDING EVENTS: their number swings between 10 and PENDING",
    ),
    (
        "hold-watched",
        "PENDING EVENTS: the first, with looks at progress and cancellation",
    ),
    ("mm1", "CUSTOMERS: M/M/1 at 0.9"),
    ("mm8", "CUSTOMERS: M/M/8 at 0.9"),
    ("token", "REQUESTS: 6,600/s against 5,500/s, three attempts"),
    ("token-watched", "REQUESTS: the same, with these looks"),
];

/// Runs the work called `name`; `None` if there is none.
#[must_use]
pub fn run(name: &str, sizes: &[u64]) -> Option<Outcome> {
    let size = |index: usize| sizes.get(index).copied();
    let drive = if name.ends_with("-watched") {
        Drive::Watched
    } else {
        Drive::Through
    };
    let increments = match name {
        "hold" | "hold-watched" => Some(Increments::Exponential),
        "hold-skewed" => Some(Increments::Skewed),
        "hold-bursts" => Some(Increments::Bursts),
        "hold-equal" => Some(Increments::Equal),
        _ => None,
    };
    if let Some(increments) = increments {
        return Some(hold(increments, size(0)?, size(1)?, drive));
    }
    match name {
        "hold-swing" => Some(swing(size(0)?, size(1)?)),
        "mm1" => Some(queue(1, size(0)?)),
        "mm8" => Some(queue(8, size(0)?)),
        "token" | "token-watched" => Some(token(size(0)?, drive)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(outcome: &Outcome, name: &str) -> f64 {
        let mut fields = outcome.found.split(' ').filter_map(|it| it.split_once('='));
        fields.find(|it| it.0 == name).unwrap().1.parse().unwrap()
    }

    // Goal: the queues are M/M/c.
    // Method: a million customers with a fixed seed; two events for each, and the mean wait within
    // 10 % of theory (4.5 standard errors of M/M/1's).
    #[test]
    fn queues_wait_as_in_theory() {
        for name in ["mm1", "mm8"] {
            let outcome = run(name, &[1_000_000]).unwrap();
            assert_eq!(outcome.events, 2_000_000);
            let ratio = field(&outcome, "wait") / field(&outcome, "theory");
            assert!((0.9..1.1).contains(&ratio), "{name}: {}", outcome.found);
        }
    }

    // Goal: the bucket grants what it holds and gets, no more and no less.
    // Method: of 300,000 requests at 1.2 times the rate a sixth is given up, less the bucket that
    // was full: 0.1667 - 5,500 / 300,000.
    #[test]
    fn the_bucket_grants_its_rate() {
        for name in ["token", "token-watched"] {
            let outcome = run(name, &[300_000]).unwrap();
            let given_up = field(&outcome, "given_up");
            assert!((given_up - 0.1483).abs() < 0.004, "{}", outcome.found);
        }
    }

    // Goal: every work that the help names runs, with so many sizes as it names.
    #[test]
    fn every_work_runs() {
        for (name, help) in WORKS {
            let sizes = help.split_once(':').unwrap().0.split(' ').count();
            let sizes = &[200, 1_000][..sizes];
            let outcome = run(name, sizes).unwrap();
            assert!(outcome.events >= sizes[sizes.len() - 1], "{name}");
            assert!(run(name, &[]).is_none());
        }
        assert!(run("none", &[1, 1]).is_none());
    }
}
