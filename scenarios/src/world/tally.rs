mod kms;

pub(crate) use kms::{AccountTally, KmsTally};

use super::bins::Bins;
use super::connect::ConnectionTally;
use super::request::Request;
use crate::assemble::Assembly;
use crate::crypto::Work;
use keystorm_models::client::Cores;
use keystorm_models::s3::{Outcome, Refusal};
use keystorm_models::workload::{Billed, Operation, Progress};
use keystorm_record::{
    ClassCounts, ClientCores, ClientKeys, Histogram, Int, LatencyBand, Sum, TimeParts,
};
use keystorm_sim::stats::Occupancy;
use keystorm_sim::{Span, Time};

/// How many operations there are.
pub(crate) const OPERATIONS: usize = Operation::ALL.len();

/// Everything that one replication counts.
#[derive(Debug)]
pub(crate) struct Tally {
    warm_up: Time,
    /// When the run ended.
    pub(crate) end: Time,
    /// When the last worker with a number of calls to make had made them, and all jobs were done.
    pub(crate) completion: Option<Time>,
    /// What became of each fleet's job, where it is one; known at the end.
    pub(crate) jobs: Vec<Option<Progress>>,
    /// By fleet and operation.
    pub(crate) classes: Vec<[ClassTally; OPERATIONS]>,
    /// Number of the first second that is counted.
    first_second: usize,
    pub(crate) seconds: Vec<Second>,
    /// Partitions of all prefixes at the first attempt of each second, where prefixes split; as far
    /// as there were attempts.
    pub(crate) partitions: Vec<u64>,
    /// Of the bucket's account; its seconds are among those of everything.
    pub(crate) kms: KmsTally,
    /// Of further accounts.
    pub(crate) other_accounts: Vec<AccountTally>,
    /// Requests to S3 that are billed: as GET, as PUT.
    pub(crate) s3_billed: [u64; 2],
    /// Requests to S3 that were answered, well or with an error.
    pub(crate) s3_answered: u64,
    pub(crate) occupancy: Occupancy,
    pub(crate) cores: CoreTally,
    pub(crate) keys: KeyTally,
    pub(crate) connections: ConnectionTally,
}

/// Cores at work.
#[derive(Debug)]
pub(crate) struct CoreTally {
    warm_up: Time,
    pub(crate) counts: ClientCores,
}

/// Keys that requests need for client-side encryption, where clients keep some.
#[derive(Debug)]
pub(crate) struct KeyTally {
    warm_up: Time,
    pub(crate) counts: ClientKeys,
}

/// Counts of one fleet and operation.
#[derive(Debug, Default)]
pub(crate) struct ClassTally {
    pub(crate) counts: ClassCounts,
    pub(crate) latency: Bins,
    /// Where the time went, by band of latency; empty before the first request.
    times: Vec<TimeParts>,
    /// Summed latency of the same requests \[ns\], for comparison with the parts.
    pub(crate) latency_sum: u128,
    /// The first error that a denied or rejected request ended with.
    pub(crate) refusal: Option<&'static Refusal>,
}

/// Counts of one second, warm-up included.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Second {
    pub(crate) requests: u64,
    pub(crate) ok: u64,
    pub(crate) throttled: u64,
    pub(crate) bytes_ok: u64,
    pub(crate) kms_first_calls: u64,
    pub(crate) kms_calls: u64,
    pub(crate) kms_refused: u64,
    pub(crate) s3_refused: u64,
}

impl Tally {
    /// Nothing is counted yet, of a run or of a part of one that begins at `from`.
    pub(super) fn new(assembly: &Assembly, from: Time) -> Self {
        Self {
            warm_up: assembly.warm_up,
            end: Time::ZERO,
            completion: None,
            jobs: Vec::new(),
            classes: assembly
                .fleets
                .iter()
                .map(|_| <[ClassTally; OPERATIONS]>::default())
                .collect(),
            first_second: index(from),
            seconds: Vec::new(),
            partitions: Vec::new(),
            kms: KmsTally::default(),
            other_accounts: vec![AccountTally::default(); assembly.kms.other_accounts.len()],
            s3_billed: [0; 2],
            s3_answered: 0,
            occupancy: Occupancy::new(assembly.warm_up),
            cores: CoreTally {
                warm_up: assembly.warm_up,
                counts: ClientCores::default(),
            },
            keys: KeyTally {
                warm_up: assembly.warm_up,
                counts: ClientKeys::default(),
            },
            connections: ConnectionTally::new(assembly.warm_up),
        }
    }

    /// Adds what was counted in the next part of the same run: exact.
    pub(crate) fn add(&mut self, next: &Self) {
        for (sum, class) in self
            .classes
            .iter_mut()
            .flatten()
            .zip(next.classes.iter().flatten())
        {
            sum.add(class);
        }
        for (number, second) in (next.first_second..).zip(&next.seconds) {
            self.second_of(number).add(second);
        }
        debug_assert!(next.other_accounts.is_empty(), "such runs are not cut");
        debug_assert!(next.partitions.is_empty(), "such runs are not cut");
        self.kms.add(&next.kms);
        for (sum, billed) in self.s3_billed.iter_mut().zip(next.s3_billed) {
            *sum += billed;
        }
        self.s3_answered += next.s3_answered;
        self.occupancy.add(&next.occupancy);
        self.cores.counts.add(&next.cores.counts);
        self.keys.counts.add(&next.keys.counts);
        self.connections.counts.add(&next.connections.counts);
        self.end = next.end;
        self.completion = next.completion;
    }

