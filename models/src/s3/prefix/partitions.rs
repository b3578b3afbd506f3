/// When S3 splits a partition of a prefix, and when it joins two again.
///
/// A partition is *hot* in a second that asks it for at least `heat_percent` of its rate of reads
/// or of writes. It splits into two halves of its keys, each with the full rates, once it has been
/// hot for `until_split_s`; pauses up to `pause_s` do not count against it. Two halves join when
/// neither has been half hot for `until_merge_s`: the whole would not be hot.
///
/// All decisions hang on whole counts per second, so a run repeats exactly.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SplitRule {
    /// Share of a rate from which a second is hot \[%\], 1..=100.
    pub heat_percent: u32,
    /// Longest time without a hot second that heat survives \[s\].
    pub pause_s: u32,
    /// Time from the first hot second until the split \[s\], at least 1.
    pub until_split_s: u32,
    /// Time of quiet until two halves join \[s\], at least 1.
    pub until_merge_s: u32,
}

/// Most splits between a prefix and one of its partitions: 1,024 partitions a prefix. Beyond them
/// nothing splits: 5.6 million reads per second, more than any bucket is known for.
const DEPTH_MAX: u8 = 10;

/// Partitions of all prefixes.
#[derive(Clone, Debug)]
pub(super) struct Splitting {
    rule: SplitRule,
    /// Reads, writes of one partition \[1/s\].
    rate_max: [u32; 2],
    /// Of a rate: requests from which a second is hot.
    hot_from: [u32; 2],
    /// By prefix; each list covers all keys, in their order.
    prefixes: Vec<Vec<Partition>>,
}

/// A part of a prefix's keys.
#[derive(Clone, Copy, Debug)]
struct Partition {
    /// Where it begins among the prefix's keys, spread over 0..2^64.
    start: u64,
    /// Splits between the prefix and it: it has 2^-depth of the keys.
    depth: u8,
    /// The second that `asked` counts.
    second: u32,
    /// Requests of that second, refused ones included: reads, writes.
    asked: [u32; 2],
    /// First hot second of a stretch without long pauses.
    hot_since: u32,
    /// Last hot second, if there was one since the partition came to be.
    hot_last: Option<u32>,
    /// Last second that was at least half hot; at first its first second.
    needed_last: u32,
}

impl Splitting {
    pub(super) fn new(rule: SplitRule, prefixes: u32, rate_max: [u32; 2]) -> Self {
        let hot_from = |rate: u32| {
            let hundredths = u64::from(rate) * u64::from(rule.heat_percent);
            u32::try_from(hundredths.div_ceil(100)).unwrap_or(u32::MAX)
        };
        Self {
            rule,
            rate_max,
            hot_from: rate_max.map(hot_from),
            prefixes: vec![vec![Partition::new(0, 0, 0)]; prefixes as usize],
        }
    }

    pub(super) fn partitions(&self, prefix: u32) -> usize {
        self.prefixes[prefix as usize].len()
    }

    /// A request in `second`: `true` if its partition admits it.
    pub(super) fn admit(
        &mut self,
        second: u32,
        prefix: u32,
        kind: usize,
        place: impl FnOnce() -> u64,
    ) -> bool {
        let whole = self.prefixes[prefix as usize].len() == 1;
        let first = &self.prefixes[prefix as usize][0];
        let place = if whole && first.second == second {
            0
        } else {
            place()
        };
        let mut index = self.find(prefix, place);
        if self.prefixes[prefix as usize][index].second != second {
            self.begin(second, prefix, index);
            index = self.find(prefix, place);
        }
        let partition = &mut self.prefixes[prefix as usize][index];
        let asked = &mut partition.asked[kind];
        let admitted = *asked < self.rate_max[kind];
        *asked = asked.saturating_add(1);
        admitted
    }

    fn find(&self, prefix: u32, place: u64) -> usize {
        let partitions = &self.prefixes[prefix as usize];
        partitions.partition_point(|it| it.start <= place) - 1
    }

    /// A partition's first request in a new second: what it was asked before decides whether it
    /// splits or joins its other half.
    fn begin(&mut self, second: u32, prefix: u32, index: usize) {
        let Self {
            rule,
            hot_from,
            prefixes,
            ..
        } = self;
        let partitions = &mut prefixes[prefix as usize];
        let partition = &mut partitions[index];
        partition.book(second, rule, *hot_from);
        if partition.is_ripe(rule) {
            let depth = partition.depth + 1;
            let half = 1 << (u64::BITS - u32::from(depth));
            let upper = Partition::new(partition.start + half, depth, second);
            *partition = Partition::new(partition.start, depth, second);
            partitions.insert(index + 1, upper);
            return;
        }
        let mut index = index;
        while let Some((lower, upper)) = halves(partitions, index) {
            for half in [lower, upper] {
                partitions[half].book(second, rule, *hot_from);
            }
            let quiet = |it: &Partition| second - it.needed_last >= rule.until_merge_s;
            if ![lower, upper].iter().all(|&it| quiet(&partitions[it])) {
                return;
            }
            let joined = partitions[lower].joined(&partitions[upper]);
            partitions[lower] = joined;
            partitions.remove(upper);
            index = lower;
        }
    }
}

/// The partition at `index` and its other half, in order, if that is a partition, too.
fn halves(partitions: &[Partition], index: usize) -> Option<(usize, usize)> {
    let Partition { start, depth, .. } = partitions[index];
    if depth == 0 {
        return None;
    }
    let half = 1 << (u64::BITS - u32::from(depth));
    let (lower, upper) = if start & half == 0 {
        (index, index + 1)
    } else {
        (index - 1, index)
    };
    (partitions[lower].depth == partitions[upper].depth).then_some((lower, upper))
}

impl Partition {
    fn new(start: u64, depth: u8, second: u32) -> Self {
        Self {
            start,
            depth,
            second,
            asked: [0; 2],
            hot_since: 0,
            hot_last: None,
            needed_last: second,
        }
    }

    /// Closes the second that was counted, if it is over, and begins `second`.
    fn book(&mut self, second: u32, rule: &SplitRule, hot_from: [u32; 2]) {
        if self.second == second {
            return;
        }
        let asked = |least: [u32; 2]| (0..2).any(|kind| self.asked[kind] >= least[kind]);
        if asked(hot_from) {
            let goes_on = |last: u32| self.second - last <= rule.pause_s + 1;
            if !self.hot_last.is_some_and(goes_on) {
                self.hot_since = self.second;
            }
            self.hot_last = Some(self.second);
        }
        if asked(hot_from.map(|least| least.div_ceil(2))) {
            self.needed_last = self.second;
        }
        self.second = second;
        self.asked = [0; 2];
    }

    fn is_ripe(&self, rule: &SplitRule) -> bool {
        let hot_for = self.hot_last.map_or(0, |last| last - self.hot_since + 1);
        hot_for >= rule.until_split_s && self.depth < DEPTH_MAX
    }

    /// This lower half and the upper one as one.
    fn joined(&self, upper: &Self) -> Self {
        let sum = |kind: usize| self.asked[kind].saturating_add(upper.asked[kind]);
        Self {
            asked: [sum(0), sum(1)],
            depth: self.depth - 1,
            hot_last: None,
            needed_last: self.needed_last.max(upper.needed_last),
            ..*self
        }
    }
}

#[cfg(test)]
mod tests;
