//! How far a scenario is from its limits, by simulating it under other loads and quotas.
//!
//! All answers are thresholds on curves that are known with chance only: the quota at which a
//! condition begins to hold, the load at which it ceases to. Each is found by inverting the test of
//! the condition: the interval is the set of quotas (or loads) at which the mean over replications
//! cannot be told from the condition's value. Its ends and the mean's own threshold are found by
//! three searches that share the points they simulate; all points have the same replications
//! (common random numbers), so that curves are as monotone as what they are of. Replications are
//! added until the interval is narrow enough or the budget is used up.
mod caveats;
mod error;
mod evaluator;
mod growth;
mod judge;
mod limits;
mod load;
mod mitigations;
mod quota;
mod remedy;
mod search;
mod sensitivity;

pub use error::PlanError;
pub use evaluator::{Base, Evaluator};
pub use growth::{GrowthError, GrowthRate, Horizon};

use crate::assemble::day;
use crate::expect::Condition;
use crate::load::Setting;
use crate::run::{Options, RunError, Watch, calibration};
use crate::{Study, facts};
use judge::Judge;
use keystorm_record::plan::{Estimate, HighestLoad, Limit, PLAN_VERSION, Plan, SmallestQuota};
use keystorm_record::{Int, PricesUsed, Status, Tool, Variant, Window};
use keystorm_sim::stats::Interval;

/// Confidence of the intervals.
pub const CONFIDENCE: f64 = 0.95;

/// An interval that is at most so wide, as a share of the value, takes no more replications.
pub const NARROW: f64 = 0.02;

/// The condition where nobody has one.
pub const DEFAULT_EXPECTATION: &str = "kms.throttled-share<0.1%";

/// A quota that refuses nothing \[1/s\].
const NO_QUOTA: u64 = 1_000_000_000;

/// What is asked of a plan.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Most replications that an answer may take.
    pub replications_max: u32,
    /// Highest load that is looked at, as a multiple of today's.
    pub load_max: f64,
    /// Growth of the load and how far to look, if the days of crossings are wanted.
    pub growth: Option<(GrowthRate, Horizon)>,
}

/// Finds the answers, one after the other. If the watch cancels it, those that were found stand in
/// a plan that says so.
///
/// # Errors
/// [`PlanError`]; no plan is given then.
pub fn plan(
    base: Base<'_>,
    asked: &Asked,
    options: &Options,
    watch: &Watch,
) -> Result<Plan, PlanError> {
    let mut evaluator = Evaluator::new(base, options, watch)?;
    let own = &base.study.variants[base.variant].expectations;
    let (conditions, is_default) = caveats::goals(own);
    let replications = replications(&base, asked);
    let today = evaluator.evaluate(&[], replications)?.clone();
    let mut plan = blank(&base, asked, options, &today, &conditions);
    plan.default_expectation = is_default;
    plan.warnings.extend(caveats::left_out(own));
    let asked = &Asked {
        load_max: load::highest_possible(&evaluator, asked.load_max),
        ..asked.clone()
    };
    let found = answer(&mut plan, &mut evaluator, &today, &conditions, asked);
    plan.warnings.extend(caveats::wide(&plan));
    plan.simulations = Int(evaluator.simulations());
    plan.simulated_requests = Int(evaluator.requests());
    match found {
        Ok(()) => Ok(plan),
        Err(PlanError::Run(RunError::Cancelled)) => {
            plan.status = Status::Interrupted;
            Ok(plan)
        }
        Err(error) => Err(error),
    }
}

/// The limits of a scenario, the one that is reached first at the top. `today` is what it does as
/// it is.
///
/// # Errors
/// [`PlanError`].
pub fn limits(
    evaluator: &mut Evaluator<'_>,
    today: &Variant,
    asked: &Asked,
) -> Result<Vec<Limit>, PlanError> {
    limits::limits(evaluator, today, asked)
}

/// The smallest quota of the account at which all conditions hold, at today's load.
///
/// # Errors
/// [`PlanError`].
pub fn smallest_quota(
    evaluator: &mut Evaluator<'_>,
    conditions: &[Condition],
    asked: &Asked,
) -> Result<SmallestQuota, PlanError> {
    quota::smallest(evaluator, &Judge::new(conditions), asked)
}

