//! The parameters of KMS: its quota over time, how it limits, what else uses it.
use super::{day, given, latency};
use crate::schema::{self, Scenario};
use crate::units::{Duration, Moment};
use jiff::Timestamp;
use jiff::civil::Time as TimeOfDay;
use jiff::tz::TimeZone;
use keystorm_models::kms::{
    Error, Fault, Faults, KeyStore, LimiterKind, Limits, OtherLoad, Proxy, QuotaSteps, Refused,
};
use keystorm_models::tables;
use keystorm_models::{Latency, Sourced};
use keystorm_sim::draw::whole;
use keystorm_sim::{Span, Time};

#[derive(Clone, Debug)]
pub(crate) struct Kms {
    pub(crate) quota: QuotaSteps,
    pub(crate) other: OtherLoad,
    pub(crate) limits: Limits,
    /// Whether intervals begin at a time that each replication draws.
    pub(crate) phase_is_drawn: bool,
    /// The quota of a custom key store.
    pub(crate) key_store: Option<KeyStore>,
    /// Of an external key store.
    pub(crate) proxy: Option<Proxy>,
    pub(crate) faults: Faults,
    /// Clock second of its minute, 0..60, that holds t = 0.
    pub(crate) clock_second: u64,
    pub(crate) latency: Latency,
    pub(crate) refusal_latency: Span,
    /// What a refusal asks a client to wait, if it does.
    pub(crate) retry_after: Option<Span>,
    /// Further accounts, with quotas of their own; in the order of their names.
    pub(crate) other_accounts: Vec<OtherAccount>,
}

/// An account beside the bucket's.
#[derive(Clone, Debug)]
pub(crate) struct OtherAccount {
    pub(crate) name: String,
    pub(crate) quota: QuotaSteps,
    pub(crate) other: OtherLoad,
}

impl Kms {
    /// Whether calls can fail that no quota refuses.
    pub(crate) fn can_fail(&self) -> bool {
        self.proxy.is_some() || !self.faults.is_empty()
    }
}

pub(super) fn kms(scenario: &Scenario) -> Kms {
    let kms = &scenario.kms;
    Kms {
        quota: quota(scenario),
        other: other_load(scenario),
        limits: Limits {
            kind: limiter(&kms.limiter),
            phase: Span::ZERO,
            refused: match kms.refused_calls {
                schema::RefusedCalls::Free => Refused::Free,
                schema::RefusedCalls::Counted => Refused::Counted,
            },
        },
        retry_after: kms.retry_after.map(|it| it.0),
        phase_is_drawn: kms.window_phase == schema::WindowPhase::Drawn,
        key_store: (kms.key_store != schema::KeyStore::Kms).then(|| {
            let weight = data_key_weight(scenario).value;
            KeyStore::new(whole(kms.key_store_quota.0), weight)
        }),
        proxy: (kms.key_store == schema::KeyStore::External)
            .then(|| Proxy::new(latency(&kms.key_store_proxy_latency))),
        faults: faults(scenario),
        clock_second: scenario
            .run
            .start
            .0
            .as_second()
            .rem_euclid(60)
            .unsigned_abs(),
        latency: latency(&kms.latency),
        refusal_latency: kms.refusal_latency.0,
        other_accounts: other_accounts(scenario),
    }
}

fn other_accounts(scenario: &Scenario) -> Vec<OtherAccount> {
    let account = |(name, it): (&String, &schema::OtherAccount)| OtherAccount {
        name: name.clone(),
        quota: it.request_quota.map_or_else(
            || default_quota(scenario, Time::NEVER),
            |rate| QuotaSteps::constant(whole(rate.0)),
        ),
        other: OtherLoad::steady(whole(it.other_load.0)),
    };
    scenario.other_accounts.iter().map(account).collect()
}

/// The account's KMS quota: the scenario's, or AWS's default for the Region on the day.
pub(crate) fn kms_quota(scenario: &Scenario) -> Sourced<u64> {
    if let Some(rate) = scenario.kms.request_quota {
        return given(whole(rate.0));
    }
    default_on_the_day(scenario)
}

/// AWS's default for the Region on the day.
pub(crate) fn default_on_the_day(scenario: &Scenario) -> Sourced<u64> {
    tables::kms_request_quota(&scenario.account.region, day(scenario))
        .expect("a checked scenario names a Region of the table")
}

/// That default with AWS's own changes of it, as far as they come before `end`.
fn default_quota(scenario: &Scenario, end: Time) -> QuotaSteps {
    let mut steps = QuotaSteps::constant(default_on_the_day(scenario).value);
    for (at, quota) in changes_of_default(scenario) {
        if at < end {
            steps.change(at, quota.value);
        }
    }
    steps
}

