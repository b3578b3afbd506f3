//! The metrics that a run computes: the vocabulary of conditions and of records.
use keystorm_record::{Better, Operation, Unit};

/// What a metric is called, measured in, and means.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MetricInfo {
    /// Name, a key of a variant's metrics in the record, such as `get.latency.p99`.
    pub name: String,
    /// Unit of its values.
    pub unit: Unit,
    /// Which direction is better; `None` where neither is: a load, or a part of something else.
    pub better: Option<Better>,
    /// What it is, in one line.
    pub meaning: String,
}

/// Name, unit, which direction is better, meaning.
type Row = (&'static str, Unit, Option<Better>, &'static str);

const LESS: Option<Better> = Some(Better::Lower);
const MORE: Option<Better> = Some(Better::Higher);
/// What is asked for, or a part of a sum of which another part may take the place.
const NEITHER: Option<Better> = None;

/// Metrics of each operation; its name (`get`, `upload-part`, …) or `all` and a dot stand before.
const PER_OPERATION: [Row; 20] = [
    (
        "requests",
        Unit::Count,
        NEITHER,
        "requests whose intended start lies in the measured window",
    ),
    (
        "rate",
        Unit::PerSecond,
        NEITHER,
        "those requests per second: the offered load",
    ),
    (
        "throughput",
        Unit::PerSecond,
        MORE,
        "requests that ended ok in the window, per second",
    ),
    (
        "bytes-rate",
        Unit::BytesPerSecond,
        MORE,
        "bytes of objects of requests that ended ok in the window, per second",
    ),
    (
        "ok-share",
        Unit::Share,
        MORE,
        "requests that ended ok / requests",
    ),
    (
        "throttled-share",
        Unit::Share,
        LESS,
        "requests given up after throttles / requests",
    ),
    (
        "denied-share",
        Unit::Share,
        LESS,
        "requests denied by a policy or a blocked encryption / requests",
    ),
    (
        "rejected-share",
        Unit::Share,
        LESS,
        "requests malformed for their encryption mode / requests",
    ),
    (
        "failed-share",
        Unit::Share,
        LESS,
        "requests ended by a fault or a time-out / requests",
    ),
    (
        "unfinished-share",
        Unit::Share,
        LESS,
        "requests not ended when the simulation did / requests",
    ),
    (
        "retried-share",
        Unit::Share,
        LESS,
        "requests that tried some call again / requests",
    ),
    (
        "attempts",
        Unit::Count,
        LESS,
        "attempts on the wire per request",
    ),
    (
        "attempts-throttled-share",
        Unit::Share,
        LESS,
        "attempts refused for the KMS quota or a prefix's rate / attempts",
    ),
    (
        "attempts-throttled-kms-share",
        Unit::Share,
        LESS,
        "attempts refused for the KMS quota / attempts",
    ),
    (
        "attempts-throttled-prefix-share",
        Unit::Share,
        LESS,
        "attempts refused for the request rate of a prefix of S3 / attempts",
    ),
    (
        "latency.mean",
        Unit::Seconds,
        LESS,
        "mean latency of ok requests, from the intended start",
    ),
    (
        "latency.p50",
        Unit::Seconds,
        LESS,
        "latency that half of the ok requests stay below",
    ),
    (
        "latency.p90",
        Unit::Seconds,
        LESS,
        "latency that 90 % of the ok requests stay below",
    ),
    (
        "latency.p99",
        Unit::Seconds,
        LESS,
        "latency that 99 % of the ok requests stay below",
    ),
    (
        "latency.p99.9",
        Unit::Seconds,
        LESS,
        "latency that 99.9 % of the ok requests stay below",
    ),
];

/// Operations over which the metrics above are taken, and all of them together.
fn operations() -> impl Iterator<Item = (&'static str, &'static str)> {
    let each = Operation::ALL.into_iter().map(|it| (it.id(), it.label()));
    each.chain([("all", "every operation")])
}

