use super::super::PrefixRates;
use super::SplitRule;
use crate::workload::Operation::{self, Get, Put};
use keystorm_sim::Time;
use proptest::prelude::*;

const RULE: SplitRule = SplitRule {
    heat_percent: 80,
    pause_s: 2,
    until_split_s: 5,
    until_merge_s: 100,
};

/// 2^64 divided by the golden ratio: its multiples lie evenly over 0..2^64.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// How many of `asked` evenly spread requests of one second are admitted.
fn admitted(rates: &mut PrefixRates, second: u64, operation: Operation, asked: u64) -> u64 {
    let at = Time::from_secs(second);
    (0..asked)
        .map(|it| u64::from(rates.admit(at, 0, operation, || it.wrapping_mul(GOLDEN))))
        .sum()
}

// Goal: a partition splits after so many seconds of heat, not one before, and each half has the
// full rate; halves that stay hot split again.
// Method: 1,000 reads each second against 100 per partition: 100, then 200, then 400.
#[test]
fn a_prefix_under_lasting_heat_doubles() {
    let mut rates = PrefixRates::new(1, 100, 50, Some(RULE));
    let found: Vec<_> = (0..12)
        .map(|it| admitted(&mut rates, it, Get, 1_000))
        .collect();
    assert_eq!(
        found,
        [100, 100, 100, 100, 100, 200, 200, 200, 200, 200, 400, 400]
    );
    assert_eq!(rates.partitions(0), 4);
    assert_eq!(rates.partitions_max(), 4);
}

// Goal: writes heat as reads do, from four fifths of their rate on and not below.
// Method: 39 and 40 writes each second against 50, for ten seconds.
#[test]
fn heat_begins_below_the_rate() {
    for (asked, partitions) in [(39, 1), (40, 2)] {
        let mut rates = PrefixRates::new(1, 100, 50, Some(RULE));
        for second in 0..9 {
            assert_eq!(admitted(&mut rates, second, Put, asked), asked);
        }
        assert_eq!(rates.partitions(0), partitions, "{asked}");
    }
}

// Goal: heat survives a short pause and not a long one.
// Method: hot from 0 to 2 s and from 5 or 6 s on, a pause of two or of three seconds; both are
// looked at after 7 s of clock, when only the unbroken one has been hot for five.
#[test]
fn a_long_pause_ends_the_heat() {
    for (again, partitions) in [(5, 2), (6, 1)] {
        let mut rates = PrefixRates::new(1, 100, 50, Some(RULE));
        for second in (0..3).chain(again..=7) {
            admitted(&mut rates, second, Get, 100);
        }
        assert_eq!(rates.partitions(0), partitions, "again at {again} s");
    }
}

// Goal: halves join when they have been quiet for long, never below one; and not while a whole
// would be hot.
// Method: split to four, then so many reads a second on each for as long as quiet takes.
#[test]
fn halves_join_after_a_long_quiet() {
    for (each, partitions) in [(42, 4), (38, 2), (18, 1)] {
        let mut rates = PrefixRates::new(1, 100, 50, Some(RULE));
        for second in 0..11 {
            admitted(&mut rates, second, Get, 1_000);
        }
        assert_eq!(rates.partitions(0), 4);
        for second in 11..120 {
            let asked = 4 * each;
            admitted(&mut rates, second, Get, asked);
        }
        assert_eq!(rates.partitions(0), partitions, "{each} a second each");
    }
}

// Goal: a prefix that nobody asks for days finds itself as one partition when somebody does.
// Method: four partitions, then one request long after.
#[test]
fn quiet_is_noticed_without_requests() {
    let mut rates = PrefixRates::new(1, 100, 50, Some(RULE));
    for second in 0..11 {
        admitted(&mut rates, second, Get, 1_000);
    }
    assert_eq!(admitted(&mut rates, 1_000, Get, 1_000), 100);
    assert_eq!(rates.partitions(0), 1);
}

// Goal: keys of one place profit once from a split: a hot spot smaller than a half stays one.
// Method: every request has the same key; the prefix splits down to the limit, the rate stays.
#[test]
fn one_hot_key_gains_nothing() {
    let mut rates = PrefixRates::new(1, 100, 50, Some(RULE));
    for second in 0..200 {
        let at = Time::from_secs(second);
        let admitted = (0..150).filter(|_| rates.admit(at, 0, Get, || 7)).count();
        assert_eq!(admitted, 100);
    }
    assert_eq!(rates.partitions(0), 11);
}

proptest! {
    // Goal: splitting never admits less than one partition would, and in no second more than
    // partitions × rate; without a rule it is what a bare counter gives.
    // Method: any load on two prefixes over a minute of seconds with gaps, any places of keys.
    #[test]
    fn more_partitions_never_admit_less(
        loads in proptest::collection::vec((0_u64..40, 0_u64..4, 0_u32..2, 0..2_u8), 1..60),
        rule in (1_u32..=100, 0_u32..3, 1_u32..5, 1_u32..9),
        skew in 0_u32..60,
    ) {
        let (read_max, write_max) = (10, 6);
        let rule = SplitRule {
            heat_percent: rule.0,
            pause_s: rule.1,
            until_split_s: rule.2,
            until_merge_s: rule.3,
        };
        let mut split = PrefixRates::new(2, read_max, write_max, Some(rule));
        let mut whole = PrefixRates::new(2, read_max, write_max, None);
        let (mut second, mut number) = (0, 0_u64);
        for (asked, gap, prefix, kind) in loads {
            second += gap + 1;
            let at = Time::from_secs(second);
            let (operation, rate) = if kind == 0 { (Get, read_max) } else { (Put, write_max) };
            let (mut by_parts, mut by_one) = (0, 0);
            let before = split.partitions(prefix);
            for _ in 0..asked {
                number += 1;
                // The larger the skew, the closer the keys lie together.
                let place = || number.wrapping_mul(GOLDEN) >> skew;
                by_parts += u64::from(split.admit(at, prefix, operation, place));
                let place = || unreachable!("nothing has split");
                by_one += u64::from(whole.admit(at, prefix, operation, place));
            }
            prop_assert_eq!(by_one, asked.min(rate.into()));
            prop_assert!(by_parts >= by_one);
            let partitions = split.partitions(prefix).max(before) as u64;
            prop_assert!(by_parts <= partitions * u64::from(rate));
        }
    }
}