    /// The class of a request that is measured: its intended start lies in the window.
    #[inline(always)]
    fn class(&mut self, request: &Request) -> Option<&mut ClassTally> {
        let measured = request.start >= self.warm_up;
        let operations = &mut self.classes[usize::from(request.fleet)];
        measured.then_some(&mut operations[request.asked as usize])
    }

    #[inline]
    fn second(&mut self, now: Time) -> &mut Second {
        self.second_of(index(now))
    }

    #[inline]
    fn second_of(&mut self, number: usize) -> &mut Second {
        let place = number - self.first_second;
        if place >= self.seconds.len() {
            self.grow(place);
        }
        &mut self.seconds[place]
    }

    #[cold]
    fn grow(&mut self, place: usize) {
        self.seconds.resize(place + 1, Second::default());
    }

    #[inline(always)]
    pub(super) fn arrived(&mut self, request: &Request, now: Time) {
        self.occupancy.enter(now);
        self.second(now).requests += 1;
        if let Some(class) = self.class(request) {
            class.counts.requests.0 += 1;
        }
    }

    #[inline(always)]
    pub(super) fn attempt(&mut self, request: &Request) {
        if let Some(class) = self.class(request) {
            class.counts.attempts.0 += 1;
        }
    }

    /// There are so many partitions at `now`, before an attempt. Seconds without one have as many
    /// as the last.
    pub(super) fn partitions(&mut self, now: Time, count: impl FnOnce() -> usize) {
        let number = index(now);
        if number >= self.partitions.len() {
            let count = count() as u64;
            let before = self.partitions.last().copied().unwrap_or(count);
            self.partitions.resize(number, before);
            self.partitions.push(count);
        }
    }

    pub(super) fn s3_refused(&mut self, now: Time) {
        self.second(now).s3_refused += 1;
    }

    /// S3 answered an attempt. It bills what succeeds, and some errors.
    #[inline(always)]
    pub(super) fn s3_answered(&mut self, request: &Request, now: Time) {
        let billed = request.refusal.is_none_or(|refusal| refusal.billed);
        if now < self.warm_up {
            return;
        }
        self.s3_answered += 1;
        if billed {
            match request.ask.operation.billed() {
                Billed::AsGet => self.s3_billed[0] += 1,
                Billed::AsPut => self.s3_billed[1] += 1,
                Billed::Free => {}
            }
        }
    }

    /// An attempt was answered with an error.
    pub(super) fn refused(&mut self, request: &Request, refusal: &'static Refusal) {
        let Some(class) = self.class(request) else {
            return;
        };
        if refusal == &Refusal::PREFIX_SLOW_DOWN {
            class.counts.attempts_throttled_s3.0 += 1;
        } else if refusal.outcome == Outcome::Throttled {
            class.counts.attempts_throttled_kms.0 += 1;
        }
    }

    /// A request ends, well or with an error.
    #[inline(always)]
    pub(super) fn left(&mut self, request: &Request, refusal: Option<&'static Refusal>, now: Time) {
        self.occupancy.leave(now, request.start);
        let second = self.second(now);
        match refusal {
            None => {
                second.ok += 1;
                second.bytes_ok = second.bytes_ok.saturating_add(request.ask.size);
            }
            Some(it) => second.throttled += u64::from(it.outcome == Outcome::Throttled),
        }
        if refusal.is_none() && now >= self.warm_up {
            let operations = &mut self.classes[usize::from(request.fleet)];
            let counts = &mut operations[request.asked as usize].counts;
            counts.completed.0 += 1;
            counts.bytes_completed.0 = counts.bytes_completed.0.saturating_add(request.ask.size);
        }
        let Some(class) = self.class(request) else {
            return;
        };
        class.counts.retried.0 += u64::from(request.retried);
        match refusal {
            None => class.ended_well(request, now),
            Some(refusal) => class.ended_with(refusal),
        }
    }

    /// A request is still under way when the run ends.
    pub(super) fn unfinished(&mut self, request: &Request) {
        if let Some(class) = self.class(request) {
            class.counts.unfinished.0 += 1;
            class.counts.retried.0 += u64::from(request.retried);
        }
    }
}

impl CoreTally {
    /// A core is asked for `work`, and will have done it at `done`.
    pub(super) fn is_busy(&mut self, done: Time, work: Span) {
        // What is done after the end of the run is taken off when it is known.
        let within = work.min(done.since(self.warm_up));
        self.counts.busy_ns += Sum(within.nanos().into());
    }

