use crate::{NANOS_PER_S, Time};
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// A capacity shared equally by the jobs that are present, none of which gets more than its limit:
/// a link and its transfers, a processor and its threads (egalitarian processor sharing).
///
/// Work is a whole number of units (bytes, nanoseconds of a core); rates are units per second. A
/// change costs O(log n) for n jobs: the shares of all change together, so only what one job has
/// got since the beginning needs to be known (virtual time), and jobs end in the order of
/// what it was when they came plus their work.
///
/// What a job has got is counted in 2^-24 units and rounded down at each change; its end is then
/// the first nanosecond at which its work is done.
///
/// The capacity may change ([`set_capacity`](Self::set_capacity)), for all jobs at once, so that it
/// costs O(1).
///
/// At most [`JOBS_MAX`](Self::JOBS_MAX) jobs of at most [`WORK_MAX`](Self::WORK_MAX) units: then no
/// sum overflows.
///
/// # Example: two transfers on a link
/// ```
/// use keystorm_sim::Time;
/// use keystorm_sim::blocks::Sharing;
///
/// // 100 MB/s, at most 80 MB/s for each.
/// let mut link = Sharing::new(100_000_000, 80_000_000);
/// let at = Time::from_millis;
/// link.add(at(0), 80_000_000, "long");
/// assert_eq!(link.first_end(), at(1_000)); // alone, at its limit
/// link.add(at(500), 10_000_000, "short");
/// assert_eq!(link.first_end(), at(700)); // both at 50 MB/s
/// assert_eq!(link.take(at(700)), Some("short"));
/// assert_eq!(link.first_end(), at(1_075)); // 30 MB are left, alone again
/// ```
/// In a model, [`first_end`](Self::first_end) is a timer that moves with every change:
/// ```
/// use keystorm_sim::blocks::Sharing;
/// use keystorm_sim::{Pending, Span, TieBreak, Time};
///
/// #[derive(Clone, Copy, Debug, PartialEq)]
/// enum Event { Ends }
///
/// let mut pending = Pending::new(TieBreak::Schedule);
/// let mut link = Sharing::new(1_000, 1_000);
/// let end = pending.schedule_timer(Time::NEVER, Event::Ends);
/// link.add(Time::ZERO, 500, "job");
/// pending.reschedule(end, link.first_end());
/// assert_eq!(pending.pop(), Some((Time::from_millis(500), Event::Ends)));
/// assert_eq!(link.take(Time::from_millis(500)), Some("job"));
/// let end = pending.schedule_timer(link.first_end(), Event::Ends); // it happened: a new one
/// # let _ = end;
/// ```
#[derive(Clone, Debug)]
pub struct Sharing<J> {
    capacity_per_s: u64,
    job_max_per_s: u64,
    /// What a job present since the beginning has got, in 2^-24 units.
    got: u128,
    changed_at: Time,
    jobs: BinaryHeap<Reverse<Job<J>>>,
    added: u64,
}

/// Fraction bits of what a job has got.
const FRACTION: u32 = 24;

#[derive(Clone, Debug)]
struct Job<J> {
    /// The job is done when [`Sharing::got`] is this.
    done_at: u128,
    /// Order of coming: of jobs done at once, the first one ends first.
    number: u64,
    label: J,
}

impl<J> Sharing<J> {
    /// Jobs at once.
    pub const JOBS_MAX: usize = 1 << 20;
    /// Work of a job \[units\]: 9 PB, or 104 days of nanoseconds.
    pub const WORK_MAX: u64 = 1 << 53;

    /// Nothing shared yet; `capacity_per_s` in all, and `job_max_per_s` for each job (for no limit,
    /// the capacity) \[units/s\].
    ///
    /// # Panics
    /// If one of them is zero.
    #[must_use]
    pub fn new(capacity_per_s: u64, job_max_per_s: u64) -> Self {
        assert!(capacity_per_s > 0, "a capacity is positive");
        assert!(job_max_per_s > 0, "a job's limit is positive");
        Self {
            capacity_per_s,
            job_max_per_s,
            got: 0,
            changed_at: Time::ZERO,
            jobs: BinaryHeap::new(),
            added: 0,
        }
    }

