//! Events that are not due yet: unsorted lists by the digits of their time, split when they come
//! near.
//!
//! A level reads one digit of the time, and its width fits the events that the level was made for:
//! a list that comes near with too many events to be sorted at once becomes a new level with
//! buckets of about [`BUCKET_TARGET`] events. Levels go from coarse to fine, their digits do not
//! overlap, and a new event finds its level by the highest bit in which its time differs from
//! `start`. Nothing hangs on a rate that is known beforehand; whatever the times are, an event
//! moves down at most 64 / [`DIGIT_BITS_MIN`] levels, usually two.
mod sort;

use super::entry::Entry;
use super::pool::{Bucket, Pool};
use sort::Sorter;

/// Buckets of a level: appending to more places at a time leaves the first-level cache.
const BUCKETS: usize = 1 << DIGIT_BITS_MAX;
const DIGIT_BITS_MAX: u32 = 8;
const DIGIT_BITS_MIN: u32 = 4;
/// Events of a bucket that a new level aims at, as a power of two.
const BUCKET_TARGET: u32 = 4;
/// Up to so many events are sorted at once in any case.
const BATCH_MIN: usize = 32;
/// At most so many events leave all levels and are kept sorted.
const FEW: usize = 16;

#[derive(Clone, Debug)]
pub(super) struct Ladder<E> {
    pool: Pool<E>,
    /// [`BUCKETS`] for each level; the outermost uses one of them, for all that lies beyond.
    buckets: Vec<Bucket>,
    levels: Vec<Level>,
    /// Where a time goes, by the highest bit in which it differs from `start`.
    places: [Place; 64],
    /// The lower end of the innermost level's current bucket, or later; nothing here is before it.
    start: u64,
    len: usize,
    sorter: Sorter,
}

/// A digit of the time: `bits` bits from `shift` on.
#[derive(Clone, Copy, Debug)]
struct Level {
    shift: u32,
    bits: u32,
}

/// How to find the bucket of a time.
#[derive(Clone, Copy, Debug)]
struct Place {
    shift: u32,
    mask: u32,
    base: u32,
}

impl Place {
    /// Everything is in one bucket.
    const BEYOND: Self = Self {
        shift: 63,
        mask: 0,
        base: 0,
    };

    #[expect(clippy::cast_possible_truncation, reason = "masked to a digit")]
    #[inline]
    fn index(self, time: u64) -> usize {
        (self.base + ((time >> (self.shift & 63)) as u32 & self.mask)) as usize
    }
}