/// Metrics of the whole variant.
const OF_VARIANT: [Row; 35] = [
    (
        "kms.calls",
        Unit::PerSecond,
        LESS,
        "mean rate of KMS calls of the simulated fleets, refused ones included",
    ),
    (
        "kms.calls.generate-data-key",
        Unit::PerSecond,
        NEITHER,
        "the GenerateDataKey calls among kms.calls",
    ),
    (
        "kms.calls.decrypt",
        Unit::PerSecond,
        NEITHER,
        "the Decrypt calls among kms.calls",
    ),
    (
        "kms.calls.encrypt",
        Unit::PerSecond,
        NEITHER,
        "the Encrypt calls among kms.calls",
    ),
    (
        "kms.calls.peak-second",
        Unit::PerSecond,
        LESS,
        "most KMS calls in one clock second, other load and refused calls included",
    ),
    (
        "kms.calls.peak-minute",
        Unit::PerSecond,
        LESS,
        "mean rate of the busiest clock minute, as CloudWatch's CallCount shows it",
    ),
    (
        "kms.demand.peak-second",
        Unit::PerSecond,
        LESS,
        "most KMS calls in one second made for first attempts, other load included",
    ),
    (
        "kms.throttled-share",
        Unit::Share,
        LESS,
        "refused KMS calls of the fleets / their calls; 0 without calls",
    ),
    (
        "kms.throttled-share.key-store",
        Unit::Share,
        LESS,
        "KMS calls of the fleets that a custom key store refuses for its quota / their calls",
    ),
    (
        "kms.failed-share",
        Unit::Share,
        LESS,
        "KMS calls of the fleets that end in a fault or a key store's time-out / their calls",
    ),
    (
        "kms.throttled-time",
        Unit::Seconds,
        LESS,
        "seconds in which KMS refused at least one call",
    ),
    (
        "kms.utilisation",
        Unit::Share,
        LESS,
        "mean rate of KMS calls, other load and refused included / mean quota; can exceed 1",
    ),
    (
        "kms.utilisation.peak-second",
        Unit::Share,
        LESS,
        "most of calls / quota in one clock second, as kms.calls.peak-second; can exceed 1",
    ),
    (
        "kms.utilisation.peak-minute",
        Unit::Share,
        LESS,
        "kms.calls.peak-minute / mean quota of the run; can exceed 1",
    ),
    (
        "kms.headroom",
        Unit::Share,
        MORE,
        "1 - most that first attempts ask of the quota in a second; negative if it is too much",
    ),
    (
        "other-accounts.kms.calls",
        Unit::PerSecond,
        LESS,
        "mean rate of KMS calls of the fleets of other accounts; kms.* is the bucket's account",
    ),
    (
        "other-accounts.kms.throttled-share",
        Unit::Share,
        LESS,
        "calls refused for a quota / calls, of the fleets of other accounts",
    ),
    (
        "other-accounts.kms.headroom",
        Unit::Share,
        MORE,
        "kms.headroom of the other account that has least",
    ),
    (
        "s3.throttled-time",
        Unit::Seconds,
        LESS,
        "seconds in which a prefix of S3 refused at least one request for its rate",
    ),
    (
        "completion",
        Unit::Seconds,
        LESS,
        "time from t = 0 until jobs are done and workers with a number of calls have made them",
    ),
    (
        "job.failed-share",
        Unit::Share,
        LESS,
        "jobs that a task ended which failed too often / jobs",
    ),
    (
        "job.task-failures",
        Unit::Count,
        LESS,
        "times that a task of a job failed, whether it was tried again or not",
    ),
    (
        "client.core-utilisation",
        Unit::Share,
        NEITHER,
        "time in which the clients' cores are busy / all their time",
    ),
    (
        "client.core-demand",
        Unit::Share,
        LESS,
        "core time that client-side encryption asks for / all time of the cores",
    ),
    (
        "client.core-hours-per-tb",
        Unit::CoreHours,
        LESS,
        "core time per 10^12 bytes encrypted or decrypted in the client",
    ),
    (
        "client.cost-per-tb",
        Unit::Usd,
        LESS,
        "price of that core time, if the scenario gives clients.core-price",
    ),
    (
        "client.core-demand.tls",
        Unit::Share,
        LESS,
        "core time that TLS handshakes ask for / all time of the cores",
    ),
    (
        "client.connections.opened",
        Unit::PerSecond,
        LESS,
        "connections set up per second, those to KMS included where it is asked over connections",
    ),
    (
        "client.connections.resumed-share",
        Unit::Share,
        MORE,
        "handshakes that resume the TLS session of an earlier connection / handshakes",
    ),
    (
        "client.time-outs",
        Unit::PerSecond,
        LESS,
        "attempts per second that the client's connect or read time-out ends",
    ),
    (
        "client.keys.cached-share",
        Unit::Share,
        MORE,
        "keys for client-side encryption that the client had / those it needed",
    ),
    (
        "client.keys.waited-share",
        Unit::Share,
        LESS,
        "keys that a request waited for as another had asked for the same / those needed",
    ),
    (
        "cost.hour",
        Unit::Usd,
        LESS,
        "all costs per hour of this load, free tier not deducted",
    ),
    (
        "cost.run",
        Unit::Usd,
        LESS,
        "all costs of the measured window, free tier not deducted: of a job, what it costs",
    ),
    (
        "cost.month",
        Unit::Usd,
        LESS,
        "all costs per month of 730 h of this load, free tier deducted",
    ),
];

/// Every metric, in the order of reports: each operation, all, KMS, cores, cost.
#[must_use]
pub fn metrics() -> Vec<MetricInfo> {
    let per_operation = operations().flat_map(|(id, label)| {
        PER_OPERATION
            .iter()
            .map(move |(name, unit, better, meaning)| MetricInfo {
                name: format!("{id}.{name}"),
                unit: *unit,
                better: *better,
                meaning: format!("{label}: {meaning}"),
            })
    });
    let of_variant = OF_VARIANT
        .iter()
        .map(|(name, unit, better, meaning)| MetricInfo {
            name: (*name).to_owned(),
            unit: *unit,
            better: *better,
            meaning: (*meaning).to_owned(),
        });
    per_operation.chain(of_variant).collect()
}

/// The metric called `name`.
#[must_use]
pub fn metric(name: &str) -> Option<MetricInfo> {
    metrics().into_iter().find(|metric| metric.name == name)
}

#[cfg(test)]
mod tests;
