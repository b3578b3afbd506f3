mod partitions;

pub use partitions::SplitRule;

use crate::workload::Operation;
use keystorm_sim::Time;
use partitions::Splitting;

/// Request rates that the prefixes of a bucket admit.
///
/// A counter per partition, kind of request and one-second interval (how S3 measures the rate is
/// not published: assumed). Each prefix begins as one partition. Without a [`SplitRule`] it stays
/// one, which is what AWS promises; with one, partitions under heat split.
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
    /// Set if partitions split; it then counts in place of `counters`.
    splitting: Option<Box<Splitting>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counter {
    second: u32,
    admitted: u32,
}

impl PrefixRates {
    /// Rates of `prefixes` prefixes \[1/s\].
    #[must_use]
    pub fn new(prefixes: u32, read_max: u32, write_max: u32, rule: Option<SplitRule>) -> Self {
        let rate_max = [read_max, write_max];
        Self {
            rate_max,
            counters: vec![[Counter::default(); 2]; prefixes as usize],
            splitting: rule.map(|rule| Box::new(Splitting::new(rule, prefixes, rate_max))),
        }
    }

    /// A request at `now`: `true` if it is admitted.
    ///
    /// `place` says where its key lies among all keys of the prefix, which are spread evenly over
    /// 0..2^64; it is asked only of a prefix that has split.
    #[expect(clippy::cast_possible_truncation, reason = "136 years of seconds fit")]
    #[inline]
    pub fn admit(
        &mut self,
        now: Time,
        prefix: u32,
        operation: Operation,
        place: impl FnOnce() -> u64,
    ) -> bool {
        let kind = usize::from(operation.writes());
        let second = now.second() as u32;
        if let Some(splitting) = &mut self.splitting {
            return splitting.admit(second, prefix, kind, place);
        }
        let counter = &mut self.counters[prefix as usize][kind];
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

    /// Partitions of a prefix.
    #[must_use]
    pub fn partitions(&self, prefix: u32) -> usize {
        let splitting = self.splitting.as_ref();
        splitting.map_or(1, |it| it.partitions(prefix))
    }

    /// Partitions of all prefixes.
    #[must_use]
    pub fn partitions_all(&self) -> usize {
        let prefixes = 0..u32::try_from(self.counters.len()).expect("made from a u32");
        prefixes.map(|it| self.partitions(it)).sum()
    }

    /// Most partitions that any prefix has.
    #[must_use]
    pub fn partitions_max(&self) -> usize {
        let prefixes = 0..u32::try_from(self.counters.len()).expect("made from a u32");
        prefixes.map(|it| self.partitions(it)).max().unwrap_or(1)
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
        let mut rates = PrefixRates::new(2, 2, 1, None);
        let at = Time::from_millis(500);
        let nowhere = || unreachable!("nothing has split");
        assert_eq!(
            [Get, Get, Get].map(|op| rates.admit(at, 0, op, nowhere)),
            [true, true, false]
        );
        assert_eq!(
            [Put, Put].map(|op| rates.admit(at, 0, op, nowhere)),
            [true, false]
        );
        assert!(rates.admit(at, 1, Get, nowhere));
        assert!(rates.admit(Time::from_secs(1), 0, Get, nowhere));
    }
}
