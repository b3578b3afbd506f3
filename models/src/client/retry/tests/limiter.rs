//! The client rate limiter.
use super::super::{LimiterRules, RateLimiter};
use keystorm_sim::draw::whole;
use keystorm_sim::{Span, Time};
use proptest::prelude::*;

const ALL: [LimiterRules; 5] = [
    LimiterRules::BOTOCORE,
    LimiterRules::RUST_AND_GO,
    LimiterRules::JAVASCRIPT,
    LimiterRules::RUBY,
    LimiterRules::JAVA,
];

fn close(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 1e-9 * expected.abs().max(1e-3)
}

/// A limiter made at 0 that has measured 10 answers a second for 5 s, the last at 5 s.
fn measured(rules: LimiterRules) -> RateLimiter {
    let mut limiter = RateLimiter::new(Time::ZERO, Span::ZERO, rules);
    for tenth in 1..=50 {
        limiter.answered(Time::from_millis(tenth * 100), false);
    }
    limiter
}

// Goal: the curve goes through botocore's published points.
// Method: tests/unit/retries/test_throttling.py of boto/botocore 0e6e2404: K is 1.957… s for a rate
// of 10 and 1.817… s for 8; 8 is cut to 5.6; and K after the cut the rate is back where it was.
#[test]
fn the_curve_goes_through_published_points() {
    use super::super::rate_limiter::Curve;
    let rules = LimiterRules::BOTOCORE;
    for (rate, k) in [
        (10.0, 1.957_433_820_584_431_7),
        (8.0, 1.817_120_592_832_139_7),
    ] {
        let mut curve = Curve::begin(Time::ZERO);
        assert!(close(curve.cut(rate, Time::ZERO, &rules), rate * 0.7));
        assert!(close(curve.return_time, k));
        let back = Time::from_nanos(whole(k * 1e9));
        assert!(close(curve.at(back, &rules), rate));
        assert!(close(curve.at(Time::ZERO, &rules), rate * 0.7));
    }
}

// Goal: before a throttle nothing is held back; a throttle cuts the rate to 0.7 of what is
// measured, and tokens then come at that rate.
// Method: 10 answers a second for 5 s, of which the average has come from 0 to just below 10; a
// throttle at 5.1 s; 6 tokens are there, the seventh is not quite.
#[test]
fn a_throttle_cuts_the_rate() {
    let mut limiter = measured(LimiterRules::BOTOCORE);
    assert!((0..1_000).all(|_| limiter.acquire(Time::from_secs(5)).is_ok()));
    let rate = limiter.measured_rate();
    assert!((rate - 10.0).abs() < 0.01, "{rate}");
    let now = Time::from_millis(5_100);
    limiter.answered(now, true);
    assert!(close(limiter.rate(), 0.7 * rate));
    // The bucket was full, and holds what it can at the new rate.
    assert!(close(limiter.tokens(), 0.7 * rate));
    let granted = (0..100)
        .take_while(|_| limiter.acquire(now).is_ok())
        .count();
    assert_eq!(granted, 6);
    let wait = limiter.acquire(now).unwrap_err();
    let expected = 7.0 / (0.7 * rate) - 1.0;
    assert!((wait.as_secs_f64() - expected).abs() < 2e-9, "{wait}");
    assert!(
        limiter
            .acquire(now + Span::from_nanos(wait.nanos() - 1))
            .is_err()
    );
    assert_eq!(limiter.acquire(now + wait), Ok(()));
}

// Goal: a client whose first answer is a throttle may send one request in two seconds.
// Method: a throttle in the first window, where nothing is measured yet. botocore's bucket has
// filled since the client was made; the others' begins now.
#[test]
fn a_throttle_at_once_leaves_half_a_request_a_second() {
    for rules in ALL {
        let mut limiter = RateLimiter::new(Time::ZERO, Span::ZERO, rules);
        let now = Time::from_millis(400);
        limiter.answered(now, true);
        assert!(limiter.is_enabled());
        assert!((0.5..0.6).contains(&limiter.rate()), "{rules:?}");
        let missing = if rules == LimiterRules::BOTOCORE {
            0.6
        } else {
            1.0
        };
        let wait = limiter.acquire(now).unwrap_err().as_secs_f64();
        assert!((wait - missing / 0.5).abs() < 1e-3, "{rules:?}: {wait}");
    }
}

