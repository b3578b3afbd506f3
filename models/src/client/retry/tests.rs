mod classes;
mod ladders;
mod laws;
mod limiter;
mod vectors;

use super::{
    ClassRules, Decision, ErrorKind, Failure, GiveUp, Jitter, OuterRetry, RetryAfter, RetryMode,
    RetryQuota, RetryRules, RuleSet, Sdk,
};
use keystorm_sim::{Rng, Span, Streams};

fn rng() -> Rng {
    Streams::new(1, 0).key("back-off", 0).rng()
}

fn rules(sdk: Sdk, mode: RetryMode, rule_set: RuleSet) -> RetryRules {
    RetryRules::of(sdk, mode, rule_set)
        .unwrap_or_else(|error| panic!("{error}"))
        .value
}

fn standard_2_1() -> RetryRules {
    rules(Sdk::Botocore, RetryMode::Standard, RuleSet::V2_1)
}

/// The same rules with the longest back-off each time, as if every draw gave 1.
fn without_jitter(mut rules: RetryRules) -> RetryRules {
    for class in &mut rules.classes {
        class.jitter = Jitter::None;
    }
    rules
}

fn retry(back_off: Span, cost: u16) -> Decision {
    Decision::Retry { back_off, cost }
}

// Goal: an empty quota stops retries without a partial charge; success refunds the last cost.
// Method: throttles (5 each) drain 500 tokens in 100 retries; then one success after a retry.
#[test]
fn an_empty_quota_stops_retries() {
    let (rules, mut rng) = (standard_2_1(), rng());
    let mut quota = rules.quota();
    let throttle = Failure::new(ErrorKind::Throttling503, 1);
    for _ in 0..100 {
        let decision = rules.decide(throttle, &mut quota, &mut rng);
        assert!(matches!(decision, Decision::Retry { cost: 5, .. }));
    }
    let refused = rules.decide(throttle, &mut quota, &mut rng);
    assert_eq!(refused, Decision::GiveUp(GiveUp::RetryQuota));
    for (given, held) in [(Some(5), 5), (None, 6), (Some(500), RetryQuota::CAPACITY)] {
        assert_eq!(rules.refund(given), RetryQuota::refund(given));
        quota.give_back(rules.refund(given));
        assert_eq!(quota.tokens(), held);
    }
}

// Goal: what never passes is never tried again, and no rules are one attempt.
// Method: a client error with attempts left and without, where the kind is asked for first and
// where not; a throttle without rules.
#[test]
fn client_errors_and_no_rules_give_up() {
    let mut quota = RetryQuota::full();
    let legacy = rules(Sdk::Botocore, RetryMode::Legacy, RuleSet::V2_0);
    let cases = [
        (
            standard_2_1(),
            ErrorKind::ClientError,
            1,
            GiveUp::NotRetryable,
        ),
        (
            standard_2_1(),
            ErrorKind::ClientError,
            3,
            GiveUp::AttemptsMax,
        ),
        (legacy, ErrorKind::ClientError, 5, GiveUp::NotRetryable),
        (legacy, ErrorKind::Internal500, 5, GiveUp::AttemptsMax),
        (
            RetryRules::NONE,
            ErrorKind::Throttling400,
            1,
            GiveUp::AttemptsMax,
        ),
    ];
    for (rules, kind, attempt, why) in cases {
        let decision = rules.decide(Failure::new(kind, attempt), &mut quota, &mut rng());
        assert_eq!(decision, Decision::GiveUp(why), "{kind:?} {attempt}");
    }
    assert_eq!(quota, RetryQuota::full());
}

// Goal: the Common Runtime charges what is left, and refuses only when nothing is.
// Method: time-outs (10 each) on 14 tokens.
#[test]
fn the_common_runtime_takes_what_is_left() {
    let rules = without_jitter(rules(Sdk::Crt, RetryMode::Standard, RuleSet::V2_0));
    let mut quota = RetryQuota::with_capacity(14);
    let time_out = Failure::new(ErrorKind::TimeOut, 1);
    let mut decide = || rules.decide(time_out, &mut quota, &mut rng());
    assert_eq!(decide(), retry(Span::from_millis(500), 10));
    assert_eq!(decide(), retry(Span::from_millis(500), 4));
    assert_eq!(decide(), Decision::GiveUp(GiveUp::RetryQuota));
    assert_eq!(quota.tokens(), 0);
}

// Goal: refunds differ as the SDKs do.
// Method: after no retry, after one of 0 and of 5 tokens, for botocore, older Go, Java's legacy
// mode (whose bucket gets at least 1) and botocore's legacy mode, which has no quota.
#[test]
fn refunds_are_those_of_the_sdks() {
    let refunds = |sdk, mode| {
        let rules = rules(sdk, mode, RuleSet::V2_0);
        [None, Some(0), Some(5)].map(|cost| rules.refund(cost))
    };
    assert_eq!(refunds(Sdk::Botocore, RetryMode::Standard), [1, 1, 5]);
    assert_eq!(refunds(Sdk::Go, RetryMode::Standard), [1, 1, 6]);
    assert_eq!(refunds(Sdk::Java, RetryMode::Legacy), [1, 1, 5]);
    assert_eq!(refunds(Sdk::Botocore, RetryMode::Legacy), [0, 0, 5]);
}

