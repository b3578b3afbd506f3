use super::super::Refused;
use super::*;
use proptest::prelude::*;

const TOKENS: LimiterKind = LimiterKind::TokenBucket { burst: None };
const TICKS: LimiterKind = LimiterKind::Tick {
    period: Span::from_millis(100),
    burst: None,
};

fn quota(quota_per_s: u64, other_per_s: u64, kind: LimiterKind) -> RequestQuota {
    let limits = Limits {
        kind,
        ..Limits::default()
    };
    let steps = QuotaSteps::constant(quota_per_s);
    RequestQuota::new(steps, OtherLoad::steady(other_per_s), limits)
}

/// Grants of the second second of a constant load.
fn granted(quota: &mut RequestQuota, calls_per_s: u64) -> u64 {
    let at = |call| Time::from_nanos(call * NANOS_PER_S / calls_per_s);
    (0..2 * calls_per_s)
        .filter(|&call| quota.ask(at(call)) && call >= calls_per_s)
        .count() as u64
}

// Goal: the arithmetic of KMS's documentation, whatever the limiter: 7,000 + 2,000 calls in a
// second pass a quota of 10,000, of 9,500 + 1,000 the last 500 are refused.
// Method: the first figure is ours, the second other load's; then all calls ours. What is refused
// hits both alike but for the window, which refuses whoever comes after it is full.
#[test]
fn the_arithmetic_of_the_documentation_holds() {
    for kind in [LimiterKind::FixedWindow, TOKENS, TICKS] {
        assert_eq!(granted(&mut quota(10_000, 2_000, kind), 7_000), 7_000);
        assert_eq!(granted(&mut quota(10_000, 0, kind), 9_000), 9_000);
    }
    let beside = |kind| granted(&mut quota(10_000, 1_000, kind), 9_500);
    let alone = |kind| granted(&mut quota(10_000, 0, kind), 10_500);
    // The window is full after 10,000/10,500 of the second: 9,047.6 of ours came before.
    assert_eq!(beside(LimiterKind::FixedWindow), 9_048);
    assert_eq!(alone(LimiterKind::FixedWindow), 10_000);
    // A tick of 1,000 is used up after 95.2 ms by 904.8 of ours.
    assert!(beside(TICKS).abs_diff(9_048) <= 10, "{}", beside(TICKS));
    assert_eq!(alone(TICKS), 10_000);
    // A bucket's burst is one second's worth: it lasts for the first 20 seconds.
    assert_eq!((beside(TOKENS), alone(TOKENS)), (9_500, 10_500));
    let small = LimiterKind::TokenBucket { burst: Some(100) };
    assert!(alone(small).abs_diff(10_000) <= 1, "{}", alone(small));
}

// Goal: a burst shows what tells the limiters apart: at 1.9 s and again at 2 s.
// Method: 10 calls at each instant against 10/s; a window gives both, a bucket refills one token
// in between, ticks of 100 ms one.
#[test]
fn limiters_differ_at_the_edge_of_a_second() {
    let twice = |kind| {
        let mut quota = quota(10, 0, kind);
        [1_900, 2_000].map(|ms| {
            let at = Time::from_millis(ms);
            (0..10).filter(|_| quota.ask(at)).count()
        })
    };
    assert_eq!(twice(LimiterKind::FixedWindow), [10, 10]);
    assert_eq!(twice(TOKENS), [10, 1]);
    assert_eq!(twice(TICKS), [1, 1]);
}

// Goal: an interval begins at its phase.
// Method: one call a second, phase 300 ms: before, at the beginning, and the second after; ticks
// the same way.
#[test]
fn intervals_begin_at_their_phase() {
    let tick = LimiterKind::Tick {
        period: Span::from_secs(1),
        burst: None,
    };
    for kind in [LimiterKind::FixedWindow, tick] {
        let limits = Limits {
            kind,
            phase: Span::from_millis(300),
            ..Limits::default()
        };
        let steps = QuotaSteps::constant(1);
        let mut quota = RequestQuota::new(steps, OtherLoad::steady(0), limits);
        let at = [0, 299, 300, 1_000, 1_299, 1_300].map(Time::from_millis);
        let expected = [true, false, true, false, false, true];
        assert_eq!(at.map(|at| quota.ask(at)), expected, "{kind:?}");
    }
}

