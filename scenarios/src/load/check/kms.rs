use super::{Check, fleets};
use crate::assemble;
use crate::schema::{KeyStore, KmsKey, Limiter, Scenario};
use crate::units::Rate;
use crate::units::decimal::grouped;
use keystorm_models::kms::OtherLoad;
use keystorm_sim::{NANOS_PER_S, Span, Time};

/// The quota over time, how it is counted, and the other load on it.
pub(super) fn check(scenario: &Scenario, check: &mut Check<'_>) {
    let sound = changes(scenario, check) & profile(scenario, check);
    limiter(scenario, check, sound);
    faults(scenario, check);
    check.whole(
        &["kms", "key-store-quota"],
        scenario.kms.key_store_quota,
        1.0,
        "a positive whole rate such as \"1_800/s\"",
        "AWS documents \"1_800/s\" for each custom key store",
    );
    if scenario.kms.key_store != KeyStore::Kms && scenario.kms.key == KmsKey::AwsManaged {
        check.wrong(
            &["kms", "key-store"],
            "`kms.key-store` is a custom one, but `kms.key` is \"aws-managed\"",
            "AWS creates aws/s3 in KMS and nowhere else; write kms.key = \"customer-managed\"",
        );
    }
}

/// Faults end after they begin, and no more calls fail at a time than there are.
fn faults(scenario: &Scenario, check: &mut Check<'_>) {
    let mut times = Vec::new();
    for (index, fault) in scenario.kms.faults.iter().enumerate() {
        let (Some(from), Some(to)) = (
            assemble::moment_or(scenario, fault.from, Time::ZERO),
            assemble::moment_or(scenario, fault.to, Time::NEVER),
        ) else {
            let message = format!("`kms.faults[{index}]` begins or ends before the run");
            check.wrong(
                &["kms", "faults"],
                message,
                "leave `from` out to begin at t = 0",
            );
            continue;
        };
        if to <= from {
            let message = format!("`kms.faults[{index}]` ends before it begins");
            check.wrong(
                &["kms", "faults"],
                message,
                "such as from = \"10 s\", to = \"20 s\"",
            );
        }
        times.push((from, to, fault.share));
    }
    // The sum can only rise where a fault begins. Shares are decimals: 0.7 + 0.3 is not above 1.
    let sum_at = |at: Time| -> f64 {
        let active = times.iter().filter(|(from, to, _)| *from <= at && at < *to);
        active.map(|(.., share)| share).sum()
    };
    let sums = times.iter().map(|&(from, ..)| sum_at(from));
    let most = sums.fold(0.0, f64::max);
    if most > 1.0 + 1e-9 {
        let message = format!(
            "the shares of `kms.faults` add up to {most:.3} at one time; expected at most 1"
        );
        check.wrong(
            &["kms", "faults"],
            message,
            "each call meets at most one fault; lower a share or let one end earlier",
        );
    }
}

/// Whether all changes can be made.
fn changes(scenario: &Scenario, check: &mut Check<'_>) -> bool {
    let found = check.found.len();
    let length = scenario.run.warm_up.0 + scenario.run.measure.0;
    let mut last = None;
    for (index, change) in scenario.kms.quota_changes.iter().enumerate() {
        let point = format!("[{index}]");
        let path = |key| ["kms", "quota-changes", point.as_str(), key];
        let shown = |key| format!("`kms.quota-changes{point}.{key}`");
        check.whole_as(
            &path("quota"),
            &shown("quota"),
            change.quota,
            1.0,
            "a positive whole rate such as \"20_000/s\"",
            "quotas are per second; divide a per-minute figure by 60",
        );
        let expected = match assemble::moment(scenario, change.at) {
            None => Some("an instant within the run"),
            Some(at) if at.nanos() % NANOS_PER_S != 0 => Some("a whole second"),
            Some(at) if at.nanos() >= length.nanos() => Some("an instant within the run"),
            at if at < last => Some("at least the one before it"),
            at => {
                last = at;
                None
            }
        };
        if let Some(expected) = expected {
            let message = format!("{} is \"{}\"; expected {expected}", shown("at"), change.at);
            let help = "such as \"30 s\", which is since t = 0, or \"2026-11-24T02:00:00Z\"";
            check.wrong(&path("at"), message, help);
        }
    }
    check.found.len() == found
}

