use keystorm_sim::Time;

/// Calls per second that are granted, over time: constant between changes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct QuotaSteps {
    /// From when on, by time; the first at t = 0.
    steps: Vec<(Time, u64)>,
}

impl QuotaSteps {
    /// Always `quota_per_s`.
    #[must_use]
    pub fn constant(quota_per_s: u64) -> Self {
        Self {
            steps: vec![(Time::ZERO, quota_per_s)],
        }
    }

    /// `quota_per_s` from `at` on, whatever would have come later. A change at t = 0 is there from
    /// the beginning; one to the quota that there is anyway is none.
    ///
    /// # Panics
    /// If `at` is before a change that was made earlier.
    pub fn change(&mut self, at: Time, quota_per_s: u64) {
        let (before, quota) = self.steps[self.steps.len() - 1];
        assert!(at >= before, "changes come in the order of time");
        if at == before {
            self.steps.pop();
            if self.steps.last().is_some_and(|last| last.1 == quota_per_s) {
                return;
            }
        } else if quota == quota_per_s {
            return;
        }
        self.steps.push((at, quota_per_s));
    }

    /// The quota at `at`; at a change, the one after it \[1/s\].
    #[must_use]
    pub fn at(&self, at: Time) -> u64 {
        let next = self.steps.partition_point(|step| step.0 <= at);
        self.steps[next - 1].1
    }

    /// The quota at t = 0 \[1/s\].
    #[must_use]
    pub fn first(&self) -> u64 {
        self.steps[0].1
    }

    /// Changes after t = 0, by time: when, and to what \[1/s\].
    #[must_use]
    pub fn changes(&self) -> &[(Time, u64)] {
        &self.steps[1..]
    }

    /// The lowest quota in the seconds from `from` to `to` \[1/s\].
    #[must_use]
    pub fn least(&self, from: u64, to: u64) -> u64 {
        let within = |step: &&(Time, u64)| (from..to).contains(&step.0.second());
        let changed = self.changes().iter().filter(within).map(|step| step.1);
        changed.fold(self.at(Time::from_secs(from)), u64::min)
    }

    /// Mean quota from `from` to `to` \[1/s\].
    #[must_use]
    pub fn mean(&self, from: Time, to: Time) -> f64 {
        if self.changes().is_empty() {
            return self.first() as f64;
        }
        let ends = self.changes().iter().map(|step| step.0).chain([to]);
        let calls_ns: u128 = self
            .steps
            .iter()
            .zip(ends)
            .map(|(&(begins, quota), ends)| {
                let length = ends.min(to).since(begins.max(from)).nanos();
                u128::from(quota) * u128::from(length)
            })
            .sum();
        calls_ns as f64 / to.since(from).nanos() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: a quota holds from its change to the next one, and its mean weighs it by that time.
    // Method: a change at t = 0, one to the same quota, two that count.
    #[test]
    fn a_quota_holds_until_the_next_change() {
        let at = Time::from_secs;
        let mut steps = QuotaSteps::constant(5);
        steps.change(at(0), 10);
        steps.change(at(3), 10);
        steps.change(at(4), 20);
        steps.change(at(8), 30);
        assert_eq!(steps.changes(), [(at(4), 20), (at(8), 30)]);
        let quotas = [0, 3, 4, 7, 8, 99].map(|second| steps.at(at(second)));
        assert_eq!(quotas, [10, 10, 20, 20, 30, 30]);
        let is = |mean: f64, expected: f64| (mean - expected).abs() < 1e-9;
        // 10, 20 and 30 for 2, 4 and 2 seconds.
        assert!(is(steps.mean(at(2), at(10)), 20.0));
        assert!(is(steps.mean(at(3), at(5)), 15.0));
        assert_eq!(
            (steps.least(2, 4), steps.least(3, 9), steps.least(5, 7)),
            (10, 10, 20)
        );
        steps.change(at(8), 20);
        assert_eq!(steps.changes(), [(at(4), 20)]);
    }
}
