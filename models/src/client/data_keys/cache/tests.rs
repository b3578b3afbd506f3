use super::*;
use crate::client::data_keys::{keys_per_second, keys_per_second_with_latency};
use keystorm_sim::Streams;
use keystorm_sim::draw::exponential;
use proptest::prelude::*;
use std::collections::BTreeSet;

const NO_LIMITS: CacheRules = CacheRules {
    capacity: 1_000,
    max_age: Span::from_secs(3_600),
    max_messages: CacheRules::MAX_MESSAGES,
    max_bytes: CacheRules::MAX_BYTES,
    expiry: Expiry::Each,
    misses: Misses::Separate,
};

const SHARED: Misses = Misses::Shared(SharedMisses {
    patience: Span::from_secs(1),
    refresh_ahead: Span::ZERO,
    asked_max: 20,
});

fn encrypt(context: u32, bytes: u64) -> KeyWanted {
    KeyWanted::Encrypt { context, bytes }
}

fn decrypt(key: u32) -> KeyWanted {
    KeyWanted::Decrypt { key }
}

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Event {
    Arrives,
    Looks,
    Ends,
}

/// Runs requests, ordered by time, through a cache whose keys take `latency`; those whose number
/// `fails` names fail. Returns what each did: whether it asked KMS and whether it has got a key.
fn run(
    rules: CacheRules,
    requests: &[(Time, KeyWanted)],
    latency: Span,
    fails: impl Fn(usize) -> bool,
) -> Vec<(u32, bool)> {
    let mut cache = KeyCache::new(rules);
    let mut done = vec![(0, false); requests.len()];
    let mut waiting = BTreeSet::new();
    let mut events = BTreeSet::new();
    for (number, &(at, _)) in requests.iter().enumerate() {
        events.insert((at, number, Event::Arrives));
    }
    while let Some((now, number, event)) = events.pop_first() {
        let wanted = requests[number].1;
        let mut lookers = Vec::new();
        match event {
            Event::Arrives => lookers.push(number),
            Event::Looks if waiting.remove(&number) => lookers.push(number),
            Event::Looks => {}
            Event::Ends => {
                if fails(number) {
                    cache.failed(wanted);
                } else {
                    cache.store(now, wanted);
                    done[number].1 = true;
                }
                lookers.extend(std::mem::take(&mut waiting));
            }
        }
        for number in lookers {
            match cache.look_up(now, requests[number].1) {
                Lookup::Use => done[number].1 = true,
                Lookup::Miss => {
                    done[number].0 += 1;
                    events.insert((now + latency, number, Event::Ends));
                }
                Lookup::Wait => {
                    waiting.insert(number);
                    let Misses::Shared(shared) = rules.misses else {
                        unreachable!("nobody waits where misses are separate");
                    };
                    events.insert((now + shared.patience, number, Event::Looks));
                }
            }
        }
    }
    done
}

fn calls(done: &[(u32, bool)]) -> u32 {
    done.iter().map(|it| it.0).sum()
}

/// Requests at most 2 s apart, of few kinds.
fn requests() -> impl Strategy<Value = Vec<(Time, KeyWanted)>> {
    let wanted = (any::<bool>(), 0_u32..4, 0_u64..40).prop_map(|(encrypts, number, bytes)| {
        if encrypts {
            encrypt(number, bytes)
        } else {
            decrypt(number)
        }
    });
    prop::collection::vec((0_u64..2_000, wanted), 0..120).prop_map(|steps| {
        let mut now = Time::ZERO;
        let at = |(gap, wanted): (u64, KeyWanted)| {
            now += Span::from_millis(gap);
            (now, wanted)
        };
        steps.into_iter().map(at).collect()
    })
}

fn rules() -> impl Strategy<Value = CacheRules> {
    (
        0_u32..5,
        0_u64..9_000,
        1_u64..6,
        0_u64..100,
        any::<[bool; 2]>(),
    )
        .prop_map(
            |(capacity, max_age, max_messages, max_bytes, [together, shared])| CacheRules {
                capacity,
                max_age: Span::from_millis(max_age),
                max_messages,
                max_bytes,
                expiry: if together {
                    Expiry::Together
                } else {
                    Expiry::Each
                },
                misses: if shared { SHARED } else { Misses::Separate },
            },
        )
}

