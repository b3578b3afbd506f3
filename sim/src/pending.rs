mod entry;
mod ladder;
mod pool;
#[cfg(test)]
mod tests;
mod timers;

pub use timers::Timer;

use crate::Time;
use entry::{Entry, NUMBERS};
use ladder::Ladder;
use timers::{Fate, Timers};

/// From so many due events on, a new one may move the later half away.
const DUE_MIN: usize = 32;
/// A new event looks at so many due events one by one for its place.
const STEPS: usize = 16;

/// In which order events of the same instant are handled.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum TieBreak {
    /// In the order in which they were scheduled.
    #[default]
    Schedule,
    /// In an arbitrary but reproducible order: conclusions must survive it.
    Shuffled,
}

/// The events still to come, ordered by (time, order of scheduling); see also
/// [`schedule_ahead`](Self::schedule_ahead).
///
/// The next few events are kept sorted, all later ones in unsorted lists by their time, which are
/// split and sorted when they come near. It adapts to the number of events and to their times; to
/// schedule and to take an event is of amortised constant cost, up to sorting the few that are
/// next. Memory follows the number of pending events and is kept for reuse: once it has grown,
/// nothing is allocated. At most 2^32 events are pending.
///
/// # Example: a time-out that is usually cancelled
/// ```
/// use keystorm_sim::{Pending, TieBreak, Time};
///
/// let mut pending = Pending::new(TieBreak::Schedule);
/// pending.schedule(Time::from_millis(20), "answer");
/// let time_out = pending.schedule_timer(Time::from_millis(500), "time-out");
/// assert_eq!(pending.pop(), Some((Time::from_millis(20), "answer")));
/// assert!(pending.cancel(time_out));
/// assert!(pending.is_empty());
/// ```
#[derive(Clone, Debug)]
pub struct Pending<E> {
    /// The next events, the latest first. Empty only if nothing is pending.
    due: Vec<Entry<E>>,
    /// Entries up to this key belong into `due`, all others into `later`.
    due_last: u128,
    /// With more entries than this in `due`, its later half goes back into `later`.
    due_max: usize,
    later: Ladder<E>,
    timers: Timers<E>,
    scheduled: u64,
    tie_break: TieBreak,
}

impl<E: Copy> Pending<E> {
    /// No events.
    #[must_use]
    pub fn new(tie_break: TieBreak) -> Self {
        Self {
            due: Vec::new(),
            due_last: u128::MAX,
            due_max: DUE_MIN,
            later: Ladder::new(),
            timers: Timers::new(),
            scheduled: 0,
            tie_break,
        }
    }

    /// Schedules `event` at `at`. An instant in the past is handled next, without moving the clock.
    #[inline]
    pub fn schedule(&mut self, at: Time, event: E) {
        let order = self.next_order(0, false);
        self.insert(Entry {
            time: at.nanos(),
            order,
            event,
        });
    }

    /// Schedules `event` at `at`, ahead of all events of that instant that are scheduled otherwise:
    /// what is given back at an instant is there for whoever asks at it.
    #[inline]
    pub fn schedule_ahead(&mut self, at: Time, event: E) {
        let order = self.next_order(0, true);
        self.insert(Entry {
            time: at.nanos(),
            order,
            event,
        });
    }

    /// Schedules `event` at `at` so that it can still be cancelled or moved: a time-out.
    ///
    /// # Panics
    /// If 16,777,215 timers are pending.
    pub fn schedule_timer(&mut self, at: Time, event: E) -> Timer {
        let order = self.next_order(self.timers.next_slot(), false);
        let entry = Entry {
            time: at.nanos(),
            order,
            event,
        };
        let timer = self.timers.open(&entry);
        self.insert(entry);
        self.settle();
        timer
    }

    /// Whether the timer's event is still to come.
    #[must_use]
    pub fn is_pending(&self, timer: Timer) -> bool {
        self.timers.is_pending(timer)
    }

    /// Cancels the timer's event; `false` if it has already happened or was cancelled.
    ///
    /// Amortised constant cost.
    pub fn cancel(&mut self, timer: Timer) -> bool {
        let pending = self.timers.cancel(timer);
        if pending {
            self.tidy();
        }
        pending
    }

    /// Moves the timer's event to `at`, earlier or later, as if it were scheduled now; `false` if
    /// it has already happened or was cancelled.
    ///
    /// Amortised constant cost; to move it later, again and again, costs least.
    pub fn reschedule(&mut self, timer: Timer, at: Time) -> bool {
        if !self.timers.is_pending(timer) {
            return false;
        }
        let order = self.next_order(timer.slot(), false);
        if let Some(entry) = self.timers.plan(timer, at.nanos(), order) {
            self.insert(entry);
        }
        self.tidy();
        true
    }

