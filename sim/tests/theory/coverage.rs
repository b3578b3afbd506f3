//! Output analysis on queues whose truth is known, by Lindley's recursion.
use keystorm_sim::stats::{BatchMeans, Interval, mser5};
use keystorm_sim::{Rng, Streams, draw};

/// Waits in M/M/1 with mean service 1: Lindley, "The Theory of Queues with a Single Server" (1952).
struct Waits {
    rng: Rng,
    load: f64,
    wait: f64,
}

impl Waits {
    /// The first customer finds as much work as in the long run: no warm-up.
    fn settled(load: f64, study: u64) -> Self {
        let mut rng = Streams::new(11, study).key("coverage", 0).rng();
        let waits = draw::unit(&mut rng) < load;
        let rest = draw::exponential_unit(&mut rng) / (1.0 - load);
        let wait = if waits { rest } else { 0.0 };
        Self { rng, load, wait }
    }
}

impl Iterator for Waits {
    type Item = f64;

    fn next(&mut self) -> Option<f64> {
        let wait = self.wait;
        let service = draw::exponential_unit(&mut self.rng);
        let gap = draw::exponential_unit(&mut self.rng) / self.load;
        self.wait = (wait + service - gap).max(0.0);
        Some(wait)
    }
}

/// Shares of `studies` whose 95 % interval from 20 batches covers the truth, and which warn.
fn coverage(load: f64, size: u64, studies: u64) -> (f64, f64) {
    let truth = load / (1.0 - load);
    let (mut covered, mut warned) = (0, 0);
    for study in 0..studies {
        let mut batches = BatchMeans::new(20, size);
        Waits::settled(load, study)
            .take(usize::try_from(20 * size).unwrap())
            .for_each(|wait| batches.push(wait));
        covered += u32::from(batches.interval(0.95).unwrap().covers(truth));
        warned += u32::from(batches.is_correlated());
    }
    let share = |count| f64::from(count) / studies as f64;
    println!(
        "load {load}, batches of {size}: {} {}",
        share(covered),
        share(warned)
    );
    (share(covered), share(warned))
}

// Goal: a 95 % interval covers the truth in 95 % of the studies, if batches are long enough.
// Method: 2,000 studies of M/M/1 at load 0.5, 20 batches of 1,000 customers.
#[test]
fn intervals_cover_the_truth_as_often_as_they_say() {
    let (covered, warned) = coverage(0.5, 1_000, 2_000);
    assert!((0.93..=0.97).contains(&covered), "{covered}");
    assert!((0.03..=0.09).contains(&warned), "{warned}");
}

// Goal: what the documentation of BatchMeans says about batches that are too short.
// Method: the same at load 0.9, where a batch is hardly longer than the queue's memory; it covers
// too rarely and warns about twice as often. Batches twenty times as long heal it (fewer studies:
// they are long).
#[test]
fn batches_that_are_too_short_cover_too_rarely_and_warn() {
    let (covered, warned) = coverage(0.9, 1_000, 2_000);
    assert!(covered < 0.90, "{covered}");
    assert!(warned > 0.08, "{warned}");
    let (covered, warned) = coverage(0.9, 20_000, 300);
    assert!((0.91..=0.98).contains(&covered), "{covered}");
    assert!(warned < 0.10, "{warned}");
}

// Goal: replications cover as often as they say.
// Method: 1,000 studies of 10 replications of 1,000 customers each that start settled.
#[test]
fn replications_cover_the_truth() {
    let covered = (0..1_000).filter(|study| {
        let means: Vec<f64> = (0..10)
            .map(|run| {
                Waits::settled(0.5, study * 10 + run)
                    .take(1_000)
                    .sum::<f64>()
                    / 1_000.0
            })
            .collect();
        Interval::of(&means, 0.95).unwrap().covers(1.0)
    });
    let covered = covered.count();
    assert!((920..=970).contains(&covered), "{covered} of 1,000");
}

// Goal: MSER-5 finds the end of a warm-up, cuts little where there is none, and warns when the run
// never settles.
// Method: load 0.5 from 1,000 units of work (drained after about 2,000 customers: each brings 1
// and 2 are worked off between two), settled, and at load 1.2.
#[test]
fn warm_up_is_found() {
    let run = |load, wait: Option<f64>| {
        let mut waits = Waits::settled(load, 1);
        waits.wait = wait.unwrap_or(waits.wait);
        let waits: Vec<f64> = waits.take(20_000).collect();
        mser5(&waits).unwrap()
    };
    let drained = run(0.5, Some(1_000.0));
    assert!((800..=1_300).contains(&drained.values), "{drained:?}");
    assert_eq!(drained.warning(), None);
    let settled = run(0.5, None);
    assert!(settled.values <= 2_000, "{settled:?}");
    assert!(run(1.2, Some(0.0)).warning().is_some());
}
