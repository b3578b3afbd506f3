//! How much of its limits a run uses, second by second, as far as counts do not say it.
use super::log::{AskedFor, Recorder};
use super::request::Request;
use crate::assemble::Assembly;
use keystorm_models::kms::Call;
use keystorm_models::s3::Refusal;
use keystorm_sim::{NANOS_PER_S, Time};

/// Counts what attempts of requests take from S3's prefixes, from connections and from networks.
///
/// It costs time and memory and is made for few runs, in which nothing is refused and nothing
/// waits. An attempt takes its connection from when it is sent until it is answered, and moves its
/// bytes evenly in that time.
#[derive(Debug)]
pub(crate) struct Gauge {
    /// Whole seconds of the measured window: the first, and the one after the last.
    from: u64,
    to: u64,
    /// By prefix: second, reads and writes in it.
    prefixes: Vec<(u64, [u64; 2])>,
    /// Most of each in one second.
    prefix_most: [u64; 2],
    fleets: Vec<FleetGauge>,
}

/// What the instances of a fleet do, by second of the window.
#[derive(Clone, Debug, Default)]
struct FleetGauge {
    attempts: Vec<u64>,
    /// Time of all connections in use \[ns\].
    busy_ns: Vec<u64>,
    /// Bytes in and out.
    bytes: [Vec<u64>; 2],
}

impl Gauge {
    pub(crate) fn new(assembly: &Assembly) -> Self {
        let from = assembly.warm_up.nanos().div_ceil(NANOS_PER_S);
        let to = (assembly.horizon.nanos() / NANOS_PER_S).max(from);
        let seconds = usize::try_from(to - from).expect("checked: at most 31 days");
        let fleet = FleetGauge {
            attempts: vec![0; seconds],
            busy_ns: vec![0; seconds],
            bytes: [vec![0; seconds], vec![0; seconds]],
        };
        Self {
            from,
            to,
            prefixes: vec![(u64::MAX, [0; 2]); assembly.s3.prefixes as usize],
            prefix_most: [0; 2],
            fleets: vec![fleet; assembly.fleets.len()],
        }
    }

    /// Most reads and most writes of one prefix in one second.
    pub(crate) fn prefix_most(&self) -> [u64; 2] {
        self.prefix_most
    }

    /// Attempts of all fleets in the busiest second, as a multiple of the mean.
    pub(crate) fn unevenness(&self) -> Option<f64> {
        let seconds = self.fleets.first()?.attempts.len();
        let all = |second: usize| {
            self.fleets
                .iter()
                .map(|it| it.attempts[second])
                .sum::<u64>()
        };
        let sum: u64 = (0..seconds).map(all).sum();
        let most = (0..seconds).map(all).max()?;
        (sum > 0).then(|| most as f64 * seconds as f64 / sum as f64)
    }

    /// Connections of a fleet that are in use on average, in the busiest second.
    pub(crate) fn connections(&self, fleet: usize) -> f64 {
        most(&self.fleets[fleet].busy_ns) as f64 / NANOS_PER_S as f64
    }

    /// Bytes in and out of a fleet in the busiest second of each.
    pub(crate) fn bytes(&self, fleet: usize) -> [u64; 2] {
        self.fleets[fleet].bytes.each_ref().map(|it| most(it))
    }

    /// Index of a second in the window, if it lies in it.
    fn index(&self, second: u64) -> Option<usize> {
        let inside = (self.from..self.to).contains(&second);
        inside.then(|| usize::try_from(second - self.from).expect("at most 31 days"))
    }
}

fn most(seconds: &[u64]) -> u64 {
    seconds.iter().copied().max().unwrap_or(0)
}

impl Recorder for Gauge {
    fn kms_call(
        &mut self,
        _: Time,
        _: &Request,
        _: Call,
        _: AskedFor,
        _: Option<&'static Refusal>,
    ) {
    }

    fn s3_attempt(&mut self, now: Time, request: &Request, answered: Time) {
        let second = now.second();
        let kind = usize::from(request.ask.operation.writes());
        if let Some(index) = self.index(second) {
            let (counted, counts) = &mut self.prefixes[request.ask.prefix as usize];
            if *counted != second {
                *counted = second;
                *counts = [0; 2];
            }
            counts[kind] += 1;
            self.prefix_most[kind] = self.prefix_most[kind].max(counts[kind]);
            self.fleets[usize::from(request.fleet)].attempts[index] += 1;
        }
        let (begin, end) = (now.nanos(), answered.nanos());
        let length = (end - begin).max(1);
        for second in second..=answered.second() {
            let Some(index) = self.index(second) else {
                continue;
            };
            let from = begin.max(second * NANOS_PER_S);
            let to = end.min((second + 1) * NANOS_PER_S);
            let part = to.saturating_sub(from);
            let fleet = &mut self.fleets[usize::from(request.fleet)];
            fleet.busy_ns[index] += part;
            let bytes = u128::from(request.ask.size) * u128::from(part) / u128::from(length);
            fleet.bytes[kind][index] += u64::try_from(bytes).expect("a part of a size");
        }
    }

    fn has_failed(&self) -> bool {
        false
    }
}
