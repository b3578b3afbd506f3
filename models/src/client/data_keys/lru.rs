use std::mem::replace;

/// Names what an entry of a cache holds: materials to encrypt with, or to decrypt with.
///
/// The two never stand in for each other, as in the SDKs: what was cached by an encryption serves
/// no decryption.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct KeyId(u64);

impl KeyId {
    /// What encrypts under `context`.
    pub(super) const fn encrypt(context: u32) -> Self {
        Self(context as u64)
    }

    /// What decrypts under encrypted key `key`.
    pub(super) const fn decrypt(key: u32) -> Self {
        Self(1 << 32 | key as u64)
    }
}

/// No slot.
const NONE: u32 = u32::MAX;

/// Neighbours of a slot in a list.
#[derive(Clone, Copy, Debug)]
struct Link {
    before: u32,
    after: u32,
}

/// First and last slot of a list.
#[derive(Clone, Copy, Debug)]
struct Ends {
    first: u32,
    last: u32,
}

#[derive(Clone, Debug)]
struct Slot<V> {
    id: KeyId,
    value: V,
    links: [Link; 2],
}

/// By last use.
const USED: usize = 0;
/// By when it was stored.
const STORED: usize = 1;

/// A map of bounded size that knows which entry was used longest ago, and which was stored longest
/// ago. Every operation takes constant time; memory grows with what is stored, up to `capacity`
/// entries and twice as many numbers, and then never again.
#[derive(Clone, Debug)]
pub(super) struct Lru<V> {
    capacity: u32,
    slots: Vec<Slot<V>>,
    free: Vec<u32>,
    lists: [Ends; 2],
    /// Slots by a hash of their id, open addressing; its length is a power of two, at least twice
    /// the number of slots.
    index: Vec<u32>,
}

impl<V: Copy> Lru<V> {
    /// An empty map of at most `capacity` entries.
    pub(super) const fn new(capacity: u32) -> Self {
        const EMPTY: Ends = Ends {
            first: NONE,
            last: NONE,
        };
        Self {
            capacity,
            slots: Vec::new(),
            free: Vec::new(),
            lists: [EMPTY; 2],
            index: Vec::new(),
        }
    }

    /// Entries stored.
    pub(super) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// The entry of `id`, which counts as a use of it.
    pub(super) fn get(&mut self, id: KeyId) -> Option<&mut V> {
        let slot = self.find(id)?;
        self.unlink(USED, slot);
        self.append(USED, slot);
        Some(&mut self.slots[slot as usize].value)
    }

    /// The value stored longest ago.
    pub(super) fn oldest(&self) -> Option<&V> {
        let slot = self.lists[STORED].first;
        self.slots.get(slot as usize).map(|it| &it.value)
    }

    /// Removes what was stored longest ago.
    pub(super) fn remove_oldest(&mut self) {
        self.remove_slot(self.lists[STORED].first);
    }

    /// Removes the entry of `id`, if there is one.
    pub(super) fn remove(&mut self, id: KeyId) {
        if let Some(slot) = self.find(id) {
            self.remove_slot(slot);
        }
    }

    /// Stores `value` under `id`, in place of what was there; what was used longest ago goes if
    /// there is no room.
    pub(super) fn put(&mut self, id: KeyId, value: V) {
        self.remove(id);
        if self.capacity == 0 {
            return;
        }
        if self.len() == self.capacity as usize {
            self.remove_slot(self.lists[USED].first);
        }
        let loose = Link {
            before: NONE,
            after: NONE,
        };
        let new = Slot {
            id,
            value,
            links: [loose; 2],
        };
        let slot = if let Some(slot) = self.free.pop() {
            self.slots[slot as usize] = new;
            slot
        } else {
            self.slots.push(new);
            self.make_room();
            u32::try_from(self.slots.len() - 1).expect("a capacity is a u32")
        };
        self.append(USED, slot);
        self.append(STORED, slot);
        self.insert(slot);
    }

    /// Removes everything, and keeps the memory.
    pub(super) fn clear(&mut self) {
        while self.len() > 0 {
            self.remove_oldest();
        }
    }

    fn remove_slot(&mut self, slot: u32) {
        if slot == NONE {
            return;
        }
        self.unlink(USED, slot);
        self.unlink(STORED, slot);
        self.take_out(slot);
        self.free.push(slot);
    }

    fn unlink(&mut self, list: usize, slot: u32) {
        let Link { before, after } = self.slots[slot as usize].links[list];
        match self.slots.get_mut(before as usize) {
            Some(neighbour) => neighbour.links[list].after = after,
            None => self.lists[list].first = after,
        }
        match self.slots.get_mut(after as usize) {
            Some(neighbour) => neighbour.links[list].before = before,
            None => self.lists[list].last = before,
        }
    }

    fn append(&mut self, list: usize, slot: u32) {
        let before = replace(&mut self.lists[list].last, slot);
        self.slots[slot as usize].links[list] = Link {
            before,
            after: NONE,
        };
        match self.slots.get_mut(before as usize) {
            Some(neighbour) => neighbour.links[list].after = slot,
            None => self.lists[list].first = slot,
        }
    }

