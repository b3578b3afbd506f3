use super::Check;
use crate::load::examples;
use crate::schema::{Arrivals, Fleet, Latency, QuantilePoint, Scenario, Splitting};
use crate::units::Duration;
use jiff::Timestamp;
use keystorm_sim::Span;

/// Longest simulated time, 31 days.
const LENGTH_MAX: Duration = Duration(Span::from_secs(31 * 86_400));
/// Instants between which quotas and prices can be meant: S3 opened in 2006.
const STARTS: (&str, &str) = ("2006-03-14T00:00:00Z", "2100-01-01T00:00:00Z");

/// Instants, lengths and distributions of time.
pub(super) fn check(scenario: &Scenario, check: &mut Check<'_>) {
    let run = &scenario.run;
    let (from, to) = STARTS;
    let limit = |text: &str| text.parse::<Timestamp>().expect("a constant of ours");
    if !(limit(from)..=limit(to)).contains(&run.start.0) {
        let message = format!("`run.start` is \"{}\"; expected {from} to {to}", run.start);
        check.wrong(
            &["run", "start"],
            message,
            "the quotas and prices of that day apply",
        );
    }
    if run.start.0.subsec_nanosecond() != 0 {
        let message = format!("`run.start` is \"{}\"; expected a whole second", run.start);
        check.wrong(
            &["run", "start"],
            message,
            "KMS counts by the clock's seconds, and so does the run",
        );
    }
    if run.measure.0 == Span::ZERO {
        let message = "`run.measure` is \"0 s\"; expected more than 0, such as \"60 s\"";
        check.wrong(&["run", "measure"], message, "nothing would be measured");
    }
    warm_up(scenario, check);
    let total = run.measure.0.nanos().saturating_add(run.warm_up.0.nanos());
    if total > LENGTH_MAX.0.nanos() {
        let message = format!(
            "the simulated time, warm-up \"{}\" and measure \"{}\", exceeds 31 days",
            run.warm_up, run.measure
        );
        let longer = if run.warm_up > run.measure {
            "warm-up"
        } else {
            "measure"
        };
        check.wrong(
            &["run", longer],
            message,
            "a busy hour usually tells as much as a month",
        );
    }
    if scenario.bucket.bucket_key_cache.lifetime.0 == Span::ZERO {
        check.wrong(
            &["bucket", "bucket-key-cache", "lifetime"],
            "`bucket.bucket-key-cache.lifetime` is \"0 s\"; expected more than 0",
            "a Bucket Key that is never kept is bucket-key = false",
        );
    }
    if scenario.bucket.bucket_key_cache.write_lifetime == Some(Duration(Span::ZERO)) {
        check.wrong(
            &["bucket", "bucket-key-cache", "write-lifetime"],
            "`bucket.bucket-key-cache.write-lifetime` is \"0 s\"; expected more than 0",
            "leave it out for the same time as `lifetime`",
        );
    }
    if let Splitting::ByHeat(times) = scenario.s3.splitting {
        for (key, time) in [
            ("until-split", times.until_split),
            ("until-merge", times.until_merge),
        ] {
            if time.0 < Span::from_secs(1) {
                let path = ["s3", "splitting", "by-heat", key];
                let message = format!(
                    "`{}` is \"{time}\"; expected at least \"1 s\"",
                    path.join(".")
                );
                check.wrong(&path, message, "prefixes are looked at once a second");
            }
        }
    }
    latency(&["kms", "latency"], Some(&scenario.kms.latency), check);
    latency(
        &["kms", "key-store-proxy-latency"],
        Some(&scenario.kms.key_store_proxy_latency),
        check,
    );
    latency(
        &["s3", "get-first-byte"],
        scenario.s3.get_first_byte.as_ref(),
        check,
    );
    latency(
        &["s3", "put-first-byte"],
        scenario.s3.put_first_byte.as_ref(),
        check,
    );
}

/// What has an end is measured from its beginning.
fn warm_up(scenario: &Scenario, check: &mut Check<'_>) {
    let run = &scenario.run;
    let stops = |(_, fleet): &(&String, &Fleet)| fleet.stops();
    if run.warm_up.0 > Span::ZERO
        && let Some((fleet, what)) = scenario.fleets.iter().find(stops)
    {
        let (warm_up, path) = (run.warm_up, shown(&["fleets", fleet]));
        let message = if matches!(what.arrivals, Arrivals::Job(_)) {
            format!("`run.warm-up` is \"{warm_up}\", but `{path}` is a job; expected \"0 s\"")
        } else {
            format!(
                "`run.warm-up` is \"{warm_up}\", but the workers of `{path}` begin at t = 0 and \
                 make a number of `calls`; expected \"0 s\""
            )
        };
        check.wrong(
            &["run", "warm-up"],
            message,
            "the beginning belongs to such a job",
        );
    }
}

pub(super) fn latency(path: &[&str], latency: Option<&Latency>, check: &mut Check<'_>) {
    match latency {
        Some(Latency::Lognormal(parameters)) if parameters.median.0 == Span::ZERO => {
            let path = [path, &["lognormal", "median"]].concat();
            let message = format!(
                "`{}` is \"0 s\"; expected more than 0, such as \"5 ms\"",
                shown(&path)
            );
            check.wrong(&path, message, "");
        }
        Some(Latency::Quantiles(points)) => {
            quantiles(&[path, &["quantiles"]].concat(), points, check);
        }
        _ => {}
    }
}

/// A path for people.
fn shown(path: &[&str]) -> String {
    let keys: Vec<String> = path.iter().map(|&key| key.to_owned()).collect();
    examples::path(&keys)
}

fn quantiles(path: &[&str], points: &[QuantilePoint], check: &mut Check<'_>) {
    const HELP: &str = "such as [{ at = 0.0, time = \"2 ms\" }, { at = 1.0, time = \"90 ms\" }]";
    let shown = shown(path);
    let ends = match points {
        [first, .., last] => first.at <= 0.0 && last.at >= 1.0,
        _ => false,
    };
    if !ends {
        let message = format!(
            "`{shown}` does not run from 0 to 1; expected its first point at 0.0 and its last at \
             1.0"
        );
        check.wrong(path, message, HELP);
    }
    for (index, pair) in points.windows(2).enumerate() {
        let point = format!("[{}]", index + 1);
        if pair[1].at <= pair[0].at {
            let message = format!(
                "`{shown}{point}.at` is {}; expected more than {}, the one before it",
                pair[1].at, pair[0].at
            );
            let path = [path, &[point.as_str(), "at"]].concat();
            check.wrong(
                &path,
                message,
                "put the points in the order of their quantiles",
            );
        }
        if pair[1].time < pair[0].time {
            let message = format!(
                "`{shown}{point}.time` is \"{}\"; expected at least \"{}\", the one before it",
                pair[1].time, pair[0].time
            );
            let path = [path, &[point.as_str(), "time"]].concat();
            check.wrong(&path, message, "a higher quantile is never a shorter time");
        }
    }
}
