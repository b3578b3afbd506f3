//! When requests arrive.
use super::{Check, jobs, wrong};
use crate::assemble;
use crate::diagnostic::Diagnostic;
use crate::schema::{
    Arrivals, Closed, ColdStart, Cron, Fleet, Mmpp, OnOff, OnOffTimes, Scenario, Shape, Spacing,
};
use crate::units::decimal::grouped;
use crate::units::{Duration, Rate};
use keystorm_models::workload::Bursts;
use keystorm_sim::{Span, Time};
use std::fmt::Display;

/// Most workers of a closed loop or a job in one fleet: each is a thing in memory.
pub(super) const WORKERS_MAX: u64 = 1_000_000;
/// Shortest mean time of a state: its path is walked along, from the beginning of the run.
const STATE_MIN: Duration = Duration(Span::from_millis(1));
/// Longest time of a fixed rhythm, as long as a run.
const RHYTHM_MAX: Duration = Duration(Span::from_secs(31 * 86_400));
const LEFT_OUT: &str = "a fleet that asks for nothing can be left out";

pub(super) fn check(name: &str, fleet: &Fleet, scenario: &Scenario, check: &mut Check<'_>) {
    let path =
        |keys: &[&'static str]| -> Vec<&str> { [&["fleets", name, "arrivals"], keys].concat() };
    match &fleet.arrivals {
        Arrivals::Poisson(it) => positive(&path(&["poisson", "rate"]), it.rate, check),
        Arrivals::Deterministic(it) => positive(&path(&["deterministic", "rate"]), it.rate, check),
        Arrivals::Profile(it) => {
            let points: Vec<_> = it.points.iter().map(|it| (it.at, it.rate)).collect();
            line(&path(&["profile", "points"]), &points, "0 s", check);
        }
        Arrivals::Daily(it) => {
            let points: Vec<_> = it.points.iter().map(|it| (it.at, it.rate)).collect();
            let path = path(&["daily", "points"]);
            line(&path, &points, "08:00", check);
            steps(&path, &points, it.shape, check);
        }
        Arrivals::Weekly(it) => {
            let points: Vec<_> = it.points.iter().map(|it| (it.at, it.rate)).collect();
            let path = path(&["weekly", "points"]);
            line(&path, &points, "mon 08:00", check);
            steps(&path, &points, it.shape, check);
        }
        Arrivals::Mmpp(it) => mmpp(&path(&["mmpp", "states"]), it, check),
        Arrivals::OnOff(it) => on_off(&path(&["on-off"]), it, check),
        Arrivals::ColdStart(it) => {
            cold_start(&path(&["cold-start"]), it, fleet.instances, scenario, check);
        }
        Arrivals::Cron(it) => cron(&path(&["cron"]), it, scenario, check),
        Arrivals::Closed(closed) => workers(name, fleet, closed, check),
        Arrivals::Job(job) => jobs::check(name, fleet, job, scenario, check),
    }
}

fn positive(path: &[&str], rate: Rate, check: &mut Check<'_>) {
    if rate.0 <= 0.0 {
        let message = format!("is \"{rate}\"; expected a positive rate such as \"2_000/s\"");
        wrong(check, path, &message, LEFT_OUT);
    }
}

/// Points of a rate that rises above zero somewhere, in the order of time.
fn line<T: Display + Copy + PartialOrd>(
    path: &[&str],
    points: &[(T, Rate)],
    example: &str,
    check: &mut Check<'_>,
) {
    if points.is_empty() {
        let help = format!("such as points = [{{ at = \"{example}\", rate = \"100/s\" }}]");
        return wrong(check, path, "is empty; expected at least one point", &help);
    }
    if points.iter().all(|point| point.1.0 <= 0.0) {
        let message = "never rises above 0/s; expected a point with a positive rate";
        wrong(check, path, message, LEFT_OUT);
    }
    let times: Vec<T> = points.iter().map(|point| point.0).collect();
    in_order(path, &times, check);
}

/// Times of the points of a profile, at `path`, come in order.
pub(in crate::load::check) fn in_order<T: Display + PartialOrd>(
    path: &[&str],
    times: &[T],
    check: &mut Check<'_>,
) {
    for (index, pair) in times.windows(2).enumerate() {
        if pair[1] < pair[0] {
            let message = format!(
                "the profile goes back in time, from \"{}\" to \"{}\"",
                pair[0], pair[1]
            );
            let place = point_at(path, index + 1, check);
            let before = point_at(path, index, check);
            check.found.push(
                Diagnostic::new(place, message)
                    .related(before, "the point before it")
                    .help("put the points in the order of time; two at the same time are a step"),
            );
        }
    }
}

fn point_at(path: &[&str], index: usize, check: &Check<'_>) -> crate::diagnostic::Place {
    let point = format!("[{index}]");
    check.at(&[path, &[point.as_str(), "at"]].concat()).place()
}

/// Where each point's rate holds until the next, two cannot share a time.
fn steps<T: Display + PartialEq>(
    path: &[&str],
    points: &[(T, Rate)],
    shape: Shape,
    check: &mut Check<'_>,
) {
    if shape != Shape::Steps {
        return;
    }
    for (index, pair) in points.windows(2).enumerate() {
        if pair[1].0 == pair[0].0 {
            let message = format!("two points are at \"{}\"", pair[0].0);
            let place = point_at(path, index + 1, check);
            let help = "with shape = \"steps\" one point is a step; leave one of them out";
            check.found.push(Diagnostic::new(place, message).help(help));
        }
    }
}

fn mmpp(path: &[&str], it: &Mmpp, check: &mut Check<'_>) {
    if it.states.len() < 2 {
        let message = format!("has {} states; expected 2 or more", it.states.len());
        let help = "a rate that never switches is arrivals.poisson = { rate = \"2_000/s\" }";
        wrong(check, path, &message, help);
    }
    if !it.states.is_empty() && it.states.iter().all(|state| state.rate.0 <= 0.0) {
        let message = "has no state with a rate above 0/s; expected at least one";
        wrong(check, path, message, LEFT_OUT);
    }
    for (index, state) in it.states.iter().enumerate() {
        if state.mean_time < STATE_MIN {
            let message = format!(
                "is \"{}\"; expected at least \"{STATE_MIN}\"",
                state.mean_time
            );
            let index = format!("[{index}]");
            let path = [path, &[index.as_str(), "mean-time"]].concat();
            wrong(check, &path, &message, "states this short average out");
        }
    }
}

fn on_off(path: &[&str], it: &OnOff, check: &mut Check<'_>) {
    let at = |key: &'static str| [path, &[key]].concat();
    positive(&at("rate"), it.rate, check);
    if it.rate.0 > 0.0 && it.off_rate >= it.rate {
        let message = format!("is \"{}\"; expected less than `rate`", it.off_rate);
        wrong(
            check,
            &at("off-rate"),
            &message,
            "the fleet is on where its rate is higher",
        );
    }
    for (key, time) in [("on", it.on), ("off", it.off)] {
        if time < STATE_MIN || time > RHYTHM_MAX {
            let message = format!("is \"{time}\"; expected \"{STATE_MIN}\" to 31 days, \"744 h\"");
            let help = "a fleet that is always on is arrivals.poisson = { rate = \"2_000/s\" }";
            wrong(check, &at(key), &message, help);
        }
    }
    if it.times == OnOffTimes::Exponential && it.spacing == Spacing::Even {
        let message = "is \"even\", but `times` are \"exponential\"";
        let help = "write times = \"fixed\" for even spacing, or leave spacing out";
        wrong(check, &at("spacing"), message, help);
    }
}

/// Not more requests in a burst than fit into memory.
fn burst_fits(path: &[&str], requests: u64, of: &str, check: &mut Check<'_>) {
    if requests > Bursts::REQUESTS_MAX {
        let message = format!(
            "{of} {} requests in one burst; expected at most {}",
            grouped(requests),
            grouped(Bursts::REQUESTS_MAX)
        );
        let help = "split the fleet, or describe the burst by arrivals.profile";
        wrong(check, path, &message, help);
    }
}

fn cold_start(
    path: &[&str],
    it: &ColdStart,
    instances: u32,
    scenario: &Scenario,
    check: &mut Check<'_>,
) {
    let at = |key: &'static str| [path, &[key]].concat();
    let total = u64::from(instances) * u64::from(it.requests);
    burst_fits(&at("requests"), total, "times `instances` is", check);
    if let Some(rate) = it.rate
        && rate.0 <= 0.0
    {
        let message = format!("is \"{rate}\"; expected a positive rate such as \"20/s\"");
        wrong(
            check,
            &at("rate"),
            &message,
            "leave it out to send all requests at once",
        );
    }
    let begins = assemble::moment(scenario, it.at).filter(|at| *at < end(scenario));
    if begins.is_none() {
        let message = format!("is \"{}\"; expected an instant within the run", it.at);
        wrong(check, &at("at"), &message, "nothing would arrive");
    }
}

fn cron(path: &[&str], it: &Cron, scenario: &Scenario, check: &mut Check<'_>) {
    let at = |key: &'static str| [path, &[key]].concat();
    burst_fits(&at("requests"), it.requests.into(), "is", check);
    if it.every.0 == Span::ZERO || it.every > RHYTHM_MAX {
        let message = format!(
            "is \"{}\"; expected more than 0, up to 31 days, \"744 h\"",
            it.every
        );
        return wrong(check, &at("every"), &message, "such as every = \"1 h\"");
    }
    let mut beyond = |key, time: Duration, fits: bool, expected, help| {
        if !fits {
            let every = it.every;
            let message = format!("is \"{time}\"; expected {expected} `every`, \"{every}\"");
            wrong(check, &at(key), &message, help);
        }
        fits
    };
    let help = "it is the time after each full period";
    let begins = beyond("offset", it.offset, it.offset < it.every, "less than", help);
    let help = "a job whose runs overlap is no burst: use arrivals.poisson or arrivals.profile";
    let ends = beyond("spread", it.spread, it.spread <= it.every, "at most", help);
    if !(begins && ends) {
        return;
    }
    let ends = end(scenario);
    if assemble::cron(it, scenario).rate_max(Time::ZERO, ends) <= 0.0 {
        let message = format!(
            "is \"{}\", and the job does not start within the run, from {} for \"{}\"",
            it.every,
            scenario.run.start,
            Duration(ends - Time::ZERO),
        );
        let help = "move run.start, or measure for longer";
        wrong(check, &at("every"), &message, help);
    }
}

/// When the run ends.
pub(super) fn end(scenario: &Scenario) -> Time {
    let (warm_up, measure) = (scenario.run.warm_up.0, scenario.run.measure.0);
    Time::from_nanos(warm_up.nanos().saturating_add(measure.nanos()))
}

/// Changes of the operations come in order, within the run.
pub(super) fn phases(name: &str, fleet: &Fleet, scenario: &Scenario, check: &mut Check<'_>) {
    let mut last = Time::ZERO;
    for (index, phase) in fleet.phases.iter().enumerate() {
        let index = format!("[{index}]");
        let path = ["fleets", name, "phases", index.as_str()];
        if phase.operations.is_empty() {
            super::no_weight(&[&path[..], &["operations"]].concat(), check);
        }
        let at = assemble::moment(scenario, phase.at).filter(|at| *at < end(scenario));
        let expected = match at {
            None => "an instant within the run",
            Some(Time::ZERO) => "a later instant than t = 0, where `operations` holds",
            Some(at) if at <= last => "a later instant than the one before it",
            Some(at) => {
                last = at;
                continue;
            }
        };
        let message = format!("is \"{}\"; expected {expected}", phase.at);
        let help = "put the phases in the order of time";
        wrong(check, &[&path[..], &["at"]].concat(), &message, help);
    }
}

fn workers(name: &str, fleet: &Fleet, closed: &Closed, check: &mut Check<'_>) {
    let stops_at_once = closed.think_time.0.nanos() == 0 && closed.calls.is_some();
    if closed.think_time.0.nanos() < 1_000 && !stops_at_once {
        wrong(
            check,
            &["fleets", name, "arrivals", "closed", "think-time"],
            &format!("is \"{}\"; expected at least \"1 us\"", closed.think_time),
            "\"1 us\" is as good as no pause; with a number of `calls`, \"0 s\" is one as well",
        );
    }
    let workers = u64::from(fleet.instances) * u64::from(fleet.concurrency);
    if workers > WORKERS_MAX {
        wrong(
            check,
            &["fleets", name, "concurrency"],
            &format!(
                "times `instances` is {} workers; a closed loop can have at most {}",
                grouped(workers),
                grouped(WORKERS_MAX)
            ),
            "use fewer instances or less concurrency, or open arrivals such as \
             arrivals.poisson = { rate = \"2_000/s\" }",
        );
    }
}