    /// Where the search for `id` begins: Fibonacci hashing, the same on every machine.
    fn home(&self, id: KeyId) -> usize {
        let mixed = id.0.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed >> 32) as usize & (self.index.len() - 1)
    }

    fn next(&self, place: usize) -> usize {
        (place + 1) & (self.index.len() - 1)
    }

    fn find(&self, id: KeyId) -> Option<u32> {
        if self.index.is_empty() {
            return None;
        }
        let mut place = self.home(id);
        while self.index[place] != NONE {
            let slot = self.index[place];
            if self.slots[slot as usize].id == id {
                return Some(slot);
            }
            place = self.next(place);
        }
        None
    }

    fn insert(&mut self, slot: u32) {
        let mut place = self.home(self.slots[slot as usize].id);
        while self.index[place] != NONE {
            place = self.next(place);
        }
        self.index[place] = slot;
    }

    /// Takes a slot out of the index, and moves up what stands behind it only for its sake.
    fn take_out(&mut self, slot: u32) {
        let mut gap = self.home(self.slots[slot as usize].id);
        while self.index[gap] != slot {
            gap = self.next(gap);
        }
        let mask = self.index.len() - 1;
        let mut place = gap;
        loop {
            place = self.next(place);
            let found = self.index[place];
            if found == NONE {
                break;
            }
            let home = self.home(self.slots[found as usize].id);
            let way = |from: usize| place.wrapping_sub(from) & mask;
            if way(home) >= way(gap) {
                self.index[gap] = found;
                gap = place;
            }
        }
        self.index[gap] = NONE;
    }

    /// Keeps the index at least twice as long as there are slots.
    fn make_room(&mut self) {
        let length = (self.slots.len() * 2).next_power_of_two();
        if length <= self.index.len() {
            return;
        }
        self.index.clear();
        self.index.resize(length, NONE);
        // The last slot is new: whoever made it puts it in.
        let old = u32::try_from(self.slots.len() - 1).expect("a capacity is a u32");
        (0..old).for_each(|slot| self.insert(slot));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The same map, written to be seen through: entries by when they were stored, and ids by use.
    #[derive(Default)]
    struct Plain {
        stored: Vec<(KeyId, u32)>,
        used: Vec<KeyId>,
    }

    impl Plain {
        fn remove(&mut self, id: KeyId) {
            self.stored.retain(|it| it.0 != id);
            self.used.retain(|&it| it != id);
        }

        fn get(&mut self, id: KeyId) -> Option<u32> {
            let value = self.stored.iter().find(|it| it.0 == id)?.1;
            self.used.retain(|&it| it != id);
            self.used.push(id);
            Some(value)
        }

        fn put(&mut self, id: KeyId, value: u32, capacity: usize) {
            self.remove(id);
            if self.stored.len() == capacity {
                let Some(&last) = self.used.first() else {
                    return;
                };
                self.remove(last);
            }
            self.stored.push((id, value));
            self.used.push(id);
        }
    }

    proptest! {
        // Goal: the map is the plain one, only faster, whatever is done to it.
        // Method: random operations on few ids of both kinds, for small capacities; every answer
        // and the number of entries after each.
        #[test]
        fn it_is_the_plain_map(
            capacity in 0_u32..6,
            steps in prop::collection::vec((0_u32..9, any::<bool>(), 0_u8..6, 0_u32..100), 0..300),
        ) {
            let (mut lru, mut plain) = (Lru::new(capacity), Plain::default());
            for (number, decrypts, action, value) in steps {
                let make = if decrypts { KeyId::decrypt } else { KeyId::encrypt };
                let id = make(number);
                match action {
                    0 | 1 => prop_assert_eq!(lru.get(id).copied(), plain.get(id)),
                    2 | 3 => {
                        lru.put(id, value);
                        plain.put(id, value, capacity as usize);
                    }
                    4 => {
                        lru.remove(id);
                        plain.remove(id);
                    }
                    _ => {
                        lru.remove_oldest();
                        if let Some(&(id, _)) = plain.stored.first() {
                            plain.remove(id);
                        }
                    }
                }
                prop_assert_eq!(lru.len(), plain.stored.len());
                prop_assert_eq!(lru.oldest().copied(), plain.stored.first().map(|it| it.1));
            }
            lru.clear();
            prop_assert_eq!((lru.len(), lru.oldest()), (0, None));
        }
    }

    // Goal: memory is bounded by the capacity, and a full map asks for no more.
    // Method: 100,000 entries through a map of 100; the room that its vectors have, after 1,000 and
    // at the end.
    #[test]
    fn a_full_map_asks_for_no_more_memory() {
        let mut lru = Lru::new(100);
        let room = |lru: &Lru<u32>| {
            (
                lru.slots.capacity(),
                lru.free.capacity(),
                lru.index.capacity(),
            )
        };
        for number in 0..1_000 {
            lru.put(KeyId::decrypt(number), number);
        }
        let before = room(&lru);
        for number in 1_000..100_000 {
            lru.put(KeyId::decrypt(number), number);
        }
        assert_eq!(room(&lru), before);
        assert_eq!((lru.len(), lru.index.len()), (100, 256));
        assert!(lru.get(KeyId::decrypt(99_900)).is_some());
        assert!(lru.get(KeyId::decrypt(99_899)).is_none());
    }
}
