//! The floor: the engine's works as bare loops, without an engine: `floor WORK SIZES...`.
//!
//! What the machine can do at best with such a work: the loop knows its model, the rate of events
//! and how far ahead they are scheduled, counts nothing that the work does not need, and draws by
//! the fastest methods that we know. An engine cannot know any of that.
#![expect(clippy::print_stdout, reason = "its line is its purpose")]
#![expect(
    clippy::cast_possible_truncation,
    reason = "bounded or masked on purpose: a floor has no time to check"
)]
mod random;
mod wheel;
mod works;

use keystorm_benches::works::Outcome;
use std::process::ExitCode;

/// Names of the works with what each takes, for the help.
const WORKS: &[(&str, &str)] = &[
    ("hold", "PENDING EVENTS: exponential increments"),
    ("mm1", "CUSTOMERS: M/M/1 at 0.9"),
    ("mm8", "CUSTOMERS: M/M/8 at 0.9"),
    ("token", "REQUESTS: 6,600/s against 5,500/s, three attempts"),
];

fn run(work: &str, sizes: &[u64]) -> Option<Outcome> {
    let size = |index: usize| sizes.get(index).copied();
    match work {
        "hold" => Some(works::hold(size(0)?, size(1)?)),
        "mm1" => Some(works::mm1(size(0)?)),
        "mm8" => Some(works::mm8(size(0)?)),
        "token" => Some(works::token(size(0)?)),
        _ => None,
    }
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let work = arguments.next().unwrap_or_default();
    let sizes: Vec<u64> = arguments.filter_map(|size| size.parse().ok()).collect();
    let Some(outcome) = run(&work, &sizes) else {
        println!("expected one of");
        for (name, sizes) in WORKS {
            println!("  {name} {sizes}");
        }
        return ExitCode::FAILURE;
    };
    println!("{}", outcome.line("floor", &work, &sizes));
    ExitCode::SUCCESS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(outcome: &Outcome, name: &str) -> f64 {
        let mut fields = outcome.found.split(' ').filter_map(|it| it.split_once('='));
        fields.find(|it| it.0 == name).unwrap().1.parse().unwrap()
    }

    // Goal: the bare loops do the same work as the engine.
    // Method: the same checks as for the engine's works: theory's mean wait within 10 %, the
    // bucket's rate, and the hold model's clock, which moves by a mean second for each round.
    #[test]
    fn the_floor_does_the_work() {
        for work in ["mm1", "mm8"] {
            let outcome = run(work, &[1_000_000]).unwrap();
            assert_eq!(outcome.events, 2_000_000);
            let ratio = field(&outcome, "wait") / field(&outcome, "theory");
            assert!((0.9..1.1).contains(&ratio), "{work}: {}", outcome.found);
        }
        let given_up = field(&run("token", &[300_000]).unwrap(), "given_up");
        assert!((given_up - 0.1483).abs() < 0.004, "{given_up} given up");
        for pending in [60, 1_000, 40_000] {
            let outcome = run("hold", &[pending, 400_000]).unwrap();
            let rounds = 400_000.0 / pending as f64;
            let ratio = field(&outcome, "now") / rounds;
            assert!(
                (0.97..1.03).contains(&ratio),
                "{pending}: {}",
                outcome.found
            );
        }
    }
}
