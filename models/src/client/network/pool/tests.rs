use super::{Pool, PoolRules, Taken, WhenEmpty};
use keystorm_sim::{Span, Time};
use proptest::prelude::*;

fn waits(connections: u32, timeout: Option<u64>, pending_max: u32) -> PoolRules {
    PoolRules {
        connections,
        when_empty: WhenEmpty::Waits {
            timeout: timeout.map(Span::from_millis),
            pending_max,
        },
        idle: Span::from_secs(20),
    }
}

fn opens(connections: u32) -> PoolRules {
    PoolRules {
        when_empty: WhenEmpty::OpensOne,
        ..waits(connections, None, 0)
    }
}

// Goal: who waits gets a connection in the order of coming, is refused beyond the limit, and waits
// no longer than it may.
// Method: two connections, two that may wait, a time-out; every step by hand.
#[test]
fn those_who_wait_are_served_in_order() {
    let at = Time::from_millis;
    let mut pool = Pool::new(waits(2, Some(1_000), 2));
    assert_eq!(pool.take(at(0), || 1), Taken::New);
    assert_eq!(pool.take(at(0), || 2), Taken::New);
    assert_eq!(pool.first_timeout(), Time::NEVER);
    assert_eq!(pool.take(at(100), || 3), Taken::Wait);
    assert_eq!(pool.take(at(200), || 4), Taken::Wait);
    assert_eq!(pool.last_timeout(), Some((4, at(1_200))));
    assert_eq!(pool.take(at(300), || 5), Taken::Refused);
    assert_eq!((pool.waiting(), pool.first_timeout()), (2, at(1_100)));
    assert_eq!(pool.give_back(at(400), true), Some((3, Taken::Idle)));
    assert_eq!(pool.first_timeout(), at(1_200));
    assert_eq!(pool.time_out(at(1_199)), None);
    assert_eq!(pool.time_out(at(1_200)), Some(4));
    assert_eq!(pool.take(at(1_200), || 6), Taken::Wait);
    // A connection that broke leaves a slot in which a new one is set up.
    assert_eq!(pool.give_back(at(1_300), false), Some((6, Taken::New)));
    assert_eq!(pool.give_back(at(1_400), true), None);
    assert_eq!(pool.take(at(1_500), || 7), Taken::Idle);
}

// Goal: boto3's pool never makes anybody wait, and throws away what is more than it keeps.
// Method: three connections at once where two are kept; all come back, three are taken again.
#[test]
fn a_pool_that_does_not_block_throws_connections_away() {
    let at = Time::from_millis;
    let mut pool = Pool::new(opens(2));
    for attempt in 0..3 {
        assert_eq!(pool.take(at(0), || attempt), Taken::New);
    }
    for _ in 0..3 {
        assert_eq!(pool.give_back(at(10), true), None);
    }
    assert_eq!(pool.idle(at(10)).count(), 2);
    let taken = [(); 3].map(|()| pool.take(at(20), || 9));
    assert_eq!(taken, [Taken::Idle, Taken::Idle, Taken::New]);
}

// Goal: an idle connection closes at the end of its time, and is set up again.
// Method: two given back a second apart, taken at the limit of the older.
#[test]
fn idle_connections_close() {
    let at = Time::from_secs;
    let mut pool = Pool::new(opens(10));
    for time in [1, 2] {
        assert_eq!(pool.take(at(0), || 0), Taken::New);
        assert_eq!(pool.give_back(at(time), true), None);
        if time == 1 {
            assert_eq!(pool.take(at(1), || 0), Taken::Idle);
            assert_eq!(pool.give_back(at(1), true), None);
            assert_eq!(pool.take(at(1), || 0), Taken::Idle);
        }
    }
    // One came back at 2 s; the other is still out.
    assert_eq!(pool.idle(at(21)).collect::<Vec<_>>(), [at(2)]);
    assert_eq!(pool.give_back(at(3), true), None);
    assert_eq!(pool.idle(at(22)).collect::<Vec<_>>(), [at(3)]);
    assert_eq!(pool.take(at(22), || 0), Taken::Idle);
    assert_eq!(pool.take(at(22), || 0), Taken::New);
}

proptest! {
    // Goal: a pool never has more connections than it may, nobody waits while one is free, and a
    // pool that is large enough is one without a limit.
    // Method: random takes and returns; counts kept beside it, and a pool with a slot for everyone.
    #[test]
    fn connections_are_counted(
        steps in prop::collection::vec((0_u64..5_000, prop::bool::ANY, 0_u8..10), 1..400),
        connections in 1_u32..20,
        blocks in prop::bool::ANY,
    ) {
        let rules = if blocks { waits(connections, Some(3_000), 5) } else { opens(connections) };
        let mut pool = Pool::new(rules);
        let mut endless = Pool::new(waits(1_000, None, 0));
        let mut unlimited: Vec<Time> = Vec::new();
        let (mut out, mut endless_out, mut now) = (0_u32, 0, Time::ZERO);
        for (number, (pause, takes, luck)) in (0_u32..).zip(steps) {
            now += Span::from_millis(pause);
            while pool.time_out(now).is_some() {}
            if takes {
                let taken = pool.take(now, || number);
                match taken {
                    Taken::Wait | Taken::Refused => prop_assert!(blocks && out == connections),
                    Taken::Idle | Taken::New => out += 1,
                }
                // A pool without a limit: the youngest that is still open.
                let idle = unlimited.pop();
                let open = idle.is_some_and(|since| now.since(since) < Span::from_secs(20));
                let expected = if open { Taken::Idle } else { Taken::New };
                prop_assert_eq!(endless.take(now, || number), expected);
                endless_out += 1;
            } else {
                let is_good = luck > 0;
                if out > 0 {
                    let served = pool.give_back(now, is_good).is_some();
                    out -= u32::from(!served);
                }
                if endless_out > 0 {
                    endless_out -= 1;
                    prop_assert_eq!(endless.give_back(now, is_good), None);
                    if is_good {
                        unlimited.push(now);
                    }
                }
            }
            prop_assert!(!blocks || out <= connections);
            prop_assert!(pool.waiting() == 0 || out == connections);
            prop_assert!(pool.idle(now).count() <= connections as usize);
            if blocks {
                prop_assert!(out as usize + pool.idle(now).count() <= connections as usize);
            }
        }
    }
}
