use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// What may be done to pending events.
#[derive(Clone, Copy, Debug)]
enum Step {
    Schedule(u64),
    Ahead(u64),
    Timer(u64),
    /// Cancels the timer with this number among those ever made.
    Cancel(usize),
    Reschedule(usize, u64),
    Pop,
    /// So many events at one instant, so far from now.
    Burst(u64, u16),
    /// Takes so many.
    Pops(u16),
}

/// Times of very different sizes: ties, neighbours, and jumps over all digits.
fn time() -> impl Strategy<Value = u64> {
    prop_oneof![
        4 => 0_u64..4,
        4 => 0_u64..1_000,
        4 => 0_u64..1_000_000_000,
        1 => (0_u32..50).prop_map(|bit| 1 << bit),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => time().prop_map(Step::Schedule),
        2 => time().prop_map(Step::Ahead),
        4 => time().prop_map(Step::Timer),
        2 => any::<usize>().prop_map(Step::Cancel),
        2 => (any::<usize>(), time()).prop_map(|(timer, at)| Step::Reschedule(timer, at)),
        6 => Just(Step::Pop),
        1 => (time(), 0_u16..300).prop_map(|(at, count)| Step::Burst(at, count)),
        1 => (0_u16..400).prop_map(Step::Pops),
    ]
}

/// The events in a sorted map, beside the ones under test.
struct Pair {
    pending: Pending<u32>,
    model: BTreeMap<(u64, u64), u32>,
    /// Every timer ever made, with its event's place in the model.
    timers: Vec<(Timer, (u64, u64))>,
    order: u64,
    now: u64,
}

impl Pair {
    fn new(scheduled: u64) -> Self {
        let mut pending = Pending::new(TieBreak::Schedule);
        pending.scheduled = scheduled;
        Self {
            pending,
            model: BTreeMap::new(),
            timers: Vec::new(),
            order: 0,
            now: 0,
        }
    }

    /// Puts an event into the model; returns its place.
    fn plan(&mut self, at: u64, event: u32) -> (u64, u64) {
        self.order += 1;
        let place = (at, 1 << 63 | self.order);
        self.model.insert(place, event);
        place
    }

    fn ahead(&mut self, after: u64) {
        let at = self.now + after;
        let event = u32::try_from(self.order).unwrap();
        self.pending.schedule_ahead(Time::from_nanos(at), event);
        self.order += 1;
        self.model.insert((at, self.order), event);
    }

    fn schedule(&mut self, after: u64) {
        let at = self.now + after;
        let event = u32::try_from(self.order).unwrap();
        self.pending.schedule(Time::from_nanos(at), event);
        self.plan(at, event);
    }

    fn pop(&mut self) {
        let expected = self.model.pop_first();
        let found = self.pending.pop();
        assert_eq!(
            found.map(|(time, event)| (time.nanos(), event)),
            expected.map(|((at, _), event)| (at, event))
        );
        self.now = self.now.max(found.map_or(0, |(time, _)| time.nanos()));
    }

    fn apply(&mut self, step: Step) {
        match step {
            Step::Schedule(after) => self.schedule(after),
            Step::Ahead(after) => self.ahead(after),
            Step::Burst(after, count) => {
                for _ in 0..count {
                    self.schedule(after);
                }
            }
            Step::Pop => self.pop(),
            Step::Pops(count) => {
                for _ in 0..count {
                    self.pop();
                }
            }
            Step::Timer(after) => {
                let at = self.now + after;
                let event = u32::try_from(self.order).unwrap();
                let timer = self.pending.schedule_timer(Time::from_nanos(at), event);
                let place = self.plan(at, event);
                self.timers.push((timer, place));
            }
            Step::Cancel(number) => {
                let Some(&(timer, place)) = pick(&self.timers, number) else {
                    return;
                };
                let known = self.model.remove(&place).is_some();
                assert_eq!(self.pending.is_pending(timer), known);
                assert_eq!(self.pending.cancel(timer), known);
                assert!(!self.pending.cancel(timer));
            }
            Step::Reschedule(number, at) => {
                let Some(&(timer, place)) = pick(&self.timers, number) else {
                    return;
                };
                let event = self.model.remove(&place);
                // Now and then into the past, which is handled next.
                let at = (self.now + at).saturating_sub(100);
                let moved = self.pending.reschedule(timer, Time::from_nanos(at));
                assert_eq!(moved, event.is_some());
                if let Some(event) = event {
                    let place = self.plan(at, event);
                    let index = number % self.timers.len();
                    self.timers[index].1 = place;
                }
            }
        }
        assert_eq!(self.pending.len(), self.model.len());
        assert_eq!(self.pending.is_empty(), self.model.is_empty());
        let first = self.model.keys().next().map_or(u64::MAX, |key| key.0);
        assert_eq!(self.pending.first().nanos(), first);
    }

