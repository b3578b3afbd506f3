//! What is planned for, and what a reader should know of the answers.
use super::{DEFAULT_EXPECTATION, NARROW};
use crate::expect::Condition;
use keystorm_record::Warning;
use keystorm_record::plan::{Estimate, HighestLoad, Plan, SmallestQuota};

/// Those conditions that ask for something, or else keystorm's own, and whether it is that.
pub(super) fn goals(own: &[Condition]) -> (Vec<Condition>, bool) {
    let goals: Vec<_> = own.iter().filter(|it| it.is_goal()).cloned().collect();
    if goals.is_empty() {
        let default = DEFAULT_EXPECTATION.parse();
        return (vec![default.expect("it is written correctly")], true);
    }
    (goals, false)
}

/// Says which conditions nobody can plan for.
pub(super) fn left_out(own: &[Condition]) -> Option<Warning> {
    let others = own.iter().filter(|it| !it.is_goal());
    let named: Vec<_> = others.map(ToString::to_string).collect();
    (!named.is_empty()).then(|| Warning {
        code: "expectations-left-out".to_owned(),
        text: format!(
            "the plan leaves out what says what is seen, not what is wanted, a range or a bound on \
             the better side: {}",
            named.join(", ")
        ),
        remedy: "say with --expect what the system has to keep".to_owned(),
    })
}

/// Says which intervals are wide although the budget is used up.
pub(super) fn wide(plan: &Plan) -> Vec<Warning> {
    let quota = match &plan.smallest_quota {
        Some(SmallestQuota::At { quota, .. }) => Some(("smallest quota", quota)),
        _ => None,
    };
    let load = match &plan.highest_load {
        Some(HighestLoad::At { load, .. }) => Some(("highest load", load)),
        _ => None,
    };
    let found = [quota, load].into_iter().flatten();
    let wide = found.filter_map(|(what, it)| {
        let text = match width(it) {
            Some(width) if width <= NARROW => return None,
            Some(width) => format!(
                "the interval of the {what} is {:.0} % wide after {} replications",
                width * 100.0,
                it.replications
            ),
            None => format!(
                "the interval of the {what} is open after {} replications",
                it.replications
            ),
        };
        Some(Warning {
            code: "wide-interval".to_owned(),
            text,
            remedy: "raise --replications-max, or measure longer".to_owned(),
        })
    });
    wide.collect()
}

/// Width of an interval as a share of the value; `None` if an end is open.
fn width(estimate: &Estimate) -> Option<f64> {
    let (low, high) = estimate.low.zip(estimate.high)?;
    Some((high - low) / estimate.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Condition {
        text.parse().expect("a condition")
    }

    // Goal: a plan keeps what asks for something, and names what it leaves out.
    // Method: a goal beside a range; a range alone, which leaves keystorm's own condition.
    #[test]
    fn what_is_seen_is_no_goal() {
        let (seen, wanted) = (read("kms.calls=5/s..6/s"), read("get.latency.p99<1 s"));
        let both = [seen.clone(), wanted.clone()];
        assert_eq!(goals(&both), (vec![wanted.clone()], false));
        assert_eq!(goals(&[seen]), (vec![read(DEFAULT_EXPECTATION)], true));
        let left = left_out(&both).expect("the range is left out");
        assert!(left.text.contains("kms.calls"), "{left:?}");
        assert_eq!(left_out(&[wanted]), None);
    }
}
