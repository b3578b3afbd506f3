//! Two records set against one another: what was set differently, and what came of it.
mod data;
mod rows;
mod setup;
mod show;

pub use data::{diff_csv, diff_json, diff_ndjson};
pub use rows::DiffRow;
pub use setup::{SetupChange, Where};
pub use show::{diff_markdown, diff_terminal};

use keystorm_record::comparison::{Judgement, Method};
use keystorm_record::{Expectation, Record, Unit, Variant};
use std::fmt;

/// What is compared, and what is tolerated.
#[derive(Clone, Debug)]
pub struct DiffOptions {
    /// Names of metrics; those that matter to most if there are none.
    pub metrics: Vec<String>,
    /// Names of variants; all that both records have if there are none.
    pub variants: Vec<String>,
    /// Share of the base's mean by which a metric may get worse.
    pub tolerance: f64,
}

/// Two records set against one another.
#[derive(Clone, Debug)]
pub struct Diff {
    /// What is said of the base: where it is, what wrote it.
    pub base: Side,
    /// The same of the new record.
    pub new: Side,
    /// How values are compared.
    pub method: Method,
    /// Share of the base's mean by which a metric may get worse.
    pub tolerance: f64,
    /// What was set differently.
    pub setup: Vec<SetupChange>,
    /// The metrics of each variant that both have.
    pub rows: Vec<DiffRow>,
    /// Variants that only the base has: nothing can be said of them.
    pub missing: Vec<String>,
    /// Variants that only the new record has.
    pub added: Vec<String>,
    /// Conditions on the new record.
    pub expectations: Vec<Expected>,
}

/// A condition on a variant of the new record.
#[derive(Clone, Debug)]
pub struct Expected {
    /// Name of the variant.
    pub variant: String,
    /// Unit of the metric.
    pub unit: Unit,
    /// The condition, and whether it holds.
    pub expectation: Expectation,
}

/// One of the records.
#[derive(Clone, Debug)]
pub struct Side {
    /// Where it was read from.
    pub path: String,
    /// Title of its scenario.
    pub title: String,
    /// Version of the keystorm that wrote it.
    pub version: String,
    /// Replications that its first variant has.
    pub replications: usize,
}

/// What a diff comes to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DiffOutcome {
    /// No metric is worse than tolerated, and that is shown.
    Fine,
    /// A metric is worse than tolerated.
    Regression,
    /// None is shown to be, but of some it cannot be said.
    Inconclusive,
    /// An expectation on the new record does not hold.
    Breached,
}

/// Why two records cannot be compared.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum DiffError {
    /// No variant of one has the name of one of the other. Name them alike.
    NothingInCommon(Vec<String>, Vec<String>),
    /// A variant that was asked for is not in both: its name, and those that are.
    NoVariant(String, Vec<String>),
    /// No variant of either has a value of the metric.
    NoValues(String),
}

impl fmt::Display for DiffError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |names: &[String]| names.join(", ");
        match self {
            Self::NothingInCommon(base, new) => write!(
                f,
                "the records have no variant in common: one has {}, the other {}\n  = help: \
                 variants are matched by name",
                list(base),
                list(new)
            ),
            Self::NoVariant(name, valid) => write!(
                f,
                "no variant `{name}` is in both records\n  = help: these are: {}",
                list(valid)
            ),
            Self::NoValues(name) => write!(
                f,
                "no variant of either record has a value of `{name}`\n  = help: a record has the \
                 metrics of what its scenario does; `keystorm report --format csv` lists them"
            ),
        }
    }
}

impl std::error::Error for DiffError {}

impl Diff {
    /// Sets `new` against `base`; the paths say where they were read from.
    ///
    /// Variants are matched by name; if each record has one only, these two. Replications are
    /// compared pair by pair where seed and window agree, and otherwise as independent samples.
    ///
    /// # Errors
    /// [`DiffError`] if there is nothing to compare.
    pub fn of(
        (base_path, base): (&str, &Record),
        (new_path, new): (&str, &Record),
        options: &DiffOptions,
    ) -> Result<Self, DiffError> {
        let pairs = matched(base, new, &options.variants)?;
        let method = Method::of(base, new);
        let unmatched = |of: &Record, side: fn(&(&Variant, &Variant)) -> String| -> Vec<String> {
            let taken: Vec<String> = pairs.iter().map(side).collect();
            let names = of.variants.iter().map(|it| it.name.clone());
            let all = options.variants.is_empty();
            names.filter(|it| all && !taken.contains(it)).collect()
        };
        let missing = unmatched(base, |it| it.0.name.clone());
        let added = unmatched(new, |it| it.1.name.clone());
        let rows = rows::rows(&pairs, base, method, options)?;
        let side = |path: &str, record: &Record| Side {
            path: path.into(),
            title: record.scenario.title.clone(),
            version: record.tool.version.clone(),
            replications: record
                .variants
                .first()
                .map_or(0, |it| it.replications.len()),
        };
        Ok(Self {
            base: side(base_path, base),
            new: side(new_path, new),
            method,
            tolerance: options.tolerance,
            setup: setup::changes(base, new, &pairs),
            rows,
            missing,
            added,
            expectations: Vec::new(),
        })
    }

    /// What it comes to: a regression before a breach before what cannot be said.
    #[must_use]
    pub fn outcome(&self) -> DiffOutcome {
        let any = |judgement| self.gating().any(|it| it.judgement == judgement);
        if any(Judgement::Worse) {
            DiffOutcome::Regression
        } else if self.expectations.iter().any(|it| !it.expectation.holds) {
            DiffOutcome::Breached
        } else if any(Judgement::Inconclusive) || !self.missing.is_empty() {
            DiffOutcome::Inconclusive
        } else {
            DiffOutcome::Fine
        }
    }

    /// Rows that can be worse.
    fn gating(&self) -> impl Iterator<Item = &DiffRow> {
        self.rows.iter().filter(|it| it.better.is_some())
    }
}

impl DiffOutcome {
    /// Name in JSON: `fine`, `regression`, `inconclusive`, `breached`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Regression => "regression",
            Self::Inconclusive => "inconclusive",
            Self::Breached => "breached",
        }
    }
}

/// Variants that both have, in the new record's order.
fn matched<'a>(
    base: &'a Record,
    new: &'a Record,
    wanted: &[String],
) -> Result<Vec<(&'a Variant, &'a Variant)>, DiffError> {
    let of_base = |name: &str| base.variants.iter().find(|it| it.name == name);
    let both = new.variants.iter();
    let mut both: Vec<_> = both
        .filter_map(|it| Some((of_base(&it.name)?, it)))
        .collect();
    if let (true, [only], [other]) = (both.is_empty(), &base.variants[..], &new.variants[..]) {
        both = vec![(only, other)];
    }
    let names = |record: &Record| record.variants.iter().map(|it| it.name.clone()).collect();
    if both.is_empty() {
        return Err(DiffError::NothingInCommon(names(base), names(new)));
    }
    let has = |name: &String| both.iter().any(|it| it.1.name == *name);
    if let Some(unknown) = wanted.iter().find(|it| !has(it)) {
        let valid = both.iter().map(|it| it.1.name.clone()).collect();
        return Err(DiffError::NoVariant(unknown.clone(), valid));
    }
    both.retain(|it| wanted.is_empty() || wanted.contains(&it.1.name));
    Ok(both)
}
