//! How far conditions are from holding, and how sure that is.
use crate::expect::{Condition, Threshold};
use keystorm_record::plan::Binding;
use keystorm_record::{Metric, Variant};

/// Scores beyond this say no more.
const SCORE_MAX: f64 = 5.0;

/// All conditions of a plan, taken together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judge<'a> {
    conditions: &'a [Condition],
}

/// Which value of a metric is judged: its mean, or an end of its interval.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum By {
    /// The end that the condition likes best: it may hold.
    Best,
    /// The mean.
    Mean,
    /// The end that it likes least: it holds surely.
    Worst,
}

impl By {
    pub(super) const ALL: [Self; 3] = [Self::Best, Self::Mean, Self::Worst];
}

/// How far all conditions are from ceasing to hold, by [`By`]: positive if they hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scores([f64; 3]);

impl Scores {
    pub(super) fn of(self, by: By) -> f64 {
        self.0[by as usize]
    }

    /// Whether the conditions hold.
    pub(super) fn holds(self, by: By) -> bool {
        self.of(by) > 0.0
    }
}

impl<'a> Judge<'a> {
    pub(super) fn new(conditions: &'a [Condition]) -> Self {
        Self { conditions }
    }

    /// Scores of the condition that is nearest to not holding.
    pub(super) fn scores(&self, variant: &Variant) -> Scores {
        Scores(By::ALL.map(|by| {
            let scores = self.conditions.iter().map(|it| score(it, variant, by));
            scores.fold(SCORE_MAX, f64::min)
        }))
    }

    /// The condition that is nearest to not holding, or farthest from holding.
    pub(super) fn binding(&self, variant: &Variant) -> Binding {
        let worst = self.conditions.iter().min_by(|a, b| {
            let of = |it| score(it, variant, By::Mean);
            of(a).total_cmp(&of(b))
        });
        let worst = worst.expect("a plan has a condition");
        Binding {
            condition: worst.to_string(),
            metric: worst.metric.clone(),
            unit: worst.unit,
            value: variant.metrics.get(&worst.metric).map(|it| it.mean),
        }
    }
}

/// How far a condition is from ceasing to hold: positive if it holds, negative if not.
fn score(condition: &Condition, variant: &Variant, by: By) -> f64 {
    let Some(metric) = variant.metrics.get(&condition.metric) else {
        return -SCORE_MAX;
    };
    let score = match condition.threshold {
        Threshold::Below(limit) | Threshold::AtMost(limit) => below(metric, limit, by),
        Threshold::Above(limit) | Threshold::AtLeast(limit) => above(metric, limit, by),
        Threshold::Within(low, high) => above(metric, low, by).min(below(metric, high, by)),
    };
    // A value on the limit itself holds or not as the condition says.
    let on_it = match condition.threshold {
        Threshold::Below(_) | Threshold::Above(_) => -f64::MIN_POSITIVE,
        _ => f64::MIN_POSITIVE,
    };
    if score == 0.0 { on_it } else { score }
}

fn below(metric: &Metric, limit: f64, by: By) -> f64 {
    let value = match by {
        By::Best => metric.low.unwrap_or(metric.mean),
        By::Mean => metric.mean,
        By::Worst => metric.high.unwrap_or(metric.mean),
    };
    distance(limit, value)
}

fn above(metric: &Metric, limit: f64, by: By) -> f64 {
    let value = match by {
        By::Best => metric.high.unwrap_or(metric.mean),
        By::Mean => metric.mean,
        By::Worst => metric.low.unwrap_or(metric.mean),
    };
    distance(value, limit)
}

/// How much more `a` is than `b`: by their ratio where that means something, since shares of what
/// is refused fall like a normal distribution's tail.
fn distance(a: f64, b: f64) -> f64 {
    let far = if a > 0.0 && b > 0.0 {
        libm::log(a / b)
    } else if a.total_cmp(&b).is_eq() {
        0.0
    } else {
        (a - b) / a.abs().max(b.abs()) * SCORE_MAX
    };
    far.clamp(-SCORE_MAX, SCORE_MAX)
}
