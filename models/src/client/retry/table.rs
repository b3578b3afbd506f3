//! The one table of the SDKs' retry rules.
use super::rules::classes;
use super::{
    ClassRules, ErrorKind, FirstTest, Jitter, LimiterRules, RetryAfter, RetryMode, RetryRules,
    RuleSet, Sdk, StateScope,
};
use crate::{Certainty, Sourced};
use keystorm_sim::Span;
use std::borrow::Cow;

const SECOND: Span = Span::from_secs(1);
const fn ms(millis: u64) -> Span {
    Span::from_millis(millis)
}

/// What most SDKs share: 3 attempts, back-offs of at most 20 s, 1 token for a success.
const SHARED: RetryRules = RetryRules {
    attempts_max: 3,
    back_off_max: Span::from_secs(20),
    reward: 1,
    ..RetryRules::NONE
};

/// Rule set 2.0 as botocore has it: 1 s for everything, and time-outs cost more.
const SHARED_2_0: RetryRules = RetryRules {
    classes: classes(
        ClassRules::throttle(SECOND, 5),
        ClassRules::retried(SECOND, 5),
    ),
    ..SHARED
}
.with(ErrorKind::TimeOut, ClassRules::retried(SECOND, 10));

/// Rule set 2.1: throttles wait long and cost little, everything else the other way round.
const SHARED_2_1: RetryRules = RetryRules {
    classes: classes(
        ClassRules::throttle(SECOND, 5),
        ClassRules::retried(ms(50), 14),
    ),
    retry_after: RetryAfter::Within(Span::from_secs(5)),
    ..SHARED
};

/// botocore's own: no quota and no cap. It does not know `LimitExceededException`.
const BOTOCORE_LEGACY: RetryRules = RetryRules {
    attempts_max: 5,
    classes: classes(
        ClassRules::throttle(SECOND, 0),
        ClassRules::retried(SECOND, 0),
    ),
    first_test: FirstTest::Kind,
    ..RetryRules::NONE
}
.with(ErrorKind::LimitExceeded, ClassRules::NEVER);

const JAVA: RetryRules = RetryRules {
    first_test: FirstTest::Kind,
    unit: ms(1),
    ..SHARED
};
const JAVA_LEGACY: RetryRules = RetryRules {
    attempts_max: 4,
    classes: classes(
        ClassRules {
            jitter: Jitter::Equal,
            ..ClassRules::throttle(ms(500), 0)
        },
        ClassRules::retried(ms(100), 5),
    ),
    ..JAVA
}
.with(ErrorKind::LimitExceeded, ClassRules::NEVER);
const JAVA_2_0: RetryRules = RetryRules {
    classes: classes(
        ClassRules::throttle(SECOND, 5),
        ClassRules::retried(ms(100), 5),
    ),
    ..JAVA
}
.with(ErrorKind::LimitExceeded, ClassRules::NEVER);
const JAVA_2_1: RetryRules = RetryRules {
    first_test: FirstTest::Kind,
    unit: ms(1),
    ..SHARED_2_1
};

const GO_2_0: RetryRules = RetryRules {
    first_test: FirstTest::Kind,
    is_unjittered_at_cap: true,
    is_reward_extra: true,
    ..SHARED_2_0
};
const GO_2_1: RetryRules = RetryRules {
    first_test: FirstTest::Kind,
    ..SHARED_2_1
};

const JAVASCRIPT_2_0: RetryRules = RetryRules {
    classes: classes(
        ClassRules::throttle(ms(500), 5),
        ClassRules::retried(ms(100), 10),
    ),
    first_test: FirstTest::Kind,
    unit: ms(1),
    ..SHARED
};
const JAVASCRIPT_2_1: RetryRules = JAVA_2_1;

/// Rust takes every 5xx without a throttle's code for a transient error, as it does time-outs.
const RUST_2_0: RetryRules = RetryRules {
    classes: classes(
        ClassRules::throttle(SECOND, 5),
        ClassRules::retried(SECOND, 10),
    ),
    retry_after: RetryAfter::Instead {
        at_most: Span::from_secs(20),
    },
    scope: StateScope::Process,
    ..SHARED
};
const RUST_2_1: RetryRules = RetryRules {
    scope: StateScope::Process,
    ..SHARED_2_1
};

/// Ruby takes all failures of the network for time-outs.
const RUBY_2_0: RetryRules =
    SHARED_2_0.with(ErrorKind::ConnectionError, ClassRules::retried(SECOND, 10));

/// The S3 client of the Common Runtime: status 503 is a throttle with and without a code, and of
/// status 400 only `RequestTimeout` is tried again.
const CRT: RetryRules = RetryRules {
    attempts_max: 6,
    classes: classes(ClassRules::NEVER, ClassRules::retried(ms(500), 10)),
    takes_what_is_left: true,
    first_test: FirstTest::Kind,
    ..SHARED
}
.with(ErrorKind::Throttling503, ClassRules::throttle(ms(500), 5))
.with(ErrorKind::Unavailable503, ClassRules::throttle(ms(500), 5))
.with(ErrorKind::Internal500, ClassRules::retried(ms(500), 5));

