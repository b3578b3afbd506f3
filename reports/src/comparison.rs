//! The variants of a record set against the first one: which is better in what, and how sure.
mod draw;
mod page;
mod words;

pub(crate) use page::Section;
pub(crate) use words::{brief, full, interval, signed_percent, signed_words, wide};

use crate::text::capital;
use crate::view::{self, Period};
use keystorm_record::comparison::{Difference, Method, Shown};
use keystorm_record::{Better, Operation, Record, Unit, Variant};

/// Most variants that are set against the first; of a sweep's hundreds nobody reads more.
const ROWS_MAX: usize = 12;

/// Columns that decide: what users feel, and what it costs.
const DECIDING: usize = 3;

/// Most columns that are drawn.
const DRAWN: usize = 2 * DECIDING;

/// The variants of a record, metric by metric.
pub(crate) struct Comparison<'a> {
    /// The variant that the others are set against.
    pub(crate) first: &'a Variant,
    /// The others, in the record's order, at most twelve.
    pub(crate) others: Vec<&'a Variant>,
    /// Variants beyond those.
    pub(crate) left_out: usize,
    /// Metrics in the order of interest.
    pub(crate) columns: Vec<Column>,
    /// Replications that are subtracted pair by pair, at least, where a metric has values.
    pub(crate) pairs: usize,
}

/// A metric of all variants.
pub(crate) struct Column {
    /// Head, such as `GET p99`.
    pub(crate) head: String,
    /// In a sentence, such as `requests given up`.
    pub(crate) noun: String,
    /// Unit of its values.
    pub(crate) unit: Unit,
    /// Which direction is better.
    pub(crate) better: Option<Better>,
    /// The first variant's mean.
    pub(crate) first: Option<f64>,
    /// What is said of the first variant.
    pub(crate) first_mark: Mark,
    /// The others, in order; `None` where either has no value.
    pub(crate) cells: Vec<Option<Difference>>,
    /// What is said of them.
    pub(crate) marks: Vec<Mark>,
}

/// What is said of a variant, set against the first.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Mark {
    /// Better than the first, and none is better; `true` if others cannot be told apart from it.
    Best(bool),
    /// Better than the first.
    Better,
    /// Worse than the first.
    Worse,
    /// Less or more, where neither is better.
    Differs,
    /// The same values.
    Tied,
    /// No difference can be shown.
    Unclear,
    /// One replication alone shows nothing.
    TooFew,
    /// No value, or nothing to say.
    Nothing,
}

/// A metric that may matter: its name, its head, its noun.
type Candidate = (String, String, String);

impl<'a> Comparison<'a> {
    /// The comparison; `None` with fewer than two variants.
    pub(crate) fn of(record: &'a Record) -> Option<Self> {
        let (first, others) = record.variants.split_first()?;
        if others.is_empty() {
            return None;
        }
        let left_out = others.len().saturating_sub(ROWS_MAX);
        let others: Vec<&Variant> = others.iter().take(ROWS_MAX).collect();
        let columns: Vec<Column> = candidates(record)
            .into_iter()
            .filter_map(|candidate| Column::of(candidate, first, &others))
            .collect();
        let differences = columns.iter().flat_map(|it| it.cells.iter().flatten());
        let pairs = differences.map(|it| it.count).max().unwrap_or(0);
        Some(Self {
            first,
            others,
            left_out,
            columns,
            pairs,
        })
    }

    /// The columns in which variants differ, at most six: those that decide come first.
    pub(crate) fn drawn(&self) -> Vec<&Column> {
        let differ = self.columns.iter().filter(|it| !it.is_tied());
        differ.take(DRAWN).collect()
    }
}

