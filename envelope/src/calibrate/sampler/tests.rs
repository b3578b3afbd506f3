use super::*;
use std::cell::{Cell, RefCell};

/// A clock that works move on.
#[derive(Default)]
struct FakeClock(Cell<Reading>);

impl FakeClock {
    fn work(&self, cpu_ns: u64) {
        let mut now = self.0.get();
        now.cpu_ns += cpu_ns;
        now.wall_ns += cpu_ns;
        self.0.set(now);
    }

    fn wait(&self, wall_ns: u64, switches: u64) {
        let mut now = self.0.get();
        now.wall_ns += wall_ns;
        now.switches += switches;
        self.0.set(now);
    }
}

impl Clock for FakeClock {
    fn read(&self) -> Reading {
        self.0.get()
    }
}

const PLAN: Plan = Plan {
    sample_ns: 1_000_000,
    budget_ns: 100_000_000,
    limit_ns: 400_000_000,
    samples_min: 10,
};

fn run(works: Vec<Work<'_>>, clock: &FakeClock, pace: impl FnMut()) -> (Vec<Lane>, Rejected) {
    sample(works, pace, PLAN, clock, &mut |_| {}).unwrap()
}

// Goal: times per operation come out as they went in, and a sample is as long as planned.
// Method: works of known times on a clock that only they move.
#[test]
fn a_quiet_machine_gives_the_times_that_it_was_given() {
    let clock = FakeClock::default();
    let longest = Cell::new(0);
    let works = vec![
        Work::plain("short", Some(64), || {
            clock.work(50);
            Ok(())
        }),
        Work {
            name: "half",
            bytes: None,
            run: Box::new(|times, timer| {
                longest.set(longest.get().max(times));
                clock.work(1_000 * times);
                timer.time(|| clock.work(400 * times));
                Ok(())
            }),
        },
    ];
    let (lanes, rejected) = run(works, &clock, || clock.work(10_000));
    assert_eq!(lanes[0].name, "short");
    assert_eq!(lanes[0].bytes, Some(64));
    for (lane, ns) in lanes.iter().zip([50.0, 400.0]) {
        assert!(lane.values.len() >= PLAN.samples_min);
        let estimate = lane.estimate().unwrap();
        assert_eq!((estimate.low, estimate.median, estimate.high), (ns, ns, ns));
        assert_eq!(lane.rejected, 0);
    }
    assert_eq!((rejected.preempted, rejected.drifted), (0, 0));
    assert_eq!(longest.get(), 2_500);
}

// Goal: what was disturbed does not count, and is measured again.
// Method: every third sample waits, every fifth loses the processor for a moment; both take
// processor time that the work alone does not.
#[test]
fn disturbed_samples_are_measured_again() {
    let clock = FakeClock::default();
    let number = Cell::new(0);
    let run_it: Run<'_> = Box::new(|times, timer| {
        number.set(number.get() + 1);
        timer.time(|| {
            clock.work(100 * times);
            if number.get() % 3 == 0 {
                clock.work(5 * times);
                clock.wait(20 * times, 0);
            } else if number.get() % 5 == 0 {
                clock.work(3 * times);
                clock.wait(0, 1);
            }
        });
        Ok(())
    });
    let works = vec![Work {
        name: "disturbed",
        bytes: None,
        run: run_it,
    }];
    let (lanes, rejected) = run(works, &clock, || clock.work(10_000));
    assert!(
        lanes[0]
            .values
            .iter()
            .all(|value| (value - 100.0).abs() < 1e-9)
    );
    assert!(lanes[0].values.len() >= PLAN.samples_min);
    assert_eq!(lanes[0].rejected, rejected.preempted);
    assert_eq!(rejected.samples, lanes[0].values.len() + rejected.preempted);
    let share = rejected.preempted as f64 / rejected.samples as f64;
    assert!((0.4..0.55).contains(&share), "{share}");
}

// Goal: samples that were taken while the processor ran slower do not count.
// Method: for a while everything takes 10 % longer, the fixed work too.
#[test]
fn samples_of_a_slower_clock_do_not_count() {
    let clock = FakeClock::default();
    let slow = |clock: &FakeClock| (30_000_000..55_000_000).contains(&clock.0.get().wall_ns);
    let spend = |ns: u64| clock.work(if slow(&clock) { ns * 11 / 10 } else { ns });
    let works = vec![Work::plain("work", None, || {
        spend(1_000_000);
        Ok(())
    })];
    let (lanes, rejected) = run(works, &clock, || spend(10_000));
    assert!(
        lanes[0]
            .values
            .iter()
            .all(|value| (value - 1e6).abs() < 1e-9)
    );
    assert!(rejected.drifted > 15, "{rejected:?}");
    assert_eq!(rejected.preempted, 0);
}

// Goal: a machine that is never quiet does not keep anyone waiting for ever.
// Method: every sample waits; measuring ends at the limit, and what there is is called disturbed.
#[test]
fn measuring_ends_at_the_limit() {
    let clock = FakeClock::default();
    let works = vec![Work::plain("work", None, || {
        clock.work(1_000_000);
        clock.wait(1_000_000, 0);
        Ok(())
    })];
    let (lanes, rejected) = run(works, &clock, || clock.work(10_000));
    assert!(lanes[0].is_disturbed);
    assert_eq!(lanes[0].values.len(), rejected.samples);
    assert_eq!(lanes[0].rejected, rejected.samples);
    let wall = clock.0.get().wall_ns;
    assert!(
        (PLAN.limit_ns..PLAN.limit_ns + 10_000_000).contains(&wall),
        "{wall}"
    );
}

// Goal: works are interleaved, long ones seldom.
// Method: the order of samples: forwards, backwards; a work of 20 ms in every fifth round only.
#[test]
fn works_take_turns() {
    let clock = FakeClock::default();
    let log = RefCell::new(String::new());
    let work = |name: &'static str, ns: u64| {
        let (clock, log) = (&clock, &log);
        Work::plain(name, None, move || {
            clock.work(ns);
            log.borrow_mut().push_str(name);
            Ok(())
        })
    };
    run(
        vec![
            work("a", 1_000_000),
            work("b", 1_000_000),
            work("c", 20_000_000),
        ],
        &clock,
        || {
            clock.work(10_000);
        },
    );
    let log = log.into_inner();
    assert_eq!(&log[..16], "abcabcbaabbaabcb");
}
