use crate::workload::Operation;
use keystorm_sim::Time;

/// Request rates that the prefixes of a bucket admit.
///
/// A counter per prefix, kind of request and one-second interval (how S3 measures the rate is not
/// published: assumed). Rates do not grow here; S3 splits partitions over tens of minutes.
///
/// # Source
/// Amazon S3 User Guide, "Best practices design patterns: optimizing Amazon S3 performance", read
/// 2026-04-13: at least 3,500 PUT and 5,500 GET requests per second and prefix.
#[derive(Clone, Debug)]
pub struct PrefixRates {
    /// Of reads and of writes \[1/s\].
    rate_max: [u32; 2],
    /// By prefix: of reads and of writes.
    counters: Vec<[Counter; 2]>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counter {
    second: u32,
    admitted: u32,
}

impl PrefixRates {
    /// Rates of `prefixes` prefixes \[1/s\].
    #[must_use]
    pub fn new(prefixes: u32, read_max: u32, write_max: u32) -> Self {
        let counters = vec![[Counter::default(); 2]; prefixes as usize];
        Self {
            rate_max: [read_max, write_max],
            counters,
        }
    }

    /// A request at `now`: `true` if it is admitted.
    #[expect(clippy::cast_possible_truncation, reason = "136 years of seconds fit")]
    #[inline]
    pub fn admit(&mut self, now: Time, prefix: u32, operation: Operation) -> bool {
        let kind = usize::from(operation.writes());
        let counter = &mut self.counters[prefix as usize][kind];
        let second = now.second() as u32;
        if counter.second != second {
            *counter = Counter {
                second,
                admitted: 0,
            };
        }
        let admitted = counter.admitted < self.rate_max[kind];
        counter.admitted += u32::from(admitted);
        admitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: each prefix and kind of request has a rate of its own, anew each second.
    // Method: a rate of 2 reads and 1 write on two prefixes.
    #[test]
    fn prefixes_and_operations_are_counted_apart() {
        use Operation::{Get, Put};
        let mut rates = PrefixRates::new(2, 2, 1);
        let at = Time::from_millis(500);
        assert_eq!(
            [Get, Get, Get].map(|op| rates.admit(at, 0, op)),
            [true, true, false]
        );
        assert_eq!([Put, Put].map(|op| rates.admit(at, 0, op)), [true, false]);
        assert!(rates.admit(at, 1, Get));
        assert!(rates.admit(Time::from_secs(1), 0, Get));
    }
}
