use crate::Time;
use crate::stream::mix;

/// Children of a node of the heap: four share a cache line and halve the depth.
const ARITY: usize = 4;

/// In which order events of the same instant are handled.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum TieBreak {
    /// In the order in which they were scheduled.
    #[default]
    Schedule,
    /// In an arbitrary but reproducible order: conclusions must survive it.
    Shuffled,
}

/// The events still to come, ordered by (time, order of scheduling).
#[derive(Clone, Debug)]
pub struct Pending<E> {
    /// A heap with [`ARITY`] children a node.
    heap: Vec<Entry<E>>,
    scheduled: u64,
    tie_break: TieBreak,
}

#[derive(Clone, Copy, Debug)]
struct Entry<E> {
    time: u64,
    order: u64,
    event: E,
}

impl<E> Entry<E> {
    /// One integer to compare: faster than comparing the two parts.
    #[inline]
    fn key(&self) -> u128 {
        u128::from(self.time) << 64 | u128::from(self.order)
    }
}

impl<E: Copy> Pending<E> {
    /// No events.
    #[must_use]
    pub fn new(tie_break: TieBreak) -> Self {
        Self {
            heap: Vec::new(),
            scheduled: 0,
            tie_break,
        }
    }

    /// Schedules `event` at `at`. An instant in the past is handled next, without moving the clock.
    #[inline]
    pub fn schedule(&mut self, at: Time, event: E) {
        let order = match self.tie_break {
            TieBreak::Schedule => self.scheduled,
            TieBreak::Shuffled => mix(self.scheduled),
        };
        self.scheduled += 1;
        self.heap.push(Entry {
            time: at.nanos(),
            order,
            event,
        });
        self.sift_up(self.heap.len() - 1);
    }

    /// Time of the first event; [`Time::NEVER`] if there is none.
    #[inline]
    #[must_use]
    pub fn first(&self) -> Time {
        self.heap
            .first()
            .map_or(Time::NEVER, |entry| Time::from_nanos(entry.time))
    }

    /// Takes the first event.
    #[inline]
    pub fn pop(&mut self) -> Option<(Time, E)> {
        let last = self.heap.pop()?;
        let Some(root) = self.heap.first_mut() else {
            return Some((Time::from_nanos(last.time), last.event));
        };
        let first = std::mem::replace(root, last);
        self.sift_down();
        Some((Time::from_nanos(first.time), first.event))
    }

    /// Number of events still to come.
    #[must_use]
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether no event is to come.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    #[inline]
    fn sift_up(&mut self, mut index: usize) {
        let entry = self.heap[index];
        while index > 0 {
            let parent = (index - 1) / ARITY;
            if self.heap[parent].key() <= entry.key() {
                break;
            }
            self.heap[index] = self.heap[parent];
            index = parent;
        }
        self.heap[index] = entry;
    }

    #[inline]
    fn sift_down(&mut self) {
        let entry = self.heap[0];
        let mut index = 0;
        loop {
            let from = index * ARITY + 1;
            let to = (from + ARITY).min(self.heap.len());
            let Some(child) = (from..to).min_by_key(|&child| self.heap[child].key()) else {
                break;
            };
            if self.heap[child].key() >= entry.key() {
                break;
            }
            self.heap[index] = self.heap[child];
            index = child;
        }
        self.heap[index] = entry;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        // Goal: events come in the order of time, and at equal times in the order of scheduling,
        // whatever is scheduled in between.
        // Method: random times from a small range (many ties), pops mixed in; compare with a
        // stable sort of what is pending.
        #[test]
        fn order_is_time_then_schedule(
            steps in prop::collection::vec(prop::option::of(0_u64..20), 0..300),
        ) {
            let mut pending = Pending::new(TieBreak::Schedule);
            let mut model: Vec<(u64, usize)> = Vec::new();
            for (number, step) in steps.into_iter().enumerate() {
                if let Some(at) = step {
                    pending.schedule(Time::from_nanos(at), number);
                    model.push((at, number));
                } else {
                    model.sort_unstable();
                    let expected = (!model.is_empty()).then(|| model.remove(0));
                    let found = pending.pop().map(|(time, event)| (time.nanos(), event));
                    prop_assert_eq!(found, expected);
                }
            }
        }

        // Goal: shuffling permutes only events of the same instant.
        // Method: pop everything; times must be sorted, and every event must come once.
        #[test]
        fn shuffling_keeps_time(times in prop::collection::vec(0_u64..5, 0..200)) {
            let mut pending = Pending::new(TieBreak::Shuffled);
            for (number, &at) in times.iter().enumerate() {
                pending.schedule(Time::from_nanos(at), number);
            }
            let popped: Vec<_> = std::iter::from_fn(|| pending.pop()).collect();
            prop_assert!(popped.is_sorted_by_key(|&(time, _)| time));
            let mut events: Vec<_> = popped.into_iter().map(|(_, event)| event).collect();
            events.sort_unstable();
            prop_assert_eq!(events, (0..times.len()).collect::<Vec<_>>());
        }
    }
}
