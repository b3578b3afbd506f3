mod limits;

use super::{NEAR_SHARE, REFUSED_ALL_SHARE, State, breached, peak_share};
use crate::number::{duration, in_words, share};
use crate::text::Text;
use crate::view::{self, Refusing, amount};
use keystorm_record::{Mode, Record, Status, Unit, Variant};
use limits::{
    accounts, by_kms_too, by_prefixes_too, demand, demand_elsewhere, failures,
    in_other_accounts_too, prefix_share, store,
};

/// Which rule decides a verdict, in the order in which they are tried.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Finding {
    /// No request of the first variant was measured, or none has ended.
    Unmeasured,
    /// Nearly every request is malformed for its mode: SSE-C over HTTP, for one.
    Rejected,
    /// Nearly every request is denied: an encryption type that the bucket blocks, for one.
    Denied,
    /// Every request of some fleet and operation is refused, of others not.
    PartlyRefused,
    /// KMS refuses calls for the account's quota.
    KmsThrottles,
    /// S3 refuses attempts for the request rate of a prefix.
    S3Throttles,
    /// KMS refuses calls for the quota of another account than the bucket's.
    OtherAccountThrottled,
    /// Requests fail for faults of KMS, or time-outs of an external key store.
    RequestsFail,
    /// Client-side encryption asks for more than the cores have.
    CoresSaturated,
    /// An expectation of some variant does not hold.
    ExpectationBreached,
    /// The first variant calls no KMS: no quota can be reached.
    NoKmsCalls,
    /// The busiest second asks for at least 80 % of the quota.
    NearLimit,
    /// The load fits.
    Fits,
}

impl Finding {
    pub(super) fn of(record: &Record) -> Self {
        let Some(variant) = record.variants.first() else {
            return Self::Unmeasured;
        };
        let counts = view::counts(variant, None);
        if counts.requests == counts.unfinished {
            return Self::Unmeasured;
        }
        let refused = view::ratio(counts.rejected + counts.denied, counts.requests);
        if refused >= REFUSED_ALL_SHARE {
            return if counts.rejected > counts.denied {
                Self::Rejected
            } else {
                Self::Denied
            };
        }
        if refused > 0.0 && !variant.refusals.is_empty() {
            return Self::PartlyRefused;
        }
        // What is given up decides between the two; a refusal that a retry mends still counts.
        let s3 = !Refusing::s3(record, variant).seconds.is_empty();
        let kms = view::refusing_replications(variant) > 0;
        if kms && (!s3 || counts.attempts_throttled_kms >= counts.attempts_throttled_s3) {
            Self::KmsThrottles
        } else if s3 {
            Self::S3Throttles
        } else if amount(variant, "other-accounts.kms.throttled-share") > 0.0 {
            Self::OtherAccountThrottled
        } else if counts.failed.0 > 0 {
            Self::RequestsFail
        } else if amount(variant, "client.core-demand") > 1.0 {
            Self::CoresSaturated
        } else if breached(record).is_some() {
            Self::ExpectationBreached
        } else if view::fleet_calls(variant) == 0 {
            Self::NoKmsCalls
        } else if peak_share(variant) >= NEAR_SHARE {
            Self::NearLimit
        } else {
            Self::Fits
        }
    }

    pub(super) fn state_and_tag(self) -> (State, &'static str) {
        match self {
            Self::Rejected => (State::Breached, "Settings contradict"),
            Self::Denied => (State::Breached, "Access denied"),
            Self::PartlyRefused => (State::Breached, "Some refused"),
            Self::KmsThrottles | Self::S3Throttles | Self::OtherAccountThrottled => {
                (State::Breached, "Limit breached")
            }
            Self::RequestsFail => (State::Breached, "Requests fail"),
            Self::CoresSaturated => (State::Breached, "Cores too few"),
            Self::ExpectationBreached => (State::Breached, "Expectation breached"),
            Self::NoKmsCalls => (State::Nothing, "No limit"),
            Self::NearLimit => (State::Fits, "Fits narrowly"),
            Self::Fits => (State::Fits, "Load fits"),
            Self::Unmeasured => (State::Inconclusive, "Inconclusive"),
        }
    }

