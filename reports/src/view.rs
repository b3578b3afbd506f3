//! What the figures, tables and words need of a record, gathered from its classes and series.
use crate::clock::Clock;
use crate::number::per_second;
use keystorm_record::{
    Certainty, ClassCounts, Fact, Histogram, Int, Metric, Mode, Operation, QuotaChange, Record,
    Series, TimeParts, Variant,
};

/// A metric of a variant.
pub(crate) fn metric<'a>(variant: &'a Variant, name: &str) -> Option<&'a Metric> {
    variant.metrics.get(name)
}

/// Mean of a metric.
pub(crate) fn mean(variant: &Variant, name: &str) -> Option<f64> {
    metric(variant, name).map(|m| m.mean)
}

/// Mean of a metric that counts something; 0 if it is not in the record.
pub(crate) fn amount(variant: &Variant, name: &str) -> f64 {
    mean(variant, name).unwrap_or(0.0)
}

/// Counts of an operation (`None`: all) over fleets and replications.
pub(crate) fn counts(variant: &Variant, operation: Option<Operation>) -> ClassCounts {
    let mut sum = ClassCounts::default();
    for replication in &variant.replications {
        for (class, counts) in variant.classes.iter().zip(&replication.classes) {
            if operation.is_none_or(|o| o == class.operation) {
                sum.add(counts);
            }
        }
    }
    sum
}

/// The KMS quota in words, with its changes: `10,000/s, from 02:00:10 on 20,000/s`.
pub(crate) fn quota(record: &Record, variant: &Variant) -> String {
    let clock = Clock::of(record);
    let first = per_second(variant.setup.kms_quota_per_s.as_f64());
    let change = |change: &QuotaChange| {
        let quota = per_second(change.quota_per_s.as_f64());
        format!(", from {} on {quota}", clock.at(change.second.0))
    };
    let changes = variant.setup.kms_quota_changes.iter().map(change);
    [first].into_iter().chain(changes).collect()
}

/// Whether a custom key store refuses at least as many calls as the account's quota.
pub(crate) fn store_throttles(variant: &Variant) -> bool {
    let by_store = amount(variant, "kms.throttled-share.key-store");
    by_store > 0.0 && 2.0 * by_store >= amount(variant, "kms.throttled-share")
}

/// What the custom key store is, if the keys are in one.
pub(crate) fn key_store(variant: &Variant) -> Option<&'static str> {
    let store = variant.resolved.pointer("/kms/key-store")?.as_str()?;
    match store {
        "cloud-hsm" => Some("CloudHSM key store"),
        "external" => Some("external key store"),
        _ => None,
    }
}

/// The second in which first attempts and other load together ask for most of the quota; 0 if there
/// is none.
pub(crate) fn busiest_second(variant: &Variant) -> usize {
    let series = &variant.series;
    let share = |second: usize| {
        let calls = series.kms_first_calls[second].0 + series.kms_other_calls[second].0;
        calls as f64 / variant.setup.kms_quota_at(second as u64).as_f64().max(1.0)
    };
    let columns = [&series.kms_first_calls, &series.kms_other_calls];
    let seconds = columns.map(Vec::len).into_iter().min().unwrap_or(0);
    (0..seconds)
        .max_by(|&a, &b| share(a).total_cmp(&share(b)))
        .unwrap_or(0)
}

/// Calls of the account's other load in that second.
pub(crate) fn other_load(variant: &Variant) -> f64 {
    let series = &variant.series;
    let calls = series.kms_other_calls.get(busiest_second(variant));
    calls.map_or(0.0, |it| it.as_f64()) / f64::from(series.replications.max(1))
}

/// Least and most calls of the other load in a whole second.
pub(crate) fn other_load_range(variant: &Variant) -> (f64, f64) {
    let series = &variant.series;
    let most = variant.setup.kms_other_load_per_s.as_f64();
    // The last second may be a part of one.
    let seconds = series.kms_other_calls.len().saturating_sub(1);
    let calls = series.kms_other_calls[..seconds]
        .iter()
        .map(|it| it.as_f64());
    let least = calls.fold(f64::INFINITY, f64::min) / f64::from(series.replications.max(1));
    (least.min(most), most)
}

