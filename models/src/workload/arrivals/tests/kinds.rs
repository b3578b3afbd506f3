//! Arrivals of each kind beside the plain Poisson process.
use super::{all, of};
use crate::workload::{Bursts, Pattern, RateProfile, State, States, When};
use keystorm_sim::{Span, Time};
use proptest::prelude::*;

/// One pattern of each kind, all of which are at work in most seconds.
fn each_kind() -> Vec<Pattern> {
    let span = Span::from_millis;
    let wave = |from| {
        let at = Time::from_millis;
        let points = vec![(at(from), 90.0), (at(1_700), 10.0), (at(1_700), 200.0)];
        RateProfile::repeating(points, span(2_300), span(1_900))
    };
    let state = |rate, time| State {
        rate,
        mean_time: span(time),
    };
    let bursts = |when, gap| Bursts {
        when,
        starts: 9,
        spread: span(700),
        even: false,
        requests: 12,
        gap: span(gap),
        own_instances: true,
    };
    let every = |period, phase| When::Every {
        period: span(period),
        phase: span(phase),
    };
    vec![
        Pattern::Poisson(wave(0)),
        Pattern::Even(wave(400)),
        Pattern::Modulated(States::new(vec![state(0.0, 300), state(500.0, 400)])),
        Pattern::Modulated(States::new(vec![
            state(50.0, 700),
            state(9.0, 90),
            state(300.0, 4),
        ])),
        Pattern::Bursts(bursts(every(1_100, 600), 0)),
        Pattern::Bursts(bursts(When::Once(Time::from_millis(6_300)), 300)),
    ]
}

// Goal: whatever the kind, any second can be drawn alone, names included, in order.
// Method: 30 seconds of each kind as a whole, and each second by arrivals that begin there.
#[test]
fn of_each_kind_any_second_can_be_drawn_alone() {
    for pattern in each_kind() {
        let whole = all(of(pattern.clone(), 5), 30);
        assert!(whole.is_sorted_by_key(|arrival| arrival.at));
        assert!(whole.len() > 100, "{} of {pattern:?}", whole.len());
        for second in 0..30 {
            let mut alone = of(pattern.clone(), 5);
            alone.enter(Time::from_secs(second));
            let part = whole.iter().filter(|it| it.at.second() == second);
            let part: Vec<_> = part.copied().collect();
            assert_eq!(
                all(alone, second + 1),
                part,
                "second {second} of {pattern:?}"
            );
        }
    }
}

// Goal: the seed decides about all that is random, and about nothing else.
// Method: two seeds for each kind; only even spacing gives the same instants.
#[test]
fn the_seed_decides_what_is_random() {
    for pattern in each_kind() {
        let instants = |seed| {
            let arrivals = all(of(pattern.clone(), seed), 30).into_iter();
            arrivals.map(|it| it.at).collect::<Vec<_>>()
        };
        assert_eq!(instants(5), instants(5));
        let even = matches!(pattern, Pattern::Even(_));
        assert_eq!(instants(5) == instants(6), even, "{pattern:?}");
    }
}

// Goal: evenly spaced arrivals are exactly that, over seconds, pauses and a long time.
// Method: 8/s for 100,000 s; 3/s, whose spacing is no whole nanosecond; a third of a request per
// second; 10/s in every other second. The instants are those computed by hand, in order.
#[test]
fn even_spacing_is_exact() {
    let instants = |profile, seconds| {
        let arrivals = all(of(Pattern::Even(profile), 1), seconds);
        arrivals.iter().map(|it| it.at.nanos()).collect::<Vec<_>>()
    };
    let eighths: Vec<_> = (0..800_000).map(|it| it * 125_000_000).collect();
    assert!(instants(RateProfile::constant(8.0), 100_000) == eighths);
    for (number, at) in (0..).zip(instants(RateProfile::constant(3.0), 100_000)) {
        assert!(
            at.abs_diff(number * 1_000_000_000 / 3) <= 1,
            "{number}: {at}"
        );
    }
    let rare = instants(RateProfile::constant(1.0 / 3.0), 10);
    assert_eq!(rare, [0, 3_000_000_000, 6_000_000_000, 9_000_000_000]);
    let at = Time::from_secs;
    let points = vec![(at(0), 10.0), (at(1), 10.0), (at(1), 0.0), (at(2), 0.0)];
    let pauses = RateProfile::repeating(points, Span::from_secs(2), Span::ZERO);
    let by_hand: Vec<_> = (0..2_000_u64)
        .map(|it| it / 10 * 2_000_000_000 + it % 10 * 100_000_000)
        .collect();
    assert_eq!(instants(pauses, 400), by_hand);
}

