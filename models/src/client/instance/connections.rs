use super::ends::End;
use keystorm_sim::{Span, Time};

/// Kept-alive connections of one client to one service.
///
/// The one used last is taken first, as connection pools do, so that the others can grow old and
/// close. There is no limit: who has a place gets a connection.
///
/// While connections that were idle at the last settling would do for all that were taken since,
/// it does not matter what has been given back in between: with it there are only more, and younger
/// ones. So neither is looked at until it does.
#[derive(Clone, Debug)]
pub(super) struct Connections {
    /// When each idle connection was given back, the latest last.
    idle: Vec<Time>,
    /// When connections were taken since; all of them were open.
    taken: Vec<Time>,
    keep_alive: Span,
}

impl Connections {
    /// None is open; those that are idle for `keep_alive` close.
    pub(super) fn new(keep_alive: Span) -> Self {
        Self {
            idle: Vec::new(),
            taken: Vec::new(),
            keep_alive,
        }
    }

    /// Whether some were taken since the last settling.
    #[inline]
    pub(super) fn is_unsettled(&self) -> bool {
        !self.taken.is_empty()
    }

    /// One is given back, everything being settled.
    pub(super) fn give_back(&mut self, now: Time) {
        debug_assert!(self.taken.is_empty(), "settled");
        self.idle.push(now);
    }

    /// When each of those that are idle and open was given back, the latest last.
    pub(super) fn idle(&self, now: Time) -> Vec<Time> {
        let open = |since: &&Time| now.since(**since) < self.keep_alive;
        self.idle.iter().filter(open).copied().collect()
    }

    /// Takes a connection if one is open, whatever has been given back since the last settling;
    /// `false` says nothing.
    #[inline]
    pub(super) fn take_unsettled(&mut self, now: Time) -> bool {
        let place = self.idle.len().wrapping_sub(self.taken.len() + 1);
        let open = self
            .idle
            .get(place)
            .is_some_and(|&since| now.since(since) < self.keep_alive);
        if open {
            self.taken.push(now);
        }
        open
    }

    /// Takes a connection, everything being settled: `false` if none is open.
    #[inline]
    pub(super) fn take(&mut self, now: Time) -> bool {
        debug_assert!(self.taken.is_empty(), "settled");
        let Some(since) = self.idle.pop() else {
            return false;
        };
        let open = now.since(since) < self.keep_alive;
        if !open {
            // The others were given back earlier: they have closed as well.
            self.idle.clear();
        }
        open
    }

    /// Settles what was taken since the last time, and `ends`, in the order of time, at which
    /// connections were given back. Who takes one at the instant of an end finds it.
    pub(super) fn settle(&mut self, ends: &[End]) {
        let given_at = |place: usize| ends.get(place).map_or(Time::NEVER, |end| end.at());
        let (mut open, mut given, mut taken) = (self.idle.len(), 0, 0);
        self.idle.resize(open + ends.len() + 1, Time::NEVER);
        // Whether a connection was given back or taken next cannot be predicted: so without a
        // branch. What one step writes too much, the next writes over.
        while let Some(&now) = self.taken.get(taken) {
            let at = given_at(given);
            self.idle[open] = at;
            let is_given = at <= now;
            given += usize::from(is_given);
            taken += usize::from(!is_given);
            open = open + usize::from(is_given) - usize::from(!is_given);
        }
        self.taken.clear();
        self.idle.truncate(open);
        self.idle.extend((given..ends.len()).map(given_at));
    }
}
