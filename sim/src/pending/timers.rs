//! Events that can be cancelled or moved. Their entries stay where they are and are looked at when
//! they come due: a cancelled one is dropped, one that was moved later goes back.

use super::entry::{Entry, SLOT_BITS, slot};

/// Names a pending event that can be cancelled or moved: see
/// [`Pending::schedule_timer`](super::Pending::schedule_timer).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Timer {
    slot: u32,
    generation: u32,
}

impl Timer {
    pub(super) fn slot(self) -> u32 {
        self.slot
    }
}

/// What to do with a timer's entry that has come due.
pub(super) enum Fate {
    /// The event happens.
    Happens,
    /// It was cancelled, or moved earlier.
    Dropped,
    /// It was moved later: to this time and order.
    Moved(u64, u64),
}

#[derive(Clone, Copy, Debug)]
struct Slot<E> {
    /// The entry that stands for the timer; its order is 0 while the slot is free.
    queued: (u64, u64),
    /// Time and order of the event; later than `queued` if the timer was moved later.
    planned: (u64, u64),
    event: E,
    /// Counts the slot's timers, so that an old [`Timer`] is recognised.
    generation: u32,
    next_free: u32,
}

/// The timers that are pending.
#[derive(Clone, Debug)]
pub(super) struct Timers<E> {
    slots: Vec<Slot<E>>,
    /// The first free slot: `slots.len()` if there is none.
    free: u32,
    /// Entries that stand for no timer any more.
    stale: usize,
}

impl<E: Copy> Timers<E> {
    pub(super) const fn new() -> Self {
        Self {
            slots: Vec::new(),
            free: 0,
            stale: 0,
        }
    }

    pub(super) fn stale(&self) -> usize {
        self.stale
    }

    /// The slot of the next timer.
    pub(super) fn next_slot(&self) -> u32 {
        self.free + 1
    }

    /// A timer for `entry`, whose order has the slot of [`Self::next_slot`].
    pub(super) fn open(&mut self, entry: &Entry<E>) -> Timer {
        let key = (entry.time, entry.order);
        let index = self.free as usize;
        if index == self.slots.len() {
            assert!(
                index + 1 < 1 << SLOT_BITS,
                "at most 16,777,215 timers are pending"
            );
            self.slots.push(Slot {
                queued: key,
                planned: key,
                event: entry.event,
                generation: 0,
                next_free: self.free + 1,
            });
        }
        let slot = &mut self.slots[index];
        self.free = slot.next_free;
        (slot.queued, slot.planned, slot.event) = (key, key, entry.event);
        Timer {
            slot: entry.slot(),
            generation: slot.generation,
        }
    }

    fn get(&mut self, timer: Timer) -> Option<&mut Slot<E>> {
        let slot = self.slots.get_mut(timer.slot as usize - 1)?;
        (slot.queued.1 != 0 && slot.generation == timer.generation).then_some(slot)
    }

    pub(super) fn is_pending(&self, timer: Timer) -> bool {
        let slot = self.slots.get(timer.slot as usize - 1);
        slot.is_some_and(|slot| slot.queued.1 != 0 && slot.generation == timer.generation)
    }

    /// Forgets the timer; its entry is stale from now on.
    pub(super) fn cancel(&mut self, timer: Timer) -> bool {
        let known = self.get(timer).is_some();
        if known {
            self.close(timer.slot);
            self.stale += 1;
        }
        known
    }

    /// The event has happened.
    pub(super) fn close(&mut self, number: u32) {
        let index = number - 1;
        let slot = &mut self.slots[index as usize];
        slot.queued = (0, 0);
        slot.generation = slot.generation.wrapping_add(1);
        slot.next_free = self.free;
        self.free = index;
    }

    /// Moves a pending timer; returns the entry to queue if the one that is queued is too late.
    pub(super) fn plan(&mut self, timer: Timer, time: u64, order: u64) -> Option<Entry<E>> {
        let slot = self.get(timer)?;
        slot.planned = (time, order);
        if time >= slot.queued.0 {
            return None;
        }
        slot.queued = slot.planned;
        let event = slot.event;
        self.stale += 1;
        Some(Entry { time, order, event })
    }

    /// Decides on a timer's entry that leaves the queue.
    pub(super) fn decide(&mut self, entry: &Entry<E>) -> Fate {
        let slot = &mut self.slots[entry.slot() as usize - 1];
        if slot.queued != (entry.time, entry.order) {
            self.stale -= 1;
            Fate::Dropped
        } else if slot.planned == slot.queued {
            Fate::Happens
        } else {
            slot.queued = slot.planned;
            Fate::Moved(slot.planned.0, slot.planned.1)
        }
    }

    /// The entry has a new order: it now stands for its timer.
    pub(super) fn renumber(&mut self, entry: &Entry<E>) {
        let slot = &mut self.slots[slot(entry.order) as usize - 1];
        slot.queued = (entry.time, entry.order);
        slot.planned = slot.queued;
    }
}
