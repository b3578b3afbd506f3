/// A closed source: a fixed number of customers. Each thinks, asks, waits for its answer, and
/// thinks again; so the load falls when answers are slow, and at most so many wait.
///
/// The model draws thinking times and schedules their ends; the source keeps account.
///
/// # Example
/// ```
/// use keystorm_sim::blocks::Closed;
///
/// let mut source = Closed::new(3);
/// source.ask();
/// source.ask();
/// assert_eq!((source.thinking(), source.asking()), (1, 2));
/// source.think(); // one has its answer
/// assert_eq!((source.thinking(), source.asking()), (2, 1));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Closed {
    customers: u64,
    thinking: u64,
}

impl Closed {
    /// So many `customers`, all of them thinking.
    #[must_use]
    pub fn new(customers: u64) -> Self {
        Self {
            customers,
            thinking: customers,
        }
    }

    /// One has thought and asks.
    ///
    /// # Panics
    /// If none was thinking: an end of thinking was scheduled twice.
    #[inline]
    pub fn ask(&mut self) {
        assert!(self.thinking > 0, "no customer is thinking");
        self.thinking -= 1;
    }

    /// One has its answer and thinks again.
    ///
    /// # Panics
    /// If none was waiting for an answer.
    #[inline]
    pub fn think(&mut self) {
        assert!(self.thinking < self.customers, "no customer is asking");
        self.thinking += 1;
    }

    /// Customers who think.
    #[must_use]
    pub fn thinking(&self) -> u64 {
        self.thinking
    }

    /// Customers who wait for an answer.
    #[must_use]
    pub fn asking(&self) -> u64 {
        self.customers - self.thinking
    }
}
