//! Ends of requests that nobody has looked at yet.
use keystorm_sim::Time;

/// A request's end \[ns\] and, in the low bits, the tokens that it gives back: one integer to
/// compare.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct End(u64);

impl End {
    /// Bits for the tokens; the others hold two years of nanoseconds.
    const TOKENS_BITS: u32 = 8;

    pub(super) fn new(at: Time, tokens: u16) -> Self {
        debug_assert!(at.nanos() < 1 << 56 && tokens < 1 << 8, "{at:?} {tokens}");
        Self(at.nanos() << Self::TOKENS_BITS | u64::from(tokens))
    }

    pub(super) fn at(self) -> Time {
        Time::from_nanos(self.0 >> Self::TOKENS_BITS)
    }

    pub(super) fn tokens(self) -> u16 {
        (self.0 & ((1 << Self::TOKENS_BITS) - 1)) as u16
    }
}

/// Ends not settled yet.
#[derive(Clone, Debug)]
pub(super) struct Ends {
    /// In no order.
    open: Vec<End>,
    /// When the first of them is.
    first: Time,
    /// Those that were taken last; kept for its memory alone.
    due: Vec<End>,
}

impl Default for Ends {
    fn default() -> Self {
        Self {
            open: Vec::new(),
            first: Time::NEVER,
            due: Vec::new(),
        }
    }
}

impl Ends {
    #[inline]
    pub(super) fn push(&mut self, end: End) {
        self.first = self.first.min(end.at());
        self.open.push(end);
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.open.len()
    }

    /// When the first is; `Time::NEVER` if there is none.
    #[inline]
    pub(super) fn first(&self) -> Time {
        self.first
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &End> {
        self.open.iter()
    }

    pub(super) fn sorted(&self) -> Vec<End> {
        let mut ends = self.open.clone();
        ends.sort_unstable();
        ends
    }

    /// Takes those up to `now`, in the order of time.
    #[inline]
    pub(super) fn take_due(&mut self, now: Time) -> &[End] {
        let Self { open, first, due } = self;
        due.resize(open.len(), End(0));
        // Without a branch, which could not be predicted.
        let (mut open_count, mut due_count, mut first_open) = (0, 0, u64::MAX);
        for index in 0..open.len() {
            let end = open[index];
            let is_due = end.at() <= now;
            open[open_count] = end;
            open_count += usize::from(!is_due);
            due[due_count] = end;
            due_count += usize::from(is_due);
            first_open = first_open.min(if is_due { u64::MAX } else { end.0 });
        }
        open.truncate(open_count);
        due.truncate(due_count);
        *first = if open_count == 0 {
            Time::NEVER
        } else {
            End(first_open).at()
        };
        sort(due, now);
        due
    }
}

/// Sorts ends that were due at `now`. A few, as there mostly are, without branches, which could not
/// be predicted: the place of each is the number of those before it. Several times as fast as the
/// standard library there, which makes 5 % of a whole run.
fn sort(ends: &mut [End], now: Time) {
    const FEW: usize = 32;
    const LANES: usize = 8;
    let count = ends.len();
    if count > FEW {
        return ends.sort_unstable();
    }
    let mut copy = [End(0); FEW];
    copy[..count].copy_from_slice(ends);
    // Nanoseconds before `now`, in 32 bits, of which a processor compares several at a time.
    let mut ages = [0_i32; FEW];
    let mut bits = 0;
    for (age, end) in ages.iter_mut().zip(&*ends) {
        let nanos = now.since(end.at()).nanos();
        bits |= nanos;
        *age = (nanos & LOW_31) as i32;
    }
    let mut ranks = [0_u32; FEW];
    let mut sum = 0;
    let chunks = ranks.chunks_exact_mut(LANES).zip(ages.chunks_exact(LANES));
    for (ranks, own) in chunks.take(count.div_ceil(LANES)) {
        let mut before = [0_u32; LANES];
        for age in &ages[..count] {
            for (before, own) in before.iter_mut().zip(own) {
                *before += u32::from(age > own);
            }
        }
        ranks.copy_from_slice(&before);
    }
    for (end, rank) in copy.iter().zip(ranks).take(count) {
        ends[rank as usize & (FEW - 1)] = *end;
        sum += rank as usize;
    }
    // Equal ends have the same place, and some old ones have none.
    if bits > LOW_31 || sum != count * count.saturating_sub(1) / 2 {
        ends.copy_from_slice(&copy[..count]);
        ends.sort_unstable();
    }
}

/// What fits into a signed number of 32 bits.
const LOW_31: u64 = i32::MAX as u64;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        // Goal: few ends or many, with ties or without, new or old, come into order.
        // Method: random ends against the standard library.
        #[test]
        fn ends_are_sorted(
            ends in prop::collection::vec((0_u64..400, 0_u16..4), 0..70),
            unit in prop_oneof![Just(1), Just(10_000_000)],
        ) {
            let end = |(at, tokens)| End::new(Time::from_nanos(at * unit), tokens);
            let mut ends: Vec<_> = ends.into_iter().map(end).collect();
            let mut expected = ends.clone();
            expected.sort_by_key(|end| end.at());
            sort(&mut ends, Time::from_nanos(400 * unit));
            for (end, expected) in ends.iter().zip(&expected) {
                prop_assert_eq!(end.at(), expected.at());
            }
            ends.sort();
            expected.sort();
            prop_assert_eq!(ends, expected);
        }
    }
}
