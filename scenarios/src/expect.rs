//! Conditions on metrics: `[expect]` in a scenario, `--expect` on the command line.
mod value;

use crate::catalogue::{self, MetricInfo};
use crate::load::words;
use keystorm_record::{Better, Expectation, Metric, Unit};
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::str::FromStr;

/// A condition on one metric, such as `get.latency.p99 < 200 ms`.
///
/// `FromStr` reads the command line's form, a name, an operator and a value; `Display` writes the
/// same form, canonically, and reads back as the same condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// Name of the metric, one of [`catalogue::metrics`].
    pub metric: String,
    /// Unit of the metric and of the threshold.
    pub unit: Unit,
    /// What its value must be.
    pub threshold: Threshold,
}

/// What a value must be, in the unit of its metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Threshold {
    /// Less than this: `<`.
    Below(f64),
    /// This or less: `<=`.
    AtMost(f64),
    /// More than this: `>`.
    Above(f64),
    /// This or more: `>=`.
    AtLeast(f64),
    /// From the first to the second, both included: `a..b`.
    Within(f64, f64),
}

/// Why a text is not a condition.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConditionError {
    /// What is wrong and what was expected.
    pub message: String,
    /// The nearest valid word, as a question; may be empty.
    pub label: String,
    /// What to do.
    pub help: String,
    /// Whether the metric's name is at fault, or else the operator and value.
    pub in_name: bool,
}

impl Condition {
    /// A condition from a metric's name and the text behind it, such as `< 0.1 %` or `0.1..0.6`.
    ///
    /// # Errors
    /// [`ConditionError`] if no metric has this name, or the text is not an operator and a value
    /// in a spelling of the metric's unit, or not a range of two.
    pub fn new(metric: &str, bound: &str) -> Result<Self, ConditionError> {
        let info = known(metric)?;
        let threshold = threshold(&info, bound.trim())?;
        Ok(Self {
            metric: info.name,
            unit: info.unit,
            threshold,
        })
    }

    /// Whether it asks for something good: a bound on the metric's worse side, or on either where
    /// neither is better. A range, or a bound on the better side, says what is expected to be seen,
    /// as in a scenario that is a test of its own answer; nobody plans to reach it.
    #[must_use]
    pub fn is_goal(&self) -> bool {
        let better = catalogue::metric(&self.metric).and_then(|it| it.better);
        match self.threshold {
            Threshold::Below(_) | Threshold::AtMost(_) => better != Some(Better::Higher),
            Threshold::Above(_) | Threshold::AtLeast(_) => better != Some(Better::Lower),
            Threshold::Within(..) => false,
        }
    }

    /// Whether `value`, in the metric's unit, meets the condition; not-a-number never does.
    #[must_use]
    pub fn holds(&self, value: f64) -> bool {
        match self.threshold {
            Threshold::Below(limit) => value < limit,
            Threshold::AtMost(limit) => value <= limit,
            Threshold::Above(limit) => value > limit,
            Threshold::AtLeast(limit) => value >= limit,
            Threshold::Within(low, high) => (low..=high).contains(&value),
        }
    }
}

impl FromStr for Condition {
    type Err = ConditionError;

    fn from_str(text: &str) -> Result<Self, ConditionError> {
        let Some(at) = text.find(['<', '>', '=']) else {
            return Err(ConditionError {
                message: format!(
                    "{text:?} has no operator; expected a condition such as \
                     \"get.latency.p99 < 200 ms\""
                ),
                label: String::new(),
                help: "operators are <, <=, >, >=, and = before a range such as 0.1..0.6"
                    .to_owned(),
                in_name: false,
            });
        };
        let (name, bound) = text.split_at(at);
        let bound = match bound.strip_prefix('=') {
            Some(range) if range.contains("..") => range,
            _ => bound,
        };
        Self::new(name.trim(), bound)
    }
}