// Goal: every combination is there or says what is, and every row has a source.
// Method: all of them; the text for three that do not exist.
#[test]
fn the_table_has_every_combination_or_says_what_there_is() {
    let mut rows = 0;
    for sdk in Sdk::ALL {
        for mode in RetryMode::ALL {
            for rule_set in RuleSet::ALL {
                let Ok(row) = RetryRules::of(sdk, mode, rule_set) else {
                    continue;
                };
                rows += 1;
                assert!(!row.source.is_empty() && !row.date.is_empty());
                assert_eq!(row.value.limiter.is_some(), mode == RetryMode::Adaptive);
                assert!(!row.value.class(ErrorKind::ClientError).retried);
            }
        }
    }
    assert_eq!(rows, 27);
    let text = |sdk, mode, rule_set| RetryRules::of(sdk, mode, rule_set).unwrap_err().to_string();
    assert_eq!(
        text(Sdk::Java, RetryMode::Legacy, RuleSet::V2_1),
        "AWS SDK for Java 2 has no legacy mode of rule set 2.1 here; there is legacy 2.0, \
         standard 2.0, standard 2.1, adaptive 2.0, adaptive 2.1"
    );
    assert_eq!(
        text(Sdk::Rust, RetryMode::Adaptive, RuleSet::V2_0),
        "AWS SDK for Rust has no adaptive mode of rule set 2.0 here; there is standard 2.0, \
         standard 2.1, adaptive 2.1"
    );
    assert_eq!(
        text(Sdk::Crt, RetryMode::Standard, RuleSet::V2_1),
        "AWS Common Runtime has no standard mode of rule set 2.1 here; there is standard 2.0"
    );
}

// Goal: S3A's outer layer waits as its formula says, and fails at once what it does.
// Method: the bounds of the first and the last wait of both classes over many draws; 400s.
#[test]
fn the_outer_layer_waits_between_half_and_three_halves() {
    let mut rng = rng();
    let cases = [
        (ErrorKind::Throttling503, 0, 100..300),
        (ErrorKind::Unavailable503, 19, 100 << 19..300 << 19),
        (ErrorKind::TimeOut, 0, 500..1_500),
        (ErrorKind::Internal500, 6, 500 << 6..1_500 << 6),
    ];
    for (kind, retries, bounds) in cases {
        let mut waits = (0..1_000).map(|_| OuterRetry::S3A.decide(kind, retries, &mut rng));
        let mut sum = 0;
        assert!(waits.all(|wait| {
            let millis = wait.map_or(0, |wait| wait.nanos() / 1_000_000);
            sum += millis;
            bounds.contains(&millis)
        }));
        let middle = (bounds.start + bounds.end) * 500;
        assert!(
            sum.abs_diff(middle) < middle / 20,
            "{kind:?}: {sum} of {middle}"
        );
    }
    for (kind, retries) in [
        (ErrorKind::Throttling503, 20),
        (ErrorKind::ConnectionError, 7),
        (ErrorKind::Throttling400, 0),
        (ErrorKind::RequestTimeout, 0),
        (ErrorKind::LimitExceeded, 0),
        (ErrorKind::ClientError, 0),
    ] {
        assert_eq!(
            OuterRetry::S3A.decide(kind, retries, &mut rng),
            None,
            "{kind:?}"
        );
    }
}

// Goal: S3A tries one throttled call up to 126 times.
// Method: 503s without end, through the SDK's rules and then the outer layer, with a full quota for
// each call; 6 attempts in each of 21 calls.
#[test]
fn s3a_tries_a_throttled_call_126_times() {
    let inner = rules(Sdk::Java, RetryMode::Adaptive, RuleSet::V2_0);
    let inner = inner.with_attempts(OuterRetry::S3A_ATTEMPTS);
    let (mut rng, kind) = (rng(), ErrorKind::Throttling503);
    let (mut attempts, mut retries) = (0, 0);
    loop {
        let (mut quota, mut attempt) = (inner.quota(), 1);
        let mut decide = |attempt| inner.decide(Failure::new(kind, attempt), &mut quota, &mut rng);
        while matches!(decide(attempt), Decision::Retry { .. }) {
            attempt += 1;
        }
        attempts += u32::from(attempt);
        if OuterRetry::s3a()
            .value
            .decide(kind, retries, &mut rng)
            .is_none()
        {
            break;
        }
        retries += 1;
    }
    assert_eq!(attempts, 126);
}

// Goal: an answer's wish is followed as the SDK does.
// Method: wishes below, above and far above the 50 ms of the back-off, in four SDKs' rules.
#[test]
fn x_amz_retry_after_is_followed_as_the_sdk_does() {
    let back_off = |rules: RetryRules, asked| {
        let failure = Failure {
            retry_after: Some(Span::from_millis(asked)),
            ..Failure::new(ErrorKind::Internal500, 1)
        };
        match without_jitter(rules).decide(failure, &mut rules.quota(), &mut rng()) {
            Decision::Retry { back_off, .. } => back_off.nanos() / 1_000_000,
            other @ Decision::GiveUp(_) => panic!("{other:?}"),
        }
    };
    let asked = [0, 1_500, 60_000];
    let standard = |sdk, rule_set| rules(sdk, RetryMode::Standard, rule_set);
    assert_eq!(
        asked.map(|ms| back_off(standard_2_1(), ms)),
        [50, 1_500, 5_050]
    );
    let old = standard(Sdk::Botocore, RuleSet::V2_0);
    assert_eq!(asked.map(|ms| back_off(old, ms)), [1_000; 3]);
    let rust = standard(Sdk::Rust, RuleSet::V2_0);
    assert_eq!(asked.map(|ms| back_off(rust, ms)), [0, 1_500, 20_000]);
    let free = RetryRules {
        retry_after: RetryAfter::Within(Span::from_secs(100)),
        ..RetryRules::free(
            2,
            ClassRules::retried(Span::from_millis(10), 0),
            RetryRules::NO_CAP,
        )
    };
    assert_eq!(asked.map(|ms| back_off(free, ms)), [10, 1_500, 60_000]);
}