    fn finish(&mut self) {
        while !self.model.is_empty() {
            self.pop();
        }
        assert_eq!(self.pending.pop(), None);
    }
}

fn pick<T>(all: &[T], number: usize) -> Option<&T> {
    (!all.is_empty()).then(|| &all[number % all.len()])
}

proptest! {
    // Goal: events come in the order of time, and at equal times in the order of scheduling, those
    // that go ahead first, whatever is scheduled, cancelled and moved in between.
    // Method: random steps with ties, bursts and jumps of time, on pending events and on a sorted
    // map; every answer, the number of events and the first time must agree after each step.
    #[test]
    fn agrees_with_a_sorted_map(steps in prop::collection::vec(step(), 0..400)) {
        let mut pair = Pair::new(0);
        for step in steps {
            pair.apply(step);
        }
        pair.finish();
    }

    // Goal: nothing changes when the numbers of scheduling run out and all are numbered anew.
    // Method: as above, beginning shortly before that.
    #[test]
    fn numbering_anew_keeps_the_order(
        steps in prop::collection::vec(step(), 0..200),
        left in 0_u64..200,
    ) {
        let mut pair = Pair::new(NUMBERS - left);
        for step in steps {
            pair.apply(step);
        }
        pair.finish();
    }

    // Goal: the order holds with as many events as a real run has.
    // Method: some thousand events from a wide or narrow range, then as many taken and scheduled
    // again.
    #[test]
    fn agrees_with_many_events(
        start in prop::collection::vec(time(), 2_000..3_000),
        again in prop::collection::vec(time(), 2_000..3_000),
    ) {
        let mut pair = Pair::new(0);
        for after in start {
            pair.schedule(after);
        }
        for after in again {
            pair.pop();
            pair.schedule(after);
        }
        pair.finish();
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

// Goal: shuffled events of one instant do not come in the order of scheduling.
// Method: the first of a thousand; a permutation that changes little would keep many in place.
#[test]
fn shuffling_shuffles() {
    let mut pending = Pending::new(TieBreak::Shuffled);
    for number in 0..1_000_usize {
        pending.schedule(Time::ZERO, number);
    }
    let popped: Vec<_> = std::iter::from_fn(|| pending.pop()).collect();
    let same = popped
        .iter()
        .enumerate()
        .filter(|(place, event)| *place == event.1);
    assert!(same.count() < 10);
    let rising = popped
        .windows(2)
        .filter(|pair| pair[0].1 < pair[1].1)
        .count();
    assert!((450..550).contains(&rising), "{rising} rises");
}

// Goal: time-outs that are cancelled do not pile up.
// Method: a hundred thousand time-outs, each cancelled before the next; entries kept stay few.
#[test]
fn cancelled_timers_leave_the_memory() {
    let mut pending = Pending::new(TieBreak::Schedule);
    for number in 0..100_000_u64 {
        let timer = pending.schedule_timer(Time::from_secs(1 + number), number);
        assert!(pending.cancel(timer));
        assert!(pending.due.len() + pending.later.len() < 100);
    }
    assert!(pending.is_empty());
}

// Goal: an event of up to 8 bytes takes 24 bytes at most.
// Method: sizes of entries.
#[test]
fn entries_are_small() {
    assert_eq!(size_of::<Entry<u64>>(), 24);
    assert_eq!(size_of::<Entry<u8>>(), 24);
}