// Goal: even spacing follows a ramp: the n-th arrival comes when n are expected.
// Method: from 0 to 1,000/s in 10 s, n = 50·t², inverted by hand; then 1,000/s.
#[test]
fn even_spacing_follows_a_ramp() {
    let ramp = vec![(Time::ZERO, 0.0), (Time::from_secs(10), 1_000.0)];
    let arrivals = all(of(Pattern::Even(RateProfile::through(ramp)), 1), 20);
    assert_eq!(arrivals.len(), 15_000);
    for (number, arrival) in arrivals.iter().enumerate() {
        let number = number as f64;
        let expected = if number < 5_000.0 {
            (number / 50.0).sqrt()
        } else {
            10.0 + (number - 5_000.0) / 1_000.0
        };
        let off = (arrival.at.nanos() as f64 - expected * 1e9).abs();
        // A millionth of a request may stand for rounding, at the beginning of a second.
        assert!(off < 2_000.0, "{number}: {off} ns off");
    }
}

// Goal: a modulated rate has the index of dispersion of its closed form, in windows of any length.
// Method: 100/s for 2 s on average, 20/s for 8 s. With d = 80/s, rates of leaving a = 1/2, b = 1/8
// and c = a + b, the variance of the number in t over its mean is
// 1 + 2·d²·a·b / (c²·(100·b + 20·a)) · (1 - (1 - e^-ct) / ct)
// (Fischer and Meier-Hellstern 1993, "The Markov-modulated Poisson process cookbook").
// 40 seeds of 20,000 s; the mean of their indices within 4.4 standard errors (chance 1e-5), and the
// mean rate, 36/s, as well.
#[test]
fn a_modulated_rate_has_its_index_of_dispersion() {
    let state = |rate, secs| State {
        rate,
        mean_time: Span::from_secs(secs),
    };
    let states = States::new(vec![state(100.0, 2), state(20.0, 8)]);
    assert!((states.mean_rate() - 36.0).abs() < 1e-12);
    let counts: Vec<Vec<f64>> = (0..40)
        .map(|seed| {
            let mut counts = vec![0.0; 20_000];
            for arrival in all(of(Pattern::Modulated(states.clone()), seed), 20_000) {
                counts[usize::try_from(arrival.at.second()).unwrap()] += 1.0;
            }
            counts
        })
        .collect();
    let agrees = |values: Vec<f64>, expected: f64, what: &str| {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|it| (it - mean).powi(2)).sum::<f64>() / (n - 1.0);
        let error = (variance / n).sqrt();
        assert!(
            (mean - expected).abs() < 4.4 * error,
            "{what}: {mean} ± {error}"
        );
    };
    let rate = |counts: &Vec<f64>| counts.iter().sum::<f64>() / counts.len() as f64;
    agrees(counts.iter().map(rate).collect(), 36.0, "rate");
    let (a, b) = (0.5_f64, 0.125_f64);
    let c = a + b;
    for window in [1_u32, 10, 100] {
        let ct = c * f64::from(window);
        let long = 2.0 * 6_400.0 * a * b / (c * c * (100.0 * b + 20.0 * a));
        let expected = 1.0 + long * (1.0 - (1.0 - libm::exp(-ct)) / ct);
        let index = |counts: &Vec<f64>| {
            let windows = counts.chunks(window as usize).map(|it| it.iter().sum());
            let windows: Vec<f64> = windows.collect();
            let mean = 36.0 * f64::from(window);
            let squares: f64 = windows.iter().map(|it| (it - mean).powi(2)).sum();
            squares / windows.len() as f64 / mean
        };
        let indices = counts.iter().map(index).collect();
        agrees(indices, expected, &format!("index in {window} s"));
    }
}

// Goal: time is spread over more than two states as their mean times say, from t = 0 on.
// Method: three states of 1, 2 and 5 s, of which one arrives; 400 seeds: the share of runs that are
// busy at t = 0 (an arrival in the first 20 ms at 1,000/s) against 2/8, within 4.4 standard errors.
#[test]
fn a_modulated_rate_has_been_going_on_for_long() {
    let state = |rate, secs| State {
        rate,
        mean_time: Span::from_secs(secs),
    };
    let states = States::new(vec![state(0.0, 1), state(1_000.0, 2), state(0.0, 5)]);
    let busy = |&seed: &u64| {
        let mut arrivals = of(Pattern::Modulated(states.clone()), seed);
        !arrivals.draw(Time::from_millis(20)).is_empty()
    };
    let share = (0..400).filter(busy).count() as f64 / 400.0;
    let error = (0.25_f64 * 0.75 / 400.0).sqrt();
    assert!((share - 0.25).abs() < 4.4 * error + 0.01, "{share}");
}