    /// Name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unmeasured => "unmeasured",
            Self::Rejected => "rejected",
            Self::Denied => "denied",
            Self::PartlyRefused => "partly-refused",
            Self::KmsThrottles => "kms-throttles",
            Self::S3Throttles => "s3-throttles",
            Self::OtherAccountThrottled => "other-account-throttled",
            Self::RequestsFail => "requests-fail",
            Self::CoresSaturated => "cores-saturated",
            Self::ExpectationBreached => "expectation-breached",
            Self::NoKmsCalls => "no-kms-calls",
            Self::NearLimit => "near-limit",
            Self::Fits => "fits",
        }
    }

    /// The headline without its full stop.
    pub(super) fn clause(self, record: &Record, variant: &Variant) -> String {
        let mode = variant.setup.mode;
        match self {
            Self::Unmeasured => "Nothing was measured".into(),
            Self::Rejected if variant.setup.scheme == "http" => {
                format!("Every request is rejected: {} needs HTTPS", mode.label())
            }
            Self::Rejected => format!("Every request is rejected under {}", mode.label()),
            Self::Denied if blocked(variant) => {
                format!(
                    "Every request is denied: the bucket blocks {}",
                    mode.label()
                )
            }
            Self::Denied => format!("Every request is denied under {}", mode.label()),
            Self::PartlyRefused => {
                let refused = view::ratio(
                    view::counts(variant, None).rejected + view::counts(variant, None).denied,
                    view::counts(variant, None).requests,
                );
                format!(
                    "{} of requests are refused, whatever the load",
                    share(refused)
                )
            }
            Self::KmsThrottles => {
                let when = Refusing::kms(record, variant);
                let who = match view::key_store(variant) {
                    Some(store) if view::store_throttles(variant) => format!("The {store}"),
                    _ => "KMS".into(),
                };
                format!("{who} throttles {}", when.words(record, &variant.series))
            }
            Self::S3Throttles => {
                let when = Refusing::s3(record, variant);
                format!("S3 throttles {}", when.words(record, &variant.series))
            }
            Self::OtherAccountThrottled => format!("KMS throttles {}", accounts(variant)),
            Self::RequestsFail => {
                let whose = match view::key_store(variant) {
                    Some(store) => format!("KMS or the {store}"),
                    None => "KMS".into(),
                };
                let failed = share(amount(variant, "all.failed-share"));
                format!("{failed} of requests fail for faults of {whose}")
            }
            Self::CoresSaturated => format!(
                "Client-side encryption asks for {} of the cores",
                share(amount(variant, "client.core-demand"))
            ),
            Self::ExpectationBreached => breached(record).map_or_else(String::new, |(name, e)| {
                let whose = if name == variant.name {
                    String::new()
                } else {
                    format!("{name}: ")
                };
                match e.holding_replications.0 {
                    0 => format!("{whose}{} does not hold", e.condition),
                    some => format!(
                        "{whose}{} holds in {some} of {} replications only",
                        e.condition,
                        variant.replications.len()
                    ),
                }
            }),
            Self::NoKmsCalls => format!("{} makes no KMS calls: no quota applies", mode.label()),
            Self::NearLimit => format!(
                "The busiest second asks for {} of the KMS quota",
                share(peak_share(variant))
            ),
            Self::Fits => format!(
                "The load fits: at most {} of the KMS quota in a second",
                share(peak_share(variant))
            ),
        }
    }

    /// The sentences with the numbers.
    pub(super) fn say(self, record: &Record, variant: &Variant) -> Text {
        let counts = view::counts(variant, None);
        let given_up = amount(variant, "all.throttled-share");
        let retried = amount(variant, "all.retried-share");
        let outcome = Text::default()
            .strong(share(retried))
            .plain(" of requests are retried and ")
            .strong(share(given_up))
            .plain(" are given up.")
            .and(failures(variant));
        let said = match self {
            Self::Unmeasured => Text::default(),
            Self::Rejected | Self::Denied => {
                let refused = view::ratio(counts.rejected + counts.denied, counts.requests);
                let how = if self == Self::Rejected {
                    "rejected"
                } else {
                    "denied"
                };
                let status = match (variant.refusals.first(), self) {
                    (Some(first), _) => first.status,
                    (None, Self::Rejected) => 400,
                    (None, _) => 403,
                };
                Text::bold(share(refused))
                    .plain(format!(
                        " of requests are {how} ({status}); no object is read or written, so \
                         nothing else of this variant can be said."
                    ))
                    .and(answers(variant))
            }
            Self::PartlyRefused => Text::bold(share(amount(variant, "all.ok-share")))
                .plain(" of requests succeed.")
                .and(answers(variant)),
            Self::KmsThrottles if view::store_throttles(variant) => {
                store(variant).and(by_prefixes_too(variant)).and(outcome)
            }
            Self::KmsThrottles => demand(record, variant)
                .and(by_prefixes_too(variant))
                .and(in_other_accounts_too(variant))
                .and(outcome),
            Self::S3Throttles => Text::new("The request rate of a prefix is reached; ")
                .strong(share(prefix_share(variant)))
                .plain(" of attempts are refused. ")
                .and(by_kms_too(variant))
                .and(outcome),
            Self::OtherAccountThrottled => demand_elsewhere(variant).and(outcome),
            Self::RequestsFail => Text::default()
                .strong(share(amount(variant, "kms.failed-share")))
                .plain(" of the fleets' KMS calls fail; ")
                .strong(share(retried))
                .plain(" of requests are retried.")
                .and(failures(variant)),
            Self::CoresSaturated => Text::new("Requests pile up: ")
                .strong(share(amount(variant, "all.unfinished-share")))
                .plain(
                    " are under way when the run ends, and more with every second. KMS sees at \
                        most ",
                )
                .strong(share(peak_share(variant)))
                .plain(" of its quota."),
            Self::ExpectationBreached => expectation(record),
            Self::NoKmsCalls => Text::bold(share(amount(variant, "all.ok-share"))).plain(
                " of requests succeed. The key belongs to S3 or to the request, so the \
                        KMS quota of the account does not matter.",
            ),
            Self::NearLimit | Self::Fits => {
                let p99 = super::figures::tail(variant, variant).map_or_else(
                    Text::default,
                    |(name, p99)| {
                        Text::new(format!(" {name} p99 is "))
                            .strong(crate::number::seconds(p99))
                            .plain(".")
                    },
                );
                demand(record, variant)
                    .strong(share(amount(variant, "all.ok-share")))
                    .plain(" of requests succeed.")
                    .and(p99)
            }
        };
        let broken = self != Self::ExpectationBreached && breached(record).is_some();
        if broken {
            said.plain(" ").and(expectation(record))
        } else {
            said
        }
    }
}