/// A part as a share of a whole; 0 of nothing is 0.
pub(crate) fn ratio(part: Int, whole: Int) -> f64 {
    if whole.0 == 0 {
        0.0
    } else {
        part.as_f64() / whole.as_f64()
    }
}

/// Latencies of an operation over fleets and replications.
pub(crate) fn latency(variant: &Variant, operation: Operation) -> Histogram {
    let mut sum = Histogram::new();
    for class in variant.classes.iter().filter(|c| c.operation == operation) {
        sum.add(&class.latency);
    }
    sum
}

/// Where the time of an operation's requests went, and how many there are.
pub(crate) fn time(variant: &Variant, operation: Operation) -> (TimeParts, u64) {
    let mut sum = TimeParts::default();
    let mut requests = 0;
    for class in variant.classes.iter().filter(|c| c.operation == operation) {
        sum.add(&class.time);
        requests += class.latency.count();
    }
    (sum, requests)
}

/// Requests that must be slower than a percentile for it to be told.
const BEYOND_MIN: f64 = 10.0;

/// Requests from whose parts it can be told what one of their latency consists of.
const ALIKE_MIN: u64 = 30;

/// Latency at a quantile \[s\], if enough requests are slower.
pub(crate) fn at_quantile(histogram: &Histogram, quantile: f64) -> Option<f64> {
    let beyond = histogram.count() as f64 * (1.0 - quantile);
    // 1 - 0.999 is a little less than 0.001: a rounding error must not cost the row.
    (beyond >= BEYOND_MIN * 0.999_999)
        .then(|| histogram.quantile_ns(quantile).map(|ns| ns as f64 / 1e9))
        .flatten()
}

/// What a request of an operation consists of whose latency is at a quantile \[s\]: mean parts of
/// the requests in the band of that latency, in the order of [`TimeParts::named`], scaled to it.
///
/// `None` if too few requests are slower, or if the record has no bands.
pub(crate) fn time_at(variant: &Variant, operation: Operation, quantile: f64) -> Option<[f64; 9]> {
    let latency = at_quantile(&latency(variant, operation), quantile)?;
    let classes = variant.classes.iter().filter(|c| c.operation == operation);
    let mut bands: Vec<_> = classes.flat_map(|class| &class.bands).collect();
    bands.sort_by_key(|band| band.from_ns);
    let is_above = |from: Int| from.as_f64() / 1e9 > latency;
    let next = bands.partition_point(|band| !is_above(band.from_ns));
    let from = bands[next.checked_sub(1)?].from_ns;
    let mut first = bands.partition_point(|band| band.from_ns < from);
    let mut end = next;
    // Where the band has few requests, its neighbours join it.
    while bands[first..end]
        .iter()
        .map(|it| it.requests.0)
        .sum::<u64>()
        < ALIKE_MIN
    {
        if first == 0 && end == bands.len() {
            break;
        }
        first = first.saturating_sub(1);
        end = (end + 1).min(bands.len());
    }
    let mut sum = TimeParts::default();
    for band in &bands[first..end] {
        sum.add(&band.time());
    }
    let total = sum.total_ns().as_f64();
    (total > 0.0).then(|| sum.named().map(|(_, part)| part.as_f64() / total * latency))
}

/// Operations that occur in the record: first those of the baseline, GET before PUT before the
/// others, of which the most frequent come first.
pub(crate) fn operations(record: &Record) -> Vec<Operation> {
    let requests = |variant: &Variant, it| counts(variant, Some(it)).requests.0;
    let mut found: Vec<_> = Operation::ALL
        .into_iter()
        .filter(|&it| record.variants.iter().any(|v| requests(v, it) > 0))
        .collect();
    found.sort_by_key(|&it| {
        let of_baseline = record.variants.first().map_or(0, |v| requests(v, it));
        (of_baseline == 0, rank(it, of_baseline))
    });
    found
}

/// The operation that a variant is told by: GET, or PUT, or the one that is asked for most.
pub(crate) fn main_operation(variant: &Variant) -> Option<Operation> {
    let requests = |it| counts(variant, Some(it)).requests.0;
    let found = Operation::ALL.into_iter().filter(|&it| requests(it) > 0);
    found.min_by_key(|&it| rank(it, requests(it)))
}

