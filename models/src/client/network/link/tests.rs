use super::super::{BurstRules, Link, LinkRules, Refill};
use keystorm_sim::{NANOS_PER_S, Span, Time};
use proptest::prelude::*;

const MB: u64 = 1_000_000;

fn burst(baseline_per_s: u64, burst_per_s: u64, size: u64, start: u64) -> BurstRules {
    BurstRules {
        baseline_per_s,
        burst_per_s,
        size,
        start,
        refill: Refill::Steadily,
    }
}

/// Runs the link until nothing is moved: ends of transfers in order.
fn drain<J>(link: &mut Link<J>) -> Vec<(Time, J)> {
    let mut ends = Vec::new();
    loop {
        let now = link.first_change();
        if now == Time::NEVER {
            return ends;
        }
        while let Some(job) = link.take(now) {
            ends.push((now, job));
        }
    }
}

// Goal: a burst lasts what the law says, first from a full bucket, then after a pause.
// Method: 100 MB/s baseline, 1,100 MB/s burst, 50 GB of credits: 50 s of burst; a transfer that
// takes longer goes on at the baseline. After a pause of 200 s: 200 · 100 / 1,000 = 20 s.
#[test]
fn bursts_last_as_long_as_the_law_says() {
    let rules = burst(100 * MB, 1_100 * MB, 50_000 * MB, 50_000 * MB);
    let mut link = Link::new(LinkRules::Burst(rules), 10_000 * MB);
    let at = Time::from_secs;
    link.add(at(0), (50 * 1_100 + 30 * 100) * MB, "first");
    assert_eq!(link.rate_per_s(), 1_100 * MB);
    assert_eq!(link.first_change(), at(50));
    assert_eq!(link.take(at(50)), None);
    assert_eq!(link.rate_per_s(), 100 * MB);
    assert_eq!(link.first_change(), at(80));
    assert_eq!(link.take(at(80)), Some("first"));
    assert_eq!(link.credits(at(80)), Some(0));
    assert_eq!(link.first_change(), Time::NEVER);
    link.add(at(280), (20 * 1_100 + 7 * 100) * MB, "second");
    assert_eq!(drain(&mut link), [(at(307), "second")]);
}

// Goal: a bucket that is filled at intervals lets nothing through when it is empty; what it holds
// at the start beyond its size comes once.
// Method: Lambda's figures, 8 MB for 100 ms: a transfer after the credits of the start.
#[test]
fn credits_that_come_in_chunks_move_in_chunks() {
    let rules = BurstRules {
        refill: Refill::Every(Span::from_millis(100)),
        ..burst(80 * MB, 1_000 * MB, 150 * MB, 300 * MB)
    };
    let mut link = Link::new(LinkRules::Burst(rules), 10_000 * MB);
    let at = Time::from_millis;
    // 1,000 MB/s use up 300 MB by 0.3 s; the bucket is above its size until 0.15 s, so that the
    // fills at 0.2 and 0.3 s count: 316 MB are moved by 0.316 s.
    link.add(at(0), 400 * MB, ());
    let mut stops = Vec::new();
    let mut rate = link.rate_per_s();
    let mut ends = Vec::new();
    while link.first_change() < Time::NEVER {
        let now = link.first_change();
        ends.extend(std::iter::from_fn(|| link.take(now)).map(|()| now));
        if rate > 0 && link.rate_per_s() == 0 {
            stops.push(now);
        }
        rate = link.rate_per_s();
    }
    assert_eq!(stops[..3], [at(316), at(408), at(508)]);
    // The 84 MB after that need ten whole chunks and 4 MB of the eleventh.
    assert_eq!(ends, [at(1_404)]);
    // After a long pause the bucket is as full as filling makes it.
    assert_eq!(link.credits(at(60_000)), Some(150 * MB));
}

// Goal: who wants no more than the baseline never waits, whatever the credits are.
// Method: no credits at all; one connection below the baseline, then two above it together.
#[test]
fn the_baseline_needs_no_credits() {
    let rules = burst(100 * MB, 1_000 * MB, 0, 0);
    let mut link = Link::new(LinkRules::Burst(rules), 80 * MB);
    link.add(Time::ZERO, 160 * MB, 'a');
    assert_eq!(link.rate_per_s(), 80 * MB);
    link.add(Time::from_secs(1), 80 * MB, 'b');
    assert_eq!(link.rate_per_s(), 100 * MB);
    let ends = drain(&mut link);
    assert_eq!(ends[0], (Time::from_millis(2_600), 'a'));
    assert_eq!(ends[1].1, 'b');
}

/// What the definition gives, in floats: bytes moved in all by the end of each step of `step`
/// seconds, with the credits left.
fn defined(rules: BurstRules, wanted: &[f64], step: f64) -> Vec<f64> {
    let mut level = rules.start as f64;
    let mut sum = 0.0;
    wanted
        .iter()
        .map(|&wanted| {
            let may = level + rules.baseline_per_s as f64 * step;
            let moves = wanted.min(rules.burst_per_s as f64) * step;
            let moves = moves.min(may);
            level = level.max((may - moves).min(rules.size as f64).max(0.0));
            level = level.min(may - moves);
            sum += moves;
            sum
        })
        .collect()
}