/// What S3 answers to those that it refuses, at most two answers.
fn answers(variant: &Variant) -> Text {
    let answer = |text: Text, refusal: &keystorm_record::Refusal| {
        let who = if refusal.fleets.is_empty() {
            String::new()
        } else {
            format!(" of {}", refusal.fleets.join(", "))
        };
        text.plain(format!(" Every {}{who} gets ", refusal.operation.label()))
            .code(format!("{} {}", refusal.status, refusal.code))
            .plain(".")
    };
    variant
        .refusals
        .iter()
        .take(2)
        .fold(Text::default(), answer)
}

fn expectation(record: &Record) -> Text {
    let Some((name, e)) = breached(record) else {
        return Text::default();
    };
    let variant = record.variants.iter().find(|v| v.name == name);
    let unit = variant
        .and_then(|v| view::metric(v, &e.metric))
        .map(|m| m.unit);
    let is = match (e.value, unit) {
        (Some(value), Some(unit)) => format!("it is {}", in_unit(value, unit)),
        (Some(value), None) => format!("it is {}", crate::number::significant(value, 3)),
        (None, _) => "it is undefined".into(),
    };
    let held = format!(
        "; the condition holds in {} of {} replications.",
        e.holding_replications,
        variant.map_or(0, |v| v.replications.len())
    );
    Text::new("Expected ")
        .code(&e.condition)
        .plain(format!(" of {name}, but "))
        .strong(is)
        .plain(held)
}

