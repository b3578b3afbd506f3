//! Published vectors of rule set 2.1, with jitter pinned to 1.
//!
//! Numbers of aws/aws-sdk-go-v2 058d9848 `aws/retry/retry2026_test.go`,
//! smithy-lang/smithy-typescript 6815d3e9 `util-retry/retries.integ.spec.ts`, and boto/botocore
//! 0e6e2404 `tests/unit/retries/test_standard_retry_v2_1.py`; all Apache-2.0. Two are not carried
//! over, in which `x-amz-retry-after` is no number: whoever reads it gives `None` here.
use super::*;

/// What follows a step: a retry after so many \[us\], or why there is none.
type Then = Result<u64, GiveUp>;

/// One step of a case: an answer, what follows, and the tokens after it.
type Step = (Answer, Then, u16);

#[derive(Clone, Copy)]
enum Answer {
    /// Status 200: a call ends well; `Then` is not looked at.
    Success,
    Status(u16),
    Throttle,
    /// Status 500, asking for a wait \[ms\].
    RetryAfter(u64),
}
use Answer::{RetryAfter as After, Status, Success, Throttle};

/// Attempts at most, tokens at the start, cap \[ms\], base of what is no throttle \[ms\], steps.
type Case = (&'static str, u8, u16, u64, u64, &'static [Step]);

const ENDED: Then = Ok(0);
const EMPTY: Then = Err(GiveUp::RetryQuota);
const LAST: Then = Err(GiveUp::AttemptsMax);

#[rustfmt::skip]
const CASES: &[Case] = &[
    ("eventual success", 3, 500, 20_000, 50, &[
        (Status(500), Ok(50_000), 486), (Status(500), Ok(100_000), 472), (Success, ENDED, 486),
    ]),
    ("max attempts", 3, 500, 20_000, 50, &[
        (Status(502), Ok(50_000), 486), (Status(502), Ok(100_000), 472), (Status(502), LAST, 472),
    ]),
    ("quota gone after one retry", 3, 14, 20_000, 50, &[
        (Status(500), Ok(50_000), 0), (Status(500), EMPTY, 0),
    ]),
    ("zero quota", 3, 0, 20_000, 50, &[(Status(500), EMPTY, 0)]),
    ("ladder", 5, 500, 20_000, 50, &[
        (Status(500), Ok(50_000), 486), (Status(500), Ok(100_000), 472),
        (Status(500), Ok(200_000), 458), (Status(500), Ok(400_000), 444), (Status(500), LAST, 444),
    ]),
    ("back-off cap 0.2 s", 5, 500, 200, 50, &[
        (Status(500), Ok(50_000), 486), (Status(500), Ok(100_000), 472),
        (Status(500), Ok(200_000), 458), (Status(500), Ok(200_000), 444), (Status(500), LAST, 444),
    ]),
    ("quota exhaustion mid-call", 5, 20, 20_000, 50, &[
        (Status(500), Ok(50_000), 6), (Status(502), EMPTY, 6),
    ]),
    ("quota recovery, two calls", 5, 30, 20_000, 50, &[
        (Status(500), Ok(50_000), 16), (Status(502), Ok(100_000), 2), (Success, ENDED, 16),
        (Status(500), Ok(50_000), 2), (Success, ENDED, 16),
    ]),
    ("throttle cost and base", 3, 500, 20_000, 50, &[
        (Throttle, Ok(1_000_000), 495), (Success, ENDED, 500),
    ]),
    ("dynamodb", 4, 500, 20_000, 25, &[
        (Status(500), Ok(25_000), 486), (Status(500), Ok(50_000), 472),
        (Status(500), Ok(100_000), 458), (Status(500), LAST, 458),
    ]),
    ("retry-after honoured", 3, 500, 20_000, 50, &[
        (After(1_500), Ok(1_500_000), 486), (Success, ENDED, 500),
    ]),
    ("retry-after floor", 3, 500, 20_000, 50, &[
        (After(0), Ok(50_000), 486), (Success, ENDED, 500),
    ]),
    ("retry-after ceiling", 3, 500, 20_000, 50, &[
        (After(10_000), Ok(5_050_000), 486), (Success, ENDED, 500),
    ]),
];

// Goal: rule set 2.1 decides, waits and charges as its published vectors say, in every SDK that has
// it.
// Method: every case, step by step, under the rules of each. The bucket of a case holds its own
// number of tokens; the vectors' capacity stays 500.
#[test]
fn rule_set_2_1_gives_its_published_vectors() {
    let mut sdks = 0;
    for sdk in Sdk::ALL {
        if let Ok(row) = RetryRules::of(sdk, RetryMode::Standard, RuleSet::V2_1) {
            gives_the_published_vectors(row.value);
            sdks += 1;
        }
    }
    assert_eq!(sdks, 6);
}

fn gives_the_published_vectors(rules: RetryRules) {
    for &(name, attempts_max, tokens, cap, base, steps) in CASES {
        let mut rules = without_jitter(rules).with_attempts(attempts_max);
        rules.back_off_max = Span::from_millis(cap);
        for class in &mut rules.classes {
            if !class.is_throttle {
                class.base = Span::from_millis(base);
            }
        }
        let mut quota = RetryQuota::empty();
        quota.give_back(tokens);
        let (mut attempt, mut last_cost) = (1, None);
        for (number, &(answer, then, tokens)) in steps.iter().enumerate() {
            let place = format!("{name}, step {number}");
            let (kind, retry_after) = match answer {
                Success => {
                    quota.give_back(rules.refund(last_cost.take()));
                    attempt = 1;
                    assert_eq!(quota.tokens(), tokens, "{place}");
                    continue;
                }
                Status(status) => (ErrorKind::of_status(status), None),
                Throttle => (ErrorKind::Throttling400, None),
                After(millis) => (ErrorKind::Internal500, Some(Span::from_millis(millis))),
            };
            let failure = Failure {
                retry_after,
                ..Failure::new(kind, attempt)
            };
            let decision = rules.decide(failure, &mut quota, &mut rng());
            match (decision, then) {
                (Decision::Retry { back_off, cost }, Ok(micros)) => {
                    assert_eq!(back_off, Span::from_nanos(micros * 1_000), "{place}");
                    last_cost = Some(cost);
                    attempt += 1;
                }
                (Decision::GiveUp(why), Err(expected)) => assert_eq!(why, expected, "{place}"),
                other => panic!("{place}: {other:?}"),
            }
            assert_eq!(quota.tokens(), tokens, "{place}");
        }
    }
}
