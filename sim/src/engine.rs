use crate::{Pending, Time};

/// What a simulation does when an event comes due.
pub trait Model {
    /// A small value that names what happens and to what.
    type Event: Copy;

    /// Handles `event` at `now`; what follows from it is scheduled in `pending`.
    fn handle(&mut self, now: Time, event: Self::Event, pending: &mut Pending<Self::Event>);

    /// Called before each event: `true` ends the run without handling it. For runs that end by
    /// count instead of time.
    fn is_over(&self) -> bool {
        false
    }
}

/// A model with its events and clock.
#[derive(Clone, Debug)]
pub struct Engine<M: Model> {
    /// The model.
    pub model: M,
    /// Its events still to come.
    pub pending: Pending<M::Event>,
    now: Time,
    handled: u64,
}

impl<M: Model> Engine<M> {
    /// An engine at t = 0 with the model's first events.
    #[must_use]
    pub fn new(model: M, pending: Pending<M::Event>) -> Self {
        Self {
            model,
            pending,
            now: Time::ZERO,
            handled: 0,
        }
    }

    /// Handles all events before `until` and sets the clock to `until`.
    ///
    /// Returns `false` if the model ended the run before; the clock then stands at the last event
    /// handled. A long run is cut into calls of this, between which the caller can report progress
    /// or stop.
    pub fn run_until(&mut self, until: Time) -> bool {
        while self.pending.first() < until {
            if self.model.is_over() {
                return false;
            }
            let Some((time, event)) = self.pending.pop() else {
                break;
            };
            // An event scheduled in the past happens now.
            self.now = self.now.max(time);
            self.handled += 1;
            self.model.handle(self.now, event, &mut self.pending);
        }
        if self.model.is_over() {
            return false;
        }
        self.now = self.now.max(until);
        true
    }

    /// The clock.
    #[must_use]
    pub fn now(&self) -> Time {
        self.now
    }

    /// Events handled so far.
    #[must_use]
    pub fn handled(&self) -> u64 {
        self.handled
    }
}
