use super::{Drive, Outcome};
use keystorm_sim::{Engine, Model, Pending, Rng, Span, Streams, TieBreak, Time, draw};

/// How far ahead an event schedules its successor.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Increments {
    /// Exponential.
    Exponential,
    /// Exponential; nine tenths with one mean, one tenth with 1,000 times that.
    Skewed,
    /// Exponential, rounded up to whole mean increments: all pending events at few instants.
    Bursts,
    /// None: all events at one instant.
    Equal,
}

#[derive(Clone, Copy, Debug)]
enum Event {
    Due { token: u32 },
}

/// Each event schedules the next of its token.
#[derive(Debug)]
struct Hold {
    draws: draw::Exponentials<Rng>,
    choices: Rng,
    increments: Increments,
    handled: u64,
    events: u64,
    order: u64,
}

const MEAN: Span = Span::from_secs(1);

/// A hash of tokens that depends on their order.
#[inline]
fn hash(before: u64, token: u32) -> u64 {
    before.wrapping_mul(31).wrapping_add(u64::from(token))
}

impl Hold {
    fn new(increments: Increments, events: u64) -> Self {
        let streams = Streams::new(1, 0);
        Self {
            draws: draw::Exponentials::new(streams.key("increments", 0).rng()),
            choices: streams.key("choices", 0).rng(),
            increments,
            handled: 0,
            events,
            order: 0,
        }
    }

    #[inline]
    fn increment(&mut self) -> Span {
        match self.increments {
            Increments::Exponential => self.draws.draw(MEAN),
            Increments::Skewed => {
                let long = draw::below(&mut self.choices, 10) == 0;
                let mean = if long { MEAN } else { Span::from_millis(1) };
                self.draws.draw(mean)
            }
            Increments::Bursts => {
                let drawn = self.draws.draw(MEAN).nanos();
                Span::from_nanos((drawn / MEAN.nanos() + 1) * MEAN.nanos())
            }
            Increments::Equal => Span::ZERO,
        }
    }
}

impl Model for Hold {
    type Event = Event;

    #[inline]
    fn handle(&mut self, now: Time, event: Event, pending: &mut Pending<Event>) {
        let Event::Due { token } = event;
        self.handled += 1;
        self.order = hash(self.order, token);
        let at = now + self.increment();
        pending.schedule(at, event);
    }

    #[inline]
    fn is_over(&self) -> bool {
        self.handled >= self.events
    }
}

/// The hold model: `pending` events, each of which schedules its successor, `events` times.
///
/// # Panics
/// If `pending` is above 2^32.
#[must_use]
pub fn hold(increments: Increments, pending: u64, events: u64, drive: Drive) -> Outcome {
    let mut model = Hold::new(increments, events);
    let mut queue = Pending::new(TieBreak::Schedule);
    for token in 0..u32::try_from(pending).expect("pending events fit 32 bits") {
        let at = Time::ZERO + model.increment();
        queue.schedule(at, Event::Due { token });
    }
    let mut engine = Engine::new(model, queue);
    let secs = drive.run(&mut engine);
    Outcome {
        events,
        secs,
        found: format!(
            "now={:.6} order={:016x}",
            (engine.now() - Time::ZERO).as_secs_f64(),
            engine.model.order
        ),
    }
}

/// Each event schedules no, one or two others, so that their number swings.
#[derive(Debug)]
struct Swing {
    draws: draw::Exponentials<Rng>,
    choices: Rng,
    most: usize,
    grows: bool,
    handled: u64,
    events: u64,
    turns: u64,
}

/// The number of pending events turns here.
const FEWEST: usize = 10;

impl Model for Swing {
    type Event = Event;

    #[inline]
    fn handle(&mut self, now: Time, event: Event, pending: &mut Pending<Event>) {
        self.handled += 1;
        let turn = if self.grows {
            pending.len() >= self.most
        } else {
            pending.len() <= FEWEST
        };
        if turn {
            self.grows = !self.grows;
            self.turns += 1;
        }
        // Two thirds of the events go with the tide: the number changes by one in three events.
        let with = draw::below(&mut self.choices, 3) != 0;
        for _ in 0..if with == self.grows { 2 } else { 0 } {
            let after = self.draws.draw(MEAN);
            pending.schedule(now + after, event);
        }
    }

    #[inline]
    fn is_over(&self) -> bool {
        self.handled >= self.events
    }
}

/// The hold model with a number of events that swings between 10 and `most`, for `events` events.
///
/// # Panics
/// If `most` does not fit the machine.
#[must_use]
pub fn swing(most: u64, events: u64) -> Outcome {
    let streams = Streams::new(1, 0);
    let model = Swing {
        draws: draw::Exponentials::new(streams.key("increments", 0).rng()),
        choices: streams.key("choices", 0).rng(),
        most: usize::try_from(most).expect("pending events fit the machine"),
        grows: true,
        handled: 0,
        events,
        turns: 0,
    };
    let mut queue = Pending::new(TieBreak::Schedule);
    for token in 0..20 {
        queue.schedule(Time::ZERO, Event::Due { token });
    }
    let mut engine = Engine::new(model, queue);
    let secs = Drive::Through.run(&mut engine);
    Outcome {
        events: engine.handled(),
        secs,
        found: format!(
            "turns={} pending={}",
            engine.model.turns,
            engine.pending.len()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    const EVENTS: u64 = 20_000;

    /// The order of the hold model's tokens by a sorted map, as the work's line has it.
    fn by_map(increments: Increments, pending: u32) -> String {
        let mut model = Hold::new(increments, EVENTS);
        let mut events = BTreeMap::new();
        let mut now = Time::ZERO;
        for token in 0..pending {
            events.insert((now + model.increment(), u64::from(token)), token);
        }
        for handled in 0..EVENTS {
            let ((time, _), token) = events.pop_first().unwrap();
            now = time;
            model.order = hash(model.order, token);
            let number = u64::from(pending) + handled;
            events.insert((now + model.increment(), number), token);
        }
        let secs = (now - Time::ZERO).as_secs_f64();
        format!("now={secs:.6} order={:016x}", model.order)
    }

    // Goal: the hold model takes its events in the right order, whatever the increments, watched
    // or not.
    // Method: the same draws through a sorted map; the hash of all tokens must be the same.
    #[test]
    fn hold_takes_its_events_in_order() {
        for increments in [
            Increments::Exponential,
            Increments::Skewed,
            Increments::Bursts,
            Increments::Equal,
        ] {
            for pending in [1, 60, 3_000] {
                let expected = by_map(increments, pending);
                for drive in [Drive::Through, Drive::Watched] {
                    let found = hold(increments, u64::from(pending), EVENTS, drive).found;
                    assert_eq!(found, expected, "{increments:?} {pending} {drive:?}");
                }
            }
        }
    }

    // Goal: the number of events swings all the way.
    // Method: with 3,000 at most and a change of one in three events, 100,000 events turn at
    // least 8 times, and no work of this size can turn 100 times.
    #[test]
    fn swing_turns() {
        let outcome = swing(3_000, 100_000);
        let turns = outcome.found.strip_prefix("turns=").unwrap();
        let turns: u32 = turns.split(' ').next().unwrap().parse().unwrap();
        assert!((8..100).contains(&turns), "{turns} turns");
        assert_eq!(outcome.events, 100_000);
    }
}
