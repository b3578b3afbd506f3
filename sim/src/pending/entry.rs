//! An event with its place in the order, and the numbers that make the order.

use crate::TieBreak;

/// Low bits of [`Entry::order`]: the timer's slot, 0 for an event that cannot be cancelled.
pub(super) const SLOT_BITS: u32 = 24;
const SLOT_MASK: u64 = (1 << SLOT_BITS) - 1;
/// The highest bit of [`Entry::order`]: set for all events but those that go ahead.
const RANK: u64 = 1 << 63;
/// Bits of the order of scheduling.
const NUMBER_BITS: u32 = u64::BITS - 1 - SLOT_BITS;
const NUMBER_MASK: u64 = (1 << NUMBER_BITS) - 1;
/// So many events are scheduled before those still to come are numbered anew.
pub(super) const NUMBERS: u64 = 1 << NUMBER_BITS;

/// An event to come. With an event of up to 8 bytes it takes 24.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<E> {
    /// \[ns\].
    pub(super) time: u64,
    /// Order of scheduling and the timer's slot; no two entries share one.
    pub(super) order: u64,
    pub(super) event: E,
}

impl<E> Entry<E> {
    /// One integer to compare: faster than comparing the two parts.
    #[inline]
    pub(super) fn key(&self) -> u128 {
        u128::from(self.time) << 64 | u128::from(self.order)
    }

    /// The timer's slot; 0 if the event cannot be cancelled.
    #[inline]
    pub(super) fn slot(&self) -> u32 {
        slot(self.order)
    }

    /// Numbers the entry anew.
    pub(super) fn renumber(&mut self, tie_break: TieBreak, number: u64) {
        let ahead = self.order & RANK == 0;
        self.order = order(tie_break, number, self.slot(), ahead);
    }
}

/// The timer's slot in `order`.
#[inline]
pub(super) fn slot(order: u64) -> u32 {
    (order & SLOT_MASK) as u32
}

/// The order of the `number`-th event scheduled; at its instant, it may go ahead of all others.
#[inline]
pub(super) fn order(tie_break: TieBreak, number: u64, slot: u32, ahead: bool) -> u64 {
    let number = match tie_break {
        TieBreak::Schedule => number,
        TieBreak::Shuffled => permute(number),
    };
    let rank = if ahead { 0 } else { RANK };
    rank | number << SLOT_BITS | u64::from(slot)
}

/// A permutation of the numbers: each step can be undone, so no two share a value.
#[inline]
fn permute(mut number: u64) -> u64 {
    for factor in [0x5d_1ce4_e5b9, 0x49_1331_11eb] {
        number ^= number >> (NUMBER_BITS / 2);
        number = number.wrapping_mul(factor) & NUMBER_MASK;
    }
    number ^ (number >> (NUMBER_BITS / 2))
}
