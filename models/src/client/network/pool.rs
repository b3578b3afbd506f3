use keystorm_sim::{Span, Time};
use std::collections::VecDeque;

/// What a client's connection pool allows, per client and host.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PoolRules {
    /// Connections that it keeps; where it blocks, connections at all.
    pub connections: u32,
    /// What an attempt does that finds none left.
    pub when_empty: WhenEmpty,
    /// Idle time after which a connection is closed.
    pub idle: Span,
}

/// What an attempt does that finds a pool empty.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum WhenEmpty {
    /// It opens a connection of its own, which is thrown away after use if the pool is full then.
    OpensOne,
    /// It waits, first come first served.
    Waits {
        /// How long; `None` for as long as it takes.
        timeout: Option<Span>,
        /// How many may wait; more are refused at once.
        pending_max: u32,
    },
}

/// What an attempt that asks for a connection gets.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Taken {
    /// An open one.
    Idle,
    /// The right to set one up.
    New,
    /// A place in the queue.
    Wait,
    /// Nothing: too many wait already.
    Refused,
}

/// A client's connections to one host, of which there are not as many as one likes.
///
/// The connection used last is taken first, as the SDKs' pools do, so that the others can grow old
/// and close. A pool has slots; whoever takes a connection, open or not, takes a slot along, and
/// brings it back with the connection or without.
///
/// # Time
/// The owner calls [`time_out`](Self::time_out) at the [`last_timeout`](Self::last_timeout) of each
/// that comes to wait, or keeps a timer at [`first_timeout`](Self::first_timeout).
#[derive(Clone, Debug)]
pub struct Pool {
    rules: PoolRules,
    /// Slots that nobody has, those of idle connections included.
    free: u32,
    /// When each idle connection was given back, the latest last.
    idle: Vec<Time>,
    /// Who waits (by the caller's number), and since when.
    waiting: VecDeque<(u32, Time)>,
}

impl Pool {
    /// A pool without a connection.
    ///
    /// # Panics
    /// If it may have none: then nobody ever gets one.
    #[must_use]
    pub fn new(rules: PoolRules) -> Self {
        assert!(rules.connections > 0, "a pool has a connection");
        Self {
            rules,
            free: rules.connections,
            idle: Vec::new(),
            waiting: VecDeque::new(),
        }
    }

    /// An attempt asks for a connection. If it has to wait, `attempt` gives its number.
    pub fn take(&mut self, now: Time, attempt: impl FnOnce() -> u32) -> Taken {
        if self.free > 0 {
            return self.take_free(now);
        }
        match self.rules.when_empty {
            WhenEmpty::OpensOne => Taken::New,
            WhenEmpty::Waits { pending_max, .. } if self.waiting.len() < pending_max as usize => {
                self.waiting.push_back((attempt(), now));
                Taken::Wait
            }
            WhenEmpty::Waits { .. } => Taken::Refused,
        }
    }

    /// An attempt is done with its connection and gives it back, to be kept if it is still good;
    /// returns who has waited longest and what it gets now, [`Taken::Idle`] or [`Taken::New`].
    pub fn give_back(&mut self, now: Time, is_good: bool) -> Option<(u32, Taken)> {
        if self.free < self.rules.connections {
            self.free += 1;
            if is_good {
                self.idle.push(now);
            }
        }
        let (next, _) = self.waiting.pop_front()?;
        Some((next, self.take_free(now)))
    }

    /// When the one that has waited longest has waited too long; [`Time::NEVER`] if nobody does.
    #[must_use]
    pub fn first_timeout(&self) -> Time {
        match (self.rules.when_empty, self.waiting.front()) {
            (
                WhenEmpty::Waits {
                    timeout: Some(timeout),
                    ..
                },
                Some(&(_, since)),
            ) => since + timeout,
            _ => Time::NEVER,
        }
    }

    /// Who came last into the queue, and when it will have waited too long; `None` if nobody waits
    /// or for as long as it takes.
    #[must_use]
    pub fn last_timeout(&self) -> Option<(u32, Time)> {
        let &(attempt, since) = self.waiting.back()?;
        match self.rules.when_empty {
            WhenEmpty::Waits {
                timeout: Some(timeout),
                ..
            } => Some((attempt, since + timeout)),
            _ => None,
        }
    }

    /// Takes one out of the queue that has waited too long at `now`; to be called until there is
    /// none.
    pub fn time_out(&mut self, now: Time) -> Option<u32> {
        if self.first_timeout() > now {
            return None;
        }
        self.waiting.pop_front().map(|(attempt, _)| attempt)
    }

    /// How many wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// When each connection that is open and idle at `now` was given back, the latest last.
    pub fn idle(&self, now: Time) -> impl Iterator<Item = Time> {
        let keep = self.rules.idle;
        let open = move |since: &Time| now.since(*since) < keep;
        self.idle.iter().copied().filter(open)
    }

    fn take_free(&mut self, now: Time) -> Taken {
        self.free -= 1;
        let Some(since) = self.idle.pop() else {
            return Taken::New;
        };
        if now.since(since) < self.rules.idle {
            return Taken::Idle;
        }
        // The others were given back earlier: they have closed as well.
        self.idle.clear();
        Taken::New
    }
}

#[cfg(test)]
mod tests;