/// A value of a metric with its unit, as in tables.
pub(crate) fn in_unit(value: f64, unit: Unit) -> String {
    use crate::number;
    match unit {
        Unit::Share => number::share_fine(value),
        Unit::Seconds => number::seconds_fine(value),
        Unit::PerSecond => number::per_second(value),
        Unit::BytesPerSecond => number::bytes_per_second(value),
        Unit::Count => number::significant(value, 3),
        Unit::Usd => number::usd(value),
        Unit::CoreHours => format!("{}{}core-h", number::significant(value, 3), number::THIN),
    }
}

/// Whether the bucket blocks the variant's encryption type.
pub(super) fn blocked(variant: &Variant) -> bool {
    let listed = variant.resolved.pointer("/bucket/blocked-encryption-types");
    let types = listed
        .and_then(|t| t.as_array())
        .map_or(&[][..], Vec::as_slice);
    let name = match variant.setup.mode {
        Mode::SseC => "sse-c",
        _ => return false,
    };
    types
        .iter()
        .any(|t| t.as_str().is_some_and(|t| t.eq_ignore_ascii_case(name)))
}

/// A clause for the middle of a sentence: `The load fits` becomes `the load fits`.
pub(super) fn lowered(clause: &str) -> String {
    for word in ["The ", "Every ", "Nothing "] {
        if let Some(rest) = clause.strip_prefix(word) {
            return format!("{}{rest}", word.to_lowercase());
        }
    }
    clause.into()
}

/// Why a record cannot answer for sure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Doubt {
    /// The run was interrupted: so many replications finished.
    Interrupted(usize),
    /// Only one replication: no interval.
    OneReplication,
    /// The window \[s\] is too short to hold a busiest second worth the name.
    Short(f64),
    /// KMS refuses calls in so many of the replications only, and the interval holds zero.
    Noisy(usize, usize),
}

/// Shortest window \[s\] that is judged: ten windows of the quota.
const WINDOW_MIN_S: f64 = 10.0;

impl Doubt {
    pub(super) fn of(record: &Record, variant: &Variant) -> Option<Self> {
        let done = variant.replications.len();
        // Another variant may have ended long before, if its work has an end.
        let measured = variant.replications.iter().map(|it| it.measured_ns).min();
        let window = measured.unwrap_or(record.window.measure_ns).as_f64() / 1e9;
        let refusing = view::refusing_replications(variant);
        let low = view::metric(variant, "kms.throttled-share").and_then(|m| m.low);
        if record.status == Status::Interrupted {
            Some(Self::Interrupted(done))
        } else if done == 1 {
            Some(Self::OneReplication)
        } else if window < WINDOW_MIN_S {
            Some(Self::Short(window))
        } else if refusing > 0 && refusing < done && low.is_none_or(|low| low <= 0.0) {
            Some(Self::Noisy(refusing, done))
        } else {
            None
        }
    }

    /// The beginning of the headline.
    pub(super) fn words(self, record: &Record) -> String {
        match self {
            Self::Interrupted(1) => format!(
                "Interrupted: in the one of {} replications that finished",
                record.replications_planned
            ),
            Self::Interrupted(done) => format!(
                "Interrupted: in the {} of {} replications that finished",
                in_words(done),
                record.replications_planned
            ),
            Self::OneReplication => "In the only replication".into(),
            Self::Short(seconds) => format!("In a window of only {}", duration(seconds)),
            Self::Noisy(some, all) => format!("In {some} of {all} replications"),
        }
    }

    /// What would remove it.
    pub(super) fn remedy(self) -> Text {
        match self {
            Self::Interrupted(_) => Text::new("Let the run finish."),
            Self::OneReplication => {
                Text::new("Run at least five replications: ").code("--replications 5")
            }
            Self::Short(_) => {
                Text::new("Measure at least ten seconds, better a minute: ").code("run.measure")
            }
            Self::Noisy(..) => Text::new("Run more replications: ").code("--replications 20"),
        }
    }
}