/// Where an operation stands that is asked for so often.
fn rank(operation: Operation, requests: u64) -> (usize, std::cmp::Reverse<u64>) {
    match operation {
        Operation::Get => (0, std::cmp::Reverse(0)),
        Operation::Put => (1, std::cmp::Reverse(0)),
        _ => (2, std::cmp::Reverse(requests)),
    }
}

/// How many of a variant's fleets come to an end by themselves: jobs, and workers with a number of
/// calls to make. And how many fleets it has.
pub(crate) fn ending_fleets(variant: &Variant) -> (usize, usize) {
    let fleets = variant.resolved.pointer("/fleets");
    let fleets = fleets.and_then(serde_json::Value::as_object);
    let ends = |fleet: &&serde_json::Value| {
        let arrivals = fleet.get("arrivals").and_then(serde_json::Value::as_object);
        let ends = |(kind, it): (&String, &serde_json::Value)| {
            kind == "job" || it.get("calls").is_some_and(serde_json::Value::is_number)
        };
        arrivals.is_some_and(|it| it.iter().any(ends))
    };
    fleets.map_or((0, 0), |it| (it.values().filter(ends).count(), it.len()))
}

/// What a load is paid for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Period {
    /// A month of 730 h of it, since it never ends.
    Month,
    /// The run: all fleets come to an end, and a month of them would be a month of nothing else.
    Run,
}

impl Period {
    /// The period of a record's costs. Records from before costs of runs have a month's.
    pub(crate) fn of(record: &Record) -> Self {
        let ends = |it: &Variant| {
            let (ending, all) = ending_fleets(it);
            all > 0 && ending == all && it.metrics.contains_key("cost.run")
        };
        if !record.variants.is_empty() && record.variants.iter().all(ends) {
            Self::Run
        } else {
            Self::Month
        }
    }

    /// Name of the metric.
    pub(crate) fn metric(self) -> &'static str {
        match self {
            Self::Month => "cost.month",
            Self::Run => "cost.run",
        }
    }

    /// Dollars from which on a saving is worth a word.
    pub(crate) fn worth(self) -> f64 {
        match self {
            Self::Month => 0.5,
            Self::Run => 0.005,
        }
    }

    /// `a month`, `a run`.
    pub(crate) fn each(self) -> &'static str {
        match self {
            Self::Month => "a month",
            Self::Run => "a run",
        }
    }

    /// Title of what it costs.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Month => "Cost a month",
            Self::Run => "Cost of a run",
        }
    }
}

/// KMS calls that the simulated fleets make, over the whole run and all replications.
pub(crate) fn fleet_calls(variant: &Variant) -> u64 {
    variant.series.kms_calls.iter().map(|c| c.0).sum()
}

/// The variant that shows Bucket Keys, if there is one besides the baseline.
pub(crate) fn bucket_key(record: &Record) -> Option<&Variant> {
    record
        .variants
        .iter()
        .skip(1)
        .find(|v| v.setup.mode == Mode::SseKmsBucketKey)
}

/// Facts that keystorm assumed and that any of the variants uses.
pub(crate) fn assumed<'a>(record: &'a Record, variants: &[Option<&Variant>]) -> Vec<&'a Fact> {
    let used = |f: &Fact| {
        let by = |v: &&Variant| f.variants.contains(&v.name);
        f.variants.is_empty() || variants.iter().flatten().any(by)
    };
    record
        .facts
        .iter()
        .filter(|f| f.certainty == Certainty::Assumed && used(f))
        .collect()
}

/// Whether keystorm assumed the fact with this id, or one whose id begins with it.
pub(crate) fn assumes(record: &Record, id: &str) -> bool {
    record
        .facts
        .iter()
        .any(|f| f.certainty == Certainty::Assumed && f.id.starts_with(id))
}

