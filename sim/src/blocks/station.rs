use std::collections::VecDeque;

/// Servers with one queue before them, first come first served, and room for so many customers.
///
/// A customer is whatever the model needs to know of one when its service begins: often just the
/// [`Time`](crate::Time) at which it came.
///
/// # Example
/// ```
/// use keystorm_sim::blocks::{Admission, Station};
///
/// let mut station = Station::new(1, 2);
/// assert_eq!(station.arrive("first"), Admission::Starts("first"));
/// assert_eq!(station.arrive("second"), Admission::Waits);
/// assert_eq!(station.arrive("third"), Admission::Lost("third"));
/// assert_eq!(station.leave(), Some("second")); // whose service begins now
/// assert_eq!(station.leave(), None);
/// ```
#[derive(Clone, Debug)]
pub struct Station<C> {
    servers: usize,
    room: usize,
    busy: usize,
    queue: VecDeque<C>,
}

/// What becomes of a customer who arrives at a [`Station`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Admission<C> {
    /// A server is free: its service begins now.
    Starts(C),
    /// It waits; [`Station::leave`] will give it back.
    Waits,
    /// There is no room.
    Lost(C),
}

impl<C> Station<C> {
    /// An empty station of `servers` (1 or more), with room for `room` customers, those in service
    /// included: [`usize::MAX`] for no limit, `servers` for no queue. Room for fewer than
    /// `servers` leaves servers idle.
    #[must_use]
    pub fn new(servers: usize, room: usize) -> Self {
        Self {
            servers,
            room,
            busy: 0,
            queue: VecDeque::new(),
        }
    }

    /// A customer arrives. If it starts, the model draws its service and schedules its end.
    #[inline]
    pub fn arrive(&mut self, customer: C) -> Admission<C> {
        if self.present() >= self.room {
            return Admission::Lost(customer);
        }
        if self.busy < self.servers {
            self.busy += 1;
            return Admission::Starts(customer);
        }
        self.queue.push_back(customer);
        Admission::Waits
    }

    /// A service ends. Returns the customer whose service begins now, if one was waiting.
    ///
    /// # Panics
    /// If nobody is in service.
    #[inline]
    pub fn leave(&mut self) -> Option<C> {
        assert!(self.busy > 0, "nobody is in service");
        let next = self.queue.pop_front();
        if next.is_none() {
            self.busy -= 1;
        }
        next
    }

    /// Servers that are busy.
    #[must_use]
    pub fn busy(&self) -> usize {
        self.busy
    }

    /// Customers who wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// Customers who wait or are served.
    #[must_use]
    pub fn present(&self) -> usize {
        self.busy + self.queue.len()
    }
}