/// The metric called `name`.
///
/// # Errors
/// [`ConditionError`] with the nearest names if there is none.
pub fn known(name: &str) -> Result<MetricInfo, ConditionError> {
    catalogue::metric(name).ok_or_else(|| unknown(name))
}

/// Whether each condition holds for these metrics of a variant.
#[must_use]
pub fn judge(conditions: &[Condition], metrics: &BTreeMap<String, Metric>) -> Vec<Expectation> {
    crate::metrics::expectations(conditions, metrics)
}

fn unknown(metric: &str) -> ConditionError {
    let metrics = catalogue::metrics();
    let names: Vec<&str> = metrics.iter().map(|info| info.name.as_str()).collect();
    ConditionError {
        message: format!("unknown metric `{metric}`"),
        label: words::did_you_mean(metric, &names),
        help: match siblings(metric, &names) {
            near if near.is_empty() => "`keystorm schema metrics` lists all metrics".to_owned(),
            near => {
                format!(
                    "valid here: {}; `keystorm schema metrics` lists all",
                    near.join(", ")
                )
            }
        },
        in_name: true,
    }
}

/// The metrics that begin with the same words as `metric`, if those are few.
fn siblings<'a>(metric: &str, names: &[&'a str]) -> Vec<&'a str> {
    const FEW: usize = 8;
    let dots = metric
        .match_indices('.')
        .map(|(at, _)| at)
        .collect::<Vec<_>>();
    for end in dots.into_iter().rev() {
        let near: Vec<&str> = names
            .iter()
            .copied()
            .filter(|name| name.starts_with(&metric[..=end]))
            .collect();
        if !near.is_empty() {
            return if near.len() <= FEW { near } else { Vec::new() };
        }
    }
    Vec::new()
}

fn threshold(info: &MetricInfo, bound: &str) -> Result<Threshold, ConditionError> {
    let error = |help: String| {
        let name = &info.name;
        ConditionError {
            message: format!(
                "the condition on `{name}` is {bound:?}; expected an operator and {}",
                value::expected(info.unit)
            ),
            label: String::new(),
            help,
            in_name: false,
        }
    };
    let read = |text: &str| value::read(info, text).map_err(&error);
    for (operator, make) in OPERATORS {
        if let Some(rest) = bound.strip_prefix(operator) {
            return read(rest).map(make);
        }
    }
    let Some((low, high)) = bound.split_once("..") else {
        let example = value::example(info.unit);
        return Err(error(format!(
            "a simulated figure never equals a value: write \"< {example}\", or <=, >, >=, or a \
             range a..b"
        )));
    };
    let (low, high) = (read(low)?, read(high)?);
    if low > high {
        return Err(error(
            "a range runs from the lower to the higher value".to_owned(),
        ));
    }
    Ok(Threshold::Within(low, high))
}

type MakeThreshold = fn(f64) -> Threshold;

/// Operators, those of two characters first.
const OPERATORS: [(&str, MakeThreshold); 4] = [
    ("<=", Threshold::AtMost),
    (">=", Threshold::AtLeast),
    ("<", Threshold::Below),
    (">", Threshold::Above),
];

impl fmt::Display for Condition {
    /// The command line's form: `get.latency.p99 < 200 ms`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let show = |v| value::show(self.unit, v);
        write!(f, "{} ", self.metric)?;
        match self.threshold {
            Threshold::Below(limit) => write!(f, "< {}", show(limit)),
            Threshold::AtMost(limit) => write!(f, "<= {}", show(limit)),
            Threshold::Above(limit) => write!(f, "> {}", show(limit)),
            Threshold::AtLeast(limit) => write!(f, ">= {}", show(limit)),
            Threshold::Within(low, high) => write!(f, "= {}..{}", show(low), show(high)),
        }
    }
}

impl fmt::Display for ConditionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        for more in [&self.label, &self.help]
            .into_iter()
            .filter(|text| !text.is_empty())
        {
            write!(f, "; {more}")?;
        }
        Ok(())
    }
}

impl Error for ConditionError {}

#[cfg(test)]
mod tests;
