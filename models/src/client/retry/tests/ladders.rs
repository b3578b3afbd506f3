//! Back-offs of every row and every jitter.
use super::*;

/// Longest back-offs \[ms\] after the attempts before the last, for a throttle and for status 500,
/// with the tokens of one retry each.
type Ladders = ([u64; 2], [u16; 2]);

fn longest(rules: RetryRules, kind: ErrorKind, attempt: u8) -> (u64, u16) {
    let rules = without_jitter(rules).with_attempts(u8::MAX);
    match rules.decide(Failure::new(kind, attempt), &mut rules.quota(), &mut rng()) {
        Decision::Retry { back_off, cost } => (back_off.nanos() / 1_000_000, cost),
        other @ Decision::GiveUp(_) => panic!("{other:?}"),
    }
}

// Goal: every row has its SDK's bases, costs and number of attempts, doubles, and is capped.
// Method: attempts, and the first back-off and the tokens for 503 SlowDown and status 500, from
// facts of each SDK; then the doubling and the cap of each.
#[test]
fn every_row_has_the_ladder_of_its_sdk() {
    use RetryMode::{Legacy, Standard};
    use RuleSet::{V2_0, V2_1};
    let rows: &[(Sdk, RetryMode, RuleSet, u8, Ladders)] = &[
        (Sdk::Botocore, Legacy, V2_0, 5, ([1_000, 1_000], [0, 0])),
        (Sdk::Botocore, Legacy, V2_1, 5, ([1_000, 1_000], [0, 0])),
        (Sdk::Botocore, Standard, V2_0, 3, ([1_000, 1_000], [5, 5])),
        (Sdk::Botocore, Standard, V2_1, 3, ([1_000, 50], [5, 14])),
        (Sdk::Java, Legacy, V2_0, 4, ([500, 100], [0, 5])),
        (Sdk::Java, Standard, V2_0, 3, ([1_000, 100], [5, 5])),
        (Sdk::Java, Standard, V2_1, 3, ([1_000, 50], [5, 14])),
        (Sdk::Go, Standard, V2_0, 3, ([1_000, 1_000], [5, 5])),
        (Sdk::Go, Standard, V2_1, 3, ([1_000, 50], [5, 14])),
        (Sdk::JavaScript, Standard, V2_0, 3, ([500, 100], [5, 10])),
        (Sdk::JavaScript, Standard, V2_1, 3, ([1_000, 50], [5, 14])),
        (Sdk::Rust, Standard, V2_0, 3, ([1_000, 1_000], [5, 10])),
        (Sdk::Rust, Standard, V2_1, 3, ([1_000, 50], [5, 14])),
        (Sdk::Ruby, Standard, V2_0, 3, ([1_000, 1_000], [5, 5])),
        (Sdk::Ruby, Standard, V2_1, 3, ([1_000, 50], [5, 14])),
        (Sdk::Crt, Standard, V2_0, 6, ([500, 500], [5, 5])),
    ];
    for &(sdk, mode, rule_set, attempts_max, (bases, costs)) in rows {
        let rules = rules(sdk, mode, rule_set);
        assert_eq!(rules.attempts_max, attempts_max, "{sdk:?} {mode:?}");
        let kinds = [ErrorKind::Throttling503, ErrorKind::Internal500];
        for ((kind, base), cost) in kinds.into_iter().zip(bases).zip(costs) {
            let ladder = [1, 2, 3, 4, 12].map(|attempt| longest(rules, kind, attempt));
            let cap = if sdk == Sdk::Botocore && mode == Legacy {
                u64::MAX
            } else {
                20_000
            };
            let expected = [1, 2, 4, 8, 2_048].map(|factor| ((base * factor).min(cap), cost));
            assert_eq!(ladder, expected, "{sdk:?} {mode:?} {rule_set:?} {kind:?}");
        }
    }
}

// Goal: an adaptive row is the standard one and a limiter, nothing else.
// Method: all SDKs that have both.
#[test]
fn adaptive_is_standard_with_a_limiter() {
    for sdk in Sdk::ALL {
        for rule_set in RuleSet::ALL {
            let Ok(adaptive) = RetryRules::of(sdk, RetryMode::Adaptive, rule_set) else {
                continue;
            };
            let mut rules = adaptive.value;
            assert!(rules.limiter.take().is_some());
            assert_eq!(rules, super::rules(sdk, RetryMode::Standard, rule_set));
        }
    }
}

