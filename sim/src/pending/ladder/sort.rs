//! Sorts a bucket, the latest first.

use crate::pending::entry::Entry;
use crate::pending::pool::{Bucket, Pool};
use std::cmp::Reverse;

/// At most so many events are sorted by counting: 12 KiB stay in the first-level cache.
pub(super) const BATCH_MAX: usize = 512;
/// Up to so many events are sorted by insertion alone.
const INSERTION_MAX: u32 = 6;
/// With more events than this of one digit, they do not lie evenly.
const CROWD: u16 = 12;

/// Counts of a digit that is fine enough to leave less than one event for each value.
#[derive(Clone, Debug)]
pub(super) struct Sorter {
    counts: Box<[u16; 2 * BATCH_MAX]>,
}

impl Sorter {
    pub(super) fn new() -> Self {
        Self {
            counts: Box::new([0; 2 * BATCH_MAX]),
        }
    }

    /// Moves the bucket's events to `due`, which is empty, sorted. Their times differ in the
    /// `spread` low bits only, or lie before `start`; they need not lie evenly.
    pub(super) fn sort<E: Copy>(
        &mut self,
        pool: &mut Pool<E>,
        bucket: Bucket,
        start: u64,
        spread: u32,
        due: &mut Vec<Entry<E>>,
    ) {
        if bucket.len <= INSERTION_MAX {
            pool.drain(bucket, |_, entry| due.push(entry));
            return by_insertion(due);
        }
        if spread == 0 || bucket.len as usize > BATCH_MAX {
            pool.drain(bucket, |_, entry| due.push(entry));
            return due.sort_unstable_by_key(|entry| Reverse(entry.key()));
        }
        let bits = (bucket.len.ilog2() + 1).min(spread);
        let shift = spread - bits;
        let top = (1_usize << bits) - 1;
        #[expect(clippy::cast_possible_truncation, reason = "masked to a digit")]
        let digit = |time: u64| top - ((time.max(start) >> shift) as usize & top);
        let counts = &mut self.counts[..=top];
        counts.fill(0);
        let mut filler = None;
        pool.for_each(bucket, |entry| {
            counts[digit(entry.time)] += 1;
            filler = Some(*entry);
        });
        let (mut sum, mut most) = (0, 0);
        for count in counts.iter_mut() {
            most = most.max(*count);
            sum += *count;
            *count = sum;
        }
        let Some(filler) = filler else { return };
        due.resize(bucket.len as usize, filler);
        pool.drain(bucket, |_, entry| {
            let place = &mut counts[digit(entry.time)];
            *place -= 1;
            due[usize::from(*place)] = entry;
        });
        if most > CROWD {
            due.sort_unstable_by_key(|entry| Reverse(entry.key()));
        } else {
            by_insertion(due);
        }
    }
}

/// Sorts a few events, or many that are nearly sorted.
#[inline]
pub(super) fn by_insertion<E: Copy>(due: &mut [Entry<E>]) {
    for index in 1..due.len() {
        let entry = due[index];
        let mut at = index;
        while at > 0 && due[at - 1].key() < entry.key() {
            due[at] = due[at - 1];
            at -= 1;
        }
        due[at] = entry;
    }
}