// Goal: bursts have exactly their number of requests, where they belong, spread evenly at random.
// Method: 500 bursts of 200 tasks within 3 s every 10 s, the first of which began 4 s before t = 0;
// χ² of 30 tenths of the spread: 29 ± 4.4·√58 (chance below 1e-4).
#[test]
fn bursts_are_exact_and_uniform() {
    let bursts = Bursts {
        when: When::Every {
            period: Span::from_secs(10),
            phase: Span::from_secs(4),
        },
        starts: 200,
        spread: Span::from_secs(3),
        even: false,
        requests: 1,
        gap: Span::ZERO,
        own_instances: false,
    };
    let arrivals = all(of(Pattern::Bursts(bursts), 2), 5_000);
    assert_eq!(arrivals.len(), 100_000);
    let mut per_burst = vec![0; 500];
    let mut tenths = vec![0.0; 30];
    for arrival in &arrivals {
        let place = (arrival.at.nanos() + 4_000_000_000) % 10_000_000_000;
        tenths[usize::try_from(place / 100_000_000).unwrap()] += 1.0;
        per_burst[usize::try_from((arrival.at.second() - 6) / 10).unwrap()] += 1;
    }
    assert!(per_burst.iter().all(|&it| it == 200), "{per_burst:?}");
    let mean = 100_000.0 / 30.0;
    let chi2: f64 = tenths
        .iter()
        .map(|it| (it - mean) * (it - mean) / mean)
        .sum();
    assert!((chi2 - 29.0).abs() < 4.4 * 58_f64.sqrt(), "χ² = {chi2}");
    // A burst under way at t = 0 has sent some of its requests before.
    let under_way = Bursts {
        when: When::Every {
            period: Span::from_secs(10),
            phase: Span::from_secs(1),
        },
        ..bursts
    };
    let left = all(of(Pattern::Bursts(under_way), 2), 2).len() as f64;
    let error = (200.0_f64 * (2.0 / 3.0) / 3.0).sqrt();
    assert!((left - 400.0 / 3.0).abs() < 4.4 * error, "{left}");
}

// Goal: in a cold start every instance sends its own requests, at its own pace; all at one instant
// is possible.
// Method: nine instances at even distances of 100 ms, four requests each at 5/s; then all at once.
#[test]
fn a_cold_start_sends_from_each_instance() {
    let bursts = Bursts {
        when: When::Once(Time::from_millis(2_500)),
        starts: 9,
        spread: Span::from_millis(900),
        even: true,
        requests: 4,
        gap: Span::from_millis(200),
        own_instances: true,
    };
    let arrivals = all(of(Pattern::Bursts(bursts), 2), 60);
    let mut found: Vec<_> = arrivals.iter().map(|it| (it.ask.instance, it.at)).collect();
    found.sort_unstable();
    let by_hand = (0..9_u32).flat_map(|instance| {
        let at = move |it: u64| Time::from_millis(2_500 + u64::from(instance) * 100 + it * 200);
        (0..4).map(move |it| (instance, at(it)))
    });
    assert_eq!(found, by_hand.collect::<Vec<_>>());
    let for_ever = Bursts {
        gap: Span::from_nanos(u64::MAX / 2),
        ..bursts
    };
    assert_eq!(all(of(Pattern::Bursts(for_ever), 2), 60).len(), 9);
    let at_once = Bursts {
        spread: Span::ZERO,
        gap: Span::ZERO,
        requests: 40,
        ..bursts
    };
    let arrivals = all(of(Pattern::Bursts(at_once), 2), 60);
    assert_eq!(arrivals.len(), 360);
    for (number, arrival) in (0_u32..).zip(&arrivals) {
        assert_eq!(arrival.at, Time::from_millis(2_500));
        assert_eq!(arrival.ask.instance, number / 40);
    }
}