/// Whether other load can be counted.
fn profile(scenario: &Scenario, check: &mut Check<'_>) -> bool {
    let Some(profile) = &scenario.kms.other_load_profile else {
        return true;
    };
    let found = check.found.len();
    let path = ["kms", "other-load-profile", "points"];
    if profile.points.is_empty() {
        check.wrong(
            &path,
            "`kms.other-load-profile.points` is empty; expected at least one point",
            "such as points = [{ at = \"0 s\", rate = \"4_000/s\" }]",
        );
    }
    for (index, point) in profile.points.iter().enumerate() {
        let place = format!("[{index}]");
        let shown = format!("`kms.other-load-profile.points{place}.rate`");
        let path = [&path[..], &[place.as_str(), "rate"]].concat();
        let expected = "a whole rate of at most 10M/s";
        let help = "one call in n seconds is not modelled; round it";
        let rate = point.rate;
        if rate.0 > OtherLoad::PROFILE_MAX as f64 {
            check.wrong(
                &path,
                format!("{shown} is \"{rate}\"; expected {expected}"),
                help,
            );
        } else {
            check.whole_as(&path, &shown, rate, 0.0, expected, help);
        }
    }
    let times: Vec<_> = profile.points.iter().map(|point| point.at).collect();
    fleets::in_order(&path, &times, check);
    check.found.len() == found
}

fn limiter(scenario: &Scenario, check: &mut Check<'_>, sound: bool) {
    let kms = &scenario.kms;
    if let Limiter::Tick(tick) = &kms.limiter {
        let path = ["kms", "limiter", "tick", "period"];
        let period = tick.period;
        if !(Span::from_nanos(1)..=Span::from_secs(1)).contains(&period.0) {
            let message = format!(
                "`kms.limiter.tick.period` is \"{period}\"; expected more than 0, at most \"1 s\""
            );
            return check.wrong(&path, message, "such as \"100 ms\"");
        }
        let known = sound && assemble::knows_region(scenario) && whole(kms.request_quota);
        if known
            && let Some(quota) =
                assemble::limiter(&kms.limiter).has_parts(&assemble::quota(scenario))
        {
            let message = format!(
                "`kms.limiter.tick.period` is \"{period}\", in which a quota of {}/s does not add \
                 a whole number of calls",
                grouped(quota)
            );
            check.wrong(&path, message, "such as \"100 ms\"");
        }
    }
    let steady = kms.other_load;
    if kms.limiter != Limiter::FixedWindow && steady.0 > OtherLoad::PROFILE_MAX as f64 {
        check.wrong(
            &["kms", "other-load"],
            format!("`kms.other-load` is \"{steady}\"; expected at most \"10_000_000/s\""),
            "only with limiter = \"fixed-window\" can it be more",
        );
    }
}

/// Whether a quota is one that is counted.
fn whole(quota: Option<Rate>) -> bool {
    quota.is_none_or(|quota| quota.0.fract() == 0.0 && (1.0..=1e12).contains(&quota.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Moment;

    // Goal: a moment is what it says.
    // Method: one of each kind, and one before the run.
    #[test]
    fn moments_are_since_the_start() {
        let text = r#"schema = 1
name = "moments"
run = { start = "2026-11-24T00:00:00Z", measure = "60 s" }
account.region = "eu-west-3"
bucket.encryption = "sse-s3"
[fleets.one]
concurrency = 1
arrivals.poisson = { rate = "1/s" }
operations.get = 1
size.fixed = "1 B"
"#;
        let study = crate::load("test.toml", text, &crate::Overrides::default()).unwrap();
        let scenario = &study.variants[0].scenario;
        let at = |text: &str| {
            let moment: Moment = text.parse().unwrap();
            assemble::moment(scenario, moment).map(|at| at.nanos() / NANOS_PER_S)
        };
        assert_eq!(at("30 s"), Some(30));
        assert_eq!(at("2026-11-24T00:00:45Z"), Some(45));
        assert_eq!(at("2026-11-24T01:00:45+01:00"), Some(45));
        assert_eq!(at("2026-11-23T23:59:59Z"), None);
    }
}