    /// A job with so much `work` \[units\] begins at `now`.
    ///
    /// # Panics
    /// If there are [`JOBS_MAX`](Self::JOBS_MAX) jobs, or it has more work than
    /// [`WORK_MAX`](Self::WORK_MAX).
    pub fn add(&mut self, now: Time, work: u64, job: J) {
        assert!(self.jobs.len() < Self::JOBS_MAX, "too many jobs at once");
        assert!(work <= Self::WORK_MAX, "too much work for one job");
        self.advance(now);
        self.jobs.push(Reverse(Job {
            done_at: self.got + (u128::from(work) << FRACTION),
            number: self.added,
            label: job,
        }));
        self.added += 1;
    }

    /// From `now` on there is this capacity; with none, all jobs stand still.
    pub fn set_capacity(&mut self, now: Time, capacity_per_s: u64) {
        self.advance(now);
        self.capacity_per_s = capacity_per_s;
    }

    /// When the next job ends, if nothing changes before; [`Time::NEVER`] if none does.
    #[must_use]
    pub fn first_end(&self) -> Time {
        let Some(Reverse(first)) = self.jobs.peek() else {
            return Time::NEVER;
        };
        let (rate, jobs) = self.rate();
        if rate == 0 && first.done_at > self.got {
            return Time::NEVER;
        }
        let left = first.done_at.saturating_sub(self.got);
        // Nanoseconds in which each job gets `left`, rounded up.
        let nanos = left
            .saturating_mul(u128::from(jobs) * u128::from(NANOS_PER_S))
            .div_ceil(u128::from(rate.max(1)) << FRACTION);
        let nanos = u64::try_from(nanos).unwrap_or(u64::MAX);
        Time::from_nanos(self.changed_at.nanos().saturating_add(nanos))
    }

    /// Takes a job that is done at `now`, if there is one; when several end at once, call it until
    /// there is none, or at the next [`first_end`](Self::first_end), which is then `now`.
    pub fn take(&mut self, now: Time) -> Option<J> {
        if self.jobs.peek()?.0.done_at > self.got_at(now) {
            return None;
        }
        self.advance(now);
        let Reverse(done) = self.jobs.pop()?;
        Some(done.label)
    }

    /// Jobs present.
    #[must_use]
    pub fn jobs(&self) -> usize {
        self.jobs.len()
    }

    /// All jobs' rate together \[units/s\].
    #[must_use]
    pub fn rate_per_s(&self) -> u64 {
        self.rate().0
    }

    /// All jobs' rate together \[units/s\], and their number.
    fn rate(&self) -> (u64, u64) {
        let jobs = self.jobs.len() as u64;
        let all = self.job_max_per_s.saturating_mul(jobs);
        (all.min(self.capacity_per_s), jobs)
    }

    fn advance(&mut self, now: Time) {
        self.got = self.got_at(now);
        self.changed_at = self.changed_at.max(now);
    }

    /// What a job present since the beginning has got at `now`; nobody is owed anything when
    /// nobody is there, so it begins anew then.
    fn got_at(&self, now: Time) -> u128 {
        let lasted = now.since(self.changed_at).nanos();
        let (rate, jobs) = self.rate();
        if jobs == 0 {
            return 0;
        }
        let work = u128::from(lasted) * u128::from(rate);
        // Saturates only if an end was not taken when it came.
        let work = work.saturating_mul(1 << FRACTION);
        self.got + work / (u128::from(jobs) * u128::from(NANOS_PER_S))
    }
}

impl<J> Job<J> {
    fn key(&self) -> (u128, u64) {
        (self.done_at, self.number)
    }
}

impl<J> PartialEq for Job<J> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl<J> Eq for Job<J> {}

impl<J> PartialOrd for Job<J> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<J> Ord for Job<J> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