/// The highest load at which all conditions hold. It is sought from where the first of the `limits`
/// is reached, if any is.
///
/// # Errors
/// [`PlanError`].
pub fn highest_load(
    evaluator: &mut Evaluator<'_>,
    conditions: &[Condition],
    limits: &[Limit],
    asked: &Asked,
) -> Result<HighestLoad, PlanError> {
    load::highest(evaluator, &Judge::new(conditions), limits, asked)
}

/// The answers, as far as it gets.
fn answer(
    plan: &mut Plan,
    evaluator: &mut Evaluator<'_>,
    today: &Variant,
    conditions: &[Condition],
    asked: &Asked,
) -> Result<(), PlanError> {
    plan.limits = limits(evaluator, today, asked)?;
    plan.smallest_quota = Some(smallest_quota(evaluator, conditions, asked)?);
    let highest = highest_load(evaluator, conditions, &plan.limits, asked)?;
    if let Some((rate, horizon)) = &asked.growth {
        let base = evaluator.base();
        let start = day(&base.study.variants[base.variant].scenario);
        let crossed = growth::growth(rate, *horizon, start, &plan.limits, Some(&highest));
        plan.growth = Some(crossed);
    }
    plan.highest_load = Some(highest);
    remedy::answer(plan, evaluator, conditions)?;
    Ok(())
}

/// Mean and interval of values of replications; `None` of none.
fn estimate(values: &[f64]) -> Option<Estimate> {
    let first = *values.first()?;
    let interval = Interval::of(values, CONFIDENCE);
    Some(Estimate {
        value: interval.map_or(first, |it| it.mean),
        // Nothing here is negative.
        low: interval.map(|it| (it.mean - it.half_width).max(0.0)),
        high: interval.map(|it| it.mean + it.half_width),
        replications: u32::try_from(values.len()).expect("asked for as a u32"),
    })
}

/// Replications of the first look.
fn replications(base: &Base<'_>, asked: &Asked) -> u32 {
    /// An interval of fewer is too wide to be of use.
    const REPLICATIONS_MIN: u32 = 5;
    let scenario = &base.study.variants[base.variant].scenario;
    let own = scenario.run.replications.max(REPLICATIONS_MIN);
    own.min(asked.replications_max).max(2)
}

/// A plan without answers.
fn blank(
    base: &Base<'_>,
    asked: &Asked,
    options: &Options,
    today: &Variant,
    conditions: &[Condition],
) -> Plan {
    let study = base.study;
    let variant = &study.variants[base.variant];
    let scenario = &variant.scenario;
    let run = &scenario.run;
    let only = Study {
        variants: vec![variant.clone()],
        ..study.clone()
    };
    Plan {
        schema: PLAN_VERSION,
        tool: Tool {
            name: "keystorm".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        scenario: keystorm_record::Scenario {
            path: study.path.clone(),
            sha256: study.sha256.clone(),
            title: scenario.name.clone(),
            question: study.question.clone(),
            region: scenario.account.region.clone(),
            start: run.start.to_string(),
        },
        variant: variant.name.clone(),
        setup: today.setup.clone(),
        resolved: today.resolved.clone(),
        defaulted: variant.defaulted.clone(),
        seed: Int(scenario.seed),
        command: options.command.clone(),
        window: Window {
            warm_up_ns: Int(run.warm_up.0.nanos()),
            measure_ns: Int(run.measure.0.nanos()),
            cut: run.requests_max.is_some(),
        },
        status: Status::Complete,
        confidence: CONFIDENCE,
        simulations: Int(0),
        simulated_requests: Int(0),
        replications_max: asked.replications_max,
        calibration: Some(calibration(study)),
        prices: study.prices.as_ref().map(|file| PricesUsed {
            path: file.path.clone(),
            sha256: file.sha256.clone(),
        }),
        expectations: crate::metrics::expectations(conditions, &today.metrics),
        default_expectation: false,
        limits: Vec::new(),
        highest_load: None,
        smallest_quota: None,
        quota_curve: None,
        growth: None,
        mitigations: None,
        cost: None,
        facts: facts::of_study(&only),
        warnings: Vec::new(),
    }
}

/// A setting from its parts.
fn setting(path: &str, value: impl Into<String>) -> Setting {
    Setting {
        path: path.to_owned(),
        value: value.into(),
    }
}