proptest! {
    // Goal: no cache is exactly that: every request asks KMS once, and nothing is held.
    // Method: random requests through caches of capacity zero, of age zero, and of no messages'
    // length, with every other rule.
    #[test]
    fn a_cache_of_zero_is_none(rules in rules(), requests in requests(), age in any::<bool>()) {
        let mut rules = rules;
        if age {
            rules.max_age = Span::ZERO;
        } else {
            rules.capacity = 0;
        }
        let done = run(rules, &requests, Span::from_millis(300), |_| false);
        prop_assert!(done.iter().all(|&it| it == (1, true)), "{done:?}");
        let mut cache = KeyCache::new(rules);
        for &(now, wanted) in &requests {
            prop_assert_eq!(cache.look_up(now, wanted), Lookup::Miss);
            cache.store(now, wanted);
            prop_assert!(cache.is_empty());
        }
    }

    // Goal: no rule makes a request ask KMS more than once, so that there are never more calls than
    // without a cache; and nobody is left without a key, or waiting for ever.
    // Method: random requests and rules, keys that take no time up to longer than the patience.
    #[test]
    fn a_request_asks_at_most_once(rules in rules(), requests in requests(), ms in 0_u64..1_800) {
        let done = run(rules, &requests, Span::from_millis(ms), |_| false);
        prop_assert!(done.iter().all(|it| it.0 <= 1 && it.1), "{done:?}");
    }

    // Goal: a failed request leaves nobody waiting for it for ever.
    // Method: the same, a third of the requests fail; all others have a key in the end.
    #[test]
    fn failures_leave_nobody_waiting(rules in rules(), requests in requests()) {
        let fails = |number: usize| number.is_multiple_of(3);
        let done = run(rules, &requests, Span::from_millis(300), fails);
        for (number, it) in done.iter().enumerate() {
            prop_assert!(it.0 <= 1);
            prop_assert!(it.1 || (it.0 == 1 && fails(number)), "{number}: {done:?}");
        }
    }

    // Goal: age, messages and bytes are honoured exactly: a key serves as long as all three allow,
    // and not once more.
    // Method: one context, keys at once; the same decided by adding up what a key has done so far.
    #[test]
    fn limits_are_honoured_exactly(
        steps in prop::collection::vec((0_u64..3_000, 0_u64..60), 0..200),
        (age, max_messages, max_bytes) in (1_u64..9_000, 1_u64..6, 1_u64..100),
    ) {
        let rules = CacheRules {
            max_age: Span::from_millis(age),
            max_messages,
            max_bytes,
            ..NO_LIMITS
        };
        let mut cache = KeyCache::new(rules);
        let (mut now, mut key) = (0, None::<(u64, u64, u64)>);
        for (gap, bytes) in steps {
            now += gap;
            let wanted = encrypt(7, bytes);
            let lookup = cache.look_up(Time::from_millis(now), wanted);
            if bytes >= max_bytes {
                prop_assert_eq!(lookup, Lookup::Miss, "passes by");
                cache.store(Time::from_millis(now), wanted);
                continue;
            }
            let serves = key.is_some_and(|(since, messages, sum)| {
                now - since <= age && messages < max_messages && sum + bytes <= max_bytes
            });
            prop_assert_eq!(lookup == Lookup::Use, serves);
            if serves {
                key = key.map(|(since, messages, sum)| (since, messages + 1, sum + bytes));
            } else {
                cache.store(Time::from_millis(now), wanted);
                key = Some((now, 1, bytes));
            }
        }
    }

    // Goal: for one context and keys that come at once, a greater age never means more calls.
    // Method: the same requests under two ages, with limits of messages and bytes. It is a theorem:
    // the request at which a key ends is never earlier for a greater age or a later beginning. With
    // several contexts in little room, or keys that take time, it is none, and not claimed.
    #[test]
    fn a_greater_age_means_no_more_calls(
        steps in prop::collection::vec((0_u64..2_000, 0_u64..60), 0..200),
        (age, more, max_messages, max_bytes) in (1_u64..9_000, 0_u64..9_000, 1_u64..9, 1_u64..200),
    ) {
        let mut now = Time::ZERO;
        let at = |(gap, bytes)| {
            now += Span::from_millis(gap);
            (now, encrypt(0, bytes))
        };
        let requests: Vec<_> = steps.into_iter().map(at).collect();
        let with_age = |age| {
            let max_age = Span::from_millis(age);
            let rules = CacheRules { max_age, max_messages, max_bytes, ..NO_LIMITS };
            misses_at_once(rules, &requests)
        };
        prop_assert!(with_age(age + more) <= with_age(age));
    }

    // Goal: where nothing expires, more room never means more calls.
    // Method: random decryptions under two capacities. It is a theorem: what the smaller cache has
    // are the keys used last, and the larger one holds these as well.
    #[test]
    fn more_room_means_no_more_calls(
        keys in prop::collection::vec(0_u32..12, 0..300),
        (capacity, more) in (0_u32..8, 0_u32..8),
    ) {
        let requests: Vec<_> = keys.into_iter().map(|key| (Time::ZERO, decrypt(key))).collect();
        let with = |capacity| misses_at_once(CacheRules { capacity, ..NO_LIMITS }, &requests);
        prop_assert!(with(capacity + more) <= with(capacity));
    }
}

