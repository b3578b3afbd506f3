//! How much work a run is expected to be.
use crate::assemble::{Assembly, Fleet, Load};
use keystorm_sim::Time;
use keystorm_sim::draw::whole;

/// Instants at which a changing rate is looked at.
const LOOKS: u64 = 64;

/// Seconds that a worker's request is taken to last, where it asks again when it has an answer.
const REQUEST_S: f64 = 0.05;

/// Work of a simulated second without requests, in requests.
const PER_SECOND: f64 = 1.0;

/// Runs whose expected requests differ by less than this factor are taken for alike.
const ALIKE: f64 = 1.2;

/// Requests that a run is expected to have, roughly: enough to divide work evenly.
pub(super) fn requests(assembly: &Assembly) -> u64 {
    let seconds = assembly.horizon.nanos() as f64 / 1e9;
    let fleets = assembly.fleets.iter();
    let requests: f64 = fleets.map(|fleet| of_fleet(fleet, assembly, seconds)).sum();
    let requests = requests.min(assembly.requests_max as f64) + PER_SECOND * seconds;
    whole(requests)
}

fn of_fleet(fleet: &Fleet, assembly: &Assembly, seconds: f64) -> f64 {
    match &fleet.load {
        Load::Open(pattern) => {
            let step = assembly.horizon.nanos() / LOOKS;
            let looks = (0..LOOKS).map(|look| Time::from_nanos(step * look + step / 2));
            looks.map(|at| pattern.rate_at(at)).sum::<f64>() / LOOKS as f64 * seconds
        }
        Load::Closed(closed) => {
            let each = seconds / (closed.think_time.as_secs_f64() + REQUEST_S);
            let most = closed.calls.map_or(f64::INFINITY, f64::from);
            fleet.workers() as f64 * each.min(most)
        }
        Load::Job(job) => {
            let stages = job.stages.iter();
            let of_stage =
                stages.map(|it| f64::from(it.tasks) * (f64::from(it.reads) + f64::from(it.writes)));
            of_stage.sum()
        }
    }
}

/// Whether runs of points with these requests are about the same work.
pub(super) fn are_alike(requests: &[u64]) -> bool {
    let least = requests.iter().min().copied().unwrap_or(0).max(1);
    let most = requests.iter().max().copied().unwrap_or(0).max(1);
    most as f64 <= least as f64 * ALIKE
}