/// The rules of an SDK in a mode; `None` if it has no such mode, or its rules are not known.
pub(super) fn row(sdk: Sdk, mode: RetryMode, rule_set: RuleSet) -> Option<Sourced<RetryRules>> {
    use RetryMode::{Adaptive, Legacy, Standard};
    use RuleSet::{V2_0, V2_1};
    let (rules, limiter) = match (sdk, mode, rule_set) {
        (Sdk::Botocore, Legacy, _) => (BOTOCORE_LEGACY, None),
        (Sdk::Botocore, _, V2_0) => (SHARED_2_0, Some(LimiterRules::BOTOCORE)),
        (Sdk::Botocore, _, V2_1) => (SHARED_2_1, Some(LimiterRules::BOTOCORE)),
        (Sdk::Java, Legacy, V2_0) => (JAVA_LEGACY, None),
        (Sdk::Java, Standard | Adaptive, V2_0) => (JAVA_2_0, Some(LimiterRules::JAVA)),
        (Sdk::Java, Standard | Adaptive, V2_1) => (JAVA_2_1, Some(LimiterRules::JAVA)),
        (Sdk::Go, Standard | Adaptive, V2_0) => (GO_2_0, Some(LimiterRules::RUST_AND_GO)),
        (Sdk::Go, Standard | Adaptive, V2_1) => (GO_2_1, Some(LimiterRules::RUST_AND_GO)),
        (Sdk::JavaScript, Standard | Adaptive, V2_0) => {
            (JAVASCRIPT_2_0, Some(LimiterRules::JAVASCRIPT))
        }
        (Sdk::JavaScript, Standard | Adaptive, V2_1) => {
            (JAVASCRIPT_2_1, Some(LimiterRules::JAVASCRIPT))
        }
        (Sdk::Rust, Standard, V2_0) => (RUST_2_0, None),
        (Sdk::Rust, Standard | Adaptive, V2_1) => (RUST_2_1, Some(LimiterRules::RUST_AND_GO)),
        (Sdk::Ruby, Standard | Adaptive, V2_0) => (RUBY_2_0, Some(LimiterRules::RUBY)),
        (Sdk::Ruby, Standard | Adaptive, V2_1) => (SHARED_2_1, Some(LimiterRules::RUBY)),
        (Sdk::Crt, Standard, V2_0) => (CRT, None),
        // Nor are there Ruby's own old rules here, nor Rust's adaptive mode of rule set 2.0, which
        // lets a wait for several tokens stand for the back-off.
        (Sdk::Java | Sdk::Go | Sdk::JavaScript | Sdk::Rust | Sdk::Ruby, Legacy, _)
        | (Sdk::Rust, Adaptive, V2_0)
        | (Sdk::Crt, _, _) => return None,
    };
    let rules = RetryRules {
        limiter: if mode == Adaptive { limiter } else { None },
        ..rules
    };
    let (source, date, note) = origin(sdk, rule_set);
    Some(Sourced {
        value: rules,
        source: Cow::Borrowed(source),
        date: Cow::Borrowed(date),
        certainty: Certainty::Documented,
        note: Cow::Borrowed(note),
    })
}

/// Where an SDK's rules come from: source, date and note.
fn origin(sdk: Sdk, rule_set: RuleSet) -> (&'static str, &'static str, &'static str) {
    match (sdk, rule_set) {
        (Sdk::Botocore, RuleSet::V2_0) => (
            "botocore 1.43.67, retries/standard.py, retries/quota.py, data/_retry.json",
            "2026-08-07",
            "",
        ),
        (Sdk::Botocore, RuleSet::V2_1) => (
            "botocore 1.44.5, retries/standard.py, retries/quota.py, data/_retry.json",
            "2026-11-24",
            "",
        ),
        (Sdk::Java, RuleSet::V2_0) => (
            "GitHub aws/aws-sdk-java-v2 25787b38, core/retries/.../DefaultRetryStrategy.java",
            "2026-11-24",
            "Retry-After is read instead of x-amz-retry-after",
        ),
        (Sdk::Java, RuleSet::V2_1) => (
            "GitHub aws/aws-sdk-java-v2 issue 6987",
            "2026-11-24",
            "to be asked for: not yet the default",
        ),
        (Sdk::Go, _) => (
            "GitHub aws/aws-sdk-go-v2 1489ddb2, aws/retry/standard.go",
            "2026-11-24",
            "read before the default changed",
        ),
        (Sdk::JavaScript, RuleSet::V2_0) => (
            "GitHub smithy-lang/smithy-typescript 6815d3e9, submodules/retry",
            "2026-11-24",
            "a throttle's base of 500 ms is the code's; aws-sdk-js-v3 issue 8037 says 100 ms",
        ),
        (Sdk::JavaScript, RuleSet::V2_1) => (
            "GitHub smithy-lang/smithy-typescript 6815d3e9, submodules/retry",
            "2026-11-24",
            "read before the default changed",
        ),
        (Sdk::Rust, _) => (
            "GitHub smithy-lang/smithy-rs 56ee88c5, client/retries",
            "2026-11-24",
            "one quota a process; read before the default changed",
        ),
        (Sdk::Ruby, _) => (
            "GitHub aws/aws-sdk-ruby 0845985b, spec/aws/plugins/retries",
            "2026-11-24",
            "from its tests",
        ),
        (Sdk::Crt, _) => (
            "GitHub awslabs/aws-c-io 78ad967e and awslabs/aws-c-s3 226c3e69",
            "2026-11-24",
            "",
        ),
    }
}
