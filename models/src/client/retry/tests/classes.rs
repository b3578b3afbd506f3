//! What the answers of S3 and KMS are to botocore's modes.
use super::*;
use crate::s3::Refusal;

type Treatment = Option<(u64, u8, bool)>;

/// What becomes of an answer: `None` if it is not tried again, else the longest first back-off
/// \[ms\], the tokens, and whether the rate limiter sees a throttle.
fn treatment(rules: RetryRules, kind: ErrorKind) -> Treatment {
    let class = rules.class(kind);
    class.retried.then(|| {
        (
            class.base.nanos() / 1_000_000,
            class.cost,
            class.is_throttle,
        )
    })
}

const THROTTLE: Treatment = Some((1_000, 5, true));
const SECOND: Treatment = Some((1_000, 5, false));
const TRANSIENT: Treatment = Some((50, 14, false));
const LONG: Treatment = Some((1_000, 10, false));

/// Answers: whether legacy tries them again, and what rule sets 2.0 and 2.1 make of them.
#[rustfmt::skip]
const ROWS: &[(&str, ErrorKind, bool, Treatment, Treatment)] = &[
    ("KMS 400 ThrottlingException", Refusal::KMS_THROTTLING.kind, true, THROTTLE, THROTTLE),
    ("KMS 400 LimitExceeded", ErrorKind::LimitExceeded, false, THROTTLE, THROTTLE),
    ("KMS 500 KMSInternal", Refusal::KMS_INTERNAL.kind, true, SECOND, TRANSIENT),
    ("KMS key unavailable", Refusal::KMS_KEY_UNAVAILABLE.kind, true, SECOND, TRANSIENT),
    ("KMS dependency", Refusal::KMS_DEPENDENCY_TIMEOUT.kind, true, SECOND, TRANSIENT),
    ("S3 503 SlowDown", Refusal::PREFIX_SLOW_DOWN.kind, true, THROTTLE, THROTTLE),
    ("S3 HEAD 503", Refusal::PREFIX_SLOW_DOWN.kind.without_body(), true, SECOND, TRANSIENT),
    ("S3 503 ServiceUnavailable", Refusal::KMS_FAULT.kind, true, SECOND, TRANSIENT),
    ("S3 500 InternalError", ErrorKind::of_status(500), true, SECOND, TRANSIENT),
    ("502", ErrorKind::of_status(502), true, SECOND, TRANSIENT),
    ("S3 400 RequestTimeout", ErrorKind::RequestTimeout, true, SECOND, TRANSIENT),
    ("S3, throttled by KMS", Refusal::KMS_SLOW_DOWN.kind, true, THROTTLE, THROTTLE),
    ("connection", ErrorKind::ConnectionError, true, SECOND, TRANSIENT),
    ("time-out", ErrorKind::TimeOut, true, LONG, TRANSIENT),
    ("denied", Refusal::ACCESS_DENIED.kind, false, None, None),
    ("key store", Refusal::KEY_STORE_TIMEOUT.kind, false, None, None),
];

// Goal: what S3 and KMS answer is to legacy, standard 2.0 and standard 2.1 what the SDK makes of
// it. Method: row by row, as botocore 1.43.67 and 1.44.5 treat them (legacy has neither tokens nor
// a limiter).
#[test]
fn answers_of_s3_and_kms_become_what_botocore_makes_of_them() {
    let legacy = rules(Sdk::Botocore, RetryMode::Legacy, RuleSet::V2_1);
    let old = rules(Sdk::Botocore, RetryMode::Adaptive, RuleSet::V2_0);
    let new = rules(Sdk::Botocore, RetryMode::Adaptive, RuleSet::V2_1);
    for &(name, kind, by_legacy, by_old, by_new) in ROWS {
        assert_eq!(legacy.class(kind).retried, by_legacy, "{name}, legacy");
        assert_eq!(treatment(old, kind), by_old, "{name}, 2.0");
        assert_eq!(treatment(new, kind), by_new, "{name}, 2.1");
    }
}

// Goal: a HEAD's answer, which has no body, is judged by its status alone.
// Method: all kinds; what is left is no throttle but to the Common Runtime, which goes by status.
#[test]
fn an_answer_without_a_body_is_judged_by_its_status() {
    for kind in ErrorKind::ALL {
        let bare = kind.without_body();
        assert_eq!(bare.without_body(), bare);
        assert!(!standard_2_1().class(bare).is_throttle, "{kind:?}");
    }
    assert_eq!(
        ErrorKind::Throttling400.without_body(),
        ErrorKind::ClientError
    );
    let crt = rules(Sdk::Crt, RetryMode::Standard, RuleSet::V2_0);
    assert!(
        crt.class(ErrorKind::Throttling503.without_body())
            .is_throttle
    );
}

// Goal: HEADs alone empty a client's quota at once under rule set 2.1.
// Method: 503s without a body until a retry is refused: floor(500/14) retries, against
// floor(500/5) under 2.0.
#[test]
fn heads_empty_the_quota() {
    for (rule_set, expected) in [(RuleSet::V2_1, 35), (RuleSet::V2_0, 100)] {
        let rules = rules(Sdk::Botocore, RetryMode::Standard, rule_set);
        let (mut quota, mut rng) = (rules.quota(), rng());
        let head = Failure::new(ErrorKind::Throttling503.without_body(), 1);
        let granted = (0..1_000)
            .filter(|_| {
                matches!(
                    rules.decide(head, &mut quota, &mut rng),
                    Decision::Retry { .. }
                )
            })
            .count();
        assert_eq!(granted, expected);
    }
}

// Goal: the kind of a row in the table of errors fits its status and code.
// Method: every row.
#[test]
fn kinds_of_refusals_fit_their_status_and_code() {
    for refusal in Refusal::ALL {
        let throttle = matches!(refusal.code, "SlowDown" | "ThrottlingException");
        let expected = match (throttle, refusal.status) {
            (true, 503) => ErrorKind::Throttling503,
            (true, _) => ErrorKind::Throttling400,
            (false, status) => ErrorKind::of_status(status),
        };
        assert_eq!(refusal.kind, expected, "{}", refusal.id);
    }
}