impl<E: Copy> Ladder<E> {
    pub(super) fn new() -> Self {
        Self {
            pool: Pool::new(),
            buckets: vec![Bucket::EMPTY; BUCKETS],
            levels: Vec::new(),
            places: [Place::BEYOND; 64],
            start: 0,
            len: 0,
            sorter: Sorter::new(),
        }
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(super) fn push(&mut self, entry: Entry<E>) {
        let time = entry.time.max(self.start);
        let place = self.places[((time ^ self.start) | 1).ilog2() as usize];
        self.pool
            .append(&mut self.buckets[place.index(time)], entry);
        self.len += 1;
    }

    /// Moves the next events to `due`, which is empty, the latest first. Returns the last key that
    /// belongs to them: later ones go on to be pushed here.
    pub(super) fn refill(&mut self, due: &mut Vec<Entry<E>>) -> u128 {
        if self.len <= FEW {
            self.drain(due);
            sort::by_insertion(due);
            return u128::MAX;
        }
        loop {
            let level = self.levels.last().copied();
            let Some(index) = self.next_bucket(level) else {
                self.leave_level();
                continue;
            };
            let bucket = std::mem::replace(&mut self.buckets[index], Bucket::EMPTY);
            let few = bucket.len as usize <= self.batch();
            let (time, spread) = match level {
                Some(level) if few => (self.start, level.shift),
                _ => self.spread(bucket),
            };
            if few || spread == 0 {
                self.len -= bucket.len as usize;
                self.sorter
                    .sort(&mut self.pool, bucket, self.start, spread, due);
                // Of very many events at one instant, those that come later stay behind.
                let end = level.map_or(u64::MAX, |level| self.start | low(level.shift));
                let last = u128::from(end) << 64 | u128::from(u64::MAX);
                return if few { last } else { due[0].key() };
            }
            self.split(bucket, time, spread);
        }
    }

    /// Moves all events to `to`, in no order.
    pub(super) fn drain(&mut self, to: &mut Vec<Entry<E>>) {
        while self.len > 0 {
            let Some(index) = self.next_bucket(self.levels.last().copied()) else {
                self.leave_level();
                continue;
            };
            let bucket = std::mem::replace(&mut self.buckets[index], Bucket::EMPTY);
            self.pool.drain(bucket, |_, entry| to.push(entry));
            self.len -= bucket.len as usize;
        }
        self.levels.clear();
        self.places = [Place::BEYOND; 64];
        self.start = 0;
    }

    /// At most so many events are sorted at once: few enough that those inserted among them are
    /// a small part of all.
    #[inline]
    fn batch(&self) -> usize {
        (self.len / 16).clamp(BATCH_MIN, sort::BATCH_MAX)
    }

    /// Moves `start` to the level's next bucket with events and returns its index.
    #[expect(clippy::cast_possible_truncation, reason = "masked to a digit")]
    fn next_bucket(&mut self, level: Option<Level>) -> Option<usize> {
        let Some(Level { shift, bits }) = level else {
            return (self.buckets[0].len > 0).then_some(0);
        };
        let base = self.levels.len() * BUCKETS;
        let current = (self.start >> shift & low(bits)) as usize;
        let rest = &self.buckets[base + current..base + (1 << bits)];
        let skipped = rest.iter().position(|bucket| bucket.len > 0)?;
        if skipped > 0 {
            self.start = ((self.start >> shift) + skipped as u64) << shift;
        }
        Some(base + current + skipped)
    }

    /// A time of the bucket, and the number of low bits in which the bucket's times differ.
    fn spread(&self, bucket: Bucket) -> (u64, u32) {
        let mut first = None;
        let mut differing = 0;
        self.pool.for_each(bucket, |entry| {
            let time = entry.time.max(self.start);
            differing |= time ^ *first.get_or_insert(time);
        });
        (
            first.unwrap_or(self.start),
            u64::BITS - differing.leading_zeros(),
        )
    }

    /// Makes a new level of a bucket whose times are those of `time` but for the `spread` low bits.
    fn split(&mut self, bucket: Bucket, time: u64, spread: u32) {
        let bits = (bucket.len.ilog2() - BUCKET_TARGET)
            .clamp(DIGIT_BITS_MIN, DIGIT_BITS_MAX)
            .min(spread);
        let shift = spread - bits;
        self.levels.push(Level { shift, bits });
        let place = self.place();
        self.places[..spread as usize].fill(place);
        self.start = self.start.max(time & !low(spread));
        if self.buckets.len() < (self.levels.len() + 1) * BUCKETS {
            self.buckets
                .resize((self.levels.len() + 1) * BUCKETS, Bucket::EMPTY);
        }
        let Self {
            pool,
            buckets,
            start,
            ..
        } = self;
        pool.drain(bucket, |pool, entry| {
            let index = place.index(entry.time.max(*start));
            pool.append(&mut buckets[index], entry);
        });
    }

    /// Goes back to the next coarser level.
    fn leave_level(&mut self) {
        let level = self.levels.pop().expect("the outermost level has the rest");
        let place = self.place();
        self.places[..(level.shift + level.bits) as usize].fill(place);
    }

    /// The place of the innermost level.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a digit has 8 bits, levels are 16"
    )]
    fn place(&self) -> Place {
        self.levels.last().map_or(Place::BEYOND, |level| Place {
            shift: level.shift,
            mask: low(level.bits) as u32,
            base: (self.levels.len() * BUCKETS) as u32,
        })
    }
}

/// The `bits` low bits.
#[inline]
fn low(bits: u32) -> u64 {
    u64::MAX.checked_shr(u64::BITS - bits).unwrap_or(0)
}