/// Calls if keys come at once.
fn misses_at_once(rules: CacheRules, requests: &[(Time, KeyWanted)]) -> u32 {
    let mut cache = KeyCache::new(rules);
    let mut misses = 0;
    for &(now, wanted) in requests {
        if cache.look_up(now, wanted) == Lookup::Miss {
            misses += 1;
            cache.store(now, wanted);
        }
    }
    misses
}

// Goal: N parallel encryptions with an empty cache make N data keys; the last one stays, with one
// message counted. (aws-encryption-sdk-javascript, issue 1665: five messages to a key.)
// Method: 12 encryptions before the first key arrives; then as many as the last key allows.
#[test]
fn a_cold_start_makes_as_many_keys_as_there_are_messages() {
    let mut cache = KeyCache::new(CacheRules {
        max_messages: 5,
        max_age: Span::from_secs(60),
        ..NO_LIMITS
    });
    let wanted = encrypt(0, 100);
    for _ in 0..12 {
        assert_eq!(cache.look_up(Time::ZERO, wanted), Lookup::Miss);
    }
    for number in 0..12 {
        cache.store(Time::from_millis(50 + number), wanted);
    }
    assert_eq!(cache.len(), 1);
    // From the last key's arrival on, at 61 ms, for exactly 60 s.
    let last = Time::from_millis(60_061);
    for _ in 0..4 {
        assert_eq!(cache.look_up(last, wanted), Lookup::Use);
    }
    assert_eq!(cache.look_up(last, wanted), Lookup::Miss);
    cache.store(Time::from_millis(100_000), wanted);
    let after = Time::from_nanos(160_000_000_001);
    assert_eq!(cache.look_up(after, wanted), Lookup::Miss);
}

// Goal: where misses are shared, N parallel requests make one call.
// Method: 12 at once, of each kind; one call, and all are served when the key arrives.
#[test]
fn shared_misses_make_one_call() {
    let rules = CacheRules {
        misses: SHARED,
        ..NO_LIMITS
    };
    for wanted in [encrypt(3, 10), decrypt(3)] {
        let requests = [(Time::ZERO, wanted); 12];
        let done = run(rules, &requests, Span::from_millis(50), |_| false);
        assert_eq!(calls(&done), 1);
        assert!(done.iter().all(|it| it.1));
        let separate = run(NO_LIMITS, &requests, Span::from_millis(50), |_| false);
        assert_eq!(calls(&separate), 12);
    }
}

// Goal: nobody waits longer than the patience, and no more keys are asked for than may be.
// Method: a key that takes 2.5 s with a patience of 1 s: one call a second; and 50 keys at once
// with 20 at a time, each taking 100 ms: all are there after 300 ms.
#[test]
fn waiting_has_bounds() {
    let rules = CacheRules {
        misses: SHARED,
        ..NO_LIMITS
    };
    let requests = [(Time::ZERO, decrypt(1)); 9];
    let done = run(rules, &requests, Span::from_millis(2_500), |_| false);
    assert_eq!(calls(&done), 3);
    let mut cache = KeyCache::new(rules);
    let missed = |cache: &mut KeyCache, now, keys: &[u32]| -> Vec<u32> {
        let misses = |&&key: &&u32| cache.look_up(now, decrypt(key)) == Lookup::Miss;
        keys.iter().filter(misses).copied().collect()
    };
    let mut left: Vec<u32> = (0..50).collect();
    for (round, expected) in [20, 20, 10].into_iter().enumerate() {
        let now = Time::from_millis(100 * round as u64);
        let asked = missed(&mut cache, now, &left);
        assert_eq!(asked.len(), expected);
        for &key in &asked {
            cache.store(now + Span::from_millis(100), decrypt(key));
        }
        left.retain(|key| !asked.contains(key));
    }
    assert!(left.is_empty());
}

// Goal: an entry is asked for anew before it expires, by one request at a time, and nobody waits.
// Method: an age of 60 s, 10 s ahead: requests each 100 ms; those in the second from 50 s on.
#[test]
fn an_entry_is_refreshed_ahead() {
    let shared = SharedMisses {
        patience: Span::from_secs(1),
        refresh_ahead: Span::from_secs(10),
        asked_max: 20,
    };
    let rules = CacheRules {
        max_age: Span::from_secs(60),
        misses: Misses::Shared(shared),
        ..NO_LIMITS
    };
    let at = |number: u64| (Time::from_millis(number * 100), decrypt(0));
    let requests: Vec<_> = (0..3_000).map(at).collect();
    let done = run(rules, &requests, Span::from_millis(450), |_| false);
    let asked: Vec<_> = (0..3_000_usize).filter(|&it| done[it].0 > 0).collect();
    // Stored at 0.45 s: its last 10 s begin after 50.45 s, so at request 505; and so on.
    assert_eq!(asked, [0, 505, 1_010, 1_515, 2_020, 2_525]);
}

