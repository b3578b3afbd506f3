/// Where the refused ones are until they try again, a limited number of times.
///
/// The model draws how long one stays away and schedules its return, with the number of the
/// attempt in the event; the orbit keeps account.
///
/// # Example: three attempts
/// ```
/// use keystorm_sim::blocks::Orbit;
///
/// let mut orbit = Orbit::new(3);
/// assert_eq!(orbit.refuse(1), Some(2)); // it will come back for attempt 2
/// assert_eq!(orbit.present(), 1);
/// orbit.come_back();
/// assert_eq!(orbit.refuse(2), Some(3));
/// orbit.come_back();
/// assert_eq!(orbit.refuse(3), None); // it gives up
/// assert_eq!((orbit.present(), orbit.given_up()), (0, 1));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Orbit {
    attempts_max: u32,
    present: u64,
    given_up: u64,
}

impl Orbit {
    /// An empty orbit; each customer makes at most `attempts_max` attempts, the first included.
    /// [`u32::MAX`] stands for no limit.
    #[must_use]
    pub fn new(attempts_max: u32) -> Self {
        Self {
            attempts_max,
            present: 0,
            given_up: 0,
        }
    }

    /// Attempt number `attempt` (1 or more) is refused: the number of the next one if the customer
    /// goes into orbit, `None` if it gives up.
    #[inline]
    pub fn refuse(&mut self, attempt: u32) -> Option<u32> {
        if attempt >= self.attempts_max {
            self.given_up += 1;
            return None;
        }
        self.present += 1;
        Some(attempt + 1)
    }

    /// One comes back from orbit, for its next attempt.
    ///
    /// # Panics
    /// If the orbit is empty.
    #[inline]
    pub fn come_back(&mut self) {
        assert!(self.present > 0, "nobody is in orbit");
        self.present -= 1;
    }

    /// Customers in orbit.
    #[must_use]
    pub fn present(&self) -> u64 {
        self.present
    }

    /// Customers who have given up.
    #[must_use]
    pub fn given_up(&self) -> u64 {
        self.given_up
    }
}