#[cfg(test)]
mod tests {
    use super::Sharing;
    use crate::{NANOS_PER_S, Time};
    use proptest::prelude::*;

    /// The definition, in floats, job by job: ends \[s\] of jobs (start \[s\], work) in order.
    fn ends(capacity: f64, job_max: f64, jobs: &[(f64, f64)]) -> Vec<f64> {
        let mut left: Vec<f64> = jobs.iter().map(|&(_, work)| work).collect();
        let mut ends = vec![0.0; jobs.len()];
        let (mut now, mut come, mut open) = (0.0, 0, Vec::<usize>::new());
        while come < jobs.len() || !open.is_empty() {
            let rate = job_max.min(capacity / open.len() as f64);
            let end = open
                .iter()
                .map(|&job| now + left[job] / rate)
                .fold(f64::INFINITY, f64::min);
            let next = jobs.get(come).map_or(f64::INFINITY, |&(start, _)| start);
            let then = end.min(next);
            for &job in &open {
                left[job] -= (then - now) * rate;
            }
            now = then;
            if next <= end {
                open.push(come);
                come += 1;
            } else {
                let first =
                    (0..open.len()).min_by(|&a, &b| left[open[a]].total_cmp(&left[open[b]]));
                let job = open.remove(first.unwrap());
                ends[job] = now;
            }
        }
        ends
    }

    proptest! {
        // Goal: virtual time gives the ends of the definition, and never an end without its job.
        // Method: up to 60 jobs at random times, with and without a limit that binds, against the
        // definition in floats; ends may differ by the nanoseconds of rounding.
        #[test]
        fn ends_are_those_of_the_definition(
            (capacity, job_max) in (1_u64..1_000_000_000, 1_u64..1_000_000_000),
            mut jobs in prop::collection::vec((0_u64..4_000_000_000, 0_u64..2_000_000_000), 1..60),
        ) {
            jobs.sort_unstable();
            let (capacity, job_max) = (capacity + 1_000_000, job_max + 1_000_000);
            let mut link = Sharing::new(capacity, job_max);
            let mut found = vec![Time::NEVER; jobs.len()];
            let mut come = 0;
            loop {
                let start = jobs.get(come).map_or(Time::NEVER, |job| Time::from_nanos(job.0));
                let end = link.first_end();
                if end == Time::NEVER && start == Time::NEVER {
                    break;
                }
                if start <= end {
                    link.add(start, jobs[come].1, come);
                    come += 1;
                } else {
                    let job = link.take(end);
                    prop_assert!(job.is_some());
                    found[job.unwrap()] = end;
                }
            }
            let seconds = |nanos: u64| nanos as f64 / NANOS_PER_S as f64;
            let all: Vec<(f64, f64)> =
                jobs.iter().map(|job| (seconds(job.0), job.1 as f64)).collect();
            let expected = ends(capacity as f64, job_max as f64, &all);
            for (found, expected) in found.iter().zip(expected) {
                let error = (seconds(found.nanos()) - expected).abs();
                prop_assert!(error < 1e-6 + 1e-9 * expected, "{found:?} for {expected}");
            }
        }
    }