    /// A core is asked at `now` for encryption of `size` bytes, and will have done it at `done`.
    pub(super) fn works(&mut self, now: Time, done: Time, work: &Work, size: u64) {
        self.is_busy(done, work.time);
        if now < self.warm_up {
            return;
        }
        self.counts.add(&ClientCores {
            work_ns: Sum(work.time.nanos().into()),
            bytes: Sum(size.into()),
            ..ClientCores::default()
        });
        if work.is_guess {
            self.counts.add(&ClientCores {
                guessed: Int(1),
                guessed_ns: Sum(work.time.nanos().into()),
                guessed_bytes_min: Int(size),
                guessed_bytes_max: Int(size),
                ..ClientCores::default()
            });
        }
    }

    /// The run is over at `end`: takes off what an instance's cores would have done later.
    pub(super) fn close(&mut self, end: Time, cores: &Cores) {
        self.counts.cores += Int(cores.count() as u64);
        let left: u128 = cores.left(end).map(|it| u128::from(it.nanos())).sum();
        self.counts.busy_ns = Sum(self.counts.busy_ns.0.saturating_sub(left));
    }
}

impl KeyTally {
    /// A request needs a key.
    pub(super) fn wanted(&mut self, now: Time) {
        self.counts.wanted.0 += u64::from(now >= self.warm_up);
    }

    /// The client had it.
    pub(super) fn cached(&mut self, now: Time) {
        self.counts.cached.0 += u64::from(now >= self.warm_up);
    }

    /// A request has waited for it.
    pub(super) fn waited(&mut self, now: Time) {
        self.counts.waited.0 += u64::from(now >= self.warm_up);
    }
}

/// Number of an instant's second.
#[inline]
fn index(at: Time) -> usize {
    usize::try_from(at.second()).expect("checked: at most 31 days")
}

impl Second {
    fn add(&mut self, other: &Self) {
        self.requests += other.requests;
        self.ok += other.ok;
        self.throttled += other.throttled;
        self.bytes_ok = self.bytes_ok.saturating_add(other.bytes_ok);
        self.kms_first_calls += other.kms_first_calls;
        self.kms_calls += other.kms_calls;
        self.kms_refused += other.kms_refused;
        self.s3_refused += other.s3_refused;
    }
}

impl ClassTally {
    fn add(&mut self, next: &Self) {
        self.counts.add(&next.counts);
        self.latency.add(&next.latency);
        if !next.times.is_empty() {
            self.grow();
        }
        for (sum, time) in self.times.iter_mut().zip(&next.times) {
            sum.add(time);
        }
        self.latency_sum += next.latency_sum;
        self.refusal = self.refusal.or(next.refusal);
    }

    #[inline(always)]
    fn ended_well(&mut self, request: &Request, now: Time) {
        let spent = &request.time;
        let latency = (now - request.start).nanos();
        self.counts.ok.0 += 1;
        self.counts.ok_after_retry.0 += u64::from(request.retried);
        self.latency_sum += u128::from(latency);
        self.latency.record(latency);
        let band = Bins::band(latency);
        if band >= self.times.len() {
            self.grow();
        }
        let time = &mut self.times[band];
        for (sum, span) in [
            (&mut time.wait_ns, spent.wait),
            (&mut time.connect_ns, spent.connect),
            (&mut time.overhead_ns, spent.overhead),
            (&mut time.client_crypto_ns, spent.client_crypto),
            (&mut time.kms_ns, spent.kms),
            (&mut time.first_byte_ns, spent.first_byte),
            (&mut time.transfer_ns, spent.transfer),
            (&mut time.refused_ns, spent.refused),
            (&mut time.back_off_ns, spent.back_off),
        ] {
            // Most parts of most requests are zero.
            if span > Span::ZERO {
                *sum += Sum(span.nanos().into());
            }
        }
    }

    /// Makes the bands, if there are none: many operations never come up.
    #[cold]
    fn grow(&mut self) {
        let bands = Bins::band(Histogram::HIGH_NS) + 1;
        self.times.resize(bands, TimeParts::default());
    }

    /// Where the time went.
    pub(crate) fn time(&self) -> TimeParts {
        let mut sum = TimeParts::default();
        for time in &self.times {
            sum.add(time);
        }
        sum
    }

    /// Where the time went, by band of latency.
    pub(crate) fn bands(&self) -> Vec<LatencyBand> {
        let bands = self.latency.bands();
        bands
            .map(|(band, from, requests)| LatencyBand::new(from, requests, &self.times[band]))
            .collect()
    }

    fn ended_with(&mut self, refusal: &'static Refusal) {
        let counts = &mut self.counts;
        let outcome = match refusal.outcome {
            Outcome::Throttled => &mut counts.throttled,
            Outcome::Denied => &mut counts.denied,
            Outcome::Rejected => &mut counts.rejected,
            Outcome::Failed => &mut counts.failed,
        };
        outcome.0 += 1;
        if matches!(refusal.outcome, Outcome::Denied | Outcome::Rejected) {
            self.refusal.get_or_insert(refusal);
        }
    }
}