/// Back-offs \[us\] of `rules` over many draws: least, mean and greatest.
fn spread(rules: RetryRules, failure: Failure) -> [u64; 3] {
    const DRAWS: u64 = 20_000;
    let (mut rng, mut quota) = (rng(), RetryQuota::with_capacity(u16::MAX));
    let (mut least, mut sum, mut greatest) = (u64::MAX, 0, 0);
    for _ in 0..DRAWS {
        match rules.decide(failure, &mut quota, &mut rng) {
            Decision::Retry { back_off, cost } => {
                let micros = back_off.nanos() / 1_000;
                (least, greatest) = (least.min(micros), greatest.max(micros));
                sum += micros;
                quota.give_back(cost);
            }
            other @ Decision::GiveUp(_) => panic!("{other:?}"),
        }
    }
    [least, sum / DRAWS, greatest]
}

// Goal: each jitter is spread as the blog says: between its bounds, with the mean in the middle.
// Method: 20,000 draws after the third attempt, base 10 ms, cap 2 s, so d = 40 ms; decorrelated
// from a base of 5 ms and a back-off of 20 ms before. Bounds are met within 0.2 %, means within 1
// %.
#[test]
fn jitters_are_spread_as_the_blog_says() {
    let close = |found: u64, expected: u64, share: f64| {
        found.abs_diff(expected) as f64 <= expected as f64 * share + 10.0
    };
    let failure = Failure {
        last_back_off: Span::from_millis(20),
        ..Failure::new(ErrorKind::Internal500, 3)
    };
    for (jitter, base, bounds) in [
        (Jitter::None, 10, [40_000, 40_000]),
        (Jitter::Full, 10, [0, 40_000]),
        (Jitter::Equal, 10, [20_000, 40_000]),
        (Jitter::Decorrelated, 5, [5_000, 60_000]),
    ] {
        let class = ClassRules {
            jitter,
            ..ClassRules::retried(Span::from_millis(base), 0)
        };
        let rules = RetryRules::free(10, class, Span::from_secs(2));
        let [least, mean, greatest] = spread(rules, failure);
        assert!(close(least, bounds[0], 0.002), "{jitter:?}: {least}");
        assert!(close(greatest, bounds[1], 0.002), "{jitter:?}: {greatest}");
        assert!(
            close(mean, u64::midpoint(bounds[0], bounds[1]), 0.01),
            "{jitter:?}: {mean}"
        );
    }
}

// Goal: SDKs that count in milliseconds wait whole ones, and Java's half jitter has both ends.
// Method: 20,000 draws of Java's legacy mode: a throttle between 250 and 500 ms, both included;
// status 500 between 0 and 99 ms.
#[test]
fn java_waits_whole_milliseconds() {
    let java = rules(Sdk::Java, RetryMode::Legacy, RuleSet::V2_0);
    let [least, mean, greatest] = spread(java, Failure::new(ErrorKind::Throttling503, 1));
    assert_eq!((least, greatest), (250_000, 500_000));
    assert!(mean.abs_diff(375_000) < 2_000, "{mean}");
    let [least, mean, greatest] = spread(java, Failure::new(ErrorKind::Internal500, 1));
    assert_eq!((least, greatest), (0, 99_000));
    assert!(mean.abs_diff(49_500) < 500, "{mean}");
}

// Goal: Go's older rules wait exactly the cap once the ladder would go beyond it.
// Method: with jitter, after the fifth attempt (16 s, drawn) and the sixth (20 s, exact).
#[test]
fn go_waits_the_cap_exactly() {
    let go = rules(Sdk::Go, RetryMode::Standard, RuleSet::V2_0).with_attempts(9);
    let after = |attempt| spread(go, Failure::new(ErrorKind::Internal500, attempt));
    assert_eq!(after(6), [20_000_000; 3]);
    let [least, _, greatest] = after(5);
    assert!(least < 100_000 && (15_900_000..16_000_000).contains(&greatest));
}

// Goal: decorrelated back-offs never leave their bounds, however often a call fails.
// Method: a call of 50 failures, each told the back-off before; the cap is met.
#[test]
fn decorrelated_back_offs_stay_below_the_cap() {
    let class = ClassRules {
        jitter: Jitter::Decorrelated,
        ..ClassRules::retried(Span::from_millis(5), 0)
    };
    let rules = RetryRules::free(100, class, Span::from_millis(200));
    let (mut rng, mut last) = (rng(), Span::ZERO);
    let mut capped = 0;
    for attempt in 1..=50 {
        let failure = Failure {
            last_back_off: last,
            ..Failure::new(ErrorKind::TimeOut, attempt)
        };
        let decision = rules.decide(failure, &mut rules.quota(), &mut rng);
        let Decision::Retry { back_off, .. } = decision else {
            panic!("{decision:?}");
        };
        let most = last.nanos().max(5_000_000) * 3;
        assert!((5_000_000..=most.min(200_000_000)).contains(&back_off.nanos()));
        capped += u32::from(back_off == Span::from_millis(200));
        last = back_off;
    }
    assert!(capped > 0);
}
