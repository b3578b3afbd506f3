mod kinds;

use super::*;
use crate::workload::{Keys, Mix, Mixes, Operation, Sizes};
use keystorm_sim::Streams;
use keystorm_sim::draw::Lognormal;

fn arrivals(profile: RateProfile, seed: u64) -> OpenArrivals {
    of(Pattern::Poisson(profile), seed)
}

fn of(pattern: Pattern, seed: u64) -> OpenArrivals {
    let sizes = Sizes::Lognormal {
        bytes: Lognormal::new(1e5, 1.0),
        max: 1 << 30,
    };
    let workload = Workload {
        mixes: Mixes::new(Mix::new([(Operation::Get, 7), (Operation::Put, 3)])),
        sizes,
        range: 8 << 20,
        part: 8 << 20,
        instances: 9,
        prefixes: 4,
        keys: Keys::Uniform,
    };
    let key = Streams::new(seed, 0).key("arrivals", 0);
    OpenArrivals::new(pattern, workload, key, Time::ZERO)
}

fn all(mut arrivals: OpenArrivals, seconds: u64) -> Vec<Arrival> {
    let mut all = Vec::new();
    loop {
        let block = arrivals.draw(Time::from_secs(seconds));
        if block.is_empty() {
            return all;
        }
        all.extend_from_slice(block);
    }
}

// Goal: the number of arrivals in each second is Poisson with the profile's mean, on ramps too.
// Method: a ramp from 0 to 2,000/s over 400 s, then a step to 500/s for 400 s; the sum of
// (n - mean)²/mean over 800 seconds is χ² with 800 degrees: 800 ± 4.4·√1600 (chance 1e-5).
#[test]
fn seconds_are_poisson_with_the_profiles_mean() {
    let corner = Time::from_secs(400);
    let ramp = vec![(Time::ZERO, 0.0), (corner, 2_000.0), (corner, 500.0)];
    let mut counts = [0.0; 800];
    for arrival in all(arrivals(RateProfile::through(ramp), 11), 800) {
        counts[usize::try_from(arrival.at.second()).unwrap()] += 1.0;
    }
    let mean = |second: usize| {
        if second < 400 {
            5.0 * second as f64 + 2.5
        } else {
            500.0
        }
    };
    let chi2: f64 = (0..800)
        .map(|s| (counts[s] - mean(s)).powi(2) / mean(s))
        .sum();
    assert!((chi2 - 800.0).abs() < 4.4 * 40.0, "χ² = {chi2}");
}

// Goal: within a second, arrivals on a ramp follow the rate, they are not merely as many.
// Method: 0 to 20,000/s within one second: the mean instant is 2/3 s, with a standard error of
// √(1/18)/√10,000 s; 4.4 of it are allowed (chance 1e-5).
#[test]
fn a_ramp_is_followed_within_a_second() {
    let ramp = vec![(Time::ZERO, 0.0), (Time::from_secs(1), 20_000.0)];
    let arrivals = all(arrivals(RateProfile::through(ramp), 3), 1);
    let sum: f64 = arrivals
        .iter()
        .map(|a| a.at.since(Time::ZERO).as_secs_f64())
        .sum();
    let mean = sum / arrivals.len() as f64;
    assert!((mean - 2.0 / 3.0).abs() < 4.4 * 0.002_36, "{mean}");
}

// Goal: arrivals are in order, named by their second, and any second can be drawn alone.
// Method: second 3 of a run from t = 0 against the arrivals of one that begins there.
#[test]
fn any_second_can_be_drawn_alone() {
    let whole = all(arrivals(RateProfile::constant(100.0), 5), 4);
    assert!(whole.is_sorted_by_key(|arrival| arrival.at));
    let start = Time::from_secs(3);
    let mut there = arrivals(RateProfile::constant(100.0), 5);
    there.enter(start);
    let third: Vec<_> = whole
        .into_iter()
        .filter(|arrival| arrival.at >= start)
        .collect();
    assert!(third.len() > 50);
    assert_eq!(all(there, 4), third);
}

// Goal: drawing some at a time changes no draw.
// Method: gaps and attributes of one busy second, drawn one by one from its streams.
#[test]
fn blocks_change_no_draw() {
    let arrivals = arrivals(RateProfile::constant(5_000.0), 7);
    let mut gaps = arrivals.gap_key.child(0).rng();
    let mut asks = arrivals.ask_key.child(0).rng();
    let workload = arrivals.workload.clone();
    let mut exposure = 0.0;
    for (number, arrival) in (0..).zip(all(arrivals, 1)) {
        exposure += draw::exponential_unit(&mut gaps);
        let at = Time::from_nanos(draw::whole(exposure * 1e9 / 5_000.0));
        let ask = workload.draw(&mut asks, at);
        let id = RequestId::new(0, number);
        assert_eq!(arrival, Arrival { at, id, ask });
    }
}

// Goal: a silent fleet never arrives, and does not hang.
// Method: ask for the first arrival of a rate of zero within a day.
#[test]
fn a_rate_of_zero_never_arrives() {
    assert_eq!(all(arrivals(RateProfile::constant(0.0), 1), 86_400), []);
}