    /// Time of the first event; [`Time::NEVER`] if there is none.
    #[inline]
    #[must_use]
    pub fn first(&self) -> Time {
        self.due
            .last()
            .map_or(Time::NEVER, |entry| Time::from_nanos(entry.time))
    }

    /// Takes the first event.
    #[inline]
    pub fn pop(&mut self) -> Option<(Time, E)> {
        let entry = self.due.pop()?;
        if entry.slot() != 0 {
            self.timers.close(entry.slot());
        }
        if self.due.last().is_none_or(|next| next.slot() != 0) {
            self.settle();
        }
        Some((Time::from_nanos(entry.time), entry.event))
    }

    /// Number of events still to come.
    #[must_use]
    pub fn len(&self) -> usize {
        self.due.len() + self.later.len() - self.timers.stale()
    }

    /// Whether no event is to come.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.due.is_empty()
    }

    #[inline]
    fn next_order(&mut self, slot: u32, ahead: bool) -> u64 {
        if self.scheduled == NUMBERS {
            self.rebuild(true);
        }
        self.scheduled += 1;
        entry::order(self.tie_break, self.scheduled - 1, slot, ahead)
    }

    #[inline]
    fn insert(&mut self, entry: Entry<E>) {
        if entry.key() <= self.due_last {
            self.insert_due(entry.time, entry.order, entry.event);
        } else {
            self.later.push(entry);
        }
    }

    /// Puts an entry among the due ones: usually near the first of them, at the end.
    #[inline]
    fn insert_due(&mut self, time: u64, order: u64, event: E) {
        let entry = Entry { time, order, event };
        let key = entry.key();
        let mut at = self.due.len();
        self.due.push(entry);
        let stop = at.saturating_sub(STEPS);
        while at > stop && self.due[at - 1].key() < key {
            self.due[at] = self.due[at - 1];
            at -= 1;
        }
        self.due[at] = entry;
        if at == stop && at > 0 {
            self.insert_deep(at);
        }
    }

    /// Moves the entry at `from` on to its place, and the later half away if `due` has grown.
    #[inline(never)]
    fn insert_deep(&mut self, from: usize) {
        let key = self.due[from].key();
        let at = self.due[..from].partition_point(|other| other.key() > key);
        self.due[at..=from].rotate_right(1);
        if self.due.len() > self.due_max {
            let half = self.due.len() / 2;
            self.due_last = self.due[half].key();
            for entry in self.due.drain(..half).rev() {
                self.later.push(entry);
            }
        }
    }

    /// Makes the last of `due` the first event of all: fills it when it is empty, and looks at
    /// what became of timers.
    #[inline(never)]
    fn settle(&mut self) {
        loop {
            let Some(&entry) = self.due.last() else {
                if self.later.len() == 0 {
                    self.due_last = u128::MAX;
                    return;
                }
                self.due_last = self.later.refill(&mut self.due);
                self.due_max = (2 * self.due.len()).max(DUE_MIN);
                continue;
            };
            if entry.slot() == 0 {
                return;
            }
            match self.timers.decide(&entry) {
                Fate::Happens => return,
                Fate::Dropped => {
                    self.due.pop();
                }
                Fate::Moved(time, order) => {
                    self.due.pop();
                    self.insert(Entry {
                        time,
                        order,
                        ..entry
                    });
                }
            }
        }
    }

    /// After a timer has changed: drops stale entries when they are most of all.
    fn tidy(&mut self) {
        if self.timers.stale() > 64 + 2 * self.len() {
            self.rebuild(false);
        } else {
            self.settle();
        }
    }

    /// Drops stale entries everywhere; numbers all others anew if `renumber`.
    #[cold]
    fn rebuild(&mut self, renumber: bool) {
        let mut entries = std::mem::take(&mut self.due);
        self.later.drain(&mut entries);
        entries.retain_mut(|entry| {
            if entry.slot() == 0 {
                return true;
            }
            match self.timers.decide(entry) {
                Fate::Happens => true,
                Fate::Dropped => false,
                Fate::Moved(time, order) => {
                    (entry.time, entry.order) = (time, order);
                    true
                }
            }
        });
        if renumber {
            entries.sort_unstable_by_key(Entry::key);
            self.scheduled = 0;
            for entry in &mut entries {
                entry.renumber(self.tie_break, self.scheduled);
                self.scheduled += 1;
                if entry.slot() != 0 {
                    self.timers.renumber(entry);
                }
            }
        }
        for &entry in &entries {
            self.later.push(entry);
        }
        entries.clear();
        self.due = entries;
        self.settle();
    }
}