// Goal: counting refused calls changes nothing in a window and starves a bucket.
// Method: twice the quota, evenly spaced: a refusal takes the half token that had accrued.
#[test]
fn refused_calls_count_only_where_there_are_parts_of_a_token() {
    let counted = |kind| {
        let limits = Limits {
            kind,
            refused: Refused::Counted,
            ..Limits::default()
        };
        let steps = QuotaSteps::constant(1_000);
        let mut quota = RequestQuota::new(steps, OtherLoad::steady(0), limits);
        granted(&mut quota, 2_000)
    };
    let small = LimiterKind::TokenBucket { burst: Some(1) };
    let free = |kind| granted(&mut quota(1_000, 0, kind), 2_000);
    assert_eq!(
        counted(LimiterKind::FixedWindow),
        free(LimiterKind::FixedWindow)
    );
    assert_eq!(counted(TICKS), free(TICKS));
    assert_eq!((free(small), counted(small)), (1_000, 0));
}

// Goal: a quota changes when it says, whatever the limiter and however rarely one asks.
// Method: 10/s, 20/s from 3 s, 5/s from 6 s; asked for more in some seconds.
#[test]
fn a_quota_changes_on_time() {
    let mut steps = QuotaSteps::constant(10);
    steps.change(Time::from_secs(3), 20);
    steps.change(Time::from_secs(6), 5);
    for kind in [LimiterKind::FixedWindow, TICKS] {
        let limits = Limits {
            kind,
            ..Limits::default()
        };
        let other = OtherLoad::steady(0);
        let mut quota = RequestQuota::new(steps.clone(), other, limits);
        let mut in_second = |second| {
            let at = |call| Time::from_nanos(second * NANOS_PER_S + call * NANOS_PER_S / 100);
            (0..100).filter(|&call| quota.ask(at(call))).count()
        };
        let granted = [0, 2, 3, 5, 6, 9].map(&mut in_second);
        if kind == LimiterKind::FixedWindow {
            assert_eq!(granted, [10, 10, 20, 20, 5, 5], "{kind:?}");
        } else {
            // Ticks of 5/s have no whole tokens here: a scenario is not allowed to ask for it.
            assert_eq!(granted[..4], [10, 10, 20, 20], "{kind:?}");
            assert_eq!(kind.has_parts(&steps), Some(5));
        }
    }
}

// Goal: other load takes its share, evenly over the second, and does not need events.
// Method: 4 of 10 calls are other's; ours at the very end of the second find 6 left.
#[test]
fn other_load_takes_its_share() {
    let mut first = quota(10, 4, LimiterKind::FixedWindow);
    let end = Time::from_nanos(NANOS_PER_S - 1);
    assert_eq!((0..20).filter(|_| first.ask(end)).count(), 7);
    let mut first = quota(10, 4, LimiterKind::FixedWindow);
    assert_eq!((0..20).filter(|_| first.ask(Time::ZERO)).count(), 10);
}

proptest! {
    // Goal: no interval grants more than the quota, and a refusal holds to its end.
    // Method: random quotas, loads and instants in order.
    #[test]
    fn refusal_holds_to_the_end_of_the_interval(
        (quota_per_s, other_per_s) in (1_u64..50, 0_u64..60),
        mut nanos in prop::collection::vec(0_u64..3 * NANOS_PER_S, 1..300),
    ) {
        nanos.sort_unstable();
        let mut quota = quota(quota_per_s, other_per_s, LimiterKind::FixedWindow);
        let mut granted = [0; 3];
        let mut refused = [false; 3];
        for at in nanos {
            let second = usize::try_from(at / NANOS_PER_S).unwrap();
            if quota.ask(Time::from_nanos(at)) {
                granted[second] += 1;
                prop_assert!(!refused[second]);
            } else {
                refused[second] = true;
            }
            prop_assert!(granted[second] <= quota_per_s);
        }
    }
}