// Goal: windows begin at half seconds of the client's clock, whatever its phase.
// Method: an answer every 100 ms, with a phase of 0.3 s: the measured rate changes with the first
// answer after 0.2 s and 0.7 s.
#[test]
fn windows_follow_the_clocks_phase() {
    let phase = Span::from_millis(300);
    let mut limiter = RateLimiter::new(Time::ZERO, phase, LimiterRules::BOTOCORE);
    let mut changes = Vec::new();
    for tenth in 1..=12 {
        let before = limiter.measured_rate();
        limiter.answered(Time::from_millis(tenth * 100), false);
        if limiter.measured_rate().to_bits() != before.to_bits() {
            changes.push((tenth, limiter.measured_rate()));
        }
    }
    // 2 answers in 0.5 s; then 5 in 0.5 s, weighing 0.8; the same again.
    let rates = [3.2, 8.0 + 0.2 * 3.2, 8.0 + 0.2 * 8.64];
    assert_eq!(
        changes.iter().map(|&(tenth, _)| tenth).collect::<Vec<_>>(),
        [2, 7, 12]
    );
    assert!(
        changes
            .iter()
            .zip(rates)
            .all(|(&(_, rate), expected)| close(rate, expected))
    );
}

// Goal: Java waits whole milliseconds, and measures next to nothing in its first window.
// Method: a limiter that has measured; the wait after its bucket is empty.
#[test]
fn java_waits_whole_milliseconds() {
    let mut limiter = measured(LimiterRules::JAVA);
    let now = Time::from_millis(5_100);
    limiter.answered(now, true);
    while limiter.acquire(now).is_ok() {}
    let wait = limiter.acquire(now).unwrap_err();
    assert_eq!(wait.nanos() % 1_000_000, 0);
    let mut first = RateLimiter::new(Time::ZERO, Span::ZERO, LimiterRules::JAVA);
    first.answered(Time::from_millis(100), false);
    assert!(first.measured_rate() > 0.0 && first.measured_rate() < 0.001);
}

// Goal: JavaScript rounds its rates to 8 decimals, and is otherwise as Rust.
// Method: the same answers to both.
#[test]
fn javascript_rounds_its_rates() {
    let [mut exact, mut rounded] =
        [LimiterRules::RUST_AND_GO, LimiterRules::JAVASCRIPT].map(measured);
    for tenth in 51..90 {
        for limiter in [&mut exact, &mut rounded] {
            limiter.answered(Time::from_millis(tenth * 97), tenth % 13 == 0);
        }
        let (exact, rounded) = (exact.rate(), rounded.rate());
        assert!((exact - rounded).abs() < 1e-6);
        let scaled = rounded * 1e8;
        assert!((scaled - scaled.round()).abs() < 1e-4);
    }
    assert_ne!(exact.rate().to_bits(), rounded.rate().to_bits());
}

proptest! {
    // Goal: the rate is never below 0.5 a second nor, above that, more than twice what is measured;
    // tokens are never more than fit; who waits as long as told, alone, gets a token, not 1 unit
    // earlier; waits are positive.
    // Method: random answers and attempts, some at the same instant, for every SDK and phase.
    #[test]
    fn rates_and_tokens_keep_their_bounds(
        rules in prop::sample::select(ALL.to_vec()),
        phase in 0_u64..1_000_000_000,
        steps in prop::collection::vec((0_u64..400_000_000, 0_u8..10), 1..300),
    ) {
        let mut limiter = RateLimiter::new(Time::ZERO, Span::from_nanos(phase), rules);
        let mut now = Time::ZERO;
        for (pause, what) in steps {
            now += Span::from_nanos(if what % 3 == 0 { 0 } else { pause });
            match what {
                0..4 => limiter.answered(now, what == 0),
                _ => if let Err(wait) = limiter.acquire(now) {
                    prop_assert!(wait > Span::ZERO);
                    let mut alone = limiter.clone();
                    prop_assert_eq!(alone.acquire(now + wait), Ok(()));
                    let unit = rules.wait_unit.nanos();
                    let mut early = limiter.clone();
                    let at = now + Span::from_nanos(wait.nanos() - unit);
                    prop_assert!(early.acquire(at).is_err());
                },
            }
            let measured = limiter.measured_rate();
            prop_assert!(limiter.rate() >= 0.5 && limiter.rate() <= (2.0 * measured).max(1.0));
            prop_assert!(limiter.tokens() <= limiter.tokens_max());
            prop_assert!(limiter.tokens_max() >= 1.0);
        }
    }
}
