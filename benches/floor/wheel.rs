//! Pending events in a wheel of buckets whose width fits a rate that is known beforehand.

/// Time \[ns\] in the high half, order of scheduling and payload in the low half.
pub(crate) type Key = u128;

/// The time \[ns\] of `key`.
#[inline]
pub(crate) fn time(key: Key) -> u64 {
    (key >> 64) as u64
}

/// Events in buckets by their time; one bucket is sorted when its turn comes.
#[derive(Debug)]
pub(crate) struct Wheel {
    /// The current bucket's events, the latest first.
    due: Vec<Key>,
    buckets: Box<[Vec<Key>]>,
    /// Beyond one turn of the wheel.
    far: Vec<Key>,
    /// Number of the current bucket since time 0.
    current: u64,
    shift: u32,
    len: usize,
}

impl Wheel {
    /// A wheel for events whose mean distance is `gap` \[ns\], scheduled mostly up to `ahead`
    /// \[ns\], with about `target` events in a bucket.
    pub(crate) fn new(gap: u64, ahead: u64, target: u64) -> Self {
        let shift = (gap * target).ilog2();
        let count = usize::try_from((ahead >> shift) + 2)
            .expect("buckets fit the machine")
            .next_power_of_two();
        let room = usize::try_from(2 * target).expect("a bucket fits the machine");
        Self {
            due: Vec::with_capacity(room),
            buckets: (0..count).map(|_| Vec::with_capacity(room)).collect(),
            far: Vec::new(),
            current: 0,
            shift,
            len: 0,
        }
    }

    #[inline]
    pub(crate) fn push(&mut self, key: Key) {
        self.len += 1;
        let bucket = time(key) >> self.shift;
        let ahead = bucket.saturating_sub(self.current);
        if ahead == 0 {
            self.insert(key);
        } else {
            self.put(key, bucket, ahead);
        }
    }

    #[inline]
    fn put(&mut self, key: Key, bucket: u64, ahead: u64) {
        if ahead < self.buckets.len() as u64 {
            let mask = self.buckets.len() - 1;
            self.buckets[bucket as usize & mask].push(key);
        } else {
            self.far.push(key);
        }
    }

    /// Puts an event among those of the current bucket.
    #[inline]
    fn insert(&mut self, key: Key) {
        let mut at = self.due.len();
        self.due.push(key);
        while at > 0 && self.due[at - 1] < key {
            self.due[at] = self.due[at - 1];
            at -= 1;
        }
        self.due[at] = key;
    }

    /// Time \[ns\] of the first event, the largest number if there is none.
    #[inline]
    pub(crate) fn first(&mut self) -> u64 {
        if self.due.is_empty() {
            self.turn();
        }
        self.due.last().map_or(u64::MAX, |&key| time(key))
    }

    #[inline]
    pub(crate) fn pop(&mut self) -> Option<Key> {
        if self.due.is_empty() {
            self.turn();
        }
        let key = self.due.pop()?;
        self.len -= 1;
        Some(key)
    }

    /// Turns the wheel to the next bucket with events.
    #[inline(never)]
    fn turn(&mut self) {
        let mask = self.buckets.len() - 1;
        while self.len > 0 && self.due.is_empty() {
            self.current += 1;
            let index = self.current as usize & mask;
            if index == 0 {
                for key in std::mem::take(&mut self.far) {
                    let bucket = time(key) >> self.shift;
                    self.put(key, bucket, bucket - self.current);
                }
            }
            std::mem::swap(&mut self.due, &mut self.buckets[index]);
            self.due.sort_unstable_by(|a, b| b.cmp(a));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    // Goal: the wheel gives back all events in order, near, far and beyond.
    // Method: events up to ten turns ahead, pushed and popped in turn, against a sorted set.
    #[test]
    fn the_wheel_is_ordered() {
        let mut wheel = Wheel::new(10, 1_000, 16);
        let mut model = std::collections::BTreeSet::new();
        let mut random = Random::new(1);
        let mut now = 0;
        for order in 0..100_000 {
            let ahead = random.below(if order % 16 == 0 { 10_000 } else { 500 });
            let key = u128::from(now + ahead) << 64 | order;
            wheel.push(key);
            model.insert(key);
            if order % 3 != 0 || order > 50_000 {
                let popped = wheel.pop();
                assert_eq!(popped, model.pop_first());
                now = popped.map_or(now, time);
            }
        }
        while let Some(key) = model.pop_first() {
            assert_eq!((wheel.first(), wheel.pop()), (time(key), Some(key)));
        }
        assert_eq!(wheel.pop(), None);
    }
}
