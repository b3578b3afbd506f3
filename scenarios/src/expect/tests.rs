use super::{Condition, Threshold};
use crate::catalogue;
use proptest::prelude::*;

fn read(text: &str) -> Condition {
    text.parse().unwrap()
}

fn refuse(text: &str) -> String {
    text.parse::<Condition>().unwrap_err().to_string()
}

// Goal: the natural spelling of each unit means the same as the plain number in that unit.
// Method: parse both forms of each unit and compare.
#[test]
fn values_are_read_in_the_spellings_of_their_unit() {
    let same = |a: &str, b: &str| assert_eq!(read(a), read(b), "{a} and {b}");
    same("get.latency.p99<200ms", "get.latency.p99 < 0.2");
    same("kms.throttled-share<0.1%", "kms.throttled-share < 0.001");
    same("kms.calls <= 9_000/s", "kms.calls<=9000");
    same("all.bytes-rate > 12 MB/s", "all.bytes-rate>12000000");
    same("cost.month<$500", "cost.month < 500");
    same("get.requests >= 1_000", "get.requests>=1000");
    same("kms.headroom > -20 %", "kms.headroom > -0.2");
    assert_eq!(
        read("kms.throttled-share = 0.10..0.60").threshold,
        Threshold::Within(0.1, 0.6)
    );
    assert_eq!(
        Condition::new("kms.throttled-share", "10 %..60 %").unwrap(),
        Condition::new("kms.throttled-share", "0.1..0.6").unwrap()
    );
}

// Goal: the four operators and the range differ exactly at their limits.
// Method: one value below, at and above each limit.
#[test]
fn conditions_hold_up_to_their_limits() {
    let holds = |text: &str| [1.0, 2.0, 3.0].map(|value| read(text).holds(value));
    assert_eq!(holds("kms.calls < 2"), [true, false, false]);
    assert_eq!(holds("kms.calls <= 2"), [true, true, false]);
    assert_eq!(holds("kms.calls > 2"), [false, false, true]);
    assert_eq!(holds("kms.calls >= 2"), [false, true, true]);
    assert_eq!(holds("kms.calls = 1..2"), [true, true, false]);
    assert!(!read("kms.calls >= 2").holds(f64::NAN));
}

// Goal: a share is shown as it was written, though a hundred times 0.55 is no whole number.
// Method: every tenth of a percent up to 100, there and back.
#[test]
fn shares_are_shown_in_percent() {
    for tenths in 0..=1_000 {
        let text = format!("kms.throttled-share < {} %", f64::from(tenths) / 10.0);
        assert_eq!(read(&text).to_string(), text);
    }
}

// Goal: a refused condition says what to write.
// Method: one of each mistake, with the words that must appear.
#[test]
fn mistakes_in_conditions_say_what_to_write() {
    let cases = [
        ("get.latency.p9 < 1 s", "did you mean `get.latency.p90`?"),
        ("throttled < 1 s", "keystorm schema metrics"),
        ("kms.calls", "operators are <, <=, >, >="),
        ("kms.calls = 5", "never equals a value"),
        ("kms.calls < ", "write a value after the operator"),
        ("kms.calls < 5 ms", "write a number and /s"),
        ("kms.throttled-share < 5", "write \"5 %\" for percent"),
        (
            "kms.throttled-share = 0.6..0.1",
            "from the lower to the higher",
        ),
        ("get.latency.p99 < 5 sec", "write \"5 s\""),
        ("cost.month < 5 EUR", "write a value such as $500"),
        ("kms.calls < inf", "write a number"),
    ];
    for (text, words) in cases {
        let message = refuse(text);
        assert!(message.contains(words), "{text}: {message}");
    }
}

// Goal: what a plan has to keep is told from what a scenario says that is seen.
// Method: bounds on either side of metrics that are better lower, higher and neither; a range.
#[test]
fn goals_bound_the_worse_side() {
    for (text, is_goal) in [
        ("get.latency.p99 < 1 s", true),
        ("get.latency.p99 > 1 s", false),
        ("all.ok-share >= 99 %", true),
        ("all.ok-share <= 99 %", false),
        ("all.rate <= 5/s", true),
        ("all.rate > 5/s", true),
        ("kms.throttled-share = 10 %..20 %", false),
    ] {
        assert_eq!(read(text).is_goal(), is_goal, "{text}");
    }
}

proptest! {
    // Goal: a condition written into a record or a command reads back as itself.
    // Method: any metric with any finite thresholds.
    #[test]
    fn printed_conditions_read_back(
        which in 0_usize..68, kind in 0..5, a in -1e6..1e9_f64, b in 0.0..1e9_f64, small: bool,
    ) {
        let metric = catalogue::metrics().swap_remove(which);
        let share = metric.name.ends_with("-share");
        let a = if share || small { a / 1e9 } else { a };
        let threshold = match kind {
            0 => Threshold::Below(a),
            1 => Threshold::AtMost(a),
            2 => Threshold::Above(a),
            3 => Threshold::AtLeast(a),
            _ => Threshold::Within(a, if share { 1.0 } else { a + b }),
        };
        let condition = Condition { metric: metric.name, unit: metric.unit, threshold };
        prop_assert_eq!(read(&condition.to_string()), condition);
    }

    // Goal: no text makes the parser panic.
    // Method: any text, and texts that begin like a condition.
    #[test]
    fn any_text_is_a_condition_or_refused(
        text in "(kms.calls|cost.hour|get.attempts)?[<>=]{0,2}\\PC*",
    ) {
        let _ = text.parse::<Condition>();
    }
}