/// First and last (exclusive) whole second that were measured of a series. The record's window is
/// that of the shortest replication, and work may take longer in other variants.
pub(crate) fn measured_seconds(record: &Record, series: &Series) -> (usize, usize) {
    let second = 1_000_000_000;
    let first = usize::try_from(record.window.warm_up_ns.0.div_ceil(second)).unwrap_or(0);
    let replications = record.variants.iter().flat_map(|it| &it.replications);
    let longest = replications.map(|it| it.measured_ns.0).max();
    let measured = longest.unwrap_or_default().max(record.window.measure_ns.0);
    let end = record.window.warm_up_ns.0 + measured;
    let last = usize::try_from(end.div_ceil(second))
        .unwrap_or(usize::MAX)
        .min(series.seconds());
    (first.min(last), last)
}

/// When something refuses, over the measured window.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Refusing {
    /// Seconds in which at least half of the replications see a refusal; if there are none,
    /// seconds in which any does.
    pub(crate) seconds: Vec<usize>,
    /// The seconds as stretches, gaps of up to two seconds bridged: first, last (exclusive).
    pub(crate) stretches: Vec<(usize, usize)>,
}

/// Gaps between refusing seconds that a stretch may have: the second in which a retry waits.
const GAP_MAX_S: usize = 2;

impl Refusing {
    /// When KMS refuses calls of a variant.
    pub(crate) fn kms(record: &Record, variant: &Variant) -> Self {
        let series = &variant.series;
        let half = series.replications.div_ceil(2).max(1);
        Self::from(
            record,
            series,
            &series.kms_refusing_replications,
            u64::from(half),
        )
    }

    /// When S3 refuses attempts of a variant for the request rate of a prefix.
    pub(crate) fn s3(record: &Record, variant: &Variant) -> Self {
        Self::from(record, &variant.series, &variant.series.s3_refused, 1)
    }

    fn from(record: &Record, series: &Series, column: &[Int], least: u64) -> Self {
        let (from, to) = measured_seconds(record, series);
        let at_least = |least: u64| -> Vec<usize> {
            (from..to)
                .filter(|&i| column.get(i).is_some_and(|c| c.0 >= least))
                .collect()
        };
        let mut seconds = at_least(least);
        if seconds.is_empty() {
            seconds = at_least(1);
        }
        let mut stretches: Vec<(usize, usize)> = Vec::new();
        for &second in &seconds {
            match stretches.last_mut() {
                Some(stretch) if second <= stretch.1 + GAP_MAX_S => stretch.1 = second + 1,
                _ => stretches.push((second, second + 1)),
            }
        }
        Self { seconds, stretches }
    }

    /// First second and end of the last one.
    pub(crate) fn span(&self) -> Option<(usize, usize)> {
        Some((*self.seconds.first()?, *self.seconds.last()? + 1))
    }

    /// The times in words: `from A to B`, `in 23 seconds between A and B`, `throughout, A to B`.
    pub(crate) fn words(&self, record: &Record, series: &Series) -> String {
        let clock = Clock::of(record);
        let Some((from, to)) = self.span() else {
            return String::new();
        };
        let (a, b) = (clock.at(from as u64), clock.at(to as u64));
        match (self.stretches.len(), self.seconds.len()) {
            (1, _) if (from, to) == measured_seconds(record, series) => {
                format!("all the time, {a} to {b}")
            }
            (1, 1) => format!("for one second at {a}"),
            (1, _) => format!("from {a} to {b}"),
            (_, n) => format!(
                "in {} seconds between {a} and {b}",
                crate::number::in_words(n)
            ),
        }
    }
}

/// Replications in which KMS refused at least one call in the measured window.
pub(crate) fn refusing_replications(variant: &Variant) -> usize {
    variant
        .replications
        .iter()
        .filter(|r| r.kms.refusing_seconds.0 > 0)
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: a reader meets GET first, then PUT, then what is asked for most.
    // Method: GET that hardly occurs, parts of an upload and its beginning.
    #[test]
    fn operations_come_in_the_order_of_interest() {
        let order = [
            rank(Operation::Get, 1),
            rank(Operation::Put, 100),
            rank(Operation::UploadPart, 80),
            rank(Operation::CreateMultipartUpload, 10),
        ];
        assert!(order.is_sorted());
    }
}
