use super::Operation;

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

    /// Operations with their share of all requests.
    pub fn shares(&self) -> impl Iterator<Item = (Operation, f64)> {
        let total = self.total() as f64;
        let before = std::iter::once(0).chain(self.entries.iter().map(|entry| entry.0));
        self.entries
            .iter()
            .zip(before)
            .map(move |(&(until, operation), from)| (operation, (until - from) as f64 / total))
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
        let shares: Vec<_> = mix.shares().collect();
        assert_eq!(shares, [(Get, 0.6), (Head, 0.4)]);
    }
}