    proptest! {
        // Goal: a capacity that changes gives every job what the definition gives it.
        // Method: equal shares of a capacity that changes at random instants, also to nothing, in
        // floats, interval by interval; ends may differ by the nanoseconds of rounding.
        #[test]
        fn a_capacity_may_change(
            works in prop::collection::vec(1_u64..2_000_000_000, 1..20),
            changes in prop::collection::vec(
                (
                    1_u64..1_000_000_000,
                    prop_oneof![1 => Just(0), 4 => 1_000_000_u64..1_000_000_000],
                ),
                0..30,
            ),
            job_max in 1_000_000_u64..200_000_000,
        ) {
            let capacity = 500_000_000;
            let mut link = Sharing::new(capacity, job_max);
            for (job, &work) in works.iter().enumerate() {
                link.add(Time::ZERO, work, job);
            }
            let mut at = 0;
            let mut changes = changes.into_iter().map(|(after, capacity)| {
                at += after;
                (Time::from_nanos(at), capacity)
            }).chain([(Time::from_secs(1_000), capacity)]);
            let mut left: Vec<(usize, f64)> =
                works.iter().map(|&work| work as f64).enumerate().collect();
            let (mut now, mut share_of) = (0.0, capacity as f64);
            let (mut then, mut capacity) = changes.next().unwrap();
            while !left.is_empty() {
                let end = link.first_end();
                let next = end.min(then);
                let until = next.nanos() as f64 / NANOS_PER_S as f64;
                let share = (share_of / left.len() as f64).min(job_max as f64);
                for job in &mut left {
                    job.1 -= share * (until - now);
                }
                now = until;
                if end <= then {
                    let job = link.take(end).unwrap();
                    let place = left.iter().position(|it| it.0 == job).unwrap();
                    let rest = left.remove(place).1;
                    prop_assert!(rest.abs() < 2.0, "{rest} units are left of {job}");
                } else {
                    link.set_capacity(then, capacity);
                    share_of = capacity as f64;
                    (then, capacity) = changes.next().unwrap_or((Time::NEVER, 0));
                }
            }
            prop_assert_eq!((link.jobs(), link.first_end()), (0, Time::NEVER));
        }
    }

    // Goal: with no capacity nobody gets anything, and what is done already ends all the same.
    // Method: a job without work and one with some, while there is none, and after.
    #[test]
    fn without_capacity_all_stand_still() {
        let mut link = Sharing::new(1_000, 1_000);
        link.set_capacity(Time::ZERO, 0);
        link.add(Time::ZERO, 0, "done");
        link.add(Time::ZERO, 500, "waits");
        assert_eq!(link.first_end(), Time::ZERO);
        assert_eq!(link.take(Time::ZERO), Some("done"));
        assert_eq!((link.first_end(), link.rate_per_s()), (Time::NEVER, 0));
        link.set_capacity(Time::from_secs(7), 1_000);
        assert_eq!(link.first_end(), Time::from_millis(7_500));
        assert_eq!(link.rate_per_s(), 1_000);
    }

    // Goal: nothing is ended early, and jobs that are done at once end in the order of coming.
    // Method: three equal jobs, and one nanosecond before their end.
    #[test]
    fn equal_jobs_end_together_in_order() {
        let mut link = Sharing::new(1_000, 1_000);
        for job in 0..3 {
            link.add(Time::ZERO, 100, job);
        }
        let end = Time::from_millis(300);
        assert_eq!(link.first_end(), end);
        assert_eq!(link.take(Time::from_nanos(end.nanos() - 1)), None);
        for job in 0..3 {
            assert_eq!(link.first_end(), end);
            assert_eq!(link.take(end), Some(job));
        }
        assert_eq!((link.take(end), link.jobs()), (None, 0));
        assert_eq!(link.first_end(), Time::NEVER);
    }

    // Goal: the largest jobs end when they should.
    // Method: as many as there may be, of as much work as there may be, at the rate at which all
    // end after 2^10 seconds; and a rate so low that they would end after the end of time.
    #[test]
    fn largest_jobs_end_on_time() {
        type Link = Sharing<u32>;
        let fill = |capacity_per_s| {
            let mut link = Link::new(capacity_per_s, capacity_per_s);
            for job in 0..1 << 20 {
                link.add(Time::ZERO, Link::WORK_MAX, job);
            }
            assert_eq!(link.jobs(), Link::JOBS_MAX);
            link
        };
        let mut link = fill(1 << 63);
        let end = Time::from_secs(1 << 10);
        assert_eq!(link.first_end(), end);
        assert_eq!(link.take(Time::from_nanos(end.nanos() - 1)), None);
        assert_eq!(link.take(end), Some(0));
        assert_eq!(link.first_end(), end);
        assert_eq!(fill(1).first_end(), Time::NEVER);
    }
}
