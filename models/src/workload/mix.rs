use super::Operation;
use keystorm_sim::Time;

/// How often a fleet asks for each operation.
#[derive(Clone, Debug)]
pub struct Mix {
    /// Operations with a weight above 0, each with the sum of the weights up to it.
    entries: Vec<(u64, Operation)>,
}

impl Mix {
    /// Operations with their weights, in the order in which they are drawn; those without a weight
    /// are left out.
    ///
    /// # Panics
    /// If none has a weight.
    #[must_use]
    pub fn new(weights: impl IntoIterator<Item = (Operation, u64)>) -> Self {
        let mut sum = 0;
        let entries: Vec<_> = weights
            .into_iter()
            .filter(|&(_, weight)| weight > 0)
            .map(|(operation, weight)| {
                sum += weight;
                (sum, operation)
            })
            .collect();
        assert!(!entries.is_empty(), "some operation has a weight");
        Self { entries }
    }

    /// Sum of the weights.
    #[inline]
    #[must_use]
    pub fn total(&self) -> u64 {
        self.entries[self.entries.len() - 1].0
    }

    /// The operation of a number below [`total`](Self::total).
    #[inline]
    #[must_use]
    pub fn operation(&self, number: u64) -> Operation {
        let mut found = self.entries[0].1;
        for pair in self.entries.windows(2) {
            if number < pair[0].0 {
                break;
            }
            found = pair[1].1;
        }
        found
    }

    /// Share of an operation in all requests.
    #[must_use]
    pub fn share(&self, operation: Operation) -> f64 {
        let mut from = 0;
        for &(until, it) in &self.entries {
            if it == operation {
                return (until - from) as f64 / self.total() as f64;
            }
            from = until;
        }
        0.0
    }
}

/// A mix that changes at instants.
#[derive(Clone, Debug)]
pub struct Mixes {
    first: Mix,
    /// By the instant from which each holds.
    later: Box<[(Time, Mix)]>,
}

impl Mixes {
    /// One mix for ever.
    #[must_use]
    pub fn new(mix: Mix) -> Self {
        Self {
            first: mix,
            later: Box::default(),
        }
    }

    /// From `at` on another mix holds.
    ///
    /// # Panics
    /// If that is before the last change.
    pub fn change(&mut self, at: Time, mix: Mix) {
        let last = self.later.last().map_or(Time::ZERO, |it| it.0);
        assert!(last <= at, "changes come in the order of time");
        let mut later = std::mem::take(&mut self.later).into_vec();
        later.push((at, mix));
        self.later = later.into_boxed_slice();
    }

    /// The mix that holds at `at`.
    #[inline]
    #[must_use]
    pub fn at(&self, at: Time) -> &Mix {
        if self.later.is_empty() {
            return &self.first;
        }
        let changes = self.later.partition_point(|it| it.0 <= at);
        changes
            .checked_sub(1)
            .map_or(&self.first, |last| &self.later[last].1)
    }

    /// The operations that are ever asked for, each with its share of the requests at `at`.
    pub fn shares(&self, at: Time) -> impl Iterator<Item = (Operation, f64)> {
        let mix = self.at(at);
        let ever = |operation| {
            let mut all = self.later.iter().map(|it| &it.1).chain([&self.first]);
            all.any(|mix| mix.share(operation) > 0.0)
        };
        let asked = Operation::ALL.into_iter().filter(move |&it| ever(it));
        asked.map(|operation| (operation, mix.share(operation)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: each operation has its weight, and none has more.
    // Method: every number of a mix of three, one of which has no weight.
    #[test]
    fn operations_are_found_by_their_weights() {
        use Operation::{Get, Head, Put};
        let mix = Mix::new([(Get, 3), (Put, 0), (Head, 2)]);
        assert_eq!(mix.total(), 5);
        let found: Vec<_> = (0..5).map(|number| mix.operation(number)).collect();
        assert_eq!(found, [Get, Get, Get, Head, Head]);
        let shares: Vec<_> = Mixes::new(mix).shares(Time::ZERO).collect();
        assert_eq!(shares, [(Get, 0.6), (Head, 0.4)]);
    }

    // Goal: a mix holds from its instant to the next one, and what is asked for at any time is
    // known at all times.
    // Method: three mixes, of which the last holds for ever; shares before and after each change.
    #[test]
    fn mixes_change_at_their_instants() {
        use Operation::{Get, Head, Put};
        let mut mixes = Mixes::new(Mix::new([(Get, 1)]));
        let at = Time::from_secs;
        mixes.change(at(10), Mix::new([(Get, 1), (Put, 3)]));
        mixes.change(at(20), Mix::new([(Head, 2)]));
        let shares = |time| mixes.shares(time).collect::<Vec<_>>();
        let before = |secs| Time::from_nanos(at(secs).nanos() - 1);
        let none = [(Get, 1.0), (Put, 0.0), (Head, 0.0)];
        assert_eq!([shares(at(0)), shares(before(10))], [none, none]);
        let both = [(Get, 0.25), (Put, 0.75), (Head, 0.0)];
        assert_eq!([shares(at(10)), shares(before(20))], [both, both]);
        assert_eq!(shares(at(1_000_000)), [(Get, 0.0), (Put, 0.0), (Head, 1.0)]);
    }
}
