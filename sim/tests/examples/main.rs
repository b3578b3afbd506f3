//! The examples, run small, against what is known of them.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests, helpers included, may print and unwrap"
)]

#[allow(dead_code, reason = "the example's main is not used here")]
#[path = "../../examples/backoff_jitter.rs"]
mod backoff_jitter;
#[allow(dead_code, reason = "the example's main is not used here")]
#[path = "../../examples/mmc.rs"]
mod mmc;
#[allow(dead_code, reason = "the example's main is not used here")]
#[path = "../../examples/processor_sharing.rs"]
mod processor_sharing;

use backoff_jitter::BackOff;
use keystorm_sim::{Streams, TieBreak, Time};
use processor_sharing::Sizes;

// Goal: the study of M/M/c finds what theory says, to the precision that it claims.
// Method: Erlang's C formula; half-widths of 95 % are widened to 99.9 % (3.6 / 2.09 with 19 or more
// degrees of freedom is below 1.9). A limit that is too low is said.
#[test]
fn waits_of_mmc_agree_with_theory() {
    for (servers, load) in [(1, 0.5), (2, 0.8), (8, 0.9)] {
        let found = mmc::study(servers, load, 10_000_000);
        let theory = mmc::theory(servers, load);
        let error = (found.wait.mean - theory).abs();
        assert!(error < 1.9 * found.wait.half_width, "{error} of {theory}");
        assert!(found.reached && found.wait.half_width <= 0.02 * found.wait.mean);
        assert!((found.busy - load).abs() < 0.01, "{}", found.busy);
        assert_eq!(found.warm_up.warning(), None);
    }
    assert!(!mmc::study(1, 0.9, 100_000).reached);
}

// Goal: transfers on the shared link take as long as theory says, whatever their sizes.
// Method: 99 % intervals from batch means, widened to 99.8 % (there are six); the
// formula itself against a transfer that is nearly always alone.
#[test]
fn transfers_agree_with_theory() {
    let alone = 8e6 / processor_sharing::CONNECTION_PER_S as f64;
    assert!((processor_sharing::theory(0.01) - alone).abs() < 1e-9 * alone);
    for load in [0.6, 0.8] {
        let theory = processor_sharing::theory(load);
        for (sizes, name) in Sizes::ALL {
            let found = processor_sharing::study(sizes, load, 20_000);
            let error = (found.mean - theory).abs();
            assert!(
                error < 1.2 * found.half_width,
                "{name}, {load}: {found:?} for {theory}"
            );
            assert!(found.half_width < 0.1 * theory, "{name}, {load}: {found:?}");
        }
    }
}

// Goal: without jitter and without noise, back-off does not help: all fail together again.
// Method: with hops of exactly 10 ms, n clients read and write at the same instants, one of them
// succeeds: n(n + 1)/2 calls in n rounds of 40 ms, and the back-offs of the last one in between.
// Who succeeds must not matter: with shuffled ties, too.
#[test]
fn clients_in_step_call_as_often_as_can_be() {
    for tie_break in [TieBreak::Schedule, TieBreak::Shuffled] {
        for clients in [1_u32, 2, 10, 40] {
            let run = |kind| {
                backoff_jitter::run(Streams::new(1, 0), kind, clients as usize, 0.0, tie_break)
            };
            let calls = clients * (clients + 1) / 2;
            let rounds_ms = 40 * u64::from(clients);
            assert_eq!(run(BackOff::None), (calls, Time::from_millis(rounds_ms)));
            let away_ms: u64 = (1..clients).map(|n| 2_000.min(5_u64 << n.min(20))).sum();
            let done = Time::from_millis(rounds_ms + away_ms);
            assert_eq!(run(BackOff::Exponential), (calls, done));
            let (jittered, _) = run(BackOff::FullJitter);
            assert!(jittered <= calls);
        }
    }
}

/// Means and their standard errors of the published program: clients, kind, calls, completion
/// \[ms\].
type Published = (usize, BackOff, (f64, f64), (f64, f64));

// Goal: the experiment is the one that was published.
// Method: figures of the published program (github.com/aws-samples/aws-arch-backoff-simulator,
// commit 095a076, `src/backoff_simulator.py`) from a run of ours in 2026: its classes unchanged,
// Python 3, seed 20261124, 1,000 runs with 10 clients and 400 with 100. Ours must agree within 3.9
// standard errors of the difference (99.99 %: there are twenty).
#[test]
fn back_off_experiment_agrees_with_the_published_program() {
    use BackOff::{Decorrelated, EqualJitter, Exponential, FullJitter, None};
    let published: [Published; 10] = [
        (10, None, (50.83, 0.12), (380.43, 1.06)),
        (10, Exponential, (50.38, 0.14), (3_356.99, 42.33)),
        (10, EqualJitter, (42.36, 0.08), (722.23, 5.68)),
        (10, FullJitter, (38.99, 0.07), (463.37, 3.38)),
        (10, Decorrelated, (37.62, 0.07), (433.05, 2.68)),
        (100, None, (2_424.12, 1.66), (2_028.40, 2.38)),
        (100, Exponential, (1_864.28, 2.98), (63_784.40, 180.11)),
        (100, EqualJitter, (812.47, 0.38), (6_645.34, 34.13)),
        (100, FullJitter, (795.55, 0.33), (4_881.12, 25.92)),
        (100, Decorrelated, (1_005.90, 1.48), (4_536.83, 32.68)),
    ];
    for (clients, kind, calls, done_ms) in published {
        let runs = if clients == 10 { 1_000 } else { 100 };
        let (found_calls, found_ms) = backoff_jitter::cell(kind, clients, runs);
        for (found, (mean, error)) in [(found_calls, calls), (found_ms, done_ms)] {
            let own = found.half_width / 1.96; // a little too wide: t is above the normal's
            let limit = 3.9 * (own * own + error * error).sqrt();
            assert!(
                (found.mean - mean).abs() < limit,
                "{clients} clients, {kind:?}: {found:?} for {mean} (within {limit})"
            );
            assert!(limit < 0.1 * mean, "too wide to say anything: {limit}");
        }
    }
}

// Goal: the table has a row for each number of clients and kind, and its figures.
// Method: print it for one client, who never fails: one call, four messages of 10 ms.
#[test]
fn back_off_table_is_printed() {
    let mut out = Vec::new();
    backoff_jitter::print(&mut out, &[1], 50).unwrap();
    let text = String::from_utf8(out).unwrap();
    let rows: Vec<&str> = text.lines().skip(4).collect();
    assert_eq!(rows.len(), 5, "{text}");
    for (row, (_, name)) in rows.iter().zip(BackOff::ALL) {
        assert!(row.contains(name) && row.contains(" 1.0 ± 0.0 "), "{row}");
        let done: f64 = row
            .split_whitespace()
            .rev()
            .nth(2)
            .unwrap()
            .parse()
            .unwrap();
        assert!((38.0..42.0).contains(&done), "{row}");
    }
}
