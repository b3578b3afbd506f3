//! Clocks of a thread, and what was spent between two looks at them.

/// What the clocks say at an instant; only differences mean anything.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Reading {
    /// Processor time of this thread \[ns\].
    pub(super) cpu_ns: u64,
    /// Time that passed \[ns\].
    pub(super) wall_ns: u64,
    /// How often the system took the processor away from this thread; 0 where it does not tell.
    pub(super) switches: u64,
}

/// Where time comes from: the system, or a test.
pub(super) trait Clock {
    /// The time now.
    fn read(&self) -> Reading;
}

/// The system's clocks.
pub(super) struct SystemClock {
    start: std::time::Instant,
}

impl SystemClock {
    pub(super) fn new() -> Self {
        Self {
            start: std::time::Instant::now(),
        }
    }

    /// Time since it was made \[s\].
    pub(super) fn seconds(&self) -> f64 {
        self.start.elapsed().as_secs_f64()
    }
}

impl Clock for SystemClock {
    fn read(&self) -> Reading {
        let wall_ns = u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        Reading {
            // Without a clock of the thread, waiting cannot be told from working.
            cpu_ns: thread_ns().unwrap_or(wall_ns),
            wall_ns,
            switches: switches(),
        }
    }
}

/// Whether this system has a processor clock per thread.
pub(super) fn has_thread_clock() -> bool {
    thread_ns().is_some()
}

#[cfg(unix)]
fn thread_ns() -> Option<u64> {
    use nix::time::{ClockId, clock_gettime};
    let time = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).ok()?;
    let part = |value: i64| u64::try_from(value).ok();
    Some(part(time.tv_sec())? * 1_000_000_000 + part(time.tv_nsec())?)
}

#[cfg(not(unix))]
fn thread_ns() -> Option<u64> {
    None
}

#[cfg(target_os = "linux")]
fn switches() -> u64 {
    use nix::sys::resource::{UsageWho, getrusage};
    getrusage(UsageWho::RUSAGE_THREAD).map_or(0, |usage| {
        u64::try_from(usage.involuntary_context_switches()).unwrap_or(0)
    })
}

#[cfg(not(target_os = "linux"))]
fn switches() -> u64 {
    0
}

/// Adds up what is spent in the parts of a sample that count.
pub(super) struct Timer<'c> {
    clock: &'c dyn Clock,
    spent: Reading,
}

impl<'c> Timer<'c> {
    pub(super) fn new(clock: &'c dyn Clock) -> Self {
        Self {
            clock,
            spent: Reading::default(),
        }
    }

    /// Does the work, and counts what it takes.
    pub(super) fn time<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let before = self.clock.read();
        let result = work();
        let after = self.clock.read();
        self.spent.cpu_ns += after.cpu_ns.saturating_sub(before.cpu_ns);
        self.spent.wall_ns += after.wall_ns.saturating_sub(before.wall_ns);
        self.spent.switches += after.switches.saturating_sub(before.switches);
        result
    }

    /// Everything that was counted.
    pub(super) fn spent(&self) -> Reading {
        self.spent
    }
}