proptest! {
    // Goal: a constant link is the shared one.
    // Method: random transfers, and the same with credits that never end.
    #[test]
    fn endless_credits_are_a_constant_link(
        mut jobs in prop::collection::vec((0_u64..4_000_000_000, 1_u64..2_000_000_000), 1..60),
    ) {
        jobs.sort_unstable();
        let run = |rules| {
            let mut link = Link::new(rules, 200 * MB);
            let mut ends = Vec::new();
            for (job, &(start, bytes)) in jobs.iter().enumerate() {
                let start = Time::from_nanos(start);
                while link.first_change() < start {
                    let now = link.first_change();
                    ends.extend(std::iter::from_fn(|| link.take(now)).map(|job| (now, job)));
                }
                link.add(start, bytes, job);
            }
            ends.extend(drain(&mut link));
            ends
        };
        let rules = burst(1_000 * MB, 1_000 * MB, 1, 1);
        prop_assert_eq!(run(LinkRules::Constant(1_000 * MB)), run(LinkRules::Burst(rules)));
    }

    // Goal: no byte is moved that no credit stands for, none is kept back that one does, nobody
    // gets more than a connection carries.
    // Method: random transfers; from change to change the rate is what the rule gives, the bytes of
    // all transfers add up to what was moved, and what was moved and is left to what came in.
    #[test]
    fn bytes_and_credits_add_up(
        mut jobs in prop::collection::vec((0_u64..20_000_000_000, 1_u64..3_000_000_000), 1..40),
        (baseline, more) in (1_u64..200, 1_u64..800),
        size in 0_u64..5_000_000_000,
        every in prop::option::of(1_u64..500),
    ) {
        jobs.sort_unstable();
        let (baseline, peak) = (baseline * MB, (baseline + more) * MB);
        let refill = every.map_or(Refill::Steadily, |ms| Refill::Every(Span::from_millis(ms)));
        let rules = BurstRules { refill, ..burst(baseline, peak, size, size) };
        let mut link = Link::new(LinkRules::Burst(rules), 100 * MB);
        let (mut now, mut moved) = (Time::ZERO, 0_u128);
        let (mut come, mut ended, mut changes) = (0, 0, 0_u128);
        loop {
            let start = jobs.get(come).map_or(Time::NEVER, |job| Time::from_nanos(job.0));
            let then = start.min(link.first_change());
            if then == Time::NEVER {
                break;
            }
            let rate = link.rate_per_s();
            prop_assert!(rate <= peak && rate <= 100 * MB * link.jobs() as u64);
            if link.jobs() > 0 && refill == Refill::Steadily {
                let wanted = 100 * MB * link.jobs() as u64;
                prop_assert!(rate >= wanted.min(baseline), "work is conserved");
            }
            moved += u128::from(rate) * u128::from(then.since(now).nanos());
            now = then;
            changes += 1;
            if start <= link.first_change() {
                link.add(start, jobs[come].1, ());
                come += 1;
            } else {
                while link.take(now).is_some() {
                    ended += 1;
                }
            }
            // Each change is at most a nanosecond late.
            let came = u128::from(baseline) * u128::from(now.nanos());
            let start = u128::from(size) * u128::from(NANOS_PER_S);
            let most = start + came + u128::from(peak) * changes;
            prop_assert!(moved <= most, "{moved} of {most}");
        }
        prop_assert_eq!(ended, jobs.len());
        let bytes: u64 = jobs.iter().map(|job| job.1).sum();
        let moved = moved as f64 / NANOS_PER_S as f64;
        let error = (moved - bytes as f64).abs();
        prop_assert!(error <= changes as f64, "{moved} of {bytes} after {changes} changes");
    }

    // Goal: what a burst moves in all is what the definition of a token bucket gives.
    // Method: steps of ten seconds, in each of which so many connections transfer without end,
    // against the definition in floats.
    #[test]
    fn a_burst_moves_what_the_bucket_allows(
        steps in prop::collection::vec(0_u64..12, 1..30),
        (baseline, more) in (1_u64..200, 1_u64..800),
        (size, once) in (0_u64..5_000, 0_u64..2_000),
    ) {
        let (baseline, peak) = (baseline * MB, (baseline + more) * MB);
        let rules = burst(baseline, peak, size * MB, (size + once) * MB);
        let step = Span::from_secs(10);
        let wanted: Vec<f64> = steps.iter().map(|&jobs| (jobs * 100 * MB) as f64).collect();
        let expected = defined(rules, &wanted, 10.0);
        let mut moved = 0.0;
        let mut link = Link::new(LinkRules::Burst(rules), 100 * MB);
        let mut now = Time::ZERO;
        for (&jobs, expected) in steps.iter().zip(expected) {
            // Transfers of a hundred bytes' time more than the step, taken off at its end.
            let end = now + step;
            for _ in 0..jobs {
                link.add(now, 100 * MB * 1_000, ());
            }
            while now < end {
                let then = link.first_change().min(end);
                moved += link.rate_per_s() as f64 * then.since(now).nanos() as f64
                    / NANOS_PER_S as f64;
                now = then;
                prop_assert_eq!(link.take(now), None);
            }
            let credits = link.credits;
            link = Link { credits, ..Link::new(LinkRules::Constant(peak), 100 * MB) };
            prop_assert!((moved - expected).abs() < 1_000.0, "{} for {}", moved, expected);
        }
    }
}
