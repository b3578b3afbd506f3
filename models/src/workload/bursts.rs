use super::Arrival;
use keystorm_sim::draw::uniform_span;
use keystorm_sim::{NANOS_PER_S, Span, StreamKey, Time};

/// Bursts of an exact number of requests, once or at fixed times: a cold start, a cron job.
///
/// In each burst some things start (instances, tasks) within a spread, and each has its requests.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bursts {
    /// When bursts begin.
    pub when: When,
    /// What starts in each, 1 or more.
    pub starts: u32,
    /// Starts lie within this from the burst's beginning on.
    pub spread: Span,
    /// Whether they are evenly spaced in it; otherwise each is uniformly distributed.
    pub even: bool,
    /// Requests of each, 1 or more.
    pub requests: u32,
    /// Time from one of them to the next; zero if all come at once.
    pub gap: Span,
    /// Whether what starts are the fleet's instances, in order, each with requests of its own.
    pub own_instances: bool,
}

/// When bursts begin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum When {
    /// Once.
    Once(Time),
    /// Again and again.
    Every {
        /// From one beginning to the next; at least as long as a burst.
        period: Span,
        /// Time since the last beginning at t = 0, below `period`.
        phase: Span,
    },
}

impl Bursts {
    /// Most requests of a burst: 16 MB of memory.
    pub const REQUESTS_MAX: u64 = 1_000_000;

    /// Requests of a burst.
    #[must_use]
    pub fn total(&self) -> u64 {
        u64::from(self.starts) * u64::from(self.requests)
    }

    /// Time from a burst's beginning to its end, beyond which nothing arrives.
    #[must_use]
    pub fn length(&self) -> Span {
        let spread = self.spread.nanos().max(1);
        let gaps = self
            .gap
            .nanos()
            .saturating_mul(u64::from(self.requests - 1));
        Span::from_nanos(spread.saturating_add(gaps))
    }

    /// Mean rate at `at` if that lies in a burst, which counts as at least a second long \[1/s\].
    #[must_use]
    pub fn rate_at(&self, at: Time) -> f64 {
        let length = self.length().nanos().max(NANOS_PER_S);
        match self.begun(at) {
            Some((_, since)) if since < length => {
                self.total() as f64 * NANOS_PER_S as f64 / length as f64
            }
            _ => 0.0,
        }
    }

    /// Most arrivals expected in a second from `from` to `to`.
    #[must_use]
    pub fn rate_max(&self, from: Time, to: Time) -> f64 {
        let begun = |at| self.begun(at).map(|(number, _)| number);
        let runs = matches!(self.begun(from), Some((_, since)) if since < self.length().nanos());
        if !runs && begun(from) == begun(to) {
            return 0.0;
        }
        let spread = self.spread.as_secs_f64().max(1.0);
        let by_start = self.total() as f64 / spread;
        if self.gap == Span::ZERO {
            by_start
        } else {
            by_start.min(f64::from(self.starts) / self.gap.as_secs_f64())
        }
    }

    /// Mean rate at t = 0 in a burst that began before \[1/s\].
    #[must_use]
    pub fn rate_before(&self) -> f64 {
        match self.when {
            When::Every { phase, .. } if phase > Span::ZERO => self.rate_at(Time::ZERO),
            When::Every { .. } | When::Once(_) => 0.0,
        }
    }

    /// The burst that has begun last at `at`: its number, and the time since then \[ns\].
    fn begun(&self, at: Time) -> Option<(u64, u64)> {
        match self.when {
            When::Once(first) => (first <= at).then(|| (0, (at - first).nanos())),
            When::Every { period, phase } => {
                let place = at.nanos() + phase.nanos();
                Some((place / period.nanos(), place % period.nanos()))
            }
        }
    }

    /// When the next burst begins after `at`.
    fn next(&self, at: Time) -> Time {
        match self.when {
            When::Once(first) if at < first => first,
            When::Once(_) => Time::NEVER,
            When::Every { period, phase } => {
                let place = (at.nanos() + phase.nanos()) % period.nanos();
                at + Span::from_nanos(period.nanos() - place)
            }
        }
    }
}

/// The arrivals of bursts, burst by burst: of each all are drawn at once from a stream of its own.
#[derive(Clone, Debug)]
pub(super) struct BurstList {
    bursts: Bursts,
    key: StreamKey,
    /// The burst that `requests` are of.
    number: Option<u64>,
    /// By time since the burst's beginning \[ns\], each with the number of what sends it.
    requests: Vec<(u64, u32)>,
    /// Those that come next, up to the end of the stretch that was entered.
    next: usize,
    end: usize,
    /// Since the burst's beginning \[ns\], at `start`.
    since: u64,
    start: Time,
}

impl BurstList {
    pub(super) fn new(bursts: Bursts, key: StreamKey) -> Self {
        Self {
            bursts,
            key,
            number: None,
            requests: Vec::new(),
            next: 0,
            end: 0,
            since: 0,
            start: Time::ZERO,
        }
    }

    /// Begins the stretch from `start` to `end` at most; where it ends.
    pub(super) fn enter(&mut self, start: Time, end: Time) -> Time {
        let end = end.min(self.bursts.next(start));
        (self.next, self.end) = (0, 0);
        if let Some((number, since)) = self.bursts.begun(start)
            && since < self.bursts.length().nanos()
        {
            self.load(number);
            (self.start, self.since) = (start, since);
            let until = since + (end - start).nanos();
            self.next = self.requests.partition_point(|it| it.0 < since);
            self.end = self.requests.partition_point(|it| it.0 < until);
        }
        end
    }

    /// Draws the requests of a burst.
    fn load(&mut self, number: u64) {
        if self.number == Some(number) {
            return;
        }
        self.number = Some(number);
        self.requests.clear();
        let mut rng = self.key.child(number).rng();
        let Bursts {
            starts,
            spread,
            even,
            requests,
            gap,
            ..
        } = self.bursts;
        for index in 0..starts {
            let start = if even {
                let place = u128::from(spread.nanos()) * u128::from(index) / u128::from(starts);
                u64::try_from(place).expect("below the spread")
            } else {
                uniform_span(&mut rng, spread).nanos()
            };
            // Beyond the longest time nothing arrives.
            let after = |it| start.saturating_add(gap.nanos().saturating_mul(it));
            let times = (0..u64::from(requests)).map(after);
            self.requests.extend(times.map(|at| (at, index)));
        }
        self.requests.sort_unstable();
    }

    /// The next instants before `horizon`, as many as there is room for; whether none is left.
    pub(super) fn draw(&mut self, horizon: Time, times: &mut [Time]) -> (usize, bool) {
        let (start, since) = (self.start, self.since);
        let left = self.requests[self.next..self.end].iter();
        let instants = left.map(|it| start + Span::from_nanos(it.0 - since));
        let mut count = 0;
        for (time, at) in times.iter_mut().zip(instants) {
            if at >= horizon {
                self.end = self.next + count;
                break;
            }
            *time = at;
            count += 1;
        }
        self.next += count;
        (count, self.next == self.end)
    }

    /// Gives the arrivals drawn last to the instances that send them.
    pub(super) fn assign(&self, arrivals: &mut [Arrival]) {
        if self.bursts.own_instances {
            let senders = &self.requests[self.next - arrivals.len()..self.next];
            for (arrival, sender) in arrivals.iter_mut().zip(senders) {
                arrival.ask.instance = sender.1;
            }
        }
    }
}