// Goal: a cache that is thrown away as a whole expires at its own age, not its entries'.
// Method: a key that was stored late in the cache's life.
#[test]
fn a_cache_can_expire_as_a_whole() {
    let mut cache = KeyCache::new(CacheRules {
        max_age: Span::from_secs(600),
        expiry: Expiry::Together,
        ..NO_LIMITS
    });
    let at = Time::from_secs;
    assert_eq!(cache.look_up(at(100), decrypt(0)), Lookup::Miss);
    cache.store(at(101), decrypt(0));
    assert_eq!(cache.look_up(at(690), decrypt(1)), Lookup::Miss);
    cache.store(at(691), decrypt(1));
    assert_eq!(cache.look_up(at(700), decrypt(1)), Lookup::Use);
    assert_eq!(cache.look_up(at(701), decrypt(1)), Lookup::Miss);
    assert!(cache.is_empty());
}

// Goal: what an invocation keeps for itself is gone when the next one begins.
// Method: as many invocations of one encryption each as calls; two in each, half as many.
#[test]
fn a_cache_of_one_invocation_serves_only_that() {
    let mut cache = KeyCache::new(NO_LIMITS);
    let mut calls = |per_invocation| {
        let mut calls = 0;
        for _ in 0..100 / per_invocation {
            cache.clear();
            for _ in 0..per_invocation {
                if cache.look_up(Time::ZERO, encrypt(0, 1)) == Lookup::Miss {
                    calls += 1;
                    cache.store(Time::ZERO, encrypt(0, 1));
                }
            }
        }
        calls
    };
    assert_eq!((calls(1), calls(2), calls(50)), (100, 50, 2));
}

/// Calls in each of 100 batches of `batch_s` seconds, with Poisson arrivals at `rate` \[1/s\].
fn batches(rules: CacheRules, rate: f64, latency: Span, batch_s: u64, index: u64) -> [f64; 100] {
    let mut rng = Streams::new(20_261_126, 0).key("data-keys", index).rng();
    let gap = Span::from_nanos(keystorm_sim::draw::whole(1e9 / rate));
    let mut requests = Vec::new();
    let mut now = Time::ZERO;
    while now < Time::from_secs(100 * batch_s) {
        now += exponential(&mut rng, gap);
        requests.push((now, encrypt(0, 1)));
    }
    let done = run(rules, &requests, latency, |_| false);
    let mut sums = [0.0; 100];
    for (&(at, _), &(calls, _)) in requests.iter().zip(&done) {
        let batch = usize::try_from(at.second() / batch_s).unwrap();
        if let Some(sum) = sums.get_mut(batch) {
            *sum += f64::from(calls);
        }
    }
    sums.map(|it| it / batch_s as f64)
}

fn agrees(batches: &[f64; 100], expected: f64) {
    let mean = batches.iter().sum::<f64>() / 100.0;
    let spread: f64 = batches.iter().map(|it| (it - mean).powi(2)).sum();
    let error = (spread / 99.0 / 100.0).sqrt();
    assert!(error < 0.02 * mean, "too few calls to tell: {error}");
    let off = (mean - expected).abs() / error;
    assert!(off < 4.4, "{mean} ± {error}, expected {expected}");
}

// Goal: calls per second under Poisson encryptions are those of the closed form.
// Method: ages and messages around each other, 100 batches of 200 s each at 50/s, so that a mean's
// error comes from its own batches; 4.4 errors of it are exceeded with a chance of about 3e-5.
#[test]
fn poisson_encryptions_agree_with_the_closed_form() {
    for (index, (age_ms, max_messages)) in [(100, 1_000), (1_000, 45), (1_000, 55), (4_000, 8)]
        .into_iter()
        .enumerate()
    {
        let rules = CacheRules {
            max_age: Span::from_millis(age_ms),
            max_messages,
            ..NO_LIMITS
        };
        let found = batches(rules, 50.0, Span::ZERO, 200, index as u64);
        agrees(&found, keys_per_second(50.0, &rules));
    }
}

// Goal: the same where keys take time and every miss asks, which is what real clients do.
// Method: 50/s with latencies of 20 and 200 ms and an age of 1 s, as above.
#[test]
fn a_key_that_takes_time_costs_calls_as_the_closed_form_says() {
    for (index, latency_ms) in [(10, 20), (11, 200)] {
        let rules = CacheRules {
            max_age: Span::from_secs(1),
            ..NO_LIMITS
        };
        let latency = Span::from_millis(latency_ms);
        let found = batches(rules, 50.0, latency, 200, index);
        let expected = keys_per_second_with_latency(50.0, 1.0, latency.as_secs_f64());
        agrees(&found, expected);
    }
}
