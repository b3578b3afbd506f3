//! Figures of a replication, and their intervals over replications.
use crate::assemble::{Assembly, OtherAccount};
use crate::catalogue::MetricInfo;
use crate::costs;
use crate::expect::Condition;
use crate::replication::Finished;
use keystorm_record::{
    Class, ClassCounts, Expectation, Histogram, Int, KmsCounts, Metric, Operation, Replication,
    Series, TimeParts,
};
use keystorm_sim::stats::Interval;
use keystorm_sim::{NANOS_PER_S, Span};
use std::collections::BTreeMap;

/// Confidence of the intervals in a record.
const CONFIDENCE: f64 = 0.95;

/// Values of a replication by name; `None` where one is undefined.
type Values = BTreeMap<String, Option<f64>>;

/// The quota's use in the busiest second: calls / quota of that second.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peaks {
    /// Of all calls.
    pub(crate) all: f64,
    /// Of first attempts.
    pub(crate) first: f64,
}

/// Every metric of the catalogue, of one replication.
pub(crate) fn of_replication(
    assembly: &Assembly,
    replication: &Replication,
    classes: &[Class],
    series: &Series,
    peaks: Peaks,
) -> Values {
    let mut values = Values::new();
    let present = |operation: Operation| classes.iter().any(|it| it.operation == operation);
    let operations = Operation::ALL.into_iter().filter(|&it| present(it));
    let scopes = operations.map(|it| (it.id(), Some(it)));
    for (scope, operation) in scopes.chain([("all", None)]) {
        let mut counts = ClassCounts::default();
        let mut latency = Histogram::new();
        let mut time = TimeParts::default();
        for (class, of_class) in classes.iter().zip(&replication.classes) {
            if operation.is_none_or(|operation| operation == class.operation) {
                counts.add(of_class);
                latency.add(&class.latency);
                time.add(&class.time);
            }
        }
        let seconds = seconds(replication);
        for (name, value) in of_requests(&counts, seconds)
            .into_iter()
            .chain(of_latency(&latency, &time))
        {
            values.insert(format!("{scope}.{name}"), value);
        }
    }
    values.extend(of_kms(assembly, replication, peaks));
    values.extend(of_other_accounts(assembly, replication));
    if let Some(completion) = replication.completion_ns {
        let seconds = completion.as_f64() / NANOS_PER_S as f64;
        values.insert("completion".to_owned(), Some(seconds));
    }
    values.extend(of_jobs(replication));
    values.extend(of_cores(assembly, replication));
    values.extend(of_keys(replication));
    values.extend(of_connections(replication));
    values.insert(
        "s3.throttled-time".to_owned(),
        prefix_time(assembly, series),
    );
    let costs = costs::of_replication(assembly, replication);
    let sum = |of: fn(&keystorm_record::Cost) -> f64| Some(costs.iter().map(of).sum());
    let hour = sum(|cost| cost.usd_per_hour);
    let hours = seconds(replication) / 3_600.0;
    values.insert("cost.run".to_owned(), hour.map(|it| it * hours));
    values.insert("cost.hour".to_owned(), hour);
    values.insert("cost.month".to_owned(), sum(|cost| cost.usd_per_month));
    values
}

fn seconds(replication: &Replication) -> f64 {
    replication.measured_ns.as_f64() / NANOS_PER_S as f64
}

fn ratio(part: Int, whole: Int) -> Option<f64> {
    (whole.0 > 0).then(|| part.as_f64() / whole.as_f64())
}

