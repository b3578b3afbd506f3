//! The metrics of variants that both records have.
use super::{DiffError, DiffOptions};
use crate::view;
use keystorm_record::comparison::{Difference, Judgement, Method};
use keystorm_record::{Better, Record, Unit, Variant};

/// A metric of a variant in both records.
#[derive(Clone, Debug)]
pub struct DiffRow {
    /// Name of the variant; both names where they differ.
    pub variant: String,
    /// Name of the metric.
    pub metric: String,
    /// Its unit.
    pub unit: Unit,
    /// Which direction is better; such rows decide about a regression.
    pub better: Option<Better>,
    /// Mean of the base, over what is compared.
    pub base: Option<f64>,
    /// Mean of the new record.
    pub new: Option<f64>,
    /// The difference; absent if one has no value.
    pub difference: Option<Difference>,
    /// What it means.
    pub judgement: Judgement,
    /// Replications of each record with which it would about be decided; absent where it is, and
    /// where that cannot be said.
    pub replications_needed: Option<u32>,
}

/// Metrics that matter to most, besides the latencies of the operations.
const BEFORE: [&str; 4] = [
    "completion",
    "all.ok-share",
    "all.throttled-share",
    "all.retried-share",
];
const AFTER: [&str; 3] = ["all.throughput", "kms.calls", "kms.throttled-share"];

/// Operations whose latencies are shown by default.
const OPERATIONS: usize = 2;

pub(super) fn rows(
    pairs: &[(&Variant, &Variant)],
    base: &Record,
    method: Method,
    options: &DiffOptions,
) -> Result<Vec<DiffRow>, DiffError> {
    let metrics = if options.metrics.is_empty() {
        defaults(base)
    } else {
        options.metrics.clone()
    };
    let has = |name: &String| {
        let either = |it: &(&Variant, &Variant)| {
            it.0.metrics.contains_key(name) || it.1.metrics.contains_key(name)
        };
        pairs.iter().any(either)
    };
    if let Some(name) = options.metrics.iter().find(|it| !has(it)) {
        return Err(DiffError::NoValues(name.clone()));
    }
    let of_variant = |&(base, new): &(&Variant, &Variant)| -> Vec<DiffRow> {
        let row = |name: &String| row(base, new, name, method, options.tolerance);
        metrics.iter().filter_map(row).collect()
    };
    Ok(pairs.iter().flat_map(of_variant).collect())
}

fn defaults(record: &Record) -> Vec<String> {
    let operations = view::operations(record);
    let latencies = operations
        .iter()
        .take(OPERATIONS)
        .flat_map(|it| ["p50", "p99"].map(|quantile| format!("{}.latency.{quantile}", it.id())));
    let before = BEFORE.map(String::from).into_iter();
    let after = AFTER.into_iter().chain([view::Period::of(record).metric()]);
    before
        .chain(latencies)
        .chain(after.map(String::from))
        .collect()
}

fn row(
    base: &Variant,
    new: &Variant,
    name: &str,
    method: Method,
    tolerance: f64,
) -> Option<DiffRow> {
    let (of_base, of_new) = (view::metric(base, name), view::metric(new, name));
    let any = of_new.or(of_base)?;
    let better = any.better.or(of_base.and_then(|it| it.better));
    let difference = Difference::of(base, new, name, method);
    let judgement = difference.map_or(Judgement::Inconclusive, |it| it.judge(better, tolerance));
    let needed = |it: Difference| it.replications_needed(better, tolerance);
    Some(DiffRow {
        variant: if base.name == new.name {
            new.name.clone()
        } else {
            format!("{} → {}", base.name, new.name)
        },
        metric: name.into(),
        unit: any.unit,
        better,
        base: difference.map(|it| it.base).or(of_base.map(|it| it.mean)),
        new: difference.map(|it| it.new).or(of_new.map(|it| it.mean)),
        difference,
        judgement,
        replications_needed: difference
            .filter(|_| judgement == Judgement::Inconclusive)
            .and_then(needed),
    })
}

impl DiffRow {
    /// The judgement in words.
    #[must_use]
    pub fn verdict(&self) -> &'static str {
        match self.judgement {
            Judgement::Same => "same",
            Judgement::Better => "better",
            Judgement::Differs => "differs",
            Judgement::NoDifference => "no difference",
            Judgement::Tolerated => "within tolerance",
            Judgement::Worse => "worse",
            Judgement::Inconclusive => "inconclusive",
        }
    }
}