/// Metrics that may matter, in the order of interest.
fn candidates(record: &Record) -> Vec<Candidate> {
    let of = |name: &str, head: &str, noun: &str| -> Candidate {
        (name.into(), head.into(), noun.into())
    };
    let operations = view::operations(record);
    let latency = |operation: Option<&Operation>, quantile: &str| {
        operation.map(|it| {
            let head = capital(&format!("{} {quantile}", it.label()));
            let noun = format!("{} {quantile}", it.label());
            let name = format!("{}.latency.{quantile}", it.id());
            (name, head, noun)
        })
    };
    let (main, second) = (operations.first(), operations.get(1));
    let period = Period::of(record);
    let mut all = vec![
        of("job.failed-share", "Jobs failed", "jobs that fail"),
        of("completion", "All done", "completion time"),
        of("all.throttled-share", "Given up", "requests given up"),
    ];
    all.extend(latency(main, "p99"));
    all.insert(
        if period == Period::Run { 2 } else { all.len() },
        of(period.metric(), period.title(), "cost"),
    );
    all.push(of("all.failed-share", "Failed", "requests that fail"));
    all.push(of("all.retried-share", "Retried", "retries"));
    all.push(of("kms.headroom", "KMS headroom", "KMS headroom"));
    all.extend(latency(second, "p99"));
    all.extend(latency(main, "p50"));
    all.extend(latency(second, "p50"));
    all.push(of("kms.calls", "KMS calls", "KMS calls"));
    all.push(of("all.throughput", "Throughput", "throughput"));
    all.push(of("all.ok-share", "Succeeded", "requests that succeed"));
    all.push(of("client.core-demand", "Core demand", "core demand"));
    all
}

impl Column {
    fn of(candidate: Candidate, first: &Variant, others: &[&Variant]) -> Option<Self> {
        let (name, head, noun) = candidate;
        let all = || std::iter::once(first).chain(others.iter().copied());
        let metric = all().find_map(|it| view::metric(it, &name))?;
        let between = |a: &Variant, b: &Variant| Difference::of(a, b, &name, Method::Paired);
        let cells: Vec<_> = others.iter().map(|it| between(first, it)).collect();
        let better = metric.better;
        // Whoever cannot be told apart from the one with the best mean is as good.
        let value = |it: &&Variant| view::mean(it, &name);
        let valued = all().filter(|it| value(it).is_some());
        let best = better.and_then(|better| {
            valued.min_by(|a, b| {
                let order = value(a).partial_cmp(&value(b));
                let order = order.unwrap_or(std::cmp::Ordering::Equal);
                match better {
                    Better::Lower => order,
                    Better::Higher => order.reverse(),
                }
            })
        });
        let as_good = |it: &Variant| {
            best.and_then(|best| between(best, it))
                .is_some_and(|it| matches!(it.shown(), Shown::Same | Shown::Unclear))
        };
        let winners = all().filter(|it| as_good(it)).count();
        let mark = |(it, cell): (&&Variant, &Option<Difference>)| match mark(cell.as_ref(), better)
        {
            Mark::Better if as_good(it) => Mark::Best(winners > 1),
            other => other,
        };
        let marks: Vec<Mark> = others.iter().zip(&cells).map(mark).collect();
        let beaten = marks.iter().any(|it| it.is_better());
        let beats = marks.contains(&Mark::Worse);
        Some(Self {
            head,
            noun,
            unit: metric.unit,
            better,
            first: view::mean(first, &name),
            first_mark: if beats && !beaten && as_good(first) {
                Mark::Best(winners > 1)
            } else {
                Mark::Nothing
            },
            cells,
            marks,
        })
    }

    /// Whether all variants have the same values.
    fn is_tied(&self) -> bool {
        let told = |it: &Mark| !matches!(it, Mark::Tied | Mark::Nothing);
        !self.marks.iter().any(told)
    }
}

impl Mark {
    /// Whether it is better than the first.
    fn is_better(self) -> bool {
        matches!(self, Self::Better | Self::Best(_))
    }
}

fn mark(difference: Option<&Difference>, better: Option<Better>) -> Mark {
    let Some(difference) = difference else {
        return Mark::Nothing;
    };
    match (difference.shown(), better) {
        (Shown::Same, _) => Mark::Tied,
        (Shown::Unclear, _) => Mark::Unclear,
        (Shown::TooFew, _) => Mark::TooFew,
        (_, None) => Mark::Differs,
        (Shown::Less, Some(Better::Lower)) | (Shown::More, Some(Better::Higher)) => Mark::Better,
        _ => Mark::Worse,
    }
}