fn of_requests(counts: &ClassCounts, seconds: f64) -> [(&'static str, Option<f64>); 15] {
    let share = |part| ratio(part, counts.requests);
    let per_second = |count: Int| Some(count.as_f64() / seconds);
    let throttled = counts.attempts_throttled_kms + counts.attempts_throttled_s3;
    [
        ("requests", Some(counts.requests.as_f64())),
        ("rate", per_second(counts.requests)),
        ("throughput", per_second(counts.completed)),
        ("bytes-rate", per_second(counts.bytes_completed)),
        ("ok-share", share(counts.ok)),
        ("throttled-share", share(counts.throttled)),
        ("denied-share", share(counts.denied)),
        ("rejected-share", share(counts.rejected)),
        ("failed-share", share(counts.failed)),
        ("unfinished-share", share(counts.unfinished)),
        ("retried-share", share(counts.retried)),
        ("attempts", share(counts.attempts)),
        (
            "attempts-throttled-share",
            ratio(throttled, counts.attempts),
        ),
        (
            "attempts-throttled-kms-share",
            ratio(counts.attempts_throttled_kms, counts.attempts),
        ),
        (
            "attempts-throttled-prefix-share",
            ratio(counts.attempts_throttled_s3, counts.attempts),
        ),
    ]
}

/// Quantiles from the histogram, within its three digits; the mean from the exact sums.
fn of_latency(latency: &Histogram, time: &TimeParts) -> [(&'static str, Option<f64>); 5] {
    let seconds = |nanos: f64| nanos / NANOS_PER_S as f64;
    let at = |quantile| {
        latency
            .quantile_ns(quantile)
            .map(|nanos| seconds(nanos as f64))
    };
    let count = latency.count() as f64;
    let mean = (count > 0.0).then(|| seconds(time.total_ns().as_f64() / count));
    [
        ("latency.mean", mean),
        ("latency.p50", at(0.5)),
        ("latency.p90", at(0.9)),
        ("latency.p99", at(0.99)),
        ("latency.p99.9", at(0.999)),
    ]
}

fn of_kms(assembly: &Assembly, replication: &Replication, peaks: Peaks) -> Values {
    let kms = &replication.kms;
    let end = assembly.warm_up + Span::from_nanos(replication.measured_ns.0);
    let quota = assembly.kms.quota.mean(assembly.warm_up, end);
    let seconds = seconds(replication);
    let own = kms.calls();
    let calls = (own + kms.other).as_f64() / seconds;
    // A window shorter than one clock second has no second to speak of.
    let whole = kms.peak_minute_seconds.0 > 0;
    let peak_second = whole.then(|| kms.peak_second.as_f64());
    let peak_first = whole.then(|| kms.peak_second_first.as_f64());
    let peak_minute = ratio(kms.peak_minute, kms.peak_minute_seconds);
    let values = [
        ("kms.calls", Some(own.as_f64() / seconds)),
        (
            "kms.calls.generate-data-key",
            Some(kms.generate_data_key.as_f64() / seconds),
        ),
        ("kms.calls.decrypt", Some(kms.decrypt.as_f64() / seconds)),
        ("kms.calls.encrypt", Some(kms.encrypt.as_f64() / seconds)),
        ("kms.calls.peak-second", peak_second),
        ("kms.calls.peak-minute", peak_minute),
        ("kms.demand.peak-second", peak_first),
        // Who never calls is never refused: a condition on it holds for every mode.
        (
            "kms.throttled-share",
            Some(ratio(kms.refused, own).unwrap_or(0.0)),
        ),
        (
            "kms.throttled-share.key-store",
            kms.refused_key_store
                .map(|refused| ratio(refused, own).unwrap_or(0.0)),
        ),
        (
            "kms.failed-share",
            kms.failed.map(|failed| ratio(failed, own).unwrap_or(0.0)),
        ),
        (
            "kms.throttled-time",
            whole.then(|| kms.refusing_seconds.as_f64()),
        ),
        ("kms.utilisation", Some(calls / quota)),
        (
            "kms.utilisation.peak-second",
            peak_second.map(|_| peaks.all),
        ),
        (
            "kms.utilisation.peak-minute",
            peak_minute.map(|calls| calls / quota),
        ),
        ("kms.headroom", peak_first.map(|_| 1.0 - peaks.first)),
    ];
    values
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// What becomes of the calls of further accounts, all together; of the tightest quota.
fn of_other_accounts(assembly: &Assembly, replication: &Replication) -> Values {
    let counts = &replication.other_accounts;
    if counts.is_empty() {
        return Values::new();
    }
    let calls = counts.iter().fold(Int(0), |sum, it| sum + it.calls());
    let refused = counts.iter().fold(Int(0), |sum, it| sum + it.refused);
    let accounts = assembly.kms.other_accounts.iter();
    let headroom = |(account, it): (&OtherAccount, &KmsCounts)| {
        // By the quota at its least: AWS's defaults seldom change within a run.
        let quota = account.quota.least(0, assembly.horizon.second() + 1);
        let whole = it.peak_minute_seconds.0 > 0;
        whole.then(|| 1.0 - it.peak_second_first.as_f64() / quota as f64)
    };
    let headrooms: Option<Vec<f64>> = accounts.zip(counts).map(headroom).collect();
    [
        (
            "other-accounts.kms.calls",
            Some(calls.as_f64() / seconds(replication)),
        ),
        (
            "other-accounts.kms.throttled-share",
            Some(ratio(refused, calls).unwrap_or(0.0)),
        ),
        (
            "other-accounts.kms.headroom",
            headrooms.map(|it| it.into_iter().fold(1.0, f64::min)),
        ),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// Whole seconds of the window in which a prefix refused a request; `None` if it has no whole one.
fn prefix_time(assembly: &Assembly, series: &Series) -> Option<f64> {
    let index = |nanos: u64| usize::try_from(nanos).expect("checked: at most 31 days");
    let from = index(assembly.warm_up.nanos().div_ceil(NANOS_PER_S));
    let to = index(assembly.horizon.nanos() / NANOS_PER_S).min(series.s3_refused.len());
    let seconds = series
        .s3_refused
        .get(from..to)
        .filter(|it| !it.is_empty())?;
    Some(seconds.iter().filter(|it| it.0 > 0).count() as f64)
}

fn of_jobs(replication: &Replication) -> Values {
    let jobs = &replication.jobs;
    if jobs.is_empty() {
        return Values::new();
    }
    let failed = jobs.iter().filter(|it| it.failed_ns.is_some()).count() as f64;
    let failures = jobs.iter().map(|it| it.task_failures.as_f64()).sum();
    let values = [
        ("job.failed-share", failed / jobs.len() as f64),
        ("job.task-failures", failures),
    ];
    let named = values.map(|(name, value)| (name.to_owned(), Some(value)));
    named.into_iter().collect()
}

/// Hours of a core per 10^12 bytes, of nanoseconds per byte.
const CORE_HOURS_PER_TB: f64 = 1e12 / (3_600.0 * NANOS_PER_S as f64);

fn of_cores(assembly: &Assembly, replication: &Replication) -> Values {
    let Some(cores) = &replication.client_cores else {
        return Values::new();
    };
    let time = cores.cores.as_f64() * replication.measured_ns.as_f64();
    let hours = (cores.bytes.0 > 0)
        .then(|| cores.work_ns.as_f64() / cores.bytes.as_f64() * CORE_HOURS_PER_TB);
    let price = assembly.client.core_price;
    let values = [
        (
            "client.core-utilisation",
            Some(cores.busy_ns.as_f64() / time),
        ),
        ("client.core-demand", Some(cores.work_ns.as_f64() / time)),
        ("client.core-hours-per-tb", hours),
        (
            "client.cost-per-tb",
            hours.zip(price).map(|(hours, price)| hours * price),
        ),
    ];
    values
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// Where clients keep keys.
fn of_keys(replication: &Replication) -> Values {
    let Some(keys) = &replication.client_keys else {
        return Values::new();
    };
    [
        ("client.keys.cached-share", ratio(keys.cached, keys.wanted)),
        ("client.keys.waited-share", ratio(keys.waited, keys.wanted)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// Where more counts of connections than the round trips that they take.
fn of_connections(replication: &Replication) -> Values {
    let Some(found) = &replication.client_connections else {
        return Values::new();
    };
    let seconds = seconds(replication);
    let handshakes = found.full_handshakes + found.resumed_handshakes;
    let cores = replication.client_cores.filter(|_| handshakes.0 > 0);
    let demand = cores.map(|it| {
        found.handshake_ns.as_f64() / (it.cores.as_f64() * replication.measured_ns.as_f64())
    });
    let timeouts = found.connect_timeouts + found.read_timeouts;
    [
        (
            "client.connections.opened",
            Some(found.opened.as_f64() / seconds),
        ),
        (
            "client.connections.resumed-share",
            ratio(found.resumed_handshakes, handshakes),
        ),
        ("client.core-demand.tls", demand),
        ("client.time-outs", Some(timeouts.as_f64() / seconds)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// Metrics of a variant from the values of its replications; those that are undefined in every
/// replication are left out.
pub(crate) fn over_replications(finished: &[Finished]) -> BTreeMap<String, Metric> {
    let of = |info: MetricInfo| {
        let value = |it: &Finished| it.metrics.get(&info.name).copied().flatten();
        let values = finished.iter().map(value).collect();
        Some((info.name.clone(), metric(&info, values)?))
    };
    crate::catalogue::metrics()
        .into_iter()
        .filter_map(of)
        .collect()
}

fn metric(info: &MetricInfo, values: Vec<Option<f64>>) -> Option<Metric> {
    let defined: Vec<f64> = values.iter().copied().flatten().collect();
    let first = *defined.first()?;
    let interval = Interval::of(&defined, CONFIDENCE);
    Some(Metric {
        unit: info.unit,
        better: info.better,
        mean: interval.map_or(first, |it| it.mean),
        low: interval.map(|it| it.mean - it.half_width),
        high: interval.map(|it| it.mean + it.half_width),
        values,
    })
}

/// Whether each condition holds.
pub(crate) fn expectations(
    conditions: &[Condition],
    metrics: &BTreeMap<String, Metric>,
) -> Vec<Expectation> {
    let judge = |condition: &Condition| {
        let metric = metrics.get(&condition.metric);
        let value = metric.map(|metric| metric.mean);
        let holding = metric.map_or(0, |metric| {
            metric
                .values
                .iter()
                .flatten()
                .filter(|&&value| condition.holds(value))
                .count()
        });
        Expectation {
            condition: condition.to_string(),
            metric: condition.metric.clone(),
            value,
            holds: value.is_some_and(|value| condition.holds(value)),
            holding_replications: Int(holding as u64),
        }
    };
    conditions.iter().map(judge).collect()
}
