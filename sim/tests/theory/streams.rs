//! Streams: independent of each other, and common to variants.
use keystorm_sim::stats::Interval;
use keystorm_sim::{StreamKey, Streams, draw};
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// Numbers of two streams, by index.
type Pair<'a> = &'a dyn Fn(u64) -> (f64, f64);

// Goal: first draws of neighbouring streams are jointly uniform, not only uncorrelated.
// Method: chi-square over 32 x 32 cells of pairs (children i and i+1, two names, two replications,
// first and second draw of one child), 400,000 pairs each; a value beyond the 99.95 % quantile, or
// below the 0.05 % one (too even), fails.
#[test]
fn neighbouring_streams_are_jointly_uniform() {
    const CELLS: usize = 32;
    const PAIRS: u64 = 400_000;
    let cell = |value: f64| usize::try_from(draw::whole((value * CELLS as f64).floor())).unwrap();
    let first = |key: StreamKey| draw::unit(&mut key.rng());
    let second = |key: StreamKey| {
        let mut rng = key.rng();
        draw::unit(&mut rng);
        draw::unit(&mut rng)
    };
    let one = Streams::new(21, 0).key("one", 0);
    let two = Streams::new(21, 0).key("two", 0);
    let other = Streams::new(21, 1).key("one", 0);
    let pairs: [(&str, Pair<'_>); 4] = [
        ("children", &|i| {
            (first(one.child(i)), first(one.child(i + 1)))
        }),
        ("names", &|i| (first(one.child(i)), first(two.child(i)))),
        ("replications", &|i| {
            (first(one.child(i)), first(other.child(i)))
        }),
        ("draws", &|i| (first(one.child(i)), second(one.child(i)))),
    ];
    let chi = ChiSquared::new((CELLS * CELLS - 1) as f64).unwrap();
    for (name, pair) in pairs {
        let mut counts = vec![0_u32; CELLS * CELLS];
        for i in 0..PAIRS {
            let (x, y) = pair(i);
            counts[cell(x) * CELLS + cell(y)] += 1;
        }
        let expected = PAIRS as f64 / (CELLS * CELLS) as f64;
        let statistic: f64 = counts
            .iter()
            .map(|&count| (f64::from(count) - expected) * (f64::from(count) - expected) / expected)
            .sum();
        let p = chi.cdf(statistic);
        assert!(
            (0.0005..0.9995).contains(&p),
            "{name}: {statistic}, p = {p}"
        );
    }
}

// Goal: variants that see the same arrivals and work are compared at least ten times as sharply.
// Method: the mean wait of 2,000 customers of a single server against one that is 5 % faster; the
// variance of the difference over 200 replications, with common and with separate numbers.
#[test]
fn common_random_numbers_sharpen_a_comparison() {
    let mean_wait = |speed: f64, replication: u64| {
        let streams = Streams::new(22, replication);
        let mut gaps = streams.key("arrivals", 0).rng();
        let service = streams.key("service", 0);
        let (mut wait, mut sum) = (0.0_f64, 0.0);
        for customer in 0..2_000 {
            sum += wait;
            let work = draw::exponential_unit(&mut service.child(customer).rng());
            wait = (wait + work / speed - 2.0 * draw::exponential_unit(&mut gaps)).max(0.0);
        }
        sum / 2_000.0
    };
    let study = |speed, first| {
        (first..first + 200)
            .map(|run| mean_wait(speed, run))
            .collect()
    };
    let slow: Vec<f64> = study(1.0, 0);
    let fast: Vec<f64> = study(1.05, 0);
    let separate: Vec<f64> = study(1.05, 1_000);
    let width = |right| {
        Interval::of_differences(&slow, right, 0.95)
            .unwrap()
            .half_width
    };
    let ratio = (width(&separate) / width(&fast)) * (width(&separate) / width(&fast));
    println!("variance of the difference: {ratio} times smaller");
    assert!(ratio >= 10.0, "{ratio}");
}
