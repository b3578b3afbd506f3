//! The highest load at which all conditions hold.
use super::judge::{By, Judge};
use super::search::{Axis, Threshold, threshold};
use super::{Asked, Evaluator, PlanError, replications, setting};
use crate::load::Setting;
use keystorm_record::plan::{HighestLoad, Limit, Reached};

/// The lowest load that is looked at, as a multiple of today's.
const LOWEST: f64 = 0.01;

/// A load, as a multiple of today's.
pub(super) fn settings(evaluator: &Evaluator<'_>, load: f64) -> Vec<Setting> {
    let base = evaluator.base();
    let own = base.study.variants[base.variant].scenario.load_factor;
    // The text of a float is the float.
    vec![setting("load-factor", format!("{:?}", own * load))]
}

/// The highest load up to `load_max` that the scenario can be given.
pub(super) fn highest_possible(evaluator: &Evaluator<'_>, load_max: f64) -> f64 {
    let mut load = load_max;
    while load > 1.0 && evaluator.study(&settings(evaluator, load)).is_err() {
        load = (load / 2.0).max(1.0);
    }
    load
}

/// The highest load. The limit that is reached first says where to begin.
pub(super) fn highest(
    evaluator: &mut Evaluator<'_>,
    judge: &Judge<'_>,
    limits: &[Limit],
    asked: &Asked,
) -> Result<HighestLoad, PlanError> {
    let first = replications(evaluator.base(), asked);
    let reached = limits.iter().find_map(|it| match it.reached {
        Reached::At(at) => Some(at.value),
        _ => None,
    });
    let axis = Axis {
        good_end: LOWEST,
        bad_end: asked.load_max,
        guess: reached.unwrap_or(1.0),
        whole: false,
        replications: (first, asked.replications_max),
    };
    let found = threshold(axis, |load, replications| {
        let settings = settings(evaluator, load);
        Ok(judge.scores(evaluator.evaluate(&settings, replications)?))
    })?;
    let mut binding = |load: f64| -> Result<_, PlanError> {
        let settings = settings(evaluator, load);
        Ok(judge.binding(evaluator.evaluate(&settings, first)?))
    };
    Ok(match found {
        Threshold::At(load) => HighestLoad::At {
            load,
            binding: binding(load.value)?,
        },
        Threshold::HoldsAtBadEnd => HighestLoad::Beyond {
            tried: asked.load_max,
        },
        Threshold::FailsAtGoodEnd => {
            let lowest = binding(LOWEST)?;
            let today = evaluator.evaluate(&[], first)?;
            if judge.scores(today).holds(By::Mean) {
                HighestLoad::Unordered {
                    holds: 1.0,
                    fails: LOWEST,
                    binding: lowest,
                }
            } else {
                HighestLoad::Never {
                    tried: LOWEST,
                    binding: lowest,
                }
            }
        }
    })
}