/// That quota with its changes: AWS's own, if the run crosses their day, until the scenario makes
/// the first.
pub(crate) fn quota(scenario: &Scenario) -> QuotaSteps {
    let changes: Vec<_> = scenario
        .kms
        .quota_changes
        .iter()
        .filter_map(|it| Some((moment(scenario, it.at)?, whole(it.quota.0))))
        .collect();
    let first = changes.first().map_or(Time::NEVER, |change| change.0);
    let mut steps = match scenario.kms.request_quota {
        Some(rate) => QuotaSteps::constant(whole(rate.0)),
        None => default_quota(scenario, first),
    };
    for (at, quota) in changes {
        steps.change(at, quota);
    }
    steps
}

/// Changes of AWS's default within the run: at midnight in UTC, of which no hour is published.
pub(crate) fn changes_of_default(scenario: &Scenario) -> Vec<(Time, Sourced<u64>)> {
    let run = &scenario.run;
    let end = Time::ZERO + run.warm_up.0 + run.measure.0;
    let mut last = default_on_the_day(scenario).value;
    let mut changes = Vec::new();
    let mut today = day(scenario);
    while let Ok(tomorrow) = today.tomorrow() {
        today = tomorrow;
        let midnight = TimeZone::UTC.to_timestamp(today.to_datetime(TimeOfDay::midnight()));
        let at = midnight.ok().and_then(|at| since_start(scenario, at));
        let Some(at) = at.filter(|at| *at < end) else {
            break;
        };
        let quota = tables::kms_request_quota(&scenario.account.region, today);
        if let Some(quota) = quota.filter(|quota| quota.value != last) {
            last = quota.value;
            changes.push((at, quota));
        }
    }
    changes
}

/// An instant within a run; `None` if it lies before.
pub(crate) fn moment(scenario: &Scenario, moment: Moment) -> Option<Time> {
    match moment {
        Moment::After(Duration(span)) => Some(Time::ZERO + span),
        Moment::At(instant) => since_start(scenario, instant.0),
    }
}

fn since_start(scenario: &Scenario, at: Timestamp) -> Option<Time> {
    let nanos = at.as_nanosecond() - scenario.run.start.0.as_nanosecond();
    u64::try_from(nanos).ok().map(Time::from_nanos)
}

/// An instant within a run, or another one if none is given; `None` if it lies before.
pub(crate) fn moment_or(scenario: &Scenario, at: Option<Moment>, or: Time) -> Option<Time> {
    at.map_or(Some(or), |at| moment(scenario, at))
}

/// Requests of its key store's quota that a `GenerateDataKey` takes: the scenario's, or what AWS
/// documented on the day.
pub(crate) fn data_key_weight(scenario: &Scenario) -> Sourced<u64> {
    match scenario.kms.key_store_data_key_weight {
        Some(weight) => given(weight.into()),
        None if scenario.kms.key_store == schema::KeyStore::CloudHsm => {
            tables::cloud_hsm_data_key_weight(day(scenario))
        }
        None => given(1),
    }
}

fn faults(scenario: &Scenario) -> Faults {
    let fault = |it: &schema::Fault| {
        Some(Fault {
            error: match it.error {
                schema::FaultError::KeyUnavailable => Error::KeyUnavailable,
                schema::FaultError::KmsInternal => Error::Internal,
                schema::FaultError::DependencyTimeout => Error::DependencyTimeout,
            },
            share: it.share,
            from: moment_or(scenario, it.from, Time::ZERO)?,
            to: moment_or(scenario, it.to, Time::NEVER)?,
            takes: it.takes.unwrap_or(scenario.kms.refusal_latency).0,
        })
    };
    Faults::new(scenario.kms.faults.iter().filter_map(fault).collect())
}

/// Whether the scenario names a Region of the table of quotas.
pub(crate) fn knows_region(scenario: &Scenario) -> bool {
    tables::regions().any(|it| it == scenario.account.region)
}

/// How KMS limits.
pub(crate) fn limiter(limiter: &schema::Limiter) -> LimiterKind {
    match limiter {
        schema::Limiter::FixedWindow => LimiterKind::FixedWindow,
        schema::Limiter::TokenBucket(it) => LimiterKind::TokenBucket { burst: it.burst },
        schema::Limiter::Tick(it) => LimiterKind::Tick {
            period: it.period.0,
            burst: it.burst,
        },
    }
}

fn other_load(scenario: &Scenario) -> OtherLoad {
    let kms = &scenario.kms;
    let steady = whole(kms.other_load.0);
    let Some(profile) = &kms.other_load_profile else {
        return OtherLoad::steady(steady);
    };
    let run = &scenario.run;
    let end = Time::ZERO + run.warm_up.0 + run.measure.0;
    let point = |it: &schema::ProfilePoint| (Time::ZERO + it.at.0, whole(it.rate.0));
    let points: Vec<_> = profile.points.iter().map(point).collect();
    OtherLoad::through(steady, &points, end.second() + 1)
}