// Goal: what is said about rates beforehand is never exceeded by what arrives.
// Method: each kind over 300 s: no second has more arrivals than `rate_max` of it and 6 standard
// deviations; over all the mean of `rate_at` is near the mean number, for what repeats.
#[test]
fn rates_are_known_beforehand() {
    for pattern in each_kind() {
        let mut counts = vec![0.0; 300];
        for arrival in all(of(pattern.clone(), 5), 300) {
            counts[usize::try_from(arrival.at.second()).unwrap()] += 1.0;
        }
        for (second, count) in (0..).zip(&counts) {
            let most = pattern.rate_max(Time::from_secs(second), Time::from_secs(second + 1));
            assert!(
                *count <= most + 6.0 * most.sqrt(),
                "{count} in {second} of {pattern:?}"
            );
        }
    }
    let silent = Pattern::Bursts(Bursts {
        when: When::Once(Time::from_secs(90)),
        starts: 1,
        spread: Span::from_secs(5),
        even: true,
        requests: 10,
        gap: Span::ZERO,
        own_instances: false,
    });
    let most = |from, to| silent.rate_max(Time::from_secs(from), Time::from_secs(to));
    assert!(most(0, 89) <= 0.0 && most(0, 91) > 1.9 && most(94, 99) > 1.9);
    assert!(most(95, 200) <= 0.0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    // Goal: whatever the profile, evenly spaced arrivals are as many as it expects, none lost or
    // doubled at a seam, and any second can be drawn alone.
    // Method: random points, periods and phases, down to periods of some milliseconds and steps;
    // in each second the number is that expected until its end less that until its beginning.
    #[test]
    fn even_spacing_loses_nothing(
        steps in prop::collection::vec((0_u64..900, 0_u32..400), 1..6),
        (rest, phase) in (1_u64..3_000, 0_u64..9_000),
    ) {
        let mut at = 0;
        let points = steps.iter().map(|&(after, rate)| {
            at += after;
            (Time::from_millis(at), f64::from(rate) / 2.0)
        });
        let points: Vec<_> = points.collect();
        let (period, phase) = (Span::from_millis(at + rest), Span::from_millis(phase));
        let profile = RateProfile::repeating(points, period, phase);
        let whole = all(of(Pattern::Even(profile.clone()), 1), 12);
        prop_assert!(whole.is_sorted_by_key(|it| it.at));
        for second in 0..12 {
            let part = whole.iter().filter(|it| it.at.second() == second);
            let part: Vec<_> = part.copied().collect();
            let until = |second| profile.expected(Time::from_secs(second));
            let expected = until(second + 1) - until(second);
            prop_assert!((part.len() as f64 - expected).abs() < 1.001, "{expected}");
            let mut alone = of(Pattern::Even(profile.clone()), 1);
            alone.enter(Time::from_secs(second));
            prop_assert_eq!(all(alone, second + 1), part);
        }
        let off = whole.len() as f64 - profile.expected(Time::from_secs(12));
        prop_assert!((-0.001..1.001).contains(&off), "{off}");
    }

    // Goal: whatever the bursts, those that lie within the run are complete, from every instance,
    // and any second can be drawn alone.
    // Method: random periods, phases, spreads, requests and gaps that fit into the period.
    #[test]
    fn bursts_lose_nothing(
        (starts, spread, even, requests, gap) in
            (1_u32..20, 0_u64..900, any::<bool>(), 1_u32..6, 0_u64..200),
        (rest, phase, once) in (1_u64..3_000, 0_u64..9_000, any::<bool>()),
    ) {
        let length = spread + gap * u64::from(requests - 1);
        let (period, first) = (length + rest, Time::from_millis(phase));
        let when = if once {
            When::Once(first)
        } else {
            let (period, phase) = (Span::from_millis(period), Span::from_millis(phase % period));
            When::Every { period, phase }
        };
        let pattern = Pattern::Bursts(Bursts {
            when,
            starts,
            spread: Span::from_millis(spread),
            even,
            requests,
            gap: Span::from_millis(gap),
            own_instances: true,
        });
        let whole = all(of(pattern.clone(), 1), 14);
        prop_assert!(whole.is_sorted_by_key(|it| it.at));
        let begins = if once { phase } else { period - phase % period };
        let (from, to) = (Time::from_millis(begins), Time::from_millis(begins + length + 1));
        if to < Time::from_secs(14) {
            let its = whole.iter().filter(|it| from <= it.at && it.at < to);
            for instance in 0..starts {
                let sent = its.clone().filter(|it| it.ask.instance == instance).count();
                prop_assert!(sent >= requests as usize, "{sent} of {requests}");
            }
            prop_assert_eq!(its.count() as u64, u64::from(starts * requests));
        }
        for second in 0..14 {
            let part = whole.iter().filter(|it| it.at.second() == second);
            let part: Vec<_> = part.copied().collect();
            let mut alone = of(pattern.clone(), 1);
            alone.enter(Time::from_secs(second));
            prop_assert_eq!(all(alone, second + 1), part);
        }
    }
}
